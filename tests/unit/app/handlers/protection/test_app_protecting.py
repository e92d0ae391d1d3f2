"""Screening and referral against the real verbs, walls and ledger."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.builders import somebody
from tests.two_returns import AT, filed

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.core.errors import Refused, TrabouleError
from traboule.core.permissions import Actor, Role
from traboule.database.context import acting
from traboule.ledger.models import RecordShown
from traboule.protection.models import Referral, Screening

PROTECTION = somebody("Ana Ruiz", Role.PROTECTION)
MALI, TOGO = (somebody(f"officer of {state}", Role.NATIONAL, state) for state in ("ML", "TG"))
OTHERS = [somebody(f"{role.value} officer", role) for role in (Role.DESK, Role.PRESS, Role.AUDITOR, Role.ADMINISTRATOR)]
RECORD = "ML/Police/P1"
LATER = AT + timedelta(hours=49)


@pytest.fixture
def desk(database: Started) -> Desk:
    """Two states that filed the same two sisters; in Mali the first is suspect and potential victim, with consent."""
    opened = Desk(database)
    opened.perform("operation.open", by=Actor("a", Role.ADMINISTRATOR), at=AT, source="liberterra-ii")
    content: dict[str, Any] = json.loads(filed("ML", "Police"))
    content["roles"].append({"row_id": "R9", "person": "P1", "action": "A1", "role": "possible_victim"})
    content["victims"] = [
        {
            "row_id": "V1",
            "person": "P1",
            "action": "A1",
            "status": "PossibleVictimOfTrafficking",
            "consent_to_share": "given",
        }
    ]
    opened.perform("return.receive", by=MALI, at=AT, name="ML.json", content=json.dumps(content).encode())
    opened.perform("return.receive", by=TOGO, at=AT, name="TG.json", content=filed("TG", "Police", "possible_victim"))
    opened.perform("link", by=Actor("engine", Role.ENGINE), at=AT)
    return opened


def waiting(desk: Desk, verb: str, by: Actor = PROTECTION, hours: int = 1) -> list[dict[str, Any]]:
    """Return who waits, as plain values."""
    persons: list[dict[str, Any]] = desk.perform(verb, by=by, at=AT + timedelta(hours=hours)).to_json()["persons"]
    return persons


def refusal(desk: Desk, verb: str, **asked: Any) -> str:
    """Return the code with which a verb refuses, empty where it does not."""
    try:
        desk.perform(verb, **asked)
    except TrabouleError as refused:
        return refused.code
    return ""


@pytest.mark.promise("screened-before-charge")
def test_a_suspect_who_may_be_a_victim_waits_until_screened_and_her_state_is_told(desk: Desk) -> None:
    (person,) = waiting(desk, "screening.list")
    assert (person["record"], person["needs"], person["overdue"]) == (RECORD, "suspect-and-victim", False)
    assert waiting(desk, "screening.list", hours=49)[0]["overdue"]
    desk.perform("screening.record", by=PROTECTION, at=AT, record=RECORD, finding="unclear")
    assert len(waiting(desk, "screening.list")) == 1
    assert waiting(desk, "referral.own", MALI) == []
    desk.perform("screening.record", by=PROTECTION, at=LATER, record=RECORD, finding="indications")
    assert waiting(desk, "screening.list") == []
    assert [(told["record"], told["needs"]) for told in waiting(desk, "referral.own", MALI)] == [
        (RECORD, "indications")
    ]
    assert waiting(desk, "referral.own", TOGO) == []


def test_a_correction_does_not_turn_the_clock_back(desk: Desk) -> None:
    content = json.loads(filed("ML", "Police"))
    content["cover"]["version"] = 2
    content["people"] = [{**content["people"][0], "birth_date": "1998"}]
    content["roles"] = content["identifiers"] = content["investigations"] = []
    at = AT + timedelta(hours=40)
    desk.perform("return.receive", by=MALI, at=at, name="ML.json", content=json.dumps(content).encode())
    (person,) = waiting(desk, "screening.list", hours=49)
    assert person["overdue"]


@pytest.mark.promise("referred-with-consent")
def test_nobody_is_referred_without_consent_nor_twice_and_her_own_state_alone_confirms(desk: Desk) -> None:
    needs = {person["record"]: person["needs"] for person in waiting(desk, "referral.list")}
    assert needs == {RECORD: "referral", "TG/Police/P1": "consent", "TG/Police/P2": "consent"}
    assert (
        refusal(desk, "referral.make", by=PROTECTION, at=AT, record="TG/Police/P1", service="IOM Lomé")
        == "referral-without-consent"
    )
    assert (
        refusal(desk, "referral.make", by=PROTECTION, at=AT, record=RECORD, service=" ") == "referral-without-service"
    )
    desk.perform("referral.make", by=PROTECTION, at=AT, record=RECORD, service="IOM Bamako")
    assert refusal(desk, "referral.make", by=PROTECTION, at=AT, record=RECORD, service="IOM Bamako") == "referral-open"
    (own,) = waiting(desk, "referral.own", MALI, hours=49)
    assert (own["service"], own["overdue"]) == ("IOM Bamako", True)
    assert refusal(desk, "referral.confirm", by=TOGO, at=AT, record=RECORD) == "referral-none"
    desk.perform("referral.confirm", by=MALI, at=LATER, record=RECORD)
    assert waiting(desk, "referral.own", MALI) == []
    assert RECORD not in {person["record"] for person in waiting(desk, "referral.list")}
    assert refusal(desk, "referral.confirm", by=MALI, at=LATER, record=RECORD) == "referral-none"


def test_the_same_person_found_in_another_state_is_a_fact_without_a_record(desk: Desk) -> None:
    desk.perform("judge.decide", by=PROTECTION, at=AT, pair=(RECORD, "TG/Police/P1"), verdict="match", reason="seen")
    desk.perform("link", by=Actor("engine", Role.ENGINE), at=AT + timedelta(minutes=1))
    (person,) = waiting(desk, "screening.list")
    assert person["found_in"] == ["TG"]


@pytest.mark.promise("reads-recorded")
def test_each_list_is_recorded_where_the_owner_can_read_it(desk: Desk) -> None:
    waiting(desk, "referral.list")
    with acting(MALI):
        shown = list(RecordShown.objects.values_list("record", "verb", "actor"))
    assert shown == [(RECORD, "referral.list", "Ana Ruiz")]


@pytest.mark.parametrize(("agencies", "count"), [((), 1), (("POLICE",), 1), (("Customs",), 0), (("Pol",), 0)])
def test_an_officer_sees_the_reads_of_his_own_agencies_alone(desk: Desk, agencies: tuple[str, ...], count: int) -> None:
    waiting(desk, "referral.list", hours=1)
    by = Actor("x", Role.NATIONAL, frozenset({"ML"}), "x", "x", frozenset(agencies))
    reads = desk.perform("reads.mine", by=by, at=LATER)
    assert (len(reads.reads), reads.total) == (count, count)


@pytest.mark.promise("unit-sees-no-other-person")
def test_what_was_done_for_a_person_is_for_the_protection_officer_and_her_state(desk: Desk) -> None:
    desk.perform("screening.record", by=PROTECTION, at=AT, record=RECORD, finding="indications")
    desk.perform("referral.make", by=PROTECTION, at=AT, record=RECORD, service="IOM Bamako")
    for by, rows in ((PROTECTION, 1), (MALI, 1), (TOGO, 0), *((other, 0) for other in OTHERS)):
        with acting(by):
            assert (Screening.objects.count(), Referral.objects.count()) == (rows, rows), by.role
    for by in (MALI, *OTHERS):
        with pytest.raises(Refused):
            desk.perform("screening.list", by=by, at=AT)


def test_what_is_no_record_or_no_finding_is_refused_in_words(desk: Desk) -> None:
    assert (
        refusal(desk, "screening.record", by=PROTECTION, at=AT, record="ML/Police/P7", finding="none")
        == "protection-record-unknown"
    )
    assert (
        refusal(desk, "screening.record", by=PROTECTION, at=AT, record=RECORD, finding="guilty")
        == "screening-finding-unknown"
    )


def test_an_officer_of_another_agency_neither_sees_nor_confirms_a_referral(desk: Desk) -> None:
    desk.perform("screening.record", by=PROTECTION, at=AT, record=RECORD, finding="indications")
    desk.perform("referral.make", by=PROTECTION, at=AT, record=RECORD, service="IOM Bamako")
    customs, police = (
        Actor("x", Role.NATIONAL, frozenset({"ML"}), "x", "x", frozenset({agency})) for agency in ("Customs", "POLICE")
    )
    assert waiting(desk, "referral.own", customs) == []
    assert refusal(desk, "referral.confirm", by=customs, at=LATER, record=RECORD) == "referral-none"
    for text in ("ML", "ML/", "ML/Police", "", "/"):
        assert refusal(desk, "referral.confirm", by=police, at=LATER, record=text) == "referral-none"
    assert [person["needs"] for person in waiting(desk, "referral.own", police)] == ["indications", "receipt"]
    assert refusal(desk, "referral.confirm", by=police, at=LATER, record=RECORD) == ""
