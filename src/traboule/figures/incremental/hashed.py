"""Hash the inputs of a count, so that the hash is cheap to update when the rows of a state change.

In: inputs. Out: the SHA-256 of all that any figure reads from them, made of a digest for each table and filing state.
Guaranteed: it does not depend on the order of rows or tables, nor on receipts, and changes with any value read; a
record that is a cluster of its own is not hashed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from traboule.core.record_names import unit_of
from traboule.figures.incremental.change import BIRTHS, CLUSTERS, LINKS, UNKEYED_TABLES, Renewal, joined, row_names
from traboule.figures.resolved import columns
from traboule.figures.resolved.inputs import COLUMNS, Inputs

_READ: Mapping[str, tuple[str, ...]] = {
    **COLUMNS,
    BIRTHS: ("record", "birth_date"),
    CLUSTERS: ("record", "cluster"),
    LINKS: ("left", "right", "probability", "status"),
}


def inputs_hash(inputs: Inputs) -> str:
    """Return the SHA-256 (hex) of everything figures read."""
    return Hashes(inputs).complete(inputs.rows_held())


class Hashes:
    """The digests of all tables by filing state, and the rows behind them."""

    def __init__(self, inputs: Inputs) -> None:
        self._rows: dict[str, dict[str, pa.Table]] = {}
        self._digests: dict[str, dict[str, bytes]] = {}
        tables = {**inputs.tables, CLUSTERS: inputs.clusters, LINKS: inputs.links}
        if inputs.births is not None:
            tables[BIRTHS] = inputs.births
        for name, table in tables.items():
            if name in _READ:
                self._rows[name], self._digests[name] = _divided(name, table)

    def renew(self, name: str, renewal: Renewal) -> None:
        """Carry on a table's digests: rows that went or changed go, those that are there now come."""
        if name not in _READ:
            return
        rows, digests = self._rows.setdefault(name, {}), self._digests.setdefault(name, {})
        states = {unit_of(name) for name in columns.names(renewal.names)}
        parts = [rows.pop(state) for state in sorted(states) if state in rows]
        if parts:
            earlier_rows = joined(parts)
            stays = ~columns.is_among(row_names(name, earlier_rows), renewal.names)
            parts = [earlier_rows.filter(pa.array(stays))]
        for state in states:
            digests.pop(state, None)
        part, digest = _divided(name, joined([*parts, renewal.rows]))
        rows.update(part)
        digests.update(digest)

    def replace(self, name: str, table: pa.Table) -> None:
        """Give a table anew."""
        self._rows[name], self._digests[name] = _divided(name, table)

    def complete(self, held_rows: Mapping[str, int]) -> str:
        """Return the hash of everything, with how many rows are held at the door."""
        digest = hashlib.sha256()
        for name, digests in sorted(self._digests.items()):
            for state, digest_of_state in sorted(digests.items()):
                digest.update(f"\x1d{name}\x1f{state}\x1f".encode() + digest_of_state)
        digest.update(repr(sorted(held_rows.items())).encode())
        return digest.hexdigest()


def _divided(name: str, table: pa.Table) -> tuple[dict[str, pa.Table], dict[str, bytes]]:
    """Return a table's rows by filing state, in order, and the digest of each; tables without records are one."""
    wanted = tuple(column for column in _READ[name] if column in table.column_names)
    chosen = table.select(list(wanted))
    if name == CLUSTERS:
        own = columns.kernels.equal(columns.texts(chosen, "record"), columns.texts(chosen, "cluster"))
        chosen = chosen.filter(columns.kernels.invert(own))
    if not chosen.num_rows:
        return {}, {}
    chosen = _sorted(chosen.combine_chunks(), wanted)
    bounds = {"": (0, chosen.num_rows)} if name in UNKEYED_TABLES else _bounds(columns.texts(chosen, wanted[0]))
    read = [_Bytes.of(chosen.column(column)) for column in wanted]
    rows, digests = {}, {}
    for state, (start, end) in bounds.items():
        digest = hashlib.sha256(f"{end - start}".encode())
        for column_name, column in zip(wanted, read, strict=True):
            digest.update(f"\x1e{column_name}\x1f".encode())
            column.feed(digest, start, end)
        rows[state], digests[state] = chosen.slice(start, end - start), digest.digest()
    return rows, digests


def _bounds(records: columns.Texts) -> dict[str, tuple[int, int]]:
    """Return where each state's records, which stand together in a sorted column, begin and end."""
    bounds: dict[str, tuple[int, int]] = {}
    start, size = 0, len(records)
    values = cast(Any, records)
    while start < size:
        state = unit_of(str(values[start].as_py()))
        low, high = start + 1, size
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if unit_of(str(values[middle].as_py())) == state else (low, middle)
        bounds[state] = (start, low)
        start = low
    return bounds


def _sorted(table: pa.Table, wanted: tuple[str, ...]) -> pa.Table:
    """Sort by record; rows that carry none by all their columns."""
    if table.num_rows < 2:
        return table
    if wanted[0] == "record":
        records = columns.texts(table, "record")
        return table if columns.in_order(records) else cast(Any, table).take(np.argsort(columns.ranks(records)))
    return table.sort_by([(column_name, "ascending") for column_name in wanted])


@dataclass(frozen=True, slots=True)
class _Bytes:
    """One column as bytes in which equal values are equal and a missing value is none of them: numbers as they are;
    texts by their lengths, and one after the other as they lie in memory, ``ends`` saying where each ends.
    """

    numbers: Any
    texts: memoryview | None = None
    ends: NDArray[np.int32] | None = None

    @classmethod
    def of(cls, column: Any) -> _Bytes:
        """Read a column."""
        array: Any = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        array = array.chunk(0) if isinstance(array, pa.ChunkedArray) and array.num_chunks else array
        if pa.types.is_list(array.type) or pa.types.is_large_list(array.type):
            array = columns.kernels.binary_join(array.cast(pa.list_(pa.string())), "\x1f")
        if pa.types.is_floating(array.type):
            return cls(array.fill_null(float("nan")).to_numpy(zero_copy_only=False))
        if pa.types.is_timestamp(array.type):
            array = array.cast(pa.timestamp("us")).cast(pa.int64())
        if pa.types.is_integer(array.type):
            return cls(array.cast(pa.int64()).fill_null(columns.ABSENT).to_numpy())
        strings: Any = array.cast(pa.string())
        strings = strings.fill_null("\x00") if strings.null_count else strings
        _, bounds, letters = strings.buffers()
        ends = np.frombuffer(bounds, dtype=np.int32, offset=4 * strings.offset, count=len(strings) + 1)
        return cls(np.diff(ends).astype(np.int64), memoryview(letters or b""), ends)

    def feed(self, digest: Any, start: int, end: int) -> None:
        """Feed the values of some rows to a digest."""
        digest.update(np.ascontiguousarray(self.numbers[start:end]).data)
        if self.texts is not None and self.ends is not None:
            digest.update(self.texts[int(self.ends[start]) : int(self.ends[end])])
