"""The wall: what it shows, to whom, in which direction, and that it names no record and nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from tests.conftest import Administered
from tests.room import browser
from tests.two_returns import filed
from tests.worlds import ACCOUNTS, AT, CURIOUS, ENGINE, KNOWN, MALI, PAIR, build, empty

from traboule.app.desk import Desk
from traboule.core.permissions import GRANTS, Permission


@pytest.fixture
def desk(kept_database: Administered) -> Iterator[Desk]:
    """A desk to which Mali and Togo have filed, on 9 October, and that has counted."""
    yield build(kept_database, KNOWN)
    empty(kept_database)


@pytest.fixture
def client(desk: Desk) -> Client:
    """The desk officer's browser."""
    return browser(desk, CURIOUS[1].account)


def page(client: Client, language: str = "en") -> str:
    answer = client.get(f"/wall?language={language}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_shows_operation_figures_grid_and_what_came_last(client: Client) -> None:
    text = page(client)
    for words in (
        "Lantern",
        "PROVISIONAL",
        "9 Oct 2024, 09:00 UTC",
        "Arrests",
        "2 of 2 states have filed",
        "<strong>Mali",
    ):
        assert words in text, words
    assert '<path class="day received"' in text
    assert re.search(r'data-states="{&quot;466&quot;:&quot;rows&quot;,&quot;768&quot;:&quot;rows&quot;}"', text)
    assert re.search(r"<th scope=\"row\">Togo</th><td>Rows</td><td>9 Oct</td>", text)


def test_a_change_is_said_since_what_was_counted_a_day_before(desk: Desk, client: Client) -> None:
    assert "since" not in page(client)
    again = filed("ML", "Police").replace(b'"version": 1', b'"version": 2')
    desk.perform("return.receive", by=MALI, at=AT + timedelta(days=2), name="ML.json", content=again)
    desk.perform("figures.compute", by=ENGINE, at=AT + timedelta(days=2))
    assert "unchanged since 9 Oct 2024, 09:00 UTC" in page(client)


def test_it_names_no_record_no_row_no_agency_and_nobody(client: Client) -> None:
    text = page(client).partition('id="wall"')[2]
    for secret in (*PAIR, "Police", "Amavi", "Adjoa", "76123451", "P1", "X1"):
        assert secret not in text, secret


def test_it_is_complete_without_script_and_mirrored_in_arabic_but_for_time_and_map(client: Client) -> None:
    text = page(client, "ar")
    assert 'dir="rtl"' in text
    assert '<svg direction="ltr" viewBox=' in text
    assert "الجدار" in text
    assert '<figure class="wall-map" hidden>' in text  # The map needs a script; its table does not.


@pytest.mark.parametrize("by", ACCOUNTS, ids=lambda by: by.role.value)
def test_whoever_may_see_the_figures_may_look_and_listen(desk: Desk, by: object) -> None:
    role = by.role  # type: ignore[attr-defined]
    status = 200 if Permission.COMPUTE_FIGURES in GRANTS[role] else 403
    mine = browser(desk, by.account)  # type: ignore[attr-defined]
    assert [mine.get(path).status_code for path in ("/wall", "/wall/stream")] == [status, status]


def test_nobody_listens_without_a_session(desk: Desk) -> None:
    assert browser(desk).get("/wall/stream")["Location"] == "/sign-in?next=/wall/stream"


def test_before_anything_is_opened_it_says_so(database: Administered) -> None:
    desk = Desk(database)
    desk.perform("people.demo", by=CURIOUS[4], at=AT, actors=ACCOUNTS)
    assert "No operation is open here" in page(browser(desk, CURIOUS[1].account))
