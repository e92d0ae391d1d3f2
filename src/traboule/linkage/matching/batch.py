"""All pairs of all records at once: insert everything, then probe with each record for those before it.

In come person records and a model; out go the pairs worth keeping, sorted, and what was counted. It promises: pure;
any number of threads gives the same pairs; memory grows with the records and the pairs kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from traboule.linkage.matching.compare import COUNT, Common, compare_pairs, contradict
from traboule.linkage.matching.index import Deaths, Index, count_keys, insert_keys
from traboule.linkage.matching.keys import KINDS
from traboule.linkage.matching.marks import letter_sums, marks
from traboule.linkage.matching.packed import ROW, TOKEN, VALUE, Packed, Words, pack, words
from traboule.linkage.matching.probe import MOST_CANDIDATES, Reader, Weighing, probe, weighing
from traboule.linkage.names.likeness import FORMS
from traboule.linkage.names.tokens import MOST_TOKENS
from traboule.linkage.prepare import PersonRecords
from traboule.linkage.score import rarity
from traboule.linkage.weights.comparisons import FREQUENCY_COLUMNS
from traboule.linkage.weights.model import Model, declared_model

Integers = npt.NDArray[np.int64]

THREADS = 2
_BUFFER = 16 * MOST_CANDIDATES
_SPANS = 8  # A thread's share is divided, so that one dense part does not leave the others waiting.


@dataclass(frozen=True)
class Found:
    """``left[i]`` < ``right[i]``, record numbers, sorted. ``compared``: how many pairs shared a key.

    ``skipped``: by kind of key, records left out because it was too common. ``reader``: the index and the records.
    """

    left: Integers
    right: Integers
    compared: int
    skipped: dict[str, int]
    reader: Reader


def match(records: PersonRecords, weights: Model, *, threads: int = THREADS) -> Found:
    """Return the pairs of ``records`` worth keeping under the model ``weights``."""
    return _match(records, rarity(records, weights), weighing(weights), threads)


def candidates(records: PersonRecords, *, threads: int = THREADS) -> Found:
    """Return all pairs of ``records`` that share a key not too common, whatever they weigh."""
    everything = weighing(declared_model())._replace(worth=-np.inf)
    return _match(records, np.zeros((len(records), len(FREQUENCY_COLUMNS)), dtype=np.float32), everything, threads)


def _match(records: PersonRecords, common: Common, how: Weighing, threads: int) -> Found:
    packed, spelt = pack(records), words(records.names)
    index = Index()
    fill(index, packed, spelt, len(records), threads=threads)
    reader = Reader(packed, spelt, common, index.chains, how)
    bounds = np.linspace(0, len(records), threads * _SPANS + 1).astype(np.int64)

    def probed(place: int) -> list[tuple[Integers, int]]:
        return list(_probed(reader, (int(bounds[place]), int(bounds[place + 1])), len(records)))

    with ThreadPoolExecutor(threads) as pool:
        parts = [part for each in pool.map(probed, range(len(bounds) - 1)) for part in each]
    size = np.int64(max(len(records), 1))
    codes = np.sort(np.concatenate([np.zeros(0, dtype=np.int64), *(codes for codes, _ in parts)]))
    compared = sum(compared for _, compared in parts)
    return Found(codes // size, codes % size, compared, index.skipped(), reader)


def fill(index: Index, packed: Packed, spelt: Words, last: int, *, threads: int = THREADS) -> None:
    """Insert the records from where the index ends to below ``last``; each thread has kinds of keys of its own."""
    counts = np.zeros((threads, len(KINDS)), dtype=np.int64)
    nothing = Deaths(np.empty(0, dtype=np.uint32), np.empty(0, dtype=np.uint8), np.empty(0, dtype=np.int32))
    cuts = np.linspace(index.length, last, threads + 1).astype(np.int64).tolist()

    def counted(part: int) -> None:
        count_keys(packed, spelt, cuts[part], cuts[part + 1], counts[part])

    def inserted(part: int) -> None:
        insert_keys(index.chains, packed, spelt, (index.length, last), (part, threads), nothing)

    _together(counted, threads)
    index.reserve(counts.sum(0))
    _together(inserted, threads)
    index.length = last


def _together(act: Callable[[int], None], threads: int) -> None:
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(act, range(threads)))


def _probed(reader: Reader, span: tuple[int, int], length: int) -> Iterator[tuple[Integers, int]]:
    """Yield the pairs of a span of records as codes (left * length + right), and how many were compared."""
    at, last = span
    if at == last:
        return
    seen, records, place = np.zeros(length, dtype=np.int32), np.arange(at, last, dtype=np.int64), 0
    left, right = np.empty(_BUFFER, dtype=np.int32), np.empty(_BUFFER, dtype=np.int32)
    while place < len(records):
        place, count, compared = probe(reader, records, (place, length, False), seen, left, right)
        yield left[:count].astype(np.int64) * length + right[:count], compared


def ready(told: Callable[[int, int], None]) -> None:
    """Compile what was not compiled on this machine before, so that the first link does not wait without a word.

    ``told``: called with how many of how many parts are ready, first with none.
    """
    packed = Packed(np.zeros(0, dtype=ROW), np.zeros(0, dtype=VALUE), np.zeros(0, dtype=np.uint32))
    spelt = Words(np.zeros((0, FORMS, MOST_TOKENS), dtype=np.int32), np.zeros(0, dtype=TOKEN))
    index = Index()
    reader = Reader(
        packed, spelt, np.zeros((0, len(FREQUENCY_COLUMNS)), dtype=np.float32), index.chains, weighing(declared_model())
    )
    none, pairs = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32)
    parts: tuple[Callable[[], object], ...] = (
        lambda: marks(["a"]),
        lambda: letter_sums(["a"]),
        lambda: fill(index, packed, spelt, 0, threads=1),
        lambda: index.reserve(np.full(len(KINDS), 1000)),
        lambda: probe(reader, none, (0, 0, False), pairs, pairs, pairs),
        lambda: compare_pairs(packed, none, none, np.zeros((0, COUNT), np.int8), np.zeros(0, np.uint32)),
        lambda: contradict(packed, none, none),
    )
    for done, part in enumerate(parts):
        told(done, len(parts))
        part()
    told(len(parts), len(parts))
