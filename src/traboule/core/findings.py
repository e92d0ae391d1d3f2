"""A finding: one fault of what was handed in, as data (house rule 5).

A check returns all its findings at once. The wording is in a catalogue (YAML, four languages) under ``code``. A finding
holds only where it is, what was read, and the values that the wording needs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from enum import StrEnum


class Severity(StrEnum):
    """What a finding does to its row."""

    ERROR = "error"  # The row is held until the filing state corrects it.
    WARNING = "warning"  # The row is entered; the filer is asked to look.
    FINDING = "finding"  # The row is entered; the desk sees it.


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """One fault: ``sheet`` and ``column`` as the file spells them, ``row`` as it numbers them (1: header).

    ``table`` and ``field`` are the form's own identifiers; ``cell`` is the spreadsheet address, such as ``C14``;
    ``value`` is the cell as read (personal data: shown to the filer, never logged); ``rule`` names a rule of the
    domain or a standard.
    """

    code: str
    severity: Severity
    table: str = ""
    field: str = ""
    sheet: str = ""
    row: int = 0
    column: str = ""
    cell: str = ""
    value: str = ""
    rule: str = ""
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)
