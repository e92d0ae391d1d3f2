"""Measure convergence: crimes that share persons, things or groups more often than chance explains.

In: a network, its groups. Out: a :class:`Shared` row for each pair of crimes and each kind of sharing. Guaranteed: a
pair is shared by what was seen in an action with the one crime and in an action with the other, never in one action
with both; sharers of the same actions, or of some of another's, count once; every row has what chance alone would give,
with its interval, p and q, and the actions behind it.

The null keeps in how many kinds of action (sets of crimes) each sharer was seen in each filing state, and how often
each kind occurs in that state (:mod:`traboule.analysis.chance`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.sparse import csr_matrix

from traboule.analysis.chance import ChanceCount, absence, fit_weights, q_values
from traboule.analysis.columns import Flags, Floats, Ints
from traboule.analysis.groups import Groups
from traboule.analysis.network import EdgeKind, Network, NodeKind
from traboule.analysis.sightings import incidence, seen_in
from traboule.core.record_names import unit_of

SIGNIFICANT = 0.05  # Of q.


@dataclass(frozen=True, slots=True)
class Shared:
    """Two crimes, what they share, how often, and what chance gives. ``actions``: by node, behind the count."""

    left: str
    right: str
    over: str
    observed: int
    expected: float
    low: int
    high: int
    p: float
    q: float
    actions: tuple[int, ...]

    @property
    def significant(self) -> bool:
        """Whether chance alone is an unlikely explanation, all tests considered."""
        return self.q <= SIGNIFICANT


@dataclass(frozen=True, slots=True)
class ClassifiedActions:
    """The actions that name crimes: node, filing state and kind (set of crimes), with the sets of all kinds."""

    node: Ints
    state: Ints
    kind: Ints
    states: tuple[str, ...]
    crimes: tuple[str, ...]
    has: Flags


def convergence(network: Network, groups: Groups) -> list[Shared]:
    """Return every pair of crimes with what it shares, those first that chance explains least."""
    actions = actions_of(network)
    pairs = list(combinations(range(len(actions.crimes)), 2))
    tests: list[tuple[str, ChanceCount, Ints, list[tuple[int, ...]]]] = []
    for over, sharers in _sharers(network, groups, actions).items():
        seen = distinct_sharers(sharers)
        chance = expected_pairs(seen, actions, pairs)
        observed, behind = _observed(seen, actions, pairs)
        tests.append((over, chance, observed, behind))
    rows = []
    p_values = np.concatenate([chance.p_values(observed) for _, chance, observed, _ in tests]) if pairs else np.zeros(0)
    is_tested = np.concatenate([chance.expected > 0 for _, chance, _, _ in tests]) if pairs else np.zeros(0, np.bool_)
    q_of = np.ones(len(p_values))
    q_of[is_tested] = q_values(p_values[is_tested])
    number = 0
    for over, chance, observed, behind in tests:
        low, high = chance.interval()
        for place, (left, right) in enumerate(pairs):
            if is_tested[number]:
                rows.append(
                    Shared(
                        actions.crimes[left],
                        actions.crimes[right],
                        over,
                        int(observed[place]),
                        float(chance.expected[place]),
                        int(low[place]),
                        int(high[place]),
                        float(p_values[number]),
                        float(q_of[number]),
                        tuple(int(actions.node[action]) for action in behind[place]),
                    )
                )
            number += 1
    return sorted(rows, key=lambda row: (row.q, row.p, row.left, row.right, row.over))


def actions_of(network: Network) -> ClassifiedActions:
    """Return the actions that name a crime."""
    nodes, edges = network.nodes, network.edges
    concerns = edges.kind == EdgeKind.CONCERNS
    crimes_of: dict[int, list[int]] = {}
    for left, right in zip(edges.left[concerns].tolist(), edges.right[concerns].tolist(), strict=True):
        crimes_of.setdefault(left, []).append(right)
    node = np.array(sorted(crimes_of), dtype=np.int64)
    sets = [tuple(sorted(crimes_of[action])) for action in node.tolist()]
    kinds = sorted(set(sets))
    number = {kind: place for place, kind in enumerate(kinds)}
    crime_nodes = np.flatnonzero(nodes.kind == NodeKind.CRIME)
    has = np.zeros((len(kinds), len(crime_nodes)), dtype=np.bool_)
    for place, kind in enumerate(kinds):
        has[place] = np.isin(crime_nodes, kind)
    units = [unit_of(str(name)) for name in nodes.name[node].tolist()]
    states = tuple(sorted(set(units)))
    place_of = {state: place for place, state in enumerate(states)}
    return ClassifiedActions(
        node,
        np.array([place_of[unit] for unit in units], dtype=np.int64),
        np.array([number[kind] for kind in sets], dtype=np.int64),
        states,
        tuple(str(nodes.name[crime]) for crime in crime_nodes.tolist()),
        has,
    )


def _sharers(network: Network, groups: Groups, actions: ClassifiedActions) -> dict[str, csr_matrix]:
    """Return for each kind of sharing which sharer was seen in which action, as a matrix of ones."""
    seen = seen_in(network)[0][:, actions.node]
    kind = network.nodes.kind
    sharers = {
        "persons": seen[kind == NodeKind.PERSON],
        "things": seen[(kind == NodeKind.IDENTIFIER) | (kind == NodeKind.COMPANY)],
        "groups": incidence(groups.group[actions.node], np.arange(len(actions.node)), len(groups), len(actions.node)),
    }
    for matrix in sharers.values():
        matrix.data[:] = 1
    return sharers


def distinct_sharers(seen: csr_matrix) -> csr_matrix:
    """Return the rows of at least two actions, without those whose actions are all of another row's, or the same.

    Ten suspects of the same two raids show once, not ten times, that the raids have something in common.
    """
    seen = seen[np.diff(seen.indptr) > 1]
    if not seen.shape[0]:
        return seen
    seen.sort_indices()
    # Equal rows have equal sums of random numbers, which two different ones have by no chance that matters.
    signs = np.random.default_rng(0).random((seen.shape[1], 2))
    _, first = np.unique(np.round(seen @ signs, 9), axis=0, return_index=True)
    seen = seen[np.sort(first)]
    sizes = np.diff(seen.indptr)
    if seen.shape[0] <= 1 or sizes.max() == 2:
        return seen
    larger = np.flatnonzero(sizes > 2)
    overlap = (seen @ seen[larger].T).tocoo()
    inside = (overlap.data == sizes[overlap.row]) & (sizes[larger[overlap.col]] > sizes[overlap.row])
    stays = np.ones(seen.shape[0], dtype=np.bool_)
    stays[overlap.row[inside]] = False
    return seen[stays]


def expected_pairs(seen: csr_matrix, actions: ClassifiedActions, pairs: list[tuple[int, int]]) -> ChanceCount:
    """Return how many of the sharers chance alone gives each pair of crimes."""
    if not seen.shape[0] or not pairs:
        return ChanceCount(np.zeros(len(pairs)), np.zeros(len(pairs)))
    states, kinds = len(actions.states), len(actions.has)
    degree = _degrees(seen, actions)
    most = int(degree[:, 2].max(initial=1))
    rows = np.zeros((states, most + 1))
    np.add.at(rows, (degree[:, 1], degree[:, 2]), 1.0)
    volume = _volume(seen, actions)
    # Every action of a state stands beside the sharers, so that its volume is the state's and not the sharers' alone.
    rows[:, 1] += np.bincount(actions.state, minlength=states)
    np.add.at(volume, (actions.state, actions.kind), 1.0)
    weights = fit_weights(rows, volume)
    left_only = np.array([actions.has[:, a] & ~actions.has[:, b] for a, b in pairs])
    right_only = np.array([actions.has[:, b] & ~actions.has[:, a] for a, b in pairs])
    excluded = np.concatenate([left_only, right_only, left_only | right_only]).reshape(3 * len(pairs), kinds)
    none = absence(weights, excluded, most)
    return _moments(degree, none, len(pairs))


def _degrees(seen: csr_matrix, actions: ClassifiedActions) -> Ints:
    """Return (sharer, state, how many kinds of action it was seen in there), sorted."""
    table = seen.tocoo()
    states, kinds = len(actions.states), len(actions.has)
    code = (table.row.astype(np.int64) * states + actions.state[table.col]) * kinds + actions.kind[table.col]
    cell, count = np.unique(np.unique(code) // kinds, return_counts=True)
    return np.stack([cell // states, cell % states, count], axis=1)


def _volume(seen: csr_matrix, actions: ClassifiedActions) -> Floats:
    table = seen.tocoo()
    states, kinds = len(actions.states), len(actions.has)
    code = (table.row.astype(np.int64) * states + actions.state[table.col]) * kinds + actions.kind[table.col]
    cell = np.unique(code) % (states * kinds)
    return np.bincount(cell, minlength=states * kinds).reshape(states, kinds).astype(np.float64)


def _moments(degree: Ints, none: Floats, pairs: int) -> ChanceCount:
    """Return mean and variance of the count of sharers by pair, from how likely each has none of a set of kinds."""
    sharer, state, count = degree.T
    start = np.flatnonzero(np.r_[True, np.diff(sharer) > 0])
    profile, times = _profiles(sharer, state * none.shape[2] + count, start)
    expected, variance = np.zeros(pairs), np.zeros(pairs)
    for codes, number in zip(profile, times, strict=True):
        absent = none[codes // none.shape[2], :, codes % none.shape[2]].prod(axis=0)
        crossing = np.clip(1.0 - absent[:pairs] - absent[pairs : 2 * pairs] + absent[2 * pairs :], 0.0, 1.0)
        expected += number * crossing
        variance += number * crossing * (1.0 - crossing)
    return ChanceCount(expected, variance)


def _profiles(sharer: Ints, code: Ints, start: Ints) -> tuple[list[Ints], list[int]]:
    """Return the distinct lists of (state, degree) codes of sharers, and how many sharers have each."""
    profile: list[Ints] = []
    times: list[int] = []
    sizes = np.diff(np.r_[start, len(sharer)])
    for size in np.unique(sizes).tolist():
        table = code[start[sizes == size][:, None] + np.arange(size)]
        lists, count = np.unique(table, axis=0, return_counts=True)
        profile.extend(lists)
        times.extend(count.tolist())
    return profile, times


def _observed(
    seen: csr_matrix, actions: ClassifiedActions, pairs: list[tuple[int, int]]
) -> tuple[Ints, list[tuple[int, ...]]]:
    """Return how many sharers each pair of crimes has, and the actions behind them."""
    counts = np.zeros(len(pairs), dtype=np.int64)
    behind: list[tuple[int, ...]] = [()] * len(pairs)
    if not seen.shape[0]:
        return counts, behind
    of_kind = csr_matrix(
        (np.ones(len(actions.kind), np.int32), (np.arange(len(actions.kind)), actions.kind)),
        shape=(len(actions.kind), len(actions.has)),
    )
    by_kind = (seen @ of_kind).tocsr()
    for place, (a, b) in enumerate(pairs):
        left_only = (actions.has[:, a] & ~actions.has[:, b]).astype(np.int32)
        right_only = (actions.has[:, b] & ~actions.has[:, a]).astype(np.int32)
        crossing = ((by_kind @ left_only) > 0) & ((by_kind @ right_only) > 0)
        counts[place] = int(crossing.sum())
        if counts[place]:
            concerned = np.unique(seen[np.flatnonzero(crossing)].indices)
            is_either = (left_only | right_only)[actions.kind[concerned]] > 0
            behind[place] = tuple(concerned[is_either].tolist())
    return counts, behind
