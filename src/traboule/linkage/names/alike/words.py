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

from traboule.core.beside import both
from traboule.linkage.arrays.compiled import compiled
from traboule.linkage.arrays.marks import Marks, letter_sums, marks, point_sums
from traboule.linkage.fields.texts import Column, Few, Integers, beginnings, column_of, one_behind_other
from traboule.linkage.names.alike.known import are_known
from traboule.linkage.names.alike.scales import signs_of
from traboule.linkage.names.groups import Packed
from traboule.linkage.names.letters import LEARNED, Numbers
from traboule.linkage.names.readings import (
    also_read,
    divided,
    in_japanese,
    in_korean,
    in_pinyin,
    korean_sounds_of,
    old_spelling,
    one_script,
    reads_as_word,
    syllabics_of,
    syllables_of,
    wade_giles_of,
)
from traboule.linkage.names.sounds import folds_of, sounds_of, standing_for_all, vowels_of
from traboule.linkage.names.tokens import VOWELLESS, Word, lines, spellings
from traboule.linkage.names.transliteration import scales, weights

LATIN, OTHER = 0, -1
SCRIPTS = tuple(LEARNED)
HAN, HANGUL, KANA = (SCRIPTS.index(script) + 1 for script in ("han", "hangul", "kana"))
# Bits: a Latin word could be Japanese, or Korean; a script without learned weights writes all vowels as they sound, or
# writes none at the end that does not sound.
IN_JAPANESE, IN_KOREAN, IN_VOWELS, AS_SPOKEN = np.uint8(1), np.uint8(2), np.uint8(4), np.uint8(8)
_ALPHABETS = dict.fromkeys(("armenian", "georgian", "greek"), IN_VOWELS + AS_SPOKEN)
_FITS = _ALPHABETS | dict.fromkeys(("devanagari", "bengali", "indic"), AS_SPOKEN)
SPELT = SCRIPTS.index("latin")  # The place of the weights of Latin spellings among the scales.
FORMS = 3  # As romanised by the filer, as written in the native script, other names.
_BEGINNING = 3  # Classes of consonants.
_MANY = 1000  # Words worth a second thread.

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
    texts = column_of([word.text for word in words])
    tokens = np.zeros(len(words), dtype=TOKEN)
    letters = np.frombuffer("".join(texts.to_pylist()).encode("ascii"), dtype=np.uint8) - np.uint8(96)
    tokens["size"] = [len(word.text) for word in words]
    tokens["letters_at"] = _starts(tokens["size"])
    tokens["letters"] = letter_sums(texts)
    describe(tokens, letters)
    bounds = np.append(tokens["letters_at"], len(letters)).astype(np.int64)
    everything = np.full(len(words), SPELT, dtype=np.int64)
    parts, tokens["spelt_chance"], tokens["spelt_best"] = signs_of(
        scales(), everything, Packed(letters.astype(np.int32), bounds)
    )
    # What is heard is read from columns, what is written word by word: neither waits for the other.
    written, _ = both(
        lambda: (*_native(tokens, words), _syllables(tokens, texts, words)),
        lambda: _hear(tokens, texts),
        beside=len(words) > _MANY,
    )
    _name(tokens, words)
    points, numbers, readings, syllables = written
    return Words(forms, tokens, letters, parts, points, numbers, readings, syllables)


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
    tokens["line"] = [lines().get(family, -1) for family in families.to_pylist()]
    tokens["classes"] = [len(sound.partition("_")[0]) for sound in heard.to_pylist()]


