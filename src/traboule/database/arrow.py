"""Read whole tables as Arrow and insert them, under row security.

In: queries and a context, or rows. Out: Arrow tables, read in one read-only transaction that sees one instant.
Guaranteed: the reading connection is the application's and carries the context, so row security holds as it does for
Django. Rows are inserted through Django's own connection and transaction, so they are committed with everything else
that the verb wrote or not at all.

PostgreSQL refuses COPY into a table with row security, so rows go in as one INSERT from a JSON recordset a chunk: the
policies check every row of it. ADBC reads by COPY in binary, which row security permits.

Queries are composed with ``sql``, which quotes names and values; it is exported from here, so that no stage needs the
driver for its own queries.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from itertools import islice
from uuid import UUID

import adbc_driver_postgresql
import psycopg
import pyarrow as pa
from adbc_driver_manager import AdbcConnection, AdbcStatement
from django.db import connection
from django.db.models import Model
from psycopg import sql

from traboule.database.address import from_settings
from traboule.database.context import Context
from traboule.database.walls.verified_context import SESSION, SETTING

__all__ = ["ArrowReader", "append", "append_table", "reading", "sql"]

CHUNK = 20_000


class ArrowReader:
    """One transaction that reads: every table it gives is as of the same instant."""

    def __init__(self, context: Context, apart: AdbcConnection, quoting: psycopg.Connection) -> None:
        self.context = context
        self._apart = apart
        self._quoting = quoting

    def table(self, query: sql.Composable) -> pa.Table:
        """Return the query's result."""
        return _plain_table(_executed(self._apart, query.as_string(self._quoting)))


@contextmanager
def reading(context: Context) -> Iterator[ArrowReader]:
    """Open a reader that sees what ``context`` may see.

    It has a connection of its own: what the transaction under way has written and not yet committed is not in it.
    """
    connection.ensure_connection()
    quoting = connection.connection
    app = from_settings(connection.settings_dict)
    # The driver itself and not its DB-API, which loads pandas: that takes longer than most of what is read here.
    with adbc_driver_postgresql.connect(app.uri()) as database, AdbcConnection(database) as apart:
        apart.set_autocommit(False)
        _executed(apart, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        backend, began = (column[0].as_py() for column in _executed(apart, SESSION).columns)
        token = context.token(app.signing_key(), backend=backend, began=began)
        assign = sql.SQL("SELECT set_config({}, {}, true)").format(sql.Literal(SETTING), sql.Literal(token))
        _executed(apart, assign.as_string(quoting))
        try:
            yield ArrowReader(context, apart, quoting)
        finally:
            apart.rollback()


def append(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Insert ``rows`` (values in the order of ``columns``, the model's field names) and return how many there were.

    Values are text, numbers, booleans, None, bytes, dates, datetimes, UUIDs, lists of text, and JSON values for JSON
    fields. The columns not named get their defaults in the database. Raises what psycopg raises where a policy refuses
    a row.
    """
    keys, statement = _insertion(model, tuple(columns))
    count = 0
    with connection.cursor() as cursor:
        for chunk in _chunks(rows):
            records = [dict(zip(keys, row, strict=True)) for row in chunk]
            cursor.execute(statement, [json.dumps(records, default=_plain, ensure_ascii=False)])
            count += len(records)
    return count


# Composing a statement costs more than inserting the rows of one sheet.
@cache
def _insertion(model: type[Model], columns: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """Return the columns in the database, and the statement that inserts rows given as one JSON array."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    keys = tuple(str(fields[name].column) for name in columns)
    typed = (
        sql.SQL("{} {}").format(sql.Identifier(key), sql.SQL(str(fields[name].db_type(connection))))
        for key, name in zip(keys, columns, strict=True)
    )
    statement = sql.SQL("INSERT INTO {0} ({1}) SELECT {1} FROM json_to_recordset(%s) AS given({2})").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, keys)), sql.SQL(", ").join(typed)
    )
    return keys, statement.as_string()


def append_table(model: type[Model], table: pa.Table) -> int:
    """Insert an Arrow table whose columns bear the model's field names; return how many rows there were."""
    columns = table.column_names
    return append(model, columns, (tuple(row.values()) for batch in table.to_batches() for row in batch.to_pylist()))


def _executed(apart: AdbcConnection, query: str) -> pa.Table:
    with AdbcStatement(apart) as statement:
        statement.set_sql_query(query)
        stream, _ = statement.execute_query()
        return pa.RecordBatchReader.from_stream(stream).read_all()


def _plain_table(table: pa.Table) -> pa.Table:
    """Drop the driver's notes on PostgreSQL's types, so that equal content has equal schemas."""
    fields = [pa.field(field.name, _plain_type(field.type)) for field in table.schema]
    return table.cast(pa.schema(fields))


def _plain_type(data_type: pa.DataType) -> pa.DataType:
    if pa.types.is_list(data_type):
        return pa.list_(data_type.value_type)
    return data_type.storage_type if isinstance(data_type, pa.JsonType) else data_type


def _chunks(rows: Iterable[Sequence[object]]) -> Iterator[list[Sequence[object]]]:
    remaining = iter(rows)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk


def _plain(value: object) -> str:
    """Return a value JSON has no form for as PostgreSQL reads it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    raise TypeError(f"no column holds a {type(value).__name__}")
