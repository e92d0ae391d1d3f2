"""Write the sheet that lists the faults of a return: counts at the top, one fault a row, each linked to its cell.

In: findings, an empty sheet, a language. Out: the sheet, written. Guaranteed: every text in it is a forced string; it
reads from right to left in Arabic; faults beyond ``MOST_LISTED`` are counted, not listed, and
sums always are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from traboule.core.findings import Finding, Severity, count_faults
from traboule.core.language.languages import is_right_to_left
from traboule.returns.checked import FaultCounts
from traboule.returns.faults.wording import advice, message, severity_label, word
from traboule.returns.form import COVER

FILLS = {
    Severity.ERROR: PatternFill("solid", fgColor="F8B4B4"),
    Severity.WARNING: PatternFill("solid", fgColor="FCE2A0"),
    Severity.FINDING: PatternFill("solid", fgColor="C5DEF5"),
}
# No officer reads more than this at once, and the returned file must stay small.
MOST_LISTED = 2000
_LONGEST = 2000
_NAVY, _GREY, _LINE = "17375E", "5A6472", "B8C4D6"
_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.FINDING: 2}
_COLUMNS = {"severity": 16, "sheet": 22, "cell": 9, "value": 26, "message": 54, "advice": 54, "code": 28}
# Columns whose values are the file's own, not words of the reader's language.
_FOREIGN = frozenset({"code", "cell", "value"})
_COUNTS = {
    "count_held": (Severity.ERROR, "held"),
    "count_warned": (Severity.WARNING, "warned"),
    "count_findings": (Severity.FINDING, "findings"),
}
_NEVER_IN_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")


def gravest_first(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings by severity, otherwise in the order given."""
    return sorted(findings, key=lambda finding: _ORDER[finding.severity])


def to_list(findings: Iterable[Finding]) -> list[Finding]:
    """Return those findings that are written out: the first ``MOST_LISTED``, and the sums."""
    places = count()
    return [finding for finding in findings if finding.is_sum or next(places) < MOST_LISTED]


@dataclass(frozen=True, slots=True)
class _Look:
    """The look of the list in one language: its direction and its font."""

    from_the_right: bool

    def font(self, **more: Any) -> Font:
        """Return a font; a font without a name would be whatever the spreadsheet takes."""
        return Font(name="Arial" if self.from_the_right else "Calibri", **{"size": 11, **more})

    def place(self, *, foreign: bool = False, **more: Any) -> Alignment:
        """Return where a text starts; a foreign one keeps the direction of its own letters."""
        order = 2 if self.from_the_right and not foreign else 0
        start = "right" if self.from_the_right else "left"
        settings = {"vertical": "top", "wrap_text": True, "horizontal": start, "indent": 1, "readingOrder": order}
        return Alignment(**{**settings, **more})


def list_faults(
    sheet: Worksheet,
    findings: Sequence[Finding],
    language: str,
    titles: frozenset[str],
    next_steps: str = "how_to_go_on",
    counts: FaultCounts | None = None,
) -> None:
    """Write the list; ``titles`` are the sheets of the same workbook, to which cells are linked.

    ``next_steps`` is the key of the words on how to continue with this file; ``counts`` count the faulty rows, None
    where ``findings`` name all of them.
    """
    look = _Look(is_right_to_left(language))
    sheet.sheet_view.rightToLeft = look.from_the_right
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = "C00000"
    for place, width in enumerate(_COLUMNS.values(), start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    row = _write_top(sheet, findings, counts or _counts(findings), (language, next_steps), look)
    _set_print(sheet, row)
    if not findings:
        return
    for place, name in enumerate(_COLUMNS, start=1):
        head = _put(sheet, row, place, word(f"heading_{name}", language))
        head.font, head.fill = look.font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor=_NAVY)
        head.alignment = look.place(vertical="center")
    sheet.row_dimensions[row].height = 24
    sheet.freeze_panes = f"A{row + 1}"
    written = to_list(findings)
    for number, finding in enumerate(written, start=row + 1):
        _write_fault(sheet, number, finding, language, titles)
    _dress(sheet, row + 1, look)
    last = row + len(written)
    if len(findings) > len(written):
        more = _put(sheet, last + 1, 1, word("more_faults", language, count=len(findings) - len(written)))
        more.font, more.alignment = look.font(bold=True), look.place(wrap_text=False)
    sheet.auto_filter.ref = f"A{row}:{get_column_letter(len(_COLUMNS))}{last}"


