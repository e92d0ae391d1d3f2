"""How alike two spellings are: Jaro and Winkler's likeness, and whether one slip of the keyboard parts them.

In come stretches of packed letters; out go numbers. It promises: symmetric; the likeness is that of rapidfuzz to the
last bit (a test holds them together).

Sources: Jaro (1989); Winkler (1990); the slips are those of Damerau (1964).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from traboule.linkage.arrays.compiled import inner, woven

CLOSE_FROM = np.float32(0.88)  # From this likeness on two words are close.
# The shares of letters in pairs, of both words together, that so much likeness takes: where the first letters differ,
# and where the first four can add .08. A little less, for what rounding takes.
_UNLIKE_FROM, _ALIKE_FROM = 1.639, 1.399
_BOOSTED_FROM, _BOOST, _LONGEST_PREFIX = 0.7, 0.1, 4
_ONE, _NONE = np.uint64(1), np.uint64(0)


@inner
def jaro_winkler(letters: Any, one: int, many: int, other: int, more: int) -> float:
    """Return how alike two texts of at most 64 letters are, 0 to 1: ``many`` letters from place ``one``, ``more`` from
    ``other``."""
    if many == 0 or more == 0:
        return 1.0 if many == more else 0.0
    reach = max(max(many, more) // 2 - 1, 0)
    taken, met, alike = _NONE, _NONE, 0
    for at in range(more):
        for place in range(max(at - reach, 0), min(at + reach + 1, many)):
            bit = _ONE << np.uint64(place)
            if not taken & bit and letters[one + place] == letters[other + at]:
                taken |= bit
                met |= _ONE << np.uint64(at)
                alike += 1
                break
    if alike == 0:
        return 0.0
    exchanged, place = 0, 0
    for at in range(more):
        if met & (_ONE << np.uint64(at)):
            while not taken & (_ONE << np.uint64(place)):
                place += 1
            if letters[one + place] != letters[other + at]:
                exchanged += 1
            place += 1
    found = (alike / many + alike / more + (alike - exchanged // 2) / alike) / 3.0
    if found > _BOOSTED_FROM:
        prefix, most = 0, min(many, more, _LONGEST_PREFIX)
        while prefix < most and letters[one + prefix] == letters[other + prefix]:
            prefix += 1
        found = min(found + prefix * _BOOST * (1.0 - found), 1.0)
    return found


@inner
def one_slip(points: Any, one: int, many: int, other: int, more: int) -> int:
    """Return where one sign put in, left out or changed, or two neighbours exchanged, make two different texts one:
    the place in the first text; -1 where they do not."""
    if abs(many - more) > 1:
        return -1
    first, last = 0, 0
    most = min(many, more)
    while first < most and points[one + first] == points[other + first]:
        first += 1
    while last < most - first and points[one + many - 1 - last] == points[other + more - 1 - last]:
        last += 1
    left, right = many - first - last, more - first - last
    if left <= 1 and right <= 1:
        return first
    exchanged = points[one + first] == points[other + first + 1] and points[one + first + 1] == points[other + first]
    return first if left == 2 and right == 2 and exchanged else -1


@inner
def precedes(letters: Any, one: int, many: int, other: int, more: int) -> int:
    """Return -1 where the first text stands before the second in the order of their signs, 1 behind it, 0 if equal."""
    for at in range(min(many, more)):
        if letters[one + at] != letters[other + at]:
            return -1 if letters[one + at] < letters[other + at] else 1
    return 0 if many == more else -1 if many < more else 1


@woven
def may_be_close(one: Any, two: Any) -> bool:
    """Tell whether two words have so many letters in common that they may be close; most pairs have not. Each letter of
    one word alone is in no pair of letters, and only words that begin alike are raised for their beginning."""
    common = _common(one.set & two.set)
    paired = min(one.size - (one.kinds - common), two.size - (two.kinds - common))
    enough = _ALIKE_FROM if one.initial == two.initial else _UNLIKE_FROM
    found: bool = (
        common * 10 >= max(one.kinds, two.kinds) * 6 and paired * (one.size + two.size) >= enough * one.size * two.size
    )
    return found


@woven
def _common(letters: np.uint32) -> np.int64:
    """Return how many bits are set."""
    count = np.uint64(letters)
    count = count - ((count >> np.uint64(1)) & np.uint64(0x55555555))
    count = (count & np.uint64(0x33333333)) + ((count >> np.uint64(2)) & np.uint64(0x33333333))
    count = (count + (count >> np.uint64(4))) & np.uint64(0x0F0F0F0F)
    return np.int64((count * np.uint64(0x01010101) & np.uint64(0xFFFFFFFF)) >> np.uint64(24))
