"""What all sheets of a template share: their words, their page, the labels and the rules of their fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import quote_sheetname
from xlsxwriter.worksheet import Worksheet

from traboule.core.language.languages import is_right_to_left
from traboule.core.language.messages import catalogue, fill
from traboule.operation.operation import Operation
from traboule.returns.form import Field, Form
from traboule.returns.workbook.lists import DropDownLists
from traboule.returns.workbook.style import Styles

KEY_PREFIX = "traboule."
LAST_ROW = 20_000
LINE_HEIGHT = 15  # In points.
_LONGEST_TITLE, _LONGEST_MESSAGE = 32, 255
_PROTECTION = {
    "insert_rows": True,
    "sort": True,
    "autofilter": True,
    "format_cells": True,
    "format_columns": True,
    "format_rows": True,
}


@dataclass(frozen=True, slots=True)
class WorkbookDraft:
    """A workbook under construction."""

    book: Workbook
    form: Form
    language: str
    styles: Styles
    lists: DropDownLists
    operation: Operation | None

    def word(self, name: str, **values: object) -> str:
        """Return a word of the template in its language."""
        return fill(template_words()[name], self.language, values)


def template_words() -> Mapping[str, Any]:
    """Return the catalogue of the template's words."""
    return catalogue("traboule.returns.workbook", "words.yaml")


def begin(draft: WorkbookDraft, sheet: Worksheet, widths: Sequence[int]) -> None:
    """Set what all sheets share: direction, protection, print."""
    if is_right_to_left(draft.language):
        sheet.right_to_left()
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.protect("", _PROTECTION)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer(f"&L&A&R{draft.word('page')} &P / &N")


def marked(field: Field, language: str) -> str:
    """Return the label of a field, with a sign where it must be filled."""
    return f"{field.label[language]}\u00a0*" if field.required else field.label[language]


def validation(draft: WorkbookDraft, field: Field) -> dict[str, Any]:
    """Return the rule of a field's cells, with its help as the message shown beside a chosen cell."""
    language = draft.language
    rule: dict[str, Any] = {
        "validate": "any",
        "input_title": field.label[language][:_LONGEST_TITLE],
        "input_message": field.help[language][:_LONGEST_MESSAGE],
    }
    if field.vocabulary:
        where = draft.lists.strict if field.required else draft.lists.lenient
        rule |= {"validate": "list", "source": where[field.vocabulary]}
        # A list cannot offer several values at once, so where several are meant it only proposes.
        rule["show_error"] = field.type == "code"
        rule["error_message"] = draft.word("not_in_list")
    elif field.refers_to:
        name = quote_sheetname(draft.form.tables[field.refers_to].sheet_name(language))
        count = f"MAX(1,COUNTA({name}!$A$2:$A${LAST_ROW + 1}))"
        rule |= {"validate": "list", "source": f"=OFFSET({name}!$A$2,0,0,{count},1)", "show_error": False}
    elif field.type in ("integer", "number"):
        kind = "integer" if field.type == "integer" else "decimal"
        rule |= {"validate": kind, "criteria": ">=", "value": 1 if field.id in ("version", "order") else 0}
        rule |= {"error_type": "warning", "error_message": draft.word("not_a_number")}
    return rule
