"""What each cell of a breakdown rests on: how many incidents, and how much of it one unit filed (rule 23).

Comes in: a resolved case and its figures. Goes out: figure -> dimension -> code -> (incidents, the largest share).
Promises: never more incidents than there were, and never a smaller share than a unit knows: a joint action filed by
several states is one incident; a person stands with one incident, the first; facts that name no action, and a total
declared without rows, are one incident of their state.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from traboule.core.codes import region_of, vocabulary
from traboule.figures.definition import Definition, Population
from traboule.figures.figure import Figure, FigureSet
from traboule.figures.resolved import columns, counters, facts, splits, tallies
from traboule.figures.resolved.breakdown import UNSPECIFIED
from traboule.figures.resolved.case import Case
from traboule.figures.resolved.columns import ABSENT, Ints, Texts
from traboule.figures.resolved.window import OPERATION

Behind = tuple[int, int]
Backing = Mapping[str, Mapping[str, Mapping[str, Behind]]]

REGION, STATE = "region", "state"


@dataclass(frozen=True, slots=True)
class Things:
    """What one figure counts, one element each: ``weight`` persons, the ``incident`` they stand with, and for each
    dimension a code (-1: unspecified) with its names. ``filed`` are (thing, unit) pairs: which units know of it."""

    weight: Ints
    incident: Ints
    codes: Mapping[str, tuple[Ints, tuple[str, ...]]]
    filed: tuple[Ints, Ints]


def backing(case: Case, figures: FigureSet) -> dict[str, dict[str, dict[str, Behind]]]:
    """Return what the cells of every figure on persons rest on, under the value reading; empty cells left out."""
    raids = Raids(case)
    found: dict[str, dict[str, dict[str, Behind]]] = {}
    for name, definition in case.definitions.items():
        figure = figures.figures[name]
        if figure.unit != "person" or definition.population not in _THINGS:
            continue
        things = _THINGS[definition.population](case, definition, raids)
        found[name] = {
            dimension: _behind(things, codes, names, _declared(figure, dimension, case.facts.units, names))
            for dimension, (codes, names) in _with_regions(things.codes).items()
        }
    return found


def regions_of(states: tuple[str, ...]) -> tuple[Ints, tuple[str, ...]]:
    """Return for each state the place of its macro-region (UN M49; -1 where it has none), and the regions' codes."""
    codes = vocabulary("regions").codes
    place: dict[str | None, int] = {code: number for number, code in enumerate(codes)}
    return np.array([*(place.get(region_of(state), -1) for state in states), -1], dtype=np.int64), codes


class Raids:
    """The actions as incidents: a number for each action, equal for all filings of one.

    Agencies of one state file an action under one reference and day; states that acted together name each other. Two
    joint actions of the same states on one day pass for one, which protects more, never less.
    """

    def __init__(self, case: Case) -> None:
        self._known = case.facts.actions
        self._number = np.append(_as_one(case.inputs.table("actions"), self._known.first), -1)

    def records(self) -> dict[int, list[str]]:
        """Return by incident the records of all filings of it."""
        found: dict[int, list[str]] = {}
        for number, record in zip(self._number.tolist(), columns.names(self._known.records), strict=False):
            found.setdefault(number, []).append(record)
        return found

    def of(self, table: pa.Table | None, unit: Ints) -> tuple[Ints, Ints]:
        """Return the incident of each row of ``table`` and its day; a row without an action stands with its unit's."""
        action = self._known.places(_actions(table))
        day = self._known.first[action]
        later = np.iinfo(np.int64).max
        own = len(self._known.records) + 1 + unit
        return np.where(action >= 0, self._number[action], own), np.where(day == ABSENT, later, day)

    @property
    def actions(self) -> int:
        """Return below which number an incident is an action."""
        return len(self._known.records)


def _as_one(table: pa.Table | None, day: Ints) -> Ints:
    """Return for each action the first filing of it."""
    units, references = (columns.names(columns.texts(table, name)) for name in ("unit", "reference"))
    joint = table is not None and "joint_with" in table.column_names
    partners = table["joint_with"].to_pylist() if table is not None and joint else [None] * len(units)
    first = list(range(len(units)))
    seen: dict[tuple[object, ...], int] = {}

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
            one, other = root(seen.setdefault(key, place)), root(place)
            first[max(one, other)] = min(one, other)
    return np.array([root(place) for place in range(len(units))], dtype=np.int64)


def _actions(table: pa.Table | None) -> Texts:
    return columns.texts(table, "action_record")


def of_persons(case: Case, definition: Definition, raids: Raids) -> Things:
    """Return the persons that hold a measure."""
    part, label = case.complete, case.complete.partitions.value
    entities = counters.holders(part, definition, label)
    seen = [_seen(case, facts.satisfying(case.facts, one), one.table, raids) for one in definition.filter]
    node, unit, incident, day = (np.concatenate([one[place] for one in seen]) for place in range(4))
    thing = _numbered(entities, part.nodes)[label[node]]
    counted = thing >= 0
    thing, unit, incident, day = thing[counted], unit[counted], incident[counted], day[counted]
    codes = dict(splits.placed(part, entities, label))
    codes[STATE] = splits.found_by(part, label, part.inside(definition.id))[entities], case.facts.units
    first = _first(thing, incident, day, (len(entities), raids.actions))
    return Things(np.ones(len(entities), dtype=np.int64), first, codes, (thing, unit))


