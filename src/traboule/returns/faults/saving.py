"""Save a workbook as bytes, without timestamps and without temporary files.

In: a workbook of openpyxl. Out: the bytes of an XLSX file. Guaranteed: the same workbook gives the same bytes. The
library alone would write the time into the archive and the properties, and each sheet into a temporary file, which a
child that marks must not write.
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
