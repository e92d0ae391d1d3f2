"""Tokens of programs: shown once, named, in force for their days, and no way into an account."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.unit.accounts.conftest import AT, KEEPER, PASSWORD

from traboule.accounts.models import SessionKey
from traboule.app.desk import Desk
from traboule.app.dispatch import SIGN_IN, Wish
from traboule.app.verbs import FOR_PROGRAMS
from traboule.core.errors import TrabouleError
from traboule.core.permissions import Actor, Role
from traboule.database.context import acting
from traboule.ledger.models import Entry
from traboule.web.api.routes import API_ROUTES

AUDITOR = Actor("Lina Haddad", Role.AUDITOR)


def perform(desk: Desk, key: str, verb: str, after: timedelta = timedelta(), **arguments: Any) -> Any:
    return desk.signed_in(key).perform(Wish(verb, AT + after), **arguments)


def refusal_of(desk: Desk, key: str, verb: str = "account.show", after: timedelta = timedelta(), **told: Any) -> str:
    with pytest.raises(TrabouleError) as refusal:
        perform(desk, key, verb, after, **told)
    return refusal.value.code


def test_a_token_acts_as_its_account_until_its_last_day(desk: Desk) -> None:
    iris = desk.sign_in("iris", PASSWORD, at=AT).token
    made = perform(desk, iris, "token.make", name=" Case  system ", days=30)
    assert made.token.startswith("traboule_")
    assert made.token not in str(made.to_json()) + repr(made)
    assert perform(desk, made.token, "account.show", timedelta(days=29)).login == "iris"
    assert refusal_of(desk, made.token, after=timedelta(days=30)) == "sign-in-needed"
    assert [entry.name for entry in perform(desk, iris, "token.list").tokens] == ["Case system"]
    with acting(SIGN_IN):
        assert made.token not in str(list(SessionKey.objects.values()))
    with acting(AUDITOR):
        entries = list(Entry.objects.values())
    assert "token.make" in {entry["verb"] for entry in entries}
    assert made.token not in str(entries)


def test_a_token_ends_when_its_owner_ends_it(desk: Desk) -> None:
    iris = desk.sign_in("iris", PASSWORD, at=AT).token
    made = perform(desk, iris, "token.make", name="filing")
    perform(desk, iris, "token.end", name="filing")
    assert refusal_of(desk, made.token) == "sign-in-needed"
    assert refusal_of(desk, iris, "token.end", name="filing") == "token-unknown"
    assert perform(desk, iris, "token.make", name="filing").token != made.token


def test_a_token_ends_with_its_account_and_with_a_new_password(desk: Desk) -> None:
    iris = desk.sign_in("iris", PASSWORD, at=AT).token
    first = perform(desk, iris, "token.make", name="first").token
    desk.signed_in(iris).change_password(PASSWORD, f"{PASSWORD} again", at=AT)
    assert refusal_of(desk, first) == "sign-in-needed"
    second = perform(desk, iris, "token.make", name="second").token
    desk.perform("people.end", by=KEEPER, at=AT, login="iris")
    assert refusal_of(desk, second) == "sign-in-needed"


@pytest.mark.parametrize(
    ("verb", "told"),
    [
        ("token.make", {"name": "heir"}),
        ("token.end", {"name": "filing"}),
        ("session.end", {"token": "any"}),
        ("account.password", {"old": PASSWORD, "new": f"{PASSWORD} again", "token": "any"}),
        ("account.codes", {}),
        ("judge.queue", {}),
        ("release.sign", {}),
        ("release.issue", {}),
        ("people.list", {}),
    ],
)
def test_a_token_asks_for_nothing_that_is_not_for_programs(desk: Desk, verb: str, told: dict[str, Any]) -> None:
    iris = desk.sign_in("iris", PASSWORD, at=AT).token
    made = perform(desk, iris, "token.make", name="filing").token
    assert refusal_of(desk, made, verb, **told) == "token-not-for-this"
    assert perform(desk, made, "account.show").login == "iris"


def test_what_programs_may_ask_for_is_what_the_api_offers() -> None:
    offered = {verb for route in API_ROUTES for verb in route.verbs}
    assert offered - {"release.published"} == FOR_PROGRAMS - {"account.show"}


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"name": "  "}, "token-name"),
        ({"name": "x" * 61}, "token-name"),
        ({"name": "a", "days": 0}, "token-days"),
        ({"name": "a", "days": 367}, "token-days"),
        ({"name": "filing"}, "token-name-taken"),
    ],
)
def test_a_name_or_a_time_that_can_be_none_is_refused(desk: Desk, told: dict[str, Any], code: str) -> None:
    iris = desk.sign_in("iris", PASSWORD, at=AT).token
    perform(desk, iris, "token.make", name="filing")
    assert refusal_of(desk, iris, "token.make", **told) == code


def test_an_account_has_so_many_tokens_and_no_more(desk: Desk) -> None:
    iris = desk.sign_in("iris", PASSWORD, at=AT).token
    for number in range(20):
        perform(desk, iris, "token.make", name=f"program {number}")
    assert refusal_of(desk, iris, "token.make", name="another") == "token-too-many"
