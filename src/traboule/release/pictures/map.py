"""The map of a release: the states that take part, shaded by the class of their count, or of their region's.

In: a :class:`Statement` and a :class:`ReleaseWording`. Out: an SVG drawing and its text alternative. Guaranteed: the
map says what its table says and nothing finer: a class follows from the counts as shown; what the table withholds is
hatched, where nobody was found is dotted; crowded regions stand again, larger; states without an outline are dots;
lines are those of ``countries.json``, and take no position on any status.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from traboule.core.codes import region_of
from traboule.release.pictures.classes import natural_breaks
from traboule.release.pictures.drawing import LINE, QUIET, WIDTH, Point, circle, drawing, label, outline, rectangle
from traboule.release.pictures.projections import MIDDLE, Frame, azimuthal, equal_earth
from traboule.release.statement import BreakdownTable, Statement
from traboule.release.wording import ReleaseWording

# The one figure that is told by state, in the release that may break figures down.
MAPPED = "potential_victims"

MOST_CLASSES = 4
SHADES = ("#c4d9e4", "#86b3c8", "#3f7f9d", "#0b3c52")
NONE, OUTSIDE, SEA = "url(#none)", "#eceff1", "#ffffff"
WITHHELD = "url(#withheld)"
PATTERNS = (
    '<pattern id="withheld" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="4" height="4" fill="#ffffff"/><rect width="1.5" height="4" fill="#4a555e"/></pattern>'
    '<pattern id="none" width="4" height="4" patternUnits="userSpaceOnUse">'
    '<rect width="4" height="4" fill="#ffffff"/><circle cx="2" cy="2" r=".8" fill="#4a555e"/></pattern>'
)

WEST = MIDDLE - 180
WORLD = Frame((0, 0), WIDTH, 262, (WEST, -56, WEST + 360, 80), equal_earth)
BELOW, GAP, TITLE, ROW = 272, 14, 18, 21
EUROPE = Frame((0, BELOW + TITLE), 270, 226, (-11, 35, 41, 69.5), azimuthal((14, 53)))
CARIBBEAN = Frame((284, BELOW + TITLE), 276, 122, (-86, 9.5, -58, 22.5), azimuthal((-72, 16)))
INSETS: Mapping[str, Frame] = {"europe": EUROPE, "caribbean": CARIBBEAN}
INSET_FROM = 2  # States within its bounds from which a region stands again.

Box = tuple[Point, float, float]
Rings = Sequence[Sequence[Point]]


def mapped(statement: Statement) -> BreakdownTable | None:
    """Return the table a map is drawn of, by state before by region; None where the release holds neither."""
    for dimension in ("state", "region"):
        for table in statement.tables:
            if (table.figure, table.dimension) == (MAPPED, dimension):
                return table
    return None


def fills(statement: Statement) -> dict[str, str]:
    """Return the fill of every state that takes part, none where the release has no table of places."""
    table = mapped(statement)
    if table is None:
        return {}
    classes = _classes(table)
    return {state: _fill(count, classes) for state, count in sorted(_by_state(table, statement.participants).items())}


def specification(statement: Statement, words: ReleaseWording) -> str | None:
    """Return the map of the release as a drawing, None where it has no table of places."""
    table = mapped(statement)
    if table is None:
        return None
    filled = fills(statement)
    insets = {name: frame for name, frame in INSETS.items() if _crowd(frame, filled) >= INSET_FROM}
    parts, clips = [*_framed(WORLD, filled)], ""
    for name, frame in insets.items():
        placed = _mirrored(frame) if words.right_to_left else frame
        clips += f'<clipPath id="{name}">{rectangle(placed.at, placed.width, placed.height, "#000000")}</clipPath>'
        parts += _inset(name, placed, filled, words)
    legend = _legend(_classes(table), words)
    box, columns = _legend_box(tuple(insets))
    if words.right_to_left:
        box = (WIDTH - box[0][0] - box[1], box[0][1]), box[1], box[2]
    parts += _keys(legend, box, columns, right_to_left=words.right_to_left)
    rows = -(-len(legend) // columns)
    height = max([box[0][1] + rows * ROW, *(frame.at[1] + frame.height + 1 for frame in insets.values())])
    return drawing(height, parts, PATTERNS + clips)


def alternative(statement: Statement, words: ReleaseWording) -> str:
    """Return the map in words: what it shows, then the places of each class."""
    table = mapped(statement)
    if table is None:
        return ""
    classes = _classes(table)
    sentences = [words.label("maps", table.dimension)]
    for meaning, fill in _legend(classes, words):
        names = [
            words.label("other") if code == "other" else statement.label(table.vocabulary, code, words.language)
            for code, count in table.cells
            if code != "other" and _fill(count, classes) == fill
        ]
        if names:
            sentences.append(f"{meaning}{words.label('colon')}{words.label('name_separator').join(names)}.")
    return " ".join(sentences)


def _by_state(table: BreakdownTable, participants: Sequence[str]) -> dict[str, int | None]:
    """Return for each state that takes part its count as shown, or its region's; nought where it has no cell."""
    cells = dict(table.cells)
    if table.dimension == "state":
        return {state: cells.get(state, 0) for state in participants}
    return {state: cells.get(region_of(state) or "other", 0) for state in participants}


