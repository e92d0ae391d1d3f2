"""Probing: of all records before one, those that may be the same person, whatever their names turn out to be.

In come packed records, an index and a model's bits; out go pairs. It promises: a pair left out here is one that
:func:`traboule.linkage.evidence.weigh` would reject without evidence; the same code serves a batch and one record.

A pair's name is the one thing that is dear to compare, so it is compared last, and only where the rest of the pair,
with the best that its name could add, makes a link that is worth keeping.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from traboule.linkage.evidence import KEPT_FROM, TIER_GROUPS
from traboule.linkage.matching.compare import COUNT, Bits, Common, Levels, bits_of, compare_pair, rest_bits
from traboule.linkage.matching.compiled import compiled, inner
from traboule.linkage.matching.index import Chains, Numbers, candidates_of, is_alive
from traboule.linkage.matching.keys import keys_of, room_for_keys
from traboule.linkage.matching.packed import GROUP_BIT, Packed, Words
from traboule.linkage.weights.model import Model

Integers = npt.NDArray[np.int64]

MOST_CANDIDATES = 32_768
_TIERED = np.uint32(sum(GROUP_BIT[group] for group in TIER_GROUPS))
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


@inner
def _worth_keeping(packed: Packed, rarity: Common, how: Weighing, left: int, right: int, levels: Levels) -> bool:
    """Tell whether the best that the names of a pair could add makes it worth comparing them."""
    shared = compare_pair(packed, left, right, levels)
    if shared & _TIERED or levels[1] == 5:
        return True
    weight = rest_bits(how.bits, levels, rarity, left, right)
    if packed.rows[left].name >= 0 and packed.rows[right].name >= 0:
        weight += max(how.bits.most, how.bits.most_frequent - max(rarity[left, 0], rarity[right, 0]))
    return weight >= how.worth


class Reader(NamedTuple):
    """What one reader reads: the records, their words, how common names and towns are (log2), index and model."""

    packed: Packed
    words: Words
    rarity: Common
    chains: Chains
    how: Weighing


@compiled
def probe(
    reader: Reader, records: Integers, span: tuple[int, int, bool], seen: Numbers, left: Numbers, right: Numbers
) -> tuple[int, int, int]:
    """Put the pairs that are worth keeping, of ``records`` from place ``span[0]`` on, into ``left`` and ``right``.

    The index is read with ``span[1]`` records. A record is paired with those before it; with all others where
    ``span[2]``. ``seen``: zeros, one place a record, for as long as no record is probed twice. Return the place to go
    on from (where there may be too little room for more), how many pairs were put there and how many were compared.
    """
    found, levels, drawn = np.empty(MOST_CANDIDATES, np.int32), np.empty(COUNT, np.int8), room_for_keys()
    packed, how, rarity = reader.packed, reader.how, reader.rarity
    count = compared = 0
    for at in range(span[0], len(records)):
        if count + MOST_CANDIDATES > len(left):
            return at, count, compared
        record = records[at]
        keys = keys_of(packed, reader.words, record, drawn)
        below = span[1] if span[2] else record
        many = candidates_of(reader.chains, drawn, keys, record, (below, span[1]), seen, found)
        compared += many
        for place in range(many):
            if _worth_keeping(packed, rarity, how, found[place], record, levels):
                left[count], right[count] = found[place], record
                count += 1
    return len(records), count, compared


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
