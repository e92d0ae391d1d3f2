"""One model, one answer: the matcher, the arrays of the comparisons, and Splink's own prediction."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from tests.linkage_population import Population, population
from tests.splink_predicted import splink_predicted

from traboule.linkage.decisions import CODE, REJECTED
from traboule.linkage.evidence import weigh
from traboule.linkage.matching.batch import MatchedPairs, all_candidates, match
from traboule.linkage.matching.score import score
from traboule.linkage.prepare import PersonRecords, prepare
from traboule.linkage.stop_list import stop_list
from traboule.linkage.weights.comparisons import COMPARISONS, comparison_levels
from traboule.linkage.weights.model import LinkModel
from traboule.linkage.weights.training import train

ON = date(2024, 9, 29)
THRESHOLD = 2.0  # Bits.


def prepared(made: Population) -> PersonRecords:
    return prepare(made.people, made.identities, made.identifiers, stop_list(), on=ON, encounters=made.encounters)


def with_everything(made: Population) -> Population:
    """Give the persons accounts, cars and addresses online as well, some of them shared by a few, and second
    passports.
    """
    rows = []
    for place, record in enumerate(sorted(made.truth)):
        person = made.truth[record]
        few = person // 2 if person % 3 else person // 8
        for kind, value, issuer in (
            ("wallet", f"0x{person:040x}", None),
            ("plate", f"AB{few:04d}CD", "FR"),
            ("email", f"somebody{person}@example.org", None),
            ("phone", f"+33639{few // 4:06d}", None),
        ):
            if (place + len(kind)) % 5 < 2:
                rows.append(
                    {"record": f"{record}/{kind}", "unit": record[:2], "person_record": record}
                    | {"kind": kind, "value": value, "issuer": issuer}
                )
    several = [
        codes * 1 + (["DM"] if place % 4 == 0 else [])
        for place, codes in enumerate(made.people["citizenships"].to_pylist())
    ]
    column = made.people.column_names.index("citizenships")
    return Population(
        made.people.set_column(column, "citizenships", pa.array(several, pa.list_(pa.string()))),
        made.identities,
        pa.concat_tables([made.identifiers, pa.Table.from_pylist(rows, schema=made.identifiers.schema)]),
        made.encounters,
        made.truth,
    )


@pytest.fixture(scope="module")
def records() -> PersonRecords:
    return prepared(with_everything(population(1200, seed=43, again=0.35)))


@pytest.fixture(scope="module")
def learned(records: PersonRecords) -> LinkModel:
    return train(records)


@pytest.fixture(scope="module")
def everything(records: PersonRecords) -> MatchedPairs:
    return all_candidates(records)


def test_compiled_levels_are_those_of_the_arrays(
    records: PersonRecords, learned: LinkModel, everything: MatchedPairs
) -> None:
    left, right = everything.left, everything.right
    assert len(left) > 5_000
    scores = score(records, learned, left, right)
    for name, levels in comparison_levels(records, left, right).items():
        np.testing.assert_array_equal(scores.levels[name], levels, err_msg=name)


def test_every_level_of_every_comparison_was_met(
    records: PersonRecords, learned: LinkModel, everything: MatchedPairs
) -> None:
    """So that the agreement above says something."""
    scores = score(records, learned, everything.left, everything.right)
    met = {(name, int(value)) for name, levels in scores.levels.items() for value in np.unique(levels)}
    declared = {(each.name, level.value) for each in COMPARISONS for level in each.levels}
    assert declared - met <= {("encounter", 1)}


def test_what_is_left_out_would_have_been_rejected(
    records: PersonRecords, learned: LinkModel, everything: MatchedPairs
) -> None:
    kept = match(records, learned)
    size = len(records)
    left_out = np.setdiff1d(everything.left * size + everything.right, kept.left * size + kept.right)
    assert len(left_out) > 1_000
    left, right = left_out // size, left_out % size
    evidence = weigh(records, score(records, learned, left, right), left, right)
    assert set(evidence.status.tolist()) == {CODE[REJECTED]}
    assert int(evidence.tier.max()) == 0


def test_splink_finds_the_same_pairs_with_the_same_weights(
    records: PersonRecords, learned: LinkModel, everything: MatchedPairs
) -> None:
    """Splink is given all pairs as one rule; above the threshold, both name the same ones among the candidates."""
    theirs = splink_predicted(records, learned, ["1=1"], THRESHOLD)
    size = len(records)
    codes = theirs["number_l"].to_numpy() * size + theirs["number_r"].to_numpy()
    weights = theirs["match_weight"].to_numpy()
    ours = everything.left * size + everything.right
    among = np.isin(codes, ours)
    codes, weights = codes[among], weights[among]
    order = np.argsort(codes)
    kept = match(records, learned)
    scores = score(records, learned, kept.left, kept.right)
    above = scores.weight >= THRESHOLD
    np.testing.assert_array_equal((kept.left * size + kept.right)[above], codes[order])
    assert float(np.abs(scores.weight[above] - weights[order]).max()) < 1e-4
