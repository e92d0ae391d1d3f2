"""Passkeys: made, listed, removed, signed in by; and everything that must let nobody in."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from tests.passkey_device import ORIGIN, PRESENT, SITE, VERIFIED, Device, bytes_of, text_of
from tests.unit.accounts.conftest import AT, KEEPER, PASSWORD

from traboule.accounts.models import FailedSignIns, Passkey, SpentChallenge
from traboule.app.desk import TERMINAL, Desk, Entered
from traboule.app.dispatch import SIGN_IN, Wish
from traboule.core.errors import Refused, TrabouleError
from traboule.core.permissions import Actor, Role
from traboule.database.context import acting
from traboule.ledger.models import Entry

PLACE = {"site": SITE, "origin": ORIGIN}
AUDITOR = Actor("Lina Haddad", Role.AUDITOR)
MINUTE = timedelta(minutes=1)


def perform(desk: Desk, token: str, verb: str, after: timedelta = timedelta(), **arguments: Any) -> Any:
    return desk.signed_in(token).perform(Wish(verb, AT + after), **arguments)


def added(desk: Desk, token: str, device: Device, name: str = "blue key", **told: Any) -> Any:
    """Return what comes of adding the key of ``device`` to the account signed in by ``token``."""
    options = perform(desk, token, "passkey.challenge", **PLACE).options
    told = {"name": name, "password": PASSWORD, "answer": device.create(options), **PLACE, **told}
    return perform(desk, token, "passkey.add", **told)


def owner_of(desk: Desk, device: Device, login: str = "iris") -> str:
    """Give an account the key of ``device`` and return the token of its session."""
    token = desk.sign_in(login, PASSWORD, at=AT).token
    assert added(desk, token, device).refusal is None
    return token


def entered(desk: Desk, device: Device, after: timedelta = MINUTE, **place: str) -> Entered:
    """Sign in by ``device``."""
    options = desk.ask_for_passkey(SITE, ORIGIN, at=AT + after)
    return answered(desk, device.sign(options), after, **place)


def answered(desk: Desk, answer: str, after: timedelta = MINUTE, **place: str) -> Entered:
    return desk.sign_in_by_passkey(**{**PLACE, **place}, answer=answer, at=AT + after)


def refusal_of(attempt: Any) -> str:
    with pytest.raises(TrabouleError) as refusal:
        attempt()
    return refusal.value.code


def test_a_passkey_alone_signs_in(desk: Desk) -> None:
    device = Device()
    owner_of(desk, device)
    mine = entered(desk, device)
    assert mine.account == "iris"
    assert perform(desk, mine.token, "account.show", MINUTE).login == "iris"
    shown = perform(desk, mine.token, "passkey.list", MINUTE).to_json()["passkeys"][0]
    assert (shown["name"], shown["site"], shown["copied_at"]) == ("blue key", SITE, None)
    assert shown["used_at"] == (AT + MINUTE).isoformat()
    with acting(AUDITOR):
        entries = list(Entry.objects.order_by("index").values_list("verb", "account"))
    assert entries[-2:] == [("passkey.add", "iris"), ("session.passkey", "iris")]


def test_what_a_browser_is_asked_for_needs_its_user_and_holds_no_login(desk: Desk) -> None:
    token = owner_of(desk, Device())
    asked = perform(desk, token, "passkey.challenge", **PLACE)
    chosen = asked.options["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")
    assert [entry["id"] for entry in asked.options["excludeCredentials"]] == [text_of(Device().id)]
    assert b"iris" not in bytes_of(asked.options["user"]["id"])
    assert asked.options["challenge"] not in str(asked.to_json()) + repr(asked)
    options = desk.ask_for_passkey(SITE, ORIGIN, at=AT)
    assert (options["rpId"], options["userVerification"], options["allowCredentials"]) == (SITE, "required", [])


def test_an_account_with_a_passkey_signs_in_by_no_password_but_at_a_terminal(desk: Desk) -> None:
    owner_of(desk, Device())
    assert refusal_of(lambda: desk.sign_in("iris", PASSWORD, at=AT)) == "sign-in-refused"
    assert desk.sign_in("iris", PASSWORD, at=AT, client=TERMINAL).account == "iris"
    assert desk.sign_in("ada", PASSWORD, at=AT).account == "ada"


@pytest.mark.promise("strong-login")
def test_a_right_password_of_an_account_with_a_passkey_is_answered_as_a_wrong_one(desk: Desk) -> None:
    owner_of(desk, Device())
    answers = []
    for password in (PASSWORD, "not hers at all"):
        with acting(SIGN_IN):
            FailedSignIns.objects.all().delete()
        codes = [refusal_of(lambda typed=password: desk.sign_in("iris", typed, at=AT)) for _ in range(6)]
        entries = [entry.account for entry in entries_of("session.begin")][-6:]
        answers.append((codes, entries))
    assert answers[0] == answers[1] == (["sign-in-refused"] * 5 + ["sign-in-wait"], [""] * 6)


def entries_of(verb: str) -> list[Entry]:
    with acting(AUDITOR):
        return list(Entry.objects.filter(verb=verb).order_by("index"))


def test_an_answer_counts_once(desk: Desk) -> None:
    device = Device(step=0)  # Its counter stays at naught, as those of many passkeys do.
    owner_of(desk, device)
    answer = device.sign(desk.ask_for_passkey(SITE, ORIGIN, at=AT))
    assert answered(desk, answer).account == "iris"
    assert refusal_of(lambda: answered(desk, answer)) == "passkey-stale"
    options = desk.ask_for_passkey(SITE, ORIGIN, at=AT)
    assert refusal_of(lambda: answered(desk, Device(2).sign(options))) == "passkey-refused"
    assert refusal_of(lambda: answered(desk, device.sign(options))) == "passkey-stale"


def test_a_challenge_has_its_time_and_is_then_forgotten(desk: Desk) -> None:
    device = Device()
    owner_of(desk, device)
    answer = device.sign(desk.ask_for_passkey(SITE, ORIGIN, at=AT))
    assert refusal_of(lambda: answered(desk, answer, timedelta(minutes=5))) == "passkey-stale"
    answer = device.sign(desk.ask_for_passkey(SITE, ORIGIN, at=AT))
    assert answered(desk, answer, timedelta(minutes=5, seconds=-1)).account == "iris"
    assert entered(desk, device, timedelta(minutes=20)).account == "iris"
    with acting(SIGN_IN):
        assert SpentChallenge.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"flags": PRESENT},
        {"flags": VERIFIED},
        {"origin": "http://localhost:8001"},
        {"origin": "https://localhost:8000"},
        {"site": "traboule.example"},
        {"client": {"crossOrigin": True}},
        {"client": {"type": "webauthn.create"}},
        {"handle": ""},
        {"handle": text_of(bytes(32))},
    ],
    ids=str,
)
def test_an_answer_that_is_not_right_lets_nobody_in(desk: Desk, change: dict[str, Any]) -> None:
    device = Device()
    owner_of(desk, device)
    assert refusal_of(lambda: entered(desk, dataclasses.replace(device, **change))) == "passkey-refused"
    assert entered(desk, device).account == "iris"


def test_only_a_challenge_of_this_server_for_this_use_counts(desk: Desk) -> None:
    device = Device()
    token = owner_of(desk, device)
    own = {"challenge": text_of(bytes(56))}
    assert refusal_of(lambda: answered(desk, device.sign(own))) == "passkey-refused"
    for_adding = perform(desk, token, "passkey.challenge", **PLACE).options
    assert refusal_of(lambda: answered(desk, device.sign(for_adding))) == "passkey-refused"
    elsewhere = desk.ask_for_passkey("traboule.example", ORIGIN, at=AT)
    assert refusal_of(lambda: answered(desk, device.sign(elsewhere))) == "passkey-refused"
    of_ada = perform(desk, desk.sign_in("ada", PASSWORD, at=AT).token, "passkey.challenge", **PLACE).options
    told = {**PLACE, "name": "red", "password": PASSWORD, "answer": Device(2).create(of_ada)}
    assert perform(desk, token, "passkey.add", **told).refusal.code == "passkey-refused"


def test_a_copied_passkey_is_refused_from_then_on(desk: Desk) -> None:
    device = Device()
    token = owner_of(desk, device)
    copy = dataclasses.replace(device)
    entered(desk, device)
    entered(desk, device)
    assert refusal_of(lambda: entered(desk, copy)) == "passkey-copied"
    assert refusal_of(lambda: entered(desk, device)) == "passkey-copied"
    shown = perform(desk, token, "passkey.list").to_json()["passkeys"][0]
    assert shown["copied_at"] == (AT + MINUTE).isoformat()
    assert refusal_of(lambda: desk.sign_in("iris", PASSWORD, at=AT)) == "sign-in-refused"


def test_an_attempt_with_a_copied_passkey_names_the_account_in_the_ledger(desk: Desk) -> None:
    device = Device()
    owner_of(desk, device)
    copy = dataclasses.replace(device)
    entered(desk, device)
    assert refusal_of(lambda: entered(desk, copy)) == "passkey-copied"
    assert refusal_of(lambda: entered(desk, Device(2))) == "passkey-refused"
    named = [(entry.account, entry.actor) for entry in entries_of("session.passkey")]
    assert named == [("iris", "Iris Novak"), ("iris", "Iris Novak"), ("", "sign-in")]


def test_a_removed_passkey_lets_nobody_in_and_the_password_does_again(desk: Desk) -> None:
    device = Device()
    token = owner_of(desk, device)
    other = desk.sign_in("ada", PASSWORD, at=AT).token
    name = text_of(device.id)
    assert refusal_of(lambda: perform(desk, other, "passkey.remove", passkey=name)) == "passkey-unknown"
    assert perform(desk, token, "passkey.remove", passkey=name).name == "blue key"
    assert refusal_of(lambda: entered(desk, device)) == "passkey-refused"
    assert desk.sign_in("iris", PASSWORD, at=AT).account == "iris"


def test_a_lost_authenticator_is_overcome_by_a_new_password(desk: Desk) -> None:
    device = Device()
    owner_of(desk, device)
    made = desk.perform("people.password", by=KEEPER, at=AT, login="iris").password
    assert refusal_of(lambda: entered(desk, device)) == "passkey-refused"
    assert desk.sign_in("iris", made, new_password=f"{PASSWORD} again", at=AT).account == "iris"


def test_an_ended_account_signs_in_by_nothing(desk: Desk) -> None:
    device = Device()
    owner_of(desk, device)
    desk.perform("people.end", by=KEEPER, at=AT, login="iris")
    assert refusal_of(lambda: entered(desk, device)) == "passkey-refused"


def test_failures_in_a_row_slow_the_next_attempt_known_or_not(desk: Desk) -> None:
    device = Device()
    owner_of(desk, device)
    for bad in (dataclasses.replace(device, flags=PRESENT), Device(2)):
        codes = [refusal_of(lambda bad=bad: entered(desk, bad)) for _ in range(6)]
        assert codes == ["passkey-refused"] * 5 + ["sign-in-wait"]
    assert refusal_of(lambda: entered(desk, device)) == "sign-in-wait"
    assert desk.sign_in("iris", PASSWORD, at=AT, client=TERMINAL).account == "iris"
    assert entered(desk, device, timedelta(minutes=20)).account == "iris"


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"name": " "}, "passkey-name"),
        ({"name": "x" * 61}, "passkey-name"),
        ({"name": "blue key"}, "passkey-name-taken"),
        ({"password": "not hers at all"}, "sign-in-refused"),
        ({"answer": "{}"}, "passkey-refused"),
    ],
)
def test_what_cannot_be_added_is_refused(desk: Desk, told: dict[str, str], code: str) -> None:
    token = owner_of(desk, Device())
    assert added(desk, token, Device(2), **{"name": "red key", **told}).refusal.code == code


def test_a_key_is_of_one_account_and_an_account_has_so_many(desk: Desk) -> None:
    token = owner_of(desk, Device())
    ada = desk.sign_in("ada", PASSWORD, at=AT).token
    assert added(desk, ada, Device()).refusal.code == "passkey-refused"
    for number in range(2, 11):
        assert added(desk, token, Device(number), name=f"key {number}").refusal is None
    assert refusal_of(lambda: perform(desk, token, "passkey.challenge", **PLACE)) == "passkey-too-many"


def test_a_guessed_password_at_adding_counts_as_a_failure(desk: Desk) -> None:
    token = desk.sign_in("iris", PASSWORD, at=AT).token
    for _ in range(5):
        assert added(desk, token, Device(), password="not hers at all").refusal.code == "sign-in-refused"
    assert added(desk, token, Device()).refusal.code == "sign-in-wait"


def test_nothing_of_an_answer_is_in_the_ledger(desk: Desk) -> None:
    device = Device()
    token = owner_of(desk, device)
    entered(desk, device)
    with acting(AUDITOR):
        assert Entry.objects.filter(verb="passkey.add").count() == 1
        assert text_of(device.id) not in str(list(Entry.objects.values()))
        assert list(Passkey.objects.all()) == []  # Nobody's to read but the sign-in path's.
    assert isinstance(json.dumps(perform(desk, token, "passkey.list").to_json()), str)


@pytest.mark.parametrize("seed", range(12))
def test_bytes_that_are_none_of_an_authenticator_s_are_refused_and_never_break(desk: Desk, seed: int) -> None:
    random = Random(seed)
    device = Device()
    token = owner_of(desk, device)
    answer = json.loads(device.sign(desk.ask_for_passkey(SITE, ORIGIN, at=AT)))
    part = random.choice(["clientDataJSON", "authenticatorData", "signature", "userHandle"])
    answer["response"][part] = spoiled(random, answer["response"][part])
    assert refusal_of(lambda: answered(desk, json.dumps(answer))) == "passkey-refused", part
    made = json.loads(Device(2).create(perform(desk, token, "passkey.challenge", **PLACE).options))
    made["response"]["attestationObject"] = spoiled(random, made["response"]["attestationObject"], 200)
    refusal = added(desk, token, Device(2), name="red key", answer=json.dumps(made)).refusal
    assert refusal is None or isinstance(refusal, Refused)


def spoiled(random: Random, text: str, within: int = 40) -> str:
    """Return base64url of other bytes: one of the first changed, cut, or of no length."""
    content = bytearray(bytes_of(text))
    place = random.randrange(min(len(content), within))
    kind = random.choice(["change", "cut", "nothing", "other"])
    if kind == "change":
        content[place] ^= random.randrange(1, 256)
    return {"cut": text_of(content[:place]), "nothing": "", "other": 7}.get(kind, text_of(content))  # type: ignore[return-value]
