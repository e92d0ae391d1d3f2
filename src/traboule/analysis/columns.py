"""Read columns of Arrow tables as arrays, and number texts.

In: a table and a column's name. Out: an array as long as the table. Guaranteed: an absent column or value is an empty
text, day -1 or handling 0.
"""

from __future__ import annotations

from datetime import date
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]
_DAY = 86_400_000_000  # In microseconds.
_LEVELS = {f"H{level}": level for level in range(4)}


def texts(table: pa.Table, name: str) -> Any:
    """Return a column as an array of str objects, empty where missing."""
    if name not in table.column_names:
        return np.full(table.num_rows, "", dtype=object)
    return np.asarray([text or "" for text in table[name].cast(pa.string()).to_pylist()], dtype=object)


def exploded(table: pa.Table, name: str) -> tuple[Ints, Any]:
    """Return a column of lists as (row, code) pairs, in the order of the rows."""
    lists = table[name].to_pylist()
    pairs = [(row, code) for row, codes in enumerate(lists) for code in codes or () if code]
    rows = np.array([row for row, _ in pairs], dtype=np.int64)
    return rows, np.array([code for _, code in pairs], dtype=object)


def days(table: pa.Table, name: str) -> Ints:
    """Return a column of moments or ISO dates as days since 1970, -1 where missing or partial."""
    if name not in table.column_names or not table.num_rows:
        return np.full(table.num_rows, -1, dtype=np.int64)
    column = table[name]
    if pa.types.is_timestamp(column.type):
        moments = [-1 if moment is None else moment for moment in column.cast(pa.int64()).to_pylist()]
        return np.maximum(np.array(moments, dtype=np.int64) // _DAY, -1)
    distinct = {text: _day(str(text)) for text in pc.unique(column).to_pylist() if text}
    return np.array([distinct.get(text, -1) for text in column.to_pylist()], dtype=np.int64)


def _day(text: str) -> int:
    try:
        return date.fromisoformat(text).toordinal() - date(1970, 1, 1).toordinal()
    except ValueError:
        return -1


def iso(day: int) -> str:
    """Return a day since 1970 as an ISO date, empty for -1."""
    return "" if day < 0 else date.fromordinal(day + date(1970, 1, 1).toordinal()).isoformat()


def handling_levels(table: pa.Table) -> Ints:
    """Return the handling of each row as a number, 0 where none is filed."""
    return np.array([_LEVELS.get(code, 0) for code in texts(table, "handling").tolist()], dtype=np.int64)


def places_in(ordered: Any, wanted: Any) -> Ints:
    """Return the place of each of ``wanted`` among the sorted texts ``ordered``, -1 where it is none of them."""
    if not len(ordered) or not len(wanted):
        return np.full(len(wanted), -1, dtype=np.int64)
    place = pc.index_in(pa.array(wanted, pa.string()), value_set=pa.array(ordered, pa.string())).fill_null(-1)
    return np.asarray(place.to_numpy(zero_copy_only=False), dtype=np.int64)


def numbers_at(numbers: Ints, place: Ints) -> Ints:
    """Return the numbers at ``place``, -1 where there is no place."""
    if not len(numbers):
        return np.full(len(place), -1, dtype=np.int64)
    return np.where(place >= 0, numbers[np.maximum(place, 0)], -1)
