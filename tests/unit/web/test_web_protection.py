"""Screening and referral through the room: who waits, what is recorded, what a state is asked and confirms."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from tests.builders import somebody
from tests.room import browser
from tests.two_returns import AT, filed

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.core.permissions import Actor, Role

PROTECTION = somebody("Ana Ruiz", Role.PROTECTION)
CLERK = somebody("Awa Diop", Role.DESK)
MALI, TOGO = (somebody(f"officer of {state}", Role.NATIONAL, state) for state in ("ML", "TG"))
RECORD, WITHOUT_CONSENT = "ML/Police/P1", "TG/Police/P1"


@pytest.fixture
def desk(database: Started) -> Desk:
    """Two states that filed the same two sisters; in Mali the first is suspect and potential victim, with consent."""
    result = Desk(database)
    administrator = somebody("Jo Kim", Role.ADMINISTRATOR)
    result.perform("people.demo", by=administrator, at=AT, actors=(PROTECTION, CLERK, MALI, TOGO, administrator))
    result.perform("operation.open", by=administrator, at=AT, source="liberterra-ii")
    content: dict[str, Any] = json.loads(filed("ML", "Police"))
    content["roles"].append({"row_id": "R9", "person": "P1", "action": "A1", "role": "possible_victim"})
    status = {"status": "PossibleVictimOfTrafficking", "consent_to_share": "given"}
    content["victims"] = [{"row_id": "V1", "person": "P1", "action": "A1", **status}]
    result.perform("return.receive", by=MALI, at=AT, name="ML.json", content=json.dumps(content).encode())
    result.perform("return.receive", by=TOGO, at=AT, name="TG.json", content=filed("TG", "Police", "possible_victim"))
    result.perform("link", by=Actor("engine", Role.ENGINE), at=AT)
    return result


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def record(client: Client, address: str, **form: str) -> str:
    """Record something, and return the page that says so; its address names nobody."""
    answer = client.post(address, form)
    assert answer.status_code == 302, answer.content.decode()
    assert "ML" not in answer["Location"]
    return text_of(client, answer["Location"])


def test_a_suspect_who_may_be_a_victim_is_screened_and_her_state_asked_not_to_charge(desk: Desk) -> None:
    officer, mali = browser(desk, PROTECTION.account), browser(desk, MALI.account)
    page = text_of(officer, "/screenings")
    assert RECORD in page
    assert "suspect and potential victim: screen before charge" in page
    assert "waits for more than 48 hours" in page
    assert "1 person waits for more than 48 hours." in page
    assert "Nobody waits." in text_of(mali, "/referrals/mine")
    page = record(officer, "/screenings", record=RECORD, typed="unclear")
    assert "The person stays listed for screening." in page
    assert RECORD in page
    page = record(officer, "/screenings", record=RECORD, typed="indications")
    assert "Recorded: indications of trafficking." in page
    assert RECORD not in page
    page = text_of(mali, "/referrals/mine")
    assert "no charge for what was done under it" in page
    assert "1 referral to confirm" in text_of(mali, "/")
    assert "Nobody waits." in text_of(browser(desk, TOGO.account), "/referrals/mine")


def test_a_referral_is_made_and_confirmed_by_her_own_state(desk: Desk) -> None:
    officer, mali, togo = (browser(desk, by.account) for by in (PROTECTION, MALI, TOGO))
    page = text_of(officer, "/referrals")
    assert "consent given: refer" in page
    assert "no consent to share on file: ask the state" in page
    assert page.count('name="typed"') == 1
    assert "Referred." in record(officer, "/referrals", record=RECORD, typed="IOM Bamako")
    assert "referred to IOM Bamako: receipt missing" in text_of(officer, "/referrals")
    assert "referred to IOM Bamako: receipt missing" in text_of(mali, "/referrals/mine")
    assert togo.post("/referrals/mine", {"record": RECORD}).status_code in (403, 404)
    assert "The service has received the person." in record(mali, "/referrals/mine", record=RECORD)
    assert RECORD not in text_of(officer, "/referrals")
    assert mali.post("/referrals/mine", {"record": RECORD}).status_code == 404


def test_what_is_wrong_is_said_on_the_same_page_and_what_was_typed_stays(desk: Desk) -> None:
    officer = browser(desk, PROTECTION.account)
    for address, form in (
        ("/referrals", {"record": WITHOUT_CONSENT, "typed": "IOM Lomé"}),
        ("/referrals", {"record": RECORD, "typed": " "}),
        ("/screenings", {"record": RECORD, "typed": "guilty"}),
        ("/screenings", {"record": "no record", "typed": "none"}),
    ):
        answer = officer.post(address, form)
        assert answer.status_code in (403, 404), (address, form)
        assert '<div class="failure" role="alert">' in answer.content.decode()
        assert RECORD in answer.content.decode()
    record(officer, "/referrals", record=RECORD, typed="IOM Bamako")
    assert officer.post("/referrals", {"record": RECORD, "typed": "IOM Bamako"}).status_code == 409


@pytest.mark.parametrize("address", ["/screenings", "/referrals"])
def test_nobody_but_the_protection_officer_enters(desk: Desk, address: str) -> None:
    for by in (CLERK, MALI):
        client = browser(desk, by.account)
        for answer in (client.get(address), client.post(address, {"record": RECORD, "typed": "none"})):
            assert answer.status_code == 403
            assert RECORD not in answer.content.decode()
    assert browser(desk, PROTECTION.account).get("/referrals/mine").status_code == 403


def test_the_list_speaks_arabic_from_right_to_left(desk: Desk) -> None:
    page = text_of(browser(desk, PROTECTION.account), "/screenings?language=ar")
    assert 'dir="rtl"' in page
    assert "نتيجة التقييم" in page
    assert f'<bdi dir="ltr" class="identifier">{RECORD}</bdi>' in page


def test_a_state_sees_who_read_its_records_and_asks_about_one_in_a_form(desk: Desk) -> None:
    mali, togo = browser(desk, MALI.account), browser(desk, TOGO.account)
    assert "Nobody has been shown such a record." in text_of(mali, "/reads")
    text_of(browser(desk, PROTECTION.account), "/screenings")
    page = text_of(mali, "/reads")
    assert PROTECTION.name in page
    assert "screening before charge" in page
    assert RECORD in page
    assert "Nobody has been shown such a record." in text_of(togo, "/reads")
    assert "screening before charge" in mali.post("/reads", {"record": RECORD}).content.decode()
    assert "Nobody has been shown such a record." in mali.post("/reads", {"record": "ML/Police/P2"}).content.decode()
    assert browser(desk, CLERK.account).get("/reads").status_code == 403
