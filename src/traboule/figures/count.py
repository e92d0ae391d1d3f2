"""Count the figures of an operation from tables, clusters and open links.

In: what ``resolved.inputs.Inputs`` describes, and the operation. Out: a FigureSet. Guaranteed: one pass over whole
arrays; the same content in any order and any number of files gives the same bytes.
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
from traboule.figures.definition import FigureDefinition, Population, dictionary_hash
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
from traboule.figures.resolved.counters import CountOutcome
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
    held_rows: Mapping[str, int] | None = None,
    births: pa.Table | None = None,
) -> FigureSet:
    """Return the figures ``operation`` asks for. Arguments as in :class:`Inputs`; ``open_links`` may be all links.

    Raises NotFound where the operation asks for a figure that is not defined.
    """
    return count_inputs(Inputs(tables, clusters, open_links, births, held_rows or {}, as_of), operation)


def count_inputs(inputs: Inputs, operation: Operation, *, detail: bool = True) -> FigureSet:
    """Return the figures of ``operation``; without ``detail`` no breakdowns and no 90 % intervals, for callers that
    recount many times."""
    return count_with_case(inputs, operation, detail=detail)[1]


def count_with_case(inputs: Inputs, operation: Operation, *, detail: bool = True) -> tuple[Case, FigureSet]:
    """Return the case and its figures. The hash does not depend on the count and is computed in parallel."""

    def count_sums() -> tuple[Case, Sums]:
        case = resolve(inputs, operation)
        return case, sums(case, detail=detail)

    (case, totals), digest = both(count_sums, lambda: inputs_hash(inputs) if detail else "")
    return case, figure_set(totals, case, digest)


def count_case(case: Case, *, detail: bool = True) -> FigureSet:
    """Return the figures of a case that is resolved already."""
    return figure_set(sums(case, detail=detail), case, inputs_hash(case.inputs) if detail else "")


def figure_set(totals: Sums, base: Case, digest: str) -> FigureSet:
    """Return the figures of ``totals``. ``base`` is a case, complete or without persons: returns, declared totals,
    tallies and held rows are read from it. ``digest`` is the hash of the inputs.
    """
    definitions, weights = base.definitions, totals.weights
    outcomes = {name: _outcome(totals, base, definition) for name, definition in definitions.items()}
    presence = {
        name: _filers(totals, base, definition)
        for name, definition in definitions.items()
        if definition.of not in definitions
    }
    declarations = declared.declarations(base.inputs.table("totals"), definitions, presence)
    held_rows = base.inputs.rows_held()
    figures: dict[str, Figure] = {}
    for name, definition in definitions.items():
        figure_sums = totals.figures.get(name)
        figure = _figure(definition, (outcomes[name], figure_sums), (declarations, weights), held_rows)
        if totals.drawn:
            figure = replace(figure, likely=_interval(figure, outcomes[name], (figure_sums, weights)))
        if definition.of in figures:
            figure = _within(figure, figures[definition.of])
        figures[name] = figure
    return FigureSet(
        operation=base.operation.code,
        as_of=base.inputs.as_of_text(),
        inputs_hash=digest,
        dictionary_hash=dictionary_hash(),
        figures=figures,
        extra={
            **_counts_besides_figures(totals, base),
            **({"overlap": _overlaps(totals, base)} if totals.detailed else {}),
        },
        other_declared=tuple(declarations.outside_figures),
        remarks=tuple(declarations.remarks + _remarks(figures, outcomes)),
    )


def _outcome(totals: Sums, base: Case, definition: FigureDefinition) -> CountOutcome:
    figure_sums = totals.figures.get(definition.id)
    if figure_sums is None:
        return counters.outcome(base, definition, detail=totals.detailed)
    return CountOutcome(
        figure_sums.value,
        figure_sums.low,
        figure_sums.high,
        figure_sums.rows,
        figure_sums.records,
        by_state=figure_sums.by_state,
        readings=figure_sums.readings,
    )


def _figure(
    definition: FigureDefinition,
    counts: tuple[CountOutcome, FigureSums | None],
    context: tuple[Declarations, EvidenceWeights],
    held_rows: Mapping[str, int],
) -> Figure:
    (outcome, figure_sums), (declarations, weights) = counts, context
    linkage_errors = figure_sums.linkage_errors if figure_sums else LinkageErrors()
    alone = tuple(declarations.without_rows.get(definition.id, ()))
    waiting, possible_entries = _held_rows(held_rows, definition, outcome)
    widening = possible_entries + declarations.unreconciled.get(definition.id, 0)
    by_states = sum(entry.value for entry in alone)
    low = max(outcome.low - linkage_errors.too_many(weights), min(outcome.low, 1)) + sum(entry.low for entry in alone)
    high = outcome.high + linkage_errors.too_few(weights) + sum(entry.high for entry in alone) + widening
    precisions = (definition.precision, outcome.precision, *(Precision(entry.precision) for entry in alone))
    cells = splits.three_readings(outcome.readings)
    return Figure(
        id=definition.id,
        unit=definition.unit,
        qualifier=str(definition.qualifier) if definition.qualifier else None,
        value=outcome.value + by_states,
        low=low,
        high=high,
        rows=outcome.rows + by_states,
        counted=outcome.value,
        declared_only=by_states,
        held=waiting,
        precision=str(weakest(precisions)),
        of=definition.of,
        breakdowns={name: _cells_with_declared(name, split, alone, (low, widening)) for name, split in cells.items()},
        contributing=tuple(outcome.records),
        amounts=tuple(outcome.amounts),
        declared=alone,
        compared=declared.comparisons(declarations, definition.id, outcome.by_state),
    )


def _interval(
    figure: Figure, outcome: CountOutcome, draws: tuple[FigureSums | None, EvidenceWeights]
) -> tuple[int, int]:
    """Return the 90 % interval. It covers in full what has no probability (a union that was not declared, a tally filed
    twice), and nothing of what has not entered (held rows, states without a return, unreconciled totals). The value
    lies within it.
    """
    least, most = outcome.low, outcome.value
    figure_sums, weights = draws
    if figure_sums is not None:
        simulated_errors = figure_sums.linkage_errors.simulate(weights, len(figure_sums.moves))
        least, most = (outcome.value + end for end in middle(figure_sums.moves + simulated_errors))
    least += sum(entry.low for entry in figure.declared)
    most += sum(entry.high for entry in figure.declared)
    # Clip to low and high: a draw may contain more linkage errors than these allow for.
    least, most = min(max(least, figure.low), figure.high), max(min(most, figure.high), figure.low)
    return min(least, figure.value), max(most, figure.value)


def _within(part: Figure, total: Figure) -> Figure:
    """Return a part with its ranges within those of its total: linkage errors are expected of each separately, and held
    rows may raise the part only as far as the total.
    """
    if part.likely is not None and total.likely is not None:
        ends = [min(mine, its) for mine, its in zip(part.likely, total.likely, strict=True)]
        part = replace(part, likely=(ends[0], ends[1]))
    if part.low <= total.low and part.high <= total.high:
        return part
    low, high = min(part.low, total.low), min(part.high, total.high)
    breakdowns = {
        name: {code: (cell[0], min(cell[1], low), min(cell[2], high)) for code, cell in cells.items()}
        for name, cells in part.breakdowns.items()
    }
    return replace(part, low=low, high=high, breakdowns=breakdowns)


def _cells_with_declared(
    dimension: str, cells: Mapping[str, Cell], alone: Sequence[Declared], limits: tuple[int, int]
) -> dict[str, Cell]:
    """Add totals declared without rows: to their state, and to "unspecified" in every other breakdown (rule 5).

    ``limits`` are the figure's low, which no cell's low exceeds, and what may yet enter, which widens "unspecified".
    """
    low, widening = limits
    out = dict(cells)
    for entry in alone:
        code = entry.state if dimension == "state" else UNSPECIFIED
        value, least, most = out.get(code, (0, 0, 0))
        out[code] = (value + entry.value, least + entry.low, most + entry.high)
    if widening:
        value, least, most = out.get(UNSPECIFIED, (0, 0, 0))
        out[UNSPECIFIED] = (value, least, most + widening)
    return {code: (cell[0], min(cell[1], low), cell[2]) for code, cell in sorted(out.items())}


def _held_rows(held_rows: Mapping[str, int], definition: FigureDefinition, outcome: CountOutcome) -> tuple[int, int]:
    """Return how many held rows concern a figure, and by how much they may yet raise it.

    A held row of a person or an arrest may add one. A held tally may be as large as the largest that entered, unless
    the mapping gives the amount of the held rows under "table.field".
    """
    names: tuple[str, ...] = ()
    if definition.population is Population.PERSONS:
        names = ("roles", "victims", "people") if definition.requires else ("roles", "victims")
    elif definition.population is Population.ARRESTS:
        names = ("arrests",)
    elif definition.population is Population.TALLIES:
        names = (definition.filter[0].table,)
    rows = sum(held_rows.get(name, 0) for name in names)
    if not definition.amount:
        return rows, rows
    carried = held_rows.get(f"{definition.filter[0].table}.{definition.amount}")
    return rows, rows * outcome.largest if carried is None else carried


def _filers(totals: Sums, base: Case, definition: FigureDefinition) -> frozenset[Filer]:
    """Return who filed rows of what a figure counts, in any phase: their totals are compared, never added."""
    if definition.id in totals.figures:
        return frozenset(totals.figures[definition.id].filers)
    if definition.population is Population.TALLIES:
        return frozenset(filers(tallies.selected(base.inputs, definition)))
    return frozenset()


def _counts_besides_figures(totals: Sums, base: Case) -> dict[str, Any]:
    """Return the counts that are no figures; see FigureSet."""
    outside = {}
    for place, (period, phase) in enumerate((("pre", PRE), ("post", POST))):
        numbers = {
            name: totals.figures[name].outside[place]
            if name in totals.figures
            else counters.outside(base, definition, phase)
            for name, definition in base.definitions.items()
        }
        outside[period] = {figure: number for figure, number in numbers.items() if number}
    return {
        **outside,
        "open_links": totals.open_links,
        "audited": totals.weights.audit.judged,
        "suspect_victims": totals.suspect_victims,
        "undated": totals.undated,
    }


def _overlaps(totals: Sums, base: Case) -> dict[str, Any]:
    """Return the overlap table of each figure of persons, which the count itself does not keep."""
    persons = (name for name, item in base.definitions.items() if item.population is Population.PERSONS)
    return {name: tabulate(totals.figures[name].overlap).to_data() for name in persons}


def _remarks(figures: Mapping[str, Figure], outcomes: Mapping[str, CountOutcome]) -> list[Remark]:
    remarks = [
        Remark("declared-gap", name, comparison.state, {"declared": comparison.declared, "counted": comparison.counted})
        for name, figure in figures.items()
        for comparison in figure.compared
        if comparison.gap
    ]
    for name, outcome in outcomes.items():
        if outcome.amounts and outcome.low < outcome.value:
            remarks.append(Remark("counts-disagree", name, "", {"low": outcome.low, "value": outcome.value}))
    return remarks
