"""How a cluster was built: which links joined its records, in which order, which only confirm, and which were cut.

In come a cluster's members, the links that hold, and the links that were cut; out come the steps. It promises: pure;
the steps, taken one after another, join exactly the members; the same order as :mod:`traboule.linkage.cluster` takes
links in: judged ones first, then the heaviest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from traboule.core.errors import NotFound
from traboule.linkage.evidence import AUTOMATIC, JUDGED_MATCH
from traboule.linkage.resolve import LinkResult


@dataclass(frozen=True, slots=True)
class Holding:
    """A link that holds. ``weight``: bits. ``judged``: by a person."""

    left: str
    right: str
    weight: float
    tier: str
    judged: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One link that joined two groups, and how many records each had."""

    link: Holding
    sizes: tuple[int, int]


@dataclass(frozen=True)
class Built:
    """``steps``: the links that joined, in order. ``confirming``: links within the cluster that joined nothing new.
    ``cut``: links from the cluster to others that do not count (left, right, reason)."""

    cluster: str
    members: tuple[str, ...]
    steps: tuple[Step, ...]
    confirming: tuple[Holding, ...]
    cut: tuple[tuple[str, str, str], ...]


def how(cluster: str, result: LinkResult) -> Built:
    """Return how the cluster named ``cluster`` was built. Raises NotFound where there is none of that name."""
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
        Holding(left, right, weight, tier, status == JUDGED_MATCH)
        for left, right, weight, tier, status in zip(*columns, strict=True)
        if status in (AUTOMATIC, JUDGED_MATCH) and left in inside and right in inside
    ]
    return built(members, holding, result.cut)


def built(members: Iterable[str], holding: Iterable[Holding], cut: Iterable[tuple[str, str, str]]) -> Built:
    """Return how ``members`` came together by the links ``holding`` among them. ``cut``: links cut, of any cluster."""
    groups = {member: [member] for member in sorted(members)}
    cuts = tuple(sorted(each for each in cut if each[0] in groups or each[1] in groups))
    apart = {each[:2] for each in cuts}
    steps, confirming = [], []
    for link in sorted(holding, key=lambda each: (not each.judged, -each.weight, each.left, each.right)):
        one, other = groups[link.left], groups[link.right]
        if one is other:
            confirming.append(link)
        elif (link.left, link.right) not in apart:
            steps.append(Step(link, (len(one), len(other))))
            joined = one + other
            groups |= dict.fromkeys(joined, joined)
    ordered = tuple(sorted(groups))
    return Built(ordered[0], ordered, tuple(steps), tuple(confirming), cuts)
