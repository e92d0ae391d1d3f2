"""Update clusters as links come and go, reclustering only what a change touches.

The clusters equal those of :func:`traboule.linkage.cluster.cluster` over everything, because each component is
clustered by itself, in the order of its records' names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from traboule.linkage.cluster import Links, cluster, components, is_one
from traboule.linkage.live.edges import Edge, Pair
from traboule.linkage.live.store import RecordStore
from traboule.linkage.matching.compare import contradictions

Integers = npt.NDArray[np.int64]


Cut = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Component:
    """Records connected by links, and the links cut between its clusters (left, right, reason)."""

    members: tuple[int, ...]
    cut: tuple[Cut, ...]


@dataclass(frozen=True)
class LinkLookup:
    """How links are looked up. ``partners``: the records joined to one by a link. ``edge``: the link of a pair, and
    whether a person judged it. ``forbidden``: the records judged not to match one."""

    partners: Callable[[int], Sequence[int]]
    edge: Callable[[Pair], tuple[Edge, bool]]
    forbidden: Callable[[int], Iterable[int]]


@dataclass
class LiveClusters:
    """``label``: for each record that is not alone, the number of its cluster's first record."""

    store: RecordStore
    label: dict[int, int] = field(default_factory=dict)
    components: dict[int, Component] = field(default_factory=dict)

    def settle(self, label: Integers, links: tuple[Integers, Integers], cut: Iterable[Cut]) -> None:
        """Take over the clusters of a batch (for each record the number of its cluster's first record), the links that
        hold and those cut."""
        cuts: dict[int, list[Cut]] = {}
        belongs = components(len(label), *links)
        for cut_link in cut:
            cuts.setdefault(int(belongs[self.store.number[cut_link[0]]]), []).append(cut_link)
        order = np.argsort(belongs, kind="stable")
        joined = order[np.bincount(belongs, minlength=len(label))[belongs[order]] > 1]
        self.label = dict(zip(joined.tolist(), label[joined].tolist(), strict=True))
        for members in np.split(joined, np.flatnonzero(np.diff(belongs[joined])) + 1):
            if len(members):
                component = Component(tuple(members.tolist()), tuple(cuts.get(int(belongs[members[0]]), ())))
                self.components |= dict.fromkeys(component.members, component)

    def regroup(self, touched: Iterable[int], lookup: LinkLookup) -> list[str]:
        """Recluster everything connected with ``touched``; return the records whose cluster changed, sorted."""
        pending = sorted({member for number in touched for member in self._members_with(number)})
        before = self._clusters(pending)
        for number in pending:
            self.components.pop(number, None)
            self.label.pop(number, None)
        for number in pending:
            if number not in self.components and lookup.partners(number):
                self._cluster(_connected(number, lookup.partners), lookup)
        now = self._clusters(pending)
        return sorted(record for record, cluster in now.items() if cluster != before[record])

    def _clusters(self, numbers: Iterable[int]) -> dict[str, str]:
        """Return for each record the name of its cluster."""
        records = self.store.records
        return {records[number]: records[self.label.get(number, number)] for number in numbers}

    def _members_with(self, number: int) -> tuple[int, ...]:
        component = self.components.get(number)
        return component.members if component else (number,)

    def _cluster(self, connected: set[int], lookup: LinkLookup) -> None:
        """Cluster one component and store the result for each member."""
        records = self.store.records
        members = sorted(connected, key=lambda number: records[number])
        place = {number: at for at, number in enumerate(members)}
        numbers = np.array(members, dtype=np.int64)
        forbidden = {
            (place[left], place[right])
            for left in members
            for right in lookup.forbidden(left)
            if right in place and place[left] < place[right]
        }
        packed = self.store.packed

        def apart(left_places: npt.NDArray[np.int64], right_places: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
            return contradictions(packed, numbers[left_places], numbers[right_places])

        label, cut = [0] * len(members), []
        if not is_one(len(members), forbidden, apart):
            clusters = cluster(len(members), _links(place, lookup), forbidden, apart)
            label, cut = (
                clusters.label.tolist(),
                [(members[left], members[right], why) for left, right, why in clusters.cut],
            )
        component = Component(tuple(members), tuple((records[left], records[right], why) for left, right, why in cut))
        for at, number in enumerate(members):
            self.components[number] = component
            self.label[number] = members[label[at]]


def _connected(start: int, partners: Callable[[int], Sequence[int]]) -> set[int]:
    reached, pending = {start}, [start]
    while pending:
        for partner in partners(pending.pop()):
            if partner not in reached:
                reached.add(partner)
                pending.append(partner)
    return reached


def _links(place: Mapping[int, int], lookup: LinkLookup) -> Links:
    """Return the links among records; ``place``: record number to place in the component."""
    pairs = [(left, right) for left in place for right in lookup.partners(left) if place[left] < place[right]]
    edges = [lookup.edge(pair) for pair in pairs]
    judged_by_person = np.array([by_person for _, by_person in edges], dtype=np.bool_)
    return Links(
        left=np.array([place[left] for left, _ in pairs], dtype=np.int64),
        right=np.array([place[right] for _, right in pairs], dtype=np.int64),
        weight=np.array([edge.weight for edge, _ in edges]),
        sure=judged_by_person | np.array([edge.tier == 2 for edge, _ in edges], dtype=np.bool_),
        by_person=judged_by_person,
    )
