"""Remark on words for people that our own releases never use.

In: a text and its language. Out: remarks, each with its span. A remark is no verdict: the number beside the word may be
right.
"""

from __future__ import annotations

import re
from functools import cache

from traboule.core.language.messages import catalogue
from traboule.factcheck.reading.lexicon import PACKAGE
from traboule.factcheck.report import WordingRemark, reason


def forbidden_words(text: str, language: str, reader: str) -> tuple[WordingRemark, ...]:
    """Return a remark for each word of ``text`` that our releases never use of people, in the language ``reader``."""
    remarks = []
    for match in _pattern(language).finditer(text):
        why = reason("forbidden", reader, words=match.group())
        remarks.append(WordingRemark(match.group(), match.start(), match.end(), why))
    return tuple(remarks)


@cache
def _pattern(language: str) -> re.Pattern[str]:
    choices = "|".join(catalogue(PACKAGE, f"lexicons/{language}.yaml")["forbidden"])
    # In Arabic "and", "of" or "to" may be written onto a word.
    return re.compile(rf"(?<!\w)(?:[وبلك]|لل)?(?:{choices})(?!\w)", re.IGNORECASE)
