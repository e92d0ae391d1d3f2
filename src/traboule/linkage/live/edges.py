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

from traboule.linkage.evidence import TIERS

Integers = npt.NDArray[np.int64]
Pair = tuple[int, int]
_READ = ("weight", "probability", "tier", "status", "evidence")


@dataclass(frozen=True, slots=True)
class Edge:
    """What was found of a pair. ``tier``: 0 weak to 2 strong. ``evidence``: JSON, as links keep it."""

    weight: float
    probability: float
    tier: int
    status: str
    evidence: str


class Edges:
    """Pairs are (smaller, larger) record numbers. One writer."""

    def __init__(self) -> None:
        self._since: dict[Pair, Edge | None] = {}  # None: a link of the batch that no longer is.
        self._partners: dict[int, set[int]] = {}
        self._settle(np.zeros((2, 0), dtype=np.int64), pa.table({name: [] for name in _READ}))

    @classmethod
    def of_batch(cls, left: Integers, right: Integers, links: pa.Table) -> Edges:
        """Return the ``links`` of a batch (LINKS_SCHEMA), whose records have the numbers ``left`` and ``right``."""
        made = cls()
        made._settle(np.stack([left, right]), links)
        return made

    def _settle(self, pairs: Integers, links: pa.Table) -> None:
        self._size = int(pairs.max(initial=0)) + 1
        codes = pairs[0] * self._size + pairs[1]
        self._row = np.argsort(codes)
        self._codes = codes[self._row]
        self._columns = [links[name].combine_chunks() for name in _READ]
        one, other = pairs.ravel(), pairs[::-1].ravel()
        order = np.argsort(one, kind="stable")
        self._other = other[order]
        self._starts = np.searchsorted(one[order], np.arange(self._size + 1))

    def get(self, pair: Pair) -> Edge | None:
        """Return the link of a pair, None where there is none."""
        if pair in self._since:
            return self._since[pair]
        place = self._place(pair)
        if place < 0:
            return None
        weight, probability, tier, status, evidence = (column[place].as_py() for column in self._columns)
        edge = self._since[pair] = Edge(weight, probability, TIERS.index(tier), status, evidence)
        return edge

    def _place(self, pair: Pair) -> int:
        """Return the row of a pair in the table of the batch, -1 where it has none."""
        if pair[1] >= self._size:
            return -1
        code = pair[0] * self._size + pair[1]
        at = int(np.searchsorted(self._codes, code))
        return int(self._row[at]) if at < len(self._codes) and self._codes[at] == code else -1

    def partners(self, number: int) -> set[int]:
        """Return the records that a record has a link with; not to be changed."""
        found = self._partners.get(number)
        if found is None:
            first, last = self._starts[number : number + 2].tolist() if number < self._size else (0, 0)
            found = self._partners[number] = set(self._other[first:last].tolist())
        return found

    def keep(self, pair: Pair, edge: Edge) -> None:
        """Let a pair have this link."""
        self._since[pair] = edge
        for one, other in (pair, pair[::-1]):
            self.partners(one).add(other)

    def drop(self, pair: Pair) -> None:
        """Let a pair have no link."""
        if self._place(pair) >= 0:
            self._since[pair] = None
        else:
            self._since.pop(pair, None)
        for one, other in (pair, pair[::-1]):
            self.partners(one).discard(other)

    def __iter__(self) -> Iterator[Pair]:
        """Yield all pairs that have a link."""
        settled = zip((self._codes // self._size).tolist(), (self._codes % self._size).tolist(), strict=True)
        yield from (pair for pair in settled if pair not in self._since)
        yield from (pair for pair, edge in self._since.items() if edge is not None)
