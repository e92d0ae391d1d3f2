"""Write the workbook of a return: cover, one sheet a table, lists, and the keys that tie cells to fields.

In: the form, an operation, a state, a language, and what to fill in beforehand. Out: the bytes of an XLSX file.
Guaranteed: the same bytes for the same input, locked headers, lists in the reader's language, and defined names
``traboule.<table>.<field>`` that still point at a column after it is moved or renamed.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from math import ceil

from xlsxwriter.utility import quote_sheetname
from xlsxwriter.worksheet import Worksheet

from traboule.core.codes import vocabulary
from traboule.core.language.languages import is_right_to_left
from traboule.operation.operation import Operation
from traboule.returns.form import COVER, Field, Form
from traboule.returns.workbook.book import FormBook
from traboule.returns.workbook.draft import (
    KEY_PREFIX,
    LINE_HEIGHT,
    WorkbookDraft,
    begin,
    marked,
    template_words,
    validation,
)
from traboule.returns.workbook.lists import labels, write_lists
from traboule.returns.workbook.sheet import FormSheet
from traboule.returns.workbook.style import styles
from traboule.returns.workbook.tables import write_table
from traboule.returns.workbook.values import displayed_value, write_value

# A file's own date of making would make every file different; this one says nothing and never changes.
_MADE = datetime(2024, 1, 1, tzinfo=UTC)
_LEFT_TO_RIGHT_MARK = "\u200e"
_LONGEST_LIST = 255
_COVER_WIDTHS = (30, 46, 84)


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
    book = FormBook(target, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False})
    prefilled: dict[str, object] = {"state": state, "version": 1}
    if operation is not None:
        prefilled["operation"] = operation.code
    prefilled |= cover or {}
    sheets = {table.id: book.add_worksheet(table.sheet_name(language), FormSheet) for table in form.tables.values()}
    draft = WorkbookDraft(
        book=book,
        form=form,
        language=language,
        styles=styles(book, right_to_left=is_right_to_left(language)),
        lists=write_lists(book, language),
        operation=operation,
    )
    _write_cover(draft, sheets[COVER], prefilled)
    for table in form.row_tables.values():
        write_table(draft, sheets[table.id], table, (rows or {}).get(table.id, ()))
    unknown = set(rows or {}) - set(form.row_tables)
    if unknown:
        raise KeyError(f"no such table: {sorted(unknown)}")
    _describe(draft, state)
    book.close()
    return target.getvalue()


def _describe(draft: WorkbookDraft, state: str) -> None:
    """Write the properties by which a file says what it was made for, without a date of its own."""
    operation = draft.operation.code if draft.operation else ""
    title = f"{draft.word('title')} · {vocabulary('countries').label(state, draft.language)}"
    draft.book.set_properties({"title": title, "subject": operation, "author": "Traboule", "created": _MADE})
    draft.book.set_custom_property("form_version", draft.form.version, "text")
    draft.book.set_custom_property("operation", operation, "text")
    draft.book.set_custom_property("state", state, "text")
    draft.book.set_custom_property("language", draft.language, "text")


def _write_cover(draft: WorkbookDraft, sheet: Worksheet, prefilled: Mapping[str, object]) -> None:
    """Write the title, the instructions, the fields with what is known, and the list of sheets."""
    look, language = draft.styles, draft.language
    begin(draft, sheet, widths=_COVER_WIDTHS)
    sheet.hide_gridlines(2)
    sheet.fit_to_pages(1, 1)
    sheet.center_horizontally()
    sheet.set_row(0, 40)
    sheet.merge_range(0, 0, 0, 2, draft.word("title"), look.title)
    sheet.set_row(1, 24)
    sheet.merge_range(1, 0, 1, 2, _window(draft), look.subtitle)
    row = 3
    for number, step in enumerate(template_words()["steps"][language], start=1):
        sheet.set_row(row, _height(step, sum(_COVER_WIDTHS)))
        sheet.merge_range(row, 0, row, 2, f"{number}. {step}", look.step)
        row += 1
    table = draft.form.tables[COVER]
    row = _heading(draft, sheet, row + 1, table.sheet_name(language))
    for field in table.fields.values():
        _write_cover_field(draft, sheet, row, field, prefilled.get(field.id))
        row += 1
    unknown = set(prefilled) - set(table.fields)
    if unknown:
        raise KeyError(f"no such field of the cover: {sorted(unknown)}")
    row = _heading(draft, sheet, row + 1, draft.word("sheets"))
    for row_table in draft.form.row_tables.values():
        name = row_table.sheet_name(language)
        sheet.set_row(row, 20)
        sheet.write_url(row, 0, f"internal:{quote_sheetname(name)}!A1", look.link, name)
        sheet.merge_range(row, 1, row, 2, row_table.about[language], look.step)
        row += 1
    sheet.print_area(0, 0, row - 1, 2)


def _window(draft: WorkbookDraft) -> str:
    """Return the operation and its days; marks of direction keep a date whole inside an Arabic sentence."""
    operation = draft.operation
    if operation is None:
        return ""
    mark = _LEFT_TO_RIGHT_MARK if is_right_to_left(draft.language) else ""
    start, end = (f"{mark}{day.isoformat()}{mark}" for day in (operation.start, operation.end))
    return draft.word("window", title=operation.title(draft.language), start=start, end=end)


def _height(text: str, width: float) -> int:
    """Return the height of a row, in points, that shows a text in as many lines as it takes."""
    return LINE_HEIGHT * ceil(len(text) * 0.95 / width) + 6


def _heading(draft: WorkbookDraft, sheet: Worksheet, row: int, text: str) -> int:
    sheet.set_row(row, 24)
    sheet.merge_range(row, 0, row, 2, text, draft.styles.heading)
    return row + 1


def _write_cover_field(draft: WorkbookDraft, sheet: Worksheet, row: int, field: Field, value: object) -> None:
    """Write one field of the cover: its label, its value's cell, its help."""
    look, language = draft.styles, draft.language
    lines = max(_height(field.help[language], _COVER_WIDTHS[2]), _height(str(value or ""), _COVER_WIDTHS[1]))
    sheet.set_row(row, max(lines, 24))
    sheet.write_string(row, 0, marked(field, language), look.cover_required if field.required else look.cover_label)
    style = look.cover_date if field.type == "date" else look.cover_value
    sheet.write_blank(row, 1, None, style)
    write_value(sheet, (row, 1), displayed_value(field, value, language), style)
    sheet.write_string(row, 2, field.help[language], look.cover_help)
    draft.book.define_name(f"{KEY_PREFIX}{COVER}.{field.id}", f"={quote_sheetname(sheet.name)}!$B${row + 1}")
    rule = validation(draft, field)
    units = draft.operation.coordination_units if draft.operation else ()
    if field.id == "coordination_unit" and units:
        offered = [labels("countries", language).by_code[unit] for unit in units]
        if not any("," in label for label in offered) and len(",".join(offered)) <= _LONGEST_LIST:
            rule["source"] = offered
    sheet.data_validation(row, 1, row, 1, rule)
