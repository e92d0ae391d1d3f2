"""Group facts that are the same entity: persons by their cluster, arrests by person, state and instant.

In: for each fact the key of its owner. Out: the number of groups in each trial. A *trial* is a reading of the open
links; its keys are ``trial * size + node``, so that hundreds of trials are counted in a single pass. The figures
themselves are counted in trial 0 alone. Guaranteed: ``low`` and ``high`` bound the count of every partition between the
closed and the open reading (rule 10).
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
    """The layout of keys: ``count`` trials of ``size`` nodes each."""

    size: int
    count: int = 1

    def tally(self, keys: Ints) -> Ints:
        """Return how many of ``keys`` are in each trial."""
        return np.bincount(keys // self.size, minlength=self.count).astype(np.int64)


def person_range(
    readings: tuple[Ints, Ints], has_measure: Flags, also: Flags | None, trials: ParallelTrials
) -> tuple[Ints, Ints]:
    """Return for each trial the least and the most persons that hold a measure, under any partition between two
    readings.

    ``readings`` are the keys of each node when all open links hold and when none does. With ``also`` a person counts
    only if it holds both, from any of its records: a link may then add a count (a victim, and a record with the age),
    so the maximum is not the reading without links.
    """
    closed, opened = readings
    if also is None:
        return (
            trials.tally(columns.unique(closed[has_measure])),
            trials.tally(columns.unique(opened[has_measure])),
        )
    groups, place = np.unique(opened, return_inverse=True)
    has, has_also = (np.zeros(len(groups), dtype=np.bool_) for _ in range(2))
    has[place[has_measure]] = True
    has_also[place[also]] = True
    closed_group = np.empty(len(groups), dtype=np.int64)
    closed_group[place] = closed
    both = has & has_also
    least = trials.tally(columns.unique(closed_group[both]))
    closed_groups, part = np.unique(closed_group, return_inverse=True)
    pairs = np.minimum(
        np.bincount(part[has & ~both], minlength=len(closed_groups)),
        np.bincount(part[has_also & ~both], minlength=len(closed_groups)),
    )
    made = np.bincount(closed_groups // trials.size, weights=pairs, minlength=trials.count).astype(np.int64)
    return least, trials.tally(groups[both]) + made


@dataclass(frozen=True, slots=True)
class ArrestGroups:
    """Arrest rows in the order of their groups, and where each group starts in that order."""

    order: Ints
    starts: Ints

    def number(self) -> int:
        """Return how many arrests there are."""
        return len(self.starts)

    def any_of(self, flags: Flags) -> Flags:
        """Return for each arrest whether any of its rows is flagged."""
        if not len(self.starts):
            return np.empty(0, dtype=np.bool_)
        return np.logical_or.reduceat(flags[self.order], self.starts)

    def first_of(self, values: Ints) -> Ints:
        """Return the value of each arrest's first row, for values that all its rows share."""
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


def arrest_count(owner: Ints, state: Ints, time: Ints, chosen: Flags | None, trials: ParallelTrials) -> Ints:
    """Return the arrests in each trial; with ``chosen``, those with any chosen row (rule 8: a union)."""
    groups = arrest_groups(owner, state, time)
    keys = groups.first_of(owner)
    if chosen is not None:
        keys = keys[groups.any_of(chosen)]
    return trials.tally(keys)
