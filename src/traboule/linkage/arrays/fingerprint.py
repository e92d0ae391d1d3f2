"""Hash texts to 64-bit fingerprints that are equal on every machine and in every run.

A fingerprint is never 0, which stands for "none". Two different texts share one with a probability of 2**-64.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from traboule.linkage.arrays.code_points import bytes_of
from traboule.linkage.arrays.jit import compiled, inner

Fingerprints = npt.NDArray[np.uint64]

_SEED = np.uint64(0xCBF29CE484222325)
_FIRST, _SECOND, _THIRD = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_PRIME = np.uint64(0x100000001B3)
_S29, _S32, _S31 = np.uint64(29), np.uint64(32), np.uint64(31)


@inner
def mix(first: np.uint64, second: np.uint64) -> np.uint64:
    """Return a well-spread hash of two numbers (splitmix64's finaliser); never 0."""
    mixed = (np.uint64(first) * _FIRST) ^ (np.uint64(second) + _FIRST)
    mixed = (mixed ^ (mixed >> _S29)) * _SECOND
    mixed = (mixed ^ (mixed >> _S32)) * _THIRD
    mixed = mixed ^ (mixed >> _S31)
    return mixed if mixed != np.uint64(0) else np.uint64(1)


@compiled
def _write_fingerprints(offsets: npt.NDArray[np.int32], letters: npt.NDArray[np.uint8], out: Fingerprints) -> None:
    for place in range(len(offsets) - 1):
        state = _SEED
        for at in range(offsets[place], offsets[place + 1]):
            state = (state ^ np.uint64(letters[at])) * _PRIME
        out[place] = mix(state, np.uint64(offsets[place + 1] - offsets[place]))


@compiled
def _write_sums(offsets: npt.NDArray[np.int64], signs: npt.NDArray[np.uint32], out: Fingerprints) -> None:
    for place in range(len(offsets) - 1):
        total = np.uint64(0)
        for at in range(offsets[place], offsets[place + 1]):
            total += mix(np.uint64(signs[at]), np.uint64(7))
        out[place] = total


def fingerprints(texts: Sequence[str] | pa.Array[Any]) -> Fingerprints:
    """Return the fingerprint of each text."""
    offsets, letters = bytes_of(texts)
    out = np.zeros(len(offsets) - 1, dtype=np.uint64)
    _write_fingerprints(offsets, letters, out)
    return out


def letter_sums(texts: Sequence[str] | pa.Array[Any]) -> Fingerprints:
    """Return for each text the sum of its letters' fingerprints: equal for the same letters in any order, and
    additive."""
    offsets, letters = bytes_of(texts)
    return _sum_fingerprints(offsets.astype(np.int64), letters.astype(np.uint32))


def point_sums(points: npt.NDArray[np.uint32], offsets: npt.NDArray[np.int64]) -> Fingerprints:
    """Return for each text, given as code points, the sum of their fingerprints: equal for the same signs in any order,
    and additive."""
    return _sum_fingerprints(offsets, points)


def _sum_fingerprints(offsets: npt.NDArray[np.int64], signs: npt.NDArray[np.uint32]) -> Fingerprints:
    out = np.zeros(len(offsets) - 1, dtype=np.uint64)
    _write_sums(offsets, signs, out)
    return out
