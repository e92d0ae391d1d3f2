"""The steps that a cluster runs give the pairs and weights that arrays give: on DuckDB, and on Spark where it is."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from tests.linkage_population import population

from traboule.engines.duckdb import DuckDBEngine
from traboule.engines.port import Engine
from traboule.linkage.matching.score import score
from traboule.linkage.prepare import PersonRecords, prepare
from traboule.linkage.scale.keys import MOST as MOST_OF_ALL
from traboule.linkage.scale.keys import keys_table
from traboule.linkage.scale.steps import pair_steps, records_table, register_tables, weight_steps
from traboule.linkage.stop_list import stop_list
from traboule.linkage.weights.comparisons import COMPARISONS
from traboule.linkage.weights.model import LinkModel
from traboule.linkage.weights.training import train

MOST = 12


@pytest.fixture(scope="module")
def records() -> PersonRecords:
    people = population(500, seed=29, again=0.4)
    return prepare(
        people.people, people.identities, people.identifiers, stop_list(), on=date(2024, 9, 29),
        encounters=people.encounters,
    )  # fmt: skip


@pytest.fixture(scope="module")
def learned(records: PersonRecords) -> LinkModel:
    return train(records)


@pytest.fixture(scope="module")
def keys(records: PersonRecords) -> pa.Table:
    """Birth dates, sounds, documents, phones; sexes, which are too common; and some rows stand there twice."""
    rows = [(0, value, record) for record, value in enumerate(records.born.full.tolist()) if value]
    rows += [(1, value, record) for record, value in enumerate(records.sound.tolist()) if value]
    rows += [(4, value, record) for record, value in enumerate(records.sex.tolist()) if value]
    for kind, group in ((2, "documents"), (3, "phones")):
        held = records.shared[group]
        rows += [(kind, value, record) for record, value in zip(held.record.tolist(), held.value.tolist(), strict=True)]
    rows += rows[:50]
    kind, key, record = zip(*rows, strict=True)
    return pa.table({"kind": kind, "key": key, "record": record, "most": [MOST] * len(rows)})


def expected_pairs(keys: pa.Table) -> tuple[set[tuple[int, int]], int]:
    """Return the pairs that share a key, one by one, and how many records a key too common left out."""
    holders: dict[tuple[int, int], set[int]] = {}
    for row in keys.to_pylist():
        holders.setdefault((row["kind"], row["key"]), set()).add(row["record"])
    joined = [sorted(held) for held in holders.values() if len(held) <= MOST]
    skipped = sum(len(held) for held in holders.values() if len(held) > MOST)
    return {pair for held in joined for pair in combinations(held, 2)}, skipped


def test_an_engine_gives_the_pairs_and_weights_of_the_arrays(
    engine: Engine, records: PersonRecords, learned: LinkModel, keys: pa.Table
) -> None:
    register_tables(engine, records, learned, keys)
    engine.run([*pair_steps(), *weight_steps(learned, records_table(records, learned).column_names)])
    found = engine.table("weighed")
    left, right = (found[name].to_numpy() for name in ("number_l", "number_r"))
    pairs, skipped = expected_pairs(keys)
    assert len(pairs) > 300
    assert skipped > 0
    assert set(zip(left.tolist(), right.tolist(), strict=True)) == pairs
    assert sum(engine.table("skipped")["records"].to_pylist()) == skipped
    arrays = score(records, learned, left, right)
    for each in COMPARISONS:
        assert found[f"level_{each.name}"].to_pylist() == arrays.levels[each.name].tolist(), each.name
    assert float(np.abs(found["weight"].to_numpy() - arrays.weight).max()) < 1e-4


def test_keys_of_records_find_most_of_the_pairs_of_one_person(records: PersonRecords) -> None:
    people = population(500, seed=29, again=0.4)
    person = [people.truth[record] for record in records.records]
    with DuckDBEngine() as engine:
        engine.register("keys", keys_table(records))
        engine.run(pair_steps())
        found = engine.table("pairs")
    same = sum(
        person[left] == person[right]
        for left, right in zip(found["number_l"].to_pylist(), found["number_r"].to_pylist(), strict=True)
    )
    total = sum(one == other for one, other in combinations(person, 2))
    assert same / total > 0.7
    assert set(keys_table(records)["most"].to_pylist()) == {MOST_OF_ALL}
