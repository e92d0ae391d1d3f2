"""Record what is done for a protected person: a screening, a referral, its receipt.

In: a record and what was done. Out: what was recorded. Guaranteed: what :mod:`traboule.protection.acts` guarantees.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from traboule.app.dispatch import Call
from traboule.app.handlers.opening import the_operation
from traboule.core.errors import NotFound
from traboule.protection import acts
from traboule.protection.waiting import consent_of
from traboule.register import history
from traboule.register.models import Person


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded for a record."""

    record: str
    done: str

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def screen(call: Call, *, record: str, finding: str, operation: str | None = None) -> Recorded:
    """Record what the screening of a person found. Raises NotFound for a record that is not in force, Refused for a
    finding that is no code."""
    code = the_operation(operation).code
    _require(code, record)
    acts.screen(code, record, finding, by=call.by, at=call.at)
    return Recorded(record, finding)


def refer(call: Call, *, record: str, service: str, operation: str | None = None) -> Recorded:
    """Record a referral to a service. Raises NotFound for a record that is not in force, Refused without consent on
    file, Conflict where a referral waits for its receipt."""
    code = the_operation(operation).code
    _require(code, record)
    tables = history.tables(code, at=None, context=call.context, names=("victims",))
    consent = consent_of(tables, record)
    acts.refer(code, record, service, consent, by=call.by, at=call.at)
    return Recorded(record, service.strip())


def confirm(call: Call, *, record: str, operation: str | None = None) -> Recorded:
    """Record that a service has received the person of one of the actor's own records. Raises NotFound where no
    referral of it waits."""
    acts.receive(the_operation(operation).code, record, by=call.by, at=call.at)
    return Recorded(record, "received")


def _require(operation: str, record: str) -> None:
    """Raise NotFound for a record that nobody filed."""
    if not Person.objects.filter(operation=operation, record=record).exists():
        raise NotFound("protection-record-unknown", record=record)
