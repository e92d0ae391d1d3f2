"""Draws of small tangles: every way of parting their clusters into persons is weighed, and one is taken.

Comes in: tangles of one size, the log odds of their pairs. Goes out: who speaks for each cluster in each world.
Promises: exactly the distribution in which each partition is weighed by the odds of all pairs it joins, of partitions
whose groups hold together by pairs that are shown; one number a tangle and world decides. Nearly all tangles are of
three clusters or four, which part in five ways or fifteen.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from traboule.figures.ranges.pairs import Reals, Seeds
from traboule.figures.ranges.walk import UNSHOWN, uniform
from traboule.figures.resolved.columns import Flags, Ints

MOST = 6  # Seven clusters part in 877 ways, and to walk costs less than to weigh them.
_NEVER = -1e6
_CELLS = 1_000_000  # So many ways are weighed at a time.


@dataclass(frozen=True, slots=True)
class Ways:
    """All partitions of some clusters: ``speaks`` gives for each the first cluster in the group of each, ``joins`` for
    each whether it joins a pair; ``pair`` numbers the pairs.
    """

    speaks: Ints
    joins: Ints
    pair: Ints


@cache
def ways(clusters: int) -> Ways:
    """Return the partitions of so many clusters, in the order in which they are written down."""
    written = [[0]]
    for _ in range(clusters - 1):
        written = [[*one, group] for one in written for group in range(max(one) + 2)]
    speaks = np.array([[one.index(group) for group in one] for one in written], dtype=np.int64)
    left, right = np.triu_indices(clusters, 1)
    pair = np.zeros((clusters, clusters), dtype=np.int64)
    pair[left, right] = pair[right, left] = np.arange(len(left))
    return Ways(speaks, (speaks[:, left] == speaks[:, right]).astype(np.int64), pair)


@cache
def holding(clusters: int, shown: int) -> Flags:
    """Tell of each way whether its groups hold together by pairs that are shown; ``shown`` has a bit for each pair."""
    all_ways = ways(clusters)
    there = np.array([bool(shown >> pair & 1) for pair in range(all_ways.joins.shape[1])])[all_ways.pair]
    same = all_ways.speaks[:, :, None] == all_ways.speaks[:, None, :]
    reach = same & (there | np.eye(clusters, dtype=np.bool_))
    for _ in range(clusters.bit_length()):
        reach = reach @ reach
    return np.asarray((reach == same).all(axis=(1, 2)))


@dataclass(frozen=True, slots=True)
class Small:
    """Tangles of one size: their clusters, a seed, and of each way its weight as said and how many shown pairs it
    joins, whose odds all are off by one amount.
    """

    node: Ints
    seed: Seeds
    weight: Reals
    shown: Ints

    @classmethod
    def of(cls, node: Ints, seed: Seeds, links: tuple[Ints, Ints, Ints, Reals], bars: tuple[Ints, Ints, Ints]) -> Small:
        """Weigh all ways of tangles (tangles × clusters); ``links`` and ``bars`` say of which tangle they are and
        between which two of its clusters, links also with which log odds.
        """
        all_ways = ways(node.shape[1])
        shape = len(node), all_ways.joins.shape[1]
        odds, shown = np.full(shape, UNSHOWN), np.zeros(shape, dtype=np.int64)
        place = links[0], all_ways.pair[links[1], links[2]]
        odds[place], shown[place] = links[3], 1
        odds[bars[0], all_ways.pair[bars[1], bars[2]]] = _NEVER
        # Summed pair by pair, so that a tangle's weights do not hang on how many others there are.
        said = np.zeros((len(node), len(all_ways.joins)))
        many = np.zeros(said.shape, dtype=np.int64)
        for pair in range(shape[1]):
            said += odds[:, pair, None] * all_ways.joins[:, pair]
            many += shown[:, pair, None] * all_ways.joins[:, pair]
        patterns = (shown << np.arange(shape[1])).sum(axis=1)
        for pattern in np.unique(patterns).tolist():
            said[np.ix_(patterns == pattern, ~holding(node.shape[1], pattern))] = _NEVER
        return cls(node, seed, np.exp(said - said.max(axis=1, keepdims=True, initial=0.0)), many)

    def draw(self, world: Ints, common: Reals, speaker: Ints) -> None:
        """Take one way of each tangle in each world, whose odds are off by ``common``, and write who speaks for whom
        into ``speaker`` (worlds × clusters of the moving part).
        """
        size = self.node.shape[1]
        all_ways = ways(size)
        off = np.exp(common[:, None] * np.arange(all_ways.joins.shape[1] + 1))
        step = max(1, _CELLS // (len(world) * len(all_ways.speaks)))
        for begin in range(0, len(self.node), step):
            some = slice(begin, begin + step)
            reach = np.cumsum(self.weight[some] * off[:, self.shown[some]], axis=2)
            aim = uniform(self.seed[some], world[:, None], 0) * reach[:, :, -1]
            taken = np.minimum((reach <= aim[:, :, None]).sum(axis=2), len(all_ways.speaks) - 1)
            node = self.node[some]
            speaks = all_ways.speaks[taken]
            speaker[:, node] = np.take_along_axis(np.broadcast_to(node, speaks.shape), speaks, axis=2)
