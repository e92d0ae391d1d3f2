"""How many bits two names speak for one person, over arrays of pairs.

In comes a :class:`NameTable` and pairs of name numbers; out go bits: how much likelier the two names are of one person
than of two: strangers, or relatives who have all but one of their names in common (or one, with a one-name person). It
promises: symmetric; indifferent to the order of tokens; the bits of two names depend on these two alone. Across scripts
the tokens' learned weights count; elsewhere how alike they are, and how much a token says: a long or rare one more than
a short or common one.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from traboule.linkage.arrays.compiled import compiled
from traboule.linkage.names.alike.grade import CLOSE, INITIAL, SAME, SOUND, SURE, bits_of_pairs, grade_pairs
from traboule.linkage.names.alike.words import FORMS
from traboule.linkage.names.groups import Integers, Packed, chance
from traboule.linkage.names.table import NameTable
from traboule.linkage.names.tokens import is_widespread
from traboule.linkage.names.transliteration import scales, weights

Bits = npt.NDArray[np.float32]
_CHUNK = 100_000
# A relative who shares all names but one, for every person met by chance: as many bits below.
_RELATIVES = float(np.log2(0.03))
_WIDESPREAD, _LEAST, _MOST = 6.0, 4.0, 16.0  # Bits that a token can say: one of the commonest names, and the bounds.
_LETTERS_OF = "cyrillic"  # The script whose Latin side, the largest, tells how rare a spelling is.
_SAID = {SAME: 1.0, SOUND: 0.8, CLOSE: 0.4}
_DIFFERENT, _INITIAL_SAYS, _CLOSE_AT_LEAST = -5.0, 1.5, 1.0
_LEFT_OVER = -1.0  # A token of the longer name that has no partner.


def name_bits(table: NameTable, left: Integers, right: Integers) -> Bits:
    """Return the bits of each pair of names, 0 where either has no name. ``left``, ``right``: name numbers."""
    found = np.zeros(len(left), dtype=np.float32)
    says = _says(table)
    for start in range(0, len(left), _CHUNK):
        part = slice(start, start + _CHUNK)
        known = np.flatnonzero((left[part] >= 0) & (right[part] >= 0)) + start
        best = np.full(len(known), -np.inf, dtype=np.float32)
        for one in range(FORMS):
            for other in range(FORMS):
                first, second = table.words.forms[left[known], one], table.words.forms[right[known], other]
                both = np.flatnonzero((first[:, 0] >= 0) & (second[:, 0] >= 0))
                if len(both):
                    best[both] = np.maximum(best[both], _of_forms(table, says, first[both], second[both]))
        found[known] = np.where(np.isfinite(best), best, 0.0)
    return found


def _says(table: NameTable) -> Bits:
    """Return how many bits each token says at most."""
    letters = table.words.letters.astype(np.int32)
    starts = np.append(table.words.tokens["letters_at"], len(letters)).astype(np.int64)
    rare = -chance(Packed(letters, starts), weights(_LETTERS_OF).parts.after_latin) / np.log(2.0)
    widespread = np.array([is_widespread(token.text) for token in table.tokens], dtype=np.bool_)
    return np.where(widespread, _WIDESPREAD, np.clip(rare, _LEAST, _MOST)).astype(np.float32)


def _of_forms(table: NameTable, says: Bits, first: npt.NDArray[np.int32], second: npt.NDArray[np.int32]) -> Bits:
    """Return the bits of pairs of forms."""
    first, second = (form[:, : int((form >= 0).sum(1).max())] for form in (first, second))
    a = np.broadcast_to(first[:, :, None], (len(first), first.shape[1], second.shape[1]))
    b = np.broadcast_to(second[:, None, :], a.shape)
    cells = np.flatnonzero((a >= 0) & (b >= 0))
    size = np.int64(len(table.tokens))
    codes = np.minimum(a, b).ravel()[cells].astype(np.int64) * size + np.maximum(a, b).ravel()[cells]
    distinct, back = np.unique(codes, return_inverse=True)
    matrix = np.full(a.shape, -np.inf, dtype=np.float32)
    matrix.ravel()[cells] = _of_tokens(table, says, distinct // size, distinct % size)[back]
    return _together(matrix, (first >= 0).sum(1), (second >= 0).sum(1))


def _of_tokens(table: NameTable, says: Bits, a: Integers, b: Integers) -> Bits:
    """Return the bits of distinct pairs of tokens."""
    grades, weighed = np.empty(len(a), dtype=np.int8), np.empty(len(a), dtype=np.float32)
    grade_pairs(table.words, scales(), a, b, grades)
    bits_of_pairs(table.words, scales(), a, b, weighed)
    least = np.minimum(says[a], says[b])
    found = np.full(len(a), _DIFFERENT, dtype=np.float32)
    found[grades == INITIAL] = _INITIAL_SAYS
    for value, share in _SAID.items():
        at = grades == value
        found[at] = np.maximum(least[at] * share, _CLOSE_AT_LEAST)
    across = np.flatnonzero(np.isfinite(weighed))
    # What is equal as spelled, or listed as another reading, says something that the weights may not know.
    listed = (grades[across] >= SOUND) & (weighed[across] < SURE)
    found[across] = np.where(listed, SURE, weighed[across])
    return found


@compiled
def _together(matrix: Bits, one: Integers, two: Integers) -> Bits:
    """Return the bits of names from those of their tokens, each paired with at most one other, the best first."""
    found = np.zeros(len(matrix), dtype=np.float32)
    for row in range(len(matrix)):
        cells = matrix[row].copy()
        pairs = min(one[row], two[row])
        total, worst = 0.0, 0.0
        for _ in range(pairs):
            best = -np.inf
            at, to = 0, 0
            for i in range(one[row]):
                for j in range(two[row]):
                    if cells[i, j] > best:
                        best, at, to = cells[i, j], i, j
            cells[at, :] = -np.inf
            cells[:, to] = -np.inf
            total += best
            worst += 2.0 ** min(-best, 60.0)
        rest = 2.0 ** min(-total, 300.0)
        if pairs > 1:
            rest += 2.0**_RELATIVES * worst
        elif one[row] != two[row]:
            rest += 2.0**_RELATIVES
        found[row] = -np.log2(rest) + _LEFT_OVER * abs(one[row] - two[row])
    return found
