"""Sixty-four bits that stand for a text: the same for the same text on every machine, in every run, in any company.

In come texts; out go numbers. It promises: pure; never 0, which means "none"; two texts share a number about once in
four thousand million million million pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from traboule.linkage.arrays.compiled import compiled, inner
from traboule.linkage.arrays.signs import bytes_of

Marks = npt.NDArray[np.uint64]

_SEED = np.uint64(0xCBF29CE484222325)
_FIRST, _SECOND, _THIRD = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_PRIME = np.uint64(0x100000001B3)
_S29, _S32, _S31 = np.uint64(29), np.uint64(32), np.uint64(31)


@inner
def mix(first: np.uint64, second: np.uint64) -> np.uint64:
    """Return one well-spread number for two (splitmix64's finaliser); never 0."""
    mixed = (np.uint64(first) * _FIRST) ^ (np.uint64(second) + _FIRST)
    mixed = (mixed ^ (mixed >> _S29)) * _SECOND
    mixed = (mixed ^ (mixed >> _S32)) * _THIRD
    mixed = mixed ^ (mixed >> _S31)
    return mixed if mixed != np.uint64(0) else np.uint64(1)


@compiled
def _marks(offsets: npt.NDArray[np.int32], letters: npt.NDArray[np.uint8], out: Marks) -> None:
    for place in range(len(offsets) - 1):
        state = _SEED
        for at in range(offsets[place], offsets[place + 1]):
            state = (state ^ np.uint64(letters[at])) * _PRIME
        out[place] = mix(state, np.uint64(offsets[place + 1] - offsets[place]))


@compiled
def _sums(offsets: npt.NDArray[np.int64], signs: npt.NDArray[np.uint32], out: Marks) -> None:
    for place in range(len(offsets) - 1):
        total = np.uint64(0)
        for at in range(offsets[place], offsets[place + 1]):
            total += mix(np.uint64(signs[at]), np.uint64(7))
        out[place] = total


def marks(texts: Sequence[str] | pa.Array[Any]) -> Marks:
    """Return the mark of each text."""
    offsets, letters = bytes_of(texts)
    out = np.zeros(len(offsets) - 1, dtype=np.uint64)
    _marks(offsets, letters, out)
    return out


def letter_sums(texts: Sequence[str] | pa.Array[Any]) -> Marks:
    """Return for each text the sum of its letters' marks: equal for the same letters in any order, and additive."""
    offsets, letters = bytes_of(texts)
    return _summed(offsets.astype(np.int64), letters.astype(np.uint32))


def point_sums(points: npt.NDArray[np.uint32], offsets: npt.NDArray[np.int64]) -> Marks:
    """Return for each text, as its code points, the sum of their marks: equal for the same signs in any order, and
    additive."""
    return _summed(offsets, points)


def _summed(offsets: npt.NDArray[np.int64], signs: npt.NDArray[np.uint32]) -> Marks:
    out = np.zeros(len(offsets) - 1, dtype=np.uint64)
    _sums(offsets, signs, out)
    return out
