"""Show a value as a cell of the template.

In: a value as the system has it (code, several codes, PartialDate, date, number, text). Out: what an officer reads in
the cell, in their language. Guaranteed: a text is never converted, whatever it looks like: messy text in a prefilled
row shows unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from traboule.core.dates import PartialDate
from traboule.returns.form import Field
from traboule.returns.workbook.lists import labels, missing_labels

DisplayedValue = str | int | float | bool | date | datetime | None
_BETWEEN = "; "
LONGEST_TEXT = 32_767
# Excel has no earlier days than its own first; such a date is written as text.
_FIRST_DAY = date(1900, 3, 1)


def displayed_value(field: Field, value: object, language: str) -> DisplayedValue:
    """Return what the cell holds. Codes become labels, several values one text; a partial date stays a text."""
    if isinstance(value, set | frozenset):
        value = sorted(value, key=str)
    if isinstance(value, list | tuple):
        return _BETWEEN.join(str(displayed_value(field, item, language)) for item in value)
    if isinstance(value, PartialDate):
        is_full_day = value.day is not None and value.month is not None
        return date.fromisoformat(value.iso()) if is_full_day else value.iso()
    if isinstance(value, str):
        return displayed_texts(field, language).get(value, value)
    if value is None or isinstance(value, bool | int | float | date | datetime):
        return value
    return str(value)


def displayed_texts(field: Field, language: str) -> Mapping[str, str]:
    """Return how the texts that are not shown as they are (codes, missing values) are shown in a field."""
    return _texts(field.vocabulary, field.type == "text", language)


@cache
def _texts(vocabulary: str | None, is_free: bool, language: str) -> Mapping[str, str]:
    missing = {} if is_free else missing_labels(language)
    return {**missing, **(labels(vocabulary, language).by_code if vocabulary else {})}


def write_value(sheet: Worksheet, place: tuple[int, int], value: DisplayedValue, style: Format | None = None) -> None:
    """Write ``value`` at (row, column) from 0, never as a formula or a link; without a style the column's serves."""
    row, column = place
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, style)
    elif isinstance(value, str):
        sheet.write_string(row, column, value[:LONGEST_TEXT], style)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, style)
    elif (value.date() if isinstance(value, datetime) else value) < _FIRST_DAY:
        sheet.write_string(row, column, value.isoformat(), style)
    else:
        sheet.write_datetime(row, column, value, style)
