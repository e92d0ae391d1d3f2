"""Partition person records into persons: their clusters, and three readings of the open links.

In: clusters, links, and the person references of the fact tables. Out: the node (cluster) of each record and, for each
reading, the representative of each node: under ``high`` no open link holds, under ``low`` all hold, under ``value``
those of probability ½ or more, never across a judged no-match. Guaranteed: a group is named by its smallest record; the
same links in any order give the same groups (rule 10).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pyarrow as pa
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from traboule.figures.resolved import columns
from traboule.figures.resolved.columns import Flags, Ints, Texts

LIKELY = 0.5


@dataclass(frozen=True, slots=True)
class People:
    """All person records: ``node`` gives each record's cluster, ``names`` each cluster's smallest record."""

    records: Texts
    node: Ints
    names: Texts

    @property
    def nodes(self) -> int:
        """Return how many clusters there are."""
        return len(self.names)


@dataclass(frozen=True, slots=True)
class OpenLinks:
    """Open links between different clusters: nodes, probability and the row of the links table each came from; and the
    pairs of clusters that were judged to be no match, or rejected as unlikely.
    """

    left: Ints
    right: Ints
    probability: Any
    row: Ints
    apart_left: Ints
    apart_right: Ints
    rejected_left: Ints
    rejected_right: Ints


@dataclass(frozen=True, slots=True)
class Partitions:
    """The representative of each node's group under the three readings."""

    high: Ints
    value: Ints
    low: Ints

    def readings(self) -> tuple[Ints, Ints, Ints]:
        """Return value, low, high in the order of a breakdown's cell."""
        return self.value, self.low, self.high


def identify(clusters: pa.Table, references: Sequence[Texts]) -> tuple[People, list[Ints]]:
    """Return the people, and for each array of references the place of each among ``people.records``.

    A record that no cluster names stands alone. References must not be null: the caller names the nameless.
    """
    clustered = columns.texts(clusters, "record")
    cluster = columns.texts(clusters, "cluster")
    # Most records are a cluster of their own, and of those nothing need be looked up.
    non_singletons = np.flatnonzero(~_equal(clustered, cluster))
    wanted = [columns.taken(cluster, non_singletons), *references]
    cluster_places, *places = _places(wanted, clustered)
    unnamed = np.flatnonzero(cluster_places < 0)
    nameless = cast(Any, columns.taken(wanted[0], unnamed)).dictionary_encode()
    cluster_places[unnamed] = len(clustered) + nameless.indices.to_numpy(zero_copy_only=False)
    representative = np.arange(len(clustered), dtype=np.int64)
    representative[non_singletons] = cluster_places
    strays = _strays(references, places, len(clustered))
    pool = pa.concat_arrays([clustered, nameless.dictionary, strays])
    first_stray = len(clustered) + len(nameless.dictionary)
    representative = np.concatenate([representative, first_stray + np.arange(len(strays), dtype=np.int64)])
    is_cluster_name = np.zeros(len(pool), dtype=np.bool_)
    is_cluster_name[representative] = True
    node = (np.cumsum(is_cluster_name, dtype=np.int64) - 1)[representative]
    records = pa.concat_arrays([clustered, strays]) if len(strays) else clustered
    return People(records, node, columns.taken(pool, np.flatnonzero(is_cluster_name))), places


def _equal(left: Texts, right: Texts) -> Flags:
    same = columns.kernels.equal(left, right).fill_null(False)
    return cast(Flags, same.to_numpy(zero_copy_only=False))


def _places(wanted: Sequence[Texts], clustered: Texts) -> list[Ints]:
    """Return where the names of several columns stand; a column that is the known names is not searched."""
    same = [len(column) == len(clustered) and bool(cast(Any, column).equals(clustered)) for column in wanted]
    searched = [column for column, is_clustered in zip(wanted, same, strict=True) if not is_clustered]
    places = columns.places_in(pa.concat_arrays([pa.array([], pa.string()), *searched]), clustered)
    pieces = iter(np.split(places, np.cumsum([len(column) for column in searched])))
    return [np.arange(len(clustered), dtype=np.int64) if is_clustered else next(pieces) for is_clustered in same]


def _strays(references: Sequence[Texts], places: list[Ints], first: int) -> Texts:
    """Return the names that no cluster knows, each once, and put their places, from ``first``, into ``places``."""
    lost = [np.flatnonzero(place < 0) for place in places]
    missing = [columns.taken(column, at) for column, at in zip(references, lost, strict=True) if len(at)]
    strays = cast(Any, pa.concat_arrays([pa.array([], pa.string()), *missing])).dictionary_encode()
    numbers = iter(
        np.split(strays.indices.to_numpy(zero_copy_only=False), np.cumsum([len(column) for column in missing]))
    )
    for place, at in zip(places, lost, strict=True):
        if len(at):
            place[at] = first + next(numbers)
    return cast(Texts, strays.dictionary)


