"""How alike two names are: a level from 0 (different) to 6 (the same, as written), compiled.

In come :class:`Words` and the numbers of two names; out goes the level, from how many of their words can be paired, and
how well. It promises: symmetric; indifferent to the order of words; what :mod:`~traboule.linkage.names.likeness` says.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from traboule.linkage.arrays.compiled import compiled, inner, woven
from traboule.linkage.arrays.memory import ask_line, ask_lines
from traboule.linkage.names.alike.grade import CLOSE, INITIAL, SAME, SOUND, grade, precedes_word
from traboule.linkage.names.alike.scales import Scales
from traboule.linkage.names.alike.weighing import Room, room_to_compare
from traboule.linkage.names.alike.words import FORMS, Words

Integers = npt.NDArray[np.int64]

OTHER_NAMES = 2
_MOST_OF_OTHERS = 4  # The level that other names can give.
_FORMS_AHEAD, _WORDS_AHEAD, _LETTERS_AHEAD = 16, 8, 4  # Pairs.
_MOSTLY = 2  # Words of a name, as most have.
_LETTERS_TELL = 6  # Shorter names share their letters by chance.


@woven
def _length(words: Words, name: int, form: int) -> int:
    """Return of how many words a form is made."""
    many = 0
    while many < words.forms.shape[2] and words.forms[name, form, many] >= 0:
        many += 1
    return many


@woven
def _is_long(words: Words, name: int) -> bool:
    """Tell whether a form of a name is made of three words or more."""
    found = False
    for form in range(FORMS):
        found |= words.forms[name, form, 2] >= 0
    return found


@woven
def _same_signs(words: Words, one: npt.NDArray[np.int32], two: npt.NDArray[np.int32], n: int, m: int) -> bool:
    """Tell whether two forms have the same signs, in whatever order."""
    left, right, signs = np.uint64(0), np.uint64(0), 0
    for at in range(n):
        left += words.tokens[one[at]].spelt
        signs += words.tokens[one[at]].signs
    for at in range(m):
        right += words.tokens[two[at]].spelt
    return left == right and signs >= _LETTERS_TELL


@inner
def _follows(words: Words, word: int, at: int, part: int) -> bool:
    """Tell whether a word goes on with another from place ``at`` of its letters."""
    whole, piece = words.tokens[word], words.tokens[part]
    if piece.size == 0 or at + piece.size > whole.size:
        return False
    for place in range(piece.size):
        if words.letters[whole.letters_at + at + place] != words.letters[piece.letters_at + place]:
            return False
    return True


@inner
def _longest_left(words: Words, form: npt.NDArray[np.int32], many: int, taken: int) -> int:
    """Return the place of the longest word of a form that is not taken, -1 where all are."""
    best, size = -1, -1
    for at in range(many):
        if not (taken >> at) & 1 and words.tokens[form[at]].size > size:
            best, size = at, words.tokens[form[at]].size
    return best


@inner
def _divided(words: Words, one: npt.NDArray[np.int32], two: npt.NDArray[np.int32], n: int, m: int) -> bool:
    """Tell whether every word of two forms is one of the other's, or made of whole ones of it: Abdulrahman."""
    taken_one = taken_two = 0
    while True:
        first, second = _longest_left(words, one, n, taken_one), _longest_left(words, two, m, taken_two)
        if first < 0 or second < 0:
            return first == second
        mine = words.tokens[one[first]].size >= words.tokens[two[second]].size
        word, pieces, many = (one[first], two, m) if mine else (two[second], one, n)
        taken, at = taken_two if mine else taken_one, 0
        while at < words.tokens[word].size:
            best = -1
            for place in range(many):
                if (taken >> place) & 1 or not _follows(words, word, at, pieces[place]):
                    continue
                if best < 0 or words.tokens[pieces[place]].size > words.tokens[pieces[best]].size:
                    best = place
            if best < 0:
                return False
            taken |= 1 << best
            at += words.tokens[pieces[best]].size
        if mine:
            taken_one, taken_two = taken_one | 1 << first, taken
        else:
            taken_one, taken_two = taken, taken_two | 1 << second


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


@woven
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
    if (n > 1 or m > 1) and _same_signs(words, one, two, n, m) and _divided(words, one, two, n, m):
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


@woven
def level(words: Words, scales: Scales, room: Room, left: int, right: int, least: int) -> int:
    """Return the level of two names: the highest over all pairs of their forms. Below ``least``, which spares most of
    the work where it is 3 or more, it may be told too low."""
    best = 0
    # Which of two equally good pairs of words goes first can tell only where there are three on both sides.
    if _is_long(words, left) and _is_long(words, right) and _turned(words, left, right):
        left, right = right, left
    for one in range(FORMS):
        n = _length(words, left, one)
        for other in range(FORMS if n else 0):
            most = _MOST_OF_OTHERS if OTHER_NAMES in (one, other) else 6
            m = _length(words, right, other)
            if m and best < most:
                found = _of_forms(words, scales, room, (left, right), (one, other), (n, m), least)
                best = max(best, min(found, most))
    return best


@woven
def _ask_ahead(words: Words, names: Integers, place: int) -> None:
    """Ask for what the pairs behind the one at ``place`` will be told from: forms, then the words there, then what
    these are made of."""
    if place + _FORMS_AHEAD < len(names):
        ask_lines(words.forms, max(names[place + _FORMS_AHEAD], 0))
    if place + _WORDS_AHEAD < len(names):
        form = words.forms[max(names[place + _WORDS_AHEAD], 0), 0]
        for at in range(_MOSTLY):
            if form[at] >= 0:
                ask_lines(words.tokens, form[at])
    if place + _LETTERS_AHEAD < len(names):
        form = words.forms[max(names[place + _LETTERS_AHEAD], 0), 0]
        for at in range(_MOSTLY):
            if form[at] >= 0:
                ask_line(words.letters, words.tokens[form[at]].letters_at)
                ask_line(words.numbers, words.tokens[form[at]].numbers_at)


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
        _ask_ahead(words, names[0], place)
        one, two = names[0][place], names[1][place]
        found[place] = level(words, scales, room, one, two, least[place]) if one >= 0 and two >= 0 else -1
