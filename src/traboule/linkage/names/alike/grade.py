"""How well two words agree: from 0 (different) to 4 (the same), compiled.

In come :class:`Words` and the numbers of two; out goes a grade. It promises: symmetric; a pair's grade depends on its
two words alone. A Latin word and one in a script with learned weights are compared by these weights; two words of one
other script as they are written; all else by sound. What sounds alike must be likelier one name spelled twice than two
names that look alike (decision 15).

    4  the same as written, vowels spelled in the commonest ways
    3  the same by sound, by weight, or as spellings of one name
    2  close: a slip of the keyboard, another romanisation
    1  one is the other's initial
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from traboule.linkage.arrays.compiled import compiled, inner, woven
from traboule.linkage.names.alike.known import met_as_one
from traboule.linkage.names.alike.scales import Scales
from traboule.linkage.names.alike.spelling import CLOSE_FROM, jaro_winkler, may_be_close, one_slip, precedes
from traboule.linkage.names.alike.weighing import Bounds, Latin, Native, Room, bits_of, reached, room_to_compare
from traboule.linkage.names.alike.words import (
    AS_SPOKEN,
    HAN,
    HANGUL,
    IN_JAPANESE,
    IN_KOREAN,
    IN_VOWELS,
    KANA,
    LATIN,
    OTHER,
    SPELT,
    Words,
)
from traboule.linkage.names.readings import SHORTEST_KOREAN
from traboule.linkage.names.tokens import FAMILIES

Integers = npt.NDArray[np.int64]

INITIAL, CLOSE, SOUND, SAME = 1, 2, 3, 4
# Bits of a pair by weight: sure of itself, leaning to one name, not against it, against it for all its sound.
SURE, LEANING, _OPEN, _AGAINST = np.float32(3.0), np.float32(0.5), np.float32(-1.0), np.float32(-3.5)


def _bounds(nearly: float, surely: float) -> tuple[np.float32, np.float32]:
    return np.float32(nearly), np.float32(surely)


# Bits by which a pair must be likelier one name than look-alikes, to be close and to be the same by sound, by what is
# known of the two: nothing; that one of them is a well-known name, which a slip may have spoilt; that both are and were
# never met as one; that they were. Across scripts, and within one.
_ACROSS = (_bounds(-4.5, -0.5), _bounds(-7.0, -0.5), _bounds(-1.0, 2.0), _bounds(-9.0, -4.0))
_WITHIN = (_bounds(-3.5, 0.0), _bounds(-3.5, 0.0), _bounds(1.5, 4.0), _bounds(-8.0, -1.0))
_OTHERWISE = _bounds(2.0, 4.0)  # Of a word that its own script would spell otherwise.
_UNKNOWN, _ONE_KNOWN, _NEVER_MET, _MET = 0, 1, 2, 3
_ANY = np.float32(-np.inf)
_SHORT, _SHORT_NEARLY = 4, np.float32(1.0)  # Letters of a word that each letter tells of, and its bits to be close.
_LONG = 8  # Letters, of which one vowel more or less parts no two names.
_VOWELS = np.uint32(sum(1 << ord(letter) - 96 for letter in "aeiouy"))
_A, _E, _O, _V = np.uint8(1), np.uint8(5), np.uint8(15), np.uint8(22)
_KOREAN_NAME = 3  # Syllables at most.
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_BARE_FROM, _LOOSE_FROM = np.float32(0.75), np.float32(0.7)


@woven
def _listed(tokens: Any, a: int, b: int) -> int:
    """Return the grade of two words that are listed as one name, or are spelled by the rules of one reading."""
    one, two = tokens[a], tokens[b]
    short = min(one.size, two.size)
    mandarin = one.mandarin == two.mandarin and short >= 2
    if one.family == two.family or ((one.korean == two.korean or mandarin) and short >= 4):
        return SOUND
    return CLOSE if mandarin else 0


@woven
def _heard(tokens: Any, letters: npt.NDArray[np.uint8], a: int, b: int) -> int:
    """Return the grade by spelling and sound of two words as romanised."""
    one, two = tokens[a], tokens[b]
    short, bare = min(one.size, two.size), one.bare != 0 or two.bare != 0
    if one.fold == two.fold and not (bare and short <= 1):
        return SAME
    sounds, loose = one.sound == two.sound, one.loose == two.loose
    likeness = np.float32(0.0)
    if short >= 2 and (sounds or loose or may_be_close(one, two)):
        likeness = np.float32(jaro_winkler(letters, one.letters_at, one.size, two.letters_at, two.size))
    # Few consonants agree by chance: Kane and Kone must be alike in their vowels as well.
    enough = 0.8 if min(one.classes, two.classes) >= 3 else 0.9
    if (sounds and (bare or np.float64(likeness) >= enough)) or (loose and bare and likeness >= _BARE_FROM):
        return SOUND
    if (likeness >= CLOSE_FROM and short >= 4) or (loose and (bare or likeness >= _LOOSE_FROM) and short >= 2):
        return CLOSE
    return INITIAL if short == 1 and one.initial == two.initial else 0


@woven
def across(tokens: Any, a: int, b: int) -> bool:
    """Tell whether one word is Latin and the other has learned weights, and neither is an initial."""
    one, two = tokens[a], tokens[b]
    apart: bool = (one.script == LATIN and two.script > LATIN) or (two.script == LATIN and one.script > LATIN)
    return apart and min(one.size, two.size) > 1


@woven
def _apart(words: Words, a: int, b: int) -> tuple[Latin, Native]:
    """Return a Latin word and one with learned weights, in either order, as they are weighed."""
    if words.tokens[a].script != LATIN:
        a, b = b, a
    one, two = words.tokens[a], words.tokens[b]
    latin = Latin(words.letters, one.letters_at, one.size, np.uint64(one.set), a)
    return latin, Native(two.script - 1, words.numbers, two.numbers_at, two.numbers, two.chance, two.best)


@inner
def _bits(words: Words, scales: Scales, room: Room, a: int, b: int) -> np.float32:
    """Return the bits of a Latin word and one with learned weights, in either order."""
    latin, native = _apart(words, a, b)
    return bits_of(scales, latin, native, room)


@inner
def _denied(words: Words, a: int, b: int) -> bool:
    """Tell whether Chinese characters themselves say that the Latin word is another name, whatever the weight.

    They do where a syllable begins with another consonant than the word has there: 小龙 is not Xiaohong; a single one
    where it is another.
    """
    if words.tokens[a].script != HAN:
        a, b = b, a
    one, two = words.tokens[a], words.tokens[b]
    if one.script != HAN:
        return False
    if one.whole:
        return True
    if one.syllables != two.syllables or one.syllables == 0:
        return False
    if one.syllables == 1:
        here, there = words.syllables[one.syllables_at], words.syllables[two.syllables_at]
        other: bool = there.plain not in (here.plain, here.old)
        return other
    for at in range(one.syllables):
        here, there = words.syllables[one.syllables_at + at], words.syllables[two.syllables_at + at]
        if here.first != there.first and here.old not in (there.plain, there.old):
            return True
    return False


@woven
def _of_woman_and_man(words: Words, one: Any, two: Any) -> bool:
    """Tell whether the second word is the first with a woman's ending: Farid and Farida, Jean and Jeanne, Paulo and
    Paula are two persons. Petrov and Petrova may be one, whose name a clerk put in the other form."""
    more, last = two.size - one.size, words.letters[two.letters_at + two.size - 1]
    ended = words.letters[one.letters_at + one.size - 1]
    kept = one.size - 1 if more == 0 else one.size
    for at in range(min(kept, two.size)):
        if words.letters[one.letters_at + at] != words.letters[two.letters_at + at]:
            return False
    doubled = ended == words.letters[two.letters_at + two.size - 2]
    return (
        (more == 0 and ended == _O and last == _A)
        or (more == 1 and last == _A and ended not in (_V, _A))
        or (more == 2 and doubled and last in (_A, _E))
    )


@woven
def _read_otherwise(one: Any, two: Any) -> bool:
    """Tell whether Chinese characters beside as many syllables of pinyin are read otherwise: 晓波 is not Xiaobin."""
    found: bool = HAN in (one.script, two.script) and 0 < one.syllables == two.syllables
    return found and one.mandarin != two.mandarin


@woven
def _spelt_otherwise(one: Any, two: Any) -> bool:
    """Tell whether a word whose script writes its vowels, beside one in Latin letters that could be of its language, is
    another name: ナオコ is not Naoki, nor 민수 Minho."""
    if one.script == LATIN:
        one, two = two, one
    japanese, korean = two.fits & IN_JAPANESE != 0, two.fits & IN_KOREAN != 0 and one.points <= _KOREAN_NAME
    other: bool = one.korean != two.korean
    if two.size < SHORTEST_KOREAN:  # So few letters are not read as Korean.
        other = one.loose != two.loose or one.vowels != two.vowels
    found: bool = (one.script == KANA and japanese and one.vowels != two.vowels) or (
        one.script == HANGUL and korean and other
    )
    return found


@woven
def _told(words: Words, a: int, b: int, heard: int) -> int:
    """Return the grade of a pair across scripts that needs no weighing, -1 where it does."""
    one, two = words.tokens[a], words.tokens[b]
    short = min(one.size, two.size)
    bare = one.bare != 0 or two.bare != 0
    if heard == SAME or one.family == two.family or (one.korean == two.korean and short >= 4):
        return SOUND if bare and max(one.line, two.line) >= 0 else max(heard, SOUND)
    if _denied(words, a, b):
        return 0
    return SOUND if one.mandarin == two.mandarin and short >= 4 else -1


@woven
def _spelt(words: Words, a: int, b: int) -> tuple[Latin, Native]:
    """Return two romanised words as the weights of Latin spellings take them, the same in either order."""
    if precedes_word(words, a, b) > 0:
        a, b = b, a
    one, two = words.tokens[a], words.tokens[b]
    latin = Latin(words.letters, one.letters_at, one.size, np.uint64(one.set), a)
    return latin, Native(SPELT, words.parts, two.letters_at, two.size, two.spelt_chance, two.spelt_best)


@woven
def _as_spoken(word: Any) -> bool:
    found: bool = word.script != OTHER or word.fits & AS_SPOKEN != 0
    return found


@woven
def _met(words: Words, scales: Scales, a: int, b: int) -> int:
    """Return what is known of two words: nothing, or whether two well-known names were ever met as one."""
    one, two = words.tokens[a], words.tokens[b]
    if not (one.known and two.known):
        return _ONE_KNOWN if one.known or two.known else _UNKNOWN
    first = one.native if one.script > LATIN else one.family
    second = two.native if two.script > LATIN else two.family
    return _MET if met_as_one(scales.pairs, first, second) else _NEVER_MET


@inner
def _weighed(words: Words, scales: Scales, room: Room, pair: tuple[int, int], heard: int) -> int:
    """Return the grade of a pair across scripts by weight, or of two romanised words that sound alike by their
    spelling; what was heard counts unless the weight denies it."""
    a, b = pair
    one, two, apart = words.tokens[a], words.tokens[b], across(words.tokens, a, b)
    met = _met(words, scales, a, b)
    if apart:
        told = _told(words, a, b, heard)
        if told >= 0:
            return told
        latin, native = _apart(words, a, b)
        low, high = _AGAINST if heard >= CLOSE else LEANING, _OPEN if heard == SOUND else SURE
        least, most = _ACROSS[met]
        if met != _MET and (_spelt_otherwise(one, two) or _read_otherwise(one, two)):
            least, most = _OTHERWISE
    else:
        if (one.fits | two.fits) & IN_VOWELS and one.sound == two.sound and one.vowels != two.vowels:
            return 0
        latin, native = _spelt(words, a, b)
        low, high = _ANY, _ANY
        least, most = _WITHIN[met]
        least = max(least, _SHORT_NEARLY) if min(one.size, two.size) <= _SHORT else least
    found = reached(scales, latin, native, room, Bounds(low, least), Bounds(high, most))
    # A script without learned weights may have written its last vowel for no sound.
    as_spoken = not (one.bare or two.bare) and _as_spoken(one) and _as_spoken(two)
    if as_spoken and (_of_woman_and_man(words, one, two) or _of_woman_and_man(words, two, one)):
        return 0
    if apart:
        return SOUND if found == 2 else CLOSE if found == 1 else 0
    if found == 2:
        return heard
    return CLOSE if found == 1 or (met != _NEVER_MET and _slipped(words, one, two)) else 0


@inner
def _slipped(words: Words, one: Any, two: Any) -> bool:
    """Tell whether a slip of the keyboard parts two words of four letters or more. To put one vowel for another is no
    slip of a short name, but another name: Minh and Manh."""
    if min(one.size, two.size) < 4:
        return False
    at = one_slip(words.letters, one.letters_at, one.size, two.letters_at, two.size)
    if at < 0 or one.size != two.size or one.size >= _LONG:
        return at >= 0
    here, there = words.letters[one.letters_at + at], words.letters[two.letters_at + at]
    return not (_is_vowel(here) and _is_vowel(there))


@woven
def _is_vowel(letter: np.uint8) -> bool:
    return int((_VOWELS >> np.uint32(letter)) & np.uint32(1)) != 0


@woven
def _remembered(words: Words, scales: Scales, room: Room, pair: tuple[int, int], heard: int) -> int:
    """Return the grade of a pair that is weighed: the one found before, as long as there was room to keep it."""
    low, high = np.uint64(min(pair[0], pair[1])), np.uint64(max(pair[0], pair[1]))
    key = low << np.uint64(32) | high
    kept = room.met[np.int64((key * _SPREAD) >> np.uint64(40)) & (len(room.met) - 1)]
    if kept.pair != key:
        kept.grade = _weighed(words, scales, room, pair, heard)
        kept.pair = key
    return int(kept.grade)


@inner
def _written(words: Words, a: int, b: int, heard: int) -> int:
    """Return the grade of two words written in one script that is not Latin."""
    one, two = words.tokens[a], words.tokens[b]
    if one.native == two.native:
        return SAME
    if one.bare and two.bare:
        # Without vowels, two names of the same consonants are two names; only their letters tell.
        if heard == SAME:
            return SAME
        long = min(one.size, two.size) >= 5
        if long and one_slip(words.points, one.points_at, one.points, two.points_at, two.points) >= 0:
            return CLOSE
        return SOUND if one.family == two.family else INITIAL if heard == INITIAL else 0
    if one.script == HAN and heard >= SOUND:
        # One syllable is written with many characters, each another name; a clerk who only heard it may take another.
        first = a if precedes_word(words, a, b) <= 0 else b
        return INITIAL if words.tokens[first].points == 1 else CLOSE
    return heard


@inner
def precedes_word(words: Words, a: int, b: int) -> int:
    """Return -1 where a word stands before another in the order of their spelling, 1 behind it, 0 where equal."""
    one, two = words.tokens[a], words.tokens[b]
    found = precedes(words.letters, one.letters_at, one.size, two.letters_at, two.size)
    return found if found else precedes(words.points, one.points_at, one.points, two.points_at, two.points)


@inner
def _is_reading(words: Words, a: int, b: int) -> bool:
    """Tell whether one word is another reading of the other's Chinese characters."""
    if words.tokens[a].script != HAN:
        a, b = b, a
    one, two = words.tokens[a], words.tokens[b]
    if one.script != HAN or two.script == HAN:
        return False
    found = False
    for at in range(one.readings_at, one.readings_at + one.readings):
        found |= words.readings[at] == two.read or words.readings[at] == two.korean
    return found


