"""Published facts as shipped, and the public record against the world totals."""

from __future__ import annotations

import json

import pytest

from traboule.core.errors import Invalid, NotFound
from traboule.core.language.languages import GROWING_LANGUAGES, LANGUAGES
from traboule.core.language.messages import catalogue
from traboule.figures.public_record import compare
from traboule.figures.published import (
    printed_number,
    public_record,
    published_operations,
    shipped,
    shipped_sheets,
)

PEOPLE = ("arrests", "arrests_trafficking_or_smuggling", "potential_victims", "irregular_migrants")


def test_sheet_of_liberterra_ii_is_as_published() -> None:
    sheet = shipped("liberterra-ii")
    values = {figure.id: (figure.value, figure.precision) for figure in sheet.figures}
    assert values["arrests"] == (2517, "exact")
    assert values["arrests_trafficking_or_smuggling"] == (850, "exact")
    assert values["potential_victims"] == (3222, "exact")
    assert values["irregular_migrants"] == (17793, "exact")
    assert values["flights_monitored"] == (24000, "about")
    assert sheet.published is not None
    # Day 33 after the last day of the operation.
    assert (sheet.published - sheet.end).days == 33
    assert all(figure.source for figure in sheet.figures)
    assert all(figure.source for story in sheet.stories for figure in story.figures)


@pytest.mark.parametrize("sheet", shipped_sheets(), ids=lambda sheet: sheet.code)
def test_sheets_are_whole(sheet: object) -> None:
    (listed_sheet,) = [s for s in shipped_sheets() if s is sheet]
    assert set(listed_sheet.titles) == set(LANGUAGES)
    for figures in (listed_sheet.figures, *(story.figures for story in listed_sheet.stories)):
        by_id = {figure.id: figure for figure in figures}
        for part in (figure for figure in figures if figure.of):
            total = by_id[str(part.of)]
            assert part.value is not None
            assert total.value is not None
            assert part.value <= total.value


def test_sheets_agree_with_the_history_table() -> None:
    history = {row.name: row.figures for row in published_operations()}
    names = {"liberterra-i": "Liberterra (I)", "liberterra-ii": "Liberterra II", "liberterra-iii": "Liberterra III"}
    columns = {
        "participants": "countries",
        "arrests": "arrests_total",
        "arrests_trafficking_or_smuggling": "arrests_thb_or_som",
        "potential_victims": "victims",
        "victims": "victims",
        "irregular_migrants": "irregular_migrants",
        "nationalities": "nationalities",
        "officers": "officers",
        "investigations": "investigations_opened",
        "flights_monitored": "flights",
        "database_checks": "db_or_border_checks",
        "inspections": "db_or_border_checks",
    }
    for sheet in shipped_sheets():
        for figure in sheet.figures:
            printed = history[names[sheet.code]][columns[figure.id]]
            assert (figure.value, figure.precision) == (printed.value, printed.precision), (sheet.code, figure.id)


def test_sheet_agrees_with_the_public_record() -> None:
    sheet = shipped("liberterra-ii")
    for row in public_record():
        figures = sheet.figures
        if row["reporting_state"] != "WORLD":
            story = sheet.story(row["reporting_state"])
            assert story is not None
            figures = story.figures
        (figure,) = [f for f in figures if f.id == row["measure"]]
        assert figure.value == (int(row["value"]) if row["value"] else None)
        assert not row["value"] or figure.precision == row["precision"]


def test_unknown_sheet_is_told_in_words() -> None:
    with pytest.raises(NotFound) as raised:
        shipped("liberterra-ix")
    assert "liberterra-ii" in raised.value.sentence("en")


@pytest.mark.parametrize(
    ("text", "value", "precision"),
    [
        ("~430", 430, "about"),
        ("1800+", 1800, "at_least"),
        ("286", 286, "exact"),
        ("~500000 (inspections)", 500000, "about"),
    ],
)
def test_printed_numbers_keep_their_precision(text: str, value: int, precision: str) -> None:
    printed = printed_number(text)
    assert printed is not None
    assert (printed.value, printed.precision, printed.text) == (value, precision, text)


def test_history_has_every_operation_with_its_source() -> None:
    assert len(published_operations()) == 26
    assert all(row.source.startswith("http") for row in published_operations())


def test_public_record_explains_little_and_the_rest_is_named() -> None:
    record = compare(public_record(), {"arrests": 115, "potential_victims": 83, "irregular_migrants": 1500})
    totals = {total.figure: total for total in record.totals}
    assert {name: (t.declared, t.unspecified) for name, t in totals.items() if name in PEOPLE} == {
        "arrests": (115, 2402),
        "arrests_trafficking_or_smuggling": (106, 744),
        "potential_victims": (83, 3139),
        "irregular_migrants": (1500, 16293),
    }
    assert all(t.declared + t.unspecified == t.total for t in record.totals)
    assert totals["flights_monitored"].residual_precision == "about"
    assert ("PH", 250) in {(entry.state, entry.value) for entry in record.apart}
    assert "public_record_gap" not in {finding.code for finding in record.findings}


def test_wrong_words_are_findings_and_not_corrections() -> None:
    findings = {(f.code, f.values["state"]) for f in compare(public_record(), {}).findings}
    assert findings == {
        ("public_record_verb", "TR"),
        ("public_record_two_claims", "GB"),
        ("public_record_roles", "PH"),
        ("public_record_attribution", "DZ"),
        ("public_record_no_value", "MK"),
        ("public_record_no_value", "IQ"),
    }


def test_a_figure_that_differs_from_its_rows_is_a_finding() -> None:
    record = compare(public_record(), {"arrests": 116})
    (gap,) = [finding for finding in record.findings if finding.code == "public_record_gap"]
    assert (gap.values["declared"], gap.values["counted"]) == (115, 116)


def test_at_least_of_a_part_makes_the_residual_at_most() -> None:
    rows = [dict(row) for row in public_record()]
    for row in rows:
        if (row["reporting_state"], row["measure"]) == ("AR", "potential_victims"):
            row["precision"] = "at_least"
    (victims,) = [t for t in compare(rows, {}).totals if t.figure == "potential_victims"]
    assert (victims.declared_precision, victims.residual_precision) == ("at_least", "at_most")


def test_values_that_are_no_numbers_are_all_named() -> None:
    rows = [dict(row) for row in public_record()]
    rows[0]["value"], rows[3]["value"] = "fifty-nine", "-3"
    with pytest.raises(Invalid) as raised:
        compare(rows, {})
    assert [finding.row for finding in raised.value.findings] == [2, 5]


@pytest.mark.parametrize("language", LANGUAGES)
def test_record_speaks_four_languages_and_json(language: str) -> None:
    data = compare(public_record(), {}).to_json(language)
    assert json.loads(json.dumps(data)) == data
    assert all("…" not in entry["message"] for entry in data["findings"])
    words = catalogue("traboule.figures", "published/words.yaml")
    assert all(set(wording) - set(GROWING_LANGUAGES) == set(LANGUAGES) for wording in words.values())
