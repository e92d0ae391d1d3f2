"""The verbs ``screen``, ``refer`` and ``receive``: what is done for a protected person, as rows that are only added.

In: a record, what was done, by whom and when. Out: the row. Guaranteed: what was found and the service are sealed under
the person's key; a finding is a code; nobody is referred without consent on file, nor twice while one referral waits
for its receipt; only who speaks for the agency that filed the record confirms that its service has received the person.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import models

from traboule.core.codes import vocabulary
from traboule.core.errors import Conflict, NotFound, Refused
from traboule.core.permissions import Actor
from traboule.core.record_names import unit_of
from traboule.database.keys.sealing import unseal
from traboule.protection.models import Referral, ReferralReceipt, Screening
from traboule.protection.waiting import GIVEN, DoneSoFar
from traboule.returns.subjects.keys import Sealer, place, stored_ciphers

FINDINGS = "screening_findings"
LONGEST_SERVICE = 200


def screen(operation: str, record: str, finding: str, *, by: Actor, at: datetime) -> Screening:
    """Record what a screening found. Raises Refused where ``finding`` is no code."""
    if finding not in vocabulary(FINDINGS):
        raise Refused("screening-finding-unknown", finding=finding, known=", ".join(vocabulary(FINDINGS).codes))
    sealed = _seal(Screening, operation, record, {"finding": finding}, at)
    return Screening.objects.create(**_act(operation, record, by, at), sealed=sealed)


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
    sealed = _seal(Referral, operation, record, {"service": service.strip()}, at)
    return Referral.objects.create(**_act(operation, record, by, at), sealed=sealed)


def receive(operation: str, record: str, *, by: Actor, at: datetime) -> ReferralReceipt:
    """Record that the service has received the person of ``record``. Raises NotFound where no referral waits for it.

    A record of another state or agency looks like one without a referral.
    """
    referral = _open_referral(operation, record) if by.owns(record) else None
    if referral is None:
        raise NotFound("referral-none", record=record)
    return ReferralReceipt.objects.create(**_act(operation, record, by, at), referral=referral.pk)


def done_so_far(operation: str, units: Collection[str] | None = None) -> DoneSoFar:
    """Return what was done so far for the records that the reader may see, or those of ``units`` alone."""
    within = {"operation": operation} | ({} if units is None else {"unit__in": list(units)})
    received = set(ReferralReceipt.objects.filter(**within).values_list("referral", flat=True))
    screenings, referrals = (table.objects.filter(**within).order_by("at", "id") for table in (Screening, Referral))
    return DoneSoFar(
        screened={act.record: said["finding"] for act, said in _opened(operation, screenings)},
        referred={
            act.record: (act.at, said["service"], act.pk in received) for act, said in _opened(operation, referrals)
        },
    )


def screened_at(operation: str, records: Collection[str]) -> dict[str, datetime]:
    """Return when each of ``records`` was screened last."""
    done = Screening.objects.filter(operation=operation, record__in=list(records)).order_by("at", "id")
    return dict(done.values_list("record", "at"))


def _open_referral(operation: str, record: str) -> Referral | None:
    last = Referral.objects.filter(operation=operation, record=record).order_by("-at", "-id").first()
    return None if last is None or ReferralReceipt.objects.filter(referral=last.pk).exists() else last


def _seal(table: type[models.Model], operation: str, record: str, said: Mapping[str, str], at: datetime) -> bytes:
    """Return what was done, sealed under the person's key. Raises Refused where she was erased."""
    sealer = Sealer(operation, unit_of(record), [record], at=at)
    return sealer.seal(record, said, _place(table, operation, record, at))


def _opened(operation: str, done: Iterable[Any]) -> Iterator[tuple[Any, dict[str, str]]]:
    """Yield each act with what was sealed of it. Those of erased persons are left out."""
    acts = list(done)
    ciphers = stored_ciphers(operation, {act.unit for act in acts}, {act.record for act in acts})
    for act in acts:
        if act.record in ciphers:
            where = _place(type(act), operation, act.record, act.at)
            yield act, json.loads(unseal(ciphers[act.record], bytes(act.sealed), where))


def _place(table: type[models.Model], operation: str, record: str, at: datetime) -> bytes:
    return place(table._meta.db_table, record, operation, at.astimezone(UTC).isoformat(timespec="microseconds"))


def _act(operation: str, record: str, by: Actor, at: datetime) -> dict[str, object]:
    unit = unit_of(record)
    return {"operation": operation, "unit": unit, "record": record, "at": at, "by": by.name, "account": by.account}
