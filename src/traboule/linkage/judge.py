"""Judging: a person says that two records are one person, are not, or cannot be told; and takes it back.

In come two records, a verdict, a reason, who and when; out goes a row that is never changed. It promises: only records
of the operation's latest run can be judged; a verdict without a reason is refused; undoing lets the earlier verdict
stand again; clusters change with the next run, never here. Things (companies, addresses, adverts, accounts) are judged
alike, in a table of their own, so that no judgement of things ever binds persons.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from traboule.core.errors import Conflict, NotFound, Refused
from traboule.core.permissions import Actor
from traboule.linkage.kept.runs import latest_run, records_near
from traboule.linkage.models import ClusterMember, Judgement, Signed, ThingJudgement, ThingLink
from traboule.linkage.verdicts import Judged, Judgements, Verdict, in_force, pair


def judge(
    records: tuple[str, str],
    verdict: Verdict,
    *,
    operation: str,
    reason: str,
    by: Actor,
    at: datetime,
    things: bool = False,
) -> Signed:
    """Keep the verdict on two records (UNIT/agency/row): of persons, or of ``things``.

    Raises Refused for one record twice, an empty reason or "undone" (see :func:`undo`), NotFound for persons that the
    latest run does not know, and for things that it did not compare.
    """
    if verdict is Verdict.UNDONE:
        raise Refused("judgement-undone-apart")
    if records[0] == records[1]:
        raise Refused("judgement-same-record")
    if not reason.strip():
        raise Refused("judgement-without-reason")
    key = pair(*records)
    run = latest_run(operation)
    if things:
        if not ThingLink.objects.filter(run_id=run.run_id, left=key[0], right=key[1]).exists():
            raise NotFound("link-pair-unknown")
    elif ClusterMember.objects.filter(run_id=run.run_id, record__in=key).count() != 2:
        raise NotFound("judgement-records-unknown", near=records_near(run, records))
    return _kept(_table(things=things), operation, key, verdict, (reason, by, at))


def undo(
    records: tuple[str, str], *, operation: str, reason: str, by: Actor, at: datetime, things: bool = False
) -> Signed:
    """Take back the verdict in force on two records. Raises Conflict where none is in force."""
    if not reason.strip():
        raise Refused("judgement-without-reason")
    key, table = pair(*records), _table(things=things)
    if standing_on(key, operation, things=things) is None:
        raise Conflict("judgement-nothing-to-undo")
    return _kept(table, operation, key, Verdict.UNDONE, (reason, by, at))


def standing_on(records: tuple[str, str], operation: str, *, things: bool = False) -> Verdict | None:
    """Return the verdict in force on two records, None where nobody's is."""
    return in_force(map(_judged, said_of(records, operation, things=things))).get(pair(*records))


def standing(operation: str, *, things: bool = False) -> Mapping[tuple[str, str], Verdict]:
    """Return the verdict in force on each pair of records that anybody judged, pairs sorted, left below right."""
    return in_force(_said(_table(things=things), operation))


def said_of(records: tuple[str, str], operation: str, *, things: bool = False) -> list[Signed]:
    """Return what was said of two records, the undoing included, in its order."""
    left, right = pair(*records)
    return list(_table(things=things).objects.filter(operation=operation, left=left, right=right).order_by("at", "id"))


def judgements(operation: str) -> Judgements:
    """Return all judgements of an operation, those undone and the undoing included."""
    return Judgements(_said(Judgement, operation), _said(ThingJudgement, operation))


def _table(*, things: bool) -> type[Judgement | ThingJudgement]:
    return ThingJudgement if things else Judgement


def _said(table: type[Judgement | ThingJudgement], operation: str) -> list[Judged]:
    return list(map(_judged, table.objects.filter(operation=operation).order_by("at", "id")))


def _judged(row: Signed) -> Judged:
    return Judged(row.left, row.right, Verdict(row.verdict), row.at, row.pk)


def _kept(
    table: type[Judgement | ThingJudgement],
    operation: str,
    key: tuple[str, str],
    verdict: Verdict,
    signed: tuple[str, Actor, datetime],
) -> Signed:
    (left, right), (reason, by, at) = key, signed
    return table.objects.create(
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