def _classes(table: BreakdownTable) -> tuple[int, ...]:
    """Return the least count of each class, by the gaps between the counts shown."""
    return natural_breaks([count for code, count in table.cells if count and code != "other"], MOST_CLASSES)


def _fill(count: int | None, classes: Sequence[int]) -> str:
    if count is None:
        return WITHHELD
    reached = sum(count >= least for least in classes)
    return SHADES[len(SHADES) - len(classes) + reached - 1] if reached else NONE


def _legend(classes: Sequence[int], words: ReleaseWording) -> list[tuple[str, str]]:
    """Return what each fill stands for."""
    spans = [
        (words.label("maps", "span").format(low=words.number(low), high=words.number(high - 1)), _fill(low, classes))
        for low, high in pairwise(classes)
    ]
    if classes:
        more = words.label("maps", "more").format(low=words.number(classes[-1]))
        spans.append((more, _fill(classes[-1], classes)))
    signs = [("none", NONE), ("withheld", WITHHELD), ("outside", OUTSIDE)]
    return [*spans, *((words.label("maps", name), fill) for name, fill in signs)]


def _crowd(frame: Frame, filled: Mapping[str, str]) -> int:
    """Return how many of the states that take part lie within the bounds of a frame."""
    return sum(frame.shows(place) for code, place in _middles().items() if code in filled)


def _mirrored(frame: Frame) -> Frame:
    return Frame(
        (WIDTH - frame.at[0] - frame.width, frame.at[1]), frame.width, frame.height, frame.bounds, frame.projection
    )


def _inset(name: str, frame: Frame, filled: Mapping[str, str], words: ReleaseWording) -> Iterator[str]:
    """Yield an inset under its title: the same map, larger, cut off at its edge."""
    edge = frame.at[0] + (frame.width if words.right_to_left else 0)
    anchor = "end" if words.right_to_left else "start"
    yield label(words.label("maps", name), (edge, frame.at[1] - 6), anchor, bold=True, colour=QUIET)
    yield f'<g clip-path="url(#{name})">'
    yield from _framed(frame, filled)
    yield "</g>" + rectangle(frame.at, frame.width, frame.height, "none", LINE)


def _framed(frame: Frame, filled: Mapping[str, str]) -> Iterator[str]:
    """Yield the outlines of all states and the dots of those that take part without one."""
    placed = frame.fitted()
    is_world = frame.projection is equal_earth
    yield f'<g stroke="{LINE}" stroke-width=".4" stroke-linejoin="round">'
    for code, rings in _outlines().items():
        visible = [ring for ring in rings if is_world or _touches(ring, frame)]
        yield outline(([placed(*point) for point in ring] for ring in visible), filled.get(code, OUTSIDE))
    yield "</g>"
    for code, place in _dots().items():
        if code in filled and (is_world or frame.shows(place)):
            yield circle(placed(*place), 3.2 if is_world else 5, filled[code])


