"""Measure counting: the figures of an operation of a million person records, from the start and after a further return.

With 2,000 open links, and with 100,000, as many as linkage may leave open. They are drawn at random, so that their
components are smaller than those of linkage: none is large enough for the Gibbs sampler.

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
_TYPICAL_LINKS, _MOST_LINKS = 2_000, 100_000
_OPEN_LINKS = 0.5  # For each row; a desk with a fifth as many would already be busy.


def measure_here(persons: int, links: int) -> dict[str, Any]:
    """Count once, then after each of thirty further returns of 1 to 200 persons, then after a return of average size;
    all in this process. Other programs share the machine: ``cpu`` is the processor time of the count itself.
    """
    inputs, operation = crowd(persons, open_links=links), shipped("liberterra-ii")
    started, worked = time.perf_counter(), time.process_time()
    figures = count_inputs(inputs, operation)
    seconds, cpu = time.perf_counter() - started, time.process_time() - worked
    peak = peak_mb()
    running = RunningCount(inputs, operation)
    sizes = [1 + round(place * (_ROWS - 1) / (_RETURNS - 1)) for place in range(_RETURNS)]
    timings = [_update_seconds(running, inputs, size, seed) for seed, size in enumerate(sizes, 1)]
    average = persons // len(operation.participants)
    large, large_cpu = _update_seconds(running, inputs, average, _RETURNS + 1)
    result = {"persons": persons, "figures": len(figures.figures), "seconds": round(seconds, 2)}
    after, after_cpu = (sorted(column) for column in zip(*timings, strict=True))
    return {
        **result,
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


def _update_seconds(running: RunningCount, inputs: Inputs, brought: int, seed: int) -> tuple[float, float]:
    """Return how long the figures take after a further return, in wall-clock and processor seconds."""
    change = one_more_return(inputs, brought, seed, open_links=max(1, round(_OPEN_LINKS * brought)))
    begun, busy = time.perf_counter(), time.process_time()
    running.update(change)
    return time.perf_counter() - begun, time.process_time() - busy


def measure(persons: int = 1_000_000) -> dict[str, dict[str, Any]]:
    """Return the measurements, each from a process of its own. No other program counts by these rules."""
    results = {}
    for name, links in (("ours", _TYPICAL_LINKS), (f"ours, {_MOST_LINKS:,} open links", _MOST_LINKS)):
        results[name] = children.own("bench.figures", "--persons", str(persons), "--links", str(links), "--here")
    return results


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument(
        "--links", type=int, default=_TYPICAL_LINKS, help="open links, where it is counted in this process"
    )
    parser.add_argument("--here", action="store_true", help="count in this process, and print what it took as JSON")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    arguments = parser.parse_args()
    if arguments.here:
        print(json.dumps(measure_here(arguments.persons, arguments.links)))
        return
    results = measure(arguments.persons)
    print(json.dumps(results) if arguments.json else side_by_side(results))


if __name__ == "__main__":
    main()
