"""The hits that an officer's state was notified of: contacts that came, and contacts that are asked for.

A contact is shown once more, in words, before the page offers to release it.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from traboule.core.codes import vocabulary
from traboule.core.errors import NotFound
from traboule.web.failures import Problem, page_with, problem_of
from traboule.web.visit import Visit

FIELDS = ("contact", "handling", "restriction", "source", "information")


def show(visit: Visit) -> HttpResponse:
    """Show the hits of the officer's states."""
    return visit.page("care/contacts.html", {"hits": visit.perform("hits.mine").to_json()["hits"]})


def answer(visit: Visit, handle: str) -> HttpResponse:
    """Show one hit; look at a contact once more, release it, or refuse."""
    form = visit.request.POST
    step = form.get("step", "")
    typed = {name: " ".join(form.get(name, "").split()) for name in FIELDS}
    problem: Problem | None = None
    if step in ("release", "refuse"):
        problem = problem_of(visit, lambda: _sign(visit, handle, step, typed))
        if problem is None:
            return visit.to("hit-mine", handle, done=f"hit-{step}")
    hits = [hit for hit in visit.perform("hits.mine").to_json()["hits"] if hit["handle"] == handle]
    if not hits:
        raise NotFound("hit-unknown", handle=handle)
    values = {
        "handle": handle,
        "hits": hits,
        "typed": typed,
        "reason": form.get("reason", ""),
        "is_second_look": step == "look",
        "handlings": vocabulary("handling").codes,
        "sources": vocabulary("source_evaluation").codes,
        "informations": vocabulary("information_evaluation").codes,
    }
    return page_with(visit, "care/contact.html", values, problem)


def _sign(visit: Visit, handle: str, step: str, typed: dict[str, str]) -> None:
    if step == "refuse":
        visit.perform("hits.refuse", handle=handle, reason=visit.request.POST.get("reason", ""))
        return
    content: dict[str, Any] = {name: typed[name] for name in ("contact", "handling", "restriction")}
    visit.perform("hits.release", handle=handle, evaluation=typed["source"] + typed["information"], **content)
