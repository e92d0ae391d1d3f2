"""rapidfuzz: one record against all by brute force, the names compared as sorted tokens, identifiers as they are."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from pairs import SHOWN, lookups, peak_mb
from rapidfuzz import fuzz, process

WORTH = {"dob": 40.0, "country": 10.0, "city": 20.0, "phone": 90.0, "doc": 90.0}


def run(path: str) -> dict[str, Any]:
    """Look up and return what was measured."""
    records = pq.read_table(path).to_pylist()
    names = [f"{record['given_a']} {record['surname_a']}" for record in records]
    columns = {field: np.array([record[field] or "" for record in records]) for field in WORTH}

    def look_up(asked: dict[str, Any]) -> Sequence[int]:
        name = f"{asked['given_a']} {asked['surname_a']}"
        score = process.cdist([name], names, scorer=fuzz.token_sort_ratio, dtype=np.float32, workers=1)[0]
        for field, worth in WORTH.items():
            if asked[field]:
                score = score + worth * (columns[field] == asked[field])
        likeliest = np.argpartition(-score, SHOWN + 1)[: SHOWN + 1]
        best: list[int] = likeliest[np.argsort(-score[likeliest])].tolist()
        return best

    return {**lookups(records, look_up), "peak_mb": peak_mb(), "version": f"rapidfuzz {version('rapidfuzz')}"}


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1])))
