"""Hedges: every word of the table, before and after its number, on either side of the published one."""

from __future__ import annotations

from itertools import product

import pytest

from traboule.core.language.messages import catalogue
from traboule.factcheck import Claim, check_text
from traboule.factcheck.reading.lexicon import LANGUAGES
from traboule.factcheck.reading.numerals.hedge_kinds import admits, hedge_kinds, precision
from traboule.figures.published import shipped_sheets

SHEETS = shipped_sheets()
TABLE = catalogue("traboule.factcheck", "lexicons/hedges.yaml")
PUBLISHED = 17_793
# What each kind says of 17,793: the numbers of which it is true, and those of which it is not.
TRUE: dict[str, tuple[int, ...]] = {
    "more_than": (17_000, 17_700),
    "at_least": (17_000, 17_793),
    "just_over": (17_700, 17_790),
    "a_good": (17_700, 17_800),
    "nearly": (18_000, 17_800),
    "close_to": (18_000, 17_800),
    "barely": (18_000, 17_700),
    "about": (18_000, 17_800, 17_790),
    "less_than": (18_000, 19_000),
    "up_to": (18_000, 17_793),
}
FALSE: dict[str, tuple[int, ...]] = {
    "more_than": (17_793, 17_800, 18_000),
    "at_least": (17_800, 18_000),
    "just_over": (17_600, 17_800, 17_793),
    "a_good": (17_600, 18_500),
    "nearly": (19_000, 17_000, 17_700),
    "close_to": (19_000, 17_500),
    "barely": (19_000, 16_000),
    "about": (17_000, 17_700, 19_000),
    "less_than": (17_793, 17_000),
    "up_to": (17_000, 17_790),
}
BEFORE = {
    "en": "Operation Liberterra II identified {} irregular migrants.",
    "fr": "L'opération Liberterra II a identifié {} migrants en situation irrégulière.",
    "es": "La operación Liberterra II identificó {} migrantes irregulares.",
    "de": "Bei der Operation Liberterra II wurden {} irreguläre Migranten identifiziert.",
    "pt": "A operação Liberterra II identificou {} migrantes irregulares.",
    "ar": "حددت عملية ليبرتيرا الثانية {} مهاجر غير نظامي.",
}
AFTER = {
    "en": "Operation Liberterra II. Irregular migrants: {}.",
    "fr": "Opération Liberterra II. Migrants en situation irrégulière : {}.",
    "es": "Operación Liberterra II. Migrantes irregulares: {}.",
    "de": "Operation Liberterra II. Irreguläre Migranten: {}.",
    "pt": "Operação Liberterra II. Migrantes irregulares: {}.",
    "ar": "عملية ليبرتيرا الثانية. المهاجرون غير النظاميين: {}.",
}


def claim_on(text: str, number: int, language: str) -> Claim:
    (claim,) = [c for c in check_text(text, sheets=SHEETS, language=language).claims if c.value == number]
    return claim


def words(place: str) -> list[tuple[str, str, str]]:
    return [
        (language, kind, word)
        for language in LANGUAGES
        for kind, phrases in TABLE[place][language].items()
        for word in phrases
    ]


@pytest.mark.parametrize(("language", "kind", "word"), words("before"))
def test_a_hedge_before_its_number(language: str, kind: str, word: str) -> None:
    for number in TRUE[kind]:
        text = BEFORE[language].format(f"{word} {number}")
        assert claim_on(text, number, language).verdict in ("consistent", "confirmed"), text
    for number in FALSE[kind]:
        text = BEFORE[language].format(f"{word} {number}")
        claim = claim_on(text, number, language)
        assert (claim.verdict, claim.right) == ("wrong", PUBLISHED), text


@pytest.mark.parametrize(("language", "kind", "word"), words("after"))
def test_a_hedge_after_its_number(language: str, kind: str, word: str) -> None:
    for number in TRUE[kind]:
        text = AFTER[language].format(f"{number} {word}")
        assert claim_on(text, number, language).verdict in ("consistent", "confirmed"), text
    for number in FALSE[kind]:
        text = AFTER[language].format(f"{number} {word}")
        assert claim_on(text, number, language).verdict == "wrong", text


def test_every_kind_has_examples_and_words() -> None:
    assert TRUE.keys() == FALSE.keys() == hedge_kinds().keys()
    assert {kind for language, kind in product(LANGUAGES, TRUE) if kind in TABLE["before"][language]} == TRUE.keys()
    for language in LANGUAGES:
        assert {"nearly", "about", "more_than", "less_than", "at_least", "up_to"} <= TABLE["before"][language].keys()


@pytest.mark.parametrize(("hedge", "stated", "right", "true"), [
    ("nearly", 18_000, 17_793, True),
    ("nearly", 19_000, 17_793, False),
    ("nearly", 17_000, 17_793, False),
    ("about", 2500, 2517, True),
    ("about", 2600, 2517, False),
    ("about", 2550, 2517, False),
    ("more_than", 2517, 2517, False),
    ("at_least", 2517, 2517, True),
    ("nearly", 5000, 4414, False),
    ("nearly", 8_000_000, 7_960_000, True),
    ("about", 12, 12, True),
])  # fmt: skip
def test_a_kind_admits(hedge: str, stated: int, right: int, true: bool) -> None:
    assert admits(hedge, stated, right) == true


@pytest.mark.parametrize(("value", "step"), [(18_000, 1000), (2500, 100), (2517, 1), (7.5, 0.1), (8_000_000, 1e6)])
def test_precision_is_the_worth_of_the_last_digit_that_is_no_nought(value: float, step: float) -> None:
    assert precision(value) == pytest.approx(step)


@pytest.mark.parametrize(("stated", "verdict"), [
    ("2,500", "consistent"), ("2,520", "consistent"), ("2,600", "wrong"), ("2,510", "wrong"), ("3,000", "wrong"),
])  # fmt: skip
def test_a_bare_round_number_is_right_within_half_a_step(stated: str, verdict: str) -> None:
    text = f"Operation Liberterra II led to {stated} arrests worldwide."
    assert claim_on(text, int(stated.replace(",", "")), "en").verdict == verdict


def test_the_reason_of_a_wrong_hedge_says_which_words_are_not_true() -> None:
    claim = claim_on("Operation Liberterra II led to over 2,517 arrests worldwide.", 2517, "en")
    assert claim.reason == "The published number of arrests is 2,517: “over 2,517” is not true of it."


@pytest.mark.parametrize(("stated", "verdict"), [
    ("34 %", "consistent"), ("33 %", "consistent"), ("nearly 34 %", "consistent"), ("over 30 %", "consistent"),
    ("over 34 %", "not_ours"), ("43 %", "wrong"), ("38 %", "wrong"), ("30 %", "wrong"), ("a quarter", "wrong"),
    ("more than 40 %", "wrong"), ("a third", "consistent"),
])  # fmt: skip
def test_shares_of_the_arrests(stated: str, verdict: str) -> None:
    text = f"Operation Liberterra II: {stated} of the arrests were for trafficking or migrant smuggling."
    claims = check_text(text, sheets=SHEETS).claims
    assert [c.verdict for c in claims if c.start > 20] == [verdict]
