"""Columns of texts: the distinct ones numbered in their order, and read as Python texts only where someone asks.

In come arrow columns and arrays of small numbers; out go numbers. It promises: numbers depend on the distinct texts
alone, not on the order of rows; a missing text is an empty one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias, overload

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Column: TypeAlias = Any  # An arrow array of texts without nulls.

_ROOM = 1 << 62
_SPARE = 8  # Where codes are at most as many times the rows, a place for each code is quicker than sorting.


class Texts(Sequence[str]):
    """The texts of an arrow ``column`` without nulls, as a sequence."""

    __slots__ = ("column",)

    def __init__(self, column: Column) -> None:
        self.column = column

    @classmethod
    def of(cls, texts: Sequence[str]) -> Texts:
        """Return ``texts`` as a column."""
        return cls(pa.array(texts, pa.string()))

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> Texts: ...

    def __getitem__(self, place: int | slice) -> str | Texts:
        if isinstance(place, slice):
            return Texts(self.column[place])
        return str(self.column[place].as_py())

    def __len__(self) -> int:
        return len(self.column)

    def __iter__(self) -> Iterator[str]:
        return iter(self.column.to_pylist())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Texts) and bool(self.column.equals(other.column))

    def __hash__(self) -> int:
        return hash((len(self), self[0] if len(self) else ""))

    def __arrow_array__(self, type: pa.DataType | None = None) -> Column:
        return self.column if type is None else self.column.cast(type)


def texts_of(table: pa.Table, name: str) -> Column:
    """Return the column ``name`` as one array of texts, empty where null. Raises KeyError where there is none."""
    column = table[name].combine_chunks()
    if not pa.types.is_string(column.type):
        column = column.cast(pa.string())
    return column.fill_null("") if column.null_count else column


def places_in(column: Column, among: Column) -> Integers:
    """Return for each text its first place ``among`` others, -1 where it is none of them."""
    found: Column = pc.index_in(column, value_set=among)
    return np.asarray(found.fill_null(-1).to_numpy()).astype(np.int64)


def filled(column: Column) -> Flags:
    """Tell which texts are not empty."""
    return np.asarray(pc.binary_length(column)) > 0


def matching(column: Column, pattern: str) -> Flags:
    """Tell in which texts a regular expression is found."""
    found: Column = pc.match_substring_regex(column, pattern=pattern)
    return np.asarray(found.to_numpy(zero_copy_only=False))


def in_ascii(column: Column) -> Flags:
    """Tell which texts are in ASCII."""
    found: Column = pc.string_is_ascii(column)
    return np.asarray(found.to_numpy(zero_copy_only=False))


def ordered(distinct: Column) -> Integers:
    """Return the places of ``distinct`` texts in their order."""
    return np.asarray(pc.array_sort_indices(distinct)).astype(np.int64)


def coded(column: Column) -> tuple[Integers, Column]:
    """Return for each text its number among the distinct ones, in the order of their coming; and these."""
    encoded = column.dictionary_encode()
    return encoded.indices.to_numpy().astype(np.int64), encoded.dictionary


def numbered(column: Column) -> tuple[Integers, Column]:
    """Return for each text its number among the distinct ones in their order, from 0; and these."""
    number, distinct = coded(column)
    order = ordered(distinct)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank[number], distinct.take(order)


def known_from_one(column: Column) -> tuple[Integers, Texts]:
    """Return the same, but 0 for an empty text, and numbers from 1 for others; the first of the texts is empty."""
    number, distinct = numbered(column)
    if not len(distinct) or distinct[0].as_py():
        return number + 1, Texts(pa.concat_arrays([pa.array([""], pa.string()), distinct]))
    return number, Texts(distinct)


def dense(codes: Integers, size: int) -> tuple[Integers, Integers]:
    """Return the distinct ``codes`` (0 to below ``size``) in their order, and for each of ``codes`` its place there."""
    if size > _SPARE * len(codes) + 1000:
        distinct, place = np.unique(codes, return_inverse=True)
        return distinct, place
    held = np.zeros(size, dtype=np.bool_)
    held[codes] = True
    return np.flatnonzero(held), (np.cumsum(held) - 1)[codes]


def together(*columns: tuple[Integers, int]) -> tuple[Integers, int]:
    """Return one code for the values of each row of ``columns`` (numbers, and a bound of them), in the same order."""
    codes, size = columns[0]
    for number, bound in columns[1:]:
        if size > _ROOM // max(bound, 1):
            distinct, codes = dense(codes, size)
            size = len(distinct)
        codes, size = codes * bound + number, size * max(bound, 1)
    return codes, size
