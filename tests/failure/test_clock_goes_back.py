"""The clock of the machine goes back: nothing is left out in silence, and all goes on once it is right again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.builders import a_return
from tests.unit.app.test_app_releasing import AT, DAYS, ENGINE, OFFICER, PRESS, WOMEN, opened

from traboule.core.errors import Refused
from traboule.core.permissions import Actor, Role

EARLIER = AT - timedelta(hours=1)
NIGER = Actor("officer of NE", Role.NATIONAL, frozenset({"NE"}))
FOUND = [(DAYS[0], 25, WOMEN)]


@pytest.fixture
def desk(database):
    return opened(database)


def victims(counted):
    return next(figure["value"] for figure in counted.to_json()["figures"] if figure["id"] == "potential_victims")


def refusal_of(desk, verb, by, at, **arguments):
    with pytest.raises(Refused) as refusal:
        desk.perform(verb, by=by, at=at, **arguments)
    return refusal.value.code


def test_a_count_before_the_last_return_would_omit_it_and_is_refused(desk):
    before = victims(desk.perform("figures.compute", by=ENGINE, at=AT))
    later = AT + timedelta(hours=2)
    desk.perform("return.receive", by=NIGER, at=later, name="NE.json", content=a_return("NE", FOUND))
    assert refusal_of(desk, "figures.compute", ENGINE, AT + timedelta(hours=1)) == "clock-behind"
    assert victims(desk.perform("figures.compute", by=ENGINE, at=later)) == before + 25


def test_looking_back_on_purpose_is_still_possible(desk):
    later = AT + timedelta(hours=2)
    desk.perform("return.receive", by=NIGER, at=later, name="NE.json", content=a_return("NE", FOUND))
    now = victims(desk.perform("figures.compute", by=ENGINE, at=later))
    assert victims(desk.perform("figures.compute", by=ENGINE, at=later, instant=AT)) == now - 25


def test_a_return_is_not_filed_before_the_agencys_last_one(desk):
    officer = Actor("officer of ML", Role.NATIONAL, frozenset({"ML"}))
    correction = a_return("ML", FOUND, version=2)
    assert refusal_of(desk, "return.receive", officer, EARLIER, name="ML.json", content=correction) == "clock-behind"
    received = desk.perform("return.receive", by=officer, at=AT, name="ML.json", content=correction)
    assert received.receipt.filed > 0


def test_a_release_is_neither_drafted_before_its_figures_nor_issued_before_its_signatures(desk):
    assert refusal_of(desk, "release.draft", PRESS, EARLIER) == "clock-behind"
    desk.perform("release.draft", by=PRESS, at=AT)
    desk.perform("release.verdict", by=PRESS, at=AT)
    for signer in (OFFICER, PRESS):
        desk.perform("release.sign", by=signer, at=AT)
    assert refusal_of(desk, "release.issue", PRESS, EARLIER) == "clock-behind"
    assert desk.perform("release.issue", by=PRESS, at=AT).statement.number == 1
