"""Pairs of clusters that open links leave undecided, each once.

In: a case. Out: the pairs with their probability and the link each is represented by; seeds made of cluster names.
Guaranteed: of several links between the same two clusters the likeliest represents them, since one judgement decides
them all; equal links give equal pairs, in whatever order they came.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from traboule.figures.resolved import columns
from traboule.figures.resolved.case import Case
from traboule.figures.resolved.columns import Ints

Reals = NDArray[np.float64]
Seeds = NDArray[np.uint64]
# What is unknown of all links together: their calibration, the rate of missed ones, errors among certain and rejected.
SOURCE_LEVEL, SOURCE_RECALL, SOURCE_JOINED, SOURCE_MISSED, SOURCE_CERTAIN, SOURCE_REJECTED = range(6)
_SUREST = 1e-9
_DRAW, _ATTEMPT = 0x9E3779B97F4A7C15, 0xD1342543DE82EF95
_MIX = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))


@dataclass(frozen=True, slots=True)
class UndecidedPairs:
    """``first`` < ``second`` are clusters of the contested part; ``representative`` is the place among ``case.links``
    of the likeliest link of the pair.
    """

    first: Ints
    second: Ints
    representative: Ints
    probability: Reals


def undecided_pairs(case: Case) -> UndecidedPairs:
    """Return the undecided pairs of a case, sorted by their clusters."""
    links = case.links
    first, second = np.minimum(links.left, links.right), np.maximum(links.left, links.right)
    keys = first * max(case.contested.nodes, 1) + second
    order = np.argsort(keys, kind="stable")
    start = columns.starts(keys[order])
    repeated = np.ones(len(order), dtype=np.bool_)
    repeated[start[np.diff(np.append(start, len(order))) == 1]] = False
    # Ranks in alphabetical order: equal names have equal ranks, whatever the order of the links.
    left, right = np.zeros(len(order), dtype=np.int64), np.zeros(len(order), dtype=np.int64)
    left[order[repeated]], right[order[repeated]] = (columns.coded(side)[0] for side in ends(case, order[repeated]))
    order = np.lexsort((right, left, -links.probability, keys))
    keys = keys[order]
    representative = order[columns.starts(keys)]
    probability = np.asarray(links.probability, dtype=np.float64)[representative]
    return UndecidedPairs(first[representative], second[representative], representative, probability)


def log_odds(probability: Reals) -> Reals:
    """Return the log odds, bounded so that evidence can outweigh any probability."""
    sure = np.clip(probability, _SUREST, 1 - _SUREST)
    return np.asarray(np.log(sure / (1 - sure)))


def ends(case: Case, links: Ints) -> tuple[columns.Texts, columns.Texts]:
    """Return the two records that each of ``links`` (places among ``case.links``) joins."""
    rows = case.links.row[links]
    left, right = (columns.taken(columns.texts(case.inputs.links, name), rows) for name in ("left", "right"))
    return left, right


def seeds(case: Case, node: Ints) -> Seeds:
    """Return a seed for each cluster of the contested part, made from its name alone.

    So the same draw of every run gives the same result, and an interval changes from one count to the next only by what
    changed between them.
    """
    names = columns.names(columns.taken(case.contested.names, node))
    digests = b"".join(hashlib.blake2b(name.encode(), digest_size=8).digest() for name in names)
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def uniform(seed: Seeds, draw: Ints, attempt: int) -> Reals:
    """Return numbers in [0, 1), one for each seed, draw and attempt (SplitMix64; Steele, Lea and Flood 2014).

    They depend on no other link and on no version of a library.
    """
    mixed = seed + (draw.astype(np.uint64) + np.uint64(1)) * np.uint64(_DRAW) + np.uint64(attempt * _ATTEMPT % 2**64)
    for _ in range(2):
        for shift, factor in _MIX:
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        mixed = mixed ^ (mixed >> np.uint64(31))
    return np.asarray((mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53)


def even_quantiles(unknown: int, draws: int) -> Reals:
    """Return evenly spread quantiles in (0, 1) of what is unknown of all links together, one for each draw, in an order
    that depends on ``unknown`` alone: those of two unknowns have nothing to do with each other.
    """
    hashes = uniform(np.full(draws, unknown, dtype=np.uint64), np.arange(draws, dtype=np.int64), 0)
    rank = np.empty(draws)
    rank[np.argsort(hashes, kind="stable")] = np.arange(draws)
    return (rank + 0.5) / draws
