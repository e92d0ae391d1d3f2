"""Build the network of an operation: a typed, dated table of edges between persons, things, actions, places and crimes.

In: the register's tables, identifiers, clusters and links of things, all cut to what one reader may see. Out: a
:class:`Network`. Guaranteed: stopped identifiers, those with a failed check digit and those that too many persons hold
join nothing; a migrant who is nothing else is no node; an edge has the strictest handling of its rows and its ends.
Persons are named by their first record, things by the first row that shows them; no value is in the result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from traboule.analysis.columns import (
    Flags,
    Ints,
    days,
    exploded,
    handling_levels,
    numbers_at,
    places_in,
    texts,
)
from traboule.analysis.raids import FiledActions, merge_raids, same_holder
from traboule.linkage.cluster import components
from traboule.linkage.fields.identifier_columns import ISSUED, read_identifiers
from traboule.linkage.stop_list import IdentifierStopList
from traboule.register.protected import EXPOSED_ROLES, VICTIM_ROLES

MIGRANT_ROLES = ("irregular_migrant", "smuggled_migrant")
THING_KINDS = ("company", "advert", "address")  # Their variants are linked as things; any number of persons may share.


class NodeKind(IntEnum):
    """What a node is."""

    PERSON = 0
    IDENTIFIER = 1
    COMPANY = 2
    ACTION = 3
    PLACE = 4
    CRIME = 5


class EdgeKind(IntEnum):
    """What an edge says. The first three join nodes into groups; shared places and crimes are too weak to join."""

    SHOWN_BY = 0  # identifier or company – person
    USED_IN = 1  # identifier or company – action
    TOOK_PART = 2  # person – action
    TOOK_PLACE = 3  # action – place
    CONCERNS = 4  # action – crime


JOINING = 3


@dataclass(frozen=True, slots=True)
class NetworkInputs:
    """What a reader may see. ``clusters``: record and cluster. ``things``: pairs of rows that show one thing."""

    tables: Mapping[str, pa.Table]
    identifiers: pa.Table
    clusters: pa.Table
    things: Sequence[tuple[str, str]]
    stops: IdentifierStopList


@dataclass(frozen=True, slots=True)
class NetworkNodes:
    """One element for each node. ``detail``: kind of identifier, country or crime. ``handling``: 0 to 3.

    ``exposed``: a person who is a suspect or was arrested. ``protected``: one who is or may be a victim, or has any
    other role that protects.
    """

    kind: Ints
    name: npt.NDArray[np.object_]
    detail: npt.NDArray[np.object_]
    handling: Ints
    exposed: Flags
    protected: Flags

    def __len__(self) -> int:
        return len(self.kind)


@dataclass(frozen=True, slots=True)
class NetworkEdges:
    """One element for each edge: its ends as numbers of nodes, how many rows say so, first and last day (-1: none)."""

    left: Ints
    right: Ints
    kind: Ints
    rows: Ints
    first: Ints
    last: Ints
    handling: Ints

    def __len__(self) -> int:
        return len(self.left)


@dataclass(frozen=True, slots=True)
class Network:
    """NetworkNodes and edges, and the node of each record of a person and of an action."""

    nodes: NetworkNodes
    edges: NetworkEdges
    person_of: Mapping[str, int]
    action_of: Mapping[str, int]

    def of_kind(self, *kinds: NodeKind) -> Flags:
        """Tell which nodes are of one of ``kinds``."""
        return np.isin(self.nodes.kind, kinds)


@dataclass(slots=True)
class _Parts:
    """NetworkNodes and edges being collected."""

    kinds: list[Ints]
    names: list[npt.NDArray[np.object_]]
    details: list[npt.NDArray[np.object_]]
    edges: list[tuple[Ints, Ints, Ints, Ints, Ints]]
    size: int = 0

    def add_nodes(self, kind: Ints, names: Any, details: Any) -> int:
        """Add nodes and return the number of the first."""
        first = self.size
        self.kinds.append(kind.astype(np.int64))
        self.names.append(np.asarray(names, dtype=object))
        self.details.append(np.asarray(details, dtype=object))
        self.size += len(kind)
        return first

    def add_edges(self, kind: EdgeKind, left: Ints, right: Ints, day: Ints, handling: Ints) -> None:
        """Add an edge for each row of which both ends are nodes."""
        is_whole = (left >= 0) & (right >= 0)
        size = int(is_whole.sum())
        self.edges.append(
            (left[is_whole], right[is_whole], np.full(size, kind, np.int64), day[is_whole], handling[is_whole])
        )


def build_network(inputs: NetworkInputs) -> Network:
    """Return the network of what the reader may see."""
    parts = _Parts([], [], [], [])
    tables = inputs.tables
    records, cluster = _persons(tables, inputs.clusters)
    names, node = np.unique(cluster, return_inverse=True)
    exposed, victims, migrants = (
        _with_role(tables, records, node, len(names), roles) for roles in (EXPOSED_ROLES, VICTIM_ROLES, MIGRANT_ROLES)
    )
    if tables["arrests"].num_rows:
        exposed |= _marked(places_in(records, texts(tables["arrests"], "person_record")), node, len(names))
    if tables["victims"].num_rows:
        victims |= _marked(places_in(records, texts(tables["victims"], "person_record")), node, len(names))
    has_other_role = _with_other_role(tables, records, node, len(names))
    is_node = exposed | victims | ~migrants
    number = np.where(is_node, np.cumsum(is_node) - 1, -1)
    count = int(is_node.sum())
    parts.add_nodes(np.full(count, NodeKind.PERSON), names[is_node], np.full(count, ""))
    person = number[node]
    identified = _identifier_rows(inputs, records, person)
    actions = merge_raids(
        tables, records, person, same_holder(count, identified.item, identified.owner, identified.is_own)
    )
    first = np.unique(actions.node, return_index=True)[1]
    parts.add_nodes(np.full(len(first), NodeKind.ACTION), actions.records[first], actions.country[first])
    actions = replace(actions, node=actions.node + count)
    _add_places_and_crimes(parts, tables["actions"], actions)
    _add_participations(parts, tables, records, person, actions)
    _add_identifiers(parts, inputs, identified, (victims | has_other_role)[is_node], actions)
    nodes_handling = np.zeros(parts.size, dtype=np.int64)
    own = person[places_in(records, texts(tables["people"], "record"))]
    np.maximum.at(nodes_handling, own[own >= 0], handling_levels(tables["people"])[own >= 0])
    np.maximum.at(nodes_handling, actions.node, actions.handling)
    padding = parts.size - count
    nodes = NetworkNodes(
        np.concatenate(parts.kinds),
        np.concatenate(parts.names),
        np.concatenate(parts.details),
        nodes_handling,
        np.r_[exposed[is_node], np.zeros(padding, np.bool_)],
        np.r_[(victims | has_other_role)[is_node], np.zeros(padding, np.bool_)],
    )
    person_of = dict(zip(records.tolist(), person.tolist(), strict=True))
    action_of = dict(zip(actions.records.tolist(), actions.node.tolist(), strict=True))
    return Network(nodes, _merged(parts, nodes_handling), person_of, action_of)


def _persons(tables: Mapping[str, pa.Table], clusters: pa.Table) -> tuple[Any, Any]:
    """Return the records of persons, sorted, and the cluster of each; a record in none stands for itself."""
    records = np.sort(texts(tables["people"], "record"))
    linked = texts(clusters, "record")
    order = np.argsort(linked)
    place = places_in(linked[order], records)
    cluster = texts(clusters, "cluster")[order]
    return records, np.where(place >= 0, cluster[np.maximum(place, 0)], records) if len(cluster) else records


def _with_role(tables: Mapping[str, pa.Table], records: Any, node: Ints, size: int, roles: Sequence[str]) -> Flags:
    table = tables["roles"]
    chosen = table.filter(pc.is_in(table["role"], pa.array(roles)))
    return _marked(places_in(records, texts(chosen, "person_record")), node, size)


def _with_other_role(tables: Mapping[str, pa.Table], records: Any, node: Ints, size: int) -> Flags:
    table = tables["roles"]
    chosen = table.filter(pc.invert(pc.is_in(table["role"], pa.array(EXPOSED_ROLES))))
    return _marked(places_in(records, texts(chosen, "person_record")), node, size)


def _marked(place: Ints, node: Ints, size: int) -> Flags:
    marked = np.zeros(size, dtype=np.bool_)
    marked[node[place[place >= 0]]] = True
    return marked


def _add_places_and_crimes(parts: _Parts, table: pa.Table, actions: FiledActions) -> None:
    """Add countries and crimes, and what ties the actions to them."""
    day, handling, own = actions.day, actions.handling, actions.node
    countries, place = np.unique(actions.country, return_inverse=True)
    first = parts.add_nodes(np.full(len(countries), NodeKind.PLACE), countries, countries)
    parts.add_edges(EdgeKind.TOOK_PLACE, own, place + first, day, handling)
    row, code = exploded(table.take(actions.row), "crime_types")
    crimes, place = np.unique(code, return_inverse=True)
    first = parts.add_nodes(np.full(len(crimes), NodeKind.CRIME), crimes, crimes)
    parts.add_edges(EdgeKind.CONCERNS, own[row], place + first, day[row], handling[row])


def _add_participations(
    parts: _Parts, tables: Mapping[str, pa.Table], records: Any, person: Ints, actions: FiledActions
) -> None:
    """Add who took part in which action, from roles and arrests."""
    for name, dated in (("roles", "start"), ("arrests", "at")):
        table = tables[name]
        left = numbers_at(person, places_in(records, texts(table, "person_record")))
        right = _node_of_action(table, actions)
        parts.add_edges(EdgeKind.TOOK_PART, left, right, days(table, dated), handling_levels(table))


@dataclass(frozen=True, slots=True)
class _JoiningRows:
    """The rows of identifiers that may join: row and its name, kind, the thing it shows, and the person who shows it.

    ``is_own``: of a kind that belongs to a person, as a passport or a telephone does.
    """

    kinds: Any
    row: Ints
    names: Any
    kind: Ints
    item: Ints
    owner: Ints
    is_own: Flags


def _identifier_rows(inputs: NetworkInputs, records: Any, person: Ints) -> _JoiningRows:
    """Return what may join: no stopped identifier, no placeholder, none whose check digit fails, no case number."""
    table = inputs.identifiers
    filed = read_identifiers(table, np.arange(table.num_rows), inputs.stops)
    kinds = np.asarray(filed.kinds, dtype=object)
    is_good = (filed.reason == 0) & ~filed.failed & (kinds[filed.kind] != "case_number")
    row, kind = filed.record[is_good], filed.kind[is_good]
    is_issued = np.isin(kinds, sorted(ISSUED))[kind]
    key = np.stack([kind, filed.normal[is_good], np.where(is_issued, filed.issuer[is_good], -1)], axis=1)
    _, shared_thing = np.unique(key, axis=0, return_inverse=True)
    names = texts(table, "record")[row]
    item = _one_thing(shared_thing.reshape(-1), names, inputs.things)
    owner = numbers_at(person, places_in(records, texts(table, "person_record")[row]))
    return _JoiningRows(kinds, row, names, kind, item, owner, ~np.isin(kinds, THING_KINDS)[kind])


def _add_identifiers(
    parts: _Parts, inputs: NetworkInputs, identified: _JoiningRows, is_protected: Flags, actions: FiledActions
) -> None:
    """Add the things that may join, each once, and with whom and in which action they were seen."""
    table, kinds, kind = inputs.identifiers, identified.kinds, identified.kind
    item, owner = identified.item, identified.owner
    limits = np.array(
        [table.num_rows if code in THING_KINDS else inputs.stops.limits.get(code, inputs.stops.most) for code in kinds],
        dtype=np.int64,
    )
    size = int(item.max(initial=-1)) + 1
    holders = np.unique(np.stack([item[owner >= 0], owner[owner >= 0]], axis=1), axis=0)[:, 0]
    is_common = np.bincount(holders, minlength=size)[item] > limits[kind]
    state = np.unique(texts(table, "unit")[identified.row], return_inverse=True)[1].reshape(-1)
    joins = ~(is_common | _is_of_shelter(item, owner, state, is_protected))
    row, kind, item, names, owner = (column[joins] for column in (identified.row, kind, item, identified.names, owner))
    order = np.lexsort((names, item))
    starts = order[np.r_[True, np.diff(item[order]) > 0]] if len(order) else order
    _, number = np.unique(item, return_inverse=True)
    code = kinds[kind[starts]]
    node_kind = np.where(code == "company", NodeKind.COMPANY, NodeKind.IDENTIFIER)
    first = parts.add_nodes(node_kind, names[starts], code)
    chosen = table.take(row)
    day, handling = days(chosen, "first_seen"), handling_levels(chosen)
    parts.add_edges(EdgeKind.SHOWN_BY, number + first, owner, day, handling)
    parts.add_edges(EdgeKind.USED_IN, number + first, _node_of_action(chosen, actions), day, handling)


def _is_of_shelter(shared_thing: Ints, owner: Ints, state: Ints, is_protected: Flags) -> Flags:
    """Tell which rows show a thing that several protected persons of one state share, and nobody and nothing else.

    It may be a shelter's or a hotline's, whom nobody has put on the stop-list yet.
    """
    size = int(shared_thing.max(initial=-1)) + 1
    is_victims = np.zeros(len(shared_thing), dtype=np.bool_)
    has_owner = owner >= 0
    is_victims[has_owner] = is_protected[owner[has_owner]]
    all_victims = np.bincount(shared_thing, weights=~is_victims, minlength=size) == 0
    pairs = np.unique(np.stack([shared_thing, state], axis=1), axis=0)[:, 0]
    holders = np.unique(np.stack([shared_thing, owner], axis=1), axis=0)[:, 0]
    is_one_state = np.bincount(pairs, minlength=size) == 1
    return np.asarray((all_victims & is_one_state & (np.bincount(holders, minlength=size) > 1))[shared_thing])


def _one_thing(shared_thing: Ints, names: Any, links: Sequence[tuple[str, str]]) -> Ints:
    """Return the number of each row's thing, once the rows that ``links`` take for one thing are one."""
    if not links:
        return shared_thing
    order = np.argsort(names)
    ends = np.asarray(links, dtype=object)
    left, right = (places_in(names[order], ends[:, side]) for side in (0, 1))
    is_whole = (left >= 0) & (right >= 0)
    size = int(shared_thing.max(initial=-1)) + 1
    ends_of = [shared_thing[order[place[is_whole]]] for place in (left, right)]
    return components(size, ends_of[0], ends_of[1])[shared_thing]


