"""A value as a cell of the template shows it.

Comes in: a value as the system holds it (code, several codes, PartialDate, date, number, text). Goes out: what an
officer reads in the cell, in their language. Promises that a text is never turned into anything else, however it
looks: a row that is filled in with messy text shows the same messy text.
"""

from __future__ import annotations

from datetime import date, datetime

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from traboule.core.dates import PartialDate
from traboule.returns.form import Field
from traboule.returns.workbook.lists import labels, missing_labels

Shown = str | int | float | bool | date | datetime | None
_BETWEEN = "; "
_LONGEST_TEXT = 32_767
# Excel has no earlier days than its own first; such a date is written as text.
_FIRST_DAY = date(1900, 3, 1)


def shown(field: Field, value: object, language: str) -> Shown:
    """Return what the cell holds. Codes become labels, several values one text; a partial date stays a text."""
    if isinstance(value, set | frozenset):
        value = sorted(value, key=str)
    if isinstance(value, list | tuple):
        return _BETWEEN.join(str(shown(field, item, language)) for item in value)
    if isinstance(value, PartialDate):
        whole = value.day is not None and value.month is not None
        return date.fromisoformat(value.iso()) if whole else value.iso()
    if isinstance(value, str):
        return _label(field, value, language)
    if value is None or isinstance(value, bool | int | float | date | datetime):
        return value
    return str(value)


def _label(field: Field, value: str, language: str) -> str:
    if field.vocabulary:
        known = labels(field.vocabulary, language).by_code.get(value)
        if known is not None:
            return known
    return missing_labels(language).get(value, value) if field.type != "text" else value


def write_value(sheet: Worksheet, place: tuple[int, int], value: Shown, style: Format | None = None) -> None:
    """Write ``value`` at (row, column) from 0, never as a formula or a link; without a style the column's serves."""
    row, column = place
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, style)
    elif isinstance(value, str):
        sheet.write_string(row, column, value[:_LONGEST_TEXT], style)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, style)
    elif (value.date() if isinstance(value, datetime) else value) < _FIRST_DAY:
        sheet.write_string(row, column, value.isoformat(), style)
    else:
        sheet.write_datetime(row, column, value, style)
