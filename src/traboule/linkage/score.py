"""How much each pair of records weighs, in bits: Fellegi and Sunter's sum over arrays, common names and towns less.

In come person records, a model and pairs; out goes the weight of every pair, its parts and its probability. It
promises: the weight that Splink gives the same pair under the same model, within 1e-4 bits; symmetric; a pair's
weight depends on its two records and the model alone.

Source: Fellegi and Sunter (1969); term frequencies as in Splink's documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from traboule.linkage.matching.compare import COUNT, FIELDS, Common, bits_of, compare_pairs
from traboule.linkage.matching.packed import Packed, pack
from traboule.linkage.names.likeness import compare
from traboule.linkage.prepare import PersonRecords
from traboule.linkage.weights.comparisons import FREQUENCY_COLUMNS
from traboule.linkage.weights.model import Model

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Levels = npt.NDArray[np.int8]


# How two relatives or housemates agree, who are alike in ways that random pairs are not: the share of such pairs
# at each level. In what is not named here (phone, address, citizenship, place, vehicle, arrest) they agree like one.
RELATIVES: Mapping[str, Mapping[int, float]] = {
    "name": {6: 0.005, 5: 0.005, 4: 0.01, 3: 0.01, 2: 0.35, 1: 0.52, 0: 0.1},
    "birth": {5: 0.04, 4: 0.01, 3: 0.04, 2: 0.02, 1: 0.1, 0: 0.79},
    "sex": {1: 0.5, 0: 0.5},
    "document": {2: 0.001, 1: 0.001, 0: 0.998},
    "device": {1: 0.05, 0: 0.95},
    "account": {1: 0.05, 0: 0.95},
    "online": {1: 0.02, 0: 0.98},
}
_RELATIVES_PER_MATCH = 1.0


@dataclass(frozen=True)
class Scores:
    """One place a pair. ``levels`` and ``bits``: by comparison; ``weight``: bits, the prior included.

    ``shared``: the groups of which the two hold a value in common (see :data:`GROUP_BIT`). ``relatives``: bits by which
    two relatives explain the pair better than one person. ``probability``: of one person, against two strangers and two
    relatives.
    """

    levels: Mapping[str, Levels]
    bits: Mapping[str, Floats]
    weight: Floats
    shared: npt.NDArray[np.uint32]
    relatives: Floats
    probability: Floats


def score(records: PersonRecords, weights: Model, left: Integers, right: Integers) -> Scores:
    """Return the scores of the pairs ``left[i]``, ``right[i]`` (record numbers)."""
    names = compare(records.names, records.name[left], records.name[right])
    return scored(pack(records), names, rarity(records, weights), weights, (left, right))


def scored(
    packed: Packed,
    names: Levels,
    common: Common,
    weights: Model,
    pairs: tuple[Integers, Integers],
) -> Scores:
    """Return the scores of pairs of packed records.

    ``names``: the level of the name, one place a pair. ``common``: as :func:`rarity` gives it.
    """
    left, right = (np.asarray(side, dtype=np.int64) for side in pairs)
    found = np.full((len(left), COUNT), -1, dtype=np.int8)
    shared = np.zeros(len(left), dtype=np.uint32)
    compare_pairs(packed, left, right, found, shared)
    found[:, 0] = names
    levels = {name: np.ascontiguousarray(found[:, place]) for place, name in enumerate(FIELDS)}
    known = bits_of(weights)
    bits = {name: known.bits[place][levels[name] + 1] for place, name in enumerate(FIELDS)}
    for place in np.flatnonzero(known.column >= 0).tolist():
        name, column = FIELDS[place], common[:, known.column[place]]
        at, most = levels[name] + 1, np.maximum(column[left], column[right]).astype(np.float64)
        bits[name] += np.where(known.frequent[place][at], known.log_u[place][at] - most, 0.0)
    weight = known.prior + sum(bits.values(), np.zeros(len(left)))
    rival = _relatives(weights, levels)
    return Scores(levels, bits, weight, shared, rival, probability(weights, weight, rival))


def prior_bits(weights: Model) -> float:
    """Return the log2 odds that two random records match."""
    return float(np.log2(weights.prior) - np.log2(1 - weights.prior))


def probability(weights: Model, weight: Floats, relatives: Floats) -> Floats:
    """Return the calibrated probability of one person; ``relatives``: bits of the rival explanation."""
    slope, offset = weights.calibration
    odds = np.clip(slope * weight + offset, -500, 500)
    return np.asarray(1 / (1 + np.exp2(-odds) + np.exp2(np.clip(relatives, -500, 500))))


def _relatives(weights: Model, levels: Mapping[str, Levels]) -> Floats:
    """Return, in bits, how much better two relatives explain the levels than one person does."""
    rival = np.full(len(levels["name"]), np.log2(_RELATIVES_PER_MATCH))
    for name, shares in RELATIVES.items():
        for value, share in shares.items():
            rival[levels[name] == value] += np.log2(share) - np.log2(weights.levels[name][value].m)
    return rival


def rarity(records: PersonRecords, weights: Model) -> Common:
    """Return (records, columns) log2 of how common each record's texts are under the model; 0 where it has none.

    The columns are those of :data:`~traboule.linkage.weights.comparisons.FREQUENCY_COLUMNS`.
    """
    return np.stack([_rarity_in(records, weights, column) for column in FREQUENCY_COLUMNS], axis=1)


def _rarity_in(records: PersonRecords, weights: Model, column: str) -> Common:
    of = weights.frequencies[column].of
    shares = np.array([1.0, *(of(text) for text in records.labels[column][1:])])
    return np.asarray(np.log2(shares)[getattr(records, column)].astype(np.float32))
