"""Read dates as clerks and spreadsheets write them, with the precision they were written with.

In: a cell: a text, a number, a date or a moment. Out: a :class:`PartialDate` (ISO 8601 with reduced precision: a year,
a month or a day), a naive local moment, or None. Guaranteed: the day comes before the month where both orders are
possible, because every form asks for that. Nothing is guessed: a two-digit year, a day that does not exist, or a year
outside 1800 to 2199 (another calendar, or a typing error) gives None.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

from traboule.core.language.messages import catalogue
from traboule.core.language.spelling import fold, western_digits

__all__ = ["FIRST_YEAR", "LAST_YEAR", "PartialDate", "parse_date", "parse_moment", "western_digits"]

FIRST_YEAR, LAST_YEAR = 1800, 2199

# Excel's 1900 system: day 1 is 1 January 1900, and day 60 is a 29 February 1900 that never was. Only
# later days are read, for which counting from this day comes right.
_EXCEL_DAY_ZERO = datetime.combine(date(1899, 12, 30), time.min)
_EXCEL_AFTER_SLIP = 61

# Bare whole numbers in this range are rather years of other calendars (1400 AH, 2544 BE) than serial numbers of days
# from 1902 to 1907: they are refused here and read by calendars.py.
_OTHER_YEARS = range(1_000, 2_700)

_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_DAY, _MONTH, _YEAR = r"(?P<day>\d{1,2}|xx?|--)", r"(?P<month>\d{1,2}|xx?|--)", r"(?P<year>\d{4})"
_NAMED_MONTH = r"#(?P<month>\d{1,2})"  # ``_plain`` writes a month's name as #1 to #12.
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"{_YEAR}(?:(?P<between>[-/. ]){_MONTH}(?:(?P=between){_DAY})?)?",
        rf"{_DAY}(?P<between>[-/. ]){_MONTH}(?P=between){_YEAR}",
        rf"{_MONTH}[-/. ]{_YEAR}",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
        rf"(?:{_DAY} )?{_NAMED_MONTH} {_YEAR}",
        rf"{_NAMED_MONTH} {_DAY} {_YEAR}",
        rf"{_YEAR} {_NAMED_MONTH}(?: {_DAY})?",
    )
)
_CLOCK = re.compile(
    r"(?:^| )(\d{1,2})(?::(\d{2})(?::(\d{2})(?:\.\d+)?)?| ?h ?(\d{2})?(?: ?mi?n?)?)"
    r"(am|pm)?(?: ?(?:z|utc|gmt|[+-]\d{2}:?\d{2}))?$"
)
_FIVE_DIGITS = re.compile(r"[0-9]{5}")
_BEFORE_HOUR = re.compile(r"(?<=\d)t(?=\d)")
_AROUND_SIGN = re.compile(r" ?([-/.]) ?")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|o|a)(?![^\W\d_])")
_MONTH_TWICE = re.compile(r"(#\d{1,2})(?: \1)+")
_DIGITS_AND_SIGNS = frozenset("0123456789-/.: x")


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date whose day, or month and day, may not be known. Raises ValueError for one that never was."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.month is None:
            if self.day is not None:
                raise ValueError("a day without its month")
            date(self.year, 1, 1)
        else:
            date(self.year, self.month, 1 if self.day is None else self.day)

    @classmethod
    def from_iso(cls, text: str) -> PartialDate:
        """Return the date that ``iso`` wrote. Raises ValueError for any other form."""
        match = _ISO.fullmatch(text)
        if match is None or not text.isascii():
            raise ValueError("not an ISO 8601 date")
        return cls(*(int(part) for part in match.groups() if part is not None))

    @property
    def precision(self) -> str:
        """Say how much is known: a code of the vocabulary ``date_precisions`` (day, month or year)."""
        if self.day is not None:
            return "day"
        return "year" if self.month is None else "month"

    def iso(self) -> str:
        """Return the ISO 8601 form with as much as is known: ``2001``, ``2001-05`` or ``2001-05-17``."""
        return "-".join([f"{self.year:04d}", *(f"{part:02d}" for part in (self.month, self.day) if part is not None)])

    def earliest(self) -> date:
        """Return the first day this can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    def latest(self) -> date:
        """Return the last day this can mean."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])


def parse_date(value: object) -> PartialDate | None:
    """Return the date that a cell holds, or None where it holds none that can be read without guessing.

    Reads dates and moments, Excel serial numbers, ISO 8601, year or day first with ``-``, ``/``, ``.``
    or spaces, month names in four languages, digits of other scripts, and ``00`` or ``xx`` for a day or
    month not known. A bare number from 1800 to 2199 is a year, as nobody in a return was born in 1905
    by serial number.
    """
    if isinstance(value, date):
        return _partial(value.year, value.month, value.day)
    if isinstance(value, int | float):
        return _number_as_date(value)
    if not isinstance(value, str):
        return None
    iso = _ISO.fullmatch(value)
    if iso is not None and value.isascii():
        return _partial(iso[1], iso[2], iso[3])
    return _day_and_clock(value)[0]


def bare_year(value: date) -> int | None:
    """Return the year that somebody typed into a spreadsheet's column of dates, None for any other day.

    There 1987 turns into the serial number of a day in June 1905. No day from 1902 to 1907 stands in a return, so the
    number is taken back; it may be a year of another calendar.
    """
    if isinstance(value, datetime) and value.time() != time.min:
        return None
    number = (date(value.year, value.month, value.day) - _EXCEL_DAY_ZERO.date()).days
    return number if _OTHER_YEARS[0] <= number <= _OTHER_YEARS[-1] else None


def parse_moment(value: object) -> datetime | None:
    """Return the local moment that a cell holds, without a time zone; a day alone is its midnight.

    The clock time is kept as written: rule 9 asks for the action's local time, so an offset is dropped
    and never applied. A date without its day is no moment. Seconds are the finest unit kept.
    """
    if isinstance(value, datetime):
        moment = value.replace(tzinfo=None, microsecond=0)
        return moment if FIRST_YEAR <= moment.year <= LAST_YEAR else None
    if isinstance(value, float) and not isinstance(value, bool) and not value.is_integer():
        return _serial(value)
    clock: time | None = None
    day = None if isinstance(value, str) else parse_date(value)
    if isinstance(value, str):
        day, clock = _day_and_clock(value)
    if day is None or day.day is None:
        return None
    return datetime.combine(day.earliest(), clock or time.min)


def _number_as_date(value: float) -> PartialDate | None:
    """Read a number of a spreadsheet: a year, eight digits of ISO 8601, or a serial number."""
    if isinstance(value, bool):
        return None
    if float(value).is_integer():
        number = int(value)
        if FIRST_YEAR <= number <= LAST_YEAR:
            return _partial(number)
        if 10_000_000 <= number <= 99_999_999:
            return _text_as_date(str(number))
        if _OTHER_YEARS[0] <= number <= _OTHER_YEARS[-1]:
            return None
    moment = _serial(value)
    return None if moment is None else _partial(moment.year, moment.month, moment.day)


def _serial(value: float) -> datetime | None:
    last = (date(LAST_YEAR, 12, 31) - _EXCEL_DAY_ZERO.date()).days
    if not _EXCEL_AFTER_SLIP <= value < last + 1:
        return None
    moment = _EXCEL_DAY_ZERO + timedelta(seconds=round(value * 86_400))
    return moment if moment.year <= LAST_YEAR else None


def _day_and_clock(value: str) -> tuple[PartialDate | None, time | None]:
    """Read a text that holds a date, or a date and an hour after it."""
    text = _plain(value)
    day = _text_as_date(text)
    if day is not None:
        return day, None
    match = _CLOCK.search(text)
    if match is None:
        return None, None
    hour, minute, second = int(match[1]), int(match[2] or match[4] or 0), int(match[3] or 0)
    if match[5]:
        if not 1 <= hour <= 12:
            return None, None
        hour = hour % 12 + (12 if match[5] == "pm" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None, None
    return _text_as_date(text[: match.start()]), time(hour, minute, second)


def _text_as_date(text: str) -> PartialDate | None:
    """Read a plain text that holds a date and nothing else."""
    for form in _FORMS:
        if match := form.fullmatch(text):
            parts = match.groupdict()
            return _partial(parts["year"], parts.get("month"), parts.get("day"))
    # A CSV made from a spreadsheet carries serial numbers as text; five digits are 1927 to 2173.
    return _number_as_date(int(text)) if _FIVE_DIGITS.fullmatch(text) else None


def _plain(value: str) -> str:
    """Return the text folded, with month names as ``#5``, halves of the day as am and pm, no fillers."""
    text = fold(value).rstrip(" .,،;")
    if _DIGITS_AND_SIGNS.issuperset(text):
        return _AROUND_SIGN.sub(r"\1", text)
    words = _words()
    text = _BEFORE_HOUR.sub(" ", text.replace("،", " ").replace(",", " "))
    text = words.after_noon.sub(r"\1pm", words.before_noon.sub(r"\1am", text))
    text = words.months.sub(lambda match: f" #{words.month_numbers[match[1]]} ", text)
    if "#" in text:
        text = re.sub(r"[-/.](?=[^:]*(?:$| ))", " ", text)
    text = _ORDINAL.sub("", _AROUND_SIGN.sub(r"\1", text))
    return _MONTH_TWICE.sub(r"\1", " ".join(word for word in text.split() if word not in words.fillers))


