"""The communiqué says what the statement holds, in four languages, and its words cannot break the rules."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from typing import Any

import pytest
from tests.builders import LINES, statement

from traboule.core.errors import Invalid
from traboule.core.language.languages import LANGUAGES
from traboule.core.language.messages import catalogue
from traboule.core.language.release_languages import release_languages
from traboule.release import factsheet, render
from traboule.release.communique import compose
from traboule.release.communique.compose import headline_figures
from traboule.release.documents import documents
from traboule.release.statement import FigureChange, Kind, Line, Statement, canonical
from traboule.release.wording import faults_of, texts_of, wording

# One figure left out, and all but one.
FIGURES = {line.figure for line in LINES}
WITHOUT = [*({figure} for figure in sorted(FIGURES)), *(FIGURES - {figure} for figure in sorted(FIGURES))]


def words_of(language: str) -> dict[str, Any]:
    return copy.deepcopy(dict(catalogue("traboule", f"locale/{language}/communique.yaml")))


@pytest.mark.parametrize("language", release_languages())
def test_shipped_words_break_no_rule(language: str) -> None:
    assert faults_of(words_of(language)) == []


@pytest.mark.parametrize("language", release_languages())
def test_every_language_has_the_same_blocks_and_labels(language: str) -> None:
    english, translated = words_of("en"), words_of(language)
    assert [(b["kind"], b.get("when")) for b in english["blocks"]] == [
        (b["kind"], b.get("when")) for b in translated["blocks"]
    ]
    # Whether a figure stands in an oblique case is each language's own affair.
    references = re.compile(r"\{([a-z]+(?::[a-z_]+)?)(?::oblique)?\}")
    for mine, theirs in zip(english["blocks"], translated["blocks"], strict=True):
        for ours, sample in zip(texts_of(mine), texts_of(theirs), strict=True):
            assert set(references.findall(ours)) == set(references.findall(sample))
    assert set(english["labels"]["parts"]) == set(translated["labels"]["parts"])
    assert set(english["reasons"]) == set(translated["reasons"])


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("en", "There were 3 arrests.", "digit-typed"),
        ("ar", "كان هناك ٣ توقيفات.", "digit-typed"),
        ("en", "There were {figure:arests}.", "reference-unknown"),
        ("en", "There were {figure:arrests.", "reference-unknown"),
        ("en", "All victims are safe.", "qualifier-dropped"),
        ("fr", "Les victimes sont en sécurité.", "qualifier-dropped"),
        ("es", "Las víctimas están a salvo.", "qualifier-dropped"),
        ("ar", "الضحايا في أمان.", "qualifier-dropped"),
        ("pt", "As vítimas estão a salvo.", "qualifier-dropped"),
        ("en", "Illegal migrants were met.", "word-forbidden"),
        ("pt", "Encontraram-se migrantes ilegais.", "word-forbidden"),
    ],
)
def test_text_that_breaks_a_rule_does_not_build(language: str, text: str, code: str) -> None:
    words = words_of(language)
    words["blocks"] = [{"kind": "paragraph", "text": text}]
    assert code in [finding.code for finding in faults_of(words)]


def test_numbers_in_a_communique_are_those_of_the_statement() -> None:
    sample = statement()
    allowed = {f"{line.value:,}" for line in sample.lines} | {f"{line.low:,}" for line in sample.lines}
    allowed |= {f"{line.high:,}" for line in sample.lines} | {"8"}
    texts = [b.text for b in compose(sample, "en").blocks if b.kind in ("paragraph", "headline")]
    numbers = {number for text in texts for number in re.findall(r"\d[\d,]*\d|\d", text)}
    assert numbers
    assert numbers <= allowed


@pytest.mark.parametrize(
    ("count", "phrase"),
    [
        (1, "ضحية محتملة واحدة للاتجار بالبشر"),
        (2, "ضحيتان محتملتان للاتجار بالبشر"),
        (3, "٣ ضحايا محتملين للاتجار بالبشر"),
        (11, "١١ ضحية محتملة للاتجار بالبشر"),
        (100, "١٠٠ ضحية محتملة للاتجار بالبشر"),
        (3222, "٣٬٢٢٢ ضحية محتملة للاتجار بالبشر"),
    ],
)
def test_arabic_has_its_plurals_and_digits(count: int, phrase: str) -> None:
    line = Line("potential_victims", count, count, count, "exact", None, "person", "potential", 0)
    assert wording("ar").phrase(line).replace("\xa0", " ") == phrase


@pytest.mark.parametrize(
    ("language", "phrase"),
    [
        ("en", "about 8 million database checks"),
        ("fr", "environ 8 millions de vérifications dans les bases de données"),
        ("es", "alrededor de 8 millones de consultas en bases de datos"),
        ("pt", "cerca de 8 milhões de consultas em bases de dados"),
        ("ar", "نحو ٨ ملايين عملية تحقق في قواعد البيانات"),
    ],
)
def test_about_eight_million_is_never_eight_million_exactly(language: str, phrase: str) -> None:
    line = Line("database_checks", 8_000_000, 8_000_000, 8_000_000, "about", None, "check", "", 8_000_000)
    assert wording(language).phrase(line).replace("\xa0", " ") == phrase


def test_final_says_final_and_preliminary_says_preliminary() -> None:
    final, preliminary = compose(statement(Kind.FINAL), "en"), compose(statement(Kind.PRELIMINARY), "en")
    assert "These results are final" in " ".join(block.text for block in final.blocks)
    assert "These results are preliminary" in " ".join(block.text for block in preliminary.blocks)
    assert "preliminary" not in " ".join(block.text for block in final.blocks)


def test_statement_survives_its_own_json() -> None:
    sample = statement()
    assert Statement.from_json(sample.to_json()) == sample


def test_reasons_that_do_not_sum_are_refused() -> None:
    with pytest.raises(ValueError, match="do not sum"):
        FigureChange("arrests", 10, 12, (("late", 1),))


def test_same_statement_same_bytes() -> None:
    assert documents(statement()) == documents(statement())
    assert canonical(statement().to_json()) == canonical(statement().to_json())


@pytest.mark.parametrize("language", LANGUAGES)
def test_pdf_is_archival_and_accessible(language: str) -> None:
    made = render.pdf(compose(statement(), language), statement().issued_on)
    assert made.startswith(b"%PDF-")
    assert b"pdfuaid" in made
    assert b"pdfaid" in made


def test_page_escapes_what_it_is_given() -> None:
    sample = statement()
    hostile = Statement(
        **{**{f: getattr(sample, f) for f in sample.__slots__}, "titles": {"en": "<script>alert(1)</script>"}}
    )
    page = render.html(compose(hostile, "en")).decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_arabic_page_runs_from_right_to_left() -> None:
    assert '<html lang="ar" dir="rtl">' in render.html(compose(statement(), "ar")).decode()


def test_factsheet_opens_in_a_spreadsheet() -> None:
    sheet = factsheet.as_csv(statement())
    assert sheet.startswith(b"\xef\xbb\xbfoperation,")
    assert b"\r\n" in sheet
    assert not any(
        cell[:1] in "=+-@\t" for row in sheet.decode("utf-8-sig").split("\r\n") for cell in row.split(",") if cell
    )


def test_faulty_wording_raises_with_all_its_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    faulty = words_of("en")
    faulty["blocks"] = [{"kind": "paragraph", "text": "3 victims"}]
    monkeypatch.setattr("traboule.release.wording.catalogue", lambda package, name: faulty)
    wording.cache_clear()
    with pytest.raises(Invalid) as caught:
        wording("en")
    wording.cache_clear()
    assert sorted(finding.code for finding in caught.value.findings) == ["digit-typed", "qualifier-dropped"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("left_out", WITHOUT)
def test_an_operation_that_does_not_ask_for_a_figure_has_its_communique(language: str, left_out: set[str]) -> None:
    """Whatever is asked for is in the table; sentences that need another figure are said without it or not at all."""
    sample = replace(statement(), lines=tuple(line for line in LINES if line.figure not in left_out), changes=())
    made = compose(sample, language)
    assert made.title.startswith(sample.titles[language])
    assert "{" not in " ".join(block.text for block in made.blocks)
    rows = next(block.rows for block in made.blocks if block.kind == "figures")
    assert len(rows) == 1 + len(sample.lines)
    assert render.html(made)


def test_the_figures_of_the_headline_stand_in_one_order_in_every_language() -> None:
    acts = {language: list(wording(language).catalogue["acts"]) for language in release_languages()}
    assert acts == dict.fromkeys(acts, acts["en"])


def test_a_figure_is_a_headline_once_the_wording_has_its_act(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but the wording says which figures may stand in a headline."""
    monkeypatch.setitem(wording("en").catalogue, "acts", {"flights_monitored": "", "arrests": ""})
    assert [line.figure for line in headline_figures(statement())] == ["flights_monitored", "arrests"]


@pytest.mark.parametrize("language", release_languages())
def test_every_figure_that_can_be_asked_for_has_its_phrase(language: str) -> None:
    words = words_of(language)
    del words["figures"]["flights_monitored"]
    missing = [finding for finding in faults_of(words) if finding.code == "text-missing"]
    assert [(finding.sheet, finding.cell) for finding in missing] == [(language, "figures: flights_monitored")]
