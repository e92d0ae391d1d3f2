"""What protected persons wait for: screening, referral, receipt; and what the protection officer asks of a state.

Guaranteed: the name of a record stands in forms alone, never in an address.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

from traboule.core.codes import vocabulary
from traboule.core.errors import Refused
from traboule.core.record_names import unit_of
from traboule.web.failures import page_with, problem_of
from traboule.web.visit import Visit

MOST = 100  # Persons of one page.
LISTS = {"screenings": "screening.list", "referrals": "referral.list", "referrals-mine": "referral.own"}


@dataclass(frozen=True, slots=True)
class WaitingScreen:
    """One of the three lists: its route, template, and what is performed for a record with what was typed. ``done``:
    the sentence that says so, from what was typed."""

    route: str
    template: str
    act: Callable[[Visit, str, str], object]
    done: Callable[[str], str]


def screenings(visit: Visit) -> HttpResponse:
    """Show who waits for screening before any charge, or record what a screening found."""
    findings = vocabulary("screening_findings").codes
    return _show(visit, _SCREENINGS, {"findings": list(findings)})


def referrals(visit: Visit) -> HttpResponse:
    """Show who waits for consent, a referral or a receipt, or record a referral."""
    return _show(visit, _REFERRALS, {})


def own(visit: Visit) -> HttpResponse:
    """Show what the protection officer asks of the officer's states, or confirm that a service received somebody."""
    return _show(visit, _OWN, {})


def _show(visit: Visit, screen: WaitingScreen, values: dict[str, Any]) -> HttpResponse:
    form = visit.request.POST
    record, typed, problem = form.get("record", ""), form.get("typed", ""), None
    if record:
        problem = problem_of(visit, lambda: screen.act(visit, record, typed))
        if problem is None:
            return visit.to(screen.route, done=screen.done(typed))
    try:
        waiting = visit.perform(LISTS[screen.route], limit=MOST).to_json()
    except Refused as refused:
        if refused.code != "referral-which-state":
            raise
        waiting = None
    shown = {"waiting": waiting, "record": record, "typed": typed, **values}
    return page_with(visit, screen.template, shown, problem)


_SCREENINGS = WaitingScreen(
    "screenings",
    "care/screenings.html",
    lambda visit, record, finding: visit.perform("screening.record", record=record, finding=finding),
    lambda finding: f"screened-{finding}",
)
_REFERRALS = WaitingScreen(
    "referrals",
    "care/referrals.html",
    lambda visit, record, service: visit.perform("referral.make", record=record, service=service),
    lambda service: "referred",
)
_OWN = WaitingScreen(
    "referrals-mine",
    "care/own.html",
    lambda visit, record, _: visit.perform("referral.confirm", states=frozenset({unit_of(record)}), record=record),
    lambda _: "received",
)
