"""Read an OpenDocument spreadsheet as grids.

In: the unpacked parts of an ODS file. Out: a Grid a sheet, with the merged ranges, formulas and cells in error that
only the XML shows. Guaranteed: calamine receives a fresh archive of the one part scanned here, and only after every
cell of it was counted: a repeated cell is one element of the file and a million cells of the sheet.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers.expat import ExpatError, ParserCreate

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from traboule.core.errors import Refused
from traboule.returns.reading.grid import Grid, letter, sheet_rows, uncover
from traboule.returns.reading.prescan import MOST_CELLS, MOST_COLUMNS, MOST_ROWS, plain_xml

MIME_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_CONTENT = "content.xml"
_MANIFEST = b'<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
_XLINK = "http://www.w3.org/1999/xlink"
_ACTIVE_PARTS = (
    (re.compile(r"^(basic|scripts)/[^/]", re.I), "file-macro"),
    (re.compile(r"^(object \d+|objectreplacements)/", re.I), "file-embedded"),
)
_ACTIVE_ELEMENTS = {
    **dict.fromkeys(("event-listener", "event-listeners"), "file-macro"),
    **dict.fromkeys(("object", "object-ole", "plugin", "applet", "floating-frame"), "file-embedded"),
    **dict.fromkeys(("table-source", "dde-source", "dde-link", "cell-range-source"), "file-external-link"),
    **dict.fromkeys(("database-source-sql", "database-source-query", "database-source-table"), "file-external-link"),
}
# A sheet of the largest spreadsheet program has this many rows; no honest file repeats anything more often.
_MOST_REPEATED = 1_048_576


@dataclass(slots=True)
class _Scan:
    """What the XML of one sheet says besides its values; cells as addresses such as ``C14``."""

    merged: list[tuple[str, str]] = field(default_factory=list)
    formulas: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)


def grids(parts: Mapping[str, bytes], file_name: str) -> list[Grid]:
    """Return the sheets in the file's order; hidden ones whose names begin with an underscore are left out.

    Raises Refused: file-damaged, file-encrypted, file-macro, file-embedded, file-external-link, file-xml, file-rows,
    file-far-cell, file-cells.
    """
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise Refused("file-encrypted", file=file_name)
    for name in parts:
        for pattern, code in _ACTIVE_PARTS:
            if pattern.search(name):
                raise Refused(code, file=file_name, part=name[:120])
    content = parts.get(_CONTENT, b"")
    if not plain_xml(content):
        raise Refused("file-xml", file=file_name, part=_CONTENT)
    try:
        scans = _Scanner(file_name).scanned(content)
        return _read(content, scans)
    except (ExpatError, UnicodeDecodeError, ValueError, CalamineError) as error:
        raise Refused("file-damaged", file=file_name) from error


def _read(content: bytes, scans: Mapping[str, _Scan]) -> list[Grid]:
    sheets: list[Grid] = []
    with CalamineWorkbook.from_filelike(io.BytesIO(_repacked(content))) as workbook:
        for index, sheet in enumerate(workbook.sheets_metadata):
            if sheet.name.startswith("_") and sheet.visible != SheetVisibleEnum.Visible:
                continue
            scan = scans.get(sheet.name, _Scan())
            rows = sheet_rows(workbook.get_sheet_by_index(index))
            merged = tuple(scan.merged)
            uncover(rows, merged)
            sheets.append(
                Grid(
                    name=sheet.name,
                    rows=rows,
                    merged=merged,
                    formulas=frozenset(scan.formulas),
                    texts=frozenset(scan.texts),
                    failed=frozenset(scan.failed),
                )
            )
    return sheets


def _repacked(content: bytes) -> bytes:
    """Return an archive that holds the scanned part and what says of it that it is a spreadsheet."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), MIME_TYPE)
        archive.writestr(zipfile.ZipInfo("META-INF/manifest.xml"), _MANIFEST)
        archive.writestr(zipfile.ZipInfo(_CONTENT), content)
    return target.getvalue()


