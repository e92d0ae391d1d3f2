"""Write the workbook of a return: cover, one sheet a table, lists, and the keys that tie cells to fields.

In: the form, an operation, a state, a language, and what to fill in beforehand. Out: the bytes of an XLSX file.
Guaranteed: the same bytes for the same input, locked headers, lists in the reader's language, and defined names
``traboule.<table>.<field>`` that still point at a column after it is moved or renamed.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import quote_sheetname, xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from traboule.core.codes import vocabulary
from traboule.core.language.languages import is_right_to_left
from traboule.core.language.messages import catalogue, fill
from traboule.operation.operation import Operation
from traboule.returns.form import COVER, Field, Form, TableForm
from traboule.returns.workbook.lists import DropDownLists, labels, write_lists
from traboule.returns.workbook.sheet import FormSheet
from traboule.returns.workbook.style import Styles, styles
from traboule.returns.workbook.values import displayed_value, write_value

KEY_PREFIX = "traboule."
LAST_ROW = 20_000
# A file's own date of making would make every file different; this one says nothing and never changes.
_MADE = datetime(2024, 1, 1, tzinfo=UTC)
_LEFT_TO_RIGHT_MARK = "\u200e"
_LONGEST_TITLE, _LONGEST_MESSAGE, _LONGEST_LIST = 32, 255, 255
_COVER_WIDTHS = (30, 46, 84)
# In characters. A code's column is as wide as its longest label, within reason.
_WIDTHS = {"date": 12, "moment": 17, "integer": 11, "number": 12, "codes": 28, "reference": 14}
_NARROWEST_CODE, _WIDEST_CODE, _WIDTH_OF_KEY, _LONGEST_KEY = 11, 26, 16, 64
_WIDTH_OF_TEXT, _WIDTH_OF_LONG_TEXT, _LONG_TEXT_FROM = 22, 48, 1000
_HEADER_LINES, _LINE_HEIGHT = 3, 15
# What an A4 page across holds in print that is still easy to read, about two thirds of its size on the screen.
_WIDTH_OF_PAGE = 252
_TABS = {"people": "#17375E", "roles": "#17375E", "victims": "#8A4B00", "totals": "#5A6472"}
_PROTECTION = {
    "insert_rows": True,
    "sort": True,
    "autofilter": True,
    "format_cells": True,
    "format_columns": True,
    "format_rows": True,
}


@dataclass(frozen=True, slots=True)
class _Making:
    """A workbook under construction."""

    book: Workbook
    form: Form
    language: str
    styles: Styles
    lists: DropDownLists
    operation: Operation | None

    def word(self, name: str, **values: object) -> str:
        """Return a word of the template in its language."""
        return fill(_words()[name], self.language, values)


def _words() -> Mapping[str, Any]:
    return catalogue("traboule.returns.workbook", "words.yaml")


def template(
    form: Form,
    *,
    operation: Operation | None,
    state: str,
    language: str,
    cover: Mapping[str, object] | None = None,
    rows: Mapping[str, Sequence[Mapping[str, object]]] | None = None,
) -> bytes:
    """Return the workbook of ``state`` (ISO code) in ``language``, with ``rows`` by table filled in.

    The cover holds operation, state and version 1, unless ``cover`` says otherwise. Values are what the system holds
    (codes, PartialDate, dates, numbers) or any text, which is written as it is. Raises KeyError for a table or field
    that is not in the form, or a state that is no country.
    """
    target = io.BytesIO()
    book = Workbook(target, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False})
    prefilled: dict[str, object] = {"state": state, "version": 1}
    if operation is not None:
        prefilled["operation"] = operation.code
    prefilled |= cover or {}
    sheets = {table.id: book.add_worksheet(table.sheet_name(language), FormSheet) for table in form.tables.values()}
    making = _Making(
        book=book,
        form=form,
        language=language,
        styles=styles(book, right_to_left=is_right_to_left(language)),
        lists=write_lists(book, language),
        operation=operation,
    )
    _write_cover(making, sheets[COVER], prefilled)
    for table in form.row_tables.values():
        _write_table(making, sheets[table.id], table, (rows or {}).get(table.id, ()))
    unknown = set(rows or {}) - set(form.row_tables)
    if unknown:
        raise KeyError(f"no such table: {sorted(unknown)}")
    _describe(making, state)
    book.close()
    return target.getvalue()


def _describe(making: _Making, state: str) -> None:
    """Write the properties by which a file says what it was made for, without a date of its own."""
    operation = making.operation.code if making.operation else ""
    title = f"{making.word('title')} · {vocabulary('countries').label(state, making.language)}"
    making.book.set_properties({"title": title, "subject": operation, "author": "Traboule", "created": _MADE})
    making.book.set_custom_property("form_version", making.form.version, "text")
    making.book.set_custom_property("operation", operation, "text")
    making.book.set_custom_property("state", state, "text")
    making.book.set_custom_property("language", making.language, "text")


def _write_cover(making: _Making, sheet: Worksheet, prefilled: Mapping[str, object]) -> None:
    """Write the title, the instructions, the fields with what is known, and the list of sheets."""
    look, language = making.styles, making.language
    _begin(making, sheet, widths=_COVER_WIDTHS)
    sheet.hide_gridlines(2)
    sheet.fit_to_pages(1, 1)
    sheet.center_horizontally()
    sheet.set_row(0, 40)
    sheet.merge_range(0, 0, 0, 2, making.word("title"), look.title)
    sheet.set_row(1, 24)
    sheet.merge_range(1, 0, 1, 2, _window(making), look.subtitle)
    row = 3
    for number, step in enumerate(_words()["steps"][language], start=1):
        sheet.set_row(row, _height(step, sum(_COVER_WIDTHS)))
        sheet.merge_range(row, 0, row, 2, f"{number}. {step}", look.step)
        row += 1
    table = making.form.tables[COVER]
    row = _heading(making, sheet, row + 1, table.sheet_name(language))
    for field in table.fields.values():
        _write_cover_field(making, sheet, row, field, prefilled.get(field.id))
        row += 1
    unknown = set(prefilled) - set(table.fields)
    if unknown:
        raise KeyError(f"no such field of the cover: {sorted(unknown)}")
    row = _heading(making, sheet, row + 1, making.word("sheets"))
    for row_table in making.form.row_tables.values():
        name = row_table.sheet_name(language)
        sheet.set_row(row, 20)
        sheet.write_url(row, 0, f"internal:{quote_sheetname(name)}!A1", look.link, name)
        sheet.merge_range(row, 1, row, 2, row_table.about[language], look.step)
        row += 1
    sheet.print_area(0, 0, row - 1, 2)


def _window(making: _Making) -> str:
    """Return the operation and its days; marks of direction keep a date whole inside an Arabic sentence."""
    operation = making.operation
    if operation is None:
        return ""
    mark = _LEFT_TO_RIGHT_MARK if is_right_to_left(making.language) else ""
    start, end = (f"{mark}{day.isoformat()}{mark}" for day in (operation.start, operation.end))
    return making.word("window", title=operation.title(making.language), start=start, end=end)


def _height(text: str, width: float) -> int:
    """Return the height of a row, in points, that shows a text in as many lines as it takes."""
    return _LINE_HEIGHT * ceil(len(text) * 0.95 / width) + 6


def _heading(making: _Making, sheet: Worksheet, row: int, text: str) -> int:
    sheet.set_row(row, 24)
    sheet.merge_range(row, 0, row, 2, text, making.styles.heading)
    return row + 1


def _write_cover_field(making: _Making, sheet: Worksheet, row: int, field: Field, value: object) -> None:
    """Write one field of the cover: its label, its value's cell, its help."""
    look, language = making.styles, making.language
    lines = max(_height(field.help[language], _COVER_WIDTHS[2]), _height(str(value or ""), _COVER_WIDTHS[1]))
    sheet.set_row(row, max(lines, 24))
    sheet.write_string(row, 0, _marked(field, language), look.cover_required if field.required else look.cover_label)
    style = look.cover_date if field.type == "date" else look.cover_value
    sheet.write_blank(row, 1, None, style)
    write_value(sheet, (row, 1), displayed_value(field, value, language), style)
    sheet.write_string(row, 2, field.help[language], look.cover_help)
    making.book.define_name(f"{KEY_PREFIX}{COVER}.{field.id}", f"={quote_sheetname(sheet.name)}!$B${row + 1}")
    rule = _validation(making, field)
    units = making.operation.coordination_units if making.operation else ()
    if field.id == "coordination_unit" and units:
        offered = [labels("countries", language).by_code[unit] for unit in units]
        if not any("," in label for label in offered) and len(",".join(offered)) <= _LONGEST_LIST:
            rule["source"] = offered
    sheet.data_validation(row, 1, row, 1, rule)


