"""A row under check, and the only method that notes a fault.

In: what was read. Out: drafts that become checked rows, and the findings. Guaranteed: a fault of severity error holds
its row; every finding gives the sheet, the cell and the value as the file has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from traboule.core.findings import Finding, FindingLog, Severity, count_faults
from traboule.returns.checked import CheckedRow, FaultCounts, ReturnBarred, Value
from traboule.returns.faults import rule_of, severity_of
from traboule.returns.form import COVER
from traboule.returns.raw import RawReturn, RawSheet

# A file beyond it is no return with faults but something else: to look for more costs time and helps nobody.
MOST_ERRORS = 100_000
_ADDRESS = re.compile(r"[A-Z]+([0-9]+)")


@dataclass(slots=True, eq=False)
class RowDraft:
    """One row under check. ``sheet`` knows the columns; ``refused`` rows have no usable row_id."""

    table: str
    row_id: str
    number: int
    sheet: RawSheet
    values: dict[str, Value]
    missing: dict[str, str]
    as_filed: dict[str, str]
    held: bool = False
    refused: bool = False
    faults: set[str] = field(default_factory=set)

    def text(self, name: str) -> str | None:
        """Return the value of a text, code or reference field, None where it holds none."""
        value = self.values.get(name)
        return value if isinstance(value, str) else None

    def number_of(self, name: str) -> int | float | None:
        """Return the value of an integer or number field, None where it holds none."""
        value = self.values.get(name)
        return value if isinstance(value, int | float) else None

    def several(self, name: str) -> tuple[str, ...]:
        """Return the values of a field that takes several, empty where it holds none."""
        value = self.values.get(name)
        return value if isinstance(value, tuple) else ()

    def checked(self) -> CheckedRow:
        """Return the row as the later stages take it."""
        return CheckedRow(
            self.table,
            self.row_id,
            self.sheet.sheet_name,
            self.number,
            self.values,
            self.missing,
            self.as_filed,
            self.held,
            tuple(sorted(self.faults)),
        )


Tables = Mapping[str, list[RowDraft]]


class Notes:
    """The findings of one return, in the order noted; ``order`` is that of its tables."""

    def __init__(self, raw: RawReturn, order: Iterable[str]) -> None:
        self.raw = raw
        self.log = FindingLog()
        self._place = {name: number for number, name in enumerate(order)}
        self._errors = 0

    def on(self, draft: RowDraft, code: str, name: str, **values: object) -> None:
        """Note ``code`` at the field ``name`` of a row; ``values`` fill its sentence.

        Raises ReturnBarred (``return-too-faulty``) beyond ``MOST_ERRORS`` errors.
        """
        severity = severity_of(code)
        draft.faults.add(code)
        if severity is Severity.ERROR:
            draft.held = True
            self._errors += 1
            if self._errors > MOST_ERRORS:
                rows = sum(len(sheet.rows) for table, sheet in self.raw.sheets.items() if table != COVER)
                counts, values = FaultCounts(rows, 0, 0), {"file": self.raw.file_name, "most": MOST_ERRORS}
                raise ReturnBarred("return-too-faulty", self.in_order(), counts, **values)
        if self.log.has_room(code, draft.table, name, draft.sheet.sheet_name):
            self.log.add(_finding(draft, code, name, values))

    def in_order(self) -> tuple[Finding, ...]:
        """Return all findings, those of the reading among them, by table, row, cell and code, a table's sums last."""
        every = [*self.raw.findings, *self.log.listed, *self.log.sums()]
        return tuple(sorted(every, key=self._rank))

    def _rank(self, finding: Finding) -> tuple[object, ...]:
        return self._place.get(finding.table, -1), finding.is_sum, finding.row, finding.field, finding.code


def _finding(draft: RowDraft, code: str, name: str, values: Mapping[str, object]) -> Finding:
    column = draft.sheet.columns.get(name)
    number, address = _place(draft, name)
    return Finding(
        code=code,
        severity=severity_of(code),
        table=draft.table,
        field=name,
        sheet=draft.sheet.sheet_name,
        row=number,
        column="" if column is None else column.header,
        cell=address,
        value=draft.as_filed.get(name, ""),
        rule=rule_of(code),
        values=values,
    )


def _place(draft: RowDraft, name: str) -> tuple[int, str]:
    """Return row number and address of a field: on a cover, where each field stands in a row of its own, that row."""
    on_cover = draft.sheet.cover_cells.get(name, "")
    if match := _ADDRESS.fullmatch(on_cover):
        return int(match[1]), on_cover
    columns = draft.sheet.columns
    # A finding about an absent column is placed at the row's row_id.
    column = columns.get(name) or columns.get("row_id")
    if column is None or not column.letter:
        return (0 if draft.sheet.cover_cells else draft.number), on_cover
    return draft.number, f"{column.letter}{draft.number}"


def not_refused(drafts: Iterable[RowDraft]) -> list[RowDraft]:
    """Return the rows that are not refused, by row_id: what contradicts what must not depend on their order."""
    return sorted((draft for draft in drafts if not draft.refused), key=lambda draft: draft.row_id)


def by_field(drafts: Iterable[RowDraft], name: str) -> dict[str, list[RowDraft]]:
    """Return the rows grouped by the text of one field, rows without it left out."""
    groups: dict[str, list[RowDraft]] = {}
    for draft in drafts:
        value = draft.values.get(name)
        if isinstance(value, str):
            groups.setdefault(value, []).append(draft)
    return groups


def count_rows(rows: Iterable[RowDraft], findings: Iterable[Finding]) -> FaultCounts:
    """Return how many rows have errors, how many others have warnings, and how many findings go to the desk."""
    held_count = warned_count = 0
    for row in rows:
        held_count += row.held
        warned_count += not row.held and any(severity_of(code) is Severity.WARNING for code in row.faults)
    passed_on = (finding for finding in findings if finding.severity is Severity.FINDING)
    return FaultCounts(held_count, warned_count, count_faults(passed_on))
