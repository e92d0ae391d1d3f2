"""Sign in and out; in a demo choose one of its accounts."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from traboule.app.desk import Entered
from traboule.core.errors import Refused
from traboule.core.permissions import Role
from traboule.web.failures import status_of
from traboule.web.screens.account.clients import client_of
from traboule.web.screens.account.sites import by_address
from traboule.web.visit import Visit, cookie_name
from traboule.web.words import refusal

_WANTED = {"sign-in-code-needed": "code", "sign-in-new-password": "password"}


def sign_in(visit: Visit) -> HttpResponse:
    """Show the form, or sign in with what was typed into it."""
    back = own_address(visit.request.GET.get("next", "/"))
    if visit.request.method != "POST":
        return sign_in_form(visit, next=back)
    typed = visit.request.POST
    back = own_address(typed.get("next", "/"))
    try:
        entered = visit.desk.sign_in(
            typed.get("login", "").strip().lower(),
            typed.get("password", ""),
            at=visit.now,
            code=typed.get("code", ""),
            new_password=typed.get("new", ""),
            client=client_of(visit.request),
        )
    except Refused as refused:
        wants = _WANTED.get(refused.code, "code" if typed.get("code") else "")
        values = {"login": typed.get("login", ""), "wants": wants, "sentence": refusal(refused, visit.language)}
        return sign_in_form(visit, status=status_of(refused), next=back, **values)
    return signed_in(visit, entered, back)


def act_in_demo(visit: Visit) -> HttpResponse:
    """Sign in as an account of a demo. Raises Refused elsewhere."""
    login = visit.request.POST.get("login") or visit.request.POST.get("national", "")
    if not login:
        return visit.to("sign-in")
    back = own_address(visit.request.POST.get("next", "/"))
    entered = visit.desk.act_in_demo(login, "", at=visit.now, client=client_of(visit.request))
    return signed_in(visit, entered, back)


def sign_out(visit: Visit) -> HttpResponse:
    """End the session; the browser is told to forget what it holds of the room."""
    visit.perform("session.end", token=visit.token)
    answer = visit.to("sign-in", done="signed-out")
    answer.delete_cookie(cookie_name(visit.request))
    answer["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def own_address(address: str) -> str:
    """Return an address of this room; that of the overview instead of any other."""
    is_own = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if is_own else "/"


def sign_in_form(visit: Visit, *, status: int = 200, **values: Any) -> HttpResponse:
    """Return the page on which somebody signs in."""
    accounts = visit.desk.demo_accounts(at=visit.now)
    national = [entry for entry in accounts if any(role["role"] == Role.NATIONAL for role in entry["roles"])]
    others = [{**entry, "roles": _roles(visit, entry)} for entry in accounts if entry not in national]
    officers = [(entry["login"], visit.state(entry["roles"][0]["unit"])) for entry in national]
    officers.sort(key=lambda officer: officer[1])
    return visit.page(
        "room/sign_in.html",
        {"accounts": others, "national": officers, "by_address": by_address(visit.request), **values},
        status=status,
    )


def _roles(visit: Visit, entry: dict[str, Any]) -> str:
    return visit.say("list-separator").join(visit.say(f"role-{role['role']}") for role in entry["roles"])


def signed_in(visit: Visit, entered: Entered, back: str) -> HttpResponse:
    """Return the way on for who has signed in, with the cookie of the session."""
    return with_session(visit, HttpResponseRedirect(back), entered.token)


def with_session(visit: Visit, answer: HttpResponse, token: str) -> HttpResponse:
    """Return ``answer`` with the cookie of a session."""
    answer.set_cookie(
        cookie_name(visit.request),
        token,
        secure=visit.request.is_secure(),
        httponly=True,
        samesite="Strict",
    )
    return answer
