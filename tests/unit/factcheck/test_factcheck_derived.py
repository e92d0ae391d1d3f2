"""Numbers that follow from published ones, in six languages, and those that only seem to."""

from __future__ import annotations

import pytest

from traboule.factcheck import Claim, check_text
from traboule.figures.published import shipped_sheets

# Text, the words of the number, the figure it follows from and what the published numbers give.
FOLLOWS: list[tuple[str, str, str, float]] = [
    ("Liberterra III: arrests rose by 49 per cent to 3,744, up from 2,517.", "49 per cent", "arrests", 0.4875),
    (
        "Con Liberterra III los migrantes irregulares detectados bajaron un 27 % respecto a la edición anterior.",
        "27 %",
        "irregular_migrants",
        -0.2698,
    ),
    ("Liberterra III a permis 3 744 arrestations, soit 1 227 de plus qu'en 2024.", "1 227", "arrests", 1227),
    ("Liberterra II: 2.517 detenciones, 850 por trata; los otros 1.667, por otros delitos.", "1.667", "arrests", 1667),
    (
        "Na operação Liberterra II foram detidas 2.517 pessoas, ou seja, cerca de 420 por dia.",
        "cerca de 420",
        "arrests",
        420,
    ),
    (
        "An der Operation Liberterra II beteiligten sich 116 Länder, mehr als doppelt so viele wie 2021.",
        "mehr als doppelt",
        "participants",
        2.47,
    ),
    ("In Argentina, 14 minors and 45 adults were freed during Liberterra II.", "45 adults", "potential_victims", 45),
    (
        "أسفرت عملية ليبرتيرا الثالثة عن 3744 عملية توقيف بزيادة قدرها 49 في المئة عن العملية السابقة.",
        "49 في المئة",
        "arrests",
        0.4875,
    ),
]
# A difference, a rate or what a multiple is taken of is no figure: none of these is ever wrong.
NO_FIGURE: tuple[str, ...] = (
    "Liberterra III led to 1,400 more arrests than the one before.",
    "Liberterra II saw 1,900 people arrested per day.",
    "Liberterra II led to more than twice as many as 1,200 arrests.",
    "Mit Liberterra II wurden 1900 Menschen mehr festgenommen als zuvor.",
    "En Liberterra II se detuvo a 1.900 personas al día.",
    "Avec Liberterra II, 1 900 personnes de plus ont été arrêtées.",
    "Na Liberterra II foram detidas 1.900 pessoas por dia.",
    "أوقفت الشرطة في عملية ليبرتيرا 2 نحو 1900 شخص يوميا.",
)


def claims_of(text: str) -> tuple[Claim, ...]:
    return check_text(text, sheets=shipped_sheets(), default="liberterra-ii").claims


@pytest.mark.parametrize(("text", "words", "figure", "right"), FOLLOWS, ids=[case[1] for case in FOLLOWS])
def test_what_follows_from_published_numbers_is_consistent(text: str, words: str, figure: str, right: float) -> None:
    (claim,) = [claim for claim in claims_of(text) if words in claim.text or claim.text in words]
    assert (claim.verdict, claim.figure, claim.right) == ("consistent", figure, right)


@pytest.mark.parametrize("text", NO_FIGURE)
def test_a_difference_or_a_rate_is_never_a_wrong_figure(text: str) -> None:
    assert [claim for claim in claims_of(text) if claim.verdict == "wrong"] == []


def test_a_comparison_with_a_year_that_is_no_edition_follows_from_nothing() -> None:
    claims = claims_of("The 2,517 arrests of Liberterra II were up 780 per cent on 2019.")
    assert [claim.verdict for claim in claims if claim.value == 7.8] == ["not_ours"]
