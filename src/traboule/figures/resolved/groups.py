"""Groups of facts that are one: persons by their cluster, arrests by person, state and instant.

Comes in: per fact a key that says whose it is. Goes out: how many groups there are in each world.
A *world* is one reading of the open links; its keys are ``world * size + node``, so that hundreds of what-ifs are
counted in one pass. The figures themselves are counted in world 0 alone.
Promises: ``low`` and ``high`` hold the count of every partition between the closed and the open reading (rule 10).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from traboule.figures.resolved import columns
from traboule.figures.resolved.columns import ABSENT, Flags, Ints

TOLERANCE = 24 * 3600 * 1_000_000  # Microseconds within which two filings mean one arrest (rule 7).
_LAST = int(np.iinfo(np.int64).max)


@dataclass(frozen=True, slots=True)
class ParallelTrials:
    """How keys are read: ``size`` nodes a world, ``count`` worlds."""

    size: int
    count: int = 1

    def tally(self, keys: Ints) -> Ints:
        """Return how many of ``keys`` lie in each world."""
        return np.bincount(keys // self.size, minlength=self.count).astype(np.int64)


def person_range(
    readings: tuple[Ints, Ints], has_measure: Flags, also: Flags | None, worlds: ParallelTrials
) -> tuple[Ints, Ints]:
    """Return per world the least and the most persons that hold a measure, under any partition between two readings.

    ``readings`` are the keys of each node when all open links hold and when none does. With ``also`` a person counts
    only if it holds both, from whichever of its records: merging may then *make* a count (a victim and a record that
    says the age), so the most is not reached by leaving all links open.
    """
    closed, opened = readings
    if also is None:
        return (
            worlds.tally(columns.unique(closed[has_measure])),
            worlds.tally(columns.unique(opened[has_measure])),
        )
    groups, place = np.unique(opened, return_inverse=True)
    has, has_also = (np.zeros(len(groups), dtype=np.bool_) for _ in range(2))
    has[place[has_measure]] = True
    has_also[place[also]] = True
    closed_group = np.empty(len(groups), dtype=np.int64)
    closed_group[place] = closed
    both = has & has_also
    least = worlds.tally(columns.unique(closed_group[both]))
    wholes, part = np.unique(closed_group, return_inverse=True)
    pairs = np.minimum(
        np.bincount(part[has & ~both], minlength=len(wholes)),
        np.bincount(part[has_also & ~both], minlength=len(wholes)),
    )
    made = np.bincount(wholes // worlds.size, weights=pairs, minlength=worlds.count).astype(np.int64)
    return least, worlds.tally(groups[both]) + made


@dataclass(frozen=True, slots=True)
class ArrestGroups:
    """Arrest rows in the order of their groups, and where each group starts in that order."""

    order: Ints
    starts: Ints

    def number(self) -> int:
        """Return how many arrests there are."""
        return len(self.starts)

    def any_of(self, flags: Flags) -> Flags:
        """Tell of each arrest whether any of its rows is flagged."""
        if not len(self.starts):
            return np.empty(0, dtype=np.bool_)
        return np.logical_or.reduceat(flags[self.order], self.starts)

    def first_of(self, values: Ints) -> Ints:
        """Return the value of each arrest's first row: good for what all its rows share."""
        return values[self.order[self.starts]]

    def least(self, values: Ints) -> Ints:
        """Return the least value in each arrest."""
        if not len(self.starts):
            return np.empty(0, dtype=np.int64)
        return np.minimum.reduceat(values[self.order], self.starts)

    def of_rows(self) -> Ints:
        """Return for each row the arrest it belongs to."""
        belongs = np.empty(len(self.order), dtype=np.int64)
        lengths = np.diff(np.append(self.starts, len(self.order)))
        belongs[self.order] = np.repeat(np.arange(len(self.starts), dtype=np.int64), lengths)
        return belongs


def arrest_groups(owner: Ints, state: Ints, time: Ints) -> ArrestGroups:
    """Group arrest rows: same owner and arresting state, and no more than a day to the one before (rule 7).

    A row without any time belongs with the last dated arrest of its owner in that state.
    """
    is_dated = time != ABSENT
    moment = np.where(is_dated, time, _LAST)
    order = np.lexsort((moment, state, owner))
    if not len(order):
        return ArrestGroups(order, np.empty(0, dtype=np.int64))
    owner, state, moment, is_dated = owner[order], state[order], moment[order], is_dated[order]
    breaks = (owner[1:] != owner[:-1]) | (state[1:] != state[:-1])
    breaks |= is_dated[1:] & (moment[1:] - moment[:-1] > TOLERANCE)
    return ArrestGroups(order, np.flatnonzero(np.concatenate([[True], breaks])))


def arrest_count(owner: Ints, state: Ints, time: Ints, chosen: Flags | None, worlds: ParallelTrials) -> Ints:
    """Return the arrests per world, those with any chosen row only where rows are chosen (rule 8: a union)."""
    groups = arrest_groups(owner, state, time)
    keys = groups.first_of(owner)
    if chosen is not None:
        keys = keys[groups.any_of(chosen)]
    return worlds.tally(keys)
