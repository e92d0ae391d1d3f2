"""The figures: each with its range on one scale, what it is a part of, and the way to what is behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse

from traboule.app.wording.charts import ChartLine
from traboule.core.errors import NotFound
from traboule.web.drawings.ranges import RangeBar, range_bar
from traboule.web.looking_back import instants_of
from traboule.web.screens.counting import pictures
from traboule.web.visit import Visit
from traboule.web.words import moment, titled


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One figure of the table. ``bar`` is its range drawn on the scale of the whole it belongs to."""

    figure: dict[str, Any]
    is_part: bool
    bar: RangeBar | None


def show(visit: Visit) -> HttpResponse:
    """Show the figures last counted, or those counted by an instant."""
    plain = counted(visit, visit.as_of)
    values: dict[str, Any] = {"plain": plain, "shown": "" if visit.as_of else moment(visit.now, visit.language)}
    if plain is None:
        return visit.page("counting/figures.html", values)
    if pictures.wanted(visit):
        title = visit.say("screen-figures")
        return pictures.given(
            visit, "figures", title, plain["as_of"], list(_chart_lines(visit, lines(plain["figures"])))
        )
    values["interval"] = next((figure["interval"] for figure in plain["figures"] if figure["interval"]), None)
    values |= {"lines": lines(plain["figures"]), "instants": instants_of(_operation(visit), plain, visit.now)}
    return visit.page("counting/figures.html", values)


def _chart_lines(visit: Visit, tree: list[FigureLine]) -> Iterator[ChartLine]:
    for line in tree:
        figure = line.figure
        name = f"{visit.say('of-which')} {titled(figure['titles'], visit.language)}" if line.is_part else ""
        name = name or titled(figure["titles"], visit.language)
        if line.bar is None:
            yield ChartLine(name, visit.say("withheld", count=figure["below"]) if figure["value"] is None else "", 0.0)
        else:
            yield pictures.range_line(visit, name, (figure["value"], figure["low"], figure["high"]), line.bar)


def _operation(visit: Visit) -> dict[str, Any] | None:
    """Return the operation, for its days, where the reader may see it."""
    operation: dict[str, Any] | None = (
        visit.perform("operation.show").to_json() if visit.may("operation.show") else None
    )
    return operation


def counted(visit: Visit, at: datetime | None) -> dict[str, Any] | None:
    """Return the figures counted last, or last by an instant; None before any were."""
    try:
        plain: dict[str, Any] = visit.perform("figures.show", instant=at).to_json()
    except NotFound as none:
        if none.code != "figure-run-none":
            raise
        return None
    return plain


def count(visit: Visit) -> HttpResponse:
    """Count the figures now."""
    return visit.begin(
        "figures.compute",
        lambda progress: visit.perform("figures.compute", progress=progress),
        lambda now, _: now.to("figures", done="counted"),
    )


def lines(figures: list[dict[str, Any]]) -> list[FigureLine]:
    """Return the lines of the table, each whole before its parts; a part is drawn on the scale of its whole."""
    most = {figure["id"]: figure["high"] for figure in figures}

    def branch(whole: str | None, scale: int | None) -> Iterator[FigureLine]:
        for figure in figures:
            of = figure["of"] if figure["of"] in most else None
            if of == whole:
                own = scale or figure["high"]
                yield FigureLine(figure, of is not None, bar_of(figure, own))
                yield from branch(figure["id"], own)

    return list(branch(None, None))


def bar_of(figure: dict[str, Any], scale: int | None) -> RangeBar | None:
    """Return the range of a figure, or of a cell of it, drawn on a scale; None where it is withheld."""
    if figure["value"] is None or figure["low"] is None or not scale:
        return None
    return range_bar(figure["low"], figure["value"], figure["high"], scale)
