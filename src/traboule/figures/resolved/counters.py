"""Count each population: the entities, under each reading, and the records they come from.

In: a resolved case. Out: an outcome for each figure. Guaranteed: the value is the number of ``records``, or the sum of
``amounts``; a counter reads nothing but the case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from traboule.figures.definition import FigureDefinition, Population
from traboule.figures.quantity import Precision
from traboule.figures.resolved import breakdown, columns, groups, splits, tallies
from traboule.figures.resolved.breakdown import Counts
from traboule.figures.resolved.case import ArrestRows, Case, CasePart
from traboule.figures.resolved.columns import ABSENT, Flags, Ints
from traboule.figures.resolved.groups import ArrestGroups, ParallelTrials
from traboule.figures.resolved.window import OPERATION

Readings = Sequence[Mapping[str, Counts]]
NO_READINGS: Readings = ({}, {}, {})


@dataclass(frozen=True, slots=True)
class CountOutcome:
    """The outcome of a count. ``largest`` is the largest amount of a row; ``by_state`` counts by filing state;
    ``readings`` are the breakdowns under the value, low and high reading.
    """

    value: int
    low: int
    high: int
    rows: int
    records: list[str]
    amounts: list[int] = field(default_factory=list)
    by_state: Mapping[str, int] = field(default_factory=dict)
    readings: Readings = NO_READINGS
    largest: int = 1
    precision: Precision = Precision.EXACT


def outcome(case: Case, definition: FigureDefinition, *, detail: bool = True) -> CountOutcome:
    """Count one figure; without ``detail`` its breakdowns are left out."""
    return _COUNTERS[definition.population](case, definition, detail)


def outside(case: Case, definition: FigureDefinition, phase: int) -> int:
    """Count what a figure would be from the facts of another phase, "pre" or "post" (rule 9: they stand apart)."""
    if definition.population is Population.PERSONS:
        return sum(len(holders(part, definition, part.partitions.value, phase)) for part in case.parts)
    if definition.population is Population.ARRESTS:
        filter_ = chosen_attributions(definition)
        return sum(len(arrests(part, filter_, part.partitions.value, phase).counted_groups) for part in case.parts)
    if definition.population is Population.TALLIES:
        rows = _tallied(case, definition)
        return int(tallies.distinct(rows.where(rows.phase == phase)).value.sum())
    return 0


def suspect_victims(case: Case) -> int:
    """Count the persons arrested who are possible victims too, under the value reading (rule 15)."""
    total = 0
    for part in case.parts:
        label = part.partitions.value
        arrested = np.zeros(part.nodes, dtype=np.bool_)
        arrested[label[part.arrests.node[part.arrests.phase == OPERATION]]] = True
        total += int((arrested & splits.suspects(part, label)).sum())
    return total


def holders(part: CasePart, definition: FigureDefinition, label: Ints, phase: int = OPERATION) -> Ints:
    """Return the groups of a part that hold the measure of a person figure, under a reading."""
    sightings = part.sightings_of[definition.id]

    def hold_measure() -> Flags:
        is_holder = np.zeros(part.nodes, dtype=np.bool_)
        is_holder[label[sightings.node[sightings.phase == phase]]] = True
        return is_holder

    def minors() -> Flags:
        also = np.zeros(part.nodes, dtype=np.bool_)
        also[label[part.minors]] = True
        return also

    is_holder = part.read(("held", id(sightings), phase), label, hold_measure)
    return np.flatnonzero(is_holder & part.read("minors", label, minors) if definition.requires else is_holder)


def person_flags(part: CasePart, definition: FigureDefinition) -> tuple[Flags, Flags | None]:
    """Tell of each cluster whether it holds the measure inside the operation, and what else the figure requires."""
    has = np.zeros(part.nodes, dtype=np.bool_)
    has[part.inside(definition.id).node] = True
    return has, part.minors if definition.requires else None


def chosen_attributions(definition: FigureDefinition) -> Flags | None:
    """Tell of each attribution code whether an arrest figure's filter chooses it; None where it chooses any."""
    if not definition.filter:
        return None
    return np.array([name in definition.filter[0].among for name in (*splits.ATTRIBUTION_NAMES, "")])


@dataclass(frozen=True, slots=True)
class ArrestCount:
    """The arrests of a part under a reading: rows of a phase, their groups, and which groups a figure counts."""

    rows: ArrestRows
    groups: ArrestGroups
    counted_groups: Ints


