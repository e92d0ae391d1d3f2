"""Learn a model from the records with Splink's expectation maximisation on DuckDB. No other module imports Splink.

The same records in any order and the same seed give the same bytes. Every level has an m and a u; levels that the
records do not show keep their declared values. u is estimated from random pairs where a sample meets the level.
Elsewhere it is counted over all records, leaving out pairs that other evidence marks as matches: a sample never meets
two equal document numbers, and Splink would then call them weak evidence.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.internals.exceptions import EMTrainingException

from traboule.engines.duckdb import DuckDBEngine
from traboule.linkage.names.comparison import compare
from traboule.linkage.prepare import FIRSTS, PersonRecords
from traboule.linkage.weights.co_encounters import estimate_relatives
from traboule.linkage.weights.comparisons import COMPARISONS, FREQUENCY_COLUMNS, LEVEL_OF, LIKENESS_FUNCTION, Comparison
from traboule.linkage.weights.model import (
    Frequency,
    LinkModel,
    declared_model,
    frequency,
    model,
    require_complete,
    rounded,
)
from traboule.linkage.weights.u_probabilities import counted_u, likely_matches

Integers = npt.NDArray[np.int64]
Pair = tuple[float, float]
LevelShares = dict[str, dict[int, float]]

FEWEST_RECORDS, MOST_RECORDS = 400, 200_000
RANDOM_PAIRS = 200_000
_FEWEST_MATCHES = 40  # Matching pairs required in a session.
_NEARLY_ALL, _AT_MOST = 0.8, 0.98  # Shares of matching pairs in a session.
_BELIEF = 25.0  # How many matching pairs the declared shares count for.
_BELIEF_OF_CHANCE = 20_000.0  # How many random pairs the declared shares count for.
# From bits to log2 odds, fitted on the truth of two synthetic generators and checked on other seeds: agreement
# is less independent than the sum of bits assumes, so the slope is below one.
CALIBRATION = (0.95, 2.0)


class _NameLevels:
    """The SQL function for the level of names, cached: an engine asks for one level after the other, each time for the
    remaining rows."""

    def __init__(self, records: PersonRecords) -> None:
        self._names = records.names
        self._codes, self._levels = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int8)

    def __call__(self, left: Integers, right: Integers) -> npt.NDArray[np.int8]:
        codes = np.minimum(left, right) * np.int64(1 << 32) + np.maximum(left, right)
        at = np.minimum(np.searchsorted(self._codes, codes), len(self._codes) - 1)
        if not np.array_equal(self._codes[at], codes):
            self._codes, first = np.unique(codes, return_index=True)
            self._levels = compare(self._names, left[first], right[first])
            at = np.searchsorted(self._codes, codes)
        return np.asarray(self._levels[at])


@dataclass(frozen=True, slots=True)
class _SplinkSession:
    """What one EM run found among pairs equal in ``blocked``: m by level, and how many match."""

    blocked: str
    m: LevelShares
    matches: float


# The columns that training joins on, and the comparison that has no say among pairs joined so. Pairs that share a
# document are nearly all one person, so they teach best; equal names teach only where documents are few. Phones do not
# teach: households share them, and are alike in ways that random pairs, whose shares are held fast, are not.
_BLOCKS = {
    "birth_full": "birth",
    "document_first": "document",
    "device_first": "device",
}
_ENOUGH = 150.0  # Matching pairs that share an identifier.


@dataclass(frozen=True, slots=True)
class _BlockingPass:
    """A blocking column, the comparison that it excludes, and the share of its pairs that are likely matches."""

    column: str
    silent: str
    share: float


def train(records: PersonRecords, *, seed: int = 1) -> LinkModel:
    """Return the model learned from ``records``; the declared one where there are too few.

    At most 200,000 records are used, chosen by hash of the record.
    """
    sample = _sample(records)
    declared = declared_model()
    if len(sample) < FEWEST_RECORDS:
        return declared
    table = records.table.take(pa.array(sample, pa.int64()))
    with DuckDBEngine(threads=1) as engine:
        engine.define(LIKENESS_FUNCTION, _NameLevels(records))
        drawn_u = _drawn_shares(engine, table, declared, seed)
        u = _completed(drawn_u, counted_u(records, sample))
        sessions = _sessions(engine, records, table, u, sample)
    if not sessions:
        return declared
    m = _pooled(sessions, declared)
    learned = model(
        _prior(sessions, m, table),
        {name: {value: (m[name][value], u[name][value]) for value in m[name]} for name in m},
        {column: _frequency(records, column, sample, u) for column in FREQUENCY_COLUMNS},
        calibration=CALIBRATION,
        relatives=estimate_relatives(records, sample, m, u),
        trained={"by": "splink", "records": len(sample), "of": len(records), "seed": seed, "sessions": len(sessions)},
    )
    require_complete(learned)
    return learned


def _sessions(
    engine: DuckDBEngine, records: PersonRecords, table: pa.Table, u: LevelShares, sample: Integers
) -> list[_SplinkSession]:
    """Return what each EM run found; runs with too few matching pairs are left out."""
    sessions: list[_SplinkSession] = []
    for blocked, excluded in (*_BLOCKS.items(), ("sound", "name")):
        taught = sum(session.matches for session in sessions if session.blocked in FIRSTS)
        if blocked == "sound" and taught >= _ENOUGH:
            continue
        pairs, matches = likely_matches(records, excluded, FIRSTS.get(blocked, blocked), sample)
        if matches >= _FEWEST_MATCHES:
            session = _session(engine, table, u, _BlockingPass(blocked, excluded, matches / pairs))
            sessions += [session] if session is not None else []
    return sessions


def _sample(records: PersonRecords) -> Integers:
    """Return the record numbers to learn from: all, or those with the lowest hashes."""
    if len(records) <= MOST_RECORDS:
        return np.arange(len(records), dtype=np.int64)
    hashes = [blake2b(record.encode(), digest_size=8).digest() for record in records.records]
    order = np.array(sorted(range(len(hashes)), key=lambda place: hashes[place])[:MOST_RECORDS], dtype=np.int64)
    return np.sort(order)


def _linker(
    engine: DuckDBEngine, table: pa.Table, shares: Mapping[str, Mapping[int, Pair]], name: str, *, prior: float
) -> Linker:
    """Return a Splink linker over ``table`` with the declared comparisons and these shares."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="number",
        comparisons=[splink_comparison(comparison, shares[comparison.name]) for comparison in COMPARISONS],
        blocking_rules_to_generate_predictions=[],
        probability_two_random_records_match=prior,
        em_convergence=1e-3,
        max_iterations=20,
        linker_uid=name,
    )
    api = DuckDBAPI(connection=engine.connection)
    return Linker(api.register(table, table_name=name), settings, log_level=None, validate_settings=False)


