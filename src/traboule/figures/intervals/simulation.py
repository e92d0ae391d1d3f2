"""The range that holds a figure nine times in ten, by the probabilities of its open links.

Comes in: a case. Goes out: per figure of persons or arrests how many are counted in each world, and the range of the
middle nine tenths. Promises: what no open link moves is counted once, a way of parting a small tangle once for all
worlds; a part lies below its whole in every world, so its range does too. Rule 10: an unresolved link makes an
interval, not a point.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from traboule.figures.definition import Definition, Population
from traboule.figures.intervals import pairs
from traboule.figures.intervals.components import WORLDS, cut
from traboule.figures.intervals.exact import Small
from traboule.figures.intervals.pair_evidence import Weights
from traboule.figures.intervals.pairs import Reals
from traboule.figures.intervals.shared_uncertainty import shift
from traboule.figures.intervals.tally import Tally
from traboule.figures.resolved import counters
from traboule.figures.resolved.case import Case
from traboule.figures.resolved.columns import Ints

Range = tuple[int, int]
SURE = 0.90
_CELLS = 60_000  # So many tangles times worlds are drawn at a time: what a step reads stays near the processor.


def moves(case: Case, weights: Weights, *, worlds: int = WORLDS) -> Mapping[str, Ints]:
    """Return for each figure of persons or arrests, world by world, how far it lies from its value; ``weights`` is
    what the operation tells of its pairs.
    """
    counts = simulated(case, weights, worlds=worlds)
    value = case.moving.partitions.value
    return {name: counts[name] - _counted(case, case.definitions[name], value) for name in counts}


def simulated(case: Case, weights: Weights, *, worlds: int = WORLDS) -> Mapping[str, Ints]:
    """Return for each figure of persons or arrests, world by world, how many of the moving part it counts."""
    tally = Tally.of(case)
    moved = np.zeros((len(tally.names), worlds), dtype=np.int64)
    if len(case.links.row):
        small, large = cut(case, weights)
        common = shift(worlds)
        for tangles in small.small():
            moved += _drawn(case, tally, tangles, common)
        for node, speaker in large.walked(common):
            alone = np.arange(len(node), dtype=np.int64)[None]
            moved += tally.counts(np.tile(node, (worlds, 1)), speaker) - tally.counts(node[None], alone)
    high = case.moving.partitions.high
    fixed = [_counted(case, case.definitions[name], high) for name in tally.names]
    return {name: number + moves for name, number, moves in zip(tally.names, fixed, moved, strict=True)}


def _drawn(case: Case, tally: Tally, tangles: Small, common: Reals) -> Ints:
    """Return by how much small tangles move each figure in each world."""
    counted = tally.counts(tangles.node[tangles.tangle], tangles.speaks)
    effect = counted - counted[:, tangles.begin][:, tangles.tangle]
    felt = np.logical_or.reduceat(effect != 0, tangles.begin, axis=1)
    moved = np.zeros((len(effect), len(common)), dtype=np.int64)
    moving = np.flatnonzero(felt.any(axis=0))
    seed = pairs.seeds(case, tangles.node[moving, 0])
    at_once = max(1, _CELLS // len(common))
    for first in range(0, len(moving), at_once):
        chosen = moving[first : first + at_once]
        taken = tangles.taken(chosen, seed[first : first + at_once], common)
        for figure, feels in enumerate(felt[:, chosen]):
            moved[figure] += effect[figure][taken[feels]].sum(axis=0)
    return moved


def middle(counts: Ints) -> Range:
    """Return the range between the points below and above which a twentieth lies, either end drawn in by one where that
    comes nearer to nine tenths: whole numbers cannot be cut finer, and ends always taken in would hold too much.
    """
    tail = (1 - SURE) / 2
    low, high = (int(one) for one in np.quantile(counts, (tail, 1 - tail), method="inverted_cdf"))
    ends = [(a, b) for a in (low, low + 1) for b in (high, high - 1) if a <= b]
    return min(ends, key=lambda one: abs(float(((counts >= one[0]) & (counts <= one[1])).mean()) - SURE))


def _counted(case: Case, definition: Definition, label: Ints) -> int:
    """Return how many of the moving part the figure counts under one of its readings."""
    if definition.population is Population.PERSONS:
        return len(counters.holders(case.moving, definition, label))
    return len(counters.arrests(case.moving, counters.chosen_attributions(definition), label).kept)
