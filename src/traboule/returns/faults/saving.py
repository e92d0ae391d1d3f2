"""A workbook becomes bytes: nothing of the moment in them, and no file written on the way.

In: a workbook of openpyxl. Out: the bytes of an XLSX file. Promise: same workbook, same bytes. The library itself would
write the time into the archive and the properties, and each sheet into a file of its own, which a child that marks may
not do.
"""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.workbook import Workbook
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

# The same day as in the templates: it says nothing and never changes.
_MADE = datetime.fromisoformat("2024-01-01")


def saved(book: Workbook) -> bytes:
    """Return the workbook as the bytes of a file."""
    book.properties.created = book.properties.modified = _MADE
    out = io.BytesIO()
    with _Archive(out, "w", ZIP_DEFLATED) as archive:
        _Writer(book, archive).write_data()
    return out.getvalue()


class _Archive(ZipFile):
    """A zip whose entries all bear the same date."""

    def writestr(self, zinfo_or_arcname: Any, data: Any, compress_type: Any = None, compresslevel: Any = None) -> None:
        entry = ZipInfo(str(zinfo_or_arcname), _MADE.timetuple()[:6])
        entry.compress_type = ZIP_DEFLATED
        super().writestr(entry, data, compress_type, compresslevel)


class _Writer(ExcelWriter):
    """The library's own writer, but for the temporary file of each sheet."""

    def __init__(self, book: Workbook, archive: ZipFile) -> None:
        super().__init__(book, archive)
        self.archive = archive

    def write_worksheet(self, ws: Any) -> None:
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts = ws._charts
        ws._drawing.images = ws._images
        sheet = io.BytesIO()
        writer: Any = WorksheetWriter(ws, out=sheet)
        writer.write()
        ws._rels = writer._rels
        self.archive.writestr(ws.path[1:], sheet.getvalue())
        self.manifest.append(ws)
