"""Update the blocking index of a live matcher when records are added, filed again or withdrawn.

Input: new and changed records. Output: the keys that became too common, with their holders, and the holders of keys
that no longer are. The index and its count of skipped records equal those of a batch over all current records. The cost
of a changed record does not grow with the number of records, unless it gives up a key that is too common: then the keys
of all records are listed once more to find its holders.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from traboule.core.parallel import each_of, spans
from traboule.linkage.live.store import RecordStore, StoreChange
from traboule.linkage.matching.blocking import CHUNK, MAX_RECORDS, BlockingKeys, blocking_keys, new_key_list
from traboule.linkage.matching.index import Index, insert_keys, owners_of, remove_keys, set_holders
from traboule.linkage.matching.packed_records import PackedRecords

Codes = npt.NDArray[np.uint64]

_HOLDER = np.dtype([("code", np.uint64), ("record", np.int32)])
_RECORD_SHIFT, _KIND_SHIFT = np.uint64(36), np.uint64(32)
_KEY = (np.uint64(1) << _RECORD_SHIFT) - np.uint64(1)


@dataclass(frozen=True)
class KeyChanges:
    """Keys that changed state. ``shared``: the holders of each key that became too common; ``freed``: the holders of
    keys that no longer are."""

    shared: list[set[int]]
    freed: set[int]


@dataclass
class LiveIndex:
    """One writer's index of ``store``."""

    store: RecordStore
    index: Index = field(default_factory=Index)

    def follow(self, altered: StoreChange) -> KeyChanges:
        """Insert the new records, and give the changed ones exactly the keys they have now."""
        fresh = blocking_keys(self.store.packed, self.store.words, altered.first, len(self.store))
        lost, gained = self._differing(altered.before)
        more = fresh.followed_by(gained)
        self.index.reserve(more.by_kind())
        chains, dead, died = self.index.chains, _unset(len(lost.key)), _unset(len(more.key))
        # Remove first: a key that moves from one record to another does not become more common.
        remove_keys(chains, lost, dead)
        insert_keys(chains, more, (0, 1), died)
        self.index.length = len(self.store)
        freed = self._reset_dead_keys(lost.at(dead)) if dead.any() else set()
        return KeyChanges([self._owners(*kind_and_key) for kind_and_key in _kinds_and_keys(more.at(died))], freed)

    def _differing(self, before: Mapping[int, Any]) -> tuple[BlockingKeys, BlockingKeys]:
        """Return the keys that records had ``before`` and lost, and those that they gained."""
        if not before:
            return new_key_list(0), new_key_list(0)
        packed, words, numbers = self.store.packed, self.store.words, np.array(sorted(before), dtype=np.int32)
        rows = np.array([before[number] for number in numbers.tolist()], dtype=packed.rows.dtype)
        then, now = (
            _codes(blocking_keys(PackedRecords(chosen_rows, packed.values, packed.nations), words, 0, len(numbers)))
            for chosen_rows in (rows, packed.rows[numbers])
        )
        return _decoded(np.setdiff1d(then, now), numbers), _decoded(np.setdiff1d(now, then), numbers)

    def _reset_dead_keys(self, lost: BlockingKeys) -> set[int]:
        """Set the holders of too common keys that some records gave up; return the holders of those no longer too
        common."""
        wanted = np.unique(_codes(lost) & _KEY)
        holder_rows = np.concatenate(each_of(spans(len(self.store), CHUNK), lambda span: self._holding(wanted, span)))
        freed: set[int] = set()
        for code, kind, key in zip(wanted.tolist(), *_parts(wanted), strict=True):
            holders = np.unique(holder_rows["record"][holder_rows["code"] == code])
            set_holders(self.index.chains, int(kind), key, holders)
            freed.update(holders.tolist() if len(holders) <= MAX_RECORDS[kind] else ())
        return freed

    def _holding(self, wanted: Codes, span: tuple[int, int]) -> Any:
        """Return which records of a span have which of the keys ``wanted``."""
        parts = [np.zeros(0, dtype=_HOLDER)]
        for first in range(span[0], span[1], CHUNK):
            keys = blocking_keys(self.store.packed, self.store.words, first, min(first + CHUNK, span[1]))
            codes = _codes(keys) & _KEY
            at = np.flatnonzero(np.isin(codes, wanted))
            part = np.empty(len(at), dtype=_HOLDER)
            part["code"], part["record"] = codes[at], keys.record[at]
            parts.append(part)
        return np.concatenate(parts)

    def _owners(self, kind: int, key: np.uint32) -> set[int]:
        """Return the records under a key that became too common."""
        owners = np.empty(int(MAX_RECORDS[kind]) + 1, dtype=np.int32)
        return set(owners[: owners_of(self.index.chains, kind, key, len(self.store), owners)].tolist())


def _unset(count: int) -> npt.NDArray[np.bool_]:
    return np.zeros(count, dtype=np.bool_)


def _codes(keys: BlockingKeys) -> Codes:
    """Return keys as numbers: the record, the kind, the key."""
    return keys.record.astype(np.uint64) << _RECORD_SHIFT | keys.kind.astype(np.uint64) << _KIND_SHIFT | keys.key


def _parts(codes: Codes) -> tuple[Any, Any]:
    """Return the kinds and the keys of codes."""
    return ((codes & _KEY) >> _KIND_SHIFT).astype(np.uint8), codes.astype(np.uint32)


def _decoded(codes: Codes, numbers: npt.NDArray[np.int32]) -> BlockingKeys:
    """Return the keys of codes; ``numbers``: the record at each place."""
    kind, key = _parts(codes)
    return BlockingKeys(key, kind, numbers[(codes >> _RECORD_SHIFT).astype(np.int64)])


def _kinds_and_keys(keys: BlockingKeys) -> Iterator[tuple[int, np.uint32]]:
    return zip(keys.kind.tolist(), keys.key, strict=True)
