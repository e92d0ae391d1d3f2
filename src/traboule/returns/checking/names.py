"""Find what no name contains in a name as filed.

In: the cleaned text of a name, and the cell it came from. Out: faults of the catalogue. Guaranteed: pure; never raises;
holds no row: a strange name is entered as it was written, and its filer is asked to look at it.

Letters of two alphabets in one word are nearly always a letter that only looks right (Unicode UTS #39): a Latin a in
Иванов. Han, kana, hangul and bopomofo may stand together in one word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

Faults = tuple[tuple[str, Mapping[str, object]], ...]

LONGEST = 100  # Characters of one name, and
LONGEST_WORD = 40  # of one word of it: the longest borne are near 60 and 30.
_MOST_LISTED = 8

_PLAIN = re.compile(r"[A-Za-z]+(?:[ '.-]+[A-Za-z]+)*[.]?")
# What pasting leaves in a cell and nobody sees; taken out when the cell is cleaned. A soft hyphen among them.
_MARKS = re.compile("[\u200b\u200e\u200f\u061c\ufeff\u00ad\u2060]")
_WORD = re.compile(r"[^\s,;،؛/|().\-‐‑–—־·・]+")
# What stands between two people, with a name on either side; a slash stands between two spellings of one as often.
_PEOPLE = re.compile(r"(?<=\w)( *[;؛] *| *\n+(?=\w)| +(?:&|\+|and|et|y|و) +)(?=\w)", re.I)
_SEPARATORS = re.compile(r"[,;،؛/|\n]")
# Signs that names may contain: apostrophes in every shape, hyphens, dots, brackets around an alias; joiners.
_ALLOWED = frozenset(" \n\t'’‘ʼʻ`´ʿʾ׳״\".,;:،؛-‐‑‒–—_/|()«»“”„[]·・゠־〇\u200c\u200d")
_LETTERS = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me"})
_TOGETHER = {"CJK": "east asian", "HIRAGANA": "east asian", "KATAKANA": "east asian", "HANGUL": "east asian"}
_TOGETHER |= {"BOPOMOFO": "east asian", "KATAKANA-HIRAGANA": "east asian", "IDEOGRAPHIC": "east asian"}
# Letters of no alphabet of their own: they stand in words of any.
_OF_NONE = frozenset({"MODIFIER", "FEMININE", "MASCULINE", "FULLWIDTH", "HALFWIDTH"})


def name_faults(text: str, filed: str, *, is_alias: bool = False, is_given_name: bool = False) -> Faults:
    """Return the faults of a name: ``text`` cleaned, ``filed`` as it stood in the cell.

    ``is_alias``: other names, of which there may be several in one cell, with figures in them (K2, Boss 77).
    ``is_given_name``: given names, in which *y* stands between two people; in a Spanish family name it stands within
    one.
    """
    if (
        _PLAIN.fullmatch(text)
        and len(text) <= LONGEST_WORD
        and text == filed
        and not (" " in text and _PEOPLE.search(text))
    ):
        return ()
    faults: list[tuple[str, Mapping[str, object]]] = []
    marks = _points(_MARKS.findall(filed)) if not filed.isascii() else ""
    if marks:
        faults.append(("R-NAME-MARKS", {"characters": marks}))
    if text and not is_alias:
        faults.extend(_signs(text))
        if between := _between_people(text, is_given_name=is_given_name):
            faults.append(("R-NAME-SEVERAL", {"between": between}))
    mixed = [word for word in _WORD.findall(text) if not word.isascii() and len(_scripts(word)) > 1]
    if mixed:
        faults.append(("R-NAME-SCRIPTS", {"characters": _points(_minority_letters(mixed[0]))}))
    longest = max(map(len, _SEPARATORS.split(text) if is_alias else [text]), default=0)
    word = max(map(len, _WORD.findall(text)), default=0)
    if longest > LONGEST or word > LONGEST_WORD:
        faults.append(("R-NAME-LONG", {"length": longest if longest > LONGEST else word}))
    return tuple(faults)


def _between_people(text: str, *, is_given_name: bool) -> str:
    """Return what stands between the names of two people in one cell, empty for a single person's name."""
    if text.isalnum():
        return ""
    for number, part in enumerate(_PEOPLE.split(text)[1:], start=1):
        if number % 2 and (part.strip().casefold() != "y" or is_given_name or _both_long(text, part)):
            return part.strip() or "↵"
    return ""


def _both_long(text: str, part: str) -> bool:
    """Tell whether two words or more stand on both sides of ``part``: Ana Ruiz y Eva Gil, but not Ortega y Gasset."""
    left, _, right = text.partition(part)
    return len(left.split()) > 1 and len(right.split()) > 1


def _signs(text: str) -> Faults:
    """Return that nothing of a name is a letter, or which signs are none and stand in no name."""
    if not any(map(str.isalpha, text)):
        return (("R-NAME-NO-LETTERS", {}),)
    strange = [sign for sign in text if sign not in _ALLOWED and unicodedata.category(sign) not in _LETTERS]
    return (("R-NAME-SIGNS", {"characters": _points(strange)}),) if strange else ()


def _points(signs: list[str]) -> str:
    """Return signs with their code points, such as ``3 (U+0033)``, which distinguish look-alikes."""
    distinct = sorted(set(signs))
    labels = [f"{sign} (U+{ord(sign):04X})" if sign.isprintable() else f"U+{ord(sign):04X}" for sign in distinct]
    return ", ".join(labels[:_MOST_LISTED]) + ("…" if len(labels) > _MOST_LISTED else "")


def _scripts(word: str) -> dict[str, list[str]]:
    """Return the scripts of a word's letters, each with its letters."""
    by_script: dict[str, list[str]] = {}
    for sign in word:
        script = _script(sign)
        if script:
            by_script.setdefault(script, []).append(sign)
    return by_script


def _minority_letters(word: str) -> list[str]:
    """Return the letters of a word that are not of the script that most of its letters are of."""
    scripts = sorted(_scripts(word).values(), key=len)
    return [sign for letters in scripts[:-1] for sign in letters]


@lru_cache(maxsize=65_536)
def _script(sign: str) -> str:
    """Return the script of a letter by the first word of its name in Unicode; empty for any other sign."""
    if not sign.isalpha():
        return ""
    first = unicodedata.name(sign, "").split(" ", 1)[0]
    return "" if first in _OF_NONE else _TOGETHER.get(first, first)
