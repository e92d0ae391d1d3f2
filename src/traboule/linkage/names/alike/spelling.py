"""How alike two spellings are: Jaro and Winkler's likeness, and whether one slip of the keyboard parts them.

In come stretches of packed letters; out go numbers. It promises: symmetric; the likeness is that of rapidfuzz to the
last bit (a test holds them together).

Sources: Jaro (1989); Winkler (1990); the slips are those of Damerau (1964).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from traboule.linkage.arrays.compiled import inner

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
