"""Read the fields that name a person; the only module that does.

In: an operation, an instant, the reader's context and purpose. Out: names and identifiers as Arrow tables. Guaranteed:
no other module reads these columns, which are sealed under a key per person; a purpose is always named and must fit
the role; row security passes only what the reader may see. The dispatcher in ``app`` writes the read into the ledger.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

import pyarrow as pa
import pyarrow.compute as pc

from traboule.core.errors import Refused
from traboule.core.permissions import Role
from traboule.database.arrow import reading, sql
from traboule.database.context import Context
from traboule.register import models
from traboule.register.history import RegisterSnapshot, columns_of, in_force, opened_tables, read_snapshot
from traboule.register.plan import Agency
from traboule.register.sealed_rows import SEALED_COLUMNS, Opener
from traboule.register.tables import IDENTITY, NARRATIVE, NARRATIVES, TABLES, sealed_types

_BORN = "birth_date"
_NAMES = sql.SQL("record, unit")
_READ = ("kind", "value", "issuer", "first_seen", "last_seen")
_IDENTIFIERS = sql.SQL("""
    record, unit, handling,
    left(record, length(record) - length(row_id)) || person AS person_record,
    left(record, length(record) - length(row_id)) || action AS action_record
""")
_EVER = sql.SQL("SELECT {columns}, {sealed} FROM {table} WHERE operation = {operation} ORDER BY record, version, id")
_NARRATIVES = sql.SQL('record, unit, "table", field')


class Purpose(StrEnum):
    """Why personal fields are read."""

    LINKAGE = "linkage"  # To find which records speak of the same person.
    PROTECTION = "protection"  # Referral and screening of victims.
    CORRECTION = "correction"  # The filing state looks at its own rows.
    EXCHANGE = "exchange"  # A state hands its own rows to a partner; the protection officer those of victims.


PURPOSES: dict[Role, frozenset[Purpose]] = {
    Role.ENGINE: frozenset({Purpose.LINKAGE}),
    Role.PROTECTION: frozenset({Purpose.PROTECTION, Purpose.EXCHANGE}),
    Role.NATIONAL: frozenset({Purpose.CORRECTION, Purpose.EXCHANGE}),
}


def read(
    operation: str,
    *,
    at: datetime | None,
    context: Context,
    purpose: str,
    agencies: Collection[Agency] | None = None,
) -> dict[str, pa.Table]:
    """Return ``identities`` (a row a person) and ``identifiers`` (a row an identifier), sorted by record.

    ``identities``: record, unit, the names of the form, birth_date (ISO, maybe partial), birth_place.
    ``identifiers``: record, unit, handling, person_record, action_record, kind, value, issuer, first_seen, last_seen.
    ``agencies``: keep to the rows of these.
    Raises Refused where the purpose is unknown or is not one of the reader's role.
    """
    _permit(context, purpose)
    with reading(context) as reader:
        snapshot = read_snapshot(reader, operation, at, agencies)
        opener = Opener(reader, operation, snapshot.units)
        names = in_force(snapshot, "people", models.PersonIdentity, _NAMES)
        return {
            "identities": opener.table(names, models.PersonIdentity, "people", IDENTITY),
            "identifiers": _identifiers(snapshot, opener),
        }


def identifiers_ever(operation: str, *, context: Context, purpose: str) -> pa.Table:
    """Return every identifier that was ever filed, in each version, as :func:`read` returns those in force.

    Whoever files something and withdraws it is seen to have done so. Raises Refused as :func:`read` does.
    """
    _permit(context, purpose)
    with reading(context) as reader:
        query = _EVER.format(
            columns=_IDENTIFIERS,
            sealed=SEALED_COLUMNS,
            table=sql.Identifier(models.Identifier._meta.db_table),
            operation=sql.Literal(operation),
        )
        types = {name: sealed_types("identifiers")[name] for name in _READ}
        return Opener(reader, operation).table(query, models.Identifier, "identifiers", types)


def with_births(
    operation: str, *, at: datetime | None, context: Context, purpose: str, names: Collection[str] = TABLES
) -> tuple[dict[str, pa.Table], pa.Table]:
    """Return the register's tables as ``history.tables`` does, and birth dates by record (record, birth_date).

    One reading gives both, so that a person's key is unwrapped once. Raises Refused as :func:`read` does.
    """
    _permit(context, purpose)
    with reading(context) as reader:
        snapshot = read_snapshot(reader, operation, at)
        opener = Opener(reader, operation)
        born = _births(snapshot, opener)
        return opened_tables(snapshot, reader, opener, names), born


def with_identifiers(
    operation: str, *, at: datetime | None, context: Context, purpose: str
) -> tuple[dict[str, pa.Table], pa.Table, pa.Table]:
    """Return what :func:`with_births` does, and ``identifiers`` as :func:`read` does, in one reading and without names.

    Raises Refused as :func:`read` does.
    """
    _permit(context, purpose)
    with reading(context) as reader:
        snapshot = read_snapshot(reader, operation, at)
        opener = Opener(reader, operation)
        born, identifiers = _births(snapshot, opener), _identifiers(snapshot, opener)
        return opened_tables(snapshot, reader, opener, TABLES), born, identifiers


def _births(snapshot: RegisterSnapshot, opener: Opener) -> pa.Table:
    births = in_force(snapshot, "people", models.PersonIdentity, sql.SQL("record"))
    return opener.table(births, models.PersonIdentity, "people", {_BORN: IDENTITY[_BORN]})


def _identifiers(snapshot: RegisterSnapshot, opener: Opener) -> pa.Table:
    query = in_force(snapshot, "identifiers", models.Identifier, _IDENTIFIERS)
    types = {name: sealed_types("identifiers")[name] for name in _READ}
    return opener.table(query, models.Identifier, "identifiers", types)


def narratives(operation: str, *, at: datetime | None, context: Context, purpose: str) -> pa.Table:
    """Return the free texts about persons: record, unit, table, field, text, sorted by record and table.

    Raises Refused as :func:`read` does.
    """
    _permit(context, purpose)
    with reading(context) as reader:
        snapshot = read_snapshot(reader, operation, at)
        opener, parts = Opener(reader, operation), []
        for table in sorted(NARRATIVES):
            query = in_force(snapshot, table, models.Narrative, _NARRATIVES, within=table)
            parts.append(opener.table(query, models.Narrative, table, NARRATIVE))
    return pa.concat_tables(parts).sort_by([("record", "ascending"), ("table", "ascending")])


def complete_tables(operation: str, *, at: datetime | None, context: Context, purpose: str) -> dict[str, pa.Table]:
    """Return the register's tables as ``history.tables`` does, identifiers among them, each with its personal fields.

    ``missing`` is an object in JSON: why a field is empty, by field. Everything is read in one reading.
    Raises Refused as :func:`read` does.
    """
    _permit(context, purpose)
    with reading(context) as reader:
        snapshot = read_snapshot(reader, operation, at)
        opener = Opener(reader, operation)
        tables = opened_tables(snapshot, reader, opener, TABLES)
        query = in_force(snapshot, "identifiers", models.Identifier, columns_of(models.Identifier))
        tables["identifiers"] = opener.table(query, models.Identifier, "identifiers", sealed_types("identifiers"))
        names = in_force(snapshot, "people", models.PersonIdentity, sql.SQL("record"))
        identities = opener.table(names, models.PersonIdentity, "people", IDENTITY)
        tables["people"] = _beside(tables["people"], identities)
        for table, field in NARRATIVES.items():
            query = in_force(snapshot, table, models.Narrative, sql.SQL("record"), within=table)
            texts = opener.table(query, models.Narrative, table, NARRATIVE).rename_columns(["record", field])
            tables[table] = _beside(tables[table], texts)
        for table, model in TABLES.items():
            query = in_force(snapshot, table, model, sql.SQL("record, missing::text AS missing"))
            tables[table] = _beside(tables[table], reader.table(query).select(["record", "missing"]))
    return tables


def _beside(table: pa.Table, more: pa.Table) -> pa.Table:
    """Return ``table`` with the columns of ``more`` for the same record; null where there is none."""
    places = pc.index_in(table["record"], value_set=more["record"].combine_chunks())
    for name in more.column_names:
        if name not in table.column_names:
            table = table.append_column(name, more[name].take(places))
    return table


def _permit(context: Context, purpose: str) -> None:
    if purpose not in PURPOSES.get(context.role, frozenset()):
        raise Refused("purpose-not-permitted", purpose=purpose, role=context.role.value)