def _begin(making: _Making, sheet: Worksheet, widths: Sequence[int]) -> None:
    """Set what all sheets share: direction, protection, print."""
    if is_right_to_left(making.language):
        sheet.right_to_left()
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.protect("", _PROTECTION)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer(f"&L&A&R{making.word('page')} &P / &N")


def _write_table(making: _Making, sheet: Worksheet, table: TableForm, rows: Sequence[Mapping[str, object]]) -> None:
    """Write one table's sheet: its headers, its rules down the columns, and the rows given."""
    look, language = making.styles, making.language
    fields = list(table.fields.values())
    last = max(LAST_ROW, len(rows))
    widths = [_width(field, language) for field in fields]
    _begin(making, sheet, widths=())
    # On paper too: lines, the headers on every page, and the row's own name on each of the pages side by side.
    sheet.hide_gridlines(0)
    sheet.fit_to_pages(ceil(sum(widths) / _WIDTH_OF_PAGE), 0)
    sheet.repeat_rows(0)
    sheet.repeat_columns(0)
    sheet.set_row(0, _HEADER_LINES * _LINE_HEIGHT + 4)
    quoted = quote_sheetname(sheet.name)
    row_range = f"$A2:${xl_col_to_name(len(fields) - 1)}2"
    for column, field in enumerate(fields):
        letters = xl_col_to_name(column)
        sheet.set_column(column, column, widths[column], _ground(look, field))
        sheet.write_string(0, column, _marked(field, language), look.required if field.required else look.header)
        making.book.define_name(f"{KEY_PREFIX}{table.id}.{field.id}", f"={quoted}!${letters}$1")
        sheet.data_validation(1, column, last, column, _validation(making, field))
        if field.required:
            rule = {
                "type": "formula",
                "criteria": f"=AND(COUNTA({row_range})>0,LEN({letters}2)=0)",
                "format": look.lacking,
            }
            sheet.conditional_format(1, column, last, column, rule)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, last, len(fields) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{xl_col_to_name(len(fields) - 1)}{last + 1}"})
    sheet.set_tab_color(_TABS.get(table.id, "#B8C4D6"))
    columns = {field.id: column for column, field in enumerate(fields)}
    for number, row in enumerate(rows, start=1):
        for name, value in row.items():
            cell_value = displayed_value(table.fields[name], value, language)
            write_value(sheet, (number, columns[name]), cell_value, _moment_style(look, table.fields[name], cell_value))


