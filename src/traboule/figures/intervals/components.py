"""Connected components of undecided pairs, laid out for drawing.

In: a case. Out: small components, size by size, with all partitions weighed, and the few large ones for the sampler.
Guaranteed: a draw is consistent: where A is B and B is C, A is C. A pair that stands alone is joined with its
probability; in a larger component each partition is weighed by the odds of all pairs it joins; both as the operation's
own pairs raise or lower them. In each draw all log odds are calibrated alike. A pair judged no match is never joined.
The draws of a component depend on no other component, except through the weights that all pairs together determine.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from traboule.figures.intervals import audit, pair_evidence, pairs
from traboule.figures.intervals.calibration import Calibrations
from traboule.figures.intervals.exact import MOST_PARTITIONS, REJECTED, ComponentPartitions, at_most
from traboule.figures.intervals.pair_evidence import EvidenceWeights
from traboule.figures.intervals.pairs import Reals, UndecidedPairs
from traboule.figures.resolved import columns
from traboule.figures.resolved.case import Case
from traboule.figures.resolved.columns import Flags, Ints

DRAWS = 400
_PARTITIONS_AT_A_TIME = 200_000  # ComponentPartitions of small components that are weighed at a time.
_ROUNDS = 10
_CELLS = 100_000  # Draws × clusters of large components sampled at a time, so that they stay in the processor's cache.


@dataclass(frozen=True, slots=True)
class _ListOffsets:
    """Lists stored one after the other: the start and the length of each."""

    start: Ints
    length: Ints

    def elements(self, chosen: Ints) -> tuple[Ints, Ints]:
        """Return the places of all elements of the chosen lists, and for each the number of its list among these."""
        length = self.length[chosen]
        owner = np.repeat(np.arange(len(chosen), dtype=np.int64), length)
        within = np.arange(len(owner), dtype=np.int64) - np.repeat(np.cumsum(length) - length, length)
        return self.start[chosen][owner] + within, owner


@dataclass(frozen=True, slots=True)
class _ComponentPairs:
    """Pairs of clusters, component by component, ends as places in the component."""

    lists: _ListOffsets
    left: Ints
    right: Ints

    @classmethod
    def of(cls, ends: tuple[Ints, Ints], component: Ints, heads: Ints, place: Ints) -> _ComponentPairs:
        """Return the pairs, sorted by component, whose components are named by ``heads``."""
        return cls(_list_offsets(component[ends[0]], heads), place[ends[0]], place[ends[1]])

    def side_by_side(self, chosen: Ints) -> tuple[Ints, Ints]:
        """Return both ends (components × pairs) of the chosen components, filled up with pairs of 0 and 0."""
        edge, owner = self.lists.elements(chosen)
        column = edge - self.lists.start[chosen][owner]
        left, right = (np.zeros((len(chosen), int(self.lists.length[chosen].max(initial=0))), np.int64) for _ in "lr")
        left[owner, column], right[owner, column] = self.left[edge], self.right[edge]
        return left, right

    def adjacent_ends(self, chosen: Ints, offset: Ints) -> tuple[Ints, Ints]:
        """Return both ends of the chosen components' pairs, offset by the start of each component."""
        edge, owner = self.lists.elements(chosen)
        return offset[owner] + self.left[edge], offset[owner] + self.right[edge]


