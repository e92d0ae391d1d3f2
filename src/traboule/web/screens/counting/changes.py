"""What changed in the figures between two moments, and why: a waterfall for each that changed, drawn in its table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse

from traboule.app.wording.breakdowns import cell_words
from traboule.app.wording.charts import ChartLine
from traboule.core.language.numbers import number, signed
from traboule.web.drawings.ranges import RangeBar, step_bar
from traboule.web.forms import instant_typed
from traboule.web.screens.counting import pictures
from traboule.web.screens.counting.figures import counted
from traboule.web.visit import Visit
from traboule.web.words import moment, titled


@dataclass(frozen=True, slots=True)
class WaterfallStep:
    """A step of a waterfall: its reason and state, by how much the figure changes, and what it is then."""

    reason: str
    state: str
    change: int
    after: int
    bar: RangeBar


@dataclass(frozen=True, slots=True)
class Waterfall:
    """How a figure came from ``change["old"]`` to ``change["new"]``; ``least`` is where its scale begins."""

    change: dict[str, Any]
    steps: tuple[WaterfallStep, ...]
    least: int
    before: RangeBar | None
    after: RangeBar | None


def show(visit: Visit) -> HttpResponse:
    """Compare the moments that the address asks for; without any, offer the last two counts."""
    query = visit.request.GET
    last = counted(visit, None) if visit.may("figures.show") else None
    runs = last["runs"] if last else []
    later = instant_typed(query.get("to", "")) or (datetime.fromisoformat(runs[-1]) if runs else None)
    earlier = instant_typed(query.get("from", "")) or (datetime.fromisoformat(runs[-2]) if len(runs) > 1 else None)
    by_state = bool(query.get("by_state"))
    values: dict[str, Any] = {"runs": runs[::-1], "earlier": earlier, "later": later, "by_state": by_state}
    if earlier is None or "from" not in query:
        return visit.page("counting/changes.html", values)
    plain = visit.perform("figures.compare", earlier=earlier, later=later, by_state=by_state).to_json()
    changed = [change for change in plain["figures"] if change["old"] != change["new"] or change["steps"]]
    same = [change for change in plain["figures"] if change not in changed]
    withheld = any("below" in change for change in plain["figures"])
    waterfalls = list(map(waterfall, changed))
    if pictures.wanted(visit):
        lines = [line for fall in waterfalls for line in _chart_lines(visit, fall, plain)]
        return pictures.given(visit, "changes", visit.say("screen-figures-changes"), plain["to"], lines)
    values |= {"plain": plain, "waterfalls": waterfalls, "same": same, "withheld": withheld}
    values["this_as"] = f"{visit.back_to_now}&{pictures.OUT}="
    return visit.page("counting/changes.html", values)


def _chart_lines(visit: Visit, fall: Waterfall, plain: dict[str, Any]) -> Iterator[ChartLine]:
    """Yield a heading, what the figure was, each step, and what it is; the heading alone where an end is withheld."""
    language = visit.language
    begins = visit.say("scale-begins", least=fall.least) if fall.least else ""
    yield ChartLine(titled(fall.change["titles"], language), begins)
    if fall.before is None or fall.after is None:
        return
    old, new = (number(fall.change[name], language) for name in ("old", "new"))
    yield pictures.step_line(moment(plain["from"], language), old, fall.before, is_whole=True)
    for step in fall.steps:
        name = visit.say(f"reason-{step.reason}")
        name = f"{name} · {cell_words('state', step.state, language)}" if step.state else name
        yield pictures.step_line(name, signed(step.change, language), step.bar)
    yield pictures.step_line(moment(plain["to"], language), new, fall.after, is_whole=True)


def waterfall(change: dict[str, Any]) -> Waterfall:
    """Return the waterfall of a change; without steps and bars where its reasons or its ends are withheld."""
    old, new = change["old"], change["new"]
    if None in (old, new):
        return Waterfall(change, (), 0, None, None)
    totals = [old]
    for step in change["steps"]:
        totals.append(totals[-1] + step["change"])
    most = max(*totals, new)
    spread = most - min(*totals, new)
    scale = (max(min(*totals, new) - spread, 0), most)  # From nought a small step of a large figure would not be seen.
    steps = tuple(
        WaterfallStep(step["reason"], step["state"], step["change"], after, step_bar(before, after, scale))
        for step, before, after in zip(change["steps"], totals[:-1], totals[1:], strict=True)
    )
    ends = (step_bar(scale[0], old, scale), step_bar(scale[0], new, scale))
    return Waterfall(change, steps, scale[0], *ends)
