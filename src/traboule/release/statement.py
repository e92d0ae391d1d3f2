"""What one release says, before any language: the single source of every document of the release.

In: a set of figures as plain lines, the operation's public facts, the changes since the last release. Out:
:class:`Statement` with a canonical JSON form. Guaranteed: two statements with equal content have equal bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from traboule.core.codes import vocabulary
from traboule.core.language.languages import LANGUAGES, SPOKEN_LANGUAGES


class Kind(StrEnum):
    """Rule 25: preliminary, then revised as often as needed, then final, after which nothing follows but withdrawal."""

    PRELIMINARY = "preliminary"
    REVISED = "revised"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class ReleasedInterval:
    """Where a figure lies with probability ``level``, by what is known of its links."""

    level: float
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Line:
    """One figure as released: counted units, with the least and the most it can be, and its precision (rule 4).

    ``declared_only`` is how much of it was declared without rows, None where that is not published; ``interval`` is
    None where none was drawn or where it is not published.
    """

    figure: str
    value: int
    low: int
    high: int
    precision: str
    of: str | None
    unit: str
    qualifier: str
    declared_only: int | None
    interval: ReleasedInterval | None = None


@dataclass(frozen=True, slots=True)
class BreakdownTable:
    """One breakdown as released: ``cells`` are (code, count), the code of ``vocabulary`` or ``other``; None: hidden."""

    figure: str
    dimension: str
    vocabulary: str
    cells: tuple[tuple[str, int | None], ...]


@dataclass(frozen=True, slots=True)
class FigureChange:
    """Old value, new value and reasons that sum exactly to the difference (rule 24).

    Reasons that would reveal what a single state filed are reported as one, ``together``.
    """

    figure: str
    before: int
    after: int
    reasons: tuple[tuple[str, int], ...]

    def __post_init__(self) -> None:
        if self.before + sum(delta for _, delta in self.reasons) != self.after:
            raise ValueError(f"the reasons for {self.figure} do not sum to its change")


@dataclass(frozen=True, slots=True)
class CaseDescription:
    """How finely a case may be told (rule 22): codes, empty where nothing is said. ``place`` is a state or a region,
    ``when`` a day or a month (ISO 8601), ``age`` a band, "minor" or "adult", ``origin`` a state."""

    place: str
    when: str
    sex: str
    age: str
    origin: str
    form: str

    def words(self) -> tuple[str, str, str, str, str, str]:
        """Return the description as protection compares it."""
        return self.place, self.when, self.sex, self.age, self.origin, self.form


STORY_PARTS = ("finding", "response", "assistance")


@dataclass(frozen=True, slots=True)
class ReleaseStory:
    """A case told beside the figures; ``persons`` is the count it may speak of, a cell like any other (rule 23).

    ``told`` stands above its text; None in a release of before stories were cells. ``action`` is the record it is of,
    which no document names: a case told again is told in the same words. ``states`` are those the case concerns,
    ``cleared_by`` those that agreed to its telling (rule 18). The ``finding`` of the officers, the ``response``
    to it and the ``assistance`` that the persons have now: one text a language each, in which the count stands as
    ``{persons}`` and a state as ``{state:ML}``. An early release has the finding alone.
    """

    id: str
    states: tuple[str, ...]
    cleared_by: tuple[str, ...]
    finding: Mapping[str, str]
    response: Mapping[str, str] = field(default_factory=dict)
    assistance: Mapping[str, str] = field(default_factory=dict)
    persons: Line | None = None
    told: CaseDescription | None = None
    action: str = ""

    def parts(self) -> Mapping[str, Mapping[str, str]]:
        """Return its texts by part, in the order in which they are told."""
        return {name: getattr(self, name) for name in STORY_PARTS}

    def texts(self) -> tuple[tuple[str, str], ...]:
        """Return each text of each part as (language, text)."""
        return tuple(text for part in self.parts().values() for text in part.items())


@dataclass(frozen=True, slots=True)
class Quotation:
    """What somebody says of the operation, in every language; figures stand in it as references. ``speaker`` is a name,
    ``function`` what they are; a quotation that names neither is the operation's spokesperson's."""

    speaker: Mapping[str, str]
    texts: Mapping[str, str]
    function: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StatedPress:
    """What the operation file says for its communiqués: by key (``name``, ``purpose``, ``organisation``, ``place``,
    ``about``, ``contact.office``) and language; how the press office is reached."""

    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class PublishedDefinition:
    """What a figure means, as its definition said when the release was drafted."""

    figure: str
    titles: Mapping[str, str]
    standard: str
    caveats: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier release as it stood when this one was drafted: its values, and why it was withdrawn if it was.

    Reasons stand by language.
    """

    number: int
    kind: Kind
    issued_on: date
    values: Mapping[str, int]
    reason: Mapping[str, str]
    withdrawn_because: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Statement:
    """One release of one operation. ``figures_hash`` names the set of figures that everything here was read from.

    ``draft`` marks what is not issued yet; ``embargo_until`` is an aware moment before which nothing may be published;
    ``reason`` says in each language why a revised release was made; ``history`` holds the earlier releases, oldest
    first; ``next_release`` is the day for which the next one is announced; ``country_names`` are the names of states as
    the organisation writes them, by code and language; ``held_back`` are the figures counted that it does not publish,
    because persons could be found by them (rule 23).
    """

    operation: str
    titles: Mapping[str, str]
    start: date
    end: date
    kind: Kind
    number: int
    issued_on: date
    figures_hash: str
    lines: tuple[Line, ...]
    tables: tuple[BreakdownTable, ...] = ()
    changes: tuple[FigureChange, ...] = ()
    policy: Mapping[str, object] | None = None
    draft: bool = False
    embargo_until: datetime | None = None
    reason: Mapping[str, str] = field(default_factory=dict)
    stories: tuple[ReleaseStory, ...] = ()
    quotation: Quotation | None = None
    definitions: tuple[PublishedDefinition, ...] = ()
    history: tuple[Past, ...] = ()
    participants: tuple[str, ...] = ()
    press: StatedPress = field(default_factory=StatedPress)
    country_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    next_release: date | None = None
    held_back: tuple[str, ...] = ()

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages of this release, in the house's order."""
        wanted = (self.policy or {}).get("languages", LANGUAGES)
        return tuple(language for language in SPOKEN_LANGUAGES if isinstance(wanted, Sequence) and language in wanted)

    def country(self, code: str, language: str) -> str:
        """Return the name of a state as the organisation writes it, as CLDR does where it says nothing."""
        name = self.country_names.get(code, {}).get(language)
        return name or vocabulary("countries").label(code, language)

    def label(self, vocabulary_name: str, code: str, language: str) -> str:
        """Return the label of a code; a country's as :meth:`country` names it."""
        if vocabulary_name == "countries":
            return self.country(code, language)
        return vocabulary(vocabulary_name).label(code, language)

    def line(self, figure: str) -> Line:
        """Return the line of ``figure``; KeyError where this release does not hold it."""
        for line in self.lines:
            if line.figure == figure:
                return line
        raise KeyError(figure)

    def to_json(self) -> dict[str, Any]:
        """Return plain values: dates and moments in ISO 8601, tuples as lists."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Statement:
        """Read back what :meth:`to_json` gave."""
        values = dict(plain)
        for key in ("start", "end", "issued_on"):
            values[key] = date.fromisoformat(values[key])
        # A release issued by an earlier version lacks the later fields and keeps their defaults.
        embargo, quotation = values.get("embargo_until"), values.get("quotation")
        values["embargo_until"] = datetime.fromisoformat(embargo) if embargo else None
        values["quotation"] = Quotation(**quotation) if quotation else None
        values["kind"] = Kind(values["kind"])
        values["press"] = StatedPress(**values.get("press") or {})
        next_release = values.get("next_release")
        values["next_release"] = date.fromisoformat(next_release) if next_release else None
        values["reason"] = in_all_languages(values.get("reason") or "")
        for key in ("participants", "held_back"):
            values[key] = tuple(values.get(key, ()))
        for key, read in _READ.items():
            values[key] = tuple(read(entry) for entry in values.get(key, ()))
        return cls(**values)


def canonical(plain: object) -> bytes:
    """Return ``plain`` as JSON with sorted keys and no needless space: equal content, equal bytes."""
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def ordered(lines: Sequence[Line]) -> tuple[tuple[Line, int], ...]:
    """Return each line with its depth: a whole first, its "of which" parts right below it, as the figures stand.

    A part whose whole is not in the release stands by itself.
    """
    lines_by_depth: list[tuple[Line, int]] = []
    figures = {line.figure for line in lines}

    def place(parent: str | None, depth: int) -> None:
        for line in lines:
            if (line.of if line.of in figures else None) == parent:
                lines_by_depth.append((line, depth))
                place(line.figure, depth + 1)

    place(None, 0)
    return tuple(lines_by_depth)


def _plain(value: Any) -> Any:
    """Return ``value`` as JSON knows it: what is read back from a database is then equal to what was written."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def _line(plain: Mapping[str, Any]) -> Line:
    interval = plain.get("interval")
    return Line(**{**plain, "interval": ReleasedInterval(**interval) if interval else None})


