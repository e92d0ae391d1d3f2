"""Compute the level of similarity of two names, from 0 to 6, in compiled code.

The level follows from how many tokens can be paired, and how well; see :mod:`~traboule.linkage.names.comparison`. It is
symmetric and ignores the order of tokens.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from traboule.linkage.arrays.jit import compiled, inlined, inner
from traboule.linkage.arrays.prefetch import prefetch_line, prefetch_two_lines
from traboule.linkage.names.similarity.alignment import Workspace, new_workspace
from traboule.linkage.names.similarity.alignment_weights import AlignmentWeights
from traboule.linkage.names.similarity.token_similarity import CLOSE, INITIAL, SAME, SOUND, grade, token_order
from traboule.linkage.names.similarity.token_table import FORMS, TokenTable

Integers = npt.NDArray[np.int64]

OTHER_NAMES = 2
_MAX_OTHER_NAME_LEVEL = 4  # The highest level that other names can give.
_FORMS_AHEAD, _WORDS_AHEAD, _LETTERS_AHEAD = 16, 8, 4  # Pairs.
_USUAL_TOKENS = 2  # Tokens of most names.
_MIN_LETTERS = 6  # Shorter names share letters by chance.


@inlined
def _form_length(words: TokenTable, name: int, form: int) -> int:
    """Return the number of tokens in a form."""
    count = 0
    while count < words.forms.shape[2] and words.forms[name, form, count] >= 0:
        count += 1
    return count


@inlined
def _is_long(words: TokenTable, name: int) -> bool:
    """Tell whether a form of a name has three tokens or more."""
    is_long = False
    for form in range(FORMS):
        is_long |= words.forms[name, form, 2] >= 0
    return is_long


@inlined
def _same_letters(
    words: TokenTable, left_tokens: npt.NDArray[np.int32], right_tokens: npt.NDArray[np.int32], n: int, m: int
) -> bool:
    """Tell whether two forms have the same letters, in any order."""
    left_sum, right_sum, sign_count = np.uint64(0), np.uint64(0), 0
    for at in range(n):
        left_sum += words.tokens[left_tokens[at]].spelt
        sign_count += words.tokens[left_tokens[at]].signs
    for at in range(m):
        right_sum += words.tokens[right_tokens[at]].spelt
    return left_sum == right_sum and sign_count >= _MIN_LETTERS


@inner
def _continues_with(words: TokenTable, word: int, at: int, part: int) -> bool:
    """Tell whether a token continues with another from place ``at`` of its letters."""
    token, piece = words.tokens[word], words.tokens[part]
    if piece.size == 0 or at + piece.size > token.size:
        return False
    for place in range(piece.size):
        if words.letters[token.letters_at + at + place] != words.letters[piece.letters_at + place]:
            return False
    return True


@inner
def _longest_unused(words: TokenTable, form: npt.NDArray[np.int32], count: int, used: int) -> int:
    """Return the place of the longest unused token of a form, -1 where all are used."""
    best, size = -1, -1
    for at in range(count):
        if not (used >> at) & 1 and words.tokens[form[at]].size > size:
            best, size = at, words.tokens[form[at]].size
    return best


@inner
def _same_when_joined(
    words: TokenTable, left_tokens: npt.NDArray[np.int32], right_tokens: npt.NDArray[np.int32], n: int, m: int
) -> bool:
    """Tell whether every token of two forms is one of the other's, or a concatenation of them: Abdulrahman."""
    taken_one = taken_two = 0
    while True:
        first, second = (
            _longest_unused(words, left_tokens, n, taken_one),
            _longest_unused(words, right_tokens, m, taken_two),
        )
        if first < 0 or second < 0:
            return first == second
        is_left = words.tokens[left_tokens[first]].size >= words.tokens[right_tokens[second]].size
        word, pieces, count = (
            (left_tokens[first], right_tokens, m) if is_left else (right_tokens[second], left_tokens, n)
        )
        taken, at = taken_two if is_left else taken_one, 0
        while at < words.tokens[word].size:
            best = -1
            for place in range(count):
                if (taken >> place) & 1 or not _continues_with(words, word, at, pieces[place]):
                    continue
                if best < 0 or words.tokens[pieces[place]].size > words.tokens[pieces[best]].size:
                    best = place
            if best < 0:
                return False
            taken |= 1 << best
            at += words.tokens[pieces[best]].size
        if is_left:
            taken_one, taken_two = taken_one | 1 << first, taken
        else:
            taken_one, taken_two = taken, taken_two | 1 << second


@inner
def _comes_after(words: TokenTable, left: int, right: int) -> bool:
    """Tell whether the left name follows the right one in spelling order."""
    for form in range(FORMS):
        n, m = _form_length(words, left, form), _form_length(words, right, form)
        for at in range(min(n, m)):
            order = token_order(words, words.forms[left, form, at], words.forms[right, form, at])
            if order:
                return order > 0
        if n != m:
            return n > m
    return False


@inner
def _take_best_pair(grades: npt.NDArray[np.int8], n: int, m: int) -> int:
    """Remove the best pair of tokens from ``grades`` and return its grade, 0 where none is left.

    Among equals, the pair with the fewest other choices goes first, so that no token is left without a partner.
    """
    best, row, column = -1, 0, 0
    for i in range(n):
        for j in range(m):
            if grades[i, j] > 0:
                choices = 0
                for index in range(m):
                    choices += grades[i, index] > 0
                for index in range(n):
                    choices += grades[index, j] > 0
                rank = grades[i, j] * 64 - choices
                if rank > best:
                    best, row, column = rank, i, j
    if best < 0:
        return 0
    best_grade = int(grades[row, column])
    grades[row, :m] = 0
    grades[:n, column] = 0
    return best_grade


