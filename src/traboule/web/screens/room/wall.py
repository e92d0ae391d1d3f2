"""The wall: the operation at a glance, for a screen that nobody sits before. It shows no person and no record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from babel.core import get_global
from babel.dates import format_skeleton
from django.http import HttpResponse

from traboule.core.errors import NotFound, Refused
from traboule.core.language.numbers import locale_of, shaped, signed
from traboule.web.drawings.participation import ParticipationGrid, key, participation_grid
from traboule.web.failures import NO_OPERATION
from traboule.web.live.stream import EVENTS
from traboule.web.looking_back import instants_of
from traboule.web.screens.counting.figures import FigureLine, counted, lines
from traboule.web.screens.room.overview import day_of
from traboule.web.visit import Visit
from traboule.web.words import moment

FIGURES, PARTS = 5, 2
BRIEFING = timedelta(days=1)  # A change is shown since what was counted a day before.
LATEST = 5  # Arrivals on the ticker.


@dataclass(frozen=True, slots=True)
class WallFigure:
    """A figure, those that are parts of it, and in words how it has changed; nothing where that is not known."""

    line: FigureLine
    parts: tuple[FigureLine, ...]
    change: str


def show(visit: Visit) -> HttpResponse:
    """Show the operation that is open, as far as it has been counted."""
    values: dict[str, Any] = {
        "operation": None,
        "shown": moment(visit.now, visit.language),
        "clock": shaped(f"{visit.shown:%H:%M}", visit.language),
    }
    try:
        operation = visit.perform("operation.show", instant=visit.as_of).to_json()
    except (NotFound, Refused) as none:
        if none.code not in NO_OPERATION:
            raise
        return visit.page("room/wall.html", values)
    values |= {"operation": operation, "day": day_of(operation, visit.shown.date())}
    values |= _participation(visit, operation) | _figures(visit)
    values["instants"] = instants_of(operation, values["figures"], visit.now)
    return visit.page("room/wall.html", values)


def stream(visit: Visit) -> HttpResponse:
    """Let whoever may see the wall listen. The server keeps the answer open (:mod:`traboule.web.live.stream`)."""
    del visit
    return HttpResponse("", content_type=EVENTS, headers={"X-Accel-Buffering": "no"})


def _participation(visit: Visit, operation: dict[str, Any]) -> dict[str, Any]:
    """Return the grid, the map and the ticker."""
    window = (date.fromisoformat(operation["start"]), date.fromisoformat(operation["end"]))
    arrivals = [(entry["state"], _day(entry["at"]), entry["kind"]) for entry in operation["arrivals"]]
    grid = participation_grid(arrivals, operation["states"], operation["required"], window, visit.shown.date())
    overdue = [line.state for line in grid.lines if line.statuses[-1] == "overdue"]
    numbers = {aliases[0]: number for number, aliases in get_global("territory_aliases").items() if number.isdigit()}
    by_number = {numbers[state]: kind for state, kind in operation["states"].items() if state in numbers}
    latest = sorted(operation["arrivals"], key=lambda entry: entry["at"], reverse=True)[:LATEST]
    filed = sum(kind != "silent" for kind in operation["states"].values())
    return {
        "grid": grid,
        "first_day": _day_in_words(visit, grid.days[0]),
        "last_day": _day_in_words(visit, grid.days[-1]),
        "key": key(),
        "table": [(state, operation["states"].get(state, ""), days) for state, days in _days_filed(visit, grid)],
        "overdue": overdue,
        "filed": filed,
        "kinds": sorted(set(operation["states"].values())),
        "map_states": json.dumps(by_number, sort_keys=True, separators=(",", ":")),
        "latest": latest,
    }


def _days_filed(visit: Visit, grid: ParticipationGrid) -> Iterator[tuple[str, str]]:
    """Yield each state with the days on which it filed, in words: the twin of the grid."""
    written = [_day_in_words(visit, day) for day in grid.days]
    for line in grid.lines:
        days = [day for day, status in zip(written, line.statuses, strict=True) if status in ("received", "withdrawn")]
        yield line.state, visit.say("list-separator").join(days)


def _day_in_words(visit: Visit, day: date) -> str:
    return shaped(format_skeleton("MMMd", day, locale=locale_of(visit.language)), visit.language)


def _day(instant: str) -> date:
    return datetime.fromisoformat(instant).astimezone(UTC).date()


def _figures(visit: Visit) -> dict[str, Any]:
    """Return the figures last counted, with what has changed since the last briefing."""
    plain = counted(visit, visit.as_of)
    if plain is None:
        return {"figures": None}
    earlier = counted(visit, datetime.fromisoformat(plain["as_of"]) - BRIEFING)
    before = {figure["id"]: figure["value"] for figure in earlier["figures"]} if earlier else {}
    shown = lines(plain["figures"])
    wholes = [line for line in shown if not line.is_part]
    wholes.sort(key=lambda line: line.figure["low"] == line.figure["high"])  # Ranges first: they are what is in doubt.
    wall_figures = []
    for whole in wholes[:FIGURES]:
        parts = [line for line in shown if line.figure["of"] == whole.figure["id"]]
        change = _change(visit, whole.figure["value"], before.get(whole.figure["id"]), earlier)
        wall_figures.append(WallFigure(whole, tuple(parts[:PARTS]), change))
    return {"figures": plain, "wall_figures": wall_figures}


def _change(visit: Visit, value: int | None, before: int | None, earlier: dict[str, Any] | None) -> str:
    """Return in words how a figure has changed since it was counted ``earlier``; nothing where either is withheld."""
    if value is None or before is None or earlier is None:
        return ""
    at = moment(earlier["as_of"], visit.language)
    if value == before:
        return visit.say("change-none", at=at)
    return visit.say("change-since", change=signed(value - before, visit.language), at=at)
