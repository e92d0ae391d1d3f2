"""What links nobody: identifiers of hotlines, shelters and interpreters that many records share.

Guaranteed: no identifier is shown again, for the list would name shelters.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from traboule.core.codes import vocabulary
from traboule.core.errors import NotFound, Refused
from traboule.web.failures import NO_OPERATION
from traboule.web.visit import Visit

EFFECT = "effect"  # Asked for apart: what is shown of it is recorded as seen.


def show(visit: Visit) -> HttpResponse:
    """Show what the desk has stopped and ended, and, where it is asked for, what this left out of the last links."""
    try:
        plain = visit.perform("stop.list", language=visit.language).to_json()
    except (NotFound, Refused) as none:
        if none.code not in NO_OPERATION:
            raise
        return visit.page("linking/stops.html", {"closed": True})
    kinds = vocabulary("identifier_kinds")
    values: dict[str, Any] = {
        "plain": plain,
        "entries": plain["entries"][::-1],
        "kinds": sorted(((code, kinds.label(code, visit.language)) for code in kinds.codes), key=lambda kind: kind[1]),
        "waits": any(entry["waits"] for entry in plain["entries"]),
        "may_stop": visit.may("stop.add"),
        "may_see_effect": visit.may("judge.left-out"),
        "effect": None,
    }
    if visit.request.GET.get(EFFECT) and values["may_see_effect"]:
        left_out = visit.perform("judge.left-out", language=visit.language).to_json()
        values["effect"] = left_out["stopped"]
    return visit.page("linking/stops.html", values)


def add(visit: Visit) -> HttpResponse:
    """Let an identifier link nobody from the next run on."""
    form = visit.request.POST
    visit.perform(
        "stop.add",
        kind=form.get("kind", ""),
        value=form.get("value", ""),
        reason=form.get("reason", ""),
        state=form.get("state", "").strip().upper() or None,
        language=visit.language,
    )
    return visit.to("stops", done="stopped")


def end(visit: Visit, number: int) -> HttpResponse:
    """End an entry: from the next run on it links again."""
    visit.perform("stop.undo", number=number, reason=visit.request.POST.get("reason", ""), language=visit.language)
    return visit.to("stops", done="stop-ended")
