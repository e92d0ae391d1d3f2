"""One cell: from what was read to a typed value, a missing value, or faults.

In: a field of the form and a cell. Out: a :class:`Reading`. Promise: pure, never raises on any cell, and knows nothing
of the row around it, so that each distinct content of a column is read once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as of_dataclass
from datetime import date, datetime, time

from traboule.core.calendars import looks_like_other_calendar, parse_other_calendar
from traboule.core.codes import Vocabulary, vocabulary
from traboule.core.dates import FIRST_YEAR, LAST_YEAR, PartialDate, parse_date, parse_moment
from traboule.core.missing import read_missing
from traboule.core.spelling import western_digits
from traboule.returns.checked import Value
from traboule.returns.checking.names import name_faults
from traboule.returns.checking.numbers import ReadNumber, read_integer, read_number
from traboule.returns.checking.texts import cell_text, clean, filed_text, like_formula, refused_characters
from traboule.returns.form import Field
from traboule.returns.raw import Cell


@dataclass(frozen=True, slots=True)
class Reading:
    """What one cell holds: ``text`` as filed, a ``value`` or a ``missing`` or neither, and faults with their values."""

    text: str
    value: Value | None = None
    missing: str | None = None
    faults: tuple[tuple[str, Mapping[str, object]], ...] = ()


Reader = Callable[[Cell], Reading]
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


@dataclass(slots=True)
class Column:
    """The readings of one field of one table, by distinct content."""

    field: Field
    read: Reader
    known: dict[tuple[type, Cell], Reading] = of_dataclass(default_factory=dict)

    def reading(self, cell: Cell) -> Reading:
        """Return the reading of ``cell``; equal cells of one type are read once."""
        key = (cell.__class__, cell)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self.read(cell)
        return found


def column(table: str, of: Field, *, state: str = "") -> Column:
    """Return the column of a field: its reader, and nothing read yet.

    ``state``: who files, for birth dates in the calendar of that state's own papers.
    """
    return Column(of, _checked_text(of, _reader(table, of, state)))


def _reader(table: str, of: Field, state: str) -> Reader:
    if (table, of.id) == ("people", "birth_date"):
        return lambda cell: _read_day(cell, parse_date, state=state)
    if (table, of.id) == ("cover", "as_of"):
        return _read_whole_day
    if of.type in ("code", "codes"):
        known = vocabulary(of.vocabulary or "")
        several = "R-ROLE-SEVERAL" if (table, of.id) == ("roles", "role") else "R-CODE-SEVERAL"
        return _code_reader(known, several) if of.type == "code" else _codes_reader(known)
    if of.id == "row_id" or of.type == "reference":
        return _reference_reader(missing_allowed=of.id != "row_id")
    if (table, of.id) == ("identifiers", "value"):
        return _read_kept_text  # "none" as a phone number is a placeholder, which is a finding of its own.
    if of.type == "text" and of.personal and table == "people":
        given = of.id.startswith("given_names")
        return _read_name if of.id == "birth_place" else _name_reader(alias=of.id == "other_names", given=given)
    return _BY_TYPE[of.type]


def _checked_text(of: Field, read: Reader) -> Reader:
    """Return a reader that first proves the text fit to be kept: characters and length."""
    longest = of.max_length

    def checked(cell: Cell) -> Reading:
        if not isinstance(cell, str):
            return read(cell)
        refused = refused_characters(cell)
        if refused:
            return Reading(filed_text(cell), faults=(("R-TEXT-CONTROL", {"characters": refused}),))
        if len(cell) > longest and len(clean(cell)) > longest:
            values = {"length": len(clean(cell)), "max": longest}
            return Reading(cell[:longest] + "…", faults=(("R-TEXT-TOO-LONG", values),))
        return read(cell)

    return checked


def _read_text(cell: Cell) -> Reading:
    text = clean(cell_text(cell))
    missing = read_missing(text, number=True)
    if missing is not None:
        return Reading(text, missing=missing)
    return _kept(text)


def _read_kept_text(cell: Cell) -> Reading:
    return _kept(clean(cell_text(cell)))


def _read_name(cell: Cell) -> Reading:
    """Read a name. Na and Nan are names of people, and spellings of a missing value everywhere else."""
    text = clean(cell_text(cell))
    return _kept(text) if text.casefold() in _NAMES else _read_text(cell)


def _name_reader(*, alias: bool, given: bool) -> Reader:
    """Return the reader of a person's name, which tells what no name holds and keeps it all the same."""

    def read(cell: Cell) -> Reading:
        found = _read_name(cell)
        if found.missing is not None:
            return found
        faults = name_faults(found.text, cell if isinstance(cell, str) else found.text, alias=alias, given=given)
        return replace(found, faults=(*found.faults, *faults)) if faults else found

    return read


