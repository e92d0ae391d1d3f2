"""Record what a person judges of two records: a match, no match, or unsure; and undo it.

Every judgement is a row that never changes. Only records of the operation's latest run can be judged, and a verdict
needs a reason. Undoing restores the earlier verdict. Clusters change with the next run, never here. Things (companies,
addresses, adverts, accounts) are judged in a table of their own, so that no judgement of things binds persons.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from traboule.core.errors import Conflict, NotFound, Refused
from traboule.core.permissions import Actor
from traboule.linkage.models import ClusterMember, Judgement, SignedJudgement, ThingJudgement, ThingLink
from traboule.linkage.store.runs import latest_run, records_near
from traboule.linkage.verdicts import JudgedPair, Judgements, LinkVerdict, in_force, pair


def judge(
    records: tuple[str, str],
    verdict: LinkVerdict,
    *,
    operation: str,
    reason: str,
    by: Actor,
    at: datetime,
    things: bool = False,
) -> SignedJudgement:
    """Record a verdict on two records (UNIT/agency/row) of persons, or of ``things``.

    Raises Refused for the same record twice, an empty reason or "undone" (see :func:`undo`), and NotFound for persons
    that the latest run does not know or things that it did not compare.
    """
    if verdict is LinkVerdict.UNDONE:
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
    return _record_judgement(_table(things=things), operation, key, verdict, (reason, by, at))


def undo(
    records: tuple[str, str], *, operation: str, reason: str, by: Actor, at: datetime, things: bool = False
) -> SignedJudgement:
    """Undo the verdict in force on two records. Raises Conflict where none is in force."""
    if not reason.strip():
        raise Refused("judgement-without-reason")
    key, table = pair(*records), _table(things=things)
    if verdict_on(key, operation, things=things) is None:
        raise Conflict("judgement-nothing-to-undo")
    return _record_judgement(table, operation, key, LinkVerdict.UNDONE, (reason, by, at))


def verdict_on(records: tuple[str, str], operation: str, *, things: bool = False) -> LinkVerdict | None:
    """Return the verdict in force on two records, None where there is none."""
    return in_force(map(_judged_pair, statements_on(records, operation, things=things))).get(pair(*records))


def verdicts_in_force(operation: str, *, things: bool = False) -> Mapping[tuple[str, str], LinkVerdict]:
    """Return the verdict in force on each judged pair, sorted, left below right."""
    return in_force(_judgements_in(_table(things=things), operation))


def statements_on(records: tuple[str, str], operation: str, *, things: bool = False) -> list[SignedJudgement]:
    """Return all judgements of two records, including undone ones and the undoing, in order."""
    left, right = pair(*records)
    return list(_table(things=things).objects.filter(operation=operation, left=left, right=right).order_by("at", "id"))


def judgements(operation: str) -> Judgements:
    """Return all judgements of an operation, including undone ones and the undoing."""
    return Judgements(_judgements_in(Judgement, operation), _judgements_in(ThingJudgement, operation))


def _table(*, things: bool) -> type[Judgement | ThingJudgement]:
    return ThingJudgement if things else Judgement


def _judgements_in(table: type[Judgement | ThingJudgement], operation: str) -> list[JudgedPair]:
    return list(map(_judged_pair, table.objects.filter(operation=operation).order_by("at", "id")))


def _judged_pair(row: SignedJudgement) -> JudgedPair:
    return JudgedPair(row.left, row.right, LinkVerdict(row.verdict), row.at, row.pk)


def _record_judgement(
    table: type[Judgement | ThingJudgement],
    operation: str,
    key: tuple[str, str],
    verdict: LinkVerdict,
    signed: tuple[str, Actor, datetime],
) -> SignedJudgement:
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
