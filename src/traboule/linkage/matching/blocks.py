"""Group all records into blocks: the records that share a blocking key, side by side.

Output: :class:`Blocks`, and from them the pairs within a block. The pairs, and the records skipped because a key is too
common, equal those of an index filled with the same records. Memory grows with the keys. An index can grow; blocks are
sorted once, and are built and read much faster.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from traboule.core.parallel import THREADS, each_of
from traboule.linkage.arrays.jit import compiled
from traboule.linkage.matching.blocking import CHUNK, KINDS, MAX_RECORDS, BlockingKeys, blocking_keys, new_key_list
from traboule.linkage.matching.index import MAX_CANDIDATES, Flags, Numbers
from traboule.linkage.matching.packed_records import PackedRecords
from traboule.linkage.names.similarity.token_table import TokenTable

Codes = npt.NDArray[np.uint64]

_RECORD_BITS, _RECORD_MASK = np.uint64(32), np.uint64(0xFFFFFFFF)  # The bits of a record in a code, and their mask.


class Blocks(NamedTuple):
    """Records grouped by key. ``members``: the records of each key that two or more have and that is not too common,
    ascending, each group after a -1. ``places``: where each record stands in the groups, except as a group's first
    member. ``starts``: where the places of each record begin."""

    members: Numbers
    places: Numbers
    starts: npt.NDArray[np.int64]


def build_blocks(packed: PackedRecords, words: TokenTable, *, threads: int = THREADS) -> tuple[Blocks, dict[str, int]]:
    """Return the blocks; and by kind of key, how many records were skipped because a key was too common, each once per
    such key."""
    records, buffers = len(packed.rows), [new_key_list() for _ in range(threads)]

    def of_thread(part: int) -> list[list[Codes]]:
        firsts = range(part * CHUNK, records, threads * CHUNK)
        return [_by_kind(blocking_keys(packed, words, at, min(at + CHUNK, records), buffers[part])) for at in firsts]

    stretches = [
        codes for thread_parts in each_of(range(threads), of_thread, threads=threads) for codes in thread_parts
    ]

    def of_kind(kind: int) -> tuple[Numbers, int]:
        codes = np.concatenate([np.zeros(0, dtype=np.uint64), *(stretch[kind] for stretch in stretches)])
        codes.sort()
        members = np.empty(len(codes) + len(codes) // 2 + 2, dtype=np.int32)
        count, skipped = lay_out(codes, MAX_RECORDS[kind], members)
        return members[:count].copy(), skipped

    laid_out = each_of(range(len(KINDS)), of_kind, threads=threads)
    members = np.concatenate([members for members, _ in laid_out])
    skipped = {kind: count for (kind, _), (_, count) in zip(KINDS, laid_out, strict=True) if count}
    return _with_places(members, records), skipped


def _by_kind(keys: BlockingKeys) -> list[Codes]:
    """Return the keys of each kind, each key in one number with its record."""
    order = np.argsort(keys.kind, kind="stable")
    codes = keys.key[order].astype(np.uint64) << _RECORD_BITS | keys.record[order].astype(np.uint64)
    return np.split(codes, np.cumsum(keys.by_kind())[:-1])


@compiled
def lay_out(codes: Codes, most: int, members: Numbers) -> tuple[int, int]:
    """Write the records of each key of one kind (sorted) that two or more and at most ``most`` records have into
    ``members``, in the form of :class:`Blocks`; return the length written, and how many records were skipped."""
    at, count, skipped = 0, 0, 0
    while at < len(codes):
        key, last, holders = codes[at] >> _RECORD_BITS, np.int32(-1), 0
        members[count] = -1
        while at < len(codes) and codes[at] >> _RECORD_BITS == key:
            record = np.int32(codes[at] & _RECORD_MASK)
            if record != last:
                holders += 1
                if holders <= most:
                    members[count + holders] = record
            last = record
            at += 1
        if holders > most:
            skipped += holders
        elif holders > 1:
            count += holders + 1
    return count, skipped


def _with_places(members: Numbers, records: int) -> Blocks:
    """Return ``members`` with the places of each record."""
    behind = members[1:][(members[1:] >= 0) & (members[:-1] >= 0)]
    starts = np.append(np.cumsum(np.bincount(behind, minlength=records)), len(behind))
    places = np.empty(len(behind), dtype=np.int32)
    place_members(members, starts, places)
    return Blocks(members, places, starts)


@compiled
def place_members(members: Numbers, starts: npt.NDArray[np.int64], places: Numbers) -> None:
    """Write the ``places`` of each record in the form of :class:`Blocks`; ``starts`` goes from where the places end to
    where they begin."""
    for place in range(len(members) - 1, 0, -1):
        if members[place] >= 0 and members[place - 1] >= 0:
            starts[members[place]] -= 1
            places[starts[members[place]]] = place


@compiled
def pairs_of(blocks: Blocks, span: tuple[int, int], seen: Flags, output: tuple[Numbers, Numbers]) -> tuple[int, int]:
    """Write the distinct pairs of a span of records (first, below) with earlier records of a common block into
    ``output``.

    ``seen``: one flag per record, unset before and after. Return the next record (where the buffer is full), and how
    many pairs were written.
    """
    (left, right), count = output, 0
    for record in range(span[0], span[1]):
        if count + MAX_CANDIDATES > len(left):
            return record, count
        first = count
        for at in range(blocks.starts[record], blocks.starts[record + 1]):
            place = blocks.places[at] - 1
            while blocks.members[place] >= 0:
                candidate = blocks.members[place]
                if not seen[candidate]:
                    seen[candidate] = True
                    left[count], right[count] = candidate, record
                    count += 1
                place -= 1
        for place in range(first, count):
            seen[left[place]] = False
    return span[1], count
