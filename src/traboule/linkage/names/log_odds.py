"""Weigh pairs of names in bits, token by token.

Bits say how much likelier the two names are one person's than two persons': strangers, or relatives who share all names
but one. The result is symmetric, ignores the order of tokens, and depends on the two names alone. Across scripts the
learned alignment weights count; elsewhere the grade of two tokens and how much a token says: a long or rare one more
than a short or common one.

Reserved: linkage uses the levels of :mod:`~traboule.linkage.names.comparison` instead. Kept because a later issue may
let linkage weigh names by their tokens; until then only ``bench/names.py`` uses it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from traboule.linkage.arrays.jit import compiled
from traboule.linkage.names.equivalents import Integers, PackedTokens, log_likelihoods
from traboule.linkage.names.similarity.token_similarity import (
    CLOSE,
    INITIAL,
    SAME,
    SOUND,
    SURE,
    bits_of_pairs,
    grade_pairs,
)
from traboule.linkage.names.similarity.token_table import FORMS
from traboule.linkage.names.similarity.transliteration import alignment_weights, script_model
from traboule.linkage.names.table import NameTable
from traboule.linkage.names.tokens import is_widespread

Bits = npt.NDArray[np.float32]
_CHUNK = 100_000
# Log2 of how many relatives share all names but one, for each random person.
_RELATIVE_LOG_ODDS = float(np.log2(0.03))
_WIDESPREAD_BITS, _MIN_TOKEN_BITS, _MAX_TOKEN_BITS = (
    6.0,
    4.0,
    16.0,
)  # Bits of a token: of the commonest names, and the bounds for all others.
_LETTERS_OF = "cyrillic"  # The script with the largest Latin side, which tells how rare a spelling is.
_SHARE_OF_GRADE = {SAME: 1.0, SOUND: 0.8, CLOSE: 0.4}
_DIFFERENT_BITS, _INITIAL_BITS, _MIN_CLOSE_BITS = -5.0, 1.5, 1.0
_UNPAIRED_BITS = -1.0  # For each token of the longer name without a partner.


def name_bits(table: NameTable, left: Integers, right: Integers) -> Bits:
    """Return the bits of each pair of names, 0 where either has no name. ``left``, ``right``: name numbers."""
    bits = np.zeros(len(left), dtype=np.float32)
    token_bits = _token_bits(table)
    for start in range(0, len(left), _CHUNK):
        part = slice(start, start + _CHUNK)
        named_pairs = np.flatnonzero((left[part] >= 0) & (right[part] >= 0)) + start
        best = np.full(len(named_pairs), -np.inf, dtype=np.float32)
        for left_form in range(FORMS):
            for right_form in range(FORMS):
                left_tokens, right_tokens = (
                    table.words.forms[left[named_pairs], left_form],
                    table.words.forms[right[named_pairs], right_form],
                )
                both = np.flatnonzero((left_tokens[:, 0] >= 0) & (right_tokens[:, 0] >= 0))
                if len(both):
                    best[both] = np.maximum(
                        best[both], _form_bits(table, token_bits, left_tokens[both], right_tokens[both])
                    )
        bits[named_pairs] = np.where(np.isfinite(best), best, 0.0)
    return bits


def _token_bits(table: NameTable) -> Bits:
    """Return the most bits that each token can contribute."""
    letters = table.words.letters.astype(np.int32)
    starts = np.append(table.words.tokens["letters_at"], len(letters)).astype(np.int64)
    surprisal = -log_likelihoods(
        PackedTokens(letters, starts), script_model(_LETTERS_OF).parameters.after_latin
    ) / np.log(2.0)
    widespread = np.array([is_widespread(token.text) for token in table.tokens], dtype=np.bool_)
    return np.where(widespread, _WIDESPREAD_BITS, np.clip(surprisal, _MIN_TOKEN_BITS, _MAX_TOKEN_BITS)).astype(
        np.float32
    )


def _form_bits(table: NameTable, token_bits: Bits, left: npt.NDArray[np.int32], right: npt.NDArray[np.int32]) -> Bits:
    """Return the bits of pairs of forms."""
    left, right = (form[:, : int((form >= 0).sum(1).max())] for form in (left, right))
    a = np.broadcast_to(left[:, :, None], (len(left), left.shape[1], right.shape[1]))
    b = np.broadcast_to(right[:, None, :], a.shape)
    cells = np.flatnonzero((a >= 0) & (b >= 0))
    size = np.int64(len(table.tokens))
    codes = np.minimum(a, b).ravel()[cells].astype(np.int64) * size + np.maximum(a, b).ravel()[cells]
    distinct, back = np.unique(codes, return_inverse=True)
    matrix = np.full(a.shape, -np.inf, dtype=np.float32)
    matrix.ravel()[cells] = _token_pair_bits(table, token_bits, distinct // size, distinct % size)[back]
    return _assigned_bits(matrix, (left >= 0).sum(1), (right >= 0).sum(1))


def _token_pair_bits(table: NameTable, token_bits: Bits, a: Integers, b: Integers) -> Bits:
    """Return the bits of distinct pairs of tokens."""
    grades, alignment_bits = np.empty(len(a), dtype=np.int8), np.empty(len(a), dtype=np.float32)
    grade_pairs(table.words, alignment_weights(), a, b, grades)
    bits_of_pairs(table.words, alignment_weights(), a, b, alignment_bits)
    lesser_bits = np.minimum(token_bits[a], token_bits[b])
    bits = np.full(len(a), _DIFFERENT_BITS, dtype=np.float32)
    bits[grades == INITIAL] = _INITIAL_BITS
    for value, share in _SHARE_OF_GRADE.items():
        at = grades == value
        bits[at] = np.maximum(lesser_bits[at] * share, _MIN_CLOSE_BITS)
    across = np.flatnonzero(np.isfinite(alignment_bits))
    # Equal spellings and listed readings are evidence that the weights may not have.
    certain = (grades[across] >= SOUND) & (alignment_bits[across] < SURE)
    bits[across] = np.where(certain, SURE, alignment_bits[across])
    return bits


@compiled
def _assigned_bits(matrix: Bits, left_counts: Integers, right_counts: Integers) -> Bits:
    """Return the bits of names from those of their tokens, each paired with at most one other, best first."""
    bits = np.zeros(len(matrix), dtype=np.float32)
    for row in range(len(matrix)):
        cells = matrix[row].copy()
        pairs = min(left_counts[row], right_counts[row])
        total, worst = 0.0, 0.0
        for _ in range(pairs):
            best = -np.inf
            at, to = 0, 0
            for i in range(left_counts[row]):
                for j in range(right_counts[row]):
                    if cells[i, j] > best:
                        best, at, to = cells[i, j], i, j
            cells[at, :] = -np.inf
            cells[:, to] = -np.inf
            total += best
            worst += 2.0 ** min(-best, 60.0)
        doubt = 2.0 ** min(-total, 300.0)
        if pairs > 1:
            doubt += 2.0**_RELATIVE_LOG_ODDS * worst
        elif left_counts[row] != right_counts[row]:
            doubt += 2.0**_RELATIVE_LOG_ODDS
        bits[row] = -np.log2(doubt) + _UNPAIRED_BITS * abs(left_counts[row] - right_counts[row])
    return bits