def _node_of_action(table: pa.Table, actions: FiledActions) -> Ints:
    return numbers_at(actions.node, places_in(actions.records, texts(table, "action_record")))


def _merged(parts: _Parts, handling_of: Ints) -> NetworkEdges:
    """Return each edge once, with how many rows say so, its days, and the strictest handling of rows and ends."""
    columns = [np.concatenate([edge[place] for edge in parts.edges]) for place in range(5)]
    left, right, kind, day, handling = columns
    order = np.lexsort((right, left, kind))
    left, right, kind, day, handling = (column[order] for column in columns)
    size = len(left)
    is_new = np.ones(size, dtype=np.bool_)
    is_new[1:] = (np.diff(left) != 0) | (np.diff(right) != 0) | (np.diff(kind) != 0)
    start = np.flatnonzero(is_new)
    if not len(start):
        empty = np.zeros(0, dtype=np.int64)
        return NetworkEdges(empty, empty, empty, empty, empty, empty, empty)
    undated = np.iinfo(np.int64).max
    first = np.minimum.reduceat(np.where(day < 0, undated, day), start)
    strictest = np.maximum.reduceat(handling, start)
    left, right = left[start], right[start]
    return NetworkEdges(
        left,
        right,
        kind[start],
        np.diff(np.r_[start, size]),
        np.where(first == undated, -1, first),
        np.maximum.reduceat(day, start),
        np.maximum(strictest, np.maximum(handling_of[left], handling_of[right])),
    )
