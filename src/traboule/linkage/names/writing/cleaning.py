"""The script of a text, and the text without what clerks add to letters.

In comes what a clerk typed (any script, mixed, with marks, invisible signs); out go small letters and spaces. It
promises: pure, never raises; two ways to write one letter are one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

LONGEST_TEXT = 200

# Unicode blocks of the scripts that names are filed in, as (first, last, script).
_BLOCKS: tuple[tuple[int, int, str], ...] = (
    (0x0041, 0x024F, "latin"),
    (0x0370, 0x03FF, "greek"),
    (0x0400, 0x052F, "cyrillic"),
    (0x0531, 0x058A, "armenian"),
    (0x0590, 0x05FF, "hebrew"),
    (0x0600, 0x06FF, "arabic"),
    (0x0750, 0x077F, "arabic"),
    (0x0900, 0x097F, "devanagari"),
    (0x0980, 0x09FF, "bengali"),
    (0x0A00, 0x0DFF, "indic"),
    (0x0E00, 0x0E7F, "thai"),
    (0x0E80, 0x0EFF, "lao"),
    (0x1000, 0x109F, "myanmar"),
    (0x10A0, 0x10FF, "georgian"),
    (0x1200, 0x139F, "ethiopic"),
    (0x1780, 0x17FF, "khmer"),
    (0x1E00, 0x1EFF, "latin"),
    (0x1F00, 0x1FFF, "greek"),
    (0x3040, 0x30FF, "kana"),
    (0x3400, 0x9FFF, "han"),
    (0xAC00, 0xD7AF, "hangul"),
    (0xFB1D, 0xFB4F, "hebrew"),
    (0xFB50, 0xFEFF, "arabic"),
    (0x20000, 0x3134F, "han"),
)
# Scripts by number; texts without letters have the first.
SCRIPTS = ("none", *dict.fromkeys(name for _, _, name in _BLOCKS), "other")
# Where clerks join words that belong together: apostrophes of every shape, ayn and hamza signs.
_JOINED = re.compile(r"['’‘ʼʻ`´ʿʾ׳״\"]")
# What Arabic letters have between them for beauty, and in Kurdish before a vowel that begins a word.
_CARRIER = re.compile(r"ـ|\bئ(?=[اەێۆو])")


class _Scripts(dict[str, str]):
    """The script of each letter met, an empty text for what is no letter."""

    def __missing__(self, mark: str) -> str:
        point = ord(mark)
        found = next((name for first, last, name in _BLOCKS if first <= point <= last), "other")
        self[mark] = found if mark.isalpha() else ""
        return self[mark]


_SCRIPT_OF = _Scripts()


@lru_cache(maxsize=1024)
def script(text: str) -> str:
    """Return the script most letters of ``text`` belong to (the first met on a tie), "none" without letters."""
    found = set(map(_SCRIPT_OF.__getitem__, text))
    found.discard("")
    if len(found) > 1:
        met = [each for each in map(_SCRIPT_OF.__getitem__, text) if each]
        return max(dict.fromkeys(met), key=met.count)
    return found.pop() if found else "none"


class _Kept(dict[int, str | None]):
    """What remains of each sign met: itself, a space, or nothing; an end of a line is kept."""

    def __missing__(self, point: int) -> str | None:
        mark = chr(point)
        kind = unicodedata.category(mark)
        drops = kind == "Cf" or (unicodedata.combining(mark) and point < _VOWELS_FROM)
        self[point] = None if drops else mark if mark.isalpha() or kind in ("Mc", "Mn") or mark == "\n" else " "
        return self[point]


# In Latin, Greek, Cyrillic, Arabic and Hebrew a combining mark is an accent or a vowel sign that clerks leave out; in
# Indic scripts, whose signs come later, it is a vowel.
_MARKED, _VOWELS_FROM = frozenset({"latin", "greek", "cyrillic", "arabic", "hebrew"}), 0x0900
_KEPT = _Kept()


def clean(text: str) -> str:
    """Return ``text`` in compatibility form and small letters, without marks, signs, emoji, digits or controls."""
    joined = _joined(_of_its_language(_composed(text[:LONGEST_TEXT])))
    return plainly(" ".join(_kept(joined, script(joined)).split()))


def clean_all(texts: Sequence[str]) -> list[str]:
    """Return each of ``texts`` cleaned. They are read as the lines of one long text: no step joins two lines, and most
    of what a step costs is to begin it."""
    if not texts:
        return []
    composed = _lines(_composed("\n".join([text[:LONGEST_TEXT].replace("\n", " ") for text in texts])))
    joined = _lines(_joined("\n".join(map(_of_its_language, composed))))
    written_in = list(map(script, joined))
    for each in dict.fromkeys(written_in):
        places = [place for place, found in enumerate(written_in) if found == each]
        kept = _lines(_kept("\n".join([joined[place] for place in places]), each))
        for place, line in zip(places, kept, strict=True):
            joined[place] = line
    return _lines(plainly("\n".join([" ".join(line.split()) for line in joined])))


def _lines(text: str) -> list[str]:
    return text.split("\n")


def _composed(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _of_its_language(composed: str) -> str:
    """Return a text with the letters that sound otherwise in a language which another of its letters tells."""
    if "ə" in composed:
        composed = composed.translate(_AZERI)
    return composed.replace("đ", "d") if "đ" in composed and _VIETNAMESE.search(composed) else composed


def _joined(composed: str) -> str:
    return _JOINED.sub("", _CARRIER.sub("", composed.translate(_SOUNDED)))


def _kept(joined: str, written_in: str) -> str:
    """Return what remains of each sign of a text in a script."""
    return (unicodedata.normalize("NFKD", joined) if written_in in _MARKED else joined).translate(_KEPT)


def plainly(cleaned: str) -> str:
    """Return cleaned text with one sound that a language writes in many Latin letters in the letters of most others."""
    for letters, sound in CLUSTERS.items():
        cleaned = cleaned.replace(letters, sound)
    return cleaned


# German, French and Polish for shch, German for ch, Albanian for dj: one after the other.
CLUSTERS = {"schtsch": "shch", "chtch": "shch", "szcz": "shch", "tsch": "ch", "dsch": "j", "xh": "dj", "gj": "dj"}


# Letters whose mark makes another consonant of them: to drop the mark would change the sound.
_SOUNDED = str.maketrans(
    {"č": "ch", "ć": "ch", "ç": "ch", "š": "sh", "ş": "sh", "ș": "sh", "ś": "sh", "ž": "zh", "ż": "zh", "ź": "zh"}
    | {
        "ѓ": "ђ",
        "ќ": "ћ",
        "đ": "dj",
        "ţ": "ts",
        "ț": "ts",
        "ğ": "g",
        "ı": "i",
        "ł": "l",
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "ß": "ss",
    }
)
# Beside ə, which only Azerbaijan writes, these letters sound otherwise.
_AZERI = str.maketrans({"ə": "a", "c": "j", "x": "kh", "q": "g"})
# Beside one of these đ is no Serbian letter but a Vietnamese one.
_VIETNAMESE = re.compile("[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ]")


# In Persian and Urdu some letters of Arabic sound otherwise.
_PERSIAN_SOUNDS = str.maketrans(dict.fromkeys("ضظذ", "ز") | {"ث": "س"})
_PERSIAN_LETTERS = frozenset("یکپچژگڑٹےھ")


def script_of(mark: str) -> str:
    """Return the script of one letter, an empty text for what is none."""
    return _SCRIPT_OF[mark]


def to_persian(cleaned: str) -> tuple[bool, str]:
    """Tell whether a cleaned text has letters of Persian or Urdu, and return it as it sounds beside such."""
    if cleaned.isascii():
        return False, cleaned
    return not _PERSIAN_LETTERS.isdisjoint(cleaned), cleaned.translate(_PERSIAN_SOUNDS)
