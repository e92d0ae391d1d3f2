"""Judging in the room: the queue, two records side by side, a signed judgement, and taking it back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from tests.conftest import Administered
from tests.room import browser, ended
from tests.worlds import CURIOUS, build, empty

from traboule.app.desk import Desk

DESK = CURIOUS[1]


@pytest.fixture
def desk(kept_database: Administered) -> Iterator[Desk]:
    """A desk to which Mali and Togo have filed, linked; one link is open."""
    yield build(kept_database, None)
    empty(kept_database)


def queued(client: Client) -> tuple[str, str]:
    """Return the address of the queue and its page."""
    address = client.get("/links")["Location"]
    return address.removeprefix("/work/"), ended(client, address)


def test_a_link_is_judged_and_the_judgement_taken_back(desk: Desk) -> None:
    client = browser(desk, DESK.account)
    work, page = queued(client)
    assert "ML/Police/P1" in page
    assert "ML/Police/P1" not in f"/links/{work}/0"
    shown = client.get(f"/links/{work}/0").content.decode()
    assert shown.count("<section") == 2
    assert all(f'data-key="{key}"' in shown for key in "sdu")
    signed = client.post(f"/links/{work}/0/decide", {"verdict": "match", "reason": "document"})
    last = signed["Location"].split("?")[0].endswith("/ended")
    assert signed["Location"].endswith("?done=judged")
    assert ("ended" in signed["Location"]) == last
    judged = client.get(f"/links/{work}/0").content.decode()
    assert "Documents compared" in judged.split("What was judged before")[1]
    assert "ML/Police/P1" not in queued(client)[1].split("<main")[1].split("judgement")[0]
    back = client.post(f"/links/{work}/0/undo")
    assert back["Location"] == f"/links/{work}/0?done=undone"
    assert "Taken back" in client.get(back["Location"]).content.decode()
    assert "ML/Police/P1" in queued(client)[1]


def test_a_judgement_without_a_reason_or_of_a_verdict_that_is_none_is_refused_in_words(desk: Desk) -> None:
    client = browser(desk, DESK.account)
    work, _ = queued(client)
    without = client.post(f"/links/{work}/0/decide", {"verdict": "match", "reason": "because"})
    assert (without.status_code, b"needs a reason" in without.content) == (403, True)
    strange = client.post(f"/links/{work}/0/decide", {"verdict": "perhaps", "reason": "document"})
    assert (strange.status_code, b"no verdict" in strange.content) == (403, True)


def test_a_queue_is_of_one_session_and_ends_at_its_last_link(desk: Desk) -> None:
    client = browser(desk, DESK.account)
    work, _ = queued(client)
    assert browser(desk, DESK.account).get(f"/links/{work}/0").status_code == 404
    assert client.get(f"/links/{work}/500").status_code == 404


def test_records_are_linked_anew_and_the_page_says_how_many_persons(desk: Desk) -> None:
    client = browser(desk, DESK.account)
    page = ended(client, client.post("/links/run")["Location"])
    assert "The records are linked" in page


def test_the_queue_reads_from_the_right_in_arabic(desk: Desk) -> None:
    client = browser(desk, DESK.account)
    client.cookies["traboule-language"] = "ar"
    work, page = queued(client)
    assert 'dir="rtl"' in page
    assert "أهو الشخص نفسه؟" in client.get(f"/links/{work}/0").content.decode()
