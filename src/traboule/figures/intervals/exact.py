"""Exact draws of small components: enumerate every partition into persons, weigh it, and take one a draw.

In: components of one size, the log odds of their pairs. Out: their partitions, and which is taken in each draw.
Guaranteed: exactly the distribution that weighs each partition by the odds of all pairs it joins, over partitions whose
groups are connected by undecided pairs; one uniform number decides for each component and draw. Nearly all components
are single pairs, with two partitions, and chains of three clusters, with four.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from traboule.figures.intervals.pairs import Reals, Seeds, uniform
from traboule.figures.resolved import columns
from traboule.figures.resolved.columns import Flags, Ints

# Where A is B and B is C, A is C. The probability of A and C alone starts from two records picked at random, and would
# count their low prior once more. So the third pair of a triangle weighs differently: a link three times its odds; an
# unseen pair, which mostly shares no blocking key, one half; a rejected pair one tenth. Measured on triples of
# synthetic populations; see docs/explanation/how-sure-a-number-is.
TRIANGLE, UNSEEN, REJECTED = (float(np.log(times)) for times in (3.0, 0.5, 0.1))
MOST_PARTITIONS = 4140  # Of eight clusters, or thirteen in a chain; beyond that, sampling costs less than enumerating.
_BELL = (1, 1, 2, 5, 15, 52, 203, 877, 4140)


def at_most(clusters: Ints, links: Ints) -> Ints:
    """Return an upper bound on the partitions of a component of that many clusters and undecided pairs, up to 2^40."""
    of_clusters = np.array([*_BELL, 2**40])[np.minimum(clusters, len(_BELL))]
    return np.asarray(np.minimum(of_clusters, 2 ** np.minimum(links, 40)))


def partitions_of(size: int, links: tuple[Ints, Ints], barred: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    """Return all partitions of components of ``size`` clusters into groups that undecided pairs connect and that
    contain no barred pair: the component of each partition, and the first cluster in the group of each of its clusters.

    Pairs are given by their ends (components × pairs); equal ends are no pair. Pair after pair is joined or separated,
    so that each partition comes once, in an order that depends on no other component.
    """
    component = np.arange(len(links[0]), dtype=np.int64)
    representative = np.tile(np.arange(size, dtype=np.int64), (len(component), 1))
    for place in range(links[0].shape[1]):
        left_group, right_group = (representative[np.arange(len(component)), end[component, place]] for end in links)
        free = np.flatnonzero(left_group != right_group)
        before, of = representative[free], component[free]
        least, most = np.minimum(left_group, right_group)[free, None], np.maximum(left_group, right_group)[free, None]
        after = np.where(before == most, least, before)
        row, allowed = np.arange(len(free)), np.ones(len(free), dtype=np.bool_)
        for left, right in (barred, (links[0][:, :place], links[1][:, :place])):
            for pair in range(left.shape[1]):
                ends = left[of, pair], right[of, pair]
                # Pairs separated so far stay separated.
                allowed &= (before[row, ends[0]] == before[row, ends[1]]) | (after[row, ends[0]] != after[row, ends[1]])
        representative, component = (
            np.concatenate([representative, after[allowed]]),
            np.concatenate([component, of[allowed]]),
        )
    return component, representative


@dataclass(frozen=True, slots=True)
class ExactComponents:
    """Components of equal size: their clusters, and all their partitions, ``component`` by component, ordered by the
    number of undecided pairs they join. ``begin``: where those of each component start, with the one that joins
    nothing. ``reach``: the cumulative weight within a component; ``last``: the position of its last partition of
    positive weight; ``share``: the weight of all its partitions that join equally many pairs.
    """

    node: Ints
    begin: Ints
    last: Ints
    share: Reals
    component: Ints
    representative: Ints
    reach: Reals

    @classmethod
    def of(
        cls,
        node: Ints,
        odds: Reals,
        links: tuple[Ints, Ints],
        barred: tuple[Ints, Ints],
        rejected: tuple[Ints, Ints],
    ) -> ExactComponents:
        """Weigh all partitions of components (components × clusters); pairs as in :func:`partitions_of`, ``odds`` are
        the log odds of the undecided ones.
        """
        component, representative = partitions_of(node.shape[1], links, barred)
        # Summed pair by pair, so that a component's weights do not depend on the number of components.
        log_weight, joined_links = np.zeros(len(component)), np.zeros(len(component), dtype=np.int64)
        for pair in range(odds.shape[1]):
            joined = _joined(component, representative, links, pair)
            log_weight += np.where(joined, odds[component, pair], 0.0)
            joined_links += joined
        unlikely = np.zeros(len(component), dtype=np.int64)
        for pair in range(rejected[0].shape[1]):
            unlikely += _joined(component, representative, rejected, pair)
        joined_ends = (representative[:, :, None] == representative[:, None, :]).sum(axis=(1, 2)) - node.shape[1]
        log_weight += (joined_ends // 2 - joined_links - unlikely) * UNSEEN + unlikely * REJECTED
        merges = (representative != np.arange(node.shape[1])).sum(axis=1)
        log_weight += (joined_links - merges) * TRIANGLE
        order = np.lexsort((joined_links, component))
        component, joined_links, representative, log_weight = (
            component[order],
            joined_links[order],
            representative[order],
            log_weight[order],
        )
        begin = columns.starts(component)
        weight = np.exp(log_weight - np.maximum.reduceat(log_weight, begin)[component])
        # Both are summed partition by partition, so that a component's sums do not depend on the others either.
        position = np.arange(len(component)) - begin[component]
        side_by_side = np.zeros((len(node), int(position.max(initial=0)) + 1))
        side_by_side[component, position] = weight
        reached = np.cumsum(side_by_side, axis=1)
        reach = reached[component, position]
        cells = (int(joined_links.max(initial=0)) + 1) * len(node)
        share = np.asarray(np.bincount(joined_links * len(node) + component, weight, cells), dtype=np.float64)
        last = np.add.reduceat(reach < reached[component, -1], begin, dtype=np.int64)
        return cls(node, begin, last, share.reshape(-1, len(node)), component, representative, reach)

    def taken(self, chosen: Ints, seed: Seeds, common: Reals) -> Ints:
        """Return the partition drawn (its place in ``representative``) for each of the chosen components, with a seed
        each, in each draw, with log odds shifted by ``common``.

        The log weight of a partition is shifted by that amount times the number of undecided pairs it joins. So the
        uniform number first selects a number of joined pairs by their shifted sums, and then a partition among those by
        the unshifted weights.
        """
        if self.node.shape[1] == 2:
            joined = self.share[-1][chosen, None] * np.exp(common)
            alone = self.share[0][chosen, None]
            reached = uniform(seed[:, None], np.arange(len(common), dtype=np.int64), 0) * (alone + joined) >= alone
            return np.asarray(self.begin[chosen, None] + (reached & (self.last[chosen, None] > 0)))
        shares = [share[chosen, None] for share in self.share]
        off = np.exp(common[None, :] * np.arange(len(shares))[:, None])
        total = sum(share * times for share, times in zip(shares, off, strict=True))
        left = uniform(seed[:, None], np.arange(len(common), dtype=np.int64), 0) * total
        aim = np.zeros(left.shape)
        for share, times in zip(shares, off, strict=True):
            aim += np.minimum(np.maximum(left, 0.0) / times, share)
            left -= share * times
        begin, last = self.begin[chosen, None], self.last[chosen, None]
        chosen_position = np.zeros(left.shape, dtype=np.int64)
        for power in reversed(range(int(last.max(initial=0)).bit_length())):
            further = chosen_position + 2**power
            # Rounding may lead past the last partition of positive weight, never to one of weight zero before it.
            further = np.where(further <= last, further, chosen_position)
            chosen_position = np.where(
                (self.reach[begin + further - 1] <= aim) & (further > chosen_position), further, chosen_position
            )
        return begin + chosen_position


def _joined(component: Ints, representative: Ints, ends: tuple[Ints, Ints], pair: int) -> Flags:
    """Return for each partition whether it joins pair number ``pair`` of its component."""
    left, right = (end[component, pair] for end in ends)
    row = np.arange(len(component))
    return np.asarray((left != right) & (representative[row, left] == representative[row, right]))
