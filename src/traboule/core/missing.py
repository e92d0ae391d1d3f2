"""Recognise missing values, and which of the three kinds they are (rule 14).

In: the text of a cell. Out: ``unknown``, ``not_asked``, ``not_applicable``, or None where the text is a value. Zero is
a value. An empty cell is none of the three: it says nothing. Some spellings are also codes of a vocabulary (``NA`` is
Namibia, ``unknown`` a sex of HTCDS): the reader of a coded field asks the vocabulary first.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from traboule.core.language.languages import without_growing
from traboule.core.language.messages import catalogue
from traboule.core.language.spelling import fold

MISSING: tuple[str, ...] = ("unknown", "not_asked", "not_applicable")


def read_missing(text: str, *, number: bool = False) -> str | None:
    """Return the member of ``MISSING`` that ``text`` spells in any language, or None for a value.

    With ``number`` the field asks for a number, so 99, 999 and the like are values; -99 (CTDC) is
    missing anywhere.
    """
    folded = fold(text)
    return _spellings().get(folded) or (None if number else _numbers().get(folded))


def missing_spellings() -> frozenset[str]:
    """Return all spellings of missing values, folded."""
    return frozenset({*_spellings(), *_numbers()})


def missing_label(kind: str, language: str) -> str:
    """Return how the missing value ``kind`` is written in ``language`` (English where it is unknown)."""
    wording: Mapping[str, str] = _catalogue()[kind]["label"]
    return wording.get(language, wording["en"])


def _catalogue() -> Mapping[str, Any]:
    return catalogue("traboule.core", "missing.yaml")


@cache
def _spellings() -> dict[str, str]:
    declared = _catalogue()
    by_spelling = {
        fold(str(spelling)): kind
        for kind in MISSING
        for line in (*declared[kind]["spellings"], without_growing(declared[kind]["label"]).values())
        for spelling in line
    }
    return by_spelling | {fold(number): "unknown" for number in declared["numbers"]["always"]}


@cache
def _numbers() -> dict[str, str]:
    return {fold(number): "unknown" for number in _catalogue()["numbers"]["in_words"]}
