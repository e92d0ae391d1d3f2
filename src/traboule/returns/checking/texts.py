"""Clean the text of a cell to NFC, and find what in it cannot be stored.

In: a cell. Out: its text, or its fault. Guaranteed: an accepted text has no control character, no character that
changes the direction of what follows, and no lone surrogate, so it can be stored, shown and exported.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

from traboule.returns.raw import Cell

# Control characters but tab and line ends; direction overrides, embeddings and isolates; interlinear marks; tag
# characters; surrogates and noncharacters.
_REFUSED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
# Marks that pasting leaves behind and that mean nothing by themselves. Joiners stay: Persian and Indic names need them.
_DROPPED = str.maketrans(dict.fromkeys("\u200b\u200e\u200f\u061c\ufeff\u00ad\u2060", None))
_SPACES = re.compile(r"[^\S\n]+")
# An equals sign, or a sign before a function, a sheet or a command: phone numbers and handles begin alike.
_FORMULA = re.compile(r"[=＝]|[+\-@＋－＠]\s*(?:\d+\s*[+\-*/]\s*){0,9}[A-Za-z][\w.]*\s*[(|!]")


def cell_text(cell: Cell) -> str:
    """Return a cell as text, the way a person would read it: 12 and not 12.0, a day without its midnight."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int) and cell.bit_length() > 100:
        return f"{'-' if cell < 0 else ''}2^{cell.bit_length()}"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        plain = cell.replace(tzinfo=None)
        return plain.date().isoformat() if plain.time() == plain.min.time() else plain.isoformat(" ", "seconds")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def filed_text(cell: Cell) -> str:
    """Return the cell's text fit to be kept and shown: what cannot be stored stands as a replacement character."""
    text = cell_text(cell)
    return text if text.isascii() and text.isprintable() else _REFUSED.sub("\ufffd", text)


def clean(text: str) -> str:
    """Return the text in NFC without stray spaces and invisible marks; line ends are kept."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split()) if "  " in text else text.strip()
    text = unicodedata.normalize("NFC", text.translate(_DROPPED)).replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(line.strip() for line in _SPACES.sub(" ", text).split("\n")).strip()


def refused_characters(text: str) -> str:
    """Return the code points in ``text`` that cannot be kept, such as ``U+202E``; empty where there are none."""
    if text.isascii() and text.isprintable():
        return ""
    return " ".join(f"U+{ord(mark):04X}" for mark in sorted(set(_REFUSED.findall(text))))


def like_formula(text: str) -> bool:
    """Tell whether a spreadsheet might compute ``text``."""
    return _FORMULA.match(text) is not None
