"""Splink on its own set of historical figures, set up as its documentation does, clustered at seven thresholds.

In: the set's parquet file and a folder; out: ``clusters.parquet`` there (``unique_id`` and one column of cluster names
a threshold), and one JSON line with time and memory.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import splink
import splink.comparison_library as cl
from pairs import peak_mb
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

THRESHOLDS = (0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999)
RULES = (
    ("substr(first_name, 1, 3)", "substr(surname, 1, 4)"), ("surname", "dob"), ("first_name", "dob"),
    ("postcode_fake", "first_name"), ("postcode_fake", "surname"), ("dob", "birth_place"),
    ("substr(postcode_fake, 1, 3)", "dob"), ("substr(postcode_fake, 1, 3)", "first_name"),
    ("substr(postcode_fake, 1, 3)", "surname"),
    ("substr(first_name, 1, 2)", "substr(surname, 1, 2)", "substr(dob, 1, 4)"),
)  # fmt: skip
COLUMNS = "*, first_name || ' ' || surname AS both_names"


def settings() -> SettingsCreator:
    """Return the comparisons and rules of the documentation's example."""
    return SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[block_on(*columns) for columns in RULES],
        comparisons=[
            cl.ForenameSurnameComparison("first_name", "surname", forename_surname_concat_col_name="both_names"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode_fake"),
            cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
            cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
        ],
    )


def run(path: Path, out: Path) -> dict[str, Any]:
    """Train, predict and cluster; write the clusters."""
    started = time.perf_counter()
    connection = duckdb.connect()
    connection.read_parquet(str(path)).project(COLUMNS).create("records")
    api = DuckDBAPI(connection)
    linker = Linker(api.register("records"), settings())
    train = linker.training
    train.estimate_probability_two_random_records_match(
        [block_on("first_name", "surname", "dob"), block_on("substr(first_name, 1, 2)", "surname", "dob")], recall=0.6
    )
    train.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    train.estimate_parameters_using_expectation_maximisation(block_on("first_name", "surname"))
    train.estimate_parameters_using_expectation_maximisation(block_on("dob"))
    trained = time.perf_counter()
    pairs = linker.inference.predict(threshold_match_probability=0.05)
    columns: dict[str, Any] = {}
    seconds = 0.0
    for threshold in THRESHOLDS:
        begun = time.perf_counter()
        found = linker.clustering.cluster_pairwise_predictions_at_threshold(
            pairs, threshold_match_probability=threshold
        )
        rows = (
            connection.table(found.physical_name).order("unique_id").project("unique_id, cluster_id").to_arrow_table()
        )
        columns |= {"unique_id": rows["unique_id"], str(threshold): rows["cluster_id"]}
        seconds += time.perf_counter() - begun
    pq.write_table(pa.table(columns), out / "clusters.parquet")
    peak = peak_mb()
    predicted = time.perf_counter() - trained - seconds
    return {
        "seconds": round(predicted + seconds / len(THRESHOLDS), 2),
        "train_seconds": round(trained - started, 2),
        "peak_mb": peak,
        "version": f"splink {splink.__version__}, duckdb {duckdb.__version__}",
    }


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    print(json.dumps(run(Path(sys.argv[1]), Path(sys.argv[2]))))
