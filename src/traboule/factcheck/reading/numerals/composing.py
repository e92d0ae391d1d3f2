"""Compose a number of its parts: units to hundreds, hundreds to thousands, digits to scales.

In: the parts in the text's order. Out: the value of the number. Guaranteed: a part that begins another number is
refused. No words of any language stand here.
"""

from __future__ import annotations

import re

_GROUPED = re.compile(r"\d{1,3}([ .,'_])\d{3}(?:\1\d{3})*(?:[.,]\d{1,2})?")
# "80,00,000" is eight million, by lakhs and crores.
_INDIAN = re.compile(r"\d{1,2}(?:,\d{2}){1,5},\d{3}")


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
