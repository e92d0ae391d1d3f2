"""Order open links for judgement by how much judging each would narrow the ranges of the figures.

In: a case. Out: the open links in the order in which a desk officer should judge them. Guaranteed: each link is tried
as a match and as no match against all other open links, in a single count of many small trials; only the links' own
components are counted; equal inputs, equal order.

``effect_<figure>`` is the expected decrease of high - low: p times the decrease by "match", plus 1-p times that by "no
match"; exactly what a recount gives. ``narrows_<figure>`` is the expected decrease of the 90 % interval: where d is the
distance between the middles of the ranges after either judgement, the link adds p(1-p)d² to the figure's variance, and
the interval is twice 1.645 standard deviations wide (links taken as independent, the figure as normal). Links are
ordered by the sum of ``narrows`` over figures: a judgement that confirms what a figure assumes already adds little,
however many figures it concerns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from traboule.figures.definition import FigureDefinition, Population
from traboule.figures.intervals import pairs
from traboule.figures.intervals.pairs import Reals
from traboule.figures.resolved import columns, counters, groups, partition
from traboule.figures.resolved.case import Case, CasePart, resolve
from traboule.figures.resolved.columns import Flags, Ints
from traboule.figures.resolved.groups import ParallelTrials
from traboule.figures.resolved.inputs import Inputs
from traboule.figures.resolved.window import OPERATION
from traboule.operation.operation import Operation

# A component is tried complete up to this many clusters times trials. In a larger one each link is tried with its two
# ends alone, which overstates the effect of "no match" where other links still join them.
_LARGEST_TRIED = 20_000
_NINETY = 1.6448536269514722  # Standard deviations to either side that hold nine tenths of a normal distribution.


@dataclass(frozen=True, slots=True)
class _GraphPieces:
    """Pieces of the graph of open links, each tried separately.

    ``node`` lists the clusters piece by piece (from ``node_start``, ``nodes`` of them); ``pair`` the pairs tried, with
    their piece and the places of their two ends in it.
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
    """The trials: an unchanged one for each piece, then "match" and "no match" for each pair; the keys of their
    entries.
    """

    node: Ints
    opened: Ints
    closed: Ints
    layout: ParallelTrials
    as_is: Ints
    match: Ints
    no_match: Ints


