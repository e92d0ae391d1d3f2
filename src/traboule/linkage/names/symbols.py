"""Encode tokens as the symbols that the learned weights are about, by script.

A Latin letter is 1 to 26. A native symbol depends on the script: a Chinese character becomes its Mandarin syllable in
two parts (so that 緹 and 提 share evidence), a Korean syllable its letters, hiragana the katakana of the same sound.
Unknown signs are left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from anyascii import anyascii

Symbols = npt.NDArray[np.int32]

# The scripts with learned weights, and the most symbols of each in one group with Latin letters. Of
# Latin itself, the weights say which spellings are one name.
LEARNED: dict[str, int] = {"arabic": 2, "cyrillic": 2, "hebrew": 2, "han": 2, "hangul": 3, "kana": 2, "latin": 3}
MOST_LATIN = {"arabic": 3, "cyrillic": 4, "hebrew": 3, "han": 5, "hangul": 4, "kana": 4, "latin": 3}
LONGEST = 40
_FIRST_HANGUL, _VOWELS, _ENDINGS = 0xAC00, 21, 28
_HIRAGANA, _TO_KATAKANA = (0x3041, 0x3096), 0x60
# Letters of other languages that sound like one or two letters of the language the script was learned from: Persian,
# Urdu, Kurdish and Pashto beside Arabic; Serbian, Macedonian, Ukrainian and those of Central Asia beside Russian.
_LETTER_FOLDS = str.maketrans(
    dict(zip("یےکہھٹڈڑںۀێۆڕڵپگڤژټډړڼګئۍېښږځ", "ييكههتدرنهيورلبغفجتدرنغيييشجز", strict=True))
    | {"ە": "", "چ": "تش", "څ": "تس"}
    | dict(zip("ћќјіїєґўқғҳӯүұөәңһҗӣҡҙҫ", "чкиииегукгхуууоанхжикзс", strict=True))
    | {"љ": "ль", "њ": "нь", "ђ": "дж", "џ": "дж", "ҷ": "дж", "ѓ": "гь", "ѕ": "дз"}
)
_INITIAL = re.compile(r"^(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?")


def latin_symbols(token: str) -> Symbols:
    """Return the letters of a romanised token as 1 to 26."""
    codes = np.frombuffer(token.encode("ascii", "ignore"), dtype=np.uint8).astype(np.int32) - 96
    return codes[(codes > 0) & (codes < 27)][:LONGEST]


def native_signs(script: str, token: str) -> tuple[str, ...]:
    """Return the signs of a token written in ``script``, each a short text."""
    if script == "han":
        return tuple(part for mark in token for part in _mandarin_parts(mark))[:LONGEST]
    if script == "hangul":
        return tuple(part for mark in token for part in _jamo(mark))[:LONGEST]
    if script == "kana":
        return tuple(_katakana(mark) for mark in token if mark.isalpha() or mark == "ー")[:LONGEST]
    return tuple(mark for mark in token.translate(_LETTER_FOLDS) if mark.isalpha())[:LONGEST]


@lru_cache(maxsize=40_000)
def _mandarin_parts(mark: str) -> tuple[str, ...]:
    """Return the initial and the final of a character's Mandarin syllable."""
    sound = "".join(letter for letter in anyascii(mark).lower() if "a" <= letter <= "z")
    first = _INITIAL.match(sound)
    cut = first.end() if first else 0
    return tuple(part for part in (f"{sound[:cut]}-", f"-{sound[cut:]}") if part != "-") if sound else ()


def _jamo(mark: str) -> tuple[str, ...]:
    """Return the initial, the vowel and the final consonant, if any, of a Korean syllable."""
    place = ord(mark) - _FIRST_HANGUL
    if not 0 <= place < 11_172:
        return ()
    first, remainder = divmod(place, _VOWELS * _ENDINGS)
    vowel, ending = divmod(remainder, _ENDINGS)
    return (f"b{first}", f"v{vowel}", f"e{ending}") if ending else (f"b{first}", f"v{vowel}")


def _katakana(mark: str) -> str:
    return chr(ord(mark) + _TO_KATAKANA) if _HIRAGANA[0] <= ord(mark) <= _HIRAGANA[1] else mark


class SignNumbers(dict[str, tuple[int, ...]]):
    """For each character of a script, the numbers (from 1) in ``number`` of its signs, computed when it is first
    needed; one above all for a sign that is not in ``number``."""

    def __init__(self, script: str, number: Mapping[str, int]) -> None:
        super().__init__()
        self._script, self._number = script, number

    def __missing__(self, mark: str) -> tuple[int, ...]:
        unknown = len(self._number) + 1
        self[mark] = tuple(self._number.get(sign, unknown) for sign in native_signs(self._script, mark))
        return self[mark]

    def of(self, token: str) -> list[int]:
        """Return the numbers of a token, at most LONGEST."""
        return [number for of_mark in map(self.__getitem__, token) for number in of_mark][:LONGEST]
