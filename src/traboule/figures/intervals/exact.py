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
class ComponentPartitions:
    """Components of equal size: their clusters, and all their partitions, ``component`` by component, ordered by the
    number of undecided pairs they join. ``begin``: where those of each component start, with the one that joins
    nothing. ``joins``: by undecided pair, whether each partition joins it; ``fixed``: the log weight of each partition
    for the pairs that are not undecided; ``odds`` and ``kind``: those of the undecided pairs (components ×
    pairs).
    """

    node: Ints
    begin: Ints
    component: Ints
    representative: Ints
    joins: Flags
    fixed: Reals
    odds: Reals
    kind: Ints

    @classmethod
    def of(
        cls,
        node: Ints,
        scored: tuple[Reals, Ints],
        links: tuple[Ints, Ints],
        barred: tuple[Ints, Ints],
        rejected: tuple[Ints, Ints],
    ) -> ComponentPartitions:
        """Enumerate the partitions of components (components × clusters); pairs as in :func:`partitions_of`,
        ``scored`` are the log odds and kinds of the undecided ones.
        """
        odds, kind = scored
        component, representative = partitions_of(node.shape[1], links, barred)
        joins = np.zeros((odds.shape[1], len(component)), dtype=np.bool_)
        for pair in range(odds.shape[1]):
            joins[pair] = _joined(component, representative, links, pair)
        joined_links = joins.sum(axis=0, dtype=np.int64)
        unlikely = np.zeros(len(component), dtype=np.int64)
        for pair in range(rejected[0].shape[1]):
            unlikely += _joined(component, representative, rejected, pair)
        joined_ends = (representative[:, :, None] == representative[:, None, :]).sum(axis=(1, 2)) - node.shape[1]
        fixed = (joined_ends // 2 - joined_links - unlikely) * UNSEEN + unlikely * REJECTED
        merges = (representative != np.arange(node.shape[1])).sum(axis=1)
        fixed += (joined_links - merges) * TRIANGLE
        order = np.lexsort((joined_links, component))
        component = component[order]
        return cls(
            node, columns.starts(component), component, representative[order], joins[:, order], fixed[order], odds, kind
        )

    def weigh(self, odds: Reals) -> ExactComponents:
        """Return the components with all partitions weighed by these log odds of the undecided pairs."""
        component, begin = self.component, self.begin
        # Summed pair by pair, so that a component's weights do not depend on the number of components.
        log_weight = self.fixed.copy()
        for pair in range(odds.shape[1]):
            log_weight += np.where(self.joins[pair], odds[component, pair], 0.0)
        weight = np.exp(log_weight - np.maximum.reduceat(log_weight, begin)[component])
        # Both are summed partition by partition, so that a component's sums do not depend on the others either.
        position = np.arange(len(component)) - begin[component]
        side_by_side = np.zeros((len(self.node), int(position.max(initial=0)) + 1))
        side_by_side[component, position] = weight
        reached = np.cumsum(side_by_side, axis=1)
        reach = reached[component, position]
        last = np.add.reduceat(reach < reached[component, -1], begin, dtype=np.int64)
        return ExactComponents(begin, last, reach)


@dataclass(frozen=True, slots=True)
class ExactComponents:
    """Weighed partitions of components. ``reach``: the cumulative weight within a component; ``last``: the position of
    its last partition of positive weight.
    """

    begin: Ints
    last: Ints
    reach: Reals

    def taken(self, chosen: Ints, seed: Seeds, draw: Ints) -> Ints:
        """Return the partition drawn (its place in ``representative``) for each of the chosen components, with a seed
        each, in each ``draw``.
        """
        begin, last = self.begin[chosen, None], self.last[chosen, None]
        aim = uniform(seed[:, None], draw, 0) * self.reach[begin + last]
        position = np.zeros(aim.shape, dtype=np.int64)
        for power in reversed(range(int(last.max(initial=0)).bit_length())):
            further = position + 2**power
            # Rounding may lead past the last partition of positive weight, never to one of weight zero before it.
            further = np.where(further <= last, further, position)
            position = np.where((self.reach[begin + further - 1] <= aim) & (further > position), further, position)
        return begin + position


def _joined(component: Ints, representative: Ints, ends: tuple[Ints, Ints], pair: int) -> Flags:
    """Return for each partition whether it joins pair number ``pair`` of its component."""
    left, right = (end[component, pair] for end in ends)
    row = np.arange(len(component))
    return np.asarray((left != right) & (representative[row, left] == representative[row, right]))
