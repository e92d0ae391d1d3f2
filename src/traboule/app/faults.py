"""Put the faults of a return into words, for the command line and the web, which reach the stages only through ``app``.

In: findings and a language. Out: plain values with message and advice, in the findings' order. Likewise how headers
were read that are an officer's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from traboule.core.findings import Finding
from traboule.core.language.languages import in_language
from traboule.returns.faults import advice, message, visible
from traboule.returns.form import form
from traboule.returns.raw import RawReturn
from traboule.returns.reading.headers import is_own

_PLAIN = ("code", "row", "cell", "rule")
_OF_THE_FILE = ("sheet", "column", "value")


def spoken(findings: Iterable[Finding], language: str) -> list[dict[str, Any]]:
    """Return each finding with its severity, its place and what to do about it, in ``language``."""
    return [
        {
            **{name: getattr(finding, name) for name in _PLAIN},
            **{name: visible(getattr(finding, name)) for name in _OF_THE_FILE},
            "severity": finding.severity.value,
            "count": finding.count,
            "message": message(finding, language),
            "advice": advice(finding, language),
        }
        for finding in findings
    ]


def own_headers(raw: RawReturn, language: str) -> list[dict[str, str]]:
    """Return each header that is no label of the form but was read by the list of synonyms.

    Each says where it stands (``sheet``, ``column``), how it is spelled (``header``) and as which field it was read, by
    its label in ``language`` (``read_as``).
    """
    return [
        {
            "sheet": sheet.sheet_name,
            "column": column.letter,
            "header": column.header,
            "read_as": in_language(form().tables[table].fields[name].label, language),
        }
        for table, sheet in raw.sheets.items()
        for name, column in sheet.columns.items()
        if is_own(table, column.header)
    ]