@woven
def grade(words: Words, scales: Scales, room: Room, a: int, b: int) -> int:
    """Return the grade of two words."""
    if a == b:
        return SAME
    one, two = words.tokens[a], words.tokens[b]
    found, listed = _heard(words.tokens, words.letters, a, b), _listed(words.tokens, a, b)
    apart = across(words.tokens, a, b)
    if apart or (CLOSE <= found <= SOUND and found > listed and not (one.bare or two.bare)):
        found = _remembered(words, scales, room, (a, b), max(found, listed) if apart else found)
    found = found if apart else max(found, listed)
    if one.script != LATIN or two.script != LATIN:
        if one.native and two.native and one.script == two.script:
            found = _written(words, a, b, found)
        if found < SOUND and _is_reading(words, a, b):
            found = SOUND
    return 0 if found > INITIAL and _listed_apart(one, two) else found


@woven
def _listed_apart(one: Any, two: Any) -> bool:
    """Tell whether two words are listed as two names. Chinese characters may be read as one family or as another."""
    if one.line < 0 or two.line < 0 or one.line == two.line:
        return False
    found: bool = max(one.line, two.line) < FAMILIES or (one.script == LATIN and two.script == LATIN)
    return found


@compiled
def grade_pairs(words: Words, scales: Scales, left: Integers, right: Integers, found: npt.NDArray[np.int8]) -> None:
    """Put the grade of each pair of words into ``found``."""
    room = room_to_compare(len(found))
    for place in range(len(found)):
        found[place] = grade(words, scales, room, left[place], right[place])


@compiled
def bits_of_pairs(
    words: Words, scales: Scales, left: Integers, right: Integers, found: npt.NDArray[np.float32]
) -> None:
    """Put the bits of each pair of words across scripts into ``found``, infinity for all others."""
    room = room_to_compare(len(found))
    for place in range(len(found)):
        a, b = left[place], right[place]
        found[place] = np.inf
        if across(words.tokens, a, b):
            found[place] = _bits(words, scales, room, a, b)
