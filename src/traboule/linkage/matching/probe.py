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

from traboule.linkage.arrays.compiled import compiled, woven
from traboule.linkage.evidence import KEPT_FROM, TIER_GROUPS
from traboule.linkage.matching.compare import (
    COUNT,
    MOST_LEVELS,
    Bits,
    Common,
    Levels,
    ask_ahead,
    bits_of,
    compare_pair,
    level_bits,
    rest_bits,
)
from traboule.linkage.matching.index import MOST_CANDIDATES, Chains, Flags, Numbers, candidates_of
from traboule.linkage.matching.keys import Drawn, keys_of, room_for_keys
from traboule.linkage.matching.packed import GROUP_BIT, Packed
from traboule.linkage.names.alike.level import level_pairs
from traboule.linkage.names.alike.words import Words
from traboule.linkage.names.transliteration import scales
from traboule.linkage.weights.model import Model

Integers = npt.NDArray[np.int64]

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


class Room(NamedTuple):
    """Room for the pairs of one record after another, for the candidates of one, and for its keys."""

    left: Numbers
    right: Numbers
    candidates: Integers
    drawn: Drawn


def room_for_pairs(most: int = _MOST_AT_ONCE) -> Room:
    """Return room for the pairs of records that have ``most`` candidates together."""
    left, right = np.empty(most, dtype=np.int32), np.empty(most, dtype=np.int32)
    return Room(left, right, np.empty(MOST_CANDIDATES, dtype=np.int64), room_for_keys())


@woven
def _wanted(packed: Packed, common: Common, how: Weighing, left: int, right: int, levels: Levels) -> int:
    """Return at which levels of its names a pair is worth keeping: a bit for each, the lowest for no name."""
    wanted = 0
    shared = compare_pair(packed, left, right, levels)
    named = packed.rows[left].name >= 0 and packed.rows[right].name >= 0
    if shared & _TIERED:
        return _ALL if named else 1
    weight = rest_bits(how.bits, levels, common, left, right)
    for name in range(1 if named else 0, MOST_LEVELS if named else 1):
        found = weight + level_bits(how.bits, 0, name, common, left, right)
        if found >= how.worth or (levels[1] == 5 and name > _FULL_NAME):
            wanted |= 1 << name
    return wanted


@compiled
def probe(
    packed: Packed,
    words: Words,
    chains: Chains,
    records: Integers,
    span: tuple[int, int, bool],
    seen: Flags,
    into: Room,
) -> tuple[int, int]:
    """Put the pairs of ``records`` from place ``span[0]`` on, by a key that they share with others, ``into`` room.

    The index is read with ``span[1]`` records. A record is paired with those before it; with all others where
    ``span[2]``. ``seen``: one place a record, unset before and after. Return the place to go on from (where there may
    be too little room for more), and how many pairs were put there.
    """
    left, right, found, drawn = into
    count = 0
    for at in range(span[0], len(records)):
        if count + MOST_CANDIDATES > len(left):
            return at, count
        record = records[at]
        keys = keys_of(packed, words, record, drawn)
        below = span[1] if span[2] else record
        for place in range(candidates_of(chains, drawn, keys, record, (below, span[1]), seen, found)):
            other = found[place]
            seen[other] = False
            left[count], right[count] = other, record
            count += 1
        seen[record] = False
    return len(records), count


@compiled
def weigh_rest(
    packed: Packed,
    common: Common,
    how: Weighing,
    pairs: tuple[Numbers, Numbers],
    levels: Levels,
    wanted: npt.NDArray[np.uint8],
) -> int:
    """Move the pairs that may be worth keeping to the front of ``pairs``, and put at which levels of their names they
    are into ``wanted``; return how many. ``common``: log2 of how common, by record. ``levels``: room for those of one
    pair."""
    (left, right), count = pairs, 0
    for place in range(len(left)):
        ask_ahead(packed, common, left, place)
        at_levels = _wanted(packed, common, how, left[place], right[place], levels)
        if at_levels:
            left[count], right[count], wanted[count] = left[place], right[place], at_levels
            count += 1
    return count


def worth_keeping(
    packed: Packed, words: Words, common: Common, how: Weighing, pairs: tuple[Numbers, Numbers]
) -> tuple[Integers, Integers, Levels]:
    """Return those of ``pairs``, which are used up, that their names make worth keeping, and the levels of these."""
    wanted = np.empty(len(pairs[0]), dtype=np.uint8)
    many = weigh_rest(packed, common, how, pairs, np.empty(COUNT, dtype=np.int8), wanted)
    (left, right), wanted = (side[:many].astype(np.int64) for side in pairs), wanted[:many]
    name, names = packed.rows["name"], np.empty(many, dtype=np.int8)
    if many:
        level_pairs(
            words, scales(), (name[left].astype(np.int64), name[right].astype(np.int64)), _LOWEST[wanted], names
        )
    chosen = np.flatnonzero((wanted >> (names + 1).astype(np.uint8)) & 1)
    return left[chosen], right[chosen], names[chosen]


class Probed(NamedTuple):
    """The pairs worth keeping, and the level of their names, -1 where either has none. ``at``: the place to go on
    from."""

    left: Integers
    right: Integers
    names: Levels
    at: int


def kept(reader: Reader, records: Integers, span: tuple[int, int, bool], seen: Flags, into: Room) -> Probed:
    """Return those of the pairs of :func:`probe` that are worth keeping."""
    at, many = probe(reader.packed, reader.words, reader.chains, records, span, seen, into)
    found = into.left[:many], into.right[:many]
    return Probed(*worth_keeping(reader.packed, reader.words, reader.rarity, reader.how, found), at)


def sharing(reader: Reader, records: Integers, seen: Flags) -> set[tuple[int, int]]:
    """Return the pairs, smaller number first, of ``records`` with all others by a key that is not too common. ``seen``:
    one place a record, unset."""
    into, at, found = room_for_pairs(2 * MOST_CANDIDATES), 0, set[tuple[int, int]]()
    while at < len(records):
        at, many = probe(reader.packed, reader.words, reader.chains, records, (at, len(seen), True), seen, into)
        left, right = into.left[:many], into.right[:many]
        one, other = np.minimum(left, right), np.maximum(left, right)
        found.update(zip(one.tolist(), other.tolist(), strict=True))
    return found
