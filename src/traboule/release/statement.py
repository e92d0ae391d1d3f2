"""What one release says, before any language: the single source of every document of the release.

Comes in: a set of figures as plain lines, the operation's public facts, the changes since the last release. Goes out:
:class:`Statement` with a canonical JSON form. Promises: two statements with equal content have equal bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """Rule 25: preliminary, then revised as often as needed, then final, after which nothing follows but withdrawal."""

    PRELIMINARY = "preliminary"
    REVISED = "revised"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Line:
    """One figure as released: counted units, with the least and the most it can be, and its precision (rule 4)."""

    figure: str
    value: int
    low: int
    high: int
    precision: str
    of: str | None
    unit: str
    qualifier: str
    declared_only: int


@dataclass(frozen=True, slots=True)
class Table:
    """One breakdown as released: ``cells`` are (code, count), the code of ``vocabulary`` or ``other``."""

    figure: str
    dimension: str
    vocabulary: str
    cells: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Old value, new value and reasons that sum exactly to the difference (rule 24)."""

    figure: str
    before: int
    after: int
    reasons: tuple[tuple[str, int], ...]

    def __post_init__(self) -> None:
        if self.before + sum(delta for _, delta in self.reasons) != self.after:
            raise ValueError(f"the reasons for {self.figure} do not sum to its change")


@dataclass(frozen=True, slots=True)
class Statement:
    """One release of one operation. ``figures_hash`` names the set of figures that everything here was read from."""

    operation: str
    titles: Mapping[str, str]
    start: date
    end: date
    kind: Kind
    number: int
    issued_on: date
    figures_hash: str
    lines: tuple[Line, ...]
    tables: tuple[Table, ...] = ()
    changes: tuple[Change, ...] = ()
    policy: Mapping[str, object] | None = None

    def line(self, figure: str) -> Line:
        """Return the line of ``figure``; KeyError where this release does not hold it."""
        for line in self.lines:
            if line.figure == figure:
                return line
        raise KeyError(figure)

    def to_json(self) -> dict[str, Any]:
        """Return plain values: dates in ISO 8601, tuples as lists."""
        plain = asdict(self)
        for key in ("start", "end", "issued_on"):
            plain[key] = plain[key].isoformat()
        plain["kind"] = self.kind.value
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Statement:
        """Read back what :meth:`to_json` gave."""
        values = dict(plain)
        for key in ("start", "end", "issued_on"):
            values[key] = date.fromisoformat(values[key])
        values["kind"] = Kind(values["kind"])
        values["lines"] = tuple(Line(**line) for line in values["lines"])
        values["tables"] = tuple(_table(table) for table in values["tables"])
        values["changes"] = tuple(_change(change) for change in values["changes"])
        return cls(**values)


def canonical(plain: object) -> bytes:
    """Return ``plain`` as JSON with sorted keys and no needless space: equal content, equal bytes."""
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def ordered(lines: Sequence[Line]) -> tuple[tuple[Line, int], ...]:
    """Return each line with its depth: a whole first, its "of which" parts right below it, as the figures stand."""
    found: list[tuple[Line, int]] = []

    def place(parent: str | None, depth: int) -> None:
        for line in lines:
            if line.of == parent:
                found.append((line, depth))
                place(line.figure, depth + 1)

    place(None, 0)
    return tuple(found)


def _table(plain: Mapping[str, Any]) -> Table:
    return Table(**{**plain, "cells": tuple((code, count) for code, count in plain["cells"])})


def _change(plain: Mapping[str, Any]) -> Change:
    return Change(**{**plain, "reasons": tuple((reason, delta) for reason, delta in plain["reasons"])})
