"""Write the files of states that do not use the template: their own workbooks, zips of CSV, JSON.

In: a filing whose ``mess`` is not empty, and the form. Out: the bytes of its file. Guaranteed: everything that was to
be written stands in it and can be read back by the intake; the same filing gives the same bytes.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Protocol

import xlsxwriter

from traboule.core.codes import vocabulary

if TYPE_CHECKING:
    from traboule.demo.filings import Filing

_EXCEL_DAY_ZERO = date(1899, 12, 30)
_MADE = datetime(2024, 10, 5, tzinfo=UTC)
_ZIP_DATE = (2024, 10, 5, 0, 0, 0)
_TRAILING = 12
_DELIMITERS = {"semicolon": ";", "comma": ",", "tab": "\t"}


class Labelled(Protocol):
    """A field of the form."""

    @property
    def id(self) -> str: ...
    @property
    def label(self) -> Mapping[str, str]: ...


class FilledSheet(Protocol):
    """A table of the form."""

    @property
    def fields(self) -> Mapping[str, Labelled]: ...
    def sheet_name(self, language: str) -> str: ...


class FormTables(Protocol):
    """The form of a return; ``app.forms.form()`` is one."""

    @property
    def tables(self) -> Mapping[str, FilledSheet]: ...


Grid = list[list[object]]


def messy_file(filing: Filing, form: FormTables) -> bytes:
    """Return the file of a filing that does not use the template. Raises ValueError for one that does."""
    kind, *mess = filing.mess or ("",)
    if kind == "xlsx":
        return _workbook(filing, form, mess)
    if kind == "csv":
        return _zip(filing, form, mess)
    if kind == "json":
        return _json(filing, form, mess)
    raise ValueError("this filing uses the template of its state")


def _language(filing: Filing, mess: Sequence[str]) -> str:
    """Return the language of the headers."""
    return next((option.partition(":")[2] for option in mess if option.startswith("headers:")), filing.language)


def _grid(
    form: FormTables, table: str, rows: Iterable[Mapping[str, object]], mess: Sequence[str], language: str
) -> Grid:
    """Return header and rows of one table, with its columns as the mess has them."""
    fields = list(form.tables[table].fields.values())
    if "columns_reordered" in mess:
        fields = [*fields[1::2], *fields[0::2]]
    header: list[object] = [field.label[language] for field in fields]
    body: Grid = [[row.get(field.id) for field in fields] for row in rows]
    if "stray_spaces" in mess:
        header = [f"  {label} " for label in header]
        body = [[f" {cell}\u00a0" if isinstance(cell, str) else cell for cell in row] for row in body]
    if "extra_column" in mess:
        header.append("№")
        body = [[*row, number] for number, row in enumerate(body, start=1)]
    return [header, *body]


def _cover(filing: Filing, form: FormTables, language: str) -> list[tuple[str, object]]:
    fields = form.tables["cover"].fields
    return [(fields[name].label[language], value) for name, value in filing.cover.items()]


def _workbook(filing: Filing, form: FormTables, mess: Sequence[str]) -> bytes:
    """Return a state's own workbook: no lists, no keys, but titles and merged cells."""
    target = io.BytesIO()
    language = _language(filing, mess)
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False})
    book.set_properties({"created": _MADE})
    formats = {
        date: book.add_format({"num_format": "dd/mm/yyyy"}),
        datetime: book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
    }
    title = f"{vocabulary('countries').label(filing.state, language)} · {filing.agency}"
    cover = book.add_worksheet(form.tables["cover"].sheet_name(language))
    cover.write_string(0, 0, title)
    for number, (label, value) in enumerate(_cover(filing, form, language), start=2):
        cover.write_string(number, 0, label)
        _write(cover, (number, 1), value, formats, serial=False)
    left_out = "empty_sheets_left_out" in mess
    for table in form.tables:
        rows = filing.rows.get(table, [])
        if table == "cover" or (left_out and not rows):
            continue
        sheet = book.add_worksheet(form.tables[table].sheet_name(language))
        grid = _grid(form, table, rows, mess, language)
        first = 3 if "title_rows" in mess else 2 if "merged_title" in mess else 0
        if "merged_title" in mess:
            sheet.merge_range(0, 0, 0, 4, title)
        elif first:
            sheet.write_string(0, 0, title)
        for number, row in enumerate(grid, start=first):
            for column, cell in enumerate(row):
                _write(sheet, (number, column), cell, formats, serial="dates_as_serial_numbers" in mess)
        if "trailing_empty_rows" in mess:
            for number in range(_TRAILING):
                sheet.write_string(first + len(grid) + number, number % 3, "  ")
    book.close()
    return target.getvalue()


def _write(
    sheet: xlsxwriter.worksheet.Worksheet,
    place: tuple[int, int],
    cell: object,
    formats: Mapping[type[date], object],
    *,
    serial: bool,
) -> None:
    if cell is None:
        return
    if isinstance(cell, date) and serial:
        sheet.write_number(*place, _serial(cell))
    elif isinstance(cell, date):
        sheet.write_datetime(*place, cell, formats[datetime if isinstance(cell, datetime) else date])
    elif isinstance(cell, int | float):
        sheet.write_number(*place, cell)
    else:
        sheet.write_string(*place, str(cell))


def _serial(day: date) -> float:
    """Return the number that a spreadsheet of the 1900 system stores for a day or moment."""
    days = (date(day.year, day.month, day.day) - _EXCEL_DAY_ZERO).days
    return days + ((day.hour * 60 + day.minute) / 1440 if isinstance(day, datetime) else 0)


def _text(cell: object) -> str:
    """Return a cell as text: days and moments in ISO 8601."""
    if cell is None:
        return ""
    return cell.isoformat(" ", "minutes") if isinstance(cell, datetime) else str(cell)


def _zip(filing: Filing, form: FormTables, mess: Sequence[str]) -> bytes:
    """Return a zip of CSV files, the cover as label and value."""
    delimiter = _DELIMITERS[mess[0]]
    encoding = "utf-8-sig" if "byte_order_mark" in mess else "utf-8"
    language = _language(filing, mess)
    parts: dict[str, Grid] = {"cover": [[label, value] for label, value in _cover(filing, form, language)]}
    for table in form.tables:
        if filing.rows.get(table):
            parts[table] = _grid(form, table, filing.rows[table], mess, language)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, grid in parts.items():
            written = io.StringIO(newline="")
            csv.writer(written, delimiter=delimiter).writerows([[_text(cell) for cell in row] for row in grid])
            file_name = f"{form.tables[name].sheet_name(language)}.csv"
            entry = zipfile.ZipInfo(file_name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, written.getvalue().encode(encoding))
    return target.getvalue()


def _json(filing: Filing, form: FormTables, mess: Sequence[str]) -> bytes:
    """Return JSON with fields under their identifiers, or under their labels where the mess names a language."""
    labelled = any(option.startswith("headers:") for option in mess)
    language = _language(filing, mess)

    def with_labels(table: str, row: Mapping[str, object]) -> dict[str, object]:
        fields = form.tables[table].fields
        return {
            fields[name].label[language] if labelled else name: _text(cell) if isinstance(cell, date) else cell
            for name, cell in row.items()
        }

    content: dict[str, object] = {"language": language, "cover": with_labels("cover", filing.cover)}
    for table in form.tables:
        if filing.rows.get(table):
            content[table] = [with_labels(table, row) for row in filing.rows[table]]
    return json.dumps(content, ensure_ascii=False, indent=1).encode()
