"""A promise that no test keeps is a wish: each has one, each marker names a promise, and none is skipped."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"


@pytest.fixture(scope="module")
def from_tests() -> ModuleType:
    """What writes the page of promises."""
    sys.path.insert(0, str(REFERENCE))
    try:
        return importlib.import_module("from_tests")
    finally:
        sys.path.remove(str(REFERENCE))


def test_every_promise_names_a_test_and_every_marker_a_promise(from_tests: ModuleType) -> None:
    listed, marked = from_tests.listed(), from_tests.marked()
    assert sorted(set(listed) - set(marked)) == [], "promises without a test"
    assert sorted(set(marked) - set(listed)) == [], "markers without a promise"


def test_promises_are_sorted_and_whole(from_tests: ModuleType) -> None:
    listed = from_tests.listed()
    assert list(listed) == sorted(listed)
    for name, line in listed.items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name), name
        assert line.keys() == {"promise", "half"}, name
        assert line["half"] in (1, 2), name
        assert str(line["promise"]).endswith("."), name


def test_no_test_of_a_promise_is_skipped(from_tests: ModuleType) -> None:
    for test in {test for tests in from_tests.marked().values() for test in tests}:
        path, _, name = test.partition("::")
        source = (ROOT / path).read_text(encoding="utf-8")
        decorators = re.search(rf"((?:^@.*\n(?:^[ )].*\n)*)*)^def {name}\(", source, re.MULTILINE)
        assert decorators is not None, test
        assert "skip" not in decorators[1], test


def test_a_requirement_that_is_met_names_what_meets_it(from_tests: ModuleType) -> None:
    for chapter, lines in from_tests.standard()["chapters"].items():
        numbers = [tuple(map(int, number.split("."))) for number in lines]
        assert numbers == sorted(numbers), chapter
        assert {f"V{number[0]}" for number in numbers} == {chapter.split()[0]}
        for number, line in lines.items():
            assert line["state"] in ("met", "open", "none"), number
            assert line["state"] != "met" or (ROOT / line["by"]).exists(), (number, line["by"])


def test_a_marker_is_read_from_module_class_and_test(from_tests: ModuleType) -> None:
    source = (
        'pytestmark = [pytest.mark.promise("a"), pytest.mark.slow]\n'
        '@pytest.mark.promise("b")\nclass TestThis:\n    def test_one(self): ...\n'
        '@pytest.mark.parametrize("x", [1])\n@pytest.mark.promise("c")\ndef test_two(): ...\ndef not_a_test(): ...\n'
    )
    marks = set(from_tests._marks(importlib.import_module("ast").parse(source)))
    assert marks == {("a", "test_one"), ("b", "test_one"), ("a", "test_two"), ("c", "test_two")}
