"""Read dates of other calendars, where the calendar is marked or evident, as Gregorian dates.

In: the text of a cell and, for birth dates, the state that filed it. Out: an :class:`OtherDate`, which names the
calendar, or None. Guaranteed: pure, never raises. Nothing is guessed: a date is read only where a mark, the name of a
month or the filing state's own civil calendar shows its calendar. What the calendar leaves open stays open: a year
alone falls into two Gregorian years and is read as the one that holds most of it, not ``exact``.

Sources: the Umm al-Qura calendar of Saudi Arabia for lunar Hijri dates from 1343 to 1500 (hijridate), and the tabular
Islamic calendar of Reingold and Dershowitz, Calendrical Calculations, outside those years (leap years 2, 5, 7, 10, 13,
16, 18, 21, 24, 26, 29), as for the Ethiopic one; the leap years of the Solar Hijri calendar as Iran's Calendar Centre
publishes them, which keep a cycle of 33 years from 1244 to 1472; Thailand's Calendar Year Act of B.E. 2483; Japan's Era
Law. A month that begins by sighting can stand a day or two off both, so a lunar Hijri date is never ``exact``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from hijridate import Hijri

from traboule.core.dates import FIRST_YEAR, LAST_YEAR, PartialDate
from traboule.core.language.messages import catalogue
from traboule.core.language.spelling import fold


@dataclass(frozen=True, slots=True)
class OtherDate:
    """``calendar``: a code of the vocabulary ``calendars``. ``day``: the Gregorian date, as precise as it was given.

    ``marked``: a word or a month's name shows the calendar; else the filing state does. ``exact``: the day is certain.
    """

    calendar: str
    day: PartialDate
    marked: bool
    exact: bool


_LONGEST = 60
_NUMBERS = re.compile(r"#?\d+")
_CJK = str.maketrans("年月日号號", "-----")
_FIRST_YEAR_OF_ERA = "元"
_ERA_LETTER = re.compile(r"^([mtshr])[ .]?(\d{1,2})[-/.](\d{1,2})[-/.](\d{1,2})$")
_BETWEEN = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")  # 1445AH, 民國75
_DOTTED = re.compile(r"(?<!\w)(\w)\.(\w)\.?(?!\w)")  # e.c. and พ.ศ. are one word each.
_SIGNS = re.compile(r"[\s\-/.,،;:()\[\]]+")


def parse_other_calendar(text: str, *, state: str = "") -> OtherDate | None:
    """Return the date that ``text`` gives in another calendar than the Gregorian, or None.

    ``state`` (ISO 3166-1 alpha-2) is the state that filed a birth date; leave it out for dates of other kinds, which
    nobody writes in a calendar of the family register.
    """
    if not 1 <= len(text) <= _LONGEST:
        return None
    plain = fold(_written_out(text)).translate(_CJK)
    era = _era(plain)
    if era is not None:
        return era
    words = f" {_plain_spelling(_BETWEEN.sub(' ', plain))} "
    calendar, words = _marked(words)
    month_of = _months(calendar) if calendar else _month_names()
    for name, (named_calendar, month) in month_of.items():
        if f" {name} " in words:
            calendar, words = named_calendar, words.replace(f" {name} ", f" #{month} ", 1)
            break
    numbers = _NUMBERS.findall(words)
    if len(numbers) > 3 or " ".join(numbers) != " ".join(words.split()):
        return None
    marked = bool(calendar)
    if not calendar:
        calendar = _evident(numbers, state)
    return _read(calendar, numbers, marked=marked) if calendar else None


def looks_like_other_calendar(text: str) -> bool:
    """Tell whether ``text`` is a date of three numbers, or a year, whose year only another calendar can have."""
    numbers = _NUMBERS.findall(_SIGNS.sub(" ", fold(text[:_LONGEST])))
    years = [int(number) for number in numbers if number.isdigit() and len(number) == 4]
    return len(numbers) in (1, 2, 3) and len(years) == 1 and (1280 <= years[0] <= 1500 or 2440 <= years[0] <= 2600)


def _written_out(text: str) -> str:
    """Return ``text`` with Thai months in full."""
    if "." not in text or text.isascii():
        return text
    abbreviations: Mapping[str, str] = _declared()["buddhist"]["abbreviations"]
    for short in _longest_first(abbreviations):
        text = text.replace(short, f" {abbreviations[short]} ")
    return text


def _evident(numbers: list[str], state: str) -> str:
    """Return the calendar that the filing state's papers bear, where the year can be of that one only."""
    years = [int(number) for number in numbers if len(number) == 4 and number.isdigit()]
    if len(years) != 1 or not state:
        return ""
    for calendar, declaration in _declared().items():
        if state in declaration.get("states", ()) and declaration["years"][0] <= years[0] <= declaration["years"][1]:
            return calendar
    return ""


