"""Worlds: ways in which the open links may turn out, each drawn with its own probability.

Comes in: the pairs that open links leave undecided. Goes out: per world the cluster that speaks for each cluster.
Promises: a draw is a partition that agrees with itself: where A is B and B is C, then A is C. Links of one tangle are
drawn again until they agree, which is drawing from the distribution of all partitions, each weighed by the product of
p for what it joins and 1-p for what it keeps apart. A judged no-match is never joined. No generator is involved:
numbers are mixed from the pair's seed, the world and the try, so that no other link or library has a say in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from traboule.figures.ranges.pairs import Pairs, Reals, Seeds, pairs, seeds
from traboule.figures.resolved import columns, partition
from traboule.figures.resolved.case import Case
from traboule.figures.resolved.columns import Flags, Ints

WORLDS = 512
_CELLS = 2_000_000  # Worlds are laid out so many clusters at a time: 16 MB.
_TRIES = 24
# In a tangle of more links hardly any draw agrees with itself: what its first draw joins, it joins.
_MOST_REDRAWN = 48
_LEAST = 1e-12
_WORLD, _TRY = 0x9E3779B97F4A7C15, 0xD1342543DE82EF95
_MIX = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))


def drawn(case: Case, *, worlds: int = WORLDS) -> Iterator[Ints]:
    """Yield blocks of worlds (worlds × clusters of the moving part): who speaks for each cluster in each world."""
    undecided = pairs(case)
    lone, tangles = _cut(case, undecided)
    seed = seeds(case, undecided)
    nodes = case.moving.nodes
    at_once = max(1, min(worlds, _CELLS // max(nodes, 1)))
    for begin in range(0, worlds, at_once):
        world = np.arange(begin, min(begin + at_once, worlds), dtype=np.int64)
        speaker = np.tile(np.arange(nodes, dtype=np.int64), (len(world), 1))
        joined = uniform(seed[lone], world[:, None], 0) < undecided.probability[lone]
        first, second = undecided.first[lone], undecided.second[lone]
        speaker[:, second] = np.where(joined, first, second)
        _draw_tangles(tangles, (seed, undecided.probability), world, speaker)
        yield speaker


def uniform(seed: Seeds, world: Ints, attempt: int) -> Reals:
    """Return numbers in [0, 1), one for each seed, world and try (SplitMix64; Steele, Lea and Flood 2014)."""
    mixed = seed + (world.astype(np.uint64) + np.uint64(1)) * np.uint64(_WORLD) + np.uint64(attempt * _TRY % 2**64)
    for _ in range(2):
        for shift, factor in _MIX:
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        mixed = mixed ^ (mixed >> np.uint64(31))
    return np.asarray((mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53)


@dataclass(frozen=True, slots=True)
class _Lists:
    """Lists one after the other: where each starts and how long it is."""

    start: Ints
    length: Ints

    def spread(self, chosen: Ints) -> tuple[Ints, Ints]:
        """Return the places of the elements of all chosen lists, and for each which of the chosen it is of."""
        length = self.length[chosen]
        which = np.repeat(np.arange(len(chosen), dtype=np.int64), length)
        within = np.arange(len(which), dtype=np.int64) - np.repeat(np.cumsum(length) - length, length)
        return self.start[chosen][which] + within, which


@dataclass(frozen=True, slots=True)
class _Tangles:
    """Components of more than one pair: their clusters, pairs and judged no-matches, ends as places in the tangle."""

    nodes: _Lists
    node: Ints
    links: _Lists
    link: Ints
    left: Ints
    right: Ints
    aparts: _Lists
    apart_left: Ints
    apart_right: Ints


def _cut(case: Case, undecided: Pairs) -> tuple[Ints, _Tangles]:
    """Part the pairs that stand alone from the tangles."""
    component, nodes = case.moving.partitions.low, case.moving.nodes
    links = case.links
    inside = component[links.apart_left] == component[links.apart_right]
    apart_left, apart_right = links.apart_left[inside], links.apart_right[inside]
    of_pair = component[undecided.first]
    tangled = np.bincount(of_pair, minlength=nodes) > 1
    tangled[component[apart_left]] = True
    heads = np.flatnonzero(tangled)
    node = _by_tangle(component, tangled)
    lists = _lists(component[node], heads)
    place = np.zeros(nodes, dtype=np.int64)
    place[node] = np.arange(len(node)) - np.repeat(lists.start, lists.length)
    link = _by_tangle(of_pair, tangled)
    apart = np.argsort(component[apart_left], kind="stable")
    return np.flatnonzero(~tangled[of_pair]), _Tangles(
        nodes=lists,
        node=node,
        links=_lists(of_pair[link], heads),
        link=link,
        left=place[undecided.first[link]],
        right=place[undecided.second[link]],
        aparts=_lists(component[apart_left[apart]], heads),
        apart_left=place[apart_left[apart]],
        apart_right=place[apart_right[apart]],
    )


def _by_tangle(component: Ints, tangled: Flags) -> Ints:
    chosen = np.flatnonzero(tangled[component])
    return chosen[np.argsort(component[chosen], kind="stable")]


def _lists(ordered: Ints, heads: Ints) -> _Lists:
    start, end = (np.searchsorted(ordered, heads, side=side) for side in ("left", "right"))
    return _Lists(start.astype(np.int64), (end - start).astype(np.int64))


@dataclass(frozen=True, slots=True)
class _Laid:
    """Tangles of several worlds laid side by side: each entry a cluster, each edge a pair, each bar a no-match."""

    entries: int
    node: Ints
    edge_of: Ints
    left: Ints
    right: Ints
    bar_of: Ints
    bar_left: Ints
    bar_right: Ints
    link: Ints


def _laid(tangles: _Tangles, chosen: Ints) -> _Laid:
    node, _ = tangles.nodes.spread(chosen)
    edge, edge_of = tangles.links.spread(chosen)
    bar, bar_of = tangles.aparts.spread(chosen)
    length = tangles.nodes.length[chosen]
    offset = np.cumsum(length) - length
    return _Laid(
        entries=len(node),
        node=tangles.node[node],
        edge_of=edge_of,
        left=offset[edge_of] + tangles.left[edge],
        right=offset[edge_of] + tangles.right[edge],
        bar_of=bar_of,
        bar_left=offset[bar_of] + tangles.apart_left[bar],
        bar_right=offset[bar_of] + tangles.apart_right[bar],
        link=tangles.link[edge],
    )


def _draw_tangles(tangles: _Tangles, odds: tuple[Seeds, Reals], world: Ints, speaker: Ints) -> None:
    """Draw every tangle in every world, again where a draw does not agree with itself, and write down who speaks."""
    seed, probability = odds
    number = len(tangles.nodes.start)
    row = np.repeat(np.arange(len(world), dtype=np.int64), number)
    tangle = np.tile(np.arange(number, dtype=np.int64), len(world))
    for attempt in range(_TRIES):
        if not len(row):
            return
        laid = _laid(tangles, tangle)
        luck = uniform(seed[laid.link], world[row[laid.edge_of]], attempt)
        joins = luck < probability[laid.link]
        group = partition.components(laid.entries, laid.left[joins], laid.right[joins])
        barred = group[laid.bar_left] == group[laid.bar_right]
        torn = ~joins & (group[laid.left] == group[laid.right])
        again = np.zeros(len(row), dtype=np.bool_)
        again[laid.bar_of[barred]] = True
        hopeful = tangles.links.length[tangle] <= _MOST_REDRAWN
        again[laid.edge_of[torn]] |= hopeful[laid.edge_of[torn]]
        last = again & (~hopeful | (attempt == _TRIES - 1))
        if last.any():
            group = _loosened(laid, joins, luck / np.maximum(probability[laid.link], _LEAST), group)
            again &= ~last
        of_entry = np.repeat(np.arange(len(row), dtype=np.int64), tangles.nodes.length[tangle])
        done = ~again[of_entry]
        speaker[row[of_entry[done]], laid.node[done]] = laid.node[_first(group)[group]][done]
        row, tangle = row[again], tangle[again]


def _first(group: Ints) -> Ints:
    """Return the first entry of each group."""
    first = np.zeros(int(group.max(initial=-1)) + 1, dtype=np.int64)
    # Of several writes to one place the last stays, and backwards the last is the first.
    first[group[::-1]] = np.arange(len(group), dtype=np.int64)[::-1]
    return first


def _loosened(laid: _Laid, joins: Flags, strain: Reals, group: Ints) -> Ints:
    """Undo the joins most strained for their luck, group by group, until no judged no-match is joined any more."""
    joins = joins.copy()
    while True:
        broken = np.unique(group[laid.bar_left][group[laid.bar_left] == group[laid.bar_right]])
        if not len(broken):
            return group
        edges = np.flatnonzero(joins & np.isin(group[laid.left], broken))
        edges = edges[np.lexsort((-strain[edges], group[laid.left[edges]]))]
        start = columns.starts(group[laid.left[edges]])
        length = np.diff(np.append(start, len(edges)))
        rank = np.arange(len(edges)) - np.repeat(start, length)
        joins[edges[rank <= np.repeat(length, length) // 10]] = False
        group = partition.components(laid.entries, laid.left[joins], laid.right[joins])
