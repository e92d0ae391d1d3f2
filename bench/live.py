"""One record against all, live: our side of the look-up, in a process of its own.

In: a population's parquet file and a model file; out: one JSON line. ``live_*``: of one prepared record, find the
candidates among all others, weigh them and judge the evidence. ``received_*``: take in a return of one record as it was
filed, from reading its tables to new links and clusters. ``probes_per_second``: candidates of all records, one thread.
``found``: whether a record of the same person is among the first twenty, as for peers that rank.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.machine import peak_mb
from bench.people import inputs, numbers
from traboule.linkage.evidence import judge_evidence
from traboule.linkage.matching.batch import fill
from traboule.linkage.matching.index import Index
from traboule.linkage.matching.live import Arrived, LiveMatcher
from traboule.linkage.matching.packed import pack
from traboule.linkage.matching.probe import Reader, kept, room_for_pairs, weighing
from traboule.linkage.prepare import PersonRecords, prepare
from traboule.linkage.resolve import LinkInputs
from traboule.linkage.score import rarity, scored, tables
from traboule.linkage.stop_list import stop_list
from traboule.linkage.weights.model import Model, read_model

LOOKED_UP, RECEIVED, SHOWN = 2000, 200, 20


class LookUp:
    """An index over all records, and the look-up of one of them among the others."""

    def __init__(self, records: PersonRecords, weights: Model) -> None:
        self._records, self._known = records, tables(weights)
        self._packed, self._rarity = pack(records), rarity(records, weights)
        index, spelt = Index(), records.names.words
        fill(index, self._packed, spelt, len(records))
        self.reader = Reader(self._packed, spelt, self._rarity, index.chains, weighing(weights))
        self.seen = np.zeros(len(records), dtype=np.bool_)
        self.into = room_for_pairs()

    def __call__(self, place: int) -> list[int]:
        """Return the likeliest others of the record at ``place``, the best first."""
        asked = np.array([place], dtype=np.int64)
        span = (0, len(self._records), True)
        found = kept(self.reader, asked, span, self.seen, self.into)
        other, same = found.left, found.right
        scores = scored(self._packed, found.names, self._rarity, self._known, (other, same))
        several = (self._packed.rows["several"][other] & self._packed.rows["several"][same]) > 0
        judge_evidence(scores, several)
        best: list[int] = other[np.argsort(-scores.weight, kind="stable")[:SHOWN]].tolist()
        return best

    def probes_per_second(self) -> float:
        """Return how many records a second are probed against all, by one thread."""
        everyone, at = np.arange(len(self._records), dtype=np.int64), 0
        started = time.perf_counter()
        while at < len(everyone):
            at = kept(self.reader, everyone, (at, len(everyone), True), self.seen, self.into).at
        return len(everyone) / (time.perf_counter() - started)


def timed(work: Callable[[int], object], over: Sequence[int], name: str) -> dict[str, float]:
    """Return median and 99th percentile in milliseconds; the first few, where code is still compiled, are left out."""
    times = []
    for each in over:
        started = time.perf_counter()
        work(each)
        times.append((time.perf_counter() - started) * 1000)
    warm = times[20:] or times
    return {
        f"{name}_p50_ms": round(float(np.percentile(warm, 50)), 4),
        f"{name}_p99_ms": round(float(np.percentile(warm, 99)), 4),
    }


def looked_up(given: LinkInputs, weights: Model, truth: pa.Table) -> dict[str, Any]:
    """Look up records that have a partner."""
    records = prepare(given.people, given.identities, given.identifiers, stop_list(), on=given.on)
    person = np.empty(len(truth), dtype=np.int64)
    person[truth["unique_id"].to_numpy()] = truth["person"].to_numpy()
    of = person[numbers(pa.chunked_array([list(records.records)]))]
    look_up = LookUp(records, weights)
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


def received(given: LinkInputs, weights: Model) -> dict[str, Any]:
    """Take in all records but a few as one return, and then those few one by one."""
    names = given.people["record"].combine_chunks()
    late = names.take(pa.array(np.random.default_rng(4).permutation(len(names))[: min(RECEIVED, len(names) // 2)]))
    live = LiveMatcher(weights, given.on)
    live.receive(_return(given, pc.invert(pc.is_in(names, value_set=late)), late, late=False))
    returns = [_return(given, pc.equal(names, name), pa.array([name]), late=True) for name in late.to_pylist()]
    return timed(lambda place: live.receive(returns[place]), range(len(returns)), "received")


def _return(given: LinkInputs, rows: Any, names: pa.Array, *, late: bool) -> Arrived:
    held = pc.is_in(given.identifiers["person_record"], value_set=names)
    return Arrived(
        given.people.filter(rows),
        given.identities.filter(rows),
        given.identifiers.filter(held if late else pc.invert(held)),
    )


def run(path: Path, model: Path) -> dict[str, Any]:
    """Measure both and return what was measured."""
    truth = pq.read_table(path)
    weights, given = read_model(model.read_text(encoding="utf-8")).expecting(len(truth)), inputs(truth)
    found = {**looked_up(given, weights, truth), **received(given, weights)}
    return {**found, "live_peak_mb": peak_mb()}


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), Path(sys.argv[2]))))
