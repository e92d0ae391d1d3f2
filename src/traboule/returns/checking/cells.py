"""Read one cell: to a typed value, a missing value, or faults.

In: a field of the form and a cell. Out: a :class:`CellReading`. Guaranteed: pure; never raises on any cell; ignores the
rest of the row, so that each distinct content of a column is read once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as of_dataclass
from datetime import date, datetime, time
from functools import lru_cache

from traboule.core.calendars import looks_like_other_calendar, parse_other_calendar
from traboule.core.codes import Vocabulary, vocabulary
from traboule.core.dates import FIRST_YEAR, LAST_YEAR, PartialDate, parse_date, parse_moment
from traboule.core.language.spelling import western_digits
from traboule.core.missing import read_missing
from traboule.returns.checked import Value
from traboule.returns.checking.names import name_faults
from traboule.returns.checking.numbers import ReadNumber, read_integer, read_number
from traboule.returns.checking.texts import cell_text, clean, filed_text, like_formula, refused_characters
from traboule.returns.form import Field
from traboule.returns.raw import Cell


@dataclass(frozen=True, slots=True)
class CellReading:
    """The content of one cell: ``text`` as filed, a ``value`` or a ``missing`` or neither, and its faults."""

    text: str
    value: Value | None = None
    missing: str | None = None
    faults: tuple[tuple[str, Mapping[str, object]], ...] = ()


Reader = Callable[[Cell], CellReading]
_NONE: Mapping[str, object] = {}

_SEPARATORS = re.compile(r"[;؛\n|]")
_WEAK_SEPARATORS = re.compile(r"[,،、/+]")
_JOINING = re.compile(r" +(?:&|and|et|y|e|و) +", re.I)
_DATE = r"(?:\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2})"
_TWO_DATES = re.compile(rf"\D*{_DATE}(?!\d)\D+{_DATE}\D*")
_SHORT_YEAR = re.compile(r"\d{1,2} ?([-/. ]) ?(?:\d{1,2}|[^\W\d_]{3,}) ?\1 ?\d{2}(?: .*)?")
_DAY_MONTH = re.compile(r"(\d{1,2}) ?([-/. ]) ?(\d{1,2}) ?\2 ?(\d{4})(?!\d)")
_YEAR_FIRST = re.compile(r"(\d{4}) ?([-/. ]) ?\d{1,2} ?\2 ?\d{1,2}(?!\d)")
_NAMES = frozenset({"na", "nan"})
# Numbers beyond these are no day of any calendar a spreadsheet knows, and too large for date arithmetic.
_NUMBER_OF_DAY = 100_000_000
_SHARED = frozenset({"code", "codes", "integer", "number", "date", "moment"})
_MOST_SHARED = 1024  # Distinct contents of one field.


@dataclass(slots=True)
class Column:
    """The readings of one field of one table, by distinct content: a text, or anything else with its type."""

    field: Field
    read: Reader
    readings: dict[object, CellReading] = of_dataclass(default_factory=dict)

    def reading(self, cell: Cell) -> CellReading:
        """Return the reading of ``cell``; equal cells of one type are read once."""
        key = cell if cell.__class__ is str else (cell.__class__, cell)
        reading = self.readings.get(key)
        if reading is None:
            reading = self.readings[key] = self.read(cell)
        return reading


def column(table: str, of: Field, *, state: str = "") -> Column:
    """Return the column of a field: its reader, and nothing read yet.

    ``state``: who files, for birth dates in the calendar of that state's own papers.
    """
    by_state = state if (table, of.id) == ("people", "birth_date") else ""
    return Column(of, _shared_reader(table, of, by_state))


@lru_cache(maxsize=4096)
def _shared_reader(table: str, of: Field, state: str) -> Reader:
    """Return the reader of a field; what is no person's it reads once for all returns.

    Codes, dates and numbers are few, and the same in every return. Free text and what was not understood are not
    remembered: they may be a person's, and must not outlast the return they came with.
    """
    read = _checked_text(of, _reader(table, of, state))
    if of.personal or of.type not in _SHARED:
        return read
    readings: dict[tuple[type, Cell], CellReading] = {}

    def shared(cell: Cell) -> CellReading:
        key = (cell.__class__, cell)
        reading = readings.get(key)
        if reading is None:
            reading = read(cell)
            has_zone = isinstance(cell, datetime) and cell.tzinfo is not None  # Equal ones may differ as text.
            if not reading.faults and not has_zone and len(readings) < _MOST_SHARED:
                readings[key] = reading
        return reading

    return shared


def _reader(table: str, of: Field, state: str) -> Reader:
    if (table, of.id) == ("people", "birth_date"):
        return lambda cell: _read_day(cell, parse_date, state=state)
    if (table, of.id) == ("cover", "as_of"):
        return _read_whole_day
    if of.type in ("code", "codes"):
        code_list = vocabulary(of.vocabulary or "")
        several = "R-ROLE-SEVERAL" if (table, of.id) == ("roles", "role") else "R-CODE-SEVERAL"
        return _code_reader(code_list, several) if of.type == "code" else _codes_reader(code_list)
    if of.id == "row_id" or of.type == "reference":
        return _reference_reader(missing_allowed=of.id != "row_id")
    if (table, of.id) == ("identifiers", "value"):
        return _read_verbatim  # "none" as a phone number is a placeholder, which is a finding of its own.
    if of.type == "text" and of.personal and table == "people":
        is_given_name = of.id.startswith("given_names")
        return (
            _read_name
            if of.id == "birth_place"
            else _name_reader(is_alias=of.id == "other_names", is_given_name=is_given_name)
        )
    return _BY_TYPE[of.type]


def _checked_text(of: Field, read: Reader) -> Reader:
    """Return a reader that first checks whether the text can be stored: its characters and length."""
    longest = of.max_length

    def checked(cell: Cell) -> CellReading:
        if not isinstance(cell, str):
            return read(cell)
        refused = refused_characters(cell)
        if refused:
            return CellReading(filed_text(cell), faults=(("R-TEXT-CONTROL", {"characters": refused}),))
        if len(cell) > longest and len(clean(cell)) > longest:
            values = {"length": len(clean(cell)), "max": longest}
            return CellReading(cell[:longest] + "…", faults=(("R-TEXT-TOO-LONG", values),))
        return read(cell)

    return checked


def _read_text(cell: Cell) -> CellReading:
    return _read_cleaned(clean(cell_text(cell)))


def _read_cleaned(text: str) -> CellReading:
    missing = read_missing(text, number=True)
    if missing is not None:
        return CellReading(text, missing=missing)
    return _text_reading(text)


def _read_verbatim(cell: Cell) -> CellReading:
    return _text_reading(clean(cell_text(cell)))


def _read_name(cell: Cell) -> CellReading:
    """Read a name. Na and Nan are names of people, and spellings of a missing value everywhere else."""
    text = clean(cell_text(cell))
    return _text_reading(text) if text.casefold() in _NAMES else _read_cleaned(text)


def _name_reader(*, is_alias: bool, is_given_name: bool) -> Reader:
    """Return the reader of a person's name, which notes what no name contains and accepts the name all the same."""

    def read(cell: Cell) -> CellReading:
        reading = _read_name(cell)
        if reading.missing is not None:
            return reading
        faults = name_faults(
            reading.text,
            cell if isinstance(cell, str) else reading.text,
            is_alias=is_alias,
            is_given_name=is_given_name,
        )
        return replace(reading, faults=(*reading.faults, *faults)) if faults else reading

    return read


