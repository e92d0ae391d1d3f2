"""Secondary suppression: choose complementary cells to hide so that no protected cell can be computed.

In: a draft release, all earlier ones and what is stated about the changes. Out: the published value of each cell.
Guaranteed: the joint history passes the audit, or the release is refused and the cells named; complementary cells are
few and of low weight; stated totals and structural zeros are never hidden; the same input gives the same cells.
Source: Hundepool et al., Statistical Disclosure Control (2012), chapter 4.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np

from traboule.core.findings import Finding
from traboule.figures.disclosure.audit import (
    AuditResult,
    FeasibleTables,
    LeakName,
    Target,
    attack,
    attack_by_all,
    audit,
    narrowed_for,
    refusal,
    targets,
)
from traboule.figures.disclosure.cells import HIDDEN, Between, Cell, Edition, History, PublishedValue, check
from traboule.figures.disclosure.rules import Rules, protected, refuse_stated
from traboule.figures.disclosure.system import Numbers, Places, Programme, System, restricted, system, with_columns

# With more complementary cells than this, the last step (publishing those that need not be hidden) takes too long.
_MOST_COMPLEMENTARY = 400


@dataclass(frozen=True, slots=True)
class Protected:
    """A release as it may be published. ``primary`` and ``secondary`` are for the desk; readers cannot tell them apart.

    ``lost``: protected cells that the earlier releases disclose by themselves, without this one.
    """

    edition: Edition
    primary: tuple[str, ...]
    secondary: tuple[str, ...]
    audit: AuditResult
    lost: tuple[Finding, ...]

    def printed(self) -> Mapping[str, int | None]:
        """Return what is printed for each cell; None for the suppression symbol."""
        return {cell.key: self.edition.published.get(cell.key, HIDDEN).value for cell in self.edition.cells}


def suppress(
    draft: Edition,
    earlier: History,
    rules: Rules,
    between: tuple[Between, ...] = (),
    *,
    earlier_audit: AuditResult | None = None,
) -> Protected:
    """Protect ``draft`` jointly with ``earlier``. Of its published values only those of stated cells are used.

    ``earlier_audit`` is the audit of ``earlier``, where the caller has it. The result is audited in any case. Raises
    Invalid: ``disclosure-cells-invalid`` where the history is not consistent, ``disclosure-stated-small`` where a
    stated total is itself protected, ``disclosure-recovered`` where some protected cell cannot be protected.
    """
    primary = protected(draft, rules)
    refuse_stated(draft, primary)
    published = {cell.key: _published_value(cell, draft, rules) for cell in draft.cells if cell.key not in primary}
    history = earlier.with_edition(replace(draft, published=published), between)
    check(history)
    before = earlier_audit or audit(earlier, rules)
    search = _SuppressionSearch(history, rules, before.names())
    search.protect()
    search.unhide()
    final = replace(draft, published=search.published())
    # The audit starts from the published values alone, not from the tables that the search found.
    result = audit(earlier.with_edition(final, between), rules)
    if leaks := result.leaks_beside(before):
        raise refusal(leaks)
    secondary = tuple(cell.key for cell in draft.cells if cell.key not in final.published and cell.key not in primary)
    return Protected(final, tuple(primary), secondary, result, before.findings())


def _published_value(cell: Cell, draft: Edition, rules: Rules) -> PublishedValue:
    if cell.stated and cell.key in draft.published:
        return draft.published[cell.key]
    return rules.published_value(cell)


class _SuppressionSearch:
    """The search for complementary cells. ``hidden`` holds the positions in the draft that it has chosen."""

    def __init__(self, history: History, rules: Rules, lost: frozenset[LeakName]) -> None:
        self.joint = system(history)
        self.draft = history.editions[-1]
        self.lost = lost
        self.targets = targets(history, rules, self.joint)
        self.feasible = FeasibleTables(self.joint)
        self.hidden: dict[int, PublishedValue] = {}
        self.eligible = np.array(
            [
                self.joint.place[self.draft.name, cell.key]
                for cell in self.draft.cells
                if cell.key in self.draft.published and not cell.stated and not cell.impossible
            ],
            dtype=np.int64,
        )

    def published(self) -> dict[str, PublishedValue]:
        """Return the published value of each cell that is not hidden."""
        hidden = {self.joint.cells[position][1].key for position in self.hidden}
        return {key: value for key, value in self.draft.published.items() if key not in hidden}

    def current_system(self, state: str = "") -> System:
        """Return the system of a reader of the draft with the complementary cells chosen so far; of one in ``state``,
        who knows what that state filed."""
        current = self.joint.with_published(self.hidden)
        return current.known_to(state) if state else current

    def protect(self) -> None:
        """Hide complementary cells until every target is safe from every reader, or no further cell would help."""
        hopeless = set(self.lost)
        # First by linear programmes, whose solutions are mostly whole numbers; then by integer programmes.
        for integral in (False, True, True):
            any_exposed = False
            for state in ("", *self.joint.own):
                exposed = self._exposed_to(state, hopeless)
                any_exposed = any_exposed or bool(exposed)
                for target in sorted(exposed, key=lambda target: (self.joint.value[target.position], target.position)):
                    is_safe = not attack(self.current_system(state), [target], self.feasible, first=True).leaks
                    if not is_safe and not self._protect_target(target, integral=integral):
                        hopeless.add(target.name)
            if not any_exposed:
                return

    def _exposed_to(self, state: str, hopeless: Collection[LeakName]) -> list[Target]:
        """Return the targets, but for ``hopeless`` ones, that are not safe from a reader in ``state``, or from one who
        knows nothing else."""
        reader, attacked = self.current_system(), [target for target in self.targets if not target.among(hopeless)]
        if state:
            reader, attacked = narrowed_for(reader, state, attacked, self.feasible)
            attacked = [target for target in attacked if not target.among(hopeless)]
        return [leak.target for leak in attack(reader, attacked, self.feasible).leaks] if attacked else []

    def _is_safe(self) -> bool:
        """Return whether every target is safe from every reader."""
        return not attack_by_all(self.current_system(), self.targets, self.feasible, first=True, lost=self.lost).leaks

    def _protect_target(self, target: Target, *, integral: bool) -> bool:
        """Hide cells so that ``target`` can range over its width; False where none achieve that."""
        value = self.joint.value[target.position]
        least = float(self.current_system(target.insider).floor[target.position])
        low = least if value - least < target.width else value - target.width // 2
        if self._hide_support(target, low, low + target.width, integral=integral):
            return True
        # With every eligible cell hidden, the interval starts as low as it can.
        all_hidden = self.joint.with_published(dict.fromkeys(self.eligible.tolist(), HIDDEN))
        reader = all_hidden.known_to(target.insider) if target.insider else all_hidden
        widest = attack(reader, [target], FeasibleTables(self.joint)).intervals[0]
        if not widest.safe:
            return False
        return self._hide_support(
            target, float(widest.low), float(max(widest.low + target.width, value)), integral=integral
        )

    def _hide_support(self, target: Target, low: float, high: float, *, integral: bool) -> bool:
        """Hide the cells that change in a table with ``target`` at most ``low``, and in one with at least ``high``."""
        tables: list[Numbers] = []
        for end, most in ((low, True), (high, False)):
            value = self.joint.value[target.position]
            if (most and value <= end) or (not most and value >= end):
                continue
            table = self._nearest_table(target, end, most=most, integral=integral)
            if table is None:
                return False
            tables.append(table)
        for table in tables:
            outside = (table > self.joint.high + 1e-6) | (table < self.joint.low - 1e-6)
            for position in self.eligible[outside[self.eligible]].tolist():
                self.hidden[position] = HIDDEN
            if integral:
                self.feasible.add(np.rint(table))
        return True

    def _nearest_table(self, target: Target, end: float, *, most: bool, integral: bool) -> Numbers | None:
        """Return the table nearest to the published values, by weight, with ``target`` at or beyond ``end``."""
        current = self.current_system(target.insider)
        open_to_reader = current.ceiling > current.floor
        visible = [cell for cell in self.eligible.tolist() if cell not in self.hidden and open_to_reader[cell]]
        eligible = np.array(visible, dtype=np.int64)
        published = current.low[eligible], current.high[eligible]
        low, high = current.low.copy(), current.high.copy()
        low[eligible], high[eligible] = current.floor[eligible], current.ceiling[eligible]
        members = np.flatnonzero(high > low)
        place = {cell: number for number, cell in enumerate(members.tolist())}
        size, number = len(members), len(eligible)
        rows, row_low, row_high = restricted(current, members)
        own = np.array([place[cell] for cell in eligible.tolist()], dtype=np.int64)
        # A slack column for each eligible cell: by how much it lies outside its published interval.
        matrix = with_columns(rows, own, (-1.0, 1.0))
        inf = np.full(number, np.inf)
        start, stop = low[members], high[members]
        column = place[target.position]
        if most:
            stop[column] = min(stop[column], end)
        else:
            start[column] = max(start[column], end)
        programme = Programme(
            matrix=matrix,
            row_low=np.concatenate([row_low, -inf, published[0]]),
            row_high=np.concatenate([row_high, published[1], inf]),
            low=np.concatenate([start, np.zeros(number)]),
            high=np.concatenate([stop, inf]),
            integer_columns=size,
        )
        cost = np.concatenate([np.zeros(size), self._weight(eligible)])
        point = programme.least(cost) if integral else programme.corner(cost)
        if point is None:
            return None
        table = self.joint.value.copy()
        table[members] = point[:size]
        return table

    def _weight(self, positions: Places) -> Numbers:
        """Return the weight of each cell, which grows with its value: hiding a small cell costs a reader less."""
        cost: Numbers = np.log1p(self.joint.value[positions]) + 1.0
        return cost

    def unhide(self) -> None:
        """Publish again, heaviest first, each complementary cell without which all targets stay safe."""
        if len(self.hidden) > _MOST_COMPLEMENTARY:
            return
        if not self._is_safe():
            return
        order = sorted(self.hidden, key=lambda position: (-self.joint.value[position], position))
        for position in order:
            del self.hidden[position]
            if not self._is_safe():
                self.hidden[position] = HIDDEN