@dataclass(frozen=True, slots=True)
class Components:
    """Components of a case: clusters; pairs with log odds and kind, judged no-matches, and rejected pairs."""

    case: Case
    nodes: _ListOffsets
    node: Ints
    links: _ComponentPairs
    odds: Reals
    kind: Ints
    aparts: _ComponentPairs
    rejected: _ComponentPairs

    def small(self) -> Iterator[ComponentPartitions]:
        """Yield the components with all their partitions, a block of equal size at a time."""
        most = at_most(self.nodes.length, self.links.lists.length)
        for size in columns.unique(self.nodes.length).tolist():
            same_size = np.flatnonzero(self.nodes.length == size)
            block = np.cumsum(most[same_size]) // _PARTITIONS_AT_A_TIME
            for number in columns.unique(block).tolist():
                chosen = same_size[block == number]
                node = self.node[self.nodes.start[chosen][:, None] + np.arange(size)]
                undecided, barred, rejected = (
                    edges.side_by_side(chosen) for edges in (self.links, self.aparts, self.rejected)
                )
                odds, kind = np.zeros(undecided[0].shape), np.zeros(undecided[0].shape, dtype=np.int64)
                edge, owner = self.links.lists.elements(chosen)
                column = edge - self.links.lists.start[chosen][owner]
                odds[owner, column], kind[owner, column] = self.odds[edge], self.kind[edge]
                yield ComponentPartitions.of(node, (odds, kind), undecided, barred, rejected)

    def sample(self, calibrations: Calibrations, level: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Sample the components once for each draw, with log odds calibrated as its ``level`` says. Yield blocks of
        components: their clusters, and (draws × clusters) the place among these of the representative of each.
        """
        if not len(self.node):
            return
        # Numba is imported only where there is something to sample, which is seldom.
        gibbs = importlib.import_module("traboule.figures.intervals.gibbs")
        draw = np.arange(len(level), dtype=np.int64)
        block = (np.cumsum(self.nodes.length) - 1) // max(1, _CELLS // len(draw))
        for number in columns.unique(block).tolist():
            chosen = np.flatnonzero(block == number)
            place, _ = self.nodes.elements(chosen)
            node = self.node[place]
            seed = pairs.seeds(self.case, node)
            even_quantiles = [pairs.uniform(seed, draw[:, None], turn) for turn in range(1, _ROUNDS + 1)]
            chances = np.stack(even_quantiles, axis=1)
            representative = np.empty((len(level), len(node)), dtype=np.int64)
            for own in columns.unique(level).tolist():
                adjacency = gibbs.ComponentLists(*self._adjacency(chosen, calibrations.odds(own, self.odds, self.kind)))
                representative[level == own] = gibbs.sample(adjacency, chances[level == own])
            yield node, representative

    def _adjacency(self, chosen: Ints, odds_of_pairs: Reals) -> tuple[Ints, Ints, Ints, Reals, Flags]:
        """Return the fields of :class:`traboule.figures.intervals.gibbs.ComponentLists` for the chosen components."""
        length = self.nodes.length[chosen]
        begins = np.concatenate([[0], np.cumsum(length)])
        kinds = [edges.adjacent_ends(chosen, begins[:-1]) for edges in (self.links, self.aparts, self.rejected)]
        edge, _ = self.links.lists.elements(chosen)
        odds = [odds_of_pairs[edge], np.full(len(kinds[1][0]), -np.inf), np.full(len(kinds[2][0]), REJECTED)]
        left, right = (np.concatenate(edges) for edges in zip(*kinds, strict=True))
        source, target = np.concatenate([left, right]), np.concatenate([right, left])
        is_undecided = np.arange(len(left)) < len(edge)
        order = np.lexsort((np.tile(~is_undecided, 2), source))
        offsets = np.concatenate([[0], np.cumsum(np.bincount(source, minlength=begins[-1]))])
        return begins, offsets, target[order], np.tile(np.concatenate(odds), 2)[order], np.tile(is_undecided, 2)[order]


def split_by_size(case: Case, weights: EvidenceWeights) -> tuple[Components, Components]:
    """Return the small components, single pairs among them, and the large; log odds include the pair evidence."""
    undecided = pairs.undecided_pairs(case)
    component, nodes = case.contested.partitions.low, case.contested.nodes
    links = case.links
    linked, size = np.bincount(component[undecided.first], minlength=nodes), np.bincount(component, minlength=nodes)
    small = at_most(size, linked) <= MOST_PARTITIONS
    apart = np.stack([links.apart_left, links.apart_right])
    unlikely = np.stack([links.rejected_left, links.rejected_right])
    unlikely = np.stack(np.divmod(columns.unique(unlikely.min(axis=0) * nodes + unlikely.max(axis=0)), max(nodes, 1)))
    undecided_keys = undecided.first * nodes + undecided.second
    unlikely = unlikely[:, ~np.isin(unlikely[0] * nodes + unlikely[1], undecided_keys)]
    other_pairs = tuple(kind[:, component[kind[0]] == component[kind[1]]] for kind in (apart, unlikely))
    shares = pair_evidence.patterns(case)[links.row[undecided.representative]]
    odds = pairs.log_odds(undecided.probability)
    kind = audit.kinds(case)[links.row[undecided.representative]]
    odds = weights.added(odds, shares, size[component[undecided.first]] == 2)
    small_components, large_components = (
        _components_of(case, (undecided, odds, kind), other_pairs, (linked > 0) & chosen) for chosen in (small, ~small)
    )
    return small_components, large_components


def _components_of(
    case: Case, scored: tuple[UndecidedPairs, Reals, Ints], other_pairs: tuple[Ints, ...], flagged: Flags
) -> Components:
    """Return the flagged components; ``scored`` are the undecided pairs with log odds and kind, ``other_pairs`` judged
    no-matches and rejected pairs.
    """
    undecided, odds, kind = scored
    component = case.contested.partitions.low
    heads = np.flatnonzero(flagged)
    node = _by_component(component, flagged)
    lists = _list_offsets(component[node], heads)
    place = np.zeros(case.contested.nodes, dtype=np.int64)
    place[node] = np.arange(len(node)) - np.repeat(lists.start, lists.length)
    link = _by_component(component[undecided.first], flagged)
    apart, rejected = (kind[:, _by_component(component[kind[0]], flagged)] for kind in other_pairs)
    ends = undecided.first[link], undecided.second[link]
    edges = (_ComponentPairs.of((kind[0], kind[1]), component, heads, place) for kind in (ends, apart, rejected))
    return Components(case, lists, node, next(edges), odds[link], kind[link], *edges)


def _by_component(component: Ints, flagged: Flags) -> Ints:
    chosen = np.flatnonzero(flagged[component])
    return chosen[np.argsort(component[chosen], kind="stable")]


def _list_offsets(ordered: Ints, heads: Ints) -> _ListOffsets:
    start, end = (np.searchsorted(ordered, heads, side=side) for side in ("left", "right"))
    return _ListOffsets(start.astype(np.int64), (end - start).astype(np.int64))
