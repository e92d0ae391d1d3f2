"""tantivy: a full-text index of names and identifiers; one record asked as fuzzy terms, the first twenty shown."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import pyarrow.parquet as pq
import tantivy
from pairs import FIELDS, SHOWN, lookups, peak_mb

NAMES = ("given_a", "surname_a")


def run(path: str) -> dict[str, Any]:
    """Index, look up, and return what was measured."""
    records = pq.read_table(path).to_pylist()
    building = tantivy.SchemaBuilder().add_unsigned_field("place", stored=True)
    for field in ("name", *FIELDS[2:]):
        building.add_text_field(field, tokenizer_name="default" if field == "name" else "raw", index_option="basic")
    schema = building.build()
    started = time.perf_counter()
    index = tantivy.Index(schema)
    writer = index.writer(heap_size=256_000_000, num_threads=1)
    for place, record in enumerate(records):
        document = tantivy.Document(place=place, name=" ".join(record[field] or "" for field in NAMES))
        for field in FIELDS[2:]:
            if record[field]:
                document.add_text(field, record[field])
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    seconds = time.perf_counter() - started
    searcher = index.searcher()

    def look_up(asked: dict[str, Any]) -> Sequence[int]:
        either = tantivy.Occur.Should
        parts = [
            (
                either,
                tantivy.Query.fuzzy_term_query(schema, "name", asked[field], distance=1, transposition_cost_one=True),
            )
            for field in NAMES
            if asked[field]
        ]
        parts += [
            (either, tantivy.Query.term_query(schema, field, asked[field])) for field in FIELDS[2:] if asked[field]
        ]
        hits = searcher.search(tantivy.Query.boolean_query(parts), SHOWN + 1).hits
        return [searcher.doc(address)["place"][0] for _, address in hits]

    found = lookups(records, look_up)
    return {
        **found,
        "index_seconds": round(seconds, 2),
        "peak_mb": peak_mb(),
        "version": f"tantivy {version('tantivy')}",
    }


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1])))
