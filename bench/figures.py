"""Counting: the figures of an operation of a million person records, anew and after one more return.

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
from traboule.figures.kept.counted import Counted
from traboule.operation.operation import shipped

_RETURNS = 5


def counted(persons: int) -> dict[str, Any]:
    """Count once, and then one more return of a hundred-and-sixteenth as many persons again and again, the median of
    which is told; in this process. Other programs share the machine: ``cpu`` is what the count itself took.
    """
    inputs, operation = crowd(persons), shipped("liberterra-ii")
    started, worked = time.perf_counter(), time.process_time()
    figures = count_inputs(inputs, operation)
    seconds, cpu = time.perf_counter() - started, time.process_time() - worked
    peak = peak_mb()
    kept, each = Counted(inputs, operation), []
    brought = persons // len(operation.participants)
    for seed in range(1, _RETURNS + 1):
        change = one_more_return(inputs, brought, seed)
        begun, busy = time.perf_counter(), time.process_time()
        kept.update(change)
        each.append((time.perf_counter() - begun, time.process_time() - busy))
    whole = {"persons": persons, "figures": len(figures.figures), "seconds": round(seconds, 2)}
    after, after_cpu = (statistics.median(one) for one in zip(*each, strict=True))
    return {
        **whole,
        "cpu_seconds": round(cpu, 2),
        "rows_per_second": round(persons / seconds),
        "one_more_return_of": brought,
        "one_more_return_ms": round(1000 * after),
        "one_more_return_cpu_ms": round(1000 * after_cpu),
        "peak_mb": peak,
    }


def measure(persons: int = 1_000_000) -> dict[str, dict[str, Any]]:
    """Return what was measured, in a process of its own; no peer counts by the same rules, so there is none."""
    return {"ours": children.own("bench.figures", "--persons", str(persons), "--here")}


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--persons", type=int, default=1_000_000)
    asked.add_argument("--here", action="store_true", help="count in this process, and print what it took as JSON")
    asked.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    wanted = asked.parse_args()
    if wanted.here:
        print(json.dumps(counted(wanted.persons)))
        return
    found = measure(wanted.persons)
    print(json.dumps(found) if wanted.json else side_by_side(found))


if __name__ == "__main__":
    main()
