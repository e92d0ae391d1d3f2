"""People: accounts with their roles; adding and ending them, ending their sessions, new passwords.

Guaranteed: a password that was made is on one page once, which no browser stores, and in no address.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from traboule.core.permissions import PERSONAL_ROLES, Role
from traboule.web.visit import Visit


def show(visit: Visit) -> HttpResponse:
    """Show all accounts, those that contain the words asked for where there are any."""
    asked = visit.request.GET.get("find", "").strip().casefold()
    accounts = visit.perform("people.list").to_json()["accounts"]
    listed = [entry for entry in accounts if asked in f"{entry['login']} {entry['name']}".casefold()]
    values = {
        "accounts": listed,
        "count": len(accounts),
        "find": asked,
        "roles": [role.value for role in PERSONAL_ROLES],
        "may_keep": visit.may("people.add"),
        "own": visit.person.login if visit.person else "",
    }
    return visit.page("keeping/people.html", values)


def add(visit: Visit) -> HttpResponse:
    """Add a person with an account, and show its first password."""
    form = visit.request.POST
    roles = tuple(role for role in form.getlist("role") if role in tuple(Role))
    entry = visit.perform(
        "people.add",
        login=form.get("login", ""),
        name=form.get("name", ""),
        roles=roles,
        unit=form.get("unit", "").strip().upper(),
    )
    return _password(visit, entry)


def end(visit: Visit) -> HttpResponse:
    """End an account and its sessions."""
    visit.perform("people.end", login=visit.request.POST.get("login", ""))
    return visit.to("people", done="account-ended")


def end_sessions(visit: Visit) -> HttpResponse:
    """End every session and token of a person, at once."""
    visit.perform("people.sessions-end", login=visit.request.POST.get("login", ""))
    return visit.to("people", done="person-sessions-ended")


def make_password(visit: Visit) -> HttpResponse:
    """Make a password for who has forgotten theirs, and show it."""
    return _password(visit, visit.perform("people.password", login=visit.request.POST.get("login", "")))


def _password(visit: Visit, entry: Any) -> HttpResponse:
    values = {"login": entry.login, "name": entry.name, "password": entry.password}
    return visit.page("keeping/password.html", values)
