"""The simulated judge errs as often as it is told to, says that it is simulated, and picks cases by what is filed."""

from __future__ import annotations

import pytest

from traboule.demo.filings import DemoOperation, generate
from traboule.demo.simulated_judge import SimulatedJudge, case_records, simulated
from traboule.demo.story import DESK


@pytest.fixture(scope="module")
def demo() -> DemoOperation:
    return generate(2, scale=0.3)


@pytest.mark.parametrize("errors", [0.0, 0.03, 0.2, 1.0])
def test_the_judge_errs_as_often_as_wanted(demo: DemoOperation, errors: float) -> None:
    judge = SimulatedJudge(demo.truth, demo.seed, errors)
    numbers = [(f"ML/Police/P{number}", f"TG/Police/P{number}") for number in range(5_000)]
    assert sum(judge.errs(*pair) for pair in numbers) / len(numbers) == pytest.approx(errors, abs=0.02)
    for left, right in list(demo.truth.pairs())[:200]:
        assert judge.says_same(left, right) is not judge.errs(left, right)
        assert judge.says_same(left, right) is judge.says_same(right, left)


def test_another_seed_errs_elsewhere(demo: DemoOperation) -> None:
    pairs = [(f"ML/Police/P{number}", f"TG/Police/P{number}") for number in range(1_000)]
    wrong = [[SimulatedJudge(demo.truth, seed, 0.1).errs(*pair) for pair in pairs] for seed in (1, 2)]
    assert wrong[0] != wrong[1]


def test_a_simulated_officer_is_called_one() -> None:
    assert simulated(DESK).name == "desk officer (simulated)"
    assert simulated(DESK).account == DESK.account


def test_cases_are_found_by_what_is_filed(demo: DemoOperation) -> None:
    """As an officer finds them who reads the returns: each case at an action that its own state filed."""
    records, truth = case_records(demo.filings), demo.truth.case_of
    assert records.keys() == truth.keys()
    assert [name for name in truth if records[name].partition("/")[0] != truth[name].partition("/")[0]] == []