def queue(inputs: Inputs, operation: Operation, *, limit: int | None = None) -> pa.Table:
    """Return the open links by the effect of a judgement: left, right, probability, effect (the sum of ``narrows`` over
    figures), effect_<figure>, narrows_<figure>.

    Links within a cluster are left out. Of several links between the same two clusters only the likeliest has an
    effect, since a judgement on it settles them all.
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
    # Ranks in alphabetical order: equal names have equal ranks, whatever the order of the links.
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


def _effects(case: Case, figures: list[FigureDefinition]) -> tuple[dict[str, Reals], dict[str, Reals]]:
    """Return by figure the expected decrease by each open link: of high - low, and of the 90 % interval."""
    links, part = case.links, case.contested
    effects: dict[str, Reals] = {}
    narrows: dict[str, Reals] = {}
    if not len(links.row):
        return effects, narrows
    undecided = pairs.undecided_pairs(case)
    pieces = _pieces(part, undecided.first, undecided.second)
    trials = _trials(pieces)
    p, representative = undecided.probability[pieces.pair], undecided.representative[pieces.pair]
    for definition in figures:
        low, high = _ranges(part, definition, trials)
        width = high - low
        now = width[trials.as_is[pieces.pair_piece]]
        middle = (low + high) / 2
        effects[definition.id], narrows[definition.id] = np.zeros(len(links.row)), np.zeros(len(links.row))
        effects[definition.id][representative] = p * (now - width[trials.match]) + (1 - p) * (
            now - width[trials.no_match]
        )
        narrows[definition.id][representative] = _narrowed(
            p * (1 - p) * (middle[trials.match] - middle[trials.no_match]) ** 2
        )
    return effects, narrows


def _narrowed(share: Reals) -> Reals:
    """Return by how much the 90 % interval narrows without each share of the variance. Shares are summed in order of
    size, so that the order of links changes nothing.
    """
    variance = float(np.sort(share).sum())
    remaining = np.sqrt(np.maximum(variance - share, 0.0))
    return np.asarray(2 * _NINETY * (np.sqrt(variance) - remaining))


def _pieces(part: CasePart, first: Ints, second: Ints) -> _GraphPieces:
    """Split the open links into pieces: components, or the single pairs of components that are too large."""
    component = part.partitions.low
    size = np.bincount(component, minlength=part.nodes)
    links = np.bincount(component[first], minlength=part.nodes)
    is_tried_complete = size * (2 * links + 1) <= _LARGEST_TRIED
    together = np.flatnonzero(is_tried_complete[component[first]])
    alone = np.flatnonzero(~is_tried_complete[component[first]])
    nodes = np.flatnonzero(is_tried_complete[component])
    nodes = nodes[np.argsort(component[nodes], kind="stable")]
    heads, start = np.unique(component[nodes], return_index=True)
    place = np.zeros(part.nodes, dtype=np.int64)
    lengths = np.diff(np.append(start, len(nodes)))
    place[nodes] = np.arange(len(nodes)) - np.repeat(start, lengths)
    together = together[np.argsort(component[first[together]], kind="stable")]
    ends = np.column_stack([first[alone], second[alone]]).ravel()
    singles = np.arange(len(alone), dtype=np.int64)
    return _GraphPieces(
        node=np.concatenate([nodes, ends]),
        node_start=np.concatenate([start, len(nodes) + 2 * singles]).astype(np.int64),
        nodes=np.concatenate([lengths, np.full(len(alone), 2)]).astype(np.int64),
        pair=np.concatenate([together, alone]),
        pair_piece=np.concatenate([np.searchsorted(heads, component[first[together]]), len(heads) + singles]),
        left=np.concatenate([place[first[together]], np.zeros(len(alone), dtype=np.int64)]),
        right=np.concatenate([place[second[together]], np.ones(len(alone), dtype=np.int64)]),
    )


def _trials(pieces: _GraphPieces) -> _Trials:
    """Lay out every trial of every piece, entry by entry, with its keys under the open and the closed reading."""
    number, pairs = len(pieces.nodes), len(pieces.pair)
    piece = np.concatenate([np.arange(number), pieces.pair_piece, pieces.pair_piece])
    length = pieces.nodes[piece]
    start = np.cumsum(length) - length
    trial = np.repeat(np.arange(len(piece), dtype=np.int64), length)
    place = np.arange(len(trial), dtype=np.int64) - start[trial]
    size = int(pieces.nodes.max(initial=1))
    match = number + np.arange(pairs, dtype=np.int64)
    no_match = match + pairs
    opened = trial * size + place
    opened[start[match] + pieces.right] = opened[start[match] + pieces.left]
    closed = trial * size
    split = _components_without_pair(pieces, start[no_match])
    first = int(start[no_match[0]]) if pairs else len(trial)
    closed[first:] += place[first:][split - first] if pairs else 0
    return _Trials(
        node=pieces.node[pieces.node_start[piece][trial] + place],
        opened=opened,
        closed=closed,
        layout=ParallelTrials(size, len(piece)),
        as_is=np.arange(number, dtype=np.int64),
        match=match,
        no_match=no_match,
    )


def _components_without_pair(pieces: _GraphPieces, start: Ints) -> Ints:
    """Return for each entry of the "no match" trials the first entry connected to it without the trial's own pair.
    ``start`` is the first entry of each such trial.
    """
    if not len(start):
        return np.empty(0, dtype=np.int64)
    of_piece = np.argsort(pieces.pair_piece, kind="stable")
    count = np.bincount(pieces.pair_piece, minlength=len(pieces.nodes))
    begin = np.cumsum(count) - count
    other_pairs = count[pieces.pair_piece]
    trial = np.repeat(np.arange(len(start), dtype=np.int64), other_pairs)
    within = np.arange(len(trial), dtype=np.int64) - np.repeat(np.cumsum(other_pairs) - other_pairs, other_pairs)
    edge = of_piece[begin[pieces.pair_piece[trial]] + within]
    is_other: Flags = edge != trial
    trial, edge = trial[is_other], edge[is_other]
    first = int(start[0])
    entries = int(start[-1]) + int(pieces.nodes[pieces.pair_piece[-1]]) - first
    offset = start[trial] - first
    component = partition.components(entries, offset + pieces.left[edge], offset + pieces.right[edge])
    _, representative = np.unique(component, return_index=True)
    return representative[component] + first


def _ranges(part: CasePart, definition: FigureDefinition, trials: _Trials) -> tuple[Ints, Ints]:
    """Return low and high of a figure in every trial."""
    if definition.population is Population.PERSONS:
        has, also = counters.person_flags(part, definition)
        of_entries = None if also is None else also[trials.node]
        return groups.person_range((trials.closed, trials.opened), has[trials.node], of_entries, trials.layout)
    rows = part.arrests.where(part.arrests.phase == OPERATION)
    order = np.argsort(rows.node, kind="stable")
    count = np.bincount(rows.node, minlength=part.nodes)
    begin = np.cumsum(count) - count
    times = count[trials.node]
    entry = np.repeat(np.arange(len(trials.node), dtype=np.int64), times)
    within = np.arange(len(entry), dtype=np.int64) - np.repeat(np.cumsum(times) - times, times)
    row = order[begin[trials.node[entry]] + within]
    filter_ = counters.chosen_attributions(definition)
    chosen = None if filter_ is None else filter_[rows.attribution[row]]
    low, high = (
        groups.arrest_count(keys[entry], rows.state[row], rows.time[row], chosen, trials.layout)
        for keys in (trials.closed, trials.opened)
    )
    return low, high
