"""The communiqué in house style: regions, cases, quotation, chart, word-processor document, plurals."""

from __future__ import annotations

import copy
import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
from docx import Document
from tests.builders import QUOTATION, STORY, full_statement, statement

from traboule.core.codes import vocabulary
from traboule.core.errors import Invalid
from traboule.core.language.languages import LANGUAGES
from traboule.core.language.messages import catalogue
from traboule.operation.operation import shipped
from traboule.release import render
from traboule.release.communique import Communique, compose
from traboule.release.documents import documents
from traboule.release.pictures.chart import ACCENT, specification
from traboule.release.pictures.drawing import WIDTH, label
from traboule.release.statement import BreakdownTable, Kind, Line, Statement
from traboule.release.texts import ReleaseTexts, faults_of, read, uncleared
from traboule.release.word_processor import docx
from traboule.release.wording import faults_of as wording_faults
from traboule.release.wording import plural_categories, wording

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def words_of(language: str) -> dict[str, Any]:
    return copy.deepcopy(dict(catalogue("traboule", f"locale/{language}/communique.yaml")))


def text_of(sample: Statement, language: str) -> str:
    return "\n".join("\n".join((block.text, *block.paragraphs)) for block in compose(sample, language).blocks)


# --- plurals


def test_plural_categories_are_those_of_cldr() -> None:
    assert {language: set(plural_categories(language)) for language in LANGUAGES} == {
        "en": {"one", "other"},
        "fr": {"one", "many", "other"},
        "es": {"one", "many", "other"},
        "ar": {"zero", "one", "two", "few", "many", "other"},
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_noun_without_one_of_its_plurals_does_not_build(language: str) -> None:
    for category in plural_categories(language):
        words = words_of(language)
        del words["figures"]["arrests"][category]
        assert ("plural-missing", category) in [(fault.code, fault.value) for fault in wording_faults(words)]


@pytest.mark.parametrize(
    ("language", "category", "form", "code"),
    [
        ("en", "few", "{n} arrests", "plural-unknown"),
        ("fr", "one", "une arrestation", "plural-without-number"),  # Zero is "one" in French too.
        ("ar", "few", "عمليات توقيف", "plural-without-number"),
    ],
)
def test_wrong_plurals_do_not_build(language: str, category: str, form: str, code: str) -> None:
    words = words_of(language)
    words["figures"]["arrests"][category] = form
    assert code in [fault.code for fault in wording_faults(words)]


@pytest.mark.parametrize(
    ("language", "count", "phrase"),
    [
        ("fr", 0, "0 arrestation"),
        ("fr", 1_000_000, "1 000 000 d’arrestations"),
        ("es", 2_000_000, "2.000.000 de detenciones"),
        ("es", 1, "1 detención"),
        ("en", 0, "0 arrests"),
        ("ar", 0, "٠ عملية توقيف"),
    ],
)
def test_phrases_take_the_plural_of_their_number(language: str, count: int, phrase: str) -> None:
    line = Line("arrests", count, count, count, "exact", None, "person", "", 0)
    assert re.sub(r"[\u00a0\u202f]", " ", wording(language).phrase(line)) == phrase


def test_a_digit_in_a_label_does_not_build() -> None:
    words = words_of("en")
    words["labels"]["parts"]["potential_victims_minors"] = "minors of 2024"
    assert "digit-typed" in [fault.code for fault in wording_faults(words)]


# --- what is said


@pytest.mark.parametrize("language", LANGUAGES)
def test_preliminary_is_said_in_headline_status_and_text(language: str) -> None:
    preliminary, final = compose(statement(Kind.PRELIMINARY), language), compose(statement(Kind.FINAL), language)
    word = {"en": "preliminary", "fr": "préliminaires", "es": "preliminares", "ar": "أولية"}[language]
    assert word in preliminary.title
    assert word in preliminary.status.lower()
    assert sum(word in block.text for block in preliminary.blocks) >= 3
    assert not any(word in block.text for block in final.blocks)


@pytest.mark.parametrize("language", LANGUAGES)
def test_case_and_quotation_are_told(language: str) -> None:
    text = text_of(full_statement(), language)
    number = "٢٤" if language == "ar" else "24"
    togo = vocabulary("countries").label("TG", language)
    assert any(number in line and togo in line for line in text.splitlines())
    quoted = [block for block in compose(full_statement(), language).blocks if block.kind == "quotation"]
    assert [(QUOTATION.texts[language].rstrip(".") in block.text) for block in quoted] == [True]
    assert [block.by.endswith(QUOTATION.function[language]) for block in quoted] == [True]
    assert [block.by.startswith(QUOTATION.speaker[language]) for block in quoted] == [True]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_announced_that_is_not_there(language: str) -> None:
    bare = compose(replace(statement(Kind.PRELIMINARY), tables=(), changes=()), language)
    kinds = [block.kind for block in bare.blocks]
    assert not {"quotation", "regions", "table", "changes"} & set(kinds)
    assert ("heading", "heading") not in list(pairwise(kinds))
    assert kinds[-1] != "heading"


def test_draft_and_embargo_are_marked_in_every_document() -> None:
    until = datetime(2024, 12, 2, 9, 30, tzinfo=UTC)
    sample = replace(full_statement(), draft=True, embargo_until=until)
    composed = compose(sample, "en")
    assert composed.notice == "Draft: not for publication · Under embargo until 2 December 2024, 09:30 UTC"
    assert composed.notice in render.html(composed).decode()
    assert composed.notice in "\n".join(
        p.text for p in Document(io.BytesIO(docx(composed, sample.issued_on))).paragraphs
    )
    assert compose(full_statement(), "en").notice == ""


def test_regions_cover_every_participant_once() -> None:
    regions = vocabulary("regions")
    members = [state for code in regions.codes for state in regions.attribute(code, "members")]  # type: ignore[union-attr]
    assert len(members) == len(set(members))
    assert shipped("liberterra-ii").states <= set(members) <= set(vocabulary("countries").codes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_region_table_names_regions_and_the_rest(language: str) -> None:
    table = next(block for block in compose(full_statement(), language).blocks if block.kind == "regions")
    first = [row[0] for row in table.rows[1:]]
    assert first[0] == vocabulary("regions").label("002", language)
    assert first[-1] == wording(language).label("other")
    assert len(first) == 4


def test_arabic_labels_have_the_digits_of_the_numbers() -> None:
    ages = BreakdownTable("arrests", "age_band", "age_bands", (("18-20", 2517),))
    tables = [block for block in compose(replace(statement(), tables=(ages,)), "ar").blocks if block.kind == "table"]
    assert [re.findall(r"[0-9]|[٠-٩]+", row[0]) for row in tables[0].rows[1:]] == [["١٨", "٢٠"]]


def test_a_hidden_cell_is_one_symbol_and_is_explained() -> None:
    hidden = BreakdownTable("arrests", "sex", "sexes", (("female", None), ("male", 2000), ("other", None)))
    blocks = compose(replace(full_statement(), tables=(hidden,)), "en").blocks
    table = next(block for block in blocks if block.kind == "table")
    assert [row[1] for row in table.rows[1:]] == ["–", "2,000", "–"]
    assert any("withheld" in block.text for block in blocks)


def test_an_arabic_dual_stands_in_its_case() -> None:
    """Two arrests are عمليتا توقيف, but "led to two arrests" and "about two" take عمليتي."""
    two = [replace(line, value=2, low=2, high=2, precision="exact") for line in full_statement().lines]
    text = text_of(replace(full_statement(), lines=tuple(two), participants=("ML", "TG")), "ar")
    assert "من تنفيذ عمليتي توقيف والتعرف على ضحيتين محتملتين" in text
    assert "تمكّن محققون من بلدين أو إقليمين" in text
    assert "وراقبت الدول المشاركة رحلتين جويتين" in text
    arabic = wording("ar")
    assert arabic.phrase(two[1]) == "عمليتا توقيف"
    assert arabic.phrase(replace(two[1], precision="about")) == "نحو عمليتي توقيف"
    assert arabic.phrase(replace(two[3], precision="at_least")).startswith("ما لا يقل عن ضحيتين محتملتين")
    with_three = replace(two[1], value=3)
    assert arabic.phrase(with_three, oblique=True) == arabic.phrase(with_three)


def test_every_arabic_dual_has_its_other_case_and_no_other_language_any() -> None:
    words = catalogue("traboule", "locale/ar/communique.yaml")
    assert set(words["oblique"]) == set(words["figures"])
    for figure, forms in words["oblique"].items():
        assert set(forms) == {"two"}
        assert forms["two"] != words["figures"][figure]["two"]
    broken = copy.deepcopy(dict(catalogue("traboule", "locale/en/communique.yaml")))
    broken["blocks"] = [{"kind": "paragraph", "text": "It led to {figure:arrests:oblique}."}]
    assert "reference-unknown" in [fault.code for fault in wording_faults(broken)]


# --- the desk's own texts

TEXTS = """
stories:
  - id: togo-mali
    action: ML/police/A1
    about: {sex: female, origin: TG}
    cleared_by: [TG, ML]
    finding:
      {en: "{persons} from {state:TG}", fr: "{persons} du {state:TG}",
       es: "{persons} de {state:TG}", ar: "{persons} من {state:TG}"}
    response: {en: Arrests., fr: Des arrestations., es: Detenciones., ar: توقيفات.}
    assistance: {en: A shelter., fr: Un refuge., es: Un refugio., ar: مأوى.}
quotation:
  speaker: {en: Mary Chief, fr: Marie Cheffe, es: María Jefa, ar: مريم رئيس}
  function: {en: head, fr: cheffe, es: jefa, ar: رئيسة المكتب}
  texts: {en: Together., fr: Ensemble., es: Juntos., ar: معا.}
"""


def test_texts_are_read() -> None:
    written = read(TEXTS)
    proposed, quotation = written.stories, written.quotation
    assert [(story_read.action, story_read.about, story_read.states_number) for story_read in proposed] == [
        ("ML/police/A1", {"sex": "female", "origin": "TG"}, True)
    ]
    story = replace(proposed[0].story, persons=STORY.persons, told=STORY.told)
    sample = replace(statement(), stories=(story,), quotation=quotation)
    assert faults_of(sample) == []
    assert uncleared(sample) == []
    assert Statement.from_json(sample.to_json()) == sample
    assert "24\xa0potential victims of human trafficking from Togo" in text_of(sample, "en")
    assert read("  ") == ReleaseTexts()


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("en", "24 women were found.", "digit-typed"),
        ("ar", "عُثر على ٢٤ امرأة.", "digit-typed"),
        ("en", "The victims are safe.", "qualifier-dropped"),
        ("fr", "Les victimes sont en sécurité.", "qualifier-dropped"),
        ("es", "", "text-missing"),
        ("en", "In {state:QZ} somebody was found.", "reference-unknown"),
        ("en", "There were {figure:seizures}.", "reference-unknown"),
        ("en", "Illegal migrants were met.", "word-forbidden"),
    ],
)
def test_texts_of_the_desk_keep_the_rules_of_the_templates(language: str, text: str, code: str) -> None:
    story = replace(STORY, finding={**STORY.finding, language: text})
    quotation = replace(QUOTATION, texts={**QUOTATION.texts, language: text})
    assert code in [fault.code for fault in faults_of(replace(statement(), stories=(story,)))]
    assert code in [fault.code for fault in faults_of(replace(statement(), quotation=quotation))]


