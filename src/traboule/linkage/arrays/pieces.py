"""Texts made of the same pieces over and over, written with each letter copied once.

In come pieces and which of them make each text; out go the texts as an arrow array. It promises: pure; no text is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from traboule.linkage.arrays.compiled import compiled
from traboule.linkage.arrays.memory import copy_letters

Integers = npt.NDArray[np.int64]
Pieces = tuple[Sequence[str], npt.NDArray[Any]]  # Distinct texts, and which of them stands in each row.


def one_after_other(columns: Sequence[Pieces]) -> pa.Array[Any]:
    """Return the pieces of each row as one text: together no more letters than an arrow array holds (2 ** 31)."""
    pieces = [text.encode() for texts, _ in columns for text in texts]
    ends = np.cumsum([0, *map(len, pieces)])
    begin = np.cumsum([0, *(len(texts) for texts, _ in columns)])
    places = np.stack([which + begin[at] for at, (_, which) in enumerate(columns)], axis=1).astype(np.int32)
    bounds: Any = np.empty(len(places) + 1, dtype=np.int32)
    letters: Any = np.empty(int(np.diff(ends)[places].sum()), dtype=np.uint8)
    copy_pieces(places, ends, np.frombuffer(bytearray(b"".join(pieces)), dtype=np.uint8), bounds, letters)
    return pa.StringArray.from_buffers(len(places), pa.py_buffer(bounds), pa.py_buffer(letters))


@compiled
def copy_pieces(
    places: npt.NDArray[np.int32],
    ends: Integers,
    pieces: npt.NDArray[np.uint8],
    bounds: npt.NDArray[np.int32],
    letters: npt.NDArray[np.uint8],
) -> None:
    """Put the pieces of each row (``places``: their numbers) behind each other into ``letters``, and where each row
    begins, and the last ends, into ``bounds``. Piece i is ``pieces[ends[i]:ends[i + 1]]``."""
    at = 0
    for row in range(len(places)):
        bounds[row] = at
        for piece in places[row]:
            many = ends[piece + 1] - ends[piece]
            copy_letters(letters, at, pieces, ends[piece], many)
            at += many
    bounds[len(places)] = at
