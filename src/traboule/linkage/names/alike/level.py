"""How alike two names are: a level from 0 (different) to 6 (the same, as written), compiled.

In come :class:`Words` and the numbers of two names; out goes the level, from how many of their words can be paired, and
how well. It promises: symmetric; indifferent to the order of words; what :mod:`~traboule.linkage.names.likeness` says.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from traboule.linkage.arrays.compiled import compiled, inner, woven
from traboule.linkage.names.alike.grade import CLOSE, INITIAL, SAME, SOUND, grade, precedes_word
from traboule.linkage.names.alike.scales import Scales
from traboule.linkage.names.alike.weighing import Room, room_to_compare
from traboule.linkage.names.alike.words import FORMS, Words

Integers = npt.NDArray[np.int64]

OTHER_NAMES = 2
_MOST_OF_OTHERS = 4  # The level that other names can give.
_LETTERS_TELL = 6  # Shorter names share their letters by chance.


@woven
def _length(words: Words, name: int, form: int) -> int:
    """Return of how many words a form is made."""
    many = 0
    while many < words.forms.shape[2] and words.forms[name, form, many] >= 0:
        many += 1
    return many


@inner
def _longest(words: Words, name: int) -> int:
    """Return of how many words the longest form of a name is made."""
    many = 0
    for form in range(FORMS):
        many = max(many, _length(words, name, form))
    return many


@woven
def _same_letters(words: Words, one: npt.NDArray[np.int32], two: npt.NDArray[np.int32], n: int, m: int) -> bool:
    """Tell whether two forms have the same signs, however they are divided."""
    left, right, signs = np.uint64(0), np.uint64(0), 0
    for at in range(n):
        left += words.tokens[one[at]].spelt
        signs += words.tokens[one[at]].signs
    for at in range(m):
        right += words.tokens[two[at]].spelt
    return left == right and signs >= _LETTERS_TELL


@inner
def _turned(words: Words, left: int, right: int) -> bool:
    """Tell whether the left name stands behind the right one in the order of their spelling."""
    for form in range(FORMS):
        n, m = _length(words, left, form), _length(words, right, form)
        for at in range(min(n, m)):
            order = precedes_word(words, words.forms[left, form, at], words.forms[right, form, at])
            if order:
                return order > 0
        if n != m:
            return n > m
    return False


@inner
def _take(grades: npt.NDArray[np.int8], n: int, m: int) -> int:
    """Take the best pair of words out of ``grades`` and return its grade, 0 where there is none.

    Among equals, the pair with the fewest other choices goes first, so that none is left without a partner.
    """
    best, row, column = -1, 0, 0
    for i in range(n):
        for j in range(m):
            if grades[i, j] > 0:
                choices = 0
                for other in range(m):
                    choices += grades[i, other] > 0
                for other in range(n):
                    choices += grades[other, j] > 0
                rank = grades[i, j] * 64 - choices
                if rank > best:
                    best, row, column = rank, i, j
    if best < 0:
        return 0
    found = int(grades[row, column])
    grades[row, :m] = 0
    grades[:n, column] = 0
    return found


@inner
def _of_pairs(grades: npt.NDArray[np.int8], n: int, m: int) -> int:
    """Return the level from the grades of every pair of words; they are used up."""
    initial = close = sound = same = 0
    for _ in range(min(n, m)):
        found = _take(grades, n, m)
        if found == SAME:
            same += 1
        elif found == SOUND:
            sound += 1
        elif found == CLOSE:
            close += 1
        elif found == INITIAL:
            initial += 1
        else:
            break
    short, long, full = min(n, m), max(n, m), same + sound
    whole, single = short >= 2, short == 1
    if whole and n == m and full == short:
        return 6 if same == short else 5
    if (whole and full == short) or (single and long == 1 and full == 1):
        return 4
    if (whole and full + close == short) or (single and long == 1 and close == 1):
        return 3
    if full >= 2 or (single and full == 1) or (whole and full >= 1 and full + close + initial == short):
        return 2
    return 1 if full == 1 else 0


@woven
def _needed(least: int, n: int, m: int) -> int:
    """Return the grade that each word of the shorter form must reach with some word of the other where two forms of so
    many words are to have the level ``least``; more than any grade where they cannot, 0 where some need no partner."""
    if least < 3:
        return 0
    if (least >= 5 and n != m) or (min(n, m) == 1 and (least >= 5 or n != m)):
        return SAME + 1
    return CLOSE if least == 3 else SOUND


@inner
def _of_forms(
    words: Words,
    scales: Scales,
    room: Room,
    names: tuple[int, int],
    forms: tuple[int, int],
    sizes: tuple[int, int],
    least: int,
) -> int:
    """Return the level of two forms of so many words, or 0 where it is below ``least``."""
    one, two = words.forms[names[0], forms[0]], words.forms[names[1], forms[1]]
    (n, m), grades, any_met = sizes, room.grades, False
    # Of as many words, the same letters may be those of another name: Cristian, Cristina.
    if n != m and _same_letters(words, one, two, n, m):
        return 6
    needed, turned = _needed(least, n, m), n > m
    if needed > SAME:
        return 0
    for i in range(min(n, m)):
        best = 0
        for j in range(max(n, m)):
            row, column = (j, i) if turned else (i, j)
            found = grade(words, scales, room, one[row], two[column])
            grades[row, column] = found
            best = max(best, found)
        if best < needed:
            return 0
        any_met |= best > 0
    return _of_pairs(grades, n, m) if any_met else 0


@inner
def level(words: Words, scales: Scales, room: Room, left: int, right: int, least: int) -> int:
    """Return the level of two names: the highest over all pairs of their forms. Below ``least``, which spares most of
    the work where it is 3 or more, it may be told too low."""
    best = 0
    # Which of two equally good pairs of words goes first can tell only where there are three on both sides.
    if _longest(words, left) > 2 and _longest(words, right) > 2 and _turned(words, left, right):
        left, right = right, left
    for one in range(FORMS):
        n = _length(words, left, one)
        for other in range(FORMS):
            most = _MOST_OF_OTHERS if OTHER_NAMES in (one, other) else 6
            m = _length(words, right, other)
            if n and m and best < most:
                found = _of_forms(words, scales, room, (left, right), (one, other), (n, m), least)
                best = max(best, min(found, most))
    return best


@compiled
def level_pairs(
    words: Words,
    scales: Scales,
    names: tuple[Integers, Integers],
    least: npt.NDArray[np.int8],
    found: npt.NDArray[np.int8],
) -> None:
    """Put the level of each pair of ``names`` into ``found``, -1 where either has none; where it is below ``least``,
    that or a lower one."""
    room = room_to_compare(len(found))
    for place in range(len(found)):
        one, two = names[0][place], names[1][place]
        found[place] = level(words, scales, room, one, two, least[place]) if one >= 0 and two >= 0 else -1
