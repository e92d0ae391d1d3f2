"""The index as the work grows tenfold, and tenfold again: what it holds, and how long it takes to fill and to ask.

    python bench/growth.py [--sizes 100000,1000000,10000000] [--json]

Populations of other seeds are drawn, prepared and added one after another, so that no more than one of them is held as
tables. ``index_mb`` is the index alone, ``held_mb`` the packed records and names besides; both by the size of their
arrays, which are all that a reader needs. Look-ups are of records that are there, for all others, by one thread; a
record's time includes the search for candidates and their weighing.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import children
from bench.people import inputs, prepared
from bench.population import DEVELOPMENT, TRAINING, found_names, pools, population
from bench.report import Measured, side_by_side
from traboule.linkage.live.growable_records import GrowableRecords
from traboule.linkage.matching.batch import fill_index
from traboule.linkage.matching.candidates import IndexReader, new_pair_buffer, probe_pairs, pruning_model
from traboule.linkage.matching.index import Index
from traboule.linkage.matching.packed_records import pack
from traboule.linkage.matching.precompile import precompile
from traboule.linkage.matching.term_frequency import rarity
from traboule.linkage.weights.model import declared_model

SIZES = (100_000, 1_000_000, 10_000_000)
_AT_ONCE, _ASKED = 500_000, 20_000


def grown(size: int) -> dict[str, Any]:
    """Fill an index with ``size`` records, in this process, and look some of them up."""
    precompile(lambda done, parts: None)
    drawn_from, held, index, filling = pools(found_names(), (TRAINING, DEVELOPMENT)), GrowableRecords(), Index(), 0.0
    for place, first in enumerate(range(0, size, _AT_ONCE)):
        last = min(first + _AT_ONCE, size)
        given = inputs(population(last - first, 7 + place, drawn_from))
        records = prepared(given)
        held.extend(pack(records), records.names, rarity(records, declared_model()))
        worked = time.process_time()
        fill_index(index, held.packed, held.words, last)
        filling += time.process_time() - worked
    return {
        "records": size,
        "index_mb": round(index.size / 1e6),
        "held_mb": round(sum(each.nbytes for each in (*held.packed, *held.words, held.rarity)) / 1e6),
        "inserts_per_second": round(size / filling),
        **_asked(
            IndexReader(held.packed, held.words, held.rarity, index.chains, pruning_model(declared_model())), size
        ),
        "skipped_by_kind": index.skipped(),
    }


def _asked(reader: IndexReader, size: int) -> dict[str, Any]:
    """Look up some records among all others, one by one."""
    chosen = np.random.default_rng(5).permutation(size)[:_ASKED].astype(np.int64)
    seen, into = np.zeros(size, dtype=np.bool_), new_pair_buffer()
    times, begun = np.empty(len(chosen)), time.process_time()
    for place in range(len(chosen)):
        started = time.perf_counter()
        probe_pairs(reader, chosen[place : place + 1], (0, size, True), seen, into)
        times[place] = time.perf_counter() - started
    worked = time.process_time() - begun
    return {
        "probes_per_second": round(len(chosen) / worked),
        "probe_p50_ms": round(float(np.percentile(times, 50)) * 1000, 4),
        "probe_p99_ms": round(float(np.percentile(times, 99)) * 1000, 4),
    }


def measure(sizes: Sequence[int] = SIZES) -> dict[str, dict[str, Any]]:
    """Return what was measured, one line a size, each in a process of its own."""
    return {f"ours, {size:,}": children.own("bench.growth", "--here", str(size)) for size in sizes}


def skipped(found: Measured) -> str:
    """Return, a line a size, which keys were too common and how many records they left out."""
    return "\n".join(
        f"- {title}: " + (", ".join(f"{kind} {count:,}" for kind, count in each["skipped_by_kind"].items()) or "none")
        for title, each in found.items()
        if "skipped_by_kind" in each
    )


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--sizes", default=",".join(map(str, SIZES)), help="comma separated")
    asked.add_argument("--here", type=int, default=0, help="fill one index in this process, and print JSON")
    asked.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    wanted = asked.parse_args()
    if wanted.here:
        print(json.dumps(grown(wanted.here)))
        return
    found = measure([int(size) for size in wanted.sizes.split(",")])
    print(json.dumps(found) if wanted.json else f"{side_by_side(found)}\n\nSkipped keys:\n{skipped(found)}")


if __name__ == "__main__":
    main()
