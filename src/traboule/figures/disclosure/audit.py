"""Disclosure audit: compute the feasibility interval of each protected cell, as an attacker would.

In: a history as published. Out: for each protected cell its feasibility interval in whole numbers, and whether it is
wide enough, for readers who know nothing else and for each state, which knows what it filed itself. Guaranteed: a cell
counts as safe only where two feasible tables (whole numbers that agree with everything published, and with what the
reader filed) differ in it by at least the required width. Linear reasoning recovers no more than that. A cell that is
not proven safe within the search's limit counts as recovered. Source: Hundepool et al., Statistical Disclosure Control
(2012), chapter 4.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from traboule.core.errors import Invalid
from traboule.core.findings import Finding, Severity
from traboule.figures.disclosure.cells import RULE, History, check
from traboule.figures.disclosure.rules import ProtectionReason, Rules, protected
from traboule.figures.disclosure.system import Numbers, Places, Programme, System, restricted, system, with_columns

# With fewer targets than this, each is solved by itself from the start.
_FEWEST_AT_ONCE = 3


LeakName = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Target:
    """A protected cell and the least width of its feasibility interval, for the reader ``insider``.

    ``whole``: the position of the published headline that it is a part of, which bounds it for every reader.
    ``insider``: a state that knows its own rows, empty for everybody else.
    """

    release: str
    key: str
    reason: ProtectionReason
    position: int
    width: int
    whole: int = -1
    insider: str = ""

    @property
    def name(self) -> LeakName:
        """Return what a leak of it is remembered by: the cell, and who can compute it."""
        return self.release, self.key, self.insider

    def among(self, leaks: Collection[LeakName]) -> bool:
        """Return whether ``leaks`` give it away to this reader; what everybody knows, each state knows."""
        return self.name in leaks or (self.release, self.key, "") in leaks


@dataclass(frozen=True, slots=True)
class Interval:
    """The feasibility interval ``low`` .. ``high`` of a cell; where ``safe``, it is at least that wide."""

    target: Target
    low: int
    high: int
    safe: bool

    @property
    def recovered(self) -> bool:
        """Return whether an attacker knows the exact value."""
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class AuditResult:
    """The feasibility intervals of all protected cells, in the order of releases and cells."""

    intervals: tuple[Interval, ...]

    @property
    def leaks(self) -> tuple[Interval, ...]:
        """Return the cells that are not safe."""
        return tuple(interval for interval in self.intervals if not interval.safe)

    def leaks_beside(self, earlier: AuditResult) -> tuple[Interval, ...]:
        """Return the leaks that the releases of ``earlier`` do not have by themselves."""
        lost = earlier.names()
        return tuple(leak for leak in self.leaks if not leak.target.among(lost))

    def names(self) -> frozenset[LeakName]:
        """Return what its leaks are remembered by."""
        return frozenset(leak.target.name for leak in self.leaks)

    def findings(self) -> tuple[Finding, ...]:
        """Return a finding for each cell that leaks."""
        return findings(self.leaks)


class FeasibleTables:
    """Tables of whole numbers that satisfy every relation, found so far, of a system and those of its readers.

    Whether a table agrees with the published values, and with what a reader knows of the relations, is checked for each
    system: these differ as cells are hidden, and from state to state.
    """

    def __init__(self, of: System) -> None:
        self._matrix = of.matrix
        self._tables = np.array([of.value])
        self._rows = self._rows_of(self._tables)
        self._fresh: list[Numbers] = []

    def add(self, table: Numbers) -> None:
        """Add a table."""
        self._fresh.append(table)

    def spread(self, of: System) -> tuple[Numbers, Numbers]:
        """Return for every position the least and the largest value in the tables that are feasible for a system."""
        if self._fresh:
            fresh = np.array(self._fresh)
            self._tables = np.vstack([self._tables, fresh])
            self._rows = np.vstack([self._rows, self._rows_of(fresh)])
            self._fresh = []
        is_feasible = ((self._tables >= of.low) & (self._tables <= of.high)).all(axis=1)
        is_feasible &= ((self._rows >= of.row_low) & (self._rows <= of.row_high)).all(axis=1)
        feasible = self._tables[is_feasible]
        if not len(feasible):
            return of.value.copy(), of.value.copy()
        return feasible.min(axis=0), feasible.max(axis=0)

    def _rows_of(self, tables: Numbers) -> Numbers:
        rows: Numbers = (self._matrix @ tables.T).T
        return rows


def audit(history: History, rules: Rules) -> AuditResult:
    """Audit ``history``. Raises Invalid where it is not consistent."""
    check(history)
    joint = system(history)
    return attack_by_all(joint, targets(history, rules, joint), FeasibleTables(joint))


def require_safe(history: History, rules: Rules) -> AuditResult:
    """Return the audit of ``history``; raise Invalid (``disclosure-recovered``) where any cell is not safe."""
    result = audit(history, rules)
    if result.leaks:
        raise refusal(result.leaks)
    return result


def refusal(leaks: Sequence[Interval]) -> Invalid:
    """Return the refusal of a release that would disclose ``leaks``; each finding names a cell to coarsen, and why."""
    named = findings(leaks)
    cells = ", ".join(f"{leak.value} ({leak.sheet})" for leak in named)
    return Invalid("disclosure-recovered", named, cells=cells, count=len(named))


def findings(leaks: Sequence[Interval]) -> tuple[Finding, ...]:
    """Return a finding for each cell that leaks, for the first reader who can compute it."""
    first = {(leak.target.release, leak.target.key): leak for leak in reversed(leaks)}
    return tuple(finding(leak) for leak in reversed(first.values()))


def finding(leak: Interval) -> Finding:
    """Return the finding for a leak; its sentence stands in ``disclosure/words.yaml``."""
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
    if target.insider:
        code, values = f"{code}-inside", {**values, "state": target.insider}
    return Finding(code, Severity.ERROR, sheet=target.release, value=target.key, rule=RULE, values=values)


def targets(history: History, rules: Rules, joint: System) -> tuple[Target, ...]:
    """Return every protected cell of every release, for readers who know nothing else."""
    every_target = []
    for edition in history.editions:
        wholes = {
            part: relation.total for relation in edition.relations if not relation.exact for part in relation.parts
        }
        for key, reason in protected(edition, rules).items():
            cell, position = edition.cell(key), joint.place[edition.name, key]
            # A headline held back is at most the one it is part of, whatever else is hidden.
            whole = joint.place[edition.name, wholes[key]] if cell.total and key in wholes else -1
            width = min(rules.needed(cell), _widest(joint, position, whole))
            every_target.append(Target(edition.name, key, reason, position, width, whole))
    return tuple(every_target)


def _widest(of: System, position: int, whole: int, outside: int = 0) -> int:
    """Return the width that a part of a published headline can have at most; ``outside`` is what the reader knows of
    the whole to be no part."""
    if whole < 0 or np.isposinf(of.high[whole]):
        return sys.maxsize
    return round(float(of.high[whole] - of.floor[position])) - outside


def attack_by_all(
    of: System,
    attacked: Sequence[Target],
    feasible: FeasibleTables,
    *,
    first: bool = False,
    lost: Collection[LeakName] = (),
) -> AuditResult:
    """Return the feasibility intervals of ``attacked``, and those that only a state, knowing its own rows, can narrow.

    ``first`` as for :func:`attack`. Leaks in ``lost`` are not looked for.
    """
    result = attack(of, [target for target in attacked if not target.among(lost)], feasible, first=first)
    if first and result.leaks:
        return result
    intervals = list(result.intervals)
    safe = [interval.target for interval in result.intervals if interval.safe]
    for state in of.own:
        known, narrowed = narrowed_for(of, state, safe, feasible)
        attacked_inside = [target for target in narrowed if not target.among(lost)]
        inside = attack(known, attacked_inside, feasible, first=first).leaks if attacked_inside else ()
        intervals += inside
        if first and inside:
            break
    return AuditResult(tuple(intervals))


def narrowed_for(
    of: System, state: str, attacked: Sequence[Target], feasible: FeasibleTables
) -> tuple[System, list[Target]]:
    """Return the system that ``state`` reads, and the targets that no table found so far proves safe from it.

    A cell that holds nothing but the state's own persons is no secret to it, and none of anybody else.
    """
    known, own = of.known_to(state), of.own[state]
    low, high = feasible.spread(known)
    narrowed = []
    for target in attacked:
        position, whole, width = target.position, target.whole, target.width
        if whole >= 0:
            width = min(width, _widest(known, position, whole, round(own[whole] - own[position])))
        if of.value[position] > own[position] and high[position] - low[position] < width:
            narrowed.append(replace(target, width=width, insider=state))
    return known, narrowed


def attack(of: System, attacked: Collection[Target], feasible: FeasibleTables, *, first: bool = False) -> AuditResult:
    """Return the feasibility intervals of the cells ``attacked``.

    ``feasible`` tables are used first, and the search adds those it finds. With ``first`` the search ends at the first
    cell that is not safe; the intervals of the others may then be narrower than the true ones.
    """
    low, high = feasible.spread(of)
    bounds = _FeasibleBounds(low, high)
    # Where the tables found so far prove every target safe, there is nothing to search for.
    for members in of.components() if any(map(bounds.is_short, attacked)) else ():
        inside = set(members.tolist())
        component_targets = [target for target in attacked if target.position in inside]
        if not any(map(bounds.is_short, component_targets)):
            continue
        if not _search_component(_Search(of, members, feasible, bounds), component_targets, first=first):
            break
    return AuditResult(tuple(_interval(target, bounds) for target in attacked))


@dataclass(frozen=True, slots=True)
class _FeasibleBounds:
    """The least and the largest feasible value found so far at every position, updated in place."""

    low: Numbers
    high: Numbers

    def short(self, positions: Places, widths: Numbers) -> NDArray[np.bool_]:
        """Return which positions are not wide enough yet."""
        return self.high[positions] - self.low[positions] < widths

    def is_short(self, target: Target) -> bool:
        """Return whether a target is not proven safe yet."""
        return bool(self.high[target.position] - self.low[target.position] < target.width)


def _interval(target: Target, bounds: _FeasibleBounds) -> Interval:
    low, high = bounds.low[target.position], bounds.high[target.position]
    return Interval(target, round(low), round(high), safe=not bounds.is_short(target))


def _search_component(search: _Search, component_targets: Sequence[Target], *, first: bool) -> bool:
    """Widen the intervals of a component's targets, first many at once, then the remaining ones singly.

    False where a cell is not safe and ``first`` ends the search there.
    """
    positions = np.array([target.position for target in component_targets], dtype=np.int64)
    widths = np.array([target.width for target in component_targets], dtype=np.float64)
    up, idle = True, 0
    while idle < 2:
        short = search.bounds.short(positions, widths)
        if not short.any():
            return True
        if short.sum() < _FEWEST_AT_ONCE:
            break
        search.widen_together(positions[short], widths[short], up=up)
        idle = 0 if search.bounds.short(positions, widths).sum() < short.sum() else idle + 1
        up = not up
    safe = True
    for place in np.flatnonzero(search.bounds.short(positions, widths)).tolist():
        if search.bounds.short(positions[place : place + 1], widths[place : place + 1]).any():
            search.widen_single(int(positions[place]), float(widths[place]))
        safe = safe and not search.bounds.short(positions[place : place + 1], widths[place : place + 1]).any()
        if first and not safe:
            return False
    return safe or not first


class _Search:
    """The search for feasible tables within one component; every cell outside it keeps its true value."""

    def __init__(self, of: System, members: Places, feasible: FeasibleTables, bounds: _FeasibleBounds) -> None:
        self.of, self.members, self.feasible, self.bounds = of, members, feasible, bounds
        self.rows, self.row_low, self.row_high = restricted(of, members)
        self.place = {position: number for number, position in enumerate(members.tolist())}

    def widen_together(self, positions: Places, widths: Numbers, *, up: bool) -> None:
        """Find a feasible table that moves as many of ``positions`` as possible as far as their widths require."""
        number, size = len(positions), len(self.members)
        bounds = self.bounds
        ends = bounds.low[positions] + widths if up else np.maximum(bounds.high[positions] - widths, 0.0)
        own = np.array([self.place[position] for position in positions.tolist()])
        # One further column for each target holds its gain: at most the cell's value, at most the end it must reach.
        matrix = with_columns(self.rows, own, (-1.0,))
        row_ends = (0.0, np.inf) if up else (-np.inf, 0.0)
        inf = np.full(number, np.inf)
        programme = Programme(
            matrix=matrix,
            row_low=np.concatenate([self.row_low, np.full(number, row_ends[0])]),
            row_high=np.concatenate([self.row_high, np.full(number, row_ends[1])]),
            low=np.concatenate([self.of.low[self.members], -inf if up else ends]),
            high=np.concatenate([self.of.high[self.members], ends if up else inf]),
            integer_columns=size,
        )
        self._add(programme.least(np.concatenate([np.zeros(size), np.full(number, -1.0 if up else 1.0)])))

    def widen_single(self, position: int, width: float) -> None:
        """Find the least value a cell can have, and the largest up to ``width`` above that."""
        size, place = len(self.members), self.place[position]
        low, high = self.of.low[self.members].copy(), self.of.high[self.members].copy()
        cost = np.zeros(size)
        cost[place] = 1.0
        matrix = self.rows.tocsc()
        self._add(Programme(matrix, self.row_low, self.row_high, low, high, size).least(cost))
        if self.bounds.high[position] - self.bounds.low[position] >= width:
            return
        # The maximum is sought only up to the required width: a cell without an upper bound has none.
        high[place] = min(high[place], self.bounds.low[position] + width)
        self._add(Programme(matrix, self.row_low, self.row_high, low, high, size).least(-cost))

    def _add(self, point: Numbers | None) -> None:
        """Round a solution to whole numbers and add it if it satisfies every relation."""
        if point is None:
            return
        table = self.of.value.copy()
        table[self.members] = np.rint(point[: len(self.members)])
        rows = self.of.matrix @ table
        if ((rows >= self.of.row_low) & (rows <= self.of.row_high)).all():
            self.feasible.add(table)
            np.minimum(self.bounds.low, table, out=self.bounds.low)
            np.maximum(self.bounds.high, table, out=self.bounds.high)
