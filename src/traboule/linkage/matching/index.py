"""The index: for each key, the records that have it, in chains that are only ever added to.

In come packed records, one after another; out go, for a record, those before it that share a key not too common. It
promises: memory grows with the keys; a key that more records have than its kind allows is dead from the record on that
was one too many, and every record under it is counted; a reader that holds :class:`Chains` and a number of records sees
exactly these records, while one writer adds more: an entry is complete before a chain leads to it, and what a later
record killed is alive to an earlier reader.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from traboule.linkage.matching.compiled import compiled, inner
from traboule.linkage.matching.keys import KINDS, MOST, MOST_KEYS, Keys, Kinds, keys_of
from traboule.linkage.matching.packed import Packed, Words

Places = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]

_ROOM = 1.5  # How much larger a region grows than it must.
_FEWEST = 64


class Chains(NamedTuple):
    """The arrays of an index. Each kind has a region of entries and one of heads.

    ``head``: the newest entry of a chain, -1 for none. ``next``, ``owner``, ``key``: by entry; an owner below zero
    (-1 - record) says that with that record the key was too common. ``used``, ``skipped``, ``dead``: by kind.
    """

    head: Numbers
    head_start: Places
    head_mask: npt.NDArray[np.uint32]
    next: Numbers
    owner: Numbers
    key: Keys
    start: Places
    used: Places
    skipped: Places
    dead: Places


class Deaths(NamedTuple):
    """Keys that became too common: the key, its kind, and the record that was one too many."""

    key: Keys
    kind: Kinds
    record: Numbers


@inner
def _insert(chains: Chains, kind: int, key: np.uint32, record: int) -> int:
    """Add ``record`` under ``key``. Return 0 where it was there or the key is dead, 1 where added, 2 where it died."""
    head = chains.head_start[kind] + np.int64(key & chains.head_mask[kind])
    held, entry = 0, chains.head[head]
    while entry >= 0:
        if chains.key[entry] == key:
            owner = chains.owner[entry]
            if owner == record or owner == -1 - record:
                return 0
            if owner < 0:
                chains.skipped[kind] += 1
                return 0
            held += 1
        entry = chains.next[entry]
    fresh = chains.start[kind] + chains.used[kind]
    dies = held >= MOST[kind]
    chains.next[fresh], chains.key[fresh] = chains.head[head], key
    chains.owner[fresh] = -1 - record if dies else record
    chains.used[kind] += 1
    chains.head[head] = fresh
    if dies:
        chains.skipped[kind] += held + 1
        chains.dead[kind] += 1
        return 2
    return 1


@compiled
def count_keys(packed: Packed, words: Words, first: int, last: int, counts: Places) -> None:
    """Add to ``counts`` how many keys of each kind the records from ``first`` to below ``last`` have."""
    keys, kinds = np.empty(MOST_KEYS, np.uint32), np.empty(MOST_KEYS, np.uint8)
    for record in range(first, last):
        for at in range(keys_of(packed, words, record, keys, kinds)):
            counts[kinds[at]] += 1


@compiled
def insert_keys(
    chains: Chains, packed: Packed, words: Words, span: tuple[int, int], part: tuple[int, int], died: Deaths
) -> int:
    """Insert the records of ``span`` (first, below) under their keys of each kind of ``part`` (which, of how many).

    Put the keys that died into ``died`` as far as there is room; return how many died.
    """
    keys, kinds = np.empty(MOST_KEYS, np.uint32), np.empty(MOST_KEYS, np.uint8)
    deaths = 0
    for record in range(span[0], span[1]):
        for at in range(keys_of(packed, words, record, keys, kinds)):
            if kinds[at] % part[1] == part[0] and _insert(chains, kinds[at], keys[at], record) == 2:
                if deaths < len(died.key):
                    died.key[deaths], died.kind[deaths], died.record[deaths] = keys[at], kinds[at], record
                deaths += 1
    return deaths


@inner
def _alive(chains: Chains, kind: int, key: np.uint32, length: int) -> int:
    """Return the first entry of ``key``'s chain; -1 where it has none, or is dead to a reader of ``length`` records."""
    entry: int = chains.head[chains.head_start[kind] + np.int64(key & chains.head_mask[kind])]
    at = entry
    while at >= 0:
        if chains.key[at] == key:
            if chains.owner[at] >= 0:
                break
            if -1 - chains.owner[at] < length:
                return -1
        at = chains.next[at]
    return entry