def _text_reading(text: str) -> CellReading:
    faults = (("R-TEXT-FORMULA", _NONE),) if like_formula(text) else ()
    return CellReading(text, value=text or None, faults=faults)


def _reference_reader(*, missing_allowed: bool) -> Reader:
    """Return the reader of row numbers: 12, 12.0 and ١٢ name the same row."""

    def read(cell: Cell) -> CellReading:
        filed = clean(cell_text(cell))
        missing = read_missing(filed, number=True) if missing_allowed else None
        if missing is not None:
            return CellReading(filed, missing=missing)
        return CellReading(filed, value=western_digits(filed) or None)

    return read


def _read_references(cell: Cell) -> CellReading:
    filed = clean(cell_text(cell))
    missing = read_missing(filed, number=True)
    if missing is not None:
        return CellReading(filed, missing=missing)
    parts = {part.strip() for part in re.split(r"[;؛,،\s]", western_digits(filed))}
    return CellReading(filed, value=tuple(sorted(parts - {""})) or None)


def _code_reader(code_list: Vocabulary, several: str) -> Reader:
    def read(cell: Cell) -> CellReading:
        filed = clean(cell_text(cell))
        code = _find(code_list, cell, filed)
        if code is not None:
            return CellReading(filed, value=code)
        missing = read_missing(filed)
        if missing is not None:
            return CellReading(filed, missing=missing)
        codes = [code_list.find(part) for part in _parts(code_list, filed)]
        if len(codes) > 1 and all(codes):
            return CellReading(
                filed, faults=((several, {"vocabulary": code_list.name, "codes": tuple(dict.fromkeys(codes))}),)
            )
        return CellReading(filed, faults=(("R-CODE-UNKNOWN", {"vocabulary": code_list.name}),))

    return read


