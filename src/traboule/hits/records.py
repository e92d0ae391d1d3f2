"""Read and write the rows of hits.

In: an operation, links of a run, what somebody signs. Out: hits as they stand. Guaranteed: a handle is a keyed hash of
the two records, so that it tells nothing of them and is the same after every run; identifiers of rows are keyed hashes
too. Who may see or sign what is the caller's to check, and row security's.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from traboule.core.permissions import Actor
from traboule.core.record_names import unit_of
from traboule.database.keys.derived import KeyPurpose, keyed_hash
from traboule.database.keys.process import process_key
from traboule.database.keys.unit_keys import DESK
from traboule.database.notices.turn import wait_for_turn
from traboule.hits.announcements import shared_actions
from traboule.hits.models import HitAnswer, HitChange, HitNotice, HitStep
from traboule.hits.overlaps import overlaps
from traboule.hits.sealed_words import open_reason, seal_contact, seal_reason
from traboule.hits.stages import (
    HitState,
    Notice,
    Pair,
    Step,
    between_units,
    changes_of,
    hits_from,
    latest_changes,
    overlap_changes,
)


@dataclass(frozen=True, slots=True)
class HitSignature:
    """What was signed of a hit: ``act``, a step or a reply; ``by`` a person of the desk, or the unit that replied."""

    act: str
    by: str
    at: datetime
    reason: str


def handle_of(operation: str, pair: Pair) -> str:
    """Return the handle of a hit, such as ``H-7K3FQ2ZA6M``, of two records or of two announced actions."""
    digest = bytes.fromhex(keyed_hash(process_key(KeyPurpose.HASH), "hit", operation, *pair))
    return "H-" + base64.b32encode(digest).decode("ascii")[:10]


def record_changes(operation: str, run_id: UUID, pairs: Collection[Pair], *, protected: bool, at: datetime) -> None:
    """Record what a run changes of the hits: ``pairs`` are its links, of one unit or of two."""
    earlier = HitChange.objects.filter(operation=operation, protected=protected)
    rows = []
    for pair, change in changes_of(latest_changes(earlier, protected=protected), between_units(pairs)):
        left, right = pair
        handle = handle_of(operation, pair)
        row = HitChange(id=_row_id("change", str(run_id), handle, change), run_id=run_id, protected=protected)
        row.operation, row.handle, row.change, row.at = operation, handle, change, at
        row.left, row.right, row.left_unit, row.right_unit = left, right, unit_of(left), unit_of(right)
        rows.append(row)
    HitChange.objects.bulk_create(rows, batch_size=1000)


def hits_in(operation: str) -> list[HitState]:
    """Return all hits of an operation as they stand, as far as the transaction's actor may read.

    Overlaps of announced actions are hits too. They are computed here, when somebody looks: whoever announces neither
    writes them nor waits for them.
    """
    tables = (HitChange, HitStep, HitAnswer)
    changes, steps, answers = (table.objects.filter(operation=operation) for table in tables)
    by_handle = {handle_of(operation, overlap.pair): overlap for overlap in overlaps(shared_actions(operation))}
    everything = [*changes, *overlap_changes(operation, by_handle)]
    hits = hits_from(everything, steps, answers)  # type: ignore[arg-type]  # Django's fields match the protocols.
    return [replace(hit, overlap=by_handle.get(hit.handle)) for hit in hits]


def lock_hit(operation: str, handle: str) -> None:
    """Let those who sign something of one hit follow each other: who comes second reads what the first has signed.

    Call it before the hit is read. It ends with the transaction.
    """
    wait_for_turn(f"hit\n{operation}\n{handle}")


def sign(hit: HitState, step: Step, *, by: Actor, at: datetime, owner: str = "", reason: str = "") -> None:
    """Record what an officer of the desk signed; what a protection officer signed is not the desk's to see."""
    row = _row_id("step", hit.operation, hit.handle, step)
    HitStep.objects.create(
        id=row,
        protected=by.sees_protected,
        operation=hit.operation,
        handle=hit.handle,
        step=step.value,
        owner=owner,
        reason=seal_reason(DESK, row, reason),
        by=by.name,
        person=by.person,
        at=at,
    )


def notify(hit: HitState, unit: str, notice: Notice, *, at: datetime, **contact: str) -> None:
    """Show ``unit`` something of a hit; ``contact``: the fact, the contact, and under which conditions."""
    row = _row_id("notice", hit.operation, hit.handle, unit, notice)
    contact["contact"] = seal_contact(unit, row, contact.get("contact", ""))
    HitNotice.objects.create(
        id=row,
        operation=hit.operation,
        unit=unit,
        handle=hit.handle,
        record=hit.record_of(unit),
        notice=notice.value,
        at=at,
        **contact,
    )


def answer(request: HitNotice, reply: str, *, number: int, by: Actor, at: datetime, **content: str) -> None:
    """Record the answer ``number`` of the owner of ``request``: a contact and its conditions, or a reason."""
    row = _row_id("answer", request.operation, request.handle, str(number))
    content["contact"] = seal_contact(request.unit, row, content.get("contact", ""))
    content["reason"] = seal_reason(request.unit, row, content.get("reason", ""))
    HitAnswer.objects.create(
        id=row,
        operation=request.operation,
        unit=request.unit,
        handle=request.handle,
        number=number,
        answer=reply,
        by=by.name,
        person=by.person,
        at=at,
        **content,
    )


def signatures(hit: HitState) -> list[HitSignature]:
    """Return all that was signed of a hit, in order, as far as the transaction's actor may read."""
    of_hit = {"operation": hit.operation, "handle": hit.handle}
    steps = [
        HitSignature(row.step, row.by, row.at, open_reason(DESK, row.id, row.reason))
        for row in HitStep.objects.filter(**of_hit)
    ]
    answers = [
        HitSignature(row.answer, row.unit, row.at, open_reason(row.unit, row.id, row.reason))
        for row in HitAnswer.objects.filter(**of_hit).order_by("number")
    ]
    return sorted([*steps, *answers], key=lambda signed: signed.at)


def last_answer(hit: HitState) -> HitAnswer:
    """Return the answer in force of the owner that was asked."""
    return HitAnswer.objects.filter(operation=hit.operation, handle=hit.handle, unit=hit.owner).latest("number")


def _row_id(*parts: str) -> UUID:
    return uuid.UUID(hex=keyed_hash(process_key(KeyPurpose.HASH), "hit row", *parts)[:32], version=5)
