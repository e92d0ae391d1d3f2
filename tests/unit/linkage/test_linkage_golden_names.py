"""The readable list of names that should and should not match."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from traboule.linkage.names.likeness import FiledName, compare, name_table

CASES = yaml.safe_load((Path(__file__).parents[2] / "golden" / "names.yml").read_text(encoding="utf-8"))
ALIKE = 3


def filed(text: str) -> FiledName:
    family, _, given = text.partition(",")
    return FiledName(family.strip(), given.strip())


def level(left: str, right: str) -> int:
    table, numbers = name_table([filed(left), filed(right)])
    return int(compare(table, numbers[:1], numbers[1:])[0])


def right(expected: str) -> list[bool]:
    return [(level(case["left"], case["right"]) >= ALIKE) == (expected == "match") for case in CASES[expected]]


def wrong(expected: str) -> list[str]:
    return [
        f"{case['left']} / {case['right']}: {case['why']} (level {level(case['left'], case['right'])})"
        for case in CASES[expected]
        if (level(case["left"], case["right"]) >= ALIKE) != (expected == "match")
    ]


def test_the_list_is_long_enough_and_each_case_has_its_reason() -> None:
    cases = CASES["match"] + CASES["differ"]
    assert len(cases) >= 60
    assert all(case["why"] for case in cases)


def test_names_that_should_match_do() -> None:
    assert wrong("match") == []


def test_names_that_should_not_match_do_not() -> None:
    assert wrong("differ") == []


@pytest.mark.parametrize("expected", ["match", "differ"])
def test_the_other_way_round_is_the_same(expected: str) -> None:
    for case in CASES[expected]:
        assert level(case["left"], case["right"]) == level(case["right"], case["left"])


def test_the_company_of_other_names_changes_nothing() -> None:
    everyone = [filed(case[side]) for case in CASES["match"] + CASES["differ"] for side in ("left", "right")]
    table, numbers = name_table(everyone)
    together = compare(table, numbers[0::2], numbers[1::2])
    alone = [level(case["left"], case["right"]) for case in CASES["match"] + CASES["differ"]]
    np.testing.assert_array_equal(together, alone)
