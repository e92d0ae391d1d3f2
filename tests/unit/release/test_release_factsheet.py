"""The fact sheet: what machines read keeps to the shipped schema, what people read says the same."""

from __future__ import annotations

import copy
import csv
import html
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.builders import WITHDRAWN_BECAUSE, full_statement, statement
from tests.json_schema import KEYWORDS, faults

from traboule.core.language.languages import LANGUAGES
from traboule.figures.definition import dictionary
from traboule.release import factsheet
from traboule.release.communique import HIDDEN, compose
from traboule.release.statement import Kind, PublishedDefinition, Statement, ordered
from traboule.release.wording import wording

SCHEMA = json.loads(factsheet.schema())


def sheet(sample: Statement) -> Any:
    return json.loads(factsheet.as_json(sample))


@pytest.mark.parametrize("kind", list(Kind))
def test_sheet_keeps_to_its_schema(kind: Kind) -> None:
    sample = replace(
        full_statement(kind),
        embargo_until=datetime(2024, 12, 2, 9, tzinfo=UTC),
        reason=dict.fromkeys(LANGUAGES, "late returns"),
    )
    assert list(faults(sheet(sample), SCHEMA)) == []
    assert list(faults(sheet(replace(statement(kind), policy=None)), SCHEMA)) == []


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (lambda plain: plain.pop("lines"), "$.lines"),
        (lambda plain: plain.update(extra=1), "$.extra"),
        (lambda plain: plain.update(kind="provisional"), "$.kind"),
        (lambda plain: plain["lines"][0].update(value=-1), "$.lines[0].value"),
        (lambda plain: plain["lines"][0].update(value="116"), "$.lines[0].value"),
        (lambda plain: plain["lines"][0].update(precision="roughly"), "$.lines[0].precision"),
        (lambda plain: plain["tables"][0]["cells"][0].append(1), "$.tables[0].cells[0]"),
        (lambda plain: plain["titles"].pop("ar"), "$.titles.ar"),
        (lambda plain: plain.update(figures_hash="x"), "$.figures_hash"),
        (lambda plain: plain.update(quotation={"speaker": {}}), "$.quotation"),
    ],
)
def test_schema_sees_what_is_wrong(spoil: Any, place: str) -> None:
    plain = copy.deepcopy(sheet(full_statement()))
    spoil(plain)
    assert any(fault.startswith(place) for fault in faults(plain, SCHEMA))


def test_every_object_of_the_schema_is_closed() -> None:
    """A field that nobody described cannot slip out."""

    def objects(schema: Any) -> list[Any]:
        if isinstance(schema, list):
            return [closed for item in schema for closed in objects(item)]
        if not isinstance(schema, dict):
            return []
        itself = [schema] if "properties" in schema and schema.get("type") == "object" else []
        return itself + [closed for item in schema.values() for closed in objects(item)]

    described = objects(SCHEMA)
    assert len(described) > 6
    assert all(schema.get("additionalProperties") is False for schema in described)
    assert "additionalProperties" in KEYWORDS