def test_a_count_that_a_story_does_not_have_is_refused() -> None:
    story = replace(STORY, persons=None)
    assert "reference-unknown" in [fault.code for fault in faults_of(replace(statement(), stories=(story,)))]


def test_a_state_named_in_a_story_must_clear_it_too() -> None:
    story = replace(STORY, states=("ML",), cleared_by=("ML",))
    assert uncleared(replace(statement(), stories=(story,))) == [("togo-mali", ("TG",))]


@pytest.mark.parametrize(
    "text",
    [
        "stories: [",
        "- a list",
        "other: 1",
        "stories: [{id: x}]",
        "stories: [&a {id: x, states: [ML], texts: {en: x}}, *a]",
        TEXTS.replace("sex: female", "sex: woman"),
        TEXTS.replace("sex: female", "number: female"),
        TEXTS.replace("action: ML/police/A1", "persons: many"),
        TEXTS.replace("cleared_by", "cleared"),
        "# " + "x" * 300_000 + "\nstories: []",
    ],
)
def test_texts_that_cannot_be_read_are_a_clear_error(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        read(text)
    assert caught.value.code == "release-texts-unreadable"


# --- pictures and documents


@pytest.mark.parametrize("language", LANGUAGES)
def test_chart_shows_parts_of_their_wholes_each_on_its_own_scale(language: str) -> None:
    """One figure of 17,793 crushed four of under 3,500: no bar is measured by another figure."""
    sample, words = full_statement(), wording(language)
    drawing = specification(sample, words)
    assert drawing is not None
    lines = {line.figure: line for line in sample.lines}
    parts = [line for line in sample.lines if line.of]
    widths = [float(width) for width in re.findall(rf'width="([\d.]+)" height="18" fill="{ACCENT}"', drawing)]
    shares = [line.value / lines[line.of or ""].value for line in parts]
    assert widths == pytest.approx([WIDTH * share for share in shares], abs=0.1)
    assert all(words.number(line.value) in drawing for line in parts)
    assert words.number(17793) not in drawing
    assert render.png(drawing).startswith(b"\x89PNG")


def test_without_parts_there_is_no_chart() -> None:
    bare = replace(statement(), lines=tuple(line for line in statement().lines if not line.of))
    assert specification(bare, wording("en")) is None


def test_chart_escapes_what_it_is_given() -> None:
    assert "<script" not in label("<script>alert(1)</script>", (0, 0))


@pytest.mark.parametrize("language", LANGUAGES)
def test_chart_is_told_in_words_to_who_does_not_see_it(language: str) -> None:
    sample = full_statement()
    composed = compose(sample, language)
    alternatives = [block.text for block in composed.blocks if block.kind == "chart"]
    alternative = alternatives[0]
    assert wording(language).phrase(sample.line("potential_victims")) in alternative
    assert alternative.split(".")[0] in render.html(composed).decode()
    described = [picture.get("descr") for picture in drawings(docx(composed, sample.issued_on))]
    assert described == alternatives


def drawings(document: bytes) -> list[ElementTree.Element]:
    properties = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
    return list(body(document).iter(properties))


def body(document: bytes, part: str = "word/document.xml") -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(document)) as packed:
        return ElementTree.fromstring(packed.read(part))  # noqa: S314  Our own document.


