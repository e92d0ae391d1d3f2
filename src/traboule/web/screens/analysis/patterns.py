"""Convergence, recurrence, routes and offers: each a table, with its picture beside it."""

from __future__ import annotations

import json
from typing import Any

from babel.core import get_global
from django.http import HttpResponse

from traboule.app.forms import RECURRENT_KINDS
from traboule.web.drawings.ranges import part_bar, range_bar
from traboule.web.screens.analysis.networks import computed
from traboule.web.visit import Visit

SHOWN = 100


def convergence(visit: Visit) -> HttpResponse:
    """Show pairs of crimes that share something, what chance alone gives, and the actions behind it."""
    plain = computed(visit, "convergence.show")
    if plain is None:
        return visit.page("analysis/convergence.html", {"plain": None})
    shown = [pair for pair in plain["pairs"] if pair["observed"]][:SHOWN]
    scale = max((max(pair["observed"], pair["high"]) for pair in shown), default=1)
    pairs = [{**pair, "bar": range_bar(pair["low"], pair["observed"], pair["high"], max(scale, 1))} for pair in shown]
    values = {"plain": plain, "pairs": pairs, "others": len(plain["pairs"]) - len(pairs)}
    return visit.page("analysis/convergence.html", values)


def recurrence(visit: Visit) -> HttpResponse:
    """Show what was seen in several actions, or what of it is of one kind."""
    kind = visit.request.GET.get("kind", "")
    plain = computed(visit, "recurrence.list", kind=kind if kind in RECURRENT_KINDS else None, limit=SHOWN)
    if plain is None:
        return visit.page("analysis/recurrence.html", {"plain": None})
    most = max((row["actions"] for row in plain["seen"]), default=1)
    rows = [{**row, "bar": part_bar(row["actions"], most)} for row in plain["seen"]]
    return visit.page(
        "analysis/recurrence.html", {"plain": plain, "rows": rows, "kinds": RECURRENT_KINDS, "kind": kind}
    )


def routes(visit: Visit) -> HttpResponse:
    """Show corridors, and the flows from origin over transit to destination."""
    plain = computed(visit, "routes.show", limit=SHOWN)
    if plain is None:
        return visit.page("analysis/routes.html", {"plain": None})
    most = max((row["persons"] for row in plain["corridors"]), default=1)
    rows = [{**row, "bar": part_bar(row["persons"], most)} for row in plain["corridors"]]
    return visit.page("analysis/routes.html", {"plain": plain, "rows": rows, "arcs": _arcs(plain["corridors"])})


def offers(visit: Visit) -> HttpResponse:
    """Show recruitment offers, what is behind each, and the words that point to deception."""
    plain = computed(visit, "offers.list", limit=SHOWN)
    if plain is None:
        return visit.page("analysis/offers.html", {"plain": None})
    most = max((len(row["adverts"]) for row in plain["offers"]), default=1)
    rows = [{**row, "bar": part_bar(len(row["adverts"]), most)} for row in plain["offers"]]
    return visit.page("analysis/offers.html", {"plain": plain, "rows": rows})


def _arcs(corridors: list[dict[str, Any]]) -> str:
    """Return what the map draws: each corridor once, between states by their numbers (ISO 3166-1 numeric)."""
    numbers = {aliases[0]: number for number, aliases in get_global("territory_aliases").items() if number.isdigit()}
    persons: dict[tuple[str, str], int] = {}
    for row in corridors:
        ends = (numbers.get(row["start"], ""), numbers.get(row["end"], ""))
        if all(ends) and ends[0] != ends[1]:
            persons[ends] = persons.get(ends, 0) + row["persons"]
    most = max(persons.values(), default=1)
    arcs = [{"from": start, "to": end, "weight": round(count / most, 3)} for (start, end), count in persons.items()]
    return json.dumps(arcs, separators=(",", ":"))
