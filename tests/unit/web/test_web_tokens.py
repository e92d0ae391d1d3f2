"""Tokens of programs and open sessions in the room: made and shown once, listed, ended."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from tests.builders import somebody
from tests.room import browser

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.core.errors import Refused
from traboule.core.permissions import Role
from traboule.web.visit import COOKIE

AT = datetime(2024, 10, 9, 9, tzinfo=UTC)
CLERK, KEEPER = somebody("Awa Diop", Role.DESK), somebody("Jo Kim", Role.ADMINISTRATOR)
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Version/19.1 Safari/604.1"
OFFICE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0"


@pytest.fixture
def desk(database: Started) -> Desk:
    """A demo's desk with two accounts."""
    result = Desk(database)
    result.perform("people.demo", by=KEEPER, at=AT, actors=(CLERK, KEEPER))
    return result


def signed_in(desk: Desk, program: str, login: str = CLERK.account) -> Client:
    """Return a browser that calls itself ``program`` and signed in by the demo's form."""
    client = browser(desk)
    client.defaults["HTTP_USER_AGENT"] = program
    assert client.post("/sign-in/demo", {"login": login}).status_code == 302
    return client


def test_a_token_is_shown_once_and_acts_until_it_is_ended(desk: Desk) -> None:
    client = browser(desk, CLERK.account)
    assert "No token is in force." in client.get("/account/tokens").content.decode()
    answer = client.post("/account/tokens", {"step": "make", "name": "Case <b>system", "days": "30"})
    shown = re.search(r"traboule_[\w-]{43}", html.unescape(answer.content.decode()))
    assert shown is not None
    assert desk.signed_in(shown[0]).show(at=datetime.now(UTC)).login == CLERK.account
    page = client.get("/account/tokens").content.decode()
    assert shown[0] not in page
    assert "Case &lt;b&gt;system" in page
    answer = client.post("/account/tokens", {"step": "end", "name": "Case <b>system"})
    assert answer["Location"] == "/account/tokens?done=token-ended"
    with pytest.raises(Refused):
        desk.signed_in(shown[0]).show(at=datetime.now(UTC))


@pytest.mark.parametrize(
    ("form", "status", "sentence"),
    [
        ({"name": "", "days": "30"}, 403, "A token needs a name"),
        ({"name": "a", "days": "0"}, 403, "A token lasts from 1 to 366 days"),
        ({"name": "a", "days": "soon"}, 403, "A token lasts from 1 to 366 days"),
        ({"name": "filing", "days": "30"}, 409, "end that one below"),
    ],
)
def test_what_is_wrong_with_a_new_token_is_said_and_the_form_keeps_what_was_typed(
    desk: Desk, form: dict[str, str], status: int, sentence: str
) -> None:
    client = browser(desk, CLERK.account)
    client.post("/account/tokens", {"step": "make", "name": "filing", "days": "30"})
    answer = client.post("/account/tokens", {"step": "make", **form})
    page = html.unescape(answer.content.decode())
    assert answer.status_code == status
    assert sentence in page
    assert f'name="days" value="{form["days"]}"' in page
    assert not re.search(r"traboule_[\w-]{43}", page)


def test_an_account_lists_where_it_is_signed_in_and_ends_one_or_all_others(desk: Desk) -> None:
    here, phone, office = signed_in(desk, "curl/8"), signed_in(desk, PHONE), signed_in(desk, OFFICE)
    page = here.get("/account").content.decode()
    for words in ("Another program", "Safari on iOS", "Edge on Windows"):
        assert words in page
    assert "iPhone OS 19" not in page
    assert page.count('name="handle"') == 2
    handle = re.search(
        r'name="handle" value="(\w+)"[^/]*<button class="second">End it<span class="unseen"> Safari', page
    )
    assert handle is not None
    answer = here.post("/account", {"step": "session-end", "handle": handle[1]})
    assert "That session has ended." in here.get(answer["Location"]).content.decode()
    assert [client.get("/account").status_code for client in (phone, office)] == [302, 200]
    assert here.post("/account", {"step": "session-end", "handle": handle[1]}).status_code == 404
    assert here.post("/account", {"step": "session-end", "handle": ""}).status_code == 404
    assert office.get("/account").status_code == 200
    here.post("/account", {"step": "sessions-end"})
    assert [client.get("/account").status_code for client in (office, here)] == [302, 200]


def test_who_keeps_people_ends_a_person_s_sessions_at_once(desk: Desk) -> None:
    keeper, clerk = browser(desk, KEEPER.account), browser(desk, CLERK.account)
    assert keeper.get("/people").content.decode().count('action="/people/sessions"') == 1  # Not one's own.
    answer = keeper.post("/people/sessions", {"login": CLERK.account})
    assert "The account stays in force." in keeper.get(answer["Location"]).content.decode()
    assert clerk.get("/account")["Location"] == "/sign-in?next=/account"
    assert clerk.cookies[COOKIE].value
    assert browser(desk, CLERK.account).get("/account").status_code == 200
    assert clerk.post("/people/sessions", {"login": KEEPER.account})["Location"].startswith("/sign-in")
