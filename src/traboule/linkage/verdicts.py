"""Judgements of pairs as data, and which of them are in force.

In come judgements in any order; out goes, for each pair, the verdict that binds. It promises: pure; a judgement is
never changed, only followed: "undone" takes back the latest verdict in force on its pair and lets the one before stand
again, so that undoing restores exactly what was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """What a person at the desk says of two records."""

    MATCH = "match"
    NO_MATCH = "no_match"
    UNSURE = "unsure"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Judged:
    """One judgement of the records ``left`` and ``right``. ``number`` orders those of one instant."""

    left: str
    right: str
    verdict: Verdict
    at: datetime
    number: int = 0


@dataclass(frozen=True, slots=True)
class Judgements:
    """All judgements of an operation: of records of persons, and of identifiers that may be one thing."""

    persons: Sequence[Judged] = ()
    things: Sequence[Judged] = ()


def in_force(judgements: Iterable[Judged]) -> Mapping[tuple[str, str], Verdict]:
    """Return the verdict in force on each pair, pairs sorted, left below right; pairs all of whose verdicts were undone
    do not appear."""
    standing: dict[tuple[str, str], list[Verdict]] = {}
    for each in sorted(judgements, key=lambda judged: (judged.at, judged.number, judged.left, judged.right)):
        verdicts = standing.setdefault(pair(each.left, each.right), [])
        if each.verdict is Verdict.UNDONE:
            if verdicts:
                verdicts.pop()
        else:
            verdicts.append(each.verdict)
    return {key: verdicts[-1] for key, verdicts in sorted(standing.items()) if verdicts}


def pair(left: str, right: str) -> tuple[str, str]:
    """Return the two records in the order in which links are kept."""
    return (left, right) if left <= right else (right, left)
