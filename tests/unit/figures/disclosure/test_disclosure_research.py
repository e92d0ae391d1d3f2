"""The research export: rows of nobody, a guarantee in words, and a cost that adds up."""

from __future__ import annotations

from collections import Counter

import pytest

from traboule.core.errors import Invalid, Refused
from traboule.core.language.languages import LANGUAGES
from traboule.figures.disclosure.research import MOST_COMBINATIONS, synthesise

COLUMNS = {"sex": ("female", "male", "unknown"), "form": ("ForcedLabour", "SexualExploitation", "unknown")}
PERSONS = [{"sex": "female", "form": "SexualExploitation"}] * 400 + [{"sex": "male", "form": "ForcedLabour"}] * 150


def test_large_groups_survive_and_combinations_nobody_has_stay_rare() -> None:
    made = synthesise(PERSONS, COLUMNS, epsilon=1.0)
    counts = Counter(made.rows)
    # Laplace noise of scale one strays by more than 40 with a probability of e to the -40.
    assert abs(counts["female", "SexualExploitation"] - 400) <= 40
    assert abs(counts["male", "ForcedLabour"] - 150) <= 40
    assert set(made.rows) <= {(sex, form) for sex in COLUMNS["sex"] for form in COLUMNS["form"]}
    assert all(count >= made.least for count in counts.values())


def test_one_person_alone_is_lost_in_the_noise() -> None:
    lone = [*PERSONS, {"sex": "unknown", "form": "unknown"}]
    appearances = sum(("unknown", "unknown") in synthesise(lone, COLUMNS, epsilon=0.1).rows for _ in range(60))
    # The smallest count kept is 15 or more here, so one person rarely gets there, and as often without being there.
    assert appearances < 30


@pytest.mark.parametrize("language", LANGUAGES)
def test_guarantee_names_cost_and_factor(language: str) -> None:
    guarantee = synthesise(PERSONS, COLUMNS, epsilon=0.5).guarantee(language)
    assert "0.5" in guarantee
    assert "1.65" in guarantee
    assert "{" not in guarantee


@pytest.mark.parametrize("epsilon", [0.0, -1.0, float("nan"), float("inf"), 50.0])
def test_cost_out_of_range_is_refused(epsilon: float) -> None:
    with pytest.raises(Invalid) as refusal:
        synthesise(PERSONS, COLUMNS, epsilon=epsilon)
    assert refusal.value.code == "research-epsilon"


def test_costs_add_up() -> None:
    with pytest.raises(Refused) as refusal:
        synthesise(PERSONS, COLUMNS, epsilon=1.0, spent=2.5, budget=3.0)
    assert refusal.value.code == "research-budget-spent"


def test_unlisted_code_is_named_by_row_and_never_by_content() -> None:
    with pytest.raises(Invalid) as refusal:
        synthesise([*PERSONS, {"sex": "woman", "form": "unknown"}], COLUMNS, epsilon=1.0)
    assert refusal.value.code == "research-code-unknown"
    assert "551" in refusal.value.sentence("en")
    assert "woman" not in refusal.value.sentence("en")


@pytest.mark.parametrize(
    "columns",
    [{}, {"sex": ("female",)}, {"sex": ("female", "female")}, {"a": tuple(map(str, range(MOST_COMBINATIONS + 1)))}],
)
def test_columns_that_make_no_table_are_refused(columns: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(Invalid) as refusal:
        synthesise([], columns, epsilon=1.0)
    assert refusal.value.code == "research-columns"


def test_nobody_gives_a_table_too() -> None:
    assert len(synthesise([], COLUMNS, epsilon=1.0).rows) < 60