def _codes_reader(code_list: Vocabulary) -> Reader:
    def read(cell: Cell) -> CellReading:
        filed = clean(cell_text(cell))
        code = _find(code_list, cell, filed)
        if code is not None:
            return CellReading(filed, value=(code,))
        missing = read_missing(filed)
        if missing is not None:
            return CellReading(filed, missing=missing)
        codes: set[str] = set()
        faults = [
            ("R-CODE-UNKNOWN", {"vocabulary": code_list.name, "value": part})
            for part in _parts(code_list, filed)
            if not _add_code(code_list, part, codes)
        ]
        return CellReading(filed, value=None if faults else tuple(sorted(codes)) or None, faults=tuple(faults))

    return read


def _add_code(code_list: Vocabulary, part: str, codes: set[str]) -> bool:
    code = code_list.find(part)
    if code is None:
        return False
    codes.add(code)
    return True


def _parts(code_list: Vocabulary, filed: str) -> list[str]:
    """Split a list of codes; a comma splits only where the words around it are not one label of the vocabulary."""
    parts: list[str] = []
    for strong in _SEPARATORS.split(filed):
        entry = strong.strip()
        if entry and code_list.find(entry) is not None:
            parts.append(entry)
        else:
            weak = [part.strip() for part in _WEAK_SEPARATORS.split(entry)]
            parts.extend(part for fragment in weak for part in _joined(code_list, fragment))
    return [part for part in parts if part]


def _joined(code_list: Vocabulary, text: str) -> list[str]:
    """Split at words that join two values (Perú y Bolivia), only where every part is a value of its own."""
    parts = _JOINING.split(text)
    return parts if len(parts) > 1 and all(map(code_list.find, parts)) and code_list.find(text) is None else [text]


def _find(code_list: Vocabulary, cell: Cell, filed: str) -> str | None:
    """Return the code; a spreadsheet's own TRUE and FALSE stand for yes and no."""
    if isinstance(cell, bool):
        return code_list.find("yes" if cell else "no")
    return code_list.find(filed)


def _number_reader(read_one: Callable[[Cell], ReadNumber]) -> Reader:
    def read(cell: Cell) -> CellReading:
        filed = clean(cell_text(cell))
        number = read_one(cell if not isinstance(cell, str) else filed)
        missing = read_missing(filed, number=True) if isinstance(cell, str) else None
        if missing is not None:
            return CellReading(filed, missing=missing)
        if number.value is None:
            return CellReading(filed, faults=((number.fault, _NONE),))
        faults = (("R-NUMBER-GROUPED", {"read": number.value}),) if number.grouped else ()
        return CellReading(filed, value=number.value, faults=faults)

    return read


def _read_date(cell: Cell) -> CellReading:
    return _read_day(cell, parse_date)


def _read_whole_day(cell: Cell) -> CellReading:
    """Read a date of which month and year alone will not do."""
    reading = _read_date(cell)
    if isinstance(reading.value, PartialDate) and reading.value.day is None:
        return CellReading(reading.text, faults=(("R-DATE-DAY-NEEDED", _NONE),))
    return reading