def splink_comparison(comparison: Comparison, shares: Mapping[int, Pair]) -> dict[str, Any]:
    """Return ``comparison`` in Splink's form, with (m, u) for each level."""
    levels: list[dict[str, Any]] = [
        {"sql_condition": comparison.missing, "label_for_charts": "missing", "is_null_level": True}
    ]
    for level in comparison.levels:
        m, u = shares[level.value]
        written: dict[str, Any] = {
            "sql_condition": level.sql,
            "label_for_charts": level.label,
            "m_probability": m,
            "u_probability": u,
        }
        if level.frequency:
            written |= {
                "tf_adjustment_column": level.frequency,
                "tf_adjustment_weight": level.by_frequency,
                "disable_tf_exact_match_detection": True,
            }
        levels.append(written)
    return {"output_column_name": comparison.name, "comparison_levels": levels}


def _shares(fitted: LinkModel) -> dict[str, dict[int, Pair]]:
    return {
        name: {value: (share.m, share.u) for value, share in levels.items()} for name, levels in fitted.levels.items()
    }


def _drawn_shares(engine: DuckDBEngine, table: pa.Table, declared: LinkModel, seed: int) -> LevelShares:
    """Return u of every level among random pairs, sampled by Splink and blended with the declared values."""
    linker = _linker(engine, table, _shares(declared), "records_drawn", prior=declared.prior)
    linker.training.estimate_u_using_random_sampling(
        max_pairs=RANDOM_PAIRS, seed=seed, min_count_per_level=None, num_chunks=1
    )
    drawn_u: LevelShares = {}
    size = min(float(RANDOM_PAIRS), table.num_rows * (table.num_rows - 1) / 2)
    for name, levels in _trained(linker, "u_probability").items():
        drawn_u[name] = {
            value: (share * size + declared.levels[name][value].u * _BELIEF_OF_CHANCE) / (size + _BELIEF_OF_CHANCE)
            for value, share in levels.items()
        }
    return drawn_u


def _trained(linker: Linker, parameter: str) -> LevelShares:
    """Return m or u of every level from a trained linker; 0 where Splink never met the level."""
    settings = linker.misc.save_model_to_json()
    trained: LevelShares = {}
    for comparison, declared in zip(settings["comparisons"], COMPARISONS, strict=True):
        written = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
        trained[declared.name] = {
            level.value: float(fitted.get(parameter, 0.0))
            for level, fitted in zip(declared.levels, written, strict=True)
        }
    return trained


