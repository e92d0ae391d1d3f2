"""Hits through the room: verified, released, passed on, read; who sees nothing on the way; what freezes and thaws."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from tests.hits_built import (
    DESK,
    MALI,
    PROTECTION,
    SUSPECTS,
    TOGO,
    VICTIMS,
    Handles,
    content_of,
    opened,
    raised,
    receive,
    swept,
)
from tests.room import browser

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.core.permissions import Actor

RELEASE = {
    "contact": "Lomé, desk 3, +228 22 21 20 19",
    "handling": "H2",
    "restriction": "",
    "source": "B",
    "information": "2",
}
OWNS_NO_HIT = "Nothing is asked of your state, and no contact has come."


@pytest.fixture
def desk(database: Started) -> Desk:
    """A desk with an open operation and everybody's account."""
    result = Desk(database)
    opened(result)
    return result


@pytest.fixture
def hits(desk: Desk) -> Handles:
    return raised(desk)


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()
    return without_form_token(answer.content.decode())


def without_form_token(page: str) -> str:
    """Return a page without what differs from one request to the next of the same world."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page)


def sign(client: Client, address: str, **form: str) -> str:
    """Sign a step, and return the page that says so."""
    answer = client.post(address, form)
    assert answer.status_code == 302, answer.content.decode()
    return text_of(client, answer["Location"])


@pytest.mark.parametrize(
    ("by", "agency", "fact"),
    [(DESK, SUSPECTS, "a record of the same person"), (PROTECTION, VICTIMS, "met the same victim too")],
)
def test_a_contact_goes_the_whole_way(desk: Desk, hits: Handles, by: Actor, agency: str, fact: str) -> None:
    """The desk verifies, Togo releases after a second look, the desk passes on, Mali reads; each sees its own alone."""
    handle = hits[agency, 1]
    officer, togo, mali = browser(desk, by.account), browser(desk, TOGO.account), browser(desk, MALI.account)
    untouched = text_of(mali, "/hits/mine"), text_of(mali, "/")
    assert OWNS_NO_HIT in untouched[0]
    listed = text_of(officer, "/hits")
    assert handle in listed
    assert "OVERDUE" in listed
    page = text_of(officer, f"/hits/{handle}")
    assert "Why the two are linked" in page
    assert f"TG/{agency}/P1" in page
    page = sign(officer, f"/hits/{handle}", step="verify", reason="one photograph", owner="")
    assert "The owner is asked for a contact." in page
    assert "Togo (TG)" in page

    assert "1 hit to answer" in text_of(togo, "/")
    page = text_of(togo, f"/hits/mine/{handle}")
    assert "The desk asks you for a contact" in page
    assert "Mali" not in page
    assert "ML/" not in page
    look = togo.post(f"/hits/mine/{handle}", {"step": "look", **RELEASE}).content.decode()
    assert "Nothing has been released yet." in look
    assert "H2 – not to be passed on without permission" in look
    assert "The desk asks you for a contact" in text_of(togo, f"/hits/mine/{handle}")
    assert RELEASE["contact"] in togo.post(f"/hits/mine/{handle}", {"step": "change", **RELEASE}).content.decode()
    assert "Released." in sign(togo, f"/hits/mine/{handle}", step="release", **RELEASE)
    assert (text_of(mali, "/hits/mine"), text_of(mali, "/")) == untouched
    assert mali.get(f"/hits/mine/{handle}").status_code == 404

    assert RELEASE["contact"] not in text_of(officer, f"/hits/{handle}")
    assert "The contact has been passed on." in sign(officer, f"/hits/{handle}", step="pass-on")
    assert "1 contact has come" in text_of(mali, "/")
    page = text_of(mali, f"/hits/mine/{handle}")
    assert RELEASE["contact"] in page
    assert fact in page
    assert "TG/" not in page
    assert "Togo" not in page
    assert "The desk has passed your contact on." in text_of(togo, f"/hits/mine/{handle}")


def test_the_page_of_who_asks_is_the_same_with_and_without_a_hit(desk: Desk) -> None:
    """Not one byte of Mali's pages tells whether a hit exists, was verified, released, refused or withheld."""
    mali = browser(desk, MALI.account)
    before = text_of(mali, "/hits/mine")
    handle = raised(desk)[VICTIMS, 1]
    officer, togo = browser(desk, PROTECTION.account), browser(desk, TOGO.account)
    absent = without_form_token(mali.get("/hits/mine/H-AAAAAAAAAA").content.decode())
    for client, address, form in (
        (officer, f"/hits/{handle}", {"step": "verify", "reason": "one face"}),
        (togo, f"/hits/mine/{handle}", {"step": "refuse", "reason": "a case under way"}),
        (togo, f"/hits/mine/{handle}", {"step": "release", **RELEASE}),
        (officer, f"/hits/{handle}", {"step": "withhold", "reason": "she does not want to be found"}),
    ):
        sign(client, address, **form)
        assert text_of(mali, "/hits/mine") == before
        nothing = without_form_token(mali.get(f"/hits/mine/{handle}").content.decode())
        assert nothing.replace(handle, "H-AAAAAAAAAA") == absent


