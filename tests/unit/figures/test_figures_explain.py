"""Explaining a figure: its pages hold exactly the records it counts."""

from __future__ import annotations

import json

import pytest
from tests.figures_world import World, operation

from traboule.core.errors import NotFound
from traboule.core.language.languages import LANGUAGES
from traboule.figures.count import count_case
from traboule.figures.definition import dictionary
from traboule.figures.explain import explain
from traboule.figures.resolved.case import resolve


def world() -> World:
    made = World()
    made.files("ML", "TG")
    a, b, c = made.victim("ML"), made.victim("TG"), made.victim("SN")
    made.merge(a, b)
    made.link(b, c, 0.4)
    person = made.arrest("ML")
    made.merge(person, made.arrest("TG", arresting_state="ML"))
    for agency in ("police", "border"):
        made.add("migrants", f"IT/{agency}", reference="R", detected_on="2024-09-30", nationality="TN", count=9)
    made.add("totals", "AR", measure="potential_victims", value=59, precision="at_least")
    made.add("totals", "ML", measure="potential_victims", value=2)
    return made


def explained(figure: str, language: str = "en", page: int = 1, size: int = 50) -> dict[str, object]:
    case = resolve(world().inputs(), operation())
    explanation = explain(case, count_case(case), figure, language=language, page=page, size=size)
    assert json.loads(json.dumps(explanation)) == explanation
    return explanation


@pytest.mark.parametrize("figure", sorted(dictionary()))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_explains_itself_in_every_language(figure: str, language: str) -> None:
    explanation = explained(figure, language)
    pages = explanation["contributing"]
    assert isinstance(pages, dict)
    assert sum(entry["amount"] for entry in pages["entries"]) == pages["total"] == explanation["counted"]


def test_a_person_shows_all_its_records() -> None:
    explanation = explained("potential_victims")
    assert explanation["contributing"]["entries"] == [
        {"record": "ML/police/people-1", "amount": 1, "rows": ["ML/police/people-1", "TG/police/people-2"]},
        {"record": "SN/police/people-3", "amount": 1, "rows": ["SN/police/people-3"]},
    ]
    assert explanation["open_links"] == [
        {"left": "SN/police/people-3", "right": "TG/police/people-2", "probability": 0.4, "effect": 1.0}
    ]
    assert [(remark["code"], remark["sentence"]) for remark in explanation["remarks"]] == [
        ("declared-gap", "ML declares 2 and its rows count 1; the difference goes back to the filer.")
    ]
    assert explanation["declared"] == [{"state": "AR", "value": 59, "low": 59, "high": 59, "precision": "at_least"}]
    assert explanation["compared"] == [{"state": "ML", "declared": 2, "counted": 1, "precision": "exact", "gap": 1}]


def test_an_arrest_and_a_detection_show_both_filings() -> None:
    assert explained("arrests")["contributing"]["entries"] == [
        {"record": "ML/police/arrests-1", "amount": 1, "rows": ["ML/police/arrests-1", "TG/police/arrests-2"]}
    ]
    assert explained("irregular_migrants")["contributing"]["entries"] == [
        {"record": "IT/border/migrants-2", "amount": 9, "rows": ["IT/border/migrants-2", "IT/police/migrants-1"]}
    ]
    assert [entry["record"] for entry in explained("participants")["contributing"]["entries"]] == ["ML", "TG"]


def test_pages_hold_each_record_once() -> None:
    seen = []
    for page in (1, 2):
        contributing = explained("potential_victims", page=page, size=1)["contributing"]
        assert (contributing["pages"], contributing["records"]) == (2, 2)
        seen += [entry["record"] for entry in contributing["entries"]]
    assert seen == ["ML/police/people-1", "SN/police/people-3"]
    assert explained("potential_victims", page=9, size=1)["contributing"]["entries"] == []


@pytest.mark.parametrize("figure", ["potential_victims", "arrests", "irregular_migrants", "investigations"])
def test_figures_of_an_earlier_instant_explain_what_still_stands(figure: str) -> None:
    earlier = world()
    earlier.victim("AR")
    earlier.arrest("AR")
    earlier.add("migrants", "AR", detected_on="2024-09-30", count=3)
    earlier.add("investigations", "AR", opened_on="2024-09-30")
    figures = count_case(resolve(earlier.inputs(), operation()))
    entries = explain(resolve(world().inputs(), operation()), figures, figure)["contributing"]["entries"]
    rows = {entry["record"].split("/")[0]: entry["rows"] for entry in entries}
    assert rows["AR"] == []
    assert all(rows[state] for state in rows if state != "AR")


def test_an_unknown_figure_is_not_found() -> None:
    with pytest.raises(NotFound):
        explained("arests")
