"""Word faults: read the catalogues of this folder and of the readers, and fill their sentences.

In: codes, findings, a language. Out: severities, rules, sentences. Guaranteed: pure; a placeholder that a finding
leaves empty shows as an ellipsis, never as an error. Codes of vocabularies, fields and tables in a finding appear under
their labels in the reader's language. Near spellings are searched only when somebody reads the advice, so that a check
of many rows does not pay for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from traboule.core.codes import vocabulary
from traboule.core.findings import Finding, Severity
from traboule.core.language.languages import how_written
from traboule.core.language.messages import catalogue, fill
from traboule.returns.faults.suggestions import suggested
from traboule.returns.form import form

_FILES = (
    ("traboule.returns.faults", "cells.yaml"),
    ("traboule.returns.faults", "rows.yaml"),
    ("traboule.returns.faults", "returns.yaml"),
    ("traboule.returns", "reading/faults.yaml"),
)
_LONGEST_VALUE = 240
# Control characters but tab and line ends, and the marks that make text read in another order than it is stored.
_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")
_SHORT_LIST = 8


@cache
def _entries() -> dict[str, Mapping[str, Any]]:
    entries: dict[str, Mapping[str, Any]] = {}
    for package, name in _FILES:
        entries.update(catalogue(package, name))
    return entries


def codes() -> tuple[str, ...]:
    """Return every code of the catalogue, sorted."""
    return tuple(sorted(_entries()))


@cache
def severity_of(code: str) -> Severity:
    """Return what a fault of this code does to its row. Raises KeyError for a code that stands in no catalogue."""
    return Severity(_entries()[code]["severity"])


@cache
def rule_of(code: str) -> str:
    """Return the rule of the domain or the standard behind ``code``; empty where plain sense is the rule."""
    return str(_entries()[code].get("rule", ""))


def message(finding: Finding, language: str) -> str:
    """Return what is wrong, in ``language``."""
    if finding.is_sum:
        return word("more_of_kind", language, sheet=finding.sheet, count=finding.count)
    return _say(finding, "message", language)


def advice(finding: Finding, language: str) -> str:
    """Return what to do about it, in ``language``."""
    if finding.is_sum:
        return word("more_of_kind_advice", language)
    return _say(finding, "advice", language)


def word(name: str, language: str, **values: object) -> str:
    """Return one of the words of ``words.yaml`` in ``language``."""
    return fill(catalogue("traboule.returns.faults", "words.yaml")[name], language, values)


def severity_label(severity: Severity, language: str) -> str:
    """Return how the severity is called in ``language``."""
    return word(f"severity_{severity.value}", language)


def _say(finding: Finding, part: str, language: str) -> str:
    wording: Mapping[str, str] = _entries()[finding.code][part]
    return fill(wording, language, _localised(finding, language, nearest="{nearest}" in wording["en"]))


def _localised(finding: Finding, language: str, *, nearest: bool) -> Mapping[str, object]:
    """Return the values of a finding as words of ``language``."""
    values: dict[str, object] = {"value": finding.value, "sheet": finding.sheet, "cell": finding.cell}
    values |= {"row": finding.row, "column": finding.column}
    values["field"] = _field(finding.field, finding.table, language) or finding.column
    if "codes" in finding.values:
        values["labels"] = _choice(str(finding.values["vocabulary"]), finding.values["codes"], language)
    for name, value in finding.values.items():
        speak = _SPEAKERS.get(name)
        values[name] = value if speak is None else speak(value, finding.table, language)
    if nearest:
        values["nearest"] = _nearest(str(finding.values.get("vocabulary", "")), str(values["value"]), language)
    return {name: _short(value) if isinstance(value, str) else value for name, value in values.items()}


def visible(text: str) -> str:
    """Return a text of the file with what would hide or reorder what is shown beside it replaced."""
    return text if text.isprintable() else _HIDDEN.sub("\ufffd", text)


def _short(text: str) -> str:
    line = visible(" ".join(text.split()))
    return line if len(line) <= _LONGEST_VALUE else line[: _LONGEST_VALUE - 1] + "…"


def _field(value: object, table: str, language: str) -> str:
    fields = form().tables[table].fields if table in form().tables else {}
    field = fields.get(str(value))
    return "" if field is None else field.label.get(language, field.label["en"])


def _table(value: object, _table_here: str, language: str) -> str:
    tables = form().tables
    return tables[str(value)].sheet_name(language) if value in tables else str(value)


def _coded(name: str) -> Callable[[object, str, str], str]:
    """Return the speaker of a code, or of several, of the vocabulary ``name``."""

    def speak(value: object, _table_here: str, language: str) -> str:
        several = value if isinstance(value, list | tuple) else (value,)
        code_list = vocabulary(name)
        return _joined(
            (code_list.label(str(code), language) if code in code_list else str(code) for code in several), language
        )

    return speak


def _field_values(value: object, table: str, language: str) -> str:
    """Speak pairs of a field and what it holds: ``Birth date (2001), Minor (yes)``."""
    pairs = value if isinstance(value, list | tuple) else ()
    return _joined((f"{_field(field, table, language)} ({text})" for field, text in pairs), language)


def _joined(words: Iterable[str], language: str) -> str:
    return how_written(language).separator.join(words)


_SPEAKERS: Mapping[str, Callable[[object, str, str], str]] = {
    "kind": _coded("identifier_kinds"),
    "calendar": _coded("calendars"),
    "region": _coded("countries"),
    "filer": _coded("countries"),
    "units": _coded("countries"),
    "measure": _coded("measures"),
    "target": _table,
    "start_field": _field,
    "told": _field_values,
}


def _nearest(name: str, text: str, language: str) -> str:
    """Return, as a sentence of ``language``, what ``text`` may stand for, or where the list is to be seen."""
    if not name:
        return word("see_list", language)
    code_list = vocabulary(name)
    if near := suggested(name, text):
        return word("perhaps", language, labels=_choice(name, near, language))
    if len(code_list.codes) <= _SHORT_LIST:
        return word("whole_list", language, labels=_choice(name, code_list.codes, language))
    return word("see_list", language)


def _choice(name: str, codes: object, language: str) -> str:
    code_list = vocabulary(name)
    several = codes if isinstance(codes, list | tuple) else ()
    return " · ".join(code_list.label(str(code), language) for code in several)
