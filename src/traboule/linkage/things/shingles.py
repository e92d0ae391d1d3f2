"""Estimate how similar long texts are without comparing all pairs: one-permutation MinHash and banding.

Input: texts. Output: signatures, band keys, and the share of equal signature values, which estimates the Jaccard
similarity of the sets of shingles. A text's signature depends on that text alone. Time and memory grow with the total
length of the texts.

Sources: Broder (1997) on shingles and MinHash; Li, Owen and Zhang (2012) on one permutation; Shrivastava (2017) on
densification; Rajaraman and Ullman, Mining of Massive Datasets, chapter 3, on banding.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from traboule.linkage.arrays.jit import compiled, inner

Integers = npt.NDArray[np.int64]
Signs = npt.NDArray[np.uint32]
Keys = npt.NDArray[np.uint64]

BINS = 128  # The estimate of a likeness of .6 then has a standard error of .043.
BANDS = 32  # Of four signs: two texts with likeness .5 meet with .87, with .6 with .99, with .2 with .05.
_EMPTY = np.uint32(0xFFFFFFFF)
_AT_ONCE = 1_024  # Texts, so that the working set stays in the processor's cache.
_TRIES = 400
_STEP = np.uint64(0x9E3779B97F4A7C15)


def signatures(texts: Sequence[str], *, width: int) -> Signs:
    """Return one row of ``BINS`` signature values per text, over its shingles of ``width`` characters.

    A shorter text has a row of empty values, which agrees with nothing (see :func:`readable`).
    """
    signs = np.full((len(texts), BINS), _EMPTY, dtype=np.uint32)
    for start in range(0, len(texts), _AT_ONCE):
        _hash_shingles(texts[start : start + _AT_ONCE], width, signs[start : start + _AT_ONCE])
    _fill_empty_bins(signs.copy(), signs)
    return signs


def readable(signs: Signs) -> npt.NDArray[np.bool_]:
    """Tell of each text whether it has any shingle."""
    return np.asarray(signs[:, 0] != _EMPTY)


def band_keys(signs: Signs) -> list[Keys]:
    """Return, for each band, a key for each text; equal where all four values of the band are."""
    values = signs.astype(np.uint64).reshape(len(signs), BANDS, BINS // BANDS)
    keys = []
    for band in range(BANDS):
        key = np.full(len(signs), np.uint64(band), dtype=np.uint64)
        for column in range(values.shape[2]):
            key = _mix_all(key * _STEP + values[:, band, column])
        keys.append(key)
    return keys


def agreement(signs: Signs, left: Integers, right: Integers) -> npt.NDArray[np.float64]:
    """Return for each pair the share of equal values: the estimated Jaccard similarity, from 0 to 1."""
    shares = np.zeros(len(left))
    for start in range(0, len(left), 65_536):
        part = slice(start, start + 65_536)
        shares[part] = (signs[left[part]] == signs[right[part]]).mean(axis=1)
    return shares


def _hash_shingles(texts: Sequence[str], width: int, signs: Signs) -> None:
    """Write into each bin the smallest hash of the shingles that fall into it."""
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    ends = np.cumsum(np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)))
    _write_minima(points, ends, np.uint64(width), signs)


@compiled
def _write_minima(points: npt.NDArray[np.uint32], ends: Integers, width: np.uint64, signs: Signs) -> None:
    """Do the work of :func:`_hash_shingles`, over the code points of concatenated texts."""
    start, size = 0, np.int64(width)
    for text in range(len(ends)):
        for place in range(start, ends[text] - size + 1):
            rolled = np.uint64(0)
            for step in range(size):
                rolled = rolled * np.uint64(0x100000001B3) + np.uint64(points[place + step])
            hashed = _mix(rolled + width)
            column = np.int64(hashed >> np.uint64(57))
            value = np.uint32(hashed & np.uint64(0xFFFFFFFF))
            value = value if value < _EMPTY else _EMPTY - np.uint32(1)
            signs[text, column] = min(signs[text, column], value)
        start = ends[text]


@inner
def _mix(number: np.uint64) -> np.uint64:
    number = (number ^ (number >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    number = (number ^ (number >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return number ^ (number >> np.uint64(31))


@compiled
def _fill_empty_bins(originals: Signs, signs: Signs) -> None:
    """Fill each empty bin from another bin of ``originals``, chosen by a rule that is the same for all texts.

    Bins still empty, in a text of one or two shingles, take its smallest value.
    """
    for text in range(len(signs)):
        original, smallest = originals[text], _EMPTY
        for column in range(BINS):
            smallest = min(smallest, original[column])
        if smallest == _EMPTY:
            continue
        for column in range(BINS):
            if original[column] != _EMPTY:
                continue
            signs[text, column] = smallest
            seed = np.uint64(column + 1) * _STEP
            for attempt in range(_TRIES):
                source = np.int64(_mix(seed + np.uint64(attempt)) >> np.uint64(57))
                if original[source] != _EMPTY:
                    signs[text, column] = original[source]
                    break


def _mix_all(number: Keys) -> Keys:
    """Return well-spread numbers (splitmix64's finaliser)."""
    number = (number ^ (number >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    number = (number ^ (number >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(number ^ (number >> np.uint64(31)))
