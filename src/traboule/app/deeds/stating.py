"""The only place where figures become a statement.

Comes in: a kept run of figures, the operation, what the desk adds (embargo, reason, stories, a quotation), what was
issued before. Goes out: a :class:`Statement`. Promises: every number in it comes from that one run, and stands beside
the definition it was counted by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from traboule.core.codes import vocabulary
from traboule.figures.compute import Computed
from traboule.figures.definition import dictionary
from traboule.figures.disclose import OTHER, publishable
from traboule.figures.figure import Figure
from traboule.figures.resolved.breakdown import Cell
from traboule.operation.operation import Operation
from traboule.release.statement import (
    Change,
    Definition,
    Kind,
    Line,
    Past,
    Quotation,
    Statement,
    Story,
    Table,
)

# Dimensions whose cells never overlap, and the vocabulary that names them.
BREAKDOWNS = {"sex": "sexes", "age_band": "age_bands"}


@dataclass(frozen=True, slots=True)
class Added:
    """What the desk adds to the figures of a release."""

    kind: Kind
    reason: str = ""
    embargo_until: datetime | None = None
    stories: tuple[Story, ...] = ()
    quotation: Quotation | None = None


def state(operation: Operation, computed: Computed, added: Added, *, past: tuple[Past, ...], today: date) -> Statement:
    """Return the statement of the operation's next release after those of ``past``."""
    figures = [computed.figures.figure(name) for name in operation.figures]
    return Statement(
        operation=operation.code,
        titles=dict(operation.titles),
        start=operation.start,
        end=operation.end,
        kind=added.kind,
        number=past[-1].number + 1 if past else 1,
        issued_on=today,
        figures_hash=computed.figures.inputs_hash,
        lines=tuple(_line(figure, operation) for figure in figures),
        # A provisional release is coarse, and a later one replaces it: only the final one breaks figures down.
        tables=(*_regions(figures, operation), *_tables(figures, operation)) if added.kind is Kind.FINAL else (),
        changes=tuple(
            Change(one.figure, one.old, one.new, one.reasons())
            for one in computed.beside.since
            if one.figure in operation.figures and one.old != one.new
        ),
        policy=operation.policy.to_json(),
        embargo_until=added.embargo_until,
        reason=added.reason,
        stories=added.stories,
        quotation=added.quotation,
        definitions=tuple(_definition(name) for name in operation.figures),
        history=past,
        participants=tuple(sorted(operation.states)),
    )


def _line(figure: Figure, operation: Operation) -> Line:
    return Line(
        figure=figure.id,
        value=figure.value,
        low=figure.low,
        high=figure.high,
        precision=figure.precision,
        of=figure.of if figure.of in operation.figures else None,
        unit=figure.unit,
        qualifier=figure.qualifier or "",
        declared_only=figure.declared_only,
    )


def _definition(name: str) -> Definition:
    found = dictionary()[name]
    caveats: tuple[Mapping[str, str], ...] = tuple(dict(caveat) for caveat in found.caveats)
    return Definition(name, dict(found.titles), found.standard, caveats)


def _tables(figures: list[Figure], operation: Operation) -> list[Table]:
    tables = []
    for figure in figures:
        if figure.of is not None:
            continue
        for dimension, name in BREAKDOWNS.items():
            cells = figure.breakdowns.get(dimension, {})
            in_order = {code: cells[code] for code in (*vocabulary(name).codes, *sorted(cells)) if code in cells}
            shown = publishable(in_order, figure.value, operation.policy)
            if shown:
                tables.append(Table(figure.id, dimension, name, shown))
    return tables


def _regions(figures: list[Figure], operation: Operation) -> list[Table]:
    """Return the figures by macro-region (UN M49), added up from states, where the policy lets a region stand."""
    tables = []
    for figure in figures:
        cells = _by_region(figure.breakdowns.get("state", {}))
        shown = (
            publishable(cells, figure.value, operation.policy) if figure.of is None and figure.unit == "person" else ()
        )
        if shown:
            tables.append(Table(figure.id, "region", "regions", _rounded(shown, operation.policy.rounding)))
    return tables


def _rounded(cells: tuple[tuple[str, int], ...], base: int) -> tuple[tuple[str, int], ...]:
    """Return cells rounded to ``base``, but for the one that takes the rest."""
    step = max(1, base)
    return tuple((code, count if code == OTHER else step * round(count / step)) for code, count in cells)


def _by_region(states: Mapping[str, Cell]) -> dict[str, Cell]:
    known = vocabulary("regions")
    summed: dict[str, Cell] = {}
    for code in known.codes:
        members = known.attribute(code, "members")
        inside = [cell for state, cell in states.items() if isinstance(members, list) and state in members]
        if inside:
            value, low, high = (sum(cell[place] for cell in inside) for place in range(3))
            summed[code] = (value, low, high)
    return summed
