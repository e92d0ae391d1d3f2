"""The records a live matcher holds: packed, growing, and whose values may cease to count when too many hold them.

In come the person records of one return after another; out go packed records that are those of a batch over all of
them. It promises: a record's number never changes; what a new holder does to a value (no longer rare, too common, or
no longer too common) is done to all who hold it, and these are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from traboule.linkage.arrays.grown import Grown
from traboule.linkage.arrays.marks import marks
from traboule.linkage.fields.shared import RARE
from traboule.linkage.live.growing import GrowingRecords
from traboule.linkage.live.settled import WATCHED, Filed, Key, Settled, filed_of
from traboule.linkage.matching.compare import Common
from traboule.linkage.matching.packed import RARE_BIT, VALUE, Packed, pack
from traboule.linkage.names.alike.words import Words
from traboule.linkage.prepare import PersonRecords
from traboule.linkage.score import rarity
from traboule.linkage.stop_list import Persons, StopList, stop_limits, too_common
from traboule.linkage.weights.model import Model


@dataclass
class Store:
    """``listed``: the stop-list, whose limits are applied here. ``weights``: the model, for how common texts are."""

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
        self._extend(records, packed)
        self._settled = Settled(records, packed)
        self.stopped = self._settled.stopped

    def add(self, records: PersonRecords) -> set[int]:
        """Take in ``records``, none of them known, prepared with a stop-list without limits.

        Return the numbers of earlier records whose shared values changed by it.
        """
        first = len(self)
        packed = pack(records)
        # Which values a record shares is written when it is known which of them count.
        rows = packed.rows.copy()
        rows["start"], rows["values"], rows["held"] = 0, 0, 0
        self._extend(records, packed._replace(rows=rows, values=packed.values[:0]))
        touched = self._file(records, first)
        changed = self._recount(touched)
        fresh = set(range(first, len(self)))
        changed |= self._share_anew(sorted(changed | fresh))
        return changed - fresh

    def _extend(self, records: PersonRecords, packed: Packed) -> None:
        """Number the records and keep what of them never changes."""
        first = len(self)
        self._kept.extend(packed, records.names.words, rarity(records, self.weights))
        sounds = np.append(np.zeros(1, np.int64), (marks(records.labels["sound"][1:]) >> np.uint64(1)).astype(np.int64))
        self._sound.extend(sounds[records.sound])
        self.number |= {record: first + place for place, record in enumerate(records.records)}
        self.records += records.records

    def _file(self, records: PersonRecords, first: int) -> set[Key]:
        """Keep what the records filed; return the keys of the identifiers they hold."""
        table = records.held.table
        columns = (table[name].to_pylist() for name in ("number", "kind", "value", "issuer", "verified", "stopped"))
        rows: dict[int, list[tuple[str, str, str, bool]]] = {}
        for number, kind, value, issuer, verified, stopped in zip(*columns, strict=True):
            if not stopped:
                rows.setdefault(number, []).append((kind, value, issuer, verified))
        met, texts = records.shared["encounters"], records.labels["encounters"]
        met_by: dict[int, list[str]] = {}
        for number, place in zip(met.record.tolist(), met.value.tolist(), strict=True):
            met_by.setdefault(number, []).append(texts[place])
        touched: set[Key] = set()
        for number in sorted({*rows, *met_by}):
            filed = self._filed[first + number] = filed_of(rows.get(number, ()), met_by.get(number, ()))
            for each in filed:
                if each.key[0]:
                    self._holders.setdefault(each.key, []).append(first + number)
                    touched.add(each.key)
        return touched

    def _recount(self, keys: Iterable[Key]) -> set[int]:
        """Decide anew which of ``keys`` too many hold; return who holds one of which that changed."""
        ordered = sorted(keys)
        if not ordered:
            return set()
        held = [np.array(self._holders.get(key, ()), dtype=np.int64) for key in ordered]
        if self._settled:
            settled = self._settled.holders(ordered)
            held = [np.concatenate(both) for both in zip(settled, held, strict=True)]
        number = np.repeat(np.arange(len(ordered)), [len(each) for each in held])
        holders = np.concatenate(held)
        limits = stop_limits([key[0] for key in ordered], self.listed)[number]
        persons = Persons(self._sound.array[holders], self._kept.rows.array["full"][holders].astype(np.int64))
        common = np.zeros(len(ordered), dtype=np.bool_)
        common[number[too_common(np.arange(len(holders)), number, limits, persons)]] = True
        changed: set[int] = set()
        for key, is_common, each in zip(ordered, common.tolist(), held, strict=True):
            if is_common != (key in self.stopped):
                self.stopped ^= {key}
                changed.update(each.tolist())
        return changed

    def _share_anew(self, numbers: Sequence[int]) -> set[int]:
        """Write the shared values of records anew, and for all who share them whether few do.

        Return for whom the latter is new.
        """
        given = {number: self._gives(number) for number in numbers}
        watched: set[int] = set()
        for number in numbers:
            row = self._kept.rows.array[number]
            had = self._kept.values.array[row["start"] : row["start"] + row["values"]].tolist()
            for mark, groups in had:
                if groups & WATCHED:
                    self._sharers(mark).discard(number)
                    watched.add(mark)
            for mark, groups in given[number].items():
                if groups & WATCHED:
                    self._sharers(mark).add(number)
                    watched.add(mark)
        for number in numbers:
            self._write(number, given[number])
        return {number for mark in sorted(watched) for number in self._mark_rare(mark)}

    def _gives(self, number: int) -> dict[int, int]:
        """Return the shared values of a record that count: mark to groups."""
        found: dict[int, int] = {}
        for filed in self._filed_by(number):
            if filed.key not in self.stopped:
                for mark, groups in filed.shares:
                    found[mark] = found.get(mark, 0) | groups
        return found

    def _filed_by(self, number: int) -> list[Filed]:
        filed = self._filed.get(number)
        if filed is None:
            filed = self._settled.filed(number) if self._settled else []
        return filed

    def _sharers(self, mark: int) -> set[int]:
        """Return who shares a value of which it counts whether few hold it."""
        found = self._sharing.get(mark)
        if found is None:
            found = self._sharing[mark] = set(self._settled.sharing(mark) if self._settled else ())
        return found

    def _write(self, number: int, given: dict[int, int]) -> None:
        row = self._kept.rows.array[number : number + 1]
        row["start"], row["values"] = len(self._kept.values), len(given)
        values = np.array(sorted(given.items()), dtype=[("mark", np.uint64), ("group", np.uint64)]).astype(VALUE)
        row["held"] = np.bitwise_or.reduce(values["group"].astype(np.uint16), initial=0)
        self._kept.values.extend(values)

    def _mark_rare(self, mark: int) -> set[int]:
        """Say of all holders of a value whether few hold it; return for whom that is new."""
        changed: set[int] = set()
        holders = self._sharers(mark)
        few = len(holders) <= RARE
        for number in sorted(holders):
            row = self._kept.rows.array[number]
            values = self._kept.values.array[row["start"] : row["start"] + row["values"]]
            at = int(np.searchsorted(values["mark"], np.uint64(mark)))
            before = int(values["group"][at])
            now = (before & ~RARE_BIT) | (RARE_BIT if few else 0)
            if now != before:
                values["group"][at] = now
                changed.add(number)
        return changed
