"""Store the records of a live matcher, and track which values too many of them hold.

Input: the person records of one return after another. Output: packed records, equal to those of a batch over all of
them. A record keeps its number, also when it is filed again. A new or lost holder can make a value rare or common,
stopped or not; the change is applied to all holders, which are reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import pyarrow as pa

from traboule.linkage.arrays.fingerprint import Fingerprints, fingerprints
from traboule.linkage.arrays.growable import GrowableArray
from traboule.linkage.arrays.text_encoding import Integers, as_column, rank_texts
from traboule.linkage.field_summaries import FieldSummaries, IdentifierRows, summarise
from traboule.linkage.fields.births import Births
from traboule.linkage.fields.shared_values import RARE
from traboule.linkage.live.batch_records import RARITY_GROUPS, TOO_COMMON, BatchRecords, FiledValue, Key, filed_values
from traboule.linkage.live.growable_records import GrowableRecords
from traboule.linkage.live.record_reader import ReadPerson, blank_person
from traboule.linkage.matching.compare import Common
from traboule.linkage.matching.packed_records import RARE_BIT, VALUE, PackedRecords, pack
from traboule.linkage.matching.term_frequency import rarity
from traboule.linkage.names.similarity.token_table import TokenTable
from traboule.linkage.prepare import PersonRecords
from traboule.linkage.stop_list import IdentifierStopList, PersonTraits, stop_limits, stopped_table, too_common
from traboule.linkage.weights.model import LinkModel


@dataclass(frozen=True)
class StoreChange:
    """What new returns did to the records. ``first``: records from here on are new. ``affected``: earlier records to be
    looked up again. ``before``: the earlier rows of records whose keys may have changed."""

    first: int
    affected: set[int]
    before: dict[int, Any]


@dataclass
class RecordStore:
    """The records of a live matcher. ``stops``: the stop list with its limits. ``weights``: the model, for how common
    texts are.

    ``records``: the name of each number; ``number``: the number of each record. ``stopped``: identifiers that too many
    hold.
    """

    stops: IdentifierStopList
    weights: LinkModel
    records: list[str] = field(default_factory=list)
    number: dict[str, int] = field(default_factory=dict)
    stopped: set[Key] = field(default_factory=set)
    _growing: GrowableRecords = field(default_factory=GrowableRecords)
    _sound: GrowableArray = field(default_factory=lambda: GrowableArray(np.dtype(np.int64)))
    _batch: BatchRecords | None = None
    _filed: dict[int, list[FiledValue]] = field(default_factory=dict)
    _holders: dict[Key, list[int]] = field(default_factory=dict)
    _sharing: dict[int, set[int]] = field(default_factory=dict)
    _before: dict[int, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.records)

    @property
    def packed(self) -> PackedRecords:
        """The packed records; a view that later records do not change, except for shared values."""
        return self._growing.packed

    @property
    def words(self) -> TokenTable:
        """The names of the records."""
        return self._growing.words

    @property
    def rarity(self) -> Common:
        """How common each record's name and town are, log2."""
        return self._growing.rarity

    def settle(self, records: PersonRecords) -> None:
        """Take over the records of a batch, prepared with this stop list, into an empty store."""
        packed = pack(records)
        self._growing.extend(packed, records.names, rarity(records, self.weights))
        sounds = np.append(np.zeros(1, dtype=np.uint64), fingerprints(records.labels["sound"][1:]))
        self._sound.extend(_halve(sounds)[records.sound])
        self._number(list(records.records))
        self._batch = BatchRecords(records, packed)
        self.stopped = self._batch.stopped

    def add(self, persons: Sequence[ReadPerson]) -> StoreChange:
        """Add ``persons``. The earlier content of a known record no longer counts."""
        first, self._before = len(self), {}
        refiled = [person for person in persons if person.record in self.number]
        fresh = [person for person in persons if person.record not in self.number]
        filed = {self.number[person.record]: person for person in refiled} | dict(enumerate(fresh, first))
        refiled_numbers = [*filed][: len(refiled)]
        touched = self._forget(refiled_numbers)
        if refiled_numbers:
            self._sound.array[refiled_numbers] = _halve(self._growing.replace(refiled_numbers, refiled, self.weights))
        self._sound.extend(_halve(self._growing.add(fresh, self.weights)))
        self._number([person.record for person in fresh])
        changed = self._recount(touched | self._file(filed)) | {*filed}
        affected = changed | self._rewrite_shared(sorted(changed))
        before = {number: row for number, row in self._before.items() if number < first}
        return StoreChange(first, {number for number in affected if number < first}, before)

    def withdraw(self, records: Sequence[str]) -> StoreChange:
        """Withdraw known records. Their numbers are not reused."""
        altered = self.add([blank_person(record) for record in records])
        for record in records:
            del self.number[record]
        return altered

    def _forget(self, numbers: Sequence[int]) -> set[Key]:
        """Forget what known records filed, and remember their earlier rows; return the keys they held."""
        touched: set[Key] = set()
        for number in numbers:
            self._before[number] = self._growing.rows.array[number].copy()
            for value in self._filed_by(number):
                if value.read.kind and not value.read.reason:
                    touched.add(value.key)
                    if number in self._filed:
                        self._holders[value.key].remove(number)
        return touched

    def sides(self, numbers: Integers) -> FieldSummaries:
        """Return what each of some records holds."""
        rows = self._growing.rows.array[numbers]
        filed = [(place, value) for place, number in enumerate(numbers.tolist()) for value in self._filed_by(number)]
        readings = [(place, value.read, value.key in self.stopped) for place, value in filed if value.read.kind]
        counts = {
            "name": (rows["name"] >= 0) * (1 + rows["several"]),
            "sex": rows["sex"] > 0,
            "citizenship": rows["nations"],
            "place": rows["place"] > 0,
            "encounter": np.bincount([place for place, value in filed if not value.read.kind], minlength=len(numbers)),
        }
        kind, kinds = rank_texts(as_column([read.kind for _, read, _ in readings]))
        born = Births(*(rows[column.name].astype(np.int64) for column in fields(Births)))
        return summarise(
            counts,
            born,
            IdentifierRows(
                np.array([place for place, _, _ in readings], dtype=np.int64),
                kind,
                kinds.to_pylist(),
                np.array([not read.failed for _, read, _ in readings], dtype=np.bool_),
                np.array([bool(read.issuer) for _, read, _ in readings], dtype=np.bool_),
                np.array([bool(read.reason) or common for _, read, common in readings], dtype=np.bool_),
            ),
        )

    def stopped_table(self) -> pa.Table:
        """Return the table of stopped identifiers, as a batch does."""
        holders: dict[tuple[str, str, str], set[int]] = {}
        ordered = sorted(self.stopped)
        for (kind, value, _), numbers in zip(ordered, self._holders_of(ordered), strict=True):
            holders.setdefault((kind, value, TOO_COMMON), set()).update(numbers)
        batch_numbers = self._batch.by_themselves if self._batch else []
        for number in {*batch_numbers, *self._filed}:
            for filed_value in self._filed_by(number):
                if filed_value.read.reason:
                    holders.setdefault(
                        (filed_value.read.kind, filed_value.read.normal, filed_value.read.reason), set()
                    ).add(number)
        return stopped_table((kind, value, reason, len(numbers)) for (kind, value, reason), numbers in holders.items())

    def _number(self, records: Sequence[str]) -> None:
        self.number |= zip(records, range(len(self), len(self) + len(records)), strict=True)
        self.records += records

    def _file(self, persons: Mapping[int, ReadPerson]) -> set[Key]:
        """Store what the records filed; return the keys of their identifiers."""
        touched: set[Key] = set()
        for number, person in persons.items():
            self._filed[number] = filed_values(person.identifiers, person.encounters)
            for value in self._filed[number]:
                if value.read.kind and not value.read.reason:
                    self._holders.setdefault(value.key, []).append(number)
                    touched.add(value.key)
        return touched

    def _recount(self, keys: Iterable[Key]) -> set[int]:
        """Decide again which of ``keys`` too many hold; return the holders of those that changed."""
        ordered = sorted(keys)
        limits, holders_of_each = (
            stop_limits([key[0] for key in ordered], self.stops).tolist(),
            self._holders_of(ordered),
        )
        changed: set[int] = set()
        for key, limit, holders in zip(ordered, limits, holders_of_each, strict=True):
            # At most ``limit`` holders cannot be more than ``limit`` unrelated persons.
            is_common = len(holders) > limit and self._is_common(np.array(holders), limit)
            if is_common != (key in self.stopped):
                self.stopped ^= {key}
                changed.update(holders)
        return changed

    def _holders_of(self, keys: Sequence[Key]) -> list[list[int]]:
        """Return the holders of each of ``keys``."""
        before = self._batch.holders(keys) if self._batch and keys else [[]] * len(keys)
        # A record of the batch that was filed again no longer holds what it filed first.
        return [
            [*(number for number in settled if number not in self._filed), *self._holders.get(key, ())]
            for key, settled in zip(keys, before, strict=True)
        ]

    def _is_common(self, holders: Integers, limit: int) -> bool:
        persons = PersonTraits(self._sound.array[holders], self._growing.rows.array["full"][holders].astype(np.int64))
        every = np.arange(len(holders))
        return bool(too_common(every, np.zeros_like(every), np.full_like(every, limit), persons).any())

    def _rewrite_shared(self, numbers: Sequence[int]) -> set[int]:
        """Rewrite the shared values of records, and the rarity of these values for all their holders.

        Return the holders for whom the rarity changed.
        """
        values_by_number = {number: self._counting_values(number) for number in numbers}
        before: dict[int, int] = {}
        for number in numbers:
            for shares, act in ((self._written_values(number), set.discard), (values_by_number[number], set.add)):
                for mark, groups in shares.items():
                    if groups & RARITY_GROUPS:
                        sharers = self._sharers(mark)
                        before.setdefault(mark, len(sharers))
                        act(sharers, number)
        rare = {mark: RARE_BIT if len(self._sharers(mark)) <= RARE else 0 for mark in before}
        for number in numbers:
            self._write(number, {mark: groups | rare.get(mark, 0) for mark, groups in values_by_number[number].items()})
        turned = [mark for mark, count in before.items() if (count <= RARE) != bool(rare[mark])]
        return {number for mark in turned for number in self._sharers(mark) if self._mark(number, mark, rare[mark])}

    def _counting_values(self, number: int) -> dict[int, int]:
        """Return the shared values of a record that count: fingerprint to groups."""
        groups_by_mark: dict[int, int] = {}
        for filed in self._filed_by(number):
            if filed.key not in self.stopped:
                for mark, groups in filed.shares:
                    groups_by_mark[mark] = groups_by_mark.get(mark, 0) | groups
        return groups_by_mark

    def _written_values(self, number: int) -> dict[int, int]:
        """Return the shared values of a record as written in its row."""
        row = self._growing.rows.array[number]
        return dict(self._growing.values.array[row["start"] : row["start"] + row["values"]].tolist())

    def _filed_by(self, number: int) -> list[FiledValue]:
        filed = self._filed.get(number)
        return filed if filed is not None else self._batch.filed(number) if self._batch else []

    def _sharers(self, mark: int) -> set[int]:
        """Return the holders of a value whose rarity matters."""
        sharers = self._sharing.get(mark)
        if sharers is None:
            sharers = self._sharing[mark] = set(self._batch.sharing(mark) if self._batch else ())
        return sharers

    def _write(self, number: int, groups_by_mark: dict[int, int]) -> None:
        row = self._growing.rows.array[number]
        self._before.setdefault(number, row.copy())
        row["start"], row["values"], groups_present = len(self._growing.values), len(groups_by_mark), 0
        for groups in groups_by_mark.values():
            groups_present |= groups
        row["groups"] = groups_present & ~RARE_BIT
        self._growing.values.extend(np.array(sorted(groups_by_mark.items()), dtype=VALUE))

    def _mark(self, number: int, mark: int, rare: int) -> bool:
        """Write whether few records hold a value into one holder's row; return whether that changed."""
        row = self._growing.rows.array[number]
        values = self._growing.values.array[row["start"] : row["start"] + row["values"]]
        at = int(np.searchsorted(values["mark"], np.uint64(mark)))
        before = int(values["group"][at])
        values["group"][at] = (before & ~RARE_BIT) | rare
        return before & RARE_BIT != rare


def _halve(marked: Sequence[int] | Fingerprints) -> Integers:
    """Return fingerprints as non-negative numbers."""
    return (np.asarray(marked, dtype=np.uint64) >> np.uint64(1)).astype(np.int64)
