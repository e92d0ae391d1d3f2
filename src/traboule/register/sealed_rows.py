"""Open the sealed fields of the register's rows, whole tables at a time.

In: a query's result with the columns of :data:`SEALED_COLUMNS`, and the fields' types. Out: the table with those fields
as columns instead. Guaranteed: a blob that was altered, or stands in another row, raises; a row whose key is missing
raises too, so that none disappears unnoticed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
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
from traboule.returns.models import SubjectKey
from traboule.returns.subjects.keys import SEPARATOR, place, unwrapped

SEALED_COLUMNS = sql.SQL(
    "sealed, sealed_for, unit AS sealed_unit, concat_ws({0}, record, version, return_id) AS sealed_row"
).format(sql.Literal(SEPARATOR))
_DROPPED = ["sealed", "sealed_for", "sealed_unit", "sealed_row"]
_KEYS = sql.SQL("SELECT unit, subject, generation, wrapped FROM {table} WHERE operation = {operation}")


class Opener:
    """Opens the rows that one reader reads of one operation. The keys are read once, when a row first needs one."""

    def __init__(self, reader: ArrowReader, operation: str) -> None:
        self._reader = reader
        self._operation = operation
        self._units = process_unit_keys()

    def table(
        self, query: sql.Composable, model: type[models.RegisterRow], table: str, types: Mapping[str, pa.DataType]
    ) -> pa.Table:
        """Return the rows of form table ``table`` in ``model``, with the fields of ``types`` opened."""
        rows = self._reader.table(query)
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
                key = self._ciphers.get(subject)
                if key is None:
                    raise Broken("sealed-key-missing", table=table)
            else:
                if unit not in units:
                    units[unit] = self._units.rows(unit)
                key = units[unit]
            yield unseal(key, sealed, prefix + row.encode())

    @cached_property
    def _ciphers(self) -> dict[str, AESGCM]:
        query = _KEYS.format(table=sql.Identifier(SubjectKey._meta.db_table), operation=sql.Literal(self._operation))
        keys = self._reader.table(query)
        columns = (keys[name].to_pylist() for name in ("unit", "subject", "generation", "wrapped"))
        return dict(unwrapped(self._units, self._operation, zip(*columns, strict=True)))


def opened_row(row: models.RegisterRow, table: str) -> dict[str, Any]:
    """Return the sealed fields of one row of form table ``table`` as JSON holds them, None where one is empty."""
    units = process_unit_keys()
    if row.sealed_for:
        stored = SubjectKey.objects.filter(unit=row.unit, operation=row.operation, subject=row.sealed_for)
        keys = dict(unwrapped(units, row.operation, stored.values_list("unit", "subject", "generation", "wrapped")))
        if row.sealed_for not in keys:
            raise Broken("sealed-key-missing", table=row._meta.db_table)
        key = keys[row.sealed_for]
    else:
        key = units.rows(row.unit)
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
