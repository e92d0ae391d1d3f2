"""Tangles: components of pairs that open links leave undecided, laid out for drawing.

Comes in: a case. Goes out: small tangles, size by size, with all ways of parting them weighed, and the few large ones,
which are walked. Promises: a draw is a partition that agrees with itself: where A is B and B is C, then A is C. A pair
that stands alone is joined with its probability. In a tangle each partition is weighed by the odds of all pairs it
joins. In each world all odds are off by one amount. A judged no-match is never joined. No component's draws hang on
any other component.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from traboule.figures.ranges import pairs, walk
from traboule.figures.ranges.pairs import Pairs, Reals
from traboule.figures.ranges.small import MOST, Small, at_most
from traboule.figures.ranges.walk import Laid
from traboule.figures.resolved import columns
from traboule.figures.resolved.case import Case
from traboule.figures.resolved.columns import Flags, Ints

WORLDS = 400
_WAYS = 200_000  # So many ways of small tangles are weighed at a time.
_CELLS = 100_000  # Large tangles are walked so many clusters at a time: what a step reads stays near the processor.


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

    def side_by_side(self, chosen: Ints, values: Sequence[Any]) -> list[Any]:
        """Return values of the elements of all chosen lists (lists × elements), 0 where a list is shorter."""
        place, which = self.spread(chosen)
        column = place - self.start[chosen][which]
        shape = len(chosen), int(self.length[chosen].max(initial=0))
        found = []
        for each in values:
            laid = np.zeros(shape, dtype=each.dtype)
            laid[which, column] = each[place]
            found.append(laid)
        return found


@dataclass(frozen=True, slots=True)
class Tangles:
    """Components of a case: clusters, pairs with their log odds, judged no-matches; ends as places in the tangle."""

    case: Case
    nodes: _Lists
    node: Ints
    links: _Lists
    odds: Reals
    left: Ints
    right: Ints
    aparts: _Lists
    apart_left: Ints
    apart_right: Ints

    def small(self) -> Iterator[Small]:
        """Yield the tangles with all ways of parting them weighed, some of one size at a time."""
        most = at_most(self.nodes.length, self.links.length)
        for size in columns.unique(self.nodes.length).tolist():
            alike = np.flatnonzero(self.nodes.length == size)
            block = np.cumsum(most[alike]) // _WAYS
            for number in columns.unique(block).tolist():
                chosen = alike[block == number]
                place = self.nodes.start[chosen][:, None] + np.arange(size)
                left, right, odds = self.links.side_by_side(chosen, (self.left, self.right, self.odds))
                barred = self.aparts.side_by_side(chosen, (self.apart_left, self.apart_right))
                yield Small.of(self.node[place], (left, right, odds), (barred[0], barred[1]))

    def walked(self, common: Reals) -> Iterator[tuple[Ints, Ints]]:
        """Walk the tangles in each world, whose odds are off by ``common``. Yield the clusters of some tangles, and
        (worlds × these clusters) the place among them of the one that speaks for each.
        """
        world = np.arange(len(common), dtype=np.int64)
        block = (np.cumsum(self.nodes.length) - 1) // max(1, _CELLS // len(world))
        for number in columns.unique(block).tolist():
            chosen = np.flatnonzero(block == number)
            once = self._laid(chosen)
            laid = self._laid(np.tile(chosen, len(world)))
            row = np.repeat(world, len(chosen))
            weight = laid.odds + common[row[laid.edge_of]]
            turn = np.tile(walk.in_turns(once), len(world))
            seed = np.tile(pairs.seeds(self.case, once.node), len(world))
            group = walk.walked(laid, turn, weight, row, seed)
            yield once.node, _first(group)[group].reshape(len(world), -1) - world[:, None] * once.entries

    def _laid(self, chosen: Ints) -> Laid:
        place, entry_of = self.nodes.spread(chosen)
        edge, edge_of = self.links.spread(chosen)
        bar, bar_of = self.aparts.spread(chosen)
        length = self.nodes.length[chosen]
        offset = np.cumsum(length) - length
        return Laid(
            entry_of=entry_of,
            node=self.node[place],
            edge_of=edge_of,
            left=offset[edge_of] + self.left[edge],
            right=offset[edge_of] + self.right[edge],
            bar_left=offset[bar_of] + self.apart_left[bar],
            bar_right=offset[bar_of] + self.apart_right[bar],
            odds=self.odds[edge],
        )


def cut(case: Case) -> tuple[Tangles, Tangles]:
    """Return the small tangles, pairs that stand alone among them, and the large."""
    undecided = pairs.pairs(case)
    component, nodes = case.moving.partitions.low, case.moving.nodes
    links = case.links
    inside = component[links.apart_left] == component[links.apart_right]
    apart = links.apart_left[inside], links.apart_right[inside]
    linked = np.bincount(component[undecided.first], minlength=nodes)
    small = at_most(np.bincount(component, minlength=nodes), linked) <= MOST
    few, many = (_tangles(case, undecided, apart, (linked > 0) & chosen) for chosen in (small, ~small))
    return few, many


def _tangles(case: Case, undecided: Pairs, apart: tuple[Ints, Ints], tangled: Flags) -> Tangles:
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
    return Tangles(
        case=case,
        nodes=lists,
        node=node,
        links=_lists(of_pair[link], heads),
        odds=walk.log_odds(undecided.probability[link]),
        left=place[undecided.first[link]],
        right=place[undecided.second[link]],
        aparts=_lists(component[apart_left], heads),
        apart_left=place[apart_left],
        apart_right=place[apart_right],
    )


def _by_tangle(component: Ints, tangled: Flags) -> Ints:
    chosen = np.flatnonzero(tangled[component])
    return chosen[np.argsort(component[chosen], kind="stable")]


def _lists(ordered: Ints, heads: Ints) -> _Lists:
    start, end = (np.searchsorted(ordered, heads, side=side) for side in ("left", "right"))
    return _Lists(start.astype(np.int64), (end - start).astype(np.int64))


def _first(group: Ints) -> Ints:
    """Return the first entry of each group."""
    first = np.zeros(int(group.max(initial=-1)) + 1, dtype=np.int64)
    # Of several writes to one place the last stays, and backwards the last is the first.
    first[group[::-1]] = np.arange(len(group), dtype=np.int64)[::-1]
    return first
