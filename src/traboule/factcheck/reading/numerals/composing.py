"""One number put together from its parts: units to hundreds, hundreds to thousands, digits to scales.

In come the parts in the text's order; out goes what they are worth. It promises to say no where a part begins another
number, and to take a word such as "zweitausendfünfhundertsiebzehn" apart only where every letter of it belongs to a
number. No words of any language stand here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from traboule.factcheck.reading.markers import fold_words

_GROUPED = re.compile(r"\d{1,3}([ .,'_])\d{3}(?:\1\d{3})*(?:[.,]\d{1,2})?")
# "80,00,000" is eight million, by lakhs and crores.
_INDIAN = re.compile(r"\d{1,2}(?:,\d{2}){1,5},\d{3}")
_SHORTEST = 5
_TENS = frozenset(range(20, 100, 10))


class Composer:
    """Adds up the parts of one number: units to hundreds, hundreds to thousands."""

    def __init__(self, units_before_tens: bool) -> None:
        self._units_before_tens = units_before_tens
        self._total: float = 0
        self._current: float = 0
        self._scale: float = 0
        self._parts = 0
        self.only_scale = False

    @property
    def value(self) -> float:
        return self._total + self._current

    def add(self, kind: str, value: float, *, joined: bool) -> bool:
        """Take one more part; False where it begins another number."""
        taken = self._start(kind, value) if self._parts == 0 else self._continue(kind, value, joined=joined)
        self._parts += taken
        return taken

    def add_half(self) -> bool:
        """Take "and a half": of the scale before it ("eight million and a half"), else of one."""
        if not self._current and not self._scale:
            return False
        if self._current:
            self._current += 0.5
        else:
            self._total += self._scale / 2
        return True

    def add_decimal(self, tenths: float) -> bool:
        """Take "point seven" after a number of units; False after a scale, where it is none of this number."""
        if self._scale or not 0 < self._current < 1000 or not float(self._current).is_integer():
            return False
        self._current += tenths
        return True

    def _start(self, kind: str, value: float) -> bool:
        if kind == "scale":
            self._total, self._scale, self.only_scale = value, value, True
        else:
            self._current = value
        return True

    def _continue(self, kind: str, value: float, *, joined: bool) -> bool:
        if kind == "scale":
            return self._multiply(value)
        if kind in ("hundred", "collective"):
            # "Twenty-five hundred" is 2,500.
            multiplies = (
                kind == "collective" or 0 < self._current < 10 or (self._current < 100 and self._current % 10 > 0)
            )
            self._current = max(self._current, 1) * value if multiplies else self._current
            return multiplies
        if kind == "digits" and joined and self._current >= 1000 and self._current % 1000 == 0 and value < 1000:
            # "ألفين و517": the thousand is a word of its own, the rest digits.
            self._current += value
            return True
        if kind == "digits" or self._current == 0:
            # "3 mil 222": digits follow words only after a scale larger than they.
            return self._fresh(value)
        return self._add(value, joined=joined)

    def _multiply(self, value: float) -> bool:
        if self._current == 0 or (self._scale and value >= self._scale):
            return False
        self._total += self._current * value
        self._current, self._scale = 0, value
        return True

    def _fresh(self, value: float) -> bool:
        if self._current or not self._scale or value >= self._scale:
            return False
        # "Mil 800" and "mil ochocientos" are 1,800; a scale alone is vague, a scale with more is not.
        self._current, self.only_scale = value, False
        return True

    def _add(self, value: float, *, joined: bool) -> bool:
        tens_follow = 0 < self._current % 100 < 10 and value in range(20, 100, 10)
        smaller = self._current % 10 ** len(str(int(value))) == 0
        # French counts on from sixty and eighty: "soixante et onze", "quatre-vingt-douze".
        smaller = smaller or (self._current % 100 in (60, 80) and 10 <= value < 20)
        fits = joined and (tens_follow or smaller) if self._units_before_tens else smaller
        self._current += value if fits else 0
        return fits


def digits_value(text: str, *, before_scale: bool = False) -> float:
    """Return what digits with separators are worth: ``2.517`` is 2,517, but 2.517 before "million"."""
    grouped = _GROUPED.fullmatch(text)
    if _INDIAN.fullmatch(text):
        return as_whole_number(float(text.replace(",", "")))
    if grouped is None:
        return as_whole_number(float(text.replace(",", ".")))
    separator = grouped.group(1)
    single = text.count(separator) == 1
    if separator in ".," and single and (before_scale or text.startswith("0")):
        return as_whole_number(float(text.replace(",", ".")))
    first, _, remainder = text.partition(separator)
    tail = ""
    decimal_mark = next((sign for sign in ".," if sign != separator and sign in remainder), None)
    if decimal_mark is not None:
        remainder, _, tail = remainder.partition(decimal_mark)
    digits = first + remainder.replace(separator, "")
    return as_whole_number(float(f"{digits}.{tail or 0}"))


def as_whole_number(value: float) -> float:
    """Return ``value`` as a whole number where it is one."""
    return int(value) if float(value).is_integer() else value


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
