"""Charts to take out of the room, as SVG and PNG, drawn as the communiqués' pictures are.

In: lines with their words and bars, in the reader's language. Out: a drawing that needs nothing else: its colours are
its own, its letters those that are shipped. Guaranteed: every bar has its number beside it; equal charts, equal bytes;
right-to-left languages read from right to left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from traboule.release.layout.raster import raster
from traboule.release.pictures.chart import ACCENT
from traboule.release.pictures.drawing import LINE, QUIET, WIDTH, drawing, label, rectangle

RANGE = "#9db8c6"
TITLE, ROW, NOTE = 30.0, 40.0, 26.0  # Heights.
BASE, TOP, BAR, THIN = 13.0, 20.0, 10.0, 4.0  # Of a row: its base line, where its bar begins, how high bars are.


@dataclass(frozen=True, slots=True)
class ChartLine:
    """A line of a chart: its name and its number in words. ``bar`` and ``span`` are shares of the scale: how far the
    value reaches from nought, and from where to where its range or its step goes; a heading has neither."""

    name: str
    number: str = ""
    bar: float | None = None
    span: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: its title, its lines, and what stands below, such as as of when it is."""

    title: str
    lines: Sequence[ChartLine]
    note: str
    right_to_left: bool = False


def svg(chart: Chart) -> str:
    """Return the chart as SVG, one row a line."""
    height = TITLE + ROW * len(chart.lines) + NOTE
    parts = [rectangle((0, 0), WIDTH, height, "#ffffff"), *_parts(chart)]
    return drawing(height, parts)


def png(chart: Chart) -> bytes:
    """Return the chart as PNG."""
    return raster(svg(chart))


def _parts(chart: Chart) -> Iterator[str]:
    first, last = (WIDTH, 0) if chart.right_to_left else (0, WIDTH)
    starts, ends = ("end", "start") if chart.right_to_left else ("start", "end")
    yield label(chart.title, (first, BASE + 3), starts, bold=True)
    for row, line in enumerate(chart.lines):
        top = TITLE + row * ROW
        is_heading = line.bar is None and line.span is None
        yield label(line.name, (first, top + BASE), starts, bold=is_heading)
        if line.number:
            yield label(line.number, (last, top + BASE), ends)
        if not is_heading:
            yield from _bars(line, top + TOP, right_to_left=chart.right_to_left)
    yield label(chart.note, (first, TITLE + ROW * len(chart.lines) + BASE), starts, colour=QUIET)


def _bars(line: ChartLine, top: float, *, right_to_left: bool) -> Iterator[str]:
    """Yield the axis of a line, its bar, and over it its range or its step."""

    def piece(share: tuple[float, float], at: float, height: float, fill: str) -> str:
        start, end = share
        left = 1 - end if right_to_left else start
        return rectangle((WIDTH * left, at), WIDTH * (end - start), height, fill)

    yield piece((0, 1), top + BAR / 2, 0.6, LINE)
    if line.bar is not None:
        yield piece((0, line.bar), top + (BAR - THIN) / 2, THIN, ACCENT)
    if line.span is not None:
        yield piece(line.span, top, BAR, RANGE)
