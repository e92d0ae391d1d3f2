"""What changed between two instants, asked as an auditor asks: before anything was filed, and the wrong way round."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.builders import a_return, somebody

from traboule.app.desk import Desk
from traboule.app.handlers import releasing, stating
from traboule.app.start import Started
from traboule.core.errors import Refused
from traboule.core.language.languages import GROWING_LANGUAGES, LANGUAGES
from traboule.core.permissions import Actor, Role
from traboule.release.statement import Statement

AT = datetime(2024, 10, 9, 9, tzinfo=UTC)
ENGINE = Actor("engine", Role.ENGINE)
AUDITOR = Actor("Lina Haddad", Role.AUDITOR)
PROTECTION = Actor("Ana Ruiz", Role.PROTECTION)
OFFICER = somebody("Awa Diop", Role.DESK)


@pytest.fixture
def desk(database: Started) -> Desk:
    """A desk with one return of five potential victims, filed an hour after the operation was opened."""
    result = Desk(database)
    result.perform("operation.open", by=Actor("a", Role.ADMINISTRATOR), at=AT, source="liberterra-ii")
    content = a_return("ML", [("2024-09-30", 5, {"sex": "female", "age_band": "21-23", "citizenships": ["TG"]})])
    officer = Actor("officer", Role.NATIONAL, frozenset({"ML"}))
    result.perform("return.receive", by=officer, at=AT + timedelta(hours=1), name="ML.json", content=content)
    return result


def test_from_before_anything_was_filed_everything_is_late_and_has_its_title(desk: Desk) -> None:
    now = AT + timedelta(hours=2)
    plain = desk.perform("figures.compare", by=PROTECTION, at=now, earlier=datetime(1990, 1, 1, tzinfo=UTC)).to_json()
    result = {one["figure"]: one for one in plain["figures"]}
    assert (result["potential_victims"]["old"], result["potential_victims"]["new"]) == (0, 5)
    assert all(set(one["titles"]) - set(GROWING_LANGUAGES) == set(LANGUAGES) for one in result.values())


@pytest.mark.parametrize(
    ("earlier", "later"),
    [(timedelta(hours=2), timedelta(hours=1)), (timedelta(0), timedelta(days=900)), (timedelta(days=900), None)],
)
def test_no_stretch_of_time_that_has_passed_is_refused(desk: Desk, earlier: timedelta, later: timedelta | None) -> None:
    instants = {"earlier": AT + earlier, "later": None if later is None else AT + later}
    with pytest.raises(Refused) as refusal:
        desk.perform("figures.compare", by=AUDITOR, at=AT + timedelta(hours=2), **instants)
    assert refusal.value.code == "instants-reversed"


def test_a_figure_is_explained_as_it_stood(desk: Desk) -> None:
    """A protection officer asks which rows stood behind a number of then, not of now."""
    content = a_return("TG", [("2024-09-30", 3, {"sex": "female", "age_band": "21-23", "citizenships": ["TG"]})])
    officer = Actor("officer", Role.NATIONAL, frozenset({"TG"}))
    desk.perform("return.receive", by=officer, at=AT + timedelta(hours=3), name="TG.json", content=content)
    now, figure = AT + timedelta(hours=4), "potential_victims"
    for instant, value in ((None, 8), (AT + timedelta(hours=2), 5), (AT, 0), (datetime(1990, 1, 1, tzinfo=UTC), 0)):
        told = desk.perform("figures.explain", by=PROTECTION, at=now, figure=figure, instant=instant).to_json()
        assert (told["value"], told["contributing"]["records"]) == (value, value)
        assert told["as_of"] == (instant or now).isoformat()


@pytest.mark.parametrize(("verb", "told"), [("figures.compute", {}), ("figures.explain", {"figure": "arrests"})])
def test_nothing_is_known_of_an_instant_to_come(desk: Desk, verb: str, told: dict[str, str]) -> None:
    with pytest.raises(Refused) as refusal:
        desk.perform(verb, by=OFFICER, at=AT, instant=AT + timedelta(minutes=1), **told)
    assert refusal.value.code == "instant-to-come"


WOMAN = {"sex": "female", "age_band": "21-23", "citizenships": ["TG"]}


def count_with_two_large_returns(desk: Desk, at: datetime) -> None:
    """File what makes the number of potential victims large enough to be released, and count."""
    for state, persons in (("CI", 25), ("TG", 30)):
        officer = Actor(f"officer of {state}", Role.NATIONAL, frozenset({state}))
        content = a_return(state, [("2024-09-30", persons, WOMAN)])
        desk.perform("return.receive", by=officer, at=at, name=f"{state}.json", content=content)
    desk.perform("figures.compute", by=ENGINE, at=at)


def test_a_release_is_counted_again_from_the_register_whatever_came_after(desk: Desk) -> None:
    """The auditor trusts neither what was kept of the count nor that nobody filed since."""
    press, officer = somebody("Iris Novak", Role.PRESS), OFFICER
    at = AT + timedelta(hours=2)
    count_with_two_large_returns(desk, at)
    for verb, by in (("draft", press), ("verdict", press), ("sign", officer), ("sign", press), ("issue", press)):
        desk.perform(f"release.{verb}", by=by, at=at)
    lines = desk.perform("release.show", by=press, at=at).issued.statement.lines
    assert ("potential_victims", 60) in {(line.figure, line.value) for line in lines}
    later = a_return("SN", [("2024-09-30", 7, {"sex": "female", "age_band": "21-23", "citizenships": ["TG"]})])
    national = Actor("officer", Role.NATIONAL, frozenset({"SN"}))
    desk.perform("return.receive", by=national, at=AT + timedelta(hours=3), name="SN.json", content=later)
    repeated = desk.perform("release.recount", by=AUDITOR, at=AT + timedelta(hours=4)).to_json()
    assert (repeated["reproduces"], repeated["differing"], repeated["same_inputs"]) == (True, [], True)


def test_a_figure_that_does_not_follow_from_the_register_is_seen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    press, officer = somebody("Iris Novak", Role.PRESS), OFFICER
    at = AT + timedelta(hours=2)
    count_with_two_large_returns(desk, at)
    honest = stating.state

    def widened(*arguments: Any, **named: Any) -> Statement:
        said = honest(*arguments, **named)
        lines = (replace(one, high=99) if one.figure == "potential_victims" else one for one in said.lines)
        return replace(said, lines=tuple(lines))

    monkeypatch.setattr(releasing, "state", widened)
    for verb, by in (("draft", press), ("verdict", press), ("sign", officer), ("sign", press), ("issue", press)):
        desk.perform(f"release.{verb}", by=by, at=at)
    assert desk.perform("release.rebuild", by=press, at=at).to_json()["reproduces"]
    repeated = desk.perform("release.recount", by=AUDITOR, at=at).to_json()
    assert repeated["differing"] == [{"figure": "potential_victims", "released": [60, 60, 99], "counted": [60, 60, 60]}]
    assert not repeated["reproduces"]
