"""Explaining a figure: its pages hold exactly the records it counts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from tests.figures_world import World, crowd, operation

from traboule.core.errors import NotFound
from traboule.core.language.languages import LANGUAGES
from traboule.figures.count import count_case
from traboule.figures.definition import dictionary
from traboule.figures.explanation.explain import CellName, explain
from traboule.figures.figure import FigureSet
from traboule.figures.resolved.case import Case, resolve


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
    explanation = explain(case, count_case(case), figure, language=language, paging=(page, size))
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


def test_an_unknown_dimension_or_cell_is_not_found() -> None:
    case = resolve(world().inputs(), operation())
    figures = count_case(case)
    for cell, code in ((CellName("shoe", "ML"), "dimension-unknown"), (CellName("state", "FR"), "cell-unknown")):
        with pytest.raises(NotFound) as absent:
            explain(case, figures, "potential_victims", cell=cell)
        assert absent.value.code == code


def adds_up(explanation: dict[str, Any], cells: Mapping[tuple[str, str], dict[str, Any]]) -> None:
    """Assert that the cells of a figure have as many records as they count; exclusive ones add up to it."""
    everything = {entry["record"] for entry in explanation["contributing"]["entries"]}
    for dimension, breakdown in explanation["breakdowns"].items():
        in_some: set[str] = set()
        for code, counts in breakdown["cells"].items():
            shown = cells[dimension, code]
            declared = sum(entry["value"] for entry in shown["cell"]["declared"])
            amounts = sum(entry["amount"] for entry in shown["contributing"]["entries"])
            assert amounts == shown["cell"]["counted"] == shown["contributing"]["total"]
            assert amounts + declared == counts[0] == shown["cell"]["value"], (dimension, code)
            assert all(entry["rows"] for entry in shown["contributing"]["entries"])
            in_some |= {entry["record"] for entry in shown["contributing"]["entries"]}
        assert in_some == everything
        if breakdown["kind"] == "exclusive":
            assert sum(counts[0] for counts in breakdown["cells"].values()) == explanation["value"]


def drilled(case: Case, figures: FigureSet, figure: str) -> int:
    """Drill down from ``figure`` into every cell of every breakdown, and return how many cells there are."""
    whole = explain(case, figures, figure, paging=(1, 10**6))
    cells = {
        (dimension, code): explain(case, figures, figure, paging=(1, 10**6), cell=CellName(dimension, code))
        for dimension, breakdown in whole["breakdowns"].items()
        for code in breakdown["cells"]
    }
    adds_up(whole, cells)
    return len(cells)


@pytest.mark.parametrize("figure", sorted(dictionary()))
def test_every_cell_has_the_records_that_it_counts(figure: str) -> None:
    """Rows with and without codes, linked across states, of several codes, of suspects who are victims."""
    made = world()
    made.victim("ML", exploitation=["ForcedLabour", "SexualExploitation"], minor="yes")
    woman = made.victim("ML", sex="female", citizenships=["NG", "ML"])
    made.merge(woman, made.victim("TG", sex="female", citizenships=["NG"]))
    made.merge(made.victim("AR", sex="male"), made.arrest("AR"))  # Rule 15: in no breakdown of arrests.
    made.arrest("TG", attribution="trafficking")
    made.add("migrants", "IT", reference="S", detected_on="2024-09-30", count=4)
    for kind in ("flight", "database_check"):
        made.add("checks", "ML", kind=kind, count=3)
    made.add("investigations", "ML", opened_on="2024-09-30")
    made.add("totals", "CL", measure="irregular_migrants", value=5)
    case = resolve(made.inputs(), operation())
    assert drilled(case, count_case(case), figure) > 0 or figure == "participants"


@pytest.mark.parametrize("seed", range(3))
def test_every_cell_of_a_crowd_with_open_links_has_the_records_that_it_counts(seed: int) -> None:
    case = resolve(crowd(300, seed, open_links=60), operation())
    figures = count_case(case)
    assert sum(drilled(case, figures, figure) for figure in sorted(dictionary())) > 100
