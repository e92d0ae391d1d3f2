"""List hits for the desk, verify them, pass a contact on or withhold it.

In: an operation, a handle. Out: hits as the reader may see them: links of two records, and overlaps of two announced
actions. Guaranteed: the desk sees and acts on the hits of which neither record is protected as the register stands, the
protection officer on all others; to the desk these look like none. An action whose target is a protected person's is
protected too. Who passes a contact on is another person than who released it, and neither is of the unit that gets it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from traboule.accounts.affiliations import speaks_for
from traboule.app.dispatch import Call
from traboule.app.handlers.hits.guarding import alarms_of, first_entries, frozen_by
from traboule.app.handlers.opening import the_operation
from traboule.core.errors import Conflict, NotFound, Refused
from traboule.core.moments import is_overdue
from traboule.core.record_names import unit_of
from traboule.hits.announcements import has_targets, on_targets, target_hashes
from traboule.hits.records import HitSignature, hits_in, last_answer, lock_hit, notify, sign, signatures
from traboule.hits.sealed_words import open_contact
from traboule.hits.stages import WAITING, Fact, HitStage, HitState, Notice, Step, hours_between
from traboule.linkage import judge as judging
from traboule.linkage.verdicts import LinkVerdict
from traboule.operation.operation import Operation
from traboule.protection.waiting import potential_victims
from traboule.register import personal
from traboule.register.personal import Purpose
from traboule.register.protected import PROTECTING_TABLES, protected_records


@dataclass(frozen=True, slots=True)
class DeskHit:
    """A hit as the desk sees it. ``waits_on``: ``desk``, ``protection`` or the unit asked; empty once it is done.

    ``overlap``: what two announced actions have in common, ``target``, ``place`` or ``both``, with the target's
    ``kind``, the ``town``, and when the ``windows`` of both begin and end; empty where the hit is a link.
    """

    handle: str
    left: str
    right: str
    stage: str
    waits_on: str
    owner: str
    since: str
    waiting_since: str
    hours: int
    overdue: bool
    frozen: bool
    overlap: str = ""
    kind: str = ""
    town: str = ""
    windows: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class HitList:
    """Hits, those first that are overdue, then those raised first; ``waiting`` of them in all.

    ``signed``: all that was signed of a hit that was asked for by its handle, in order.
    """

    hits: Sequence[DeskHit]
    waiting: int
    signed: Sequence[HitSignature] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        signed = [{**asdict(signature), "at": signature.at.isoformat()} for signature in self.signed]
        return {"hits": [asdict(hit) for hit in self.hits], "waiting": self.waiting, "signed": signed}


@dataclass(frozen=True, slots=True)
class HitReceipt:
    """What was signed of a hit, and whom it waits on now."""

    handle: str
    stage: str
    waits_on: str

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def list_hits(
    call: Call, *, everything: bool = False, handle: str | None = None, operation: str | None = None
) -> HitList:
    """Return the hits that wait, or ``everything`` that the reader may see, done and fallen ones included; of these
    those of one ``handle`` alone, where one is named."""
    chosen = the_operation(operation)
    hits = _visible(call, chosen, _protected_now(call, chosen))
    frozen = frozen_by(alarms_of(call, chosen.code, hits), hits)
    waiting = [hit for hit in hits if hit.stage in WAITING]
    rows = [_desk_hit(hit, call, is_frozen=hit.handle in frozen) for hit in (hits if everything else waiting)]
    rows = [row for row in rows if handle in (None, row.handle)]
    of_handle = next((hit for hit in hits if hit.handle == handle), None)
    signed = signatures(of_handle) if of_handle else []
    return HitList(sorted(rows, key=lambda row: (not row.overdue, row.since, row.handle)), len(waiting), signed)


def verify(
    call: Call, *, handle: str, reason: str, owner: str | None = None, operation: str | None = None
) -> HitReceipt:
    """Sign that both records are of one person, or that two actions overlap, and ask one owner for a contact.

    Whoever is asked learns that there is a hit; whoever is not learns nothing. Without ``owner`` it is the unit whose
    record alone is protected, else the one that filed first: what was filed later asks about it. Raises NotFound,
    Conflict where it was verified or is frozen by an alarm, Refused without a reason, for an ``owner`` of neither
    record, and for an officer of either unit.
    """
    chosen = the_operation(operation)
    lock_hit(chosen.code, handle)
    protected = _protected_now(call, chosen)
    hits = _visible(call, chosen, protected)
    hit = _hit(call, hits, handle, HitStage.TO_VERIFY)
    if handle in frozen_by(alarms_of(call, chosen.code, hits), hits):
        raise Conflict("hit-frozen", handle=handle)
    for unit in hit.units:
        _refuse_officer_of(call.by.person, unit)
    alone = [unit_of(record) for record in hit.pair if record in protected]
    owner = owner or (alone[0] if len(alone) == 1 else _filed_first(chosen.code, hit))
    if owner not in hit.units:
        raise Refused("hit-owner-unknown", units=", ".join(hit.units))
    if not reason.strip():
        raise Refused("hit-without-reason")
    if hit.overlap is None:
        judging.judge(hit.pair, LinkVerdict.MATCH, operation=chosen.code, reason=reason, by=call.by, at=call.at)
    sign(hit, Step.VERIFIED, by=call.by, owner=owner, reason=reason.strip(), at=call.at)
    notify(hit, owner, Notice.REQUEST, at=call.at)
    return HitReceipt(handle, HitStage.WITH_OWNER, owner)


def pass_on(call: Call, *, handle: str, operation: str | None = None) -> HitReceipt:
    """Pass the contact that the owner released on to the other unit.

    Raises NotFound, Conflict where there is no contact to pass on, and Refused for the person who released it and for
    an officer of the unit that gets it, on either side.
    """
    chosen = the_operation(operation)
    lock_hit(chosen.code, handle)
    tables, births = _read(call, chosen)
    visible = _visible(call, chosen, _protected(call, chosen, tables, births))
    hit = _hit(call, visible, handle, HitStage.ANSWERED)
    reply = last_answer(hit)
    if call.by.person == reply.person:
        raise Refused("hit-same-person")
    for person in (call.by.person, reply.person):
        _refuse_officer_of(person, hit.seeker)
    fact = Fact.REPEATED if potential_victims(tables) >= {*hit.pair} else Fact.MATCH
    if hit.overlap is not None:
        fact = Fact.OVERLAP
    content = {"contact": open_contact(reply), "handling": reply.handling, "restriction": reply.restriction}
    if fact is not Fact.REPEATED:
        content |= {"source": reply.source, "information": reply.information}
    sign(hit, Step.PASSED_ON, by=call.by, at=call.at)
    notify(hit, hit.owner, Notice.PASSED_ON, at=call.at)
    notify(hit, hit.seeker, Notice.CONTACT, at=call.at, fact=fact.value, **content)
    return HitReceipt(handle, HitStage.PASSED_ON, "")


def withhold(call: Call, *, handle: str, reason: str, operation: str | None = None) -> HitReceipt:
    """Sign that nothing of a hit is passed on, and why; its owner is notified where it was asked.

    Raises NotFound, Conflict where it is done, Refused without a reason.
    """
    chosen = the_operation(operation)
    lock_hit(chosen.code, handle)
    hit = _hit(call, _visible(call, chosen, _protected_now(call, chosen)), handle, *WAITING, HitStage.FALLEN)
    if not reason.strip():
        raise Refused("hit-without-reason")
    sign(hit, Step.WITHHELD, by=call.by, reason=reason.strip(), at=call.at)
    if hit.owner:
        notify(hit, hit.owner, Notice.WITHHELD, at=call.at)
    return HitReceipt(handle, HitStage.WITHHELD, "")


def _protected_now(call: Call, operation: Operation) -> frozenset[str]:
    """Return the records of persons who are protected as the register stands, and the actions of which the target is
    such a person's."""
    return _protected(call, operation, *_read(call, operation))


