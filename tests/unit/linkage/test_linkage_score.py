"""Levels, models and weights: SQL and arrays agree, Splink and arrays agree, training repeats itself."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from splink import block_on
from tests.linkage_population import Population, population
from tests.splink_predicted import splink_predicted

from traboule.core.errors import Invalid, Refused
from traboule.engines.duckdb import DuckDBEngine
from traboule.linkage.matching.batch import all_candidates
from traboule.linkage.matching.packed_records import pack
from traboule.linkage.matching.score import model_tables, score, score_pairs
from traboule.linkage.names.comparison import compare
from traboule.linkage.prepare import PersonRecords, prepare
from traboule.linkage.stop_list import stop_list
from traboule.linkage.weights.comparisons import COMPARISONS, LIKENESS_FUNCTION, comparison_levels
from traboule.linkage.weights.model import LinkModel, declared_model, read_model
from traboule.linkage.weights.training import train

ON = date(2024, 9, 29)


def prepared(made: Population) -> PersonRecords:
    return prepare(made.people, made.identities, made.identifiers, stop_list(), on=ON, encounters=made.encounters)


@pytest.fixture(scope="module")
def records() -> PersonRecords:
    return prepared(population(1500, seed=21, again=0.3))


@pytest.fixture(scope="module")
def learned(records: PersonRecords) -> LinkModel:
    return train(records)


def test_training_learned_from_the_records(records: PersonRecords, learned: LinkModel) -> None:
    assert learned.trained["by"] == "splink"
    assert learned.trained["records"] == len(records)
    assert learned.levels["name"][6].bits > 8
    assert learned.levels["name"][0].bits < -3
    assert learned.levels["document"][2].bits > 15


def test_splink_gives_the_same_weights(records: PersonRecords, learned: LinkModel) -> None:
    """Splink's own prediction under the same model differs by less than 1e-4 bits on every pair it finds."""
    predicted = splink_predicted(
        records, learned, [block_on("birth_full"), block_on("sound"), block_on("citizenship", "sex")]
    )
    left, right = (predicted[name].to_numpy() for name in ("number_l", "number_r"))
    ours = score(records, learned, left, right).weight
    assert len(left) > 10_000
    assert float(np.abs(ours - predicted["match_weight"].to_numpy()).max()) < 1e-4


def test_levels_in_sql_are_those_of_the_arrays(records: PersonRecords) -> None:
    """Every comparison's CASE expression gives each candidate pair the level that the arrays give it."""
    found = all_candidates(records)
    chosen = np.arange(0, len(found.left), 3)
    left, right = found.left[chosen], found.right[chosen]
    columns = [name for name in records.table.column_names if name != "number"]
    sides = ", ".join(f"{side}.{name} AS {name}_{side}" for side in "lr" for name in columns)
    with DuckDBEngine() as engine:
        engine.define(LIKENESS_FUNCTION, lambda one, other: compare(records.names, one, other))
        engine.register("pairs", pa.table({"pair": np.arange(len(left)), "a": left, "b": right}))
        engine.register("records", records.table)
        cases = []
        for each in COMPARISONS:
            whens = "".join(
                f" ELSE {level.value}" if level.sql == "ELSE" else f" WHEN {level.sql} THEN {level.value}"
                for level in each.levels
            )
            cases.append(f"CASE WHEN {each.missing} THEN -1{whens} END AS {each.name}")
        joined = ["SELECT pair,", sides, "FROM pairs JOIN records l ON l.number = a JOIN records r ON r.number = b"]
        sql = " ".join(["SELECT pair,", ", ".join(cases), "FROM (", *joined, ") ORDER BY pair"])
        table = engine.connection.sql(sql).to_arrow_table()
    for name, levels in comparison_levels(records, left, right).items():
        np.testing.assert_array_equal(table[name].to_numpy(), levels, err_msg=name)


def test_weights_are_symmetric(records: PersonRecords, learned: LinkModel) -> None:
    found = all_candidates(records)
    np.testing.assert_array_equal(
        score(records, learned, found.left, found.right).weight, score(records, learned, found.right, found.left).weight
    )


def test_training_gives_the_same_bytes_whatever_the_order() -> None:
    made = population(500, seed=5, again=0.4)
    order = np.random.default_rng(1).permutation(made.people.num_rows)
    shuffled = Population(
        made.people.take(pa.array(order)),
        made.identities.take(pa.array(np.random.default_rng(2).permutation(made.identities.num_rows))),
        made.identifiers.take(pa.array(np.random.default_rng(3).permutation(made.identifiers.num_rows))),
        made.encounters,
        made.truth,
    )
    first, second = train(prepared(made)).to_json(), train(prepared(shuffled)).to_json()
    assert first == second
    assert json.loads(first)["trained"]["by"] == "splink"


