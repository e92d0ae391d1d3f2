"""Explain how a cluster was built: which links joined its records, which only confirm, and which were cut.

Input: a cluster's members, the links between them and the links cut. Output: the steps, in the order in which
:mod:`traboule.linkage.cluster` takes links: judged ones first, then by falling weight. Replaying the steps joins
exactly the members.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from traboule.core.errors import NotFound
from traboule.linkage.decisions import AUTOMATIC, JUDGED_MATCH
from traboule.linkage.resolve import LinkResult


@dataclass(frozen=True, slots=True)
class HoldingLink:
    """A link within a cluster. ``weight``: in bits. ``by_person``: judged by a person."""

    left: str
    right: str
    weight: float
    tier: str
    by_person: bool


@dataclass(frozen=True, slots=True)
class JoinStep:
    """A link that joined two groups, and how many records each had."""

    link: HoldingLink
    sizes: tuple[int, int]


@dataclass(frozen=True)
class ClusterHistory:
    """How a cluster was built. ``steps``: the links that joined groups, in order. ``confirming``: links that joined
    nothing new. ``cut``: links that were cut (left, right, reason)."""

    cluster: str
    members: tuple[str, ...]
    steps: tuple[JoinStep, ...]
    confirming: tuple[HoldingLink, ...]
    cut: tuple[tuple[str, str, str], ...]


def history_of(cluster: str, result: LinkResult) -> ClusterHistory:
    """Return how the cluster named ``cluster`` was built. Raises NotFound where it does not exist."""
    members = [
        record
        for record, owner in zip(
            result.clusters["record"].to_pylist(), result.clusters["cluster"].to_pylist(), strict=True
        )
        if owner == cluster and record is not None
    ]
    if not members:
        raise NotFound("link-cluster-unknown", cluster=cluster)
    columns = (result.links[name].to_pylist() for name in ("left", "right", "weight", "tier", "status"))
    inside = set(members)
    holding = [
        HoldingLink(left, right, weight, tier, status == JUDGED_MATCH)
        for left, right, weight, tier, status in zip(*columns, strict=True)
        if status in (AUTOMATIC, JUDGED_MATCH) and left in inside and right in inside
    ]
    return build_history(members, holding, result.cut)


def build_history(
    members: Iterable[str], holding: Iterable[HoldingLink], cut: Iterable[tuple[str, str, str]]
) -> ClusterHistory:
    """Return how the links ``holding`` joined ``members``. ``cut``: cut links, of any cluster."""
    groups = {member: [member] for member in sorted(members)}
    cuts = tuple(sorted(edge for edge in cut if edge[0] in groups or edge[1] in groups))
    apart = {edge[:2] for edge in cuts}
    steps, confirming = [], []
    for link in sorted(holding, key=lambda edge: (not edge.by_person, -edge.weight, edge.left, edge.right)):
        left, right = groups[link.left], groups[link.right]
        if left is right:
            confirming.append(link)
        elif (link.left, link.right) not in apart:
            steps.append(JoinStep(link, (len(left), len(right))))
            joined = left + right
            groups |= dict.fromkeys(joined, joined)
    ordered = tuple(sorted(groups))
    return ClusterHistory(ordered[0], ordered, tuple(steps), tuple(confirming), cuts)