def _moment_style(look: Styles, field: Field, value: object) -> Format | None:
    """A date in a column of moments shows no midnight; a moment in a column of dates shows its time."""
    if isinstance(value, datetime):
        return None if field.type == "moment" else look.moment
    return look.date if field.type == "moment" and not isinstance(value, str | int | float) else None


def _ground(look: Styles, field: Field) -> Format:
    if field.vocabulary or (field.type == "text" and field.max_length >= _LONG_TEXT_FROM):
        return look.several_lines
    grounds = {"date": look.date, "moment": look.moment, "integer": look.integer, "number": look.number}
    return grounds.get(field.type, look.text)


def _width(field: Field, language: str) -> int:
    """Return a width in characters that shows the label in three lines and a usual value in one."""
    label = _marked(field, language)
    # The button of the filter covers the end of the last line.
    needed = max(*map(len, label.split()), ceil(len(label) * 1.2 / _HEADER_LINES)) + 3
    return max(needed, _width_of_values(field, language))


def _width_of_values(field: Field, language: str) -> int:
    if field.type == "code" and field.vocabulary:
        longest = max(map(len, labels(field.vocabulary, language).ordered))
        return max(_NARROWEST_CODE, min(longest + 3, _WIDEST_CODE))
    if field.type == "text":
        if field.max_length <= _LONGEST_KEY:
            return _WIDTH_OF_KEY
        return _WIDTH_OF_LONG_TEXT if field.max_length >= _LONG_TEXT_FROM else _WIDTH_OF_TEXT
    return _WIDTHS.get(field.type, _WIDTH_OF_TEXT)


def _marked(field: Field, language: str) -> str:
    return f"{field.label[language]}\u00a0*" if field.required else field.label[language]


def _validation(making: _Making, field: Field) -> dict[str, Any]:
    """Return the rule of a field's cells, with its help as the message shown beside a chosen cell."""
    language = making.language
    rule: dict[str, Any] = {
        "validate": "any",
        "input_title": field.label[language][:_LONGEST_TITLE],
        "input_message": field.help[language][:_LONGEST_MESSAGE],
    }
    if field.vocabulary:
        where = making.lists.strict if field.required else making.lists.lenient
        rule |= {"validate": "list", "source": where[field.vocabulary]}
        # A list cannot offer several values at once, so where several are meant it only proposes.
        rule["show_error"] = field.type == "code"
        rule["error_message"] = making.word("not_in_list")
    elif field.refers_to:
        name = quote_sheetname(making.form.tables[field.refers_to].sheet_name(language))
        count = f"MAX(1,COUNTA({name}!$A$2:$A${LAST_ROW + 1}))"
        rule |= {"validate": "list", "source": f"=OFFSET({name}!$A$2,0,0,{count},1)", "show_error": False}
    elif field.type in ("integer", "number"):
        kind = "integer" if field.type == "integer" else "decimal"
        rule |= {"validate": kind, "criteria": ">=", "value": 1 if field.id in ("version", "order") else 0}
        rule |= {"error_type": "warning", "error_message": making.word("not_a_number")}
    return rule
