"""The rules of the fact checker that are data: which figures words mean, and how far a number may differ."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from traboule.core.language.messages import catalogue
from traboule.factcheck import check_text, measures
from traboule.factcheck.reading.lexicon import LANGUAGES, PACKAGE
from traboule.figures.published import shipped_sheets

SOURCE = Path(measures.__file__).parent
DATA = catalogue(PACKAGE, "measures.yaml")
NAMES = catalogue(PACKAGE, "words.yaml")["figures"]


def identifiers(node: Any) -> set[str]:
    if isinstance(node, dict):
        return {name for value in node.values() for name in identifiers(value)}
    return {name for value in node for name in identifiers(value)} if isinstance(node, list) else {node}


FIGURES = {
    name
    for section in ("figures", "nouns", "verbs", "case_nouns", "case_people", "unmistakable", "small")
    for name in identifiers(DATA[section])
}


def test_no_module_names_a_figure() -> None:
    modules = [path for path in SOURCE.rglob("*.py") if path.stem != "measures"]
    strings = {
        (path.name, node.value)
        for path in modules
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in FIGURES
    }
    assert len(modules) > 40
    assert strings == set()


def test_every_figure_that_words_may_mean_has_a_name_for_readers() -> None:
    assert FIGURES - set(NAMES) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_noun_and_verb_of_the_rules_stands_in_each_lexicon(language: str) -> None:
    content = catalogue(PACKAGE, f"lexicons/{language}.yaml")
    assert set(DATA["nouns"]) | set(DATA["case_nouns"]) <= set(content["nouns"])
    assert set(DATA["verbs"]) <= set(content["verbs"])


def test_a_number_below_what_is_like_a_figure_is_not_called_wrong() -> None:
    least = measures.LIKENESS["wrong"]["worldwide"]
    verdicts = {}
    for share in (least - 0.02, least + 0.02):
        number = round(2517 * share)
        text = f"Operation Liberterra II led to {number} arrests worldwide."
        verdicts[share > least] = check_text(text, sheets=shipped_sheets()).claims[0].verdict
    assert verdicts == {False: "not_ours", True: "wrong"}