def test_too_few_records_give_the_declared_model() -> None:
    assert train(prepared(population(20, seed=1))).hash == declared_model().hash


def test_a_model_survives_its_file(learned: LinkModel) -> None:
    again = read_model(learned.to_json())
    assert again.hash == learned.hash
    assert again.to_json() == learned.to_json()


@pytest.mark.parametrize("lacking", ["m", "u"])
def test_a_level_without_m_or_u_is_refused(learned: LinkModel, lacking: str) -> None:
    content = json.loads(learned.to_json())
    del content["comparisons"]["document"]["2"][lacking]
    with pytest.raises(Invalid) as refused:
        read_model(json.dumps(content))
    assert refused.value.code == "model-level-untrained"


def test_a_missing_level_is_refused(learned: LinkModel) -> None:
    content = json.loads(learned.to_json())
    del content["comparisons"]["birth"]["4"]
    with pytest.raises(Invalid):
        read_model(json.dumps(content))


def test_a_model_changed_by_hand_is_refused(learned: LinkModel) -> None:
    content = json.loads(learned.to_json())
    content["prior"] = 0.4
    with pytest.raises(Refused) as refused:
        read_model(json.dumps(content))
    assert refused.value.code == "model-hash-differs"


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"comparisons": 3}'])
def test_a_file_that_is_no_model_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        read_model(text)


def test_a_model_names_nobody(records: PersonRecords, learned: LinkModel) -> None:
    text = learned.to_json()
    assert not any(f'"{sound}"' in text for sound in records.labels["sound"][1:] if len(sound) > 3)


@pytest.mark.parametrize(("column", "field"), [("sound", "name"), ("place", "place")])
def test_what_is_common_weighs_less(records: PersonRecords, learned: LinkModel, column: str, field: str) -> None:
    values = getattr(records, column)
    counts = np.bincount(values)
    held = np.flatnonzero(counts >= 2)[1:]
    common, rare = (int(held[place]) for place in (counts[held].argmax(), counts[held].argmin()))
    bits = []
    for value in (common, rare):
        one, other = np.flatnonzero(values == value)[:2]
        bits.append(float(score(records, learned, np.array([one]), np.array([other])).bits[field][0]))
    assert bits[0] < bits[1]


def test_names_that_are_close_weigh_by_half_of_how_common_they_are(records: PersonRecords, learned: LinkModel) -> None:
    """One name in a hundred thousand against one in a hundred: ten bits apart where the same, five where close."""
    packed, names = pack(records), np.array([3, 6], dtype=np.int8)
    bits = []
    for rarity in (-16.0, -6.0):
        common = np.full((len(records), 2), rarity, dtype=np.float32)
        bits.append(
            score_pairs(packed, names, common, model_tables(learned), (np.zeros(2, int), np.ones(2, int))).bits["name"]
        )
    np.testing.assert_allclose(bits[0] - bits[1], [5.0, 10.0])


def test_towns_weigh_among_compatriots_what_was_counted_there(records: PersonRecords, learned: LinkModel) -> None:
    """A town's share is that among all, raised so that on the whole it is what compatriots agree in by chance."""
    counts = np.bincount(records.place)[1:].astype(float)
    share = np.array([learned.frequencies["place"].of(text) for text in records.labels["place"][1:]])
    assert float((counts / counts.sum() * share).sum()) == pytest.approx(learned.levels["place"][1].u, rel=1e-4)


def test_towns_are_learned_where_no_citizenship_is_filed() -> None:
    made = population(1500, seed=33, again=0.3)
    nothing = pa.array([[]] * len(made.people), pa.list_(pa.string()))
    at = made.people.column_names.index("citizenships")
    bare = prepared(replace(made, people=made.people.set_column(at, "citizenships", nothing)))
    counts = np.bincount(bare.place)[1:].astype(float)
    total = counts.sum()
    by_chance = float((counts * (counts - 1)).sum() / (total * (total - 1)))
    assert train(bare).levels["place"][1].u == pytest.approx(by_chance, rel=0.15)


def test_in_a_larger_operation_two_records_are_less_likely_one(records: PersonRecords, learned: LinkModel) -> None:
    larger = learned.expecting(16 * len(records))
    found = all_candidates(records)
    left, right = found.left[:50], found.right[:50]
    lost = score(records, learned, left, right).weight - score(records, larger, left, right).weight
    np.testing.assert_allclose(lost, 4.0, atol=0.01)
    assert larger.expecting(len(records)).prior == pytest.approx(learned.prior, rel=1e-5)
    assert larger.hash != learned.hash
    assert read_model(larger.to_json()).hash == larger.hash
    assert declared_model().expecting(10**6).hash == declared_model().hash
