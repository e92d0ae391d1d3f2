"""Read the facts that figures count as integer arrays: sightings of persons, arrests, tallies.

In: the inputs, the window, the conditions of definitions. Out: for each fact its person, state, day and phase.
Guaranteed: each string is looked up once, and rows that no figure needs are dropped first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import cast

import numpy as np
import pyarrow as pa

from traboule.figures.definition import Condition, FigureDefinition, Population
from traboule.figures.resolved import columns, partition, window
from traboule.figures.resolved.columns import ABSENT, Flags, Ints, Texts
from traboule.figures.resolved.inputs import Inputs
from traboule.figures.resolved.partition import OpenLinks, People
from traboule.figures.resolved.window import OPERATION
from traboule.operation.operation import Operation

_ROW_TABLES = ("arrests", "checks", "investigations", "migrants", "people", "roles", "victims")


@dataclass(frozen=True, slots=True)
class Sightings:
    """Rows that say something of a person: its row, whose, by which state, on which day, in which phase."""

    row: Ints
    person: Ints
    node: Ints
    unit: Ints
    day: Ints
    phase: Ints
    undated: Flags

    def where(self, chosen: Flags | Ints) -> Sightings:
        """Return the chosen sightings."""
        return Sightings(*(getattr(self, column.name)[chosen] for column in fields(self)))

    def renumbered(self, numbers: Ints) -> Sightings:
        """Return the same sightings with clusters numbered anew."""
        return replace(self, node=numbers[self.node])


@dataclass(frozen=True, slots=True)
class PersonTable:
    """A person table for counting: its rows, the coded field that conditions test, and the sightings."""

    table: pa.Table
    field: Texts
    sightings: Sightings


@dataclass(frozen=True, slots=True)
class Arrests:
    """Arrest rows: record and its rank, whose, arresting state, moment (microseconds, ABSENT), attribution."""

    table: pa.Table
    records: Texts
    attribution: Texts
    state: Ints
    time: Ints
    sightings: Sightings


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything counting starts from. ``units`` are all states that occur, sorted; unit codes are places in it."""

    units: tuple[str, ...]
    actions: window.ActionDates
    people: People
    links: OpenLinks
    person_tables: Mapping[str, PersonTable]
    arrests: Arrests
    persons: Ints  # for each row of the people table, its place among people.records
    ends: tuple[Ints, Ints]  # for each row of the links, the places of its two records among people.records


def facts(inputs: Inputs, operation: Operation, definitions: Iterable[FigureDefinition]) -> Facts:
    """Read the facts that ``definitions`` ask for; phases by the operation's window."""
    within = window.window(operation.start, operation.end)
    actions = window.actions(inputs.table("actions"))
    conditions = [
        condition
        for definition in definitions
        if definition.population is Population.PERSONS
        for condition in definition.filter
    ]
    # Victim rows of any status state the exploitation; role rows of other kinds are not counted.
    tables = {name: inputs.table(name) for name in ("victims", "arrests")}
    tables["roles"] = _conditioned_rows(inputs.table("roles"), "roles", conditions)
    references = [owners(tables[name], name) for name in ("roles", "victims", "arrests")]
    references.append(columns.texts(inputs.table("people"), "record"))
    references += [columns.texts(inputs.links, side) for side in ("left", "right")]
    people, (roles, victims, arrests, persons, left, right) = partition.identify(inputs.clusters, references)
    units = _units(inputs)
    person_tables = {
        "roles": _person_table(
            tables["roles"], "role", units, (roles, people.node[roles]), _by_action(tables["roles"], actions, within)
        ),
        "victims": _person_table(
            tables["victims"],
            "status",
            units,
            (victims, people.node[victims]),
            _by_action(tables["victims"], actions, within),
        ),
    }
    person_tables["victims"] = _dated_by_role(
        person_tables["victims"], person_tables["roles"], actions.places(_actions_of(tables["victims"]))
    )
    links = partition.open_links(inputs.links, people, (left, right))
    arrested = _arrests(tables["arrests"], units, (arrests, people.node[arrests]), (actions, within))
    return Facts(units, actions, people, links, person_tables, arrested, persons, (left, right))


def holding(facts_: Facts, definition: FigureDefinition) -> Sightings:
    """Return the sightings, of all phases, that satisfy a person definition's filter."""
    chosen = [satisfying(facts_, condition) for condition in definition.filter]
    return Sightings(
        *(np.concatenate([getattr(sightings, column.name) for sightings in chosen]) for column in fields(Sightings))
    )


def satisfying(facts_: Facts, condition: Condition) -> Sightings:
    """Return the sightings, of all phases, that satisfy one condition; their rows are places in its table."""
    rows = facts_.person_tables[condition.table]
    matching = columns.among(rows.field, condition.among)
    if condition.unless:
        denied = np.zeros(len(facts_.people.records), dtype=np.bool_)
        for exception in condition.unless:
            excepted = facts_.person_tables[exception.table]
            denied[excepted.sightings.person[columns.among(excepted.field, exception.among)]] = True
        matching &= ~denied[rows.sightings.person]
    return rows.sightings.where(matching)