def of_arrests(case: Case, definition: Definition, raids: Raids) -> Things:
    """Return the arrests; those of possible victims stand in no breakdown (rule 15)."""
    part, label = case.complete, case.complete.partitions.value
    found = counters.arrests(part, counters.chosen_attributions(definition), label)
    rows, made, kept = found.rows, found.groups, found.kept
    whose = made.first_of(label[rows.node])[kept]
    hidden = splits.suspects(part, label)[whose]
    thing = _numbered(kept, made.number())[made.of_rows()]
    counted = thing >= 0
    incident, day = (one[rows.row] for one in raids.of(case.facts.arrests.table, case.facts.arrests.sightings.unit))
    codes = dict(splits.placed(part, whose, label))
    codes[STATE] = made.first_of(rows.state)[kept], case.facts.units
    shown = {name: (np.where(hidden, -1, code), names) for name, (code, names) in codes.items()}
    first = _first(thing[counted], incident[counted], day[counted], (len(kept), raids.actions))
    filed = np.tile(thing[counted], 2), np.concatenate([rows.unit[counted], rows.state[counted]])
    return Things(np.ones(len(kept), dtype=np.int64), first, shown, filed)


def of_tallies(case: Case, definition: Definition, raids: Raids) -> Things:
    """Return the tallies, each with the persons it counts."""
    rows = tallies.tallies(case.inputs, case.operation, definition, case.facts.units)
    incident, _ = raids.of(tallies.selected(case.inputs, definition), rows.unit)
    inside = rows.phase == OPERATION
    found = tallies.distinct(rows.where(inside))
    unit = rows.unit[inside][found.row]
    things = np.arange(len(found.row), dtype=np.int64)
    return Things(found.value, incident[inside][found.row], {STATE: (unit, case.facts.units)}, (things, unit))


_THINGS = {Population.PERSONS: of_persons, Population.ARRESTS: of_arrests, Population.TALLIES: of_tallies}


def _seen(case: Case, sightings: facts.Sightings, table: str, raids: Raids) -> tuple[Ints, Ints, Ints, Ints]:
    inside = sightings.where(sightings.phase == OPERATION)
    said = case.facts.said[table]
    incident, day = raids.of(said.table, said.sightings.unit)
    return inside.node, inside.unit, incident[inside.row], day[inside.row]


def _numbered(kept: Ints, size: int) -> Ints:
    """Return for each of ``size`` groups its place among ``kept``, -1 where it is not kept."""
    place = np.full(size, -1, dtype=np.int64)
    place[kept] = np.arange(len(kept), dtype=np.int64)
    return place


def _first(thing: Ints, incident: Ints, day: Ints, sizes: tuple[int, int]) -> Ints:
    """Return the one incident each thing stands with: an action before none, then the earliest."""
    number, actions = sizes
    first = np.full(number, -1, dtype=np.int64)
    order = np.lexsort((incident, day, incident >= actions, thing))[::-1]
    first[thing[order]] = incident[order]
    return first


def _with_regions(codes: Mapping[str, tuple[Ints, tuple[str, ...]]]) -> Mapping[str, tuple[Ints, tuple[str, ...]]]:
    state, states = codes[STATE]
    region, regions = regions_of(states)
    return {**codes, REGION: (region[state], regions)}


def _declared(
    figure: Figure, dimension: str, units: tuple[str, ...], names: tuple[str, ...]
) -> Iterator[tuple[int, int, int]]:
    """Give (cell, unit, value) of what was declared without rows: in its state's cell, elsewhere in the rest."""
    region, _ = regions_of(units)
    for one in figure.declared:
        unit = units.index(one.state)
        yield {STATE: unit, REGION: int(region[unit])}.get(dimension, -1), unit, one.value


def _behind(
    things: Things, codes: Ints, names: tuple[str, ...], declared: Iterator[tuple[int, int, int]]
) -> dict[str, Behind]:
    """Count incidents and the largest unit's share per cell; cell 0 is the unspecified rest."""
    cell, size = codes + 1, len(names) + 1
    width = int(things.incident.max(initial=0)) + 1
    pairs = columns.unique(cell * width + things.incident)
    incidents = np.bincount(pairs // width, minlength=size)
    thing, unit = things.filed
    units = int(unit.max(initial=0)) + 1
    known = columns.unique(thing * units + unit)
    shares = np.zeros((size, max(units, len(names), 1)), dtype=np.int64)
    np.add.at(shares, (cell[known // units], known % units), things.weight[known // units])
    for place, whose, value in declared:
        incidents[place + 1] += 1
        if whose >= shares.shape[1]:
            shares = np.pad(shares, ((0, 0), (0, whose + 1 - shares.shape[1])))
        shares[place + 1, whose] += value
    largest = shares.max(axis=1)
    return {
        name: (int(incidents[place]), int(largest[place]))
        for place, name in enumerate((UNSPECIFIED, *names))
        if incidents[place]
    }
