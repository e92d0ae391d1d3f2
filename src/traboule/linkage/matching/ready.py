"""Compiled code made ready before it is needed: linkage uses some eighty functions, compiled once on each machine.

In comes whoever is to be told how far it is; out goes code that waits for nothing. It promises: nothing is left to
compile when records come; what was kept from an earlier run is read, not made; where all is to be made, two processes
share the work, since the compiler lets only one thread of a process in.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pyarrow as pa

from traboule.linkage.arrays.compiled import is_kept
from traboule.linkage.arrays.uncollected import uncollected
from traboule.linkage.matching.compare import contradict
from traboule.linkage.matching.index import Index, insert_keys, owners_of, take_keys, tell_holders
from traboule.linkage.matching.keys import KINDS, listed, room_to_list
from traboule.linkage.matching.packed import ROW, VALUE, Packed
from traboule.linkage.matching.probe import Reader, kept, room_for_pairs, weighing
from traboule.linkage.matching.sharers import Sharers, lay_out, pairs_of, place_members
from traboule.linkage.names import likeness as names
from traboule.linkage.names.alike.growing import GrowingWords
from traboule.linkage.names.alike.level import level_pairs
from traboule.linkage.names.alike.words import FORMS, words_of
from traboule.linkage.names.sounds import sounds_of
from traboule.linkage.names.tokens import MOST_TOKENS, Word
from traboule.linkage.score import scored, tables
from traboule.linkage.things.shingles import signatures
from traboule.linkage.weights.comparisons import FREQUENCY_COLUMNS
from traboule.linkage.weights.model import declared_model

Part = Callable[[], object]

_NAMES = f"from {names.__name__} import ready; ready()"


def ready(told: Callable[[int, int], None]) -> None:
    """Compile what was not compiled on this machine before, so that the first link does not wait without a word.

    ``told``: called with how many of how many parts are ready, first with none.
    """
    rest = _rest()
    parts = len(rest) + 1
    with _beside() as beside:
        with uncollected():
            for done, part in enumerate(rest):
                told(done, parts)
                part()
        told(len(rest), parts)
        if beside is not None:
            beside.wait()
        names.ready()
    told(parts, parts)


@contextmanager
def _beside() -> Iterator[subprocess.Popen[bytes] | None]:
    """Compile how names are compared in a process beside this one, unless that was done; should it fail, or none be to
    be had, this one does it."""
    quiet: Any = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        beside = None if is_kept(level_pairs) else subprocess.Popen([sys.executable, "-c", _NAMES], **quiet)
    except OSError:
        beside = None
    try:
        yield beside
    finally:
        if beside is not None:
            beside.kill()
            beside.wait()


def _rest() -> tuple[Part, ...]:
    """Return what compiles everything else, part by part."""
    packed = Packed(np.zeros(0, dtype=ROW), np.zeros(0, dtype=VALUE), np.zeros(0, dtype=np.uint32))
    spelt = GrowingWords().words
    index = Index()
    common = np.zeros((0, len(FREQUENCY_COLUMNS)), dtype=np.float32)
    reader = Reader(packed, spelt, common, index.chains, weighing(declared_model()))
    none, seen, keys = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_), room_to_list(0)
    numbers = np.zeros(0, dtype=np.int32)
    return (
        lambda: words_of([Word("a")], np.zeros((1, FORMS, MOST_TOKENS), dtype=np.int32)),
        lambda: sounds_of(pa.array(["a"], pa.string())),
        lambda: listed(packed, spelt, 0, 0),
        lambda: insert_keys(index.chains, keys, (0, 1), seen),
        lambda: take_keys(index.chains, keys, seen),
        lambda: tell_holders(index.chains, 0, np.uint32(0), numbers),
        lambda: owners_of(index.chains, 0, np.uint32(0), 0, numbers),
        lambda: index.reserve(np.full(len(KINDS), 1000)),
        lambda: kept(reader, none, (0, 0, False), seen, room_for_pairs(0)),
        lambda: lay_out(np.zeros(0, dtype=np.uint64), 1, numbers),
        lambda: place_members(numbers, none, numbers),
        lambda: pairs_of(Sharers(numbers, numbers, none), (0, 0), seen, (numbers, numbers)),
        lambda: scored(packed, np.zeros(0, np.int8), common, tables(declared_model()), (none, none)),
        lambda: contradict(packed, none, none),
        lambda: signatures(["a"], width=1),
    )
