"""Measurements as text: engines side by side, and ratios. In: what was measured, by engine; out: Markdown lines.

And the closing lines of a benchmark that has one option: how large.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Measured = Mapping[str, Mapping[str, Any]]
# Measure to how it is headed, and whether less is better.
MEASURES: Mapping[str, tuple[str, bool]] = {
    "f1": ("F1", False),
    "precision": ("precision", False),
    "recall": ("recall", False),
    "found": ("found in the first 20", False),
    "seconds": ("seconds", True),
    "cpu_seconds": ("seconds of processors", True),
    "desk_link_seconds": ("linkage for the desk, seconds", True),
    "overhead": ("overhead", True),
    "start_seconds": ("start, seconds", True),
    "train_seconds": ("training, seconds", True),
    "peak_mb": ("peak memory, MB", True),
    "live_p50_ms": ("one record, median ms", True),
    "live_p99_ms": ("one record, 99 % ms", True),
    "live_begun_seconds": ("going on live from a batch, seconds of processors", True),
    "received_p50_ms": ("a return of one, median ms", True),
    "received_p99_ms": ("a return of one, 99 % ms", True),
    "again_p50_ms": ("a record filed again, median ms", True),
    "again_p99_ms": ("a record filed again, 99 % ms", True),
    "index_mb": ("index, MB", True),
    "held_mb": ("records and names besides, MB", True),
    "inserts_per_second": ("inserts a second", False),
    "probes_per_second": ("look-ups a second", False),
    "probe_p50_ms": ("one look-up, median ms", True),
    "probe_p99_ms": ("one look-up, 99 % ms", True),
    "rows_per_second": ("rows a second", False),
    "one_more_return_ms": ("one more return of 1 to 200 rows, median ms", True),
    "slowest_of_30_ms": ("the slowest of 30, ms", True),
    "protected_cells": ("cells protected", False),
    "partner_cells": ("partners hidden with them", True),
    "leaks": ("cells that can still be computed", True),
    "f1_strangers": ("F1 against strangers", False),
    "f1_relatives": ("F1 with relatives besides", False),
    "f1_all": ("F1 with look-alikes besides", False),
    "average_precision": ("average precision with relatives", False),
    "pairs_per_second": ("name pairs a second", False),
    "requests": ("requests", False),
    "requests_per_second": ("requests a second", False),
    "p50_ms": ("median, ms", True),
    "p95_ms": ("95 %, ms", True),
    "p99_ms": ("99 %, ms", True),
    "longest_ms": ("longest, ms", True),
    "errors": ("errors", True),
    "walls_open": ("walls open at the end", False),
    "growth_mb": ("growth of memory, MB", True),
    "measured": ("measured", True),
    "bar": ("bar", True),
    "unit": ("unit", True),
}


def measured(about: str | None, option: str, meaning: str, measure: Callable[[Any], Measured], default: float) -> None:
    """Measure at the size that the command line asks for by ``option``, and print it as text or JSON."""
    asked = argparse.ArgumentParser(description=(about or "").splitlines()[0])
    asked.add_argument(f"--{option}", type=type(default), default=default, help=meaning)
    asked.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    wanted = asked.parse_args()
    found = measure(getattr(wanted, option))
    print(json.dumps(found) if wanted.json else f"{side_by_side(found)}\n{ratios(found)}".strip())


def side_by_side(found: Measured, measures: Sequence[str] = tuple(MEASURES)) -> str:
    """Return a table: one row an engine, one column a measure that any engine has."""
    shown = [name for name in measures if any(each.get(name) is not None for each in found.values())]
    lines = [_row("engine", *(MEASURES[name][0] for name in shown)), _row("---", *("---:" for _ in shown))]
    for engine, each in found.items():
        if "not_run" in each:
            lines.append(_row(engine, f"not run: {each['not_run']}", *("" for _ in shown[1:])))
        else:
            lines.append(_row(engine, *(_number(each.get(name)) for name in shown)))
    return "\n".join(lines)


def ratios(found: Measured, ours: str = "ours") -> str:
    """Return, for each peer, how we stand to it: a line a peer, above 1 is better for us throughout."""
    lines = []
    for peer, each in found.items():
        if peer.startswith(ours) or "not_run" in each or "not_run" in found[ours]:
            continue
        parts = [
            f"{MEASURES[name][0]} {_ratio(found[ours].get(name), each.get(name), less=MEASURES[name][1])}"
            for name in MEASURES
            if found[ours].get(name) and each.get(name)
        ]
        lines.append(f"- against {peer} (above 1 is better for us): {', '.join(parts)}")
    return "\n".join(lines)


def _ratio(mine: float, theirs: float, *, less: bool) -> str:
    ratio = theirs / mine if less else mine / theirs
    return f"{ratio:.2f}×" if ratio < 100 else f"{ratio:,.0f}×"


def _number(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float) and abs(value) < 10:
        return f"{value:.4f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
