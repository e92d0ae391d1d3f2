"""Words as compiled code compares them: one row of numbers and marks a word, its letters and signs behind one another.

In come words; out go :class:`Words`. It promises: pure; what stands in a row depends on that word alone, not on the
others beside it, so that words packed apart can be put together, one by one as they come.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from traboule.core.parallel import both
from traboule.linkage.arrays.compiled import compiled
from traboule.linkage.arrays.marks import Marks, letter_sums, marks, point_sums
from traboule.linkage.arrays.signs import SIGNS, bytes_of, points_of
from traboule.linkage.fields.texts import Column, Integers, beginnings, filled, one_behind_other, taken
from traboule.linkage.names.alike.known import are_known
from traboule.linkage.names.alike.scales import signs_of
from traboule.linkage.names.groups import Packed
from traboule.linkage.names.letters import LEARNED, LONGEST, Numbers
from traboule.linkage.names.readings import (
    also_read,
    divided,
    in_japanese,
    in_korean,
    in_one_script,
    in_pinyin,
    korean_sounds_of,
    mandarin,
    old_spelling,
    reads_as_word,
    syllabics_of,
    wade_giles_of,
)
from traboule.linkage.names.sounds import (
    are_listed,
    classes_in,
    folds_of,
    listed_lines,
    sounds_of,
    standing_for_all,
    vowels_of,
)
from traboule.linkage.names.spelled import Tokens
from traboule.linkage.names.tokens import VOWELLESS, Word
from traboule.linkage.names.transliteration import scales, weights
from traboule.linkage.names.writing.cleaning import SCRIPTS

LATIN, OTHER = 0, -1
_LEARNED = tuple(LEARNED)
HAN, HANGUL, KANA = (_LEARNED.index(script) + 1 for script in ("han", "hangul", "kana"))
# Bits: a Latin word could be Japanese, or Korean; a script without learned weights writes all vowels as they sound, or
# writes none at the end that does not sound.
IN_JAPANESE, IN_KOREAN, IN_VOWELS, AS_SPOKEN = np.uint8(1), np.uint8(2), np.uint8(4), np.uint8(8)
_ALPHABETS = dict.fromkeys(("armenian", "georgian", "greek"), IN_VOWELS + AS_SPOKEN)
_FITS = _ALPHABETS | dict.fromkeys(("devanagari", "bengali", "indic"), AS_SPOKEN)
# By script.
_FIT = np.array([_FITS.get(script, 0) for script in SCRIPTS], dtype=np.uint8)
_BARE = np.array([script in VOWELLESS for script in SCRIPTS])
_PLACE = np.array([_LEARNED.index(script) + 1 if script in LEARNED else OTHER for script in SCRIPTS], dtype=np.int8)
_PLACE[SCRIPTS.index("latin")] = LATIN
SPELT = _LEARNED.index("latin")  # The place of the weights of Latin spellings among the scales.
FORMS = 3  # As romanised by the filer, as written in the native script, other names.
_BEGINNING = 3  # Classes of consonants.

# Marks that are equal where two words agree: in sound, loosely, how they begin and with which sound; ``fold``: vowels
# spelled in the commonest ways; ``family``: the spelling that stands for all of one name; ``read``: its syllables, were
# they Chinese; ``mandarin``, ``korean``: spelled anew; ``vowels``: their classes; ``native``: as written, 0 where that
# is Latin. ``letters``: a sum, equal where the Latin letters are; ``spelt``: likewise the signs as written, ``signs``
# how many. ``set``: which letters, as bits. ``*_at``: where its letters, points, numbered signs, readings and syllables
# begin. ``script``: 0 Latin, then the place of its script among the learned ones from 1, else -1. ``whole``: listed
# whole with a reading of its own. ``line``: which listed name it is, -1 for none. ``known``: a well-known name.
# ``fits``: see above. ``chance``, ``best``: logarithms of how likely its signs are by themselves, and beside what they
# sound most like; ``spelt_*``: the same of its Latin letters.
TOKEN = np.dtype(
    [
        # What every comparison reads stands together: to fetch a word from memory takes longer than to compare it.
        *((name, np.uint64) for name in ("spelt", "fold", "sound", "loose", "family", "korean", "mandarin")),
        *(("letters_at", np.int32), ("set", np.uint32), ("size", np.int32), ("signs", np.int16), ("line", np.int16)),
        *(("script", np.int8), ("bare", np.uint8), ("kinds", np.uint8), ("classes", np.uint8), ("initial", np.uint8)),
        *(("fits", np.uint8), ("known", np.uint8), ("whole", np.uint8)),
        *((name, np.uint64) for name in ("native", "read", "vowels", "beginning", "first", "letters")),
        *((name, np.float64) for name in ("chance", "best", "spelt_chance", "spelt_best")),
        *(("points_at", np.int32), ("numbers_at", np.int32), ("readings_at", np.int32), ("syllables_at", np.int32)),
        *(("numbers", np.int32), ("points", np.int16), ("readings", np.int16), ("syllables", np.uint8)),
    ]
)
# One syllable of a word: its first letter, and marks of how it is spelled in pinyin and by Wade and Giles.
SYLLABLE = np.dtype([("plain", np.uint64), ("old", np.uint64), ("first", np.int64)])


class Words(NamedTuple):
    """Names and their words. ``forms``: (names, forms, tokens) numbers of words, -1 for none. ``tokens``: TOKEN.

    ``letters``: 1 to 26; ``parts``: the same as signs of Latin, with the parts that begin there; ``points``: of what is
    written, in one script; ``numbers``: of learned signs, and of the parts that begin there; ``readings``: marks of
    other readings, ascending; ``syllables``: SYLLABLE.
    """

    forms: npt.NDArray[np.int32]
    tokens: Any
    letters: npt.NDArray[np.uint8]
    parts: npt.NDArray[np.int16]
    points: npt.NDArray[np.int32]
    numbers: npt.NDArray[np.int16]
    readings: npt.NDArray[np.uint64]
    syllables: Any


def words_of(words: Sequence[Word], forms: npt.NDArray[np.int32]) -> Words:
    """Return ``words`` packed, in the same order, and the names that ``forms`` makes of them."""
    words = Tokens.of(words)
    offsets, letters = bytes_of(words.texts)
    letters = letters[offsets[0] : offsets[-1]] - np.uint8(96)
    tokens = np.zeros(len(words), dtype=TOKEN)
    tokens["size"], tokens["letters_at"] = np.diff(offsets), offsets[:-1] - offsets[0]
    tokens["letters"] = letter_sums(words.texts)
    describe(tokens, letters)
    bounds = np.append(tokens["letters_at"], len(letters)).astype(np.int64)
    everything = np.full(len(words), SPELT, dtype=np.int64)
    parts, tokens["spelt_chance"], tokens["spelt_best"] = signs_of(
        scales(), everything, Packed(letters.astype(np.int32), bounds)
    )
    tokens["script"] = _PLACE[words.scripts]
    # Neither how words are heard nor how they are written waits for the other.
    written, _ = both(lambda: _native(tokens, words), lambda: _hear(tokens, words.texts), things=len(words))
    _name(tokens, words.natives)
    return Words(forms, tokens, letters, parts, *written)


def _starts(sizes: Any) -> Any:
    return np.cumsum(sizes) - sizes


@compiled
def describe(tokens: Any, letters: npt.NDArray[np.uint8]) -> None:
    """Write of each word which letters it has, how many different ones, and its first."""
    for row in tokens:
        found, kinds = np.uint32(0), 0
        for at in range(row.letters_at, row.letters_at + row.size):
            bit = np.uint32(1) << np.uint32(letters[at] - 1)
            kinds += 0 if found & bit else 1
            found |= bit
        row.set, row.kinds = found, kinds
        row.initial = letters[row.letters_at] if row.size else 0


def _hear(tokens: Any, column: Column) -> None:
    """Write of each word how it sounds, and as which name it counts."""
    heard, loose = sounds_of(column)
    families = standing_for_all(column)
    columns = {
        "sound": heard,
        "loose": loose,
        "beginning": beginnings(loose, _BEGINNING),
        "first": beginnings(loose, 1),
        "family": families,
        "fold": folds_of(column),
        "read": syllabics_of(column),
        "mandarin": wade_giles_of(column),
        "korean": (korean := korean_sounds_of(column)),
        "vowels": vowels_of(korean),
    }
    marked = marks(one_behind_other(list(columns.values()))).reshape(len(columns), len(column))
    for name, found in zip(columns, marked, strict=True):
        tokens[name] = found
    tokens["line"] = listed_lines(families)
    tokens["classes"] = classes_in(heard)


def _native(tokens: Any, words: Tokens) -> tuple[Any, Any, Any, Any]:
    """Write of each word how it is written; return the points, numbered signs, readings and syllables of all."""
    signs, starts = points_of(words.as_written())
    tokens["spelt"], tokens["signs"] = point_sums(signs, starts), np.diff(starts)
    latin = tokens["script"] == LATIN
    tokens["bare"], tokens["fits"] = _BARE[words.scripts], _FIT[words.scripts]
    tokens["fits"] += np.where(latin, in_japanese(words.texts) * IN_JAPANESE + in_korean(words.texts) * IN_KOREAN, 0)
    natives = in_one_script(words.natives)
    tokens["native"] = np.where(filled(natives), marks(natives), 0)
    points, starts = points_of(natives)
    tokens["points"], tokens["points_at"] = np.diff(starts), starts[:-1]
    packed = _numbered(words)
    tokens["numbers"], tokens["numbers_at"] = np.diff(packed.starts), packed.starts[:-1]
    numbers, tokens["chance"], tokens["best"] = signs_of(scales(), tokens["script"].astype(np.int64) - 1, packed)
    han = np.flatnonzero(tokens["script"] == HAN)
    tokens["whole"][han] = [reads_as_word(native) for native in taken(natives, han).to_pylist()]
    readings, tokens["readings"] = _readings(taken(words.natives, han).to_pylist(), han, len(words))
    tokens["readings_at"] = _starts(tokens["readings"])
    return points.view(np.int32), numbers, readings, _syllables(tokens, words.texts, points)


def _name(tokens: Any, natives: Column) -> None:
    """Write of each word, heard and as written, whether it is a well-known name and which listed one it is not."""
    tokens["known"] = are_known(np.where(tokens["script"] > LATIN, tokens["native"], tokens["family"]))
    # What these are read as is no spelling of a listed name: ラン may be Lan as well as Ran. Unless it is listed so.
    script = tokens["script"]
    sounded = (script == HAN) | (script == HANGUL) | (script == KANA)
    tokens["line"][sounded & ~are_listed(natives)] = -1


def _readings(natives: Sequence[str], places: Integers, words: int) -> tuple[Marks, Integers]:
    """Return the marks of the other readings of words in Chinese characters, which stand at ``places`` among so many
    ``words``, each word's ascending; and how many each of all words has."""
    readings, word = also_read(natives)
    heard, word = marks(readings), places[word]
    order = np.lexsort((heard, word))
    heard, word = heard[order], word[order]
    fresh = np.ones(len(heard), dtype=np.bool_)
    fresh[1:] = (heard[1:] != heard[:-1]) | (word[1:] != word[:-1])
    return heard[fresh], np.bincount(word[fresh], minlength=words)


