"""Pages as a newspaper gets them: filled, headings with what they head, units under units, lists in even columns."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from dataclasses import replace
from functools import cache

import pytest
from tests import pdf_pages
from tests.builders import full_statement, statement

from traboule.core.language.languages import LANGUAGES
from traboule.operation.operation import shipped
from traboule.release import render
from traboule.release.communique import Communique, compose
from traboule.release.layout.arrangement import number_parts, unbroken
from traboule.release.layout.columns import side_by_side
from traboule.release.layout.pdf import page_fills, pdf, quality
from traboule.release.statement import BreakdownTable, Kind, Statement
from traboule.release.word_processor import docx
from traboule.release.wording import wording

STATES = tuple(sorted(shipped("liberterra-ii").states))
# The last four reported nothing.
COUNTS = tuple((state, None if number % 9 == 0 else 5 * (number % 13)) for number, state in enumerate(STATES[:-4]))
AGES = BreakdownTable(
    "arrests", "age_band", "age_bands", (("18-20", 120), ("21-23", 900), ("24-26", 1400), ("other", 95))
)
SIZES = ("final", "preliminary", "draft", "tiny")


def sample_statement(size: str) -> Statement:
    """Return a release of an operation of everybody (final, preliminary, draft) or of three states and few persons."""
    full = full_statement()
    states = replace(full, participants=STATES)
    if size == "final":
        return replace(
            states, tables=(*full.tables[:2], AGES, BreakdownTable("potential_victims", "state", "countries", COUNTS))
        )
    if size == "tiny":
        lines = tuple(replace(line, value=0, low=0, high=0) for line in full.lines if line.unit == "person")
        bare = replace(statement(Kind.PRELIMINARY), changes=(), tables=())
        return replace(
            full, kind=Kind.PRELIMINARY, lines=lines, tables=bare.tables, changes=(), participants=STATES[:3]
        )
    regions = replace(full.tables[0], figure="potential_victims")
    early = replace(states, kind=Kind.PRELIMINARY, tables=(full.tables[0], regions), changes=(), stories=())
    return replace(early, draft=size == "draft")


@cache
def made(size: str, language: str) -> tuple[Communique, bytes]:
    """Return the communiqué and its PDF."""
    communique = compose(sample_statement(size), language)
    return communique, pdf(communique, sample_statement(size).issued_on)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", ["final", "preliminary", "tiny"])
def test_no_page_is_more_than_a_third_empty(size: str, language: str) -> None:
    fills = [pdf_pages.fill(page) for page in pdf_pages.pages(made(size, language)[1])]
    assert len(fills) > 1
    assert min(fills) >= 2 / 3, fills


@pytest.mark.parametrize("language", ["en", "fr", "es"])
@pytest.mark.parametrize("size", ["final", "preliminary", "tiny"])
def test_a_heading_stands_above_what_it_heads(size: str, language: str) -> None:
    """What a heading heads begins below it on its page. Arabic is laid out by the same rules."""
    communique, document = made(size, language)
    titles = {section.title for section in communique.sections if section.title}
    titles |= {block.text for block in communique.blocks if block.kind == "subheading"}
    for page in pdf_pages.pages(document):
        read = page.get_textpage()
        bottoms = {round(word.bottom) for word in pdf_pages.words(page) if word.bottom > pdf_pages.FOOTER}
        for title in titles:
            if match := read.search(title, match_case=True, match_whole_word=True).get_next():
                _, bottom, _, top = read.get_charbox(match[0])
                if top - bottom > 5:  # A heading's capital; what runs in a text is no heading.
                    assert [line for line in bottoms if line < bottom - 4], title


@pytest.mark.parametrize("language", LANGUAGES)
def test_units_stand_under_units(language: str) -> None:
    """In every column of the table of figures the last digits end at one edge, in Arabic as in the others."""
    communique, document = made("preliminary", language)
    table = next(block for block in communique.blocks if block.kind == "figures")
    seen = pdf_pages.numbers(pdf_pages.pages(document)[0])
    for column in range(1, len(table.rows[0])):
        # A narrow space parts a number for whoever reads characters; its last group bears the units.
        cells = [
            number_parts(row[column])["number"].rpartition("\u202f")[2] for row in table.rows[1:] if column < len(row)
        ]
        edges = [{round(word.right * 2) for word in seen if word.text == cell} for cell in cells if cell]
        near = [{edge + step for edge in places for step in (-1, 0, 1)} for places in edges]
        assert len(near) > 3
        assert set.intersection(*near), (column, cells, edges)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_a_draft_says_so_and_none_of_a_release(language: str) -> None:
    communique, document = made("draft", language)
    assert communique.watermark
    tall = [[word for word in pdf_pages.words(page) if word.height > 60] for page in pdf_pages.pages(document)]
    assert all(tall)
    issued = pdf_pages.pages(made("preliminary", language)[1])
    assert not any(word.height > 60 for page in issued for word in pdf_pages.words(page))
    page = render.html(communique).decode()
    assert f'<div class="watermark" aria-hidden="true">{communique.watermark}</div>' in page
    assert ".watermark { position: fixed" in page
    with zipfile.ZipFile(io.BytesIO(docx(communique, sample_statement("draft").issued_on))) as packed:
        headers = [packed.read(name).decode() for name in packed.namelist() if name.startswith("word/header")]
    assert any(f'string="{communique.watermark}"' in header for header in headers)


def test_names_run_in_three_even_columns() -> None:
    communique, document = made("preliminary", "en")
    names = next(block.names for block in communique.blocks if block.kind == "names")
    words = {name.split()[0] for name in names}
    seen = 0
    for page in pdf_pages.pages(document):
        first = [word for word in pdf_pages.words(page) if word.text in words and word.height < 13]
        lefts = [left for left, count in Counter(round(word.left) for word in first).items() if count > 5]
        if lefts:
            low, high = min(word.bottom for word in first), max(word.bottom for word in first)
            within = [word for word in pdf_pages.words(page) if low - 1 <= word.bottom <= high + 1]
            columns = [sorted(word.bottom for word in within if abs(word.left - left) < 1.6) for left in lefts]
            assert len(columns) == 3
            lengths = [len(column) for column in columns]
            assert max(lengths) - min(lengths) <= 1, lengths
            assert len({round(column[-1]) for column in columns}) == 1
            seen += sum(lengths)
    assert seen == len(names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_lists_run_in_three_columns_in_the_word_processor_too(language: str) -> None:
    names = _document("preliminary", language)
    sections = re.findall(r"<w:sectPr.*?</w:sectPr>", names, re.DOTALL)
    assert any('w:num="3"' in section and 'w:val="continuous"' in section for section in sections)
    table = _document("final", language)
    widest = max(
        len(re.findall(r"<w:gridCol ", grid)) for grid in re.findall(r"<w:tblGrid>.*?</w:tblGrid>", table, re.DOTALL)
    )
    assert widest == 6


def _document(kind: str, language: str) -> str:
    communique, _ = made(kind, language)
    with zipfile.ZipFile(io.BytesIO(docx(communique, sample_statement(kind).issued_on))) as packed:
        return packed.read("word/document.xml").decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_of_sentences_breaks_and_gives_them_the_room(language: str) -> None:
    """It was kept whole, left half a page empty before it, and its reasons stood four letters wide."""
    sample = sample_statement("final")
    many = compose(replace(sample, changes=sample.changes * 4), language)
    with zipfile.ZipFile(io.BytesIO(docx(many, sample.issued_on))) as packed:
        body = packed.read("word/document.xml").decode()
    tables = re.findall(r"<w:tbl>.*?</w:tbl>", body, re.DOTALL)
    changes = next(table for table in tables if wording(language).label("reason") in table)
    rows = re.findall(r"<w:tr>.*?</w:tr>|<w:tr .*?</w:tr>", changes, re.DOTALL)
    held = ["<w:keepNext/>" in row for row in rows]
    assert held[0]  # No heading alone at the foot of a page.
    assert not all(held[1:-1])
    widths = [int(width) for width in re.findall(r'<w:gridCol w:w="(\d+)"', changes)]
    assert widths[3] == max(widths)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_country_is_listed_twice(language: str) -> None:
    """A final release named 109 states in a table with their numbers, and 116 in a list below it."""
    communique, _ = made("final", language)
    tabled = {row[0] for block in communique.blocks if block.kind == "table" for row in block.rows[1:]}
    (listed,) = [block for block in communique.blocks if block.kind == "names"]
    assert listed.names
    assert not tabled & set(listed.names)
    statement = sample_statement("final")
    assert {statement.country(code, language) for code in statement.participants} <= tabled | set(listed.names)


def test_a_folded_table_reads_down_its_columns_and_loses_no_row() -> None:
    rows = [["State", "Number"], *([f"S{number:02}", str(number)] for number in range(11))]
    block = {"fold": 3, "rows": rows, "parts": [[number_parts(cell) for cell in row] for row in rows[1:]]}
    tables = list(side_by_side(block, 2))
    assert [len(table["rows"]) for table in tables] == [3, 3]
    assert tables[0]["rows"][1] == ["S00", "0", "S02", "2", "S04", "4"]
    cells = [cell for table in tables for row in table["rows"][1:] for cell in row[::2] if cell]
    assert sorted(cells) == [row[0] for row in rows[1:]]


@pytest.mark.parametrize(
    ("cell", "parts"),
    [
        ("2,517", ("", "", "2,517", "")),
        ("about 24,000", ("about ", "", "24,000", "")),
        ("نحو ٢٤٬٠٠٠", ("نحو ", "", "٢٤٬٠٠٠", "")),
        ("2\u202f506 – 2\u202f592", ("", "2\u202f506", "2\u202f592", "")),
        ("–", ("–", "", "", "")),
        ("as declared", ("as declared", "", "", "")),
    ],
)
def test_a_number_is_told_from_what_stands_around_it(cell: str, parts: tuple[str, str, str, str]) -> None:
    split = number_parts(cell)
    assert (split["before"], split["low"], split["number"], split["after"]) == parts


def test_no_line_ends_between_a_number_and_its_noun() -> None:
    assert unbroken("In 116 countries, 2,517 arrests") == "In 116\u00a0countries, 2,517\u00a0arrests"
    assert unbroken("٢٤ ضحية") == "٢٤\u00a0ضحية"


def test_fills_are_read_from_where_blocks_end() -> None:
    marks = [
        {"kind": "start", "page": 1, "y": 54},
        {"kind": "end", "page": 1, "y": 416.5},
        {"kind": "open", "page": 2, "y": 54},
        {"kind": "row", "page": 2, "y": 700},
        {"kind": "row", "page": 3, "y": 60},
        {"kind": "end", "page": 3, "y": 416.5},
    ]
    assert page_fills(marks) == [0.5, 1.0, 0.5]
    assert quality(marks) == 0.0  # A row of a broken table stands alone.
