"""The whole of linkage on a population with known truth: quality, growth, calibration."""

from __future__ import annotations

import itertools
import json
from datetime import date

import numpy as np
import pytest
from tests.linkage_population import Population, population

from traboule.linkage.matching.batch import all_candidates
from traboule.linkage.prepare import prepare
from traboule.linkage.resolve import LinkInputs, LinkResult, resolve
from traboule.linkage.stop_list import stop_list
from traboule.linkage.weights.model import LinkModel, declared_model
from traboule.linkage.weights.training import train

ON = date(2024, 9, 29)


def inputs(made: Population) -> LinkInputs:
    return LinkInputs(made.people, made.identities, made.identifiers, ON, made.encounters)


def true_pairs(made: Population) -> set[tuple[str, str]]:
    together: dict[int, list[str]] = {}
    for record, person in made.truth.items():
        together.setdefault(person, []).append(record)
    return {pair for records in together.values() for pair in itertools.combinations(sorted(records), 2)}


@pytest.fixture(scope="module")
def made() -> Population:
    return population(2500, seed=31)


@pytest.fixture(scope="module")
def result(made: Population) -> LinkResult:
    return resolve(inputs(made))


def links(result: LinkResult, status: str) -> set[tuple[str, str]]:
    return {(row["left"], row["right"]) for row in result.links.to_pylist() if row["status"] == status}


def test_every_record_is_in_one_cluster(made: Population, result: LinkResult) -> None:
    assert result.clusters["record"].to_pylist() == sorted(made.truth)


def test_links_are_the_same_written_in_any_number_of_parts(
    made: Population, result: LinkResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("traboule.linkage.resolve._AT_ONCE", 97)
    assert resolve(inputs(made), model=result.model).links.equals(result.links)


def test_a_cluster_is_named_after_its_smallest_record(result: LinkResult) -> None:
    members: dict[str, list[str]] = {}
    for row in result.clusters.to_pylist():
        members.setdefault(row["cluster"], []).append(row["record"])
    assert all(name == min(records) for name, records in members.items())


def test_automatic_links_are_right(made: Population, result: LinkResult) -> None:
    automatic = links(result, "automatic")
    assert len(automatic) > 100
    assert len(automatic - true_pairs(made)) <= len(automatic) * 0.001


def test_nearly_all_true_pairs_are_linked_or_shown(made: Population, result: LinkResult) -> None:
    shown = links(result, "automatic") | links(result, "open")
    assert len(true_pairs(made) & shown) / len(true_pairs(made)) >= 0.96


def test_candidates_hold_nearly_all_true_pairs(made: Population) -> None:
    records = prepare(made.people, made.identities, made.identifiers, stop_list(), on=ON, encounters=made.encounters)
    found = all_candidates(records)
    pairs = {
        (records.records[left], records.records[right])
        for left, right in zip(found.left.tolist(), found.right.tolist(), strict=True)
    }
    assert len(true_pairs(made) & pairs) / len(true_pairs(made)) >= 0.99


def test_probabilities_are_calibrated(made: Population, result: LinkResult) -> None:
    """Of the open links together, as many are true as their probabilities say; of the unsure ones, about as many."""
    truth = true_pairs(made)
    rows = [row for row in result.links.to_pylist() if row["status"] == "open"]
    expected = sum(row["probability"] for row in rows)
    assert sum((row["left"], row["right"]) in truth for row in rows) == pytest.approx(expected, rel=0.1)
    unsure = [row for row in rows if 0.1 <= row["probability"] < 0.9]
    said = float(np.mean([row["probability"] for row in unsure]))
    found = float(np.mean([(row["left"], row["right"]) in truth for row in unsure]))
    assert abs(said - found) < 0.2


def test_what_is_told_of_a_link_adds_up_to_its_weight(result: LinkResult) -> None:
    """Two pairs at the same levels, one with a rare place and one with a common one, are told each its own bits."""
    columns = (result.links[name].to_pylist() for name in ("weight", "evidence"))
    told = set()
    for weight, evidence in zip(*columns, strict=True):
        read = json.loads(evidence)
        assert sum(bits for _, bits in read["fields"].values()) + read["prior"] == pytest.approx(weight, abs=1e-3)
        told |= {tuple(read["fields"].get("place", (-1, 0.0)))}
    assert len([bits for level, bits in told if level == 1]) > 1


def test_what_was_skipped_and_stopped_is_told(result: LinkResult) -> None:
    assert set(result.stopped["reason"].to_pylist()) >= {"too_common", "placeholder", "shelter"}
    assert all(count > 0 for count in result.skipped.values())


def test_links_are_sorted_and_once_each(result: LinkResult) -> None:
    pairs = [(row["left"], row["right"]) for row in result.links.to_pylist()]
    assert pairs == sorted(set(pairs))
    assert all(left < right for left, right in pairs)


def test_no_record_makes_no_link() -> None:
    empty = population(0, seed=1)
    nothing = resolve(inputs(empty))
    assert (nothing.links.num_rows, nothing.clusters.num_rows) == (0, 0)


def compared_pairs(persons: int, model: LinkModel) -> tuple[int, int]:
    """Return how many pairs are compared, and how many records there are."""
    linked = resolve(inputs(population(persons, seed=77)), model=model)
    return linked.compared, linked.clusters.num_rows


def test_work_grows_with_the_records() -> None:
    """Four times the records: at most twice the pairs a record, where all with all would be four times."""
    small_pairs, small = compared_pairs(2500, declared_model())
    large_pairs, large = compared_pairs(10_000, declared_model())
    assert large_pairs / small_pairs < 2.0 * large / small


def test_a_given_model_is_used(made: Population) -> None:
    part = population(150, seed=2)
    records = prepare(made.people, made.identities, made.identifiers, stop_list(), on=ON)
    learned = train(records)
    assert resolve(inputs(part), model=learned).model_hash == learned.hash
