"""Texts made of the same pieces over and over: told alike by number, and written with each letter copied once.

In come numbers and pieces; out go the distinct ones among many, and texts as an arrow array. It promises: pure; no text
is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Integers = npt.NDArray[np.int64]
Pieces = tuple[Sequence[str], npt.NDArray[Any]]  # Distinct texts, and which of them stands in each row.


def first_of_each(codes: npt.NDArray[Any]) -> tuple[Integers, Integers]:
    """Return where each of the distinct ``codes`` comes first, and for each code the number of its distinct one."""
    encoded: Any = pa.array(codes).dictionary_encode()
    number = encoded.indices.to_numpy().astype(np.int64)
    first = np.empty(len(encoded.dictionary), dtype=np.int64)
    # Of several written to one place the last stays, which from behind is the first.
    first[number[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return first, number


def one_after_other(columns: Sequence[Pieces]) -> pa.Array[Any]:
    """Return the pieces of each row as one text: together no more letters than an arrow array holds (2 ** 31)."""
    pieces: Any = pa.array([text for texts, _ in columns for text in texts], pa.string())
    begin = np.cumsum([0, *(len(texts) for texts, _ in columns)])
    places = np.stack([which + begin[at] for at, (_, which) in enumerate(columns)], axis=1).astype(np.int32)
    # The pieces of all rows behind each other are the texts of all rows behind each other: only where one ends differs.
    _, bounds, letters = pieces.take(pa.array(places.ravel())).buffers()
    begins = np.frombuffer(memoryview(bounds), dtype=np.int32, count=places.size + 1)[:: len(columns)]
    return pa.StringArray.from_buffers(len(places), pa.py_buffer(begins.tobytes()), letters)
