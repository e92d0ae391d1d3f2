"""Which published figures words may mean, and how far a number may lie from one: the rules that are data.

In: ``measures.yaml``. Out: the figures' identifiers by the part they play, the figures of each noun and verb, and the
tolerances. Guaranteed: no other file of the room names a figure.
"""

from __future__ import annotations

from collections.abc import Mapping

from traboule.core.language.messages import catalogue

_DATA = catalogue("traboule.factcheck", "measures.yaml")
_FIGURES = _DATA["figures"]

ARRESTS: str = _FIGURES["arrests"]
ON_THEME: str = _FIGURES["on_theme"]
VICTIMS: tuple[str, ...] = tuple(_FIGURES["victims"])
MIGRANTS: str = _FIGURES["migrants"]
UNITS: str = _FIGURES["units"]
PARTICIPANTS: str = _FIGURES["participants"]
NATIONALITIES: str = _FIGURES["nationalities"]
MOVED: str = _FIGURES["moved"]
CHECKS: str = _FIGURES["checks"]
MINORS_SUFFIX: str = _DATA["minors"]

FIGURES_OF_NOUN: dict[str, tuple[str, ...]] = {noun: tuple(names) for noun, names in _DATA["nouns"].items()}
FIGURES_OF_VERB: dict[str, tuple[str, ...]] = {verb: tuple(names) for verb, names in _DATA["verbs"].items()}
# What a noun says of one state's case, and what it may also mean there.
CASE_FIGURES_OF_NOUN: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    noun: (frozenset(figures["says"]), frozenset(figures["may_mean"])) for noun, figures in _DATA["case_nouns"].items()
}
CASE_PEOPLE: frozenset[str] = frozenset(_DATA["case_people"])
UNMISTAKABLE: frozenset[str] = frozenset(_DATA["unmistakable"])
SMALL: frozenset[str] = frozenset(_DATA["small"])

COMMON_BELOW: int = _DATA["sizes"]["common"]
UNMISTAKEN_ABOVE: int = _DATA["sizes"]["unmistaken"]
HOME_LEAST: int = _DATA["sizes"]["home"]

LIKENESS: Mapping[str, Mapping[str, float]] = _DATA["likeness"]
TOLERANCES: Mapping[str, Mapping[str, float]] = _DATA["tolerances"]
FRACTIONS: tuple[float, ...] = tuple(_DATA["fractions"])
