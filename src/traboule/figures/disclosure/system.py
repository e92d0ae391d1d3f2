"""The joint system: every cell of every release as an unknown, and all that a reader knows about them.

Comes in: a history. Goes out: arrays in one fixed order (release by release, cell by cell). Promises: the true values
solve the system; the same history gives the same arrays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csc_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components

from traboule.figures.disclosure.cells import HIDDEN, Cell, Edition, History, Said, Supposed

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]
_ENDS = {Supposed.SAME: (0.0, 0.0), Supposed.GROWN: (0.0, np.inf), Supposed.SHRUNK: (-np.inf, 0.0)}
# Far more branching than any table here has needed; a search that reaches it counts as not proven, hence not safe.
_MOST_NODES = 20_000
_NEAR = 1e-6


@dataclass(frozen=True, slots=True)
class System:
    """``matrix`` @ world lies in ``row_low`` .. ``row_high``, world in ``low`` .. ``high``, whole numbers.

    ``place``: (release, key) -> position. ``value``: the true world.
    """

    place: dict[tuple[str, str], int]
    cells: tuple[tuple[str, Cell], ...]
    matrix: csr_matrix
    row_low: Numbers
    row_high: Numbers
    low: Numbers
    high: Numbers
    value: Numbers

    def knowing(self, said: dict[int, Said]) -> System:
        """Return the system of a reader who is told ``said`` of some positions instead of what stands there now."""
        low, high = self.low.copy(), self.high.copy()
        for position, one in said.items():
            cell = self.cells[position][1]
            low[position], high[position] = _known(cell, one)
        return replace(self, low=low, high=high)

    def components(self) -> list[Places]:
        """Return the sets of open positions that hang together by relations over open cells."""
        open_ = np.flatnonzero(self.high > self.low)
        if not len(open_):
            return []
        touched = self.matrix[:, open_].tocoo()
        rows = self.matrix.shape[0]
        size = rows + len(open_)
        # One graph of relations and cells, an edge where a cell stands in a relation.
        graph = csr_matrix((np.ones(touched.nnz), (touched.row, touched.col + rows)), shape=(size, size))
        _, label = connected_components(graph, directed=False)
        own = label[rows:]
        return [open_[own == one] for one in np.unique(own)]


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
    known = [_known(cell, history.edition(name).said.get(cell.key, HIDDEN)) for name, cell in cells]
    indptr = np.cumsum([0, *(len(row[0]) for row in rows)])
    indices = np.array([position for row in rows for position in row[0]], dtype=np.int64)
    data = np.array([factor for row in rows for factor in row[1]], dtype=np.float64)
    return System(
        place=place,
        cells=cells,
        matrix=csr_matrix((data, indices, indptr), shape=(len(rows), len(cells))),
        row_low=np.array([row[2] for row in rows], dtype=np.float64),
        row_high=np.array([row[3] for row in rows], dtype=np.float64),
        low=np.array([one[0] for one in known], dtype=np.float64),
        high=np.array([one[1] for one in known], dtype=np.float64),
        value=np.array([cell.value for _, cell in cells], dtype=np.float64),
    )


def _relations(edition: Edition, place: dict[tuple[str, str], int]) -> list[tuple[list[int], list[int], float, float]]:
    rows = []
    for relation in edition.relations:
        positions = [place[edition.name, key] for key in (relation.whole, *relation.parts)]
        factors = [1, *([-1] * len(relation.parts))]
        rows.append((positions, factors, 0.0, 0.0 if relation.exact else np.inf))
    return rows


def _known(cell: Cell, said: Said) -> tuple[float, float]:
    if cell.impossible:
        return 0.0, 0.0
    return float(said.low), np.inf if said.high is None else float(said.high)


@dataclass(frozen=True, slots=True)
class Programme:
    """A linear programme; the first ``whole`` columns stand for counts, further columns are no counts."""

    matrix: csc_matrix
    row_low: Numbers
    row_high: Numbers
    low: Numbers
    high: Numbers
    whole: int

    def least(self, cost: Numbers) -> Numbers | None:
        """Return a point at which ``cost`` is least and counts are whole; None where there is none, or none was found
        within the search's limit."""
        point = self.corner(cost)
        if point is None or (np.abs(point - np.rint(point))[: self.whole] < _NEAR).all():
            return point
        integral = np.zeros(len(cost), dtype=np.int64)
        integral[: self.whole] = 1
        return self._solve(cost, integral)

    def corner(self, cost: Numbers) -> Numbers | None:
        """Return a point at which ``cost`` is least, whole or not; None where there is none."""
        return self._solve(cost, np.zeros(len(cost), dtype=np.int64))

    def _solve(self, cost: Numbers, integral: Places) -> Numbers | None:
        constraints = [LinearConstraint(self.matrix, self.row_low, self.row_high)] if self.matrix.shape[0] else []
        found = milp(
            cost,
            constraints=constraints,
            integrality=integral,
            bounds=Bounds(self.low, self.high),
            options={"mip_rel_gap": 0.0, "node_limit": _MOST_NODES},
        )
        point: Numbers | None = found.x
        return point


def restricted(of: System, positions: Places) -> tuple[csr_matrix, Numbers, Numbers]:
    """Return the rows that touch ``positions``, over those alone: every other cell stands at its true value.

    Only to be used where every other open cell shares no row with ``positions``, or is meant to stand still.
    """
    matrix = of.matrix[:, positions]
    touched = np.flatnonzero(np.diff(matrix.indptr))
    moving = matrix[touched]
    still = of.matrix[touched] @ of.value - moving @ of.value[positions]
    return moving, of.row_low[touched] - still, of.row_high[touched] - still


def with_columns(rows: csr_matrix, own: Places, signs: tuple[float, ...]) -> csc_matrix:
    """Return ``rows`` with one further column for each of the columns ``own``, and for each of ``signs`` one further
    row for each, in which the column stands as it is and its further one by that sign."""
    above, size, number = rows.shape[0], rows.shape[1], len(own)
    known = rows.tocoo()
    line = np.arange(number)
    places = [(above + part * number + line, own, size + line) for part in range(len(signs))]
    row = np.concatenate([known.row, *(one for here, _, _ in places for one in (here, here))])
    column = np.concatenate([known.col, *(one for _, mine, further in places for one in (mine, further))])
    parts = [known.data, *(one for sign in signs for one in (np.ones(number), np.full(number, sign)))]
    shape = (above + len(signs) * number, size + number)
    return csc_matrix((np.concatenate(parts), (row, column)), shape=shape)
