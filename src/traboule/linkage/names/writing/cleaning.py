"""Find the script of a text, and strip what clerks add to its letters.

Input: what a clerk typed, in any script, with marks and invisible signs. Output: lower-case letters and spaces, with
one spelling where a letter can be encoded in several ways.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache, partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from traboule.linkage.arrays.code_points import code_points_of, map_code_points
from traboule.linkage.arrays.text_encoding import Column, Flags, map_lines, matches_pattern, replace_all, replace_all_in

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
_NUMBER = {script: number for number, script in enumerate(SCRIPTS)}
# Where clerks join words that belong together: apostrophes of every shape, ayn and hamza signs.
_WORD_JOINERS = re.compile(r"['’‘ʼʻ`´ʿʾ׳״\"]")
# The Arabic elongation mark, and the Kurdish carrier of a vowel that begins a word.
_TATWEEL, _CARRIER = "ـ", re.compile(r"ئ(?<=\bئ)(?=[اەێۆو])")


class _ScriptBySign(dict[str, str]):
    """The script of each sign, computed when first needed; empty for what is not a letter."""

    def __missing__(self, mark: str) -> str:
        point = ord(mark)
        block_script = next((name for first, last, name in _BLOCKS if first <= point <= last), "other")
        self[mark] = block_script if mark.isalpha() else ""
        return self[mark]


_SCRIPT_OF = _ScriptBySign()


@lru_cache(maxsize=1024)
def script(text: str) -> str:
    """Return the script of most letters of ``text`` (the first on a tie), "none" without letters."""
    scripts = set(map(_SCRIPT_OF.__getitem__, text))
    scripts.discard("")
    if len(scripts) > 1:
        script_of_each = [script_name for script_name in map(_SCRIPT_OF.__getitem__, text) if script_name]
        return max(dict.fromkeys(script_of_each), key=script_of_each.count)
    return scripts.pop() if scripts else "none"


def scripts_of(texts: Column) -> tuple[npt.NDArray[np.int8], Flags]:
    """Return the index in :data:`SCRIPTS` of each text's :func:`script`, and which texts have letters of at most one
    script."""
    points, starts = code_points_of(texts)
    bits = map_code_points(points, lambda mark: 1 << _NUMBER[_SCRIPT_OF[mark]] if _SCRIPT_OF[mark] else 0)
    filled, combined = starts[:-1] < starts[1:], np.zeros(len(texts), dtype=np.int64)
    combined[filled] = np.bitwise_or.reduceat(bits, starts[:-1][filled]) if len(bits) else 0
    numbers = np.maximum(np.frexp(combined)[1] - 1, 0).astype(np.int8)
    is_single = (combined & (combined - 1)) == 0
    numbers[~is_single] = [_NUMBER[script(text)] for text in texts.filter(pa.array(~is_single)).to_pylist()]
    return numbers, is_single


class _CleanedSigns(dict[int, str | None]):
    """What remains of each sign: itself, a space, or nothing; line ends stay."""

    def __missing__(self, point: int) -> str | None:
        mark = chr(point)
        kind = unicodedata.category(mark)
        drops = kind == "Cf" or (unicodedata.combining(mark) and point < _VOWELS_FROM)
        self[point] = None if drops else mark if mark.isalpha() or kind in ("Mc", "Mn") or mark == "\n" else " "
        return self[point]


# In Latin, Greek, Cyrillic, Arabic and Hebrew a combining mark is an accent or a vowel sign that clerks leave out; in
# Indic scripts, whose signs come later, it is a vowel.
_MARKED, _VOWELS_FROM = frozenset({"latin", "greek", "cyrillic", "arabic", "hebrew"}), 0x0900
_CLEANED_SIGNS = _CleanedSigns()


def clean(text: str) -> str:
    """Return ``text`` in compatibility form and lower case, without marks, signs, emoji, digits or controls."""
    joined = _join_words(_of_its_language(_composed(text[:LONGEST_TEXT])))
    return unify_clusters(" ".join(_clean_signs(joined, script(joined) in _MARKED).split()))


def clean_all(texts: Column) -> Column:
    """Return each of ``texts``, an Arrow array, cleaned; they are read as the lines of one long text."""
    short = pc.utf8_slice_codeunits(pc.replace_substring(texts, "\n", " "), 0, LONGEST_TEXT)
    cleaned = map_lines(short, lambda lines: _join_words(_of_their_languages(_composed(lines))))
    marked = np.array([script in _MARKED for script in SCRIPTS])[scripts_of(cleaned)[0]]
    for rows, are_marked in ((pa.array(marked), True), (pa.array(~marked), False)):
        cleaned_rows = map_lines(cleaned.filter(rows), partial(_clean_signs, marked=are_marked))
        cleaned = pc.replace_with_mask(cleaned, rows, cleaned_rows)
    return map_lines(cleaned, lambda lines: unify_clusters(_spaced(lines)))


def _composed(text: str) -> str:
    composed = unicodedata.normalize("NFKC", text).lower()
    return MARIA.sub("maria ", composed) if "ma." in composed else composed


def _of_its_language(composed: str) -> str:
    """Return a text with letters that sound differently in a language which another letter reveals."""
    if "ə" in composed:
        composed = composed.translate(_AZERI)
    return composed.replace("đ", "d") if "đ" in composed and _VIETNAMESE.search(composed) else composed


def _of_their_languages(lines: str) -> str:
    return "\n".join(map(_of_its_language, lines.split("\n"))) if "ə" in lines or "đ" in lines else lines


def _join_words(composed: str) -> str:
    return _WORD_JOINERS.sub("", _CARRIER.sub("", replace_all(composed, _SOUNDED)).replace(_TATWEEL, ""))


def _clean_signs(joined: str, marked: bool) -> str:
    """Return what remains of each sign of a text."""
    return (unicodedata.normalize("NFKD", joined) if marked else joined).translate(_CLEANED_SIGNS)


def _spaced(lines: str) -> str:
    """Return lines with single spaces between words and none at the ends."""
    while "  " in lines:
        lines = lines.replace("  ", " ")
    return lines.replace("\n ", "\n").replace(" \n", "\n").strip(" ")


def unify_clusters(cleaned: str) -> str:
    """Return cleaned text in which consonant clusters that a language writes with many Latin letters get a common
    spelling."""
    return replace_all(cleaned, CLUSTERS.items())


# German, French and Polish for shch, German for ch, Albanian for dj, but not in Youngjae: one after the other.
CLUSTERS = {"schtsch": "shch", "chtch": "shch", "szcz": "shch", "tsch": "ch", "dsch": "j", "xh": "dj"}
CLUSTERS |= {"ngj": "n\0", "gj": "dj", "\0": "gj"}


# Letters whose diacritic makes another consonant: dropping it would change the sound.
_SOUNDED = (
    *(("č", "ch"), ("ć", "ch"), ("ç", "ch"), ("š", "sh"), ("ş", "sh"), ("ș", "sh"), ("ś", "sh")),
    *(("ž", "zh"), ("ż", "zh"), ("ź", "zh"), ("ѓ", "ђ"), ("ќ", "ћ"), ("đ", "dj"), ("ţ", "ts"), ("ț", "ts")),
    *(("ğ", "g"), ("ı", "i"), ("ł", "l"), ("ø", "o"), ("æ", "ae"), ("œ", "oe"), ("ß", "ss")),
)
# Beside ə, which only Azerbaijan writes, these letters sound otherwise.
_AZERI = str.maketrans({"ə": "a", "c": "j", "x": "kh", "q": "g"})
MARIA = re.compile(r"\bma\.")  # Maria, as abbreviated in the Philippines and Spain.
# Beside one of these đ is no Serbian letter but a Vietnamese one.
_VIETNAMESE = re.compile("[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ]")


# In Persian and Urdu some letters of Arabic sound otherwise.
_PERSIAN_SOUNDS = (("ض", "ز"), ("ظ", "ز"), ("ذ", "ز"), ("ث", "س"))
_PERSIAN_LETTERS = frozenset("یکپچژگڑٹےھ")


def script_of(mark: str) -> str:
    """Return the script of one sign, empty where it is not a letter."""
    return _SCRIPT_OF[mark]


def to_persian(cleaned: str) -> tuple[bool, str]:
    """Tell whether a cleaned text has letters of Persian or Urdu, and return it as it sounds beside such letters."""
    if cleaned.isascii():
        return False, cleaned
    return not _PERSIAN_LETTERS.isdisjoint(cleaned), replace_all(cleaned, _PERSIAN_SOUNDS)


def all_to_persian(cleaned: Column) -> tuple[Flags, Column]:
    """Return the same for a column of cleaned texts."""
    has_persian = matches_pattern(cleaned, f"[{''.join(sorted(_PERSIAN_LETTERS))}]")
    return has_persian, replace_all_in(cleaned, _PERSIAN_SOUNDS)
