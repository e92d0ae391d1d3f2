"""One's own passkeys: added by way of the room's script, listed, removed."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse

from traboule.web.failures import page_with, problem_of
from traboule.web.screens.account.sites import by_address, site_of
from traboule.web.visit import Visit


def show(visit: Visit) -> HttpResponse:
    """Show the passkeys; say what the browser is asked for to make one, add what it made, or remove one."""
    form = visit.request.POST
    step, problem = form.get("step", ""), None
    if step == "remove":
        problem = problem_of(visit, lambda: visit.perform("passkey.remove", passkey=form.get("passkey", "")))
        if problem is None:
            return visit.to("passkeys", done="passkey-removed")
    elif step == "add" and not form.get("answer"):
        site = site_of(visit.request)
        asked = visit.perform("passkey.challenge", site=site["site"], origin=site["origin"])
        return JsonResponse(asked.options)
    elif step == "add":
        problem = problem_of(visit, lambda: _add(visit))
        if problem is None:
            return visit.to("passkeys", done="passkey-added")
    values = {
        "passkeys": visit.perform("passkey.list").to_json()["passkeys"],
        "by_address": by_address(visit.request),
        "name": form.get("name", "") if problem else "",
    }
    return page_with(visit, "account/passkeys.html", values, problem)


def _add(visit: Visit) -> None:
    form, site = visit.request.POST, site_of(visit.request)
    addition = visit.perform(
        "passkey.add",
        site=site["site"],
        origin=site["origin"],
        name=form.get("name", ""),
        password=form.get("password", ""),
        answer=form.get("answer", ""),
    )
    if addition.refusal is not None:  # Raised only now, so that the failure is counted.
        raise addition.refusal
