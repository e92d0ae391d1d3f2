"""The index of a live matcher: records are added to it, and let go of keys that they no longer have.

In come records that are new or were altered; out go the keys that turned: who shares one that became too common, and
one that no longer is. It promises: the index is that of a batch over all records as they are now, and so is its count
of what was skipped; what a record filed again costs does not grow with the records, unless it lets go of a key too
common: who has that is known only when the keys of all are listed once more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from traboule.core.parallel import each_of, spans
from traboule.linkage.live.store import Altered, Store
from traboule.linkage.matching.index import Index, insert_keys, owners_of, take_keys, tell_holders
from traboule.linkage.matching.keys import MOST, STRETCH, Listed, listed, room_to_list
from traboule.linkage.matching.packed import Packed

Codes = npt.NDArray[np.uint64]

_HELD = np.dtype([("code", np.uint64), ("record", np.int32)])
_WIDE, _OF_KEY = np.uint64(36), np.uint64(32)
_KEY = (np.uint64(1) << _WIDE) - np.uint64(1)


@dataclass(frozen=True)
class Turned:
    """Keys that turned. ``shared``: who has each of those that became too common; ``freed``: who has one that no longer
    is."""

    shared: list[set[int]]
    freed: set[int]


@dataclass
class Keyed:
    """One writer's hold on the index of ``store``."""

    store: Store
    index: Index = field(default_factory=Index)

    def follow(self, altered: Altered) -> Turned:
        """Put in the new records, and let those altered have the keys they have now and no others."""
        fresh = listed(self.store.packed, self.store.words, altered.first, len(self.store))
        lost, gained = self._differing(altered.before)
        more = fresh.and_then(gained)
        self.index.reserve(more.by_kind())
        chains, dead, died = self.index.chains, _unset(len(lost.key)), _unset(len(more.key))
        # Who lets go of a key goes first: a key that one record takes over from another is no more common for it.
        take_keys(chains, lost, dead)
        insert_keys(chains, more, (0, 1), died)
        self.index.length = len(self.store)
        freed = self._told_anew(lost.at(dead)) if dead.any() else set()
        return Turned([self._owners(*each) for each in _each(more.at(died))], freed)

    def _differing(self, before: Mapping[int, Any]) -> tuple[Listed, Listed]:
        """Return the keys that records had ``before`` and no longer have, and those that they have now for the first
        time."""
        if not before:
            return room_to_list(0), room_to_list(0)
        packed, words, numbers = self.store.packed, self.store.words, np.array(sorted(before), dtype=np.int32)
        rows = np.array([before[number] for number in numbers.tolist()], dtype=packed.rows.dtype)
        then, now = (
            _codes(listed(Packed(each, packed.values, packed.nations), words, 0, len(numbers)))
            for each in (rows, packed.rows[numbers])
        )
        return _decoded(np.setdiff1d(then, now), numbers), _decoded(np.setdiff1d(now, then), numbers)

    def _told_anew(self, lost: Listed) -> set[int]:
        """Tell who has keys that were too common and were let go of by some; return who has one that no longer is."""
        wanted = np.unique(_codes(lost) & _KEY)
        found = np.concatenate(each_of(spans(len(self.store), STRETCH), lambda span: self._holding(wanted, span)))
        freed: set[int] = set()
        for code, kind, key in zip(wanted.tolist(), *_parts(wanted), strict=True):
            holders = np.unique(found["record"][found["code"] == code])
            tell_holders(self.index.chains, int(kind), key, holders)
            freed.update(holders.tolist() if len(holders) <= MOST[kind] else ())
        return freed

    def _holding(self, wanted: Codes, span: tuple[int, int]) -> Any:
        """Return which records of a span have which of the keys ``wanted``."""
        found = [np.zeros(0, dtype=_HELD)]
        for first in range(span[0], span[1], STRETCH):
            keys = listed(self.store.packed, self.store.words, first, min(first + STRETCH, span[1]))
            codes = _codes(keys) & _KEY
            at = np.flatnonzero(np.isin(codes, wanted))
            held = np.empty(len(at), dtype=_HELD)
            held["code"], held["record"] = codes[at], keys.record[at]
            found.append(held)
        return np.concatenate(found)

    def _owners(self, kind: int, key: np.uint32) -> set[int]:
        """Return who was put under a key that became too common."""
        owners = np.empty(int(MOST[kind]) + 1, dtype=np.int32)
        return set(owners[: owners_of(self.index.chains, kind, key, len(self.store), owners)].tolist())


def _unset(many: int) -> npt.NDArray[np.bool_]:
    return np.zeros(many, dtype=np.bool_)


def _codes(keys: Listed) -> Codes:
    """Return keys as numbers: the record, the kind, the key."""
    return keys.record.astype(np.uint64) << _WIDE | keys.kind.astype(np.uint64) << _OF_KEY | keys.key


def _parts(codes: Codes) -> tuple[Any, Any]:
    """Return the kinds and the keys of codes."""
    return ((codes & _KEY) >> _OF_KEY).astype(np.uint8), codes.astype(np.uint32)


def _decoded(codes: Codes, numbers: npt.NDArray[np.int32]) -> Listed:
    """Return the keys of codes, of records at their places in ``numbers``."""
    kind, key = _parts(codes)
    return Listed(key, kind, numbers[(codes >> _WIDE).astype(np.int64)])


def _each(keys: Listed) -> Iterator[tuple[int, np.uint32]]:
    return zip(keys.kind.tolist(), keys.key, strict=True)
