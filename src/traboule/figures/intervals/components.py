"""Tangles: components of pairs that open links leave undecided, laid out for drawing.

Comes in: a case. Goes out: small tangles, size by size, with all ways of parting them weighed, and the few large ones,
which are walked. Promises: a draw is a partition that agrees with itself: where A is B and B is C, then A is C. A pair
that stands alone is joined with its probability; in a tangle each partition is weighed by the odds of all pairs it
joins; both as the operation's own pairs raise or lower them. In each world all odds are off by one amount. A judged
no-match is never joined. No component's draws hang on any other component but by what all pairs tell together.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from traboule.figures.intervals import pair_evidence, pairs
from traboule.figures.intervals.exact import MOST, REJECTED, Small, at_most
from traboule.figures.intervals.pair_evidence import Weights
from traboule.figures.intervals.pairs import Pairs, Reals
from traboule.figures.resolved import columns
from traboule.figures.resolved.case import Case
from traboule.figures.resolved.columns import Flags, Ints

WORLDS = 400
_WAYS = 200_000  # So many ways of small tangles are weighed at a time.
_ROUNDS = 10
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


@dataclass(frozen=True, slots=True)
class _Edges:
    """Pairs of clusters, tangle by tangle, ends as places in the tangle."""

    lists: _Lists
    left: Ints
    right: Ints

    @classmethod
    def of(cls, ends: tuple[Ints, Ints], component: Ints, heads: Ints, place: Ints) -> _Edges:
        """Return the pairs, sorted by component, whose components are named by ``heads``."""
        return cls(_lists(component[ends[0]], heads), place[ends[0]], place[ends[1]])

    def side_by_side(self, chosen: Ints) -> tuple[Ints, Ints]:
        """Return both ends (tangles × pairs) of the chosen tangles, 0 and 0 where one has fewer pairs."""
        edge, which = self.lists.spread(chosen)
        column = edge - self.lists.start[chosen][which]
        left, right = (np.zeros((len(chosen), int(self.lists.length[chosen].max(initial=0))), np.int64) for _ in "lr")
        left[which, column], right[which, column] = self.left[edge], self.right[edge]
        return left, right

    def laid(self, chosen: Ints, offset: Ints) -> tuple[Ints, Ints]:
        """Return both ends of the chosen tangles' pairs, counted on from where each tangle begins."""
        edge, which = self.lists.spread(chosen)
        return offset[which] + self.left[edge], offset[which] + self.right[edge]


@dataclass(frozen=True, slots=True)
class Tangles:
    """Components of a case: clusters; pairs with their log odds, judged no-matches, and pairs rejected as unlikely."""

    case: Case
    nodes: _Lists
    node: Ints
    links: _Edges
    odds: Reals
    aparts: _Edges
    rejected: _Edges

    def small(self) -> Iterator[Small]:
        """Yield the tangles with all ways of parting them weighed, some of one size at a time."""
        most = at_most(self.nodes.length, self.links.lists.length)
        for size in columns.unique(self.nodes.length).tolist():
            alike = np.flatnonzero(self.nodes.length == size)
            block = np.cumsum(most[alike]) // _WAYS
            for number in columns.unique(block).tolist():
                chosen = alike[block == number]
                node = self.node[self.nodes.start[chosen][:, None] + np.arange(size)]
                shown, barred, rejected = (
                    each.side_by_side(chosen) for each in (self.links, self.aparts, self.rejected)
                )
                odds = np.zeros(shown[0].shape)
                edge, which = self.links.lists.spread(chosen)
                odds[which, edge - self.links.lists.start[chosen][which]] = self.odds[edge]
                yield Small.of(node, odds, shown, barred, rejected)

    def walked(self, common: Reals) -> Iterator[tuple[Ints, Ints]]:
        """Walk the tangles in each world, whose odds are off by ``common``. Yield the clusters of some tangles, and
        (worlds × these clusters) the place among them of the one that speaks for each.
        """
        if not len(self.node):
            return
        # Numba is loaded where there is something to walk, and seldom is.
        walk = importlib.import_module("traboule.figures.intervals.gibbs")
        world = np.arange(len(common), dtype=np.int64)
        block = (np.cumsum(self.nodes.length) - 1) // max(1, _CELLS // len(world))
        for number in columns.unique(block).tolist():
            chosen = np.flatnonzero(block == number)
            place, _ = self.nodes.spread(chosen)
            node = self.node[place]
            seed = pairs.seeds(self.case, node)
            luck = [pairs.uniform(seed, world[:, None], turn) for turn in range(1, _ROUNDS + 1)]
            yield node, walk.walked(walk.Laid(*self._laid(chosen)), common, np.stack(luck, axis=1))

    def _laid(self, chosen: Ints) -> tuple[Ints, Ints, Ints, Reals, Flags]:
        """Return the chosen tangles as :class:`traboule.figures.intervals.gibbs.Laid` has them."""
        length = self.nodes.length[chosen]
        begins = np.concatenate([[0], np.cumsum(length)])
        kinds = [each.laid(chosen, begins[:-1]) for each in (self.links, self.aparts, self.rejected)]
        edge, _ = self.links.lists.spread(chosen)
        odds = [self.odds[edge], np.full(len(kinds[1][0]), -np.inf), np.full(len(kinds[2][0]), REJECTED)]
        left, right = (np.concatenate(each) for each in zip(*kinds, strict=True))
        one, other = np.concatenate([left, right]), np.concatenate([right, left])
        shown = np.arange(len(left)) < len(edge)
        order = np.lexsort((np.tile(~shown, 2), one))
        listed = np.concatenate([[0], np.cumsum(np.bincount(one, minlength=begins[-1]))])
        return begins, listed, other[order], np.tile(np.concatenate(odds), 2)[order], np.tile(shown, 2)[order]


