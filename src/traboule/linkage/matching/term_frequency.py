"""Compute how common each record's name and town are under a model (term frequency)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from traboule.linkage.matching.compare import Common
from traboule.linkage.prepare import PersonRecords
from traboule.linkage.weights.comparisons import FREQUENCY_COLUMNS
from traboule.linkage.weights.model import LinkModel

Floats = npt.NDArray[np.float64]


def rarity(records: PersonRecords, weights: LinkModel) -> Common:
    """Return log2 of how common each record's texts are under the model, (records, columns); 0 where it has none.

    The columns are those of :data:`~traboule.linkage.weights.comparisons.FREQUENCY_COLUMNS`.
    """
    return np.stack([_rarity_in(records, weights, column) for column in FREQUENCY_COLUMNS], axis=1)


def _rarity_in(records: PersonRecords, weights: LinkModel, column: str) -> Common:
    return np.asarray(np.log2(shares(records, weights, column)).astype(np.float32)[getattr(records, column)])


def shares(records: PersonRecords, weights: LinkModel, column: str) -> Floats:
    """Return how common each text of a column is under the model, by its number; 1 for number 0, no text."""
    return np.append(1.0, weights.frequencies[column].of_each(records.labels[column][1:]))
