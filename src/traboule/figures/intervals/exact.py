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

# Where A and B are one and B and C, it is said already that A and C are: a probability of their own, which starts from
# two records picked at random, would say once more how seldom such are one. So what is known of A and C weighs other
# than by itself: a link three times its odds; a pair never seen, which mostly shared no key, one half; one rejected as
# unlikely a tenth. Measured on threes of made-up populations; see docs/explanation/how-sure-a-number-is.
TRIANGLE, UNSEEN, REJECTED = (float(np.log(times)) for times in (3.0, 0.5, 0.1))
MOST_PARTITIONS = (
    4140  # So many ways eight clusters part in, and thirteen in a chain; to walk more costs less than to weigh them.
)
_BELL = (1, 1, 2, 5, 15, 52, 203, 877, 4140)


def at_most(clusters: Ints, links: Ints) -> Ints:
    """Return a number of ways that a component of so many clusters and shown pairs does not exceed; past 2^40, that."""
    of_clusters = np.array([*_BELL, 2**40])[np.minimum(clusters, len(_BELL))]
    return np.asarray(np.minimum(of_clusters, 2 ** np.minimum(links, 40)))


def partitions_of(size: int, links: tuple[Ints, Ints], barred: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    """Return all ways of parting components of ``size`` clusters into groups that hold together by shown pairs and hold
    no barred one: of which component each is, and the first cluster in the group of each of its clusters.

    Pairs are given by their ends (components × pairs); both ends the same is no pair. Pair after pair is joined or kept
    apart, so that each way comes once, in an order that no other component has a say in.
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
                # What was kept apart so far stays apart.
                allowed &= (before[row, ends[0]] == before[row, ends[1]]) | (after[row, ends[0]] != after[row, ends[1]])
        representative, component = (
            np.concatenate([representative, after[allowed]]),
            np.concatenate([component, of[allowed]]),
        )
    return component, representative


@dataclass(frozen=True, slots=True)
class ExactComponents:
    """Components of one size: their clusters; all their ways, ``component`` by component, in the order of how many
    shown pairs they join, and where those of each ``begin``: with the one that joins nothing. ``reach`` sums up a
    component's weights to each way, ``last`` says how many come before the last that can be, ``share`` sums up the
    weights of those that join equally many.
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
        """Weigh all ways of components (components × clusters); pairs as :func:`partings` takes them, ``odds``
        (logarithms) of those shown.
        """
        component, representative = partitions_of(node.shape[1], links, barred)
        # Summed pair by pair, so that a component's weights do not hang on how many others there are.
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
        # Both add up way by way, so that a component's sums do not hang on how many others there are either.
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
        """Return the way taken (its place in ``representative``) of each of the chosen components, which have a seed
        each, in each world, whose odds are off by ``common``.

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
            # Rounding may lead past the last way that can be, never to one between that cannot.
            further = np.where(further <= last, further, chosen_position)
            chosen_position = np.where(
                (self.reach[begin + further - 1] <= aim) & (further > chosen_position), further, chosen_position
            )
        return begin + chosen_position


def _joined(component: Ints, representative: Ints, ends: tuple[Ints, Ints], pair: int) -> Flags:
    """Tell of each way whether it joins the pair that stands in this place of its component's."""
    left, right = (end[component, pair] for end in ends)
    row = np.arange(len(component))
    return np.asarray((left != right) & (representative[row, left] == representative[row, right]))
