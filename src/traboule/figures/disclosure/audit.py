"""The attacker: what a reader with every release, table and rule can work out about each protected cell.

Comes in: a history as published. Goes out: for each protected cell the whole numbers it can be, and whether that is
wide enough. Promises: a cell counts as safe only where two worlds, in whole numbers, agree with everything that was
said and differ by at least the width asked for; those two also bound what linear reasoning could find, which never
knows more. What could not be proven within the search's limit counts as recovered.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from traboule.core.errors import Invalid
from traboule.core.findings import Finding, Severity
from traboule.figures.disclosure.cells import RULE, History, check
from traboule.figures.disclosure.rules import Reason, Rules, protected
from traboule.figures.disclosure.system import Numbers, Places, Programme, System, restricted, system, with_columns

# Fewer cells than this are tried one by one at once.
_FEW = 3


@dataclass(frozen=True, slots=True)
class Target:
    """One protected cell and the width a reader's interval for it must keep."""

    release: str
    key: str
    reason: Reason
    position: int
    width: int


@dataclass(frozen=True, slots=True)
class Interval:
    """What a reader can work out: the cell is ``low`` .. ``high``, at least so wide where ``safe``."""

    target: Target
    low: int
    high: int
    safe: bool

    @property
    def recovered(self) -> bool:
        """Tell whether the reader has the very number."""
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class Audit:
    """The result for all protected cells, in the order of releases and cells."""

    intervals: tuple[Interval, ...]

    @property
    def leaks(self) -> tuple[Interval, ...]:
        """Return the cells that are not safe."""
        return tuple(one for one in self.intervals if not one.safe)

    def findings(self) -> tuple[Finding, ...]:
        """Return a finding for each leak."""
        return tuple(finding(one) for one in self.leaks)


class Worlds:
    """Worlds found so far, whole numbers, each true to every relation; which agree with what is said is asked anew."""

    def __init__(self, start: Numbers) -> None:
        self._found = np.array([start])
        self._fresh: list[Numbers] = []

    def add(self, world: Numbers) -> None:
        """Keep a world."""
        self._fresh.append(world)

    def spread(self, of: System) -> tuple[Numbers, Numbers]:
        """Return the least and the most that worlds which agree with what was said show, for every position."""
        if self._fresh:
            self._found = np.vstack([self._found, *self._fresh])
            self._fresh = []
        agreeing = self._found[((self._found >= of.low) & (self._found <= of.high)).all(axis=1)]
        if not len(agreeing):
            return of.value.copy(), of.value.copy()
        return agreeing.min(axis=0), agreeing.max(axis=0)


def audit(history: History, rules: Rules) -> Audit:
    """Attack ``history``. Raises Invalid where it is not consistent."""
    check(history)
    joint = system(history)
    return attack(joint, targets(history, rules, joint), Worlds(joint.value))


def require_safe(history: History, rules: Rules) -> Audit:
    """Return the audit of ``history``; raise Invalid (``disclosure-recovered``) where any cell is not safe."""
    found = audit(history, rules)
    if found.leaks:
        raise refusal(found.leaks)
    return found


def refusal(leaks: Sequence[Interval]) -> Invalid:
    """Return the refusal of a release that would give ``leaks`` away; each finding names a cell to coarsen, and why."""
    cells = ", ".join(f"{one.target.key} ({one.target.release})" for one in leaks)
    return Invalid("disclosure-recovered", [finding(one) for one in leaks], cells=cells, count=len(leaks))


def finding(leak: Interval) -> Finding:
    """Return what to say of one leak; its sentence stands in ``disclosure/words.yaml``."""
    target = leak.target
    values = {
        "release": target.release,
        "cell": target.key,
        "reason": str(target.reason),
        "low": leak.low,
        "high": leak.high,
        "width": target.width,
    }
    code = "disclosure-cell-recovered" if leak.recovered else "disclosure-cell-narrowed"
    return Finding(code, Severity.ERROR, sheet=target.release, value=target.key, rule=RULE, values=values)


def targets(history: History, rules: Rules, joint: System) -> tuple[Target, ...]:
    """Return every protected cell of every release."""
    return tuple(
        Target(edition.name, key, reason, joint.place[edition.name, key], rules.needed(edition.cell(key)))
        for edition in history.editions
        for key, reason in protected(edition, rules).items()
    )


def attack(of: System, wanted: Collection[Target], worlds: Worlds, *, first: bool = False) -> Audit:
    """Attack the cells ``wanted`` of a system; ``worlds`` are tried first and added to.

    With ``first`` the search ends at the first cell that is not safe, and the others may seem narrower than they are.
    """
    low, high = worlds.spread(of)
    reached = _Reached(low, high)
    for members in of.components():
        inside = set(members.tolist())
        here = [target for target in wanted if target.position in inside]
        if here and not _component(_Search(of, members, worlds, reached), here, first=first):
            break
    return Audit(tuple(_interval(target, reached) for target in wanted))


