"""Worlds: ways in which the open links may turn out, each drawn with its own probability.

Comes in: the pairs that open links leave undecided. Goes out: per world the cluster that speaks for each cluster.
Promises: a draw is a partition that agrees with itself: where A is B and B is C, then A is C. A pair that stands alone
is joined with its probability. In a tangle each partition is weighed by the odds of all pairs it joins, and all odds
are raised or lowered alike until on the whole as many links hold as their probabilities say: that draws agree with
themselves may make no match likelier on the whole than the evidence did. A judged no-match is never joined.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from traboule.figures.ranges import pairs, walk
from traboule.figures.ranges.pairs import Pairs, Reals, Seeds
from traboule.figures.ranges.walk import Laid, uniform
from traboule.figures.resolved import columns
from traboule.figures.resolved.case import Case
from traboule.figures.resolved.columns import Flags, Ints

WORLDS = 400
_CELLS = 2_000_000  # Worlds are laid out so many clusters at a time: 16 MB.
_TRIED, _WORLDS_TRIED = 10_000, (8, 512)  # Pairs times worlds from which the tilt is learnt.


def drawn(case: Case, *, worlds: int = WORLDS) -> Iterator[Ints]:
    """Yield blocks of worlds (worlds × clusters of the moving part): who speaks for each cluster in each world."""
    undecided = pairs.pairs(case)
    lone, tangles = _cut(case, undecided)
    seed = pairs.seeds(case, undecided)
    weight = walk.log_odds(undecided.probability) + _tilt(tangles, undecided.probability)
    nodes = case.moving.nodes
    at_once = max(1, min(worlds, _CELLS // max(nodes, 1)))
    for begin in range(0, worlds, at_once):
        world = np.arange(begin, min(begin + at_once, worlds), dtype=np.int64)
        speaker = np.tile(np.arange(nodes, dtype=np.int64), (len(world), 1))
        joined = uniform(seed[lone], world[:, None], 0) < undecided.probability[lone]
        first, second = undecided.first[lone], undecided.second[lone]
        speaker[:, second] = np.where(joined, first, second)
        _draw_tangles(tangles, weight, world, speaker)
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
        seed=pairs.seeded(columns.names(columns.taken(case.moving.names, node))),
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


def _draw_tangles(tangles: _Tangles, weight: Reals, world: Ints, speaker: Ints) -> None:
    """Draw every tangle in every world and write down who speaks for whom."""
    number = len(tangles.nodes.start)
    if not number:
        return
    row = np.repeat(np.arange(len(world), dtype=np.int64), number)
    laid = _laid(tangles, np.tile(np.arange(number, dtype=np.int64), len(world)))
    group = walk.walked(laid, weight[laid.link], world[row], tangles.seed[laid.place])
    speaker[row[laid.entry_of], laid.node] = laid.node[_first(group)[group]]


def _tilt(tangles: _Tangles, probability: Reals) -> float:
    """Return what to add to the log odds of all tangled pairs so that on the whole as many of them are joined as their
    probabilities say. Tangles with a judged no-match have no say: there the judgement has overtaken the probabilities.
    """
    asked = np.flatnonzero(tangles.aparts.length == 0)
    links = int(tangles.links.length[asked].sum())
    if not links:
        return 0.0
    times = int(np.clip(_TRIED // links, *_WORLDS_TRIED))
    row = np.repeat(np.arange(times, dtype=np.int64), len(asked))
    laid = _laid(tangles, np.tile(asked, times))
    return walk.tilt(laid, probability[laid.link], row, tangles.seed[laid.place])


def _first(group: Ints) -> Ints:
    """Return the first entry of each group."""
    first = np.zeros(int(group.max(initial=-1)) + 1, dtype=np.int64)
    # Of several writes to one place the last stays, and backwards the last is the first.
    first[group[::-1]] = np.arange(len(group), dtype=np.int64)[::-1]
    return first
