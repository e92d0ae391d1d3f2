"""Figures, and hits of one's own records, for programs."""

from __future__ import annotations

from django.http import HttpResponse

from traboule.web.api.caller import ApiCall, answered


def figures(call: ApiCall) -> HttpResponse:
    """Give the figures last counted, now or by an instant."""
    return answered(call.perform("figures.show", operation=call.operation, instant=call.instant).to_json())


def figure(call: ApiCall, figure: str) -> HttpResponse:
    """Give what is behind one figure, now or at an instant."""
    explained = call.perform(
        "figures.explain", figure=figure, operation=call.operation, instant=call.instant, language=call.language
    )
    return answered(explained.to_json())


def hits(call: ApiCall) -> HttpResponse:
    """Give the hits that the units of whose token it is were notified of, the longest waiting first."""
    plain = call.perform("hits.mine", states=call.states, operation=call.operation).to_json()["hits"]
    in_order = sorted(plain, key=lambda hit: (hit["since"], hit["handle"], hit["record"]))
    return call.page_of("hits", [{"id": f"{hit['handle']}:{hit['record']}", **hit} for hit in in_order], "id")
