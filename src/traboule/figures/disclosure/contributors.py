"""Count the contributors to each cell of a breakdown: incidents, and what each unit contributes (rule 23).

In: a resolved case and its figures. Out: figure -> dimension -> code -> (incidents, largest contribution, contribution
by state); the headline itself is the one cell of the dimension ``whole``. Guaranteed:
never more incidents than there were, and never a smaller contribution than a unit knows of. A joint action filed by
several states is one incident; a person belongs to one incident, the first; facts that name no action, and a total
declared without rows, are one incident of their state.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from traboule.core.codes import region_of, vocabulary
from traboule.figures.definition import FigureDefinition, Population
from traboule.figures.figure import Figure, FigureSet
from traboule.figures.resolved import columns, counters, facts, splits, tallies
from traboule.figures.resolved.breakdown import UNSPECIFIED
from traboule.figures.resolved.case import Case
from traboule.figures.resolved.columns import ABSENT, Ints, Texts
from traboule.figures.resolved.window import OPERATION

CellContributors = tuple[int, int, Mapping[str, int]]
FigureContributors = Mapping[str, Mapping[str, Mapping[str, CellContributors]]]

REGION, STATE, WHOLE = "region", "state", "whole"


@dataclass(frozen=True, slots=True)
class CountedEntities:
    """The entities that a figure counts, one element each: ``weight`` persons, their ``incident``, and for each
    dimension a code (-1: unspecified) with its names. ``filed`` are (entity, unit) pairs: which units know of it."""

    weight: Ints
    incident: Ints
    codes: Mapping[str, tuple[Ints, tuple[str, ...]]]
    filed: tuple[Ints, Ints]


def contributors(case: Case, figures: FigureSet) -> dict[str, dict[str, dict[str, CellContributors]]]:
    """Return the contributors to every figure on persons and to its cells, under the value reading, without empty
    cells."""
    incident_index = IncidentIndex(case)
    result: dict[str, dict[str, dict[str, CellContributors]]] = {}
    for name, definition in case.definitions.items():
        figure = figures.figures[name]
        if figure.unit != "person" or definition.population not in _ENTITIES_OF:
            continue
        entities = _ENTITIES_OF[definition.population](case, definition, incident_index)
        result[name] = {
            dimension: _cell_contributors(entities, codes, names, _declared(figure, dimension, case.facts.units))
            for dimension, (codes, names) in _with_regions(entities.codes).items()
        }
    return result


def regions_of(states: tuple[str, ...]) -> tuple[Ints, tuple[str, ...]]:
    """Return for each state the place of its macro-region (UN M49; -1 where it has none), and the regions' codes."""
    codes = vocabulary("regions").codes
    place: dict[str | None, int] = {code: number for number, code in enumerate(codes)}
    return np.array([*(place.get(region_of(state), -1) for state in states), -1], dtype=np.int64), codes


class IncidentIndex:
    """A number for each action, equal for all filings of the same action.

    Agencies of one state file an action under one reference and day; states that acted together name each other. Two
    joint actions of the same states on one day count as one, which only protects more.
    """

    def __init__(self, case: Case) -> None:
        self._known = case.facts.actions
        self._number = np.append(_first_filings(case.inputs.table("actions"), self._known.first), -1)

    def records(self) -> dict[int, list[str]]:
        """Return by incident the records of all filings of it."""
        records: dict[int, list[str]] = {}
        for number, record in zip(self._number.tolist(), columns.names(self._known.records), strict=False):
            records.setdefault(number, []).append(record)
        return records

    def of(self, table: pa.Table | None, unit: Ints) -> tuple[Ints, Ints]:
        """Return the incident of each row of ``table`` and its day; a row without an action belongs to its unit's."""
        action = self._known.places(_actions(table))
        day = self._known.first[action]
        later = np.iinfo(np.int64).max
        own = len(self._known.records) + 1 + unit
        return np.where(action >= 0, self._number[action], own), np.where(day == ABSENT, later, day)

    @property
    def actions(self) -> int:
        """Return the number of actions; higher incident numbers stand for rows without an action."""
        return len(self._known.records)


