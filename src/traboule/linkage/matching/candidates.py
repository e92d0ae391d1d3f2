"""Find the candidate pairs of a record and prune those that cannot be worth keeping.

Input: packed records, an index and a model's bits. Output: pairs. A pruned pair is one that
:func:`traboule.linkage.evidence.weigh` would reject without evidence. A batch and a single record use the same code.

Comparing names costs most, so it comes last, and only where the rest of the pair, with the best its name could add,
makes a pair worth keeping.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from traboule.linkage.arrays.jit import compiled, inlined
from traboule.linkage.decisions import STORED_FROM, TIER_GROUPS
from traboule.linkage.matching.blocking import KeyBuffer, new_key_buffer, record_keys
from traboule.linkage.matching.compare import (
    COUNT,
    MAX_LEVELS,
    Common,
    Levels,
    ModelBits,
    bits_without_name,
    compare_pair,
    level_bits,
    model_bits,
    prefetch_ahead,
)
from traboule.linkage.matching.index import MAX_CANDIDATES, Chains, Flags, Numbers, candidates_of
from traboule.linkage.matching.packed_records import GROUP_BIT, PackedRecords
from traboule.linkage.names.similarity.name_similarity import level_pairs
from traboule.linkage.names.similarity.token_table import TokenTable
from traboule.linkage.names.similarity.transliteration import alignment_weights
from traboule.linkage.weights.model import LinkModel

Integers = npt.NDArray[np.int64]

_MAX_PAIRS = 16 * MAX_CANDIDATES
_TIERED = np.uint32(sum(GROUP_BIT[group] for group in TIER_GROUPS))
_FULL_NAME = 4  # With a whole birth date, names above this level are evidence.
_ALL = 0xFF
# For each set of wanted levels (one bit each, the lowest for no name), the lowest level.
_LOWEST = np.array([0, *(max((bits & -bits).bit_length() - 2, 0) for bits in range(1, 256))], dtype=np.int8)
_MARGIN = 1e-6  # Bits; allows for rounding.


class PruningModel(NamedTuple):
    """A model for pruning. ``worth``: bits from which a pair is worth keeping whatever its evidence."""

    bits: ModelBits
    worth: float


def pruning_model(weights: LinkModel) -> PruningModel:
    """Return what pruning needs of a model."""
    slope, offset = weights.calibration
    odds = float(np.log2(STORED_FROM) - np.log2(1 - STORED_FROM))
    return PruningModel(model_bits(weights), (odds - offset) / slope - _MARGIN)


class IndexReader(NamedTuple):
    """A reader's view: the records, their tokens, how common their names and towns are (log2), the index and the
    model."""

    packed: PackedRecords
    words: TokenTable
    rarity: Common
    chains: Chains
    pruning: PruningModel


class PairBuffer(NamedTuple):
    """Buffers for the pairs of one record after another, for the candidates of one record, and for its keys."""

    left: Numbers
    right: Numbers
    candidates: Integers
    keys: KeyBuffer


def new_pair_buffer(most: int = _MAX_PAIRS) -> PairBuffer:
    """Return buffers for the pairs of records that have ``most`` candidates together."""
    left, right = np.empty(most, dtype=np.int32), np.empty(most, dtype=np.int32)
    return PairBuffer(left, right, np.empty(MAX_CANDIDATES, dtype=np.int64), new_key_buffer())


@inlined
def _levels_worth_keeping(
    packed: PackedRecords, common: Common, pruning: PruningModel, left: int, right: int, levels: Levels
) -> int:
    """Return the levels of the name at which a pair is worth keeping: one bit per level, the lowest for no name."""
    wanted = 0
    shared = compare_pair(packed, left, right, levels)
    both_named = packed.rows[left].name >= 0 and packed.rows[right].name >= 0
    if shared & _TIERED:
        return _ALL if both_named else 1
    weight = bits_without_name(pruning.bits, levels, common, left, right)
    for name in range(1 if both_named else 0, MAX_LEVELS if both_named else 1):
        total = weight + level_bits(pruning.bits, 0, name, common, left, right)
        if total >= pruning.worth or (levels[1] == 5 and name > _FULL_NAME):
            wanted |= 1 << name
    return wanted


@compiled
def find_pairs(
    packed: PackedRecords,
    words: TokenTable,
    chains: Chains,
    records: Integers,
    span: tuple[int, int, bool],
    seen: Flags,
    buffer: PairBuffer,
) -> tuple[int, int]:
    """Write the pairs of ``records`` from place ``span[0]`` on that share a key into ``buffer``.

    ``span[1]`` records of the index are visible. A record is paired with those before it, or with all others where
    ``span[2]``. ``seen``: one flag per record, unset before and after. Return the next place (where the buffer is
    full), and how many pairs were written.
    """
    left, right, candidates, keys_drawn = buffer
    count = 0
    for at in range(span[0], len(records)):
        if count + MAX_CANDIDATES > len(left):
            return at, count
        record = records[at]
        keys = record_keys(packed, words, record, keys_drawn)
        below = span[1] if span[2] else record
        for place in range(candidates_of(chains, keys_drawn, keys, record, (below, span[1]), seen, candidates)):
            candidate = candidates[place]
            seen[candidate] = False
            left[count], right[count] = candidate, record
            count += 1
        seen[record] = False
    return len(records), count


@compiled
def prune_pairs(
    packed: PackedRecords,
    common: Common,
    pruning: PruningModel,
    pairs: tuple[Numbers, Numbers],
    levels: Levels,
    wanted: npt.NDArray[np.uint8],
) -> int:
    """Move the pairs that may be worth keeping to the front of ``pairs``, and write the levels of the name at which
    they are into ``wanted``; return how many.

    ``common``: log2 of how common, by record. ``levels``: a buffer for one pair.
    """
    (left, right), count = pairs, 0
    for place in range(len(left)):
        prefetch_ahead(packed, common, left, place)
        at_levels = _levels_worth_keeping(packed, common, pruning, left[place], right[place], levels)
        if at_levels:
            left[count], right[count], wanted[count] = left[place], right[place], at_levels
            count += 1
    return count


def pairs_worth_keeping(
    packed: PackedRecords, words: TokenTable, common: Common, pruning: PruningModel, pairs: tuple[Numbers, Numbers]
) -> tuple[Integers, Integers, Levels]:
    """Return those of ``pairs``, which is used up, that are worth keeping with their names, and the levels of the
    names."""
    wanted = np.empty(len(pairs[0]), dtype=np.uint8)
    count = prune_pairs(packed, common, pruning, pairs, np.empty(COUNT, dtype=np.int8), wanted)
    (left, right), wanted = (side[:count].astype(np.int64) for side in pairs), wanted[:count]
    name, names = packed.rows["name"], np.empty(count, dtype=np.int8)
    if count:
        level_pairs(
            words,
            alignment_weights(),
            (name[left].astype(np.int64), name[right].astype(np.int64)),
            _LOWEST[wanted],
            names,
        )
    chosen = np.flatnonzero((wanted >> (names + 1).astype(np.uint8)) & 1)
    return left[chosen], right[chosen], names[chosen]


class ProbedPairs(NamedTuple):
    """The pairs worth keeping, and the level of their names, -1 where either has none. ``at``: the next place."""

    left: Integers
    right: Integers
    names: Levels
    at: int


def probe_pairs(
    reader: IndexReader, records: Integers, span: tuple[int, int, bool], seen: Flags, buffer: PairBuffer
) -> ProbedPairs:
    """Return those pairs of :func:`find_pairs` that are worth keeping."""
    at, count = find_pairs(reader.packed, reader.words, reader.chains, records, span, seen, buffer)
    pairs = buffer.left[:count], buffer.right[:count]
    return ProbedPairs(*pairs_worth_keeping(reader.packed, reader.words, reader.rarity, reader.pruning, pairs), at)


def pairs_sharing_keys(reader: IndexReader, records: Integers, seen: Flags) -> set[tuple[int, int]]:
    """Return the pairs, smaller number first, of ``records`` with all others that share a key that is not too common.

    ``seen``: one unset flag per record.
    """
    buffer, at, pairs = new_pair_buffer(2 * MAX_CANDIDATES), 0, set[tuple[int, int]]()
    while at < len(records):
        at, count = find_pairs(reader.packed, reader.words, reader.chains, records, (at, len(seen), True), seen, buffer)
        left, right = buffer.left[:count], buffer.right[:count]
        lower, upper = np.minimum(left, right), np.maximum(left, right)
        pairs.update(zip(lower.tolist(), upper.tolist(), strict=True))
    return pairs
