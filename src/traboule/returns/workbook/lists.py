"""Write the drop-down lists of a template: one hidden sheet, one column a vocabulary.

In: the vocabularies of the form and a language. Out: for each its labels, and their range. Guaranteed: the vocabulary
finds every entry again; a label that two codes share is replaced by the code.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from traboule.core.codes import vocabulary
from traboule.core.language.spelling import fold
from traboule.core.missing import MISSING, missing_label
from traboule.returns.form import form
from traboule.returns.workbook.book import FirstStrings, FormBook, first_strings
from traboule.returns.workbook.sheet import FormSheet

LISTS_SHEET = "_lists"
# Lists longer than this are looked up by name, shorter ones keep the order their makers gave them.
_SORTED_FROM = 40


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of one vocabulary in one language: by code, in the order of the list, and those of missing values."""

    by_code: Mapping[str, str]
    ordered: tuple[str, ...]
    missing: tuple[str, ...]


@cache
def labels(name: str, language: str) -> Labels:
    """Return what the list of vocabulary ``name`` offers in ``language``."""
    code_list = vocabulary(name)
    by_code: dict[str, str] = {}
    for code in code_list.codes:
        label = code_list.label(code, language)
        by_code[code] = label if code_list.find(label) == code else code
    ordered = list(by_code.values())
    if len(ordered) > _SORTED_FROM:
        ordered.sort(key=lambda label: (fold(label), label))
    # A vocabulary with a code of its own for the unknown offers that one, never the same word twice.
    missing = [label for kind in MISSING if code_list.find(label := missing_label(kind, language)) is None]
    return Labels(by_code, tuple(ordered), tuple(missing))


@cache
def missing_labels(language: str) -> Mapping[str, str]:
    """Return how each kind of missing value is written in ``language``."""
    return {kind: missing_label(kind, language) for kind in MISSING}


@cache
def _names() -> tuple[str, ...]:
    fields = [field for table in form().tables.values() for field in table.fields.values()]
    return tuple(sorted({field.vocabulary for field in fields if field.vocabulary}))


@dataclass(frozen=True, slots=True)
class DropDownLists:
    """Where the lists of one workbook stand: vocabulary -> its range without and with the missing values."""

    strict: Mapping[str, str]
    lenient: Mapping[str, str]


@cache
def list_ranges(language: str) -> DropDownLists:
    """Return where each list stands in the workbooks of ``language``."""
    offered = [(name, labels(name, language)) for name in _names()]
    return DropDownLists(
        strict={name: _range(column, len(of.ordered)) for column, (name, of) in enumerate(offered)},
        lenient={name: _range(column, len(of.ordered) + len(of.missing)) for column, (name, of) in enumerate(offered)},
    )


class _ListsSheet(FormSheet):
    """The sheet of lists, whose XML is the same in every workbook of one language."""

    whole = ""

    def _assemble_xml_file(self) -> None:
        self.fh.write(self.whole)
        self._xml_close()


def write_lists(book: FormBook, language: str) -> DropDownLists:
    """Write the hidden sheet of lists as the workbook's next sheet and return where each list stands.

    Raises ValueError where a cell of the workbook was written before.
    """
    xml, strings = _lists(language)
    book.begin_with(strings)
    sheet = book.add_worksheet(LISTS_SHEET, _ListsSheet)
    sheet.very_hidden()
    sheet.whole = xml
    return list_ranges(language)


@cache
def _lists(language: str) -> tuple[str, FirstStrings]:
    """Return the sheet of lists as XML, and its strings."""
    book = Workbook(io.BytesIO(), {"in_memory": True})
    book.add_worksheet()  # The first sheet is the active one.
    sheet = book.add_worksheet(LISTS_SHEET, FormSheet)
    write_lists_anew(sheet, language)
    return sheet.xml(), first_strings(book.str_table)


def write_lists_anew(sheet: Worksheet, language: str) -> None:
    """Write each list down a column of its own."""
    for column, name in enumerate(_names()):
        offered = labels(name, language)
        for row, label in enumerate((*offered.ordered, *offered.missing)):
            sheet.write_string(row, column, label)


def _range(column: int, last: int) -> str:
    tens, units = divmod(column, 26)
    letters = (chr(ord("A") + tens - 1) if tens else "") + chr(ord("A") + units)
    return f"={LISTS_SHEET}!${letters}$1:${letters}${last}"
