"""Encode columns of texts as numbers, and read them as Python strings only on demand.

The numbers depend only on the distinct texts, not on the order of rows. A missing text counts as empty.
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
Column: TypeAlias = Any  # An Arrow array of texts without nulls, or a TextList.

MAX_LIST = 64  # Rows. For so few, reading one by one is faster than columns.
_SHORT = 32  # Bytes.
_MAX_CODE = 1 << 62
_DENSE_FACTOR = 8  # Up to so many codes per row, a table of all codes is faster than sorting.


class TextList(list[str]):
    """A short column: a list is faster to make and read than an Arrow array."""

    def to_pylist(self) -> list[str]:
        """Return the texts."""
        return self


class TextSequence(Sequence[str]):
    """The texts of a ``column`` without nulls, as a sequence."""

    __slots__ = ("_texts", "column")

    def __init__(self, column: Column) -> None:
        self.column = column
        self._texts: list[str] | None = column if isinstance(column, TextList) else None

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> TextSequence: ...

    def __getitem__(self, place: int | slice) -> str | TextSequence:
        if isinstance(place, slice):
            return TextSequence(as_column(self.column[place]))
        if self._texts is None:
            self._texts = self.column.to_pylist()
        return self._texts[place]

    def __len__(self) -> int:
        return len(self.column)

    def __iter__(self) -> Iterator[str]:
        return iter(self.column.to_pylist())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TextSequence) and same_texts(self.column, other.column)

    def __hash__(self) -> int:
        return hash((len(self), *self[:1]))

    def __arrow_array__(self, type: pa.DataType | None = None) -> Column:
        return as_arrow(self.column) if type is None else as_arrow(self.column).cast(type)


def as_column(texts: Column | Sequence[str]) -> Column:
    """Return ``texts`` as a column."""
    if isinstance(texts, pa.Array):
        return texts
    return TextList(texts) if len(texts) <= MAX_LIST else pa.array(texts, pa.string())


def as_arrow(column: Column) -> Column:
    """Return a column as an Arrow array."""
    return column if isinstance(column, pa.Array) else pa.array(column, pa.string())


def text_column(table: pa.Table, name: str) -> Column:
    """Return the column ``name`` as one array of texts, empty where null. Raises KeyError where it is missing."""
    filed = table[name]
    if len(filed) <= MAX_LIST:
        return TextList([text or "" for text in filed.to_pylist()])
    column = filed.combine_chunks()
    if not pa.types.is_string(column.type):
        column = column.cast(pa.string())
    return column.fill_null("") if column.null_count else column


def same_texts(left: Column, right: Column) -> bool:
    """Tell whether two columns hold the same texts."""
    return len(left) == len(right) and (
        left == right
        if isinstance(left, TextList) and isinstance(right, TextList)
        else bool(as_arrow(left).equals(as_arrow(right)))
    )


def is_ascending(column: Column) -> bool:
    """Tell whether the texts are strictly ascending."""
    if isinstance(column, TextList):
        return all(text < following for text, following in pairwise(column))
    return len(column) < 2 or bool(pc.all(pc.less(column[:-1], column[1:])).as_py())


def repeat_text(text: str, count: int) -> Column:
    """Return a column that repeats one text."""
    return TextList([text] * count) if count <= MAX_LIST else pa.repeat(pa.scalar(text), count)


def concat_texts(columns: Sequence[Column]) -> Column:
    """Return all ``columns`` as one column."""
    if all(isinstance(column, TextList) for column in columns):
        return as_column([text for column in columns for text in column])
    return pa.concat_arrays([as_arrow(column) for column in columns])


def take_texts(column: Column, places: Integers) -> Column:
    """Return the texts at ``places``."""
    if isinstance(column, TextList):
        return as_column([column[place] for place in places.tolist()])
    return column.take(places)


def index_in(column: Column, among: Column) -> Integers:
    """Return for each text its first place in ``among``, -1 where it is missing."""
    if isinstance(column, TextList) and isinstance(among, TextList):
        place = {text: at for at, text in reversed([*enumerate(among)])}
        return np.array([place.get(text, -1) for text in column], dtype=np.int64)
    places: Column = pc.index_in(as_arrow(column), value_set=as_arrow(among))
    return np.asarray(places.fill_null(-1).to_numpy()).astype(np.int64)


def is_filled(column: Column) -> Flags:
    """Tell which texts are not empty."""
    if isinstance(column, TextList):
        return np.array([text != "" for text in column], dtype=np.bool_)
    return np.asarray(pc.binary_length(column)) > 0


def join_texts(columns: Sequence[Column], between: str) -> Column:
    """Return the texts of each row as one, separated by ``between``."""
    if all(isinstance(column, TextList) for column in columns):
        return TextList(between.join(row) for row in zip(*columns, strict=True))
    return pc.binary_join_element_wise(*map(as_arrow, columns), between)


def prefixes(column: Column, signs: int) -> Column:
    """Return the first ``signs`` characters of each text."""
    if isinstance(column, TextList):
        return TextList([text[:signs] for text in column])
    return pc.utf8_slice_codeunits(column, 0, signs)


def matches_pattern(column: Column, pattern: str) -> Flags:
    """Tell in which texts a regular expression matches."""
    flags: Column = pc.match_substring_regex(as_arrow(column), pattern=pattern)
    return np.asarray(flags.to_numpy(zero_copy_only=False))


def map_lines(column: Column, act: Callable[[str], str]) -> Column:
    """Apply ``act`` to each text, one line each, by joining them to one long text: most of the cost of changing a short
    text is the call. ``act`` must neither join nor split lines."""
    if isinstance(column, TextList) or not len(column):
        return TextList(map(act, column)) if isinstance(column, TextList) else column
    every: Column = pc.binary_join(pa.ListArray.from_arrays(pa.array([0, len(column)], pa.int32()), column), "\n")
    letters = np.frombuffer(act(every[0].as_py()).encode(), dtype=np.uint8)
    ends = letters == ord("\n")
    bounds = np.concatenate([[-1], np.flatnonzero(ends), [len(letters)]]) + 1 - np.arange(len(column) + 1)
    bounds, letters = bounds.astype(np.int32), letters[~ends]
    return pa.StringArray.from_buffers(len(column), pa.py_buffer(bounds.data), pa.py_buffer(letters.data))


def replace_all(text: str, spellings: Collection[tuple[str, str]]) -> str:
    """Return a text with each spelling replaced by the second of its pair, one pair after the other."""
    for spelling, replacement in spellings:
        text = text.replace(spelling, replacement)
    return text


def replace_all_in(column: Column, spellings: Collection[tuple[str, str]]) -> Column:
    """Return the same for each text of a column, one line each."""
    return map_lines(column, lambda lines: replace_all(lines, spellings))


def is_ascii(column: Column) -> Flags:
    """Tell which texts are in ASCII."""
    flags: Column = pc.string_is_ascii(as_arrow(column))
    return np.asarray(flags.to_numpy(zero_copy_only=False))


def sort_places(column: Column) -> Integers:
    """Return the places of the texts in ascending order."""
    distinct = as_arrow(column)
    longest = int(np.asarray(pc.binary_length(distinct)).max(initial=0))
    if longest > _SHORT or pc.any(pc.match_substring(distinct, "\0")).as_py():
        return np.asarray(pc.array_sort_indices(distinct)).astype(np.int64)
    # Short texts sort like their bytes, read as a few big-endian integers.
    words = max(-(-longest // 8), 1)
    padded: Column = pc.ascii_rpad(distinct, width=words * 8, padding="\0")
    numbers = np.frombuffer(padded.buffers()[2], dtype=">u8", count=len(distinct) * words).reshape(-1, words)
    return np.lexsort([numbers[:, place].astype(np.uint64) for place in reversed(range(words))])


def encode_texts(column: Column) -> tuple[Integers, Column]:
    """Return for each text its number among the distinct ones, in order of appearance; and the distinct ones."""
    encoded = as_arrow(column).dictionary_encode()
    return encoded.indices.to_numpy().astype(np.int64), encoded.dictionary


def rank_texts(column: Column) -> tuple[Integers, Column]:
    """Return for each text its rank among the distinct ones, from 0; and the distinct ones, ascending."""
    if isinstance(column, TextList):
        in_order = TextList(sorted(set(column)))
        place = {text: at for at, text in enumerate(in_order)}
        return np.array([place[text] for text in column], dtype=np.int64), in_order
    number, distinct = encode_texts(column)
    order = sort_places(distinct)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank[number], distinct.take(order)


def number_from_one(column: Column) -> tuple[Integers, TextSequence]:
    """Return the same, but with 0 for an empty text and ranks from 1; the first distinct text is empty."""
    number, distinct = rank_texts(column)
    if not len(distinct) or str(distinct[0]):
        return number + 1, TextSequence(concat_texts([TextList([""]), distinct]))
    return number, TextSequence(distinct)


def dense(codes: Integers, size: int) -> tuple[Integers, Integers]:
    """Return the distinct ``codes`` (0 to below ``size``), ascending, and for each code its rank."""
    if size > _DENSE_FACTOR * len(codes) + 1000:
        distinct, place = np.unique(codes, return_inverse=True)
        return distinct, place
    is_present = np.zeros(size, dtype=np.bool_)
    is_present[codes] = True
    return np.flatnonzero(is_present), (np.cumsum(is_present) - 1)[codes]


def combine_codes(*columns: tuple[Integers, int]) -> tuple[Integers, int]:
    """Return one code per row for several columns (numbers, and an upper bound), in the same lexicographic order."""
    codes, size = columns[0]
    for number, bound in columns[1:]:
        if size > _MAX_CODE // max(bound, 1):
            distinct, codes = dense(codes, size)
            size = len(distinct)
        codes, size = codes * bound + number, size * max(bound, 1)
    return codes, size
