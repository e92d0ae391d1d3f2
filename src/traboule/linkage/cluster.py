"""From links to persons: which records are one, when links are many and some of them cannot all be true.

In come links that hold, verdicts that bind, and a test of which two records cannot be one person; out goes a cluster
for every record. It promises: pure; order-free; recomputed from its inputs alone, so that an undone judgement leaves
no trace; a verdict of no match is never overridden; a cluster's name is its smallest record's.

Clusters are connected components, except where a component holds two records that must stay apart, or is large: there
links are taken strongest first, and one that would join what must stay apart is cut, as is one between two groups that
have fewer links between them than half the records of the smaller.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Apart = Callable[[Integers, Integers], Flags]

LARGE = 6  # Records. Smaller components have no two groups that one link could be too few for.
WATCHED = 12  # Records. Larger clusters are listed for a person to look at.
_ENOUGH = 0.5  # Links between two groups, for each record of the smaller.
_MOST_PAIRED = 400  # Records of one component among which every pair is tested.


@dataclass(frozen=True)
class Links:
    """Links that hold, by record number. ``sure``: judged, or on strong evidence; never cut as a weak bridge.
    ``judged``: by a person; overrides a contradiction, but never a verdict of no match."""

    left: Integers
    right: Integers
    weight: npt.NDArray[np.float64]
    sure: Flags
    judged: Flags


@dataclass(frozen=True)
class Clusters:
    """``label``: for each record the smallest record number of its cluster. ``cut``: links cut, with why.
    ``watched``: the labels of clusters larger than a person is usually filed."""

    label: Integers
    cut: tuple[tuple[int, int, str], ...]
    watched: tuple[int, ...]


def cluster(count: int, links: Links, forbidden: set[tuple[int, int]], apart: Apart) -> Clusters:
    """Return the clusters of ``count`` records.

    ``forbidden``: pairs (left < right) judged no match. ``apart``: tells of pairs of records whether what was verified
    of them contradicts.
    """
    label = components(count, links.left, links.right)
    cut: list[tuple[int, int, str]] = []
    edges_of = np.argsort(label[links.left], kind="stable") if len(links.left) else np.zeros(0, dtype=np.int64)
    edge_label = label[links.left][edges_of]
    order = np.argsort(label, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(label[order]) > 0]) if count else np.zeros(0, dtype=np.int64)
    sizes = np.diff(np.r_[starts, count])
    forbidden_by: dict[int, set[tuple[int, int]]] = {}
    for left, right in forbidden:
        if label[left] == label[right]:
            forbidden_by.setdefault(int(label[left]), set()).add((left, right))
    contradicted = _contradicted(order, starts, sizes, apart)
    doubtful = (sizes >= LARGE) | np.isin(label[order[starts]], [*forbidden_by, *contradicted])
    for start, size in zip(starts[doubtful].tolist(), sizes[doubtful].tolist(), strict=True):
        name = int(label[order[start]])
        first, last = np.searchsorted(edge_label, [name, name + 1])
        members = order[start : start + size]
        within = forbidden_by.get(name, set())
        splitting = _Splitting(
            members.tolist(), {"judged_no_match": within, "contradiction": contradicted.get(name, set())}
        )
        label[members] = splitting.run(links, edges_of[first:last])
        cut.extend(splitting.cut)
    watched = np.flatnonzero(np.bincount(label, minlength=1) > WATCHED)
    return Clusters(label, tuple(sorted(cut)), tuple(watched.tolist()))


def is_one(count: int, forbidden: set[tuple[int, int]], apart: Apart) -> bool:
    """Tell whether so many records that links hold together are one cluster as they are, whatever these links."""
    if forbidden or count >= LARGE:
        return False
    pairs = np.array([*combinations(range(count), 2)], dtype=np.int64).reshape(-1, 2)
    return not apart(pairs[:, 0], pairs[:, 1]).any()


def components(count: int, left: Integers, right: Integers) -> Integers:
    """Return for each record the smallest record it is connected with."""
    graph = coo_matrix((np.ones(len(left), dtype=np.int8), (left, right)), shape=(count, count))
    _, component = connected_components(graph, directed=False)
    smallest = np.full(count, count, dtype=np.int64)
    np.minimum.at(smallest, component, np.arange(count))
    return np.asarray(smallest[component])


def _contradicted(order: Integers, starts: Integers, sizes: Integers, apart: Apart) -> dict[int, set[tuple[int, int]]]:
    """Return, by component, the pairs within it that contradict each other."""
    lefts, rights = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    names = [np.zeros(0, dtype=np.int64)]
    for size in np.unique(sizes[sizes >= 2]).tolist():
        block = order[starts[sizes == size][:, None] + np.arange(min(size, _MOST_PAIRED))]
        low, high = np.triu_indices(block.shape[1], 1)
        lefts.append(block[:, low].ravel())
        rights.append(block[:, high].ravel())
        names.append(np.repeat(block[:, 0], len(low)))
    left, right, name = np.concatenate(lefts), np.concatenate(rights), np.concatenate(names)
    found: dict[int, set[tuple[int, int]]] = {}
    against = np.flatnonzero(apart(left, right))
    for place in against.tolist():
        found.setdefault(int(name[place]), set()).add((int(left[place]), int(right[place])))
    return found


class _Splitting:
    """One component taken apart and put together again, strongest links first.

    For each group (a record to begin with) it is kept how many links lead to each other group, and from which groups
    it must stay apart, and why. Joining two groups adds the smaller's to the larger's, so that the work grows with the
    links and hardly faster.
    """

    def __init__(self, members: list[int], apart: dict[str, set[tuple[int, int]]]) -> None:
        self._group = {record: record for record in members}
        self._records = {record: [record] for record in members}
        self._links: dict[int, dict[int, int]] = {record: {} for record in members}
        self._apart: dict[str, dict[int, set[int]]] = {
            reason: {record: set() for record in members} for reason in apart
        }
        for reason, pairs in apart.items():
            for one, other in pairs:
                self._apart[reason][one].add(other)
                self._apart[reason][other].add(one)
        self.cut: list[tuple[int, int, str]] = []

    def run(self, links: Links, edges: Integers) -> list[int]:
        """Return for each member the smallest record of its group."""
        left, right = links.left[edges], links.right[edges]
        order = np.lexsort((right, left, -links.weight[edges], ~links.judged[edges]))
        taken = [column[edges[order]].tolist() for column in (links.left, links.right, links.judged, links.sure)]
        for one, other in zip(left.tolist(), right.tolist(), strict=True):
            self._links[one][other] = self._links[one].get(other, 0) + 1
            self._links[other][one] = self._links[other].get(one, 0) + 1
        cut = []
        for one, other, judged, sure in zip(*taken, strict=True):
            first, second = self._group[one], self._group[other]
            reason = self._obstacle(first, second, judged=judged, sure=sure) if first != second else ""
            if reason:
                cut.append((one, other, reason))
            elif first != second:
                self._join(first, second)
        self.cut = [each for each in cut if self._group[each[0]] != self._group[each[1]]]
        smallest = {group: min(records) for group, records in self._records.items()}
        return [smallest[group] for group in self._group.values()]

    def _obstacle(self, one: int, other: int, *, judged: bool, sure: bool) -> str:
        """Return why two groups may not be joined by this link; empty where they may."""
        if other in self._apart["judged_no_match"][one]:
            return "judged_no_match"
        if not judged and other in self._apart["contradiction"][one]:
            return "contradiction"
        smaller = min(len(self._records[one]), len(self._records[other]))
        return "" if sure or self._links[one][other] >= _ENOUGH * smaller else "weak_bridge"

    def _join(self, one: int, other: int) -> None:
        if len(self._links[one]) + len(self._records[one]) < len(self._links[other]) + len(self._records[other]):
            one, other = other, one
        for record in self._records[other]:
            self._group[record] = one
        self._records[one] += self._records.pop(other)
        for group, many in self._links.pop(other).items():
            del self._links[group][other]
            if group != one:
                self._links[one][group] = self._links[one].get(group, 0) + many
                self._links[group][one] = self._links[one][group]
        for apart in self._apart.values():
            for group in apart.pop(other):
                apart[group].discard(other)
                if group != one:
                    apart[group].add(one)
                    apart[one].add(group)