def _kept(text: str) -> Reading:
    faults = (("R-TEXT-FORMULA", _NONE),) if like_formula(text) else ()
    return Reading(text, value=text or None, faults=faults)


def _reference_reader(*, missing_allowed: bool) -> Reader:
    """Return the reader of row numbers: 12, 12.0 and ١٢ name the same row."""

    def read(cell: Cell) -> Reading:
        filed = clean(cell_text(cell))
        missing = read_missing(filed, number=True) if missing_allowed else None
        if missing is not None:
            return Reading(filed, missing=missing)
        return Reading(filed, value=western_digits(filed) or None)

    return read


def _read_references(cell: Cell) -> Reading:
    filed = clean(cell_text(cell))
    missing = read_missing(filed, number=True)
    if missing is not None:
        return Reading(filed, missing=missing)
    parts = {part.strip() for part in re.split(r"[;؛,،\s]", western_digits(filed))}
    return Reading(filed, value=tuple(sorted(parts - {""})) or None)


def _code_reader(known: Vocabulary, several: str) -> Reader:
    def read(cell: Cell) -> Reading:
        filed = clean(cell_text(cell))
        code = _find(known, cell, filed)
        if code is not None:
            return Reading(filed, value=code)
        missing = read_missing(filed)
        if missing is not None:
            return Reading(filed, missing=missing)
        codes = [known.find(part) for part in _parts(known, filed)]
        if len(codes) > 1 and all(codes):
            return Reading(filed, faults=((several, {"vocabulary": known.name, "codes": tuple(dict.fromkeys(codes))}),))
        return Reading(filed, faults=(("R-CODE-UNKNOWN", {"vocabulary": known.name}),))

    return read


def _codes_reader(known: Vocabulary) -> Reader:
    def read(cell: Cell) -> Reading:
        filed = clean(cell_text(cell))
        code = _find(known, cell, filed)
        if code is not None:
            return Reading(filed, value=(code,))
        missing = read_missing(filed)
        if missing is not None:
            return Reading(filed, missing=missing)
        found: set[str] = set()
        faults = [
            ("R-CODE-UNKNOWN", {"vocabulary": known.name, "value": part})
            for part in _parts(known, filed)
            if not _found(known, part, found)
        ]
        return Reading(filed, value=None if faults else tuple(sorted(found)) or None, faults=tuple(faults))

    return read


def _found(known: Vocabulary, part: str, found: set[str]) -> bool:
    code = known.find(part)
    if code is None:
        return False
    found.add(code)
    return True


def _parts(known: Vocabulary, filed: str) -> list[str]:
    """Split a list of codes; a comma splits only where the words around it are not one label of the vocabulary."""
    parts: list[str] = []
    for strong in _SEPARATORS.split(filed):
        whole = strong.strip()
        if whole and known.find(whole) is not None:
            parts.append(whole)
        else:
            weak = [part.strip() for part in _WEAK_SEPARATORS.split(whole)]
            parts.extend(part for each in weak for part in _joined(known, each))
    return [part for part in parts if part]