def _marked(words: str) -> tuple[str, str]:
    """Return the calendar whose mark stands in ``words``, or an empty text, and the words without it."""
    for mark, calendar in _marks().items():
        if f" {mark} " in words:
            return calendar, words.replace(f" {mark} ", " ", 1)
    return "", words


def _read(calendar: str, numbers: list[str], *, marked: bool) -> OtherDate | None:
    """Return the date of one, two or three numbers: the year first or last, the named month behind a ``#``."""
    named_months = [number for number in numbers if number.startswith("#")]
    numerals = [int(number) for number in numbers if not number.startswith("#")]
    if not numerals or len(named_months) > 1:
        return None
    low, high = _declared()[calendar]["years"]
    year_first = len(numerals) > 1 and numerals[0] > 31
    year = numerals[0] if year_first else numerals[-1]
    if calendar == "minguo" and not named_months and len(numerals) == 3:
        year, year_first = numerals[0], True
    remaining = numerals[1:] if year_first else numerals[:-1][::-1]
    parts = [int(named_months[0][1:]), *remaining] if named_months else remaining
    month, day = ([*parts, None, None])[:2]
    if not low <= year <= high or len(parts) > 2:
        return None
    return _gregorian(calendar, year, month or None, day or None, marked=marked)


def _gregorian(calendar: str, year: int, month: int | None, day: int | None, *, marked: bool) -> OtherDate | None:
    """Return the Gregorian date; where the day or month is open, the one that holds the middle of the time left."""
    first = _ordinal(calendar, year, month or 1, day or 1)
    if first is None or (day is not None and month is None):
        return None
    if calendar in ("buddhist", "minguo"):
        # Their months are the Gregorian ones.
        opened = date.fromordinal(first)
        parts = (opened.year, opened.month if month else None, opened.day if day else None)
        return _other_date(calendar, PartialDate(*parts), marked=marked, exact=True)
    if day is not None:
        gregorian = date.fromordinal(first)
        return _other_date(
            calendar,
            PartialDate(gregorian.year, gregorian.month, gregorian.day),
            marked=marked,
            exact=calendar != "hijri",
        )
    middle = date.fromordinal(first + (14 if month else 180))
    return _other_date(calendar, PartialDate(middle.year, middle.month if month else None), marked=marked, exact=False)


def _other_date(calendar: str, day: PartialDate, *, marked: bool, exact: bool) -> OtherDate | None:
    return OtherDate(calendar, day, marked, exact) if FIRST_YEAR <= day.year <= LAST_YEAR else None


def _era(plain: str) -> OtherDate | None:
    """Return a date of a Japanese era: the era's name and a year of it, or the letter as forms print it (S55.3.4)."""
    for era in _declared()["japanese"]["eras"]:
        kanji, name, letter = map(fold, era["marks"])
        match = re.fullmatch(
            rf"(?:{kanji}|{name}) ?(\d{{1,2}}|{_FIRST_YEAR_OF_ERA})((?:[-/. ]+\d{{1,2}}){{0,2}})-?", plain
        )
        short = _ERA_LETTER.fullmatch(plain)
        if match:
            year = 1 if match[1] == _FIRST_YEAR_OF_ERA else int(match[1])
            month_and_day = [int(number) for number in re.findall(r"\d+", match[2])]
        elif short and short[1] == letter:
            year, month_and_day = int(short[2]), [int(short[3]), int(short[4])]
        else:
            continue
        month, day = ([*month_and_day, None, None])[:2]
        if not 1 <= year <= era["last"]:
            return None
        try:
            return OtherDate("japanese", PartialDate(era["before"] + year, month, day), marked=True, exact=True)
        except ValueError:
            return None
    return None


def _ordinal(calendar: str, year: int, month: int, day: int) -> int | None:
    """Return the day's number, 1 January of the year 1 being 1 (as :meth:`datetime.date.toordinal`); None for none."""
    return _ORDINALS[calendar](year, month, day)


