"""Print the breakdowns of figures, in words, the largest cells first.

In: figures as plain values, and filters. Out: the figures that pass, and tables. Guaranteed: a filter that names
nothing raises NotFound with the likely name; cells left out are counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from traboule.app.wording.breakdowns import UNSPECIFIED, cell_words, in_order
from traboule.cli.session import Session
from traboule.core.errors import NotFound
from traboule.core.language.languages import in_language
from traboule.core.language.spelling import nearest, nearest_of


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for; nothing named leaves everything. ``states`` choose cells of the breakdown by state."""

    figures: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    states: tuple[str, ...] = ()

    def filtered(self, figures: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return the figures asked for with the breakdowns asked for. Raises NotFound for a name that is not there."""
        titles = {figure["id"]: (figure["id"], *figure["titles"].values()) for figure in figures}
        dimensions = sorted({dimension for figure in figures for dimension in figure["breakdowns"]})
        for name in self.figures:
            if name not in titles:
                raise NotFound("figure-unknown", figure=name, near=nearest_of(name, titles))
        for name in self.dimensions:
            if name not in dimensions:
                raise NotFound(
                    "dimension-unknown", dimension=name, known=", ".join(dimensions), near=nearest(name, dimensions)
                )
        chosen = [figure for figure in figures if not self.figures or figure["id"] in self.figures]
        return [{**figure, "breakdowns": self._cells(figure["breakdowns"])} for figure in chosen]

    def _cells(self, breakdowns: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
        dimensions = self.dimensions or (("state",) if self.states else tuple(breakdowns))
        chosen = {name: cells for name, cells in breakdowns.items() if name in dimensions}
        if self.states and "state" in chosen:
            chosen["state"] = {code: cell for code, cell in chosen["state"].items() if code in self.states}
        return chosen


def print_breakdowns(session: Session, figures: Sequence[Mapping[str, Any]], limit: int) -> None:
    """Print every breakdown that the figures carry, ``limit`` cells of each."""
    for figure in figures:
        for dimension, cells in figure["breakdowns"].items():
            if cells:
                session.out.print()
                session.out.print(_table(session, figure, dimension, cells, limit))
                if len(cells) > limit:
                    session.out.print(f"  {session.say('more-cells', count=len(cells) - limit)}", style="dim")


def _table(
    session: Session, figure: Mapping[str, Any], dimension: str, cells: Mapping[str, Sequence[int]], limit: int
) -> Table:
    title = f"{in_language(figure['titles'], session.language)} · {session.say(f'dimension-{dimension}')}"
    table = Table(box=None, title=title, title_justify="left", title_style="bold", pad_edge=False, padding=(0, 2, 0, 2))
    table.add_column(session.say(f"dimension-{dimension}"), max_width=44)
    table.add_column(session.say("column-figure-value"), justify="right", no_wrap=True)
    table.add_column(session.say("column-figure-range"), justify="right", no_wrap=True)
    for code in in_order(dimension, cells)[:limit]:
        value, low, high = cells[code]
        words = session.say("unspecified") if code == UNSPECIFIED else cell_words(dimension, code, session.language)
        table.add_row(words, session.number(value), between(session, low, high))
    return table


def between(session: Session, low: int, high: int) -> str:
    """Return the least and the most; one number where both are the same."""
    return session.number(low) if low == high else f"{session.number(low)} – {session.number(high)}"
