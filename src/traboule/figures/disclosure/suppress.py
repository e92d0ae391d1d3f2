"""Secondary suppression: which further cells are hidden so that no protected one can be computed.

Comes in: a draft release, all earlier ones and what is stated about the changes. Goes out: what is said of each cell.
Promises: the joint history passes the attacker, or nothing comes out but a refusal that names the cells; hidden cells
are few and light; stated totals and structural zeros are never hidden; the same input gives the same cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from traboule.core.findings import Finding
from traboule.figures.disclosure.audit import Audit, Target, Worlds, attack, audit, finding, refusal, targets
from traboule.figures.disclosure.cells import HIDDEN, Between, Cell, Edition, History, Said, check
from traboule.figures.disclosure.rules import Rules, protected, refuse_stated
from traboule.figures.disclosure.system import Numbers, Places, Programme, System, restricted, system, with_columns

# Above this many hidden partners the last step, which shows again what need not be hidden, would take too long.
_MOST_TRIED = 400


@dataclass(frozen=True, slots=True)
class Protected:
    """A release as it may be published. ``primary`` and ``secondary`` are for the desk; no reader sees the difference.

    ``lost``: cells of earlier releases that those gave away before this one; it makes none of them worse than lost.
    """

    edition: Edition
    primary: tuple[str, ...]
    secondary: tuple[str, ...]
    audit: Audit
    lost: tuple[Finding, ...]

    def shown(self) -> Mapping[str, int | None]:
        """Return what is printed for each cell; None is the one symbol."""
        return {cell.key: self.edition.said.get(cell.key, HIDDEN).value for cell in self.edition.cells}


def suppress(
    draft: Edition, earlier: History, rules: Rules, between: tuple[Between, ...] = (), *, known: Audit | None = None
) -> Protected:
    """Protect ``draft`` jointly with ``earlier``. Of what ``draft`` says already only stated totals are heeded.

    ``known`` is the audit of ``earlier`` where the caller has it already: such as that of the release before, kept
    beside it. What is published is attacked anew whatever was known.
    Raises Invalid: ``disclosure-cells-invalid`` where the history is not consistent, ``disclosure-stated-small`` where
    a stated total is itself protected, ``disclosure-recovered`` where some protected cell cannot be protected.
    """
    primary = protected(draft, rules)
    refuse_stated(draft, primary)
    said = {cell.key: _shown(cell, draft, rules) for cell in draft.cells if cell.key not in primary}
    history = earlier.with_edition(replace(draft, said=said), between)
    check(history)
    lost = {(one.target.release, one.target.key): one for one in (known or audit(earlier, rules)).leaks}
    work = _Work(history, rules, set(lost))
    work.cover()
    work.show_again()
    final = replace(draft, said=work.said())
    # The attacker starts anew, from what is published alone.
    found = audit(earlier.with_edition(final, between), rules)
    leaks = [one for one in found.leaks if (one.target.release, one.target.key) not in lost]
    if leaks:
        raise refusal(leaks)
    secondary = tuple(cell.key for cell in draft.cells if cell.key not in final.said and cell.key not in primary)
    return Protected(final, tuple(primary), secondary, found, tuple(finding(one) for one in lost.values()))


def _shown(cell: Cell, draft: Edition, rules: Rules) -> Said:
    if cell.stated and cell.key in draft.said:
        return draft.said[cell.key]
    return rules.shown(cell)


class _Work:
    """The search for partners to hide. ``hidden`` holds positions of the draft hidden for others' sake."""

    def __init__(self, history: History, rules: Rules, lost: set[tuple[str, str]]) -> None:
        self.joint = system(history)
        self.draft = history.editions[-1]
        found = targets(history, rules, self.joint)
        self.targets = tuple(one for one in found if (one.release, one.key) not in lost)
        self.worlds = Worlds(self.joint.value)
        self.hidden: dict[int, Said] = {}
        self.soft = np.array(
            [
                self.joint.place[self.draft.name, cell.key]
                for cell in self.draft.cells
                if cell.key in self.draft.said and not cell.stated and not cell.impossible
            ],
            dtype=np.int64,
        )

    def said(self) -> dict[str, Said]:
        """Return what is said of each cell that is not hidden."""
        hidden = {self.joint.cells[position][1].key for position in self.hidden}
        return {key: one for key, one in self.draft.said.items() if key not in hidden}

    def now(self) -> System:
        """Return the system of a reader of the draft with what is hidden so far."""
        return self.joint.knowing(self.hidden)

    def cover(self) -> None:
        """Hide partners until every target is safe or no partner is left that would help."""
        hopeless: set[int] = set()
        # First by linear programmes, whose corners are mostly whole; what those leave open by whole numbers.
        for whole in (False, True, True):
            leaks = [one.target for one in attack(self.now(), self.targets, self.worlds).leaks]
            leaks = [one for one in leaks if one.position not in hopeless]
            for target in sorted(leaks, key=lambda one: (self.joint.value[one.position], one.position)):
                if attack(self.now(), [target], self.worlds, first=True).leaks and not self._cover_one(
                    target, whole=whole
                ):
                    hopeless.add(target.position)

    def _cover_one(self, target: Target, *, whole: bool) -> bool:
        """Hide what lets ``target`` be anything from ``low`` to ``low + width``; False where nothing does."""
        value = self.joint.value[target.position]
        low = 0.0 if value < target.width else value - target.width // 2
        if self._open(target, low, low + target.width, whole=whole):
            return True
        # With everything hidden that may be: where the interval then begins is as low as it can get.
        all_hidden = self.joint.knowing(dict.fromkeys(self.soft.tolist(), HIDDEN))
        widest = attack(all_hidden, [target], Worlds(self.joint.value)).intervals[0]
        if not widest.safe:
            return False
        return self._open(target, float(widest.low), float(max(widest.low + target.width, value)), whole=whole)

    def _open(self, target: Target, low: float, high: float, *, whole: bool) -> bool:
        """Hide the support of one world with ``target`` at ``low`` or below and one with it at ``high`` or above."""
        moved: list[Numbers] = []
        for end, most in ((low, True), (high, False)):
            value = self.joint.value[target.position]
            if (most and value <= end) or (not most and value >= end):
                continue
            world = self._cheapest(target.position, end, most=most, whole=whole)
            if world is None:
                return False
            moved.append(world)
        for world in moved:
            outside = (world > self.joint.high + 1e-6) | (world < self.joint.low - 1e-6)
            for position in self.soft[outside[self.soft]].tolist():
                self.hidden[position] = HIDDEN
            if whole:
                self.worlds.add(np.rint(world))
        return True

    def _cheapest(self, position: int, end: float, *, most: bool, whole: bool) -> Numbers | None:
        """Return the world nearest to what is shown, by weight, in which ``position`` lies beyond ``end``."""
        now = self.now()
        soft = np.array([one for one in self.soft.tolist() if one not in self.hidden], dtype=np.int64)
        shown = now.low[soft], now.high[soft]
        low, high = now.low.copy(), now.high.copy()
        low[soft], high[soft] = 0.0, np.inf
        members = np.flatnonzero(high > low)
        place = {one: number for number, one in enumerate(members.tolist())}
        size, number = len(members), len(soft)
        rows, row_low, row_high = restricted(now, members)
        own = np.array([place[one] for one in soft.tolist()], dtype=np.int64)
        # A further column a soft cell: how far it lies outside what is said of it now.
        matrix = with_columns(rows, own, (-1.0, 1.0))
        inf = np.full(number, np.inf)
        start, stop = low[members], high[members]
        here = place[position]
        start[here], stop[here] = (start[here], min(stop[here], end)) if most else (max(start[here], end), stop[here])
        programme = Programme(
            matrix=matrix,
            row_low=np.concatenate([row_low, -inf, shown[0]]),
            row_high=np.concatenate([row_high, shown[1], inf]),
            low=np.concatenate([start, np.zeros(number)]),
            high=np.concatenate([stop, inf]),
            whole=size,
        )
        cost = np.concatenate([np.zeros(size), self._weight(soft)])
        found = programme.least(cost) if whole else programme.corner(cost)
        if found is None:
            return None
        world = self.joint.value.copy()
        world[members] = found[:size]
        return world

    def _weight(self, positions: Places) -> Numbers:
        """Return what hiding each cell costs a reader: little for a small one, more for a large one."""
        cost: Numbers = np.log1p(self.joint.value[positions]) + 1.0
        return cost

    def show_again(self) -> None:
        """Show each hidden partner again, heaviest first, without which all targets stay safe."""
        if len(self.hidden) > _MOST_TRIED:
            return
        if attack(self.now(), self.targets, self.worlds, first=True).leaks:
            return
        order = sorted(self.hidden, key=lambda position: (-self.joint.value[position], position))
        for position in order:
            del self.hidden[position]
            if attack(self.now(), self.targets, self.worlds, first=True).leaks:
                self.hidden[position] = HIDDEN
