"""GoldenMatch without configuration, as its documentation begins: the records in, its clusters out."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from importlib.metadata import version
from typing import Any

import goldenmatch
import pyarrow.parquet as pq
from pairs import FIELDS, of_clusters, peak_mb


def run(path: str) -> dict[str, Any]:
    """Deduplicate and return what was measured."""
    records = pq.read_table(path)
    person = records["person"].to_pylist()
    started = time.perf_counter()
    with contextlib.redirect_stdout(sys.stderr):
        result = goldenmatch.dedupe_df(records.select(list(FIELDS)))
    seconds = time.perf_counter() - started
    cluster = list(range(-len(person), 0))
    for name, each in result.clusters.items():
        for member in each["members"]:
            cluster[member] = name
    return {
        **of_clusters(cluster, person),
        "seconds": round(seconds, 2),
        "peak_mb": peak_mb(),
        "version": f"goldenmatch {version('goldenmatch')}",
    }


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1])))
