"""What the peers' programs share: pairs, lookups, peak memory. Needs numpy alone; knows nothing of this project."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

FIELDS = ("given_a", "surname_a", "dob", "country", "phone", "doc", "city")
LOOKED_UP, SHOWN = 500, 20


def all_pairs(person: Sequence[int]) -> int:
    """Return how many pairs of records are of one person."""
    counts = np.unique(np.asarray(person), return_counts=True)[1]
    return int((counts * (counts - 1) // 2).sum())


def quality(right: int, taken: int, total: int) -> dict[str, float]:
    """Return F1, precision and recall."""
    return {
        "f1": round(2 * right / (taken + total), 4) if taken + total else 0.0,
        "precision": round(right / taken, 4) if taken else 0.0,
        "recall": round(right / total, 4) if total else 0.0,
    }


def of_clusters(cluster: Sequence[int], person: Sequence[int]) -> dict[str, float]:
    """Return the quality of the pairs that clusters put together."""
    both = np.unique(np.stack([np.asarray(cluster), np.asarray(person)]), axis=1, return_counts=True)[1]
    return quality(int((both * (both - 1) // 2).sum()), all_pairs(cluster), all_pairs(person))


def lookups(records: Sequence[dict[str, Any]], look_up: Callable[[dict[str, Any]], Sequence[int]]) -> dict[str, float]:
    """Look up records that have a partner; ``look_up`` returns the places of the likeliest records, the best first.

    ``found``: the share of them for which a partner stands among the first twenty others.
    """
    places: dict[int, list[int]] = {}
    for place, record in enumerate(records):
        places.setdefault(record["person"], []).append(place)
    asked = [place for place, record in enumerate(records) if len(places[record["person"]]) > 1][:LOOKED_UP]
    times, found = [], 0
    for place in asked:
        started = time.perf_counter()
        answer = look_up(records[place])
        times.append((time.perf_counter() - started) * 1000)
        others = [one for one in answer if one != place][:SHOWN]
        found += any(records[one]["person"] == records[place]["person"] for one in others)
    return {
        "found": round(found / max(len(asked), 1), 4),
        "live_p50_ms": round(float(np.percentile(times, 50)), 3),
        "live_p99_ms": round(float(np.percentile(times, 99)), 3),
    }


def peak_mb() -> int:
    """Return the most memory this program has held; what its parent held when it forked is not counted."""
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return round(int(next(line for line in status if line.startswith("VmHWM")).split()[1]) / 1024)
