"""Judging: a person says that two records are one person, are not, or cannot be told; and takes it back.

In come two records, a verdict, a reason, who and when; out goes a row that is never changed. It promises: only records
of the operation's latest run can be judged; a verdict without a reason is refused; undoing lets the earlier verdict
stand again; clusters change with the next run, never here.
"""

from __future__ import annotations

from datetime import datetime

from traboule.core.errors import Conflict, NotFound, Refused
from traboule.core.permissions import Actor
from traboule.linkage.kept.runs import latest_run
from traboule.linkage.models import ClusterMember, Judgement
from traboule.linkage.verdicts import Judged, Verdict, in_force, pair


def judge(
    left: str, right: str, verdict: Verdict, *, operation: str, reason: str, by: Actor, at: datetime
) -> Judgement:
    """Keep the verdict on two records (UNIT/agency/row).

    Raises Refused for one record twice, an empty reason or "undone" (see :func:`undo`), NotFound for records that the
    latest run does not know.
    """
    if verdict is Verdict.UNDONE:
        raise Refused("judgement-undone-apart")
    if left == right:
        raise Refused("judgement-same-record")
    if not reason.strip():
        raise Refused("judgement-without-reason")
    first, second = pair(left, right)
    run = latest_run(operation)
    known = ClusterMember.objects.filter(run_id=run.run_id, record__in=(first, second)).count()
    if known != 2:
        raise NotFound("judgement-records-unknown")
    return _kept(operation, (first, second), verdict, (reason, by, at))


def undo(left: str, right: str, *, operation: str, reason: str, by: Actor, at: datetime) -> Judgement:
    """Take back the verdict in force on two records. Raises Conflict where none is in force."""
    if not reason.strip():
        raise Refused("judgement-without-reason")
    key = pair(left, right)
    if key not in in_force(judgements(operation)):
        raise Conflict("judgement-nothing-to-undo")
    return _kept(operation, key, Verdict.UNDONE, (reason, by, at))


def judgements(operation: str) -> list[Judged]:
    """Return all judgements of an operation, those undone and the undoing included."""
    rows = Judgement.objects.filter(operation=operation).order_by("at", "id")
    return [Judged(row.left, row.right, Verdict(row.verdict), row.at, row.pk) for row in rows]


def _kept(operation: str, records: tuple[str, str], verdict: Verdict, signed: tuple[str, Actor, datetime]) -> Judgement:
    reason, by, at = signed
    left, right = records
    return Judgement.objects.create(
        operation=operation,
        left=left,
        right=right,
        left_unit=left.split("/", 1)[0],
        right_unit=right.split("/", 1)[0],
        verdict=verdict.value,
        reason=reason.strip(),
        by=by.name,
        at=at,
    )
