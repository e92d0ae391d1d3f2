"""Numbers below a million that a language writes as one word: "zweitausendfünfhundertsiebzehn".

In: a lexicon's number words, then folded words. Out: the value of a word, None where it is no such number. Guaranteed:
a word is a number only where every letter of it belongs to one. No words of any language stand here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from traboule.factcheck.reading.markers import fold_words

_SHORTEST = 5
_TENS = frozenset(range(20, 100, 10))


class CompoundReader:
    """Reads the numbers below a million that one language writes as one word."""

    def __init__(self, numbers: Mapping[str, Any]) -> None:
        """Take the lexicon's number words; a language without ``compounds`` reads none."""
        self._values: dict[str, int] = {}
        self._pattern: re.Pattern[str] | None = None
        if not numbers.get("compounds"):
            return
        for section in ("units", "compounds"):
            self._values |= {_folded_word(word): value for word, value in numbers[section].items() if value}
        units = _choice(word for word, value in self._values.items() if value < 10)
        tens = _choice(word for word, value in self._values.items() if value in _TENS)
        below = _choice(word for word, value in self._values.items() if value < 100)
        hundred = _choice(_folded_word(word) for word in numbers["hundreds"])
        joiner = _choice(_folded_word(word) for word in numbers["joiners"])
        thousand = _choice(_folded_word(word) for word, value in numbers["scales"].items() if value == 1000)
        small = rf"(?:(?P<u{{0}}>{units}){joiner}(?P<t{{0}}>{tens})|(?P<n{{0}}>{below}))"
        # "Achtzehnhundert" is 1,800.
        part = rf"(?:(?P<h{{0}}>{units}|{below})?(?P<c{{0}}>{hundred}))?(?:{joiner})?{small}?"
        self._pattern = re.compile(
            rf"(?:(?P<before>{part.format(1)})(?P<thousand>{thousand}))?(?:{joiner})?{part.format(2)}"
        )

    def value(self, word: str) -> int | None:
        """Return what ``word`` (folded) is worth, None where it is no number written as one."""
        if self._pattern is None or len(word) < _SHORTEST:
            return None
        match = self._pattern.fullmatch(word)
        if match is None:
            return None
        below = self._part(match, "2")
        if match.group("thousand") is None:
            return below or None
        return (self._part(match, "1") or 1) * 1000 + below

    def _part(self, match: re.Match[str], number: str) -> int:
        def worth(name: str) -> int:
            return self._values.get(match.group(name + number) or "", 0)

        hundreds = (worth("h") or 1) * 100 if match.group("c" + number) else 0
        return hundreds + worth("u") + worth("t") + worth("n")


def _folded_word(word: str) -> str:
    return "".join(fold_words(word))


def _choice(words: Any) -> str:
    return "(?:" + "|".join(sorted(map(re.escape, set(words)), key=lambda w: (-len(w), w))) + ")"
