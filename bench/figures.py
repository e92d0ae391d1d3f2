"""Counting: the figures of an operation of a million person records, in one pass over arrays.

python bench/figures.py [--persons 1000000] [--json]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.figures_world import crowd

from bench import children
from bench.machine import peak_mb
from bench.report import side_by_side
from traboule.figures.count import count_inputs
from traboule.operation.operation import shipped


def counted(persons: int) -> dict[str, Any]:
    """Count once, in this process."""
    inputs, operation = crowd(persons), shipped("liberterra-ii")
    started = time.perf_counter()
    figures = count_inputs(inputs, operation)
    seconds = time.perf_counter() - started
    peak = peak_mb()
    whole = {"persons": persons, "figures": len(figures.figures), "seconds": round(seconds, 2)}
    return {**whole, "rows_per_second": round(persons / seconds), "peak_mb": peak}


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
