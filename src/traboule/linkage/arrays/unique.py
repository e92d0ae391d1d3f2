"""Find the distinct values among many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Integers = npt.NDArray[np.int64]
EncodedTexts = tuple[Sequence[str], Integers]  # Distinct texts, and for each row the index of its text.


def unique_of_runs(codes: Integers) -> Integers:
    """Return the distinct values of ``codes`` (at least 0) that consist of a few sorted runs, ascending.

    A stable sort merges sorted runs almost for free.
    """
    codes = np.sort(codes, kind="stable")
    return codes[np.diff(codes, prepend=-1) > 0]


def first_occurrences(codes: npt.NDArray[Any]) -> tuple[Integers, Integers]:
    """Return the index of the first occurrence of each distinct code, and for each code the number of its distinct
    value."""
    encoded: Any = pa.array(codes).dictionary_encode()
    number = encoded.indices.to_numpy().astype(np.int64)
    first = np.empty(len(encoded.dictionary), dtype=np.int64)
    # Where several write to one place the last write stays; in reverse order that is the first occurrence.
    first[number[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return first, number
