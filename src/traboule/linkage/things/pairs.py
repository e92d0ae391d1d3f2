"""Find the things worth comparing: those that share a key. Work grows with the keys, not with all pairs.

Pairs are sorted and unique, left below right. Whether two things form a pair depends on their own keys and on how many
share those. Holders skipped because a key is too common are counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
_NONE: Integers = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class ThingPairs:
    """``left[i]`` < ``right[i]``. ``skipped``: kind of key to holders skipped, where there are any."""

    left: Integers
    right: Integers
    skipped: Mapping[str, int]


def number_keys(keys: Iterable[tuple[str, int]]) -> tuple[Integers, Integers]:
    """Return (number of the key, holder) for keys that are texts; an empty text is no key."""
    rows = [(key, holder) for key, holder in keys if key]
    number = {key: place for place, key in enumerate(sorted({key for key, _ in rows}))}
    numbered_rows = np.array([(number[key], holder) for key, holder in rows], dtype=np.int64).reshape(-1, 2)
    return numbered_rows[:, 0], numbered_rows[:, 1]


def pairs_sharing_keys(
    keyed: Iterable[tuple[str, npt.NDArray[np.integer], Integers]], size: int, *, most: int, also: Integers = _NONE
) -> ThingPairs:
    """Return the pairs of holders (numbers below ``size``) that share a key which at most ``most`` hold.

    ``keyed``: (kind of key, keys, holders), one or several. ``also``: further pairs, as left times ``size`` plus right.
    """
    codes = [also]
    skipped: dict[str, int] = {}
    for kind, keys, holders in keyed:
        pair_codes, left_out = _codes(keys, holders, size, most)
        codes.append(pair_codes)
        if left_out:
            skipped[kind] = skipped.get(kind, 0) + left_out
    unique = unique_codes(np.concatenate(codes))
    return ThingPairs(unique // max(size, 1), unique % max(size, 1), skipped)


def unique_codes(codes: Integers) -> Integers:
    """Return the distinct codes, sorted. Sorting is faster here than numpy's own function, which hashes first."""
    ordered = np.sort(codes)
    fresh = np.ones(len(ordered), dtype=np.bool_)
    fresh[1:] = ordered[1:] != ordered[:-1]
    return ordered[fresh]


def _codes(keys: npt.NDArray[np.integer], holders: Integers, size: int, most: int) -> tuple[Integers, int]:
    order = np.lexsort((holders, keys))
    key, holder = keys[order], holders[order]
    fresh = np.ones(len(key), dtype=np.bool_)
    fresh[1:] = (key[1:] != key[:-1]) | (holder[1:] != holder[:-1])
    key, holder = key[fresh], holder[fresh]
    starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]]) if len(key) else np.zeros(0, dtype=np.int64)
    counts = np.diff(np.r_[starts, len(key)])
    codes = [np.zeros(0, dtype=np.int64)]
    for length in np.flatnonzero(np.bincount(counts[(counts >= 2) & (counts <= most)])).tolist():
        block = holder[starts[counts == length][:, None] + np.arange(length)]
        low, high = np.triu_indices(length, 1)
        codes.append((block[:, low] * size + block[:, high]).ravel())
    return np.concatenate(codes), int(counts[counts > most].sum())
