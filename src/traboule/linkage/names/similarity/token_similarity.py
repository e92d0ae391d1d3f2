"""Grade how well two tokens agree, from 0 (different) to 4 (the same), in compiled code.

Grades are symmetric and depend only on the two tokens. A Latin token and one in a script with learned weights are
compared by these weights, two tokens of another script as they are written, and all others by sound. Tokens that sound
alike must also be likelier one name spelled twice than two look-alike names (decision 15).

    4  the same as written, with vowels in their commonest spelling
    3  the same by sound, by alignment weights, or as listed spellings of one name
    2  close: a typing error, another romanisation
    1  one is the initial of the other
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from traboule.linkage.arrays.jit import compiled, inlined, inner
from traboule.linkage.names.similarity.alignment import (
    Bounds,
    LatinToken,
    NativeToken,
    Workspace,
    alignment_bits,
    bounds_reached,
    new_workspace,
)
from traboule.linkage.names.similarity.alignment_weights import AlignmentWeights
from traboule.linkage.names.similarity.contradictions import (
    contradicts_characters,
    differ_by_gender_ending,
    differ_in_mandarin,
    differ_in_vowels,
    is_typing_error,
    listed_as_different,
)
from traboule.linkage.names.similarity.edit_similarity import (
    CLOSE_FROM,
    jaro_winkler,
    may_be_close,
    single_edit,
    span_order,
)
from traboule.linkage.names.similarity.token_table import (
    AS_SPOKEN,
    HAN,
    IN_VOWELS,
    LATIN,
    LATIN_SPELLING,
    OTHER_SCRIPT,
    TokenTable,
)
from traboule.linkage.names.similarity.well_known import seen_as_one

Integers = npt.NDArray[np.int64]

INITIAL, CLOSE, SOUND, SAME = 1, 2, 3, 4
# Bits of an aligned pair: certain, leaning to one name, not against it, against it in spite of its sound.
SURE, LEANING, _OPEN, _AGAINST = np.float32(3.0), np.float32(0.5), np.float32(-1.0), np.float32(-3.5)


def _bounds(nearly: float, surely: float) -> tuple[np.float32, np.float32]:
    return np.float32(nearly), np.float32(surely)


# Bits by which a pair must be likelier one name than look-alikes, to be close and to be the same by sound, by what is
# known of the two: neither is well known; one is (and the other may be a typing error of it); both are and were
# never seen as one name; they were. Across scripts, and within Latin.
_CROSS_SCRIPT_BOUNDS = (_bounds(-4.5, -0.5), _bounds(-7.0, -0.5), _bounds(-1.0, 2.0), _bounds(-9.0, -4.0))
_LATIN_BOUNDS = (_bounds(-3.5, 0.0), _bounds(-3.5, 0.0), _bounds(1.5, 4.0), _bounds(-8.0, -1.0))
_CONTRARY_BOUNDS = _bounds(2.0, 4.0)  # Where the native script contradicts the Latin spelling.
_NEITHER_WELL_KNOWN, _ONE_WELL_KNOWN, _NEVER_SEEN_AS_ONE, _SEEN_AS_ONE = 0, 1, 2, 3
_NO_BOUND = np.float32(-np.inf)
# Letters of a short token, and the bits that it needs to be close.
_MAX_SHORT, _SHORT_CLOSE_BITS = 4, np.float32(1.0)
_HASH_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_BARE_SIMILARITY, _LOOSE_SIMILARITY = np.float32(0.75), np.float32(0.7)


@inlined
def _listed_grade(tokens: Any, a: int, b: int) -> int:
    """Return the grade of two tokens that are listed as one name, or have the same reading."""
    left, right = tokens[a], tokens[b]
    short = min(left.size, right.size)
    mandarin = left.mandarin == right.mandarin and short >= 2
    if left.family == right.family or ((left.korean == right.korean or mandarin) and short >= 4):
        return SOUND
    return CLOSE if mandarin else 0


@inlined
def _phonetic_grade(tokens: Any, letters: npt.NDArray[np.uint8], a: int, b: int) -> int:
    """Return the grade of two romanised tokens by spelling and sound."""
    left, right = tokens[a], tokens[b]
    short, bare = min(left.size, right.size), left.bare != 0 or right.bare != 0
    if left.fold == right.fold and not (bare and short <= 1):
        return SAME
    sounds, loose = left.sound == right.sound, left.loose == right.loose
    similarity = np.float32(0.0)
    if short >= 2 and (sounds or loose or may_be_close(left, right)):
        similarity = np.float32(jaro_winkler(letters, left.letters_at, left.size, right.letters_at, right.size))
    # Few consonants agree easily by chance: Kane and Kone must have similar vowels as well.
    enough = 0.8 if min(left.classes, right.classes) >= 3 else 0.9
    if (sounds and (bare or np.float64(similarity) >= enough)) or (loose and bare and similarity >= _BARE_SIMILARITY):
        return SOUND
    if (similarity >= CLOSE_FROM and short >= 4) or (
        loose and (bare or similarity >= _LOOSE_SIMILARITY) and short >= 2
    ):
        return CLOSE
    return INITIAL if short == 1 and left.initial == right.initial else 0


@inlined
def is_cross_script(tokens: Any, a: int, b: int) -> bool:
    """Tell whether one token is Latin and the other has learned weights, and neither is an initial."""
    left, right = tokens[a], tokens[b]
    scripts_differ: bool = (left.script == LATIN and right.script > LATIN) or (
        right.script == LATIN and left.script > LATIN
    )
    return scripts_differ and min(left.size, right.size) > 1


@inlined
def _as_cross_script(words: TokenTable, a: int, b: int) -> tuple[LatinToken, NativeToken]:
    """Return a Latin token and one with learned weights, in either order, as the alignment takes them."""
    if words.tokens[a].script != LATIN:
        a, b = b, a
    latin_row, native_row = words.tokens[a], words.tokens[b]
    latin = LatinToken(words.letters, latin_row.letters_at, latin_row.size, np.uint64(latin_row.set), a)
    return latin, NativeToken(
        native_row.script - 1,
        words.numbers,
        native_row.numbers_at,
        native_row.numbers,
        native_row.chance,
        native_row.best,
    )


@inner
def _pair_bits(words: TokenTable, weights: AlignmentWeights, workspace: Workspace, a: int, b: int) -> np.float32:
    """Return the bits of a Latin token and one with learned weights, in either order."""
    latin, native = _as_cross_script(words, a, b)
    return alignment_bits(weights, latin, native, workspace)


@inlined
def _certain_grade(words: TokenTable, a: int, b: int, phonetic: int) -> int:
    """Return the grade of a cross-script pair that needs no alignment, -1 where it does."""
    left, right = words.tokens[a], words.tokens[b]
    short = min(left.size, right.size)
    bare = left.bare != 0 or right.bare != 0
    if phonetic == SAME or left.family == right.family or (left.korean == right.korean and short >= 4):
        return SOUND if bare and max(left.line, right.line) >= 0 else max(phonetic, SOUND)
    if contradicts_characters(words, a, b):
        return 0
    return SOUND if left.mandarin == right.mandarin and short >= 4 else -1


@inlined
def _as_latin_pair(words: TokenTable, a: int, b: int) -> tuple[LatinToken, NativeToken]:
    """Return two romanised tokens as the weights of Latin spellings take them, the same in either order."""
    if token_order(words, a, b) > 0:
        a, b = b, a
    first, second = words.tokens[a], words.tokens[b]
    latin = LatinToken(words.letters, first.letters_at, first.size, np.uint64(first.set), a)
    return latin, NativeToken(
        LATIN_SPELLING, words.parts, second.letters_at, second.size, second.spelt_chance, second.spelt_best
    )


@inlined
def _as_spoken(word: Any) -> bool:
    spoken: bool = word.script != OTHER_SCRIPT or word.fits & AS_SPOKEN != 0
    return spoken


@inlined
def _familiarity(words: TokenTable, weights: AlignmentWeights, a: int, b: int) -> int:
    """Return what is known of two tokens: whether either is well known, and whether two well-known ones were seen as
    one."""
    left, right = words.tokens[a], words.tokens[b]
    if not (left.well_known and right.well_known):
        return _ONE_WELL_KNOWN if left.well_known or right.well_known else _NEITHER_WELL_KNOWN
    first = left.native if left.script > LATIN else left.family
    second = right.native if right.script > LATIN else right.family
    return _SEEN_AS_ONE if seen_as_one(weights.pairs, first, second) else _NEVER_SEEN_AS_ONE


@inner
def _aligned_grade(
    words: TokenTable, weights: AlignmentWeights, workspace: Workspace, pair: tuple[int, int], phonetic: int
) -> int:
    """Return the grade of a cross-script pair by its alignment, or of two similar-sounding romanised tokens by their
    spelling. The phonetic grade counts unless the alignment contradicts it."""
    a, b = pair
    left, right, cross_script = words.tokens[a], words.tokens[b], is_cross_script(words.tokens, a, b)
    familiarity = _familiarity(words, weights, a, b)
    if cross_script:
        certain = _certain_grade(words, a, b, phonetic)
        if certain >= 0:
            return certain
        latin, native = _as_cross_script(words, a, b)
        low, high = _AGAINST if phonetic >= CLOSE else LEANING, _OPEN if phonetic == SOUND else SURE
        least, most = _CROSS_SCRIPT_BOUNDS[familiarity]
        if familiarity != _SEEN_AS_ONE and (differ_in_vowels(left, right) or differ_in_mandarin(left, right)):
            least, most = _CONTRARY_BOUNDS
    else:
        if (left.fits | right.fits) & IN_VOWELS and left.sound == right.sound and left.vowels != right.vowels:
            return 0
        latin, native = _as_latin_pair(words, a, b)
        low, high = _NO_BOUND, _NO_BOUND
        least, most = _LATIN_BOUNDS[familiarity]
        least = max(least, _SHORT_CLOSE_BITS) if min(left.size, right.size) <= _MAX_SHORT else least
    bounds_met = bounds_reached(weights, latin, native, workspace, Bounds(low, least), Bounds(high, most))
    # In a script without learned weights the last vowel may be silent.
    as_spoken = not (left.bare or right.bare) and _as_spoken(left) and _as_spoken(right)
    if as_spoken and (differ_by_gender_ending(words, left, right) or differ_by_gender_ending(words, right, left)):
        return 0
    if cross_script:
        return SOUND if bounds_met == 2 else CLOSE if bounds_met == 1 else 0
    if bounds_met == 2:
        return phonetic
    return (
        CLOSE if bounds_met == 1 or (familiarity != _NEVER_SEEN_AS_ONE and is_typing_error(words, left, right)) else 0
    )


@inlined
def _cached_grade(
    words: TokenTable, weights: AlignmentWeights, workspace: Workspace, pair: tuple[int, int], phonetic: int
) -> int:
    """Return the grade of a pair that needs alignment, from the cache where it is there."""
    low, high = np.uint64(min(pair[0], pair[1])), np.uint64(max(pair[0], pair[1]))
    key = low << np.uint64(32) | high
    cached = workspace.grade_cache[
        np.int64((key * _HASH_MULTIPLIER) >> np.uint64(40)) & (len(workspace.grade_cache) - 1)
    ]
    if cached.pair != key:
        cached.grade = _aligned_grade(words, weights, workspace, pair, phonetic)
        cached.pair = key
    return int(cached.grade)


@inner
def _written_grade(words: TokenTable, a: int, b: int, phonetic: int) -> int:
    """Return the grade of two tokens written in one script that is not Latin."""
    left, right = words.tokens[a], words.tokens[b]
    if left.native == right.native:
        return SAME
    if left.bare and right.bare:
        # Without vowels, equal consonants may be two names; only the letters decide.
        if phonetic == SAME:
            return SAME
        long = min(left.size, right.size) >= 5
        if long and single_edit(words.points, left.points_at, left.points, right.points_at, right.points) >= 0:
            return CLOSE
        return SOUND if left.family == right.family else INITIAL if phonetic == INITIAL else 0
    if left.script == HAN and phonetic >= SOUND:
        # Many characters share a syllable, each another name; a clerk who only heard it may choose another.
        first = a if token_order(words, a, b) <= 0 else b
        return INITIAL if words.tokens[first].points == 1 else CLOSE
    return phonetic


@inner
def token_order(words: TokenTable, a: int, b: int) -> int:
    """Return -1 where one token precedes the other in spelling order, 1 where it follows, 0 where they are equal."""
    left, right = words.tokens[a], words.tokens[b]
    order = span_order(words.letters, left.letters_at, left.size, right.letters_at, right.size)
    return order if order else span_order(words.points, left.points_at, left.points, right.points_at, right.points)


@inner
def _is_other_reading(words: TokenTable, a: int, b: int) -> bool:
    """Tell whether one token is another reading of the other's Chinese characters."""
    if words.tokens[a].script != HAN:
        a, b = b, a
    characters, romanised = words.tokens[a], words.tokens[b]
    if characters.script != HAN or romanised.script == HAN:
        return False
    matches = False
    for at in range(characters.readings_at, characters.readings_at + characters.readings):
        matches |= words.readings[at] == romanised.read or words.readings[at] == romanised.korean
    return matches


