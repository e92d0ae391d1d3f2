"""Compiling linkage on a machine that never ran it, and reading what was kept.

    python bench/compiling.py [--json]

What the first link on a machine waits for: from an empty folder of kept code, by as many processes as the program
itself takes, start included; then once more from what is kept there. The verb shows its progress meanwhile.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import children
from bench.report import Measured, side_by_side

_READY = "from traboule.linkage.matching.precompile import ready; ready(lambda done, parts: None); print('{}')"


def measure() -> Measured:
    """Return seconds by the clock and of processors, from nothing and from what is kept."""
    with tempfile.TemporaryDirectory() as folder:
        return {how: _ready_in(folder) for how in ("ours, from nothing", "ours, kept")}


def _ready_in(folder: str) -> dict[str, Any]:
    worked, started = _worked(), time.perf_counter()
    found = children.run([sys.executable, "-c", _READY], environment={"NUMBA_CACHE_DIR": folder})
    taken = {"seconds": time.perf_counter() - started, "cpu_seconds": _worked() - worked}
    return {**found, **{name: round(value, 1) for name, value in taken.items()}}


def _worked() -> float:
    """Return the seconds of processors of all children that have ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    found = measure()
    print(json.dumps(found) if asked.parse_args().json else side_by_side(found))


if __name__ == "__main__":
    main()
