"""Clusters that follow as links come and go: only what a change touches is clustered anew.

In come links that hold, verdicts of no match and the records touched; out go the records that changed cluster. It
promises: the clusters are those of :func:`traboule.linkage.cluster.cluster` over everything, because a component of
links is clustered by itself, in the order of its records' names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from traboule.linkage.cluster import Links, cluster, components, is_one
from traboule.linkage.live.edges import Edge, Pair
from traboule.linkage.live.store import Store
from traboule.linkage.matching.compare import contradict

Integers = npt.NDArray[np.int64]


Cut = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Component:
    """Records that links hold together, and the links cut between its clusters (left, right, reason)."""

    members: tuple[int, ...]
    cut: tuple[Cut, ...]


@dataclass(frozen=True)
class Holds:
    """How links are looked up. ``partners``: records that a holding link joins to one. ``edge``: the link of a pair and
    whether it was judged. ``forbidden``: records judged not to be the one."""

    partners: Callable[[int], Sequence[int]]
    edge: Callable[[Pair], tuple[Edge, bool]]
    forbidden: Callable[[int], Iterable[int]]


@dataclass
class Groups:
    """``label``: of each record that is not alone, the number of its cluster's first record."""

    store: Store
    label: dict[int, int] = field(default_factory=dict)
    components: dict[int, Component] = field(default_factory=dict)

    def settle(self, label: Integers, links: tuple[Integers, Integers], cut: Iterable[Cut]) -> None:
        """Take over the clusters of a batch (of each record the number of its cluster's first), the links that hold
        and those cut."""
        cuts: dict[int, list[Cut]] = {}
        belongs = components(len(label), *links)
        for each in cut:
            cuts.setdefault(int(belongs[self.store.number[each[0]]]), []).append(each)
        order = np.argsort(belongs, kind="stable")
        joined = order[np.bincount(belongs, minlength=len(label))[belongs[order]] > 1]
        self.label = dict(zip(joined.tolist(), label[joined].tolist(), strict=True))
        for members in np.split(joined, np.flatnonzero(np.diff(belongs[joined])) + 1):
            if len(members):
                component = Component(tuple(members.tolist()), tuple(cuts.get(int(belongs[members[0]]), ())))
                self.components |= dict.fromkeys(component.members, component)

    def regroup(self, touched: Iterable[int], holds: Holds) -> list[str]:
        """Cluster anew whatever hangs together with ``touched``; return who is in another cluster now, sorted."""
        pending = sorted({member for number in touched for member in self._together(number)})
        before = self._clusters(pending)
        for number in pending:
            self.components.pop(number, None)
            self.label.pop(number, None)
        for number in pending:
            if number not in self.components and holds.partners(number):
                self._cluster(_connected(number, holds.partners), holds)
        now = self._clusters(pending)
        return sorted(record for record, cluster in now.items() if cluster != before[record])

    def _clusters(self, numbers: Iterable[int]) -> dict[str, str]:
        """Return of each record the name of its cluster."""
        records = self.store.records
        return {records[number]: records[self.label.get(number, number)] for number in numbers}

    def _together(self, number: int) -> tuple[int, ...]:
        found = self.components.get(number)
        return found.members if found else (number,)

    def _cluster(self, connected: set[int], holds: Holds) -> None:
        """Cluster one component and keep what was found, for each of its members."""
        records = self.store.records
        members = sorted(connected, key=lambda number: records[number])
        place = {number: at for at, number in enumerate(members)}
        numbers = np.array(members, dtype=np.int64)
        forbidden = {
            (place[one], place[other])
            for one in members
            for other in holds.forbidden(one)
            if other in place and place[one] < place[other]
        }
        packed = self.store.packed

        def apart(left: npt.NDArray[np.int64], right: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
            return contradict(packed, numbers[left], numbers[right])

        label, cut = [0] * len(members), []
        if not is_one(len(members), forbidden, apart):
            found = cluster(len(members), _links(place, holds), forbidden, apart)
            label, cut = found.label.tolist(), [(members[one], members[other], why) for one, other, why in found.cut]
        component = Component(tuple(members), tuple((records[one], records[other], why) for one, other, why in cut))
        for at, number in enumerate(members):
            self.components[number] = component
            self.label[number] = members[label[at]]


def _connected(start: int, partners: Callable[[int], Sequence[int]]) -> set[int]:
    found, pending = {start}, [start]
    while pending:
        for other in partners(pending.pop()):
            if other not in found:
                found.add(other)
                pending.append(other)
    return found


def _links(place: Mapping[int, int], holds: Holds) -> Links:
    """Return the links that hold among records (numbers, to their places)."""
    pairs = [(one, other) for one in place for other in holds.partners(one) if place[one] < place[other]]
    edges = [holds.edge(pair) for pair in pairs]
    judged = np.array([by_person for _, by_person in edges], dtype=np.bool_)
    return Links(
        left=np.array([place[one] for one, _ in pairs], dtype=np.int64),
        right=np.array([place[other] for _, other in pairs], dtype=np.int64),
        weight=np.array([edge.weight for edge, _ in edges]),
        sure=judged | np.array([edge.tier == 2 for edge, _ in edges], dtype=np.bool_),
        judged=judged,
    )
