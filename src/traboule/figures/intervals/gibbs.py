"""Gibbs sampler over partitions of large components. Compiled; loaded only where there is a large component.

In: components laid out one after the other, the log odds of their pairs, uniform numbers. Out: the representative of
each cluster in each draw. Guaranteed: the sampler (Geman and Geman 1984) settles near the distribution that weighs each
partition by the odds of all pairs it joins; not exactly on it, since a cluster that holds two others together does not
join or leave both at once: the probability of each number of persons was off by 0.03 at most. A pair judged no match
has no odds at all. Clusters choose in the order in which they are laid out, that of their names.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from traboule.figures.intervals.exact import TRIANGLE, UNSEEN
from traboule.figures.intervals.pairs import Reals
from traboule.figures.resolved.columns import Flags, Ints
from traboule.linkage.arrays.jit import compiled, inner

_LARGEST = 500.0


class ComponentLists(NamedTuple):
    """The graph of pairs in compressed sparse rows, component by component. ``component_start``: where each component
    starts, and the end of the last. ``offsets``: where the neighbours of each cluster start, undecided pairs first. Of
    each neighbour: its place, the log odds of the pair, and whether the pair is undecided.
    """

    component_start: Ints
    offsets: Ints
    neighbour: Ints
    odds: Reals
    is_undecided: Flags


class _SamplerState(NamedTuple):
    """The state within a draw: the ``group`` of each cluster and the number of ``members`` of each group; and, by
    group, zero between two choices: the ``odds`` of all pairs with it, and their number (``links``), -1 once they are
    weighed.
    """

    group: Ints
    members: Ints
    odds: Reals
    links: Ints


@compiled
def sample(adjacency: ComponentLists, even_quantiles: Reals) -> Ints:
    """Return (draws × clusters) the place of the representative of each cluster. ``even_quantiles``
    (draws × rounds × clusters): numbers in [0, 1).
    """
    draws, rounds, size = even_quantiles.shape
    representative = np.empty((draws, size), dtype=np.int64)
    state = _SamplerState(
        np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64), np.zeros(size), np.zeros(size, dtype=np.int64)
    )
    for draw in range(draws):
        for place in range(size):
            state.group[place], state.members[place] = place, 1
        for component in range(len(adjacency.component_start) - 1):
            for turn in range(rounds):
                for place in range(adjacency.component_start[component], adjacency.component_start[component + 1]):
                    _choose(
                        adjacency,
                        state,
                        place,
                        adjacency.component_start[component],
                        even_quantiles[draw, turn, place],
                    )
            for place in range(adjacency.component_start[component], adjacency.component_start[component + 1]):
                representative[draw, place] = place
            _split_disconnected(
                adjacency,
                state.group,
                adjacency.component_start[component],
                adjacency.component_start[component + 1],
                representative[draw],
            )
    return representative


@inner
def _choose(adjacency: ComponentLists, state: _SamplerState, place: int, first: int, even_quantiles: float) -> None:
    """Draw the group of a cluster: that of a neighbour by an undecided pair, or its own, by the odds of all pairs
    between the cluster and that group.
    """
    group, members, odds, links = state
    members[group[place]] -= 1
    start, end = adjacency.offsets[place], adjacency.offsets[place + 1]
    for at in range(start, end):
        neighbour_group = group[adjacency.neighbour[at]]
        # A known pair has its own weight in place of that of an unseen pair.
        odds[neighbour_group] += adjacency.odds[at] - UNSEEN
        if adjacency.is_undecided[at]:
            links[neighbour_group] += 1
    total = 1.0
    for at in range(start, end):
        neighbour_group = group[adjacency.neighbour[at]]
        if links[neighbour_group] > 0:
            # Each group is weighed once, at its first neighbour; only further links to it count as triangles.
            log_weight = (
                odds[neighbour_group] + members[neighbour_group] * UNSEEN + (links[neighbour_group] - 1) * TRIANGLE
            )
            odds[neighbour_group] = np.exp(min(log_weight, _LARGEST))
            total += odds[neighbour_group]
            links[neighbour_group] = -1
    aim, reach = even_quantiles * total, 1.0
    chosen = -1
    for at in range(start, end):
        neighbour_group = group[adjacency.neighbour[at]]
        if links[neighbour_group] == -1:
            reach += odds[neighbour_group]
            # Rounding may leave the aim beyond the last possible group.
            if chosen == -1 and aim >= 1.0 and odds[neighbour_group] > 0.0 and (aim < reach or reach >= total):
                chosen = neighbour_group
        odds[neighbour_group], links[neighbour_group] = 0.0, 0
    if chosen == -1:
        # A group of its own takes an unused number; there are as many numbers as clusters.
        chosen = place if members[place] == 0 else first
        while members[chosen] > 0:
            chosen += 1
    group[place] = chosen
    members[chosen] += 1


@inner
def _split_disconnected(adjacency: ComponentLists, group: Ints, first: int, last: int, representative: Ints) -> None:
    """Set each cluster's representative to the first cluster connected to it by undecided pairs within its group."""
    moved = True
    while moved:
        moved = False
        for place in range(first, last):
            for at in range(adjacency.offsets[place], adjacency.offsets[place + 1]):
                neighbour = adjacency.neighbour[at]
                if (
                    adjacency.is_undecided[at]
                    and group[neighbour] == group[place]
                    and representative[neighbour] < representative[place]
                ):
                    representative[place] = representative[neighbour]
                    moved = True


def ready() -> None:
    """Compile what is not yet compiled on this machine: at installation, so that no count waits for it."""
    none = np.zeros(0, dtype=np.int64)
    nothing = ComponentLists(
        np.zeros(1, np.int64), np.zeros(1, np.int64), none, np.zeros(0), np.zeros(0, dtype=np.bool_)
    )
    sample(nothing, np.zeros((0, 0, 0)))
