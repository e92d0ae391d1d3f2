"""Read an XLSX workbook as grids.

In: the scanned parts of an XLSX file. Out: a Grid a sheet, with what only the XML shows (merged ranges, formulas, cells
in error, the defined names that tie columns to fields) and the workbook's own properties. Guaranteed: calamine receives
a fresh archive of the scanned parts, so that it reads nothing that was not scanned before.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers.expat import ExpatError, ParserCreate

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from traboule.core.errors import Refused
from traboule.returns.reading.grid import Grid, sheet_rows, uncover
from traboule.returns.reading.prescan import SheetScan, judge_workbook, scan_sheet

KEY_PREFIX = "traboule."
_RELATION = ("http://schemas.openxmlformats.org/officeDocument/2006/relationships", "id")
_RELATION_STRICT = ("http://purl.oclc.org/ooxml/officeDocument/relationships", "id")
_POINTS_TO = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?([0-9]+)(?::.*)?")
_WANTED = re.compile(r"^(\[Content_Types\]\.xml|_rels/|xl/[^/]+\.xml$|xl/_rels/|xl/worksheets/)")


def grids(parts: Mapping[str, bytes], file_name: str) -> tuple[list[Grid], dict[str, str]]:
    """Return the sheets of a workbook in its order, and its custom properties by name.

    Sheets that this system's own templates hide (their names begin with an underscore) are left out. Raises Refused.
    """
    judge_workbook(parts, file_name)
    try:
        book = _elements(parts["xl/workbook.xml"])
        paths = _sheet_paths(book, parts)
        properties = _properties(parts)
    except (ExpatError, UnicodeDecodeError, ValueError) as error:
        raise Refused("file-damaged", file=file_name) from error
    scans = {
        sheet: scan_sheet(parts[path], file_name=file_name, sheet=sheet)
        for sheet, path in paths.items()
        if path in parts
    }
    keys = _keys(book)
    try:
        sheets = _read(parts, scans, keys)
    except CalamineError as error:
        raise Refused("file-damaged", file=file_name) from error
    return sheets, properties


def _read(
    parts: Mapping[str, bytes], scans: Mapping[str, SheetScan], keys: Mapping[str, dict[str, tuple[str, str]]]
) -> list[Grid]:
    """Let calamine place the cells; sheets without a scan (charts, dialogs) hold none."""
    sheets: list[Grid] = []
    with CalamineWorkbook.from_filelike(io.BytesIO(_repacked(parts))) as workbook:
        for index, sheet in enumerate(workbook.sheets_metadata):
            ours = sheet.name.startswith("_") and sheet.visible != SheetVisibleEnum.Visible
            if ours or sheet.typ != SheetTypeEnum.WorkSheet or sheet.name not in scans:
                continue
            rows = sheet_rows(workbook.get_sheet_by_index(index))
            scan = scans[sheet.name]
            uncover(rows, scan.merged)
            sheets.append(
                Grid(
                    name=sheet.name,
                    rows=rows,
                    keys=keys.get(sheet.name, {}),
                    merged=scan.merged,
                    formulas=scan.formulas,
                    texts=scan.texts,
                    failed=scan.failed,
                )
            )
    return sheets


def _repacked(parts: Mapping[str, bytes]) -> bytes:
    """Return an archive of the scanned parts alone; the names are those of the workbook's own directory."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            if _WANTED.match(name):
                archive.writestr(zipfile.ZipInfo(name), part)
    return target.getvalue()


@dataclass(slots=True)
class _Element:
    """An element of a small part: local name, attributes by (namespace, local name), and the text in and below it."""

    name: str
    attributes: dict[tuple[str, str], str]
    text: list[str] = field(default_factory=list)

    def get(self, name: str, namespace: str = "") -> str:
        return self.attributes.get((namespace, name), "")


def _elements(xml: bytes) -> list[_Element]:
    """Return all elements of a part, in document order. A part with a document type was refused before (prescan)."""
    elements: list[_Element] = []
    open_elements: list[_Element] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        split = {(space, local): value for (space, _, local), value in _partitioned(attributes)}
        element = _Element(name.rpartition("}")[2], split)
        elements.append(element)
        open_elements.append(element)

    def end(_name: str) -> None:
        open_elements.pop()

    def text(piece: str) -> None:
        for element in open_elements[-2:]:
            element.text.append(piece)

    parser = ParserCreate(namespace_separator="}")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.Parse(xml, True)
    return elements


def _partitioned(attributes: Mapping[str, str]) -> list[tuple[tuple[str, str, str], str]]:
    return [(name.rpartition("}"), value) for name, value in attributes.items()]


def _sheet_paths(book: list[_Element], parts: Mapping[str, bytes]) -> dict[str, str]:
    """Return sheet name -> part name, in the workbook's order."""
    relations = {
        element.get("Id"): element.get("Target")
        for element in _elements(parts.get("xl/_rels/workbook.xml.rels", b"<Relationships/>"))
    }
    paths: dict[str, str] = {}
    for element in book:
        if element.name == "sheet":
            relation = element.attributes.get(_RELATION) or element.attributes.get(_RELATION_STRICT) or ""
            target = relations.get(relation, "")
            paths[element.get("name")] = (
                target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            )
    return paths


def _keys(book: list[_Element]) -> dict[str, dict[str, tuple[str, str]]]:
    """Return sheet name -> address -> (table, field), from the defined names a template carries.

    A spreadsheet program keeps these pointing at the right cell when a column is moved or a sheet renamed.
    """
    keys: dict[str, dict[str, tuple[str, str]]] = {}
    for element in book:
        name = element.get("name").lower()
        if element.name != "definedName" or not name.startswith(KEY_PREFIX):
            continue
        table, _, key = name[len(KEY_PREFIX) :].partition(".")
        target = _POINTS_TO.fullmatch("".join(element.text).strip())
        if target:
            sheet = target[1].replace("''", "'") if target[1] else target[2]
            keys.setdefault(sheet, {})[f"{target[3]}{target[4]}"] = (table, key)
    return keys


def _properties(parts: Mapping[str, bytes]) -> dict[str, str]:
    """Return the custom properties of the workbook by name."""
    elements = _elements(parts.get("docProps/custom.xml", b"<Properties/>"))
    return {element.get("name"): "".join(element.text) for element in elements if element.name == "property"}
