"""Receive a return: store the file, what the check found and a receipt, all or nothing.

In: a checked return, its bytes, who files it and when. Out: a receipt. Guaranteed: the same file again gives the same
receipt and enters nothing; filed = entered + held + refused; only the filing state files (rule 18), which is checked
here and by row security. Runs in the caller's transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from django.db.models import Max

from traboule.core import moments
from traboule.core.errors import Broken, Refused
from traboule.core.findings import Finding
from traboule.core.permissions import Actor
from traboule.core.record_names import record
from traboule.database.arrow import append
from traboule.database.notices.turn import wait_for_turn
from traboule.returns.checked import CheckedReturn, CheckedRow, Cover
from traboule.returns.models import FaultFound, HeldContent, HeldRow, ReturnOriginal, ReturnReceived
from traboule.returns.receipt import EntryChanges, Receipt
from traboule.returns.subjects.file_names import seal_file_name
from traboule.returns.subjects.keys import Sealer, of_file, place

# The register is a later stage, so the caller passes its verb in: from a checked return and its identifier, it enters
# the rows in the same transaction and returns what changed.
Enter = Callable[[CheckedReturn, UUID], EntryChanges]

_NAMESPACE = UUID("6f1f64b4-3a52-4d8e-9d6b-0c8a5d9f6b11")


def receive(
    checked: CheckedReturn,
    content: bytes,
    *,
    file_name: str,
    by: Actor,
    at: datetime,
    operation: str,
    enter: Enter,
) -> Receipt:
    """Store a return and return its receipt; ``operation`` is the code of the open one, ``at`` has a time zone.

    Raises Refused for another operation's return or another state's, and at a moment before the agency's last return;
    Broken where the check's counts do not add up or speak of other bytes.
    """
    cover = checked.cover
    content_hash = hashlib.sha256(content).hexdigest()
    _accept(checked, content_hash, by=by, operation=operation)
    _one_at_a_time(cover)
    earlier = _earlier_receipt(cover, content_hash)
    if earlier is not None:
        return replace(earlier, again=True, withdrawn_since=_withdrawn_since(checked))
    moments.check_order(at, [_last_received(cover)])
    return_id = identifier(operation, cover.state, content_hash)
    changes = enter(checked, return_id)
    receipt = Receipt(
        receipt_id=str(return_id),
        content_hash=content_hash,
        filed=checked.filed,
        entered=checked.entered,
        held=checked.held,
        refused=checked.refused,
        new=changes.new,
        changed=changes.changed,
        withdrawn=changes.withdrawn,
        unchanged=changes.unchanged,
        superseded=changes.superseded,
        received_at=at.isoformat(),
    )
    _store_return(checked, receipt, file_name=file_name, by=by, at=at)
    sealer = _sealer(checked, return_id, at)
    _store_file(receipt, content, of=cover, sealer=sealer)
    _store_faults(checked, return_id, sealer)
    _store_held_rows(checked, return_id, at, sealer)
    return receipt


def identifier(operation: str, unit: str, content_hash: str) -> UUID:
    """Return the identifier of a return: the same file of the same unit has the same one in every run."""
    return uuid5(_NAMESPACE, f"{operation}\n{unit}\n{content_hash}")


def agencies(operation: str, unit: str) -> tuple[str, ...]:
    """Return the names under which agencies of a unit have filed, sorted."""
    filed = ReturnReceived.objects.filter(unit=unit, operation=operation)
    return tuple(sorted(set(filed.values_list("agency", flat=True))))


def _accept(checked: CheckedReturn, content_hash: str, *, by: Actor, operation: str) -> None:
    cover = checked.cover
    if cover.operation != operation:
        raise Refused("return-other-operation", operation=operation)
    require_own_agency(cover.state, cover.agency, by)
    if checked.filed != checked.entered + checked.held + checked.refused:
        raise Broken("return-sum")
    if checked.content_hash not in ("", content_hash):
        raise Broken("return-other-content")


def require_own_agency(state: str, agency: str, by: Actor) -> None:
    """Raise Refused where ``by`` does not speak for ``state``: only the filing state files and withdraws (rule 18).

    A unit that lists its agencies files for those alone.
    """
    if state not in by.units:
        raise Refused("return-not-own-state", state=state)
    if not by.is_of_agency(agency):
        raise Refused("return-not-own-agency", agency=agency)


def _one_at_a_time(cover: Cover) -> None:
    """Let one agency's returns follow each other: of two identical files sent at once, one enters."""
    wait_for_turn(f"return\n{cover.operation}\n{cover.state}\n{cover.agency}")


def _earlier_receipt(cover: Cover, content_hash: str) -> Receipt | None:
    received = ReturnReceived.objects.filter(unit=cover.state, operation=cover.operation, content_hash=content_hash)
    receipt = received.values_list("receipt", flat=True).first()
    return None if receipt is None else Receipt.from_json(receipt)


def _withdrawn_since(checked: CheckedReturn) -> bool:
    """Tell whether the agency has withdrawn what a return received before had entered."""
    cover = checked.cover
    withdrawals = ReturnReceived.objects.filter(
        unit=cover.state, operation=cover.operation, agency=cover.agency, kind="withdrawn", version__gte=cover.version
    )
    return checked.kind != "withdrawn" and withdrawals.exists()