@dataclass(frozen=True, slots=True)
class _Reached:
    """The least and the most shown so far at every position, brought up to date in place."""

    low: Numbers
    high: Numbers

    def short(self, positions: Places, widths: Numbers) -> NDArray[np.bool_]:
        """Tell which positions are not wide enough yet."""
        return self.high[positions] - self.low[positions] < widths


def _interval(target: Target, reached: _Reached) -> Interval:
    low, high = reached.low[target.position], reached.high[target.position]
    return Interval(target, round(low), round(high), bool(high - low >= target.width))


def _component(search: _Search, here: Sequence[Target], *, first: bool) -> bool:
    """Widen the intervals of targets within one component: first many at once, then those left one by one.

    False where a cell turned out not to be safe and ``first`` ends the search there.
    """
    positions = np.array([target.position for target in here], dtype=np.int64)
    widths = np.array([target.width for target in here], dtype=np.float64)
    up, idle = True, 0
    while idle < 2:
        short = search.reached.short(positions, widths)
        if not short.any():
            return True
        if short.sum() < _FEW:
            break
        search.many(positions[short], widths[short], up=up)
        idle = 0 if search.reached.short(positions, widths).sum() < short.sum() else idle + 1
        up = not up
    safe = True
    for place in np.flatnonzero(search.reached.short(positions, widths)).tolist():
        if search.reached.short(positions[place : place + 1], widths[place : place + 1]).any():
            search.one(int(positions[place]), float(widths[place]))
        safe = safe and not search.reached.short(positions[place : place + 1], widths[place : place + 1]).any()
        if first and not safe:
            return False
    return safe or not first


class _Search:
    """Looks for worlds within one component; every cell outside it stays as it is."""

    def __init__(self, of: System, members: Places, worlds: Worlds, reached: _Reached) -> None:
        self.of, self.members, self.worlds, self.reached = of, members, worlds, reached
        self.rows, self.row_low, self.row_high = restricted(of, members)
        self.place = {position: number for number, position in enumerate(members.tolist())}

    def many(self, positions: Places, widths: Numbers, *, up: bool) -> None:
        """Look for one world that moves as many of ``positions`` as it can as far as their widths ask."""
        number, size = len(positions), len(self.members)
        reached = self.reached
        ends = reached.low[positions] + widths if up else np.maximum(reached.high[positions] - widths, 0.0)
        own = np.array([self.place[one] for one in positions.tolist()])
        # A further column a target holds what counts of it: no more than the cell moves, no more than its end.
        matrix = with_columns(self.rows, own, (-1.0,))
        bound = (0.0, np.inf) if up else (-np.inf, 0.0)
        inf = np.full(number, np.inf)
        programme = Programme(
            matrix=matrix,
            row_low=np.concatenate([self.row_low, np.full(number, bound[0])]),
            row_high=np.concatenate([self.row_high, np.full(number, bound[1])]),
            low=np.concatenate([self.of.low[self.members], -inf if up else ends]),
            high=np.concatenate([self.of.high[self.members], ends if up else inf]),
            whole=size,
        )
        self._keep(programme.least(np.concatenate([np.zeros(size), np.full(number, -1.0 if up else 1.0)])))

    def one(self, position: int, width: float) -> None:
        """Find the least a cell can be, and the most, as far as ``width`` above it."""
        size, place = len(self.members), self.place[position]
        low, high = self.of.low[self.members].copy(), self.of.high[self.members].copy()
        cost = np.zeros(size)
        cost[place] = 1.0
        matrix = self.rows.tocsc()
        self._keep(Programme(matrix, self.row_low, self.row_high, low, high, size).least(cost))
        if self.reached.high[position] - self.reached.low[position] >= width:
            return
        # The most it can be is asked only up to where it is wide enough: cells without an upper end have no most.
        high[place] = min(high[place], self.reached.low[position] + width)
        self._keep(Programme(matrix, self.row_low, self.row_high, low, high, size).least(-cost))

    def _keep(self, point: Numbers | None) -> None:
        """Keep a world found, in whole numbers, after checking that it is true to every relation."""
        if point is None:
            return
        world = self.of.value.copy()
        world[self.members] = np.rint(point[: len(self.members)])
        rows = self.of.matrix @ world
        if ((rows >= self.of.row_low) & (rows <= self.of.row_high)).all():
            self.worlds.add(world)
            np.minimum(self.reached.low, world, out=self.reached.low)
            np.maximum(self.reached.high, world, out=self.reached.high)
