"""The program that made ``countries.json``: the outlines of the map, small enough to be shipped.

In: ``countries-110m.json`` and ``countries-50m.json`` of world-atlas 2 (ISC licence), which are Natural Earth's
admin-0 countries (public domain) as TopoJSON. Out: TopoJSON with ISO 3166-1 codes, rounded to a tenth of a degree,
without Antarctica, and one point for each state too small to have an outline. Run:
``python -m traboule.release.pictures.boundaries countries-110m.json countries-50m.json > countries.json``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from babel.core import get_global

Point = tuple[int, int]

# What the source draws apart without a code of its own; each is shaded as the United Nations' maps show it, which says
# nothing of any status.
WITHOUT_CODE = {"Kosovo": "XK", "N. Cyprus": "CY", "Somaliland": "SO"}
LEFT_OUT = frozenset({"AQ", "TF", "HM", "GS"})  # Nobody lives there.
STEPS = 10  # Steps of the grid in a degree.
CREDIT = "Made with Natural Earth (public domain), by way of world-atlas 2.0.2 (ISC)."


def build_outlines(coarse: dict[str, Any], fine: dict[str, Any]) -> dict[str, Any]:
    """Return the outlines of ``coarse`` by code, and a point for each country that only ``fine`` holds."""
    arcs, wanted = _arcs(coarse), dict[int, int]()
    outlines = []
    for country in coarse["objects"]["countries"]["geometries"]:
        code = _code(country)
        if code and code not in LEFT_OUT:
            arcs_kept = _renumbered(country["arcs"], wanted)
            outlines.append({"type": country["type"], "id": code, "arcs": arcs_kept})
    codes = {outline["id"] for outline in outlines}
    fine_arcs = _arcs(fine)
    points = {
        code: _middle(country, fine_arcs)
        for country in fine["objects"]["countries"]["geometries"]
        if (code := _code(country)) and code not in codes | LEFT_OUT
    }
    return {
        "type": "Topology",
        "credit": CREDIT,
        "transform": {"scale": [1 / STEPS, 1 / STEPS], "translate": [0, 0]},
        "arcs": [_steps(arcs[number]) for number in wanted],
        "objects": {"countries": {"type": "GeometryCollection", "geometries": outlines}},
        "points": {code: [x / STEPS, y / STEPS] for code, (x, y) in sorted(points.items())},
    }


def _code(country: dict[str, Any]) -> str:
    aliases = get_global("territory_aliases").get(country.get("id", ""), ())
    return str(aliases[0]) if aliases else WITHOUT_CODE.get(country["properties"]["name"], "")


def _arcs(topology: dict[str, Any]) -> list[list[Point]]:
    """Return the arcs on the coarser grid, points that fall together left out; an arc keeps both its ends."""
    (across, up), (west, south) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points: list[Point] = []
        for step in arc:
            x, y = x + step[0], y + step[1]
            point = round((x * across + west) * STEPS), round((y * up + south) * STEPS)
            if not points or points[-1] != point:
                points.append(point)
        arcs.append(points if len(points) > 1 else points * 2)
    return arcs


def _renumbered(arcs: list[Any], wanted: dict[int, int]) -> list[Any]:
    """Return arcs by their places among those that are kept; a negative number is an arc read backwards."""
    if arcs and isinstance(arcs[0], list):
        return [_renumbered(ring, wanted) for ring in arcs]
    return [_place(number, wanted) for number in arcs]


def _place(number: int, wanted: dict[int, int]) -> int:
    forward = number if number >= 0 else ~number
    place = wanted.setdefault(forward, len(wanted))
    return place if number >= 0 else ~place


def _steps(points: Sequence[Point]) -> list[list[int]]:
    before = ((0, 0), *points)
    return [[x - before[place][0], y - before[place][1]] for place, (x, y) in enumerate(points)]


def _middle(country: dict[str, Any], arcs: Sequence[Sequence[Point]]) -> Point:
    """Return the middle of the largest island."""
    rings = list(_rings(country["arcs"], arcs))
    widest = max(rings, key=lambda ring: _width(ring, 0) * _width(ring, 1))
    ends = [(min(point[axis] for point in widest), max(point[axis] for point in widest)) for axis in (0, 1)]
    return round(sum(ends[0]) / 2), round(sum(ends[1]) / 2)


def _rings(parts: list[Any], arcs: Sequence[Sequence[Point]]) -> Iterator[list[Point]]:
    if parts and isinstance(parts[0], list):
        for part in parts:
            yield from _rings(part, arcs)
        return
    yield [point for number in parts for point in arcs[number if number >= 0 else ~number]]


def _width(ring: Sequence[Point], axis: int) -> int:
    return max(point[axis] for point in ring) - min(point[axis] for point in ring)


def main() -> None:
    """Write the outlines to standard output."""
    coarse, fine = (json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:3])
    sys.stdout.write(json.dumps(build_outlines(coarse, fine), separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