def _last_received(cover: Cover) -> datetime | None:
    filed = ReturnReceived.objects.filter(unit=cover.state, operation=cover.operation, agency=cover.agency)
    last: datetime | None = filed.aggregate(last=Max("received_at"))["last"]
    return last


def _store_return(checked: CheckedReturn, receipt: Receipt, *, file_name: str, by: Actor, at: datetime) -> None:
    cover = checked.cover
    ReturnReceived.objects.create(
        return_id=UUID(receipt.receipt_id),
        operation=cover.operation,
        unit=cover.state,
        agency=cover.agency,
        coordination_unit=cover.coordination_unit,
        version=cover.version,
        supersedes=cover.supersedes,
        status=cover.status,
        kind=checked.kind,
        as_of=cover.as_of.iso(),
        legal_basis=cover.legal_basis,
        language=checked.language,
        content_hash=receipt.content_hash,
        file_name=seal_file_name(cover.state, UUID(receipt.receipt_id), file_name),
        received_at=at,
        received_by=by.name,
        filed=checked.filed,
        entered=checked.entered,
        held=checked.held,
        refused=checked.refused,
        receipt=receipt.to_json(),
    )


def _sealer(checked: CheckedReturn, return_id: UUID, at: datetime) -> Sealer:
    cover, held_rows = checked.cover, (row for rows in checked.tables.values() for row in rows if row.held)
    subjects = [_subject(cover, row) for row in (*held_rows, *checked.refused_rows)]
    return Sealer(cover.operation, cover.state, [of_file(return_id), *subjects], at=at)


def _subject(cover: Cover, row: CheckedRow) -> str:
    """Return the record of the person that a row which was not entered names, empty where it names none."""
    filed = storable(row.as_filed.get("person", "")) or (storable(row.row_id) if row.table == "people" else "")
    return record(cover.state, cover.agency, filed) if filed else ""


def _store_faults(checked: CheckedReturn, return_id: UUID, sealer: Sealer) -> None:
    columns = (
        *("return_id", "operation", "unit", "code", "severity", "table", "field", "sheet", "row_number"),
        *("column", "cell", "rule", "sealed"),
    )
    cover = checked.cover
    append(
        FaultFound,
        columns,
        (
            (
                *(
                    return_id,
                    cover.operation,
                    cover.state,
                    finding.code,
                    finding.severity.value,
                    finding.table,
                    finding.field,
                ),
                *(storable(finding.sheet), finding.row, storable(finding.column), finding.cell, finding.rule),
                sealer.seal(of_file(return_id), _shown(finding), fault_place(return_id, number)),
            )
            for number, finding in enumerate(checked.findings)
        ),
    )


def _store_file(receipt: Receipt, content: bytes, *, of: Cover, sealer: Sealer) -> None:
    where = place(ReturnOriginal._meta.db_table, receipt.receipt_id)
    ReturnOriginal.objects.create(
        unit=of.state,
        operation=of.operation,
        return_id=UUID(receipt.receipt_id),
        content_hash=receipt.content_hash,
        sealed=sealer.seal_bytes(of_file(receipt.receipt_id), content, where),
    )


def _shown(finding: Finding) -> dict[str, object]:
    """Return what of a finding may be of persons."""
    return {"value": finding.value, "values": {name: str(value) for name, value in finding.values.items()}}


def _store_held_rows(checked: CheckedReturn, return_id: UUID, at: datetime, sealer: Sealer) -> None:
    cover = checked.cover
    held_rows = [(row, False) for table in sorted(checked.tables) for row in checked.tables[table] if row.held]
    aside: list[tuple[CheckedRow, bool]] = held_rows + [(row, True) for row in checked.refused_rows]
    append(
        HeldRow,
        (
            *("return_id", "operation", "unit", "agency", "version", "table", "row_id", "sheet", "row_number"),
            *("refused", "faults", "received_at"),
        ),
        (
            (
                *(return_id, cover.operation, cover.state, cover.agency, cover.version, row.table),
                *(storable(row.row_id), storable(row.sheet), row.row, refused, list(row.faults), at),
            )
            for row, refused in aside
        ),
    )
    append(
        HeldContent,
        ("return_id", "operation", "unit", "table", "sheet", "row_number", "sealed", "sealed_for"),
        (
            (
                *(return_id, cover.operation, cover.state, row.table, storable(row.sheet), row.row),
                sealer.seal(_subject(cover, row), row.as_filed, held_place(return_id, row.table, row.row, row.sheet)),
                _subject(cover, row),
            )
            for row, _ in aside
        ),
    )


def fault_place(return_id: UUID, number: int) -> bytes:
    """Return what the blob of a return's finding is bound to: its place among them."""
    return place(FaultFound._meta.db_table, return_id, number)


def held_place(return_id: UUID, table: str, row_number: int, sheet: str) -> bytes:
    """Return what the blob of a row that was not entered is bound to."""
    return place(HeldContent._meta.db_table, return_id, table, row_number, storable(sheet))


def storable(text: str) -> str:
    """Return ``text`` with what PostgreSQL cannot store replaced (NUL, half a character)."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
