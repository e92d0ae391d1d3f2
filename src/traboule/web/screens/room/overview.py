"""The first screen after signing in: what has come in, what waits for whoever looks, what the figures are."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.http import HttpResponse

from traboule.core.errors import NotFound, Refused
from traboule.web.failures import NO_OPERATION
from traboule.web.looking_back import instants_of
from traboule.web.screens.counting.figures import counted, lines
from traboule.web.visit import Visit
from traboule.web.words import moment

HEADLINES = ("arrests", "arrests_trafficking_or_smuggling", "potential_victims", "irregular_migrants")


def show(visit: Visit) -> HttpResponse:
    """Show the operation as whoever is signed in sees it."""
    values: dict[str, Any] = {"operation": None, "waiting": []}
    if visit.as_of is None and visit.may("figures.show"):  # Who may listen to the stream.
        values["shown"] = moment(visit.now, visit.language)
    try:
        values["waiting"] = waiting = _waiting(visit) if visit.as_of is None else []
        values["counts_none"] = any(count is None for _, _, count in waiting)
    except (NotFound, Refused) as none:
        if none.code not in NO_OPERATION:
            raise
        values["sentence"] = none
    if visit.may("operation.show"):
        try:
            values["operation"] = operation = visit.perform("operation.show", instant=visit.as_of).to_json()
        except (NotFound, Refused) as none:
            if none.code not in NO_OPERATION:
                raise
            values["sentence"] = none
        else:
            values |= {"day": day_of(operation, visit.shown.date()), "kinds": _kinds(operation)}
    if values["operation"] and visit.may("figures.show"):
        values |= _figures(visit)
    seen = values["operation"]
    values["instants"] = instants_of(seen, values.get("figures"), visit.now) if seen else None
    return visit.page("room/overview.html", values)


def day_of(operation: dict[str, Any], today: date) -> dict[str, int] | None:
    """Return which day of how many of the operation it is; None before it begins and after it has ended."""
    start, end = date.fromisoformat(operation["start"]), date.fromisoformat(operation["end"])
    return {"day": (today - start).days + 1, "days": (end - start).days + 1} if start <= today <= end else None


def _kinds(operation: dict[str, Any]) -> list[tuple[str, int]]:
    """Return how many states have filed what last, the silent apart."""
    counts = Counter(kind for kind in operation["states"].values() if kind != "silent")
    return sorted(counts.items())


def _figures(visit: Visit) -> dict[str, Any]:
    plain = counted(visit, visit.as_of)
    if plain is None:
        return {"figures": None}
    shown = [line for line in lines(plain["figures"]) if line.figure["id"] in HEADLINES]
    return {"figures": plain, "lines": shown or lines(plain["figures"])[:4]}


def _waiting(visit: Visit) -> list[tuple[str, str, int | None]]:
    """Return what may wait for somebody: the screen, a code of what waits, and how many.

    To count what the last four hold would leave an entry in the ledger that their records were shown.
    """
    waiting: list[tuple[str, str, int | None]] = []
    if visit.may("hits.mine"):
        hits = visit.perform("hits.mine").to_json()["hits"]
        asked = sum(hit["owns"] and hit["stage"] == "with_owner" for hit in hits)
        waiting.append(("hits-mine", "waiting-hits-mine", asked))
        if contacts := sum(not hit["owns"] for hit in hits):
            waiting.append(("hits-mine", "waiting-contacts", contacts))
    if visit.may("referral.own"):
        waiting += _referrals(visit)
    return waiting + [(route, f"look-{route}", None) for route, verb in _UNCOUNTED.items() if visit.may(verb)]


_UNCOUNTED = {
    "hits": "hits.list",
    "hit-alarms": "hits.alarms",
    "screenings": "screening.list",
    "referrals": "referral.list",
}


def _referrals(visit: Visit) -> list[tuple[str, str, int | None]]:
    """Return what an officer's states are asked; nothing for one who speaks for no state in particular."""
    try:
        total: int = visit.perform("referral.own").to_json()["total"]
    except Refused as refused:
        if refused.code != "referral-which-state":
            raise
        return []
    return [("referrals-mine", "waiting-referrals-mine", total)]
