"""Compile linkage's code before it is needed: some eighty functions, compiled once per machine.

Code cached by an earlier run is loaded instead. Where everything must be compiled, two processes share the work,
because the compiler lets only one thread of a process in.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pyarrow as pa

from traboule.linkage.arrays.gc_pause import gc_paused
from traboule.linkage.arrays.jit import is_cached
from traboule.linkage.matching.blocking import KINDS, blocking_keys, new_key_list
from traboule.linkage.matching.blocks import Blocks, lay_out, pairs_of, place_members
from traboule.linkage.matching.candidates import IndexReader, new_pair_buffer, probe_pairs, pruning_model
from traboule.linkage.matching.compare import contradictions
from traboule.linkage.matching.index import Index, insert_keys, owners_of, remove_keys, set_holders
from traboule.linkage.matching.packed_records import ROW, VALUE, PackedRecords
from traboule.linkage.matching.score import model_tables, score_pairs
from traboule.linkage.names import comparison as names
from traboule.linkage.names.phonetics import skeletons_of
from traboule.linkage.names.similarity.growable_table import GrowableTokenTable
from traboule.linkage.names.similarity.name_similarity import level_pairs
from traboule.linkage.names.similarity.token_table import FORMS, pack_tokens
from traboule.linkage.names.tokens import MOST_TOKENS, Word
from traboule.linkage.things.shingles import signatures
from traboule.linkage.weights.comparisons import FREQUENCY_COLUMNS
from traboule.linkage.weights.model import declared_model

Part = Callable[[], object]

_NAMES = f"from {names.__name__} import precompile; precompile()"


def precompile(report: Callable[[int, int], None]) -> None:
    """Compile what this machine has not cached, so that the first link does not wait without a word.

    ``report``: called with the number of finished parts and of all parts, first with none finished.
    """
    others_first = _other_parts()
    parts = len(others_first) + 1
    with _names_process() as process:
        with gc_paused():
            for done, part in enumerate(others_first):
                report(done, parts)
                part()
        report(len(others_first), parts)
        if process is not None:
            process.wait()
        names.precompile()
    report(parts, parts)


@contextmanager
def _names_process() -> Iterator[subprocess.Popen[bytes] | None]:
    """Compile the comparison of names in a second process, unless it is cached; yield None where that is not needed or
    fails."""
    quiet: Any = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        process = None if is_cached(level_pairs) else subprocess.Popen([sys.executable, "-c", _NAMES], **quiet)
    except OSError:
        process = None
    try:
        yield process
    finally:
        if process is not None:
            process.kill()
            process.wait()


def _other_parts() -> tuple[Part, ...]:
    """Return what compiles everything else, part by part."""
    packed = PackedRecords(np.zeros(0, dtype=ROW), np.zeros(0, dtype=VALUE), np.zeros(0, dtype=np.uint32))
    words = GrowableTokenTable().words
    index = Index()
    common = np.zeros((0, len(FREQUENCY_COLUMNS)), dtype=np.float32)
    reader = IndexReader(packed, words, common, index.chains, pruning_model(declared_model()))
    no_numbers, seen, keys = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_), new_key_list(0)
    numbers = np.zeros(0, dtype=np.int32)
    return (
        lambda: pack_tokens([Word("a")], np.zeros((1, FORMS, MOST_TOKENS), dtype=np.int32)),
        lambda: skeletons_of(pa.array(["a"], pa.string())),
        lambda: blocking_keys(packed, words, 0, 0),
        lambda: insert_keys(index.chains, keys, (0, 1), seen),
        lambda: remove_keys(index.chains, keys, seen),
        lambda: set_holders(index.chains, 0, np.uint32(0), numbers),
        lambda: owners_of(index.chains, 0, np.uint32(0), 0, numbers),
        lambda: index.reserve(np.full(len(KINDS), 1000)),
        lambda: probe_pairs(reader, no_numbers, (0, 0, False), seen, new_pair_buffer(0)),
        lambda: lay_out(np.zeros(0, dtype=np.uint64), 1, numbers),
        lambda: place_members(numbers, no_numbers, numbers),
        lambda: pairs_of(Blocks(numbers, numbers, no_numbers), (0, 0), seen, (numbers, numbers)),
        lambda: score_pairs(
            packed, np.zeros(0, np.int8), common, model_tables(declared_model()), (no_numbers, no_numbers)
        ),
        lambda: contradictions(packed, no_numbers, no_numbers),
        lambda: signatures(["a"], width=1),
    )
