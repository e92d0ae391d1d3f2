"""Open the sealed fields of the register's rows, whole tables at a time.

In: a query's result with the columns of :data:`SEALED_COLUMNS`, and the fields' types. Out: the table with those fields
as columns instead. Guaranteed: a blob that was altered, or stands in another row, raises; a row whose key is missing
raises too, so that none disappears unnoticed. Rows of a person who was erased, as a tombstone says, are left out.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from io import BytesIO
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from traboule.core.errors import Broken
from traboule.database.arrow import ArrowReader, sql
from traboule.database.keys.process import process_unit_keys
from traboule.database.keys.sealing import unseal
from traboule.register import models
from traboule.register.tables import blob_table, sealed_types
from traboule.returns.models import SubjectKey, Tombstone
from traboule.returns.subjects.keys import SEPARATOR, Unwrapper, place, stored_ciphers

SEALED_COLUMNS = sql.SQL(
    "sealed, sealed_for, unit AS sealed_unit, concat_ws({0}, record, version, return_id) AS sealed_row"
).format(sql.Literal(SEPARATOR))
_DROPPED = ["sealed", "sealed_for", "sealed_unit", "sealed_row"]
_KEYS = sql.SQL("""
SELECT unit, subject, generation, wrapped, wrapped IS NULL AND EXISTS (
    SELECT FROM {tombstones} t WHERE t.unit = k.unit AND t.operation = k.operation AND t.subject = k.subject
) AS erased FROM {keys} k WHERE operation = {operation} AND {of_units}
""")


class Opener:
    """Opens the rows that one reader reads of one operation, of all units or of ``units``.

    The wrapped keys are read once, when a row first needs one. A key is unwrapped when a row of its person is first
    read.
    """

    def __init__(self, reader: ArrowReader, operation: str, units: Collection[str] | None = None) -> None:
        self._reader = reader
        self._operation = operation
        self._of_units: sql.Composable = sql.SQL("true")
        if units is not None:
            self._of_units = sql.SQL("unit = ANY ({}::text[])").format(sql.Literal(sorted(units)))
        self._units = process_unit_keys()
        self._unwrapper = Unwrapper(self._units, operation)
        # For this reading alone: the next one must not open the rows of somebody who was erased meanwhile.
        self._opened: dict[str, AESGCM] = {}

    def table(
        self, query: sql.Composable, model: type[models.RegisterRow], table: str, types: Mapping[str, pa.DataType]
    ) -> pa.Table:
        """Return the rows of form table ``table`` in ``model``, with the fields of ``types`` opened."""
        rows = self._without_erased(self._reader.table(query))
        opened = _parsed(list(self._plain(rows, blob_table(model, table))), types)
        out = rows.drop_columns(_DROPPED)
        for name in types:
            out = out.append_column(name, opened[name])
        return out

    def _plain(self, rows: pa.Table, table: str) -> Iterator[bytes]:
        prefix = place(table) + SEPARATOR.encode()
        columns = (rows[name].to_pylist() for name in _DROPPED)
        units: dict[str, AESGCM] = {}
        for sealed, subject, unit, row in zip(*columns, strict=True):
            if subject:
                key = self._opened.get(subject) or self._open(subject, table)
            else:
                if unit not in units:
                    units[unit] = self._units.rows(unit)
                key = units[unit]
            yield unseal(key, sealed, prefix + row.encode())

    def _without_erased(self, rows: pa.Table) -> pa.Table:
        if set(rows["sealed_for"].unique().to_pylist()) <= {""}:
            return rows
        erased = self._keys.filter(self._keys["erased"])["subject"].combine_chunks()
        return rows.filter(pc.invert(pc.is_in(rows["sealed_for"], erased))) if len(erased) else rows

    @cached_property
    def _keys(self) -> pa.Table:
        return self._reader.table(
            _KEYS.format(
                keys=sql.Identifier(SubjectKey._meta.db_table),
                tombstones=sql.Identifier(Tombstone._meta.db_table),
                operation=sql.Literal(self._operation),
                of_units=self._of_units,
            )
        )

    @cached_property
    def _wrapped(self) -> dict[str, tuple[str, str, int, bytes | None]]:
        columns = (self._keys[name].to_pylist() for name in ("unit", "subject", "generation", "wrapped"))
        return {row[1]: row for row in zip(*columns, strict=True)}

    def _open(self, subject: str, table: str) -> AESGCM:
        """Return the cipher of a subject, for the rows to come too. Nothing is unwrapped of whom no row is read."""
        row = self._wrapped.get(subject)
        self._opened.update(self._unwrapper.unwrapped(() if row is None else (row,)))
        if subject not in self._opened:
            raise Broken("sealed-key-missing", table=table)
        return self._opened[subject]


def opened_row(row: models.RegisterRow, table: str) -> dict[str, Any]:
    """Return the sealed fields of one row of form table ``table`` as JSON holds them, None where one is empty."""
    if row.sealed_for:
        keys = stored_ciphers(row.operation, [row.unit], [row.sealed_for])
        if row.sealed_for not in keys:
            raise Broken("sealed-key-missing", table=row._meta.db_table)
        key = keys[row.sealed_for]
    else:
        key = process_unit_keys().rows(row.unit)
    where = place(blob_table(type(row), table), row.record, row.version, row.return_id)
    said = json.loads(unseal(key, bytes(row.sealed), where))
    return {name: said.get(name) for name in sealed_types(table)}


def _parsed(lines: list[bytes], types: Mapping[str, pa.DataType]) -> pa.Table:
    """Return one row a line of JSON. Moments are read as text first, as JSON has none."""
    moments = {name for name, kind in types.items() if pa.types.is_timestamp(kind)}
    schema = pa.schema([(name, pa.string() if name in moments else kind) for name, kind in types.items()])
    if not lines:
        return pa.schema(list(types.items())).empty_table()
    table = pa.json.read_json(
        BytesIO(b"\n".join(lines)),
        # A block must hold the longest line.
        read_options=pa.json.ReadOptions(block_size=max(1 << 20, 2 * max(map(len, lines)))),
        parse_options=pa.json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore"),
    )
    for name in moments:
        place_of = table.column_names.index(name)
        table = table.set_column(place_of, name, pc.cast(table[name], types[name]))
    return table
