"""recordlinkage: Splink's seven rules as blocks, Jaro-Winkler and equality, its own ECM classifier (no labels)."""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version
from typing import Any

import pyarrow.parquet as pq
import recordlinkage
from pairs import FIELDS, all_pairs, peak_mb, quality

BLOCKS = (
    ["phone"], ["doc"], ["surname_a", "dob"], ["given_a", "dob"], ["given_a", "surname_a", "country"],
    ["given_a", "surname_a", "city"], ["dob", "country"],
)  # fmt: skip


def run(path: str) -> dict[str, Any]:
    """Block, compare, classify, and return what was measured."""
    records = pq.read_table(path).to_pandas().set_index("unique_id")
    started = time.perf_counter()
    pairs = None
    for block in BLOCKS:
        # Its blocks take missing for a value; a record without the column is left out.
        known = records.dropna(subset=block)
        indexer = recordlinkage.Index()
        indexer.block(block)
        found = indexer.index(known)
        pairs = found if pairs is None else pairs.union(found)
    comparing = recordlinkage.Compare()
    for field in FIELDS:
        if field.endswith("_a"):
            comparing.string(field, field, method="jarowinkler", threshold=0.88, label=field)
        else:
            comparing.exact(field, field, label=field)
    features = comparing.compute(pairs, records)
    matches = recordlinkage.ECMClassifier(binarize=0.5).fit_predict(features)
    seconds = time.perf_counter() - started
    person = records["person"]
    left, right = matches.get_level_values(0), matches.get_level_values(1)
    same = int((person.loc[left].to_numpy() == person.loc[right].to_numpy()).sum())
    return {
        **quality(same, len(matches), all_pairs(person.to_numpy())),
        "pairs_compared": len(features),
        "seconds": round(seconds, 2),
        "peak_mb": peak_mb(),
        "version": f"recordlinkage {version('recordlinkage')}",
    }


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1])))
