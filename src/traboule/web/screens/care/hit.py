"""One hit for whoever verifies it: what it is, why the two records are linked, and what can be done at its stage."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from traboule.core.errors import NotFound, Refused
from traboule.core.record_names import unit_of
from traboule.web.failures import Problem, page_with, problem_of
from traboule.web.screens.care.hits import waits_on
from traboule.web.visit import Visit

# What can be done at a stage, in the order in which the page offers it.
STEPS_AT = {
    "to_verify": ("verify", "withhold"),
    "with_owner": ("withhold",),
    "answered": ("pass-on", "withhold"),
    "fallen": ("withhold",),
}


def show(visit: Visit, handle: str) -> HttpResponse:
    """Show a hit; or sign a step of it, and show it again."""
    step = visit.request.POST.get("step", "")
    problem: Problem | None = None
    if step in ("verify", "pass-on", "withhold"):
        problem = problem_of(visit, lambda: visit.perform(f"hits.{step}", handle=handle, **_arguments(visit, step)))
        if problem is None:
            return visit.to("hit", handle, done=f"hit-{step}")
    plain = visit.perform("hits.list", everything=True, handle=handle).to_json()
    hits = plain["hits"]
    if not hits:
        raise NotFound("hit-unknown", handle=handle)
    hit = next((hit for hit in hits if hit["waits_on"]), hits[0])  # One handle may be of a run of each kind.
    values = {
        "hit": hit,
        "waits_on": waits_on(visit, hit["waits_on"]),
        "owner": visit.state(hit["owner"]) if hit["owner"] else "",
        "units": [(unit, visit.state(unit)) for unit in map(unit_of, (hit["left"], hit["right"]))],
        "steps": [step for step in STEPS_AT.get(hit["stage"], ()) if not (step == "verify" and hit["frozen"])],
        "evidence": _evidence(visit, hit) if hit["stage"] == "to_verify" else None,
        "signed": [{**entry, "by": _signer(visit, entry)} for entry in plain["signed"]],
        "typed": visit.request.POST,
    }
    return page_with(visit, "care/hit.html", values, problem)


def _signer(visit: Visit, entry: dict[str, str]) -> str:
    return visit.state(entry["by"]) if entry["act"] in ("released", "refused") else entry["by"]


def _arguments(visit: Visit, step: str) -> dict[str, Any]:
    form = visit.request.POST
    reason = {} if step == "pass-on" else {"reason": form.get("reason", "")}
    return reason | ({"owner": form.get("owner") or None} if step == "verify" else {})


def _evidence(visit: Visit, hit: dict[str, Any]) -> dict[str, Any] | None:
    """Return what speaks for and against one person; None where no run of the reader's has the link any more."""
    try:
        plain: dict[str, Any] = visit.perform(
            "judge.explain", pair=(hit["left"], hit["right"]), language=visit.language
        ).to_json()
    except (NotFound, Refused):
        return None
    return plain
