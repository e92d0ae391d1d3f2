"""Rows of one table of all desks, sorted by desk, so that a desk's part is a slice.

In: columns as long as the table. Out: a :class:`Table` of rows as dictionaries, empty cells absent. Guaranteed: row
numbers are stable, count from 1 in each desk, and say by a letter which table they are of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from traboule.demo.desks.sightings import Records
from traboule.demo.desks.style import Desks
from traboule.demo.world.cases import Involvements, WorldActions
from traboule.demo.world.draws import Ints
from traboule.demo.world.people import WorldPersons
from traboule.demo.world.plan import WorldPlan

Row = dict[str, object]
LETTERS: Mapping[str, str] = {
    "totals": "T",
    "actions": "A",
    "people": "P",
    "roles": "R",
    "victims": "V",
    "arrests": "B",
    "migrants": "M",
    "identifiers": "I",
    "legs": "L",
    "seizures": "S",
    "checks": "C",
    "hits": "H",
    "investigations": "N",
}
TABLES = tuple(LETTERS)


@dataclass(frozen=True, slots=True)
class FiledTable:
    """Rows by desk. ``stem``: the index of the desk action that each row belongs to, -1 for none."""

    name: str
    rows: list[Row]
    desk: Ints
    stem: Ints

    def of_desk(self, desk: int) -> slice:
        """Return the slice of the rows of ``desk``."""
        first, last = np.searchsorted(self.desk, [desk, desk + 1]).tolist()
        return slice(first, last)


@dataclass(frozen=True, slots=True)
class FiledWorld:
    """The world and its records: everything that rows are written from.

    ``desk_action``: desk and action of each action row, sorted; ``stem``: the action row of each record;
    ``person_ids`` and ``action_ids``: row numbers of records and action rows.
    """

    seed: int
    plan: WorldPlan
    actions: WorldActions
    involved: Involvements
    persons: WorldPersons
    records: Records
    desks: Desks
    desk_action: tuple[Ints, Ints]
    stem: Ints
    person_ids: list[str]
    action_ids: list[str]

    def stem_ids(self, records: Ints) -> list[str]:
        """Return the action row number of each of ``records``."""
        return [self.action_ids[place] for place in self.stem[records].tolist()]


def numbered(letter: str, desk: Ints) -> list[str]:
    """Return row numbers for rows sorted by desk."""
    first = np.searchsorted(desk, desk, side="left")
    return [f"{letter}{number:05d}" for number in (np.arange(len(desk)) - first + 1).tolist()]


def filed_world(
    seed: int, world: tuple[WorldPlan, WorldActions, Involvements, WorldPersons], records: Records, desks: Desks
) -> FiledWorld:
    """Return what rows are written from: a desk files its own actions and those of its cases from other desks."""
    of, actions, involved, persons = world
    first = np.concatenate([[0], np.cumsum(of.agencies)[:-1]])
    own = first[actions.state] + actions.agency
    size = len(actions)
    keys = np.concatenate([own * size + np.arange(size), records.desk * size + involved.action[records.involvement]])
    unique, where = np.unique(keys, return_inverse=True)
    desk_action = (unique // size, unique % size)
    return FiledWorld(
        seed=seed,
        plan=of,
        actions=actions,
        involved=involved,
        persons=persons,
        records=records,
        desks=desks,
        desk_action=desk_action,
        stem=where[size:].astype(np.int64),
        person_ids=numbered(LETTERS["people"], records.desk),
        action_ids=numbered(LETTERS["actions"], desk_action[0]),
    )


def table(name: str, desk: Ints, stem: Ints, columns: Mapping[str, Sequence[object]]) -> FiledTable:
    """Return the table ``name`` of rows already sorted by desk; ``columns`` hold None where a cell is empty."""
    fields = ("row_id", *columns)
    numbers = numbered(LETTERS[name], desk)
    rows = [
        {field: cell for field, cell in zip(fields, cells, strict=True) if cell is not None}
        for cells in zip(numbers, *columns.values(), strict=True)
    ]
    return FiledTable(name, rows, desk, stem)
