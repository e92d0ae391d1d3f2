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
from traboule.linkage.fields.identifiers import document_kind, shared_as
from traboule.linkage.fields.shared import RARE
from traboule.linkage.matching.compare import Common
from traboule.linkage.matching.growing import GrowingRecords
from traboule.linkage.matching.packed import GROUP_BIT, RARE_BIT, VALUE, Packed, pack
from traboule.linkage.names.alike.words import Words
from traboule.linkage.prepare import PersonRecords
from traboule.linkage.score import rarity
from traboule.linkage.stop_list import Persons, StopList, stop_limits, too_common
from traboule.linkage.weights.model import Model

_WATCHED = GROUP_BIT["vehicles"] | GROUP_BIT["phones"] | GROUP_BIT["encounters"]  # Where it counts whether few hold it.


@dataclass(slots=True)
class _Filed:
    """One identifier or encounter of one record: ``key`` tells by what holders are counted, ``shares`` what it gives
    (mark, groups)."""

    key: tuple[str, str, str]
    shares: tuple[tuple[int, int], ...]


@dataclass
class Store:
    """``listed``: the stop-list, whose limits are applied here. ``weights``: the model, for how common texts are."""

    listed: StopList
    weights: Model
    records: list[str] = field(default_factory=list)
    number: dict[str, int] = field(default_factory=dict)
    stopped: set[tuple[str, str, str]] = field(default_factory=set)
    _kept: GrowingRecords = field(default_factory=GrowingRecords)
    _sound: Grown = field(default_factory=lambda: Grown(np.dtype(np.int64)))
    _filed: dict[int, list[_Filed]] = field(default_factory=dict)
    _holders: dict[tuple[str, str, str], list[int]] = field(default_factory=dict)
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

    def add(self, records: PersonRecords) -> set[int]:
        """Take in ``records``, none of them known, prepared with a stop-list without limits.

        Return the numbers of earlier records whose shared values changed by it.
        """
        first = len(self)
        packed = pack(records)
        # Which values a record shares is written when it is known which of them count.
        rows = packed.rows.copy()
        rows["start"], rows["values"], rows["held"] = 0, 0, 0
        own = packed._replace(rows=rows, values=packed.values[:0])
        self._kept.extend(own, records.names.words, rarity(records, self.weights))
        sounds = np.append(np.zeros(1, np.int64), (marks(records.labels["sound"][1:]) >> np.uint64(1)).astype(np.int64))
        self._sound.extend(sounds[records.sound])
        self.number |= {record: first + place for place, record in enumerate(records.records)}
        self.records += records.records
        touched = self._file(records, first)
        changed = self._recount(touched)
        fresh = set(range(first, len(self)))
        changed |= self._share_anew(sorted(changed | fresh))
        return changed - fresh

    def _file(self, records: PersonRecords, first: int) -> set[tuple[str, str, str]]:
        """Keep what the records filed; return the keys of the identifiers they hold."""
        table = records.held.table
        columns = (table[name].to_pylist() for name in ("number", "kind", "value", "issuer", "verified", "stopped"))
        rows, texts = [], []
        for number, kind, value, issuer, verified, stopped in zip(*columns, strict=True):
            if not stopped:
                shared = shared_as(kind, value, issuer, failed=not verified)
                about = document_kind(kind, issuer, failed=not verified)
                shared += [("document_kinds", about)] if about else []
                rows.append((first + number, (kind, value, issuer), shared))
                texts += [text for _, text in shared]
        met = records.shared["encounters"]
        for number, place in zip(met.record.tolist(), met.value.tolist(), strict=True):
            text = records.labels["encounters"][place]
            rows.append((first + number, ("", "", text), [("encounters", text)]))
            texts.append(text)
        mark_of = dict(zip(texts, marks(texts).tolist(), strict=True))
        for number, key, shared in rows:
            gives = tuple((mark_of[text], GROUP_BIT[group]) for group, text in shared)
            self._filed.setdefault(number, []).append(_Filed(key, gives))
            self._holders.setdefault(key, []).append(number)
        return {key for _, key, _ in rows if key[0]}

    def _recount(self, keys: Iterable[tuple[str, str, str]]) -> set[int]:
        """Decide anew which of ``keys`` too many hold; return who holds one of which that changed."""
        ordered = sorted(keys)
        if not ordered:
            return set()
        held = [self._holders[key] for key in ordered]
        number = np.repeat(np.arange(len(ordered)), [len(each) for each in held])
        holders = np.concatenate([np.array(each, dtype=np.int64) for each in held])
        limits = stop_limits([key[0] for key in ordered], self.listed)[number]
        persons = Persons(self._sound.array[holders], self._kept.rows.array["full"][holders].astype(np.int64))
        common = np.zeros(len(ordered), dtype=np.bool_)
        common[number[too_common(np.arange(len(holders)), number, limits, persons)]] = True
        changed: set[int] = set()
        for key, is_common, each in zip(ordered, common.tolist(), held, strict=True):
            if is_common != (key in self.stopped):
                self.stopped ^= {key}
                changed.update(each)
        return changed

    def _share_anew(self, numbers: Sequence[int]) -> set[int]:
        """Write the shared values of records anew, and for all who share them whether few do.

        Return for whom the latter is new.
        """
        given = {number: self._gives(number) for number in numbers}
        watched: set[int] = set()
        for number in numbers:
            row = self._kept.rows.array[number]
            had = self._kept.values.array[row["start"] : row["start"] + row["values"]]["mark"].tolist()
            for mark in had:
                self._sharing.get(mark, set()).discard(number)
            for mark, groups in given[number].items():
                if groups & _WATCHED:
                    self._sharing.setdefault(mark, set()).add(number)
                    watched.add(mark)
            watched.update(mark for mark in had if mark in self._sharing)
        for number in numbers:
            self._write(number, given[number])
        return {number for mark in sorted(watched) for number in self._mark_rare(mark)}

    def _gives(self, number: int) -> dict[int, int]:
        """Return the shared values of a record that count: mark to groups."""
        found: dict[int, int] = {}
        for filed in self._filed.get(number, ()):
            if filed.key not in self.stopped:
                for mark, groups in filed.shares:
                    found[mark] = found.get(mark, 0) | groups
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
        holders = self._sharing.get(mark, set())
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