@pytest.mark.parametrize("language", LANGUAGES)
def test_word_processor_document_is_the_same_bytes_and_says_the_same(language: str) -> None:
    sample = full_statement()
    composed = compose(sample, language)
    made = docx(composed, sample.issued_on)
    assert made == docx(composed, sample.issued_on)
    opened = Document(io.BytesIO(made))
    texts = [paragraph.text for paragraph in opened.paragraphs]
    texts += [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    said_there = {plain(text) for text in texts}
    for block in composed.blocks:
        block_texts = [] if block.kind in ("masthead", "lead", "chart", "names", "contact") else [block.text, block.by]
        pieces = [*block_texts, *block.paragraphs]
        cells = [cell for row in block.rows for cell in row] if block.kind != "contact" else []
        assert {plain(text) for text in (*pieces, *cells)} - said_there <= {""}
        run_in = (
            [block.text, block.by]
            if block.kind in ("masthead", "lead")
            else [cell for row in block.rows for cell in row]
        )
        run_in += block.names
        assert all(any(plain(text) in paragraph for paragraph in said_there) for text in run_in)
    assert opened.core_properties.language.startswith(language)
    assert opened.core_properties.created.date() == sample.issued_on


def plain(text: str) -> str:
    """Return a text with all its spaces alike."""
    return " ".join(text.split())


def test_word_processor_document_holds_no_instant_of_packing() -> None:
    sample = full_statement()
    with zipfile.ZipFile(io.BytesIO(docx(compose(sample, "fr"), sample.issued_on))) as packed:
        assert {member.date_time for member in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert packed.namelist()[0] == "[Content_Types].xml"


def test_arabic_document_runs_from_right_to_left_everywhere() -> None:
    sample = full_statement()
    document = body(docx(compose(sample, "ar"), sample.issued_on))
    with_text = [p for p in document.iter(f"{W}p") if any(t.text for t in p.iter(f"{W}t"))]
    assert with_text
    assert all(paragraph.find(f"{W}pPr/{W}bidi") is not None for paragraph in with_text)
    runs = [run for run in document.iter(f"{W}r") if any(t.text for t in run.iter(f"{W}t"))]
    # An address or a telephone number runs from left to right in every script.
    latin = re.compile(r"[A-Za-z@0-9+. ]+")
    backward = [run for run in runs if not latin.fullmatch("".join(t.text or "" for t in run.iter(f"{W}t")))]
    assert backward
    assert all(run.find(f"{W}rPr/{W}rtl") is not None for run in backward)
    assert all(run.find(f"{W}rPr/{W}lang").get(f"{W}bidi") == "ar-SA" for run in runs)  # type: ignore[union-attr]
    assert all(table.find(f"{W}tblPr/{W}bidiVisual") is not None for table in document.iter(f"{W}tbl"))
    assert document.find(f"{W}body/{W}sectPr/{W}bidi") is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_elements_of_the_document_stand_in_the_order_of_the_standard(language: str) -> None:
    """ISO/IEC 29500 orders the properties of paragraphs and runs; Word calls a document that does not damaged."""
    orders = {
        f"{W}pPr": "pStyle keepNext keepLines pageBreakBefore widowControl numPr pBdr shd tabs bidi spacing ind"
        " contextualSpacing jc rPr sectPr",
        f"{W}rPr": "rStyle rFonts b bCs i iCs color spacing sz szCs highlight u vertAlign rtl cs lang",
        f"{W}tblPr": "tblStyle bidiVisual tblW jc tblLayout tblLook",
        f"{W}sectPr": "headerReference footerReference type pgSz pgMar pgNumType cols titlePg bidi docGrid",
        f"{W}trPr": "cantSplit tblHeader",
        f"{W}tcPr": "tcW gridSpan vMerge tcBorders",
    }
    sample = replace(full_statement(), draft=True)
    made = docx(compose(sample, language), sample.issued_on)
    parts = [body(made, f"word/{part}.xml") for part in ("document", "footer1")]
    for name, order in orders.items():
        places = {f"{W}{child}": number for number, child in enumerate(order.split())}
        for element in (element for part in parts for element in part.iter(name)):
            numbers = [places[child.tag] for child in element]
            assert numbers == sorted(numbers), [child.tag for child in element]


def test_a_release_has_all_formats_and_languages_and_each_document_is_drawn_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[str] = []
    draw = render.pdf

    def counted(communique: Communique, issued_on: date) -> bytes:
        drawn.append(communique.language)
        return draw(communique, issued_on)

    monkeypatch.setattr(render, "pdf", counted)
    assert len(documents(full_statement())) == 19
    assert sorted(drawn) == sorted(LANGUAGES)
