"""Numbers and dates as texts write them."""

from __future__ import annotations

import pytest

from traboule.factcheck.reading.lexicon import lexicon
from traboule.factcheck.reading.markers import fold, tokens
from traboule.factcheck.reading.numerals.composing import digits_value
from traboule.factcheck.reading.numerals.dates import DateReader, Day
from traboule.factcheck.reading.numerals.mention import Mention
from traboule.factcheck.reading.numerals.mentions import NumberReader


def numbers(text: str, language: str) -> list[Mention]:
    folded = fold(text)
    text_tokens = tokens(folded)
    words = lexicon(language)
    return NumberReader(folded, text_tokens, words.tags(text_tokens), words).mentions(frozenset())


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("two thousand five hundred and seventeen people", "en", 2517),
        ("one hundred and sixteen countries", "en", 116),
        ("8.5 million checks", "en", 8_500_000),
        ("2.5m", "en", 2_500_000),
        ("two dozen", "en", 24),
        ("three thousand, seven hundred and forty-four people", "en", 3744),
        ("two point five thousand people", "en", 2500),
        ("eight point zero million checks", "en", 8_000_000),
        ("quatro mil, quatrocentas e quatorze vítimas", "pt", 4414),
        ("dezessete vírgula oito mil migrantes", "pt", 17_800),
        ("14 Tsd. Beamte", "de", 14_000),
        ("siebzehn Komma acht Tausend Migranten", "de", 17_800),
        ("deux mille cinq cent dix-sept", "fr", 2517),
        ("quatre-vingt-dix-sept", "fr", 97),
        ("soixante et onze", "fr", 71),
        ("vingt et un", "fr", 21),
        ("8,5 millions", "fr", 8_500_000),
        ("3 mil 222 víctimas", "es", 3222),
        ("dos mil quinientas diecisiete", "es", 2517),
        ("treinta y cinco", "es", 35),
        ("ثلاثة آلاف ومئتان واثنان وعشرون", "ar", 3222),
        ("14 ألف", "ar", 14_000),
        ("مئة وستة عشر بلدا", "ar", 116),
        ("٣٬٢٢٢", "ar", 3222),
        ("14+45", "es", 59),
    ],
)
def test_values(text: str, language: str, value: float) -> None:
    assert [mention.value for mention in numbers(text, language)][:1] == [value]


@pytest.mark.parametrize(
    ("text", "language", "hedge"),
    [
        ("more than 2,500", "en", "more_than"),
        ("1,800+ people", "en", "at_least"),
        ("just under 18,000", "en", "nearly"),
        ("2,500 or so", "en", "about"),
        ("au moins 250", "fr", "at_least"),
        ("forces de l'ordre de 47 pays", "fr", ""),
        ("jusqu'à 250", "fr", "up_to"),
        ("hasta 12.992", "es", "up_to"),
        ("mais ou menos 500 mil", "pt", "about"),
        ("près de 8 millions", "fr", "nearly"),
        ("une centaine", "fr", "about"),
        ("cerca de 24.000", "es", "about"),
        ("أكثر من 2500", "ar", "more_than"),
        ("ما لا يقل عن 250", "ar", "at_least"),
    ],
)
def test_hedges(text: str, language: str, hedge: str) -> None:
    assert numbers(text, language)[0].hedge == hedge


def test_a_doubling_is_no_count() -> None:
    assert [(m.kind, m.value, m.hedge) for m in numbers("more than double the 47", "en")] == [
        ("multiple", 2, "more_than"),
        ("count", 47, ""),
    ]
    assert [(m.kind, m.value) for m in numbers("fast verneunfacht", "de")] == [("multiple", 9)]


def test_kinds_of_mentions() -> None:
    assert [m.kind for m in numbers("the 21st century, a second time, COVID-19", "en")] == [
        "ordinal",
        "article",
        "ordinal",
        "name",
    ]
    assert [m.kind for m in numbers("a third of them, dozens of men, 33.8 percent", "en")] == [
        "share",
        "vague",
        "share",
    ]


def test_a_range_is_one_number_and_a_rise_is_two() -> None:
    (within,) = numbers("between 2,500 and 2,600", "en")
    assert (within.value, within.high) == (2500, 2600)
    assert [m.value for m in numbers("rose from 286 to 2,517", "en")] == [286, 2517]


@pytest.mark.parametrize(
    ("text", "value"),
    [("2.517", 2517), ("2,517.5", 2517.5), ("1 234 567", 1_234_567), ("0.125", 0.125), ("12,5", 12.5), ("850", 850)],
)
def test_digits(text: str, value: float) -> None:
    assert digits_value(text) == value


def test_digits_before_a_scale_are_decimals() -> None:
    assert digits_value("2.517", before_scale=True) == 2.517


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("between 29 September and 4 October 2024", "en"),
        ("Sept. 29–Oct. 4, 2024", "en"),
        ("September 29 to October 4, 2024", "en"),
        ("29th September - 4th October 2024", "en"),
        ("du 29 septembre au 4 octobre 2024", "fr"),
        ("entre el 29 de septiembre y el 4 de octubre de 2024", "es"),
        ("بين 29 سبتمبر و4 أكتوبر 2024", "ar"),
        ("من ٢٩ أيلول/سبتمبر إلى ٤ تشرين الأول/أكتوبر ٢٠٢٤", "ar"),
    ],
)
def test_windows(text: str, language: str) -> None:
    folded = fold(text)
    text_tokens = tokens(folded)
    (mention,) = DateReader(folded, text_tokens, lexicon(language).tags(text_tokens)).mentions()
    assert (mention.day, mention.until) == (Day(2024, 9, 29), Day(2024, 10, 4))
