"""Index records by blocking key, in chains that only grow.

Input: records, one after another. Output: for a record, the earlier records that share a key that is not too common.
Memory grows with the keys. A key held by more records than its kind allows is dead from the record on that exceeded the
limit, and every record under it is counted as skipped.

One writer adds records while readers read. A reader that holds :class:`Chains` and a number of records sees exactly
these records: an entry is complete before a chain leads to it, and a key that a later record killed is still alive to
an earlier reader. Only a record that is filed again changes for all readers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, BinaryIO, NamedTuple
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from traboule.core.errors import Refused
from traboule.linkage.arrays.jit import compiled, inner
from traboule.linkage.matching.blocking import KINDS, MAX_RECORDS, BlockingKeys, KeyBuffer

Places = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

MAX_CANDIDATES = 32_768  # Of one record; more than all its keys can give.
_ROOM = 1.5  # Growth factor of a region.
_FEWEST = 64


NO_OWNER = np.int32(np.iinfo(np.int32).max)
ENTRY = np.dtype([("next", np.int32), ("owner", np.int32), ("key", np.uint32)])
REGION = np.dtype(
    [
        *(("head", np.int64), ("mask", np.uint32), ("most", np.uint32), ("start", np.int64), ("room", np.int64)),
        *(("used", np.int64), ("skipped", np.int64), ("dead", np.int64)),
    ]
)


class Chains(NamedTuple):
    """The arrays of an index. ``regions``: REGION, one per kind of key, each with entries and heads of its own.

    ``heads``: the newest entry of a chain, -1 for none. ``entries``: ENTRY. A negative owner (-1 - record) marks the
    record with which the key became too common; NO_OWNER, a record that gave up the key.
    """

    heads: Numbers
    entries: Any
    regions: Any


@inner
def _insert(chains: Chains, kind: int, key: np.uint32, record: int) -> int:
    """Add ``record`` under ``key``. Return 0 where it is there already or the key is dead, 1 where added, 2 where the
    key died."""
    region, entries = chains.regions[kind], chains.entries
    head = region.head + np.int64(key & region.mask)
    holders, at = 0, chains.heads[head]
    while at >= 0:
        if entries[at].key == key:
            owner = entries[at].owner
            if owner == record or owner == -1 - record:
                return 0
            if owner < 0:
                region.skipped += 1
                return 0
            holders += 1 if owner != NO_OWNER else 0
        at = entries[at].next
    entry = region.start + region.used
    dies = holders >= region.most
    entries[entry].next, entries[entry].key = chains.heads[head], key
    entries[entry].owner = -1 - record if dies else record
    region.used += 1
    chains.heads[head] = entry
    if dies:
        region.skipped += holders + 1
        region.dead += 1
        return 2
    return 1


@compiled
def insert_keys(chains: Chains, keys: BlockingKeys, part: tuple[int, int], died: Flags) -> None:
    """Insert records under their ``keys``, for the kinds of one ``part`` (which, of how many).

    ``died``: one place per key, set where the key became too common; an empty array where nobody asks.
    """
    for place in range(len(keys.key)):
        kind = keys.kind[place]
        if kind % part[1] == part[0] and _insert(chains, kind, keys.key[place], keys.record[place]) == 2 and len(died):
            died[place] = True


@inner
def _remove(chains: Chains, kind: int, key: np.uint32, record: int) -> bool:
    """Remove ``record`` from ``key``; return True where the key is dead, which then has one record less."""
    region, entries = chains.regions[kind], chains.entries
    at = chains.heads[region.head + np.int64(key & region.mask)]
    while at >= 0:
        if entries[at].key == key:
            if entries[at].owner == record:
                entries[at].owner = NO_OWNER
                return False
            if entries[at].owner < 0:
                region.skipped -= 1
                return True
        at = entries[at].next
    return False


@compiled
def remove_keys(chains: Chains, keys: BlockingKeys, dead: Flags) -> None:
    """Remove records from ``keys`` that they no longer have.

    ``dead``: set where the key is too common; its holders must then be set by :func:`set_holders`.
    """
    for place in range(len(keys.key)):
        dead[place] = _remove(chains, keys.kind[place], keys.key[place], keys.record[place])


@compiled
def set_holders(chains: Chains, kind: int, key: np.uint32, holders: Numbers) -> None:
    """Set exactly ``holders``, ascending, as the holders of a dead ``key``, which may come alive again."""
    region, entries, count = chains.regions[kind], chains.entries, len(holders)
    dies, remaining = count > region.most, min(count, region.most + 1)
    if not dies:
        region.skipped -= count
        region.dead -= 1
    at = chains.heads[region.head + np.int64(key & region.mask)]
    while at >= 0:
        if entries[at].key == key:
            remaining -= 1
            owner = holders[remaining] if remaining >= 0 else NO_OWNER
            entries[at].owner = -1 - owner if dies and remaining == region.most else owner
        at = entries[at].next


@inner
def _first_alive_entry(chains: Chains, kind: int, key: np.uint32, length: int) -> int:
    """Return the first entry of ``key``'s chain; -1 where it has none, or is dead to a reader of ``length`` records."""
    region, entries = chains.regions[kind], chains.entries
    first: int = chains.heads[region.head + np.int64(key & region.mask)]
    at = first
    while at >= 0:
        if entries[at].key == key:
            if entries[at].owner >= 0:
                break
            if -1 - entries[at].owner < length:
                return -1
        at = entries[at].next
    return first


