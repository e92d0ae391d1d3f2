"""Which identities of the OpenID provider sign in which accounts: bound, listed, unbound."""

from __future__ import annotations

from django.http import HttpResponse

from traboule.web.failures import page_with, problem_of
from traboule.web.visit import Visit


def show(visit: Visit) -> HttpResponse:
    """Show the identities that are bound; bind one of the configured provider to an account, or unbind one."""
    form = visit.request.POST
    step, problem = form.get("step", ""), None
    issuer = visit.provider.configuration.issuer if visit.provider else ""
    login, subject = form.get("login", "").strip(), form.get("subject", "")
    if step == "bind":
        problem = problem_of(visit, lambda: visit.perform("people.bind", login=login, issuer=issuer, subject=subject))
        if problem is None:
            return visit.to("identities", done="identity-bound")
    elif step == "unbind":
        bound_at = form.get("issuer", "")
        problem = problem_of(visit, lambda: visit.perform("people.unbind", issuer=bound_at, subject=subject))
        if problem is None:
            return visit.to("identities", done="identity-unbound")
    values = {
        "identities": visit.perform("people.identities").to_json()["identities"],
        "may_keep": visit.may("people.bind"),
        "typed": {"login": login, "subject": subject} if problem else {},
    }
    return page_with(visit, "keeping/identities.html", values, problem)