@inlined
def grade(words: TokenTable, weights: AlignmentWeights, workspace: Workspace, a: int, b: int) -> int:
    """Return the grade of two tokens."""
    if a == b:
        return SAME
    left, right = words.tokens[a], words.tokens[b]
    best, listed_grade = _phonetic_grade(words.tokens, words.letters, a, b), _listed_grade(words.tokens, a, b)
    cross_script = is_cross_script(words.tokens, a, b)
    if cross_script or (CLOSE <= best <= SOUND and best > listed_grade and not (left.bare or right.bare)):
        best = _cached_grade(words, weights, workspace, (a, b), max(best, listed_grade) if cross_script else best)
    best = best if cross_script else max(best, listed_grade)
    if left.script != LATIN or right.script != LATIN:
        if left.native and right.native and left.script == right.script:
            best = _written_grade(words, a, b, best)
        if best < SOUND and _is_other_reading(words, a, b):
            best = SOUND
    return 0 if best > INITIAL and listed_as_different(left, right) else best


@compiled
def grade_pairs(
    words: TokenTable, weights: AlignmentWeights, left: Integers, right: Integers, grades: npt.NDArray[np.int8]
) -> None:
    """Write the grade of each pair of tokens into ``grades``."""
    workspace = new_workspace(len(grades))
    for place in range(len(grades)):
        grades[place] = grade(words, weights, workspace, left[place], right[place])


@compiled
def bits_of_pairs(
    words: TokenTable, weights: AlignmentWeights, left: Integers, right: Integers, bits: npt.NDArray[np.float32]
) -> None:
    """Write the bits of each cross-script pair of tokens into ``bits``, infinity for all others."""
    workspace = new_workspace(len(bits))
    for place in range(len(bits)):
        a, b = left[place], right[place]
        bits[place] = np.inf
        if is_cross_script(words.tokens, a, b):
            bits[place] = _pair_bits(words, weights, workspace, a, b)
