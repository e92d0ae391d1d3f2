"""Show a unit the hits that it was notified of, and let it answer: release a contact, or refuse.

In: a handle, a contact. Out: what the unit may see. Guaranteed: everything comes from the unit's own rows, which row
security passes; the unit and the record at the other end are in none of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from traboule.app.dispatch import Call
from traboule.app.handlers.opening import the_operation
from traboule.core.codes import vocabulary
from traboule.core.errors import Conflict, NotFound, Refused
from traboule.core.moments import is_overdue
from traboule.core.permissions import Actor
from traboule.hits.announcements import ranks
from traboule.hits.models import HitAnswer, HitNotice
from traboule.hits.records import answer, lock_hit
from traboule.hits.sealed_words import open_contact
from traboule.hits.stages import HitStage, Notice, Reply, hours_between, stage_of_answer

LONGEST_CONTACT = 200  # Letters: an office, a telephone, an address; no room for a file.


@dataclass(frozen=True, slots=True)
class UnitHit:
    """A hit as one of its units sees it.

    ``owns``: whether this unit was asked for a contact; the other unit sees the hit from the moment it is passed a
    contact. ``since``: when it was notified. ``source`` and ``information`` are the evaluation, 4×4.
    ``overlap``: ``record`` is an action that the unit announced, and no person.
    """

    handle: str
    record: str
    owns: bool
    stage: str
    since: str
    hours: int
    overdue: bool
    fact: str = ""
    contact: str = ""
    handling: str = ""
    restriction: str = ""
    source: str = ""
    information: str = ""
    overlap: bool = False


@dataclass(frozen=True, slots=True)
class UnitHits:
    """The hits of a unit, those first that are overdue, then those that have waited longest."""

    hits: Sequence[UnitHit]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"hits": [asdict(hit) for hit in self.hits]}


@dataclass(frozen=True, slots=True)
class AnswerReceipt:
    """What a unit answered."""

    handle: str
    stage: str

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def list_own(call: Call, *, operation: str | None = None) -> UnitHits:
    """Return what the units of who asks were notified of."""
    code = the_operation(operation).code
    notices: defaultdict[tuple[str, str], list[HitNotice]] = defaultdict(list)
    for notice in _notices(call.by, code):
        notices[notice.unit, notice.handle].append(notice)
    answers: defaultdict[tuple[str, str], list[HitAnswer]] = defaultdict(list)
    for reply in HitAnswer.objects.filter(operation=code, unit__in=call.by.units).order_by("number"):
        answers[reply.unit, reply.handle].append(reply)
    announced = ranks(code, {row.record for rows in notices.values() for row in rows})
    hits = [
        replace(_unit_hit(rows, answers[key], call), overlap=rows[0].record in announced)
        for key, rows in notices.items()
    ]
    return UnitHits(sorted(hits, key=lambda hit: (not hit.overdue, hit.since, hit.handle)))


def release(
    call: Call,
    *,
    handle: str,
    contact: str,
    handling: str,
    evaluation: str,
    restriction: str = "",
    operation: str | None = None,
) -> AnswerReceipt:
    """Sign a contact that the desk may pass on to the other unit.

    ``handling`` is H0 to H3, H3 with the ``restriction`` in words; ``evaluation`` is 4×4, such as ``B2``. Raises
    NotFound where the unit was not asked, Conflict where it has released or the desk is done, Refused for a contact of
    no or too many words and for an unknown code.
    """
    request, number = _request(call, handle, operation, before=Reply.RELEASED)
    contact, restriction = " ".join(contact.split()), " ".join(restriction.split())
    if not contact or len(contact) > LONGEST_CONTACT:
        raise Refused("hit-contact-size", most=LONGEST_CONTACT)
    codes = vocabulary("handling").codes
    if handling not in codes:
        raise Refused("hit-handling-unknown", handling=handling, known=", ".join(codes))
    if (handling == "H3") != bool(restriction):
        raise Refused("hit-restriction")
    source, information = evaluation[:1], evaluation[1:]
    if source not in vocabulary("source_evaluation") or information not in vocabulary("information_evaluation"):
        raise Refused("hit-evaluation-unknown", evaluation=evaluation)
    content = {"contact": contact, "handling": handling, "restriction": restriction, "source": source}
    answer(request, Reply.RELEASED, number=number, by=call.by, at=call.at, **content, information=information)
    return AnswerReceipt(handle, HitStage.ANSWERED)


def refuse(call: Call, *, handle: str, reason: str, operation: str | None = None) -> AnswerReceipt:
    """Sign that no contact is released, and why; a contact that was not yet passed on is taken back.

    Raises as :func:`release` does, and Refused without a reason.
    """
    request, number = _request(call, handle, operation, before=Reply.REFUSED)
    if not reason.strip():
        raise Refused("hit-without-reason")
    answer(request, Reply.REFUSED, number=number, by=call.by, at=call.at, reason=reason.strip())
    return AnswerReceipt(handle, HitStage.REFUSED)


def _request(call: Call, handle: str, operation: str | None, *, before: Reply) -> tuple[HitNotice, int]:
    """Return the request for a contact that was not just answered with ``before``, and the number of the answer."""
    if not call.by.person:
        raise Refused("hit-person-unknown")
    code = the_operation(operation).code
    lock_hit(code, handle)
    notices = [notice for notice in _notices(call.by, code) if notice.handle == handle]
    request = next((notice for notice in notices if notice.notice == Notice.REQUEST), None)
    if request is None:
        raise NotFound("hit-unknown", handle=handle)
    replies = HitAnswer.objects.filter(operation=code, unit=request.unit, handle=handle).order_by("number")
    last = replies.last()
    if len(notices) > 1 or (last is not None and last.answer == before):
        raise Conflict("hit-answered", handle=handle)
    return request, last.number + 1 if last else 1


def _notices(by: Actor, operation: str) -> list[HitNotice]:
    """Return what the units of ``by`` were notified of, in its order; of their agencies, where by speaks for some."""
    rows = HitNotice.objects.filter(operation=operation, unit__in=by.units).order_by("at", "id")
    return [row for row in rows if by.owns(row.record)]


def _unit_hit(notices: Sequence[HitNotice], answers: Sequence[HitAnswer], call: Call) -> UnitHit:
    request = next((notice for notice in notices if notice.notice == Notice.REQUEST), None)
    last = next((notice for notice in notices if notice.notice != Notice.REQUEST), notices[0])
    owns, first = request is not None, request or last
    stage = stage_of_answer(answers)[0] if last.notice == Notice.REQUEST else HitStage.PASSED_ON
    if last.notice == Notice.WITHHELD:
        stage = HitStage.WITHHELD
    content: HitNotice | HitAnswer = answers[-1] if owns and answers else last
    return UnitHit(
        handle=first.handle,
        record=first.record,
        owns=owns,
        stage=stage,
        since=first.at.isoformat(),
        hours=hours_between(first.at, call.at),
        overdue=stage is HitStage.WITH_OWNER and is_overdue(first.at, call.at),
        fact=last.fact,
        contact=open_contact(content),
        handling=content.handling,
        restriction=content.restriction,
        source=content.source,
        information=content.information,
    )
