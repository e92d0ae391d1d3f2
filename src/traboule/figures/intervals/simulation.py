"""Simulate figures over the open links, and take the interval that covers nine draws in ten.

In: a case. Out: for each figure of persons or arrests its count in each draw, and the interval of the middle nine
tenths. Guaranteed: what no open link changes is counted once, and each partition of a small component once for all
draws; a part stays below its whole in every draw, so its interval does too. Rule 10: an unresolved link makes an
interval, not a point.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from traboule.figures.definition import FigureDefinition, Population
from traboule.figures.intervals import pairs
from traboule.figures.intervals.calibration import Calibrations, levels
from traboule.figures.intervals.components import DRAWS, split_by_size
from traboule.figures.intervals.exact import ComponentPartitions
from traboule.figures.intervals.pair_evidence import EvidenceWeights
from traboule.figures.intervals.tally import Tally
from traboule.figures.resolved import columns, counters
from traboule.figures.resolved.case import Case
from traboule.figures.resolved.columns import Ints

Range = tuple[int, int]
SURE = 0.90
_CELLS = 60_000  # Components × draws simulated at a time, so that they stay in the processor's cache.


def moves(case: Case, weights: EvidenceWeights, *, draws: int = DRAWS) -> Mapping[str, Ints]:
    """Return for each figure of persons or arrests its difference from its value in each draw; ``weights`` are those of
    the operation's pair evidence.
    """
    counts = simulated(case, weights, draws=draws)
    value = case.contested.partitions.value
    return {name: counts[name] - _count_contested(case, case.definitions[name], value) for name in counts}


def simulated(case: Case, weights: EvidenceWeights, *, draws: int = DRAWS) -> Mapping[str, Ints]:
    """Return for each figure of persons or arrests its count of the contested part in each draw."""
    tally = Tally.of(case)
    moved = np.zeros((len(tally.names), draws), dtype=np.int64)
    if len(case.links.row):
        small, large = split_by_size(case, weights)
        calibrations, level = weights.calibrations(), levels(draws)
        for partitions in small.small():
            moved += _draw_small(case, tally, partitions, (calibrations, level))
        for node, representative in large.sample(calibrations, level):
            alone = np.arange(len(node), dtype=np.int64)[None]
            moved += tally.counts(np.tile(node, (draws, 1)), representative) - tally.counts(node[None], alone)
    high = case.contested.partitions.high
    fixed = [_count_contested(case, case.definitions[name], high) for name in tally.names]
    return {name: number + moves for name, number, moves in zip(tally.names, fixed, moved, strict=True)}


def _draw_small(case: Case, tally: Tally, partitions: ComponentPartitions, drawn: tuple[Calibrations, Ints]) -> Ints:
    """Return by how much small components change each figure in each draw. ``drawn``: the calibrations, and which of
    them each draw has.
    """
    calibrations, level = drawn
    counts = tally.counts(partitions.node[partitions.component], partitions.representative)
    effect = counts - counts[:, partitions.begin][:, partitions.component]
    felt = np.logical_or.reduceat(effect != 0, partitions.begin, axis=1)
    moved = np.zeros((len(effect), len(level)), dtype=np.int64)
    affected = np.flatnonzero(felt.any(axis=0))
    seed = pairs.seeds(case, partitions.node[affected, 0])
    for number in columns.unique(level).tolist():
        draw = np.flatnonzero(level == number)
        components = partitions.weigh(calibrations.odds(number, partitions.odds, partitions.kind))
        at_once = max(1, _CELLS // len(draw))
        for first in range(0, len(affected), at_once):
            chosen = affected[first : first + at_once]
            taken = components.taken(chosen, seed[first : first + at_once], draw)
            for figure, feels in enumerate(felt[:, chosen]):
                moved[figure, draw] += effect[figure][taken[feels]].sum(axis=0)
    return moved


def middle(counts: Ints) -> Range:
    """Return the range between the points below and above which a twentieth lies, either end drawn in by one where that
    comes nearer to nine tenths: whole numbers cannot be cut finer, and ends always taken in would hold too much.
    """
    tail = (1 - SURE) / 2
    low, high = (int(end) for end in np.quantile(counts, (tail, 1 - tail), method="inverted_cdf"))
    ends = [(a, b) for a in (low, low + 1) for b in (high, high - 1) if a <= b]
    return min(ends, key=lambda end: abs(float(((counts >= end[0]) & (counts <= end[1])).mean()) - SURE))


def _count_contested(case: Case, definition: FigureDefinition, label: Ints) -> int:
    """Return how many of the contested part the figure counts under one of its readings."""
    if definition.population is Population.PERSONS:
        return len(counters.holders(case.contested, definition, label))
    return len(counters.arrests(case.contested, counters.chosen_attributions(definition), label).counted_groups)
