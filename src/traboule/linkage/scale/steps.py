"""Write the SQL steps from keys to pairs, from pairs to levels, and from levels to weights.

Input: a model and the names of two registered tables: ``keys`` (``kind``, ``key``, ``record``, and ``most``: how many
records a key of that kind may bring together) and ``records`` (see :func:`records_table`). Output: lists of
:class:`EngineStep`. The levels are those that :mod:`~traboule.linkage.weights.comparisons` declares, so that Splink's
training, the arrays and a cluster agree. A key that is too common is skipped and counted.

Work grows with the keys and the pairs they give. Every step joins on a key or a record number, by which a cluster
distributes it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import pyarrow as pa

from traboule.engines.port import Engine, EngineStep
from traboule.linkage.matching.score import prior_bits
from traboule.linkage.matching.term_frequency import shares
from traboule.linkage.names.comparison import compare
from traboule.linkage.prepare import PersonRecords
from traboule.linkage.weights.comparisons import COMPARISONS, FREQUENCY_COLUMNS, LIKENESS_FUNCTION, Comparison
from traboule.linkage.weights.model import LinkModel

KEYS_SCHEMA = pa.schema(
    [
        pa.field("kind", pa.int64()),
        pa.field("key", pa.int64()),
        pa.field("record", pa.int64()),
        pa.field("most", pa.int64()),
    ]
)


def _share(column: str) -> str:
    return f"{column}_share"


def records_table(records: PersonRecords, weights: LinkModel) -> pa.Table:
    """Return the compared columns, with how common each record's name (``sound_share``) and town are in the model."""
    table = records.table
    for column in FREQUENCY_COLUMNS:
        shares_held = shares(records, weights, column)[getattr(records, column)]
        table = table.append_column(_share(column), pa.array(shares_held))
    return table


def register_tables(engine: Engine, records: PersonRecords, weights: LinkModel, keys: pa.Table) -> None:
    """Register the tables and the function that the steps need with ``engine``."""
    engine.define(LIKENESS_FUNCTION, lambda left, right: compare(records.names, left, right))
    engine.register("records", records_table(records, weights))
    engine.register("keys", keys.cast(KEYS_SCHEMA))


def pair_steps() -> list[EngineStep]:
    """Return the steps to ``pairs`` (``number_l`` < ``number_r``, distinct) and ``skipped`` (kind, keys, records)."""
    return [
        EngineStep("once", "SELECT DISTINCT kind, key, record, most FROM keys"),
        EngineStep("sizes", "SELECT kind, key, count(*) AS records, max(most) AS most FROM once GROUP BY kind, key"),
        EngineStep("joining", "SELECT kind, key FROM sizes WHERE records >= 2 AND records <= most"),
        EngineStep(
            "skipped",
            "SELECT kind, count(*) AS keys, CAST(sum(records) AS BIGINT) AS records FROM sizes"
            " WHERE records > most GROUP BY kind ORDER BY kind",
        ),
        EngineStep(
            "held", "SELECT o.kind, o.key, o.record FROM once o JOIN joining j ON o.kind = j.kind AND o.key = j.key"
        ),
        EngineStep(
            "pairs",
            "SELECT DISTINCT a.record AS number_l, b.record AS number_r FROM held a JOIN held b"
            " ON a.kind = b.kind AND a.key = b.key AND a.record < b.record",
        ),
    ]


def weight_steps(weights: LinkModel, columns: Sequence[str]) -> list[EngineStep]:
    """Return the steps from ``pairs`` to ``weighed``: the numbers of the pair, its levels, and its ``weight`` in bits.

    ``columns``: those of ``records``.
    """
    return [
        EngineStep("lefts", f"SELECT {_renamed(columns, 'l')} FROM records"),  # noqa: S608  Names of our own columns.
        EngineStep("rights", f"SELECT {_renamed(columns, 'r')} FROM records"),  # noqa: S608
        EngineStep(
            "placed",
            "SELECT * FROM pairs JOIN lefts USING (number_l) JOIN rights USING (number_r)",
        ),
        EngineStep(
            "compared",
            f"SELECT number_l, number_r, {', '.join(_commoner(column) for column in FREQUENCY_COLUMNS)}, "  # noqa: S608
            f"{', '.join(_level(comparison) for comparison in COMPARISONS)} FROM placed",
        ),
        EngineStep(
            "weighed",
            f"SELECT number_l, number_r, {', '.join(f'level_{comparison.name}' for comparison in COMPARISONS)}, "  # noqa: S608
            f"{_number(prior_bits(weights))} + {' + '.join(_bits(comparison, weights) for comparison in COMPARISONS)} "
            "AS weight FROM compared ORDER BY number_l, number_r",
        ),
    ]


def _renamed(columns: Sequence[str], side: str) -> str:
    return ", ".join(f"{name} AS {name}_{side}" for name in columns)


def _commoner(column: str) -> str:
    return f"greatest({_share(column)}_l, {_share(column)}_r) AS {_share(column)}"


def _level(comparison: Comparison) -> str:
    """Return the level of one comparison, -1 where there is nothing to compare."""
    cases = [f"WHEN {comparison.missing} THEN -1"]
    cases += [f"WHEN {level.sql} THEN {level.value}" for level in comparison.levels if level.sql != "ELSE"]
    otherwise = next(level.value for level in comparison.levels if level.sql == "ELSE")
    return f"CASE {' '.join(cases)} ELSE {otherwise} END AS level_{comparison.name}"


def _bits(comparison: Comparison, weights: LinkModel) -> str:
    """Return the bits of one comparison: log2(m/u) of its level, and log2(u/share) where term frequency counts."""
    cases = []
    for level in comparison.levels:
        share = weights.levels[comparison.name][level.value]
        common = f"ln({_share(level.frequency)}) / ln(CAST(2 AS DOUBLE))"
        rarity = f"{_number(level.by_frequency)} * ({_number(math.log2(share.u))} - {common})"
        cases.append(f"WHEN {level.value} THEN {_number(share.bits)}{f' + {rarity}' if level.frequency else ''}")
    return f"CASE level_{comparison.name} {' '.join(cases)} ELSE CAST(0 AS DOUBLE) END"


def _number(value: float) -> str:
    """Return a number as SQL, in double precision on every engine."""
    return f"CAST({value!r} AS DOUBLE)"
