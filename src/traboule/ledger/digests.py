"""Digest the rows of a table, in the database, so that each can be anchored in the ledger and checked later.

In: which columns name a row or a group of rows. Out: the name and the SHA-256 (hex) of each. Guaranteed: equal content
has equal digests whatever the session's settings and the rows' order; empty columns are left out, so that a column
added later with an empty default changes no digest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model

from traboule.database.arrow import sql

Digests = Iterator[tuple[str, str]]
_CURRENT = sql.SQL("age(t.xmin) <= age(pg_current_xact_id()::xid)")
_WRITTEN = "SELECT relname FROM pg_stat_xact_user_tables WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"


@dataclass(frozen=True, slots=True)
class AnchoredTable:
    """A table whose rows are anchored: ``key`` are the columns that name a row, or a group of rows.

    Rows of a group are written together with the row of ``parent`` that has the same first column of the key;
    ``within`` gives, from that row of the parent, conditions on the group's rows that an index serves. ``content`` is a
    column of bytes that everybody may know: its plain SHA-256 is anchored too.
    """

    label: str
    key: tuple[str, ...]
    parent: str = ""
    within: Callable[[Mapping[str, Any]], Mapping[str, str]] | None = None
    content: str = ""

    @property
    def model(self) -> type[Model]:
        """The table's model."""
        return apps.get_model(self.label)

    @property
    def name(self) -> str:
        """The table's name in the database."""
        return self.model._meta.db_table


def written_tables() -> frozenset[str]:
    """Return the names of the tables to which the transaction under way has written."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN)
        return frozenset(name for (name,) in cursor.fetchall())


def all_digests(table: AnchoredTable) -> Digests:
    """Yield the digests of everything in a table that the context may see."""
    yield from _run(_query(table, sql.SQL("true")))


def written_digests(table: AnchoredTable) -> Digests:
    """Yield the digests of the rows that the transaction under way has written. For a table without a parent."""
    yield from _run(_query(table, _CURRENT))


def group_digests(table: AnchoredTable, parents: Collection[Mapping[str, Any]]) -> Digests:
    """Yield the digests of the groups that belong to rows of the table's parent."""
    for parent in parents:
        conditions = [_equals(table.key[0], str(parent[table.key[0]]))]
        for column, value in (table.within(parent) if table.within else {}).items():
            test = "starts_with(t.{}, {})" if column == "record" else "t.{} = {}"
            conditions.append(sql.SQL(test).format(sql.Identifier(column), sql.Literal(value)))
        yield from _run(_query(table, sql.SQL(" AND ").join(conditions)))


def written_rows(table: AnchoredTable) -> list[dict[str, Any]]:
    """Return the plain columns of the rows that the transaction under way has written, bytes and JSON left out."""
    columns = [str(field.column) for field in table.model._meta.concrete_fields if not _is_large(field)]
    query = sql.SQL("SELECT {} FROM {} t WHERE {}").format(
        sql.SQL(", ").join(sql.Identifier(column) for column in columns), sql.Identifier(table.name), _CURRENT
    )
    return [dict(zip(columns, row, strict=True)) for row in _run(query)]


def content_digests(table: AnchoredTable, *, is_written: bool) -> Digests:
    """Yield the plain SHA-256 of the column ``content``, of the rows just written or of all."""
    query = sql.SQL("SELECT {}, encode(sha256(t.{}), 'hex') FROM {} t WHERE {}").format(
        _key(table),
        sql.Identifier(table.content),
        sql.Identifier(table.name),
        _CURRENT if is_written else sql.SQL("true"),
    )
    yield from _run(query)


def _query(table: AnchoredTable, condition: sql.Composable) -> sql.Composed:
    parts = [_part(field) for field in sorted(table.model._meta.concrete_fields, key=lambda field: str(field.column))]
    row = sql.SQL("sha256(convert_to(concat({}), 'UTF8'))").format(sql.SQL(", ").join(parts))
    return sql.SQL(
        "SELECT key, encode(sha256(string_agg(digest, ''::bytea ORDER BY digest)), 'hex')"
        " FROM (SELECT {} AS key, {} AS digest FROM {} t WHERE {}) AS rows GROUP BY key ORDER BY key"
    ).format(_key(table), row, sql.Identifier(table.name), condition)


def _key(table: AnchoredTable) -> sql.Composed:
    columns = sql.SQL(", ").join(sql.SQL("t.{}::text").format(sql.Identifier(column)) for column in table.key)
    return sql.SQL("concat_ws('/', {})").format(columns)


def _part(field: Any) -> sql.Composed:
    """Return name, length and text of one column, nothing where it is empty."""
    column, kind = sql.Identifier(str(field.column)), str(field.db_type(connection))
    text = sql.SQL("t.{}::text").format(column)
    if kind == "bytea":
        text = sql.SQL("encode(sha256(t.{}), 'hex')").format(column)
    elif kind.startswith("timestamp"):
        moment = "t.{} AT TIME ZONE 'UTC'" if kind == "timestamp with time zone" else "t.{}"
        text = sql.SQL("to_char(" + moment + ", 'YYYY-MM-DD\"T\"HH24:MI:SS.US')").format(column)
    elif kind == "date":
        text = sql.SQL("to_char(t.{}, 'YYYY-MM-DD')").format(column)
    return sql.SQL("{} || length({}) || ':' || nullif(nullif(nullif({}, ''), '{{}}'), '[]')").format(
        sql.Literal(f"\n{field.column}="), text, text
    )


def _equals(column: str, value: str) -> sql.Composed:
    return sql.SQL("t.{} = {}").format(sql.Identifier(column), sql.Literal(value))


def _is_large(field: Any) -> bool:
    return str(field.db_type(connection)) in ("bytea", "jsonb")


def _run(query: sql.Composable) -> Iterator[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        yield from cursor.fetchall()
