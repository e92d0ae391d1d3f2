"""Splink's own prediction under one of our models, for tests that hold ours to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from splink import DuckDBAPI, Linker, SettingsCreator

from traboule.engines.duckdb import DuckDBEngine
from traboule.linkage.matching.term_frequency import rarity
from traboule.linkage.names.comparison import compare
from traboule.linkage.prepare import PersonRecords
from traboule.linkage.weights.comparisons import COMPARISONS, FREQUENCY_COLUMNS, LIKENESS_FUNCTION
from traboule.linkage.weights.model import LinkModel
from traboule.linkage.weights.training import splink_comparison


def splink_predicted(
    records: PersonRecords, learned: LinkModel, rules: Sequence[Any], threshold: float | None = None
) -> pa.Table:
    """Return what Splink predicts of the pairs that ``rules`` bring together, from ``threshold`` (bits) on."""
    shares = {
        name: {value: (share.m, share.u) for value, share in levels.items()} for name, levels in learned.levels.items()
    }
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="number",
        comparisons=[splink_comparison(each, shares[each.name]) for each in COMPARISONS],
        blocking_rules_to_generate_predictions=list(rules),
        probability_two_random_records_match=learned.prior,
    )
    with DuckDBEngine() as engine:
        engine.define(LIKENESS_FUNCTION, lambda left, right: compare(records.names, left, right))
        api = DuckDBAPI(connection=engine.connection)
        linker = Linker(api.register(records.table, table_name="records"), settings, log_level=None)
        for place, column in enumerate(FREQUENCY_COLUMNS):
            numbers, first = np.unique(getattr(records, column), return_index=True)
            common = np.exp2(rarity(records, learned)[first, place].astype(np.float64))
            known = numbers > 0
            lookup = api.register(
                pa.table({column: numbers[known], f"tf_{column}": common[known]}), table_name=f"lookup_{column}"
            )
            linker.table_management.register_term_frequency_lookup(lookup, column)
        return linker.inference.predict(threshold_match_weight=threshold).as_pyarrow_table()
