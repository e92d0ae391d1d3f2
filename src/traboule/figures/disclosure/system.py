"""Build the joint linear system of all releases: each cell an unknown, bounded by what a reader knows.

In: a history. Out: arrays in a fixed order (release by release, cell by cell). Guaranteed: the true values solve the
system; the same history gives the same arrays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csc_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components

from traboule.figures.disclosure.cells import HIDDEN, Between, Cell, Edition, History, PublishedValue, Supposed

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]
_ENDS = {Supposed.SAME: (0.0, 0.0), Supposed.GROWN: (0.0, np.inf), Supposed.SHRUNK: (-np.inf, 0.0)}
# Far more branch-and-bound nodes than any table here has needed. A search that reaches the limit has proven nothing, so
# the cell does not count as safe.
_MOST_NODES = 20_000
_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class System:
    """A table of whole numbers is feasible where it lies in ``low`` .. ``high`` and ``matrix`` @ table in ``row_low``
    .. ``row_high``. ``place``: (release, key) -> position. ``value``: the true table. ``floor``: the least that its
    reader knows of each cell even where it is hidden, ``ceiling`` the most. ``own``: by state, what it filed itself;
    ``owner``: the state that filed all of a cell, empty where there is none.
    """

    place: dict[tuple[str, str], int]
    cells: tuple[tuple[str, Cell], ...]
    matrix: csr_matrix
    row_low: Numbers
    row_high: Numbers
    low: Numbers
    high: Numbers
    value: Numbers
    floor: Numbers
    ceiling: Numbers
    own: Mapping[str, Numbers]
    owner: NDArray[np.str_]

    def with_published(self, published: dict[int, PublishedValue]) -> System:
        """Return the system with other published values at some positions."""
        low, high = self.low.copy(), self.high.copy()
        for position, value in published.items():
            low[position], high[position] = _bounds(self.cells[position][1], value)
        return replace(self, low=np.maximum(low, self.floor), high=np.minimum(high, self.ceiling))

    def known_to(self, state: str) -> System:
        """Return the system of a reader in ``state``, who knows what that state filed of every cell.

        No cell is less than the reader's own part of it, a cell that the state filed alone is known, and what the
        others filed keeps to every relation as well: their part of a part is at most their part of its whole.
        """
        own = self.own[state]
        alone = self.owner == state
        floor = np.maximum(self.floor, np.where(alone, self.value, own))
        ceiling = np.where(alone, self.value, self.ceiling)
        moved, true = self.matrix @ own, self.matrix @ self.value
        at_least, at_most = (self.row_low == 0) & np.isposinf(self.row_high), np.isneginf(self.row_low)
        return replace(
            self,
            low=np.maximum(self.low, floor),
            high=np.minimum(self.high, ceiling),
            floor=floor,
            ceiling=ceiling,
            row_low=np.where(at_least, np.clip(moved, 0, np.maximum(true, 0)), self.row_low),
            row_high=np.where(at_most, np.clip(moved, np.minimum(true, 0), 0), self.row_high),
        )

    def components(self) -> list[Places]:
        """Return the connected components of the cells that are not known exactly, connected by relations."""
        open_ = np.flatnonzero(self.high > self.low)
        if not len(open_):
            return []
        touched = self.matrix[:, open_].tocoo()
        rows = self.matrix.shape[0]
        size = rows + len(open_)
        # A bipartite graph of relations and cells, with an edge where a cell is part of a relation.
        graph = csr_matrix((np.ones(touched.nnz), (touched.row, touched.col + rows)), shape=(size, size))
        _, label = connected_components(graph, directed=False)
        own = label[rows:]
        return [open_[own == number] for number in np.unique(own)]


def system(history: History) -> System:
    """Return the joint system of all releases of ``history``."""
    cells = tuple((edition.name, cell) for edition in history.editions for cell in edition.cells)
    place = {(name, cell.key): position for position, (name, cell) in enumerate(cells)}
    rows: list[tuple[list[int], list[int], float, float]] = []
    for edition in history.editions:
        rows += _relations(edition, place)
    for between in history.between:
        ends = _ENDS[between.supposed]
        shared = between.shared(history.edition(between.earlier), history.edition(between.later))
        rows += [([place[between.later, key], place[between.earlier, key]], [1, -1], *ends) for key in shared]
        if between.arrivals:
            rows += [(_counted_change(between, key, place), [1, -1, -1], 0.0, 0.0) for key in shared]
    bounds = [_bounds(cell, history.edition(name).published.get(cell.key, HIDDEN)) for name, cell in cells]
    indptr = np.cumsum([0, *(len(row[0]) for row in rows)])
    indices = np.array([position for row in rows for position in row[0]], dtype=np.int64)
    data = np.array([factor for row in rows for factor in row[1]], dtype=np.float64)
    floor = np.array([float(cell.floor) for _, cell in cells])
    return System(
        place=place,
        cells=cells,
        matrix=csr_matrix((data, indices, indptr), shape=(len(rows), len(cells))),
        row_low=np.array([row[2] for row in rows], dtype=np.float64),
        row_high=np.array([row[3] for row in rows], dtype=np.float64),
        low=np.maximum([bound[0] for bound in bounds], floor),
        high=np.array([bound[1] for bound in bounds], dtype=np.float64),
        value=np.array([cell.value for _, cell in cells], dtype=np.float64),
        floor=floor,
        ceiling=np.full(len(cells), np.inf),
        own=_own_counts([cell for _, cell in cells]),
        owner=np.array([cell.state for _, cell in cells], dtype=np.str_),
    )


def _own_counts(cells: Sequence[Cell]) -> dict[str, Numbers]:
    """Return for each state, in order of code, what it filed of each cell."""
    states = sorted({state for cell in cells for state in (*cell.own, cell.state) if state})
    own = {state: np.zeros(len(cells)) for state in states}
    for position, cell in enumerate(cells):
        for state, count in cell.own.items():
            own[state][position] = min(count, cell.value)
        if cell.state:
            own[cell.state][position] = cell.value
    return own


def _counted_change(between: Between, key: str, place: dict[tuple[str, str], int]) -> list[int]:
    arrivals = place[between.later, between.arrivals + key]
    return [place[between.later, key], place[between.earlier, key], arrivals]


def _relations(edition: Edition, place: dict[tuple[str, str], int]) -> list[tuple[list[int], list[int], float, float]]:
    rows = []
    for relation in edition.relations:
        positions = [place[edition.name, key] for key in (relation.total, *relation.parts)]
        factors = [1, *([-1] * len(relation.parts))]
        rows.append((positions, factors, 0.0, 0.0 if relation.exact else np.inf))
    return rows


def _bounds(cell: Cell, published: PublishedValue) -> tuple[float, float]:
    if cell.impossible:
        return 0.0, 0.0
    return float(published.low), np.inf if published.high is None else float(published.high)


@dataclass(frozen=True, slots=True)
class Programme:
    """A linear programme; the first ``integer_columns`` columns are counts."""

    matrix: csc_matrix
    row_low: Numbers
    row_high: Numbers
    low: Numbers
    high: Numbers
    integer_columns: int

    def least(self, cost: Numbers) -> Numbers | None:
        """Return a point at which ``cost`` is least and counts are whole numbers; None where there is none, or none was
        reached within the search's limit."""
        point = self.corner(cost)
        if point is None or (np.abs(point - np.rint(point))[: self.integer_columns] < _TOLERANCE).all():
            return point
        integral = np.zeros(len(cost), dtype=np.int64)
        integral[: self.integer_columns] = 1
        return self._solve(cost, integral)

    def corner(self, cost: Numbers) -> Numbers | None:
        """Return a point at which ``cost`` is least, in whole numbers or not; None where there is none."""
        return self._solve(cost, np.zeros(len(cost), dtype=np.int64))

    def _solve(self, cost: Numbers, integral: Places) -> Numbers | None:
        constraints = [LinearConstraint(self.matrix, self.row_low, self.row_high)] if self.matrix.shape[0] else []
        result = milp(
            cost,
            constraints=constraints,
            integrality=integral,
            bounds=Bounds(self.low, self.high),
            options={"mip_rel_gap": 0.0, "node_limit": _MOST_NODES},
        )
        point: Numbers | None = result.x
        return point


