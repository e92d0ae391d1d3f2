"""Match all records at once: find the pairs that share a blocking key, and keep those worth keeping.

The number of threads does not change the result. Memory grows with the records and the kept pairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from traboule.core.parallel import THREADS, both, each_of, spans
from traboule.linkage.matching.blocking import CHUNK, KINDS, BlockingKeys, blocking_keys, new_key_list
from traboule.linkage.matching.blocks import Blocks, build_blocks, pairs_of
from traboule.linkage.matching.candidates import PruningModel, new_pair_buffer, pairs_worth_keeping, pruning_model
from traboule.linkage.matching.compare import Common
from traboule.linkage.matching.index import Index, Numbers, insert_keys
from traboule.linkage.matching.packed_records import PackedRecords, pack
from traboule.linkage.matching.term_frequency import rarity
from traboule.linkage.names.similarity.token_table import TokenTable
from traboule.linkage.prepare import PersonRecords
from traboule.linkage.weights.comparisons import FREQUENCY_COLUMNS
from traboule.linkage.weights.model import LinkModel

Integers = npt.NDArray[np.int64]
Levels = npt.NDArray[np.int8]

_SPANS = 16  # Spans per thread, so that one dense span does not keep the other threads waiting.


@dataclass(frozen=True)
class MatchedPairs:
    """The pairs of a batch: ``left[i]`` < ``right[i]``, record numbers, sorted. ``names``: the level of their names, -1
    where not compared.

    ``compared``: how many pairs shared a key. ``skipped``: kind of key to records skipped because a key was too common.
    ``packed``: the records. ``common``: log2 of how common their names and towns are; 0 where nothing is weighed.
    """

    left: Integers
    right: Integers
    names: Levels
    compared: int
    skipped: dict[str, int]
    packed: PackedRecords
    common: Common


def match(records: PersonRecords, weights: LinkModel, *, threads: int = THREADS) -> MatchedPairs:
    """Return the pairs of ``records`` worth keeping under the model ``weights``."""
    packed, (common, order) = both(lambda: pack(records), lambda: (rarity(records, weights), _by_name(records)))
    return _matched_pairs(packed, records.names.words, (common, order), pruning_model(weights), threads)


def all_candidates(records: PersonRecords, *, threads: int = THREADS) -> MatchedPairs:
    """Return all pairs of ``records`` that share a key that is not too common, whatever they weigh."""
    common = np.zeros((len(records), len(FREQUENCY_COLUMNS)), dtype=np.float32)
    return _matched_pairs(pack(records), records.names.words, (common, _by_name(records)), None, threads)


def _by_name(records: PersonRecords) -> Integers:
    """Return the records sorted by name, so that records compared one after the other are close in memory."""
    return np.argsort(records.name, kind="stable")


def _matched_pairs(
    packed: PackedRecords,
    words: TokenTable,
    ordered: tuple[Common, Integers],
    pruning: PruningModel | None,
    threads: int,
) -> MatchedPairs:
    """Return the pairs that share a key and are worth keeping; all of them where ``pruning`` is None.

    ``ordered``: how common names and towns are, by record, and the order in which to visit the records.
    """
    common, order = ordered
    by_name, common_by_name = packed._replace(rows=packed.rows.take(order)), common.take(order, axis=0)
    blocks, skipped = build_blocks(by_name, words, threads=threads)
    size = max(len(order), 1)

    def chosen(pairs: tuple[Numbers, Numbers]) -> tuple[Integers, Levels]:
        left, right, names = (
            pairs_worth_keeping(by_name, words, common_by_name, pruning, pairs)
            if pruning
            else (pairs[0].astype(np.int64), pairs[1].astype(np.int64), np.full(len(pairs[0]), -1, dtype=np.int8))
        )
        left_record, right_record = order[left], order[right]
        return np.minimum(left_record, right_record) * size + np.maximum(left_record, right_record), names

    def of_span(span: tuple[int, int]) -> list[tuple[Integers, Levels, int]]:
        return [(*chosen(pairs), len(pairs[0])) for pairs in _pairs_in_span(blocks, span, size)]

    parts = [
        part for span_parts in each_of(spans(len(order), 0, _SPANS), of_span, threads=threads) for part in span_parts
    ]
    codes = np.concatenate([np.zeros(0, dtype=np.int64), *(codes for codes, _, _ in parts)])
    names = np.concatenate([np.zeros(0, dtype=np.int8), *(names for _, names, _ in parts)])
    first = np.argsort(codes)
    left, right = np.divmod(codes[first], size)
    return MatchedPairs(left, right, names[first], sum(compared for _, _, compared in parts), skipped, packed, common)


def _pairs_in_span(blocks: Blocks, span: tuple[int, int], size: int) -> Iterator[tuple[Numbers, Numbers]]:
    """Yield the pairs of a span of records with those before them, as many at once as the buffer holds."""
    seen, (left, right, *_), (at, last) = np.zeros(size, dtype=np.bool_), new_pair_buffer(), span
    while at < last:
        at, count = pairs_of(blocks, (at, last), seen, (left, right))
        yield left[:count], right[:count]


def fill_index(index: Index, packed: PackedRecords, words: TokenTable, last: int, *, threads: int = THREADS) -> None:
    """Insert the records from the end of the index to below ``last``; each thread handles its own kinds of keys."""
    buffers, no_flags = [new_key_list() for _ in range(threads)], np.zeros(0, dtype=np.bool_)
    stretches = [(at, min(at + CHUNK, last)) for at in range(index.length, last, CHUNK)]
    rounds = [range(at, min(at + threads, len(stretches))) for at in range(0, len(stretches), threads)]

    def keys_of_round(places: range) -> list[BlockingKeys]:
        return each_of(
            places, lambda at: blocking_keys(packed, words, *stretches[at], buffers[at % threads]), threads=threads
        )

    counts = np.zeros(len(KINDS), dtype=np.int64)
    for places in rounds:
        counts += sum(keys.by_kind() for keys in keys_of_round(places))
    index.reserve(counts)
    for places in rounds:
        key_lists = keys_of_round(places)

        def inserted(part: int, key_lists: list[BlockingKeys] = key_lists) -> None:
            for keys in key_lists:
                insert_keys(index.chains, keys, (part, threads), no_flags)

        each_of(range(threads), inserted, threads=threads)
    index.length = last
