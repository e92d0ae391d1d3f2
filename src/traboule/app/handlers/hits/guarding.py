"""List the alarms of budgets and decoys, and let the protection officer thaw a hit that was frozen.

In: an operation. Out: alarms. Guaranteed: the protection officer sees those of all hits; a desk that lists or verifies
is stopped by those of the hits that it may see, so that no alarm tells it of a protected person, and by no decoy's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Min

from traboule.app.dispatch import Call
from traboule.app.handlers.opening import the_operation
from traboule.core.errors import Conflict, NotFound, Refused
from traboule.core.permissions import Role
from traboule.hits.announcements import announced_series, ranks
from traboule.hits.budgets import Alarm, alarms, decoy_alarms, plan_alarms
from traboule.hits.decoys import named_by, standing
from traboule.hits.records import hits_in, lock_hit, sign
from traboule.hits.stages import HitStage, HitState, Step
from traboule.register import models, personal
from traboule.register.personal import Purpose


@dataclass(frozen=True, slots=True)
class HitAlarm:
    """A budget that was exceeded: ``similar``, ``target``, ``asker``, ``series`` or ``plans``; or ``decoy``, where
    ``record`` names the decoy of that number.

    ``handles``: the hits still frozen.
    """

    kind: str
    unit: str
    record: str
    handles: Sequence[str]
    decoy: int = 0


@dataclass(frozen=True, slots=True)
class HitAlarms:
    """The alarms that freeze a hit which waits to be verified, and those of decoys that stand."""

    alarms: Sequence[HitAlarm]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"alarms": [asdict(alarm) for alarm in self.alarms]}


@dataclass(frozen=True, slots=True)
class Thawed:
    """A hit that may be verified whatever its budget."""

    handle: str

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def list_alarms(call: Call, *, operation: str | None = None) -> HitAlarms:
    """Return the alarms with the hits that they freeze. A decoy's stands until the decoy is withdrawn."""
    code = the_operation(operation).code
    hits = hits_in(code)
    raised = alarms_of(call, code, hits)
    frozen = frozen_by(raised, hits)
    shown_alarms = [
        HitAlarm(alarm.kind, alarm.unit, alarm.record, sorted(alarm.handles & frozen), alarm.decoy) for alarm in raised
    ]
    return HitAlarms([alarm for alarm in shown_alarms if alarm.handles or alarm.decoy])


def thaw(call: Call, *, handle: str, reason: str, operation: str | None = None) -> Thawed:
    """Sign that a frozen hit may be verified, and why. Raises NotFound, Refused without a reason or a person, Conflict
    where the hit is not frozen."""
    code = the_operation(operation).code
    if not call.by.person:
        raise Refused("hit-person-unknown")
    if not reason.strip():
        raise Refused("hit-without-reason")
    lock_hit(code, handle)
    hits = hits_in(code)
    hit = next((hit for hit in hits if hit.handle == handle), None)
    if hit is None:
        raise NotFound("hit-unknown", handle=handle)
    if handle not in frozen_by(alarms_of(call, code, hits), hits):
        raise Conflict("hit-not-frozen", handle=handle)
    sign(hit, Step.THAWED, by=call.by, at=call.at, reason=reason.strip())
    return Thawed(handle)


def alarms_of(call: Call, operation: str, hits: Sequence[HitState]) -> list[Alarm]:
    """Return the alarms that ``hits`` raise, and for the protection officer those of decoys first."""
    entered = first_entries(operation, {record for hit in hits for record in hit.pair})
    later = {hit.pair: max(hit.pair, key=lambda record: entered.get(record, 0)) for hit in hits}
    of_decoys = decoy_alarms(hits, _named_decoys(call, operation)) if call.by.sees_protected else []
    return [*of_decoys, *alarms(hits, later), *plan_alarms(hits, later, announced_series(operation))]


def identifiers_filed(call: Call, operation: str) -> list[dict[str, Any]]:
    """Return every identifier that was ever filed, as rows of the register."""
    purpose = Purpose.LINKAGE if call.context.role is Role.ENGINE else Purpose.PROTECTION
    return personal.identifiers_ever(operation, context=call.context, purpose=purpose).to_pylist()


def _named_decoys(call: Call, operation: str) -> list[tuple[str, int]]:
    """Return the records that name a decoy. Nothing is read where no decoy stands."""
    digests = standing(operation)
    return named_by(operation, digests, identifiers_filed(call, operation)) if digests else []


def first_entries(operation: str, records: Collection[str]) -> dict[str, int]:
    """Return a number for each of ``records`` that was entered or announced: what came earlier has a smaller one.

    Records of persons and of announced actions are numbered apart; no hit is of one and the other.
    """
    rows = models.Person.objects.filter(operation=operation, record__in=records).values_list("record")
    return ranks(operation, records) | dict(rows.annotate(Min("id")))


def frozen_by(raised: Iterable[Alarm], hits: Iterable[HitState]) -> frozenset[str]:
    """Return the handles of the hits that wait to be verified and are frozen: in an alarm, and not thawed."""
    beyond = frozenset().union(*(alarm.handles for alarm in raised))
    waiting = {hit.handle for hit in hits if hit.stage is HitStage.TO_VERIFY and not hit.is_thawed}
    return beyond & waiting
