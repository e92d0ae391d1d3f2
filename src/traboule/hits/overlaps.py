"""Find which announced actions of two units overlap: one target, or one place at one time.

In: announced actions; targets and places are keyed hashes. Out: overlaps, sorted by their pair. Guaranteed: pure, and
the same whatever the order; actions of one unit never overlap. In the field it is called target deconfliction and event
deconfliction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from traboule.core.record_names import unit_of

TARGET_MARGIN = timedelta(days=30)  # Two units who work on one target disturb each other long before they meet.
PLACE_MARGIN = timedelta(hours=12)  # Officers arrive before an action and stay after it; they also mistake time zones.


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """An announced action, named by ``record``: ``kind`` is its target's, ``town`` the name of its place.

    ``target`` and ``place`` are keyed hashes, empty where none was announced.
    """

    record: str
    at: datetime
    kind: str
    target: str
    place: str
    town: str
    begins: datetime
    ends: datetime
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ActionOverlap:
    """Two actions on one target, at one place and time, or both; since when, and until when where one was withdrawn."""

    left: PlannedAction
    right: PlannedAction
    is_of_target: bool
    is_of_place: bool

    @property
    def pair(self) -> tuple[str, str]:
        """The names of its two actions."""
        return self.left.record, self.right.record

    @property
    def subject(self) -> str:
        """What they have in common: ``target``, ``place`` or ``both``."""
        return "both" if self.is_of_target and self.is_of_place else "target" if self.is_of_target else "place"

    @property
    def since(self) -> datetime:
        """When the later of the two was announced."""
        return max(self.left.at, self.right.at)

    @property
    def ended_at(self) -> datetime | None:
        """When the first of the two was withdrawn; None while both stand."""
        return min((action.withdrawn_at for action in (self.left, self.right) if action.withdrawn_at), default=None)


def overlaps(actions: Iterable[PlannedAction]) -> list[ActionOverlap]:
    """Return the overlaps of actions of two units, sorted by their pair."""
    groups: defaultdict[str, list[PlannedAction]] = defaultdict(list)
    for action in sorted(actions, key=lambda action: action.record):
        for shared in filter(None, (action.target, action.place)):
            groups[shared].append(action)
    pairs = {
        (left.record, right.record): (left, right)
        for group in groups.values()
        for left, right in combinations(group, 2)
        if unit_of(left.record) != unit_of(right.record)
    }
    return [overlap for _, pair in sorted(pairs.items()) if (overlap := _overlap(*pair))]


def gap(left: PlannedAction, right: PlannedAction) -> timedelta:
    """Return how much time lies between two actions; none where their windows meet."""
    return max(left.begins - right.ends, right.begins - left.ends, timedelta())


def _overlap(left: PlannedAction, right: PlannedAction) -> ActionOverlap | None:
    apart = gap(left, right)
    is_of_target = left.target != "" and left.target == right.target and apart <= TARGET_MARGIN
    is_of_place = left.place != "" and left.place == right.place and apart <= PLACE_MARGIN
    return ActionOverlap(left, right, is_of_target, is_of_place) if is_of_target or is_of_place else None
