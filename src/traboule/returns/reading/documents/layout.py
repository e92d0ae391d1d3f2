"""Read the lines of a PDF page from where its glyphs stand.

A PDF places glyphs and says neither where a cell of a table ends nor in which order writing from the right is read.
What PDFium makes of that order is right for some producers and reverses words, or the letters of a ligature, for
others; where each glyph stands is always known. So wide gaps part cells, and the glyphs of a line written from the
right are sorted by place, its runs of digits and Latin letters turned back (UAX #9, rule L2 undone).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple
from unicodedata import bidirectional, combining, mirrored, normalize

import pypdfium2
import pypdfium2.raw as pdfium

# Gaps in parts of the line's height. Side bearings of letters that do not join are at most half a space; the spaces
# that group digits are narrow; between two columns or cells there is more than any space. Where spaces are placed as
# glyphs, a gap alone is one only if it is wider than all of them; a space between letters that join is misplaced.
_SPACE, _UNPLACED_SPACE, _LEAST_GAP, _NO_GROUP, _COLUMN = 0.2, 0.6, 0.05, 0.45, 1.1
_SAME_LINE = 0.3
# The mark of a note is smaller than its text, and begins above its foot by a part of its height.
_SMALL, _RAISED = 0.85, 0.2
CELL = " | "
_SPACES = " \u00a0\u2009\u202f"
_LAM = "ل"
# PDFium's signs for a hyphen that only breaks a word at the end of a line, and the one used here.
_BROKEN, SOFT_HYPHEN = "\u0002\ufffe", "\u00ad"
_LEFT_TO_RIGHT = r"A-Za-z0-9\u00c0-\u024f\u0660-\u0669\u06f0-\u06f9"
# A run written from the left: letters and digits, with the signs that stand within numbers, dates and addresses.
_RUN = re.compile(
    rf"[{_LEFT_TO_RIGHT}]+(?:(?:[.,:/\-'’_@&+\u066b\u066c\u00a0]|(?<=[A-Za-z\u00c0-\u024f]) (?=[A-Za-z\u00c0-\u024f]))?"
    rf"[{_LEFT_TO_RIGHT}]+)*"
)
# Forms of Arabic letters as glyphs show them; normalising other signs would make digits of the marks of notes.
_PRESENTED = re.compile(r"[\ufb50-\ufdff\ufe70-\ufefc]+")
_MIRRORS = str.maketrans("()[]{}«»<>‹›", ")(][}{»«><›‹")


class Glyph(NamedTuple):
    """One character with the box of its glyph in points and its font's size; ``generated`` is a space of PDFium's."""

    sign: str
    left: float
    bottom: float
    right: float
    top: float
    size: float = 1.0
    generated: bool = False


Line = list[Glyph]


def page_lines(page: pypdfium2.PdfTextPage) -> list[str]:
    """Return the lines of a page in the order in which they are read, Arabic without vowel signs.

    Cells of a table are parted by " | "; a word broken at the end of a line keeps a soft hyphen.
    """
    lines: list[Line] = [[]]
    for index in range(page.count_chars()):
        sign = chr(pdfium.FPDFText_GetUnicode(page, index))
        if sign == "\n":
            lines.append([])
        elif _is_glyph(sign):
            left, bottom, right, top = page.get_charbox(index)
            size = pdfium.FPDFText_GetFontSize(page, index)
            generated = bool(pdfium.FPDFText_IsGenerated(page, index))
            glyph = Glyph(SOFT_HYPHEN if sign in _BROKEN else sign, left, bottom, right, top, size, generated)
            if not (lines[-1] and _is_note_mark(glyph, lines[-1][-1])):
                lines[-1].append(glyph)
    if _is_right_to_left(glyph for line in lines for glyph in line):
        glyph_lines = [[glyph for glyph in line if not glyph.generated] for line in lines]
        return [_logical(line) for line in _rejoin([line for line in glyph_lines if line])]
    return [_with_cells(line) for line in lines]


def _is_note_mark(glyph: Glyph, last: Glyph) -> bool:
    """Tell whether a digit is the small raised mark of a note: it would be one more digit of the number before it."""
    raised = glyph.bottom > last.bottom + _RAISED * (last.top - last.bottom)
    return glyph.sign.isdigit() and last.sign.isdigit() and glyph.size < _SMALL * last.size and raised


def _is_right_to_left(glyphs: Iterable[Glyph]) -> bool:
    """Tell whether most letters are written from the right."""
    directions = Counter(bidirectional(glyph.sign) for glyph in glyphs)
    return directions["R"] + directions["AL"] > directions["L"]


def _with_cells(line: Line) -> str:
    """Return a line written from the left as PDFium orders it, its cells parted."""
    pieces: list[str] = []
    last, gutter = None, _COLUMN * _height(line) if line else 0
    for glyph in line:
        if glyph.sign in _SPACES:
            pieces.append(glyph.sign)
            continue
        if last is not None and glyph.left - last.right > gutter:
            pieces = ["".join(pieces).rstrip(), CELL]
        pieces.append(glyph.sign)
        last = glyph
    return normalize("NFC", "".join(pieces))


def _is_glyph(sign: str) -> bool:
    return sign in _SPACES or sign in _BROKEN or sign.isprintable()


def _rejoin(lines: list[Line]) -> list[Line]:
    """Return lines with the pieces of one line put together again, where they stand side by side without a gutter."""
    merged_lines: list[Line] = []
    for line in lines:
        same = next((earlier for earlier in reversed(merged_lines[-6:]) if _is_beside(earlier, line)), None)
        if same is None:
            merged_lines.append(list(line))
        else:
            same += line
    return merged_lines


def _is_beside(first: Line, second: Line) -> bool:
    height = max(_height(first), _height(second))
    if abs(min(g.bottom for g in first) - min(g.bottom for g in second)) > _SAME_LINE * height:
        return False
    gap = max(min(g.left for g in first), min(g.left for g in second)) - min(
        max(g.right for g in first), max(g.right for g in second)
    )
    return gap < _COLUMN * height


def _height(line: Line) -> float:
    """Return the height of a line in points, never nothing: a line may be of spaces alone."""
    return max(1.0, max(glyph.top for glyph in line) - min(glyph.bottom for glyph in line))


def _logical(line: Line) -> str:
    """Return one line of glyphs as text."""
    # A letter occurs twice at one place where a mark above it was one glyph with it.
    glyphs = list(dict.fromkeys(glyph for glyph in line if not combining(glyph.sign)))
    if not _is_right_to_left(glyphs):
        return _with_spaces(sorted(glyphs, key=lambda glyph: glyph.left + glyph.right), from_right=False)
    # The letters of a ligature share its box; those of Arabic begin with lam.
    glyphs.sort(key=lambda glyph: (-round(glyph.left + glyph.right, 1), glyph.sign != _LAM))
    text = _with_spaces(glyphs, from_right=True)
    text = "".join(sign.translate(_MIRRORS) if mirrored(sign) else sign for sign in text)
    text = _RUN.sub(lambda run: run[0][::-1], text).replace("\u0640", "")
    return _PRESENTED.sub(lambda letters: normalize("NFKC", letters[0]), text)


def _with_spaces(glyphs: Line, *, from_right: bool) -> str:
    """Return the signs of glyphs in a row with a space at each gap, a bar between cells."""
    height = _height(glyphs)
    spaces = [glyph for glyph in glyphs if glyph.sign in _SPACES]
    wide = sum(space.right > space.left for space in spaces)
    least = _UNPLACED_SPACE if 2 * wide > len(spaces) else _SPACE
    pieces: list[str] = []
    last, after_space = None, False
    for glyph in glyphs:
        if glyph.sign in _SPACES:
            after_space = True
            continue
        if last is not None:
            gap = (last.left - glyph.right if from_right else glyph.left - last.right) / height
            if gap > (_LEAST_GAP if after_space else least):
                grouped = last.sign.isdigit() and glyph.sign.isdigit() and gap < _NO_GROUP
                pieces.append(CELL if gap > _COLUMN else "\u00a0" if grouped else " ")
        pieces.append(glyph.sign)
        last, after_space = glyph, False
    return "".join(pieces)
