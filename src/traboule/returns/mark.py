"""Mark every fault in the officer's own workbook.

In: the bytes of a return as filed, its findings, a language. Out: the bytes of a workbook. Guaranteed: the officer's
sheets keep their content, order and look; each faulty cell has the colour of its gravest fault and a comment that says
what is wrong and what to do; one sheet lists all faults. Nothing that came with the file computes or leads anywhere
(see ``faults.disarming``). A return that came as another program's workbook or as delimited files comes back as a
workbook of its values, marked in the same manner; for JSON, which has no cells, only the list comes back. The same
input gives the same bytes. Runs in a limited child process, because it opens whatever was filed: callers use
``reading.marking``.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from traboule.core.errors import Refused
from traboule.core.findings import Finding
from traboule.core.language.languages import LANGUAGES, is_right_to_left
from traboule.returns.checked import FaultCounts
from traboule.returns.faults import advice, message, word
from traboule.returns.faults.disarming import disarm, writable_cells
from traboule.returns.faults.listing import FILLS, as_text, gravest_first, list_faults, storable, to_list
from traboule.returns.faults.saving import saved
from traboule.returns.reading.grid import Value
from traboule.returns.reading.parse import finding_of, grids

AUTHOR = "Traboule"
_NARROWEST, _WIDEST = 12, 40
_LARGEST = 10**15  # Beyond it a spreadsheet shows other digits than were filed.
# SyntaxError is what broken XML raises.
_NOT_OPENED = (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError)

_ADDRESS = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}")


def answer(content: bytes, request: Mapping[str, Any]) -> bytes:
    """Return the marked workbook for the ``findings`` and the ``language`` of the request: the child's part."""
    findings = [finding_of(plain) for plain in request["findings"]]
    counts = None if request["counts"] is None else FaultCounts(**request["counts"])
    names = str(request["language"]), str(request["file_name"])
    return mark(content, findings, *names, counts=counts, list_alone=bool(request["list_alone"]))


def mark(
    content: bytes,
    findings: Sequence[Finding],
    language: str,
    file_name: str = "",
    *,
    counts: FaultCounts | None = None,
    list_alone: bool = False,
) -> bytes:
    """Return a workbook: the one in ``content``, or one of its values, with the faults marked, or the list alone.

    ``language`` is one of LANGUAGES; any other is taken for English. ``content`` is a file that the reader of returns
    accepted under ``file_name``: what that refuses must not be handed in. ``counts`` count the faulty rows, None where
    ``findings`` name all of them. ``list_alone``: the file is too large to be written again.
    """
    known_language = language if language in LANGUAGES else "en"
    title = word("sheet_faults", known_language)
    ordered = gravest_first(findings)
    next_steps = "how_to_go_on"
    book = None if list_alone else _opened(content)
    if book is not None:
        _remove_earlier_lists(book)
        disarm(book, content)
        _take_off_marks(book)
    elif not list_alone:
        book, next_steps = _rebuilt(content, file_name, known_language), "how_to_go_on_copy"
    if book is None:
        fresh = Workbook()
        fresh.worksheets[0].title = title
        next_steps = "how_to_go_on_large" if list_alone else "how_to_go_on_list"
        list_faults(fresh.worksheets[0], ordered, known_language, frozenset(), next_steps, counts)
        return saved(fresh)
    _mark_cells(book, to_list(ordered), known_language)
    titles = frozenset(sheet.title for sheet in book.worksheets)
    list_faults(book.create_sheet(title, 0), ordered, known_language, titles, next_steps, counts)
    book.active = 0
    for sheet in book.worksheets[1:]:
        sheet.sheet_view.tabSelected = False
    return saved(book)


def _opened(content: bytes) -> Workbook | None:
    """Return the workbook, or None for what is none, or is one that the readers understand but the library does not.

    The library judges styles and properties that no reader of returns looks at, and some programs write them freely.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                return None
        return openpyxl.load_workbook(io.BytesIO(content))
    except _NOT_OPENED:
        return None


def _rebuilt(content: bytes, file_name: str, language: str) -> Workbook | None:
    """Return a workbook of the values of a return that was read from no XLSX file, None where it has no cells."""
    try:
        sheets = [grid for grid in grids(content, file_name)[0] if grid.lettered]
    except Refused:
        return None
    if not sheets:
        return None
    book = Workbook()
    book.remove(book.worksheets[0])
    for grid in sheets:
        sheet = book[grid.name] if grid.name in book.sheetnames else book.create_sheet(grid.name)
        sheet.sheet_view.rightToLeft = is_right_to_left(language)
        widths: dict[int, int] = {}
        for number, cells in grid.rows:
            for column, value in enumerate(cells, start=1):
                if value is not None:
                    _write(sheet.cell(number, column), value)
                    widths[column] = min(max(widths.get(column, _NARROWEST), len(str(value)) + 2), _WIDEST)
        for column, width in widths.items():
            sheet.column_dimensions[get_column_letter(column)].width = width
    return book


def _write(cell: Any, value: Value) -> None:
    if isinstance(value, str):
        as_text(cell, value)
    elif not isinstance(value, int | float) or abs(value) < _LARGEST:
        cell.value = value
    else:
        as_text(cell, str(value))


def _remove_earlier_lists(book: Workbook) -> None:
    """Remove the list of an earlier check, in whatever language it was made."""
    names = {word("sheet_faults", language) for language in LANGUAGES}
    for sheet in [sheet for sheet in book.worksheets if sheet.title in names]:
        if len(book.worksheets) > 1:
            book.remove(sheet)


def _take_off_marks(book: Workbook) -> None:
    """Take off the colours and comments of an earlier check."""
    for sheet in book.worksheets:
        for cell in writable_cells(sheet):
            if cell.comment is not None and cell.comment.author == AUTHOR:
                cell.comment = None
                cell.fill = PatternFill()


def _mark_cells(book: Workbook, findings: Iterable[Finding], language: str) -> None:
    """Colour each faulty cell by its gravest fault, and say all of them in its comment."""
    marked: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if finding.sheet in book.sheetnames and _ADDRESS.fullmatch(finding.cell):
            marked.setdefault((finding.sheet, finding.cell), []).append(finding)
    for (title, coordinate), faults in marked.items():
        cell = _writable(book[title], coordinate)
        if cell is None:
            continue
        cell.fill = FILLS[faults[0].severity]
        messages = [f"{message(fault, language)}\n→ {advice(fault, language)}" for fault in faults]
        text = "\n\n".join(dict.fromkeys(messages))
        before = cell.comment.text + "\n\n" if cell.comment is not None else ""
        comment = Comment(storable(before + text), AUTHOR)
        comment.width, comment.height = 360, min(60 + 70 * len(messages), 400)
        cell.comment = comment


def _writable(sheet: Worksheet, coordinate: str) -> Cell | None:
    """Return the cell at an address; of a merged range its first cell."""
    cell = sheet[coordinate]
    if isinstance(cell, Cell):
        return cell
    for merged in sheet.merged_cells.ranges:
        if coordinate in merged:
            first = sheet.cell(merged.min_row, merged.min_col)
            return first if isinstance(first, Cell) else None
    return None