def _joined(known: Vocabulary, text: str) -> list[str]:
    """Split at words that join two values (Perú y Bolivia), only where every part is a value of its own."""
    parts = _JOINING.split(text)
    return parts if len(parts) > 1 and all(map(known.find, parts)) and known.find(text) is None else [text]


def _find(known: Vocabulary, cell: Cell, filed: str) -> str | None:
    """Return the code; a spreadsheet's own TRUE and FALSE stand for yes and no."""
    if isinstance(cell, bool):
        return known.find("yes" if cell else "no")
    return known.find(filed)


def _number_reader(read_one: Callable[[Cell], ReadNumber]) -> Reader:
    def read(cell: Cell) -> Reading:
        filed = clean(cell_text(cell))
        found = read_one(cell if not isinstance(cell, str) else filed)
        missing = read_missing(filed, number=True) if isinstance(cell, str) else None
        if missing is not None:
            return Reading(filed, missing=missing)
        if found.value is None:
            return Reading(filed, faults=((found.fault, _NONE),))
        faults = (("R-NUMBER-GROUPED", {"read": found.value}),) if found.grouped else ()
        return Reading(filed, value=found.value, faults=faults)

    return read


def _read_date(cell: Cell) -> Reading:
    return _read_day(cell, parse_date)


def _read_whole_day(cell: Cell) -> Reading:
    """Read a date of which month and year alone will not do."""
    found = _read_date(cell)
    if isinstance(found.value, PartialDate) and found.value.day is None:
        return Reading(found.text, faults=(("R-DATE-DAY-NEEDED", _NONE),))
    return found


def _read_moment(cell: Cell) -> Reading:
    return _read_day(cell, parse_moment)


def _read_day(cell: Cell, parse: Callable[[object], PartialDate | datetime | None], *, state: str = "") -> Reading:
    filed = clean(cell_text(cell))
    too_large = isinstance(cell, int | float) and not -_NUMBER_OF_DAY < cell < _NUMBER_OF_DAY
    found = None if too_large else parse(filed if isinstance(cell, str) else cell)
    if found is None:
        missing = read_missing(filed)
        if missing is not None:
            return Reading(filed, missing=missing)
        return _read_other_calendar(filed, state, moment=parse is parse_moment)
    if isinstance(cell, str) and _ambiguous(filed):
        day = found.date().isoformat() if isinstance(found, datetime) else found.iso()
        return Reading(filed, value=found, faults=(("R-DATE-AMBIGUOUS", {"read": day}),))
    return Reading(filed, value=found)


def _read_other_calendar(filed: str, state: str, *, moment: bool) -> Reading:
    """Read a date of another calendar where it says which, or its state's papers do; told in either case."""
    other = parse_other_calendar(filed, state=state)
    if other is None or (moment and other.day.day is None):
        if looks_like_other_calendar(filed):
            return Reading(filed, faults=(("R-DATE-CALENDAR-UNMARKED", _NONE),))
        return Reading(filed, faults=(_why_no_date(filed, moment=moment),))
    code = "R-DATE-CALENDAR" if other.marked else "R-DATE-CALENDAR-OF-STATE"
    told = ((code, {"read": other.day.iso(), "calendar": other.calendar}),)
    value = datetime.combine(other.day.earliest(), time.min) if moment else other.day
    return Reading(filed, value=value, faults=told)


def _ambiguous(filed: str) -> bool:
    """Tell whether day and month could be exchanged and give another day."""
    found = _DAY_MONTH.match(western_digits(filed))
    return found is not None and found[1].lstrip("0") != found[3].lstrip("0") and 1 <= int(found[1]) <= 12


def _why_no_date(filed: str, *, moment: bool) -> tuple[str, Mapping[str, object]]:
    """Return the fault of a text that is no date: what keeps it from being one, as far as its form tells."""
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
