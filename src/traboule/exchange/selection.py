"""Choose what leaves: whose rows, whose handling allows it, who is protected, and migrants as counts.

In: the register's tables as one account read them, columns named as the form's fields, with ``record``, ``unit``,
``agency`` and ``person_record``. Out: the tables that leave, a table a table of the form, and how many rows stayed and
why. Guaranteed: protected persons leave only where :class:`Terms` says so; nobody who is known as a migrant alone
leaves as a row; the same rows stay whatever the format.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from traboule.register.protected import VICTIM_ROLES, protected_records
from traboule.returns.form import COVER, form

# Europol's handling codes: not to be passed on without the owner's permission, and other restrictions.
_RESTRICTED = ("H2", "H3")
_MIGRANT_ROLES = ("smuggled_migrant", "irregular_migrant")
_COUNTED = ("count", "minors", "unaccompanied")
_GROUPED = ("unit", "nationality", "direction")
# Whose row it is: our column by the name under which it leaves, which no field of the form has.
OWNER = {"owner_state": "unit", "owner_agency": "agency", "record": "record"}
_REFERENCES = ("person_record", "action_record")
MISSING = "missing"  # Why a field is empty, an object in JSON.
# What the desk may not see of anybody: counts of persons, identifiers, who filed when.
_NEVER_OF_DESK = (COVER, "totals", "hits", "migrants", "identifiers", "victims")
# Of returns, what the cover of the form calls otherwise.
_COVER = {"state": "unit"}


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms rows leave: ``with_protected`` persons, by their ``owner``, ``opened``: with names and texts.

    ``start``: the first day of the operation, by which somebody is a minor. ``at``: the instant of the export.
    """

    start: date
    at: datetime
    with_protected: bool = False
    owner: bool = False
    opened: bool = True

    def hides(self, table: str, field: str) -> str:
        """Return why a field of the form does not leave on these terms, as a code; nothing where it does."""
        if not self.opened and (table in _NEVER_OF_DESK or form().tables[table].fields[field].personal):
            return "reader"
        if not self.with_protected and (table == "victims" or (table, field) in narratives()):
            return "protected"
        return ""


@dataclass(frozen=True, slots=True)
class Withheld:
    """How many rows of a table stayed, and why as a code."""

    table: str
    reason: str
    rows: int


@dataclass(frozen=True, slots=True)
class Selection:
    """What leaves of one operation: a table for each table of the form and for the cover, and what stayed."""

    operation: str
    tables: Mapping[str, pa.Table]
    withheld: tuple[Withheld, ...]
    terms: Terms

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """Yield the rows of a table of the form, a mapping of fields each; batches keep the memory low."""
        for batch in self.tables[table].to_batches(max_chunksize=10_000):
            yield from batch.to_pylist()

    @property
    def persons(self) -> list[str]:
        """The records of persons that leave."""
        return sorted(map(str, self.tables["people"]["record"].to_pylist()))

    @property
    def total(self) -> int:
        """How many rows leave, of all tables but the cover."""
        return sum(table.num_rows for name, table in self.tables.items() if name != COVER)


@cache
def of_persons() -> tuple[str, ...]:
    """Return the tables of the form whose rows are of one person."""
    return ("people", *(name for name, table in form().row_tables.items() if "person" in table.fields))


@cache
def narratives() -> frozenset[tuple[str, str]]:
    """Return table and field of each free text that may name persons."""
    tables = {name: table for name, table in form().row_tables.items() if name not in ("people", "identifiers")}
    return frozenset(
        (name, field.id) for name, table in tables.items() for field in table.fields.values() if field.personal
    )


def select(operation: str, tables: Mapping[str, pa.Table], births: pa.Table, terms: Terms) -> Selection:
    """Return what leaves of ``tables`` on ``terms``. ``births``: record and birth_date of each person."""
    chosen = {name: tables[name] if name in tables else _empty(name) for name in form().row_tables}
    withheld: list[Withheld] = []
    if not terms.with_protected:
        protected = protected_records(tables, births, terms.start)
        chosen = _drop_persons(chosen, protected, "protected", withheld)
        chosen["victims"] = _counted_out(chosen["victims"], "victims", "protected", withheld)
    chosen = _drop_persons(chosen, _migrants(tables), "counts_only", withheld)
    if not terms.owner:
        chosen = _without_restricted(chosen, withheld)
    chosen["migrants"] = _migrant_counts(chosen["migrants"])
    cover = _cover(tables.get("returns"), operation)
    out = {COVER: cover, **{name: _columns(name, table, terms) for name, table in chosen.items()}}
    return Selection(operation, out, tuple(withheld), terms)


