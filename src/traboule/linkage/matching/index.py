"""The index: for each key, the records that have it, in chains that are only ever added to.

In come packed records, one after another; out go, for a record, those before it that share a key not too common. It
promises: memory grows with the keys; a key that more records have than its kind allows is dead from the record on that
was one too many, and every record under it is counted; a reader that holds :class:`Chains` and a number of records sees
exactly these records, while one writer adds more: an entry is complete before a chain leads to it, and what a later
record killed is alive to an earlier reader. Only a record that is filed again is another to all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, BinaryIO, NamedTuple
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from traboule.core.errors import Refused
from traboule.linkage.arrays.compiled import compiled, inner
from traboule.linkage.matching.keys import KINDS, MOST, Drawn, Listed

Places = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

MOST_CANDIDATES = 32_768  # Of one record; more than all its keys can bring.
_ROOM = 1.5  # How much larger a region grows than it must.
_FEWEST = 64


NOBODY = np.int32(np.iinfo(np.int32).max)
ENTRY = np.dtype([("next", np.int32), ("owner", np.int32), ("key", np.uint32)])
REGION = np.dtype(
    [
        *(("head", np.int64), ("mask", np.uint32), ("most", np.uint32), ("start", np.int64), ("room", np.int64)),
        *(("used", np.int64), ("skipped", np.int64), ("dead", np.int64)),
    ]
)


class Chains(NamedTuple):
    """The arrays of an index. ``regions``: REGION, one a kind of key, with entries and heads of its own.

    ``heads``: the newest entry of a chain, -1 for none. ``entries``: ENTRY; an owner below zero (-1 - record) says that
    with that record the key was too common; NOBODY, that the record has the key no longer.
    """

    heads: Numbers
    entries: Any
    regions: Any


@inner
def _insert(chains: Chains, kind: int, key: np.uint32, record: int) -> int:
    """Add ``record`` under ``key``. Return 0 where it was there or the key is dead, 1 where added, 2 where it died."""
    region, entries = chains.regions[kind], chains.entries
    head = region.head + np.int64(key & region.mask)
    held, at = 0, chains.heads[head]
    while at >= 0:
        if entries[at].key == key:
            owner = entries[at].owner
            if owner == record or owner == -1 - record:
                return 0
            if owner < 0:
                region.skipped += 1
                return 0
            held += 1 if owner != NOBODY else 0
        at = entries[at].next
    fresh = region.start + region.used
    dies = held >= region.most
    entries[fresh].next, entries[fresh].key = chains.heads[head], key
    entries[fresh].owner = -1 - record if dies else record
    region.used += 1
    chains.heads[head] = fresh
    if dies:
        region.skipped += held + 1
        region.dead += 1
        return 2
    return 1


@compiled
def insert_keys(chains: Chains, keys: Listed, part: tuple[int, int], died: Flags) -> None:
    """Put records under their ``keys``, those of each kind of ``part`` (which, of how many).

    ``died``: one place a key, set where it became too common; or of no length, where nobody asks.
    """
    for place in range(len(keys.key)):
        kind = keys.kind[place]
        if kind % part[1] == part[0] and _insert(chains, kind, keys.key[place], keys.record[place]) == 2 and len(died):
            died[place] = True


@inner
def _take(chains: Chains, kind: int, key: np.uint32, record: int) -> bool:
    """Take ``record`` from under ``key``, or tell that it is dead: then one record less has it."""
    region, entries = chains.regions[kind], chains.entries
    at = chains.heads[region.head + np.int64(key & region.mask)]
    while at >= 0:
        if entries[at].key == key:
            if entries[at].owner == record:
                entries[at].owner = NOBODY
                return False
            if entries[at].owner < 0:
                region.skipped -= 1
                return True
        at = entries[at].next
    return False


@compiled
def take_keys(chains: Chains, keys: Listed, dead: Flags) -> None:
    """Take records from under ``keys`` that they no longer have. ``dead``: set where the key is too common; who has it
    is then to be told by :func:`tell_holders`."""
    for place in range(len(keys.key)):
        dead[place] = _take(chains, keys.kind[place], keys.key[place], keys.record[place])


@compiled
def tell_holders(chains: Chains, kind: int, key: np.uint32, holders: Numbers) -> None:
    """Let exactly ``holders``, ascending, be who has a dead ``key``, which may come alive: its entries are written
    anew."""
    region, entries, many = chains.regions[kind], chains.entries, len(holders)
    dies, left = many > region.most, min(many, region.most + 1)
    if not dies:
        region.skipped -= many
        region.dead -= 1
    at = chains.heads[region.head + np.int64(key & region.mask)]
    while at >= 0:
        if entries[at].key == key:
            left -= 1
            owner = holders[left] if left >= 0 else NOBODY
            entries[at].owner = -1 - owner if dies and left == region.most else owner
        at = entries[at].next


@inner
def _alive(chains: Chains, kind: int, key: np.uint32, length: int) -> int:
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
    chains: Chains, drawn: Drawn, keys: int, record: int, bounds: tuple[int, int], seen: Flags, found: Places
) -> int:
    """Put the records below ``bounds[0]`` that share one of the first ``keys`` keys drawn of ``record``, and living,
    into ``found``; return how many.

    ``bounds[1]``: of how many records the index is read. ``seen``: one place a record, all unset; set here for
    ``record`` and all found.
    """
    entries = chains.entries
    count = 0
    seen[record] = True
    for place in range(keys):
        key = drawn.key[place]
        at = _alive(chains, drawn.kind[place], key, bounds[1])
        while at >= 0:
            owner = entries[at].owner
            if entries[at].key == key and 0 <= owner < bounds[0] and not seen[owner] and count < len(found):
                seen[owner] = True
                found[count] = owner
                count += 1
            at = entries[at].next
    return count


@compiled
def owners_of(chains: Chains, kind: int, key: np.uint32, length: int, found: Numbers) -> int:
    """Put all records below ``length`` in the chain of ``key``, dead or not, into ``found``; return how many."""
    region, entries = chains.regions[kind], chains.entries
    at = chains.heads[region.head + np.int64(key & region.mask)]
    count = 0
    while at >= 0:
        owner = entries[at].owner
        owner = owner if owner >= 0 else -1 - owner
        if entries[at].key == key and owner < length and count < len(found):
            found[count] = owner
            count += 1
        at = entries[at].next
    return count


@compiled
def _rehash(chains: Chains, kind: int) -> None:
    """Build the chains of one kind anew, in the order in which its entries came."""
    region = chains.regions[kind]
    for at in range(region.start, region.start + region.used):
        head = region.head + np.int64(chains.entries[at].key & region.mask)
        chains.entries[at].next = chains.heads[head]
        chains.heads[head] = at


@dataclass
class Index:
    """The one writer's hold on an index. Readers take :attr:`chains`, which is never changed but only added to."""

    chains: Chains = field(default_factory=lambda: _laid_out(np.full(len(KINDS), _FEWEST, dtype=np.int64)))
    length: int = 0

    def reserve(self, more: Places) -> None:
        """Make room for ``more`` entries of each kind; where some kind has too little, everything is laid out anew."""
        old = self.chains
        room, needed = old.regions["room"], old.regions["used"] + more
        if bool((needed <= room).all()):
            return
        fresh = _laid_out(np.where(needed > room, np.maximum((room * _ROOM).astype(np.int64), needed), room))
        for name in ("used", "skipped", "dead"):
            fresh.regions[name] = old.regions[name]
        for kind, used in enumerate(old.regions["used"].tolist()):
            source, target = int(old.regions["start"][kind]), int(fresh.regions["start"][kind])
            fresh.entries[target : target + used] = old.entries[source : source + used]
            _rehash(fresh, kind)
        self.chains = fresh

    def snapshot(self, target: BinaryIO) -> None:
        """Write the index to ``target``, in NumPy's own form: arrays without their spare room, and no objects."""
        used = [
            self.chains.entries[start : start + used]
            for start, used in zip(*(self.chains.regions[name].tolist() for name in ("start", "used")), strict=True)
        ]
        entries = np.concatenate(used)
        np.savez(target, length=self.length, owner=entries["owner"], key=entries["key"], regions=self.chains.regions)

    @classmethod
    def replay(cls, source: BinaryIO) -> Index:
        """Return the index that a snapshot holds: every entry put in its chain again, in the order in which they came.

        Raises Refused for a file that is none, or of other kinds of keys.
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
        chains = _laid_out(np.maximum(used, _FEWEST))
        for name in ("used", "skipped", "dead"):
            chains.regions[name] = regions[name]
        at = 0
        for kind, (start, many) in enumerate(zip(chains.regions["start"].tolist(), used.tolist(), strict=True)):
            chains.entries["owner"][start : start + many] = owner[at : at + many]
            chains.entries["key"][start : start + many] = key[at : at + many]
            _rehash(chains, kind)
            at += many
        return cls(chains, length)

    def skipped(self) -> dict[str, int]:
        """Return, by kind of key, how many records had a key too common, each counted once for each such key."""
        return {
            kind: int(count) for (kind, _), count in zip(KINDS, self.chains.regions["skipped"], strict=True) if count
        }

    @property
    def size(self) -> int:
        """The bytes that the index holds."""
        return sum(array.nbytes for array in self.chains)


def _laid_out(room: Places) -> Chains:
    """Return an empty index with room for so many entries of each kind."""
    heads = np.array([1 << max(int(count - 1).bit_length() - 1, 4) for count in room.tolist()], dtype=np.int64)
    regions = np.zeros(len(room), dtype=REGION)
    regions["head"], regions["mask"] = np.cumsum(heads) - heads, heads - 1
    regions["start"], regions["room"], regions["most"] = np.cumsum(room) - room, room, MOST
    return Chains(np.full(int(heads.sum()), -1, dtype=np.int32), np.empty(int(room.sum()), dtype=ENTRY), regions)
