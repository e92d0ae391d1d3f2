"""Read columns of Arrow tables as integer and flag arrays.

In: a table or None, and a column's name. Out: an array as long as the table. Guaranteed: an absent table is empty and
an absent column all missing, so that a state without such a sheet is no special case; a code of the missing vocabulary
(rule 14) reads as missing.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any, TypeAlias, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from traboule.core.missing import MISSING as MISSING_CODES
from traboule.core.parallel import both

Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
Texts: TypeAlias = pa.StringArray

# The stubs of pyarrow know too few of its overloads; what leaves this room is typed again.
kernels: Any = pyarrow.compute
_arrow: Any = pa

ABSENT = int(np.iinfo(np.int64).min)
EPOCH = date(1970, 1, 1).toordinal()
_MICROSECONDS_A_DAY = 86_400_000_000
_HALF = 2**31
_WORTH_HALVING = 200_000  # Texts to search among.
_DENSE = 8  # So many bytes are written faster than one integer is sorted.


def of_type(table: pa.Table | None, name: str, kind: pa.DataType) -> Any:
    """Return column ``name`` as one array of type ``kind``: all missing where the table lacks it, empty without one."""
    length = 0 if table is None else table.num_rows
    if table is None or name not in table.column_names:
        return _arrow.nulls(length, kind)
    column = table.column(name)
    array = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else _arrow.nulls(0, column.type)
    return array if array.type == kind else array.cast(kind)


def texts(table: pa.Table | None, name: str) -> Texts:
    """Return column ``name`` as strings, null where missing."""
    return cast(Texts, of_type(table, name, pa.string()))


def as_text(column: Any) -> Any:
    """Return a column of any type as text, a list's codes joined."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return kernels.binary_join(array, "\x1e") if pa.types.is_list(array.type) else array.cast(pa.string())


def numbers(table: pa.Table | None, name: str) -> Ints:
    """Return column ``name`` as integers, ABSENT where missing."""
    return cast(Ints, of_type(table, name, pa.int64()).fill_null(ABSENT).to_numpy(zero_copy_only=False))


def moments(table: pa.Table | None, name: str) -> Ints:
    """Return column ``name`` as microseconds of local time since 1970, ABSENT where missing."""
    column = of_type(table, name, pa.timestamp("us")).cast(pa.int64())
    return cast(Ints, column.fill_null(ABSENT).to_numpy(zero_copy_only=False))


def days_of_moments(microseconds: Ints) -> Ints:
    """Return the local day (days since 1970) of each moment, ABSENT where missing."""
    return np.where(microseconds == ABSENT, ABSENT, np.floor_divide(microseconds, _MICROSECONDS_A_DAY))


def exploded(table: pa.Table | None, name: str) -> tuple[Ints, Texts]:
    """Return a column of lists as (row index, code) pairs; missing lists and missing codes give none."""
    column = of_type(table, name, pa.list_(pa.string()))
    rows = cast(Ints, kernels.list_parent_indices(column).to_numpy(zero_copy_only=False).astype(np.int64))
    return rows, cast(Texts, kernels.list_flatten(column))


def among(values: Texts, codes: tuple[str, ...]) -> Flags:
    """Tell of each value whether it is one of ``codes``; a missing value is none of them."""
    return is_among(values, pa.array(codes, pa.string()))


def is_among(values: Texts, allowed: Texts) -> Flags:
    """Tell of each value whether it is one of ``some``; a missing value is none of them unless ``some`` has one."""
    is_in = kernels.is_in(values, value_set=allowed)
    return cast(Flags, is_in.to_numpy(zero_copy_only=False))


def present(values: Texts) -> Flags:
    """Tell of each value whether it is there at all."""
    return cast(Flags, values.is_valid().to_numpy(zero_copy_only=False))


def distinct(values: Texts) -> tuple[Texts, Ints]:
    """Return the distinct values as they come, and each value's place among them; -1 where it is missing."""
    encoded = cast(Any, values).dictionary_encode()
    places = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return cast(Texts, encoded.dictionary), cast(Ints, places)


def coded(values: Texts) -> tuple[Ints, tuple[str, ...]]:
    """Return each value's place among the sorted distinct values, and those; -1 where missing (rule 14)."""
    dictionary, indices = distinct(values)
    seen = names(dictionary)
    codes = sorted(value for value in seen if value not in MISSING_CODES)
    position = {value: place for place, value in enumerate(codes)}
    places = np.array([position.get(value, -1) for value in seen] + [-1], dtype=np.int64)
    return places[indices], tuple(codes)