def _read(call: Call, operation: Operation) -> tuple[dict[str, pa.Table], pa.Table]:
    """Return what tells who is protected: the tables that say so as the register stands, and birth dates by record."""
    return personal.with_births(
        operation.code, at=call.at, context=call.context, purpose=Purpose.LINKAGE, names=PROTECTING_TABLES
    )


def _protected(call: Call, operation: Operation, tables: Mapping[str, pa.Table], births: pa.Table) -> frozenset[str]:
    protected = protected_records(tables, births, operation.start)
    records = frozenset(map(str, protected.to_pylist()))
    if not has_targets(operation.code):
        return records
    whole = personal.read(operation.code, at=call.at, context=call.context, purpose=Purpose.LINKAGE)["identifiers"]
    theirs = whole.filter(pc.is_in(whole["person_record"], protected.cast(pa.string())))
    return records | on_targets(operation.code, target_hashes(operation.code, theirs.to_pylist()))


def _visible(call: Call, operation: Operation, protected: frozenset[str]) -> list[HitState]:
    """Return the hits of the reader: the desk's are those of its own runs, as long as neither record is protected."""
    return [
        hit
        for hit in hits_in(operation.code)
        if (hit.protected or bool(protected & {*hit.pair})) == call.by.sees_protected
    ]


def _hit(call: Call, hits: Sequence[HitState], handle: str, *stages: HitStage) -> HitState:
    """Return the hit of a handle. Raises NotFound, Conflict where it stands at none of ``stages``, Refused for an
    account without a person."""
    if not call.by.person:
        raise Refused("hit-person-unknown")
    same = [hit for hit in hits if hit.handle == handle]
    if not same:
        raise NotFound("hit-unknown", handle=handle)
    waiting = next((hit for hit in same if hit.stage in stages), None)
    if waiting is None:
        raise Conflict("hit-at-other-stage", handle=handle)
    return waiting


def _refuse_officer_of(person: str, unit: str) -> None:
    if speaks_for(person, unit):
        raise Refused("hit-own-side")


def _filed_first(operation: str, hit: HitState) -> str:
    """Return the unit whose record was entered first: the record that was filed later asks about it."""
    first = first_entries(operation, hit.pair)
    return unit_of(min(first, key=first.__getitem__))


def _desk_hit(hit: HitState, call: Call, *, is_frozen: bool) -> DeskHit:
    overlap = hit.overlap
    content: dict[str, Any] = {}
    if overlap is not None:
        sides = (overlap.left, overlap.right)
        content = {"overlap": overlap.subject, "windows": [(s.begins.isoformat(), s.ends.isoformat()) for s in sides]}
        content |= {"kind": overlap.left.kind} if overlap.is_of_target else {}
        content |= {"town": overlap.left.town} if overlap.is_of_place else {}
    return DeskHit(
        handle=hit.handle,
        left=hit.left,
        right=hit.right,
        stage=hit.stage,
        waits_on=hit.waits_on(protected=call.by.sees_protected),
        owner=hit.owner,
        since=hit.since.isoformat(),
        waiting_since=hit.waiting_since.isoformat(),
        hours=hours_between(hit.waiting_since, call.at),
        overdue=hit.stage in WAITING and is_overdue(hit.since, call.at),
        frozen=is_frozen,
        **content,
    )