def _first_filings(table: pa.Table | None, day: Ints) -> Ints:
    """Return for each action its first filing."""
    units, references = (columns.names(columns.texts(table, name)) for name in ("unit", "reference"))
    joint = table is not None and "joint_with" in table.column_names
    partners = table["joint_with"].to_pylist() if table is not None and joint else [None] * len(units)
    first = list(range(len(units)))
    first_with: dict[tuple[object, ...], int] = {}

    def root(place: int) -> int:
        while first[place] != place:
            place = first[place]
        return place

    for place, (on, unit, reference, with_whom) in enumerate(
        zip(day.tolist(), units, references, partners, strict=False)
    ):
        keys: list[tuple[object, ...]] = [(on, unit, reference)] if reference else []
        keys += [(on, tuple(sorted({unit, *with_whom})))] if with_whom else []
        for key in keys:
            left, right = root(first_with.setdefault(key, place)), root(place)
            first[max(left, right)] = min(left, right)
    return np.array([root(place) for place in range(len(units))], dtype=np.int64)


def _actions(table: pa.Table | None) -> Texts:
    return columns.texts(table, "action_record")


def of_persons(case: Case, definition: FigureDefinition, incident_index: IncidentIndex) -> CountedEntities:
    """Return the persons that hold a measure."""
    part, label = case.complete, case.complete.partitions.value
    entities = counters.holders(part, definition, label)
    sightings = [
        _sightings_of(case, facts.satisfying(case.facts, condition), condition.table, incident_index)
        for condition in definition.filter
    ]
    node, unit, incident, day = (np.concatenate(parts) for parts in zip(*sightings, strict=True))
    entity = _places_among(entities, part.nodes)[label[node]]
    is_counted = entity >= 0
    entity, unit, incident, day = entity[is_counted], unit[is_counted], incident[is_counted], day[is_counted]
    codes = dict(splits.placed(part, entities, label))
    codes[STATE] = splits.found_by(part, label, part.inside(definition.id))[entities], case.facts.units
    first = _first_incidents(entity, incident, day, (len(entities), incident_index.actions))
    return CountedEntities(np.ones(len(entities), dtype=np.int64), first, codes, (entity, unit))


def of_arrests(case: Case, definition: FigureDefinition, incident_index: IncidentIndex) -> CountedEntities:
    """Return the arrests; those of possible victims are in no breakdown (rule 15)."""
    part, label = case.complete, case.complete.partitions.value
    arrests = counters.arrests(part, counters.chosen_attributions(definition), label)
    rows, groups, counted_groups = arrests.rows, arrests.groups, arrests.counted_groups
    whose = groups.first_of(label[rows.node])[counted_groups]
    hidden = splits.suspects(part, label)[whose]
    entity = _places_among(counted_groups, groups.number())[groups.of_rows()]
    is_counted = entity >= 0
    incident, day = (
        column[rows.row] for column in incident_index.of(case.facts.arrests.table, case.facts.arrests.sightings.unit)
    )
    codes = dict(splits.placed(part, whose, label))
    codes[STATE] = groups.first_of(rows.state)[counted_groups], case.facts.units
    codes_shown = {name: (np.where(hidden, -1, code), names) for name, (code, names) in codes.items()}
    first = _first_incidents(
        entity[is_counted], incident[is_counted], day[is_counted], (len(counted_groups), incident_index.actions)
    )
    filed = np.tile(entity[is_counted], 2), np.concatenate([rows.unit[is_counted], rows.state[is_counted]])
    return CountedEntities(np.ones(len(counted_groups), dtype=np.int64), first, codes_shown, filed)


