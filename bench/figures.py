"""Counting: the figures of an operation of a million person records, anew and after one more return.

With 2,000 open links, and with 100,000, as many as linkage may leave open. They are drawn at random, so that their
tangles are smaller than linkage makes them: none is so large that it is walked.

    python bench/figures.py [--persons 1000000] [--json]
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.figures_world import crowd, one_more_return

from bench import children
from bench.machine import peak_mb
from bench.report import side_by_side
from traboule.figures.count import count_inputs
from traboule.figures.incremental.counted import RunningCount
from traboule.figures.resolved.inputs import Inputs
from traboule.operation.operation import shipped

_RETURNS, _ROWS = 30, 200
_FEW, _MANY = 2_000, 100_000
_OPEN_LINKS = 0.5  # For each row; a desk that knows a fifth as many of nobody would have its hands full.


def counted(persons: int, links: int) -> dict[str, Any]:
    """Count once, and then after each of thirty more returns of 1 to 200 persons, and after one as large as those
    before were on average; in this process. Other programs share the machine: ``cpu`` is what the count itself took.
    """
    inputs, operation = crowd(persons, open_links=links), shipped("liberterra-ii")
    started, worked = time.perf_counter(), time.process_time()
    figures = count_inputs(inputs, operation)
    seconds, cpu = time.perf_counter() - started, time.process_time() - worked
    peak = peak_mb()
    kept = RunningCount(inputs, operation)
    sizes = [1 + round(place * (_ROWS - 1) / (_RETURNS - 1)) for place in range(_RETURNS)]
    each = [_one_more(kept, inputs, size, seed) for seed, size in enumerate(sizes, 1)]
    average = persons // len(operation.participants)
    large, large_cpu = _one_more(kept, inputs, average, _RETURNS + 1)
    whole = {"persons": persons, "figures": len(figures.figures), "seconds": round(seconds, 2)}
    after, after_cpu = (sorted(one) for one in zip(*each, strict=True))
    return {
        **whole,
        "cpu_seconds": round(cpu, 2),
        "rows_per_second": round(persons / seconds),
        "one_more_return_ms": round(1000 * statistics.median(after)),
        "one_more_return_cpu_ms": round(1000 * statistics.median(after_cpu)),
        "slowest_of_30_ms": round(1000 * after[-1]),
        "slowest_of_30_cpu_ms": round(1000 * after_cpu[-1]),
        f"return_of_{average}_ms": round(1000 * large),
        f"return_of_{average}_cpu_ms": round(1000 * large_cpu),
        "peak_mb": peak,
    }


def _one_more(kept: RunningCount, inputs: Inputs, brought: int, seed: int) -> tuple[float, float]:
    """Return how long the figures take after one more return, by the clock and of the processor."""
    change = one_more_return(inputs, brought, seed, open_links=max(1, round(_OPEN_LINKS * brought)))
    begun, busy = time.perf_counter(), time.process_time()
    kept.update(change)
    return time.perf_counter() - begun, time.process_time() - busy


def measure(persons: int = 1_000_000) -> dict[str, dict[str, Any]]:
    """Return what was measured, each in a process of its own; no peer counts by the same rules, so there is none."""
    found = {}
    for name, links in (("ours", _FEW), (f"ours, {_MANY:,} open links", _MANY)):
        found[name] = children.own("bench.figures", "--persons", str(persons), "--links", str(links), "--here")
    return found


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--persons", type=int, default=1_000_000)
    asked.add_argument("--links", type=int, default=_FEW, help="open links, where it is counted in this process")
    asked.add_argument("--here", action="store_true", help="count in this process, and print what it took as JSON")
    asked.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    wanted = asked.parse_args()
    if wanted.here:
        print(json.dumps(counted(wanted.persons, wanted.links)))
        return
    found = measure(wanted.persons)
    print(json.dumps(found) if wanted.json else side_by_side(found))


if __name__ == "__main__":
    main()
