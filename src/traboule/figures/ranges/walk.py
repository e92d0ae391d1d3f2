"""Draws of large tangles: cluster after cluster chooses anew whom it is one with. Compiled, and loaded by whom has any.

Comes in: tangles laid one after the other, the log odds of their pairs, numbers that decide. Goes out: who speaks for
each cluster in each world. Promises: the walk (a Gibbs sampler; Geman and Geman 1984) settles near the distribution in
which each partition is weighed by the odds of all pairs it joins; not quite on it, since whoever holds two others
together does not join or leave both at once: the chance of each number of persons was off by 0.03 at most. A judged
no-match has no odds at all. Clusters choose in the order in which they are laid, that of their names.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from traboule.figures.ranges.pairs import Reals
from traboule.figures.ranges.small import AGAIN, UNSHOWN
from traboule.figures.resolved.columns import Flags, Ints
from traboule.linkage.arrays.jit import compiled, inner

_LARGEST = 500.0


class Laid(NamedTuple):
    """Tangles one after the other: where each ``begins``, and last of all where the last ends. Of each cluster where
    its neighbours are ``listed``, shown ones first; of each neighbour its place, the log odds of that pair, and whether
    it is ``shown``.
    """

    begins: Ints
    listed: Ints
    neighbour: Ints
    odds: Reals
    shown: Flags


class _Standing(NamedTuple):
    """Of one world: the ``group`` of each cluster and how many ``members`` each group has; by group, empty between two
    choices: the ``odds`` of all pairs with it, and how many ``links`` there are, -1 once they are weighed.
    """

    group: Ints
    members: Ints
    odds: Reals
    links: Ints


@compiled
def walked(laid: Laid, common: Reals, luck: Reals) -> Ints:
    """Return (worlds × clusters) the place of the cluster that speaks for each. ``common``: by how much the odds of all
    shown pairs are off in each world; ``luck`` (worlds × rounds × clusters): numbers in [0, 1).
    """
    worlds, rounds, size = luck.shape
    speaks = np.empty((worlds, size), dtype=np.int64)
    stand = _Standing(
        np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64), np.zeros(size), np.zeros(size, dtype=np.int64)
    )
    for world in range(worlds):
        for place in range(size):
            stand.group[place], stand.members[place] = place, 1
        for tangle in range(len(laid.begins) - 1):
            for turn in range(rounds):
                for place in range(laid.begins[tangle], laid.begins[tangle + 1]):
                    _choose(laid, stand, place, laid.begins[tangle], common[world], luck[world, turn, place])
            for place in range(laid.begins[tangle], laid.begins[tangle + 1]):
                speaks[world, place] = place
            _hold_together(laid, stand.group, laid.begins[tangle], laid.begins[tangle + 1], speaks[world])
    return speaks


@inner
def _choose(laid: Laid, stand: _Standing, place: int, first: int, common: float, luck: float) -> None:
    """Let a cluster choose the group of one of its shown neighbours, or its own, by the odds of all pairs between it
    and that group.
    """
    group, members, odds, links = stand
    members[group[place]] -= 1
    start, end = laid.listed[place], laid.listed[place + 1]
    for at in range(start, end):
        beside = group[laid.neighbour[at]]
        # A neighbour's own weight stands in place of that of a pair nobody showed.
        odds[beside] += laid.odds[at] - UNSHOWN
        if laid.shown[at]:
            odds[beside] += common
            links[beside] += 1
    whole = 1.0
    for at in range(start, end):
        beside = group[laid.neighbour[at]]
        if links[beside] > 0:
            # Of several neighbours in one group the first stands for it; the first link to it is not one more.
            said = odds[beside] + members[beside] * UNSHOWN + (links[beside] - 1) * AGAIN
            odds[beside] = np.exp(min(said, _LARGEST))
            whole += odds[beside]
            links[beside] = -1
    aim, reach = luck * whole, 1.0
    chosen = -1
    for at in range(start, end):
        beside = group[laid.neighbour[at]]
        if links[beside] == -1:
            reach += odds[beside]
            # Rounding may leave the aim beyond the last group that can be.
            if chosen == -1 and aim >= 1.0 and odds[beside] > 0.0 and (aim < reach or reach >= whole):
                chosen = beside
        odds[beside], links[beside] = 0.0, 0
    if chosen == -1:
        # A group of its own takes a number that nobody has: there are as many as clusters.
        chosen = place if members[place] == 0 else first
        while members[chosen] > 0:
            chosen += 1
    group[place] = chosen
    members[chosen] += 1


@inner
def _hold_together(laid: Laid, group: Ints, first: int, last: int, speaks: Ints) -> None:
    """Let the first cluster of each group speak for those that shown pairs hold together with it."""
    moved = True
    while moved:
        moved = False
        for place in range(first, last):
            for at in range(laid.listed[place], laid.listed[place + 1]):
                other = laid.neighbour[at]
                if laid.shown[at] and group[other] == group[place] and speaks[other] < speaks[place]:
                    speaks[place] = speaks[other]
                    moved = True


def ready() -> None:
    """Compile what was not compiled on this machine before: at installation, so that no count waits for it."""
    none = np.zeros(0, dtype=np.int64)
    nothing = Laid(np.zeros(1, np.int64), np.zeros(1, np.int64), none, np.zeros(0), np.zeros(0, dtype=np.bool_))
    walked(nothing, np.zeros(0), np.zeros((0, 0, 0)))
