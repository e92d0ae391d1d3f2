"""Compare two spellings: Jaro–Winkler similarity, and whether a single typing error separates them.

Both are symmetric. The similarity equals rapidfuzz's to the last bit (a test checks it).

Sources: Jaro (1989); Winkler (1990); typing errors after Damerau (1964).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from traboule.linkage.arrays.jit import inlined, inner

CLOSE_FROM = np.float32(0.88)  # From this similarity on, two tokens are close.
# The shares of matched letters, summed over both tokens, that this similarity requires: where the first letters differ,
# and where the first four can add 0.08. Slightly lower, to allow for rounding.
_DIFFERENT_START_FROM, _SAME_START_FROM = 1.639, 1.399
_BOOSTED_FROM, _BOOST, _LONGEST_PREFIX = 0.7, 0.1, 4
_BIT, _NO_BITS = np.uint64(1), np.uint64(0)


@inner
def jaro_winkler(letters: Any, left_start: int, left_size: int, right_start: int, right_size: int) -> float:
    """Return the Jaro–Winkler similarity, 0 to 1, of two texts of at most 64 letters, given as spans of ``letters``."""
    if left_size == 0 or right_size == 0:
        return 1.0 if left_size == right_size else 0.0
    reach = max(max(left_size, right_size) // 2 - 1, 0)
    matched_left, matched_right, matches = _NO_BITS, _NO_BITS, 0
    for at in range(right_size):
        for place in range(max(at - reach, 0), min(at + reach + 1, left_size)):
            bit = _BIT << np.uint64(place)
            if not matched_left & bit and letters[left_start + place] == letters[right_start + at]:
                matched_left |= bit
                matched_right |= _BIT << np.uint64(at)
                matches += 1
                break
    if matches == 0:
        return 0.0
    exchanged, place = 0, 0
    for at in range(right_size):
        if matched_right & (_BIT << np.uint64(at)):
            while not matched_left & (_BIT << np.uint64(place)):
                place += 1
            if letters[left_start + place] != letters[right_start + at]:
                exchanged += 1
            place += 1
    similarity = (matches / left_size + matches / right_size + (matches - exchanged // 2) / matches) / 3.0
    if similarity > _BOOSTED_FROM:
        prefix, most = 0, min(left_size, right_size, _LONGEST_PREFIX)
        while prefix < most and letters[left_start + prefix] == letters[right_start + prefix]:
            prefix += 1
        similarity = min(similarity + prefix * _BOOST * (1.0 - similarity), 1.0)
    return similarity


@inner
def single_edit(points: Any, left_start: int, left_size: int, right_start: int, right_size: int) -> int:
    """Return the place in the first text at which one insertion, deletion, substitution or swap of neighbours makes two
    different texts equal; -1 where none does."""
    if abs(left_size - right_size) > 1:
        return -1
    first, last = 0, 0
    most = min(left_size, right_size)
    while first < most and points[left_start + first] == points[right_start + first]:
        first += 1
    while (
        last < most - first and points[left_start + left_size - 1 - last] == points[right_start + right_size - 1 - last]
    ):
        last += 1
    left, right = left_size - first - last, right_size - first - last
    if left <= 1 and right <= 1:
        return first
    exchanged = (
        points[left_start + first] == points[right_start + first + 1]
        and points[left_start + first + 1] == points[right_start + first]
    )
    return first if left == 2 and right == 2 and exchanged else -1


@inner
def span_order(letters: Any, left_start: int, left_size: int, right_start: int, right_size: int) -> int:
    """Return -1 where the first text precedes the second in the order of their signs, 1 where it follows, 0 if
    equal."""
    for at in range(min(left_size, right_size)):
        if letters[left_start + at] != letters[right_start + at]:
            return -1 if letters[left_start + at] < letters[right_start + at] else 1
    return 0 if left_size == right_size else -1 if left_size < right_size else 1


@inlined
def may_be_close(left: Any, right: Any) -> bool:
    """Tell whether two tokens share enough letters to be close; most pairs do not.

    A letter of one token alone is in no matching pair, and only tokens with the same beginning get Winkler's bonus.
    """
    common = _bit_count(left.set & right.set)
    paired = min(left.size - (left.kinds - common), right.size - (right.kinds - common))
    enough = _SAME_START_FROM if left.initial == right.initial else _DIFFERENT_START_FROM
    possible: bool = (
        common * 10 >= max(left.kinds, right.kinds) * 6
        and paired * (left.size + right.size) >= enough * left.size * right.size
    )
    return possible


@inlined
def _bit_count(letters: np.uint32) -> np.int64:
    """Return how many bits are set."""
    count = np.uint64(letters)
    count = count - ((count >> np.uint64(1)) & np.uint64(0x55555555))
    count = (count & np.uint64(0x33333333)) + ((count >> np.uint64(2)) & np.uint64(0x33333333))
    count = (count + (count >> np.uint64(4))) & np.uint64(0x0F0F0F0F)
    return np.int64((count * np.uint64(0x01010101) & np.uint64(0xFFFFFFFF)) >> np.uint64(24))
