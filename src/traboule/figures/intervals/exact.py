"""Draws of small tangles: every way of parting their clusters into persons is weighed, and one is taken.

Comes in: tangles of one size, the log odds of their pairs. Goes out: their ways, and which is taken in each world.
Promises: exactly the distribution in which each partition is weighed by the odds of all pairs it joins, of partitions
whose groups hold together by pairs that are shown; one number a tangle and world decides. Nearly all tangles are pairs
that stand alone, which part in two ways, and chains of three clusters, which part in four.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from traboule.figures.intervals.pairs import Reals, Seeds, uniform
from traboule.figures.resolved import columns
from traboule.figures.resolved.columns import Flags, Ints

# Where A and B are one and B and C, it is said already that A and C are: a probability of their own, which starts from
# two records picked at random, would say once more how seldom such are one. So what is known of A and C weighs other
# than by itself: a link three times its odds; a pair never seen, which mostly shared no key, one half; one rejected as
# unlikely a tenth. Measured on threes of made-up populations; see docs/explanation/how-sure-a-number-is.
AGAIN, UNSHOWN, REJECTED = (float(np.log(times)) for times in (3.0, 0.5, 0.1))
MOST = 4140  # So many ways eight clusters part in, and thirteen in a chain; to walk more costs less than to weigh them.
_BELL = (1, 1, 2, 5, 15, 52, 203, 877, 4140)


def at_most(clusters: Ints, shown: Ints) -> Ints:
    """Return a number of ways that a tangle of so many clusters and shown pairs does not exceed; past 2^40, that."""
    of_clusters = np.array([*_BELL, 2**40])[np.minimum(clusters, len(_BELL))]
    return np.asarray(np.minimum(of_clusters, 2 ** np.minimum(shown, 40)))


def partings(size: int, shown: tuple[Ints, Ints], barred: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    """Return all ways of parting tangles of ``size`` clusters into groups that hold together by shown pairs and hold no
    barred one: of which tangle each is, and the first cluster in the group of each of its clusters.

    Pairs are given by their ends (tangles × pairs); both ends the same is no pair. Pair after pair is joined or kept
    apart, so that each way comes once, in an order that no other tangle has a say in.
    """
    tangle = np.arange(len(shown[0]), dtype=np.int64)
    speaks = np.tile(np.arange(size, dtype=np.int64), (len(tangle), 1))
    for place in range(shown[0].shape[1]):
        one, other = (speaks[np.arange(len(tangle)), end[tangle, place]] for end in shown)
        free = np.flatnonzero(one != other)
        before, of = speaks[free], tangle[free]
        least, most = np.minimum(one, other)[free, None], np.maximum(one, other)[free, None]
        after = np.where(before == most, least, before)
        row, kept = np.arange(len(free)), np.ones(len(free), dtype=np.bool_)
        for left, right in (barred, (shown[0][:, :place], shown[1][:, :place])):
            for pair in range(left.shape[1]):
                ends = left[of, pair], right[of, pair]
                # What was kept apart so far stays apart.
                kept &= (before[row, ends[0]] == before[row, ends[1]]) | (after[row, ends[0]] != after[row, ends[1]])
        speaks, tangle = np.concatenate([speaks, after[kept]]), np.concatenate([tangle, of[kept]])
    return tangle, speaks


@dataclass(frozen=True, slots=True)
class Small:
    """Tangles of one size: their clusters; all their ways, ``tangle`` by tangle, in the order of how many shown pairs
    they join, and where those of each ``begin``: with the one that joins nothing. ``reach`` sums up a
    tangle's weights to each way, ``last`` says how many come before the last that can be, ``share`` sums up the weights
    of those that join equally many.
    """

    node: Ints
    begin: Ints
    last: Ints
    share: Reals
    tangle: Ints
    speaks: Ints
    reach: Reals

    @classmethod
    def of(
        cls,
        node: Ints,
        odds: Reals,
        shown: tuple[Ints, Ints],
        barred: tuple[Ints, Ints],
        rejected: tuple[Ints, Ints],
    ) -> Small:
        """Weigh all ways of tangles (tangles × clusters); pairs as :func:`partings` takes them, ``odds`` (logarithms)
        of those shown.
        """
        tangle, speaks = partings(node.shape[1], shown, barred)
        # Summed pair by pair, so that a tangle's weights do not hang on how many others there are.
        said, many = np.zeros(len(tangle)), np.zeros(len(tangle), dtype=np.int64)
        for pair in range(odds.shape[1]):
            joined = _joined(tangle, speaks, shown, pair)
            said += np.where(joined, odds[tangle, pair], 0.0)
            many += joined
        unlikely = np.zeros(len(tangle), dtype=np.int64)
        for pair in range(rejected[0].shape[1]):
            unlikely += _joined(tangle, speaks, rejected, pair)
        alike = (speaks[:, :, None] == speaks[:, None, :]).sum(axis=(1, 2)) - node.shape[1]
        said += (alike // 2 - many - unlikely) * UNSHOWN + unlikely * REJECTED
        merges = (speaks != np.arange(node.shape[1])).sum(axis=1)
        said += (many - merges) * AGAIN
        order = np.lexsort((many, tangle))
        tangle, many, speaks, said = tangle[order], many[order], speaks[order], said[order]
        begin = columns.starts(tangle)
        weight = np.exp(said - np.maximum.reduceat(said, begin)[tangle])
        # Both add up way by way, so that a tangle's sums do not hang on how many others there are either.
        way = np.arange(len(tangle)) - begin[tangle]
        side_by_side = np.zeros((len(node), int(way.max(initial=0)) + 1))
        side_by_side[tangle, way] = weight
        reached = np.cumsum(side_by_side, axis=1)
        reach = reached[tangle, way]
        cells = (int(many.max(initial=0)) + 1) * len(node)
        share = np.asarray(np.bincount(many * len(node) + tangle, weight, cells), dtype=np.float64)
        last = np.add.reduceat(reach < reached[tangle, -1], begin, dtype=np.int64)
        return cls(node, begin, last, share.reshape(-1, len(node)), tangle, speaks, reach)

    def taken(self, chosen: Ints, seed: Seeds, common: Reals) -> Ints:
        """Return the way taken (its place in ``speaks``) of each of the chosen tangles, which have a seed each, in each
        world, whose odds are off by ``common``.

        A way's weight is off by as many times that amount as it joins shown pairs. So one number falls first among
        the sums of those that join equally many, and what is left of it among them, as if nothing were off.
        """
        if self.node.shape[1] == 2:
            joined = self.share[-1][chosen, None] * np.exp(common)
            alone = self.share[0][chosen, None]
            reached = uniform(seed[:, None], np.arange(len(common), dtype=np.int64), 0) * (alone + joined) >= alone
            return np.asarray(self.begin[chosen, None] + (reached & (self.last[chosen, None] > 0)))
        shares = [share[chosen, None] for share in self.share]
        off = np.exp(common[None, :] * np.arange(len(shares))[:, None])
        whole = sum(share * times for share, times in zip(shares, off, strict=True))
        left = uniform(seed[:, None], np.arange(len(common), dtype=np.int64), 0) * whole
        aim = np.zeros(left.shape)
        for share, times in zip(shares, off, strict=True):
            aim += np.minimum(np.maximum(left, 0.0) / times, share)
            left -= share * times
        begin, last = self.begin[chosen, None], self.last[chosen, None]
        found = np.zeros(left.shape, dtype=np.int64)
        for power in reversed(range(int(last.max(initial=0)).bit_length())):
            further = found + 2**power
            # Rounding may lead past the last way that can be, never to one between that cannot.
            further = np.where(further <= last, further, found)
            found = np.where((self.reach[begin + further - 1] <= aim) & (further > found), further, found)
        return begin + found


def _joined(tangle: Ints, speaks: Ints, ends: tuple[Ints, Ints], pair: int) -> Flags:
    """Tell of each way whether it joins the pair that stands in this place of its tangle's."""
    one, other = (end[tangle, pair] for end in ends)
    row = np.arange(len(tangle))
    return np.asarray((one != other) & (speaks[row, one] == speaks[row, other]))
