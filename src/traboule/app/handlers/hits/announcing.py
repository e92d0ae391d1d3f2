"""Announce a planned action, so that two units at work on one target or place do not meet in the street.

In: a target, a place, a window of time. Out: what the unit announced itself, and nothing else. Guaranteed: whoever
announces is answered the same whatever other units have announced, in the same time; an overlap is a hit, which the
desk sees and asks one owner about. A potential victim is never a target: a target is a thing or a number that a
suspect uses, and a person's name is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from traboule.app.dispatch import Call
from traboule.app.handlers.opening import the_operation
from traboule.core.codes import vocabulary
from traboule.core.errors import Conflict, NotFound, Refused
from traboule.core.identifiers import Reason, Verdict, normalise
from traboule.core.language.spelling import fold
from traboule.hits import announcements
from traboule.hits.announcements import ActionPlan
from traboule.hits.models import Announcement
from traboule.returns.receive import require_own_agency

# What an action may be aimed at. An address, an advertisement or a name may be a victim's, and finds her.
TARGET_KINDS = (
    "phone", "imei", "imsi", "plate", "vin", "company", "email", "handle", "iban", "card", "wallet",
    "passport", "id_card", "residence_permit",
)  # fmt: skip
LONGEST_WINDOW = timedelta(days=31)
LONGEST_TOWN = 60
_NO_SUCH = (Reason.FORMAT, Reason.UNREADABLE)


@dataclass(frozen=True, slots=True)
class OwnAction:
    """An action that the unit announced; ``stands``: it was not withdrawn."""

    record: str
    kind: str
    target: str
    country: str
    town: str
    begins: str
    ends: str
    announced: str
    stands: bool


@dataclass(frozen=True, slots=True)
class OwnActions:
    """The actions that a unit announced, those that begin last first."""

    actions: Sequence[OwnAction]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"actions": [asdict(action) for action in self.actions]}


@dataclass(frozen=True, slots=True)
class ActionReceipt:
    """The name of an action that was announced or withdrawn."""

    record: str

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def announce(
    call: Call,
    *,
    owner: tuple[str, str],
    window: tuple[datetime, datetime],
    target: tuple[str, str] = ("", ""),
    place: tuple[str, str] = ("", ""),
    operation: str | None = None,
) -> ActionReceipt:
    """Announce an action of ``owner``, a state and an agency of it.

    ``window`` is when it begins and ends. ``target`` is a kind of identifier and its value, ``place`` a country and a
    town; one of the two is needed. Raises Refused where one of them says too little or too much, and where the actor
    does not speak for the owner: each refusal follows from what is announced alone.
    """
    if not call.by.person:
        raise Refused("hit-person-unknown")
    state, agency = owner[0], " ".join(owner[1].split())
    require_own_agency(state, agency, call.by)
    if not agency:
        raise Refused("announce-without-agency")
    code = the_operation(operation).code
    begins, ends = window
    if not (begins < ends and call.at < ends and ends - begins <= LONGEST_WINDOW):
        raise Refused("announce-window", days=LONGEST_WINDOW.days)
    kind, value = _target(target, state)
    country, town = _place(place)
    if not kind and not country:
        raise Refused("announce-nothing")
    plan = ActionPlan(begins, ends, kind, value, country, town)
    row = announcements.announce(code, (state, agency), plan, by=call.by, at=call.at)
    return ActionReceipt(row.record)


def list_own(call: Call, *, operation: str | None = None) -> OwnActions:
    """Return the actions that the units of who asks have announced."""
    code = the_operation(operation).code
    ended = announcements.withdrawals(code)
    actions = []
    for row in _own(call, code):
        plan = announcements.opened(row)
        where = (plan.kind, plan.value, plan.country, plan.town)
        instants = (plan.begins.isoformat(), plan.ends.isoformat(), row.at.isoformat())
        actions.append(OwnAction(row.record, *where, *instants, row.record not in ended))
    return OwnActions(sorted(actions, key=lambda action: (action.begins, action.record), reverse=True))


def withdraw(call: Call, *, record: str, operation: str | None = None) -> ActionReceipt:
    """Say that an announced action does not take place. Raises NotFound, Conflict where it was withdrawn before."""
    if not call.by.person:
        raise Refused("hit-person-unknown")
    code = the_operation(operation).code
    row = next((row for row in _own(call, code) if row.record == record), None)
    if row is None:
        raise NotFound("announce-unknown", record=record)
    if record in announcements.withdrawals(code):
        raise Conflict("announce-withdrawn", record=record)
    announcements.withdraw(row, by=call.by, at=call.at)
    return ActionReceipt(record)


def _own(call: Call, operation: str) -> list[Announcement]:
    rows = Announcement.objects.filter(operation=operation, unit__in=call.by.units).order_by("number")
    return [row for row in rows if call.by.owns(row.record)]


def _target(target: tuple[str, str], state: str) -> tuple[str, str]:
    """Return kind and value of a target as two announcements of it are compared."""
    kind, value = target
    if not kind and not value.strip():
        return "", ""
    if kind not in TARGET_KINDS:
        raise Refused("announce-kind", kind=kind, known=", ".join(TARGET_KINDS))
    read = normalise(kind, value, region=state)
    is_no_such = read.verdict is Verdict.FAILED and read.reason in _NO_SUCH
    if read.placeholder or not read.normal or is_no_such:
        raise Refused("announce-value", kind=kind)
    return kind, read.normal


def _place(place: tuple[str, str]) -> tuple[str, str]:
    """Return country and town: no street and no house, which could be a shelter's."""
    country, town = place[0], " ".join(place[1].split())
    if not country and not town:
        return "", ""
    if country not in vocabulary("countries") or not fold(town):
        raise Refused("announce-place")
    if len(town) > LONGEST_TOWN or any(sign.isdigit() for sign in town):
        raise Refused("announce-place-exact")
    return country, town
