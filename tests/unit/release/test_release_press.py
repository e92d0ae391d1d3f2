"""A communiqué of any operation: its own name, purpose and people, the figures that say most, each language's norms."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from tests.builders import QUOTATION, full_statement, statement

from traboule.core.codes import vocabulary
from traboule.core.language.languages import LANGUAGES
from traboule.core.language.messages import catalogue
from traboule.release.communique import Block, Communique, compose
from traboule.release.documents import documents
from traboule.release.factsheet import as_html
from traboule.release.statement import FigureChange, Kind, Line, Quotation, StatedPress, Statement
from traboule.release.wording import displayed, wording

TIGRE = Statement(
    operation="tigre",
    titles=dict.fromkeys(LANGUAGES, "Opération Tigre"),
    start=date(2026, 3, 1),
    end=date(2026, 3, 8),
    kind=Kind.PRELIMINARY,
    number=1,
    issued_on=date(2026, 4, 1),
    figures_hash="0" * 64,
    lines=(
        Line("participants", 3, 3, 3, "exact", None, "reporting_entity", "", 0),
        Line("arrests", 0, 0, 0, "exact", None, "person", "", 0),
        Line("database_checks", 23_071, 23_071, 23_071, "about", None, "check", "", 23_071),
        Line("investigations", 1, 1, 1, "exact", None, "investigation", "", 1),
    ),
    policy={"languages": ["fr"], "rounding": 5, "threshold": 10, "minors_threshold": 20},
    quotation=Quotation({"fr": "Jeanne Martin"}, {"fr": "Nous continuons."}, {"fr": "porte-parole"}),
    participants=("CI", "ML", "SN"),
    press=StatedPress(
        texts={
            "name": {"fr": "l’opération Tigre"},
            "purpose": {"fr": "contre le trafic de stupéfiants"},
            "organisation": {"fr": "Bureau régional des polices"},
            "place": {"fr": "Dakar"},
            "about": {"fr": "Le Bureau régional réunit trois polices."},
            "contact.office": {"fr": "Service de presse"},
        },
        email="presse@bureau.example",
    ),
    country_names={"CI": {"fr": "République de Côte d’Ivoire"}},
)


def all_of(communique: Communique) -> str:
    """Return every text of a communiqué, cells too, with plain spaces."""
    parts = [communique.title, communique.status]
    for block in communique.blocks:
        parts += [block.text, block.by, *block.paragraphs, *block.names, *(cell for row in block.rows for cell in row)]
    return re.sub(r"[\u00a0\u202f]", " ", "\n".join(parts))


def test_another_operation_speaks_of_itself_alone() -> None:
    """It said “l’opération Opération Tigre contre la traite des êtres humains et le trafic de migrants”."""
    made = compose(TIGRE, "fr")
    text = all_of(made)
    assert "pération Opération" not in text
    assert not re.search(r"traite|migrants|victime|Liberterra|INTERPOL", text)
    assert "Durant l’opération Tigre, les enquêteurs de 3 pays et territoires ont ouvert 1 nouvelle enquête" in text
    assert "L’opération contre le trafic de stupéfiants s’est déroulée du 1er au 8 mars 2026." in text
    by_section = {section.name: section.blocks for section in made.sections}
    assert "countries" not in by_section  # Nothing that the lead has not told.
    assert by_section["masthead"][0].text == "Bureau régional des polices"
    assert ("Courriel", "presse@bureau.example") in by_section["contact"][0].rows
    assert by_section["about"][0].text == "Le Bureau régional réunit trois polices."
    assert by_section["quotation"][0].by == "Jeanne Martin, porte-parole"


def test_a_headline_takes_the_figures_that_say_most_and_never_nought() -> None:
    """It said “0 arrestation et …”."""
    title = re.sub(r"[\u00a0\u202f]", " ", compose(TIGRE, "fr").title)
    assert title == (
        "Opération Tigre, résultats préliminaires : 1 nouvelle enquête et environ 23 000 vérifications dans les bases"
        " de données"
    )
    nothing = replace(TIGRE, lines=tuple(replace(line, value=0, low=0, high=0) for line in TIGRE.lines))
    assert compose(nothing, "fr").title == "Opération Tigre, résultats préliminaires"
    assert "a eu lieu du 1er au 8 mars 2026" in all_of(compose(nothing, "fr"))


def test_documents_are_made_in_the_languages_of_the_operation() -> None:
    names = documents(TIGRE)
    assert {name.split(".")[1] for name in names if name.startswith("communique.")} == {"fr"}
    assert "factsheet.fr.html" in names
    assert "factsheet.en.html" not in names


def test_sections_stand_in_the_order_of_a_press_document() -> None:
    sample = replace(full_statement(Kind.REVISED), reason=dict.fromkeys(LANGUAGES, "late returns"))
    for language in LANGUAGES:
        made = compose(sample, language)
        assert [section.name for section in made.sections] == [
            "masthead",
            "opening",
            "revision",
            "figures",
            "quotation",
            "cases",
            "countries",
            "notes",
            "contact",
            "about",
            "annex",
        ]
        lead = next(block for block in made.blocks if block.kind == "lead")
        assert lead.by.startswith(sample.press.texts["place"][language])
        (reason,) = next(section.blocks for section in made.sections if section.name == "revision")
        assert reason.text == "Late returns."
        case = next(block for block in made.blocks if block.kind == "case")
        assert len(case.paragraphs) == 3
        columns = next(block.rows[0] for block in made.blocks if block.kind == "figures")
        assert wording(language).label("before") in columns


@pytest.mark.parametrize(
    ("language", "start", "end", "window"),
    [
        ("en", date(2026, 3, 2), date(2026, 3, 8), "from 2 to 8 March 2026"),
        ("en", date(2024, 9, 29), date(2024, 10, 4), "from 29 September to 4 October 2024"),
        ("en", date(2024, 12, 30), date(2025, 1, 2), "from 30 December 2024 to 2 January 2025"),
        ("en", date(2026, 3, 2), date(2026, 3, 2), "on 2 March 2026"),
        ("fr", date(2026, 4, 1), date(2026, 4, 8), "du 1er au 8 avril 2026"),
        ("fr", date(2026, 3, 31), date(2026, 4, 1), "du 31 mars au 1er avril 2026"),
        ("fr", date(2026, 4, 1), date(2026, 4, 1), "le 1er avril 2026"),
        ("fr", date(2026, 4, 11), date(2026, 4, 21), "du 11 au 21 avril 2026"),
        ("es", date(2026, 4, 1), date(2026, 5, 8), "del 1 de abril al 8 de mayo de 2026"),
        ("es", date(2026, 4, 1), date(2026, 4, 8), "del 1 al 8 de abril de 2026"),
        ("ar", date(2026, 4, 1), date(2026, 4, 8), "في الفترة من ١ إلى ٨ أبريل ٢٠٢٦"),
        ("ar", date(2024, 9, 29), date(2024, 10, 4), "في الفترة من ٢٩ سبتمبر إلى ٤ أكتوبر ٢٠٢٤"),
        ("ar", date(2026, 4, 1), date(2026, 4, 1), "يوم ١ أبريل ٢٠٢٦"),
    ],
)
def test_days_are_written_as_each_language_does(language: str, start: date, end: date, window: str) -> None:
    assert wording(language).window(start, end) == window


@pytest.mark.parametrize(
    ("value", "rounded"), [(23_071, 23_000), (23_500, 24_000), (8_149_999, 8_100_000), (99, 99), (0, 0), (995, 1000)]
)
def test_about_is_rounded_to_two_leading_digits(value: int, rounded: int) -> None:
    assert displayed(value, "about") == rounded
    assert displayed(value, "exact") == value


@pytest.mark.parametrize(
    ("language", "phrase"),
    [
        ("en", "about 8.1 million database checks"),
        ("fr", "environ 8,1 millions de vérifications dans les bases de données"),
        ("es", "alrededor de 8,1 millones de consultas en bases de datos"),
        ("ar", "نحو ٨٫١ مليون عملية تحقق في قواعد البيانات"),
    ],
)
def test_millions_have_one_decimal_and_their_plural(language: str, phrase: str) -> None:
    line = Line("database_checks", 8_123_456, 8_123_456, 8_123_456, "about", None, "check", "", 0)
    assert wording(language).phrase(line).replace("\u00a0", " ") == phrase


def test_an_about_figure_is_about_in_every_document() -> None:
    """“About 23,071” is not about."""
    change = FigureChange("database_checks", 21_046, 23_071, (("late", 2_025),))
    sample = replace(TIGRE, kind=Kind.REVISED, changes=(change,))
    for text in (all_of(compose(sample, "fr")), re.sub(r"[\u00a0\u202f]", " ", as_html(sample, "fr").decode())):
        assert "environ 23 000" in text
        assert not re.search(r"23 071|21 046|2 025", text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [1, 2, 3, 11, 100])
def test_no_verb_disagrees_with_its_number(language: str, count: int) -> None:
    """“1 migrant ont été identifiés”, “There are 1 minor”: a figure is never the subject of a verb."""
    lines = tuple(
        replace(line, value=count, low=count, high=count, precision="exact") for line in full_statement().lines
    )
    text = all_of(compose(replace(full_statement(Kind.PRELIMINARY), lines=lines, participants=("ML",)), language))
    assert not re.search(r"There are|were identified|ont été identifiés|ont pris part|fueron identificados|Hay ", text)


def test_the_organisation_names_countries_as_it_writes_them() -> None:
    assert "République de Côte d’Ivoire" in all_of(compose(TIGRE, "fr"))
    names = {"TG": {"en": "Togolese Republic"}, "ML": {"en": "Republic of Mali"}, "MU": {"ar": "جزر موريشيوس"}}
    sample = replace(full_statement(), country_names=names)
    english, arabic = all_of(compose(sample, "en")), all_of(compose(sample, "ar"))
    assert "In Republic of Mali, officers found" in english
    assert "from Togolese Republic" in english
    assert not re.search(r"(?<!Republic of )Mali\b", re.sub(r"^World map.*$", "", english, flags=re.MULTILINE))
    assert "جزر موريشيوس" in arabic
    assert sample.country("FR", "ar") == vocabulary("countries").label("FR", "ar")


@pytest.mark.parametrize(
    ("language", "quoted"),
    [("en", "“Together.”"), ("fr", "« Ensemble. »"), ("es", "«Juntos»."), ("ar", "«معا.»")],
)
def test_quotation_marks_are_those_of_the_language(language: str, quoted: str) -> None:
    texts = {"en": '"Together."', "fr": "« Ensemble. »", "es": "Juntos.", "ar": "«معا.»"}
    made = compose(replace(full_statement(), quotation=replace(QUOTATION, texts=texts)), language)
    assert re.sub(r"[\u00a0\u202f]", " ", next(b.text for b in made.blocks if b.kind == "quotation")) == quoted


def test_the_spanish_conjunction_changes_before_the_sound_i() -> None:
    text = all_of(compose(full_statement(), "es"))
    assert "2.517 detenciones e identificaron a 3.222 posibles víctimas" in text
    assert not re.search(r"\by (?=h?i(?!e))", text)
    assert wording("es").euphonic("agua y hielo, padre y hijo") == "agua y hielo, padre e hijo"


@pytest.mark.parametrize("language", LANGUAGES)
def test_notes_to_editors_say_method_limits_and_what_comes_next(language: str) -> None:
    sample = full_statement(Kind.PRELIMINARY)
    assert not re.search(r"90|٩٠", " ".join(block.text for block in _notes(sample, language)))
    planned = _notes(replace(sample, next_release=date(2024, 12, 24)), language)
    assert wording(language).day(date(2024, 12, 24)) in planned[-1].text
    assert planned[-1].text != _notes(sample, language)[-1].text != _notes(statement(Kind.FINAL), language)[-1].text


def _notes(sample: Statement, language: str) -> tuple[Block, ...]:
    return next(section.blocks for section in compose(sample, language).sections if section.name == "notes")


@pytest.mark.parametrize("language", LANGUAGES)
def test_whom_a_case_is_about_is_said_in_one_gender_and_number(language: str) -> None:
    """It said “femme, adultes” and “أنثى، بالغون”; then “Afrique · octobre 2024 · femmes”, in lower case."""
    labels = catalogue("traboule", f"locale/{language}/communique.yaml")["labels"]["case"]
    case = next(block for block in compose(full_statement(), language).blocks if block.kind == "case")
    assert labels["female_adult"].capitalize() in case.text
    assert all(part[0] == part[0].upper() for part in case.text.split(" · "))
    assert labels["adult"] not in case.text.split(" · ")
