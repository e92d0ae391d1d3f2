"""A return as it was read: cells where they stood, not yet checked.

In: what the readers (workbook, delimited files, JSON) found. Out: a :class:`RawReturn`, for the check. Guaranteed:
every cell has its raw value (``str`` trimmed of stray and invisible space at both ends, ``int``, ``float``, ``bool``,
``date``, ``datetime``); empty cells and empty rows at the end are absent; everything odd about the file's structure is
among ``findings``, worded in ``reading/faults.yaml``. A structural finding of severity ``error`` that names a row
holds that row.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from traboule.core.findings import Finding

Cell = str | int | float | bool | date | datetime


@dataclass(frozen=True, slots=True)
class RawColumn:
    """A column as filed: ``header`` as the file spells it, ``letter`` its spreadsheet letter (empty for JSON)."""

    header: str
    letter: str


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as filed: ``number`` as the file counts it (spreadsheet row, record of a CSV, place in a JSON list)."""

    number: int
    cells: dict[str, Cell]


@dataclass(frozen=True, slots=True)
class RawSheet:
    """One table as filed. The cover has one row, and ``cover_cells`` says at which address each field stood."""

    sheet_name: str
    columns: dict[str, RawColumn]
    rows: list[RawRow]
    cover_cells: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RawReturn:
    """A whole return as filed; ``sheets`` by table identifier, tables not filed are absent, the cover too.

    ``content_hash`` is the SHA-256 of the file, in hexadecimal; ``language`` is that of the headers, where known.
    ``unlisted``: (table, row, code) of each row with a fault that ``findings`` only sums.
    """

    file_name: str
    content_hash: str
    language: str | None
    sheets: dict[str, RawSheet]
    findings: tuple[Finding, ...] = ()
    unlisted: tuple[tuple[str, int, str], ...] = ()

    def count_filled(self) -> int:
        """Return how many cells hold anything."""
        return sum(len(row.cells) for sheet in self.sheets.values() for row in sheet.rows)