@inner
def candidates_of(
    chains: Chains, buffer: KeyBuffer, keys: int, record: int, bounds: tuple[int, int], seen: Flags, candidates: Places
) -> int:
    """Write the records below ``bounds[0]`` that share a living key with ``record`` into ``candidates``; return how
    many.

    ``keys``: the number of the record's keys in ``buffer``. ``bounds[1]``: how many records of the index are visible.
    ``seen``: one unset flag per record; set here for ``record`` and all candidates.
    """
    entries = chains.entries
    count = 0
    seen[record] = True
    for place in range(keys):
        key = buffer.key[place]
        at = _first_alive_entry(chains, buffer.kind[place], key, bounds[1])
        while at >= 0:
            owner = entries[at].owner
            if entries[at].key == key and 0 <= owner < bounds[0] and not seen[owner] and count < len(candidates):
                seen[owner] = True
                candidates[count] = owner
                count += 1
            at = entries[at].next
    return count


@compiled
def owners_of(chains: Chains, kind: int, key: np.uint32, length: int, owners: Numbers) -> int:
    """Write all records below ``length`` in the chain of ``key``, dead or not, into ``owners``; return how many."""
    region, entries = chains.regions[kind], chains.entries
    at = chains.heads[region.head + np.int64(key & region.mask)]
    count = 0
    while at >= 0:
        owner = entries[at].owner
        owner = owner if owner >= 0 else -1 - owner
        if entries[at].key == key and owner < length and count < len(owners):
            owners[count] = owner
            count += 1
        at = entries[at].next
    return count


@compiled
def _rehash(chains: Chains, kind: int) -> None:
    """Rebuild the chains of one kind, in the order of its entries."""
    region = chains.regions[kind]
    for at in range(region.start, region.start + region.used):
        head = region.head + np.int64(chains.entries[at].key & region.mask)
        chains.entries[at].next = chains.heads[head]
        chains.heads[head] = at


@dataclass
class Index:
    """One writer's index. Readers take :attr:`chains`, which only grow."""

    chains: Chains = field(default_factory=lambda: _empty_chains(np.full(len(KINDS), _FEWEST, dtype=np.int64)))
    length: int = 0

    def reserve(self, more: Places) -> None:
        """Make room for ``more`` entries of each kind; where one kind has too little, everything is laid out again."""
        old = self.chains
        room, needed = old.regions["room"], old.regions["used"] + more
        if bool((needed <= room).all()):
            return
        fresh = _empty_chains(np.where(needed > room, np.maximum((room * _ROOM).astype(np.int64), needed), room))
        for name in ("used", "skipped", "dead"):
            fresh.regions[name] = old.regions[name]
        for kind, used in enumerate(old.regions["used"].tolist()):
            source, target = int(old.regions["start"][kind]), int(fresh.regions["start"][kind])
            fresh.entries[target : target + used] = old.entries[source : source + used]
            _rehash(fresh, kind)
        self.chains = fresh

    def snapshot(self, target: BinaryIO) -> None:
        """Write the index to ``target`` as NumPy arrays, without spare room and without objects."""
        used = [
            self.chains.entries[start : start + used]
            for start, used in zip(*(self.chains.regions[name].tolist() for name in ("start", "used")), strict=True)
        ]
        entries = np.concatenate(used)
        np.savez(target, length=self.length, owner=entries["owner"], key=entries["key"], regions=self.chains.regions)

    @classmethod
    def replay(cls, source: BinaryIO) -> Index:
        """Return the index of a snapshot: all entries are chained again in their order.

        Raises Refused for a file that is not a snapshot, or has other kinds of keys.
        """
        try:
            with np.load(source, allow_pickle=False) as read:
                length, regions = int(read["length"]), read["regions"]
                owner, key = read["owner"], read["key"]
        except (ValueError, KeyError, OSError, EOFError, BadZipFile) as error:
            raise Refused("link-snapshot-unreadable") from error
        used = regions["used"] if regions.dtype == REGION else np.zeros(0, dtype=np.int64)
        if len(used) != len(KINDS) or int(used.sum()) != len(owner) or len(owner) != len(key):
            raise Refused("link-snapshot-unreadable")
        chains = _empty_chains(np.maximum(used, _FEWEST))
        for name in ("used", "skipped", "dead"):
            chains.regions[name] = regions[name]
        at = 0
        for kind, (start, count) in enumerate(zip(chains.regions["start"].tolist(), used.tolist(), strict=True)):
            chains.entries["owner"][start : start + count] = owner[at : at + count]
            chains.entries["key"][start : start + count] = key[at : at + count]
            _rehash(chains, kind)
            at += count
        return cls(chains, length)

    def skipped(self) -> dict[str, int]:
        """Return, by kind of key, how many records had a key too common, each counted once per such key."""
        return {
            kind: int(count) for (kind, _), count in zip(KINDS, self.chains.regions["skipped"], strict=True) if count
        }

    @property
    def size(self) -> int:
        """The bytes that the index occupies."""
        return sum(array.nbytes for array in self.chains)


def _empty_chains(room: Places) -> Chains:
    """Return an empty index with room for so many entries of each kind."""
    heads = np.array([1 << max(int(count - 1).bit_length() - 1, 4) for count in room.tolist()], dtype=np.int64)
    regions = np.zeros(len(room), dtype=REGION)
    regions["head"], regions["mask"] = np.cumsum(heads) - heads, heads - 1
    regions["start"], regions["room"], regions["most"] = np.cumsum(room) - room, room, MAX_RECORDS
    return Chains(np.full(int(heads.sum()), -1, dtype=np.int32), np.empty(int(room.sum()), dtype=ENTRY), regions)