def _table(plain: Mapping[str, Any]) -> BreakdownTable:
    return BreakdownTable(**{**plain, "cells": tuple((code, count) for code, count in plain["cells"])})


def _change(plain: Mapping[str, Any]) -> FigureChange:
    return FigureChange(**{**plain, "reasons": tuple((reason, delta) for reason, delta in plain["reasons"])})


def _story(plain: Mapping[str, Any]) -> ReleaseStory:
    persons = _line(plain["persons"]) if plain["persons"] else None
    states, cleared_by = tuple(plain["states"]), tuple(plain["cleared_by"])
    description = CaseDescription(**plain["told"]) if plain.get("told") else None
    texts = {"finding": plain["texts"]} if "texts" in plain else {}
    fields = {name: value for name, value in plain.items() if name != "texts"}
    return ReleaseStory(
        **{**fields, **texts, "states": states, "cleared_by": cleared_by, "persons": persons, "told": description}
    )


def in_all_languages(reason: str | Mapping[str, str]) -> Mapping[str, str]:
    """Return a reason by language; one of a release of before reasons were translated stood in all as it was typed."""
    if isinstance(reason, str):
        return dict.fromkeys(LANGUAGES, reason) if reason else {}
    return reason


def _definition(plain: Mapping[str, Any]) -> PublishedDefinition:
    return PublishedDefinition(**{**plain, "caveats": tuple(plain["caveats"])})


def _past(plain: Mapping[str, Any]) -> Past:
    issued_on = date.fromisoformat(plain["issued_on"])
    reasons = {name: in_all_languages(plain.get(name) or "") for name in ("reason", "withdrawn_because")}
    return Past(**{**plain, "kind": Kind(plain["kind"]), "issued_on": issued_on, **reasons})


_READ: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "lines": _line,
    "tables": _table,
    "changes": _change,
    "stories": _story,
    "definitions": _definition,
    "history": _past,
}
