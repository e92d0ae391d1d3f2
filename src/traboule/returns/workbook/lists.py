"""Write the drop-down lists of a template: one hidden sheet, one column a vocabulary.

In: the vocabularies of the form and a language. Out: for each its labels, and their range. Guaranteed: the vocabulary
finds every entry again; a label that two codes share is replaced by the code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from xlsxwriter import Workbook

from traboule.core.codes import vocabulary
from traboule.core.language.spelling import fold
from traboule.core.missing import MISSING, missing_label
from traboule.returns.form import form

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


def write_lists(book: Workbook, language: str) -> DropDownLists:
    """Write the hidden sheet of lists as the workbook's next sheet and return where each list stands."""
    sheet = book.add_worksheet(LISTS_SHEET)
    sheet.very_hidden()
    strict: dict[str, str] = {}
    lenient: dict[str, str] = {}
    for column, name in enumerate(_names()):
        offered = labels(name, language)
        for row, label in enumerate((*offered.ordered, *offered.missing)):
            sheet.write_string(row, column, label)
        last = len(offered.ordered)
        strict[name] = _range(column, last)
        lenient[name] = _range(column, last + len(offered.missing))
    return DropDownLists(strict, lenient)


def _range(column: int, last: int) -> str:
    tens, units = divmod(column, 26)
    letters = (chr(ord("A") + tens - 1) if tens else "") + chr(ord("A") + units)
    return f"={LISTS_SHEET}!${letters}$1:${letters}${last}"
