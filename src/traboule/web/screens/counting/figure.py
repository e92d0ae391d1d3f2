"""One figure: its breakdowns down to the rows of each cell, and what each state changes in it.

Rows are shown only where they are asked for, since the ledger records that they were; the rest comes from the last
count where the reader may see that, else from the register.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse

from traboule.app.wording.breakdowns import UNSPECIFIED, cell_words, in_order
from traboule.core.errors import NotFound
from traboule.core.language.languages import in_language
from traboule.web.drawings.ranges import RangeBar, part_bar, range_bar
from traboule.web.looking_back import instants_of
from traboule.web.screens.counting import pictures
from traboule.web.screens.counting.figures import bar_of, counted
from traboule.web.visit import Visit

PAGE, MOST = 50, 1000  # Records shown at once.
INFLUENCE = "influence"  # Shown in the place of a breakdown.
EXCLUSIVE = "exclusive"


@dataclass(frozen=True, slots=True)
class CellLine:
    """A cell of a breakdown; ``bar`` is its range on the scale of the largest."""

    code: str
    value: int
    low: int
    high: int
    bar: RangeBar | None


@dataclass(frozen=True, slots=True)
class Influence:
    """What a figure would be without a state, by how much less that is, and this as a bar."""

    state: str
    without: int
    less: int
    bar: RangeBar


def show(visit: Visit, figure: str) -> HttpResponse:
    """Show one figure, now or as of an instant, by the breakdown and down to the rows that the address asks for."""
    query = visit.request.GET
    by, code = query.get("by", ""), query.get("cell", "")
    rows = query.get("rows", "")
    limit = min(int(rows), MOST) if rows.isdecimal() else 0
    last = counted(visit, visit.as_of) if visit.may("figures.show") else None
    at = visit.as_of or (datetime.fromisoformat(last["as_of"]) if last else None)
    shown = {entry["id"]: entry for entry in last["figures"]} if last else {}
    cell = (by, code) if code and by != INFLUENCE else None
    explained = None
    if limit or cell or by == INFLUENCE or figure not in shown:
        found = visit.perform(
            "figures.explain", figure=figure, instant=at, cell=cell, limit=limit, language=visit.language
        )
        explained = found.to_json()
    plain = _from_explanation(explained) if explained else _from_count(shown[figure], visit.language)
    dimension = by if by == INFLUENCE else _dimension(plain, by)
    values = {
        "plain": plain,
        "figure": figure,
        "at": visit.as_of or (last["as_of"] if last else explained and explained["as_of"]),
        "by": dimension,
        "withheld": "below" in plain,
        "parts": [entry for entry in shown.values() if entry["of"] == figure],
        "whole": shown.get(shown.get(figure, {}).get("of")),
        "explained": explained,
        "instants": instants_of(None, last, visit.now),
        "limit": limit,
        "more": min(limit * 4, MOST),
        "bar": bar_of(plain, plain["high"]),
    }
    values |= _breakdown(plain, dimension) | _influence(explained)
    if pictures.wanted(visit) and "below" not in plain:
        return _picture(visit, figure, values)
    return visit.page("counting/figure.html", values)


def _picture(visit: Visit, figure: str, values: dict[str, Any]) -> HttpResponse:
    """Return the breakdown or the influence that is shown as a picture."""
    by, language = values["by"], visit.language
    if by == INFLUENCE:
        words = visit.say(INFLUENCE)
        lines = [
            pictures.range_line(visit, cell_words("state", row.state, language), (row.less,) * 3, row.bar)
            for row in values["influences"]
        ]
    else:
        words = visit.say(f"dimension-{by}") if by else ""
        lines = [
            pictures.range_line(
                visit,
                visit.say(UNSPECIFIED) if line.code == UNSPECIFIED else cell_words(by, line.code, language),
                (line.value, line.low, line.high),
                line.bar,
            )
            for line in values["lines"]
        ]
    title = f"{values['plain']['title']} · {words}"
    return pictures.given(visit, f"{figure}-{by}", title, str(values["at"]), lines)


def _dimension(plain: dict[str, Any], by: str) -> str:
    """Return the dimension asked for, the first where none is. Raises NotFound for one that the figure has not."""
    names = list(plain["breakdowns"])
    if by and by not in names and "below" not in plain:
        raise NotFound("dimension-unknown", dimension=by, known=", ".join(names))
    return by if by in names else next(iter(names), "")


def _breakdown(plain: dict[str, Any], by: str) -> dict[str, Any]:
    """Return the lines of a breakdown, and how they add up."""
    if by not in plain["breakdowns"]:
        return {"lines": []}
    cells = plain["breakdowns"][by]["cells"]
    scale = max((cell[2] for cell in cells.values()), default=0)
    lines = []
    for code in in_order(by, cells):
        value, low, high = cells[code]
        lines.append(CellLine(code, value, low, high, range_bar(low, value, high, scale) if scale else None))
    return {
        "lines": lines,
        "is_exclusive": plain["breakdowns"][by]["kind"] == EXCLUSIVE,
        "total": sum(line.value for line in lines),
        "union": plain["value"] - cells.get(UNSPECIFIED, (0,))[0],
    }


def _influence(explained: dict[str, Any] | None) -> dict[str, Any]:
    """Return what the figure would be without each state that has a part in it, the greatest influence first."""
    if not explained or not explained["without"]:
        return {"influences": []}
    less = {state: explained["value"] - without for state, without in explained["without"].items()}
    scale = max(map(abs, less.values()))
    ordered = sorted(less, key=lambda state: (-abs(less[state]), state))
    return {
        "influences": [
            Influence(state, explained["without"][state], less[state], part_bar(abs(less[state]), scale))
            for state in ordered
        ]
    }


def _from_explanation(explained: dict[str, Any]) -> dict[str, Any]:
    definition = explained["definition"]
    return {**explained, "title": definition["title"], "caveats": definition["caveats"]}


def _from_count(figure: dict[str, Any], language: str) -> dict[str, Any]:
    """Return a figure of the last count in the form of an explanation."""
    return {
        **figure,
        "title": in_language(figure["titles"], language),
        "caveats": [in_language(caveat, language) for caveat in figure["caveats"]],
        "breakdowns": {
            name: {"kind": figure["kinds"][name], "cells": cells} for name, cells in figure["breakdowns"].items()
        },
    }
