"""nomenklatura: its own index for candidates and its model for deduplication, as its cross-reference uses them.

The best pairs of its index are scored, twenty times as many as there are records; these are told as Follow-the-Money
persons.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from followthemoney import Dataset, StatementEntity
from nomenklatura.blocker import Index
from nomenklatura.matching import DedupeAlgorithm, ScoringConfig
from nomenklatura.resolver import Linker
from nomenklatura.store.memory import MemoryStore
from pairs import all_pairs, peak_mb, quality

CANDIDATES = 20
PROPERTIES = {
    **{"given_a": "firstName", "surname_a": "lastName", "dob": "birthDate", "country": "country"},
    **{"phone": "phone", "doc": "passportNumber", "city": "birthPlace"},
}


def run(path: str) -> dict[str, Any]:
    """Index, draw pairs, score them; report at the threshold that is best on these very records."""
    records = pq.read_table(path).to_pylist()
    person = [record["person"] for record in records]
    started = time.perf_counter()
    scope = Dataset.make({"name": "records", "title": "Records"})
    store = MemoryStore(scope, Linker({}))
    with store.writer() as writer:
        for place, record in enumerate(records):
            held = {PROPERTIES[name]: [str(record[name])] for name in PROPERTIES if record[name]}
            held["name"] = [" ".join(str(record[name]) for name in ("given_a", "surname_a") if record[name])]
            writer.add_entity(
                StatementEntity.from_data(scope, {"id": str(place), "schema": "Person", "properties": held})
            )
    view, config = store.default_view(), ScoringConfig.defaults()
    with tempfile.TemporaryDirectory(prefix="nomenklatura-") as folder:
        index = Index(view, Path(folder), options={})
        index.build()
        pairs = [(left.id, right.id) for (left, right), _ in index.pairs(max_pairs=CANDIDATES * len(records))]
    entities = {str(place): view.get_entity(str(place)) for place in range(len(records))}
    scores = np.array([DedupeAlgorithm.compare(entities[one], entities[other], config).score for one, other in pairs])
    seconds = time.perf_counter() - started
    same = np.array([person[int(one)] == person[int(other)] for one, other in pairs])
    right = np.cumsum(same[np.argsort(-scores)])
    total = all_pairs(person)
    best = int(np.argmax(2 * right / (np.arange(1, len(right) + 1) + total)))
    return {
        **quality(int(right[best]), best + 1, total),
        "pairs_compared": len(pairs),
        "seconds": round(seconds, 2),
        "peak_mb": peak_mb(),
        "version": f"nomenklatura {version('nomenklatura')}",
    }


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1])))