@inner
def candidates_of(
    chains: Chains, packed: Packed, words: Words, record: int, bounds: tuple[int, int], seen: Numbers, found: Numbers
) -> int:
    """Put the records below ``bounds[0]`` that share a living key with ``record`` into ``found``; return how many.

    ``bounds[1]``: of how many records the index is read. ``seen``: one place a record, none of them ``record + 1``.
    """
    keys, kinds = np.empty(MOST_KEYS, np.uint32), np.empty(MOST_KEYS, np.uint8)
    count = 0
    seen[record] = record + 1
    for place in range(keys_of(packed, words, record, keys, kinds)):
        kind, key = kinds[place], keys[place]
        entry = _alive(chains, kind, key, bounds[1])
        while entry >= 0:
            owner = chains.owner[entry]
            if chains.key[entry] == key and 0 <= owner < bounds[0] and seen[owner] != record + 1:
                seen[owner] = record + 1
                if count < len(found):
                    found[count] = owner
                    count += 1
            entry = chains.next[entry]
    return count


@compiled
def owners_of(chains: Chains, kind: int, key: np.uint32, length: int, found: Numbers) -> int:
    """Put all records below ``length`` in the chain of ``key``, dead or not, into ``found``; return how many."""
    entry = chains.head[chains.head_start[kind] + np.int64(key & chains.head_mask[kind])]
    count = 0
    while entry >= 0:
        owner = chains.owner[entry]
        owner = owner if owner >= 0 else -1 - owner
        if chains.key[entry] == key and owner < length and count < len(found):
            found[count] = owner
            count += 1
        entry = chains.next[entry]
    return count


@compiled
def _rehash(chains: Chains, kind: int) -> None:
    """Build the chains of one kind anew, in the order in which its entries came."""
    for entry in range(chains.start[kind], chains.start[kind] + chains.used[kind]):
        head = chains.head_start[kind] + np.int64(chains.key[entry] & chains.head_mask[kind])
        chains.next[entry] = chains.head[head]
        chains.head[head] = entry


@dataclass
class Index:
    """The one writer's hold on an index. Readers take :attr:`chains`, which is never changed but only added to."""

    chains: Chains = field(default_factory=lambda: _laid_out(np.full(len(KINDS), _FEWEST, dtype=np.int64)))
    length: int = 0

    def reserve(self, more: Places) -> None:
        """Make room for ``more`` entries of each kind; where some kind has too little, everything is laid out anew."""
        room = np.diff(np.append(self.chains.start, len(self.chains.key)))
        needed = self.chains.used + more
        if bool((needed <= room).all()):
            return
        grown = np.where(needed > room, np.maximum((room * _ROOM).astype(np.int64), needed), room)
        old, fresh = self.chains, _laid_out(grown)
        for kind, used in enumerate(old.used.tolist()):
            source = slice(int(old.start[kind]), int(old.start[kind]) + used)
            target = slice(int(fresh.start[kind]), int(fresh.start[kind]) + used)
            fresh.owner[target], fresh.key[target] = old.owner[source], old.key[source]
            fresh.used[kind] = used
            _rehash(fresh, kind)
        fresh.skipped[:], fresh.dead[:] = old.skipped, old.dead
        self.chains = fresh

    def skipped(self) -> dict[str, int]:
        """Return, by kind of key, how many records had a key too common, each counted once for each such key."""
        return {kind: int(count) for (kind, _), count in zip(KINDS, self.chains.skipped, strict=True) if count}

    @property
    def size(self) -> int:
        """The bytes that the index holds."""
        return sum(array.nbytes for array in self.chains)


def _laid_out(room: Places) -> Chains:
    """Return an empty index with room for so many entries of each kind."""
    start = np.cumsum(room) - room
    heads = np.array([1 << max(int(count - 1).bit_length() - 1, 4) for count in room.tolist()], dtype=np.int64)
    total, kinds = int(room.sum()), len(room)
    return Chains(
        head=np.full(int(heads.sum()), -1, dtype=np.int32),
        head_start=np.cumsum(heads) - heads,
        head_mask=(heads - 1).astype(np.uint32),
        next=np.empty(total, dtype=np.int32),
        owner=np.empty(total, dtype=np.int32),
        key=np.empty(total, dtype=np.uint32),
        start=start,
        used=np.zeros(kinds, dtype=np.int64),
        skipped=np.zeros(kinds, dtype=np.int64),
        dead=np.zeros(kinds, dtype=np.int64),
    )
