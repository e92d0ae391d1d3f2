"""From links to persons: which records are one, when links are many and some of them cannot all be true.

In come links that hold, verdicts that bind, and a test of which two records cannot be one person; out goes a cluster
for every record. It promises: pure; order-free; recomputed from its inputs alone, so that an undone judgement leaves
no trace; a verdict of no match is never overridden; a cluster's name is its smallest record's.

Clusters are connected components, except where a component holds two records that must stay apart, or is large and
hangs together by a single link: there links are taken strongest first, and one that would join what must stay apart,
or is the only one between two groups of three or more, is cut.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Apart = Callable[[Integers, Integers], Flags]

LARGE = 6  # Records. From here on a component must hang together by more than one link.
WATCHED = 12  # Records. Larger clusters are listed for a person to look at.
_GROUP = 3
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
    label = _components(count, links.left, links.right)
    cut: list[tuple[int, int, str]] = []
    edges_of = np.argsort(label[links.left], kind="stable") if len(links.left) else np.zeros(0, dtype=np.int64)
    edge_label = label[links.left][edges_of]
    order = np.argsort(label, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(label[order]) > 0]) if count else np.zeros(0, dtype=np.int64)
    sizes = np.diff(np.r_[starts, count])
    forbidden_labels = {int(label[left]) for left, right in forbidden if label[left] == label[right]}
    contradicted = _contradicted(order, starts, sizes, apart)
    for start, size in zip(starts.tolist(), sizes.tolist(), strict=True):
        name = int(label[order[start]])
        if name not in forbidden_labels and name not in contradicted and size <= LARGE:
            continue
        first, last = np.searchsorted(edge_label, [name, name + 1])
        members = order[start : start + size]
        kept_apart = contradicted.get(name, set())
        splitting = _Splitting(forbidden, kept_apart, watch_bridges=size > LARGE)
        for record, owner in splitting.run(members, links, edges_of[first:last]).items():
            label[record] = owner
        cut.extend(splitting.cut)
    watched = np.unique(label, return_counts=True)
    return Clusters(label, tuple(sorted(cut)), tuple(watched[0][watched[1] > WATCHED].tolist()))


def _components(count: int, left: Integers, right: Integers) -> Integers:
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


@dataclass
class _Splitting:
    """One component taken apart and put together again, strongest links first."""

    forbidden: set[tuple[int, int]]
    apart: set[tuple[int, int]]
    watch_bridges: bool
    cut: list[tuple[int, int, str]] = field(default_factory=list)
    _owner: dict[int, int] = field(default_factory=dict)
    _members: dict[int, list[int]] = field(default_factory=dict)

    def run(self, members: Integers, links: Links, edges: Integers) -> dict[int, int]:
        """Return the owner (smallest record of its group) of each member."""
        self._owner = {int(record): int(record) for record in members}
        self._members = {record: [record] for record in self._owner}
        order = sorted(
            edges.tolist(),
            key=lambda edge: (
                not links.judged[edge],
                -float(links.weight[edge]),
                int(links.left[edge]),
                int(links.right[edge]),
            ),
        )
        pairs = [(int(links.left[edge]), int(links.right[edge])) for edge in order]
        for place, edge in enumerate(order):
            one, other = (self._owner[record] for record in pairs[place])
            if one == other:
                continue
            reason = self._obstacle(one, other, pairs, judged=bool(links.judged[edge]), sure=bool(links.sure[edge]))
            if reason:
                self.cut.append((*pairs[place], reason))
            else:
                self._join(one, other)
        return self._owner

    def _obstacle(self, one: int, other: int, pairs: list[tuple[int, int]], *, judged: bool, sure: bool) -> str:
        """Return why two groups may not be joined by this link; empty where they may."""
        across = [(min(left, right), max(left, right)) for left in self._members[one] for right in self._members[other]]
        if any(pair in self.forbidden for pair in across):
            return "judged_no_match"
        if not judged and any(pair in self.apart for pair in across):
            return "contradiction"
        small = min(len(self._members[one]), len(self._members[other])) < _GROUP
        if not self.watch_bridges or sure or small:
            return ""
        between = sum({self._owner[left], self._owner[right]} == {one, other} for left, right in pairs)
        return "weak_bridge" if between < 2 else ""

    def _join(self, one: int, other: int) -> None:
        first, second = min(one, other), max(one, other)
        for record in self._members[second]:
            self._owner[record] = first
        self._members[first] += self._members.pop(second)
