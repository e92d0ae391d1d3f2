"""The map of a release: the states that take part, shaded by the class of their count, or of their region's.

Comes in: a :class:`Statement` and a :class:`Wording`. Goes out: a Vega-Lite specification and its text alternative.
Promises: the map says what its table says and nothing finer: a class follows from the count as shown, and what the
table withholds is hatched; lines are those of ``countries.json``, and take no position on any status.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from traboule.core.codes import region_of
from traboule.release.pictures.chart import FONTS, INK, LETTERS, SCHEMA, WIDTH
from traboule.release.statement import Statement, Table
from traboule.release.wording import Wording

# The one figure that is told by state, in the release that may break figures down.
MAPPED = "potential_victims"

HEIGHT, LEGEND_ROW, LEGEND_COLUMNS = 252, 24, 4
PROJECTION = {"type": "equalEarth", "scale": 102, "translate": [WIDTH / 2, 148]}
# Where a class may begin: numbers a reader takes in at a glance.
ENDS = tuple(
    sorted(
        {
            tens * power // 10
            for power in (1, 10, 100, 1000, 10_000, 100_000)
            for tens in (10, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90)
            if tens * power % 10 == 0
        }
    )
)
MOST_CLASSES = 4
SHADES = ("#cfe3ec", "#8fbfd3", "#4a8fab", "#0b4f6c")
NONE, OUTSIDE, LINE = "#f7f4ea", "#e9ecee", "#9aa5ad"
# Filled with the pattern that the renderer adds to a drawing which asks for it.
WITHHELD = "url(#withheld)"


def mapped(statement: Statement) -> Table | None:
    """Return the table a map is drawn of, by state before by region; None where the release holds neither."""
    for dimension in ("state", "region"):
        for table in statement.tables:
            if (table.figure, table.dimension) == (MAPPED, dimension):
                return table
    return None


def specification(statement: Statement, words: Wording) -> dict[str, Any] | None:
    """Return the map of the release, None where it has no table of places."""
    table = mapped(statement)
    if table is None:
        return None
    counts, classes = _by_state(table, statement.participants), _classes(table)
    world = _world()
    fills = [{"code": code, "fill": _fill(count, classes)} for code, count in sorted(counts.items())]
    drawn = {one["code"]: one["fill"] for one in fills}
    points = [
        {"longitude": at[0], "latitude": at[1], "fill": drawn[code]}
        for code, at in world["points"].items()
        if code in drawn
    ]
    outlines = {
        "values": {name: world[name] for name in ("type", "transform", "arcs", "objects")},
        "format": {"type": "topojson", "feature": "countries"},
    }
    legend = _legend(classes, words)
    return {
        "$schema": SCHEMA,
        "width": WIDTH,
        "height": HEIGHT + LEGEND_ROW * -(-len(legend) // LEGEND_COLUMNS),
        "padding": 0,
        "autosize": {"type": "none"},
        "background": None,
        "layer": [
            {
                "data": outlines,
                "projection": PROJECTION,
                "transform": [{"lookup": "id", "from": {"data": {"values": fills}, "key": "code", "fields": ["fill"]}}],
                "mark": {"type": "geoshape", "stroke": LINE, "strokeWidth": 0.4, "strokeJoin": "round"},
                "encoding": {"fill": _as_is("fill", OUTSIDE)},
            },
            {
                "data": {"values": points},
                "projection": PROJECTION,
                "mark": {"type": "circle", "size": 26, "opacity": 1, "stroke": LINE, "strokeWidth": 0.6},
                "encoding": {
                    "longitude": {"field": "longitude", "type": "quantitative"},
                    "latitude": {"field": "latitude", "type": "quantitative"},
                    "fill": _as_is("fill", OUTSIDE),
                },
            },
            *_keys(legend, right_to_left=words.right_to_left),
        ],
        "config": {"aria": False, "font": FONTS["rtl" if words.right_to_left else "ltr"], "view": {"stroke": None}},
    }


def alternative(statement: Statement, words: Wording) -> str:
    """Return the map in words: what it shows, then the places of each class."""
    table = mapped(statement)
    if table is None:
        return ""
    classes = _classes(table)
    said = [words.label("maps", table.dimension)]
    for label, fill in _legend(classes, words):
        names = [
            words.label("other") if code == "other" else words.coded(table.vocabulary, code)
            for code, count in table.cells
            if code != "other" and _fill(count, classes) == fill
        ]
        if names:
            said.append(f"{label}{words.label('colon')}{words.label('name_separator').join(names)}.")
    return " ".join(said)


def _by_state(table: Table, participants: Sequence[str]) -> dict[str, int | None]:
    """Return for each state that takes part its count as shown, or its region's; nought where it has no cell."""
    cells = dict(table.cells)
    if table.dimension == "state":
        return {state: cells.get(state, 0) for state in participants}
    return {state: cells.get(region_of(state) or "other", 0) for state in participants}


