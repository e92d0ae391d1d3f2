"""The vocabularies of the field: codes, the standard each comes from, and labels in four languages.

In: a text as typed. Out: its code, or nothing. A vocabulary is a YAML file in ``core/vocabularies``. Guaranteed: codes
are unique; every code has a label in English, French, Spanish and Arabic; a spelling of two codes gives neither, so
that nothing is guessed. Countries and currencies take their labels from CLDR (Babel); our file adds national spellings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from traboule.core import places
from traboule.core.errors import NotFound
from traboule.core.language.languages import LANGUAGES
from traboule.core.language.messages import catalogue
from traboule.core.language.spelling import fold

_PACKAGE = "traboule.core"
_FOLDER = "vocabularies"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One list of codes. ``standard`` names the standard and its version, ``source`` where it was read."""

    name: str
    standard: str
    source: str
    codes: tuple[str, ...]
    _entries: Mapping[str, Mapping[str, Any]] = field(repr=False)
    _exact: Mapping[str, str] = field(repr=False)
    _folded: Mapping[str, str] = field(repr=False)

    def __contains__(self, code: object) -> bool:
        """Tell whether ``code`` is a code of this vocabulary, spelled exactly."""
        return code in self._entries

    def label(self, code: str, language: str) -> str:
        """Return the label of ``code`` in ``language`` (English where the language is unknown).

        Raises KeyError for a code that is not of this vocabulary: whoever holds a code got it from
        ``find``.
        """
        entry = self._entries[code]
        return str(entry.get(language, entry["en"]))

    def find(self, text: str) -> str | None:
        """Return the code that ``text`` stands for: a code, or a label or synonym in any language.

        Case, accents, spaces, Arabic vowel marks and tatweel do not matter. A code wins over a label
        that looks like it; a text that fits two codes gives None, as an unknown one does.
        """
        return self._exact.get(text) or self._folded.get(fold(text))

    def spellings(self, code: str) -> tuple[str, ...]:
        """Return how ``code`` is spelled: its labels and synonyms in every language, as the file has them."""
        return tuple(_words(self._entries[code]))

    def extension(self, code: str) -> bool:
        """Tell whether ``code`` is ours and not of the standard the vocabulary names."""
        return bool(self._entries[code].get("extension", False))

    def attribute(self, code: str, key: str) -> object | None:
        """Return what the file says of ``code`` under ``key``, such as ``standard_code``, or None."""
        return self._entries[code].get(key)


@cache
def vocabulary(name: str) -> Vocabulary:
    """Return the vocabulary ``name``, read once per process. Raises NotFound for a name without a file."""
    if name not in vocabulary_names():
        raise NotFound("vocabulary-unknown", vocabulary=name)
    declared = catalogue(_PACKAGE, f"{_FOLDER}/{name}.yaml")
    entries = _entries(declared)
    exact, folded = _spellings(entries)
    return Vocabulary(
        name=name,
        standard=str(declared["standard"]),
        source=str(declared["source"]),
        codes=tuple(entries),
        _entries=entries,
        _exact=exact,
        _folded=folded,
    )


@cache
def vocabulary_names() -> tuple[str, ...]:
    """Return the names of all vocabularies, sorted."""
    folder = files(_PACKAGE).joinpath(_FOLDER)
    return tuple(sorted(path.name[:-5] for path in folder.iterdir() if path.name.endswith(".yaml")))


def region_of(state: str) -> str | None:
    """Return the macro-region (UN M49) of a state, None where it has none."""
    return _regions().get(state)


@cache
def _regions() -> dict[str, str]:
    regions = vocabulary("regions")
    members = {code: regions.attribute(code, "members") for code in regions.codes}
    return {str(state): code for code, states in members.items() if isinstance(states, list) for state in states}


def _entries(declared: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return code -> what is said of it; labels from CLDR come first and our file adds to them."""
    labels_from = declared.get("labels_from")
    entries: dict[str, dict[str, Any]] = {}
    if labels_from == "cldr_territories":
        entries = places.territories()
    elif labels_from == "cldr_currencies":
        entries = places.currencies()
    for entry in declared.get("codes", ()):
        merged = entries.setdefault(str(entry["code"]), {})
        synonyms = [*merged.get("synonyms", ()), *entry.get("synonyms", ())]
        merged.update(entry)
        merged["synonyms"] = synonyms
    return dict(entries)


def _spellings(entries: Mapping[str, Mapping[str, Any]]) -> tuple[dict[str, str], dict[str, str]]:
    """Return every spelling -> code, as written and folded, the ambiguous ones left out."""
    written: dict[str, set[str]] = {}
    folded: dict[str, set[str]] = {}
    for code, entry in entries.items():
        for spelling in _words(entry):
            written.setdefault(spelling, set()).add(code)
            folded.setdefault(fold(spelling), set()).add(code)
    by_code: dict[str, set[str]] = {}
    for code in entries:
        by_code.setdefault(fold(code), set()).add(code)
    exact = _unambiguous(written) | {code: code for code in entries}
    return exact, _unambiguous(folded) | _unambiguous(by_code)


def _words(entry: Mapping[str, Any]) -> Iterable[str]:
    synonyms: Sequence[object] = entry.get("synonyms", ())
    yield from (str(entry[language]) for language in LANGUAGES if language in entry)
    if " & " in (english := str(entry.get("en", ""))):  # CLDR writes Trinidad & Tobago, clerks spell it out.
        yield english.replace(" & ", " and ")
    yield from (str(synonym) for synonym in synonyms)


def _unambiguous(spellings: Mapping[str, set[str]]) -> dict[str, str]:
    return {spelling: next(iter(codes)) for spelling, codes in spellings.items() if len(codes) == 1}
