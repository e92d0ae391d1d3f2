"""Pack tokens for compiled code: one row of numbers and fingerprints per token, with its letters and signs in flat
arrays.

A row depends on its token alone, so that tables packed apart can be joined, token by token.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from traboule.core.parallel import both
from traboule.linkage.arrays.code_points import CODE_POINT_COUNT, bytes_of, code_points_of
from traboule.linkage.arrays.fingerprint import Fingerprints, fingerprints, letter_sums, point_sums
from traboule.linkage.arrays.jit import compiled
from traboule.linkage.arrays.text_encoding import Column, Integers, concat_texts, is_filled, prefixes, take_texts
from traboule.linkage.names.columns import Tokens
from traboule.linkage.names.equivalents import PackedTokens
from traboule.linkage.names.phonetics import (
    are_listed,
    canonical_spellings,
    class_counts,
    folded_vowels,
    listed_name_numbers,
    skeletons_of,
    vowels_of,
)
from traboule.linkage.names.readings import (
    are_pinyin,
    korean_sounds,
    looks_japanese,
    looks_korean,
    mandarin,
    old_spelling,
    other_readings,
    pinyin_syllables,
    reads_as_word,
    syllabic_spellings,
    unify_scripts,
    wade_giles_spellings,
)
from traboule.linkage.names.similarity.alignment_weights import signs_of
from traboule.linkage.names.similarity.transliteration import alignment_weights, script_model
from traboule.linkage.names.similarity.well_known import are_well_known
from traboule.linkage.names.symbols import LEARNED, LONGEST, SignNumbers
from traboule.linkage.names.tokens import VOWELLESS, Word
from traboule.linkage.names.writing.cleaning import SCRIPTS

LATIN, OTHER_SCRIPT = 0, -1
_LEARNED = tuple(LEARNED)
HAN, HANGUL, KANA = (_LEARNED.index(script) + 1 for script in ("han", "hangul", "kana"))
# Bits: a Latin token could be Japanese, or Korean; a script without learned weights writes all vowels as they sound, or
# writes no silent vowel at the end.
IN_JAPANESE, IN_KOREAN, IN_VOWELS, AS_SPOKEN = np.uint8(1), np.uint8(2), np.uint8(4), np.uint8(8)
_ALPHABETS = dict.fromkeys(("armenian", "georgian", "greek"), IN_VOWELS + AS_SPOKEN)
_FITS_BY_SCRIPT = _ALPHABETS | dict.fromkeys(("devanagari", "bengali", "indic"), AS_SPOKEN)
# By script.
_FIT = np.array([_FITS_BY_SCRIPT.get(script, 0) for script in SCRIPTS], dtype=np.uint8)
_BARE = np.array([script in VOWELLESS for script in SCRIPTS])
_PLACE = np.array(
    [_LEARNED.index(script) + 1 if script in LEARNED else OTHER_SCRIPT for script in SCRIPTS], dtype=np.int8
)
_PLACE[SCRIPTS.index("latin")] = LATIN
LATIN_SPELLING = _LEARNED.index("latin")  # The index of the weights of Latin spellings.
FORMS = 3  # As romanised by the filer, as written in the native script, other names.
_BEGINNING = 3  # Classes of consonants.

# One token. Fingerprints, equal where two tokens agree: ``sound``, ``loose``: phonetic keys; ``beginning``, ``first``:
# the first classes of the loose key; ``fold``: with vowels folded; ``family``: the canonical spelling; ``read``: the
# spelling as Chinese syllables; ``mandarin``, ``korean``: the unified spellings; ``vowels``: the vowel classes;
# ``native``: the native text, 0 for Latin. Sums: ``letters``: of the Latin letters; ``spelt``: of the signs as written,
# ``signs`` of them. ``set``: the letters as bits, ``kinds`` of them distinct. ``*_at``: where its letters, points,
# numbered signs, readings and syllables begin. ``script``: 0 for Latin, from 1 for a script with learned weights, else
# -1. ``whole``: listed as a whole word with a reading of its own. ``line``: the listed name, -1 for none.
# ``well_known``: a well-known name. ``fits``: the bits above. ``chance``, ``best``: log likelihoods of its signs by
# themselves and with the best partner; ``spelt_chance``, ``spelt_best``: the same of its Latin letters.
TOKEN = np.dtype(
    [
        # Fields that every comparison reads stand together: fetching a token takes longer than comparing it.
        *((name, np.uint64) for name in ("spelt", "fold", "sound", "loose", "family", "korean", "mandarin")),
        *(("letters_at", np.int32), ("set", np.uint32), ("size", np.int32), ("signs", np.int16), ("line", np.int16)),
        *(("script", np.int8), ("bare", np.uint8), ("kinds", np.uint8), ("classes", np.uint8), ("initial", np.uint8)),
        *(("fits", np.uint8), ("well_known", np.uint8), ("whole", np.uint8)),
        *((name, np.uint64) for name in ("native", "read", "vowels", "beginning", "first", "letters")),
        *((name, np.float64) for name in ("chance", "best", "spelt_chance", "spelt_best")),
        *(("points_at", np.int32), ("numbers_at", np.int32), ("readings_at", np.int32), ("syllables_at", np.int32)),
        *(("numbers", np.int32), ("points", np.int16), ("readings", np.int16), ("syllables", np.uint8)),
    ]
)
# One syllable of a word: its first letter, and marks of how it is spelled in pinyin and by Wade and Giles.
SYLLABLE = np.dtype([("plain", np.uint64), ("old", np.uint64), ("first", np.int64)])


class TokenTable(NamedTuple):
    """Names and their tokens. ``forms``: (names, forms, tokens) numbers of tokens, -1 for none. ``tokens``: TOKEN.

    ``letters``: 1 to 26. ``parts``: the letters as signs of Latin, with the parts that begin there. ``points``: code
    points of the native text, in one script. ``numbers``: learned signs, with the parts that begin there. ``readings``:
    fingerprints of other readings, ascending. ``syllables``: SYLLABLE.
    """

    forms: npt.NDArray[np.int32]
    tokens: Any
    letters: npt.NDArray[np.uint8]
    parts: npt.NDArray[np.int16]
    points: npt.NDArray[np.int32]
    numbers: npt.NDArray[np.int16]
    readings: npt.NDArray[np.uint64]
    syllables: Any


def pack_tokens(words: Sequence[Word], forms: npt.NDArray[np.int32]) -> TokenTable:
    """Return ``words`` packed in the same order, and the names that ``forms`` makes of them."""
    words = Tokens.of(words)
    offsets, letters = bytes_of(words.texts)
    letters = letters[offsets[0] : offsets[-1]] - np.uint8(96)
    tokens = np.zeros(len(words), dtype=TOKEN)
    tokens["size"], tokens["letters_at"] = np.diff(offsets), offsets[:-1] - offsets[0]
    tokens["letters"] = letter_sums(words.texts)
    describe_letters(tokens, letters)
    bounds = np.append(tokens["letters_at"], len(letters)).astype(np.int64)
    everything = np.full(len(words), LATIN_SPELLING, dtype=np.int64)
    parts, tokens["spelt_chance"], tokens["spelt_best"] = signs_of(
        alignment_weights(), everything, PackedTokens(letters.astype(np.int32), bounds)
    )
    tokens["script"] = _PLACE[words.scripts]
    # Phonetics and writing are independent, and run in parallel.
    written, _ = both(
        lambda: _write_native(tokens, words), lambda: _write_phonetics(tokens, words.texts), things=len(words)
    )
    _write_listing(tokens, words.natives)
    return TokenTable(forms, tokens, letters, parts, *written)


def _starts(sizes: Any) -> Any:
    return np.cumsum(sizes) - sizes


@compiled
def describe_letters(tokens: Any, letters: npt.NDArray[np.uint8]) -> None:
    """Write for each token which letters it has, how many distinct ones, and its first."""
    for row in tokens:
        present, kinds = np.uint32(0), 0
        for at in range(row.letters_at, row.letters_at + row.size):
            bit = np.uint32(1) << np.uint32(letters[at] - 1)
            kinds += 0 if present & bit else 1
            present |= bit
        row.set, row.kinds = present, kinds
        row.initial = letters[row.letters_at] if row.size else 0


def _write_phonetics(tokens: Any, column: Column) -> None:
    """Write for each token its phonetic keys, and the name it counts as."""
    skeletons, loose = skeletons_of(column)
    families = canonical_spellings(column)
    columns = {
        "sound": skeletons,
        "loose": loose,
        "beginning": prefixes(loose, _BEGINNING),
        "first": prefixes(loose, 1),
        "family": families,
        "fold": folded_vowels(column),
        "read": syllabic_spellings(column),
        "mandarin": wade_giles_spellings(column),
        "korean": (korean := korean_sounds(column)),
        "vowels": vowels_of(korean),
    }
    marked = fingerprints(concat_texts(list(columns.values()))).reshape(len(columns), len(column))
    for name, values in zip(columns, marked, strict=True):
        tokens[name] = values
    tokens["line"] = listed_name_numbers(families)
    tokens["classes"] = class_counts(skeletons)


def _write_native(tokens: Any, words: Tokens) -> tuple[Any, Any, Any, Any]:
    """Write for each token how it is written; return the points, numbered signs, readings and syllables of all."""
    signs, starts = code_points_of(words.as_written())
    tokens["spelt"], tokens["signs"] = point_sums(signs, starts), np.diff(starts)
    latin = tokens["script"] == LATIN
    tokens["bare"], tokens["fits"] = _BARE[words.scripts], _FIT[words.scripts]
    tokens["fits"] += np.where(
        latin, looks_japanese(words.texts) * IN_JAPANESE + looks_korean(words.texts) * IN_KOREAN, 0
    )
    natives = unify_scripts(words.natives)
    tokens["native"] = np.where(is_filled(natives), fingerprints(natives), 0)
    points, starts = code_points_of(natives)
    tokens["points"], tokens["points_at"] = np.diff(starts), starts[:-1]
    packed = _sign_numbers(words)
    tokens["numbers"], tokens["numbers_at"] = np.diff(packed.starts), packed.starts[:-1]
    numbers, tokens["chance"], tokens["best"] = signs_of(
        alignment_weights(), tokens["script"].astype(np.int64) - 1, packed
    )
    han = np.flatnonzero(tokens["script"] == HAN)
    tokens["whole"][han] = [reads_as_word(native) for native in take_texts(natives, han).to_pylist()]
    readings, tokens["readings"] = _readings(take_texts(words.natives, han).to_pylist(), han, len(words))
    tokens["readings_at"] = _starts(tokens["readings"])
    return points.view(np.int32), numbers, readings, _syllables(tokens, words.texts, points)


def _write_listing(tokens: Any, natives: Column) -> None:
    """Write for each token whether it is well known; clear the listed name where a reading alone does not prove it."""
    tokens["well_known"] = are_well_known(np.where(tokens["script"] > LATIN, tokens["native"], tokens["family"]))
    # A reading in these scripts proves no listed name, unless listed itself: ラン may be Lan as well as Ran.
    script = tokens["script"]
    sounded = (script == HAN) | (script == HANGUL) | (script == KANA)
    tokens["line"][sounded & ~are_listed(natives)] = -1


def _readings(natives: Sequence[str], places: Integers, words: int) -> tuple[Fingerprints, Integers]:
    """Return the fingerprints of the other readings of words in Chinese characters, ascending per word, and how many
    each of all ``words`` has. ``places``: the words' places."""
    readings, word = other_readings(natives)
    keys, word = fingerprints(readings), places[word]
    order = np.lexsort((keys, word))
    keys, word = keys[order], word[order]
    fresh = np.ones(len(keys), dtype=np.bool_)
    fresh[1:] = (keys[1:] != keys[:-1]) | (word[1:] != word[:-1])
    return keys[fresh], np.bincount(word[fresh], minlength=words)