def of_tallies(case: Case, definition: FigureDefinition, incident_index: IncidentIndex) -> CountedEntities:
    """Return the tallies, each with the persons it counts."""
    rows = tallies.tallies(case.inputs, case.operation, definition, case.facts.units)
    incident, _ = incident_index.of(tallies.selected(case.inputs, definition), rows.unit)
    inside = rows.phase == OPERATION
    distinct = tallies.distinct(rows.where(inside))
    unit = rows.unit[inside][distinct.row]
    entity = np.arange(len(distinct.row), dtype=np.int64)
    return CountedEntities(
        distinct.value, incident[inside][distinct.row], {STATE: (unit, case.facts.units)}, (entity, unit)
    )


_ENTITIES_OF = {Population.PERSONS: of_persons, Population.ARRESTS: of_arrests, Population.TALLIES: of_tallies}


def _sightings_of(
    case: Case, sightings: facts.Sightings, table: str, incident_index: IncidentIndex
) -> tuple[Ints, Ints, Ints, Ints]:
    inside = sightings.where(sightings.phase == OPERATION)
    statements = case.facts.person_tables[table]
    incident, day = incident_index.of(statements.table, statements.sightings.unit)
    return inside.node, inside.unit, incident[inside.row], day[inside.row]


def _places_among(chosen: Ints, size: int) -> Ints:
    """Return for each of ``size`` groups its place among ``chosen``, -1 where it is not among them."""
    place = np.full(size, -1, dtype=np.int64)
    place[chosen] = np.arange(len(chosen), dtype=np.int64)
    return place


def _first_incidents(entity: Ints, incident: Ints, day: Ints, sizes: tuple[int, int]) -> Ints:
    """Return the incident of each entity: an action before none, then the earliest."""
    number, actions = sizes
    first = np.full(number, -1, dtype=np.int64)
    order = np.lexsort((incident, day, incident >= actions, entity))[::-1]
    first[entity[order]] = incident[order]
    return first


def _with_regions(codes: Mapping[str, tuple[Ints, tuple[str, ...]]]) -> Mapping[str, tuple[Ints, tuple[str, ...]]]:
    state, states = codes[STATE]
    region, regions = regions_of(states)
    return {**codes, REGION: (region[state], regions), WHOLE: (np.zeros_like(state), (WHOLE,))}


def _declared(figure: Figure, dimension: str, units: tuple[str, ...]) -> Iterator[tuple[int, str, int]]:
    """Yield (cell, state, value) of totals declared without rows: in their state's cell, otherwise unspecified."""
    region, _ = regions_of(units)
    for declared in figure.declared:
        unit = units.index(declared.state)
        cell = {STATE: unit, REGION: int(region[unit]), WHOLE: 0}.get(dimension, -1)
        yield cell, declared.state, declared.value


def _cell_contributors(
    entities: CountedEntities, codes: Ints, names: tuple[str, ...], declared: Iterator[tuple[int, str, int]]
) -> dict[str, CellContributors]:
    """Count incidents and each unit's contribution in each cell; cell 0 is "unspecified"."""
    cell, size = codes + 1, len(names) + 1
    width = int(entities.incident.max(initial=0)) + 1
    pairs = columns.unique(cell * width + entities.incident)
    incidents = np.bincount(pairs // width, minlength=size)
    entity, unit = entities.filed
    states = entities.codes[STATE][1]
    filings = columns.unique(entity * len(states) + unit)
    shares = np.zeros((size, len(states)), dtype=np.int64)
    np.add.at(shares, (cell[filings // len(states)], filings % len(states)), entities.weight[filings // len(states)])
    for place, state, value in declared:
        incidents[place + 1] += 1
        shares[place + 1, states.index(state)] += value
    return {
        name: (int(incidents[place]), int(shares[place].max()), _by_state(shares[place], states))
        for place, name in enumerate((UNSPECIFIED, *names))
        if incidents[place]
    }


def _by_state(counts: Ints, states: tuple[str, ...]) -> dict[str, int]:
    return {states[place]: int(counts[place]) for place in np.flatnonzero(counts).tolist()}
