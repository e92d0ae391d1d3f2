"""Fold a text for matching and cut it into tokens, sentences and clauses.

In: the text as given. Out: a :class:`Folded` text (no case, no accents, one kind of space, quote and digit) and its
tokens. Guaranteed: every place of the folded text leads back to a span of the original, whatever was folded away:
accents, soft hyphens, direction marks, ligatures.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import pairwise

_SAME = {
    "ة": "ه",
    "ى": "ي",
    "ی": "ي",
    "ک": "ك",
    "ـ": "",
    "ß": "ss",
    "œ": "oe",
    "Œ": "oe",
    "æ": "ae",
    "Æ": "ae",
    "ø": "o",
    "Ø": "o",
    "ł": "l",
    "Ł": "l",
    "ı": "i",
    "½": "1/2",
    "٪": "%",
    "،": ",",
    "؛": ";",
    "؟": "?",
    "٬": ",",
    "٫": ".",
    "…": ".",
    "\r": "",
    "\u2028": "\n",
    "\u2029": "\n",
    "\u0085": "\n",
}
_QUOTES = dict.fromkeys("“”«»„‟″〝〞", '"')
_APOSTROPHES = dict.fromkeys("’‘ʼ‛`´′", "'")
_HYPHENS = dict.fromkeys("‐‑‒–−", "-")
_SAME |= _QUOTES | _APOSTROPHES | _HYPHENS

# What a web page or a printed column leaves in a copied text: entities, and words cut at the line's end. A German word
# that shares its end with the next ("Menschen-\nund Drogenhandel") is not cut.
_MARKED = re.compile(
    r"&(?:#[0-9]{1,6}|#x[0-9a-fA-F]{1,5}|[a-zA-Z]{2,10});"
    r"|(?<=[^\W\d_])(?P<cut>[-\u2010]\n)(?=[^\W\d_A-Z])(?!(?:und|oder|bzw|sowie)\b)"
)
TOKEN = re.compile(
    r"""
    (?P<mask>https?://\S+ | www\.\S+ | [^\s@]{1,64}@[^\s@]{1,255}\.[a-z]{2,})
  | (?P<number>
        (?:(?<![\d,])\d{1,2}(?:,\d{2}){1,5},\d{3}(?!,?\d))
      | (?:\d{1,3}(?:(?P<sep>[ .,'_])\d{3}(?!\d))(?:(?P=sep)\d{3}(?!\d))*(?:[.,]\d{1,2}(?!\d))?)
      | \d+(?:[.,]\d+)?
    )
  | (?P<word>[^\W\d_]+)
  | (?P<leader>\.{4,} | (?<=\s)\.{3}(?=[^\S\n]+[~<>+]?\d))
  | (?P<sign>[^\s])
  | (?P<line>\n[^\S\n]*(?:\n\s*)?)
    """,
    re.VERBOSE,
)
# Signs that end a phrase, and those that are dashes.
END_SIGNS = frozenset(",;:.!?—|•()[]/")
DASHES = frozenset("—-")
_ABBREVIATIONS = frozenset(
    {"mr", "mrs", "ms", "dr", "st", "no", "art", "vs", "etc", "approx", "av", "env", "sr", "sra", "ee", "uu"}
    | {"mio", "mrd", "tsd", "bzw", "ca", "nr", "mill", "rd", "mind", "max", "aprox"}
    | {"jan", "feb", "fev", "mar", "apr", "avr", "jul", "juil", "aug", "sept", "sep", "oct", "nov", "dec"}
)
_NUMBERING = frozenset({"no", "nr"})
# A text without full stops is cut all the same, so that work grows with its length and not with its square.
_LONGEST_SENTENCE = 250
# Lines this long were cut by a machine rather than ended, if more than two go on with a small letter.
_LONG_LINE, _SHORT_LINE, _CUTS = 50, 25, 2
_CLAUSE_SIGNS = frozenset(",;:()[]—|•")


@dataclass(frozen=True, slots=True)
class Folded:
    """``text`` for matching; ``origin[k]`` is where its sign ``k`` began in ``original`` (one entry to spare)."""

    original: str
    text: str
    origin: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where folded ``[start, end)`` stands in the original; marks folded away go with their sign."""
        first = self.origin[start]
        if end <= start:
            return first, first
        # A sign that became several ("½" is "1/2") is taken whole or not at all.
        return first, max(self.origin[end], self.origin[end - 1] + 1)


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number, sign or mask (address) of the folded text, and the sentence, clause and paragraph it is in."""

    kind: str
    text: str
    start: int
    end: int
    sentence: int
    clause: int
    paragraph: int
    glued: bool
    capital: bool


def fold(text: str) -> Folded:
    """Return ``text`` folded, with the way back."""
    table = {sign: _folded_sign(sign) for sign in set(text)}
    marked = _MARKED.search(text) is not None
    if not marked and all(len(form) == 1 for form in table.values()):
        return Folded(text, text.translate({ord(sign): form for sign, form in table.items()}), range(len(text) + 1))
    signs: list[str] = []
    origin: list[int] = []
    for place, sign in _unmarked(text) if marked else enumerate(text):
        form = table[sign] if sign in table else _folded_sign(sign)
        signs.append(form)
        origin.extend([place] * len(form))
    origin.append(len(text))
    return Folded(text, "".join(signs), origin)


def _unmarked(text: str) -> Iterator[tuple[int, str]]:
    """Yield the signs of ``text`` with their places: "&nbsp;" as the space it is, a word cut by a line's end whole.

    Word and number parts such as "Drogen-" before "und" are left as they are.
    """
    done = 0
    for match in _MARKED.finditer(text):
        yield from zip(range(done, match.start()), text[done : match.start()], strict=True)
        written = "" if match.group("cut") else unescape(match.group())
        yield from ((match.start(), sign) for sign in written)
        done = match.end()
    yield from zip(range(done, len(text)), text[done:], strict=True)


def fold_words(text: str) -> tuple[str, ...]:
    """Return the folded words and numbers of a lexicon entry; ``*`` stays at the end of a word that it shortens."""
    return tuple(re.findall(r"[^\W_]+\*?|%|\+", fold(text).text))


def tokens(folded: Folded, *, ordinal_dot: bool = False) -> list[Token]:
    """Return the tokens of ``folded`` in order; hyphens inside words and quotation marks are no tokens.

    With ``ordinal_dot`` (German) the dot of "29. September" and "92. Tagung" ends no sentence.
    """
    result: list[Token] = []
    sentence = clause = paragraph = opened = 0
    matches = list(TOKEN.finditer(folded.text))
    wrapped = is_wrapped(folded)
    for index, match in enumerate(matches):
        kind, text = _kind(match)
        if kind == "line":
            # A full stop before the line's end has ended the sentence already.
            open_yet = bool(result) and result[-1].sentence == sentence
            if open_yet and _ends_line(matches, index, folded, wrapped=wrapped):
                sentence, clause = sentence + 1, clause + 1
            paragraph += text.count("\n") > 1
            continue
        if kind == "sign":
            if text in "\"'" or (text == "-" and not _stands_alone(folded.text, match)):
                continue
            if (
                text in ".!?"
                and not (ordinal_dot and _is_ordinal_dot(matches, index))
                and _ends_sentence(matches, index, folded)
            ):
                sentence, clause = sentence + 1, clause + 1
                continue
            if text in _CLAUSE_SIGNS or text == "-":
                clause += 1
        if len(result) - opened >= _LONGEST_SENTENCE:
            sentence, clause = sentence + 1, clause + 1
        if not result or result[-1].sentence != sentence:
            opened = len(result)
        before = folded.text[match.start() - 1] if match.start() else " "
        result.append(
            Token(
                kind=kind,
                text=text,
                start=match.start(),
                end=match.end(),
                sentence=sentence,
                clause=clause,
                paragraph=paragraph,
                glued=before.isalpha() or (before == "-" and kind == "number" and _letter_before(folded.text, match)),
                capital=folded.original[folded.origin[match.start()]].isupper(),
            )
        )
    return result


def _kind(match: re.Match[str]) -> tuple[str, str]:
    """Return what a match is, and its text; a table's dots ("Countries ....... 116") are its label's colon."""
    if match.group("leader"):
        return "sign", ":"
    return "number" if match.group("number") else match.lastgroup or "sign", match.group()


def _letter_before(text: str, match: re.Match[str]) -> bool:
    """Tell whether a number follows a hyphen that follows a letter (``covid-19``), where it is part of a name."""
    return match.start() > 1 and text[match.start() - 2].isalpha()


def _folded_sign(sign: str) -> str:
    if sign in _SAME:
        return _SAME[sign]
    category = unicodedata.category(sign)
    if category in ("Mn", "Cf"):
        return ""
    if category in ("Cc", "Zs", "Zl", "Zp"):
        return sign if sign == "\n" else " "
    if category == "Nd":
        return str(unicodedata.digit(sign))
    decomposed = unicodedata.normalize("NFKD", sign)
    letters = "".join(part for part in decomposed if unicodedata.category(part) != "Mn")
    return "".join(_SAME.get(part, part) for part in letters.casefold()) if letters else ""


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    """Tell whether a hyphen is a dash between clauses (with spaces, or two of them) and no part of a word or range."""
    before = text[match.start() - 1] if match.start() else " "
    after = text[match.end()] if match.end() < len(text) else " "
    # "Madrid, 26 ene (EFE).- La operación …".
    return (after.isspace() and before == ".") or all(sign.isspace() or sign == "-" for sign in (before, after))


def _ends_sentence(matches: list[re.Match[str]], index: int, folded: Folded) -> bool:
    match = matches[index]
    if match.group() != ".":
        return True
    before = matches[index - 1].group() if index else ""
    touches = index > 0 and matches[index - 1].end() == match.start()
    # The "M" of "8 M." is no initial.
    behind_number = index > 1 and matches[index - 2].group("number") is not None
    initial = len(before) == 1 and before.isascii() and not behind_number
    after = next((m for m in matches[index + 1 : index + 4] if m.group() not in "\"'"), None)
    # "No." is short for a number before one only.
    short = before in _ABBREVIATIONS and (before not in _NUMBERING or (after is not None and after.group("number")))
    if touches and before.isalpha() and (short or initial):
        return False
    if after is None:
        return True
    if after.start() == match.end():
        # "3.222" is one number and never comes here; "interpol.int" does.
        return after.group().startswith("\n")
    sign = folded.original[folded.origin[after.start()]]
    return not sign.islower()


def _is_ordinal_dot(matches: list[re.Match[str]], index: int) -> bool:
    """Tell whether a dot stands between one or two digits and a word; such a number seldom ends a sentence."""
    if index == 0 or index + 1 == len(matches):
        return False
    before, match, after = matches[index - 1 : index + 2]
    day = before.group().isdecimal() and len(before.group()) <= 2 and before.end() == match.start()
    return day and after.lastgroup == "word" and after.start() - match.end() == 1


def _ends_line(matches: list[re.Match[str]], index: int, folded: Folded, *, wrapped: bool) -> bool:
    """Tell whether a line's end is a sentence's end: not when a line was merely wrapped."""
    match = matches[index]
    if match.group().count("\n") > 1 or index == 0 or index + 1 == len(matches):
        return True
    length = match.start() - folded.text.rfind("\n", 0, match.start()) - 1
    after = folded.original[folded.origin[matches[index + 1].start()]]
    if matches[index - 1].group("number") and not after.islower() and _is_labelled(folded.text, match):
        return True
    if after.islower():
        return length < _SHORT_LINE
    # A script without case, a number, or a text that is wrapped throughout.
    uncased = after.isalnum() and not after.isupper()
    return length < _LONG_LINE or not (uncased or (wrapped and after.isupper()))


def _is_labelled(text: str, match: re.Match[str]) -> bool:
    """Tell whether both lines that ``match`` parts are of a list: a label, a colon and what it is."""
    before = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
    behind = text[match.end() :].partition("\n")[0]
    return ":" in before and ":" in behind


def is_wrapped(folded: Folded) -> bool:
    """Tell whether a text's long lines were cut by a machine: several go on with a small letter."""
    lines = [line.strip() for line in folded.original.split("\n")]
    cut = [
        len(line) >= _LONG_LINE and after[:1].islower() and line[-1:] not in ".!?:" for line, after in pairwise(lines)
    ]
    return sum(cut) >= _CUTS
