"""Decoys for the protection officer: plant one, see which stand, withdraw one. Guaranteed: no value is shown again."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponse

from traboule.core.codes import vocabulary
from traboule.web.failures import Problem, page_with, problem_of
from traboule.web.visit import Visit


def show(visit: Visit) -> HttpResponse:
    """Show the decoys, those planted last first; or plant one, or withdraw one."""
    form = visit.request.POST
    step = form.get("step", "")
    problem: Problem | None = None
    if step in _STEPS:
        problem = problem_of(visit, lambda: _STEPS[step](visit, form))
        if problem is None:
            return visit.to("decoys", done=f"decoy-{step}")
    kinds = vocabulary("identifier_kinds")
    values = {
        "decoys": visit.perform("decoy.list", language=visit.language).to_json()["decoys"][::-1],
        "kinds": sorted(((code, kinds.label(code, visit.language)) for code in kinds.codes), key=lambda kind: kind[1]),
        "typed": form,
    }
    return page_with(visit, "care/decoys.html", values, problem)


def _plant(visit: Visit, form: Mapping[str, str]) -> None:
    visit.perform(
        "decoy.plant",
        kind=form.get("kind", ""),
        value=form.get("value", ""),
        reason=form.get("reason", ""),
        state=form.get("state", "").strip().upper() or None,
    )


def _withdraw(visit: Visit, form: Mapping[str, str]) -> None:
    number = form.get("number", "")
    visit.perform("decoy.withdraw", number=int(number) if number.isdecimal() else 0, reason=form.get("reason", ""))


_STEPS = {"plant": _plant, "withdraw": _withdraw}
