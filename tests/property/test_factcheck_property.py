"""What holds of the claims check whatever the text."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.examples import examples

from traboule.core.errors import Invalid
from traboule.factcheck import ClaimsReport, check_text
from traboule.factcheck.reading.lexicon import LANGUAGES
from traboule.figures.published import shipped_sheets

TEXTS = [
    case["text"]
    for case in yaml.safe_load((Path(__file__).parents[1] / "golden" / "claims.yml").read_text(encoding="utf-8"))
]
# Pieces the check knows, thrown together, reach further into it than letters at random.
PIECES = [
    "2,517",
    "arrests",
    " of them ",
    "dont",
    "850",
    "\u00a0",
    "&nbsp;",
    "&eacute;",
    "&#8239;",
    "-\n",
    "?",
    "of every ",
    "in 2023",
    "%",
    "+",
    "-",
    "29 September",
    " to ",
    "4 October",
    "(",
    ").",
    "\n\n",
    "victimes",
    "potentielles",
    "لل",
    "ضحية",
    "مئة",
    "و",
    "mil",
    "entre",
    "y",
    "un",
    "tiers",
    "Operation",
    "Liberterra II",
    "In Mali",
    "24",
    "½",
    "é",
    "e\u0301",
    "\u200f",
    "million",
    ":",
    "$",
    "a third of",
]
UNRELATED = {
    "en": " The weather in the hills was mild and the harvest good.",
    "fr": " Le temps sur les collines était doux et la récolte bonne.",
    "es": " El tiempo en las colinas fue suave y la cosecha buena.",
    "ar": " كان الطقس على التلال لطيفا وكان الحصاد جيدا.",
    "de": " Das Wetter in den Bergen war mild und die Ernte gut.",
    "pt": " O tempo nas colinas estava ameno e a colheita foi boa.",
}


def attempt(text: str, language: str | None) -> tuple[str, ClaimsReport | None]:
    """Check ``text``; where it is refused in words, return the refusal's code instead. Anything else fails the test."""
    try:
        return "", check_text(text, sheets=shipped_sheets(), language=language, default="liberterra-ii")
    except Invalid as refused:
        return refused.code, None


def spans_hold(text: str, language: str) -> None:
    refused, report = attempt(text, language)
    assert refused in ("", "claims-text-empty", "claims-text-binary")
    place = 0
    for claim in report.claims if report else ():
        assert text[claim.start : claim.end] == claim.text
        assert place <= claim.start < claim.end <= len(text)
        assert "…" not in claim.reason
        place = claim.end


@settings(max_examples=examples(150), deadline=None)
@given(st.text(max_size=200), st.sampled_from(LANGUAGES))
@example("0A", "fr")
def test_no_text_breaks_it_and_spans_are_the_texts(text: str, language: str) -> None:
    spans_hold(text, language)


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25), st.sampled_from(LANGUAGES), st.booleans())
def test_no_heap_of_known_pieces_breaks_it(pieces: list[str], language: str, spaced: bool) -> None:
    spans_hold((" " if spaced else "").join(pieces), language)


@settings(max_examples=examples(100), deadline=None)
@given(st.text(max_size=120))
def test_a_text_of_unknown_language_is_judged_or_refused_in_words(text: str) -> None:
    refused, report = attempt(text, None)
    assert (report is None) == refused.startswith("claims-")


@pytest.mark.parametrize("text", TEXTS, ids=[text[:40] for text in TEXTS])
def test_an_unrelated_sentence_changes_no_verdict(text: str) -> None:
    alone = check_text(text, sheets=shipped_sheets(), default="liberterra-ii")
    closed = text if text.endswith((".", "؟", "!")) else text + "."
    longer = check_text(closed + UNRELATED[alone.language], sheets=shipped_sheets(), default="liberterra-ii")
    assert longer.operation == alone.operation
    assert longer.claims == alone.claims


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(0, 40_000))
def test_a_number_of_arrests_is_judged_by_its_value_alone(value: int) -> None:
    text = f"Operation Liberterra II led to {value:,} arrests."
    claims = check_text(text, sheets=shipped_sheets()).claims
    (claim,) = [c for c in claims if f"{value:,}" in c.text]
    if value == 2517:
        assert claim.verdict == "confirmed"
    elif 1_000 < value < 2_300 or 2_800 < value < 8_000:
        assert (claim.verdict, claim.right) == ("wrong", 2517)
