"""Record what a person judges of two records: a match, no match, or unsure; and undo it.

Every judgement is a row that never changes. Only records of the operation's latest run can be judged, and a verdict
needs a reason. Undoing restores the earlier verdict. Clusters change with the next run, never here. Things (companies,
addresses, adverts, accounts) are judged in a table of their own, so that no judgement of things binds persons.

The desk judges records that touch nobody protected; what a protection officer judges is not the desk's to see.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import QuerySet

from traboule.core.errors import Conflict, NotFound, Refused
from traboule.core.permissions import Actor
from traboule.core.record_names import unit_of
from traboule.linkage.models import ClusterMember, Judgement, SignedJudgement, ThingJudgement, ThingLink
from traboule.linkage.store.runs import latest_run, records_near
from traboule.linkage.store.sealed_reasons import seal_reason
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
    run = latest_run(operation, protected=by.sees_protected)
    if things:
        if not ThingLink.objects.filter(run_id=run.run_id, left=key[0], right=key[1]).exists():
            raise NotFound("link-pair-unknown")
    elif ClusterMember.objects.filter(run_id=run.run_id, record__in=key).count() != 2:
        raise NotFound("judgement-records-unknown", near=records_near(run, records))
    return _record_judgement(_table(things=things), operation, key, verdict, (reason, by, at))


def undo(
    records: tuple[str, str], *, operation: str, reason: str, by: Actor, at: datetime, things: bool = False
) -> SignedJudgement:
    """Undo the verdict in force on two records that ``by`` or another officer of the same desk gave.

    Raises Conflict where none is in force.
    """
    if not reason.strip():
        raise Refused("judgement-without-reason")
    key, table = pair(*records), _table(things=things)
    own = [row for row in statements_on(key, operation, things=things) if row.protected == by.sees_protected]
    if not _not_undone(own):
        raise Conflict("judgement-nothing-to-undo")
    return _record_judgement(table, operation, key, LinkVerdict.UNDONE, (reason, by, at))


def verdict_on(
    records: tuple[str, str], operation: str, *, things: bool = False, protected: bool = True
) -> LinkVerdict | None:
    """Return the verdict in force on two records, None where there is none."""
    statements = statements_on(records, operation, things=things, protected=protected)
    return in_force(_not_undone(statements)).get(pair(*records))


def verdicts_in_force(
    operation: str, *, things: bool = False, protected: bool = True
) -> Mapping[tuple[str, str], LinkVerdict]:
    """Return the verdict in force on each judged pair, sorted, left below right."""
    return in_force(_judgements_in(_table(things=things), operation, protected=protected))


def statements_on(
    records: tuple[str, str], operation: str, *, things: bool = False, protected: bool = True
) -> list[SignedJudgement]:
    """Return all judgements of two records, including undone ones and the undoing, in order."""
    left, right = pair(*records)
    rows = _chosen(_table(things=things), operation, protected=protected)
    return sorted(rows.filter(left=left, right=right), key=lambda row: (row.at, abs(row.pk)))


def judgements(operation: str, *, protected: bool = True) -> Judgements:
    """Return the judgements of an operation that nobody undid, or the desk's alone."""
    return Judgements(*(_judgements_in(table, operation, protected=protected) for table in (Judgement, ThingJudgement)))


def _table(*, things: bool) -> type[Judgement | ThingJudgement]:
    return ThingJudgement if things else Judgement


def _judgements_in(table: type[Judgement | ThingJudgement], operation: str, *, protected: bool) -> list[JudgedPair]:
    return _not_undone(_chosen(table, operation, protected=protected))


def _not_undone(rows: Iterable[SignedJudgement]) -> list[JudgedPair]:
    """Return what was judged and not undone. Either desk undoes its own verdicts alone."""
    verdicts_standing: dict[tuple[bool, str, str], list[JudgedPair]] = {}
    for row in sorted(rows, key=lambda row: (row.at, abs(row.pk))):
        verdicts = verdicts_standing.setdefault((row.protected, row.left, row.right), [])
        if row.verdict != LinkVerdict.UNDONE:
            verdicts.append(_judged_pair(row))
        elif verdicts:
            verdicts.pop()
    return [judged for verdicts in verdicts_standing.values() for judged in verdicts]


def _chosen(
    table: type[Judgement | ThingJudgement], operation: str, *, protected: bool
) -> QuerySet[Judgement | ThingJudgement]:
    """Return all judgements of an operation, or without those of the protection officers."""
    rows = table.objects.filter(operation=operation)
    return rows if protected else rows.filter(protected=False)


def _judged_pair(row: SignedJudgement) -> JudgedPair:
    return JudgedPair(row.left, row.right, LinkVerdict(row.verdict), row.at, abs(row.pk))


def _record_judgement(
    table: type[Judgement | ThingJudgement],
    operation: str,
    key: tuple[str, str],
    verdict: LinkVerdict,
    signed: tuple[str, Actor, datetime],
) -> SignedJudgement:
    (left, right), (reason, by, at) = key, signed
    # Protected ones are numbered apart: gaps between the numbers of the desk's would tell how many there are.
    number = {"id": -time.time_ns()} if by.sees_protected else {}
    columns = {"operation": operation, "left": left, "right": right, "verdict": verdict.value, "by": by.name, "at": at}
    return table.objects.create(
        **number,
        **columns,
        protected=by.sees_protected,
        left_unit=unit_of(left),
        right_unit=unit_of(right),
        reason=seal_reason(columns, reason.strip()),
    )
