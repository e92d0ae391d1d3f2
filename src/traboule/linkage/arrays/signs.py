"""The signs of many texts one behind the other: as bytes, as code points, and what is told of each.

In come texts; out go arrays. It promises: pure; nothing here is compiled, so that who cleans one name need not wait for
the compiler.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

SIGNS = 0x110000  # Code points that there are.
_CARRIED, _CARRIES_ON = np.uint8(0xC0), np.uint8(0x80)  # In UTF-8.
_FEW = 64  # Texts, for which making a column takes longer than to read it.


def bytes_of(texts: Sequence[str] | pa.Array[Any]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """Return where each text begins in the bytes of all, and these bytes."""
    if isinstance(texts, pa.Array):
        column = texts
    elif len(texts) <= _FEW:
        return _few_bytes([text.encode("utf-8", "surrogatepass") for text in texts])
    else:
        column = pa.array([text.encode("utf-8", "surrogatepass") for text in texts], pa.binary())
    _, offsets, data = column.buffers()
    if offsets is None or data is None or not len(column):
        return np.zeros(len(column) + 1, dtype=np.int32), np.zeros(1, dtype=np.uint8)
    bounds = np.frombuffer(memoryview(offsets), dtype=np.int32, count=column.offset + len(column) + 1)[column.offset :]
    return bounds, np.frombuffer(memoryview(data), dtype=np.uint8) if data.size else np.zeros(1, dtype=np.uint8)


def _few_bytes(texts: Sequence[bytes]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """Return the same of texts that are bytes already."""
    offsets = np.array([0, *accumulate(map(len, texts))], dtype=np.int32)
    return offsets, np.frombuffer(b"".join(texts) or b"\0", dtype=np.uint8)


def points_of(texts: Sequence[str] | pa.Array[Any]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """Return the code points of all texts, and where each text begins among them; last, where all end."""
    if isinstance(texts, pa.Array):
        bounds, letters = bytes_of(texts)
        # A sign begins with each byte but those that carry one on.
        begun = np.concatenate([[0], np.cumsum((letters & _CARRIED) != _CARRIES_ON)])[bounds]
        offsets, text = begun - begun[0], letters[bounds[0] : bounds[-1]].tobytes().decode()
    else:
        offsets, text = np.array([0, *accumulate(map(len, texts))]), "".join(texts)
    # Code is compiled once more for arrays that cannot be written to, as bytes are; a bytearray can.
    return np.frombuffer(bytearray(text.encode("utf-32-le", "surrogatepass")), dtype=np.uint32), offsets


def by_sign(points: npt.NDArray[np.uint32], told: Callable[[str], int]) -> npt.NDArray[np.int64]:
    """Return what is told of each sign, asked once of each that is met."""
    met = np.zeros(SIGNS, dtype=np.bool_)
    met[points] = True
    found = np.zeros(SIGNS, dtype=np.int64)
    found[met] = [told(chr(point)) for point in np.flatnonzero(met).tolist()]
    return found[points]
