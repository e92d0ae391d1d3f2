"""Markdown for the reference: tables, codes, and Arabic that stays readable among Latin letters.

In: plain text. Out: Markdown. Promise: whatever a catalogue holds, a cell stays one cell and a heading one heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "traboule"
WRITTEN = "<!-- Written by docs/reference/generate.py from what the program itself reads. Do not edit. -->"

_FORMS = re.compile(r"\{\w+:[^{}]*\bother=([^{}|]*)[^{}]*\}")
LANGUAGE_NAMES = {"en": "English", "fr": "Français", "es": "Español", "ar": "العربية"}


def text(value: object) -> str:
    """Return ``value`` on one line, with what Markdown would take for its own made harmless.

    Of a place that lists the forms of a plural, the form for many is shown.
    """
    line = _FORMS.sub(r"\1", " ".join(str(value).split()))
    for sign, harmless in (("\\", "\\\\"), ("<", "&lt;"), ("*", "\\*"), ("[", "\\["), ("]", "\\]")):
        line = line.replace(sign, harmless)
    return line


def code(value: object) -> str:
    """Return ``value`` as code, empty where it is empty."""
    return f"`{value}`" if str(value) else ""


def codes(values: Iterable[object]) -> str:
    """Return several codes with commas between."""
    return ", ".join(code(value) for value in values)


def label(value: object, language: str) -> str:
    """Return a label; Arabic is isolated, so that neither its cell nor its neighbours are turned round."""
    return f'<bdi lang="ar" dir="rtl">{text(value)}</bdi>' if language == "ar" else text(value)


def yes(value: bool) -> str:
    """Return ``yes`` or nothing: an empty cell is read faster than a no."""
    return "yes" if value else ""


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table. Cells are Markdown already: see :func:`text` and :func:`code`; only their bars are escaped."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def link(name: str, page: str = "") -> str:
    """Return a link to the heading ``name`` of ``page``, of the same page where none is given."""
    return f"[{name}]({page}#{name})"


def page(title: str, about: str, parts: Iterable[str]) -> str:
    """Return a whole page, its parts apart by an empty line, ending in one line break."""
    return "\n\n".join([f"# {title}", WRITTEN, about, *(part for part in parts if part)]) + "\n"