def test_rounding_rule_is_that_of_the_policy_in_every_language() -> None:
    rule = sheet(full_statement())["rounding_rule"]
    numbers = {language: [int(number) for number in re.findall(r"\d+", rule[language])] for language in LANGUAGES}
    assert set(numbers) == set(LANGUAGES)
    assert all(values == [5, 10, 20] for values in numbers.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_says_definitions_window_rule_and_history(language: str) -> None:
    sample = full_statement()
    page = factsheet.as_html(sample, language).decode()
    rule = sheet(sample)["rounding_rule"][language]
    assert rule in page
    assert page.count("<h3>") == len(sample.lines)
    assert WITHDRAWN_BECAUSE[language] in page
    assert not any(reason in page for other, reason in WITHDRAWN_BECAUSE.items() if other != language)
    assert sample.figures_hash in page
    assert "<script" not in page
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page


def test_page_without_earlier_releases_says_so() -> None:
    assert "No release went before" in factsheet.as_html(statement(), "en").decode()


def test_csv_holds_what_the_sheet_holds() -> None:
    sample = full_statement()
    rows = list(csv.DictReader(io.StringIO(factsheet.as_csv(sample).decode("utf-8-sig"))))
    lines = sheet(sample)["lines"]
    assert [(row["figure"], int(row["value"])) for row in rows] == [(line["figure"], line["value"]) for line in lines]
    assert {row["window_end"] for row in rows} == {"2024-10-04"}
    intervals = [
        {name: json.loads(row[f"interval_{name}"]) for name in ("level", "low", "high")}
        if row["interval_low"]
        else None
        for row in rows
    ]
    assert intervals == [line["interval"] for line in lines]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_range_stands_under_its_level_wherever_figures_stand(language: str) -> None:
    """In the page and in the communiqué: between numbers where there is one, a dash where it is withheld, and nowhere
    a heading or a note on ranges in a release without any."""
    sample, words = statement(), wording(language)
    heading, arrests = words.interval_heading(sample.lines), words.interval(sample.line("arrests"))
    rows = next(block.rows for block in compose(sample, language).blocks if block.kind == "figures")
    column = rows[0].index(heading)
    assert words.number(90) in heading
    assert [row[column] for row in rows[2:4]] == [arrests, HIDDEN]
    assert arrests == f"{words.number(2512)} – {words.number(2524)}"
    page = html.unescape(factsheet.as_html(sample, language).decode())
    assert f">{heading}</th>" in page
    assert f"<bdi>{arrests}</bdi>" in page
    without = replace(sample, lines=tuple(replace(line, interval=None) for line in sample.lines))
    assert words.interval_heading(without.lines) == ""
    notes = [{block.text for block in compose(which, language).blocks} for which in (sample, without)]
    assert len(notes[0] - notes[1]) == 2


@pytest.mark.promise("exports-carry-no-formula")
def test_no_text_of_the_csv_is_a_formula() -> None:
    hostile = replace(full_statement(), operation="=1+1")
    hostile = replace(hostile, lines=[replace(line, of="@x", unit="+y", qualifier="-z") for line in hostile.lines])
    for row in csv.DictReader(io.StringIO(factsheet.as_csv(hostile).decode("utf-8-sig"))):
        assert [row[name] for name in ("operation", "of", "unit", "qualifier")] == ["'=1+1", "'@x", "'+y", "'-z"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_figure_has_one_title_wherever_it_stands(language: str) -> None:
    """In the communiqué, its tables, the pages and the files for machines: the dictionary's; a part's short form, below
    its whole alone, is named beside its definition."""
    sample = with_definitions()
    total, part = dictionary()["arrests_trafficking_or_smuggling"].titles[language], "arrests_trafficking_or_smuggling"
    assert total.endswith(wording(language).label("parts", part))
    words, page = wording(language), html.unescape(factsheet.as_html(sample, language).decode())
    json_sheet = sheet(sample)
    for line in sample.lines:
        title = dictionary()[line.figure].titles[language]
        assert words.title(line.figure) == title
        assert json_sheet["labels"][line.figure][language] == title
        assert f"<h3>{title}" in page
    rows = next(block.rows for block in compose(sample, language).blocks if block.kind == "figures")
    for (line, depth), (title_shown, *_) in zip(ordered(sample.lines), rows[1:], strict=True):
        assert title_shown == (words.part(line.figure) if depth else words.title(line.figure))
        assert f">{title_shown}</th>" in page
        assert not depth or f"({title_shown})</span></h3>" in page


def test_a_part_without_its_whole_stands_by_itself() -> None:
    sample = replace(statement(), lines=tuple(line for line in statement().lines if line.figure != "potential_victims"))
    rows = next(block.rows for block in compose(sample, "en").blocks if block.kind == "figures")
    assert "Potential victims who are minors" in [row[0] for row in rows]


def with_definitions() -> Statement:
    """Return a statement whose definitions are the dictionary's."""
    sample = full_statement()
    defined = ((line.figure, dictionary()[line.figure]) for line in sample.lines)
    definitions = tuple(
        PublishedDefinition(name, definition.titles, definition.standard, definition.caveats)
        for name, definition in defined
    )
    return replace(sample, definitions=definitions)
