"""What the links show, in the room: groups with their picture, convergence, what was seen again, routes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.conftest import Administered
from tests.room import browser
from tests.worlds import CURIOUS, KNOWN, MALI, PROTECTION, build, empty

from traboule.app.desk import Desk

DESK = CURIOUS[1]
SCREENS = ("/networks", "/convergence", "/recurrence", "/routes", "/offers")


@pytest.fixture
def desk(kept_database: Administered) -> Iterator[Desk]:
    """A desk to which Mali filed two suspects, and Togo two and a victim; linked."""
    yield build(kept_database, KNOWN)
    empty(kept_database)


def test_a_group_is_shown_with_its_members_by_handle_and_its_picture(desk: Desk) -> None:
    client = browser(desk, DESK.account)
    assert "Group 1" in client.get("/networks").content.decode()
    sheet = client.get("/networks/1").content.decode()
    assert "ML/Police/A1" in sheet
    assert "TG/Police/A1" in sheet
    assert sheet.count('<g class="member action"') == 3, "two actions and the key"
    assert "237612345" not in sheet
    assert client.get("/networks/99").status_code == 404
    assert "ML/Police/I1" in client.get("/recurrence?kind=phone").content.decode()
    assert "ML/Police/I1" not in client.get("/recurrence?kind=company").content.decode()


def test_the_desk_sees_nothing_of_a_victim_and_the_protection_officer_does(desk: Desk) -> None:
    pages = [browser(desk, by.account).get("/routes").content.decode() for by in (DESK, PROTECTION)]
    assert "No journey is filed" in pages[0]
    assert "Togo" in pages[1].split("<main")[1]
    for path in (*SCREENS, "/networks/1"):
        assert "TG/Police/X1" not in browser(desk, DESK.account).get(path).content.decode()


@pytest.mark.parametrize("path", [*SCREENS, "/networks/1"])
def test_no_state_officer_enters(desk: Desk, path: str) -> None:
    assert browser(desk, MALI.account).get(path).status_code == 403
