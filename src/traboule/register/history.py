"""Read the register as of any instant, as Arrow tables.

In: an operation, an instant (None: now), the reader's context. Out: one table of the rows in force for each table of
the form, the returns received, and the rows held. Guaranteed: one snapshot for all of them; rows sorted by record; no
personal field; a row that the context may not read is absent, and nothing shows that it exists.

As of an instant means: as the desk could have known it then, by the instant each return was received.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyarrow as pa
from django.db.models import Model

from traboule.core.record_names import agency_prefix, record
from traboule.database.arrow import ArrowReader, reading, sql
from traboule.database.context import Context
from traboule.database.row_security import POLICIES
from traboule.register import models
from traboule.register.plan import Agency, Key, OutOfForce, ReturnReach, out_of_force
from traboule.register.sealed_rows import SEALED_COLUMNS, Opener
from traboule.register.tables import PERSONAL_TABLES, REFERENCES, TABLES, own_columns, sealed_types
from traboule.returns.models import HeldRow, ReturnReceived

_SHARED = ("source", "information", "handling")

_IN_FORCE = sql.SQL("""
SELECT {columns}, {sealed} FROM (
    SELECT DISTINCT ON (record) * FROM {table} WHERE operation = {operation} AND {known} AND {within} AND {filed_by}
    ORDER BY record, version DESC, entered_at DESC, id DESC
) AS best
WHERE {filter}
ORDER BY record
""")

_RETURNS = sql.SQL("""
SELECT return_id::text, unit, agency, coordination_unit, version, supersedes, status, kind, as_of, content_hash,
    received_at, filed, entered, held, refused
FROM {table} WHERE operation = {operation} AND {known} ORDER BY unit, agency, version, received_at, id
""")

_HELD_ROWS = sql.SQL("""
SELECT return_id::text, unit, agency, version, "table", row_id, sheet, row_number, faults, received_at
FROM {table} WHERE operation = {operation} AND NOT refused AND {known}
ORDER BY unit, agency, "table", row_id, version, received_at, id
""")


_BEST_VERSIONS = sql.SQL("""
SELECT record, max(version) AS version FROM {table}
WHERE operation = {operation} AND {known} AND record = ANY ({records}) GROUP BY record
""")


@dataclass(frozen=True, slots=True)
class RegisterSnapshot:
    """The register at an instant: the returns, the held rows, and what is out of force.

    ``agencies``: those whose rows are read; None for all. Returns and held rows are always those of all.
    """

    operation: str
    at: datetime | None
    returns: pa.Table
    held_rows: pa.Table
    out: OutOfForce
    agencies: Collection[Agency] | None = None

    @property
    def units(self) -> frozenset[str] | None:
        """The units whose rows are read; None for all."""
        return None if self.agencies is None else frozenset(unit for unit, _ in self.agencies)


def tables(
    operation: str,
    *,
    at: datetime | None,
    context: Context,
    names: Collection[str] = TABLES,
    agencies: Collection[Agency] | None = None,
) -> dict[str, pa.Table]:
    """Return the rows in force of each table of the form but the personal ones, or those of ``names``, and ``returns``
    and ``held``. ``agencies``: keep to the rows of these; ``returns`` and ``held`` are of all.

    Every table has record, unit, agency, row_id, return_id, entered_at, its own fields that are not personal, and
    source, information, handling. A reference is there as filed (``person``) and as a record (``person_record``).
    Codes are lists of strings, dates ISO strings, moments timestamps without zone. ``returns`` has one row a return,
    with ``in_force``; ``held`` one a row that waits for its state's correction.
    """
    with reading(context) as reader:
        snapshot = read_snapshot(reader, operation, at, agencies)
        return opened_tables(snapshot, reader, Opener(reader, operation, snapshot.units), names)


def opened_tables(
    snapshot: RegisterSnapshot, reader: ArrowReader, opener: Opener, names: Collection[str]
) -> dict[str, pa.Table]:
    """Return what :func:`tables` does, within a reading that has begun."""
    out = {"returns": _with_force(snapshot)}
    for name, model in TABLES.items():
        if name in names and name not in PERSONAL_TABLES:
            query = in_force(snapshot, name, model, columns_of(model))
            out[name] = opener.table(query, model, name, sealed_types(name))
    out["held"] = _waiting(snapshot, reader)
    return out


def filings(operation: str, *, at: datetime | None, context: Context) -> dict[str, pa.Table]:
    """Return ``returns`` and ``held`` alone, as :func:`tables` does: how each state's filing stands."""
    with reading(context) as reader:
        snapshot = read_snapshot(reader, operation, at)
        return {"returns": _with_force(snapshot), "held": _waiting(snapshot, reader)}


def read_snapshot(
    reader: ArrowReader, operation: str, at: datetime | None, agencies: Collection[Agency] | None = None
) -> RegisterSnapshot:
    """Read what decides which rows are in force, those of ``agencies`` or all."""
    parameters = {"operation": sql.Literal(operation), "known": _recorded_by("received_at", at)}
    returns = reader.table(_RETURNS.format(table=_table_of(ReturnReceived), **parameters))
    held_rows = reader.table(_HELD_ROWS.format(table=_table_of(HeldRow), **parameters))
    keys: defaultdict[tuple[Agency, int], set[Key]] = defaultdict(set)
    for row in held_rows.select(["unit", "agency", "version", "table", "row_id"]).to_pylist():
        keys[(row["unit"], row["agency"]), row["version"]].add((row["table"], row["row_id"]))
    filings = [
        ReturnReach(
            return_id=UUID(row["return_id"]),
            agency=(row["unit"], row["agency"]),
            version=row["version"],
            supersedes=row["supersedes"],
            withdrawal=row["kind"] == "withdrawn",
        )
        for row in returns.to_pylist()
    ]
    return RegisterSnapshot(operation, at, returns, held_rows, out_of_force(filings, keys), agencies)