def _native(tokens: Any, words: Sequence[Word]) -> tuple[Any, Any, Any]:
    """Write of each word how it is written; return the points, numbered signs and readings of all."""
    spelt = [word.native or word.text for word in words]
    tokens["spelt"], tokens["signs"] = point_sums(spelt), [len(text) for text in spelt]
    tokens["bare"] = [word.script in VOWELLESS for word in words]
    tokens["script"] = [_script(word) for word in words]
    latin = tokens["script"] == LATIN
    texts = column_of([word.text for word in words])
    tokens["fits"] = np.where(latin, in_japanese(texts) * IN_JAPANESE + in_korean(texts) * IN_KOREAN, 0)
    tokens["fits"] += np.array([_FITS.get(word.script, 0) for word in words], dtype=np.uint8)
    natives = [one_script(word.native) for word in words]
    tokens["native"] = np.where([bool(native) for native in natives], marks(natives), 0)
    tokens["points"] = [len(native) for native in natives]
    tokens["points_at"] = _starts(tokens["points"])
    # Code is compiled once more for arrays that cannot be written to, as bytes are; a bytearray can.
    points = np.frombuffer(bytearray("".join(natives).encode("utf-32-le", "surrogatepass")), dtype=np.int32)
    learned = [word.native if word.script in LEARNED else "" for word in words]
    packed = Packed.of(
        [_numbers(word.script).of(native) if native else () for word, native in zip(words, learned, strict=True)]
    )
    tokens["numbers"], tokens["numbers_at"] = np.diff(packed.starts), packed.starts[:-1]
    numbers, tokens["chance"], tokens["best"] = signs_of(scales(), tokens["script"].astype(np.int64) - 1, packed)
    readings, tokens["readings"] = _readings(words)
    tokens["readings_at"] = _starts(tokens["readings"])
    listed = (word.script == "han" and reads_as_word(native) for word, native in zip(words, natives, strict=True))
    tokens["whole"] = np.fromiter(listed, dtype=np.bool_, count=len(words))
    return points, numbers, readings


def _name(tokens: Any, words: Sequence[Word]) -> None:
    """Write of each word, heard and as written, whether it is a well-known name and which listed one it is not."""
    tokens["known"] = are_known(np.where(tokens["script"] > LATIN, tokens["native"], tokens["family"]))
    # What these are read as is no spelling of a listed name: ラン may be Lan as well as Ran. Unless it is listed so.
    as_listed = np.array([word.native in spellings() for word in words], dtype=np.bool_)
    tokens["line"] = np.where(np.isin(tokens["script"], (HAN, HANGUL, KANA)) & ~as_listed, -1, tokens["line"])


def _readings(words: Sequence[Word]) -> tuple[Marks, Integers]:
    """Return the marks of the other readings of all words, each word's ascending, and how many it has."""
    readings = [also_read(word.native) if word.script == "han" else () for word in words]
    many = np.array([len(each) for each in readings], dtype=np.int64)
    heard, word = marks([*chain.from_iterable(readings)]), np.repeat(np.arange(len(words)), many)
    order = np.lexsort((heard, word))
    heard, word = heard[order], word[order]
    fresh = np.ones(len(heard), dtype=np.bool_)
    fresh[1:] = (heard[1:] != heard[:-1]) | (word[1:] != word[:-1])
    return heard[fresh], np.bincount(word[fresh], minlength=len(words))


def _script(word: Word) -> int:
    if word.script == "latin":
        return LATIN
    return SCRIPTS.index(word.script) + 1 if word.script in LEARNED else OTHER


@cache
def _numbers(script: str) -> Numbers:
    """Return the signs of a script as its learned weights number them."""
    return Numbers(script, weights(script).numbers)


def _syllables(tokens: Any, texts: Column, words: Sequence[Word]) -> Any:
    """Write where the syllables of words in pinyin or Chinese characters stand; return all syllables."""
    may_be = [True] * len(words) if isinstance(texts, Few) else in_pinyin(texts).tolist()
    found = [_divided(word) if word.script == "han" or each else () for word, each in zip(words, may_be, strict=True)]
    tokens["syllables"] = [len(each) for each in found]
    tokens["syllables_at"] = _starts(tokens["syllables"].astype(np.int64))
    flat = list(chain.from_iterable(found))
    distinct = list(dict.fromkeys(flat))
    number = {text: place for place, text in enumerate(distinct)}
    known = np.zeros(len(distinct), dtype=SYLLABLE)
    known["plain"], known["old"] = marks(distinct), marks([old_spelling(each) for each in distinct])
    known["first"] = [ord(each[0]) if each else 0 for each in distinct]
    return known[[number[each] for each in flat]] if flat else known


def _divided(word: Word) -> Sequence[str]:
    """Return the syllables of a word in Chinese characters, or in pinyin."""
    if word.script == "han":
        return syllables_of(one_script(word.native))
    return divided(word.text) if word.script == "latin" else ()
