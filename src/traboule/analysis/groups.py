"""Find groups: parts of the network that hold together, and how firmly.

In: a network. Out: :class:`Groups`. Guaranteed: the same network gives the same groups: Leiden runs on one thread from
fixed seeds (Traag et al. 2019; networkit). A group joins at least two actions. Its stability is how much of it is found
again over 20 seeds and three resolutions; what falls apart is called unstable and gets no name.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import networkit as nk
import numpy as np

from traboule.analysis.columns import Flags, Floats, Ints
from traboule.analysis.network import JOINING, Network, NodeKind
from traboule.linkage.cluster import components

SEEDS = 20
RESOLUTIONS = (0.5, 1.0, 2.0)
STABLE = 0.75  # Mean share of a group that is found again; below it the group is not named.
_LEAST_ACTIONS = 2
# A connected part of fewer actions is a group as it is; modularity would split two raids and a telephone.
_LEAST_TO_SPLIT = 6
_LIBRARY = threading.Lock()  # networkit has one generator of random numbers and one number of threads a process.


@dataclass(frozen=True, slots=True)
class Groups:
    """``group``: for each node its group, -1 for none; groups are numbered from the one with most actions.

    ``actions`` and ``stability``: by group. ``core``: the nodes that hold groups together: what has more than one edge.
    """

    group: Ints
    actions: Ints
    stability: Floats
    core: Flags

    def __len__(self) -> int:
        return len(self.actions)


@dataclass(frozen=True, slots=True)
class Core:
    """The nodes that join more than themselves, and the edges between them, in their own numbers."""

    node: Ints
    left: Ints
    right: Ints


def core_of(network: Network) -> Core:
    """Return the actions, and the persons and things that tie more than one node together.

    A person or thing with one edge joins nothing; leaving them out makes a network of an operation ten times smaller.
    """
    nodes, edges = network.nodes, network.edges
    joins = edges.kind < JOINING
    left, right = edges.left[joins], edges.right[joins]
    is_action = nodes.kind == NodeKind.ACTION
    stays = nodes.kind != NodeKind.PLACE
    for _ in range(2):  # A telephone of one person, then a person of one action.
        both = stays[left] & stays[right]
        left, right = left[both], right[both]
        degree = np.bincount(np.r_[left, right], minlength=len(nodes))
        stays = (is_action & (degree > 0)) | (degree > 1)
    both = stays[left] & stays[right]
    left, right = left[both], right[both]
    component = components(len(nodes), left, right)
    joined = np.bincount(component[is_action], minlength=int(component.max(initial=-1)) + 1)[component]
    chosen = np.flatnonzero(stays & (joined >= _LEAST_ACTIONS))
    number = np.full(len(nodes), -1, dtype=np.int64)
    number[chosen] = np.arange(len(chosen))
    both = (number[left] >= 0) & (number[right] >= 0)
    return Core(chosen, number[left[both]], number[right[both]])


def find_groups(network: Network, *, seeds: int = SEEDS) -> Groups:
    """Return the groups of a network."""
    core, size = core_of(network), len(network.nodes)
    group = np.full(size, -1, dtype=np.int64)
    in_core = np.zeros(size, dtype=np.bool_)
    in_core[core.node] = True
    if not len(core.node):
        return Groups(group, np.zeros(0, np.int64), np.zeros(0), in_core)
    is_action = network.nodes.kind[core.node] == NodeKind.ACTION
    label, stability = _stable_communities(core, is_action, seeds)
    count = int(label.max()) + 1
    actions = np.bincount(label[is_action], minlength=count)
    first = np.full(count, len(core.node), dtype=np.int64)
    np.minimum.at(first, label, np.arange(len(label)))
    order = np.lexsort((first, -actions))
    order = order[actions[order] >= _LEAST_ACTIONS]
    number = np.full(count, -1, dtype=np.int64)
    number[order] = np.arange(len(order))
    group[core.node] = number[label]
    return Groups(_with_leaves(network, group), actions[order], stability[order], in_core)


def _stable_communities(core: Core, is_action: Flags, seeds: int) -> tuple[Ints, Floats]:
    """Return the community of each node of the core, and by community how much of it other runs find again."""
    size = len(core.node)
    component = components(size, core.left, core.right)
    is_whole = (np.bincount(component, weights=is_action) < _LEAST_TO_SPLIT)[component]
    with _LIBRARY:
        nk.setNumberOfThreads(1)
        graph = nk.GraphFromCoo((core.left.astype(np.uint64), core.right.astype(np.uint64)), n=size)
        label = _leiden(graph, 0, 1.0)
        runs = [_leiden(graph, seed, gamma) for gamma in RESOLUTIONS for seed in range(1, seeds + 1)]
    label, *runs = (_numbered(np.where(is_whole, size + component, run)) for run in (label, *runs))
    return label, np.mean([_found_again(label, run) for run in runs], axis=0)


def _numbered(label: Ints) -> Ints:
    return np.unique(label, return_inverse=True)[1].astype(np.int64)


def _leiden(graph: nk.Graph, seed: int, gamma: float) -> Ints:
    nk.setSeed(seed, False)
    algorithm = nk.community.ParallelLeiden(graph, randomize=True, iterations=3, gamma=gamma)
    algorithm.run()
    return np.array(algorithm.getPartition().getVector(), dtype=np.int64)


def _found_again(label: Ints, run: Ints) -> Floats:
    """Return for each community of ``label`` its largest overlap (Jaccard) with a community of ``run``."""
    width = int(run.max()) + 1
    pairs, shared = np.unique(label * width + run, return_counts=True)
    ours, theirs = pairs // width, pairs % width
    sizes, run_sizes = np.bincount(label), np.bincount(run)
    overlap = shared / (sizes[ours] + run_sizes[theirs] - shared)
    best = np.zeros(len(sizes))
    np.maximum.at(best, ours, overlap)
    return best


def _with_leaves(network: Network, group: Ints) -> Ints:
    """Return the groups with the persons and things that are tied to one node of the core alone."""
    edges = network.edges
    joins = edges.kind < JOINING
    left, right = edges.left[joins], edges.right[joins]
    group = group.copy()
    for _ in range(2):
        for inner, outer in ((left, right), (right, left)):
            reached = (group[inner] >= 0) & (group[outer] < 0)
            group[outer[reached]] = group[inner[reached]]
    return group
