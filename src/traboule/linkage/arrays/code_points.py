"""Encode many texts one behind the other, as bytes or as Unicode code points.

Nothing here is compiled, so that cleaning a single name need not wait for the compiler.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

CODE_POINT_COUNT = 0x110000  # All code points of Unicode.
_CONTINUATION_MASK, _CONTINUATION_BITS = np.uint8(0xC0), np.uint8(0x80)  # In UTF-8.
_MAX_LIST = 64  # Texts. For so few, making a column takes longer than reading them.


def bytes_of(texts: Sequence[str] | pa.Array[Any]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """Return the offset of each text in the UTF-8 bytes of all texts, and these bytes."""
    if isinstance(texts, pa.Array):
        column = texts
    elif len(texts) <= _MAX_LIST:
        return _few_bytes([text.encode("utf-8", "surrogatepass") for text in texts])
    else:
        column = pa.array([text.encode("utf-8", "surrogatepass") for text in texts], pa.binary())
    _, offsets, data = column.buffers()
    if offsets is None or data is None or not len(column):
        return np.zeros(len(column) + 1, dtype=np.int32), np.zeros(1, dtype=np.uint8)
    bounds = np.frombuffer(memoryview(offsets), dtype=np.int32, count=column.offset + len(column) + 1)[column.offset :]
    return bounds, np.frombuffer(memoryview(data), dtype=np.uint8) if data.size else np.zeros(1, dtype=np.uint8)


def _few_bytes(texts: Sequence[bytes]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """Return the same for texts that are bytes already."""
    offsets = np.array([0, *accumulate(map(len, texts))], dtype=np.int32)
    return offsets, np.frombuffer(b"".join(texts) or b"\0", dtype=np.uint8)


def code_points_of(texts: Sequence[str] | pa.Array[Any]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """Return the code points of all texts, and the offset of each text among them; the last offset is the end."""
    if isinstance(texts, pa.Array):
        bounds, letters = bytes_of(texts)
        # Every byte starts a character except continuation bytes.
        characters_before = np.concatenate([[0], np.cumsum((letters & _CONTINUATION_MASK) != _CONTINUATION_BITS)])[
            bounds
        ]
        offsets, text = characters_before - characters_before[0], letters[bounds[0] : bounds[-1]].tobytes().decode()
    else:
        offsets, text = np.array([0, *accumulate(map(len, texts))]), "".join(texts)
    # A bytearray gives a writable array; Numba would compile once more for read-only ones.
    return np.frombuffer(bytearray(text.encode("utf-32-le", "surrogatepass")), dtype=np.uint32), offsets


def map_code_points(points: npt.NDArray[np.uint32], value_of: Callable[[str], int]) -> npt.NDArray[np.int64]:
    """Return ``value_of`` each code point, computed once per distinct one."""
    present = np.zeros(CODE_POINT_COUNT, dtype=np.bool_)
    present[points] = True
    values = np.zeros(CODE_POINT_COUNT, dtype=np.int64)
    values[present] = [value_of(chr(point)) for point in np.flatnonzero(present).tolist()]
    return values[points]
