"""Withdraw what one agency of a state has filed.

In: which agency, up to which version, who and when. Out: a receipt like any other. Guaranteed: a withdrawal is itself
a return, without rows, so that the register's history stays complete and a later return may file again; only the
filing state withdraws (rule 18); the same withdrawal again changes nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from traboule.core.dates import PartialDate
from traboule.core.errors import NotFound
from traboule.core.permissions import Actor
from traboule.returns.checked import CheckedReturn, Cover
from traboule.returns.models import ReturnReceived
from traboule.returns.receipt import Receipt
from traboule.returns.receive import Enter, receive, require_own_agency

FILE_NAME = "withdrawal.json"


@dataclass(frozen=True, slots=True)
class ReturnWithdrawal:
    """What is withdrawn: an agency's returns up to version ``upto``, or all it has filed so far where that is None."""

    operation: str
    unit: str
    agency: str
    upto: int | None = None


def withdraw(withdrawal: ReturnWithdrawal, *, by: Actor, at: datetime, enter: Enter) -> Receipt:
    """Put the agency's returns out of force and return a receipt.

    ``enter`` is as for :func:`receive`. Raises Refused where ``by`` does not speak for state or agency, NotFound where
    the agency has filed no such return.
    """
    require_own_agency(withdrawal.unit, withdrawal.agency, by)
    checked = as_return(withdrawal, at)
    content = json.dumps(
        {"withdraw": [withdrawal.operation, withdrawal.unit, withdrawal.agency, checked.cover.supersedes]},
        ensure_ascii=False,
        sort_keys=True,
    ).encode("utf-8")
    return receive(
        checked,
        content,
        file_name=FILE_NAME,
        by=by,
        at=at,
        operation=withdrawal.operation,
        enter=enter,
    )


def as_return(withdrawal: ReturnWithdrawal, at: datetime) -> CheckedReturn:
    """Return the withdrawal as the return it is; its version is the last one it withdraws."""
    filed = ReturnReceived.objects.filter(
        operation=withdrawal.operation, unit=withdrawal.unit, agency=withdrawal.agency
    )
    if withdrawal.upto is not None:
        filed = filed.filter(version__lte=withdrawal.upto)
    last = filed.exclude(kind="withdrawn").aggregate(last=Max("version"))["last"]
    if last is None:
        raise NotFound("return-nothing-to-withdraw", agency=withdrawal.agency)
    cover = Cover(
        operation=withdrawal.operation,
        state=withdrawal.unit,
        agency=withdrawal.agency,
        coordination_unit=None,
        version=last,
        supersedes=last,
        status="withdrawn",
        as_of=PartialDate(at.year, at.month, at.day),
        legal_basis=None,
    )
    return CheckedReturn(cover=cover, tables={}, findings=(), filed=0, entered=0, held=0, refused=0, kind="withdrawn")
