"""Names are the field's: hardly a vague one, and no class name with two meanings."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.house_rules.vague_identifiers import class_names_with_two_meanings, rate, vague_names


def test_hardly_an_identifier_is_vague() -> None:
    assert rate() <= 3.0


def test_no_class_name_has_two_meanings() -> None:
    assert class_names_with_two_meanings() == {}


def test_vague_names_are_seen_wherever_they_are_bound() -> None:
    planted = "def told(one, *, links):\n for other in links:\n  _found_ = other\n return [kept for kept in one]"
    assert [name for _, name in sorted(vague_names(ast.parse(planted)))] == ["one", "told", "other", "_found_", "kept"]


def test_a_class_that_stands_twice_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("class Pair: ...\n", encoding="utf-8")
    (tmp_path / "b.py").write_text("class _Pair: ...\n", encoding="utf-8")
    assert class_names_with_two_meanings(tmp_path) == {"Pair": ["a.py", "b.py"]}