def _drop_persons(
    tables: Mapping[str, pa.Table], persons: pa.Array[Any], reason: str, withheld: list[Withheld]
) -> dict[str, pa.Table]:
    """Return the tables without the rows of ``persons``."""
    out = dict(tables)
    for name in of_persons():
        column = "record" if name == "people" else "person_record"
        stays = pc.is_in(out[name][column], value_set=persons.cast(pa.string()))
        out[name] = _kept(out[name], pc.invert(stays), name, reason, withheld)
    return out


def _kept(table: pa.Table, leaves: Any, name: str, reason: str, withheld: list[Withheld]) -> pa.Table:
    out = table.filter(leaves)
    if out.num_rows < table.num_rows:
        withheld.append(Withheld(name, reason, table.num_rows - out.num_rows))
    return out


def _counted_out(table: pa.Table, name: str, reason: str, withheld: list[Withheld]) -> pa.Table:
    if table.num_rows:
        withheld.append(Withheld(name, reason, table.num_rows))
    return table.slice(0, 0)


def _migrants(tables: Mapping[str, pa.Table]) -> pa.Array[Any]:
    """Return the records of persons who are in the register as migrants and as nothing else."""
    roles = tables["roles"]
    is_migrant = pc.is_in(roles["role"], value_set=pa.array(_MIGRANT_ROLES))
    more = pc.is_in(roles["role"], value_set=pa.array((*VICTIM_ROLES, "suspect", "arrested")))
    more_than_migrants = pa.chunked_array(
        [
            *roles.filter(more)["person_record"].cast(pa.string()).chunks,
            *tables["victims"]["person_record"].cast(pa.string()).chunks,
            *tables["arrests"]["person_record"].cast(pa.string()).chunks,
        ],
        pa.string(),
    )
    migrants: pa.Array[Any] = pa.concat_arrays(
        roles.filter(is_migrant)["person_record"].cast(pa.string()).chunks or [pa.array([], pa.string())]
    ).unique()
    return migrants.filter(pc.invert(pc.is_in(migrants, value_set=more_than_migrants.combine_chunks())))


def _without_restricted(tables: Mapping[str, pa.Table], withheld: list[Withheld]) -> dict[str, pa.Table]:
    """Return the tables without rows that their owner has not given free to pass on, or of such a person."""
    people = tables["people"]
    restricted = people.filter(_restricted(people))["record"].combine_chunks()
    out = _drop_persons(tables, restricted, "handling", withheld)
    for name, table in out.items():
        out[name] = _kept(table, pc.invert(_restricted(table)), name, "handling", withheld)
    return out


def _restricted(table: pa.Table) -> Any:
    return pc.is_in(table["handling"], value_set=pa.array(_RESTRICTED))


def _migrant_counts(table: pa.Table) -> pa.Table:
    """Return irregular migrants as counts by owning state, nationality and direction."""
    if not table.num_rows:
        return table
    grouped = table.group_by([*_GROUPED, "agency"]).aggregate([(name, "sum") for name in _COUNTED])
    grouped = grouped.rename_columns({f"{name}_sum": name for name in _COUNTED})
    return grouped.sort_by([(name, "ascending") for name in (*_GROUPED, "agency")])


def _cover(returns: pa.Table | None, operation: str) -> pa.Table:
    """Return who filed which return that is in force, as the cover says it, the oldest first."""
    names = list(form().tables[COVER].fields)
    if returns is None:
        return pa.table({name: pa.array([], pa.string()) for name in names})
    rows = returns.filter(returns["in_force"])
    columns: dict[str, Any] = {
        name: rows[_COVER.get(name, name)] for name in names if _COVER.get(name, name) in rows.column_names
    }
    columns["operation"] = pa.array([operation] * rows.num_rows, pa.string())
    empty = pa.nulls(rows.num_rows, pa.string())
    return pa.table({name: columns.get(name, empty) for name in names})


def _columns(name: str, table: pa.Table, terms: Terms) -> pa.Table:
    """Return the columns of a table that leave: whose row it is, the form's fields, and references as records."""
    wanted: dict[str, Any] = {}
    empty = pa.nulls(table.num_rows, pa.string())
    for leaving, column in OWNER.items():
        wanted[leaving] = table[column] if column in table.column_names else empty
    wanted |= {column: table[column] for column in _REFERENCES if column in table.column_names}
    for field in form().row_tables[name].fields.values():
        # What totals count in; ``unit`` is the owning state everywhere.
        column = f"counted_{field.id}" if field.id in OWNER.values() else field.id
        if column not in table.column_names or terms.hides(name, field.id):
            wanted[field.id] = empty
        else:
            wanted[field.id] = table[column]
    if MISSING in table.column_names:
        wanted[MISSING] = table[MISSING]
    return pa.table(wanted)


def _empty(name: str) -> pa.Table:
    columns = [*OWNER.values(), *_REFERENCES, *form().row_tables[name].fields]
    return pa.table({column: pa.array([], pa.string()) for column in dict.fromkeys(columns)})
