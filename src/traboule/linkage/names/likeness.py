"""How alike two names are, over arrays of pairs: a level from 0 (different) to 6 (the same, as written).

In comes a :class:`NameTable` (distinct names with their tokens) and two arrays of name numbers; out goes an array of
levels. It promises: symmetric; indifferent to the order of tokens; the level of two names depends on these two alone,
whatever else stands in the table; each distinct pair is compared once, in compiled code (rapidfuzz) and arrays.

    6  the same tokens as written, or the same letters however divided
    5  every token sounds the same
    4  every token of the shorter name is in the longer one (a patronymic or second family name left out)
    3  as 4, but some tokens are only close (a slip of the keyboard, another romanisation)
    2  two tokens agree and others do not; or one agrees and another is its initial; or one name of a one-name person is
       in the longer
    1  one token agrees (relatives look like this)
    0  different
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from traboule.linkage.names.grades import CLOSE, INITIAL, SAME, SOUND, grade
from traboule.linkage.names.groups import Integers
from traboule.linkage.names.table import FORMS, OTHER_NAMES, NameTable

Levels = npt.NDArray[np.int8]

_CHUNK = 100_000


def compare(table: NameTable, left: Integers, right: Integers) -> Levels:
    """Return the level of likeness of each pair of names; -1 where either has no name.

    ``left`` and ``right``: name numbers of the same length.
    """
    low, high = np.minimum(left, right), np.maximum(left, right)
    levels = np.full(len(low), -1, dtype=np.int8)
    known = low >= 0
    codes, back = np.unique(low[known] * np.int64(len(table.forms)) + high[known], return_inverse=True)
    found = np.zeros(len(codes), dtype=np.int8)
    for start in range(0, len(codes), _CHUNK):
        part = codes[start : start + _CHUNK]
        pair = part // len(table.forms), part % len(table.forms)
        found[start : start + _CHUNK] = _best_of_forms(table, *pair)
    levels[known] = found[back]
    return levels


def _best_of_forms(table: NameTable, left: Integers, right: Integers) -> Levels:
    """Return the highest level over all pairs of forms of distinct names."""
    best = np.zeros(len(left), dtype=np.int8)
    for one in range(FORMS):
        for other in range(FORMS):
            first, second = table.forms[left, one], table.forms[right, other]
            both = np.flatnonzero((first[:, 0] >= 0) & (second[:, 0] >= 0))
            if not len(both):
                continue
            level = _level(table, first[both], second[both])
            same = table.letters[left[both], one]
            several = (first[both, 1] >= 0) | (second[both, 1] >= 0)
            level[several & (same >= 0) & (same == table.letters[right[both], other])] = 6
            if OTHER_NAMES in (one, other):
                level = np.minimum(level, 4)
            best[both] = np.maximum(best[both], level)
    return best


def _level(table: NameTable, first: npt.NDArray[np.int32], second: npt.NDArray[np.int32]) -> Levels:
    """Return the level of two forms from how many of their tokens can be paired, and how well."""
    width = max(int((first >= 0).sum(1).max()), int((second >= 0).sum(1).max()))
    first, second = first[:, :width], second[:, :width]
    grades = _grades(table, first, second)
    # Most pairs of strangers have no token in common, and are done.
    some = np.flatnonzero(grades.any((1, 2)))
    levels = np.zeros(len(first), dtype=np.int8)
    if len(some):
        levels[some] = _level_of_grades(grades[some], (first[some] >= 0).sum(1), (second[some] >= 0).sum(1))
    return levels


def _level_of_grades(grades: npt.NDArray[np.int8], one: Integers, two: Integers) -> Levels:
    """Return the level from the grades of every pair of tokens and the number of tokens on each side."""
    initial, close, sound, same = _paired(grades)
    short, long = np.minimum(one, two), np.maximum(one, two)
    full = same + sound
    whole = short >= 2
    single = short == 1
    choices = [
        whole & (one == two) & (same == short),
        whole & (one == two) & (full == short),
        (whole & (full == short)) | (single & (long == 1) & (full == 1)),
        (whole & (full + close == short)) | (single & (long == 1) & (close == 1)),
        (full >= 2) | (single & (full == 1)) | (whole & (full >= 1) & (full + close + initial == short)),
        full == 1,
    ]
    return np.select(choices, [6, 5, 4, 3, 2, 1], default=0).astype(np.int8)


def _grades(table: NameTable, first: npt.NDArray[np.int32], second: npt.NDArray[np.int32]) -> npt.NDArray[np.int8]:
    """Return the grade of every pair of tokens: (pairs, width, width), 0 different to 4 the same."""
    a = np.broadcast_to(first[:, :, None], (len(first), first.shape[1], second.shape[1]))
    b = np.broadcast_to(second[:, None, :], a.shape)
    grades = np.zeros(a.shape, dtype=np.int8)
    cells = np.flatnonzero((a >= 0) & (b >= 0))
    codes = np.minimum(a, b).ravel()[cells].astype(np.int64) * len(table.texts) + np.maximum(a, b).ravel()[cells]
    distinct, back = np.unique(codes, return_inverse=True)
    grades.ravel()[cells] = grade(table, distinct // len(table.texts), distinct % len(table.texts))[back]
    return grades


def _paired(grades: npt.NDArray[np.int8]) -> tuple[Integers, Integers, Integers, Integers]:
    """Pair each token with at most one other, the best first; return how many pairs there are of each grade, from 1.

    Among equals, the pair with the fewest other choices goes first, so that none is left without a partner.
    """
    pairs, height, width = grades.shape
    counts = {grade: np.zeros(pairs, np.int64) for grade in (INITIAL, CLOSE, SOUND, SAME)}
    left = grades.astype(np.int16)
    for _ in range(min(height, width)):
        choices = (left > 0).sum(2)[:, :, None] + (left > 0).sum(1)[:, None, :]
        rank = np.where(left > 0, left * 64 - choices, -1).reshape(pairs, -1)
        best = rank.argmax(1)
        grade = left.reshape(pairs, -1)[np.arange(pairs), best]
        for value in counts:
            counts[value] += grade == value
        row, column = best // width, best % width
        left[np.arange(pairs), row, :] = 0
        left[np.arange(pairs), :, column] = 0
    return counts[INITIAL], counts[CLOSE], counts[SOUND], counts[SAME]
