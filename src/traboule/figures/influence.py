"""Which open link is worth a judgement first: what judging it would do to the ranges of the figures.

Comes in: a case. Goes out: the open links in the order in which a desk officer should look at them.
Promises: each link is tried both ways against all other open links, in one counting of many small worlds; only the
links' own surroundings are counted; equal inputs, equal order.

A link does two things to a figure. ``effect_<figure>`` is the expected shrinkage of low to high: p times what "match"
would take off, plus 1-p times what "no match" would; exactly what a recount gives. ``narrows_<figure>`` is the expected
shrinkage of the 90 % range: where d lies between the middles of the two ranges that a judgement would leave, the link
carries p(1-p)d² of the figure's variance, and a range is twice 1.645 standard deviations wide (links taken as
independent of each other, the figure as normal). Links are ordered by the sum of what they narrow: a judgement that
confirms what the figure assumes already is worth little, however many figures it touches.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from traboule.figures.definition import Definition, Population
from traboule.figures.intervals import pairs
from traboule.figures.intervals.pairs import Reals
from traboule.figures.resolved import columns, counters, groups, partition
from traboule.figures.resolved.case import Case, CasePart, resolve
from traboule.figures.resolved.columns import Flags, Ints
from traboule.figures.resolved.groups import ParallelTrials
from traboule.figures.resolved.inputs import Inputs
from traboule.figures.resolved.window import OPERATION
from traboule.operation.operation import Operation

# A component is tried as a whole up to so many clusters times worlds; in a larger one each link is tried alone with
# its two ends, which overstates what "no match" does where other links still join them.
_MOST_TRIED = 20_000
_NINETY = 1.6448536269514722  # Standard deviations to either side that hold nine tenths of a normal distribution.


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Pieces of the graph of open links that are tried on their own.

    ``node`` lists each play's clusters (play by play, from ``node_start``, ``nodes`` many); ``pair`` the pairs tried,
    with their play and their two ends' places in it.
    """

    node: Ints
    node_start: Ints
    nodes: Ints
    pair: Ints
    pair_piece: Ints
    left: Ints
    right: Ints


@dataclass(frozen=True, slots=True)
class _Trials:
    """Worlds: one as it is for each play, then one "match" and one "no match" for each pair; their entries' keys."""

    node: Ints
    opened: Ints
    closed: Ints
    trials: ParallelTrials
    as_is: Ints
    match: Ints
    no_match: Ints


def queue(inputs: Inputs, operation: Operation, *, limit: int | None = None) -> pa.Table:
    """Return the open links by what a judgement would do: left, right, probability, effect (what it narrows, all
    figures together), effect_<figure>, narrows_<figure>.

    Links whose ends are one cluster already are not in it. Of several links between the same two clusters the
    likeliest carries the effect: one judgement settles them all.
    """
    return queue_of(resolve(inputs, operation), limit=limit)


def queue_of(case: Case, *, limit: int | None = None) -> pa.Table:
    """Return the queue of a case that is resolved already; see :func:`queue`."""
    figures = [
        definition
        for definition in case.definitions.values()
        if definition.population in (Population.PERSONS, Population.ARRESTS)
    ]
    left, right = pairs.ends(case, np.arange(len(case.links.row), dtype=np.int64))
    # Places in the alphabet of their own: equal names have equal places, whatever the order of the links.
    name_codes = (columns.coded(left)[0], columns.coded(right)[0])
    effects, narrows = _effects(case, figures)
    none = np.zeros(len(left))
    total, score = (sum(definition.values(), none) for definition in (effects, narrows))
    probability = np.asarray(case.links.probability, dtype=np.float64)
    order = np.lexsort((name_codes[1], name_codes[0], -probability, -total, -np.round(score, 12)))[:limit]
    table: dict[str, object] = {
        "left": columns.taken(left, order),
        "right": columns.taken(right, order),
        "probability": probability[order],
        "effect": score[order],
    }
    table.update({f"effect_{definition.id}": effects.get(definition.id, none)[order] for definition in figures})
    table.update({f"narrows_{definition.id}": narrows.get(definition.id, none)[order] for definition in figures})
    return pa.table(table)


def _effects(case: Case, figures: list[Definition]) -> tuple[dict[str, Reals], dict[str, Reals]]:
    """Return by figure what each open link would take off, expected: of low to high, and of the 90 % range."""
    links, part = case.links, case.contested
    effects: dict[str, Reals] = {}
    narrows: dict[str, Reals] = {}
    if not len(links.row):
        return effects, narrows
    undecided = pairs.undecided_pairs(case)
    plays = _pieces(part, undecided.first, undecided.second)
    tried = _trials(plays)
    p, representative = undecided.probability[plays.pair], undecided.representative[plays.pair]
    for definition in figures:
        low, high = _ranges(part, definition, tried)
        width = high - low
        now = width[tried.as_is[plays.pair_piece]]
        middle = (low + high) / 2
        effects[definition.id], narrows[definition.id] = np.zeros(len(links.row)), np.zeros(len(links.row))
        effects[definition.id][representative] = p * (now - width[tried.match]) + (1 - p) * (
            now - width[tried.no_match]
        )
        narrows[definition.id][representative] = _narrowed(
            p * (1 - p) * (middle[tried.match] - middle[tried.no_match]) ** 2
        )
    return effects, narrows


def _narrowed(share: Reals) -> Reals:
    """Return by how much the 90 % range narrows with each share of the variance gone. Shares are summed in order of
    size, so that no order of links moves a bit.
    """
    variance = float(np.sort(share).sum())
    remaining = np.sqrt(np.maximum(variance - share, 0.0))
    return np.asarray(2 * _NINETY * (np.sqrt(variance) - remaining))


