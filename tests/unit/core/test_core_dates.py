"""Every way a date reaches us, and every one that is refused because it would have to be guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traboule.core.codes import vocabulary
from traboule.core.dates import PartialDate, parse_date, parse_moment, western_digits

DAYS = st.dates(date(1800, 1, 1), date(2199, 12, 31))
ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def local(*parts: int, offset: int | None = None) -> datetime:
    """Return a moment by its parts; without ``offset`` (hours) it has no zone, as rule 9 wants it."""
    zone = None if offset is None else timezone(timedelta(hours=offset))
    clock = time(*parts[3:5], *parts[5:6], microsecond=parts[6] if len(parts) > 6 else 0, tzinfo=zone)
    return datetime.combine(date(*parts[:3]), clock)


FULL = [
    "2001-05-17",
    " 2001-05-17 ",
    "2001/05/17",
    "2001/5/17",
    "2001.05.17",
    "20010517",
    "17/05/2001",
    "17/5/2001",
    "17.05.2001",
    "17.05.2001.",
    "17. 5. 2001",
    "17-05-2001",
    "17 05 2001",
    "17 / 05 / 2001",
    "١٧/٠٥/٢٠٠١",
    "٢٠٠١-٠٥-١٧",
    "۱۷/۵/۲۰۰۱",
    "\u200f١٧/٠٥/٢٠٠١\u200f",
    "17 May 2001",
    "17 may 2001",
    "17-May-2001",
    "17MAY2001",
    "May 17, 2001",
    "17th of May 2001",
    "2001 May 17",
    "Thursday, 17 May 2001",
    "17 mai 2001",
    "le 17 mai 2001",
    "jeudi 17 mai 2001",
    "17 de mayo de 2001",
    "el 17 de mayo de 2001",
    "17 mayo 2001",
    "17 مايو 2001",
    "١٧ مايو ٢٠٠١",
    "17 أيار 2001",
    "17 أيار/مايو 2001",
    "17 ماي 2001",
    "17 مايو 2001 م",
    "2001-05-17T00:00:00",
    "2001-05-17 10:30",
    "\ufeff2001-05-17",
    37028,
    37028.0,
    37028.75,
    "37028",
    20010517,
    date(2001, 5, 17),
    datetime(2001, 5, 17, 23, 59, tzinfo=UTC),
]

PARTIAL = [
    ("2001", PartialDate(2001)),
    (2001, PartialDate(2001)),
    (2001.0, PartialDate(2001)),
    ("٢٠٠١", PartialDate(2001)),
    ("2001-05", PartialDate(2001, 5)),
    ("2001/5", PartialDate(2001, 5)),
    ("05/2001", PartialDate(2001, 5)),
    ("5.2001", PartialDate(2001, 5)),
    ("May 2001", PartialDate(2001, 5)),
    ("mai 2001", PartialDate(2001, 5)),
    ("mayo de 2001", PartialDate(2001, 5)),
    ("مايو 2001", PartialDate(2001, 5)),
    ("00/00/2001", PartialDate(2001)),
    ("00/05/2001", PartialDate(2001, 5)),
    ("xx/05/2001", PartialDate(2001, 5)),
    ("--/--/2001", PartialDate(2001)),
    ("2001-00-00", PartialDate(2001)),
    ("2001-05-00", PartialDate(2001, 5)),
    ("2001-XX-XX", PartialDate(2001)),
]

REFUSED = [
    "",
    " ",
    "unknown",
    "17/05/01",
    "01-05-17",
    "05/17/2001",
    "31/02/2001",
    "29/02/2001",
    "2001-13-01",
    "17/00/2001",
    "17-05/2001",
    "2544-05-17",
    "1380/02/27",
    "1799-12-31",
    "2200-01-01",
    "10:30",
    "2001-05-17 25:00",
    "2001-05-17 10:75",
    "2001-05-17 and 2001-05-18",
    "about 2001",
    "200105",
    0,
    -1,
    5,
    60,
    1e30,
    float("nan"),
    float("inf"),
    True,
    None,
    [],
    date(1700, 1, 1),
]


@pytest.mark.parametrize("value", FULL, ids=str)
def test_every_spelling_of_one_day_is_that_day(value: object) -> None:
    assert parse_date(value) == PartialDate(2001, 5, 17)


@pytest.mark.parametrize(("value", "expected"), PARTIAL, ids=str)
def test_what_is_not_known_of_a_date_stays_unknown(value: object, expected: PartialDate) -> None:
    assert parse_date(value) == expected
    assert parse_moment(value) is None


@pytest.mark.parametrize("value", REFUSED, ids=repr)
def test_nothing_is_guessed(value: object) -> None:
    assert parse_date(value) is None
    assert parse_moment(value) is None


@pytest.mark.parametrize(
    ("first", "months"),
    [
        ("en", "January February March April May June July August September October November December"),
        ("fr", "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
        ("fr, bare", "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre"),
        ("es", "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
        ("ar, Egypt", "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر"),
        ("ar, Algeria", "جانفي فيفري مارس أفريل ماي جوان جويلية أوت سبتمبر أكتوبر نوفمبر ديسمبر"),
        ("ar, Morocco", "يناير فبراير مارس أبريل ماي يونيو يوليوز غشت شتنبر أكتوبر نونبر دجنبر"),
        (
            "ar, Levant",
            "كانون_الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين_الأول تشرين_الثاني كانون_الأول",
        ),
    ],
)
def test_the_twelve_months_of_each_language(first: str, months: str) -> None:
    names = [name.replace("_", " ") for name in months.split()]
    read = [parse_date(f"3 {name} 1999") for name in names]
    assert read == [PartialDate(1999, number, 3) for number in range(1, 13)], first


MOMENTS = [
    ("2024-09-29T14:05:33", local(2024, 9, 29, 14, 5, 33)),
    ("2024-09-29 14:05", local(2024, 9, 29, 14, 5)),
    ("2024-09-29T14:05:33.250+02:00", local(2024, 9, 29, 14, 5, 33)),
    ("2024-09-29T14:05:00Z", local(2024, 9, 29, 14, 5)),
    ("29/09/2024 14:05", local(2024, 9, 29, 14, 5)),
    ("29/09/2024 à 14h05", local(2024, 9, 29, 14, 5)),
    ("29 septembre 2024 à 14 h 05", local(2024, 9, 29, 14, 5)),
    ("29 septembre 2024 à 14h", local(2024, 9, 29, 14, 0)),
    ("29 de septiembre de 2024 a las 14:05", local(2024, 9, 29, 14, 5)),
    ("29 September 2024 at 2:05 p.m.", local(2024, 9, 29, 14, 5)),
    ("29 September 2024 12:05 am", local(2024, 9, 29, 0, 5)),
    ("29 September 2024 12:05 PM", local(2024, 9, 29, 12, 5)),
    ("٢٩ سبتمبر ٢٠٢٤ الساعة ١٤:٠٥", local(2024, 9, 29, 14, 5)),
    ("29/09/2024 2:05 مساءً", local(2024, 9, 29, 14, 5)),
    ("29/09/2024 2:05 ص", local(2024, 9, 29, 2, 5)),
    ("2024-09-29", local(2024, 9, 29)),
    (45564.5, local(2024, 9, 29, 12)),
    (45564, local(2024, 9, 29)),
    (date(2024, 9, 29), local(2024, 9, 29)),
    (local(2024, 9, 29, 14, 5, 33, 999), local(2024, 9, 29, 14, 5, 33)),
    (local(2024, 9, 29, 14, 5, offset=5), local(2024, 9, 29, 14, 5)),
]


@pytest.mark.parametrize(("value", "expected"), MOMENTS, ids=str)
def test_a_moment_is_the_clock_time_as_written(value: object, expected: datetime) -> None:
    assert parse_moment(value) == expected


@given(DAYS)
def test_every_day_comes_back_from_every_form(day: date) -> None:
    expected = PartialDate(day.year, day.month, day.day)
    iso = day.isoformat()
    turned = f"{day.day:02d}/{day.month:02d}/{day.year}"
    for written in (iso, iso.replace("-", "/"), iso.translate(ARABIC_INDIC), turned, turned.translate(PERSIAN), day):
        assert parse_date(written) == expected
    assert PartialDate.from_iso(expected.iso()) == expected
    assert expected.earliest() == expected.latest() == day


@given(st.datetimes(local(1900, 3, 1), local(2199, 12, 31)))
def test_every_excel_moment_comes_back(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    serial = (moment - local(1899, 12, 30)) / timedelta(days=1)
    if serial.is_integer() and 1800 <= serial <= 2199:
        assert parse_date(serial) == PartialDate(int(serial))
    else:
        assert parse_moment(serial) == moment
        assert parse_date(serial) == PartialDate(moment.year, moment.month, moment.day)


@given(st.text(max_size=30))
def test_no_text_makes_it_raise(text: str) -> None:
    result = parse_date(text)
    assert result is None or PartialDate.from_iso(result.iso()) == result
    moment = parse_moment(text)
    assert moment is None or (moment.tzinfo is None and moment.microsecond == 0)


@pytest.mark.parametrize(
    ("value", "iso", "precision", "first", "last"),
    [
        (PartialDate(2004), "2004", "year", date(2004, 1, 1), date(2004, 12, 31)),
        (PartialDate(2004, 2), "2004-02", "month", date(2004, 2, 1), date(2004, 2, 29)),
        (PartialDate(2004, 2, 7), "2004-02-07", "day", date(2004, 2, 7), date(2004, 2, 7)),
    ],
)
def test_a_partial_date_keeps_what_it_knows(
    value: PartialDate, iso: str, precision: str, first: date, last: date
) -> None:
    assert value.iso() == iso
    assert value.precision == precision
    assert value.precision in vocabulary("date_precisions")
    assert (value.earliest(), value.latest()) == (first, last)
    assert PartialDate.from_iso(iso) == value


@pytest.mark.parametrize("text", ["", "2001-5-17", "17/05/2001", "2001-05-17T00:00", "٢٠٠١", "2001-02-30"])
def test_only_its_own_form_is_read_back(text: str) -> None:
    with pytest.raises(ValueError):
        PartialDate.from_iso(text)


def test_a_day_without_its_month_is_no_date() -> None:
    with pytest.raises(ValueError):
        PartialDate(2001, None, 17)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("١٢٣٤٥٦٧٨٩٠", "1234567890"), ("۱۲۳۴۵۶۷۸۹۰", "1234567890"), ("１２３", "123"), ("๑๒๓", "123"), ("a1é", "a1é")],
)
def test_digits_of_other_scripts(text: str, expected: str) -> None:
    assert western_digits(text) == expected
