"""Read a workbook of Excel 97 to 2003 as grids.

In: the bytes of an XLS file. Out: a Grid a sheet. Guaranteed: calamine reads only what ``biff`` has scanned. The format
itself has no more than 65,536 rows of 256 columns.
"""

from __future__ import annotations

import io

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from traboule.core.errors import Refused
from traboule.returns.reading.grid import Grid, letter, sheet_rows, uncover
from traboule.returns.reading.prescan import MOST_COLUMNS, MOST_ROWS
from traboule.returns.reading.workbooks.biff import BiffScan, scan_workbook


def grids(content: bytes, file_name: str) -> list[Grid]:
    """Return the sheets in the file's order; hidden ones whose names begin with an underscore are left out.

    Raises Refused: file-far-cell, and what ``scan_workbook`` raises.
    """
    scans = scan_workbook(content, file_name)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            return [
                _grid(workbook.get_sheet_by_index(index), scan, file_name)
                for index, (sheet, scan) in enumerate(zip(workbook.sheets_metadata, scans, strict=True))
                if not (sheet.name.startswith("_") and sheet.visible != SheetVisibleEnum.Visible)
            ]
    except PasswordError as error:
        raise Refused("file-encrypted", file=file_name) from error
    except (CalamineError, ValueError) as error:
        raise Refused("file-damaged", file=file_name) from error


def _grid(sheet: CalamineSheet, scan: BiffScan, file_name: str) -> Grid:
    rows = sheet_rows(sheet)
    for number, cells in rows:
        for column, value in enumerate(cells[MOST_COLUMNS:], start=MOST_COLUMNS):
            if value is not None:
                where = {"file": file_name, "sheet": sheet.name, "cell": f"{letter(column)}{number}"}
                raise Refused("file-far-cell", **where, rows=MOST_ROWS, columns=MOST_COLUMNS)
    merged = tuple(
        (f"{letter(left)}{top + 1}", f"{letter(right)}{bottom + 1}")
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    )
    uncover(rows, merged)
    return Grid(
        name=sheet.name,
        rows=rows,
        merged=merged,
        formulas=frozenset(scan.formulas),
        texts=frozenset(scan.texts),
        failed=frozenset(scan.failed),
    )
