"""One's own account: who one is, another password, one-time codes, where one is signed in."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from traboule.core.errors import NotFound, Refused
from traboule.web.failures import Problem, page_with, problem_of
from traboule.web.screens.account.clients import client_in_words
from traboule.web.visit import Visit


def show(visit: Visit) -> HttpResponse:
    """Show the account; change its password, make a secret for one-time codes, put these in force, end sessions."""
    form = visit.request.POST
    step = form.get("step", "")
    steps = {
        "password": _change_password,
        "codes-confirm": _confirm_codes,
        "session-end": _end_session,
        "sessions-end": _end_others,
    }
    problem: Problem | None = None
    secret: Any = None
    if step in steps:
        problem = problem_of(visit, lambda: steps[step](visit))
        if problem is None:
            return visit.to("account", done=f"account-{step}")
    elif step == "codes":
        made: list[Any] = []
        problem = problem_of(visit, lambda: made.append(visit.perform("account.codes")))
        secret = made[0] if made else None
    plain = visit.perform("account.show").to_json()
    values = {
        "plain": plain,
        "roles": [(role["role"], visit.state(role["unit"]) if role["unit"] else "") for role in plain["roles"]],
        "sessions": _sessions(visit),
        "secret": secret,
        "asks_code": bool(secret) or step == "codes-confirm",
        "step": step,
    }
    return page_with(visit, "account/account.html", values, problem)


def _change_password(visit: Visit) -> None:
    form = visit.request.POST
    if form.get("new", "") != form.get("again", ""):
        raise Refused("password-not-repeated")
    attempt = visit.perform("account.password", old=form.get("old", ""), new=form.get("new", ""), token=visit.token)
    if attempt.refusal is not None:  # Raised only now, so that the failure is counted.
        raise attempt.refusal


def _sessions(visit: Visit) -> list[dict[str, Any]]:
    """Return the sessions in force, with the kind of program of each in words."""
    listed = visit.perform("session.list", token=visit.token).to_json()["sessions"]
    return [{**entry, "program": client_in_words(visit, entry["client"])} for entry in listed]


def _end_session(visit: Visit) -> None:
    handle = visit.request.POST.get("handle", "")
    if not handle:  # None named would end them all.
        raise NotFound("session-unknown")
    visit.perform("session.end-others", token=visit.token, handle=handle)


def _end_others(visit: Visit) -> None:
    visit.perform("session.end-others", token=visit.token)


def _confirm_codes(visit: Visit) -> None:
    form = visit.request.POST
    code, password = form.get("code", "").strip(), form.get("password", "")
    attempt = visit.perform("account.codes-confirm", code=code, password=password, token=visit.token)
    if attempt.refusal is not None:  # Raised only now, so that the failure is counted.
        raise attempt.refusal
