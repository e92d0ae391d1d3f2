"""One's own account in the room: who one is, another password, one-time codes."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime

import pyotp
import pytest
from tests.builders import somebody
from tests.room import browser

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.core.errors import Refused
from traboule.core.permissions import Role

AT = datetime(2024, 10, 9, 9, tzinfo=UTC)
CLERK = somebody("Awa Diop", Role.DESK)
TOGO = somebody("officer of TG", Role.NATIONAL, "TG")
PASSWORD, NEXT = "a lantern on the long quay", "seven herons over a grey river"


@pytest.fixture
def desk(database: Started) -> Desk:
    """A demo's desk with two accounts."""
    result = Desk(database)
    administrator = somebody("Jo Kim", Role.ADMINISTRATOR)
    result.perform("people.demo", by=administrator, at=AT, actors=(CLERK, TOGO, administrator))
    return result


def change(old: str, new: str, again: str = "") -> dict[str, str]:
    return {"step": "password", "old": old, "new": new, "again": again or new}


def test_an_account_shows_its_own_roles_and_is_reached_at_the_name(desk: Desk) -> None:
    client = browser(desk, TOGO.account)
    page = client.get("/account").content.decode()
    assert "national officer for Togo (TG)" in page
    assert f'<a href="/account"><bdi>{TOGO.name}</bdi></a>' in client.get("/").content.decode()
    overview = client.get("/")
    assert overview.status_code == 200
    assert "No operation is open here" in overview.content.decode()
    page = client.get("/account?language=ar").content.decode()
    assert 'dir="rtl"' in page
    assert "غيّر كلمة السر" in page


def test_a_password_is_changed_once_the_present_one_is_right_and_other_sessions_end(desk: Desk) -> None:
    client, elsewhere = browser(desk, CLERK.account), browser(desk, CLERK.account)
    answer = client.post("/account", change("", PASSWORD, NEXT))
    assert answer.status_code == 403
    assert "The two passwords differ." in answer.content.decode()
    answer = client.post("/account", change("", PASSWORD))
    assert answer.status_code == 302, answer.content.decode()
    assert "The password has been changed." in client.get(answer["Location"]).content.decode()
    assert elsewhere.get("/account").status_code == 302
    for form in (change("a wrong one entirely", NEXT), change(PASSWORD, "short")):
        answer = client.post("/account", form)
        assert answer.status_code == 403
        assert '<div class="failure" role="alert">' in answer.content.decode()
        assert NEXT not in answer.content.decode()
    now = datetime.now(UTC)
    assert desk.sign_in(CLERK.account, PASSWORD, at=now).account == CLERK.account
    with pytest.raises(Refused):
        desk.sign_in(CLERK.account, NEXT, at=now)


def test_one_time_codes_are_in_force_once_the_first_is_typed(desk: Desk) -> None:
    client = browser(desk, CLERK.account)
    client.post("/account", change("", PASSWORD))
    page = client.post("/account", {"step": "codes"}).content.decode()
    secret = re.search(r'class="identifier">([A-Z2-7]{16,})<', html.unescape(page))
    assert secret is not None
    assert secret[1] not in client.get("/account").content.decode()
    answer = client.post("/account", {"step": "codes-confirm", "code": "000", "password": PASSWORD})
    assert answer.status_code == 403
    assert 'name="code"' in answer.content.decode()
    desk.sign_in(CLERK.account, PASSWORD, at=datetime.now(UTC))
    right = {"step": "codes-confirm", "code": pyotp.TOTP(secret[1]).now(), "password": PASSWORD}
    answer = client.post("/account", right)
    assert answer.status_code == 302, answer.content.decode()
    assert "a one-time code as well" in client.get(answer["Location"]).content.decode()
    with pytest.raises(Refused) as refused:
        desk.sign_in(CLERK.account, PASSWORD, at=datetime.now(UTC))
    assert refused.value.code == "sign-in-code-needed"
    answer = client.post("/account", {"step": "codes"})
    assert answer.status_code == 409