def _completed(drawn_u: LevelShares, counted_levels: LevelShares) -> LevelShares:
    """Return u of every level: counted where it was, else sampled, summing to one."""
    completed: LevelShares = {}
    for name, levels in drawn_u.items():
        exact = counted_levels.get(name, {})
        drawn_total = sum(share for value, share in levels.items() if value not in exact) or 1.0
        remaining = 1.0 - sum(exact.values())
        completed[name] = {
            value: exact[value] if value in exact else max(share / drawn_total * remaining, 1e-9)
            for value, share in levels.items()
        }
    return completed


def _session(engine: DuckDBEngine, table: pa.Table, u: LevelShares, block: _BlockingPass) -> _SplinkSession | None:
    """Run expectation maximisation among pairs equal in a column, with u fixed; None where too few of them match."""
    declared = declared_model()
    shares = {
        name: {value: (declared.levels[name][value].m, share) for value, share in levels.items()}
        for name, levels in u.items()
    }
    linker = _linker(engine, table, shares, f"records_by_{block.column}", prior=min(block.share, _AT_MOST))
    try:
        run = linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(block.column),
            estimate_without_term_frequencies=True,
            fix_u_probabilities=True,
            # Where nearly all pairs match, their share would run to one and its odds to infinity.
            fix_probability_two_random_records_match=block.share >= _NEARLY_ALL,
        )
    except EMTrainingException:
        return None
    share = run.core_model_settings.probability_two_random_records_match
    matches = share * _pairs_equal(table, block.column)
    if matches < _FEWEST_MATCHES:
        return None
    learned = {comparison.output_column_name for comparison in run.core_model_settings.comparisons} - {block.silent}
    m = {name: levels for name, levels in _trained(linker, "m_probability").items() if name in learned}
    return _SplinkSession(block.column, m, matches)


def _pairs_equal(table: pa.Table, column: str) -> float:
    """Return how many pairs of records have the same value in ``column``."""
    counts = table[column].drop_null().value_counts().field("counts").to_numpy().astype(np.float64)
    return float((counts * (counts - 1) / 2).sum())


def _pooled(sessions: list[_SplinkSession], declared: LinkModel) -> LevelShares:
    """Return m of every level: the sessions weighted by their matches, and the declared values as a few more."""
    pooled: LevelShares = {}
    for name, levels in declared.levels.items():
        sums = {value: share.m * _BELIEF for value, share in levels.items()}
        for session in sessions:
            for value, share in session.m.get(name, {}).items():
                sums[value] += share * session.matches
        total = sum(sums.values())
        pooled[name] = {value: total_m / total for value, total_m in sums.items()}
    return pooled


def _prior(sessions: list[_SplinkSession], m: LevelShares, table: pa.Table) -> float:
    """Return the probability that two random records match, from each session's matches and how many it cannot see.

    A session sees the matches that agree in its column: the squared share of records with a value there, times m of the
    levels of equality. The sessions' estimates are averaged on a log scale.
    """
    seen = {
        "birth_full": m["birth"][LEVEL_OF["birth_same"]],
        "sound": m["name"][LEVEL_OF["name_as_written"]] + m["name"][LEVEL_OF["name_sounds_alike"]],
    }
    pairs = table.num_rows * (table.num_rows - 1) / 2
    logs = []
    for session in sessions:
        if session.blocked not in seen:
            continue
        column = "birth_low" if session.blocked == "birth_full" else "name"
        filled = 1.0 - table[column].null_count / table.num_rows
        logs.append(np.log(session.matches / max(seen[session.blocked] * filled**2, 1e-6) / pairs))
    if not logs:
        return declared_model().prior
    return float(min(np.exp(np.mean(logs)), 0.5))


def _frequency(records: PersonRecords, column: str, sample: Integers, u: LevelShares) -> Frequency:
    """Return how common the texts of ``column`` are among the sampled records.

    Towns are compared among compatriots, where each is commoner than among all, by as much as u says.
    """
    labels = records.labels[column]
    counts = np.bincount(getattr(records, column)[sample], minlength=len(labels))
    count_by_label = {label: int(count) for label, count in zip(labels[1:], counts[1:], strict=True) if count}
    frequencies = frequency(count_by_label)
    if column != "place":
        return frequencies
    if not count_by_label:
        return declared_model().frequencies[column]
    mean = sum(count / frequencies.total * frequencies.of(label) for label, count in count_by_label.items())
    return replace(frequencies, scale=rounded(u[column][1] / mean))
