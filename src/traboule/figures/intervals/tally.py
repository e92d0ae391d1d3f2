"""Count every figure of persons or arrests in many draws at once.

In: a case, clusters of its contested part, and the representative of each in each draw. Out: by figure the number
counted, draw by draw. Guaranteed: counted as the figure itself counts; what no link can change is left out, in all
draws alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from traboule.figures.definition import FigureDefinition, Population
from traboule.figures.resolved import counters, groups
from traboule.figures.resolved.case import ArrestRows, Case, CasePart
from traboule.figures.resolved.columns import Flags, Ints
from traboule.figures.resolved.window import OPERATION


@dataclass(frozen=True, slots=True)
class Tally:
    """The figures counted (persons first), the requirements of each on a cluster, and the arrest rows that a link may
    merge, in the order of their clusters; ``begin`` and ``row_count`` give the rows of each cluster.
    """

    persons: tuple[FigureDefinition, ...]
    arrests: tuple[FigureDefinition, ...]
    requirements: tuple[tuple[Flags, Flags | None], ...]
    rows: ArrestRows
    begin: Ints
    row_count: Ints

    @classmethod
    def of(cls, case: Case) -> Tally:
        """Return the tally of a case's contested part."""
        persons, arrests = (
            tuple(definition for definition in case.definitions.values() if definition.population is population)
            for population in (Population.PERSONS, Population.ARRESTS)
        )
        rows = _contested(case.contested)
        rows_of_cluster = np.bincount(rows.node, minlength=case.contested.nodes)
        requirements = tuple(counters.person_flags(case.contested, definition) for definition in persons)
        return cls(persons, arrests, requirements, rows, np.cumsum(rows_of_cluster) - rows_of_cluster, rows_of_cluster)

    @property
    def names(self) -> list[str]:
        """Return the figures' names in the order in which they are counted."""
        return [definition.id for definition in (*self.persons, *self.arrests)]

    def counts(self, node: Ints, representative: Ints) -> Ints:
        """Return how many each figure counts in each draw (figures × draws).

        Both arguments are draws × clusters: a cluster of the contested part, and the place in its draw of its
        representative.
        """
        draws, size = node.shape
        keys = representative + np.arange(draws, dtype=np.int64)[:, None] * size
        counts = [_persons(keys, (has[node], None if also is None else also[node])) for has, also in self.requirements]
        return np.array(counts + self._arrested(node, keys), dtype=np.int64).reshape(-1, draws)

    def _arrested(self, node: Ints, keys: Ints) -> list[Ints]:
        """Count the arrests of each figure in each draw; arrests are grouped once for all figures."""
        row_counts = self.row_count[node.ravel()]
        entry = np.repeat(np.arange(node.size, dtype=np.int64), row_counts)
        row = (
            np.arange(len(entry), dtype=np.int64)
            - (np.cumsum(row_counts) - row_counts)[entry]
            + self.begin[node.ravel()[entry]]
        )
        rows, owner = self.rows.where(row), keys.ravel()[entry]
        made = groups.arrest_groups(owner, rows.state, rows.time)
        draw = made.first_of(owner) // node.shape[1]
        counts = []
        for definition in self.arrests:
            filter_ = counters.chosen_attributions(definition)
            counted_draws = draw if filter_ is None else draw[made.any_of(filter_[rows.attribution])]
            counts.append(np.bincount(counted_draws, minlength=len(node)))
        return counts


def _persons(keys: Ints, requirement: tuple[Flags, Flags | None]) -> Ints:
    """Count in each draw the groups that meet a figure's requirements."""
    is_counted = _held_by_group(keys, requirement[0])
    if requirement[1] is not None:
        is_counted &= _held_by_group(keys, requirement[1])
    counts: Ints = is_counted.sum(axis=1, dtype=np.int64)
    return counts


def _held_by_group(keys: Ints, flags: Flags) -> Flags:
    is_held = np.zeros(keys.size, dtype=np.bool_)
    is_held[keys[flags]] = True
    return is_held.reshape(keys.shape)


def _contested(part: CasePart) -> ArrestRows:
    """Return the arrest rows that a link may merge: two clusters of one component were arrested in one state."""
    rows = part.arrests.where(part.arrests.phase == OPERATION)
    component = part.partitions.low[rows.node]
    order = np.lexsort((rows.node, rows.state, component))
    changes = [values[order][1:] != values[order][:-1] for values in (component, rows.state, rows.node)]
    begins = np.concatenate([[True], changes[0] | changes[1]])[: len(order)]
    another = np.concatenate([[False], changes[2]])[: len(order)] & ~begins
    several = np.zeros(len(order), dtype=np.bool_)
    if len(order):
        start = np.flatnonzero(begins)
        is_contested = np.logical_or.reduceat(another, start)
        several[order] = np.repeat(is_contested, np.diff(np.append(start, len(order))))
    chosen = np.flatnonzero(several)
    return rows.where(chosen[np.argsort(rows.node[chosen], kind="stable")])