def _hijri(year: int, month: int, day: int) -> int | None:
    """Umm al-Qura where it is defined; else the tabular Islamic calendar, civil epoch: 1 Muharram 1 is 16 July 622."""
    try:
        return Hijri(year, month, day).to_gregorian().toordinal()
    except (ValueError, OverflowError):
        # Outside the defined years, or the thirtieth of a month that had one where it was sighted and not there.
        pass
    longest = 30 if month % 2 or (month == 12 and (11 * year + 14) % 30 < 11) else 29
    if not 1 <= month <= 12 or not 1 <= day <= longest:
        return None
    return 227_014 + (year - 1) * 354 + (3 + 11 * year) // 30 + 29 * (month - 1) + month // 2 + day


_SOLAR_LEAP_BEFORE_1343 = frozenset({1, 5, 9, 13, 17, 21, 26, 30})
_SOLAR_LEAP = frozenset({1, 5, 9, 13, 17, 22, 26, 30})
_SOLAR_FIRST, _SOLAR_FIRST_DAY = 1244, date(1865, 3, 21).toordinal()


def _solar(year: int, month: int, day: int) -> int | None:
    """Solar Hijri calendar: six months of 31 days, five of 30, one of 29 or in leap years 30."""
    longest = 31 if month <= 6 else 30 if month < 12 or _solar_leap(year) else 29
    if not 1 <= month <= 12 or not 1 <= day <= longest or not _SOLAR_FIRST <= year <= 1472:
        return None
    before = range(_SOLAR_FIRST, year)
    days = 365 * len(before) + sum(map(_solar_leap, before))
    return _SOLAR_FIRST_DAY + days + 31 * (month - 1) - max(month - 7, 0) + day - 1


def _solar_leap(year: int) -> bool:
    return year % 33 in (_SOLAR_LEAP if year >= 1343 else _SOLAR_LEAP_BEFORE_1343)


def _ethiopian(year: int, month: int, day: int) -> int | None:
    """Ethiopian calendar: twelve months of 30 days and one of five, or six before a leap year."""
    longest = 30 if month <= 12 else 6 if year % 4 == 3 else 5
    if not 1 <= month <= 13 or not 1 <= day <= longest:
        return None
    return 2795 + 365 * (year - 1) + year // 4 + 30 * (month - 1) + day


def _buddhist(year: int, month: int, day: int) -> int | None:
    """Thai solar calendar: until 1940 its year began in April, so that January to March belong to the year before."""
    return _day(year - 543 + (year <= 2482 and month <= 3), month, day)


def _minguo(year: int, month: int, day: int) -> int | None:
    return _day(year + 1911, month, day)


def _day(year: int, month: int, day: int) -> int | None:
    try:
        return date(year, month, day).toordinal()
    except ValueError:
        return None


_ORDINALS: Mapping[str, Callable[[int, int, int], int | None]] = {
    "hijri": _hijri,
    "solar_hijri": _solar,
    "ethiopian": _ethiopian,
    "buddhist": _buddhist,
    "minguo": _minguo,
}


def _declared() -> Mapping[str, Any]:
    return catalogue("traboule.core", "calendars.yaml")


@cache
def _marks() -> dict[str, str]:
    """Return mark to calendar, the longest first."""
    calendar_of = {
        _plain_spelling(mark): name
        for name, declaration in _declared().items()
        for mark in declaration.get("marks", ())
    }
    return {mark: calendar_of[mark] for mark in _longest_first(calendar_of)}


@cache
def _months(calendar: str) -> dict[str, tuple[str, int]]:
    """Return each spelling of a month to the calendar and its number, the longest first."""
    months = _declared().get(calendar, {}).get("months", ())
    months_by_name = {
        _plain_spelling(name): (calendar, number) for number, names in enumerate(months, start=1) for name in names
    }
    return {name: months_by_name[name] for name in _longest_first(months_by_name)}


@cache
def _month_names() -> dict[str, tuple[str, int]]:
    """Return those spellings that only one calendar has, but none so short that a word of another language is met."""
    months_by_name: dict[str, list[tuple[str, int]]] = {}
    for calendar in _declared():
        for name, month in _months(calendar).items():
            months_by_name.setdefault(name, []).append(month)
    unique = {
        name: months[0]
        for name, months in months_by_name.items()
        if len({calendar for calendar, _ in months}) == 1 and len(name) > 3
    }
    return {name: unique[name] for name in _longest_first(unique)}


def _plain_spelling(word: str) -> str:
    return _SIGNS.sub(" ", _DOTTED.sub(r"\1\2", fold(word))).strip()


def _longest_first(words: Iterable[str]) -> list[str]:
    return sorted(words, key=lambda word: (-len(word), word))
