"""Hits for whoever verifies them: who waits on whom and for how long; and the alarms that freeze hits."""

from __future__ import annotations

from django.http import HttpResponse

from traboule.web.failures import Problem, page_with, problem_of
from traboule.web.visit import Visit

DESKS = ("desk", "protection")


def show(visit: Visit) -> HttpResponse:
    """Show the hits that wait, those overdue first; or all of them."""
    everything = visit.request.GET.get("show", "") == "all"
    plain = visit.perform("hits.list", everything=everything).to_json()
    hits = [{**hit, "waits_on": waits_on(visit, hit["waits_on"])} for hit in plain["hits"]]
    return visit.page("care/hits.html", {"hits": hits, "waiting": plain["waiting"], "everything": everything})


def alarms(visit: Visit) -> HttpResponse:
    """Show the alarms with the hits they freeze, or thaw one of these."""
    form = visit.request.POST
    problem: Problem | None = None
    if "handle" in form:
        handle, reason = form["handle"], form.get("reason", "")
        problem = problem_of(visit, lambda: visit.perform("hits.thaw", handle=handle, reason=reason))
        if problem is None:
            return visit.to("hit-alarms", done="thawed")
    values = {"alarms": visit.perform("hits.alarms").to_json()["alarms"], "typed": form}
    return page_with(visit, "care/alarms.html", values, problem)


def waits_on(visit: Visit, code: str) -> str:
    """Return in words whom a hit waits on; empty where nobody is."""
    return visit.say(f"role-{code}") if code in DESKS else code and visit.state(code)
