"""Take out of a workbook what a spreadsheet program would compute, follow or fetch.

In: a workbook of any origin as openpyxl holds it, and its bytes. Out: the same workbook with what an officer saw and
typed. Guaranteed: no formula of a cell, no hyperlink, no link to another workbook, chart, pivot table or scenario is
left. Defined names, drop-down lists and rules of colour stay only in the very forms that our own templates write, which
call no function that fetches anything and point at no other workbook.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from typing import Any

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.packaging.custom import CustomPropertyList, StringProperty
from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.scenario import ScenarioList
from openpyxl.worksheet.worksheet import Worksheet

from traboule.returns.faults.listing import as_text
from traboule.returns.reading.xlsx import KEY_PREFIX

# A cell or range of this workbook; a bracket would name another one.
_RANGE = r"(?:(?:'(?:[^'\[\]]|'')+'|[\w.]+)!)?\$?[A-Z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Z]{1,3}\$?[0-9]{1,7})?"
_REFERENCE = re.compile(_RANGE)
_OF_OURS = re.compile(
    "|".join(
        (
            _RANGE,
            r"-?[0-9]+(?:\.[0-9]+)?",
            r'"[^"]*"',
            rf"OFFSET\({_RANGE},0,0,MAX\(1,COUNTA\({_RANGE}\)\),1\)",
            rf"AND\(COUNTA\({_RANGE}\)>0,LEN\({_RANGE}\)=0\)",
        )
    )
)
_PROPERTIES = ("form_version", "language")


def disarm(book: Workbook, content: bytes) -> None:
    """Put what an officer saw in place of every formula, force strings, and remove what leads out of the sheets."""
    _disarm_book(book)
    seen: Mapping[str, Worksheet] | None = None
    for sheet in book.worksheets:
        _disarm_sheet(sheet)
        for cell in writable_cells(sheet):
            if cell.data_type == "f":
                if seen is None:
                    computed = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
                    seen = {worksheet.title: worksheet for worksheet in computed}
                _put_seen_value(cell, seen[sheet.title][cell.coordinate].value)
            cell.hyperlink = None
            if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@", "\t", "\r")):
                as_text(cell, cell.value)


def writable_cells(sheet: Worksheet) -> Iterable[Cell]:
    """Return the cells that can be written; the hidden part of a merged range cannot."""
    return [cell for row in sheet.iter_rows() for cell in row if isinstance(cell, Cell)]


def is_inert(formula: object) -> bool:
    """Tell whether a formula outside the cells is of a form that our templates write; none at all is."""
    return formula is None or _OF_OURS.fullmatch(str(formula).removeprefix("=")) is not None


def _disarm_book(book: Workbook) -> None:
    """Leave the names that tie columns to fields, and the properties that say of which form the file is."""
    holder: Any = book
    for name, defined in list(book.defined_names.items()):
        if not (name.lower().startswith(KEY_PREFIX) and _REFERENCE.fullmatch(str(defined.attr_text))):
            del book.defined_names[name]
    for chart in book.chartsheets:
        book.remove(chart)
    properties: Any = CustomPropertyList()
    for entry in holder.custom_doc_props.props:
        if isinstance(entry, StringProperty) and entry.name in _PROPERTIES:
            properties.append(entry)
    holder._external_links, holder.custom_doc_props = [], properties


def _disarm_sheet(sheet: Worksheet) -> None:
    """Remove links, charts, pivot tables and scenarios, and every rule that is none of ours."""
    holder: Any = sheet
    holder._hyperlinks, holder._charts, holder._pivots = [], [], []
    holder.legacy_drawing, holder.scenarios = None, ScenarioList()
    sheet.defined_names.clear()
    for table in sheet.tables.values():
        table.connectionId = table.headerRowDxfId = None
        for column in table.tableColumns:
            column.calculatedColumnFormula = column.totalsRowFormula = column.queryTableFieldId = None
            column.totalsRowFunction = None if column.totalsRowFunction == "custom" else column.totalsRowFunction
    sheet.data_validations.dataValidation = [
        rule for rule in sheet.data_validations.dataValidation if _is_validation_inert(rule)
    ]
    rules = ConditionalFormattingList()
    for formatted in sheet.conditional_formatting:
        for rule in formatted.rules:
            if rule.type == "expression" and all(map(is_inert, rule.formula)):
                rules.add(str(formatted.sqref), rule)
    sheet.conditional_formatting = rules


def _is_validation_inert(rule: DataValidation) -> bool:
    return is_inert(rule.formula1) and is_inert(rule.formula2)


def _put_seen_value(cell: Cell, value: object) -> None:
    """Put the value that the spreadsheet had computed; where it had computed none, the formula as text."""
    if isinstance(value, bool | int | float):
        cell.value = value
    elif value is None:
        as_text(cell, str(getattr(cell.value, "text", cell.value)))
    else:
        as_text(cell, str(value))
