"""Packed records that are added as they come, beside their names and how common these are.

In come packed records of one return after another; out go the arrays that a reader reads. It promises: a record's
number never changes; what stands in the arrays is what packing all at once would have put there, but for where a
record's shared values begin.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from traboule.linkage.arrays.grown import Grown
from traboule.linkage.matching.compare import Common
from traboule.linkage.matching.packed import ROW, VALUE, Packed
from traboule.linkage.names.alike.growing import GrowingWords
from traboule.linkage.names.alike.words import Words
from traboule.linkage.weights.comparisons import FREQUENCY_COLUMNS


@dataclass
class GrowingRecords:
    """One writer's hold on packed records. ``rows``: ROW; ``values``: VALUE, those of a record one behind the other."""

    rows: Grown = field(default_factory=lambda: Grown(ROW))
    values: Grown = field(default_factory=lambda: Grown(VALUE))
    _nations: Grown = field(default_factory=lambda: Grown(np.dtype(np.uint32)))
    _names: GrowingWords = field(default_factory=GrowingWords)
    _rarity: Grown = field(default_factory=lambda: Grown(np.dtype((np.float32, (len(FREQUENCY_COLUMNS),)))))

    @property
    def packed(self) -> Packed:
        """The records packed; a view that later records do not change, except by what they do to shared values."""
        return Packed(self.rows.array, self.values.array, self._nations.array)

    @property
    def words(self) -> Words:
        """The names of the records."""
        return self._names.words

    @property
    def rarity(self) -> Common:
        """How common each record's name and town are, log2."""
        return np.asarray(self._rarity.array)

    def extend(self, packed: Packed, words: Words, common: Common) -> None:
        """Add records, ``words`` their names, ``common`` how common these and their towns are."""
        rows, named = packed.rows.copy(), self._names.extend(words)
        rows["name"] = np.where(rows["name"] >= 0, rows["name"] + named, -1)
        rows["nation"] += len(self._nations)
        rows["start"] += len(self.values)
        self.rows.extend(rows)
        self.values.extend(packed.values)
        self._nations.extend(packed.nations)
        self._rarity.extend(common)
