"""Parse a file into a raw return in this very process; call it in a disposable child (see ``child``).

In: the bytes of a file and the name it was given. Out: a RawReturn, also as plain JSON, in which the child sends it.
Guaranteed: the content of a file decides its format; its name only adds a suspicion.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from traboule.core.errors import Refused
from traboule.core.findings import Finding, Severity
from traboule.returns.raw import Cell, RawColumn, RawReturn, RawRow, RawSheet
from traboule.returns.reading import delimited, json_form, xlsx
from traboule.returns.reading.grid import Grid
from traboule.returns.reading.prescan import MOST_FILLED, unpack
from traboule.returns.reading.sheet_detection import detect_sheets
from traboule.returns.reading.workbooks import ods, xls
from traboule.returns.reading.workbooks.biff import SIGNATURE

_ZIP = b"PK\x03\x04"
_ZIP_EMPTY = b"PK\x05\x06"
_WORKBOOK_NAMES = (".xlsx", ".xlsm", ".xltx", ".xls", ".ods", ".ots")
_SPACE = b" \t\r\n"
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def answer(content: bytes, request: Mapping[str, Any]) -> bytes:
    """Return, as JSON, the raw return of a file under the ``file_name`` of the request: the child's part."""
    return to_json(parse(content, str(request["file_name"])))


def parse(content: bytes, file_name: str) -> RawReturn:
    """Return the raw return. Raises Refused with a code of its own for every reason; see ``core/errors.yaml``."""
    sheets, properties, guessed = grids(content, file_name)
    detected = detect_sheets(sheets, properties, guessed)
    raw = RawReturn(
        file_name=file_name,
        content_hash=hashlib.sha256(content).hexdigest(),
        language=detected.language(properties.get("language")),
        sheets=detected.sheets,
        findings=tuple(detected.findings),
        unlisted=tuple(sorted(detected.unlisted)),
    )
    if raw.count_filled() > MOST_FILLED:
        raise Refused("file-filled", file=file_name, most=MOST_FILLED)
    return raw


def grids(content: bytes, file_name: str) -> tuple[list[Grid], dict[str, str], list[tuple[str, str]]]:
    """Return the sheets, the file's own properties, and the names of files whose encoding was guessed.

    Raises Refused with a code of its own for every reason.
    """
    if not content:
        raise Refused("file-empty", file=file_name)
    if content.startswith(SIGNATURE):
        return xls.grids(content, file_name), {}, []
    if content.lstrip(_SPACE).startswith(b"%PDF"):
        raise Refused("file-pdf", file=file_name)
    if content.startswith((_ZIP, _ZIP_EMPTY)):
        parts = unpack(content, file_name)
        if "[Content_Types].xml" in parts:
            return *xlsx.grids(parts, file_name), []
        if parts.get("mimetype", b"").startswith(ods.MIME_TYPE):
            return ods.grids(parts, file_name), {}, []
        tables, guessed = delimited.grids(parts, file_name)
        return tables, {}, guessed
    if file_name.lower().endswith(_WORKBOOK_NAMES):
        raise Refused("file-not-workbook", file=file_name)
    if _looks_like_json(content):
        return *json_form.grids(content, file_name), []
    if not file_name.lower().endswith(delimited.SUFFIXES):
        raise Refused("file-kind", file=file_name)
    tables, guessed = delimited.single(content, file_name)
    return tables, {}, guessed


def _looks_like_json(content: bytes) -> bool:
    first = content[:64]
    for mark in _MARKS:
        first = first.removeprefix(mark)
    return first.replace(b"\0", b"").lstrip(_SPACE)[:1] in (b"{", b"[")


def to_json(read: RawReturn) -> bytes:
    """Return a raw return as JSON: what a child sends can then never be code. Dates and moments are tagged."""
    plain = {
        "file_name": read.file_name,
        "content_hash": read.content_hash,
        "language": read.language,
        "sheets": {
            table: {
                "sheet_name": sheet.sheet_name,
                "columns": {name: [column.header, column.letter] for name, column in sheet.columns.items()},
                "rows": [[row.number, row.cells] for row in sheet.rows],
                "cover_cells": sheet.cover_cells,
            }
            for table, sheet in read.sheets.items()
        },
        "findings": [plain_finding(finding) for finding in read.findings],
        "unlisted": read.unlisted,
    }
    return json.dumps(plain, default=_tagged, separators=(",", ":")).encode("ascii")


def from_json(sent: bytes) -> RawReturn:
    """Return the raw return that :func:`to_json` wrote. Raises ValueError, KeyError or TypeError for anything else."""
    plain: dict[str, Any] = json.loads(sent)
    return RawReturn(
        file_name=plain["file_name"],
        content_hash=plain["content_hash"],
        language=plain["language"],
        sheets={table: _sheet(sheet) for table, sheet in plain["sheets"].items()},
        findings=tuple(finding_of(entry) for entry in plain["findings"]),
        unlisted=tuple((str(table), int(row), str(code)) for table, row, code in plain["unlisted"]),
    )


def plain_finding(finding: Finding) -> dict[str, object]:
    """Return a finding as plain values."""
    return {name: getattr(finding, name) for name in Finding.__slots__}


def finding_of(plain: Mapping[str, Any]) -> Finding:
    """Return the finding that :func:`plain_finding` gave. Raises ValueError or TypeError for anything else."""
    return Finding(**{**plain, "severity": Severity(plain["severity"])})


def _sheet(plain: dict[str, Any]) -> RawSheet:
    rows = [RawRow(number, cells) for number, cells in plain["rows"]]
    for row in rows:
        for name, value in row.cells.items():
            if isinstance(value, dict):
                row.cells[name] = _untagged(value)
    return RawSheet(
        sheet_name=plain["sheet_name"],
        columns={name: RawColumn(*pair) for name, pair in plain["columns"].items()},
        rows=rows,
        cover_cells=plain["cover_cells"],
    )


def _tagged(value: object) -> dict[str, str]:
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    raise TypeError(f"no cell holds a {type(value).__name__}")


def _untagged(tagged: dict[str, str]) -> Cell:
    if "moment" in tagged:
        return datetime.fromisoformat(tagged["moment"])
    return date.fromisoformat(tagged["date"])