@inner
def _level_of_grades(grades: npt.NDArray[np.int8], n: int, m: int) -> int:
    """Return the level that follows from the grades of all pairs of tokens; ``grades`` is used up."""
    initial = close = sound = same = 0
    for _ in range(min(n, m)):
        taken_grade = _take_best_pair(grades, n, m)
        if taken_grade == SAME:
            same += 1
        elif taken_grade == SOUND:
            sound += 1
        elif taken_grade == CLOSE:
            close += 1
        elif taken_grade == INITIAL:
            initial += 1
        else:
            break
    short, long, full = min(n, m), max(n, m), same + sound
    several, single = short >= 2, short == 1
    if several and n == m and full == short:
        return 6 if same == short else 5
    if (several and full == short) or (single and long == 1 and full == 1):
        return 4
    if (several and full + close == short) or (single and long == 1 and close == 1):
        return 3
    if full >= 2 or (single and full == 1) or (several and full >= 1 and full + close + initial == short):
        return 2
    return 1 if full == 1 else 0


@inlined
def _required_grade(minimum: int, n: int, m: int) -> int:
    """Return the grade that each token of the shorter form must reach with some token of the other for two forms of
    these lengths to have the level ``minimum``: above every grade where they cannot, 0 where some token needs no
    partner."""
    if minimum < 3:
        return 0
    if (minimum >= 5 and n != m) or (min(n, m) == 1 and (minimum >= 5 or n != m)):
        return SAME + 1
    return CLOSE if minimum == 3 else SOUND


@inlined
def _form_level(
    words: TokenTable,
    weights: AlignmentWeights,
    workspace: Workspace,
    names: tuple[int, int],
    forms: tuple[int, int],
    sizes: tuple[int, int],
    minimum: int,
) -> int:
    """Return the level of two forms of these lengths, or 0 where it is below ``minimum``."""
    left_tokens, right_tokens = words.forms[names[0], forms[0]], words.forms[names[1], forms[1]]
    (n, m), grades, any_match = sizes, workspace.grades, False
    if (
        (n > 1 or m > 1)
        and _same_letters(words, left_tokens, right_tokens, n, m)
        and _same_when_joined(words, left_tokens, right_tokens, n, m)
    ):
        return 6
    needed, turned = _required_grade(minimum, n, m), n > m
    if needed > SAME:
        return 0
    for i in range(min(n, m)):
        best = 0
        for j in range(max(n, m)):
            row, column = (j, i) if turned else (i, j)
            pair_grade = grade(words, weights, workspace, left_tokens[row], right_tokens[column])
            grades[row, column] = pair_grade
            best = max(best, pair_grade)
        if best < needed:
            return 0
        any_match |= best > 0
    return _level_of_grades(grades, n, m) if any_match else 0


@inlined
def name_level(
    words: TokenTable, weights: AlignmentWeights, workspace: Workspace, left: int, right: int, minimum: int
) -> int:
    """Return the level of two names: the highest over all pairs of their forms.

    Below ``minimum`` the result may be too low; a minimum of 3 or more saves most of the work.
    """
    best = 0
    # The order of equally good pairs matters only with three tokens on both sides.
    if _is_long(words, left) and _is_long(words, right) and _comes_after(words, left, right):
        left, right = right, left
    for left_form in range(FORMS):
        n = _form_length(words, left, left_form)
        for right_form in range(FORMS if n else 0):
            limit = _MAX_OTHER_NAME_LEVEL if OTHER_NAMES in (left_form, right_form) else 6
            m = _form_length(words, right, right_form)
            if m and best < limit:
                form_level = _form_level(
                    words, weights, workspace, (left, right), (left_form, right_form), (n, m), minimum
                )
                best = max(best, min(form_level, limit))
    return best


@inlined
def _prefetch_ahead(words: TokenTable, names: Integers, place: int) -> None:
    """Prefetch what later pairs need: their forms, then the tokens, then the tokens' letters."""
    if place + _FORMS_AHEAD < len(names):
        prefetch_two_lines(words.forms, max(names[place + _FORMS_AHEAD], 0))
    if place + _WORDS_AHEAD < len(names):
        form = words.forms[max(names[place + _WORDS_AHEAD], 0), 0]
        for at in range(_USUAL_TOKENS):
            if form[at] >= 0:
                prefetch_two_lines(words.tokens, form[at])
    if place + _LETTERS_AHEAD < len(names):
        form = words.forms[max(names[place + _LETTERS_AHEAD], 0), 0]
        for at in range(_USUAL_TOKENS):
            if form[at] >= 0:
                prefetch_line(words.letters, words.tokens[form[at]].letters_at)
                prefetch_line(words.numbers, words.tokens[form[at]].numbers_at)


@compiled
def level_pairs(
    words: TokenTable,
    weights: AlignmentWeights,
    names: tuple[Integers, Integers],
    minimum: npt.NDArray[np.int8],
    levels: npt.NDArray[np.int8],
) -> None:
    """Write the level of each pair of ``names`` into ``levels``, -1 where either has none.

    A level below ``minimum`` may be written too low.
    """
    workspace = new_workspace(len(levels))
    for place in range(len(levels)):
        _prefetch_ahead(words, names[0], place)
        left, right = names[0][place], names[1][place]
        levels[place] = (
            name_level(words, weights, workspace, left, right, minimum[place]) if left >= 0 and right >= 0 else -1
        )
