"""Find what contradicts a similarity: signs that two similar tokens are two names, in compiled code."""

from __future__ import annotations

from typing import Any

import numpy as np

from traboule.linkage.arrays.jit import inlined, inner
from traboule.linkage.names.readings import SHORTEST_KOREAN
from traboule.linkage.names.similarity.edit_similarity import single_edit
from traboule.linkage.names.similarity.token_table import HAN, HANGUL, IN_JAPANESE, IN_KOREAN, KANA, LATIN, TokenTable
from traboule.linkage.names.tokens import FIRST_FAMILY_NAME

_MAX_KOREAN_SYLLABLES = 3  # Of a given or whole name.
_MIN_LONG = 8  # Letters. From this length on, one different vowel does not make another name.
_VOWELS = np.uint32(sum(1 << ord(letter) - 96 for letter in "aeiouy"))
_A, _E, _O, _V = np.uint8(1), np.uint8(5), np.uint8(15), np.uint8(22)


@inner
def contradicts_characters(words: TokenTable, a: int, b: int) -> bool:
    """Tell whether Chinese characters rule out the Latin token, whatever the alignment says.

    They do where a syllable begins with another consonant (小龙 is not Xiaohong), or where a single syllable differs.
    """
    if words.tokens[a].script != HAN:
        a, b = b, a
    characters, romanised = words.tokens[a], words.tokens[b]
    if characters.script != HAN:
        return False
    if characters.whole:
        return True
    if characters.syllables != romanised.syllables or characters.syllables == 0:
        return False
    if characters.syllables == 1:
        left_syllable, right_syllable = (
            words.syllables[characters.syllables_at],
            words.syllables[romanised.syllables_at],
        )
        differs: bool = right_syllable.plain not in (left_syllable.plain, left_syllable.old)
        return differs
    for at in range(characters.syllables):
        left_syllable, right_syllable = (
            words.syllables[characters.syllables_at + at],
            words.syllables[romanised.syllables_at + at],
        )
        if left_syllable.first != right_syllable.first and left_syllable.old not in (
            right_syllable.plain,
            right_syllable.old,
        ):
            return True
    return False


@inlined
def differ_by_gender_ending(words: TokenTable, left: Any, right: Any) -> bool:
    """Tell whether the second token is the first with a feminine ending: Farid and Farida, Jean and Jeanne, Paulo and
    Paula are two persons. Petrov and Petrova may be one person, entered in the other form by a clerk."""
    extra, right_last = right.size - left.size, words.letters[right.letters_at + right.size - 1]
    left_last = words.letters[left.letters_at + left.size - 1]
    compared = left.size - 1 if extra == 0 else left.size
    for at in range(min(compared, right.size)):
        if words.letters[left.letters_at + at] != words.letters[right.letters_at + at]:
            return False
    doubled = left_last == words.letters[right.letters_at + right.size - 2]
    return (
        (extra == 0 and left_last == _O and right_last == _A)
        or (extra == 1 and right_last == _A and left_last not in (_V, _A))
        or (extra == 2 and doubled and right_last in (_A, _E))
    )


@inlined
def differ_in_mandarin(left: Any, right: Any) -> bool:
    """Tell whether Chinese characters are read differently from equally many pinyin syllables: 晓波 is not Xiaobin."""
    comparable: bool = HAN in (left.script, right.script) and 0 < left.syllables == right.syllables
    return comparable and left.mandarin != right.mandarin


@inlined
def differ_in_vowels(left: Any, right: Any) -> bool:
    """Tell whether a token whose script writes its vowels contradicts a Latin one that could be of its language.

    ナオコ is not Naoki, and 민수 is not Minho.
    """
    if left.script == LATIN:
        left, right = right, left
    japanese, korean = (
        right.fits & IN_JAPANESE != 0,
        right.fits & IN_KOREAN != 0 and left.points <= _MAX_KOREAN_SYLLABLES,
    )
    differs: bool = left.korean != right.korean
    if right.size < SHORTEST_KOREAN:  # Too short to be read as Korean.
        differs = left.loose != right.loose or left.vowels != right.vowels
    contradicts: bool = (left.script == KANA and japanese and left.vowels != right.vowels) or (
        left.script == HANGUL and korean and differs
    )
    return contradicts


@inner
def is_typing_error(words: TokenTable, left: Any, right: Any) -> bool:
    """Tell whether one typing error separates two tokens of four letters or more. In a short name, another vowel is
    another name: Minh and Manh."""
    if min(left.size, right.size) < 4:
        return False
    at = single_edit(words.letters, left.letters_at, left.size, right.letters_at, right.size)
    if at < 0 or left.size != right.size or left.size >= _MIN_LONG:
        return at >= 0
    left_letter, right_letter = words.letters[left.letters_at + at], words.letters[right.letters_at + at]
    return not (_is_vowel(left_letter) and _is_vowel(right_letter))


@inlined
def _is_vowel(letter: np.uint8) -> bool:
    return int((_VOWELS >> np.uint32(letter)) & np.uint32(1)) != 0


@inlined
def listed_as_different(left: Any, right: Any) -> bool:
    """Tell whether two tokens are listed as two names. Chinese characters may be read as one family name or another."""
    if left.line < 0 or right.line < 0 or left.line == right.line:
        return False
    differs: bool = max(left.line, right.line) < FIRST_FAMILY_NAME or (left.script == LATIN and right.script == LATIN)
    return differs
