"""Probing: of all records before one, those that may be the same person, whatever their names turn out to be.

In come packed records, an index and a model's bits; out go pairs. It promises: a pair left out here is one that
:func:`traboule.linkage.evidence.weigh` would reject without evidence; the same code serves a batch and one record.

A pair's name is the one thing that is dear to compare, so it is compared last, and only where the rest of the pair,
with the best that its name could add, makes a link that is worth keeping; what it says then decides.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from traboule.linkage.arrays.compiled import compiled, inner
from traboule.linkage.evidence import KEPT_FROM, TIER_GROUPS
from traboule.linkage.matching.compare import COUNT, MOST_LEVELS, Bits, Common, Levels, bits_of, compare_pair, rest_bits
from traboule.linkage.matching.index import Chains, Flags, Numbers, candidates_of
from traboule.linkage.matching.keys import keys_of, room_for_keys
from traboule.linkage.matching.packed import GROUP_BIT, Packed
from traboule.linkage.names.alike.level import level_pairs
from traboule.linkage.names.alike.words import Words
from traboule.linkage.names.transliteration import scales
from traboule.linkage.weights.model import Model

Integers = npt.NDArray[np.int64]

MOST_CANDIDATES = 32_768
_MOST_AT_ONCE = 16 * MOST_CANDIDATES
_TIERED = np.uint32(sum(GROUP_BIT[group] for group in TIER_GROUPS))
_FULL_NAME = 4  # The level from which a name and a whole birth date are evidence.
_ALL = 0xFF
# By levels that are wanted (a bit each, the lowest for no name), the lowest of them.
_LOWEST = np.array([0, *(max((bits & -bits).bit_length() - 2, 0) for bits in range(1, 256))], dtype=np.int8)
_MARGIN = 1e-6  # Bits; keeps what rounding could put on the other side.


class Weighing(NamedTuple):
    """A model as the probe needs it. ``worth``: bits from which a pair is worth keeping whatever the evidence."""

    bits: Bits
    worth: float


def weighing(weights: Model) -> Weighing:
    """Return what the probe needs of a model."""
    slope, offset = weights.calibration
    odds = float(np.log2(KEPT_FROM) - np.log2(1 - KEPT_FROM))
    return Weighing(bits_of(weights), (odds - offset) / slope - _MARGIN)


class Reader(NamedTuple):
    """What one reader reads: the records, their words, how common their names and towns are (log2), the index and the
    model."""

    packed: Packed
    words: Words
    rarity: Common
    chains: Chains
    how: Weighing


@inner
def _wanted(reader: Reader, left: int, right: int, levels: Levels) -> int:
    """Return at which levels of its names a pair is worth keeping: a bit for each, the lowest for no name."""
    bits, packed, wanted = reader.how.bits, reader.packed, 0
    shared = compare_pair(packed, left, right, levels)
    named = packed.rows[left].name >= 0 and packed.rows[right].name >= 0
    if shared & _TIERED or reader.how.worth == -np.inf:
        return _ALL if named else 1
    weight = rest_bits(bits, levels, reader.rarity, left, right)
    common = max(reader.rarity[left, 0], reader.rarity[right, 0])
    for name in range(1 if named else 0, MOST_LEVELS if named else 1):
        found = weight + bits.bits[0, name]
        if bits.frequent[0, name]:
            found += bits.frequent[0, name] * (bits.log_u[0, name] - common)
        if found >= reader.how.worth or (levels[1] == 5 and name > _FULL_NAME):
            wanted |= 1 << name
    return wanted


@compiled
def probe(
    reader: Reader,
    records: Integers,
    span: tuple[int, int, bool],
    seen: Flags,
    into: tuple[Numbers, Numbers, npt.NDArray[np.uint8]],
) -> tuple[int, int, int]:
    """Put the pairs that may be worth keeping, of ``records`` from place ``span[0]`` on, ``into`` arrays: the two, and
    at which levels of their names they are.

    The index is read with ``span[1]`` records. A record is paired with those before it; with all others where
    ``span[2]``. ``seen``: one place a record, unset before and after. Return the place to go on from (where there may
    be too little room for more), how many pairs were put there and how many were compared.
    """
    found, levels, drawn = np.empty(MOST_CANDIDATES, np.int64), np.empty(COUNT, np.int8), room_for_keys()
    left, right, wanted = into
    count = compared = 0
    for at in range(span[0], len(records)):
        if count + MOST_CANDIDATES > len(left):
            return at, count, compared
        record = records[at]
        keys = keys_of(reader.packed, reader.words, record, drawn)
        below = span[1] if span[2] else record
        many = candidates_of(reader.chains, drawn, keys, record, (below, span[1]), seen, found)
        compared += many
        for place in range(many):
            other = found[place]
            seen[other] = False
            at_levels = _wanted(reader, other, record, levels)
            if at_levels:
                left[count], right[count], wanted[count] = other, record, at_levels
                count += 1
        seen[record] = False
    return len(records), count, compared


class Probed(NamedTuple):
    """The pairs worth keeping, and the level of their names, -1 where not compared. ``at``: the place to go on from;
    ``compared``: how many pairs shared a key."""

    left: Integers
    right: Integers
    names: Levels
    at: int
    compared: int


def kept(
    reader: Reader,
    records: Integers,
    span: tuple[int, int, bool],
    seen: Flags,
    into: tuple[Numbers, Numbers, npt.NDArray[np.uint8]],
) -> Probed:
    """Return the pairs of :func:`probe`, which takes the same, whose names make them worth keeping."""
    at, many, compared = probe(reader, records, span, seen, into)
    left, right, wanted = into[0][:many].astype(np.int64), into[1][:many].astype(np.int64), into[2][:many]
    if not many or reader.how.worth == -np.inf:
        return Probed(left, right, np.full(many, -1, dtype=np.int8), at, compared)
    name, names = reader.packed.rows["name"], np.empty(many, dtype=np.int8)
    pairs = name[left].astype(np.int64), name[right].astype(np.int64)
    level_pairs(reader.words, scales(), pairs, _LOWEST[wanted], names)
    chosen = np.flatnonzero((wanted >> (names + 1).astype(np.uint8)) & 1)
    return Probed(left[chosen], right[chosen], names[chosen], at, compared)


def room_for_pairs(most: int = _MOST_AT_ONCE) -> tuple[Numbers, Numbers, npt.NDArray[np.uint8]]:
    """Return room for what :func:`probe` finds of records that have ``most`` candidates together."""
    return np.empty(most, dtype=np.int32), np.empty(most, dtype=np.int32), np.empty(most, dtype=np.uint8)


def sharing(reader: Reader, records: Integers, seen: Flags) -> set[tuple[int, int]]:
    """Return the pairs, smaller number first, of ``records`` with all others by a key that is not too common. ``seen``:
    one place a record, unset."""
    everything, at, found = reader._replace(how=reader.how._replace(worth=-np.inf)), 0, set[tuple[int, int]]()
    into = room_for_pairs(2 * MOST_CANDIDATES)
    while at < len(records):
        at, many, _ = probe(everything, records, (at, len(seen), True), seen, into)
        one, other = np.minimum(into[0][:many], into[1][:many]), np.maximum(into[0][:many], into[1][:many])
        found.update(zip(one.tolist(), other.tolist(), strict=True))
    return found
