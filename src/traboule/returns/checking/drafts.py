"""A row under check, and the only method that notes a fault.

In: what was read. Out: drafts that become checked rows, and the findings. Guaranteed: a fault of severity error holds
its row; every finding gives the sheet, the cell and the value as the file has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from traboule.core.findings import Finding, Severity
from traboule.returns.checked import CheckedRow, Value
from traboule.returns.faults import rule_of, severity_of
from traboule.returns.raw import RawSheet

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
    """The findings of one return, in the order noted."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def on(self, draft: RowDraft, code: str, name: str, **values: object) -> None:
        """Note ``code`` at the field ``name`` of a row; ``values`` fill its sentence."""
        severity = severity_of(code)
        draft.faults.add(code)
        draft.held = draft.held or severity is Severity.ERROR
        column = draft.sheet.columns.get(name)
        number, address = _place(draft, name)
        self.findings.append(
            Finding(
                code=code,
                severity=severity,
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
        )

    def in_order(self, earlier: Iterable[Finding], tables: Iterable[str]) -> tuple[Finding, ...]:
        """Return all findings, those of the reading among them, by table, row, cell and code."""
        place = {name: number for number, name in enumerate(tables)}
        every = [*earlier, *self.findings]
        return tuple(
            sorted(every, key=lambda finding: (place.get(finding.table, -1), finding.row, finding.field, finding.code))
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