def test_what_is_wrong_is_said_on_the_same_page_and_what_was_typed_stays(desk: Desk, hits: Handles) -> None:
    handle = hits[SUSPECTS, 1]
    officer, togo = browser(desk, DESK.account), browser(desk, TOGO.account)
    answer = officer.post(f"/hits/{handle}", {"step": "verify", "reason": " ", "owner": "TG"})
    assert answer.status_code == 403
    assert '<div class="failure" role="alert">' in answer.content.decode()
    assert '<option value="TG" selected>' in answer.content.decode()
    sign(officer, f"/hits/{handle}", step="verify", reason="one photograph")
    answer = togo.post(f"/hits/mine/{handle}", {"step": "release", **RELEASE, "handling": "H3"})
    assert answer.status_code == 403
    page = answer.content.decode()
    assert '<div class="failure" role="alert">' in page
    assert RELEASE["contact"] in page
    assert 'name="handling" value="H3" required checked' in page
    assert togo.post(f"/hits/mine/{handle}", {"step": "refuse", "reason": ""}).status_code == 403
    assert "Refused. Nothing is passed on." in sign(togo, f"/hits/mine/{handle}", step="refuse", reason="a case")
    # A change of mind is free until the desk is done, and so is taking it back.
    sign(togo, f"/hits/mine/{handle}", step="release", **RELEASE)
    assert "Take the contact back" in text_of(togo, f"/hits/mine/{handle}")
    again = togo.post(f"/hits/mine/{handle}", {"step": "release", **RELEASE})
    assert again.status_code == 409


def test_the_desk_and_the_protection_officer_see_their_own_hits_alone(desk: Desk, hits: Handles) -> None:
    clerk, protector = browser(desk, DESK.account), browser(desk, PROTECTION.account)
    assert hits[VICTIMS, 1] not in text_of(clerk, "/hits?show=all")
    assert hits[SUSPECTS, 1] not in text_of(protector, "/hits?show=all")
    assert clerk.get(f"/hits/{hits[VICTIMS, 1]}").status_code == 404
    form = {"step": "verify", "reason": "one photograph"}
    assert clerk.post(f"/hits/{hits[VICTIMS, 1]}", form).status_code == 404


@pytest.mark.parametrize("address", ["/hits", "/hits/H-AAAAAAAAAA", "/hits/alarms"])
def test_an_officer_of_a_state_does_not_enter_the_desks_screens(desk: Desk, address: str) -> None:
    assert browser(desk, TOGO.account).get(address).status_code == 403
    assert browser(desk, DESK.account).get("/hits/alarms").status_code == 403
    assert browser(desk, DESK.account).get("/hits/mine").status_code == 403


def test_the_overview_leads_to_what_waits_and_reads_no_record_to_say_so(desk: Desk, hits: Handles) -> None:
    page = text_of(browser(desk, PROTECTION.account), "/")
    for address in ("/hits", "/hits/alarms", "/screenings", "/referrals"):
        assert f'<li><a href="{address}">' in page.split("What waits for you")[1]
    assert desk.perform("reads.mine", by=MALI, at=datetime.now(UTC)).total == 0
    assert "/screenings" not in text_of(browser(desk, DESK.account), "/")


def test_one_page_of_a_hit_records_that_hit_alone_as_shown(desk: Desk, hits: Handles) -> None:
    at = datetime.now(UTC) + timedelta(minutes=1)
    officer = browser(desk, DESK.account)
    shown = desk.perform("hits.list", by=DESK, at=at, everything=True, handle=hits[SUSPECTS, 2]).to_json()
    assert [hit["handle"] for hit in shown["hits"]] == [hits[SUSPECTS, 2]]
    assert "P1" not in text_of(officer, f"/hits/{hits[SUSPECTS, 2]}")


def test_a_search_for_somebody_freezes_and_the_protection_officer_thaws(desk: Desk) -> None:
    handles = swept(desk, {"ML": 3}, datetime.now(UTC) - timedelta(hours=2))
    officer = browser(desk, PROTECTION.account)
    page = text_of(officer, "/hits/alarms")
    assert "ask again and again about" in page
    assert all(handle in page for handle in handles)
    page = text_of(officer, f"/hits/{handles[0]}")
    assert "It looks like a search for somebody" in page
    assert 'value="verify"' not in page
    answer = officer.post("/hits/alarms", {"handle": handles[0], "reason": " "})
    assert answer.status_code == 403
    page = sign(officer, "/hits/alarms", handle=handles[0], reason="filed by three posts of one border")
    assert "Thawed." in page
    assert 'value="verify"' in text_of(officer, f"/hits/{handles[0]}")
    assert "OVERDUE" not in text_of(officer, "/hits")


def test_the_form_speaks_arabic_from_right_to_left(desk: Desk, hits: Handles) -> None:
    handle = hits[SUSPECTS, 1]
    sign(browser(desk, DESK.account), f"/hits/{handle}", step="verify", reason="one photograph")
    page = text_of(browser(desk, TOGO.account), f"/hits/mine/{handle}?language=ar")
    assert '<html lang="ar' in page
    assert 'dir="rtl"' in page
    assert "أفرج عن جهة اتصال" in page
    assert f'<bdi dir="ltr" class="identifier">TG/{SUSPECTS}/P1</bdi>' in page


def test_a_decoy_is_planted_named_and_withdrawn(desk: Desk) -> None:
    officer = browser(desk, PROTECTION.account)
    bait = {"kind": "phone", "value": "+22376999001", "state": "", "reason": "in the list of Lomé"}
    page = sign(officer, "/hits/decoys", step="plant", **bait)
    assert "in the list of Lomé" in page
    assert "999001" not in page
    refused = officer.post("/hits/decoys", {"step": "plant", **bait}).content.decode()
    assert "It is planted already, as decoy 1." in refused
    content = content_of("ML", SUSPECTS)
    content["identifiers"][0] |= {"kind": "phone", "value": bait["value"]}
    receive(desk, MALI, content, datetime.now(UTC))
    assert "ML/Police/P1 of ML names decoy 1." in text_of(officer, "/hits/alarms")
    assert "Its alarms have ended." in sign(officer, "/hits/decoys", step="withdraw", number="1", reason="burnt")
    assert "names decoy" not in text_of(officer, "/hits/alarms")
    assert browser(desk, DESK.account).get("/hits/decoys").status_code == 403
