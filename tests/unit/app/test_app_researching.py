"""Research exports through the door: rows of nobody, a guarantee in four languages, a cost that is remembered."""

from __future__ import annotations

import csv
import io
import sys
from collections import Counter
from datetime import UTC, datetime

import pytest
from tests.builders import a_return

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.core.errors import Invalid, Refused, Unready
from traboule.core.language.languages import LANGUAGES
from traboule.core.permissions import Actor, Role
from traboule.database.context import acting
from traboule.release import research

AT = datetime(2024, 10, 9, 9, tzinfo=UTC)
ENGINE = Actor("engine", Role.ENGINE)
WOMEN = {"sex": "female", "age_band": "21-23", "exploitation": ["ForcedCriminality.OnlineScam"]}
MEN = {"sex": "male", "age_band": "30-38", "exploitation": ["ForcedLabour", "SexualExploitation"]}


@pytest.fixture
def desk(database: Started) -> Desk:
    """A desk to which Mali has filed 120 women and 80 men."""
    result = Desk(database)
    result.perform("operation.open", by=Actor("a", Role.ADMINISTRATOR), at=AT, source="liberterra-ii")
    mali = Actor("officer of ML", Role.NATIONAL, frozenset({"ML"}))
    content = a_return("ML", [("2024-09-30", 120, WOMEN), ("2024-10-01", 80, MEN)])
    result.perform("return.receive", by=mali, at=AT, name="ML.json", content=content)
    result.perform("link", by=ENGINE, at=AT)
    return result


def rows(content: bytes) -> list[tuple[str, ...]]:
    return [tuple(row) for row in csv.reader(io.StringIO(content.decode("utf-8-sig")))]


def test_an_export_resembles_those_found_and_says_what_it_promises(desk: Desk) -> None:
    made = desk.perform("research.export", by=ENGINE, at=AT, epsilon=2.0, columns=("sex", "form"))
    head, *result = rows(made.content)
    assert head == ("sex", "form")
    counts = Counter(result)
    # Laplace noise of scale one half strays by more than 20 with a probability of e to the -40.
    assert abs(counts["female", "ForcedCriminality"] - 120) <= 20
    assert abs(counts["male", "unspecified"] - 80) <= 20
    assert set(made.guarantee) == set(LANGUAGES)
    assert all("2" in said for said in made.guarantee.values())
    assert (made.number, made.rows, made.spent) == (1, len(result), 2.0)


def test_costs_are_remembered_and_the_budget_refuses(desk: Desk) -> None:
    for number in (1, 2):
        assert desk.perform("research.export", by=ENGINE, at=AT, epsilon=2.0).number == number
    with pytest.raises(Refused) as refusal:
        desk.perform("research.export", by=ENGINE, at=AT, epsilon=2.0)
    assert refusal.value.code == "research-budget-spent"
    assert desk.perform("research.export", by=ENGINE, at=AT, epsilon=1.0).spent == 5.0


@pytest.mark.promise("exports-carry-no-formula")
def test_what_is_stored_computes_nothing(desk: Desk) -> None:
    table = research.ExportTable(("=1+1", "sex"), [("@x", "female"), ("-y", "male")])
    with acting(ENGINE):
        made = research.store_export("liberterra-ii", table, epsilon=1.0, guarantee={}, by=ENGINE, at=AT)
    assert rows(made.content) == [("'=1+1", "sex"), ("'@x", "female"), ("'-y", "male")]


@pytest.mark.parametrize("columns", [(), ("sex", "sex"), ("name",), ("sex", "nationality")])
def test_other_columns_are_refused_and_cost_nothing(desk: Desk, columns: tuple[str, ...]) -> None:
    with pytest.raises(Invalid) as refusal:
        desk.perform("research.export", by=ENGINE, at=AT, epsilon=1.0, columns=columns)
    assert refusal.value.code == "research-columns-unknown"


def test_a_refused_export_costs_nothing(desk: Desk) -> None:
    with pytest.raises(Invalid):
        desk.perform("research.export", by=ENGINE, at=AT, epsilon=50.0)
    assert research.spent("liberterra-ii") == 0.0


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ENGINE, Role.DESK)])
def test_nobody_but_desk_and_engine_draws_one(role: Role) -> None:
    with pytest.raises(Refused) as refusal:
        Desk.plain().perform("research.export", by=Actor("x", role), at=AT, epsilon=1.0)
    assert refusal.value.code == "not-permitted"


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_the_extra_it_is_refused_in_words(desk: Desk, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "opendp"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "opendp", None)
    monkeypatch.delitem(sys.modules, "traboule.figures.disclosure.research", raising=False)
    with pytest.raises(Unready) as refusal:
        desk.perform("research.export", by=ENGINE, at=AT, epsilon=1.0)
    assert refusal.value.code == "research-extra-missing"
    assert "traboule[research]" in refusal.value.sentence(language)
