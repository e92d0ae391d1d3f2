"""Judge a link, and undo a judgement.

In: two records, a verdict, a reason. Out: the judgement as signed, and the verdict in force after it. Guaranteed:
nothing changes before the next run of linkage, which the judgement binds; the matcher is not loaded.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from traboule.app.dispatch import Call
from traboule.app.handlers.opening import the_operation
from traboule.core.errors import Refused
from traboule.core.language.messages import catalogue, fill
from traboule.core.permissions import Actor
from traboule.linkage import judge as judging
from traboule.linkage import models
from traboule.linkage.verdicts import LinkVerdict

_SAYABLE = [verdict.value for verdict in LinkVerdict if verdict is not LinkVerdict.UNDONE]


@dataclass(frozen=True, slots=True)
class JudgementReceipt:
    """A judgement as it was signed: ``said`` in words, ``before`` and ``stands`` what was and is in force, or empty."""

    left: str
    right: str
    verdict: str
    by: str
    at: str
    said: str
    before: str
    stands: str

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
    language: str = "en",
) -> JudgementReceipt:
    """Sign a judgement on two records of persons, or of ``things``; the next run of linkage is bound by it."""
    code = the_operation(operation).code
    before = _in_force(call.by, (code, pair), language, are_things=things)
    if verdict not in tuple(LinkVerdict):
        raise Refused("judgement-verdict-unknown", verdict=verdict, known=", ".join(_SAYABLE))
    decision = LinkVerdict(verdict)
    signed = judging.judge(pair, decision, operation=code, reason=reason, by=call.by, at=call.at, things=things)
    return _signed(signed, call.by, before, language)


def undo(
    call: Call,
    *,
    pair: tuple[str, str],
    reason: str,
    operation: str | None = None,
    things: bool = False,
    language: str = "en",
) -> JudgementReceipt:
    """Take back the judgement in force on two records; the one before it stands again."""
    code = the_operation(operation).code
    before = _in_force(call.by, (code, pair), language, are_things=things)
    signed = judging.undo(pair, operation=code, reason=reason, by=call.by, at=call.at, things=things)
    return _signed(signed, call.by, before, language)


def verdict_words(verdict: str, language: str, *, are_things: bool = False) -> str:
    """Return in words what a verdict says of two records."""
    return fill(
        catalogue("traboule.linkage", "words.yaml")["thing_said" if are_things else "said"][verdict], language, {}
    )


def _in_force(by: Actor, judged: tuple[str, tuple[str, str]], language: str, *, are_things: bool) -> str:
    """Return the verdict in force on two records (operation, pair) in words, empty where nobody's is."""
    code, pair = judged
    verdict = judging.verdict_on(pair, code, things=are_things, protected=by.sees_protected)
    return verdict_words(verdict.value, language, are_things=are_things) if verdict else ""


def _signed(row: models.SignedJudgement, by: Actor, before: str, language: str) -> JudgementReceipt:
    are_things = isinstance(row, models.ThingJudgement)
    return JudgementReceipt(
        left=row.left,
        right=row.right,
        verdict=row.verdict,
        by=row.by,
        at=row.at.isoformat(),
        said=verdict_words(row.verdict, language, are_things=are_things),
        before=before,
        stands=_in_force(by, (row.operation, (row.left, row.right)), language, are_things=are_things),
    )
