"""The sheet that lists the faults of a return: counts at the top, one fault a row, each linked to its cell.

In: findings, an empty sheet, a language. Out: the sheet, written. Promise: every text in it is a forced string; it
reads from right to left in Arabic; more faults than anybody reads are counted, not listed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from traboule.core.findings import Finding, Severity
from traboule.core.words import RIGHT_TO_LEFT
from traboule.returns.faults.wording import advice, message, severity_label, word

FILLS = {
    Severity.ERROR: PatternFill("solid", fgColor="F8B4B4"),
    Severity.WARNING: PatternFill("solid", fgColor="FCE2A0"),
    Severity.FINDING: PatternFill("solid", fgColor="C5DEF5"),
}
# More than this no officer reads in one go, and a file sent back must stay small.
MOST_LISTED = 2000
_LONGEST = 2000
_TOP = Alignment(wrap_text=True, vertical="top")
_BOLD, _LINK = Font(bold=True), Font(underline="single", color="0563C1")
_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.FINDING: 2}
_COLUMNS = {"severity": 14, "code": 27, "sheet": 18, "cell": 9, "value": 24, "message": 60, "advice": 60}
_NEVER_IN_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")


def gravest_first(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings by severity, otherwise in the order given."""
    return sorted(findings, key=lambda found: _ORDER[found.severity])


def list_faults(sheet: Worksheet, findings: Sequence[Finding], language: str, titles: frozenset[str]) -> None:
    """Write the list; ``titles`` are the sheets of the same workbook, to which cells are linked."""
    sheet.sheet_view.rightToLeft = language in RIGHT_TO_LEFT
    row = _write_counts(sheet, findings, language)
    for place, name in enumerate(_COLUMNS, start=1):
        head = _put(sheet, row, place, word(f"heading_{name}", language))
        head.font = _BOLD
    sheet.freeze_panes = f"A{row + 1}"
    for place, width in enumerate(_COLUMNS.values(), start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    for number, finding in enumerate(findings[:MOST_LISTED], start=row + 1):
        _write_fault(sheet, number, finding, language, titles)
    if len(findings) > MOST_LISTED:
        more = word("more_faults", language, count=len(findings) - MOST_LISTED)
        _put(sheet, row + MOST_LISTED + 1, 1, more)
    if findings:
        last = row + min(len(findings), MOST_LISTED)
        sheet.auto_filter.ref = f"A{row}:{get_column_letter(len(_COLUMNS))}{last}"


def _write_counts(sheet: Worksheet, findings: Sequence[Finding], language: str) -> int:
    """Write how many rows are held and how many should be looked at again; return the row of the headings."""
    rows = {
        severity: {(found.table, found.row) for found in findings if found.severity is severity and found.row}
        for severity in Severity
    }
    told = sum(found.severity is Severity.FINDING for found in findings)
    counts = {
        "count_held": len(rows[Severity.ERROR]),
        "count_warned": len(rows[Severity.WARNING] - rows[Severity.ERROR]),
        "count_findings": told,
    }
    if not findings:
        _put(sheet, 1, 1, word("no_faults", language))
        return 3
    for number, (name, count) in enumerate(counts.items(), start=1):
        _put(sheet, number, 1, word(name, language)).font = _BOLD
        sheet.cell(number, 6, count).font = _BOLD
    return len(counts) + 2


def _write_fault(sheet: Worksheet, number: int, finding: Finding, language: str, titles: frozenset[str]) -> None:
    told = {
        "severity": severity_label(finding.severity, language),
        "code": finding.code,
        "sheet": finding.sheet,
        "cell": finding.cell or (str(finding.row) if finding.row else ""),
        "value": finding.value,
        "message": message(finding, language),
        "advice": advice(finding, language),
    }
    for place, (name, text) in enumerate(told.items(), start=1):
        cell = _put(sheet, number, place, text)
        cell.alignment = _TOP
        if name == "severity":
            cell.fill = FILLS[finding.severity]
        if name == "cell" and finding.cell and finding.sheet in titles:
            quoted = finding.sheet.replace("'", "''")
            link: Any = Hyperlink(ref=cell.coordinate, location=f"'{quoted}'!{finding.cell}")
            cell.hyperlink = link
            cell.font = _LINK


def _put(sheet: Worksheet, row: int, column: int, text: str) -> Cell:
    cell: Any = sheet.cell(row, column)
    as_text(cell, text)
    written: Cell = cell
    return written


def storable(text: str) -> str:
    """Return the text as a workbook can hold it: no character outside XML, and not too long."""
    return _NEVER_IN_XML.sub("\ufffd", ILLEGAL_CHARACTERS_RE.sub("\ufffd", text))[:_LONGEST]


def as_text(cell: Cell, text: str) -> None:
    """Write text that no spreadsheet computes, even after somebody edits the cell and leaves it again."""
    cell.value = storable(text)
    cell.data_type = "s"
    if text.startswith(("=", "+", "-", "@", "\t", "\r")):
        cell.quotePrefix = True
