"""Count what arrived between two releases: the cells that a reader has by subtracting one from the other.

In: an earlier and a later release. Out: cells of the later one, with keys ``late/release/…``. Guaranteed: where a
headline changed by late returns alone, or by withdrawn ones alone, or the release names that part of its change, the
part is a cell like any other: readers know which states were late, and each of those knows its own part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from traboule.figures.disclosure.cells import Between, Cell, PublishedValue, Relation, Supposed, exactly
from traboule.figures.disclosure.contributors import REGION, STATE, WHOLE, regions_of
from traboule.figures.disclosure.editions.publication import (
    OTHER_CODE,
    TOGETHER,
    Publication,
    declared_key,
    is_minor,
    key_of,
    new_cell,
)
from traboule.figures.resolved.breakdown import UNSPECIFIED

LATE = "late"
# Reasons that concern whole returns, so that readers know whose persons they are.
_OF_RETURNS = (LATE, "withdrawal")


@dataclass
class Arrivals:
    """Cells of a release that count what arrived since earlier ones, and how they follow from what was published."""

    cells: list[Cell] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    published: dict[str, PublishedValue] = field(default_factory=dict)
    between: list[Between] = field(default_factory=list)


def late_key(release: str, key: str) -> str:
    """Return the key of what arrived in a cell since ``release``."""
    return f"{LATE}/{release}/{key}"


def arrivals(publications: Sequence[Publication]) -> Arrivals:
    """Return what arrived in the last of ``publications`` since each earlier one."""
    result = Arrivals()
    later = publications[-1]
    for place, earlier in enumerate(publications[:-1]):
        for figure in later.lines:
            if later.figure(figure).unit != "person" or figure not in earlier.lines:
                continue
            _add_headline(result, publications[place:], figure)
            _add_declared(result, earlier, later, figure)
    return result


def is_pure(publications: Sequence[Publication], figure: str, reason: str) -> bool:
    """Return whether a headline changed between the first and the last of ``publications`` for one reason alone.

    The last one's change may be counted from the first: what lies between was withdrawn.
    """
    steps = [publication.reasons(figure) for publication in publications[1:]]
    first, last = publications[0], publications[-1]
    change = last.lines[figure] - first.lines[figure]
    from_first = sum(delta for _, delta in steps[-1]) == change
    return any(
        bool(reasons) and {name for name, _ in reasons} == {reason}
        for reasons in ([pair for step in steps for pair in step], steps[-1] if from_first else ())
    )


def _add_headline(result: Arrivals, publications: Sequence[Publication], figure: str) -> None:
    earlier, later = publications[0], publications[-1]
    change = later.lines[figure] - earlier.lines[figure]
    pure = next((reason for reason in _OF_RETURNS if is_pure(publications, figure, reason)), "")
    named = dict(later.changes.get(figure, ())) if len(publications) == 2 else {}
    parts = {pure: change} if pure else {name: named[name] for name in _OF_RETURNS if name in named}
    for reason, part in parts.items():
        filed = _filed_since(earlier, later, figure, gone=reason != LATE)
        key = late_key(earlier.name, figure if reason == LATE else f"{figure}/{reason}")
        cell = replace(new_cell(key, abs(part), later.figure(figure)), total=True, listed=True)
        cell = _of_states(cell, filed, _incidents(later if reason == LATE else earlier, figure, filed))
        if part:
            result.cells.append(cell)
            result.published[key] = exactly(abs(part))
    if pure == LATE and change > 0:
        _add_tables(result, earlier, later, figure)


def _add_declared(result: Arrivals, earlier: Publication, later: Publication, figure: str) -> None:
    """Add what states that file totals alone declared since: the difference of two published parts."""
    if earlier.declared.get(figure) is None or later.declared.get(figure) is None:
        return
    before = {entry.state: entry.value for entry in earlier.figure(figure).declared}
    after = {entry.state: entry.value for entry in later.figure(figure).declared}
    changes = {state: abs(after.get(state, 0) - before.get(state, 0)) for state in {*before, *after}}
    filed = {state: count for state, count in sorted(changes.items()) if count}
    if filed:
        change = abs(later.figure(figure).declared_only - earlier.figure(figure).declared_only)
        key = late_key(earlier.name, declared_key(figure))
        cell = replace(new_cell(key, change, later.figure(figure)), total=True, listed=True)
        result.cells.append(_of_states(cell, filed, len(filed)))
        result.published[key] = exactly(change)


def _add_tables(result: Arrivals, earlier: Publication, later: Publication, figure: str) -> None:
    """Add what late returns brought to each cell of the tables that both releases have."""
    filed = _filed_since(earlier, later, figure)
    for dimension in sorted({name for of, name in later.tables if of == figure}):
        codes = [code for code, _ in later.tables[figure, dimension]]
        if {code for code, _ in earlier.tables.get((figure, dimension), ())} != set(codes):
            continue
        cells = [_arrived(earlier, later, (figure, dimension, code), filed) for code in codes]
        if all(cell.value >= 0 for cell in cells):
            keys = [key_of(figure, dimension, code) for code in codes]
            result.cells += cells
            result.relations.append(Relation(late_key(earlier.name, figure), tuple(cell.key for cell in cells)))
            prefix = late_key(earlier.name, "")
            result.between.append(Between(earlier.name, later.name, Supposed.GROWN, frozenset(keys), prefix))


def _arrived(earlier: Publication, later: Publication, place: tuple[str, str, str], filed: Mapping[str, int]) -> Cell:
    figure, dimension, code = place
    key = key_of(*place)
    change = later.table_cell(*place).value - earlier.table_cell(*place).value
    cell = new_cell(late_key(earlier.name, key), change, later.figure(figure), minors=is_minor(dimension, code))
    inside = _filed_in(filed, dimension, code)
    if inside is None:
        return _of_states(cell, filed, None) if len(filed) == 1 else cell
    return _of_states(cell, inside, _incidents(later, figure, inside))


def _filed_in(filed: Mapping[str, int], dimension: str, code: str) -> Mapping[str, int] | None:
    """Return what of ``filed`` lies in a cell of a table of places; None for a table of anything else."""
    if dimension == STATE:
        return {state: count for state, count in filed.items() if state == code}
    if dimension != REGION:
        return None
    places, regions = regions_of(tuple(filed))
    within = [regions[place] if place >= 0 else OTHER_CODE for place in places.tolist()[: len(filed)]]
    return {state: count for (state, count), region in zip(filed.items(), within, strict=True) if region == code}


def _of_states(cell: Cell, filed: Mapping[str, int], incidents: int | None) -> Cell:
    """Return ``cell`` as a count of what the states of ``filed`` filed, which is one state's where there is one."""
    alone = next(iter(filed)) if len(filed) == 1 else ""
    own = {state: min(count, cell.value) for state, count in filed.items()}
    return replace(cell, own=own, largest=max(own.values(), default=None), incidents=incidents, state=alone)


def _filed_since(earlier: Publication, later: Publication, figure: str, *, gone: bool = False) -> dict[str, int]:
    """Return how much more of a headline each state filed in the later release; with ``gone``, how much less."""
    before, after = (_own(publication, figure) for publication in (earlier, later))
    if gone:
        before, after = after, before
    changes = {state: count - before.get(state, 0) for state, count in after.items()}
    return {state: change for state, change in sorted(changes.items()) if change > 0}


def _own(publication: Publication, figure: str) -> Mapping[str, int]:
    contributors = publication.contributors_of(figure, WHOLE, WHOLE)
    if contributors is not None:
        return contributors[2]
    states = publication.figure(figure).breakdowns.get(STATE, {})
    return {state: cell[0] for state, cell in states.items() if state != UNSPECIFIED}


def _incidents(publication: Publication, figure: str, states: Mapping[str, int]) -> int | None:
    """Return the number of incidents of some states together; None where it is not known."""
    counts = [publication.contributors_of(figure, STATE, state) for state in states]
    known = [count[0] for count in counts if count is not None]
    return sum(known) if known and len(known) == len(counts) else None


def reported_together(reasons: Sequence[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Return a change without its reasons one by one."""
    return ((TOGETHER, sum(delta for _, delta in reasons)),)