def restricted(of: System, positions: Places) -> tuple[csr_matrix, Numbers, Numbers]:
    """Return the rows that involve ``positions``, over those columns alone; every other cell is fixed at its true
    value.

    Use it only where no other open cell shares a row with ``positions``, or where such cells are to stay fixed.
    """
    matrix = of.matrix[:, positions]
    touched = np.flatnonzero(np.diff(matrix.indptr))
    free_columns = matrix[touched]
    fixed = of.matrix[touched] @ of.value - free_columns @ of.value[positions]
    return free_columns, of.row_low[touched] - fixed, of.row_high[touched] - fixed


def with_columns(rows: csr_matrix, own: Places, signs: tuple[float, ...]) -> csc_matrix:
    """Return ``rows`` with a slack column for each column in ``own``, and for each of ``signs`` a further row for each
    of them: the column plus its slack column times the sign.
    """
    above, size, number = rows.shape[0], rows.shape[1], len(own)
    entries = rows.tocoo()
    line = np.arange(number)
    places = [(above + part * number + line, own, size + line) for part in range(len(signs))]
    row = np.concatenate([entries.row, *(rows_of for rows_of, _, _ in places for _ in range(2))])
    column = np.concatenate([entries.col, *(ends for _, *pair in places for ends in pair)])
    parts = [entries.data, *(factors for sign in signs for factors in (np.ones(number), np.full(number, sign)))]
    shape = (above + len(signs) * number, size + number)
    return csc_matrix((np.concatenate(parts), (row, column)), shape=shape)