def _pieces(part: CasePart, first: Ints, second: Ints) -> _Pieces:
    """Cut the open links into what is tried together: components, or single pairs of too large a one."""
    component = part.partitions.low
    size = np.bincount(component, minlength=part.nodes)
    links = np.bincount(component[first], minlength=part.nodes)
    is_tried_whole = size * (2 * links + 1) <= _MOST_TRIED
    together = np.flatnonzero(is_tried_whole[component[first]])
    alone = np.flatnonzero(~is_tried_whole[component[first]])
    nodes = np.flatnonzero(is_tried_whole[component])
    nodes = nodes[np.argsort(component[nodes], kind="stable")]
    heads, start = np.unique(component[nodes], return_index=True)
    place = np.zeros(part.nodes, dtype=np.int64)
    lengths = np.diff(np.append(start, len(nodes)))
    place[nodes] = np.arange(len(nodes)) - np.repeat(start, lengths)
    together = together[np.argsort(component[first[together]], kind="stable")]
    ends = np.column_stack([first[alone], second[alone]]).ravel()
    singles = np.arange(len(alone), dtype=np.int64)
    return _Pieces(
        node=np.concatenate([nodes, ends]),
        node_start=np.concatenate([start, len(nodes) + 2 * singles]).astype(np.int64),
        nodes=np.concatenate([lengths, np.full(len(alone), 2)]).astype(np.int64),
        pair=np.concatenate([together, alone]),
        pair_piece=np.concatenate([np.searchsorted(heads, component[first[together]]), len(heads) + singles]),
        left=np.concatenate([place[first[together]], np.zeros(len(alone), dtype=np.int64)]),
        right=np.concatenate([place[second[together]], np.ones(len(alone), dtype=np.int64)]),
    )


def _trials(plays: _Pieces) -> _Trials:
    """Lay out every world of every play, entry by entry, with its keys under the open and the closed reading."""
    number, pairs = len(plays.nodes), len(plays.pair)
    piece = np.concatenate([np.arange(number), plays.pair_piece, plays.pair_piece])
    length = plays.nodes[piece]
    start = np.cumsum(length) - length
    trial = np.repeat(np.arange(len(piece), dtype=np.int64), length)
    place = np.arange(len(trial), dtype=np.int64) - start[trial]
    size = int(plays.nodes.max(initial=1))
    match = number + np.arange(pairs, dtype=np.int64)
    no_match = match + pairs
    opened = trial * size + place
    opened[start[match] + plays.right] = opened[start[match] + plays.left]
    closed = trial * size
    split = _components_without_pair(plays, start[no_match])
    first = int(start[no_match[0]]) if pairs else len(trial)
    closed[first:] += place[first:][split - first] if pairs else 0
    return _Trials(
        node=plays.node[plays.node_start[piece][trial] + place],
        opened=opened,
        closed=closed,
        trials=ParallelTrials(size, len(piece)),
        as_is=np.arange(number, dtype=np.int64),
        match=match,
        no_match=no_match,
    )


def _components_without_pair(plays: _Pieces, start: Ints) -> Ints:
    """Return for each entry of the "no match" worlds the first entry still joined to it once that world's own pair
    is gone. ``start`` is each such world's first entry.
    """
    if not len(start):
        return np.empty(0, dtype=np.int64)
    of_play = np.argsort(plays.pair_piece, kind="stable")
    count = np.bincount(plays.pair_piece, minlength=len(plays.nodes))
    begin = np.cumsum(count) - count
    other_pairs = count[plays.pair_piece]
    trial = np.repeat(np.arange(len(start), dtype=np.int64), other_pairs)
    within = np.arange(len(trial), dtype=np.int64) - np.repeat(np.cumsum(other_pairs) - other_pairs, other_pairs)
    edge = of_play[begin[plays.pair_piece[trial]] + within]
    is_other: Flags = edge != trial
    trial, edge = trial[is_other], edge[is_other]
    first = int(start[0])
    entries = int(start[-1]) + int(plays.nodes[plays.pair_piece[-1]]) - first
    offset = start[trial] - first
    component = partition.components(entries, offset + plays.left[edge], offset + plays.right[edge])
    _, representative = np.unique(component, return_index=True)
    return representative[component] + first


def _ranges(part: CasePart, definition: Definition, tried: _Trials) -> tuple[Ints, Ints]:
    """Return low and high of one figure in every world."""
    if definition.population is Population.PERSONS:
        has, also = counters.person_flags(part, definition)
        of_entries = None if also is None else also[tried.node]
        return groups.person_range((tried.closed, tried.opened), has[tried.node], of_entries, tried.trials)
    rows = part.arrests.where(part.arrests.phase == OPERATION)
    order = np.argsort(rows.node, kind="stable")
    count = np.bincount(rows.node, minlength=part.nodes)
    begin = np.cumsum(count) - count
    times = count[tried.node]
    entry = np.repeat(np.arange(len(tried.node), dtype=np.int64), times)
    within = np.arange(len(entry), dtype=np.int64) - np.repeat(np.cumsum(times) - times, times)
    row = order[begin[tried.node[entry]] + within]
    filter_ = counters.chosen_attributions(definition)
    chosen = None if filter_ is None else filter_[rows.attribution[row]]
    low, high = (
        groups.arrest_count(keys[entry], rows.state[row], rows.time[row], chosen, tried.trials)
        for keys in (tried.closed, tried.opened)
    )
    return low, high
