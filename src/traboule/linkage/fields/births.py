"""Encode births as numbers: a whole date, the date with day and month swapped, and the range of possible years.

Input: ISO dates of reduced precision, their declared precision, age bands, and the day on which an age is read. Unknown
parts are 0. The first of January counts as a year only, because clerks enter it when they know no more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import numpy as np

from traboule.core.codes import vocabulary
from traboule.linkage.arrays.text_encoding import Column, Integers, combine_codes, rank_texts, take_texts
from traboule.linkage.arrays.unique import first_occurrences

_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_OPEN_END = 110  # years; the last age band has no end
_ESTIMATE = 2  # years either way
FIRST_OF_JANUARY = 2


@dataclass(frozen=True)
class Births:
    """Columns with one place per record; 0 where unknown.

    ``full``: a whole date as yyyymmdd. ``swapped``: the same with day and month swapped, where that is a date.
    ``year``, ``month``. ``vague``: 1 where only the year can be trusted, FIRST_OF_JANUARY where that date was filed.
    ``low``, ``high``: the range of possible years.
    """

    full: Integers
    swapped: Integers
    year: Integers
    month: Integers
    vague: Integers
    low: Integers
    high: Integers


def births(dates: Column, precisions: Column, bands: Column, *, on: date) -> Births:
    """Return the columns for ISO ``dates``; where there is no date, the years that an age band, read ``on`` a day,
    allows."""
    filed = (dates, precisions, bands)
    codes, _ = combine_codes(*((number, len(distinct)) for number, distinct in map(rank_texts, filed)))
    first, place = first_occurrences(codes)
    distinct = zip(*(take_texts(column, first).to_pylist() for column in filed), strict=True)
    read = np.array([born(day, precision, band, on) for day, precision, band in distinct], dtype=np.int64)
    return Births(*(column[place] for column in read.reshape(-1, 7).T))


def born(day: str, precision: str, band: str, on: date) -> tuple[int, ...]:
    """Return one row of the columns of :class:`Births`."""
    match = _ISO.fullmatch(day)
    if not match:
        return (0, 0, 0, 0, 0, *_span_of_band(band, on))
    year, month, number = (int(part or 0) for part in match.groups())
    if precision == "estimated":
        return 0, 0, year, 0, 1, year - _ESTIMATE, year + _ESTIMATE
    if precision in ("month", "year"):
        number = 0
    if precision == "year":
        month = 0
    vague = FIRST_OF_JANUARY if (month, number) == (1, 1) else int(number == 0)
    full = 0 if vague else _number(year, month, number)
    swapped = _number(year, number, month) if full and number != month else 0
    return full, swapped, year, month, vague, year, year


def _number(year: int, month: int, day: int) -> int:
    """Return yyyymmdd, 0 where that is not a date."""
    try:
        date(year, month, day)
    except ValueError:
        return 0
    return year * 10_000 + month * 100 + day


def _span_of_band(band: str, on: date) -> tuple[int, int]:
    bands = vocabulary("age_bands")
    if band not in bands:
        return 0, 0
    low, high = bands.attribute(band, "low"), bands.attribute(band, "high")
    youngest = low if isinstance(low, int) else 0
    oldest = high if isinstance(high, int) else _OPEN_END
    return on.year - oldest - 1, on.year - youngest
