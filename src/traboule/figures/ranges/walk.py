"""Draws of tangled links: cluster after cluster chooses anew whom it is one with.

Comes in: tangles laid side by side, the log odds of their pairs. Goes out: groups, one draw for each tangle.
Promises: the walk (a Gibbs sampler; Geman and Geman 1984) settles near the distribution in which each partition is
weighed by the odds of all pairs it joins; not quite on it, since whoever holds two others together does not join or
leave both at once: the chance of each number of persons was off by 0.03 at most. A judged no-match has no odds at all.
No random generator is involved: numbers are mixed from the names' seeds, the world and the round, so that neither
another link nor another version of a library has a say in them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from traboule.figures.ranges.pairs import Reals, Seeds
from traboule.figures.resolved import partition
from traboule.figures.resolved.columns import Flags, Ints

# Where A and B are one and B and C, it is said already that A and C are: a probability of their own, which starts from
# two records picked at random, would say once more how seldom such are one. So what is known of A and C weighs other
# than by itself: a link three times its odds; a pair never seen, which mostly shared no key, one half; one rejected as
# unlikely a tenth. Measured on threes of made-up populations; see docs/explanation/how-sure-a-number-is.
AGAIN, UNSHOWN, REJECTED = (float(np.log(times)) for times in (3.0, 0.5, 0.1))
_ONE = np.int64(1)
_ROUNDS = 10
_LARGEST = 500.0
_WORLD, _TRY = 0x9E3779B97F4A7C15, 0xD1342543DE82EF95
_MIX = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))


@dataclass(frozen=True, slots=True)
class Laid:
    """Tangles of several worlds laid side by side: each entry a cluster, ``node`` its number in the moving part,
    ``entry_of`` which of the tangles laid it is of; the two ends of each shown, barred and rejected pair.
    """

    entry_of: Ints
    node: Ints
    shown: tuple[Ints, Ints]
    barred: tuple[Ints, Ints]
    rejected: tuple[Ints, Ints]

    @property
    def entries(self) -> int:
        """Return how many clusters are laid, each as often as its tangle."""
        return len(self.node)


def uniform(seed: Seeds, world: Ints, attempt: int) -> Reals:
    """Return numbers in [0, 1), one for each seed, world and try (SplitMix64; Steele, Lea and Flood 2014)."""
    mixed = seed + (world.astype(np.uint64) + np.uint64(1)) * np.uint64(_WORLD) + np.uint64(attempt * _TRY % 2**64)
    for _ in range(2):
        for shift, factor in _MIX:
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        mixed = mixed ^ (mixed >> np.uint64(31))
    return np.asarray((mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53)


@dataclass(frozen=True, slots=True)
class _Turn:
    """Entries that choose at one time, none the neighbour of another: their neighbours, shown ones first, and by which
    pair; only a shown one is a ``door`` to its group.
    """

    entry: Ints
    neighbour: Ints
    there: Flags
    door: Flags
    edge: Ints


def walked(laid: Laid, turn: Ints, weight: Reals, world: Ints, seed: Seeds) -> Ints:
    """Return the group of each entry. ``turn`` (:func:`in_turns`) and ``seed`` are of each entry, ``weight`` of each
    shown pair, ``world`` of each tangle.
    """
    turns, stand = _turns(laid, turn), _Standing(laid.entries, _ROUNDS)
    for number in range(1, _ROUNDS + 1):
        _round(laid, turns, weight, stand, (world, seed, number))
    same = stand.joined(laid)
    return partition.components(laid.entries, *(end[same] for end in laid.shown))


class _Standing:
    """Which group each entry stands in, and how many each group holds; groups of one take numbers nobody has had."""

    def __init__(self, entries: int, rounds: int) -> None:
        self.group = np.arange(entries, dtype=np.int64)
        self.members = np.zeros(entries * (rounds + 1), dtype=np.int64)
        self.members[:entries] = 1

    def move(self, entry: Ints, group: Ints) -> None:
        """Move entries to groups."""
        np.subtract.at(self.members, self.group[entry], _ONE)
        np.add.at(self.members, group, _ONE)
        self.group[entry] = group

    def joined(self, laid: Laid) -> Flags:
        """Tell of each shown pair whether it holds."""
        return np.asarray(self.group[laid.shown[0]] == self.group[laid.shown[1]])


def _round(laid: Laid, turns: list[_Turn], weight: Reals, stand: _Standing, luck: tuple[Ints, Seeds, int]) -> None:
    """Let every entry choose once."""
    world, seed, number = luck
    others = (np.full(len(laid.barred[0]), -np.inf), np.full(len(laid.rejected[0]), REJECTED))
    weighed = np.concatenate([weight, *others, [0.0]])
    for turn in turns:
        drawn = uniform(seed[turn.entry], world[laid.entry_of[turn.entry]], number)
        stand.move(turn.entry, _chosen(turn, stand, weighed, (drawn, turn.entry + number * laid.entries)))


def _chosen(turn: _Turn, stand: _Standing, weighed: Reals, luck: tuple[Reals, Ints]) -> Ints:
    """Let each entry of a turn choose the group of one of its neighbours, or its own, by the odds of all pairs between
    it and that group.
    """
    drawn, own = luck
    beside = np.where(turn.there, stand.group[turn.neighbour], -1)
    itself = beside == stand.group[turn.entry][:, None]
    odds = (stand.members[beside] - itself) * UNSHOWN
    # A neighbour's own weight stands in place of that of a pair nobody showed; the first link to a group is not one
    # more.
    weight = weighed[turn.edge] - UNSHOWN + np.where(turn.door, AGAIN, 0.0)
    for place in range(beside.shape[1]):
        odds += np.where(beside == beside[:, place : place + 1], weight[:, place : place + 1], 0.0)
        # Of several neighbours in one group the first stands for it.
        turned = (beside[:, :place] == beside[:, place : place + 1]).any(axis=1)
        odds[turned, place] = -np.inf
    chance = np.where(turn.door, np.exp(np.minimum(odds - AGAIN, _LARGEST)), 0.0)
    reach = 1.0 + np.cumsum(chance, axis=1)
    aim = drawn * reach[:, -1]
    choice = np.minimum((reach <= aim[:, None]).sum(axis=1), beside.shape[1] - 1)
    return np.where(aim < 1.0, own, beside[np.arange(len(own)), choice])


def _both_ways(laid: Laid) -> tuple[Ints, Ints]:
    """Return the two ends of each pair, and again the other way round."""
    left, right = (np.concatenate(each) for each in zip(laid.shown, laid.barred, laid.rejected, strict=True))
    return np.concatenate([left, right]), np.concatenate([right, left])


def _turns(laid: Laid, turn: Ints) -> list[_Turn]:
    """Divide the entries into turns so that no two who may weigh on each other choose at the same time."""
    one, other = _both_ways(laid)
    edges = len(one) // 2
    edge = np.arange(len(one)) % max(edges, 1)
    order = np.lexsort((edge >= len(laid.shown[0]), one))
    one, other, edge = one[order], other[order], edge[order]
    degree = np.bincount(one, minlength=laid.entries)
    start = np.cumsum(degree) - degree
    turns = []
    for number in range(int(turn.max(initial=-1)) + 1):
        entry = np.flatnonzero(turn == number)
        within = np.arange(int(degree[entry].max(initial=0)))
        there = within[None, :] < degree[entry][:, None]
        place = np.where(there, start[entry][:, None] + within[None, :], 0)
        by = np.where(there, edge[place], edges)
        turns.append(_Turn(entry, other[place], there, there & (by < len(laid.shown[0])), by))
    return turns


def in_turns(laid: Laid) -> Ints:
    """Give each entry the first turn that nobody has whom it touches, or who touches the same. Two that touch the same
    one may join it, and then weigh on each other.
    """
    one, other = _both_ways(laid)
    size = laid.entries
    touches = csr_matrix((np.ones(len(one), dtype=np.int32), (one, other)), shape=(size, size))
    near = (touches + touches @ touches).tocsr()
    start, ends = near.indptr.tolist(), near.indices
    turn = np.full(size, -1, dtype=np.int64)
    for node in range(size):
        around = ends[start[node] : start[node + 1]]
        taken = set(turn[around].tolist())
        turn[node] = next(free for free in range(len(around) + 2) if free not in taken)
    return turn
