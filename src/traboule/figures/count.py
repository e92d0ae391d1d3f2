"""Count: from tables, clusters and open links to the figures of an operation.

Comes in: what ``resolved.inputs.Inputs`` describes, and the operation. Goes out: a FigureSet.
Promises: one pass over whole arrays; the same content in any order, in any number of files, gives the same bytes.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pyarrow as pa
from scipy.special import pdtr

from traboule.figures import declared
from traboule.figures.declared import Declarations, Filer
from traboule.figures.definition import Definition, Population, dictionary_hash
from traboule.figures.figure import Declared, Figure, FigureSet, Remark
from traboule.figures.quantity import Precision, weakest
from traboule.figures.ranges import likely as ranges_of
from traboule.figures.resolved import columns, counters, tallies
from traboule.figures.resolved.breakdown import UNSPECIFIED, Cell
from traboule.figures.resolved.case import Case, resolve
from traboule.figures.resolved.counters import Outcome
from traboule.figures.resolved.inputs import Inputs, inputs_hash
from traboule.figures.resolved.window import OPERATION, POST, PRE
from traboule.figures.unseen.overlap import overlap
from traboule.operation.operation import Operation

_SURE = 0.995


def count(
    tables: Mapping[str, pa.Table],
    clusters: pa.Table,
    open_links: pa.Table,
    operation: Operation,
    *,
    as_of: datetime | None = None,
    held: Mapping[str, int] | None = None,
    births: pa.Table | None = None,
) -> FigureSet:
    """Return the figures ``operation`` asks for. Arguments as in :class:`Inputs`; ``open_links`` may be all links.

    Raises NotFound where the operation asks for a figure that is not defined.
    """
    return count_inputs(Inputs(tables, clusters, open_links, births, held or {}, as_of), operation)


def count_inputs(inputs: Inputs, operation: Operation, *, detail: bool = True) -> FigureSet:
    """Return the figures of ``operation``; without ``detail`` no breakdowns and no 90 % ranges, for whoever
    recounts many times."""
    return count_case(resolve(inputs, operation), detail=detail)


def count_case(case: Case, *, detail: bool = True) -> FigureSet:
    """Return the figures of a case that is resolved already."""
    definitions = case.definitions
    outcomes = {name: counters.outcome(case, one, detail=detail) for name, one in definitions.items()}
    presence = {name: _filers(case, one) for name, one in definitions.items() if one.of not in definitions}
    said = declared.declarations(case.inputs.table("totals"), definitions, presence)
    ranges = ranges_of.likely(case) if detail else {}
    figures: dict[str, Figure] = {}
    for name, definition in definitions.items():
        figure = _figure(case, definition, outcomes[name], said)
        if detail:
            figure = replace(figure, likely=_likely(figure, outcomes[name], ranges.get(name)))
        if definition.of in figures:
            figure = _within(figure, figures[definition.of])
        figures[name] = figure
    return FigureSet(
        operation=case.operation.code,
        as_of=case.inputs.said_as_of(),
        inputs_hash=inputs_hash(case.inputs) if detail else "",
        dictionary_hash=dictionary_hash(),
        figures=figures,
        extra={**_extra(case), **({"overlap": _overlaps(case)} if detail else {})},
        other_declared=tuple(said.other),
        remarks=tuple(said.remarks + _remarks(figures, outcomes)),
    )


def _figure(case: Case, definition: Definition, found: Outcome, said: Declarations) -> Figure:
    alone = tuple(said.alone.get(definition.id, ()))
    held, may_enter = _held(case.inputs.rows_held(), definition, found)
    widening = may_enter + said.unreconciled.get(definition.id, 0)
    by_states = sum(one.value for one in alone)
    hidden = _at_most(counters.overlooked(case, definition))
    low = max(found.low - hidden, min(found.low, 1)) + sum(one.low for one in alone)
    high = found.high + sum(one.high for one in alone) + widening
    precisions = (definition.precision, found.precision, *(Precision(one.precision) for one in alone))
    return Figure(
        id=definition.id,
        unit=definition.unit,
        qualifier=str(definition.qualifier) if definition.qualifier else None,
        value=found.value + by_states,
        low=low,
        high=high,
        rows=found.rows + by_states,
        counted=found.value,
        declared_only=by_states,
        held=held,
        precision=str(weakest(precisions)),
        of=definition.of,
        breakdowns={name: _cells(name, cells, alone, (low, widening)) for name, cells in found.cells.items()},
        contributing=tuple(found.records),
        amounts=tuple(found.amounts),
        declared=alone,
        compared=declared.compared(said, definition.id, found.by_state),
    )


def _likely(figure: Figure, found: Outcome, moves: tuple[int, int] | None) -> tuple[int, int]:
    """Return the 90 % range. Of what nobody gave a probability (a union that was not declared, a tally filed twice)
    it holds everything; of what has not come in yet (held rows, silent states, unreconciled totals) nothing.
    """
    least, most = (found.low, found.value) if moves is None else (found.value + moves[0], found.value + moves[1])
    least += sum(one.low for one in figure.declared)
    most += sum(one.high for one in figure.declared)
    return max(least, figure.low), min(most, figure.high)


def _within(part: Figure, whole: Figure) -> Figure:
    """Keep a part's ranges within its whole's: held rows may raise the one only as far as the other."""
    if part.likely is not None and whole.likely is not None:
        ends = [min(mine, its) for mine, its in zip(part.likely, whole.likely, strict=True)]
        part = replace(part, likely=(ends[0], ends[1]))
    if part.high <= whole.high:
        return part
    breakdowns = {
        name: {code: (cell[0], cell[1], min(cell[2], whole.high)) for code, cell in cells.items()}
        for name, cells in part.breakdowns.items()
    }
    return replace(part, high=whole.high, breakdowns=breakdowns)


def _at_most(expected: float) -> int:
    """Return the number that a count with the ``expected`` Poisson mean exceeds in one case of two hundred."""
    return 0 if expected <= 0 else next(k for k in itertools.count() if pdtr(k, expected) >= _SURE)


def _cells(
    dimension: str, cells: Mapping[str, Cell], alone: Sequence[Declared], room: tuple[int, int]
) -> dict[str, Cell]:
    """Add what was declared without rows: to its state, and to the unspecified rest of every other split (rule 5).

    ``room`` is the whole's low, which no cell's low exceeds, and what may yet enter, which the rest leaves room for.
    """
    low, widening = room
    out = dict(cells)
    for one in alone:
        code = one.state if dimension == "state" else UNSPECIFIED
        value, least, most = out.get(code, (0, 0, 0))
        out[code] = (value + one.value, least + one.low, most + one.high)
    if widening:
        value, least, most = out.get(UNSPECIFIED, (0, 0, 0))
        out[UNSPECIFIED] = (value, least, most + widening)
    return {code: (cell[0], min(cell[1], low), cell[2]) for code, cell in sorted(out.items())}


def _held(held: Mapping[str, int], definition: Definition, found: Outcome) -> tuple[int, int]:
    """Return how many rows at the door concern a figure, and by how much they may yet raise it.

    A held row of a person or an arrest may be one more. A held tally may be as large as the largest that entered,
    unless the mapping says under "table.field" how much the held rows carry.
    """
    names: tuple[str, ...] = ()
    if definition.population is Population.PERSONS:
        names = ("roles", "victims", "people") if definition.requires else ("roles", "victims")
    elif definition.population is Population.ARRESTS:
        names = ("arrests",)
    elif definition.population is Population.TALLIES:
        names = (definition.filter[0].table,)
    rows = sum(held.get(name, 0) for name in names)
    if not definition.amount:
        return rows, rows
    carried = held.get(f"{definition.filter[0].table}.{definition.amount}")
    return rows, rows * found.largest if carried is None else carried


def _filers(case: Case, definition: Definition) -> frozenset[Filer]:
    """Return who filed rows of what a figure counts, in whatever phase: their totals are compared, never added."""
    if definition.population is Population.ARRESTS:
        return _states_and_agencies(case.inputs.table("arrests"))
    if definition.population is Population.TALLIES:
        return _states_and_agencies(tallies.selected(case.inputs, definition))
    if definition.population is not Population.PERSONS:
        return frozenset()
    filers: frozenset[Filer] = frozenset()
    for condition in definition.filter:
        said = case.facts.said[condition.table]
        chosen = columns.among(said.field, condition.among)
        if chosen.any():
            filers |= _states_and_agencies(said.table.filter(pa.array(chosen)))
    return filers


def _states_and_agencies(table: pa.Table | None) -> frozenset[Filer]:
    state, states = columns.coded(columns.texts(table, "unit"))
    agency, agencies = columns.coded(columns.texts(table, "agency"))
    width = len(agencies) + 1
    pairs = columns.unique(state * width + agency + 1).tolist()
    return frozenset((states[one // width], ("", *agencies)[one % width]) for one in pairs if one >= 0)


def _extra(case: Case) -> dict[str, Any]:
    """Return the counts that are no figures; see FigureSet."""
    outside = {
        name: {one.id: number for one in case.definitions.values() if (number := counters.outside(case, one, phase))}
        for name, phase in (("pre", PRE), ("post", POST))
    }
    sightings = [case.facts.arrests.sightings, *(said.sightings for said in case.facts.said.values())]
    undated = sum(int((one.undated & (one.phase == OPERATION)).sum()) for one in sightings)
    return {
        **outside,
        "open_links": len(case.facts.links.row),
        "suspect_victims": counters.suspect_victims(case),
        "undated": undated,
    }


def _overlaps(case: Case) -> dict[str, Any]:
    """Return who filed whom, for each figure of persons: what counting them once would lose for good."""
    persons = [one.id for one in case.definitions.values() if one.population is Population.PERSONS]
    return {name: overlap(case, name).to_data() for name in persons}


def _remarks(figures: Mapping[str, Figure], outcomes: Mapping[str, Outcome]) -> list[Remark]:
    remarks = [
        Remark("declared-gap", name, one.state, {"declared": one.declared, "counted": one.counted})
        for name, figure in figures.items()
        for one in figure.compared
        if one.gap
    ]
    for name, found in outcomes.items():
        if found.amounts and found.low < found.value:
            remarks.append(Remark("counts-disagree", name, "", {"low": found.low, "value": found.value}))
    return remarks
