"""Fold spellings, so that a person's typing matches the words of catalogues and headers.

In: any text. Out: its folded form, without case, accents, Arabic vowel marks and tatweel, repeated or surrounding
spaces, direction marks, and digits of other scripts. Guaranteed: folding twice changes nothing. The names of persons
have their own keys in ``linkage``. Also suggests the name that a mistyped one probably meant: nothing that differs in
more than a third of its letters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

# The first digit of each script met in returns: Arabic-Indic, Persian, full-width, Devanagari, Bengali,
# Thai, Lao, Myanmar, Khmer.
_ZEROS = (0x0660, 0x06F0, 0xFF10, 0x0966, 0x09E6, 0x0E50, 0x0ED0, 0x1040, 0x17E0)
_DIGITS = {zero + digit: str(digit) for zero in _ZEROS for digit in range(10)}

# Letters that clerks write for one another in Arabic, and marks that carry no meaning in any of the
# four languages.
_SAME_LETTER = {
    "ـ": None,  # tatweel
    "ى": "ي",
    "ة": "ه",
    "ٱ": "ا",
    "ی": "ي",  # Persian keyboards
    "ک": "ك",
    "‐": "-",
    "‑": "-",
    "‒": "-",
    "–": "-",
    "—": "-",
    "−": "-",
    "’": "'",
    "‘": "'",
    "ʼ": "'",
    "`": "'",
    "´": "'",
    "_": " ",
}
_TABLE = str.maketrans(_SAME_LETTER)
CUTOFF = 0.66  # Of :func:`nearest`: the share of letters that agree.
_DROPPED = frozenset({"Mn", "Cf", "Cc"})


def western_digits(text: str) -> str:
    """Return ``text`` with the digits of other scripts (Arabic-Indic, Persian, Thai …) as 0 to 9."""
    return text if text.isascii() else text.translate(_DIGITS)


def fold(text: str) -> str:
    """Return the form of ``text`` in which only its letters, digits and punctuation signs count."""
    if not text.isascii():
        # The punctuation table goes first: the decomposition below would turn an acute sign into a space.
        decomposed = unicodedata.normalize("NFKD", text.translate(_TABLE).casefold())
        signs = [" " if sign.isspace() else sign for sign in decomposed if sign.isspace() or _counts(sign)]
        text = western_digits("".join(signs)).translate(_TABLE)
    return " ".join(text.casefold().replace("_", " ").replace("`", "'").split())


def _counts(sign: str) -> bool:
    return unicodedata.category(sign) not in _DROPPED


def nearest(typed: str, names: Iterable[str]) -> str:
    """Return the name nearest to what was typed, empty where none is near; of equally near names the first."""
    return nearest_of(typed, {name: (name,) for name in names})


def nearest_of(typed: str, spellings: Mapping[str, Iterable[str]]) -> str:
    """Return the name one of whose spellings is nearest to what was typed, else that holds it; empty for none."""
    wanted = fold(typed)
    by_spelling = [(fold(spelling), name) for name, written in spellings.items() for spelling in written]
    scored = process.extractOne(
        wanted, [spelling for spelling, _ in by_spelling], scorer=OSA.normalized_similarity, score_cutoff=CUTOFF
    )
    if scored and wanted:
        return by_spelling[scored[2]][1]
    return next((name for spelling, name in by_spelling if len(wanted) > 3 and wanted in spelling), "")