def _set_print(sheet: Worksheet, heading: int) -> None:
    """Set A4 across, as wide as the list, the headings on every page."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.7, header=0.3, footer=0.3)
    sheet.print_title_rows = f"{heading}:{heading}"
    footer: Any = sheet.oddFooter
    footer.left.text, footer.right.text = "&A", "&P / &N"


def _write_top(
    sheet: Worksheet, findings: Sequence[Finding], counts: FaultCounts, wording: tuple[str, str], look: _Look
) -> int:
    """Write title, counts and how to go on; return the row of the headings."""
    language, next_steps = wording
    title = _put(sheet, 1, 1, word("sheet_faults", language))
    for place in range(1, len(_COLUMNS) + 1):
        sheet.cell(1, place).fill = PatternFill("solid", fgColor=_NAVY)
    title.font = look.font(bold=True, size=18, color="FFFFFF")
    title.alignment = look.place(vertical="center", wrap_text=False)
    sheet.row_dimensions[1].height = 36
    if not findings:
        line = _put(sheet, 2, 1, word("no_faults", language))
        line.font, line.alignment = look.font(size=12), look.place(wrap_text=False, vertical="center")
        sheet.row_dimensions[2].height = 24
        return 2
    for number, (name, (severity, attribute)) in enumerate(_COUNTS.items(), start=2):
        cell: Any = sheet.cell(number, 1, getattr(counts, attribute))
        cell.font, cell.fill = look.font(bold=True, size=12), FILLS[severity]
        cell.alignment = Alignment(horizontal="center", vertical="center")
        label = _put(sheet, number, 2, word(name, language))
        label.font, label.alignment = look.font(), look.place(wrap_text=False, vertical="center")
        sheet.row_dimensions[number].height = 20
    hint = len(_COUNTS) + 2
    barred = any(finding.table == COVER and finding.severity is Severity.ERROR for finding in findings)
    line = _put(sheet, hint, 1, f"{word('cover_first', language)} " * barred + word(next_steps, language))
    sheet.merge_cells(start_row=hint, start_column=1, end_row=hint, end_column=len(_COLUMNS))
    line.font, line.alignment = look.font(color=_GREY), look.place(vertical="center")
    sheet.row_dimensions[hint].height = 54 if barred else 36
    return hint + 1


def _counts(findings: Sequence[Finding]) -> FaultCounts:
    """Return how many rows are held, how many others have warnings, and how many findings go to the desk."""
    rows = {
        severity: {
            (finding.table, finding.row)
            for finding in findings
            if finding.severity is severity and finding.row and finding.table != COVER
        }
        for severity in Severity
    }
    return FaultCounts(
        held=len(rows[Severity.ERROR]),
        warned=len(rows[Severity.WARNING] - rows[Severity.ERROR]),
        findings=count_faults(finding for finding in findings if finding.severity is Severity.FINDING),
    )


def _write_fault(sheet: Worksheet, number: int, finding: Finding, language: str, titles: frozenset[str]) -> None:
    texts = {
        "severity": severity_label(finding.severity, language),
        "sheet": finding.sheet,
        "cell": finding.cell or ", ".join(str(part) for part in (finding.column, finding.row) if part),
        "value": finding.value,
        "message": message(finding, language),
        "advice": advice(finding, language),
        "code": finding.code,
    }
    for place, name in enumerate(_COLUMNS, start=1):
        cell = _put(sheet, number, place, texts[name])
        if name == "severity":
            cell.fill = FILLS[finding.severity]
        if name == "cell" and finding.cell and finding.sheet in titles:
            quoted = finding.sheet.replace("'", "''")
            link: Any = Hyperlink(ref=cell.coordinate, location=f"'{quoted}'!{finding.cell}")
            cell.hyperlink = link


def _dress(sheet: Worksheet, first: int, look: _Look) -> None:
    """Give the cells of the list their font, their place and a line below."""
    below = Border(bottom=Side("thin", color=_LINE))
    plain, linked, small = look.font(), look.font(underline="single", color="0B5394"), look.font(size=9, color=_GREY)
    words, foreign = look.place(), look.place(foreign=True)
    for line in sheet.iter_rows(min_row=first):
        for cell, name in zip(line, _COLUMNS, strict=True):
            cell.border = below
            cell.alignment = foreign if name in _FOREIGN else words
            cell.font = linked if cell.hyperlink else small if name == "code" else plain


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
