"""Reading returns: our limited child against libraries that read the same workbook within the process.

    python bench/reading.py [--persons 20000] [--json]

Ours opens the file in a process of its own with limits on time, memory and files, scans it before parsing, finds the
sheets and columns in four languages, and hands typed cells back. The libraries only parse; that is what it costs.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.report import measured
from bench.returned import file_of, largest
from traboule.returns.read import read


def with_openpyxl(content: bytes) -> int:
    """Return how many rows openpyxl reads."""
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    return sum(1 for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) if any(row))


def with_calamine(content: bytes) -> int:
    """Return how many rows calamine reads."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return sum(1 for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() if any(row))


def timed(work: Callable[[], int], times: int = 3) -> dict[str, Any]:
    """Return the best of some times, and rows a second."""
    seconds, rows = [], 0
    for _ in range(times):
        started = time.perf_counter()
        rows = work()
        seconds.append(time.perf_counter() - started)
    return {"seconds": round(min(seconds), 3), "rows": rows, "rows_per_second": round(rows / min(seconds))}


def measure(persons: int = 20_000) -> dict[str, dict[str, Any]]:
    """Return what was measured, by reader and kind of file."""
    filing = largest(persons)
    files = {kind: file_of(filing, kind) for kind in ("xlsx", "csv", "json")}
    found = {}
    for kind, (name, content) in files.items():
        whose = "ours" if kind == "xlsx" else f"ours, {kind}"
        read_rows = lambda name=name, content=content: sum(  # noqa: E731  A loop's function would need a name a turn.
            len(sheet.rows) for sheet in read(content, file_name=name).sheets.values()
        )
        found[whose] = timed(read_rows)
    workbook = files["xlsx"][1]
    found["openpyxl"] = timed(lambda: with_openpyxl(workbook))
    found["calamine"] = timed(lambda: with_calamine(workbook))
    return found


if __name__ == "__main__":
    measured(__doc__, "persons", "of the invented operation the file is taken from", measure, 20_000)
