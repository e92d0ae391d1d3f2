"""Checked returns built by hand, for the tests of what comes after the check."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from traboule.core.dates import PartialDate
from traboule.core.permissions import Actor, Role
from traboule.database.context import acting
from traboule.register.enter import enter
from traboule.returns.checked import CheckedReturn, CheckedRow, Cover, Kind, Value
from traboule.returns.receipt import Receipt
from traboule.returns.receive import receive
from traboule.returns.withdraw import ReturnWithdrawal, withdraw

OPERATION = "liberterra-ii"
START = datetime(2024, 9, 30, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Filed:
    """A return to be filed: rows as ``{table: {row_id: values}}``; ``held`` names row identifiers with an error."""

    rows: Mapping[str, Mapping[str, Mapping[str, Value]]]
    version: int = 1
    supersedes: int | None = None
    held: frozenset[tuple[str, str]] = frozenset()
    kind: Kind = "rows"
    unit: str = "ML"
    agency: str = "Police nationale"
    operation: str = OPERATION
    note: str = ""

    def content(self) -> bytes:
        """Return bytes that stand for the file: equal returns give equal bytes."""
        return repr(self).encode()

    def checked(self) -> CheckedReturn:
        """Return what the check would have made of the file."""
        tables = {
            table: [row(table, row_id, values, place, held=(table, row_id) in self.held)
                    for place, (row_id, values) in enumerate(rows.items(), start=2)]
            for table, rows in self.rows.items()
        }  # fmt: skip
        filed = sum(map(len, tables.values()))
        held_count = sum(checked_row.held for rows in tables.values() for checked_row in rows)
        return CheckedReturn(
            cover=Cover(
                operation=self.operation,
                state=self.unit,
                agency=self.agency,
                coordination_unit="SN",
                version=self.version,
                supersedes=self.supersedes,
                status={"nil": "nil", "withdrawn": "withdrawn"}.get(self.kind, "preliminary"),
                as_of=PartialDate(2024, 10, 4),
                legal_basis=None,
            ),
            tables=tables,
            findings=(),
            filed=filed,
            entered=filed - held_count,
            held=held_count,
            refused=0,
            kind=self.kind,
            language="fr",
        )


def row(table: str, row_id: str, values: Mapping[str, Value], place: int, *, held: bool = False) -> CheckedRow:
    """Return one checked row; a value ``"?"`` is read as unknown."""
    return CheckedRow(
        table=table,
        row_id=row_id,
        sheet=table.capitalize(),
        row=place,
        values={name: value for name, value in values.items() if value != "?"},
        missing={name: "unknown" for name, value in values.items() if value == "?"},
        as_filed={"row_id": row_id, **{name: json.dumps(value, default=str) for name, value in values.items()}},
        held=held,
        faults=("required-empty",) if held else (),
    )


def national(unit: str) -> Actor:
    """Return an officer of ``unit``."""
    return Actor(f"officer {unit}", Role.NATIONAL, frozenset({unit}))


def file(filed: Filed, *, hour: int = 0, by: Actor | None = None) -> Receipt:
    """Receive and enter a return in one transaction, as the verb of the application does."""
    filer = by or national(filed.unit)
    at = START + timedelta(hours=hour)
    checked = filed.checked()
    with acting(filer):
        return receive(
            checked,
            filed.content(),
            file_name="return.xlsx",
            by=filer,
            at=at,
            operation=filed.operation,
            enter=partial(enter, at=at),
        )


def take_back(withdrawal: ReturnWithdrawal, *, hour: int = 0, by: Actor | None = None) -> Receipt:
    """Withdraw in one transaction, as the verb of the application does."""
    filer = by or national(withdrawal.unit)
    at = START + timedelta(hours=hour)
    with acting(filer):
        return withdraw(withdrawal, by=filer, at=at, enter=partial(enter, at=at))


def people(*row_ids: str, **values: Value) -> dict[str, dict[str, dict[str, Value]]]:
    """Return rows of people who differ in nothing but their identifier."""
    return {"people": {row_id: {"sex": "female", **values} for row_id in row_ids}}


def names(rows: Sequence[str]) -> list[str]:
    """Return records of the default unit and agency."""
    return [f"ML/Police nationale/{row_id}" for row_id in rows]
