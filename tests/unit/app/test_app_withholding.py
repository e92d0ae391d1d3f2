"""What is left of a figure for whoever may not see protected persons: a headline, from the threshold on."""

from __future__ import annotations

from typing import Any

import pytest

from traboule.app import withholding
from traboule.figures.definition import dictionary
from traboule.operation.operation import ReleasePolicy

POLICY = ReleasePolicy(threshold=10, rounding=5, minimum_incidents=3, minors_threshold=20, languages=("en",))


def figure(name: str, value: int, low: int | None = None) -> dict[str, Any]:
    return {
        "id": name,
        "value": value,
        "low": value if low is None else low,
        "high": value + 3,
        "rows": value + 5,
        "counted": value,
        "declared_only": 1,
        "held": 2,
        "breakdowns": {"sex": {"female": [value, value, value]}},
        "declared": [{"state": "ML", "value": 1}],
        "compared": [],
    }


def shown(plain: dict[str, Any]) -> dict[str, Any]:
    run = {
        "figures": [plain],
        "since": [],
        "remarks": [],
        "extra": {"undated": 1},
        "other_declared": [["ML", "x", 1, ""]],
    }
    seen = withholding.of_figures(run, POLICY)
    assert (seen["extra"], seen["other_declared"]) == ({}, [])
    (result,) = seen["figures"]
    return dict(result)


@pytest.mark.parametrize(
    ("plain", "below"),
    [
        (figure("potential_victims", 9), 10),
        (figure("potential_victims", 0), 10),
        (figure("arrests", 3), 10),
        (figure("potential_victims_minors", 15), 20),
    ],
)
def test_a_small_headline_is_withheld_and_nought_with_it(plain: dict[str, Any], below: int) -> None:
    seen = shown(plain)
    assert {seen[name] for name in ("value", "low", "high", "rows")} == {None}
    assert seen["below"] == below


def test_a_range_that_reaches_below_the_threshold_is_withheld_and_its_value_not_called_few() -> None:
    seen = shown(figure("potential_victims", 12, low=9))
    assert [seen[name] for name in ("value", "low", "high", "rows", "below")] == [12, None, None, 17, 10]


def test_a_large_headline_is_shown_without_its_cells() -> None:
    seen = shown(figure("potential_victims", 40))
    assert [seen[name] for name in ("value", "low", "high", "rows", "below")] == [40, 40, 43, 45, None]
    assert [seen[name] for name in ("breakdowns", "declared", "counted", "held")] == [{}, [], None, None]


@pytest.mark.parametrize("name", ["potential_victims", "potential_victims_minors"])
def test_a_headline_is_shown_from_its_threshold_on(name: str) -> None:
    threshold = 20 if name.endswith("minors") else 10
    assert [shown(figure(name, value))["value"] for value in (threshold - 1, threshold)] == [None, threshold]


def test_what_counts_no_persons_is_shown_whole() -> None:
    for name, definition in dictionary().items():
        plain = figure(name, 1)
        assert (shown(plain) == plain) is (definition.unit != "person"), name


def test_a_change_is_shown_without_its_reasons() -> None:
    steps = [{"reason": "late", "state": "ML", "change": 1}]
    small, large = ({"figure": "arrests", "old": old, "new": old + 1, "steps": steps} for old in (9, 10))
    fewer = {"figure": "arrests", "old": 3, "new": 9, "steps": steps}
    hidden, grown, seen = (withholding.of_difference(plain, POLICY) for plain in (fewer, small, large))
    assert (hidden["old"], hidden["new"], hidden["steps"], hidden["below"]) == (None, None, [], 10)
    assert (grown["old"], grown["new"], grown["steps"], grown["below"]) == (None, 10, [], 10)
    assert (seen["old"], seen["new"], seen["steps"], seen["below"]) == (10, 11, [], None)
    checks = {**small, "figure": "database_checks"}
    assert withholding.of_difference(checks, POLICY) == checks


def test_an_estimate_is_shown_without_the_overlap_of_lists() -> None:
    plain = {"figure": "potential_victims", "unseen": 7, "low": 3, "high": 20, "overlap": {"counts": [1]}, "pairs": []}
    few, many = (withholding.of_estimate({**plain, "seen": seen, "warnings": ["x"]}, POLICY) for seen in (9, 10))
    assert (few["seen"], few["unseen"], few["overlap"], few["warnings"]) == (None, None, None, [])
    assert (many["seen"], many["unseen"], many["overlap"], many["warnings"]) == (10, 7, None, ["x"])


def test_the_threshold_is_that_of_what_is_counted() -> None:
    low_for_minors = ReleasePolicy(threshold=10, rounding=5, minimum_incidents=3, minors_threshold=4, languages=("en",))
    thresholds = {
        name: (
            withholding.threshold_of(dictionary()[name], POLICY),
            withholding.threshold_of(dictionary()[name], low_for_minors),
        )
        for name in ("arrests", "potential_victims_minors", "database_checks")
    }
    assert thresholds == {"arrests": (10, 10), "potential_victims_minors": (20, 10), "database_checks": (0, 0)}


def test_remarks_and_changes_of_what_counts_persons_are_withheld_from_a_run() -> None:
    checks, arrests = ({"figure": name, "old": 3, "new": 40, "steps": ["x"]} for name in ("database_checks", "arrests"))
    run = {"figures": [], "since": [checks, arrests], "remarks": [checks, arrests], "extra": {}, "other_declared": []}
    seen = withholding.of_figures(run, POLICY)
    assert seen["remarks"] == [checks]
    assert seen["since"] == [checks, {**arrests, "old": None, "steps": [], "below": 10}]


def test_an_explanation_says_the_headline_and_nothing_of_what_is_behind_it() -> None:
    behind = {
        "by_state": {"ML": 1},
        "without": {"ML": 1},
        "contributing": {"total": 9, "records": 9, "page": 2, "pages": 3, "entries": ["x"]},
        "open_links": ["x"],
        "remarks": ["x"],
    }
    hidden = {
        "by_state": {},
        "without": {},
        "contributing": {"total": None, "records": None, "page": 1, "pages": 1, "entries": []},
        "open_links": [],
        "remarks": [],
    }
    for name, value, below in (("arrests", 40, None), ("arrests", 9, 10)):
        plain = {"definition": {"id": name}, **figure(name, value), **behind}
        seen = withholding.of_explanation(plain, POLICY)
        assert {key: seen[key] for key in hidden} == hidden
        assert (seen["value"], seen["below"], seen["breakdowns"]) == (None if below else 40, below, {})
    checks = {"definition": {"id": "database_checks"}, **figure("database_checks", 1), **behind}
    assert withholding.of_explanation(checks, POLICY) == checks


def test_few_on_a_list_withhold_the_whole_estimate() -> None:
    plain = {"figure": "arrests", "seen": 9, "unseen": 7, "low": 3, "high": 20, "overlap": 1, "pairs": [1], "models": 4}
    few = withholding.of_estimate({**plain, "warnings": ["x"]}, POLICY)
    assert few == {**dict.fromkeys(plain), "figure": "arrests", "pairs": [], "models": 0, "warnings": []}
