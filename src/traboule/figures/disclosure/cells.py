"""Describe a release as cells and relations, and the history of releases that a reader can combine.

In: numbers with their structure. Out: the same, checked. Guaranteed: in a checked :class:`History` every relation,
every published value and every stated change is true of the values, so that no assumption of an attacker is false.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from traboule.core.errors import Invalid
from traboule.core.findings import Finding, Severity

RULE = "rule 23"


@dataclass(frozen=True, slots=True)
class Cell:
    """A number that a release could publish: in a text, a table, an "of which", a caption or a case story.

    ``value`` is the true count. ``people``: it counts persons, so that a small count is protected. ``incidents``: the
    number of actions that contribute to it, None where not known. ``largest``: what the largest contributor (a unit)
    adds. ``impossible``: a structural zero, which every reader knows and which protects nothing. ``stated``: published
    exactly in any case, never suppressed. ``total``: a headline, a total over the whole operation, which is published
    exactly or held back. ``listed``: readers know that it is not zero, because an empty cell would not be listed.
    ``own``: how many of it each state filed, which that state knows; ``state``: the state that filed all of it.
    """

    key: str
    value: int
    people: bool = True
    minors: bool = False
    incidents: int | None = None
    largest: int | None = None
    impossible: bool = False
    stated: bool = False
    total: bool = False
    listed: bool = False
    own: Mapping[str, int] = field(default_factory=dict)
    state: str = ""

    @property
    def floor(self) -> int:
        """Return the least that readers know it to be where its value is hidden."""
        return int(self.listed and self.value > 0)


@dataclass(frozen=True, slots=True)
class Relation:
    """``parts`` add up to ``total``; where not ``exact``, they only do not exceed it ("of which")."""

    total: str
    parts: tuple[str, ...]
    exact: bool = True


@dataclass(frozen=True, slots=True)
class PublishedValue:
    """The published value of a cell, None where suppressed; a reader knows the true one to be in ``low`` .. ``high``
    (None: no upper bound)."""

    value: int | None
    low: int = 0
    high: int | None = None


HIDDEN = PublishedValue(None)


def exactly(value: int) -> PublishedValue:
    """Return a value published exactly."""
    return PublishedValue(value, value, value)


def nearest(value: int, base: int) -> PublishedValue:
    """Return ``value`` rounded to the nearest multiple of ``base``, halves up (conventional rounding); 1: exactly."""
    rounded = base * ((2 * value + base) // (2 * base))
    return PublishedValue(rounded, max(0, rounded - base // 2), rounded + (base - 1) // 2)


def adjacent(multiple: int, base: int) -> PublishedValue:
    """Return a multiple of ``base`` published for a count less than ``base`` away from it (controlled rounding)."""
    return PublishedValue(multiple, max(0, multiple - base + 1), multiple + base - 1)


@dataclass(frozen=True, slots=True)
class Edition:
    """One release: its cells, their relations and their published values. A cell not in ``published`` is suppressed."""

    name: str
    cells: tuple[Cell, ...]
    relations: tuple[Relation, ...] = ()
    published: Mapping[str, PublishedValue] = field(default_factory=dict)

    def cell(self, key: str) -> Cell:
        """Return the cell ``key``; KeyError where this release has none."""
        for cell in self.cells:
            if cell.key == key:
                return cell
        raise KeyError(key)


class Supposed(StrEnum):
    """What a reader may assume of cells that two releases share. Where no change is stated, nothing is assumed."""

    SAME = "same"  # Both releases speak of the same instant of the register.
    GROWN = "grown"  # The later release says that it only adds (late returns).
    SHRUNK = "shrunk"  # The later release says that it only removes (withdrawals, persons linked).


@dataclass(frozen=True, slots=True)
class Between:
    """What is stated about the change between two releases, given by name, for the cells ``keys`` (None: for every
    cell that both releases have).

    ``arrivals``: the later release has a cell for each change, whose key is this prefix and the key of what changed;
    readers know whose late returns it counts.
    """

    earlier: str
    later: str
    supposed: Supposed
    keys: frozenset[str] | None = None
    arrivals: str = ""

    def shared(self, earlier: Edition, later: Edition) -> tuple[str, ...]:
        """Return the keys to which the assumption applies, in the order of the later release."""
        earlier_keys = {cell.key for cell in earlier.cells}
        wanted = earlier_keys if self.keys is None else earlier_keys & self.keys
        return tuple(cell.key for cell in later.cells if cell.key in wanted)


@dataclass(frozen=True, slots=True)
class History:
    """All releases of an operation, first to last, and what is stated about the changes between them."""

    editions: tuple[Edition, ...] = ()
    between: tuple[Between, ...] = ()

    def with_edition(self, edition: Edition, between: tuple[Between, ...] = ()) -> History:
        """Return the history with one more release at its end."""
        return History((*self.editions, edition), (*self.between, *between))

    def edition(self, name: str) -> Edition:
        """Return the release of that name; KeyError where there is none."""
        for edition in self.editions:
            if edition.name == name:
                return edition
        raise KeyError(name)


def check(history: History) -> None:
    """Raise Invalid (``disclosure-cells-invalid``) with a finding for each statement of ``history`` that is false."""
    findings = [finding for edition in history.editions for finding in _edition_findings(edition)]
    names = [edition.name for edition in history.editions]
    findings += [
        _finding("disclosure-edition-twice", name) for name in sorted({n for n in names if names.count(n) > 1})
    ]
    if not findings:
        findings += [finding for between in history.between for finding in _change_findings(between, history)]
    if findings:
        raise Invalid("disclosure-cells-invalid", findings, count=len(findings))


def _edition_findings(edition: Edition) -> Iterator[Finding]:
    values: dict[str, int] = {}
    for cell in edition.cells:
        if cell.key in values:
            yield _finding("disclosure-cell-twice", edition.name, cell.key)
        if cell.value < 0 or (cell.impossible and cell.value):
            yield _finding("disclosure-cell-impossible", edition.name, cell.key)
        values[cell.key] = cell.value
    for relation in edition.relations:
        unknown = [key for key in (relation.total, *relation.parts) if key not in values]
        if unknown:
            yield from (_finding("disclosure-cell-unknown", edition.name, key) for key in unknown)
            continue
        parts = sum(values[key] for key in relation.parts)
        if parts != values[relation.total] and (relation.exact or parts > values[relation.total]):
            yield _finding("disclosure-parts-differ", edition.name, relation.total)
    for key, published in edition.published.items():
        if key not in values:
            yield _finding("disclosure-cell-unknown", edition.name, key)
        elif values[key] < published.low or (published.high is not None and values[key] > published.high):
            yield _finding("disclosure-said-untrue", edition.name, key)


def _change_findings(between: Between, history: History) -> Iterator[Finding]:
    names = [edition.name for edition in history.editions]
    if between.earlier not in names or between.later not in names:
        yield _finding("disclosure-edition-unknown", between.later)
        return
    earlier, later = history.edition(between.earlier), history.edition(between.later)
    before = {cell.key: cell.value for cell in earlier.cells}
    after = {cell.key: cell.value for cell in later.cells}
    for key in between.shared(earlier, later):
        change = after[key] - before[key]
        is_true = {Supposed.SAME: change == 0, Supposed.GROWN: change >= 0, Supposed.SHRUNK: change <= 0}
        counted = change if not between.arrivals else after.get(between.arrivals + key)
        if not is_true[between.supposed] or counted != change:
            yield _finding("disclosure-change-untrue", between.later, key)


def _finding(code: str, edition: str, key: str = "") -> Finding:
    return Finding(code, Severity.ERROR, sheet=edition, value=key, rule=RULE, values={"release": edition, "cell": key})