def _touches(ring: Sequence[Point], frame: Frame) -> bool:
    """Tell whether a ring comes near the frame; what is far away would be drawn across it from the other side."""
    west, south, east, north = frame.bounds
    return any(west - 25 <= x <= east + 25 and south - 25 <= y <= north + 25 for x, y in ring)


def _legend_box(insets: Sequence[str]) -> tuple[Box, int]:
    """Return where the legend stands, and in how many columns: under the Caribbean, beside an inset, or by itself."""
    if "caribbean" in insets and "europe" in insets:
        top = CARIBBEAN.at[1] + CARIBBEAN.height + GAP
        return ((CARIBBEAN.at[0], top), CARIBBEAN.width, 0), 2
    if "europe" in insets:
        return ((EUROPE.width + 2 * GAP, EUROPE.at[1]), WIDTH - EUROPE.width - 2 * GAP, 0), 1
    if "caribbean" in insets:
        return ((0, CARIBBEAN.at[1]), CARIBBEAN.at[0] - GAP, 0), 1
    return ((0, BELOW), WIDTH, 0), 4


def _keys(legend: Sequence[tuple[str, str]], box: Box, columns: int, *, right_to_left: bool) -> Iterator[str]:
    """Yield the legend: a small field and its meaning, in columns that read as the language does."""
    (left, top), width, _ = box
    rows = -(-len(legend) // columns)
    for number, (meaning, fill) in enumerate(legend):
        across = width / columns * (number // rows)
        y = top + ROW * (number % rows)
        if right_to_left:
            yield rectangle((left + width - across - 20, y), 20, 13, fill, LINE)
            yield label(meaning, (left + width - across - 27, y + 11), "end")
        else:
            yield rectangle((left + across, y), 20, 13, fill, LINE)
            yield label(meaning, (left + across + 27, y + 11))


@cache
def _outlines() -> Mapping[str, Rings]:
    """Return the rings of every state by code, in degrees."""
    world = _world()
    scale = world["transform"]["scale"]
    arcs = [_degrees(arc, scale) for arc in world["arcs"]]
    outlines: dict[str, list[list[Point]]] = {}
    for state in world["objects"]["countries"]["geometries"]:
        polygons = state["arcs"] if state["type"] == "MultiPolygon" else [state["arcs"]]
        outlines.setdefault(state["id"], []).extend(_joined(ring, arcs) for polygon in polygons for ring in polygon)
    return outlines


def _degrees(arc: Iterable[Sequence[int]], scale: Sequence[float]) -> list[Point]:
    x = y = 0
    points = []
    for step in arc:
        x, y = x + step[0], y + step[1]
        points.append((x * scale[0], y * scale[1]))
    return points


def _joined(ring: Iterable[int], arcs: Sequence[Sequence[Point]]) -> list[Point]:
    points: list[Point] = []
    for number in ring:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += arc[1:] if points else arc
    return _unbroken(points)


def _unbroken(ring: Sequence[Point]) -> list[Point]:
    """Return a ring that does not leap from one edge of the map to the opposite one."""
    points, turn, before = [], 0, ring[0][0]
    for x, y in ring:
        turn += 360 * ((x - before < -180) - (x - before > 180))
        before = x
        points.append((x + turn, y))
    shift = -360 * ((_half(x for x, _ in points) - WEST) // 360)
    return [(x + shift, y) for x, y in points]


@cache
def _dots() -> Mapping[str, Point]:
    """Return where each state without an outline lies."""
    return {code: (x if x > WEST else x + 360, y) for code, (x, y) in _world()["points"].items()}


@cache
def _middles() -> Mapping[str, Point]:
    """Return about where each state lies: the middle of its longest ring, or its point."""
    middles = dict(_dots())
    for code, rings in _outlines().items():
        longest = max(rings, key=len)
        middles[code] = (_half(x for x, _ in longest), _half(y for _, y in longest))
    return middles


def _half(values: Iterable[float]) -> float:
    ordered = sorted(values)
    return (ordered[0] + ordered[-1]) / 2


@cache
def _world() -> Mapping[str, Any]:
    text = files("traboule.release.pictures").joinpath("countries.json").read_text(encoding="utf-8")
    world: Mapping[str, Any] = json.loads(text)
    return world