def coded_as(values: Texts, vocabulary: tuple[str, ...]) -> Ints:
    """Return each value's place in ``vocabulary``, -1 where it is missing or stands elsewhere."""
    codes, seen = coded(values)
    position = {value: place for place, value in enumerate(vocabulary)}
    places = np.array([position.get(value, -1) for value in seen] + [-1], dtype=np.int64)
    return places[codes]


def places_in(needles: Texts, stack: Texts) -> Ints:
    """Return where each needle stands in ``stack`` (its first place), -1 where it does not."""
    if len(stack) < _WORTH_HALVING or not in_order(stack):
        return _index_in(needles, stack)
    # What stands in order is searched as two halves beside each other.
    half = len(stack) // 2
    while half and stack[half - 1] == stack[half]:
        half -= 1
    below = cast(Flags, kernels.less(needles, stack[half]).fill_null(False).to_numpy(zero_copy_only=False))
    places = np.empty(len(needles), dtype=np.int64)
    places[below], above = both(
        lambda: _index_in(needles.filter(pa.array(below)), stack[:half]),
        lambda: _index_in(needles.filter(pa.array(~below)), stack[half:]),
    )
    places[~below] = np.where(above < 0, -1, above + half)
    return places


def _index_in(needles: Texts, stack: Texts) -> Ints:
    if not len(needles):
        return np.empty(0, dtype=np.int64)
    places = kernels.index_in(needles, value_set=stack)
    return cast(Ints, places.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64))


def taken(values: Texts, indices: Ints) -> Texts:
    """Return the values at ``indices``."""
    return cast(Texts, cast(Any, values).take(pa.array(indices)))


def in_turn(values: Ints) -> Ints:
    """Return the values sorted. Halves are moved where they hold all of it: that takes half the time."""
    if not len(values):
        return values
    narrow = values.min() >= 0 and values.max() < _HALF
    return np.sort(values.astype(np.int32)).astype(np.int64) if narrow else np.sort(values)


def unique(values: Ints) -> Ints:
    """Return the distinct values, sorted. Sorting integers takes a third of the time that numpy's own hashing does."""
    most = int(values.max(initial=0)) + 1
    if most < _DENSE * len(values) and values.min() >= 0:
        is_present = np.zeros(most, dtype=np.bool_)
        is_present[values] = True
        return np.flatnonzero(is_present)
    ordered = in_turn(values)
    return ordered[starts(ordered)]


def starts(ordered: Ints) -> Ints:
    """Return where each run of equal values begins in ``ordered``."""
    return (
        np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])) if len(ordered) else np.empty(0, np.int64)
    )


def in_order(values: Texts) -> bool:
    """Tell whether the values stand in code-point order already; a missing one never does."""
    if values.null_count:
        return False
    return len(values) < 2 or bool(kernels.all(kernels.less_equal(values[:-1], values[1:])).as_py())


def names(values: Texts) -> list[str]:
    """Return the values as Python strings; there must be no missing one."""
    return cast("list[str]", values.to_pylist())


def ranks(values: Texts) -> Ints:
    """Return each value's rank in code-point order; equal values rank by position. Sorted values cost nothing."""
    if in_order(values):
        return np.arange(len(values), dtype=np.int64)
    order = cast(Ints, kernels.sort_indices(values).to_numpy(zero_copy_only=False).astype(np.int64))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order), dtype=np.int64)
    return rank


def spans(values: Texts) -> tuple[Ints, Ints]:
    """Return first and last day (days since 1970) of each partial ISO date; ABSENT where missing or unreadable."""
    codes, seen = coded(values)
    parsed = [span(value) for value in seen] + [(ABSENT, ABSENT)]
    table = np.array(parsed, dtype=np.int64)
    return table[codes, 0], table[codes, 1]


@lru_cache(maxsize=65_536)
def span(text: str) -> tuple[int, int]:
    """Return the first and last day a partial ISO date ("2001", "2001-05", "2001-05-17") may mean."""
    if len(text) >= 10 and text[4] == text[7] == "-":
        try:
            return (day_of_epoch := date.fromisoformat(text[:10]).toordinal() - EPOCH), day_of_epoch
        except ValueError:
            pass  # It may still be read, part by part.
    parts = text[:10].split("-")
    try:
        year, month, day = (int(parts[place]) if place < len(parts) else 0 for place in range(3))
        first = date(year, month or 1, day or 1).toordinal()
        if day:
            last = first
        elif month:
            last = date(year + month // 12, month % 12 + 1, 1).toordinal() - 1
        else:
            last = date(year, 12, 31).toordinal()
    except ValueError:
        return ABSENT, ABSENT
    return first - EPOCH, last - EPOCH


def day_number(day: date) -> int:
    """Return ``day`` as days since 1970."""
    return day.toordinal() - EPOCH