def _read_moment(cell: Cell) -> CellReading:
    return _read_day(cell, parse_moment)


def _read_day(cell: Cell, parse: Callable[[object], PartialDate | datetime | None], *, state: str = "") -> CellReading:
    filed = clean(cell_text(cell))
    too_large = isinstance(cell, int | float) and not -_NUMBER_OF_DAY < cell < _NUMBER_OF_DAY
    parsed = None if too_large else parse(filed if isinstance(cell, str) else cell)
    if parsed is None:
        missing = read_missing(filed)
        if missing is not None:
            return CellReading(filed, missing=missing)
        return _read_other_calendar(filed, state, moment=parse is parse_moment)
    if isinstance(cell, str) and _ambiguous(filed):
        day = parsed.date().isoformat() if isinstance(parsed, datetime) else parsed.iso()
        return CellReading(filed, value=parsed, faults=(("R-DATE-AMBIGUOUS", {"read": day}),))
    return CellReading(filed, value=parsed)


def _read_other_calendar(filed: str, state: str, *, moment: bool) -> CellReading:
    """Read a date of another calendar that it names, or that its state's papers use; a finding says so."""
    converted = parse_other_calendar(filed, state=state)
    if converted is None or (moment and converted.day.day is None):
        if looks_like_other_calendar(filed):
            return CellReading(filed, faults=(("R-DATE-CALENDAR-UNMARKED", _NONE),))
        return CellReading(filed, faults=(_why_no_date(filed, moment=moment),))
    code = "R-DATE-CALENDAR" if converted.marked else "R-DATE-CALENDAR-OF-STATE"
    faults = ((code, {"read": converted.day.iso(), "calendar": converted.calendar}),)
    value = datetime.combine(converted.day.earliest(), time.min) if moment else converted.day
    return CellReading(filed, value=value, faults=faults)


def _ambiguous(filed: str) -> bool:
    """Tell whether day and month could be exchanged and give another day."""
    match = _DAY_MONTH.match(western_digits(filed))
    return match is not None and match[1].lstrip("0") != match[3].lstrip("0") and 1 <= int(match[1]) <= 12


def _why_no_date(filed: str, *, moment: bool) -> tuple[str, Mapping[str, object]]:
    """Return the fault of a text that is no date: the reason, as far as its form shows it."""
    text = western_digits(filed)
    if _TWO_DATES.fullmatch(text):
        return "R-DATE-SEVERAL", _NONE
    if _SHORT_YEAR.fullmatch(text):
        return "R-DATE-YEAR-SHORT", _NONE
    if moment and parse_date(filed) is not None:
        return "R-DATE-DAY-NEEDED", _NONE
    day_first, year_first = _DAY_MONTH.match(text), _YEAR_FIRST.match(text)
    if day_first and (exchanged := parse_date(f"{day_first[4]}-{day_first[1]:0>2}-{day_first[3]:0>2}")):
        return "R-DATE-MONTH-FIRST", {"read": exchanged.iso()}
    form = day_first or year_first
    year = int(day_first[4]) if day_first else int(year_first[1]) if year_first else 0
    # A day that there is, with words around it, is no impossible one.
    impossible = form is not None and FIRST_YEAR <= year <= LAST_YEAR and parse_date(form[0]) is None
    return "R-DATE-IMPOSSIBLE" if impossible else "R-DATE-UNREADABLE", _NONE


_BY_TYPE: Mapping[str, Reader] = {
    "text": _read_text,
    "references": _read_references,
    "integer": _number_reader(read_integer),
    "number": _number_reader(read_number),
    "date": _read_date,
    "moment": _read_moment,
}


def day_of(value: object) -> date | None:
    """Return the last day a date or a moment can mean, None for anything else."""
    if isinstance(value, datetime):
        return value.date()
    return value.latest() if isinstance(value, PartialDate) else None


def first_day_of(value: object) -> date | None:
    """Return the first day a date or a moment can mean, None for anything else."""
    if isinstance(value, datetime):
        return value.date()
    return value.earliest() if isinstance(value, PartialDate) else None
