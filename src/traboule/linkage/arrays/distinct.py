"""Told alike: the distinct ones among many, numbers or texts.

In come numbers; out go the distinct ones in their order, or where each comes first and which of them each is, in the
order in which they come. It promises: pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Integers = npt.NDArray[np.int64]
Repeated = tuple[Sequence[str], Integers]  # Distinct texts, and which of them stands in each row.


def merged(codes: Integers) -> Integers:
    """Return the distinct ones of codes at least 0 that are a few runs, each in its order: a stable sort merges such
    runs in next to no time."""
    codes = np.sort(codes, kind="stable")
    return codes[np.diff(codes, prepend=-1) > 0]


def first_of_each(codes: npt.NDArray[Any]) -> tuple[Integers, Integers]:
    """Return where each of the distinct ``codes`` comes first, and for each code the number of its distinct one."""
    encoded: Any = pa.array(codes).dictionary_encode()
    number = encoded.indices.to_numpy().astype(np.int64)
    first = np.empty(len(encoded.dictionary), dtype=np.int64)
    # Of several written to one place the last stays, which from behind is the first.
    first[number[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return first, number
