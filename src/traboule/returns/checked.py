"""The result of a check: the shape that the check gives and that preview, receive and the register take.

In: nothing; these are plain values. Out: :class:`Cover`, :class:`CheckedRow`, :class:`CheckedReturn`. Guaranteed:
every row that was filed is entered, held or refused, and counted exactly once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from traboule.core.dates import PartialDate
from traboule.core.errors import Invalid
from traboule.core.findings import Finding

Kind = Literal["rows", "totals", "nil", "withdrawn"]
Value = str | tuple[str, ...] | int | float | PartialDate | datetime


@dataclass(frozen=True, slots=True)
class Cover:
    """Who files what: the cover sheet, read.

    ``operation`` is the operation's code; ``state`` an ISO code of the ``countries`` vocabulary; ``status`` a code of
    ``return_status``; ``as_of`` a whole day in ISO 8601. ``supersedes`` is the highest version this return replaces
    entirely, or None where it only adds and corrects.
    """

    operation: str
    state: str
    agency: str
    coordination_unit: str | None
    version: int
    supersedes: int | None
    status: str
    as_of: PartialDate
    legal_basis: str | None


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """One row of a return, read and judged.

    ``values`` holds only what could be read, by field: text in NFC, a code, a sorted tuple of codes or of references,
    an integer, a number, a PartialDate or a naive datetime. ``missing`` says which fields were filled with unknown,
    not_asked or not_applicable (rule 14). ``as_filed`` is each filled cell as text. ``faults`` are the codes found on
    this row, sorted; ``held`` tells that one of them is an error.
    """

    table: str
    row_id: str
    sheet: str
    row: int
    values: Mapping[str, Value]
    missing: Mapping[str, str]
    as_filed: Mapping[str, str]
    held: bool
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FaultCounts:
    """How many rows have an error, how many others have a warning, and how many findings go to the desk."""

    held: int
    warned: int
    findings: int


class ReturnBarred(Invalid):
    """Nothing of a return can be entered; ``counts`` count its faulty rows, ``findings`` are as in a checked return."""

    def __init__(self, code: str, /, findings: Sequence[Finding], counts: FaultCounts | None, **values: object) -> None:
        super().__init__(code, findings, **values)
        self.counts = counts


@dataclass(frozen=True, slots=True)
class CheckedReturn:
    """A return after its check.

    ``tables`` holds the entered and the held rows, in the file's order, under every row table of the form (an empty
    list where nothing was filed). ``refused_rows`` are those that cannot be kept under a name: no ``row_id``, or one
    that an earlier row of the same table already has. ``filed == entered + held + refused`` counts the rows of all
    row tables, totals included, the cover not. ``findings`` sums what is of one kind and too much to list; ``faults``
    of a row never are. ``counts`` count the faulty rows, None where ``findings`` sums nothing.
    """

    cover: Cover
    tables: Mapping[str, list[CheckedRow]]
    findings: tuple[Finding, ...]
    filed: int
    entered: int
    held: int
    refused: int
    kind: Kind
    file_name: str = ""
    content_hash: str = ""
    language: str | None = None
    refused_rows: tuple[CheckedRow, ...] = field(default=())
    counts: FaultCounts | None = None
