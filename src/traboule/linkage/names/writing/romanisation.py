"""Romanise one word of any script into lower-case Latin letters.

A word without sound (emoji, private signs) gives an empty text. Romanisation is by anyascii, except for scripts of
which it renders too little.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from anyascii import anyascii

from traboule.linkage.arrays.text_encoding import Column, as_arrow, map_lines, replace_all
from traboule.linkage.names.writing.abugidas import burmese, ethiopic, indic, lao
from traboule.linkage.names.writing.cleaning import SCRIPTS, script

LONGEST_TOKEN = 40

# Arabic letters that anyascii drops although they mark a vowel; Kurdish writes all its vowels.
_ARABIC_SOUNDS = (
    *((letter, "a") for letter in "اأآعىةٱ"),
    *(("إ", "i"), ("ێ", "e"), ("ە", "e"), ("ۆ", "o"), ("ڕ", "r"), ("ڵ", "l")),
)
_HEBREW_V = re.compile("וו|ו(?=י)")
# Thai writes some vowels before the consonant they follow in speech.
_THAI_VOWEL_FIRST = re.compile("([เแโใไ])([ก-ฮ])")
_THAI_SILENT = re.compile("(?:[ทต]ร|ษ[ณม]|[ก-ฮ])[ิุ]?์")
# Two r between consonants are a vowel.
_THAI_R = re.compile("รร(?=[ก-ฮ])")
# At the end of a word several consonants sound as one.
_THAI_LAST = ((re.compile("[รลณฬ]$|ญ(?=[ก-ฮ]|$)"), "น"), (re.compile("[จชซศษส]$"), "ต"))
# Greek letters that sound otherwise together than apart.
_GREEK: tuple[tuple[str, str], ...] = (
    *(("χρ", "chr"), ("ου", "ou"), ("γγ", "ng"), ("γκ", "g"), ("γχ", "nh"), ("τζ", "tz"), ("χ", "h"), ("η", "i")),
    *(("ει", "i"), ("οι", "i"), ("αυ", "av"), ("ευ", "ev"), ("μπ", "b"), ("ντ", "nt"), ("υ", "y")),
)


def _greek(word: str) -> str:
    word = "δ" + word[2:] if word.startswith("ντ") else "oi" + word[2:] if word.startswith("οι") else word
    return replace_all(word, _GREEK)


def _thai(word: str) -> str:
    word = _THAI_R.sub("ั", word).replace("รร", "ัน")
    word = _THAI_SILENT.sub("", word.replace("\u0e4dา", "าม"))
    for letters, sound in _THAI_LAST:
        word = letters.sub(sound, word)
    return _THAI_VOWEL_FIRST.sub(r"\2\1", word)


class _AsciiBySign(dict[int, str]):
    """The anyascii spelling of each sign, computed when first needed."""

    def __missing__(self, point: int) -> str:
        self[point] = anyascii(chr(point))
        return self[point]


_ASCII = _AsciiBySign()


def _in_ascii(word: str) -> str:
    return word.translate(_ASCII)


# How a word of each script is read, where it is not by anyascii alone. In Hebrew, vav is a vowel far more often than a
# consonant; doubled, or before yod, it is the consonant.
_READERS: dict[str, Callable[[str], str]] = {
    "arabic": lambda word: _in_ascii(replace_all(word, _ARABIC_SOUNDS)),
    "hebrew": lambda word: _in_ascii(_HEBREW_V.sub("ב", word).replace("ו", "o").replace("ח", "h")),
    "thai": lambda word: _in_ascii(_thai(word)),
    "greek": lambda word: _in_ascii(_greek(word)),
    **dict.fromkeys(("devanagari", "bengali", "indic"), indic),
    "lao": lao,
    "ethiopic": ethiopic,
    # At the end of a word the r below another consonant is silent.
    "khmer": lambda word: _in_ascii(word.removesuffix("្រ")),
    "myanmar": burmese,
}


# In these scripts a letter is read alone or with the next, so many words can be read as the lines of one text.
_BY_LETTERS = frozenset({"arabic", "hebrew"})
_SILENT = re.compile("[^a-z\n]+")


@lru_cache(maxsize=200_000)
def romanise(word: str) -> str:
    """Return one word in lower-case Latin letters; empty where nothing sounds (emoji, private signs)."""
    plain = word if word.isascii() else _READERS.get(script(word), _in_ascii)(word).lower()
    if not (plain.isascii() and plain.isalpha()):
        plain = "".join(mark for mark in plain.lower() if "a" <= mark <= "z")
    return plain[:LONGEST_TOKEN]


def _letters(read: Callable[[str], str], lines: str) -> str:
    return _SILENT.sub("", read(lines).lower())


def romanise_all(words: Column, scripts: npt.NDArray[np.int8]) -> Column:
    """Return each of ``words``, an Arrow array, as :func:`romanise` does. ``scripts``: their indices in SCRIPTS."""
    parts, places = [words[:0]], [np.zeros(0, dtype=np.int64)]
    for number in np.flatnonzero(np.bincount(scripts)).tolist():
        places.append(np.flatnonzero(scripts == number))
        part, read = words.take(places[-1]), _READERS.get(SCRIPTS[number], _in_ascii)
        if SCRIPTS[number] in _READERS and SCRIPTS[number] not in _BY_LETTERS:
            parts.append(as_arrow([*map(romanise, part.to_pylist())]))
        else:
            parts.append(map_lines(part, partial(_letters, read)))
    read_all = pa.concat_arrays(parts).take(np.argsort(np.concatenate(places)))
    return pc.utf8_slice_codeunits(read_all, 0, LONGEST_TOKEN)
