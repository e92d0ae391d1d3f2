"""Digest the rows of a table, in the database, so that each can be anchored in the ledger and checked later.

In: which columns name a row or a group of rows. Out: the name and the SHA-256 (hex) of each. Guaranteed: equal content
has equal digests whatever the session's settings and the rows' order; empty columns are left out, so that a column
added later with an empty default changes no digest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model

from traboule.database.arrow import sql

Digests = Iterator[tuple[str, str]]
TableDigests = Iterator[tuple[str, str, str]]  # The table's name, what names the row or group in it, the digest.
_CURRENT = "age(t.xmin) <= age(pg_current_xact_id()::xid)"
# By the locks that writing takes and the transaction's end releases. The counters of ``pg_stat_xact_user_tables`` hold
# what earlier transactions of the session wrote, too, until the server has collected it.
_WRITTEN = """
SELECT c.relname FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
WHERE l.locktype = 'relation' AND l.pid = pg_backend_pid() AND l.mode = 'RowExclusiveLock' AND c.relkind = 'r'
"""


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
    """Yield the digests of everything in a table that the context may see, by name."""
    for _, name, digest in _run(f"{_query(table, 'true')} ORDER BY key"):
        yield name, digest


def written_digests(tables: Collection[AnchoredTable]) -> TableDigests:
    """Yield the digests of the rows that the transaction under way has written. For tables without a parent."""
    if tables:
        yield from _run(" UNION ALL ".join(_query(table, _CURRENT) for table in tables))


def group_digests(tables: Collection[AnchoredTable], parents: Collection[Mapping[str, Any]]) -> TableDigests:
    """Yield the digests of the groups that belong to rows of the tables' parent, which all of them share."""
    for parent in parents if tables else ():
        queries, values = [], []
        for table in tables:
            within = table.within(parent) if table.within else {}
            queries.append(_query(table, _group_condition(table.key[0], tuple(within))))
            values += [str(parent[table.key[0]]), *within.values()]
        yield from _run(" UNION ALL ".join(queries), values)


def written_rows(table: AnchoredTable) -> list[dict[str, Any]]:
    """Return the plain columns of the rows that the transaction under way has written, bytes and JSON left out."""
    columns = [str(field.column) for field in table.model._meta.concrete_fields if not _is_large(field)]
    query = sql.SQL("SELECT {} FROM {} t WHERE {}").format(
        sql.SQL(", ").join(sql.Identifier(column) for column in columns),
        sql.Identifier(table.name),
        sql.SQL(_CURRENT),
    )
    return [dict(zip(columns, row, strict=True)) for row in _run(query)]


def content_digests(table: AnchoredTable, *, is_written: bool) -> Digests:
    """Yield the plain SHA-256 of the column ``content``, of the rows just written or of all."""
    query = sql.SQL("SELECT {}, encode(sha256(t.{}), 'hex') FROM {} t WHERE {}").format(
        _key(table),
        sql.Identifier(table.content),
        sql.Identifier(table.name),
        sql.SQL(_CURRENT if is_written else "true"),
    )
    yield from _run(query)


# Composing the queries of one return costs more than the database needs to answer them.
@cache
def _query(table: AnchoredTable, condition: str) -> str:
    """Return the query for table, key and digest of the rows that meet ``condition``; its values are placeholders."""
    parts = [_part(field) for field in sorted(table.model._meta.concrete_fields, key=lambda field: str(field.column))]
    row = sql.SQL("sha256(convert_to(concat({}), 'UTF8'))").format(sql.SQL(", ").join(parts))
    query = sql.SQL(
        "SELECT {} AS anchored, key, encode(sha256(string_agg(digest, ''::bytea ORDER BY digest)), 'hex')"
        " FROM (SELECT {} AS key, {} AS digest FROM {} t WHERE {}) AS rows GROUP BY key"
    ).format(sql.Literal(table.name), _key(table), row, sql.Identifier(table.name), sql.SQL(condition))
    return query.as_string()


def _group_condition(key: str, within: tuple[str, ...]) -> str:
    """Return the condition on the rows of one group, a placeholder for each value."""
    tests = [sql.SQL("t.{} = %s").format(sql.Identifier(key))]
    for column in within:
        test = "starts_with(t.{}, %s)" if column == "record" else "t.{} = %s"
        tests.append(sql.SQL(test).format(sql.Identifier(column)))
    return sql.SQL(" AND ").join(tests).as_string()


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


def _is_large(field: Any) -> bool:
    return str(field.db_type(connection)) in ("bytea", "jsonb")


def _run(query: sql.Composable | str, values: Sequence[str] | None = None) -> Iterator[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        yield from cursor.fetchall()