def cut(case: Case, weights: Weights) -> tuple[Tangles, Tangles]:
    """Return the small tangles, pairs that stand alone among them, and the large; odds by what the operation told."""
    undecided = pairs.pairs(case)
    component, nodes = case.moving.partitions.low, case.moving.nodes
    links = case.links
    linked, size = np.bincount(component[undecided.first], minlength=nodes), np.bincount(component, minlength=nodes)
    small = at_most(size, linked) <= MOST
    apart = np.stack([links.apart_left, links.apart_right])
    unlikely = np.stack([links.rejected_left, links.rejected_right])
    unlikely = np.stack(np.divmod(columns.unique(unlikely.min(axis=0) * nodes + unlikely.max(axis=0)), max(nodes, 1)))
    shown = undecided.first * nodes + undecided.second
    unlikely = unlikely[:, ~np.isin(unlikely[0] * nodes + unlikely[1], shown)]
    others = tuple(one[:, component[one[0]] == component[one[1]]] for one in (apart, unlikely))
    shares = pair_evidence.patterns(case)[links.row[undecided.speaks]]
    odds = pairs.log_odds(undecided.probability)
    odds = weights.added(odds, shares, size[component[undecided.first]] == 2)
    few, many = (_tangles(case, (undecided, odds), others, (linked > 0) & chosen) for chosen in (small, ~small))
    return few, many


def _tangles(case: Case, weighed: tuple[Pairs, Reals], others: tuple[Ints, ...], tangled: Flags) -> Tangles:
    """Return the tangles whose components are flagged; ``weighed`` are the undecided pairs with their log odds,
    ``others`` judged no-matches and rejected pairs.
    """
    undecided, odds = weighed
    component = case.moving.partitions.low
    heads = np.flatnonzero(tangled)
    node = _by_tangle(component, tangled)
    lists = _lists(component[node], heads)
    place = np.zeros(case.moving.nodes, dtype=np.int64)
    place[node] = np.arange(len(node)) - np.repeat(lists.start, lists.length)
    link = _by_tangle(component[undecided.first], tangled)
    apart, rejected = (one[:, _by_tangle(component[one[0]], tangled)] for one in others)
    shown = undecided.first[link], undecided.second[link]
    edges = (_Edges.of((one[0], one[1]), component, heads, place) for one in (shown, apart, rejected))
    return Tangles(case, lists, node, next(edges), odds[link], *edges)


def _by_tangle(component: Ints, tangled: Flags) -> Ints:
    chosen = np.flatnonzero(tangled[component])
    return chosen[np.argsort(component[chosen], kind="stable")]


def _lists(ordered: Ints, heads: Ints) -> _Lists:
    start, end = (np.searchsorted(ordered, heads, side=side) for side in ("left", "right"))
    return _Lists(start.astype(np.int64), (end - start).astype(np.int64))
