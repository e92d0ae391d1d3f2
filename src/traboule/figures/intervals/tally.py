"""What is counted in each of many worlds: for every figure of persons or arrests at once.

Comes in: a case, clusters of its moving part, and who speaks for each of them in each world. Goes out: by figure the
number counted, world by world. Promises: the figure's own way of counting; what no link can move
is left out, alike in all worlds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from traboule.figures.definition import Definition, Population
from traboule.figures.resolved import counters, groups
from traboule.figures.resolved.case import ArrestRows, Case, Part
from traboule.figures.resolved.columns import Flags, Ints
from traboule.figures.resolved.window import OPERATION


@dataclass(frozen=True, slots=True)
class Tally:
    """The figures counted (persons first), what each asks of a cluster, and the arrest rows that a link may make one,
    in the order of their clusters; ``begin`` and ``many`` say where those of each cluster stand.
    """

    persons: tuple[Definition, ...]
    arrests: tuple[Definition, ...]
    asked: tuple[tuple[Flags, Flags | None], ...]
    rows: ArrestRows
    begin: Ints
    many: Ints

    @classmethod
    def of(cls, case: Case) -> Tally:
        """Return what is to be counted of a case's moving part."""
        persons, arrests = (
            tuple(one for one in case.definitions.values() if one.population is population)
            for population in (Population.PERSONS, Population.ARRESTS)
        )
        rows = _contested(case.moving)
        many = np.bincount(rows.node, minlength=case.moving.nodes)
        asked = tuple(counters.person_flags(case.moving, one) for one in persons)
        return cls(persons, arrests, asked, rows, np.cumsum(many) - many, many)

    @property
    def names(self) -> list[str]:
        """Return the figures' names in the order in which they are counted."""
        return [one.id for one in (*self.persons, *self.arrests)]

    def counts(self, node: Ints, speaker: Ints) -> Ints:
        """Return how many each figure counts in each world (figures × worlds).

        Both arguments are worlds × clusters: a cluster of the moving part, and the place in its world of the one that
        speaks for it.
        """
        worlds, size = node.shape
        keys = speaker + np.arange(worlds, dtype=np.int64)[:, None] * size
        counted = [_persons(keys, (has[node], None if also is None else also[node])) for has, also in self.asked]
        return np.array(counted + self._arrested(node, keys), dtype=np.int64).reshape(-1, worlds)

    def _arrested(self, node: Ints, keys: Ints) -> list[Ints]:
        """Count in each world the arrests of each figure; arrests are grouped once for all of them."""
        many = self.many[node.ravel()]
        entry = np.repeat(np.arange(node.size, dtype=np.int64), many)
        row = np.arange(len(entry), dtype=np.int64) - (np.cumsum(many) - many)[entry] + self.begin[node.ravel()[entry]]
        rows, owner = self.rows.where(row), keys.ravel()[entry]
        made = groups.arrest_groups(owner, rows.state, rows.time)
        world = made.first_of(owner) // node.shape[1]
        counted = []
        for definition in self.arrests:
            filter_ = counters.chosen_attributions(definition)
            kept = world if filter_ is None else world[made.any_of(filter_[rows.attribution])]
            counted.append(np.bincount(kept, minlength=len(node)))
        return counted


def _persons(keys: Ints, asked: tuple[Flags, Flags | None]) -> Ints:
    """Count in each world the groups that hold what a figure asks."""
    held = _held(keys, asked[0])
    if asked[1] is not None:
        held &= _held(keys, asked[1])
    counted: Ints = held.sum(axis=1, dtype=np.int64)
    return counted


def _held(keys: Ints, flags: Flags) -> Flags:
    held = np.zeros(keys.size, dtype=np.bool_)
    held[keys[flags]] = True
    return held.reshape(keys.shape)


def _contested(part: Part) -> ArrestRows:
    """Return the arrest rows that a link may make one, since two clusters of one tangle were arrested in one state."""
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
    chosen = np.flatnonzero(several)
    return rows.where(chosen[np.argsort(rows.node[chosen], kind="stable")])
