"""Find in the text of an offer what points to deceptive recruitment, by rules that stand in ``deception.yaml``.

In: a text. Out: codes of the vocabulary ``deception_indicators`` with the words that matched. Guaranteed: a rule shows
words of its own pattern alone, so that no contact or name of a text is in the result.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from traboule.core.language.messages import catalogue

_MOST_READ = 5_000


@dataclass(frozen=True, slots=True)
class Indicator:
    """What points to deception, and the words that say so."""

    code: str
    words: tuple[str, ...]


def indicators(offered: Sequence[str]) -> tuple[Indicator, ...]:
    """Return what points to deception in any of the texts, each rule with its distinct words."""
    lowered = [unicodedata.normalize("NFKC", text[:_MOST_READ]).casefold() for text in offered]
    matches = {
        code: sorted({" ".join(match.group().split()) for text in lowered for match in pattern.finditer(text)})
        for code, pattern in _patterns().items()
    }
    return tuple(Indicator(code, tuple(words)) for code, words in matches.items() if words)


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    rules: Mapping[str, Sequence[str]] = catalogue("traboule.analysis.recruitment", "deception.yaml")
    return {code: re.compile("|".join(f"(?:{rule})" for rule in by_language)) for code, by_language in rules.items()}