def open_links(links: pa.Table, people: People, ends: tuple[Ints, Ints]) -> OpenLinks:
    """Return the links that are still open between two clusters, and the pairs judged no match or rejected."""
    left, right = (people.node[side] for side in ends)
    if "status" in links.column_names:
        status = columns.texts(links, "status")
        is_open = columns.among(status, ("open",))
        apart, rejected = (columns.among(status, (side,)) for side in ("judged_no_match", "rejected"))
    else:
        is_open = np.ones(links.num_rows, dtype=np.bool_)
        apart, rejected = (np.zeros(links.num_rows, dtype=np.bool_) for _ in range(2))
    between = left != right
    row = np.flatnonzero(is_open & between)
    probability = np.asarray(links.column("probability").to_numpy(), dtype=np.float64)[row]
    apart &= between
    rejected &= between
    return OpenLinks(
        left[row], right[row], probability, row, left[apart], right[apart], left[rejected], right[rejected]
    )


def partitions(people: People, links: OpenLinks) -> Partitions:
    """Return the three readings of the open links."""
    low = joined(people, links.left, links.right)
    likely = links.probability >= LIKELY
    value = joined(people, links.left[likely], links.right[likely])
    if np.any(value[links.apart_left] == value[links.apart_right]):
        value = _respecting_judgements(people, links, likely, value)
    return Partitions(np.arange(people.nodes, dtype=np.int64), value, low)


def joined(people: People, left: Ints, right: Ints) -> Ints:
    """Return the representative of each node once all links left-right hold."""
    labels = np.arange(people.nodes, dtype=np.int64)
    touched, ends = np.unique(np.concatenate([left, right]), return_inverse=True)
    if not len(touched):
        return labels
    component = components(len(touched), ends[: len(left)], ends[len(left) :])
    order = np.argsort(columns.ranks(columns.taken(people.names, touched)))
    _, first = np.unique(component[order], return_index=True)
    labels[touched] = touched[order[first]][component]
    return labels


def components(size: int, left: Ints, right: Ints) -> Ints:
    """Return the component number of each of ``size`` nodes under undirected edges left-right."""
    graph = coo_matrix((np.ones(len(left), dtype=np.int8), (left, right)), shape=(size, size))
    return cast(Ints, connected_components(graph, directed=False)[1].astype(np.int64))


def _respecting_judgements(people: People, links: OpenLinks, likely: Flags, closed: Ints) -> Ints:
    """Grow the groups that would join a judged no-match link by link, likeliest first, skipping what may not join."""
    broken = closed[links.apart_left][closed[links.apart_left] == closed[links.apart_right]]
    inside = likely & np.isin(closed[links.left], broken)
    holding = _ConstrainedGroups(links)
    rows = np.flatnonzero(inside)
    ends = np.concatenate([links.left[rows], links.right[rows]])
    rank = columns.coded(columns.taken(people.names, ends))[0].reshape(2, -1)
    ordered = rows[np.lexsort((rank[1], rank[0], -links.probability[rows]))]
    accepted = [row for row in ordered.tolist() if holding.join(int(links.left[row]), int(links.right[row]))]
    unconstrained = np.flatnonzero(likely & ~inside)
    chosen = np.concatenate([unconstrained, np.array(accepted, dtype=np.int64)])
    return joined(people, links.left[chosen], links.right[chosen])


class _ConstrainedGroups:
    """Groups that remember whom they may not meet."""

    def __init__(self, links: OpenLinks) -> None:
        self._group: dict[int, set[int]] = {}
        self._enemies: dict[int, set[int]] = {}
        for left, right in zip(links.apart_left.tolist(), links.apart_right.tolist(), strict=True):
            self._enemies.setdefault(left, set()).add(right)
            self._enemies.setdefault(right, set()).add(left)

    def join(self, left: int, right: int) -> bool:
        """Join the groups of two nodes unless a judged no-match separates them; return whether they are joined."""
        first = self._group.setdefault(left, {left})
        second = self._group.setdefault(right, {right})
        if first is second:
            return True
        smaller, larger = sorted((first, second), key=len)
        if any(not larger.isdisjoint(self._enemies.get(node, ())) for node in smaller):
            return False
        larger |= smaller
        for node in smaller:
            self._group[node] = larger
        return True
