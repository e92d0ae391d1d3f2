"""Read integers and decimal numbers as clerks write them.

In: a cell. Out: a number, or a fault. Guaranteed: never guesses silently. A point or comma before exactly three digits
is taken as a thousands separator, and a finding says so; any other ambiguous number is a fault.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from traboule.core.language.spelling import western_digits
from traboule.returns.raw import Cell

LARGEST_COUNT = 2_147_483_647  # More than the people of any one state, and what a database integer holds.
LARGEST_NUMBER = 1e15
_LONGEST = 40

_SIGNS = str.maketrans({"−": "-", "–": "-", "٫": ",", "٬": "'", "’": "'", "＋": "+", "،": ","})
_BETWEEN_GROUPS = re.compile(r"(?<=\d)[\s'_](?=\d{3}(?!\d))")
_PLAIN = re.compile(r"[+-]?\d+")
_ONE_GROUP = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_GROUPS = re.compile(r"[+-]?\d{1,3}(?:([.,])\d{3}(?:\1\d{3})+)")
_MIXED = re.compile(r"([+-]?\d{1,3}(?:([.,])\d{3})(?:\2\d{3})*)(?!\2)[.,](\d+)")
_DECIMAL = re.compile(r"([+-]?\d*)[.,](\d+)")


@dataclass(frozen=True, slots=True)
class ReadNumber:
    """A number, or the code of what stands against it; ``grouped`` tells that thousands were assumed."""

    value: int | float | None
    fault: str = ""
    grouped: bool = False


def read_integer(cell: Cell) -> ReadNumber:
    """Return a count from 0 to LARGEST_COUNT, or R-INTEGER, R-NEGATIVE, R-NUMBER-LARGE."""
    number = _read(cell)
    value = number.value
    if value is None or (isinstance(value, float) and not value.is_integer()):
        return ReadNumber(None, "R-INTEGER")
    if value < 0:
        return ReadNumber(None, "R-NEGATIVE")
    if value > LARGEST_COUNT:
        return ReadNumber(None, "R-NUMBER-LARGE")
    return ReadNumber(int(value), grouped=number.grouped)


def read_number(cell: Cell) -> ReadNumber:
    """Return an amount from 0 to LARGEST_NUMBER, or R-NUMBER, R-NEGATIVE, R-NUMBER-LARGE."""
    number = _read(cell)
    value = number.value
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ReadNumber(None, "R-NUMBER")
    if value < 0:
        return ReadNumber(None, "R-NEGATIVE")
    if value > LARGEST_NUMBER:
        return ReadNumber(None, "R-NUMBER-LARGE")
    return ReadNumber(float(value), grouped=number.grouped)


def _read(cell: Cell) -> ReadNumber:
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        return ReadNumber(None)
    if isinstance(cell, int | float):
        return ReadNumber(cell)
    text = _BETWEEN_GROUPS.sub("", western_digits(cell).translate(_SIGNS).strip())
    return _read_text(text) if len(text) <= _LONGEST and text.isascii() else ReadNumber(None)


def _read_text(text: str) -> ReadNumber:
    digits = re.sub(r"[.,]", "", text)
    if _PLAIN.fullmatch(text) or _GROUPS.fullmatch(text):
        return ReadNumber(int(digits))
    if _ONE_GROUP.fullmatch(text):
        return ReadNumber(int(digits), grouped=True)
    if mixed := _MIXED.fullmatch(text):
        integer_part = re.sub(r"[.,]", "", mixed[1])
        return ReadNumber(float(f"{integer_part}.{mixed[3]}"))
    if decimal := _DECIMAL.fullmatch(text):
        return ReadNumber(float(f"{decimal[1]}.{decimal[2]}"))
    return ReadNumber(None)