def arrests(part: CasePart, filter_: Flags | None, label: Ints, phase: int = OPERATION) -> ArrestCount:
    """Group the arrest rows of ``phase``; keep the arrests any row of which the filter chooses (rules 7 and 8)."""

    def grouped() -> tuple[ArrestRows, ArrestGroups]:
        chosen = part.arrests.where(part.arrests.phase == phase)
        return chosen, groups.arrest_groups(label[chosen.node], chosen.state, chosen.time)

    rows, made = part.read(("arrests", phase), label, grouped)
    counted_groups = (
        np.arange(made.number()) if filter_ is None else np.flatnonzero(made.any_of(filter_[rows.attribution]))
    )
    return ArrestCount(rows, made, counted_groups)


def _returns(case: Case, definition: FigureDefinition, detail: bool) -> CountOutcome:
    """Count the states with a return in force; all participants may still report until every required one is final."""
    in_force = _returns_in_force(case)
    states = sorted({state for state, _ in in_force})
    final = {state for state, status in in_force if status in {"final", "nil"}}
    final -= {state for state, status in in_force if status == "draft"}
    closed = bool(states) and all(
        participant.state in final for participant in case.operation.participants if participant.required
    )
    high = len(states) if closed else max(len(states), len(case.operation.participants))
    return CountOutcome(len(states), len(states), high, len(in_force), states)


def _returns_in_force(case: Case) -> list[tuple[str, str]]:
    """Return state and status of each return in force, as the register says it or as versions and withdrawals do."""
    table = case.inputs.table("returns")
    text_columns = [columns.names(columns.texts(table, name)) for name in ("unit", "agency", "status", "in_force")]
    numbers = [columns.numbers(table, name).tolist() for name in ("version", "supersedes")]
    rows = list(zip(*text_columns, *numbers, strict=True))
    gone: dict[tuple[str, str], int] = {}
    for state, agency, status, _, version, supersedes in rows:
        if status == "withdrawn":
            upto = version if supersedes == ABSENT else supersedes
            gone[state, agency] = max(gone.get((state, agency), 0), upto)
    return [
        (state, status)
        for state, agency, status, in_force, version, _ in rows
        if status != "withdrawn" and in_force != "false" and version > gone.get((state, agency), -1)
    ]


def _persons(case: Case, definition: FigureDefinition, detail: bool) -> CountOutcome:
    """Count persons once per measure, after linkage (rule 10)."""
    settled, contested = case.parts
    fixed = holders(settled, definition, settled.partitions.value)
    open_holders = holders(contested, definition, contested.partitions.value)
    has, also = person_flags(contested, definition)
    readings = (contested.partitions.low, contested.partitions.high)
    low, high = groups.person_range(readings, has, also, ParallelTrials(max(contested.nodes, 1)))
    return CountOutcome(
        len(fixed) + len(open_holders),
        len(fixed) + int(low[0]),
        len(fixed) + int(high[0]),
        _records(settled, definition, fixed) + _records(contested, definition, open_holders),
        sorted(
            columns.names(columns.taken(settled.names, fixed))
            + columns.names(columns.taken(contested.names, open_holders)),
        ),
        by_state=_filed_by(
            case, [_filings_of(settled, definition, fixed), _filings_of(contested, definition, open_holders)]
        ),
        readings=splits.of(case, definition, _person_split) if detail else NO_READINGS,
    )


def _records(part: CasePart, definition: FigureDefinition, groups: Ints) -> int:
    """Count the person records that hold a measure, before any of them is known to be the same person."""
    inside = part.inside(definition.id)
    flags = np.zeros(part.nodes, dtype=np.bool_)
    flags[groups] = True
    return len(columns.unique(inside.person[flags[part.partitions.value[inside.node]]]))


def _filings_of(part: CasePart, definition: FigureDefinition, groups: Ints) -> tuple[Ints, Ints]:
    inside = part.inside(definition.id)
    return _pairs(part.partitions.value[inside.node], inside.unit, groups)


def _pairs(group: Ints, unit: Ints, groups: Ints) -> tuple[Ints, Ints]:
    """Return the rows, as (group, state) pairs, of the groups that are counted."""
    flags = np.zeros(max(group.max(initial=0), groups.max(initial=0)) + 1, dtype=np.bool_)
    flags[groups] = True
    return group[flags[group]], unit[flags[group]]


