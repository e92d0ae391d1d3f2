"""Write the sheet of one table: its headers, the rules down its columns, and its rows.

All but the rows is the same in every file of one language, so it is laid out once (a :class:`SheetFrame`) and then
taken over. Guaranteed: the same bytes as if each sheet were laid out anew.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from math import ceil

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import quote_sheetname, xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from traboule.core.language.languages import is_right_to_left
from traboule.returns.form import COVER, Field, Form, TableForm
from traboule.returns.workbook.draft import KEY_PREFIX, LAST_ROW, LINE_HEIGHT, WorkbookDraft, begin, marked, validation
from traboule.returns.workbook.lists import labels, list_ranges
from traboule.returns.workbook.sheet import FormSheet, SheetFrame
from traboule.returns.workbook.style import Styles, styles
from traboule.returns.workbook.values import LONGEST_TEXT, displayed_texts, displayed_value, write_value

# In characters. A code's column is as wide as its longest label, within reason.
_WIDTHS = {"date": 12, "moment": 17, "integer": 11, "number": 12, "codes": 28, "reference": 14}
_NARROWEST_CODE, _WIDEST_CODE, _WIDTH_OF_KEY, _LONGEST_KEY = 11, 26, 16, 64
_WIDTH_OF_TEXT, _WIDTH_OF_LONG_TEXT, _LONG_TEXT_FROM = 22, 48, 1000
_HEADER_LINES = 3
# What an A4 page across holds in print that is still easy to read, about two thirds of its size on the screen.
_WIDTH_OF_PAGE = 252
_TABS = {"people": "#17375E", "roles": "#17375E", "victims": "#8A4B00", "totals": "#5A6472"}


def write_table(draft: WorkbookDraft, sheet: Worksheet, table: TableForm, rows: Sequence[Mapping[str, object]]) -> None:
    """Write one table's sheet. Raises KeyError for a field that the table does not have."""
    lay_out(draft, sheet, table, max(LAST_ROW, len(rows)))
    look, language = draft.styles, draft.language
    columns = {
        name: (column, field, displayed_texts(field, language))
        for column, (name, field) in enumerate(table.fields.items())
    }
    for number, row in enumerate(rows, start=1):
        for name, value in row.items():
            column, field, texts = columns[name]
            if value.__class__ is str:  # By far the most.
                text = texts.get(value, value)
                if text:
                    sheet.write_string(number, column, text[:LONGEST_TEXT])
                continue
            cell_value = displayed_value(field, value, language)
            write_value(sheet, (number, column), cell_value, _moment_style(look, field, cell_value))


def lay_out(draft: WorkbookDraft, sheet: FormSheet, table: TableForm, last: int) -> None:
    """Do what :func:`lay_out_anew` does, from a frame that is made once."""
    look, language = draft.styles, draft.language
    frame = _frame(draft.form, table.id, language, last)
    sheet.adopt(frame, [_ground(look, field) for field in table.fields.values()])
    for column, field in enumerate(table.fields.values()):
        sheet.write_string(0, column, marked(field, language), look.required if field.required else look.header)
    if table.required:
        look.lacking._get_dxf_index()  # The frame has its number, so the workbook must write the format.
    draft.book.defined_names += map(list, frame.names)


@lru_cache(maxsize=256)
def _frame(form: Form, table_id: str, language: str, last: int) -> SheetFrame:
    table = form.tables[table_id]
    book = Workbook(io.BytesIO(), {"in_memory": True})
    book.add_worksheet(form.tables[COVER].sheet_name(language))  # The first sheet is the active one.
    sheet = book.add_worksheet(table.sheet_name(language), FormSheet)
    look = styles(book, right_to_left=is_right_to_left(language))
    draft = WorkbookDraft(book, form, language, look, list_ranges(language), operation=None)
    lay_out_anew(draft, sheet, table, last)
    frame: SheetFrame = sheet.frame(book.defined_names)
    return frame


def lay_out_anew(draft: WorkbookDraft, sheet: Worksheet, table: TableForm, last: int) -> None:
    """Write the headers of a table and the rules down its columns as far as row ``last`` (from 0)."""
    look, language = draft.styles, draft.language
    fields = list(table.fields.values())
    widths = [_width(field, language) for field in fields]
    begin(draft, sheet, widths=())
    # On paper too: lines, the headers on every page, and the row's own name on each of the pages side by side.
    sheet.hide_gridlines(0)
    sheet.fit_to_pages(ceil(sum(widths) / _WIDTH_OF_PAGE), 0)
    sheet.repeat_rows(0)
    sheet.repeat_columns(0)
    sheet.set_row(0, _HEADER_LINES * LINE_HEIGHT + 4)
    quoted = quote_sheetname(sheet.name)
    row_range = f"$A2:${xl_col_to_name(len(fields) - 1)}2"
    for column, field in enumerate(fields):
        letters = xl_col_to_name(column)
        sheet.set_column(column, column, widths[column], _ground(look, field))
        sheet.write_string(0, column, marked(field, language), look.required if field.required else look.header)
        draft.book.define_name(f"{KEY_PREFIX}{table.id}.{field.id}", f"={quoted}!${letters}$1")
        sheet.data_validation(1, column, last, column, validation(draft, field))
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
    label = marked(field, language)
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
