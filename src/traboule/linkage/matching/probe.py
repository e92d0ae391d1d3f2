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
from traboule.linkage.matching.compare import COUNT, Bits, Common, Levels, bits_of, compare_pair, rest_bits
from traboule.linkage.matching.index import Chains, Numbers, candidates_of, is_alive
from traboule.linkage.matching.keys import keys_of, room_for_keys
from traboule.linkage.matching.packed import GROUP_BIT, Packed
from traboule.linkage.names.alike.level import level
from traboule.linkage.names.alike.scales import Scales
from traboule.linkage.names.alike.weighing import Room, room_to_compare
from traboule.linkage.names.alike.words import Words
from traboule.linkage.weights.model import Model

Integers = npt.NDArray[np.int64]

MOST_CANDIDATES = 32_768
_TIERED = np.uint32(sum(GROUP_BIT[group] for group in TIER_GROUPS))
_FULL_NAME = 4  # The level from which a name and a whole birth date are evidence.
_DROPPED = -2
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
    """What one reader reads: the records, their words and the scales to weigh those, how common their names and towns
    are (log2), the index and the model."""

    packed: Packed
    words: Words
    scales: Scales
    rarity: Common
    chains: Chains
    how: Weighing


@inner
def _kept(reader: Reader, room: Room, left: int, right: int, levels: Levels) -> int:
    """Return the level of the names of a pair that is worth keeping, :data:`_DROPPED` for any other.

    Names are compared only where the best that they could add makes the pair worth it.
    """
    bits, packed = reader.how.bits, reader.packed
    shared = compare_pair(packed, left, right, levels)
    if reader.how.worth == -np.inf:
        return -1
    one, two, tiered = packed.rows[left].name, packed.rows[right].name, shared & _TIERED
    weight = rest_bits(bits, levels, reader.rarity, left, right)
    common = max(reader.rarity[left, 0], reader.rarity[right, 0])
    named = one >= 0 and two >= 0
    if not tiered and levels[1] != 5:
        best = max(bits.most, bits.most_frequent - common) if named else 0.0
        if weight + best < reader.how.worth:
            return _DROPPED
    name = level(reader.words, reader.scales, room, one, two) if named else -1
    if tiered or (levels[1] == 5 and name >= _FULL_NAME):
        return name
    weight += bits.bits[0, name + 1]
    if bits.frequent[0, name + 1]:
        weight += bits.log_u[0, name + 1] - common
    return name if weight >= reader.how.worth else _DROPPED


@compiled
def probe(
    reader: Reader, records: Integers, span: tuple[int, int, bool], seen: Numbers, into: tuple[Numbers, Numbers, Levels]
) -> tuple[int, int, int]:
    """Put the pairs that are worth keeping, of ``records`` from place ``span[0]`` on, and the level of their names
    ``into`` three arrays.

    The index is read with ``span[1]`` records. A record is paired with those before it; with all others where
    ``span[2]``. ``seen``: zeros, one place a record, for as long as no record is probed twice. Return the place to go
    on from (where there may be too little room for more), how many pairs were put there and how many were compared.
    """
    found, levels, drawn = np.empty(MOST_CANDIDATES, np.int32), np.empty(COUNT, np.int8), room_for_keys()
    room, (left, right, names) = room_to_compare(), into
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
            name = _kept(reader, room, found[place], record, levels)
            if name != _DROPPED:
                left[count], right[count], names[count] = found[place], record, name
                count += 1
    return len(records), count, compared


def room_for_pairs(most: int) -> tuple[Numbers, Numbers, Levels]:
    """Return room for what :func:`probe` finds of records that have ``most`` candidates together."""
    return np.empty(most, dtype=np.int32), np.empty(most, dtype=np.int32), np.empty(most, dtype=np.int8)


@compiled
def share_key(reader: Reader, pair: tuple[int, int], length: int) -> bool:
    """Tell whether two records share a key that is not too common among ``length`` records."""
    one, other = room_for_keys(), room_for_keys()
    many = keys_of(reader.packed, reader.words, pair[0], one)
    more = keys_of(reader.packed, reader.words, pair[1], other)
    for i in range(many):
        for j in range(more):
            same = one.key[i] == other.key[j] and one.kind[i] == other.kind[j]
            if same and is_alive(reader.chains, one.kind[i], one.key[i], length):
                return True
    return False
