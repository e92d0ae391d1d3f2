"""Columns of texts: the distinct ones numbered in their order, and read as Python texts only where someone asks.

In come arrow columns and arrays of small numbers; out go numbers. It promises: numbers depend on the distinct texts
alone, not on the order of rows; a missing text is an empty one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import pairwise
from typing import Any, TypeAlias, overload

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Column: TypeAlias = Any  # An arrow array of texts without nulls, or Few.

FEW = 64  # Rows that are sooner read one by one than given to the machinery of columns.
_SHORT = 32  # Bytes.
_ROOM = 1 << 62
_SPARE = 8  # Where codes are at most as many times the rows, a place for each code is quicker than sorting.


class Few(list[str]):
    """A column of few texts: a list is sooner made and read than an arrow array."""

    def to_pylist(self) -> list[str]:
        """Return the texts."""
        return self


class Texts(Sequence[str]):
    """The texts of a ``column`` without nulls, as a sequence."""

    __slots__ = ("_texts", "column")

    def __init__(self, column: Column) -> None:
        self.column = column
        self._texts: list[str] | None = column if isinstance(column, Few) else None

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> Texts: ...

    def __getitem__(self, place: int | slice) -> str | Texts:
        if isinstance(place, slice):
            return Texts(column_of(self.column[place]))
        if self._texts is None:
            self._texts = self.column.to_pylist()
        return self._texts[place]

    def __len__(self) -> int:
        return len(self.column)

    def __iter__(self) -> Iterator[str]:
        return iter(self.column.to_pylist())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Texts) and are_same(self.column, other.column)

    def __hash__(self) -> int:
        return hash((len(self), *self[:1]))

    def __arrow_array__(self, type: pa.DataType | None = None) -> Column:
        return arrow(self.column) if type is None else arrow(self.column).cast(type)


def column_of(texts: Column | Sequence[str]) -> Column:
    """Return ``texts`` as a column."""
    if isinstance(texts, pa.Array):
        return texts
    return Few(texts) if len(texts) <= FEW else pa.array(texts, pa.string())


def arrow(column: Column) -> Column:
    """Return a column as an arrow array."""
    return column if isinstance(column, pa.Array) else pa.array(column, pa.string())


def texts_of(table: pa.Table, name: str) -> Column:
    """Return the column ``name`` as one array of texts, empty where null. Raises KeyError where there is none."""
    filed = table[name]
    if len(filed) <= FEW:
        return Few([text or "" for text in filed.to_pylist()])
    column = filed.combine_chunks()
    if not pa.types.is_string(column.type):
        column = column.cast(pa.string())
    return column.fill_null("") if column.null_count else column


def are_same(one: Column, other: Column) -> bool:
    """Tell whether two columns have the same texts."""
    return len(one) == len(other) and (
        one == other if isinstance(one, Few) and isinstance(other, Few) else bool(arrow(one).equals(arrow(other)))
    )


def ascend(column: Column) -> bool:
    """Tell whether each text comes before the next in their order."""
    if isinstance(column, Few):
        return all(one < other for one, other in pairwise(column))
    return len(column) < 2 or bool(pc.all(pc.less(column[:-1], column[1:])).as_py())


def repeated(text: str, many: int) -> Column:
    """Return a column of one text."""
    return Few([text] * many) if many <= FEW else pa.repeat(pa.scalar(text), many)


def one_behind_other(columns: Sequence[Column]) -> Column:
    """Return all texts of ``columns`` as one."""
    if all(isinstance(column, Few) for column in columns):
        return column_of([text for column in columns for text in column])
    return pa.concat_arrays([arrow(column) for column in columns])


def taken(column: Column, places: Integers) -> Column:
    """Return the texts at ``places``."""
    if isinstance(column, Few):
        return column_of([column[place] for place in places.tolist()])
    return column.take(places)


def places_in(column: Column, among: Column) -> Integers:
    """Return for each text its first place ``among`` others, -1 where it is none of them."""
    if isinstance(column, Few) and isinstance(among, Few):
        place = {text: at for at, text in reversed([*enumerate(among)])}
        return np.array([place.get(text, -1) for text in column], dtype=np.int64)
    found: Column = pc.index_in(arrow(column), value_set=arrow(among))
    return np.asarray(found.fill_null(-1).to_numpy()).astype(np.int64)


def filled(column: Column) -> Flags:
    """Tell which texts are not empty."""
    if isinstance(column, Few):
        return np.array([text != "" for text in column], dtype=np.bool_)
    return np.asarray(pc.binary_length(column)) > 0


def joined(columns: Sequence[Column], between: str) -> Column:
    """Return the texts of each row as one, with ``between`` between them."""
    if all(isinstance(column, Few) for column in columns):
        return Few(between.join(row) for row in zip(*columns, strict=True))
    return pc.binary_join_element_wise(*map(arrow, columns), between)


def beginnings(column: Column, signs: int) -> Column:
    """Return the first ``signs`` of each text."""
    if isinstance(column, Few):
        return Few([text[:signs] for text in column])
    return pc.utf8_slice_codeunits(column, 0, signs)


def matching(column: Column, pattern: str) -> Flags:
    """Tell in which texts a regular expression is found."""
    found: Column = pc.match_substring_regex(arrow(column), pattern=pattern)
    return np.asarray(found.to_numpy(zero_copy_only=False))


def by_lines(column: Column, act: Callable[[str], str]) -> Column:
    """Return the texts, each of one line, as ``act`` leaves them if it reads all as the lines of one long text: most of
    what a change of a short text costs is to begin it. ``act`` neither joins lines nor parts them."""
    if isinstance(column, Few) or not len(column):
        return Few(map(act, column)) if isinstance(column, Few) else column
    every: Column = pc.binary_join(pa.ListArray.from_arrays(pa.array([0, len(column)], pa.int32()), column), "\n")
    letters = np.frombuffer(act(every[0].as_py()).encode(), dtype=np.uint8)
    ends = letters == ord("\n")
    bounds = np.concatenate([[-1], np.flatnonzero(ends), [len(letters)]]) + 1 - np.arange(len(column) + 1)
    bounds, letters = bounds.astype(np.int32), letters[~ends]
    return pa.StringArray.from_buffers(len(column), pa.py_buffer(bounds.data), pa.py_buffer(letters.data))


def replaced(text: str, spellings: Collection[tuple[str, str]]) -> str:
    """Return a text with each of ``spellings`` replaced by what stands beside it, one after the other."""
    for spelling, other in spellings:
        text = text.replace(spelling, other)
    return text


def respelled(column: Column, spellings: Collection[tuple[str, str]]) -> Column:
    """Return the same for each text, each of one line."""
    return by_lines(column, lambda lines: replaced(lines, spellings))


def in_ascii(column: Column) -> Flags:
    """Tell which texts are in ASCII."""
    found: Column = pc.string_is_ascii(arrow(column))
    return np.asarray(found.to_numpy(zero_copy_only=False))


def ordered(column: Column) -> Integers:
    """Return the places of texts in their order."""
    distinct = arrow(column)
    longest = int(np.asarray(pc.binary_length(distinct)).max(initial=0))
    if longest > _SHORT or pc.any(pc.match_substring(distinct, "\0")).as_py():
        return np.asarray(pc.array_sort_indices(distinct)).astype(np.int64)
    # Short texts are in the order of their bytes, read as a few whole numbers, the first byte the highest.
    words = max(-(-longest // 8), 1)
    padded: Column = pc.ascii_rpad(distinct, width=words * 8, padding="\0")
    numbers = np.frombuffer(padded.buffers()[2], dtype=">u8", count=len(distinct) * words).reshape(-1, words)
    return np.lexsort([numbers[:, place].astype(np.uint64) for place in reversed(range(words))])


def coded(column: Column) -> tuple[Integers, Column]:
    """Return for each text its number among the distinct ones, in the order of their coming; and these."""
    encoded = arrow(column).dictionary_encode()
    return encoded.indices.to_numpy().astype(np.int64), encoded.dictionary


def numbered(column: Column) -> tuple[Integers, Column]:
    """Return for each text its number among the distinct ones in their order, from 0; and these."""
    if isinstance(column, Few):
        known = Few(sorted(set(column)))
        place = {text: at for at, text in enumerate(known)}
        return np.array([place[text] for text in column], dtype=np.int64), known
    number, distinct = coded(column)
    order = ordered(distinct)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank[number], distinct.take(order)


def known_from_one(column: Column) -> tuple[Integers, Texts]:
    """Return the same, but 0 for an empty text, and numbers from 1 for others; the first of the texts is empty."""
    number, distinct = numbered(column)
    if not len(distinct) or str(distinct[0]):
        return number + 1, Texts(one_behind_other([Few([""]), distinct]))
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
