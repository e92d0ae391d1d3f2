"""Dates of other calendars: read where they are marked or evident, and never guessed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traboule.core.calendars import _ordinal, looks_like_other_calendar, parse_other_calendar
from traboule.core.codes import vocabulary
from traboule.core.dates import parse_date
from traboule.core.language.messages import catalogue

# Days whose two dates are in the history books; the lunar Hijri ones may stand a day off.
KNOWN = [
    ("solar_hijri", (1403, 1, 1), "2024-03-20"),
    ("solar_hijri", (1404, 1, 1), "2025-03-21"),
    ("solar_hijri", (1357, 11, 22), "1979-02-11"),
    ("solar_hijri", (1300, 1, 1), "1921-03-21"),
    ("solar_hijri", (1399, 12, 30), "2021-03-20"),
    ("ethiopian", (2000, 1, 1), "2007-09-12"),
    ("ethiopian", (2017, 1, 1), "2024-09-11"),
    ("ethiopian", (1966, 13, 5), "1974-09-10"),
    ("buddhist", (2544, 5, 17), "2001-05-17"),
    ("buddhist", (2475, 6, 24), "1932-06-24"),
    ("buddhist", (2482, 2, 1), "1940-02-01"),
    ("minguo", (75, 6, 1), "1986-06-01"),
    ("hijri", (1445, 9, 1), "2024-03-11"),
    ("hijri", (1400, 1, 1), "1979-11-21"),
]

MARKED = [
    ("17/05/1445 هـ", "hijri", "2023-12-01"),
    ("١٧/٠٥/١٤٤٥هـ", "hijri", "2023-12-01"),
    ("1445-05-17 A.H.", "hijri", "2023-12-01"),
    ("17 Jumada al-ula 1445", "hijri", "2023-12-01"),
    ("17 جمادى الأولى 1445", "hijri", "2023-12-01"),
    ("1400 AH", "hijri", "1980"),
    ("05/1445 AH", "hijri", "2023-11"),
    ("1380/02/27 ه.ش", "solar_hijri", "2001-05-17"),
    ("۱۳۸۰/۰۲/۲۷ ه‍.ش", "solar_hijri", "2001-05-17"),
    ("27 Ordibehesht 1380", "solar_hijri", "2001-05-17"),
    ("۲۷ اردیبهشت ۱۳۸۰", "solar_hijri", "2001-05-17"),
    ("1360 SH", "solar_hijri", "1981"),
    ("12/03/2010 E.C.", "ethiopian", "2017-11-21"),
    ("ጥቅምት 5 1990 ዓ.ም.", "ethiopian", "1997-10-15"),
    ("17/05/2544 พ.ศ.", "buddhist", "2001-05-17"),
    ("17 พ.ค. 2544", "buddhist", "2001-05-17"),
    ("17 มี.ค. 2544", "buddhist", "2001-03-17"),
    ("17 ม.ค. 2544", "buddhist", "2001-01-17"),
    ("๑๗ พฤษภาคม ๒๕๔๔", "buddhist", "2001-05-17"),
    ("昭和55年3月4日", "japanese", "1980-03-04"),
    ("平成元年1月8日", "japanese", "1989-01-08"),
    ("S55.3.4", "japanese", "1980-03-04"),
    ("Heisei 3", "japanese", "1991"),
    ("民國75年6月1日", "minguo", "1986-06-01"),
]


@pytest.mark.parametrize(("calendar", "day", "iso"), KNOWN)
def test_known_days(calendar: str, day: tuple[int, int, int], iso: str) -> None:
    number = _ordinal(calendar, *day)
    assert number is not None
    assert abs(number - date.fromisoformat(iso).toordinal()) <= (calendar == "hijri")


@pytest.mark.parametrize(("text", "calendar", "iso"), MARKED)
def test_a_marked_date_is_read_and_says_its_calendar(text: str, calendar: str, iso: str) -> None:
    result = parse_other_calendar(text)
    assert result is not None
    assert (result.calendar, result.day.iso(), result.marked) == (calendar, iso, True)
    assert parse_date(text) is None  # The Gregorian reader never takes it for one of its own.


@pytest.mark.parametrize(
    ("text", "state", "calendar", "iso"),
    [
        ("1380/02/27", "IR", "solar_hijri", "2001-05-17"),
        ("27/02/1380", "AF", "solar_hijri", "2001-05-17"),
        ("1445/05/17", "SA", "hijri", "2023-12-01"),
        ("2544-05-17", "TH", "buddhist", "2001-05-17"),
        ("1380", "IR", "solar_hijri", "2001"),
    ],
)
def test_the_filing_states_papers_tell_and_are_told(text: str, state: str, calendar: str, iso: str) -> None:
    result = parse_other_calendar(text, state=state)
    assert result is not None
    assert (result.calendar, result.day.iso(), result.marked) == (calendar, iso, False)
    assert parse_other_calendar(text) is None
    assert parse_other_calendar(text, state="FR") is None
    assert looks_like_other_calendar(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2001-05-17",
        "17/05/2001",
        "Smith",
        "be 12",
        "32/01/1445 AH",
        "0/0/0 AH",
        "31/12/1445 AH",
        "Tir 1360",
        "1445 AH 1446 AH",
        "x" * 500,
        "٠/٠/٠ هـ",
        "31/12/1402 SH",
        "Heisei 40",
        "🙂 AH",
        "14/13/2000 EC x",
        "9999 AH",
    ],
)
def test_what_is_no_such_date_is_none(text: str) -> None:
    assert parse_other_calendar(text, state="FR") is None


@pytest.mark.parametrize("number", [1380, 1445, 2544, 1300.0])
def test_a_bare_year_of_another_calendar_is_no_serial_number(number: float) -> None:
    assert parse_date(number) is None


def test_every_day_of_a_calendar_follows_the_one_before() -> None:
    for calendar, years in (("hijri", (1250, 1343)), ("solar_hijri", (1280, 1420)), ("ethiopian", (1900, 2020))):
        days = [
            number
            for year in range(*years)
            for month in range(1, 14)
            for day in range(1, 32)
            if (number := _ordinal(calendar, year, month, day)) is not None
        ]
        assert days == list(range(days[0], days[0] + len(days))), calendar


def test_umm_al_qura_leaves_out_no_day_and_sets_the_thirtieth_that_was_sighted_on_the_next() -> None:
    days = [
        number
        for year in range(1343, 1501)
        for month in range(1, 13)
        for day in range(1, 32)
        if (number := _ordinal("hijri", year, month, day)) is not None
    ]
    assert set(days) == set(range(days[0], max(days) + 1))
    # 1 Ramadan 1445 and 1 Shawwal 1444 as Saudi Arabia published them.
    assert [_ordinal("hijri", 1445, 9, 1), _ordinal("hijri", 1444, 10, 1)] == [
        date(2024, 3, 11).toordinal(),
        date(2023, 4, 21).toordinal(),
    ]


def test_every_calendar_has_its_name() -> None:
    assert sorted(catalogue("traboule.core", "calendars.yaml")) == sorted(vocabulary("calendars").codes)


@given(st.dates(date(1905, 1, 1), date(2024, 12, 31)))
def test_a_solar_date_comes_back(day: date) -> None:
    year = day.year - 621
    for candidate in (year, year - 1):
        for month in range(1, 13):
            first = _ordinal("solar_hijri", candidate, month, 1)
            assert first is not None
            place = (day - date.fromordinal(first)) // timedelta(days=1) + 1
            if _ordinal("solar_hijri", candidate, month, place) == day.toordinal():
                result = parse_other_calendar(f"{place}/{month}/{candidate} ه.ش")
                assert result is not None
                assert result.day.earliest() == day
                return
    raise AssertionError(day)


@given(st.text(max_size=70), st.sampled_from(["", "IR", "SA", "TH", "ET", "🙂"]))
def test_no_text_makes_it_raise(text: str, state: str) -> None:
    result = parse_other_calendar(text, state=state)
    assert result is None or result.calendar in vocabulary("calendars")
