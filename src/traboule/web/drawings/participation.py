"""Who filed when: a grid of states and days, in blocks of states that stand side by side.

In: what arrived, the window, the states, those that must file. Out: for each state the status of each day, and the
paths that draw them. Days run from the left in every language. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

MOST_DAYS = 28  # The last of a longer time.
BLOCK = 24  # States in a block.
NAME_WIDTH, WIDTH, LINE = 28, 200, 16  # Of a block and a line of it, in units of the drawing.
WIDEST = 20.0  # A day.
KEY_WIDTH = 16.0
# A status is known by its shape before its colour: {x} is where the day begins, {m} its middle, {w} its width.
_SHAPES = {
    "received": "M{x} 2h{w}v12h-{w}z",
    "withdrawn": "M{x} 3l{w} 10m0 -10l-{w} 10",
    "in": "M{x} 7h{w}v2h-{w}z",
    "silent": "M{m} 7h1.5v2h-1.5z",
    "overdue": "M{m} 4l-3 8h6z",
}
STATUSES = tuple(_SHAPES)


@dataclass(frozen=True, slots=True)
class StateLine:
    """The days of a state, as codes, and a path for each code that occurs. ``y`` is where its line begins."""

    state: str
    y: int
    statuses: tuple[str, ...]
    paths: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ParticipationGrid:
    """The grid: its days, and a line for each state."""

    days: tuple[date, ...]
    lines: tuple[StateLine, ...]

    @property
    def blocks(self) -> list[tuple[StateLine, ...]]:
        """The lines, a block after another."""
        return [self.lines[start : start + BLOCK] for start in range(0, len(self.lines), BLOCK)]

    @property
    def height(self) -> int:
        """The height of a full block."""
        return min(len(self.lines), BLOCK) * LINE


def participation_grid(
    arrivals: Iterable[tuple[str, date, str]],
    states: Collection[str],
    required: Collection[str],
    window: tuple[date, date],
    today: date,
) -> ParticipationGrid:
    """Return the grid from the first day of the ``window`` to its last, or to the last arrival if that is later.

    ``arrivals`` are state, day and kind, in the order in which they came. A state of ``required`` that has nothing in
    after the window is overdue.
    """
    by_state: dict[str, dict[date, str]] = {state: {} for state in states}
    for state, day, kind in arrivals:
        by_state.setdefault(state, {})[day] = kind
    start, end = window
    last = max([end, *(day for filed in by_state.values() for day in filed)])
    count = min((last - start).days + 1, MOST_DAYS)
    days = tuple(last - timedelta(days=count - 1 - index) for index in range(count))
    width = min((WIDTH - NAME_WIDTH) / count, WIDEST)
    lines = []
    for index, state in enumerate(sorted(by_state)):
        statuses = tuple(_statuses(by_state[state], days, end if state in required else date.max, today))
        lines.append(StateLine(state, index % BLOCK * LINE, statuses, tuple(_paths(statuses, width))))
    return ParticipationGrid(days, tuple(lines))


def key() -> list[tuple[str, str]]:
    """Return every status with the path that draws it alone, a square of :data:`KEY_WIDTH`."""
    return [(status, _shape(status, 0, KEY_WIDTH)) for status in STATUSES]


def _statuses(filed: Mapping[date, str], days: Sequence[date], due: date, today: date) -> Iterator[str]:
    """Yield for each day: a return received, withdrawn, in before, silent, overdue, or still to come."""
    before = [kind for day, kind in filed.items() if day < days[0]]
    is_in = bool(before) and before[-1] != "withdrawn"
    for day in days:
        kind = filed.get(day)
        if kind is not None:
            is_in = kind != "withdrawn"
            yield "received" if is_in else "withdrawn"
        elif day > today:
            yield "ahead"
        elif is_in:
            yield "in"
        else:
            yield "overdue" if day > due else "silent"


def _paths(statuses: tuple[str, ...], width: float) -> Iterator[tuple[str, str]]:
    for status in STATUSES:
        places = [place for place, at_day in enumerate(statuses) if at_day == status]
        if places:
            yield status, "".join(_shape(status, NAME_WIDTH + place * width, width) for place in places)


def _shape(status: str, x: float, width: float) -> str:
    return _SHAPES[status].format(x=f"{x:.5g}", m=f"{x + width / 2:.5g}", w=f"{width - 1:.5g}")
