"""How much each pair of records weighs, in bits: Fellegi and Sunter's sum over arrays, common names and towns less.

In come person records, a model and pairs; out goes the weight of every pair, its parts and its probability. It
promises: the weight that Splink gives the same pair under the same model, within 1e-4 bits; symmetric; a pair's
weight depends on its two records and the model alone.

Source: Fellegi and Sunter (1969); term frequencies as in Splink's documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from traboule.core.parallel import each_of, spans
from traboule.linkage.matching.compare import (
    COUNT,
    FIELDS,
    MOST_LEVELS,
    Bits,
    Common,
    bits_of,
    room_to_weigh,
    weigh_pairs,
)
from traboule.linkage.matching.packed import Packed, pack
from traboule.linkage.names.likeness import compare
from traboule.linkage.prepare import PersonRecords
from traboule.linkage.weights.comparisons import FREQUENCY_COLUMNS
from traboule.linkage.weights.model import Model
from traboule.linkage.weights.relatives import RELATIVES

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Levels = npt.NDArray[np.int8]


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


class Tables(NamedTuple):
    """A model as pairs are weighed by it: made once, for as many pairs as come. ``relatives``: as ``bits.bits``."""

    bits: Bits
    relatives: Floats
    calibration: tuple[float, float]


def tables(weights: Model) -> Tables:
    """Return a model as pairs are weighed by it."""
    return Tables(bits_of(weights), _relatives(weights), weights.calibration)


def score(records: PersonRecords, weights: Model, left: Integers, right: Integers) -> Scores:
    """Return the scores of the pairs ``left[i]``, ``right[i]`` (record numbers)."""
    names = compare(records.names, records.name[left], records.name[right])
    return scored(pack(records), names, rarity(records, weights), tables(weights), (left, right))


def scored(
    packed: Packed,
    names: Levels,
    common: Common,
    known: Tables,
    pairs: tuple[Integers, Integers],
) -> Scores:
    """Return the scores of pairs of packed records.

    ``names``: the level of the name, one place a pair. ``common``: as :func:`rarity` gives it. ``known``: the model.
    """
    left, right = (np.ascontiguousarray(side, dtype=np.int64) for side in pairs)
    into = room_to_weigh(len(left))
    into.levels[0] = names

    def weighed(span: tuple[int, int]) -> None:
        one_pair = np.empty(COUNT, dtype=np.int8)
        weigh_pairs(packed, (known.bits, known.relatives), common, (left, right), span, one_pair, into)

    each_of(spans(len(left), each=4), weighed)
    levels, bits = dict(zip(FIELDS, into.levels, strict=True)), dict(zip(FIELDS, into.bits, strict=True))
    chance = probability(known.calibration, into.weight, into.rival)
    return Scores(levels, bits, into.weight, into.shared, into.rival, chance)


def prior_bits(weights: Model) -> float:
    """Return the log2 odds that two random records match."""
    return float(np.log2(weights.prior) - np.log2(1 - weights.prior))


def probability(calibration: tuple[float, float], weight: Floats, relatives: Floats) -> Floats:
    """Return the calibrated probability of one person; ``relatives``: bits of the rival explanation."""
    slope, offset = calibration
    odds = np.clip(slope * weight + offset, -500, 500)
    return np.asarray(1 / (1 + np.exp2(-odds) + np.exp2(np.clip(relatives, -500, 500))))


def _relatives(weights: Model) -> Floats:
    """Return, in bits, how much better two relatives explain each level of each comparison than one person does."""
    found = np.zeros((COUNT, MOST_LEVELS + 1))
    for name, shares in {**RELATIVES, "name": weights.relatives.name}.items():
        for value, share in shares.items():
            found[FIELDS.index(name), value + 1] = np.log2(share) - np.log2(weights.levels[name][value].m)
    # Every pair has a place for its name.
    found[FIELDS.index("name")] += np.log2(weights.relatives.per_match)
    return found


def rarity(records: PersonRecords, weights: Model) -> Common:
    """Return (records, columns) log2 of how common each record's texts are under the model; 0 where it has none.

    The columns are those of :data:`~traboule.linkage.weights.comparisons.FREQUENCY_COLUMNS`.
    """
    return np.stack([_rarity_in(records, weights, column) for column in FREQUENCY_COLUMNS], axis=1)


def _rarity_in(records: PersonRecords, weights: Model, column: str) -> Common:
    return np.asarray(np.log2(shares(records, weights, column)).astype(np.float32)[getattr(records, column)])


def shares(records: PersonRecords, weights: Model, column: str) -> Floats:
    """Return how common the model says each text of a column is, by its number; 1 for none, which is number 0."""
    return np.append(1.0, weights.frequencies[column].of_each(records.labels[column][1:]))
