"""The range that holds a figure nine times in ten, by the probabilities of its open links.

Comes in: a case. Goes out: per figure of persons or arrests how many are counted in each world, and the range of the
middle nine tenths. Promises: what no open link moves is counted once; a part lies below its whole in every world, so
its range does too. Rule 10: an unresolved link makes an interval, not a point.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from traboule.figures.definition import Definition, Population
from traboule.figures.ranges.draws import WORLDS, drawn
from traboule.figures.resolved import counters, groups
from traboule.figures.resolved.case import ArrestRows, Case, Part
from traboule.figures.resolved.columns import Flags, Ints
from traboule.figures.resolved.groups import Worlds
from traboule.figures.resolved.window import OPERATION

Range = tuple[int, int]
SURE = 0.90


def moves(case: Case, *, worlds: int = WORLDS) -> Mapping[str, Ints]:
    """Return for each figure of persons or arrests, world by world, how far it lies from its value."""
    counts = simulated(case, worlds=worlds)
    return {name: counts[name] - _valued(case, case.definitions[name]) for name in counts}


def simulated(case: Case, *, worlds: int = WORLDS) -> Mapping[str, Ints]:
    """Return for each figure of persons or arrests, world by world, how many of the moving part it counts."""
    persons = _of(case, Population.PERSONS)
    arrests = _of(case, Population.ARRESTS)
    out: dict[str, list[Ints]] = {one.id: [] for one in (*persons, *arrests)}
    if not len(case.links.row):
        return {name: np.full(worlds, _valued(case, case.definitions[name])) for name in out}
    contested = _contested(case.moving)
    for speaker in drawn(case, worlds=worlds):
        keys = speaker + np.arange(len(speaker), dtype=np.int64)[:, None] * case.moving.nodes
        for definition in persons:
            out[definition.id].append(_persons(case.moving, definition, keys))
        for name, counted in _arrests(case.moving, arrests, contested, keys):
            out[name].append(counted)
    return {name: np.concatenate(blocks) for name, blocks in out.items()}


def _of(case: Case, population: Population) -> list[Definition]:
    return [one for one in case.definitions.values() if one.population is population]


def middle(counts: Ints) -> Range:
    """Return the range between the points below and above which a twentieth lies, either end drawn in by one where that
    comes nearer to nine tenths: whole numbers cannot be cut finer, and ends always taken in would hold too much.
    """
    tail = (1 - SURE) / 2
    low, high = (int(one) for one in np.quantile(counts, (tail, 1 - tail), method="inverted_cdf"))
    ends = [(a, b) for a in (low, low + 1) for b in (high, high - 1) if a <= b]
    return min(ends, key=lambda one: abs(float(((counts >= one[0]) & (counts <= one[1])).mean()) - SURE))


def _valued(case: Case, definition: Definition) -> int:
    """Return how many of the moving part the figure counts under the value reading."""
    part, label = case.moving, case.moving.partitions.value
    if definition.population is Population.PERSONS:
        return len(counters.holders(part, definition, label))
    return len(counters.arrests(part, counters.chosen_attributions(definition), label).kept)


def _persons(part: Part, definition: Definition, keys: Ints) -> Ints:
    """Count in each world (row of ``keys``) the groups that hold a measure."""
    has, also = counters.person_flags(part, definition)
    held = _held(keys, has)
    if also is not None:
        held &= _held(keys, also)
    counted: Ints = held.sum(axis=1, dtype=np.int64)
    return counted


def _held(keys: Ints, flags: Flags) -> Flags:
    held = np.zeros(keys.size, dtype=np.bool_)
    held[keys[:, flags]] = True
    return held.reshape(keys.shape)


def _contested(part: Part) -> tuple[ArrestRows, ArrestRows]:
    """Part the arrest rows that a link may make one, since two clusters of one tangle were arrested in one state,
    from those that are counted alike in every world.
    """
    rows = part.arrests.where(part.arrests.phase == OPERATION)
    tangle = part.partitions.low[rows.node]
    order = np.lexsort((rows.node, rows.state, tangle))
    changes = [values[order][1:] != values[order][:-1] for values in (tangle, rows.state, rows.node)]
    begins = np.concatenate([[True], changes[0] | changes[1]])[: len(order)]
    another = np.concatenate([[False], changes[2]])[: len(order)] & ~begins
    several = np.zeros(len(order), dtype=np.bool_)
    if len(order):
        start = np.flatnonzero(begins)
        found = np.logical_or.reduceat(another, start)
        several[order] = np.repeat(found, np.diff(np.append(start, len(order))))
    return rows.where(several), rows.where(~several)


def _arrests(
    part: Part, definitions: list[Definition], divided: tuple[ArrestRows, ArrestRows], keys: Ints
) -> list[tuple[str, Ints]]:
    """Count in each world the arrests of each figure; arrests are grouped once for all of them."""
    rows, alike = divided
    worlds = Worlds(part.nodes, len(keys))
    times = len(keys)
    owner = keys[:, rows.node].ravel()
    made = groups.arrest_groups(owner, np.tile(rows.state, times), np.tile(rows.time, times))
    same = groups.arrest_groups(alike.node, alike.state, alike.time)
    first = made.first_of(owner)
    counted = []
    for definition in definitions:
        filter_ = counters.chosen_attributions(definition)
        if filter_ is None:
            kept, fixed = first, same.number()
        else:
            kept = first[made.any_of(np.tile(filter_[rows.attribution], times))]
            fixed = int(same.any_of(filter_[alike.attribution]).sum())
        counted.append((definition.id, worlds.tally(kept) + fixed))
    return counted
