"""Packed records that are added as they come, beside their names and how common these are.

In come packed records of one return after another; out go the arrays that a reader reads. It promises: a record's
number never changes; what stands in the arrays is what packing all at once would have put there, but for where a
record's shared values begin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from traboule.linkage.arrays.grown import Grown
from traboule.linkage.arrays.marks import marks
from traboule.linkage.live.reading import Person
from traboule.linkage.matching.compare import Common
from traboule.linkage.matching.packed import ROW, VALUE, Packed
from traboule.linkage.names.alike.growing import GrowingWords
from traboule.linkage.names.alike.words import Words
from traboule.linkage.names.table import NameTable
from traboule.linkage.weights.comparisons import FREQUENCY_COLUMNS
from traboule.linkage.weights.model import Model

_WORD = 0xFFFF_FFFF


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

    def extend(self, packed: Packed, names: NameTable, common: Common) -> None:
        """Add packed records, ``common``: how common their names and towns are."""
        rows, named = packed.rows.copy(), self._names.extend(names.tokens, names.words)
        rows["name"] = np.where(rows["name"] >= 0, rows["name"] + named, -1)
        rows["nation"] += len(self._nations)
        rows["start"] += len(self.values)
        self.rows.extend(rows)
        self.values.extend(packed.values)
        self._nations.extend(packed.nations)
        self._rarity.extend(common)

    def add(self, persons: Sequence[Person], weights: Model) -> list[int]:
        """Add records, without the values they share; return the mark of each name's sound, 0 without a name."""
        rows, sounds = self._read(persons)
        self.rows.extend(rows)
        self._rarity.extend(_rarity(persons, weights))
        return sounds

    def replace(self, numbers: Sequence[int], persons: Sequence[Person], weights: Model) -> list[int]:
        """Let records say what ``persons`` say, but for the values they share; return as :meth:`add` does."""
        rows, sounds = self._read(persons)
        at = np.array(numbers, dtype=np.int64)
        for name in ("start", "values", "held"):
            rows[name] = self.rows.array[name][at]
        self.rows.array[at] = rows
        self._rarity.array[at] = _rarity(persons, weights)
        return sounds

    def _read(self, persons: Sequence[Person]) -> tuple[Any, list[int]]:
        """Return the rows of records, without the values they share, and the marks of how their names sound."""
        texts = [text for each in persons for text in (each.place, each.citizenship, each.sex, each.sound)]
        nations = [nation for each in persons for nation in each.nations]
        mark = marks([*texts, *nations]).tolist()
        told = [found if text else 0 for found, text in zip(mark, texts, strict=False)]
        rows, named, begin = np.zeros(len(persons), dtype=ROW), self._names.add([each.forms for each in persons]), 0
        for at, each in enumerate(persons):
            full, swapped, year, month, vague, low, high = each.born
            place, countries, sex, _ = told[4 * at : 4 * at + 4]
            several, name = any(len(form) > 1 for form in each.forms), named + at if each.forms else -1
            rows[at] = (
                *(place, name, full, swapped, 0, len(self._nations) + begin, countries & _WORD, sex & 0xFFFF, 0),
                *(year, low, high, 0, len(each.nations), month, vague, several),
            )
            begin += len(each.nations)
        self._nations.extend(np.array(mark[len(texts) :], dtype=np.uint64).astype(np.uint32))
        return rows, told[3::4]


def _rarity(persons: Sequence[Person], weights: Model) -> Common:
    """Return what :func:`traboule.linkage.score.rarity` does."""
    shares = [
        [
            weights.frequencies[column].of(text) if (text := getattr(each, column)) else 1.0
            for column in FREQUENCY_COLUMNS
        ]
        for each in persons
    ]
    return np.asarray(np.log2(np.array(shares)).astype(np.float32)).reshape(-1, len(FREQUENCY_COLUMNS))
