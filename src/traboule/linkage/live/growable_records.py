"""Append packed records as they arrive, with their names and how common these are.

A record keeps its number. The arrays equal those of packing everything at once, except where a record's shared values
begin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from traboule.linkage.arrays.fingerprint import fingerprints
from traboule.linkage.arrays.growable import GrowableArray
from traboule.linkage.live.record_reader import ReadPerson
from traboule.linkage.matching.compare import Common
from traboule.linkage.matching.packed_records import ROW, VALUE, PackedRecords
from traboule.linkage.names.similarity.growable_table import GrowableTokenTable
from traboule.linkage.names.similarity.token_table import TokenTable
from traboule.linkage.names.table import NameTable
from traboule.linkage.weights.comparisons import FREQUENCY_COLUMNS
from traboule.linkage.weights.model import LinkModel

_WORD = 0xFFFF_FFFF


@dataclass
class GrowableRecords:
    """One writer's packed records. ``rows``: ROW; ``values``: VALUE, contiguous for each record."""

    rows: GrowableArray = field(default_factory=lambda: GrowableArray(ROW))
    values: GrowableArray = field(default_factory=lambda: GrowableArray(VALUE))
    _nations: GrowableArray = field(default_factory=lambda: GrowableArray(np.dtype(np.uint32)))
    _names: GrowableTokenTable = field(default_factory=GrowableTokenTable)
    _rarity: GrowableArray = field(
        default_factory=lambda: GrowableArray(np.dtype((np.float32, (len(FREQUENCY_COLUMNS),))))
    )

    @property
    def packed(self) -> PackedRecords:
        """The packed records; a view that later records do not change, except for shared values."""
        return PackedRecords(self.rows.array, self.values.array, self._nations.array)

    @property
    def words(self) -> TokenTable:
        """The names of the records."""
        return self._names.words

    @property
    def rarity(self) -> Common:
        """How common each record's name and town are, log2."""
        return np.asarray(self._rarity.array)

    def extend(self, packed: PackedRecords, names: NameTable, common: Common) -> None:
        """Add packed records; ``common``: how common their names and towns are."""
        rows, first_name = packed.rows.copy(), self._names.extend(names.tokens, names.words)
        rows["name"] = np.where(rows["name"] >= 0, rows["name"] + first_name, -1)
        rows["nation"] += len(self._nations)
        rows["start"] += len(self.values)
        self.rows.extend(rows)
        self.values.extend(packed.values)
        self._nations.extend(packed.nations)
        self._rarity.extend(common)

    def add(self, persons: Sequence[ReadPerson], weights: LinkModel) -> list[int]:
        """Add records without their shared values; return the fingerprint of each name's phonetic key, 0 without a
        name."""
        rows, sounds = self._read(persons)
        self.rows.extend(rows)
        self._rarity.extend(_rarity(persons, weights))
        return sounds

    def replace(self, numbers: Sequence[int], persons: Sequence[ReadPerson], weights: LinkModel) -> list[int]:
        """Replace the content of records, except for their shared values; return the same as :meth:`add`."""
        rows, sounds = self._read(persons)
        at = np.array(numbers, dtype=np.int64)
        for name in ("start", "values", "groups"):
            rows[name] = self.rows.array[name][at]
        self.rows.array[at] = rows
        self._rarity.array[at] = _rarity(persons, weights)
        return sounds

    def _read(self, persons: Sequence[ReadPerson]) -> tuple[Any, list[int]]:
        """Return the rows of records without their shared values, and the fingerprints of their phonetic keys."""
        texts = [text for person in persons for text in (person.place, person.citizenship, person.sex, person.sound)]
        nations = [nation for person in persons for nation in person.nations]
        mark = fingerprints([*texts, *nations]).tolist()
        text_marks = [fingerprint if text else 0 for fingerprint, text in zip(mark, texts, strict=False)]
        rows, first_name, begin = (
            np.zeros(len(persons), dtype=ROW),
            self._names.add([person.forms for person in persons]),
            0,
        )
        for at, person in enumerate(persons):
            full, swapped, year, month, vague, low, high = person.born
            place, countries, sex, _ = text_marks[4 * at : 4 * at + 4]
            several, name = any(len(form) > 1 for form in person.forms), first_name + at if person.forms else -1
            rows[at] = (
                *(place, name, full, swapped, 0, len(self._nations) + begin, countries & _WORD, sex & 0xFFFF, 0),
                *(year, low, high, 0, len(person.nations), month, vague, several),
            )
            begin += len(person.nations)
        self._nations.extend(np.array(mark[len(texts) :], dtype=np.uint64).astype(np.uint32))
        return rows, text_marks[3::4]


def _rarity(persons: Sequence[ReadPerson], weights: LinkModel) -> Common:
    """Return what :func:`traboule.linkage.matching.term_frequency.rarity` does."""
    shares = [
        [
            weights.frequencies[column].of(text) if (text := getattr(person, column)) else 1.0
            for column in FREQUENCY_COLUMNS
        ]
        for person in persons
    ]
    return np.asarray(np.log2(np.array(shares)).astype(np.float32)).reshape(-1, len(FREQUENCY_COLUMNS))
