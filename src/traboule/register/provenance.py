"""Trace a row to its origin: each version back to file, sheet and row; and read a person's coded fields.

In: an operation, a table of the form, a record. Out: its versions, the newest first. Guaranteed: runs in the caller's
transaction, so row security decides what is visible; a hidden record looks like one that never existed; no personal
field and no free text is read here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, groupby
from uuid import UUID

from traboule.core.errors import NotFound
from traboule.register.agency_state import agency_state
from traboule.register.models import Action, Person, PersonRole
from traboule.register.sealed_rows import opened_row
from traboule.register.tables import OF_PERSONS, TABLES
from traboule.returns.models import HeldContent, ReturnReceived
from traboule.returns.subjects.file_names import open_file_name

CODED = ("sex", "age_band", "minor", "citizenships", "residence")
_NEWEST = ("-version", "-entered_at", "-id")


@dataclass(frozen=True, slots=True)
class Origin:
    """One version of a row: its file, its place in the file, when it was received, and whether it is in force."""

    record: str
    return_id: UUID
    version: int
    file_name: str
    file_hash: str
    sheet: str
    row_number: int
    entered_at: datetime
    content_hash: str
    in_force: bool


def provenance(operation: str, table: str, record: str) -> tuple[Origin, ...]:
    """Return every version of ``record`` in ``table``. Raises NotFound where there is none the reader may see."""
    model = TABLES.get(table)
    if model is None:
        raise NotFound("record-unknown", record=record)
    rows = model._default_manager.filter(operation=operation, record=record)
    versions = list(rows.order_by("-version", "-entered_at", "-id"))
    if not versions:
        raise NotFound("record-unknown", record=record)
    first = versions[0]
    current = agency_state(operation, first.unit, first.agency).current().get((table, first.row_id))
    files = {
        received.return_id: received
        for received in ReturnReceived.objects.filter(
            unit=first.unit, return_id__in=[row.return_id for row in versions]
        )
    }
    return tuple(
        Origin(
            record=row.record,
            return_id=row.return_id,
            version=row.version,
            file_name=open_file_name(row.unit, row.return_id, files[row.return_id].file_name),
            file_hash=files[row.return_id].content_hash,
            sheet=row.sheet,
            row_number=row.row_number,
            entered_at=row.entered_at,
            content_hash=row.content_hash,
            in_force=row is first and current is not None,
        )
        for row in versions
    )


def files_naming(operation: str, unit: str, record: str) -> frozenset[UUID]:
    """Return the returns in whose files a person of ``unit`` stands, be it in rows that were not entered."""
    theirs = {"operation": operation, "unit": unit, "sealed_for": record}
    tables = [TABLES[name]._default_manager for name in OF_PERSONS]
    returns = (manager.filter(**theirs).values_list("return_id", flat=True) for manager in tables)
    return frozenset(chain(*returns, HeldContent.objects.filter(**theirs).values_list("return_id", flat=True)))


@dataclass(frozen=True, slots=True)
class CodedPerson:
    """The coded fields of a person in the newest version in force, and those of each role and its action."""

    person: Mapping[str, object]
    actions: tuple[Mapping[str, object], ...]


def coded_person(operation: str, record: str) -> CodedPerson:
    """Return the coded fields of a person's record. Raises NotFound where the reader may see no such record."""
    newest = Person.objects.filter(operation=operation, record=record).order_by(*_NEWEST).first()
    if newest is None:
        raise NotFound("record-unknown", record=record)
    standing_rows = agency_state(operation, newest.unit, newest.agency).current()
    theirs = {"operation": operation, "unit": newest.unit, "agency": newest.agency}
    roles = PersonRole.objects.filter(**theirs, person=newest.row_id).order_by("row_id", *_NEWEST)
    actions = []
    for row_id, versions in groupby(roles, key=lambda row: row.row_id):
        role = next(versions)
        if ("roles", row_id) not in standing_rows:
            continue
        action = Action.objects.filter(**theirs, row_id=role.action).order_by(*_NEWEST).first()
        described: dict[str, object] = {"role": opened_row(role, "roles")["role"]}
        if action is not None:
            start = opened_row(action, "actions")["start"]
            described |= {"kind": action.kind, "start": start and datetime.fromisoformat(start)}
            described["country"] = action.country
        actions.append(described)
    coded = opened_row(newest, "people")
    return CodedPerson({name: coded[name] for name in CODED}, tuple(actions))
