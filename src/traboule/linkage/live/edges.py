"""Links by pair and by record: those of a batch as its table holds them, those found since as they were found.

In come links; out go the link of a pair and the partners of a record. It promises: a link of the batch is read from the
table only when somebody asks for it, so that millions of them cost no time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from traboule.linkage.evidence import AUTOMATIC, TIERS
from traboule.linkage.explain import without_sides

Integers = npt.NDArray[np.int64]
Pair = tuple[int, int]
_READ = ("weight", "probability", "tier", "status", "evidence")


@dataclass(frozen=True, slots=True)
class Edge:
    """What was found of a pair. ``tier``: 0 weak to 2 strong. ``evidence``: JSON, as links keep it, without what both
    records hold: others may change that."""

    weight: float
    probability: float
    tier: int
    status: str
    evidence: str


class _Beside:
    """Which records stand beside each record: of pairs given once, and of those put in and taken out since."""

    def __init__(self, left: Integers, right: Integers) -> None:
        one, other = np.concatenate([left, right]), np.concatenate([right, left])
        order = np.argsort(one, kind="stable")
        self._records = int(one.max(initial=-1)) + 1
        self._other, self._starts = other[order], np.searchsorted(one[order], np.arange(self._records + 1))
        self._since: dict[int, set[int]] = {}

    def of(self, number: int) -> set[int]:
        """Return whom a record stands beside; not to be changed."""
        found = self._since.get(number)
        if found is None:
            first, last = self._starts[number : number + 2].tolist() if number < self._records else (0, 0)
            found = self._since[number] = set(self._other[first:last].tolist())
        return found

    def put(self, pair: Pair, *, beside: bool) -> None:
        """Let two records stand beside each other, or not."""
        for one, other in (pair, pair[::-1]):
            (set.add if beside else set.discard)(self.of(one), other)


class Edges:
    """Pairs are (smaller, larger) record numbers. One writer."""

    def __init__(self) -> None:
        self._since: dict[Pair, Edge | None] = {}  # None: a link of the batch that no longer is.
        nothing = np.zeros(0, dtype=np.int64)
        self._settle(nothing, nothing, pa.table({name: pa.array([], pa.string()) for name in _READ}))

    @classmethod
    def of_batch(cls, left: Integers, right: Integers, links: pa.Table) -> Edges:
        """Return the ``links`` of a batch (LINKS_SCHEMA), whose records have the numbers ``left`` and ``right``."""
        made = cls()
        made._settle(left, right, links)
        return made

    def _settle(self, left: Integers, right: Integers, links: pa.Table) -> None:
        self._size = int(right.max(initial=0)) + 1
        codes = left * self._size + right
        self._row = np.argsort(codes)
        self._codes = codes[self._row]
        self._columns = [links[name] for name in _READ]
        automatic = pc.is_in(links["status"], value_set=pa.array([AUTOMATIC])).to_numpy()
        self._linked, self._automatic = _Beside(left, right), _Beside(left[automatic], right[automatic])

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
        """Return the records that a record has a link with; not to be changed."""
        return self._linked.of(number)

    def automatic(self, number: int) -> set[int]:
        """Return those that a record has an automatic link with; not to be changed."""
        return self._automatic.of(number)

    def keep(self, pair: Pair, edge: Edge) -> None:
        """Let a pair have this link."""
        self._since[pair] = edge
        self._linked.put(pair, beside=True)
        self._automatic.put(pair, beside=edge.status == AUTOMATIC)

    def drop(self, pair: Pair) -> None:
        """Let a pair have no link."""
        if self._place(pair) >= 0:
            self._since[pair] = None
        else:
            self._since.pop(pair, None)
        self._linked.put(pair, beside=False)
        self._automatic.put(pair, beside=False)

    def __iter__(self) -> Iterator[Pair]:
        """Yield all pairs that have a link."""
        settled = zip((self._codes // self._size).tolist(), (self._codes % self._size).tolist(), strict=True)
        yield from (pair for pair in settled if pair not in self._since)
        yield from (pair for pair, edge in self._since.items() if edge is not None)
