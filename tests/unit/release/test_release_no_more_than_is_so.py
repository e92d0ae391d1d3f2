"""A communiqué says no more than is so: who took part, nought, precision, and numbers that stay whole on the page."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from tests.builders import full_statement

from traboule.core.codes import vocabulary
from traboule.core.language.languages import LANGUAGES
from traboule.release import word_processor
from traboule.release.communique import compose
from traboule.release.factsheet import as_html
from traboule.release.layout.arrangement import plain
from traboule.release.layout.columns import widths
from traboule.release.statement import FigureChange, Kind, Statement
from traboule.release.wording import wording


def text_of(statement: Statement, language: str) -> str:
    """Return all that a communiqué says in sentences."""
    return "\n".join(block.text for block in compose(statement, language).blocks)


@pytest.mark.parametrize(
    ("language", "reported"),
    [
        ("en", "returns have come from"),
        ("fr", "reçus à ce jour viennent de"),
        ("es", "recibidos hasta ahora proceden de"),
        ("ar", "وردت التقارير حتى الآن من"),
    ],
)
def test_who_is_silent_is_missing_from_the_figures_so_far(language: str, reported: str) -> None:
    """Where six of 116 are silent, the figures are of 110: a reader is told that more may come."""
    sample = full_statement(Kind.PRELIMINARY)
    count = sample.line("participants").value
    for silent in 0, 1:
        codes = tuple(sorted(vocabulary("countries").codes))[: count + silent]
        assert (reported in text_of(replace(sample, participants=codes), language)) == bool(silent)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nought_is_neither_about_nor_at_least(language: str) -> None:
    words = wording(language)
    about = words.catalogue["precision"]["about"].format(phrase="")
    none = replace(full_statement().line("flights_monitored"), value=0, low=0, high=0)
    assert about not in words.phrase(none)
    assert about not in words.number_phrase(0, "about")
    assert about in words.number_phrase(1, "about")


def test_what_changed_keeps_its_precision() -> None:
    about = FigureChange("database_checks", 7_000_000, 8_000_000, (("late", 1_000_000),))
    blocks = compose(replace(full_statement(), changes=(about,)), "en").blocks
    (row,) = next(block for block in blocks if block.kind == "changes").rows[1:]
    assert row[1:3] == ("about 7,000,000", "about 8,000,000")
    assert row[3] == "Late returns\N{NO-BREAK SPACE}+1,000,000"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_what_changed_stands_on_one_line_of_its_cell(language: str) -> None:
    """A number that is wider than its column is broken in two, and 7,739,77 over 5 is another number."""
    change = FigureChange("arrests", 7_777_777, 8_888_888, (("late", 1_111_111),))
    blocks = compose(replace(full_statement(), changes=(change,)), language).blocks
    block = plain(next(block for block in blocks if block.kind == "changes"))
    widest = sum(0.7 if sign.isdigit() else 0.38 for sign in wording(language).number(8_888_888)) * 9.5 * 2.54 / 72
    for width in widths(block, word_processor.WIDTH)[1:3]:
        assert widest < width - 2 * 0.19


def test_a_colon_in_french_stands_off() -> None:
    page = as_html(full_statement(), "fr").decode()
    assert "Fiche de données\N{NO-BREAK SPACE}: " in page
    assert not re.search(r"(?:données|opération|Norme|chiffres):", page)
