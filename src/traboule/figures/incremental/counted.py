"""Count an operation incrementally: a further return costs in proportion to its own size.

In: inputs once, then one change after another. Out: the figures after each. Guaranteed: equal, to the last bit, to a
count of all inputs. A change touches components of linked records; these are counted before and after the change, and
the sums updated by the difference. Components joined to them by a rejected link are counted too, since expected missed
links lie between two components.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from traboule.figures.count import figure_set
from traboule.figures.figure import FigureSet
from traboule.figures.incremental.change import BIRTHS, CLUSTERS, LINKS, InputChange, Renewal, applied
from traboule.figures.incremental.hashed import Hashes
from traboule.figures.incremental.rows import Chosen, OwnedRows
from traboule.figures.incremental.sums import Sums, exchange, redraw, sums
from traboule.figures.resolved import columns, facts
from traboule.figures.resolved.case import Case, resolve
from traboule.figures.resolved.columns import Ints, Texts
from traboule.figures.resolved.inputs import Inputs, waiting_rows
from traboule.operation.operation import Operation

_DATED = ("roles", "victims", "arrests")
_TALLIES = ("migrants", "checks", "investigations")
_OF_PERSONS = ("people", *_DATED, BIRTHS, CLUSTERS, LINKS)


class RunningCount:
    """A count that is updated. Not thread-safe; after a change that could not be read, count everything again.

    ``detail`` as in :func:`traboule.figures.count.count_inputs`; without ``draws`` the figures have no 90 % intervals,
    which cost more than all else where many links are open. A cluster must be named by one of its records.
    """

    def __init__(self, inputs: Inputs, operation: Operation, *, detail: bool = True, draws: bool = True) -> None:
        case = resolve(inputs, operation)
        self._operation, self._detail, self._draws = operation, detail, detail and draws
        self._sums = sums(case, detail=detail, draws=draws)
        self._hashes = Hashes(inputs) if detail else None
        people = case.facts.people
        self._numbers = {name: place for place, name in enumerate(columns.names(people.records))}
        self._component = case.complete.partitions.low[people.node]
        self._next = people.nodes
        self._rows = {name: OwnedRows(name, *rows_and_owners) for name, rows_and_owners in self._owned(case).items()}
        stays = {name: table for name, table in inputs.tables.items() if name not in _OF_PERSONS}
        self._base = Inputs(
            stays, inputs.clusters.slice(0, 0), inputs.links.slice(0, 0), None, inputs.held_rows, inputs.as_of
        )

    def figures(self) -> FigureSet:
        """Return the figures as they stand."""
        tables = {name: table for name, table in self._base.tables.items() if name != "held"}
        actions = tables.get("actions")
        if actions is not None:
            tables["actions"] = _actions_referred_to(actions, [tables[name] for name in _TALLIES if name in tables])
        held_rows = self._held_rows()
        digest = self._hashes.complete(held_rows) if self._hashes else ""
        unclustered = resolve(replace(self._base, tables=tables, held_rows=held_rows), self._operation)
        return figure_set(self._sums, unclustered, digest)

    def update(self, made: InputChange) -> FigureSet:
        """Apply a change and return the figures after it."""
        renewed = {name: renewal for name, renewal in made.renewed.items() if name in self._rows}
        owners = {name: self._owners(name, renewal.rows) for name, renewal in renewed.items()}
        places = {name: self._rows[name].touched(renewal.names) for name, renewal in renewed.items()}
        meant = [self._rows[name].owners(at) for name, at in places.items()]
        meant += [end for ends in owners.values() for end in ends]
        if CLUSTERS in renewed:
            meant.append(self._number(columns.texts(renewed[CLUSTERS].rows, "cluster")))
        if "actions" in made.renewed:
            names = made.renewed["actions"].names
            meant += [self._rows[name].owners(self._rows[name].naming(names)) for name in _DATED]
        chosen = self._with_neighbours(self._together(np.concatenate([*meant, np.empty(0, dtype=np.int64)])))
        before = self._sums_of(resolve(self._part(chosen), self._operation))
        self._commit(made, renewed, owners, places)
        case = resolve(self._part(chosen), self._operation)
        after = self._sums_of(case)
        self._sums = exchange(self._sums, before, after)
        people = case.facts.people
        numbers = self._number(people.records)
        self._component[numbers] = self._next + case.complete.partitions.low[people.node]
        self._next += people.nodes
        self._redraw()
        return self.figures()

    def _sums_of(self, case: Case) -> Sums:
        return sums(case, detail=self._detail, draws=self._draws, weights=self._sums.weights)

    def _redraw(self) -> None:
        """Draw all open links again where the weights of the pair evidence have changed."""
        weights = self._sums.evidence.weights()
        if self._draws and weights != self._sums.weights:
            links = self._rows[LINKS]
            chosen = self._together(links.owners(links.holding("status", "open")))
            self._sums = redraw(self._sums, resolve(self._part(chosen), self._operation), weights)
        self._sums = replace(self._sums, weights=weights)

    def _commit(
        self,
        made: InputChange,
        renewed: Mapping[str, Renewal],
        owners: Mapping[str, tuple[Ints, ...]],
        places: Mapping[str, list[Ints]],
    ) -> None:
        for name, renewal in renewed.items():
            self._rows[name].drop(places[name])
            self._rows[name].add(renewal.rows, owners[name])
        unclustered = {name: renewal for name, renewal in made.renewed.items() if name not in renewed}
        self._base = applied(self._base, InputChange(unclustered, made.complete, made.held_rows, made.as_of))
        if self._hashes is not None:
            for name, renewal in made.renewed.items():
                self._hashes.renew(name, renewal)
            for name, table in made.complete.items():
                self._hashes.replace(name, table)

    def _owned(self, case: Case) -> dict[str, tuple[pa.Table, tuple[Ints, ...]]]:
        """Return the rows of a case by table, each with the numbers of its records."""
        facts_, inputs = case.facts, case.inputs
        tables = {name: inputs.tables.get(name, _NO_ROWS.empty_table()) for name in ("people", *_DATED)}
        tables[BIRTHS] = _BIRTHS.empty_table() if inputs.births is None else inputs.births
        return {
            "people": (tables["people"], (facts_.persons,)),
            "arrests": (tables["arrests"], (facts_.arrests.sightings.person,)),
            "victims": (tables["victims"], (facts_.person_tables["victims"].sightings.person,)),
            # The facts do not include roles that no figure needs.
            "roles": (tables["roles"], (self._places(facts.owners(tables["roles"], "roles"), facts_.people.records),)),
            BIRTHS: (tables[BIRTHS], (self._places(columns.texts(tables[BIRTHS], "record"), facts_.people.records),)),
            CLUSTERS: (inputs.clusters, (np.arange(inputs.clusters.num_rows, dtype=np.int64),)),
            LINKS: (inputs.links, facts_.ends),
        }

    def _places(self, names: Texts, records: Texts) -> Ints:
        """Return the number of each name, those of ``records`` being numbered already; of whom nothing else is known
        yet more may be known later."""
        numbers = columns.places_in(names, records)
        missing = np.flatnonzero(numbers < 0)
        numbers[missing] = self._number(columns.taken(names, missing))
        return numbers

    def _held_rows(self) -> Mapping[str, int]:
        """Return the rows held at the door, as :meth:`Inputs.rows_held` does."""
        waiting = self._base.table("held")
        if self._base.held_rows or waiting is None:
            return self._base.held_rows
        counts = {}
        for name, records in waiting_rows(waiting).items():
            if name in self._rows:
                in_force = sum(len(at) for at in self._rows[name].touched(pa.array(records, pa.string())))
            else:
                in_force = int(columns.among(columns.texts(self._base.table(name), "record"), tuple(records)).sum())
            counts[name] = len(records) - in_force
        return counts

    def _number(self, names: Texts) -> Ints:
        """Return the number of each name, of a new one a new number; such a one stands alone so far."""
        numbers = self._numbers
        result = np.array([numbers.setdefault(name, len(numbers)) for name in columns.names(names)], dtype=np.int64)
        fresh = len(numbers) - len(self._component)
        if fresh:
            self._component = np.concatenate([self._component, self._next + np.arange(fresh, dtype=np.int64)])
            self._next += fresh
        return result

    def _owners(self, name: str, rows: pa.Table) -> tuple[Ints, ...]:
        if name == LINKS:
            return self._number(columns.texts(rows, "left")), self._number(columns.texts(rows, "right"))
        return (self._number(facts.owners(rows, name) if name in _DATED else columns.texts(rows, "record")),)

    def _together(self, numbers: Ints) -> Chosen:
        """Choose the records of all components of those numbered."""
        chosen = np.zeros(self._next, dtype=np.bool_)
        chosen[self._component[numbers[numbers >= 0]]] = True
        return Chosen.of(chosen[self._component])

    def _with_neighbours(self, chosen: Chosen) -> Chosen:
        """Add the components that a rejected link joins to those chosen."""
        links = self._rows[LINKS]
        neighbours = links.owners(links.touching(chosen))
        return chosen if chosen.flags[neighbours].all() else self._together(np.append(chosen.numbers, neighbours))

    def _part(self, chosen: Chosen) -> Inputs:
        """Return the inputs of some components alone."""
        tables = {name: rows.taken(rows.of(chosen)) for name, rows in self._rows.items()}
        births, clusters, links = (tables.pop(name) for name in (BIRTHS, CLUSTERS, LINKS))
        actions = self._base.table("actions")
        if actions is not None:
            tables["actions"] = _actions_referred_to(actions, [tables[name] for name in _DATED])
        return Inputs(tables, clusters, links, births)


_BIRTHS = pa.schema([("record", pa.string()), ("birth_date", pa.string())])
_NO_ROWS = pa.schema([("record", pa.string())])


def _actions_referred_to(actions: pa.Table, tables: Sequence[pa.Table]) -> pa.Table:
    """Return the actions that rows of ``tables`` refer to."""
    referred = pa.concat_arrays(
        [pa.array([], pa.string()), *(columns.texts(table, "action_record") for table in tables)]
    )
    return actions.filter(columns.kernels.is_in(columns.texts(actions, "record"), value_set=referred.unique()))