class _Scanner:
    """Walks through the content once, counts its cells and refuses what a return never needs."""

    def __init__(self, file_name: str) -> None:
        self.file_name = file_name
        self.scans: dict[str, _Scan] = {}
        self.sheet = ""
        self.row, self.rows, self.column, self.cells = 1, 1, 0, 0
        self.cell: Mapping[str, str] = {}
        self.filled = False

    def scanned(self, content: bytes) -> Mapping[str, _Scan]:
        """Return what was found, by sheet. Raises Refused, ExpatError or ValueError."""
        parser = ParserCreate(namespace_separator="}")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.Parse(content, True)
        return self.scans

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition("}")
        if code := _ACTIVE_ELEMENTS.get(local):
            raise Refused(code, file=self.file_name, part=f"{_CONTENT}: {local}")
        target = attributes.get(f"{_XLINK}}}href", "")
        if local == "image" and not target.startswith(("Pictures/", "./Pictures/")):
            raise Refused("file-external-link", file=self.file_name, part=f"{_CONTENT}: {local}")
        if local == "p":
            self.filled = True
        elif space != _TABLE:
            return
        elif local == "table":
            self.sheet = attributes.get(f"{_TABLE}}}name", "")
            self.scans[self.sheet] = _Scan()
            self.row, self.rows, self.cells = 1, 1, 0
        elif local == "table-row":
            self.rows, self.column = _repeated(attributes, "number-rows-repeated"), 0
        elif local in ("table-cell", "covered-table-cell"):
            self.cell, self.filled = attributes, f"{_OFFICE}}}value-type" in attributes

    def _end(self, name: str) -> None:
        space, _, local = name.rpartition("}")
        if space != _TABLE:
            return
        if local == "table-row":
            self.row += self.rows
        elif local in ("table-cell", "covered-table-cell"):
            columns = _repeated(self.cell, "number-columns-repeated")
            if self.filled:
                self._count(columns)
                self._note(covered=local == "covered-table-cell")
            self.column += columns
            self.filled = False

    def _count(self, columns: int) -> None:
        last_row, last_column = self.row + self.rows - 1, self.column + columns - 1
        where = {"file": self.file_name, "sheet": self.sheet}
        if last_column >= MOST_COLUMNS:
            cell = f"{letter(last_column)}{self.row}"
            raise Refused("file-far-cell", **where, cell=cell, rows=MOST_ROWS, columns=MOST_COLUMNS)
        if last_row > MOST_ROWS:
            raise Refused("file-rows", **where, most=MOST_ROWS)
        self.cells += columns * self.rows
        if self.cells > MOST_CELLS:
            raise Refused("file-cells", **where, most=MOST_CELLS)

    def _note(self, *, covered: bool) -> None:
        """Note what the cell is besides its value; of repeated cells the first stands for all."""
        scan, address = self.scans[self.sheet], f"{letter(self.column)}{self.row}"
        across = int(self.cell.get(f"{_TABLE}}}number-columns-spanned", "1"))
        down = int(self.cell.get(f"{_TABLE}}}number-rows-spanned", "1"))
        if (across > 1 or down > 1) and not covered:
            across, down = min(across, MOST_COLUMNS), min(down, MOST_ROWS)
            scan.merged.append((address, f"{letter(self.column + across - 1)}{self.row + down - 1}"))
        if self.cell.get(f"{_CALC}}}value-type") == "error":
            scan.failed.add(address)
        if f"{_TABLE}}}formula" in self.cell:
            scan.formulas.add(address)
            if self.cell.get(f"{_OFFICE}}}value-type") == "string":
                scan.texts.add(address)


def _repeated(attributes: Mapping[str, str], name: str) -> int:
    """Return how often an element counts. Raises ValueError where no spreadsheet would."""
    times = int(attributes.get(f"{_TABLE}}}{name}", "1"))
    if not 1 <= times <= _MOST_REPEATED:
        raise ValueError(f"{name} is {times}")
    return times
