"""All pairs of all records at once: see who shares a key with whom, then weigh each record with those before it.

In come person records and a model; out go the pairs worth keeping, sorted, and what was counted. It promises: pure;
any number of threads gives the same pairs; memory grows with the records and the pairs kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from traboule.core.parallel import THREADS, both, each_of, spans
from traboule.linkage.matching.compare import Common
from traboule.linkage.matching.index import Index, Numbers, insert_keys
from traboule.linkage.matching.keys import KINDS, STRETCH, Listed, listed, room_to_list
from traboule.linkage.matching.packed import Packed, pack
from traboule.linkage.matching.probe import Weighing, room_for_pairs, weighing, worth_keeping
from traboule.linkage.matching.sharers import Sharers, pairs_of, sharers_of
from traboule.linkage.names.alike.words import Words
from traboule.linkage.prepare import PersonRecords
from traboule.linkage.score import rarity
from traboule.linkage.weights.comparisons import FREQUENCY_COLUMNS
from traboule.linkage.weights.model import Model

Integers = npt.NDArray[np.int64]
Levels = npt.NDArray[np.int8]

_SPANS = 16  # A thread's share is divided, so that one dense part does not leave the others waiting.


@dataclass(frozen=True)
class Found:
    """``left[i]`` < ``right[i]``, record numbers, sorted; ``names``: the level of their names, -1 where not compared.

    ``compared``: how many pairs shared a key. ``skipped``: by kind of key, records left out because it was too common.
    ``packed``: the records. ``common``: log2 of how common their names and towns are; 0 where nothing is weighed.
    """

    left: Integers
    right: Integers
    names: Levels
    compared: int
    skipped: dict[str, int]
    packed: Packed
    common: Common


def match(records: PersonRecords, weights: Model, *, threads: int = THREADS) -> Found:
    """Return the pairs of ``records`` worth keeping under the model ``weights``."""
    packed, (common, order) = both(lambda: pack(records), lambda: (rarity(records, weights), _by_name(records)))
    return _found(packed, records.names.words, (common, order), weighing(weights), threads)


def candidates(records: PersonRecords, *, threads: int = THREADS) -> Found:
    """Return all pairs of ``records`` that share a key not too common, whatever they weigh."""
    common = np.zeros((len(records), len(FREQUENCY_COLUMNS)), dtype=np.float32)
    return _found(pack(records), records.names.words, (common, _by_name(records)), None, threads)


def _by_name(records: PersonRecords) -> Integers:
    """Return the records in the order of their names, so that what is compared one after the other lies side by side
    in memory."""
    return np.argsort(records.name, kind="stable")


def _found(packed: Packed, words: Words, ordered: tuple[Common, Integers], how: Weighing | None, threads: int) -> Found:
    """Return the pairs that share a key and are worth keeping; all of them where nothing says ``how`` to weigh them.

    ``ordered``: how common names and towns are, by record, and the order to look at the records in.
    """
    common, order = ordered
    by_name, common_by_name = packed._replace(rows=packed.rows.take(order)), common.take(order, axis=0)
    sharers, skipped = sharers_of(by_name, words, threads=threads)
    size = max(len(order), 1)

    def chosen(pairs: tuple[Numbers, Numbers]) -> tuple[Integers, Levels]:
        left, right, names = (
            worth_keeping(by_name, words, common_by_name, how, pairs)
            if how
            else (pairs[0].astype(np.int64), pairs[1].astype(np.int64), np.full(len(pairs[0]), -1, dtype=np.int8))
        )
        one, other = order[left], order[right]
        return np.minimum(one, other) * size + np.maximum(one, other), names

    def of_span(span: tuple[int, int]) -> list[tuple[Integers, Levels, int]]:
        return [(*chosen(pairs), len(pairs[0])) for pairs in _sharing(sharers, span, size)]

    parts = [part for each in each_of(spans(len(order), 0, _SPANS), of_span, threads=threads) for part in each]
    codes = np.concatenate([np.zeros(0, dtype=np.int64), *(codes for codes, _, _ in parts)])
    names = np.concatenate([np.zeros(0, dtype=np.int8), *(names for _, names, _ in parts)])
    first = np.argsort(codes)
    left, right = np.divmod(codes[first], size)
    return Found(left, right, names[first], sum(compared for _, _, compared in parts), skipped, packed, common)


def _sharing(sharers: Sharers, span: tuple[int, int], size: int) -> Iterator[tuple[Numbers, Numbers]]:
    """Yield the pairs of a span of records with those before them, as many as there is room for at once."""
    seen, (left, right, *_), (at, last) = np.zeros(size, dtype=np.bool_), room_for_pairs(), span
    while at < last:
        at, many = pairs_of(sharers, (at, last), seen, (left, right))
        yield left[:many], right[:many]


def fill(index: Index, packed: Packed, spelt: Words, last: int, *, threads: int = THREADS) -> None:
    """Insert the records from where the index ends to below ``last``; each thread has kinds of keys of its own."""
    rooms, nothing = [room_to_list() for _ in range(threads)], np.zeros(0, dtype=np.bool_)
    stretches = [(at, min(at + STRETCH, last)) for at in range(index.length, last, STRETCH)]
    rounds = [range(at, min(at + threads, len(stretches))) for at in range(0, len(stretches), threads)]

    def keys_of_round(places: range) -> list[Listed]:
        return each_of(places, lambda at: listed(packed, spelt, *stretches[at], rooms[at % threads]), threads=threads)

    counts = np.zeros(len(KINDS), dtype=np.int64)
    for places in rounds:
        counts += sum(keys.by_kind() for keys in keys_of_round(places))
    index.reserve(counts)
    for places in rounds:
        found = keys_of_round(places)

        def inserted(part: int, found: list[Listed] = found) -> None:
            for keys in found:
                insert_keys(index.chains, keys, (part, threads), nothing)

        each_of(range(threads), inserted, threads=threads)
    index.length = last
