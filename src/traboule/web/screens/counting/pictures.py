"""Give what a screen draws as a file: SVG or PNG, with its numbers in words and as of when it is."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse

from traboule.app.wording.charts import Chart, ChartLine, png, svg
from traboule.core.language.languages import how_written
from traboule.core.language.numbers import number
from traboule.web.downloads import download
from traboule.web.drawings.ranges import WIDTH, RangeBar
from traboule.web.visit import Visit
from traboule.web.words import moment

OUT = "out"  # In the address: "svg" or "png".


def wanted(visit: Visit) -> str:
    """Return as what the address asks for a drawing; empty where it asks for the screen."""
    kind = visit.request.GET.get(OUT, "")
    return kind if kind in ("svg", "png") else ""


def given(visit: Visit, name: str, title: str, as_of: str, lines: Sequence[ChartLine]) -> HttpResponse:
    """Return the chart of ``lines`` as the file that the address asks for."""
    note = f"{visit.say('provisional')} · {visit.say('as-of')} {moment(as_of, visit.language)} · Traboule"
    chart = Chart(title, lines, note, how_written(visit.language).right_to_left)
    if wanted(visit) == "png":
        return download(png(chart), f"{name}.png", "image/png")
    return download(svg(chart).encode(), f"{name}.svg", "image/svg+xml")


def range_line(visit: Visit, name: str, counts: tuple[int, int, int], bar: RangeBar | None) -> ChartLine:
    """Return a line that shows a value with its range: ``counts`` are value, least and most."""
    value, low, high = counts
    written = number(value, visit.language)
    if low != high:
        written = f"{written} ({number(low, visit.language)} – {number(high, visit.language)})"
    if bar is None:
        return ChartLine(name, written, 0.0)
    return ChartLine(name, written, bar.value / WIDTH, _span(bar) if bar.width else None)


def step_line(name: str, written: str, bar: RangeBar, *, is_whole: bool = False) -> ChartLine:
    """Return a line that shows a step of a waterfall, or the whole before and after it."""
    span = _span(bar)
    return ChartLine(name, written, span[1]) if is_whole else ChartLine(name, written, None, span)


def _span(bar: RangeBar) -> tuple[float, float]:
    return bar.start / WIDTH, min((bar.start + bar.width) / WIDTH, 1.0)
