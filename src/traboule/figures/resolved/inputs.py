"""What a count starts from, and the hash that says two counts started from the same.

Comes in: the register's current rows, the linkage's clusters and links, birth dates, the rows held at the door.
Goes out: one frozen object, and the SHA-256 of all that any figure reads from it.
Promises: the hash does not depend on the order of rows or tables, nor on receipts, and changes with any value read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import numpy as np
import pyarrow as pa

from traboule.figures.resolved import columns

_NAMED = ("record", "unit", "agency")
_FACT = (*_NAMED, "person_record", "action_record")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "actions": ("record", "start", "end", "phase"),
    "arrests": (*_FACT, "at", "arresting_state", "attribution"),
    "checks": (*_NAMED, "action_record", "kind", "count", "precision"),
    "investigations": (*_NAMED, "action_record", "reference", "opened_on"),
    "migrants": (*_NAMED, "action_record", "reference", "detected_on", "nationality", "count"),
    "people": (*_NAMED, "age_band", "minor", "sex", "citizenships"),
    "held": ("unit", "agency", "table", "row_id"),
    "returns": ("unit", "agency", "version", "supersedes", "status", "in_force"),
    "roles": (*_FACT, "role", "start"),
    "totals": (*_NAMED, "row_id", "measure", "counted_unit", "value", "precision", "breakdown_of"),
    "victims": (*_FACT, "status", "exploitation"),
}


_MOMENTS = {("actions", "start"), ("actions", "end"), ("arrests", "at")}
_LISTS = {"citizenships", "exploitation"}
_NUMBERS = {"count", "supersedes", "value", "version"}


def column_type(table: str, name: str) -> pa.DataType:
    """Return the Arrow type in which counting reads a column."""
    if (table, name) in _MOMENTS:
        return pa.timestamp("us")
    if name in _LISTS:
        return pa.list_(pa.string())
    return pa.int64() if name in _NUMBERS else pa.string()


@dataclass(frozen=True, slots=True)
class Inputs:
    """Tables as ``register.history.tables`` gives them, clusters (record, cluster) and links as ``linkage`` does.

    ``links`` may hold links of any status: the open ones make the range and the judged no-match ones keep apart.
    ``births`` has (record, birth_date) and nothing else of a person; ``held`` counts the rows held at the door by
    table, and under "table.field" the sum of that field over them where it could be read; without it the register's
    table of held rows says it. ``as_of`` is the instant the
    tables are of; without one the latest receipt says it.
    """

    tables: Mapping[str, pa.Table]
    clusters: pa.Table
    links: pa.Table
    births: pa.Table | None = None
    held: Mapping[str, int] = field(default_factory=dict)
    as_of: datetime | None = None

    def table(self, name: str) -> pa.Table | None:
        """Return table ``name``, or None where nobody filed one."""
        return self.tables.get(name)

    def rows_held(self) -> Mapping[str, int]:
        """Return the rows held at the door by table: as given, or as the register's own list of them says.

        A held correction of a row that stands is no further row, so it is left out.
        """
        waiting = self.table("held")
        if self.held or waiting is None:
            return self.held
        keys = set(zip(*(columns.texts(waiting, name).to_pylist() for name in COLUMNS["held"]), strict=True))
        rows: dict[str, list[str]] = {}
        for unit, agency, name, row_id in keys:
            rows.setdefault(str(name), []).append(f"{unit}/{agency}/{row_id}")
        standing = {name: columns.texts(self.table(name), "record") for name in rows}
        return {
            name: int((columns.places_in(pa.array(records, pa.string()), standing[name]) < 0).sum())
            for name, records in sorted(rows.items())
        }

    def said_as_of(self) -> str:
        """Return the instant of the tables in ISO form, empty where nothing says it."""
        if self.as_of is not None:
            return self.as_of.isoformat()
        returns = self.table("returns")
        if returns is None or "received_at" not in returns.column_names or not returns.num_rows:
            return ""
        latest = columns.kernels.max(returns.column("received_at")).as_py()
        return latest.isoformat() if isinstance(latest, datetime) else str(latest or "")


def inputs_hash(inputs: Inputs) -> str:
    """Return the SHA-256 (hex) of everything figures read, each table in the order of its records."""
    digest = hashlib.sha256()
    for name, wanted in sorted(COLUMNS.items()):
        table = inputs.table(name)
        if table is not None and table.num_rows:
            _hash_table(digest, name, table, tuple(one for one in wanted if one in table.column_names))
    _hash_table(digest, "clusters", inputs.clusters, ("record", "cluster"))
    links = ("left", "right", "probability", "status")
    _hash_table(digest, "links", inputs.links, tuple(one for one in links if one in inputs.links.column_names))
    if inputs.births is not None:
        _hash_table(digest, "births", inputs.births, ("record", "birth_date"))
    digest.update(repr(sorted(inputs.rows_held().items())).encode())
    return digest.hexdigest()


def _hash_table(digest: Any, name: str, table: pa.Table, wanted: tuple[str, ...]) -> None:
    chosen = _sorted(table.select(list(wanted)).combine_chunks(), wanted)
    digest.update(f"\x1d{name}\x1f{chosen.num_rows}".encode())
    for column_name in wanted:
        digest.update(f"\x1e{column_name}\x1f".encode())
        for part in _bytes(chosen.column(column_name)):
            digest.update(part)


def _sorted(table: pa.Table, wanted: tuple[str, ...]) -> pa.Table:
    """Sort by record; the rows of returns and links, which carry none, by all their columns."""
    if table.num_rows < 2:
        return table
    if wanted[0] == "record" and not columns.texts(table, "record").null_count:
        records = columns.texts(table, "record")
        return table if columns.in_order(records) else cast(Any, table).take(np.argsort(columns.ranks(records)))
    return table.sort_by([(column_name, "ascending") for column_name in wanted])


def _bytes(column: Any) -> list[bytes | memoryview]:
    """Return one column as bytes in which equal values are equal and a missing value is none of them."""
    array: Any = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    array = array.chunk(0) if isinstance(array, pa.ChunkedArray) and array.num_chunks else array
    if pa.types.is_list(array.type) or pa.types.is_large_list(array.type):
        array = columns.kernels.binary_join(array.cast(pa.list_(pa.string())), "\x1f")
    if pa.types.is_floating(array.type):
        return [cast("bytes", array.fill_null(float("nan")).to_numpy(zero_copy_only=False).tobytes())]
    if pa.types.is_timestamp(array.type):
        array = array.cast(pa.timestamp("us")).cast(pa.int64())
    if pa.types.is_integer(array.type):
        return [cast("bytes", array.cast(pa.int64()).fill_null(columns.ABSENT).to_numpy().tobytes())]
    strings: Any = array.cast(pa.string()).fill_null("\x00")
    lengths = columns.kernels.binary_length(strings).to_numpy(zero_copy_only=False).astype(np.int64)
    joined = columns.kernels.binary_join(pa.ListArray.from_arrays(pa.array([0, len(strings)], pa.int32()), strings), "")
    # The text as it lies in memory: turning a million names into Python text and back takes longer than hashing them.
    return [lengths.tobytes(), memoryview(joined[0].as_buffer())]
