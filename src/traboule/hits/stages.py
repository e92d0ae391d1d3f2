"""Compute how hits stand: what a run changes, what a hit waits for, and for how long.

In: the changes, steps and answers of hits, in any order. Out: hits with their stage. Guaranteed: a hit that a later run
finds again is the same hit; no order rests on a clock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from traboule.core.record_names import unit_of
from traboule.hits.overlaps import ActionOverlap

Pair = tuple[str, str]


class Change(StrEnum):
    """What a run of linkage does to a hit."""

    RAISED = "raised"
    FALLEN = "fallen"
    RESTORED = "restored"


class Step(StrEnum):
    """What an officer of the desk signs."""

    VERIFIED = "verified"
    PASSED_ON = "passed"
    WITHHELD = "withheld"
    THAWED = "thawed"  # It may be verified whatever its budget.


class Reply(StrEnum):
    """What the owner signs."""

    RELEASED = "released"
    REFUSED = "refused"


class Notice(StrEnum):
    """What a unit is shown."""

    REQUEST = "request"  # To the owner: a contact is wanted.
    PASSED_ON = "passed"  # To the owner: its contact was passed on.
    WITHHELD = "withheld"  # To the owner: its contact was not passed on.
    CONTACT = "contact"  # To the other unit: the owner's contact.


class Fact(StrEnum):
    """What the other unit learns besides the contact: one person, one victim whom both units met, or two actions that
    overlap."""

    MATCH = "match"
    REPEATED = "repeated"
    OVERLAP = "overlap"


class HitStage(StrEnum):
    """How a hit stands. The first three wait for somebody."""

    TO_VERIFY = "to_verify"
    WITH_OWNER = "with_owner"
    ANSWERED = "answered"
    PASSED_ON = "passed_on"
    REFUSED = "refused"
    WITHHELD = "withheld"
    FALLEN = "fallen"


WAITING = (HitStage.TO_VERIFY, HitStage.WITH_OWNER, HitStage.ANSWERED)


class ChangeRow(Protocol):
    """A row of the changes."""

    run_id: UUID
    protected: bool
    operation: str
    handle: str
    left: str
    right: str
    change: str
    at: datetime


class StepRow(Protocol):
    """A row of the steps."""

    handle: str
    step: str
    owner: str
    at: datetime


class AnswerRow(Protocol):
    """A row of the answers."""

    handle: str
    unit: str
    number: int
    answer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OverlapChange:
    """What announcing or withdrawing an action changed: read from the announcements, never stored."""

    operation: str
    handle: str
    left: str
    right: str
    change: str
    at: datetime
    run_id: UUID
    protected: bool = False  # Its target says who may see it, as the register stands.


def overlap_changes(operation: str, overlaps: Mapping[str, ActionOverlap]) -> list[OverlapChange]:
    """Return the changes that ``overlaps``, by handle, stand for: each was raised, and fell where one was withdrawn."""
    changes = []
    for handle, overlap in overlaps.items():
        instants = ((Change.RAISED, overlap.since), (Change.FALLEN, overlap.ended_at))
        for number, (change, at) in enumerate(instants):
            if at is not None:
                changes.append(OverlapChange(operation, handle, *overlap.pair, change, at, UUID(int=number)))
    return changes


@dataclass(frozen=True, slots=True)
class HitState:
    """A hit: ``since`` is when it was raised, ``waiting_since`` when it came to its stage. ``owner``: who is asked.

    ``overlap``: what two announced actions have in common; None where the hit is a link between two records.
    """

    operation: str
    handle: str
    left: str
    right: str
    protected: bool
    since: datetime
    stage: HitStage
    waiting_since: datetime
    owner: str = ""
    is_thawed: bool = False
    overlap: ActionOverlap | None = None

    @property
    def pair(self) -> Pair:
        """Its two records."""
        return self.left, self.right

    @property
    def units(self) -> Pair:
        """The units of its two records."""
        return unit_of(self.left), unit_of(self.right)

    @property
    def seeker(self) -> str:
        """The unit that a contact would be passed on to; empty before the owner is asked."""
        return next((unit for unit in self.units if self.owner and unit != self.owner), "")

    def record_of(self, unit: str) -> str:
        """Return the record of ``unit``."""
        return next(record for record in self.pair if unit_of(record) == unit)

    def waits_on(self, *, protected: bool) -> str:
        """Return whom it waits on: a unit, or the role of the desk that may act on it; empty where nobody is."""
        if self.stage is HitStage.WITH_OWNER:
            return self.owner
        return ("protection" if protected else "desk") if self.stage in WAITING else ""


def hours_between(since: datetime, now: datetime) -> int:
    """Return the whole hours that have passed; none where the clock went back."""
    return max(int((now - since) / timedelta(hours=1)), 0)


def between_units(pairs: Iterable[Pair]) -> frozenset[Pair]:
    """Return the pairs whose records are of two units."""
    return frozenset(pair for pair in pairs if unit_of(pair[0]) != unit_of(pair[1]))


def changes_of(latest: Mapping[Pair, str], pairs: Collection[Pair]) -> list[tuple[Pair, Change]]:
    """Return what a run that links ``pairs`` changes, sorted; ``latest`` is the last change of each hit there is."""
    changes = []
    for pair in sorted({*latest, *pairs}):
        before = latest.get(pair)
        if pair in pairs and before is None:
            changes.append((pair, Change.RAISED))
        elif pair in pairs and before == Change.FALLEN:
            changes.append((pair, Change.RESTORED))
        elif pair not in pairs and before != Change.FALLEN:
            changes.append((pair, Change.FALLEN))
    return changes


def latest_changes(changes: Iterable[ChangeRow], *, protected: bool) -> dict[Pair, str]:
    """Return the last change of each hit of one kind, by its pair."""
    ordered = sorted(changes, key=lambda row: row.run_id)
    return {(row.left, row.right): row.change for row in ordered if row.protected == protected}


def hits_from(changes: Iterable[ChangeRow], steps: Iterable[StepRow], answers: Iterable[AnswerRow]) -> list[HitState]:
    """Return the hits as they stand, one for each handle and kind, ordered by instant and handle."""
    rows: defaultdict[tuple[str, bool], list[ChangeRow]] = defaultdict(list)
    for row in changes:
        rows[row.handle, row.protected].append(row)
    steps_by_handle: defaultdict[str, list[StepRow]] = defaultdict(list)
    for step in steps:
        steps_by_handle[step.handle].append(step)
    replies: defaultdict[str, list[AnswerRow]] = defaultdict(list)
    for answer in sorted(answers, key=lambda row: row.number):
        replies[answer.handle].append(answer)
    hits = [
        _hit(sorted(group, key=lambda row: row.run_id), steps_by_handle[handle], replies[handle])
        for (handle, _), group in rows.items()
    ]
    return sorted(hits, key=lambda hit: (hit.since, hit.handle, hit.protected))


def stage_of_answer(answers: Iterable[AnswerRow]) -> tuple[HitStage, datetime | None]:
    """Return the stage that the last of an owner's answers, in their order, brings a hit to."""
    last = next(reversed([*answers]), None)
    if last is None:
        return HitStage.WITH_OWNER, None
    return (HitStage.ANSWERED if last.answer == Reply.RELEASED else HitStage.REFUSED), last.at


def _hit(changes: list[ChangeRow], steps: list[StepRow], answers: list[AnswerRow]) -> HitState:
    last = changes[-1]
    since = next(row.at for row in reversed(changes) if row.change != Change.FALLEN)
    verified = next((step for step in steps if step.step == Step.VERIFIED), None)
    ending = next((step for step in steps if step.step in (Step.PASSED_ON, Step.WITHHELD)), None)
    thawed = any(step.step == Step.THAWED for step in steps)
    owner = verified.owner if verified else ""
    stage, waiting_since = HitStage.TO_VERIFY, since
    if verified is not None:
        stage, answered_at = stage_of_answer(row for row in answers if row.unit == owner)
        waiting_since = answered_at or verified.at
    if ending is not None:
        stage = HitStage.PASSED_ON if ending.step == Step.PASSED_ON else HitStage.WITHHELD
        waiting_since = ending.at
    if last.change == Change.FALLEN and stage in WAITING:
        stage, waiting_since = HitStage.FALLEN, last.at
    identity = (last.operation, last.handle, last.left, last.right, last.protected)
    return HitState(*identity, since, stage, waiting_since, owner, thawed)
