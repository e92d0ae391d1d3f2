"""One record against all, live: our side of the look-up, in a process of its own.

In: a population's parquet file and a model file; out: one JSON line. ``live_*``: of one prepared record, find the
candidates among all others, weigh them and judge the evidence. ``received_*``: take in a return of one record as it was
filed, from reading its tables to new links and clusters. ``again_*``: the same for a record that is known, filed again
under another's name. ``probes_per_second``: candidates of all records, one thread.
``live_begun_seconds``: to go on from the result of a batch. All times are of the processor, so that other work on the
machine weighs little. ``found``: whether a record of the same person is among the first twenty, as for peers that rank.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.machine import peak_mb
from bench.people import inputs, numbers, persons
from traboule.linkage.evidence import judge_evidence
from traboule.linkage.live.matcher import LiveMatcher
from traboule.linkage.live.record_reader import ArrivedReturn
from traboule.linkage.matching.candidates import new_pair_buffer, probe_pairs
from traboule.linkage.matching.score import model_tables, score_pairs
from traboule.linkage.prepare import prepare
from traboule.linkage.resolve import LinkInputs, resolve_prepared
from traboule.linkage.stop_list import stop_list
from traboule.linkage.weights.model import LinkModel, read_model

LOOKED_UP, RECEIVED, FILED_AGAIN, SHOWN = 2000, 1000, 100, 20


class LookUp:
    """The look-up of one record that is there among the others."""

    def __init__(self, live: LiveMatcher) -> None:
        self.reader, self._known = live.reader(), model_tables(live.model)
        self.seen = np.zeros(len(live.store), dtype=np.bool_)
        self.into = new_pair_buffer()

    def __call__(self, place: int) -> list[int]:
        """Return the likeliest others of the record at ``place``, the best first."""
        asked = np.array([place], dtype=np.int64)
        found = probe_pairs(self.reader, asked, (0, len(self.seen), True), self.seen, self.into)
        other, same, packed = found.left, found.right, self.reader.packed
        scores = score_pairs(packed, found.names, self.reader.rarity, self._known, (other, same))
        several = (packed.rows["several"][other] & packed.rows["several"][same]) > 0
        judge_evidence(scores, several)
        best: list[int] = other[np.argsort(-scores.weight, kind="stable")[:SHOWN]].tolist()
        return best

    def probes_per_second(self) -> float:
        """Return how many records a second are probed against all, by one thread."""
        everyone, at = np.arange(len(self.seen), dtype=np.int64), 0
        started = time.process_time()
        while at < len(everyone):
            at = probe_pairs(self.reader, everyone, (at, len(everyone), True), self.seen, self.into).at
        return len(everyone) / (time.process_time() - started)


def timed(work: Callable[[int], object], over: Sequence[int], name: str) -> dict[str, float]:
    """Return median and 99th percentile in milliseconds; the first few, where code is still compiled, are left out."""
    times = []
    for each in over:
        started = time.process_time()
        work(each)
        times.append((time.process_time() - started) * 1000)
    warm = times[20:] or times
    return {
        f"{name}_p50_ms": round(float(np.percentile(warm, 50)), 4),
        f"{name}_p99_ms": round(float(np.percentile(warm, 99)), 4),
    }


def looked_up(live: LiveMatcher, truth: pa.Table) -> dict[str, Any]:
    """Look up records that have a partner."""
    of = persons(truth)[numbers(pa.chunked_array([live.store.records]))]
    look_up = LookUp(live)
    several = np.flatnonzero(np.bincount(of)[of] > 1)
    asked = np.random.default_rng(3).permutation(several)[:LOOKED_UP].tolist()
    answers: dict[int, list[int]] = {}
    found = timed(lambda place: answers.update({place: look_up(place)}), asked, "live")
    hits = sum(any(of[other] == of[place] for other in answers[place]) for place in asked)
    return {
        **found,
        "found": round(hits / max(len(asked), 1), 4),
        "probes_per_second": round(look_up.probes_per_second()),
    }


def begun(first: ArrivedReturn, on: date, weights: LinkModel) -> tuple[LiveMatcher, float]:
    """Return a matcher that goes on from a batch, and how many seconds of the processors it took to begin, the batch
    itself not counted."""
    records = prepare(first.people, first.identities, first.identifiers, stop_list(), on=on)
    result = resolve_prepared(records, model=weights)
    worked = time.process_time()
    live = LiveMatcher.after(records, result, on=on)
    return live, round(time.process_time() - worked, 2)


def _filed(given: LinkInputs | ArrivedReturn, names: pa.Array, *, but: bool = False) -> ArrivedReturn:
    """Return what was filed of some records, or of all ``but`` these."""

    def rows(column: pa.ChunkedArray[Any]) -> Any:
        inside = pc.is_in(column, value_set=names)
        return pc.invert(inside) if but else inside

    return ArrivedReturn(
        given.people.filter(rows(given.people["record"])),
        given.identities.filter(rows(given.identities["record"])),
        given.identifiers.filter(rows(given.identifiers["person_record"])),
    )


def _under_the_name_of(one: ArrivedReturn, other: ArrivedReturn) -> ArrivedReturn:
    """Return what was filed of one record, but identified as another is."""
    at, record = other.identities.column_names.index("record"), one.identities["record"]
    return replace(one, identities=other.identities.set_column(at, "record", record))


def run(path: Path, model: Path) -> dict[str, Any]:
    """Begin with all records but a few; look up some of them, and then take in those few one by one."""
    truth = pq.read_table(path)
    weights, given = read_model(model.read_text(encoding="utf-8")).expecting(len(truth)), inputs(truth)
    names = given.people["record"].combine_chunks()
    late = names.take(pa.array(np.random.default_rng(4).permutation(len(names))[: min(RECEIVED, len(names) // 2)]))
    live, seconds = begun(_filed(given, late, but=True), given.on, weights)
    later = _filed(given, late)
    returns = [_filed(later, late[place : place + 1]) for place in range(len(late))]
    again = [_under_the_name_of(each, other) for each, other in pairwise(returns[: FILED_AGAIN + 1])]
    return {
        "live_begun_seconds": seconds,
        **looked_up(live, truth),
        **timed(lambda place: live.receive(returns[place]), range(len(returns)), "received"),
        **timed(lambda place: live.receive(again[place]), range(len(again)), "again"),
        "live_peak_mb": peak_mb(),
    }


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), Path(sys.argv[2]))))
