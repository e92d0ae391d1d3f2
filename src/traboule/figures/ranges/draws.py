"""Worlds: ways in which the open links may turn out, each drawn with its own probability.

Comes in: the pairs that open links leave undecided. Goes out: per world the cluster that speaks for each cluster.
Promises: a draw is a partition that agrees with itself: where A is B and B is C, then A is C. A pair that stands alone
is joined with its probability. In a tangle each partition is weighed by the odds of all pairs it joins: a small one is
drawn at once, a large one by a walk. In each world all odds are off by one amount. A judged no-match is never joined.
No component's draws hang on any other component.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from traboule.figures.ranges import pairs, walk
from traboule.figures.ranges.doubt import shift
from traboule.figures.ranges.pairs import Pairs, Reals, Seeds
from traboule.figures.ranges.small import MOST, Small
from traboule.figures.ranges.walk import Laid, uniform
from traboule.figures.resolved import columns
from traboule.figures.resolved.case import Case
from traboule.figures.resolved.columns import Flags, Ints

WORLDS = 400
_CELLS = 2_000_000  # Worlds are laid out so many clusters at a time: 16 MB.


def drawn(case: Case, *, worlds: int = WORLDS) -> Iterator[Ints]:
    """Yield blocks of worlds (worlds × clusters of the moving part): who speaks for each cluster in each world."""
    undecided = pairs.pairs(case)
    lone, small, large = _cut(case, undecided)
    seed = pairs.seeds(case, undecided)
    odds, common = walk.log_odds(undecided.probability), shift(worlds)
    weighed = _weighed(small, odds)
    turn = walk.in_turns(_laid(large, np.arange(len(large.nodes.start), dtype=np.int64)))
    nodes = case.moving.nodes
    at_once = max(1, min(worlds, _CELLS // max(nodes, 1)))
    for begin in range(0, worlds, at_once):
        world = np.arange(begin, min(begin + at_once, worlds), dtype=np.int64)
        speaker = np.tile(np.arange(nodes, dtype=np.int64), (len(world), 1))
        joined = uniform(seed[lone], world[:, None], 0) < expit(odds[lone] + common[world][:, None])
        first, second = undecided.first[lone], undecided.second[lone]
        speaker[:, second] = np.where(joined, first, second)
        for one in weighed:
            one.draw(world, common[world], speaker)
        _walk_tangles((large, turn), odds, (world, common[world]), speaker)
        yield speaker


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
    seed: Seeds
    links: _Lists
    link: Ints
    left: Ints
    right: Ints
    aparts: _Lists
    apart_left: Ints
    apart_right: Ints


def _cut(case: Case, undecided: Pairs) -> tuple[Ints, _Tangles, _Tangles]:
    """Part the pairs that stand alone from the tangles, and the small ones of these from the large."""
    component, nodes = case.moving.partitions.low, case.moving.nodes
    links = case.links
    inside = component[links.apart_left] == component[links.apart_right]
    apart = links.apart_left[inside], links.apart_right[inside]
    of_pair = component[undecided.first]
    tangled = np.bincount(of_pair, minlength=nodes) > 1
    tangled[component[apart[0]]] = True
    small = np.bincount(component, minlength=nodes) <= MOST
    few, many = (_tangles(case, undecided, apart, chosen) for chosen in (tangled & small, tangled & ~small))
    return np.flatnonzero(~tangled[of_pair]), few, many


def _tangles(case: Case, undecided: Pairs, apart: tuple[Ints, Ints], tangled: Flags) -> _Tangles:
    """Return the tangles whose components are flagged."""
    component, nodes = case.moving.partitions.low, case.moving.nodes
    of_pair = component[undecided.first]
    heads = np.flatnonzero(tangled)
    node = _by_tangle(component, tangled)
    lists = _lists(component[node], heads)
    place = np.zeros(nodes, dtype=np.int64)
    place[node] = np.arange(len(node)) - np.repeat(lists.start, lists.length)
    link = _by_tangle(of_pair, tangled)
    bar = _by_tangle(component[apart[0]], tangled)
    apart_left, apart_right = (end[bar] for end in apart)
    return _Tangles(
        nodes=lists,
        node=node,
        seed=pairs.seeded(columns.names(columns.taken(case.moving.names, node))),
        links=_lists(of_pair[link], heads),
        link=link,
        left=place[undecided.first[link]],
        right=place[undecided.second[link]],
        aparts=_lists(component[apart_left], heads),
        apart_left=place[apart_left],
        apart_right=place[apart_right],
    )


def _weighed(tangles: _Tangles, odds: Reals) -> list[Small]:
    """Return the small tangles, size by size, with all ways of parting them weighed."""
    found = []
    for size in columns.unique(tangles.nodes.length).tolist():
        chosen = np.flatnonzero(tangles.nodes.length == size)
        place = tangles.nodes.start[chosen][:, None] + np.arange(size)
        edge, edge_of = tangles.links.spread(chosen)
        bar, bar_of = tangles.aparts.spread(chosen)
        links = edge_of, tangles.left[edge], tangles.right[edge], odds[tangles.link[edge]]
        bars = bar_of, tangles.apart_left[bar], tangles.apart_right[bar]
        found.append(Small.of(tangles.node[place], tangles.seed[place[:, 0]], links, bars))
    return found


def _by_tangle(component: Ints, tangled: Flags) -> Ints:
    chosen = np.flatnonzero(tangled[component])
    return chosen[np.argsort(component[chosen], kind="stable")]


def _lists(ordered: Ints, heads: Ints) -> _Lists:
    start, end = (np.searchsorted(ordered, heads, side=side) for side in ("left", "right"))
    return _Lists(start.astype(np.int64), (end - start).astype(np.int64))


def _laid(tangles: _Tangles, chosen: Ints) -> Laid:
    place, entry_of = tangles.nodes.spread(chosen)
    edge, edge_of = tangles.links.spread(chosen)
    bar, bar_of = tangles.aparts.spread(chosen)
    length = tangles.nodes.length[chosen]
    offset = np.cumsum(length) - length
    return Laid(
        place=place,
        entry_of=entry_of,
        node=tangles.node[place],
        edge_of=edge_of,
        left=offset[edge_of] + tangles.left[edge],
        right=offset[edge_of] + tangles.right[edge],
        bar_of=bar_of,
        bar_left=offset[bar_of] + tangles.apart_left[bar],
        bar_right=offset[bar_of] + tangles.apart_right[bar],
        link=tangles.link[edge],
    )


def _walk_tangles(divided: tuple[_Tangles, Ints], weight: Reals, worlds: tuple[Ints, Reals], speaker: Ints) -> None:
    """Draw every large tangle in every world and write down who speaks for whom."""
    tangles, turn = divided
    world, common = worlds
    number = len(tangles.nodes.start)
    if not number:
        return
    row = np.repeat(np.arange(len(world), dtype=np.int64), number)
    laid = _laid(tangles, np.tile(np.arange(number, dtype=np.int64), len(world)))
    weighed = weight[laid.link] + common[row[laid.edge_of]]
    group = walk.walked(laid, turn, weighed, world[row], tangles.seed[laid.place])
    speaker[row[laid.entry_of], laid.node] = laid.node[_first(group)[group]]


def _first(group: Ints) -> Ints:
    """Return the first entry of each group."""
    first = np.zeros(int(group.max(initial=-1)) + 1, dtype=np.int64)
    # Of several writes to one place the last stays, and backwards the last is the first.
    first[group[::-1]] = np.arange(len(group), dtype=np.int64)[::-1]
    return first
