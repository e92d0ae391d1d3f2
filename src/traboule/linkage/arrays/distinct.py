"""Numbers told alike: the distinct ones among many.

In come numbers; out go where each distinct one comes first, and which of them each is. It promises: pure; the distinct
ones are in the order in which they come.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Integers = npt.NDArray[np.int64]


def first_of_each(codes: npt.NDArray[Any]) -> tuple[Integers, Integers]:
    """Return where each of the distinct ``codes`` comes first, and for each code the number of its distinct one."""
    encoded: Any = pa.array(codes).dictionary_encode()
    number = encoded.indices.to_numpy().astype(np.int64)
    first = np.empty(len(encoded.dictionary), dtype=np.int64)
    # Of several written to one place the last stays, which from behind is the first.
    first[number[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return first, number