def in_force(
    snapshot: RegisterSnapshot,
    name: str,
    model: type[models.RegisterRow],
    columns: sql.Composable,
    *,
    within: str = "",
) -> sql.Composed:
    """Return the query for the rows of form table ``name`` in force, as ``model`` keeps them.

    ``within`` is the form table to keep to, where the model holds rows of several.
    """
    return _IN_FORCE.format(
        columns=columns,
        sealed=SEALED_COLUMNS,
        within=sql.SQL('"table" = {}').format(sql.Literal(within)) if within else sql.SQL("true"),
        table=_table_of(model),
        operation=sql.Literal(snapshot.operation),
        known=_recorded_by("entered_at", snapshot.at),
        filed_by=_filed_by(snapshot.agencies),
        filter=_not_overtaken(snapshot.out, name),
    )


def _filed_by(agencies: Collection[Agency] | None) -> sql.Composable:
    """Return the condition that a row is of one of ``agencies``. Records sort by code point, where '0' follows '/'."""
    if agencies is None:
        return sql.SQL("true")
    prefixes = (agency_prefix(*agency) for agency in sorted(agencies))
    ranges = [
        sql.SQL("(record >= {} AND record < {})").format(sql.Literal(prefix), sql.Literal(prefix[:-1] + "0"))
        for prefix in prefixes
    ]
    return sql.SQL("({})").format(sql.SQL(" OR ").join(ranges)) if ranges else sql.SQL("false")


def columns_of(model: type[models.RegisterRow]) -> sql.Composed:
    """Return the columns that go out for ``model``."""
    own = own_columns(model)
    parts: list[sql.Composable] = [sql.SQL("record, unit, agency, row_id, return_id::text, entered_at")]
    parts += [sql.Identifier(name) for name in own]
    parts += [_reference(name) for name in REFERENCES if name in own]
    if issubclass(model, models.Version):
        parts += [sql.Identifier(name) for name in _SHARED]
    return sql.SQL(", ").join(parts)


def _reference(name: str) -> sql.Composed:
    """Return a reference as a record: what the referring row's own record begins with, and the row referred to."""
    return sql.SQL("left(record, length(record) - length(row_id)) || {} AS {}").format(
        sql.Identifier(name), sql.Identifier(f"{name}_record")
    )


def _not_overtaken(out: OutOfForce, name: str) -> sql.Composable:
    if not out.returns:
        return sql.SQL("true")
    gone = sql.SQL("return_id <> ALL ({}::uuid[])").format(sql.Literal(sorted(map(str, out.returns))))
    spared = sorted((str(return_id), row_id) for return_id, table, row_id in out.spared if table == name)
    if not spared:
        return gone
    return sql.SQL("({} OR (return_id, row_id) IN (SELECT * FROM unnest({}::uuid[], {}::text[])))").format(
        gone, sql.Literal([return_id for return_id, _ in spared]), sql.Literal([row_id for _, row_id in spared])
    )


def _recorded_by(column: str, at: datetime | None) -> sql.Composable:
    if at is None:
        return sql.SQL("true")
    return sql.SQL("{} <= {}").format(sql.Identifier(column), sql.Literal(at))


def _table_of(model: type[Model]) -> sql.Identifier:
    return sql.Identifier(model._meta.db_table)


def _with_force(snapshot: RegisterSnapshot) -> pa.Table:
    gone = {str(return_id) for return_id in snapshot.out.returns}
    flags = [return_id not in gone for return_id in snapshot.returns["return_id"].to_pylist()]
    return snapshot.returns.append_column("in_force", pa.array(flags, pa.bool_()))


def _waiting(snapshot: RegisterSnapshot, reader: ArrowReader) -> pa.Table:
    """Return the held rows that still wait: no later version of the row has been entered, nor its return replaced.

    A row may be held again and again: the last time counts. Whether a victim's or an identifier's row was corrected
    is seen only by those who may read such rows; for others these rows are left out.
    """
    last: dict[tuple[str, str], tuple[int, int]] = {}
    for place, row in enumerate(snapshot.held_rows.to_pylist()):
        if snapshot.out.in_force(UUID(row["return_id"]), (row["table"], row["row_id"])):
            name = record(row["unit"], row["agency"], row["row_id"])
            last[row["table"], name] = (row["version"], place)
    waiting: list[int] = []
    for table, model in TABLES.items():
        theirs = {name: position for (owner, name), position in last.items() if owner == table}
        if not theirs or not _seen(model, reader.context):
            continue
        query = _BEST_VERSIONS.format(
            table=_table_of(model),
            operation=sql.Literal(snapshot.operation),
            known=_recorded_by("entered_at", snapshot.at),
            records=sql.Literal(sorted(theirs)),
        )
        entered = {row["record"]: row["version"] for row in reader.table(query).to_pylist()}
        waiting += [place for name, (version, place) in theirs.items() if entered.get(name, -1) < version]
    return snapshot.held_rows.take(pa.array(sorted(waiting), pa.int64()))


def _seen(model: type[models.RegisterRow], context: Context) -> bool:
    policy = POLICIES[model.wall]
    return context.role in policy.readers or bool(policy.unit_reads and context.units)