@cache
def _numbers(script: str) -> Numbers:
    """Return the signs of a script as its learned weights number them."""
    return Numbers(script, weights(script).numbers)


def _numbered(words: Tokens) -> Packed:
    """Return the signs of each word as the learned weights of its script number them, at most LONGEST of one."""
    points, starts = points_of(words.natives)
    if not len(points):
        return Packed(np.zeros(0, dtype=np.int32), starts)
    script = np.repeat(_PLACE[words.scripts].astype(np.int64), np.diff(starts))
    codes, place = np.unique(script * SIGNS + points, return_inverse=True)
    met = zip((codes // SIGNS).tolist(), map(chr, (codes % SIGNS).tolist()), strict=True)
    read = Packed.of([_numbers(_LEARNED[script - 1])[sign] if script > 0 else () for script, sign in met]).take(place)
    bounds = read.starts[starts]
    sizes = np.diff(bounds)
    if sizes.max(initial=0) <= LONGEST:
        return Packed(read.symbols, bounds)
    kept = np.arange(len(read.symbols)) - np.repeat(bounds[:-1], sizes) < LONGEST
    return Packed(read.symbols[kept], np.concatenate([[0], np.cumsum(np.minimum(sizes, LONGEST))]))


def _syllables(tokens: Any, texts: Column, points: npt.NDArray[np.uint32]) -> Any:
    """Write where the syllables of words in pinyin or Chinese characters stand; return all syllables. ``points``: of
    all words as written, in one script."""
    han, latin = tokens["script"] == HAN, np.flatnonzero((tokens["script"] == LATIN) & in_pinyin(texts))
    pinyin = [*map(divided, taken(texts, latin).to_pylist())]
    tokens["syllables"] = np.where(han, tokens["points"], 0)
    tokens["syllables"][latin] = [len(each) for each in pinyin]
    tokens["syllables_at"] = _starts(tokens["syllables"].astype(np.int64))
    if not tokens["syllables"].any():
        return np.zeros(0, dtype=SYLLABLE)
    characters, place = np.unique(points[np.repeat(han, tokens["points"])], return_inverse=True)
    read, spelled = [mandarin(chr(point)) for point in characters.tolist()], [*chain.from_iterable(pinyin)]
    distinct = list(dict.fromkeys([*read, *spelled]))
    number = {text: place for place, text in enumerate(distinct)}
    known = np.zeros(len(distinct), dtype=SYLLABLE)
    known["plain"], known["old"] = marks(distinct), marks([old_spelling(each) for each in distinct])
    known["first"] = [ord(each[0]) if each else 0 for each in distinct]
    of_han = np.repeat(han, tokens["syllables"])
    rows = np.empty(len(of_han), dtype=np.int64)
    rows[of_han] = np.array([number[each] for each in read], dtype=np.int64)[place]
    rows[~of_han] = [number[each] for each in spelled]
    return known[rows]
