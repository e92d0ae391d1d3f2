"""Every sentence for a person stands in four languages, with the same places to fill."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from traboule.core.errors import NotFound
from traboule.core.language.languages import GROWING_LANGUAGES, LANGUAGES
from traboule.core.language.messages import catalogue, fill, translated

SOURCE = Path(str(files("traboule")))
ERRORS = catalogue("traboule.core", "errors.yaml")
RAISED = re.compile(r"\b(?:Refused|NotFound|Conflict|Invalid|Unready|Broken)\(\s*\"([a-z_-]+)\"")


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def wordings(content: object, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Find every mapping that has an English text: it is a wording and owes the other three."""
    if isinstance(content, list):
        for number, entry in enumerate(content):
            yield from wordings(entry, f"{path}.{number}")
    elif isinstance(content, dict):
        if isinstance(content.get("en"), str):
            yield path, content
        for key, entry in content.items():
            yield from wordings(entry, f"{path}.{key}")


@pytest.mark.parametrize("code", ERRORS)
def test_every_error_has_one_sentence_in_four_languages(code: str) -> None:
    wording = ERRORS[code]
    assert set(wording) - set(GROWING_LANGUAGES) == set(LANGUAGES)
    assert {language: places(text) for language, text in wording.items()} == dict.fromkeys(
        wording, places(wording["en"])
    )
    arabic = [sign for sign in wording["ar"] if unicodedata.name(sign, "").startswith("ARABIC LETTER")]
    assert len(arabic) > 5


def test_every_error_that_is_raised_has_its_sentence() -> None:
    raised = {
        code for path in sorted(SOURCE.rglob("*.py")) for code in RAISED.findall(path.read_text(encoding="utf-8"))
    }
    assert "vocabulary-unknown" in raised, "the search itself must find something"
    assert raised - set(ERRORS) == set()


def test_no_error_stands_twice_in_the_catalogue() -> None:
    text = (SOURCE / "core" / "errors.yaml").read_text(encoding="utf-8")
    codes = re.findall(r"^([\w-]+):", text, flags=re.MULTILINE)
    assert sorted(codes) == sorted(set(codes))


@pytest.mark.parametrize("path", sorted((SOURCE / "core").rglob("*.yaml")), ids=lambda path: path.stem)
def test_every_wording_of_core_is_whole(path: Path) -> None:
    content = translated(yaml.safe_load(path.read_text(encoding="utf-8")), path.relative_to(SOURCE).as_posix())
    unfinished = [
        place
        for place, wording in wordings(content, path.stem)
        if not all(isinstance(wording.get(language), str) and wording[language].strip() for language in LANGUAGES)
    ]
    assert unfinished == []


def test_a_value_that_is_missing_never_hides_the_sentence() -> None:
    assert "…" in NotFound("vocabulary-unknown").sentence("es")
    assert NotFound("vocabulary-unknown", vocabulary="x").sentence("xx") == str(
        NotFound("vocabulary-unknown", vocabulary="x")
    )


@pytest.mark.parametrize(
    ("language", "number", "sentence"),
    [
        ("en", 1, "1 row"),
        ("en", 0, "0 rows"),
        ("en", "1,001", "1,001 rows"),
        ("fr", 0, "0 ligne"),
        ("fr", 2, "2 lignes"),
        ("ar", "١", "١ صف"),
        ("ar", "٢", "٢ صفان"),
        ("ar", "٣", "٣ صفوف"),
        ("ar", "١١", "١١ صفا"),
        ("ar", "١٠٠", "١٠٠ صف"),
        ("en", "many", "many rows"),
    ],
)
def test_a_place_with_forms_holds_that_of_its_number(language: str, number: object, sentence: str) -> None:
    wording = {
        "en": "{rows} {rows:one=row|other=rows}",
        "fr": "{rows} {rows:one=ligne|other=lignes}",
        "ar": "{rows} {rows:one=صف|two=صفان|few=صفوف|many=صفا|other=صف}",
    }
    assert fill(wording, language, {"rows": number}) == sentence


def test_a_place_with_forms_but_no_value_shows() -> None:
    assert fill({"en": "{rows} {rows:one=row|other=rows}"}, "en", {}) == "… rows"


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_list_is_not_said_to_be_lists(language: str) -> None:
    wording = catalogue("traboule.figures", "words/unseen.yaml")["unseen-few-lists"]
    one, two = (fill(wording, language, {"lists": number}) for number in (1, 2))
    assert "list" not in one or "lists" not in one.partition(":")[0]
    assert "{" not in one + two
