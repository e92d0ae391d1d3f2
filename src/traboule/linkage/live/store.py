"""The records a live matcher holds: packed, growing, and whose values may cease to count when too many hold them.

In come the person records of one return after another; out go packed records that are those of a batch over all of
them. It promises: a record's number never changes, though the record may be filed again; what a new holder, or one that
is none any more, does to a value (rare or not, too common or not) is done to all who hold it, and these are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import pyarrow as pa

from traboule.linkage.arrays.grown import Grown
from traboule.linkage.arrays.marks import Marks, marks
from traboule.linkage.fields.births import Births
from traboule.linkage.fields.shared import RARE
from traboule.linkage.fields.sides import Identifiers, Sides, sides_of
from traboule.linkage.fields.texts import Integers, column_of, numbered
from traboule.linkage.live.growing import GrowingRecords
from traboule.linkage.live.reading import Person, blank
from traboule.linkage.live.settled import TOO_COMMON, WATCHED, Filed, Key, Settled, filed_of
from traboule.linkage.matching.compare import Common
from traboule.linkage.matching.packed import RARE_BIT, VALUE, Packed, pack
from traboule.linkage.names.alike.words import Words
from traboule.linkage.prepare import PersonRecords
from traboule.linkage.score import rarity
from traboule.linkage.stop_list import Persons, StopList, stop_limits, stopped_table, too_common
from traboule.linkage.weights.model import Model


@dataclass(frozen=True)
class Altered:
    """What new returns did to the records: those from ``first`` on are new; ``affected``: earlier ones that are to be
    looked up again; ``before``: of those that may have other keys, the row as it was."""

    first: int
    affected: set[int]
    before: dict[int, Any]


@dataclass
class Store:
    """``listed``: the stop-list, whose limits are applied here. ``weights``: the model, for how common texts are.

    ``records``: the name of each number; ``number``: the number of each record. ``stopped``: what too many hold.
    """

    listed: StopList
    weights: Model
    records: list[str] = field(default_factory=list)
    number: dict[str, int] = field(default_factory=dict)
    stopped: set[Key] = field(default_factory=set)
    _kept: GrowingRecords = field(default_factory=GrowingRecords)
    _sound: Grown = field(default_factory=lambda: Grown(np.dtype(np.int64)))
    _settled: Settled | None = None
    _filed: dict[int, list[Filed]] = field(default_factory=dict)
    _holders: dict[Key, list[int]] = field(default_factory=dict)
    _sharing: dict[int, set[int]] = field(default_factory=dict)
    _before: dict[int, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.records)

    @property
    def packed(self) -> Packed:
        """The records packed; a view that later records do not change, except by what they do to shared values."""
        return self._kept.packed

    @property
    def words(self) -> Words:
        """The names of the records."""
        return self._kept.words

    @property
    def rarity(self) -> Common:
        """How common each record's name and town are, log2."""
        return self._kept.rarity

    def settle(self, records: PersonRecords) -> None:
        """Take in the records of a batch, prepared with this stop-list and its limits, where none is here yet."""
        packed = pack(records)
        self._kept.extend(packed, records.names, rarity(records, self.weights))
        sounds = np.append(np.zeros(1, dtype=np.uint64), marks(records.labels["sound"][1:]))
        self._sound.extend(_halved(sounds)[records.sound])
        self._number(list(records.records))
        self._settled = Settled(records, packed)
        self.stopped = self._settled.stopped

    def add(self, persons: Sequence[Person]) -> Altered:
        """Take in ``persons``. Of one who is known, what it said before counts no more."""
        first, self._before = len(self), {}
        again = [each for each in persons if each.record in self.number]
        fresh = [each for each in persons if each.record not in self.number]
        filed = {self.number[each.record]: each for each in again} | dict(enumerate(fresh, first))
        known = [*filed][: len(again)]
        touched = self._forget(known)
        if known:
            self._sound.array[known] = _halved(self._kept.replace(known, again, self.weights))
        self._sound.extend(_halved(self._kept.add(fresh, self.weights)))
        self._number([each.record for each in fresh])
        changed = self._recount(touched | self._file(filed)) | {*filed}
        affected = changed | self._share_anew(sorted(changed))
        before = {number: row for number, row in self._before.items() if number < first}
        return Altered(first, {number for number in affected if number < first}, before)

    def withdraw(self, records: Sequence[str]) -> Altered:
        """Let known records say nothing, and know them no longer. Their numbers are given to nobody else."""
        altered = self.add([blank(record) for record in records])
        for record in records:
            del self.number[record]
        return altered

    def _forget(self, numbers: Sequence[int]) -> set[Key]:
        """Forget what known records filed, and keep their rows as they were; return the keys they held."""
        touched: set[Key] = set()
        for number in numbers:
            self._before[number] = self._kept.rows.array[number].copy()
            for each in self._filed_by(number):
                if each.read.kind and not each.read.reason:
                    touched.add(each.key)
                    if number in self._filed:
                        self._holders[each.key].remove(number)
        return touched

    def sides(self, numbers: Integers) -> Sides:
        """Return what each of some records holds."""
        rows = self._kept.rows.array[numbers]
        filed = [(place, each) for place, number in enumerate(numbers.tolist()) for each in self._filed_by(number)]
        held = [(place, each.read, each.key in self.stopped) for place, each in filed if each.read.kind]
        many = {
            "name": (rows["name"] >= 0) * (1 + rows["several"]),
            "sex": rows["sex"] > 0,
            "citizenship": rows["nations"],
            "place": rows["place"] > 0,
            "encounter": np.bincount([place for place, each in filed if not each.read.kind], minlength=len(numbers)),
        }
        kind, kinds = numbered(column_of([read.kind for _, read, _ in held]))
        born = Births(*(rows[each.name].astype(np.int64) for each in fields(Births)))
        return sides_of(
            many,
            born,
            Identifiers(
                np.array([place for place, _, _ in held], dtype=np.int64),
                kind,
                kinds.to_pylist(),
                np.array([not read.failed for _, read, _ in held], dtype=np.bool_),
                np.array([bool(read.issuer) for _, read, _ in held], dtype=np.bool_),
                np.array([bool(read.reason) or common for _, read, common in held], dtype=np.bool_),
            ),
        )

    def stopped_table(self) -> pa.Table:
        """Return the table of stopped identifiers, as a batch does."""
        holders: dict[tuple[str, str, str], set[int]] = {}
        ordered = sorted(self.stopped)
        for (kind, value, _), held in zip(ordered, self._held(ordered), strict=True):
            holders.setdefault((kind, value, TOO_COMMON), set()).update(held)
        settled = self._settled.by_themselves if self._settled else []
        for number in {*settled, *self._filed}:
            for each in self._filed_by(number):
                if each.read.reason:
                    holders.setdefault((each.read.kind, each.read.normal, each.read.reason), set()).add(number)
        return stopped_table((kind, value, reason, len(held)) for (kind, value, reason), held in holders.items())

    def _number(self, records: Sequence[str]) -> None:
        self.number |= zip(records, range(len(self), len(self) + len(records)), strict=True)
        self.records += records

    def _file(self, persons: Mapping[int, Person]) -> set[Key]:
        """Keep what the records filed; return the keys of the identifiers they hold."""
        touched: set[Key] = set()
        for number, person in persons.items():
            self._filed[number] = filed_of(person.identifiers, person.met)
            for each in self._filed[number]:
                if each.read.kind and not each.read.reason:
                    self._holders.setdefault(each.key, []).append(number)
                    touched.add(each.key)
        return touched

    def _recount(self, keys: Iterable[Key]) -> set[int]:
        """Decide anew which of ``keys`` too many hold; return who holds one of which that changed."""
        ordered = sorted(keys)
        limits, held = stop_limits([key[0] for key in ordered], self.listed).tolist(), self._held(ordered)
        changed: set[int] = set()
        for key, limit, holders in zip(ordered, limits, held, strict=True):
            # Who are not more than the limit cannot be more unrelated persons than it.
            is_common = len(holders) > limit and self._is_common(np.array(holders), limit)
            if is_common != (key in self.stopped):
                self.stopped ^= {key}
                changed.update(holders)
        return changed

    def _held(self, keys: Sequence[Key]) -> list[list[int]]:
        """Return who holds each of ``keys``."""
        before = self._settled.holders(keys) if self._settled and keys else [[]] * len(keys)
        # What a record of the batch filed is no longer what it holds once it was filed again.
        return [
            [*(number for number in settled if number not in self._filed), *self._holders.get(key, ())]
            for key, settled in zip(keys, before, strict=True)
        ]

    def _is_common(self, holders: Integers, limit: int) -> bool:
        persons = Persons(self._sound.array[holders], self._kept.rows.array["full"][holders].astype(np.int64))
        every = np.arange(len(holders))
        return bool(too_common(every, np.zeros_like(every), np.full_like(every, limit), persons).any())

    def _share_anew(self, numbers: Sequence[int]) -> set[int]:
        """Write the shared values of records anew, and for all who share them whether few do.

        Return for whom the latter is new.
        """
        given = {number: self._gives(number) for number in numbers}
        before: dict[int, int] = {}
        for number in numbers:
            for shares, act in ((self._had(number), set.discard), (given[number], set.add)):
                for mark, groups in shares.items():
                    if groups & WATCHED:
                        sharers = self._sharers(mark)
                        before.setdefault(mark, len(sharers))
                        act(sharers, number)
        rare = {mark: RARE_BIT if len(self._sharers(mark)) <= RARE else 0 for mark in before}
        for number in numbers:
            self._write(number, {mark: groups | rare.get(mark, 0) for mark, groups in given[number].items()})
        turned = [mark for mark, many in before.items() if (many <= RARE) != bool(rare[mark])]
        return {number for mark in turned for number in self._sharers(mark) if self._mark(number, mark, rare[mark])}

    def _gives(self, number: int) -> dict[int, int]:
        """Return the shared values of a record that count: mark to groups."""
        found: dict[int, int] = {}
        for filed in self._filed_by(number):
            if filed.key not in self.stopped:
                for mark, groups in filed.shares:
                    found[mark] = found.get(mark, 0) | groups
        return found

    def _had(self, number: int) -> dict[int, int]:
        """Return the shared values of a record as they are written."""
        row = self._kept.rows.array[number]
        return dict(self._kept.values.array[row["start"] : row["start"] + row["values"]].tolist())

    def _filed_by(self, number: int) -> list[Filed]:
        filed = self._filed.get(number)
        return filed if filed is not None else self._settled.filed(number) if self._settled else []

    def _sharers(self, mark: int) -> set[int]:
        """Return who shares a value of which it counts whether few hold it."""
        found = self._sharing.get(mark)
        if found is None:
            found = self._sharing[mark] = set(self._settled.sharing(mark) if self._settled else ())
        return found

    def _write(self, number: int, given: dict[int, int]) -> None:
        row = self._kept.rows.array[number]
        self._before.setdefault(number, row.copy())
        row["start"], row["values"], held = len(self._kept.values), len(given), 0
        for groups in given.values():
            held |= groups
        row["held"] = held & ~RARE_BIT
        self._kept.values.extend(np.array(sorted(given.items()), dtype=VALUE))

    def _mark(self, number: int, mark: int, rare: int) -> bool:
        """Say of one holder of a value whether few hold it; tell whether that is new."""
        row = self._kept.rows.array[number]
        values = self._kept.values.array[row["start"] : row["start"] + row["values"]]
        at = int(np.searchsorted(values["mark"], np.uint64(mark)))
        before = int(values["group"][at])
        values["group"][at] = (before & ~RARE_BIT) | rare
        return before & RARE_BIT != rare


def _halved(marked: Sequence[int] | Marks) -> Integers:
    """Return marks as numbers that are not below zero."""
    return (np.asarray(marked, dtype=np.uint64) >> np.uint64(1)).astype(np.int64)