@cache
def _script_signs(script: str) -> SignNumbers:
    """Return the signs of a script with the numbers of its learned weights."""
    return SignNumbers(script, script_model(script).numbers)


def _sign_numbers(words: Tokens) -> PackedTokens:
    """Return the signs of each token with the numbers of its script's learned weights, at most LONGEST per token."""
    points, starts = code_points_of(words.natives)
    if not len(points):
        return PackedTokens(np.zeros(0, dtype=np.int32), starts)
    script = np.repeat(_PLACE[words.scripts].astype(np.int64), np.diff(starts))
    codes, place = np.unique(script * CODE_POINT_COUNT + points, return_inverse=True)
    distinct_signs = zip(
        (codes // CODE_POINT_COUNT).tolist(), map(chr, (codes % CODE_POINT_COUNT).tolist()), strict=True
    )
    read = PackedTokens.of(
        [_script_signs(_LEARNED[script - 1])[sign] if script > 0 else () for script, sign in distinct_signs]
    ).take(place)
    bounds = read.starts[starts]
    sizes = np.diff(bounds)
    if sizes.max(initial=0) <= LONGEST:
        return PackedTokens(read.symbols, bounds)
    is_within_limit = np.arange(len(read.symbols)) - np.repeat(bounds[:-1], sizes) < LONGEST
    return PackedTokens(read.symbols[is_within_limit], np.concatenate([[0], np.cumsum(np.minimum(sizes, LONGEST))]))


def _syllables(tokens: Any, texts: Column, points: npt.NDArray[np.uint32]) -> Any:
    """Write where the syllables of words in pinyin or Chinese characters stand; return all syllables. ``points``: of
    all words as written, in one script."""
    han, latin = tokens["script"] == HAN, np.flatnonzero((tokens["script"] == LATIN) & are_pinyin(texts))
    pinyin = [*map(pinyin_syllables, take_texts(texts, latin).to_pylist())]
    tokens["syllables"] = np.where(han, tokens["points"], 0)
    tokens["syllables"][latin] = [len(parts) for parts in pinyin]
    tokens["syllables_at"] = _starts(tokens["syllables"].astype(np.int64))
    if not tokens["syllables"].any():
        return np.zeros(0, dtype=SYLLABLE)
    characters, place = np.unique(points[np.repeat(han, tokens["points"])], return_inverse=True)
    read, latin_syllables = [mandarin(chr(point)) for point in characters.tolist()], [*chain.from_iterable(pinyin)]
    distinct = list(dict.fromkeys([*read, *latin_syllables]))
    number = {text: place for place, text in enumerate(distinct)}
    syllables = np.zeros(len(distinct), dtype=SYLLABLE)
    syllables["plain"], syllables["old"] = (
        fingerprints(distinct),
        fingerprints([old_spelling(syllable) for syllable in distinct]),
    )
    syllables["first"] = [ord(syllable[0]) if syllable else 0 for syllable in distinct]
    of_han = np.repeat(han, tokens["syllables"])
    rows = np.empty(len(of_han), dtype=np.int64)
    rows[of_han] = np.array([number[syllable] for syllable in read], dtype=np.int64)[place]
    rows[~of_han] = [number[syllable] for syllable in latin_syllables]
    return syllables[rows]