def _classes(table: Table) -> tuple[int, ...]:
    """Return the lower ends of the classes: round numbers that share the counts shown about equally among them."""
    counts = sorted(count for code, count in table.cells if count and code != "other") or [1]
    shares = (counts[len(counts) * share // MOST_CLASSES] for share in range(MOST_CLASSES))
    return tuple(sorted({ENDS[bisect_right(ENDS, count) - 1] for count in shares}))


def _fill(count: int | None, classes: Sequence[int]) -> str:
    if count is None:
        return WITHHELD
    reached = sum(count >= end for end in classes)
    return SHADES[len(SHADES) - len(classes) + reached - 1] if reached else NONE


def _legend(classes: Sequence[int], words: Wording) -> list[tuple[str, str]]:
    """Return what each fill stands for."""
    spans = [
        (words.label("maps", "span").format(low=words.number(low), high=words.number(high - 1)), _fill(low, classes))
        for low, high in pairwise(classes)
    ]
    last = words.label("maps", "more").format(low=words.number(classes[-1])), _fill(classes[-1], classes)
    rest = [("withheld", WITHHELD), ("none", NONE), ("outside", OUTSIDE)]
    return [*spans, last, *((words.label("maps", name), fill) for name, fill in rest)]


def _keys(legend: Sequence[tuple[str, str]], *, right_to_left: bool) -> list[dict[str, Any]]:
    """Return the layers of the legend: a small field and its meaning, in columns that read as the language does."""
    rows = -(-len(legend) // LEGEND_COLUMNS)
    placed = []
    for number, (label, fill) in enumerate(legend):
        x = WIDTH / LEGEND_COLUMNS * (number // rows)
        placed.append(
            {
                "x": WIDTH - x - 10 if right_to_left else x + 10,
                "text_x": WIDTH - x - 26 if right_to_left else x + 26,
                "y": HEIGHT + LEGEND_ROW * (number % rows) + LEGEND_ROW / 2,
                "label": label,
                "fill": fill,
            }
        )
    at = {"type": "quantitative", "scale": None, "axis": None}
    align = "right" if right_to_left else "left"
    return [
        {
            "data": {"values": placed},
            "mark": {"type": "square", "size": 200, "opacity": 1, "stroke": LINE, "strokeWidth": 0.6},
            "encoding": {"x": {**at, "field": "x"}, "y": {**at, "field": "y"}, "fill": _as_is("fill", OUTSIDE)},
        },
        {
            "data": {"values": placed},
            "mark": {"type": "text", "align": align, "baseline": "middle", "fontSize": LETTERS, "fill": INK},
            "encoding": {"x": {**at, "field": "text_x"}, "y": {**at, "field": "y"}, "text": {"field": "label"}},
        },
    ]


def _as_is(field: str, otherwise: str) -> dict[str, Any]:
    """Return an encoding whose values are colours already."""
    return {
        "condition": {"test": f"isValid(datum.{field})", "field": field, "type": "nominal", "scale": None},
        "value": otherwise,
    }


@cache
def _world() -> Mapping[str, Any]:
    text = files("traboule.release.pictures").joinpath("countries.json").read_text(encoding="utf-8")
    world: Mapping[str, Any] = json.loads(text)
    return world