@dataclass(frozen=True, slots=True)
class _DateWords:
    months: re.Pattern[str]
    month_numbers: dict[str, int]
    before_noon: re.Pattern[str]
    after_noon: re.Pattern[str]
    fillers: frozenset[str]


@cache
def _words() -> _DateWords:
    """Return the words of ``dates.yaml`` made ready; a longer spelling is tried before a shorter."""
    declared = catalogue("traboule.core", "dates.yaml")
    numbers = {fold(name): number for number, names in enumerate(declared["months"], start=1) for name in names}
    return _DateWords(
        months=re.compile(rf"(?<![^\W\d_])({_alternatives(numbers)})(?![^\W\d_])\.?"),
        month_numbers=numbers,
        before_noon=re.compile(rf"(:\d{{2}}) ?(?:{_alternatives(map(fold, declared['before_noon']))})$"),
        after_noon=re.compile(rf"(:\d{{2}}) ?(?:{_alternatives(map(fold, declared['after_noon']))})$"),
        fillers=frozenset(fold(word) for line in declared["fillers"] for word in line),
    )


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


def _partial(year: object, month: object = None, day: object = None) -> PartialDate | None:
    """Return the date of these parts, or None for no such day; ``00``, ``xx``, ``--`` are not known."""
    numbers = [int(str(part)) if part is not None and str(part).isdigit() else 0 for part in (year, month, day)]
    if not FIRST_YEAR <= numbers[0] <= LAST_YEAR or (numbers[2] and not numbers[1]):
        return None
    try:
        return PartialDate(numbers[0], numbers[1] or None, numbers[2] or None)
    except ValueError:
        return None
