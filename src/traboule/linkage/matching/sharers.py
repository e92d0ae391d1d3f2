"""Who shares a key with whom, of all records at once: each key's records side by side, all that a batch needs.

In come packed records and the words of their names; out go :class:`Sharers`, and from these the pairs of records that
share a key. It promises: the pairs, and the records that a key too common left out, that an index filled with the same
records gives; memory grows with the keys. An index can be added to; what is sorted once is built and read much faster.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from traboule.core.parallel import THREADS, each_of
from traboule.linkage.arrays.compiled import compiled
from traboule.linkage.matching.index import MOST_CANDIDATES, Flags, Numbers
from traboule.linkage.matching.keys import KINDS, MOST, STRETCH, Listed, listed, room_to_list
from traboule.linkage.matching.packed import Packed
from traboule.linkage.names.alike.words import Words

Codes = npt.NDArray[np.uint64]

_BEFORE, _RECORD = np.uint64(32), np.uint64(0xFFFFFFFF)  # Bits before a record's, and a record's.


class Sharers(NamedTuple):
    """``members``: the records of each key that two or more have and that is not too common, ascending, behind an -1.
    ``places``: where each record stands among them, but for where it comes first: nobody is before it there.
    ``starts``: where the places of each record begin."""

    members: Numbers
    places: Numbers
    starts: npt.NDArray[np.int64]


def sharers_of(packed: Packed, words: Words, *, threads: int = THREADS) -> tuple[Sharers, dict[str, int]]:
    """Return who shares a key with whom; and by kind of key, how many records one too common left out, each once for
    each such key."""
    records, rooms = len(packed.rows), [room_to_list() for _ in range(threads)]

    def of_thread(part: int) -> list[list[Codes]]:
        firsts = range(part * STRETCH, records, threads * STRETCH)
        return [_by_kind(listed(packed, words, at, min(at + STRETCH, records), rooms[part])) for at in firsts]

    stretches = [codes for found in each_of(range(threads), of_thread, threads=threads) for codes in found]

    def of_kind(kind: int) -> tuple[Numbers, int]:
        codes = np.concatenate([np.zeros(0, dtype=np.uint64), *(stretch[kind] for stretch in stretches)])
        codes.sort()
        members = np.empty(len(codes) + len(codes) // 2 + 2, dtype=np.int32)
        many, skipped = lay_out(codes, MOST[kind], members)
        return members[:many].copy(), skipped

    laid_out = each_of(range(len(KINDS)), of_kind, threads=threads)
    members = np.concatenate([members for members, _ in laid_out])
    skipped = {kind: many for (kind, _), (_, many) in zip(KINDS, laid_out, strict=True) if many}
    return _placed(members, records), skipped


def _by_kind(keys: Listed) -> list[Codes]:
    """Return the keys of each kind, each in one number with its record behind it."""
    order = np.argsort(keys.kind, kind="stable")
    codes = keys.key[order].astype(np.uint64) << _BEFORE | keys.record[order].astype(np.uint64)
    return np.split(codes, np.cumsum(keys.by_kind())[:-1])


@compiled
def lay_out(codes: Codes, most: int, members: Numbers) -> tuple[int, int]:
    """Put the records of each of the keys of one kind, sorted, that two or more have and at most ``most``, into
    ``members``, as :class:`Sharers` has them; return how many places that took, and how many records had one too
    common."""
    at, many, skipped = 0, 0, 0
    while at < len(codes):
        key, last, held = codes[at] >> _BEFORE, np.int32(-1), 0
        members[many] = -1
        while at < len(codes) and codes[at] >> _BEFORE == key:
            record = np.int32(codes[at] & _RECORD)
            if record != last:
                held += 1
                if held <= most:
                    members[many + held] = record
            last = record
            at += 1
        if held > most:
            skipped += held
        elif held > 1:
            many += held + 1
    return many, skipped


def _placed(members: Numbers, records: int) -> Sharers:
    """Return ``members`` with the places of so many records among them."""
    behind = members[1:][(members[1:] >= 0) & (members[:-1] >= 0)]
    starts = np.append(np.cumsum(np.bincount(behind, minlength=records)), len(behind))
    places = np.empty(len(behind), dtype=np.int32)
    place_members(members, starts, places)
    return Sharers(members, places, starts)


@compiled
def place_members(members: Numbers, starts: npt.NDArray[np.int64], places: Numbers) -> None:
    """Put the ``places`` of each record, as :class:`Sharers` has them; ``starts``, where they end so far, goes down to
    where they begin."""
    for place in range(len(members) - 1, 0, -1):
        if members[place] >= 0 and members[place - 1] >= 0:
            starts[members[place]] -= 1
            places[starts[members[place]]] = place


@compiled
def pairs_of(sharers: Sharers, span: tuple[int, int], seen: Flags, into: tuple[Numbers, Numbers]) -> tuple[int, int]:
    """Put the pairs of a span of records (first, below) with those before them by a key that they share ``into``
    arrays, each pair once. ``seen``: one place a record, unset before and after.

    Return the record to go on from (where there may be too little room for more), and how many pairs were put there.
    """
    (left, right), count = into, 0
    for record in range(span[0], span[1]):
        if count + MOST_CANDIDATES > len(left):
            return record, count
        first = count
        for at in range(sharers.starts[record], sharers.starts[record + 1]):
            place = sharers.places[at] - 1
            while sharers.members[place] >= 0:
                other = sharers.members[place]
                if not seen[other]:
                    seen[other] = True
                    left[count], right[count] = other, record
                    count += 1
                place -= 1
        for place in range(first, count):
            seen[left[place]] = False
    return span[1], count
