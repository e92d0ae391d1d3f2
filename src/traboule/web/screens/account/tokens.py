"""Tokens of one's own programs: made, listed, ended.

Guaranteed: a token that was made is on one page once, which no browser stores, and in no address.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from traboule.web.failures import page_with, problem_of
from traboule.web.visit import Visit

DAYS = 90


def show(visit: Visit) -> HttpResponse:
    """Show the tokens in force; make one, and show it this once, or end one."""
    form = visit.request.POST
    made: list[Any] = []
    problem = None
    if form.get("step") == "end":
        problem = problem_of(visit, lambda: visit.perform("token.end", name=form.get("name", "")))
        if problem is None:
            return visit.to("tokens", done="token-ended")
    elif visit.request.method == "POST":
        problem = problem_of(visit, lambda: made.append(_make(visit)))
    values = {
        "tokens": visit.perform("token.list").to_json()["tokens"],
        "made": made[0] if made else None,
        "name": form.get("name", "") if problem else "",
        "days": form.get("days", DAYS) if problem else DAYS,
    }
    return page_with(visit, "account/tokens.html", values, problem)


def _make(visit: Visit) -> Any:
    form = visit.request.POST
    days = form.get("days", "").strip()
    number = int(days) if days.isdecimal() and len(days) < 5 else 0  # The verb refuses none.
    return visit.perform("token.make", name=form.get("name", ""), days=number)
