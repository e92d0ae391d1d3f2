"""Assign facts to the phases of an operation: before, during, after (rule 9).

In: the window's local days, the actions, and each fact's own day. Out: the phase of each fact. Guaranteed: an action
declared "pre" or "post" is never operational, whatever its time; a fact outside the window is never operational,
whatever phase its action declares; a fact without a date counts, and is reported as undated. All times are local to the
action and compared with the window's local days: no time zone enters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from traboule.figures.resolved import columns
from traboule.figures.resolved.columns import ABSENT, Flags, Ints, Texts

OPERATION, PRE, POST = 0, 1, 2
PHASES: Mapping[str, int] = {"operation": OPERATION, "pre": PRE, "post": POST}


@dataclass(frozen=True, slots=True)
class ActionDates:
    """Per action: record, first and last local day (ABSENT where nobody said), declared phase (-1 where nobody did).

    The last element of each array stands for "no action", so that index -1 reads as absent.
    """

    records: Texts
    first: Ints
    last: Ints
    start: Ints
    phase: Ints

    def places(self, references: Texts) -> Ints:
        """Return which action each reference names, -1 for none."""
        return columns.places_in(references, self.records)


@dataclass(frozen=True, slots=True)
class Window:
    """First and last local day of the operation, as days since 1970."""

    first: int
    last: int


def window(start: date, end: date) -> Window:
    """Return the window of local days ``start`` to ``end``, both inside."""
    return Window(columns.day_number(start), columns.day_number(end))


def actions(table: pa.Table | None) -> ActionDates:
    """Read the actions. One that runs on past its first day counts to its last only if declared operational:
    a border check that began the evening before belongs to the operation when its state says so.
    """
    start = columns.moments(table, "start")
    first = columns.days_of_moments(start)
    last = np.maximum(first, columns.days_of_moments(columns.moments(table, "end")))
    phase = columns.coded_as(columns.texts(table, "phase"), tuple(PHASES))
    last = np.where(phase == OPERATION, last, first)
    none, unsaid = np.array([ABSENT], dtype=np.int64), np.array([-1], dtype=np.int64)
    return ActionDates(
        columns.texts(table, "record"),
        np.concatenate([first, none]),
        np.concatenate([last, none]),
        np.concatenate([start, none]),
        np.concatenate([phase, unsaid]),
    )


def phases(within: Window, actions_: ActionDates, action: Ints, own: tuple[Ints, Ints]) -> tuple[Ints, Flags]:
    """Return each fact's phase and whether it is undated. ``own`` is the fact's own first and last possible day,
    which wins over its action's; give ABSENT where the action's day is to decide.

    A partial date ("2024-09") is inside where any day it may mean is.
    """
    first = np.where(own[0] != ABSENT, own[0], actions_.first[action])
    last = np.where(own[0] != ABSENT, own[1], actions_.last[action])
    declared = actions_.phase[action]
    undated = first == ABSENT
    by_day = np.where(last < within.first, PRE, np.where(first > within.last, POST, OPERATION))
    by_day = np.where(undated, OPERATION, by_day)
    return np.where(declared > OPERATION, declared, by_day).astype(np.int64), undated & (declared < 0)
