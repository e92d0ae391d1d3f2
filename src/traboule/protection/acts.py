"""The verbs ``screen``, ``refer`` and ``receive``: what is done for a protected person, as rows that are only added.

In: a record, what was done, by whom and when. Out: the row. Guaranteed: a finding is a code; nobody is referred without
consent on file, nor twice while one referral waits for its receipt; only the state that filed the record confirms that
its service has received the person.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from traboule.core.codes import vocabulary
from traboule.core.errors import Conflict, NotFound, Refused
from traboule.core.permissions import Actor
from traboule.protection.models import Referral, ReferralReceipt, Screening
from traboule.protection.waiting import GIVEN, DoneSoFar

FINDINGS = "screening_findings"
LONGEST_SERVICE = 200


def screen(operation: str, record: str, finding: str, *, by: Actor, at: datetime) -> Screening:
    """Record what a screening found. Raises Refused where ``finding`` is no code."""
    if finding not in vocabulary(FINDINGS):
        raise Refused("screening-finding-unknown", finding=finding, known=", ".join(vocabulary(FINDINGS).codes))
    return Screening.objects.create(**_act(operation, record, by, at), finding=finding)


def refer(operation: str, record: str, service: str, consent: str, *, by: Actor, at: datetime) -> Referral:
    """Record a referral to ``service``; ``consent`` is what the state filed.

    Raises Refused without consent on file or without a service's name, Conflict where an earlier referral waits for
    its receipt.
    """
    if consent != GIVEN:
        raise Refused("referral-without-consent", record=record)
    if not service.strip() or len(service) > LONGEST_SERVICE:
        raise Refused("referral-without-service", limit=LONGEST_SERVICE)
    if _open_referral(operation, record) is not None:
        raise Conflict("referral-open", record=record)
    return Referral.objects.create(**_act(operation, record, by, at), service=service.strip())


def receive(operation: str, record: str, *, by: Actor, at: datetime) -> ReferralReceipt:
    """Record that the service has received the person of ``record``. Raises NotFound where no referral waits for it.

    A record of another state looks like one without a referral.
    """
    referral = _open_referral(operation, record) if record.partition("/")[0] in by.units else None
    if referral is None:
        raise NotFound("referral-none", record=record)
    return ReferralReceipt.objects.create(**_act(operation, record, by, at), referral=referral.pk)


def done_so_far(operation: str, units: Collection[str] | None = None) -> DoneSoFar:
    """Return what was done so far for the records that the reader may see, or those of ``units`` alone."""
    within = {"operation": operation} | ({} if units is None else {"unit__in": list(units)})
    received = set(ReferralReceipt.objects.filter(**within).values_list("referral", flat=True))
    screenings = Screening.objects.filter(**within).order_by("at", "id").values_list("record", "finding")
    referrals = Referral.objects.filter(**within).order_by("at", "id").values_list("record", "at", "service", "id")
    return DoneSoFar(
        screened=dict(screenings),
        referred={record: (at, service, number in received) for record, at, service, number in referrals},
    )


def screened_at(operation: str, records: Collection[str]) -> dict[str, datetime]:
    """Return when each of ``records`` was screened last."""
    done = Screening.objects.filter(operation=operation, record__in=list(records)).order_by("at", "id")
    return dict(done.values_list("record", "at"))


def _open_referral(operation: str, record: str) -> Referral | None:
    last = Referral.objects.filter(operation=operation, record=record).order_by("-at", "-id").first()
    return None if last is None or ReferralReceipt.objects.filter(referral=last.pk).exists() else last


def _act(operation: str, record: str, by: Actor, at: datetime) -> dict[str, object]:
    unit = record.partition("/")[0]
    return {"operation": operation, "unit": unit, "record": record, "at": at, "by": by.name, "account": by.account}
