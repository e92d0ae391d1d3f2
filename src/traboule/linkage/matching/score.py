"""Score pairs in bits: Fellegi and Sunter's sum of weights, lower for common names and towns.

Input: person records, a model and pairs. Output: for each pair its weight, the parts of the weight, and its
probability. The weights equal Splink's under the same model to 1e-4 bits, are symmetric, and depend only on the two
records and the model.

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
    MAX_LEVELS,
    Common,
    ModelBits,
    model_bits,
    new_pair_weights,
    weigh_pairs,
)
from traboule.linkage.matching.packed_records import PackedRecords, pack
from traboule.linkage.matching.term_frequency import rarity
from traboule.linkage.names.comparison import compare
from traboule.linkage.prepare import PersonRecords
from traboule.linkage.weights.model import LinkModel
from traboule.linkage.weights.relatives import RELATIVES

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Levels = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Scores:
    """Scores of pairs. ``levels`` and ``bits``: by comparison. ``weight``: in bits, including the prior.

    ``shared``: the groups in which both hold a common value (see
    :func:`~traboule.linkage.matching.compare.shared_groups`). ``relatives``: bits by which two relatives explain the
    pair better than one person. ``probability``: of one person, against two strangers and two relatives.
    """

    levels: Mapping[str, Levels]
    bits: Mapping[str, Floats]
    weight: Floats
    shared: npt.NDArray[np.uint32]
    relatives: Floats
    probability: Floats


class ModelTables(NamedTuple):
    """A model prepared for scoring. ``relatives``: in the form of ``bits.bits``."""

    bits: ModelBits
    relatives: Floats
    calibration: tuple[float, float]


def model_tables(weights: LinkModel) -> ModelTables:
    """Return a model prepared for scoring."""
    return ModelTables(model_bits(weights), _relatives(weights), weights.calibration)


def score(records: PersonRecords, weights: LinkModel, left: Integers, right: Integers) -> Scores:
    """Return the scores of the pairs ``left[i]``, ``right[i]`` (record numbers)."""
    names = compare(records.names, records.name[left], records.name[right])
    return score_pairs(pack(records), names, rarity(records, weights), model_tables(weights), (left, right))


def score_pairs(
    packed: PackedRecords,
    names: Levels,
    common: Common,
    tables: ModelTables,
    pairs: tuple[Integers, Integers],
) -> Scores:
    """Return the scores of pairs of packed records.

    ``names``: the level of the name of each pair. ``common``: as :func:`rarity` gives it. ``tables``: the model.
    """
    left, right = (np.ascontiguousarray(side, dtype=np.int64) for side in pairs)
    output = new_pair_weights(len(left))
    output.levels[0] = names

    def weigh_span(span: tuple[int, int]) -> None:
        one_pair = np.empty(COUNT, dtype=np.int8)
        weigh_pairs(packed, (tables.bits, tables.relatives), common, (left, right), span, one_pair, output)

    each_of(spans(len(left), each=4), weigh_span)
    levels, bits = dict(zip(FIELDS, output.levels, strict=True)), dict(zip(FIELDS, output.bits, strict=True))
    probabilities = probability(tables.calibration, output.weight, output.rival)
    return Scores(levels, bits, output.weight, output.shared, output.rival, probabilities)


def prior_bits(weights: LinkModel) -> float:
    """Return the log2 odds that two random records match."""
    return float(np.log2(weights.prior) - np.log2(1 - weights.prior))


def probability(calibration: tuple[float, float], weight: Floats, relatives: Floats) -> Floats:
    """Return the calibrated probability of one person; ``relatives``: bits of the rival explanation."""
    slope, offset = calibration
    odds = np.clip(slope * weight + offset, -500, 500)
    return np.asarray(1 / (1 + np.exp2(-odds) + np.exp2(np.clip(relatives, -500, 500))))


def _relatives(weights: LinkModel) -> Floats:
    """Return, in bits, how much better two relatives explain each level of each comparison than one person does."""
    bits = np.zeros((COUNT, MAX_LEVELS + 1))
    for name, shares in {**RELATIVES, "name": weights.relatives.name}.items():
        for value, share in shares.items():
            bits[FIELDS.index(name), value + 1] = np.log2(share) - np.log2(weights.levels[name][value].m)
    # Added to the name, for which every pair has a level.
    bits[FIELDS.index("name")] += np.log2(weights.relatives.per_match)
    return bits
