"""Look up links by pair and by record, those of a batch and those found since.

A batch's link is read from its table only on demand, so that millions of links cost nothing at the start.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from traboule.linkage.decisions import AUTOMATIC, TIERS
from traboule.linkage.explain import without_sides

Integers = npt.NDArray[np.int64]
Pair = tuple[int, int]
_READ = ("weight", "probability", "tier", "status", "evidence")


@dataclass(frozen=True, slots=True)
class Edge:
    """A link as found. ``tier``: 0 weak to 2 strong. ``evidence``: JSON without what both records hold, which others
    may change."""

    weight: float
    probability: float
    tier: int
    status: str
    evidence: str


class _Adjacency:
    """The neighbours of each record: of pairs given once, and of pairs added and removed since."""

    def __init__(self, left: Integers, right: Integers) -> None:
        source, target = np.concatenate([left, right]), np.concatenate([right, left])
        order = np.argsort(source, kind="stable")
        self._records = int(source.max(initial=-1)) + 1
        self._other, self._starts = target[order], np.searchsorted(source[order], np.arange(self._records + 1))
        self._since: dict[int, set[int]] = {}

    def of(self, number: int) -> set[int]:
        """Return the neighbours of a record; the set must not be changed."""
        neighbours = self._since.get(number)
        if neighbours is None:
            first, last = self._starts[number : number + 2].tolist() if number < self._records else (0, 0)
            neighbours = self._since[number] = set(self._other[first:last].tolist())
        return neighbours

    def put(self, pair: Pair, *, adjacent: bool) -> None:
        """Make two records neighbours, or not."""
        for record, neighbour in (pair, pair[::-1]):
            (set.add if adjacent else set.discard)(self.of(record), neighbour)


class Edges:
    """Links by pair; a pair is (smaller, larger) record numbers. One writer."""

    def __init__(self) -> None:
        self._since: dict[Pair, Edge | None] = {}  # None: a link of the batch that was removed.
        nothing = np.zeros(0, dtype=np.int64)
        self._settle(nothing, nothing, pa.table({name: pa.array([], pa.string()) for name in _READ}))

    @classmethod
    def of_batch(cls, left: Integers, right: Integers, links: pa.Table) -> Edges:
        """Return the ``links`` of a batch (LINKS_SCHEMA), whose records have the numbers ``left`` and ``right``."""
        edges = cls()
        edges._settle(left, right, links)
        return edges

    def _settle(self, left: Integers, right: Integers, links: pa.Table) -> None:
        self._size = int(right.max(initial=0)) + 1
        codes = left * self._size + right
        self._row = np.argsort(codes)
        self._codes = codes[self._row]
        self._columns = [links[name] for name in _READ]
        automatic = pc.is_in(links["status"], value_set=pa.array([AUTOMATIC])).to_numpy()
        self._linked, self._automatic = _Adjacency(left, right), _Adjacency(left[automatic], right[automatic])

    def get(self, pair: Pair) -> Edge | None:
        """Return the link of a pair, None where there is none."""
        if pair in self._since:
            return self._since[pair]
        place = self._place(pair)
        if place < 0:
            return None
        weight, probability, tier, status, evidence = (column[place].as_py() for column in self._columns)
        edge = Edge(weight, probability, TIERS.index(tier), status, without_sides(evidence))
        self._since[pair] = edge
        return edge

    def _place(self, pair: Pair) -> int:
        """Return the row of a pair in the table of the batch, -1 where it has none."""
        if pair[1] >= self._size:
            return -1
        code = pair[0] * self._size + pair[1]
        at = int(self._codes.searchsorted(code))
        return int(self._row[at]) if at < len(self._codes) and self._codes[at] == code else -1

    def partners(self, number: int) -> set[int]:
        """Return the records with a link to a record; the set must not be changed."""
        return self._linked.of(number)

    def automatic(self, number: int) -> set[int]:
        """Return the records with an automatic link to a record; the set must not be changed."""
        return self._automatic.of(number)

    def set_link(self, pair: Pair, edge: Edge) -> None:
        """Set the link of a pair."""
        self._since[pair] = edge
        self._linked.put(pair, adjacent=True)
        self._automatic.put(pair, adjacent=edge.status == AUTOMATIC)

    def drop(self, pair: Pair) -> None:
        """Remove the link of a pair."""
        if self._place(pair) >= 0:
            self._since[pair] = None
        else:
            self._since.pop(pair, None)
        self._linked.put(pair, adjacent=False)
        self._automatic.put(pair, adjacent=False)

    def __iter__(self) -> Iterator[Pair]:
        """Yield all pairs that have a link."""
        settled = zip((self._codes // self._size).tolist(), (self._codes % self._size).tolist(), strict=True)
        yield from (pair for pair in settled if pair not in self._since)
        yield from (pair for pair, edge in self._since.items() if edge is not None)
