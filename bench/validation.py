"""Checking a return: rows a second of ``returns.check``, on the largest return of an invented operation.

python bench/validation.py [--persons 20000] [--json]
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.report import measured
from bench.returned import file_of, largest
from traboule.operation.operation import shipped
from traboule.returns.check import check
from traboule.returns.form import form
from traboule.returns.read import read


def measure(persons: int = 20_000) -> dict[str, dict[str, Any]]:
    """Return what was measured; no peer checks the same rules, so there is none."""
    name, content = file_of(largest(persons), "json")
    raw, operation = read(content, file_name=name), shipped("liberterra-ii")
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        checked = check(raw, form(), operation)
        seconds.append(time.perf_counter() - started)
    best = min(seconds)
    whole = {"rows": checked.filed, "findings": len(checked.findings), "seconds": round(best, 3)}
    return {"ours": {**whole, "rows_per_second": round(checked.filed / best)}}


if __name__ == "__main__":
    measured(__doc__, "persons", "of the invented operation the file is taken from", measure, 20_000)
