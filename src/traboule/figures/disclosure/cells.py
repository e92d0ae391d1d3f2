"""A release as one object of cells, and the history of releases that a reader can put side by side.

Comes in: numbers with their structure. Goes out: the same, checked. Promises: a :class:`History` in hand is consistent:
every relation, every published number and every supposition about what changed is true of the values, so that what
an attacker may suppose is never false.
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
    """One number a release could say: in a text, a table, an "of which", a caption or a case story.

    ``value`` is the true count. ``people``: persons are counted, so that a small count is protected. ``incidents``:
    how many actions it rests on, None where not known. ``largest``: the share of the unit that contributes most.
    ``impossible``: it can only be zero and every reader knows (a structural zero); it hides nothing.
    ``stated``: said as it is whatever that costs elsewhere; it is never hidden. ``total``: a total over the whole
    operation, which the policy leaves exact: not protected itself, though what it gives away is.
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


@dataclass(frozen=True, slots=True)
class Relation:
    """``parts`` add up to ``whole``; where not ``exact`` they only stay within it ("of which")."""

    whole: str
    parts: tuple[str, ...]
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Said:
    """What a release says of a cell; a reader then knows that it lies in ``low`` .. ``high`` (None: no end)."""

    value: int | None
    low: int = 0
    high: int | None = None


HIDDEN = Said(None)


def exactly(value: int) -> Said:
    """Return a number said as it is."""
    return Said(value, value, value)


def nearest(value: int, base: int) -> Said:
    """Return ``value`` rounded to the nearest multiple of ``base``, halves up; a reader knows the rule."""
    if base <= 1:
        return exactly(value)
    shown = base * ((2 * value + base) // (2 * base))
    return Said(shown, max(0, shown - base // 2), shown + (base - 1) // 2)


def adjacent(shown: int, base: int) -> Said:
    """Return a multiple of ``base`` that stands for any count less than ``base`` away (controlled rounding)."""
    return Said(shown, max(0, shown - base + 1), shown + base - 1)


@dataclass(frozen=True, slots=True)
class Edition:
    """One release: its cells, what ties them, and what it says of each. A cell missing in ``said`` is hidden."""

    name: str
    cells: tuple[Cell, ...]
    relations: tuple[Relation, ...] = ()
    said: Mapping[str, Said] = field(default_factory=dict)

    def cell(self, key: str) -> Cell:
        """Return the cell ``key``; KeyError where this release has none."""
        for cell in self.cells:
            if cell.key == key:
                return cell
        raise KeyError(key)


class Supposed(StrEnum):
    """What a reader may suppose of cells that two releases share. Where nothing is stated, nothing is supposed."""

    SAME = "same"  # Both releases speak of the same instant of the register.
    GROWN = "grown"  # The later release says that it only adds (late returns).
    SHRUNK = "shrunk"  # The later release says that it only takes away (withdrawals, persons found to be one).


@dataclass(frozen=True, slots=True)
class Between:
    """What is stated about the change between two releases, given by their names. ``keys``: None for every cell that
    both releases hold, otherwise those cells alone."""

    earlier: str
    later: str
    supposed: Supposed
    keys: frozenset[str] | None = None

    def shared(self, earlier: Edition, later: Edition) -> tuple[str, ...]:
        """Return the keys that the supposition ties, in the order of the later release."""
        known = {cell.key for cell in earlier.cells}
        wanted = known if self.keys is None else known & self.keys
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
    """Raise Invalid (``disclosure-cells-invalid``) with a finding for each thing in ``history`` that is not true."""
    findings = [finding for edition in history.editions for finding in _edition(edition)]
    names = [edition.name for edition in history.editions]
    findings += [
        _finding("disclosure-edition-twice", name) for name in sorted({n for n in names if names.count(n) > 1})
    ]
    if not findings:
        findings += [finding for between in history.between for finding in _between(between, history)]
    if findings:
        raise Invalid("disclosure-cells-invalid", findings, count=len(findings))


def _edition(edition: Edition) -> Iterator[Finding]:
    values: dict[str, int] = {}
    for cell in edition.cells:
        if cell.key in values:
            yield _finding("disclosure-cell-twice", edition.name, cell.key)
        if cell.value < 0 or (cell.impossible and cell.value):
            yield _finding("disclosure-cell-impossible", edition.name, cell.key)
        values[cell.key] = cell.value
    for relation in edition.relations:
        unknown = [key for key in (relation.whole, *relation.parts) if key not in values]
        if unknown:
            yield from (_finding("disclosure-cell-unknown", edition.name, key) for key in unknown)
            continue
        parts = sum(values[key] for key in relation.parts)
        if parts != values[relation.whole] and (relation.exact or parts > values[relation.whole]):
            yield _finding("disclosure-parts-differ", edition.name, relation.whole)
    for key, said in edition.said.items():
        if key not in values:
            yield _finding("disclosure-cell-unknown", edition.name, key)
        elif values[key] < said.low or (said.high is not None and values[key] > said.high):
            yield _finding("disclosure-said-untrue", edition.name, key)


def _between(between: Between, history: History) -> Iterator[Finding]:
    names = [edition.name for edition in history.editions]
    if between.earlier not in names or between.later not in names:
        yield _finding("disclosure-edition-unknown", between.later)
        return
    earlier, later = history.edition(between.earlier), history.edition(between.later)
    before = {cell.key: cell.value for cell in earlier.cells}
    after = {cell.key: cell.value for cell in later.cells}
    for key in between.shared(earlier, later):
        change = after[key] - before[key]
        holds = {Supposed.SAME: change == 0, Supposed.GROWN: change >= 0, Supposed.SHRUNK: change <= 0}
        if not holds[between.supposed]:
            yield _finding("disclosure-change-untrue", between.later, key)


def _finding(code: str, edition: str, key: str = "") -> Finding:
    return Finding(code, Severity.ERROR, sheet=edition, value=key, rule=RULE, values={"release": edition, "cell": key})
