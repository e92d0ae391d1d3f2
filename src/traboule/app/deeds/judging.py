"""Judging links, and undoing.

Comes in: two records, a verdict, a reason. Goes out: the judgement as signed. Promises: nothing moves before the next
run of linkage, which is bound by it; the matcher is not loaded for it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from traboule.app.deeds.opening import the_operation
from traboule.app.door import Call
from traboule.linkage import judge as judging
from traboule.linkage import models
from traboule.linkage.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Signed:
    """A judgement as it was signed."""

    left: str
    right: str
    verdict: str
    by: str
    at: str

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def decide(
    call: Call,
    *,
    pair: tuple[str, str],
    verdict: str,
    reason: str,
    operation: str | None = None,
    things: bool = False,
) -> Signed:
    """Sign a judgement on two records of persons, or of ``things``; the next run of linkage is bound by it."""
    code = the_operation(operation).code
    said = Verdict(verdict)
    return _signed(judging.judge(pair, said, operation=code, reason=reason, by=call.by, at=call.at, things=things))


def undo(
    call: Call, *, pair: tuple[str, str], reason: str, operation: str | None = None, things: bool = False
) -> Signed:
    """Take back the judgement in force on two records."""
    code = the_operation(operation).code
    return _signed(judging.undo(pair, operation=code, reason=reason, by=call.by, at=call.at, things=things))


def _signed(row: models.Signed) -> Signed:
    return Signed(row.left, row.right, row.verdict, row.by, row.at.isoformat())