def _conditioned_rows(table: pa.Table | None, name: str, conditions: Sequence[Condition]) -> pa.Table | None:
    """Leave behind the rows of ``name`` that no condition asks about."""
    if table is None or not table.num_rows:
        return table
    relevant = [part for condition in conditions for part in (condition, *condition.unless) if part.table == name]
    codes = tuple(sorted({code for part in relevant for code in part.among}))
    if not relevant:
        return table.slice(0, 0)
    mask = columns.among(columns.texts(table, relevant[0].field), codes)
    return table if mask.all() else table.filter(pa.array(mask))


def owners(table: pa.Table | None, name: str) -> Texts:
    """Return whose each row is. A row of nobody known is of somebody of its own, named after the row."""
    person = columns.texts(table, "person_record")
    if not person.null_count:
        return person
    own = columns.kernels.binary_join_element_wise(name, columns.texts(table, "record"), ":")
    return cast(Texts, columns.kernels.coalesce(person, own))


def _actions_of(table: pa.Table | None) -> Texts:
    return columns.texts(table, "action_record")


def _units(inputs: Inputs) -> tuple[str, ...]:
    """Return all states that filed or made an arrest, sorted."""
    sources = [(name, "unit") for name in (*_ROW_TABLES, "returns", "totals")]
    sources.append(("arrests", "arresting_state"))
    distinct = [columns.texts(inputs.table(table), name).unique() for table, name in sources]
    return columns.coded(pa.concat_arrays(distinct))[1]


def _by_action(table: pa.Table | None, actions: window.ActionDates, within: window.Window) -> tuple[Ints, Ints, Flags]:
    """Return day, phase and undated of person rows. The action's day decides before the role's own start: somebody
    smuggled since August is found on the day of the raid.
    """
    action = actions.places(_actions_of(table))
    first, last = columns.spans(columns.texts(table, "start"))
    day = np.where(actions.first[action] != ABSENT, actions.first[action], first)
    own = np.where(actions.first[action] != ABSENT, ABSENT, first)
    phase, undated = window.phases(within, actions, action, (own, last))
    return day, phase, undated


def _person_table(
    table: pa.Table | None,
    field: str,
    units: tuple[str, ...],
    whose: tuple[Ints, Ints],
    dated: tuple[Ints, Ints, Flags],
) -> PersonTable:
    day, phase, undated = dated
    unit = columns.coded_as(columns.texts(table, "unit"), units)
    row = np.arange(len(whose[0]), dtype=np.int64)
    rows = table if table is not None else pa.table({})
    sightings = Sightings(row, *whose, unit, day, phase, undated)
    return PersonTable(rows, columns.texts(table, field), sightings)


def _dated_by_role(victims: PersonTable, roles: PersonTable, action: Ints) -> PersonTable:
    """A victim row without an action has the day and phase of its person's role rows, where there are any."""
    lost = action < 0
    if not lost.any() or not len(roles.sightings.row):
        return victims
    seen = victims.sightings
    size = int(max(seen.person.max(), roles.sightings.person.max())) + 1
    none = np.iinfo(np.int64).max
    phase, day = (np.full(size, none, dtype=np.int64) for _ in range(2))
    np.minimum.at(phase, roles.sightings.person, roles.sightings.phase)
    dated = ~roles.sightings.undated & (roles.sightings.day != ABSENT)
    np.minimum.at(day, roles.sightings.person[dated], roles.sightings.day[dated])
    with_role = lost & (phase[seen.person] != none)
    known_day = with_role & (day[seen.person] != none)
    moved = replace(
        seen,
        day=np.where(known_day, day[seen.person], seen.day),
        phase=np.where(with_role, phase[seen.person], seen.phase),
        undated=seen.undated & ~known_day,
    )
    return PersonTable(victims.table, victims.field, moved)


def _arrests(
    table: pa.Table | None,
    units: tuple[str, ...],
    whose: tuple[Ints, Ints],
    dating: tuple[window.ActionDates, window.Window],
) -> Arrests:
    actions, within = dating
    action = actions.places(_actions_of(table))
    at = columns.moments(table, "at")
    time = np.where(at != ABSENT, at, actions.start[action])
    own = columns.days_of_moments(at)
    phase, undated = window.phases(within, actions, action, (own, own))
    unit = columns.coded_as(columns.texts(table, "unit"), units)
    state = columns.coded_as(columns.texts(table, "arresting_state"), units)
    row = np.arange(len(whose[0]), dtype=np.int64)
    sightings = Sightings(row, *whose, unit, columns.days_of_moments(time), phase, undated)
    return Arrests(
        table if table is not None else pa.table({}),
        columns.texts(table, "record"),
        columns.texts(table, "attribution"),
        np.where(state < 0, unit, state),
        time,
        sightings,
    )


def operational(sightings: Sightings) -> Sightings:
    """Return the sightings inside the operation (rule 9)."""
    return sightings.where(sightings.phase == OPERATION)
