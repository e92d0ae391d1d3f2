"""Count: from tables, clusters and open links to the figures of an operation.

Comes in: what ``resolved.inputs.Inputs`` describes, and the operation. Goes out: a FigureSet.
Promises: one pass over whole arrays; the same content in any order, in any number of files, gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pyarrow as pa

from traboule.core.parallel import both
from traboule.figures import declared
from traboule.figures.declared import Declarations, Filer
from traboule.figures.definition import Definition, Population, dictionary_hash
from traboule.figures.figure import Declared, Figure, FigureSet, Remark
from traboule.figures.incremental.hashed import inputs_hash
from traboule.figures.incremental.sums import FigureSums, Sums, filers, sums
from traboule.figures.intervals.linkage_errors import LinkageErrors
from traboule.figures.intervals.pair_evidence import EvidenceWeights
from traboule.figures.intervals.simulation import middle
from traboule.figures.multiple_systems.overlap import tabulate
from traboule.figures.quantity import Precision, weakest
from traboule.figures.resolved import counters, splits, tallies
from traboule.figures.resolved.breakdown import UNSPECIFIED, Cell
from traboule.figures.resolved.case import Case, resolve
from traboule.figures.resolved.counters import Outcome
from traboule.figures.resolved.inputs import Inputs
from traboule.figures.resolved.window import POST, PRE
from traboule.operation.operation import Operation


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
    return counted(inputs, operation, detail=detail)[1]


def counted(inputs: Inputs, operation: Operation, *, detail: bool = True) -> tuple[Case, FigureSet]:
    """Return the case and its figures. The hash needs nothing of the count and is made beside it, on another core."""

    def added() -> tuple[Case, Sums]:
        case = resolve(inputs, operation)
        return case, sums(case, detail=detail)

    (case, summed), hashed = both(added, lambda: inputs_hash(inputs) if detail else "")
    return case, figure_set(summed, case, hashed)


def count_case(case: Case, *, detail: bool = True) -> FigureSet:
    """Return the figures of a case that is resolved already."""
    return figure_set(sums(case, detail=detail), case, inputs_hash(case.inputs) if detail else "")


def figure_set(added: Sums, rest: Case, hashed: str) -> FigureSet:
    """Return the figures that ``added`` sums up to. ``rest`` is a case, of the whole or of what no person stands in:
    returns, totals, tallies and what is held at the door are read from it.
    """
    definitions, weights = rest.definitions, added.weights
    outcomes = {name: _outcome(added, rest, one) for name, one in definitions.items()}
    presence = {name: _filers(added, rest, one) for name, one in definitions.items() if one.of not in definitions}
    said = declared.declarations(rest.inputs.table("totals"), definitions, presence)
    held = rest.inputs.rows_held()
    figures: dict[str, Figure] = {}
    for name, definition in definitions.items():
        mine = added.figures.get(name)
        figure = _figure(definition, (outcomes[name], mine), (said, weights), held)
        if added.detailed:
            figure = replace(figure, likely=_likely(figure, outcomes[name], (mine, weights)))
        if definition.of in figures:
            figure = _within(figure, figures[definition.of])
        figures[name] = figure
    return FigureSet(
        operation=rest.operation.code,
        as_of=rest.inputs.said_as_of(),
        inputs_hash=hashed,
        dictionary_hash=dictionary_hash(),
        figures=figures,
        extra={**_extra(added, rest), **({"overlap": _overlaps(added, rest)} if added.detailed else {})},
        other_declared=tuple(said.other),
        remarks=tuple(said.remarks + _remarks(figures, outcomes)),
    )


def _outcome(added: Sums, rest: Case, definition: Definition) -> Outcome:
    mine = added.figures.get(definition.id)
    if mine is None:
        return counters.outcome(rest, definition, detail=added.detailed)
    return Outcome(
        mine.value, mine.low, mine.high, mine.rows, mine.records, by_state=mine.by_state, readings=mine.readings
    )


def _figure(
    definition: Definition,
    counted: tuple[Outcome, FigureSums | None],
    known: tuple[Declarations, EvidenceWeights],
    at_the_door: Mapping[str, int],
) -> Figure:
    (found, mine), (said, weights) = counted, known
    slipped = mine.linkage_errors if mine else LinkageErrors()
    alone = tuple(said.alone.get(definition.id, ()))
    held, may_enter = _held(at_the_door, definition, found)
    widening = may_enter + said.unreconciled.get(definition.id, 0)
    by_states = sum(one.value for one in alone)
    low = max(found.low - slipped.too_many(weights), min(found.low, 1)) + sum(one.low for one in alone)
    high = found.high + slipped.too_few(weights) + sum(one.high for one in alone) + widening
    precisions = (definition.precision, found.precision, *(Precision(one.precision) for one in alone))
    cells = splits.three_readings(found.readings)
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
        breakdowns={name: _cells(name, one, alone, (low, widening)) for name, one in cells.items()},
        contributing=tuple(found.records),
        amounts=tuple(found.amounts),
        declared=alone,
        compared=declared.compared(said, definition.id, found.by_state),
    )


def _likely(figure: Figure, found: Outcome, drawn: tuple[FigureSums | None, EvidenceWeights]) -> tuple[int, int]:
    """Return the 90 % range. Of what nobody gave a probability (a union that was not declared, a tally filed twice)
    it holds everything; of what has not come in yet (held rows, silent states, unreconciled totals) nothing.
    """
    least, most = found.low, found.value
    mine, weights = drawn
    if mine is not None:
        slipped = mine.linkage_errors.drawn(weights, len(mine.moves))
        least, most = (found.value + end for end in middle(mine.moves + slipped))
    least += sum(one.low for one in figure.declared)
    most += sum(one.high for one in figure.declared)
    # Either end within low and high: a draw may hold more linkage errors than these allow for.
    return min(max(least, figure.low), figure.high), max(min(most, figure.high), figure.low)


def _within(part: Figure, whole: Figure) -> Figure:
    """Keep a part's ranges within its whole's: what may be wrong with the whole may be wrong with its part (linkage
    errors are expected of each apart), and held rows may raise the part only as far as the whole.
    """
    if part.likely is not None and whole.likely is not None:
        ends = [min(mine, its) for mine, its in zip(part.likely, whole.likely, strict=True)]
        part = replace(part, likely=(ends[0], ends[1]))
    if part.low <= whole.low and part.high <= whole.high:
        return part
    low, high = min(part.low, whole.low), min(part.high, whole.high)
    breakdowns = {
        name: {code: (cell[0], min(cell[1], low), min(cell[2], high)) for code, cell in cells.items()}
        for name, cells in part.breakdowns.items()
    }
    return replace(part, low=low, high=high, breakdowns=breakdowns)


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


def _filers(added: Sums, rest: Case, definition: Definition) -> frozenset[Filer]:
    """Return who filed rows of what a figure counts, in whatever phase: their totals are compared, never added."""
    if definition.id in added.figures:
        return frozenset(added.figures[definition.id].filers)
    if definition.population is Population.TALLIES:
        return frozenset(filers(tallies.selected(rest.inputs, definition)))
    return frozenset()


def _extra(added: Sums, rest: Case) -> dict[str, Any]:
    """Return the counts that are no figures; see FigureSet."""
    outside = {}
    for place, (name, phase) in enumerate((("pre", PRE), ("post", POST))):
        found = {
            one.id: mine.outside[place] if (mine := added.figures.get(one.id)) else counters.outside(rest, one, phase)
            for one in rest.definitions.values()
        }
        outside[name] = {figure: number for figure, number in found.items() if number}
    return {
        **outside,
        "open_links": added.open_links,
        "suspect_victims": added.suspect_victims,
        "undated": added.undated,
    }


def _overlaps(added: Sums, rest: Case) -> dict[str, Any]:
    """Return who filed whom, for each figure of persons: what counting them once would lose for good."""
    persons = [one.id for one in rest.definitions.values() if one.population is Population.PERSONS]
    return {name: tabulate(added.figures[name].overlap).to_data() for name in persons}


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
