"""Sessions as their owner sees them: where from, since when, last seen; ended one by one, or all others, or by whoever
keeps people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.unit.accounts.conftest import AT, KEEPER, PASSWORD

from traboule.app.desk import Desk
from traboule.app.dispatch import Wish
from traboule.core.errors import NotFound, Refused

HOUR = timedelta(hours=1)


def signed_in(desk: Desk, client: str, *, login: str = "iris", after: timedelta = timedelta()) -> str:
    return desk.sign_in(login, PASSWORD, at=AT + after, client=client).token


def listed(desk: Desk, token: str, after: timedelta = timedelta()) -> list[dict[str, Any]]:
    plain = desk.signed_in(token).perform(Wish("session.list", AT + after), token=token).to_json()
    sessions: list[dict[str, Any]] = plain["sessions"]
    return sessions


def end(desk: Desk, token: str, handle: str = "", after: timedelta = timedelta()) -> int:
    wish = Wish("session.end-others", AT + after)
    ended: int = desk.signed_in(token).perform(wish, token=token, handle=handle).ended
    return ended


def is_open(desk: Desk, token: str, after: timedelta = timedelta()) -> bool:
    try:
        desk.signed_in(token).show(at=AT + after)
    except Refused:
        return False
    return True


def test_sessions_say_where_from_since_when_and_when_last_seen_the_present_one_first(desk: Desk) -> None:
    here, phone = signed_in(desk, "Firefox/Linux"), signed_in(desk, "Safari/iOS", after=HOUR)
    signed_in(desk, "Edge/Windows", login="ada")
    desk.signed_in(phone).show(at=AT + 2 * HOUR)
    rows = listed(desk, here, 3 * HOUR)
    assert [(row["client"], row["is_present"]) for row in rows] == [("Firefox/Linux", True), ("Safari/iOS", False)]
    assert [row["begun_at"] for row in rows] == [AT.isoformat(), (AT + HOUR).isoformat()]
    assert [row["seen_at"] for row in rows] == [(AT + 3 * HOUR).isoformat(), (AT + 2 * HOUR).isoformat()]
    assert all(here not in str(row) and phone not in str(row) for row in rows)


def test_being_seen_is_written_once_a_minute(desk: Desk) -> None:
    here = signed_in(desk, "terminal")
    assert listed(desk, here, timedelta(seconds=59))[0]["seen_at"] == AT.isoformat()
    assert listed(desk, here, timedelta(seconds=60))[0]["seen_at"] == (AT + timedelta(seconds=60)).isoformat()


def test_the_token_of_a_program_and_what_is_over_are_not_listed(desk: Desk) -> None:
    here, gone = signed_in(desk, "terminal", after=13 * HOUR), signed_in(desk, "terminal", after=13 * HOUR)
    signed_in(desk, "Firefox/Linux")
    desk.signed_in(here).perform(Wish("token.make", AT + 13 * HOUR), name="filing")
    desk.signed_in(gone).end(at=AT + 13 * HOUR)
    assert [row["is_present"] for row in listed(desk, here, 13 * HOUR)] == [True]


@pytest.mark.promise("revocation-is-immediate")
def test_one_session_is_ended_by_its_handle_and_no_other(desk: Desk) -> None:
    here, phone, office = (signed_in(desk, client) for client in ("terminal", "Safari/iOS", "Edge/Windows"))
    handle = next(row["handle"] for row in listed(desk, here) if row["client"] == "Safari/iOS")
    assert end(desk, here, handle) == 1
    assert [is_open(desk, token) for token in (here, phone, office)] == [True, False, True]
    with pytest.raises(NotFound) as again:
        end(desk, here, handle)
    assert again.value.code == "session-unknown"


@pytest.mark.promise("revocation-is-immediate")
def test_all_others_end_and_the_present_one_and_programs_stay(desk: Desk) -> None:
    here, phone, office = (signed_in(desk, client) for client in ("terminal", "Safari/iOS", "Edge/Windows"))
    program = desk.signed_in(here).perform(Wish("token.make", AT), name="filing").token
    assert end(desk, here) == 2
    assert [is_open(desk, token) for token in (here, phone, office, program)] == [True, False, False, True]
    assert end(desk, here) == 0


def test_a_handle_ends_neither_the_present_session_nor_somebody_else_s_nor_several(desk: Desk) -> None:
    here, ada = signed_in(desk, "terminal"), signed_in(desk, "terminal", login="ada")
    signed_in(desk, "Safari/iOS")
    own, phone = (row["handle"] for row in listed(desk, here))
    hers = listed(desk, ada)[0]["handle"]
    for handle in (own, hers, "0", phone[:8], "%", "nonesuch"):
        with pytest.raises(NotFound):
            end(desk, here, handle)
    assert is_open(desk, ada)
    assert len(listed(desk, here)) == 2


@pytest.mark.promise("revocation-is-immediate")
def test_who_keeps_people_ends_all_that_a_person_has_open(desk: Desk) -> None:
    desk.perform("people.add", by=KEEPER, at=AT, login="iris.desk", of="iris", roles=("desk",), password=PASSWORD)
    second, here = signed_in(desk, "Edge/Windows", login="iris.desk"), signed_in(desk, "terminal")
    program = desk.signed_in(here).perform(Wish("token.make", AT), name="filing").token
    ada = signed_in(desk, "terminal", login="ada")
    result = desk.signed_in(ada).perform(Wish("people.sessions-end", AT), login="iris")
    assert result.to_json() == {"login": "iris", "ended": 3}
    assert [is_open(desk, token) for token in (here, program, second, ada)] == [False, False, False, True]
    assert is_open(desk, signed_in(desk, "terminal"))  # The account stays in force.
    with pytest.raises(Refused):
        desk.signed_in(signed_in(desk, "terminal")).perform(Wish("people.sessions-end", AT), login="ada")
