"""Find which judgements are in force.

Judgements never change; a later one may undo an earlier one. "undone" takes back the latest verdict in force on a pair
and restores the one before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LinkVerdict(StrEnum):
    """A person's verdict on two records."""

    MATCH = "match"
    NO_MATCH = "no_match"
    UNSURE = "unsure"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """One judgement of the records ``left`` and ``right``. ``number`` orders judgements at the same instant."""

    left: str
    right: str
    verdict: LinkVerdict
    at: datetime
    number: int = 0


@dataclass(frozen=True, slots=True)
class Judgements:
    """All judgements of an operation: of records of persons, and of identifiers of things."""

    persons: Sequence[JudgedPair] = ()
    things: Sequence[JudgedPair] = ()


def in_force(judgements: Iterable[JudgedPair]) -> Mapping[tuple[str, str], LinkVerdict]:
    """Return the verdict in force on each pair, sorted, left below right; pairs with every verdict undone are left
    out."""
    verdicts_by_pair: dict[tuple[str, str], list[LinkVerdict]] = {}
    for judgement in sorted(
        judgements, key=lambda judgement: (judgement.at, judgement.number, judgement.left, judgement.right)
    ):
        verdicts = verdicts_by_pair.setdefault(pair(judgement.left, judgement.right), [])
        if judgement.verdict is LinkVerdict.UNDONE:
            if verdicts:
                verdicts.pop()
        else:
            verdicts.append(judgement.verdict)
    return {key: verdicts[-1] for key, verdicts in sorted(verdicts_by_pair.items()) if verdicts}


def pair(left: str, right: str) -> tuple[str, str]:
    """Return two records in the order in which links are stored."""
    return (left, right) if left <= right else (right, left)
