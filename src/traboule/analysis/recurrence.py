"""List what recurs: persons, telephones, premises, companies and other things seen in several actions.

In: a network. Out: :class:`Recurrent` rows, those first that were seen most. Guaranteed: handles alone; a person who is
or may be a victim is listed only for a reader who sees protected persons, as no other network holds one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from traboule.analysis.columns import iso
from traboule.analysis.network import EdgeKind, Network, NodeKind
from traboule.analysis.recurrent_kinds import KINDS
from traboule.analysis.sightings import incidence, seen_in
from traboule.core.record_names import unit_of


@dataclass(frozen=True, slots=True)
class Recurrent:
    """A person or thing by handle: in how many actions, of which states, from which day to which, for which crimes.

    ``kind`` is one of :data:`~traboule.analysis.recurrent_kinds.KINDS`, ``detail`` the kind of identifier of a thing.
    """

    kind: str
    detail: str
    record: str
    actions: int
    persons: int
    states: tuple[str, ...]
    first: str
    last: str
    crimes: tuple[str, ...]
    handling: str


def recurrence(network: Network) -> list[Recurrent]:
    """Return everything that was seen in more than one action."""
    nodes, edges = network.nodes, network.edges
    seen, holders = seen_in(network)
    concerns = edges.kind == EdgeKind.CONCERNS
    crimes = incidence(edges.left[concerns], edges.right[concerns], len(nodes), len(nodes))
    placed = edges.kind == EdgeKind.TOOK_PLACE
    day = np.full(len(nodes), -1, dtype=np.int64)
    day[edges.left[placed]] = edges.first[placed]
    persons = np.diff(holders.indptr)
    rows = []
    for node in np.flatnonzero(np.diff(seen.indptr) > 1).tolist():
        actions = seen.indices[seen.indptr[node] : seen.indptr[node + 1]]
        dated = day[actions][day[actions] >= 0]
        rows.append(
            Recurrent(
                kind=_kind(network, node),
                detail=str(nodes.detail[node]),
                record=str(nodes.name[node]),
                actions=len(actions),
                persons=int(persons[node]),
                states=tuple(sorted({unit_of(str(nodes.name[action])) for action in actions.tolist()})),
                first=iso(int(dated.min())) if len(dated) else "",
                last=iso(int(dated.max())) if len(dated) else "",
                crimes=tuple(sorted({str(nodes.name[crime]) for crime in crimes[actions].indices.tolist()})),
                handling=f"H{int(nodes.handling[[node, *actions.tolist()]].max())}",
            )
        )
    return sorted(rows, key=lambda row: (-row.actions, -len(row.states), row.record, row.kind))


def _kind(network: Network, node: int) -> str:
    nodes = network.nodes
    if nodes.kind[node] == NodeKind.PERSON:
        return "victim" if nodes.protected[node] else "suspect"
    if nodes.kind[node] == NodeKind.COMPANY:
        return "company"
    detail = str(nodes.detail[node])
    return detail if detail in KINDS else "thing"
