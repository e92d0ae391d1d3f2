"""Networks: the groups that shared persons and things form, and one group with its members and its picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from traboule.core.errors import NotFound, Refused
from traboule.core.language.numbers import share
from traboule.web.drawings.graph import HEIGHT, WIDTH, placed
from traboule.web.drawings.ranges import part_bar
from traboule.web.failures import NO_OPERATION
from traboule.web.visit import Visit

NOT_YET = (*NO_OPERATION, "link-run-none")
SHOWN = 50


def show(visit: Visit) -> HttpResponse:
    """Show the groups, the largest first, and who holds them together."""
    plain = computed(visit, "networks.list", limit=SHOWN)
    if plain is None:
        return visit.page("analysis/networks.html", {"plain": None})
    largest = max((group["actions"] for group in plain["groups"]), default=1)
    groups = [{**group, "bar": part_bar(group["actions"], largest)} for group in plain["groups"]]
    return visit.page("analysis/networks.html", {"plain": plain, "groups": groups})


def group(visit: Visit, number: int) -> HttpResponse:
    """Show one group: what is specific, its picture, its members, and what is uncertain."""
    sheet = visit.perform("networks.show", number=number).to_json()
    members = {node["id"]: node for name in ("actions", "things", "persons") for node in sheet[name]}
    values = {
        "sheet": sheet,
        "picture": _picture(sheet, members),
        "firmness": share(sheet["stability"], visit.language),
        "width": WIDTH,
        "height": HEIGHT,
    }
    return visit.page("analysis/group.html", values)


def computed(visit: Visit, verb: str, **arguments: Any) -> dict[str, Any] | None:
    """Return what a verb computes; None where no operation is open or nothing was linked yet."""
    try:
        plain: dict[str, Any] = visit.perform(verb, **arguments).to_json()
    except (NotFound, Refused) as none:
        if none.code not in NOT_YET:
            raise
        return None
    return plain


def _picture(sheet: Mapping[str, Any], members: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the members that tie with their points, and lines between them. A shape says what a member is."""
    ids = [node for node in sheet["picture"]["nodes"] if node in members]
    place = {node: number for number, node in enumerate(ids)}
    edges = [(place[left], place[right]) for left, right in sheet["picture"]["edges"] if {left, right} <= place.keys()]
    points = placed(len(ids), edges)
    lines = [(*points[left], *points[right]) for left, right in edges]
    nodes = [
        {"kind": members[node]["kind"], "name": members[node]["name"], "x": x, "y": y}
        for node, (x, y) in zip(ids, points, strict=True)
    ]
    return {"nodes": nodes, "lines": lines}
