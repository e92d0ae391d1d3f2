"""Find who holds a group together: persons without whom parts of it would not be connected.

In: a network and its groups. Out: :class:`Facilitator` rows, those first who tie most. Guaranteed: nobody who is or may
be a victim, or is protected for another reason, is a facilitator; nobody who is not a suspect or arrested is one.
"""

from __future__ import annotations

from dataclasses import dataclass

import networkit as nk
import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import breadth_first_order, connected_components

from traboule.analysis.columns import Ints
from traboule.analysis.groups import Groups, core_of
from traboule.analysis.network import Network, NodeKind


@dataclass(frozen=True, slots=True)
class Facilitator:
    """A person by node: how many ``parts`` the person ties, and how many actions are ``apart`` from the largest."""

    node: int
    group: int
    parts: int
    apart: int


def facilitators(network: Network, groups: Groups) -> list[Facilitator]:
    """Return the articulation points among persons who may be facilitators, by how many actions they tie."""
    core = core_of(network)
    if not len(core.node):
        return []
    graph = nk.GraphFromCoo((core.left.astype(np.uint64), core.right.astype(np.uint64)), n=len(core.node))
    algorithm = nk.components.BiconnectedComponents(graph)
    algorithm.run()
    blocks = algorithm.getComponents()
    member = np.array([node for block in blocks for node in block], dtype=np.int64)
    block = np.repeat(np.arange(len(blocks)), [len(block) for block in blocks])
    nodes = network.nodes
    may_be = (nodes.kind == NodeKind.PERSON) & nodes.exposed & ~nodes.protected
    count = np.bincount(member, minlength=len(core.node))
    chosen = np.flatnonzero(may_be[core.node] & (count > 1))
    weight = (nodes.kind[core.node] == NodeKind.ACTION).astype(np.int64)
    apart = _apart(member, block, weight, chosen)
    rows = [
        Facilitator(int(core.node[place]), int(groups.group[core.node[place]]), int(count[place]), cut)
        for place, cut in zip(chosen.tolist(), apart, strict=True)
        if cut > 0
    ]
    return sorted(rows, key=lambda row: (-row.apart, -row.parts, str(nodes.name[row.node])))


def _apart(member: Ints, block: Ints, weight: Ints, chosen: Ints) -> list[int]:
    """Return for each of ``chosen`` how many actions are outside the largest part that is left without it.

    Nodes and their biconnected components form a forest (the block-cut tree), so that a part is a branch of it.
    """
    size = len(weight)
    total = size + int(block.max(initial=-1)) + 1
    tree = coo_matrix((np.ones(len(member), np.int8), (member, block + size)), shape=(total, total)).tocsr()
    tree = tree + tree.T
    _, component = connected_components(tree, directed=False)
    below = np.r_[weight, np.zeros(total - size, np.int64)]
    actions_of_component = np.bincount(component, weights=below).astype(np.int64)
    parent = np.full(total, -1, dtype=np.int64)
    roots = np.unique(component, return_index=True)[1]
    # One root above all trees makes them one.
    rooted = coo_matrix(
        (np.ones(len(roots), np.int8), (np.full(len(roots), total), roots)), shape=(total + 1, total + 1)
    ).tocsr()
    tree.resize((total + 1, total + 1))
    order, before = breadth_first_order(tree + rooted + rooted.T, total, directed=False)
    parent[order[1:]] = before[order[1:]]
    for node in order[:0:-1].tolist():
        if parent[node] != total:
            below[parent[node]] += below[node]
    children: dict[int, list[int]] = {int(place): [] for place in chosen}
    for child, above in enumerate(parent.tolist()):
        if above in children:
            children[above].append(int(below[child]))
    apart = []
    for place in chosen.tolist():
        parts = [*children[place], int(actions_of_component[component[place]] - below[place])]
        apart.append(sum(parts) - max(parts))
    return apart
