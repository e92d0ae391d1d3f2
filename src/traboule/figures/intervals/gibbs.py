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


class Adjacency(NamedTuple):
    """Components one after the other: where each ``begins``, and last of all where the last ends. Of each cluster where
    its neighbours are ``listed``, shown ones first; of each neighbour its place, the log odds of that pair, and whether
    it is ``shown``.
    """

    begins: Ints
    listed: Ints
    neighbour: Ints
    odds: Reals
    shown: Flags


class _SamplerState(NamedTuple):
    """Of one world: the ``group`` of each cluster and how many ``members`` each group has; by group, empty between two
    choices: the ``odds`` of all pairs with it, and how many ``links`` there are, -1 once they are weighed.
    """

    group: Ints
    members: Ints
    odds: Reals
    links: Ints


@compiled
def walked(laid: Adjacency, common: Reals, even_quantiles: Reals) -> Ints:
    """Return (worlds × clusters) the place of the cluster that speaks for each. ``common``: by how much the odds of all
    shown pairs are off in each world; ``even_quantiles`` (worlds × rounds × clusters): numbers in [0, 1).
    """
    worlds, rounds, size = even_quantiles.shape
    representative = np.empty((worlds, size), dtype=np.int64)
    state = _SamplerState(
        np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64), np.zeros(size), np.zeros(size, dtype=np.int64)
    )
    for world in range(worlds):
        for place in range(size):
            state.group[place], state.members[place] = place, 1
        for component in range(len(laid.begins) - 1):
            for turn in range(rounds):
                for place in range(laid.begins[component], laid.begins[component + 1]):
                    _choose(
                        laid, state, place, laid.begins[component], common[world], even_quantiles[world, turn, place]
                    )
            for place in range(laid.begins[component], laid.begins[component + 1]):
                representative[world, place] = place
            _hold_together(laid, state.group, laid.begins[component], laid.begins[component + 1], representative[world])
    return representative


@inner
def _choose(
    laid: Adjacency, state: _SamplerState, place: int, first: int, common: float, even_quantiles: float
) -> None:
    """Let a cluster choose the group of one of its shown neighbours, or its own, by the odds of all pairs between it
    and that group.
    """
    group, members, odds, links = state
    members[group[place]] -= 1
    start, end = laid.listed[place], laid.listed[place + 1]
    for at in range(start, end):
        neighbour_group = group[laid.neighbour[at]]
        # A neighbour's own weight stands in place of that of a pair nobody showed.
        odds[neighbour_group] += laid.odds[at] - UNSEEN
        if laid.shown[at]:
            odds[neighbour_group] += common
            links[neighbour_group] += 1
    total = 1.0
    for at in range(start, end):
        neighbour_group = group[laid.neighbour[at]]
        if links[neighbour_group] > 0:
            # Of several neighbours in one group the first stands for it; the first link to it is not one more.
            log_weight = (
                odds[neighbour_group] + members[neighbour_group] * UNSEEN + (links[neighbour_group] - 1) * TRIANGLE
            )
            odds[neighbour_group] = np.exp(min(log_weight, _LARGEST))
            total += odds[neighbour_group]
            links[neighbour_group] = -1
    aim, reach = even_quantiles * total, 1.0
    chosen = -1
    for at in range(start, end):
        neighbour_group = group[laid.neighbour[at]]
        if links[neighbour_group] == -1:
            reach += odds[neighbour_group]
            # Rounding may leave the aim beyond the last group that can be.
            if chosen == -1 and aim >= 1.0 and odds[neighbour_group] > 0.0 and (aim < reach or reach >= total):
                chosen = neighbour_group
        odds[neighbour_group], links[neighbour_group] = 0.0, 0
    if chosen == -1:
        # A group of its own takes a number that nobody has: there are as many as clusters.
        chosen = place if members[place] == 0 else first
        while members[chosen] > 0:
            chosen += 1
    group[place] = chosen
    members[chosen] += 1


@inner
def _hold_together(laid: Adjacency, group: Ints, first: int, last: int, representative: Ints) -> None:
    """Let the first cluster of each group speak for those that shown pairs hold together with it."""
    moved = True
    while moved:
        moved = False
        for place in range(first, last):
            for at in range(laid.listed[place], laid.listed[place + 1]):
                neighbour = laid.neighbour[at]
                if (
                    laid.shown[at]
                    and group[neighbour] == group[place]
                    and representative[neighbour] < representative[place]
                ):
                    representative[place] = representative[neighbour]
                    moved = True


def ready() -> None:
    """Compile what was not compiled on this machine before: at installation, so that no count waits for it."""
    none = np.zeros(0, dtype=np.int64)
    nothing = Adjacency(np.zeros(1, np.int64), np.zeros(1, np.int64), none, np.zeros(0), np.zeros(0, dtype=np.bool_))
    walked(nothing, np.zeros(0), np.zeros((0, 0, 0)))
