"""Our side of the people benchmark, in a process of its own: train a model, or resolve records under a given one.

In: a parquet file of a population (see :mod:`bench.population`) and a model file; out: one JSON line. It uses what the
``link`` verb uses, linkage's pure functions, and gives them what Splink is given: the same columns, nothing more.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.machine import peak_mb
from bench.scoring import f1_of, pairs_of_persons
from traboule.linkage.decisions import AUTOMATIC, OPEN
from traboule.linkage.prepare import PersonRecords, prepare
from traboule.linkage.resolve import LinkInputs, LinkResult, resolve
from traboule.linkage.stop_list import stop_list
from traboule.linkage.weights.model import read_model
from traboule.linkage.weights.training import train

ON = date(2024, 9, 29)
_TO_WARM_UP = 300
HELD_FROM = 0.5  # An open link at least as likely as not holds in the value that is published.


def inputs(records: pa.Table) -> LinkInputs:
    """Return the register's tables for a population's records.

    A passport's issuer is the country the record states, right or wrong: no engine is told the true one.
    """
    number = pc.utf8_lpad(pc.cast(records["unique_id"], pa.string()), width=9, padding="0")
    record = pc.binary_join_element_wise(records["country"], "desk", number, "/")
    nothing = pa.nulls(len(records), pa.string())
    people = pa.table(
        {
            "record": record,
            "unit": records["country"],
            "birth_precision": nothing,
            "age_band": nothing,
            "sex": nothing,
            "citizenships": pa.array([[code] for code in records["country"].to_pylist()], pa.list_(pa.string())),
        }
    )
    identities = pa.table(
        {
            "record": record,
            "unit": records["country"],
            "family_name": records["surname"],
            "given_names": records["given"],
            "family_name_romanised": nothing,
            "given_names_romanised": nothing,
            "other_names": nothing,
            "birth_date": records["dob"],
            "birth_place": records["city"],
        }
    )
    rows = pa.table({"record": record, "unit": records["country"]})
    parts = [_identifiers(rows, records["phone"], "phone"), _identifiers(rows, records["doc"], "passport")]
    return LinkInputs(people, identities, pa.concat_tables(parts), ON)


def _identifiers(rows: pa.Table, values: pa.ChunkedArray[Any], kind: str) -> pa.Table:
    held = pc.is_valid(values)
    kept = rows.filter(held)
    nothing = pa.nulls(len(kept), pa.string())
    return pa.table(
        {
            "record": pc.binary_join_element_wise(kept["record"], kind, "/"),
            "unit": kept["unit"],
            "person_record": kept["record"],
            "kind": pa.array([kind] * len(kept), pa.string()),
            "value": values.filter(held),
            "issuer": kept["unit"] if kind == "passport" else nothing,
        }
    )


def held_links(links: pa.Table, threshold: float = HELD_FROM) -> pa.Table:
    """Return the links that hold in a published value: automatic ones, and open ones from ``threshold``."""
    automatic = pc.equal(links["status"], AUTOMATIC)
    likely = pc.and_(pc.equal(links["status"], OPEN), pc.greater_equal(links["probability"], threshold))
    return links.filter(pc.or_(automatic, likely))


def numbers(column: pa.ChunkedArray[Any]) -> np.ndarray:
    """Return the unique_id in each record's name."""
    ids: np.ndarray = pc.cast(pc.utf8_slice_codeunits(column, -9), pa.int64()).to_numpy()
    return ids


def persons(records: pa.Table) -> np.ndarray:
    """Return the person of each unique_id, as the population knows."""
    person = np.empty(len(records), dtype=np.int64)
    person[records["unique_id"].to_numpy()] = records["person"].to_numpy()
    return person


def prepared(given: LinkInputs) -> PersonRecords:
    """Return person records ready to be compared, under the stop-list that is shipped."""
    return prepare(given.people, given.identities, given.identifiers, stop_list(), on=given.on)


def quality(result: LinkResult, records: pa.Table) -> dict[str, Any]:
    """Return precision, recall and F1 of the pairs that hold, and where the rest was lost."""
    person = persons(records)
    total = pairs_of_persons(person)
    held = held_links(result.links)
    same = person[numbers(held["left"])] == person[numbers(held["right"])]
    shown = person[numbers(result.links["left"])] == person[numbers(result.links["right"])]
    automatic = held.filter(pc.equal(held["status"], AUTOMATIC))
    sure = person[numbers(automatic["left"])] == person[numbers(automatic["right"])]
    return {
        **f1_of(int(same.sum()), len(same), total),
        "shown_recall": round(float(shown.sum() / total), 4),
        "automatic": len(sure),
        "automatic_precision": round(float(sure.mean()), 5) if len(sure) else None,
        "pairs_compared": result.compared,
    }


def trained(records: pa.Table, out: Path) -> dict[str, Any]:
    """Train on ``records`` and write the model."""
    given = inputs(records)
    started = time.perf_counter()
    ready = prepared(given)
    found = train(ready, seed=1)
    out.write_text(found.to_json(), encoding="utf-8")
    return {"train_seconds": round(time.perf_counter() - started, 2), "model": found.hash}


def resolved(records: pa.Table, model: Path) -> dict[str, Any]:
    """Resolve ``records`` under the model of a file; preparation, scoring, decisions and clusters are timed.

    A few records go first, so that compiled code is loaded (or made, where it was never used); ``start_seconds``.
    """
    weights = read_model(model.read_text(encoding="utf-8")).expecting(len(records))
    given = inputs(records)
    begun = time.perf_counter()
    resolve(inputs(records.slice(0, _TO_WARM_UP)), model=weights)
    first = time.perf_counter() - begun
    started, worked = time.perf_counter(), time.process_time()
    result = resolve(given, model=weights)
    seconds, cpu = time.perf_counter() - started, time.process_time() - worked
    peak = peak_mb()
    return {
        **quality(result, records),
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "start_seconds": round(first, 2),
        "peak_mb": peak,
        "skipped": sum(result.skipped.values()),
        "watched": len(result.watched),
        "live_p50_ms": None,
        "live_p99_ms": None,
    }


if __name__ == "__main__":
    act, data, at = sys.argv[1], pq.read_table(sys.argv[2]), Path(sys.argv[3])
    print(json.dumps(trained(data, at) if act == "train" else resolved(data, at)))
