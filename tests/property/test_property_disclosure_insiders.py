"""No state, with its own rows in hand, computes what another found: random tables and histories of several releases.

The attacker knows which cells are listed, its own part of every cell of every release, and every rule and value that
was published; it is written apart from the audit and asks for one cell at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from traboule.core.errors import Invalid
from traboule.figures.disclosure.cells import Between, Cell, Edition, History, Relation, Supposed
from traboule.figures.disclosure.rules import Rules, protected
from traboule.figures.disclosure.suppress import suppress

SEEDS = range(40)
SEED = 20241117
FAR = 10_000.0

pytestmark = pytest.mark.promise("no-protected-cell")


def edition(counts: np.ndarray, name: str) -> Edition:
    """Return a release of persons by state (rows) and sex (columns): a table of each, and the stated headline."""
    states, sexes = range(counts.shape[0]), range(counts.shape[1])

    def own(column: np.ndarray) -> Mapping[str, int]:
        return {f"S{state}": int(column[state]) for state in states if column[state]}

    headline = Cell("all", int(counts.sum()), stated=True, total=True, listed=True, own=own(counts.sum(1)))
    by_state = [Cell(f"S{s}", int(counts[s].sum()), state=f"S{s}", listed=True) for s in states if counts[s].any()]
    columns = [(sex, counts[:, sex]) for sex in sexes if counts[:, sex].any()]
    by_sex = [
        Cell(f"x{sex}", int(column.sum()), own=own(column), largest=int(column.max()), listed=True)
        for sex, column in columns
    ]
    relations = tuple(Relation("all", tuple(cell.key for cell in cells)) for cells in (by_state, by_sex))
    return Edition(name, (headline, *by_state, *by_sex), relations)


def random_releases(rng: np.random.Generator) -> tuple[list[np.ndarray], Rules]:
    """Return what each state found of each sex by the time of one to three releases, and a policy."""
    counts = rng.negative_binomial(0.5, 0.06, size=(rng.integers(7, 13), rng.integers(2, 4)))
    releases = [counts]
    for _ in range(rng.integers(0, 3)):
        releases.append(releases[-1] + rng.poisson(0.5, size=counts.shape))
    return releases, Rules(int(rng.integers(3, 7)), 7, 1, base=int(rng.choice([1, 1, 3, 5])))


class Insider:
    """A reader of all of a history in one state, which knows of each cell what it filed itself."""

    def __init__(self, history: History, state: str) -> None:
        self.history, self.state = history, state
        every = [(release.name, cell) for release in history.editions for cell in release.cells]
        self.place = {(name, cell.key): number for number, (name, cell) in enumerate(every)}
        self.own = np.array([float(cell.value if cell.state == state else cell.own.get(state, 0)) for _, cell in every])
        self.low, self.high = np.zeros(len(every)), np.full(len(every), FAR)
        for number, (name, cell) in enumerate(every):
            value = history.edition(name).published.get(cell.key)
            low, high = (int(cell.value > 0), FAR) if value is None else (value.low, value.high or value.low)
            # Unknown is what the others filed: the insider has subtracted its own rows from everything.
            self.low[number], self.high[number] = max(low - self.own[number], 0), high - self.own[number]
            if state and cell.state == state:
                self.low[number] = self.high[number] = 0
        rows = []
        for release in history.editions:
            for relation in release.relations:
                row = np.zeros(len(every))
                row[self.place[release.name, relation.total]] = -1
                row[[self.place[release.name, part] for part in relation.parts]] = 1
                rows.append((row, -float(row @ self.own), -float(row @ self.own)))
        for between in history.between:
            for key in between.shared(history.edition(between.earlier), history.edition(between.later)):
                row = np.zeros(len(every))
                row[self.place[between.later, key]], row[self.place[between.earlier, key]] = 1, -1
                rows.append((row, 0.0, np.inf))
        self.constraint = LinearConstraint(*(np.array(part) for part in zip(*rows, strict=True)))

    def others(self, name: str, key: str) -> tuple[int, int, int]:
        """Return the least and the most that others can have filed of a cell, and what they did."""
        cost = np.zeros(len(self.low))
        place = self.place[name, key]
        ends = []
        for sign in (1.0, -1.0):
            cost[place] = sign
            options = {"constraints": self.constraint, "bounds": Bounds(self.low, self.high)}
            solved = milp(cost, integrality=np.ones(len(cost)), **options)
            assert solved.status == 0, solved.message
            ends.append(round(sign * solved.fun))
        value = self.history.edition(name).cell(key).value
        return ends[0], ends[1], round(value - self.own[place])


def protect(counts: list[np.ndarray], rules: Rules) -> History:
    """Return the releases that are published: those that cannot be protected are refused."""
    history = History()
    for number, table in enumerate(counts, 1):
        draft = edition(table, str(number))
        stated = tuple(Between(earlier.name, draft.name, Supposed.GROWN) for earlier in history.editions)
        if table.sum() < rules.threshold or protected(draft, rules).get("all"):
            break
        try:
            history = history.with_edition(suppress(draft, history, rules, stated).edition, stated)
        except Invalid:
            break
    return history


def test_no_state_computes_a_protected_cell() -> None:
    attacked = releases = 0
    for seed in SEEDS:
        counts, rules = random_releases(np.random.default_rng(SEED + seed))
        history = protect(counts, rules)
        releases += len(history.editions)
        states = {cell.state for release in history.editions for cell in release.cells}
        for state in sorted(states):
            insider = Insider(history, state)
            for release in history.editions:
                for key in protected(release, rules):
                    low, high, filed = insider.others(release.name, key)
                    assert low <= filed <= high
                    if filed:
                        assert high - low >= rules.needed(release.cell(key)), (seed, state, release.name, key)
                        attacked += 1
    print(f"{releases} releases, {attacked} cells attacked by insiders")
    assert releases > len(SEEDS) // 3
    assert attacked > 300


def test_without_its_own_rows_in_the_audit_a_state_computes_the_others() -> None:
    """The control: releases protected against outsiders alone give protected cells away to the states."""
    recovered = 0
    for seed in SEEDS:
        counts, rules = random_releases(np.random.default_rng(SEED + seed))
        draft = edition(counts[0], "1")
        blind = tuple(replace(cell, own={}, state="") for cell in draft.cells)
        try:
            published = suppress(replace(draft, cells=blind), History(), rules).edition.published
        except Invalid:
            continue
        history = History((replace(draft, published=published),))
        for state in {cell.state for cell in draft.cells if cell.state}:
            insider = Insider(history, state)
            for key in protected(draft, rules):
                low, high, filed = insider.others("1", key)
                recovered += bool(filed and low == high)
    assert recovered >= 5
