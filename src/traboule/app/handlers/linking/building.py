"""Show how a person was built from records.

In: a record. Out: the links that joined its cluster, those that only confirm it, and those that were cut, as the latest
run has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from traboule.app.dispatch import Call
from traboule.app.handlers.opening import the_operation
from traboule.core.errors import NotFound
from traboule.linkage.cluster_history import HoldingLink
from traboule.linkage.cluster_history import build_history as building
from traboule.linkage.decisions import AUTOMATIC, JUDGED_MATCH
from traboule.linkage.explain import grounds, word
from traboule.linkage.models import ClusterMember, Link
from traboule.linkage.store.runs import latest_run, records_near


@dataclass(frozen=True, slots=True)
class LinkStep:
    """One link that joined two groups into one of ``records``, and what it rests on, in words."""

    left: str
    right: str
    records: int
    status: str
    tier: str
    evidence: Sequence[str]


@dataclass(frozen=True, slots=True)
class Joined:
    """How a person was built: the links that joined its ``members`` in their order, those that only confirm, those that
    were cut (two records and the reason), and whether more records were joined than a person usually has."""

    members: Sequence[str]
    steps: Sequence[LinkStep]
    confirming: Sequence[tuple[str, str]]
    cut: Sequence[tuple[str, str, str]]
    watched: bool

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def built(call: Call, *, record: str, operation: str | None = None, language: str = "en") -> Joined:
    """Return how the person of a record was built from records by the latest run.

    Raises NotFound where that run does not know the record, or knows it as protected and the reader may not see it.
    """
    run = latest_run(the_operation(operation).code, protected=call.by.sees_protected)
    member = ClusterMember.objects.filter(run_id=run.run_id, record=record).first()
    if member is None:
        raise NotFound("link-cluster-unknown", cluster=record, near=records_near(run, [record]))
    same = ClusterMember.objects.filter(run_id=run.run_id, cluster=member.cluster)
    members = list(same.order_by("record").values_list("record", flat=True))
    links = Link.objects.filter(run_id=run.run_id, left__in=members, right__in=members)
    rows = {(row.left, row.right): row for row in links if row.status in (AUTOMATIC, JUDGED_MATCH)}
    holding = [HoldingLink(*key, row.weight, row.tier, row.status == JUDGED_MATCH) for key, row in rows.items()]
    how = building(members, holding, [(left, right, reason) for left, right, reason in run.cut])
    return Joined(
        members=how.members,
        steps=[
            LinkStep(
                left=step.link.left,
                right=step.link.right,
                records=sum(step.sizes),
                status=word("statuses", rows[step.link.left, step.link.right].status, language),
                tier=word("tiers", step.link.tier, language),
                evidence=grounds(rows[step.link.left, step.link.right].evidence, language)[0],
            )
            for step in how.steps
        ],
        confirming=[(link.left, link.right) for link in how.confirming],
        cut=[(left, right, word("cut", reason, language)) for left, right, reason in how.cut],
        watched=member.cluster in run.watched,
    )
