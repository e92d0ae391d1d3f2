"""Tables, histories and an attacker of their own for the tests of disclosure.

The attacker shares no code with the one under test: it writes the system down cell by cell and asks, for one cell at a
time, the least and the most it can be, by linear programming or in whole numbers.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csc_array

from traboule.figures.disclosure.audit import audit
from traboule.figures.disclosure.cells import Between, Cell, Edition, History, Relation, Supposed, exactly
from traboule.figures.disclosure.rules import Rules

FAR = 10_000.0


def table(counts: np.ndarray, name: str, *, stated: bool = True, minors: frozenset[int] = frozenset()) -> Edition:
    """Return a two-way table with its margins; ``stated``: the grand total is. ``minors``: columns about minors."""
    rows, columns = [*range(counts.shape[0]), "all"], [*range(counts.shape[1]), "all"]
    whole = np.pad(counts, ((0, 1), (0, 1)))
    whole[-1, :-1], whole[:-1, -1], whole[-1, -1] = counts.sum(0), counts.sum(1), counts.sum()
    cells = tuple(
        Cell(f"{row}/{column}", int(whole[r, c]), minors=c in minors, stated=stated and row == column == "all")
        for r, row in enumerate(rows)
        for c, column in enumerate(columns)
    )
    relations = [Relation(f"{row}/all", tuple(f"{row}/{column}" for column in columns[:-1])) for row in rows]
    relations += [Relation(f"all/{column}", tuple(f"{row}/{column}" for row in rows[:-1])) for column in columns]
    return Edition(name, cells, tuple(relations))


def between(earlier: str, later: str, how: Supposed | None) -> tuple[Between, ...]:
    """Return what is stated of a change: nothing for None."""
    return (Between(earlier, later, how),) if how else ()


class Reader:
    """A reader of all of a history. ``bounds`` says the least and the most a cell can be; an open end is FAR."""

    def __init__(self, history: History) -> None:
        every = [(one.name, cell) for one in history.editions for cell in one.cells]
        self.place = {(name, cell.key): n for n, (name, cell) in enumerate(every)}
        self.low, self.high = np.zeros(len(every)), np.full(len(every), FAR)
        for at, (name, cell) in enumerate(every):
            said = history.edition(name).published.get(cell.key)
            if cell.impossible:
                self.high[at] = 0.0
            elif said is not None:
                self.low[at], self.high[at] = said.low, FAR if said.high is None else said.high
        rows = [row for edition in history.editions for row in self._inside(edition)]
        rows += [row for one in history.between for row in self._across(one, history)]
        self.matrix = np.zeros((len(rows), len(every)))
        for number, (row, _, _) in enumerate(rows):
            self.matrix[number, list(row)] = list(row.values())
        self.rows = np.array([row[1:] for row in rows]).reshape(-1, 2)

    def _inside(self, edition: Edition) -> list[tuple[dict[int, float], float, float]]:
        rows = []
        for relation in edition.relations:
            row = {self.place[edition.name, part]: 1.0 for part in relation.parts}
            row[self.place[edition.name, relation.total]] = -1.0
            rows.append((row, 0.0 if relation.exact else -np.inf, 0.0))
        return rows

    def _across(self, one: Between, history: History) -> list[tuple[dict[int, float], float, float]]:
        ends = {Supposed.SAME: (0.0, 0.0), Supposed.GROWN: (0.0, np.inf), Supposed.SHRUNK: (-np.inf, 0.0)}
        keys = [cell.key for cell in history.edition(one.later).cells if (one.earlier, cell.key) in self.place]
        both = [(self.place[one.later, key], self.place[one.earlier, key]) for key in keys]
        return [({later: 1.0, earlier: -1.0}, *ends[one.supposed]) for later, earlier in both]

    def bounds(self, name: str, key: str) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return the bounds over whole numbers, and those by linear programming alone."""
        cost = np.zeros(len(self.low))
        cost[self.place[name, key]] = 1.0
        (least, low), (most, high) = (self._least(sign * cost) for sign in (1.0, -1.0))
        return (least, -most), (low, -high)

    def _least(self, cost: np.ndarray) -> tuple[float, float]:
        limits, ends = LinearConstraint(csc_array(self.matrix), *self.rows.T), Bounds(self.low, self.high)
        linear = whole = milp(cost, constraints=limits, bounds=ends)
        assert linear.status == 0
        if np.abs(linear.x - np.rint(linear.x)).max() > 1e-7:
            # The corner found is no solution in whole numbers: ask for one. One that is bounds whole numbers too.
            whole = milp(cost, constraints=limits, bounds=ends, integrality=np.ones(len(cost)))
            assert whole.status == 0
        return float(whole.fun), float(linear.fun)


def unavoidable(draft: Edition, earlier: History, rules: Rules, stated: tuple[Between, ...]) -> set[str]:
    """Return the cells that a release gives away, here or in earlier ones, even where all but its totals is hidden."""
    hidden = replace(draft, published={cell.key: exactly(cell.value) for cell in draft.cells if cell.stated})
    return {one.value for one in audit(earlier.with_edition(hidden, stated), rules).findings()}


def random_history(rng: np.random.Generator) -> tuple[list[Edition], list[tuple[Between, ...]], Rules]:
    """Return the drafts of two or three releases of one operation, what each states of its change, and a policy."""
    shape = tuple(rng.integers(2, 5, size=2))
    threshold = int(rng.integers(3, 6))
    rules = Rules(threshold, threshold + int(rng.integers(0, 3)), 2, base=int(rng.choice([1, 1, 3, 5])))
    minors = frozenset({0}) if rng.random() < 0.4 else frozenset()
    counts = rng.negative_binomial(0.5, 0.05, size=shape)
    drafts = [table(counts, "1", stated=counts.sum() >= rules.threshold, minors=minors)]
    said: list[tuple[Between, ...]] = [()]
    for number in range(2, int(rng.integers(3, 5))):
        how = [None, Supposed.SAME, Supposed.GROWN, Supposed.SHRUNK][rng.integers(4)]
        late = rng.poisson(0.4, size=shape)
        change = {Supposed.SAME: 0 * late, Supposed.GROWN: late, Supposed.SHRUNK: -np.minimum(late, counts)}
        free = np.maximum(counts + late - rng.poisson(0.4, size=shape), 0)
        counts = counts + change[how] if how else free
        stated = bool(counts.sum() >= rules.threshold)
        drafts.append(table(counts, str(number), stated=stated, minors=minors))
        said.append(between(str(number - 1), str(number), how))
    return drafts, said, rules
