"""Splink on DuckDB, as its documentation would set it up for these columns: seven plain blocking rules.

In: ``records.parquet`` of the population; out: one JSON line. Runs in any
environment that has splink; knows nothing of this project.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import splink
import splink.comparison_library as cl
from pairs import peak_mb
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

RULES = (
    ("phone",), ("doc",), ("surname_a", "dob"), ("given_a", "dob"), ("given_a", "surname_a", "country"),
    ("given_a", "surname_a", "city"), ("dob", "country"),
)  # fmt: skip


def settings() -> SettingsCreator:
    """Return the comparisons and rules."""
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("given_a", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("surname_a", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("dob", [1]),
            cl.ExactMatch("country"),
            cl.ExactMatch("phone"),
            cl.ExactMatch("doc"),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        ],
        blocking_rules_to_generate_predictions=[block_on(*columns) for columns in RULES],
        additional_columns_to_retain=["person"],
    )


def best(weights: np.ndarray, same: np.ndarray, all_pairs: int) -> dict[str, float]:
    """Return the highest F1 over all thresholds, with precision, recall and the threshold."""
    order = np.argsort(-weights, kind="stable")
    weights, right = weights[order], np.cumsum(same[order])
    taken = np.arange(1, len(weights) + 1)
    ends = np.append(weights[1:] != weights[:-1], True)
    f1 = np.where(ends, 2 * right / (taken + all_pairs), -1.0)
    at = int(f1.argmax())
    return {
        "f1": round(float(f1[at]), 4),
        "precision": round(float(right[at] / taken[at]), 4),
        "recall": round(float(right[at] / all_pairs), 4),
        "threshold_bits": round(float(weights[at]), 2),
        "candidate_recall": round(float(right[-1] / all_pairs), 4),
        "pairs_compared": len(weights),
    }


def looked_up(linker: Linker, connection: duckdb.DuckDBPyConnection, api: DuckDBAPI, records: Any) -> dict[str, float]:
    """Return how long one record against all takes, over some records, the first few (a cold start) left out."""
    for column in ("given_a", "surname_a", "city"):
        linker.table_management.compute_tf_table(column)
    asked = connection.table("records").filter("unique_id < 100").order("unique_id").to_arrow_table()
    times = []
    for place in range(asked.num_rows):
        number = pa.array([asked["unique_id"][place].as_py() + 10**9])
        one = asked.slice(place, 1).set_column(0, "unique_id", number)
        started = time.perf_counter()
        found = linker.inference.predict_between(records, api.register(one, table_name=f"asked_{place}"))
        connection.table(found.physical_name).fetchall()
        times.append((time.perf_counter() - started) * 1000)
    warm = times[5:] or times
    return {
        "live_p50_ms": round(float(np.percentile(warm, 50)), 2),
        "live_p99_ms": round(float(np.percentile(warm, 99)), 2),
    }


def run(path: Path) -> dict[str, Any]:
    """Train, predict, cluster and look up; return what was measured."""
    started, worked = time.perf_counter(), time.process_time()
    connection = duckdb.connect()
    connection.read_parquet(str(path)).project("* EXCLUDE (given, surname)").create("records")
    api = DuckDBAPI(connection)
    records = api.register("records")
    size = len(connection.table("records"))
    linker = Linker(records, settings())
    loaded, worked_to_load = time.perf_counter(), time.process_time() - worked
    train = linker.training
    train.estimate_probability_two_random_records_match([block_on("phone"), block_on("doc")], recall=0.5)
    train.estimate_u_using_random_sampling(max_pairs=1e7 if size >= 500_000 else 2e6, seed=1)
    train.estimate_parameters_using_expectation_maximisation(block_on("phone"))
    train.estimate_parameters_using_expectation_maximisation(block_on("given_a", "surname_a", "country"))
    trained, worked = time.perf_counter(), time.process_time()
    pairs = linker.inference.predict(threshold_match_weight=-5)
    found = connection.table(pairs.physical_name).project("match_weight, person_l = person_r AS same").fetchnumpy()
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_weight=3)
    connection.table(clusters.physical_name).aggregate("count(DISTINCT cluster_id)").fetchall()
    done, worked_after = time.perf_counter(), time.process_time() - worked
    counted = "SELECT sum(n * (n - 1) // 2) FROM (SELECT count(*) AS n FROM records GROUP BY person)"
    all_pairs = int(connection.execute(counted).fetchall()[0][0])
    peak = peak_mb()
    return {
        **best(found["match_weight"], found["same"], all_pairs),
        "seconds": round(loaded - started + done - trained, 2),
        "cpu_seconds": round(worked_to_load + worked_after, 2),
        "train_seconds": round(trained - loaded, 2),
        "peak_mb": peak,
        **looked_up(linker, connection, api, records),
        "version": f"splink {splink.__version__}, duckdb {duckdb.__version__}",
    }


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    print(json.dumps(run(Path(sys.argv[1]))))