def _filed_by(case: Case, several: Sequence[tuple[Ints, Ints]]) -> Counts:
    """Count groups by each state that filed a row of them: one filed by two states counts for both."""
    width = len(case.facts.units) + 1
    counts = np.zeros(width, dtype=np.int64)
    for group, unit in several:
        counts += np.bincount(columns.unique(group * width + unit + 1) % width, minlength=width)
    return dict(zip(case.facts.units, counts[1:].tolist(), strict=True))


def _person_split(case: Case, part: CasePart, definition: FigureDefinition, label: Ints) -> splits.Split:
    return splits.persons(case, part, label, (holders(part, definition, label), part.inside(definition.id)))


def _arrest_outcome(case: Case, definition: FigureDefinition, detail: bool) -> CountOutcome:
    """Count arrests: one person, one arresting state, one instant (rule 7)."""
    contested = case.contested
    filter_ = chosen_attributions(definition)
    by_part = [arrests(part, filter_, part.partitions.value) for part in case.parts]
    fixed = len(by_part[0].counted_groups)
    low, high = (
        len(arrests(contested, filter_, label).counted_groups)
        for label in (contested.partitions.low, contested.partitions.high)
    )
    rows = sum(
        len(arrested.rows.row) if filter_ is None else int(filter_[arrested.rows.attribution].sum())
        for arrested in by_part
    )
    records = case.facts.arrests.records
    rank = case.complete.once("ranks of arrests", lambda: columns.ranks(records))
    in_order = case.complete.once("arrests in order", lambda: np.argsort(rank))
    least = np.concatenate(
        [arrested.groups.least(rank[arrested.rows.row])[arrested.counted_groups] for arrested in by_part]
    )
    return CountOutcome(
        fixed + len(by_part[1].counted_groups),
        fixed + low,
        fixed + high,
        rows,
        columns.names(columns.taken(records, in_order[np.sort(least)])),
        by_state=_filed_by(
            case,
            [_pairs(arrested.groups.of_rows(), arrested.rows.unit, arrested.counted_groups) for arrested in by_part],
        ),
        readings=splits.of(case, definition, _arrest_split) if detail else NO_READINGS,
    )


def _arrest_split(case: Case, part: CasePart, definition: FigureDefinition, label: Ints) -> splits.Split:
    arrested = arrests(part, chosen_attributions(definition), label)
    return splits.arrests(case, part, label, (arrested.rows, arrested.groups, arrested.counted_groups))


def _tally_outcome(case: Case, definition: FigureDefinition, detail: bool) -> CountOutcome:
    """Add up tallies, each distinct one once; activity counters have no keys and are only added."""
    rows = _tallied(case, definition)
    rows = rows.where(rows.phase == OPERATION)
    tally = tallies.distinct(rows)
    value, low = int(tally.value.sum()), int(tally.low.sum())
    by_unit = _summed(rows.unit[tally.row], tally.value, case.facts.units)
    readings = [
        {
            "state": _summed(rows.unit[tally.row], amounts, case.facts.units),
            "nationality": _summed(rows.nationality[tally.row], amounts, rows.nationalities),
        }
        for amounts in (tally.value, tally.low, tally.value)
    ]
    return CountOutcome(
        value,
        low,
        value,
        int(rows.amount.sum()),
        columns.names(tally.records),
        tally.value.tolist(),
        by_unit,
        splits.requested_dimensions(definition, readings) if detail else NO_READINGS,
        int(rows.amount.max(initial=1)),
        rows.said_with(),
    )


def _tallied(case: Case, definition: FigureDefinition) -> tallies.Tallies:
    """Return the tallies of a figure, of all phases."""
    read = partial(tallies.tallies, case.inputs, case.operation, definition, case.facts.units)
    return case.complete.once(("tallies", definition.id), read)


def _summed(code: Ints, amounts: Ints, names: tuple[str, ...]) -> Counts:
    sums = np.bincount(code + 1, weights=amounts, minlength=len(names) + 1).astype(np.int64).tolist()
    return dict(zip((breakdown.UNSPECIFIED, *names), sums, strict=True))


_COUNTERS: Mapping[Population, Callable[[Case, FigureDefinition, bool], CountOutcome]] = {
    Population.RETURNS: _returns,
    Population.PERSONS: _persons,
    Population.ARRESTS: _arrest_outcome,
    Population.TALLIES: _tally_outcome,
}
