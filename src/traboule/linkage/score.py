"""How much each pair of records weighs, in bits: Fellegi and Sunter's sum over arrays, with frequencies of names.

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

from traboule.linkage.prepare import PersonRecords
from traboule.linkage.weights.comparisons import COMPARISONS, FREQUENCY_COLUMNS, Comparison, levels_of
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

    ``relatives``: bits by which two relatives explain the pair better than one person. ``probability``: of one person,
    against two strangers and two relatives.
    """

    levels: Mapping[str, Levels]
    bits: Mapping[str, Floats]
    weight: Floats
    relatives: Floats
    probability: Floats


def score(records: PersonRecords, weights: Model, left: Integers, right: Integers) -> Scores:
    """Return the scores of the pairs ``left[i]``, ``right[i]`` (record numbers)."""
    levels = levels_of(records, left, right)
    common = {column: frequencies(records, weights, column) for column in FREQUENCY_COLUMNS}
    bits = {each.name: _bits(each, weights, levels[each.name], common, (left, right)) for each in COMPARISONS}
    weight = np.full(len(left), prior_bits(weights))
    for each in COMPARISONS:
        weight += bits[each.name]
    rival = _relatives(weights, levels)
    return Scores(levels, bits, weight, rival, probability(weights, weight, rival))


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


def frequencies(records: PersonRecords, weights: Model, column: str) -> Floats:
    """Return for each record how common its value in ``column`` is under the model; 0 where it has none."""
    shares = np.array(
        [0.0, *(weights.frequencies[column].of(text) for text in records.labels[column][1:])], dtype=np.float64
    )
    return np.asarray(shares[getattr(records, column)])


def _bits(
    comparison: Comparison,
    weights: Model,
    levels: Levels,
    common: Mapping[str, Floats],
    pairs: tuple[Integers, Integers],
) -> Floats:
    """Return the bits of one comparison: log2(m/u) of the level, plus log2(u/frequency) where it has one."""
    by_level = weights.levels[comparison.name]
    bits = np.zeros(len(levels))
    for level in comparison.levels:
        at = np.flatnonzero(levels == level.value)
        share = by_level[level.value]
        bits[at] = share.bits
        if level.frequency:
            shares = common[level.frequency]
            most = np.maximum(shares[pairs[0][at]], shares[pairs[1][at]])
            bits[at] += np.log2(share.u) - np.log2(most)
    return bits
