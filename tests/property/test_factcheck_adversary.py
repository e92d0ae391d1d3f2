"""What holds of the claims check when somebody means to mislead it, in six languages."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from traboule.core.language.messages import catalogue
from traboule.factcheck import Claim, check_text
from traboule.factcheck.reading.lexicon import PACKAGE
from traboule.factcheck.reading.lexicon.compounds import CompoundReader
from traboule.figures.published import shipped_sheets

GOLDEN = Path(__file__).parents[1] / "golden"
ARTICLES: list[dict[str, Any]] = [
    yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    for path in sorted((GOLDEN / "claims-articles").iterdir())
]
# Sentences about something else, with numbers near to ours; none may ever be called wrong.
FOREIGN: dict[str, tuple[str, ...]] = {
    "en": (
        "Europol said a June action led to 2,590 arrests and 3,190 victims.",
        "In Italy, police arrested 2,450 people and freed 3,300 victims in 2023.",
        "The man, 25, paid $2,571 and waited 3,232 days.",
        "Call 0800 2517 3222 before 10.30 a.m.; see page 2,571.",
        "The UN estimates that 2,600 victims were trafficked in 117 countries in 2022.",
        "Some 2,400 of the victims were women and 1,100 were children.",
    ),
    "fr": (
        "Europol a recensé 2 590 arrestations et 3 190 victimes en juin.",
        "En Italie, la police a arrêté 2 450 personnes et libéré 3 300 victimes en 2023.",
        "L'homme, âgé de 25 ans, a versé 2 571 euros.",
        "Selon l'ONU, 2 600 victimes ont été exploitées dans 117 pays en 2022.",
    ),
    "es": (
        "Europol contó 2.590 arrestos y 3.190 víctimas en junio.",
        "En Italia, la policía detuvo a 2.450 personas y liberó a 3.300 víctimas en 2023.",
        "El hombre, de 25 años, pagó 2.571 dólares.",
        "Según la ONU, 2.600 víctimas fueron explotadas en 117 países en 2022.",
    ),
    "ar": (
        "وقال يوروبول إن عملية في يونيو أسفرت عن 2590 اعتقالا و3190 ضحية.",
        "وفي إيطاليا أوقفت الشرطة 2450 شخصا في 2023.",
        "ودفع الرجل 2571 دولارا وعمره 25 عاما.",
    ),
    "de": (
        "Europol zählte im Juni 2.590 Festnahmen und 3.190 Opfer.",
        "In Italien nahm die Polizei 2023 insgesamt 2.450 Menschen fest.",
        "Der 25-Jährige zahlte 2.571 Euro.",
        "Laut UNODC wurden 2022 in 117 Ländern 2.600 Opfer ausgebeutet.",
    ),
    "pt": (
        "A Europol contou 2.590 detenções e 3.190 vítimas em junho.",
        "Na Itália, a polícia deteve 2.450 pessoas em 2023.",
        "O homem, de 25 anos, pagou 2.571 euros.",
    ),
}
ARRESTED: dict[str, str] = {
    "en": "In Operation Liberterra II, {} people were arrested worldwide.",
    "fr": "L'opération Liberterra II a permis l'arrestation de {} personnes au total.",
    "es": "La operación Liberterra II permitió detener a {} personas en total.",
    "ar": "أسفرت عملية ليبرتيرا 2 عن توقيف {} شخصا في المجموع.",
    "de": "Bei der Operation Liberterra II wurden weltweit {} Menschen festgenommen.",
    "pt": "A operação Liberterra II levou à detenção de {} pessoas no total.",
}
UNITS = (
    *("null", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"),
    *("dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn"),
)
# What looks like a year is never held against a text.
YEARS = range(1900, 2101)
TENS = ["", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"]


def claims_of(text: str) -> tuple[Claim, ...]:
    return check_text(text, sheets=shipped_sheets(), default="liberterra-ii").claims


def german(number: int) -> str:
    """Spell a number below a million as German writes it."""
    if number >= 1000:
        return german(number // 1000) + "tausend" + (german(number % 1000) if number % 1000 else "")
    if number >= 100:
        return UNITS[number // 100] + "hundert" + (german(number % 100) if number % 100 else "")
    if number < 20:
        return UNITS[number]
    return (UNITS[number % 10] + "und" if number % 10 else "") + TENS[number // 10]


@settings(max_examples=examples(30), deadline=None)
@given(st.data())
def test_foreign_sentences_in_a_true_article_are_never_wrong(data: st.DataObject) -> None:
    article = data.draw(st.sampled_from(ARTICLES))
    added = data.draw(st.lists(st.sampled_from(FOREIGN[article["language"]]), min_size=1, max_size=3, unique=True))
    paragraphs = article["text"].strip().split("\n\n")
    place = data.draw(st.integers(1, len(paragraphs)))
    paragraphs[place:place] = added
    listed_wrong = {claim["fragment"] for claim in article["claims"] if claim["verdict"] == "wrong"}
    called_wrong = {claim.text for claim in claims_of("\n\n".join(paragraphs)) if claim.verdict == "wrong"}
    assert called_wrong <= listed_wrong


@settings(max_examples=examples(80), deadline=None)
@given(st.sampled_from(sorted(ARRESTED)), st.integers(1, 99_999))
def test_a_number_of_arrests_is_judged_alike_in_every_language(language: str, number: int) -> None:
    text = ARRESTED[language].format(number)
    (claim,) = [claim for claim in claims_of(text) if str(number) in claim.text]
    if number == 2517:
        assert claim.verdict == "confirmed"
    elif (1000 < number < 2400 or 2600 < number < 7000) and number not in YEARS:
        assert (claim.verdict, claim.right) == ("wrong", 2517)
    else:
        assert claim.verdict != "confirmed"


@settings(max_examples=examples(60), deadline=None)
@given(st.sampled_from(sorted(ARRESTED)), st.integers(0, 3), st.integers(0, 9))
def test_a_misread_digit_is_found(language: str, place: int, digit: int) -> None:
    number = int("".join(str(digit) if index == place else sign for index, sign in enumerate("2517")))
    (claim,) = [claim for claim in claims_of(ARRESTED[language].format(number)) if str(number) in claim.text]
    fair = number in (2517, 2500, 2520)
    assert (claim.verdict == "wrong") != fair or number < 1000 or number in YEARS


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: str(article["language"]))
@pytest.mark.parametrize("form", ["NFD", "NFC"])
def test_how_accents_are_encoded_changes_no_verdict(article: dict[str, Any], form: Any) -> None:
    judgements = [(c.verdict, c.figure, c.value) for c in claims_of(article["text"])]
    recoded = [(c.verdict, c.figure, c.value) for c in claims_of(unicodedata.normalize(form, article["text"]))]
    assert judgements == recoded


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: str(article["language"]))
def test_arabic_digits_and_thin_spaces_change_no_verdict(article: dict[str, Any]) -> None:
    """Digits of another script stand for the same numbers, in any language."""
    table = {ord(western): chr(0x0660 + index) for index, western in enumerate("0123456789")}
    judgements = [(c.verdict, c.figure, c.value) for c in claims_of(article["text"])]
    assert judgements == [(c.verdict, c.figure, c.value) for c in claims_of(article["text"].translate(table))]
    assert judgements == [(c.verdict, c.figure, c.value) for c in claims_of(article["text"].replace(" ", "\u202f"))]


@settings(max_examples=examples(300), deadline=None)
@given(st.integers(13, 999_999))
def test_every_german_number_word_is_read(number: int) -> None:
    numbers = catalogue(PACKAGE, "lexicons/de.yaml")["numbers"]
    word = german(number).replace("ß", "ss").replace("ü", "u").replace("ö", "o")
    assert CompoundReader(numbers).value(word) == number
    assert CompoundReader(numbers).value(word + "x") is None


@pytest.mark.parametrize("language", sorted(FOREIGN))
def test_a_text_of_foreign_sentences_alone_holds_nothing_of_ours(language: str) -> None:
    text = " ".join(FOREIGN[language])
    assert [claim for claim in claims_of(text) if claim.verdict in ("wrong", "confirmed")] == []
