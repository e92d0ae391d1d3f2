"""Turn links into clusters when some of the links cannot all be true.

Input: links, binding verdicts, and a test of which two records cannot be one person. Output: a cluster for every
record, named after its smallest record. The result depends on neither the order of the records nor earlier results, so
an undone judgement leaves no trace. A "no match" verdict is never overridden.

Clusters are connected components, with one exception. A component that is large, or that holds two records that must
stay apart, is rebuilt from its links, strongest first. A link is cut if it would join records that must stay apart, or
if it is a weak bridge: two groups joined by fewer links than half the records of the smaller group.
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
Contradiction = Callable[[Integers, Integers], Flags]

LARGE = 6  # Records. In smaller components a single link is never too few.
WATCHED = 12  # Records. Larger clusters are listed for inspection.
_ENOUGH = 0.5  # Required links between two groups, per record of the smaller.
_MOST_PAIRED = 400  # Records of a component among which all pairs are tested.


@dataclass(frozen=True)
class Links:
    """Links by record number. ``sure``: judged, or on strong evidence; never cut as a weak bridge. ``by_person``:
    judged; overrides a contradiction, but never a "no match" verdict."""

    left: Integers
    right: Integers
    weight: npt.NDArray[np.float64]
    sure: Flags
    by_person: Flags


@dataclass(frozen=True)
class Clusters:
    """``label``: for each record the smallest record number of its cluster. ``cut``: the cut links, with reasons.
    ``watched``: the labels of unusually large clusters."""

    label: Integers
    cut: tuple[tuple[int, int, str], ...]
    watched: tuple[int, ...]


def cluster(count: int, links: Links, forbidden: set[tuple[int, int]], contradict: Contradiction) -> Clusters:
    """Return the clusters of ``count`` records.

    ``forbidden``: pairs (left < right) judged no match. ``contradict``: tells which pairs of records contradict each
    other on verified evidence.
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
    contradicted = _contradicted(order, starts, sizes, contradict)
    doubtful = (sizes >= LARGE) | np.isin(label[order[starts]], [*forbidden_by, *contradicted])
    for start, size in zip(starts[doubtful].tolist(), sizes[doubtful].tolist(), strict=True):
        name = int(label[order[start]])
        first, last = np.searchsorted(edge_label, [name, name + 1])
        members = order[start : start + size]
        within = forbidden_by.get(name, set())
        splitting = _ComponentSplitter(
            members.tolist(), {"judged_no_match": within, "contradiction": contradicted.get(name, set())}
        )
        label[members] = splitting.run(links, edges_of[first:last])
        cut.extend(splitting.cut)
    watched = np.flatnonzero(np.bincount(label, minlength=1) > WATCHED)
    return Clusters(label, tuple(sorted(cut)), tuple(watched.tolist()))


def is_one(count: int, forbidden: set[tuple[int, int]], contradict: Contradiction) -> bool:
    """Tell whether ``count`` connected records are one cluster whatever their links."""
    if forbidden or count >= LARGE:
        return False
    pairs = np.array([*combinations(range(count), 2)], dtype=np.int64).reshape(-1, 2)
    return not contradict(pairs[:, 0], pairs[:, 1]).any()


def components(count: int, left: Integers, right: Integers) -> Integers:
    """Return for each record the smallest record it is connected with."""
    graph = coo_matrix((np.ones(len(left), dtype=np.int8), (left, right)), shape=(count, count))
    _, component = connected_components(graph, directed=False)
    smallest = np.full(count, count, dtype=np.int64)
    np.minimum.at(smallest, component, np.arange(count))
    return np.asarray(smallest[component])


def _contradicted(
    order: Integers, starts: Integers, sizes: Integers, contradict: Contradiction
) -> dict[int, set[tuple[int, int]]]:
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
    pairs_by_component: dict[int, set[tuple[int, int]]] = {}
    against = np.flatnonzero(contradict(left, right))
    for place in against.tolist():
        pairs_by_component.setdefault(int(name[place]), set()).add((int(left[place]), int(right[place])))
    return pairs_by_component


class _ComponentSplitter:
    """Rebuild one component from its links, strongest first.

    For each group (a single record at first) it tracks how many links lead to each other group, and from which groups
    it must stay apart, and why. Joining merges the smaller group into the larger, so the work is almost linear in the
    links.
    """

    def __init__(self, members: list[int], must_stay_apart: dict[str, set[tuple[int, int]]]) -> None:
        self._group = {record: record for record in members}
        self._records = {record: [record] for record in members}
        self._links: dict[int, dict[int, int]] = {record: {} for record in members}
        self._apart: dict[str, dict[int, set[int]]] = {
            reason: {record: set() for record in members} for reason in must_stay_apart
        }
        for reason, pairs in must_stay_apart.items():
            for left, right in pairs:
                self._apart[reason][left].add(right)
                self._apart[reason][right].add(left)
        self.cut: list[tuple[int, int, str]] = []

    def run(self, links: Links, edges: Integers) -> list[int]:
        """Return for each member the smallest record of its group."""
        left, right = links.left[edges], links.right[edges]
        order = np.lexsort((right, left, -links.weight[edges], ~links.by_person[edges]))
        columns = [column[edges[order]].tolist() for column in (links.left, links.right, links.by_person, links.sure)]
        for i, j in zip(left.tolist(), right.tolist(), strict=True):
            self._links[i][j] = self._links[i].get(j, 0) + 1
            self._links[j][i] = self._links[j].get(i, 0) + 1
        cut = []
        for i, j, by_person, sure in zip(*columns, strict=True):
            first, second = self._group[i], self._group[j]
            reason = self._obstacle(first, second, by_person=by_person, sure=sure) if first != second else ""
            if reason:
                cut.append((i, j, reason))
            elif first != second:
                self._join(first, second)
        self.cut = [cut_link for cut_link in cut if self._group[cut_link[0]] != self._group[cut_link[1]]]
        smallest = {group: min(records) for group, records in self._records.items()}
        return [smallest[group] for group in self._group.values()]

    def _obstacle(self, left: int, right: int, *, by_person: bool, sure: bool) -> str:
        """Return why this link may not join two groups; empty where it may."""
        if right in self._apart["judged_no_match"][left]:
            return "judged_no_match"
        if not by_person and right in self._apart["contradiction"][left]:
            return "contradiction"
        smaller = min(len(self._records[left]), len(self._records[right]))
        return "" if sure or self._links[left][right] >= _ENOUGH * smaller else "weak_bridge"

    def _join(self, left: int, right: int) -> None:
        if len(self._links[left]) + len(self._records[left]) < len(self._links[right]) + len(self._records[right]):
            left, right = right, left
        for record in self._records[right]:
            self._group[record] = left
        self._records[left] += self._records.pop(right)
        for group, count in self._links.pop(right).items():
            del self._links[group][right]
            if group != left:
                self._links[left][group] = self._links[left].get(group, 0) + count
                self._links[group][left] = self._links[left][group]
        for apart in self._apart.values():
            for group in apart.pop(right):
                apart[group].discard(right)
                if group != left:
                    apart[group].add(left)
                    apart[left].add(group)
