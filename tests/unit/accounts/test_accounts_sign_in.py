"""Signing in: what lets somebody in, what is answered alike, and how attempts are slowed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest
from argon2 import PasswordHasher, extract_parameters
from django.db import connection
from tests.unit.accounts.conftest import AT, KEEPER, PASSWORD

from traboule.accounts import passwords, sign_in
from traboule.accounts.models import Credential, FailedSignIns, SessionKey
from traboule.app.desk import Desk, SignedIn
from traboule.app.dispatch import SIGN_IN, Wish
from traboule.app.start import Started
from traboule.core.errors import Refused
from traboule.core.permissions import Actor, Role
from traboule.database.context import acting
from traboule.ledger.models import Entry


def refusal(desk: Desk, login: str = "iris", password: str = PASSWORD, at: datetime = AT, **typed: str) -> str:
    """Return the code with which signing in is refused."""
    with pytest.raises(Refused) as refused:
        desk.sign_in(login, password, at=at, **typed)
    return refused.value.code


@pytest.mark.parametrize("login", ["iris", " Iris ", "IRIS"])
def test_name_and_password_open_a_session(desk: Desk, login: str) -> None:
    entered = desk.sign_in(login, PASSWORD, at=AT)
    assert (entered.account, entered.name) == ("iris", "Iris Novak")
    by = desk.signed_in(entered.token).actor(Wish("release.draft", AT))
    assert (by.name, by.role, by.account, by.person) == ("Iris Novak", Role.PRESS, "iris", "iris")


@pytest.mark.promise("strong-login")
def test_unknown_login_wrong_password_and_ended_account_are_answered_alike(desk: Desk) -> None:
    desk.perform("people.add", by=KEEPER, at=AT, login="gone", name="Gone Person", roles=("desk",), password=PASSWORD)
    desk.perform("people.end", by=KEEPER, at=AT, login="gone")
    answers = {refusal(desk, "nobody"), refusal(desk, "iris", "wrong password 1"), refusal(desk, "gone")}
    assert answers == {"sign-in-refused"}


@pytest.mark.promise("strong-login")
def test_unknown_login_wrong_password_and_ended_account_cost_the_same_work(
    desk_at_full_cost: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each attempt runs the same statements, and one argon2id of the same cost: no clock tells them apart."""
    desk = desk_at_full_cost
    desk.perform("people.add", by=KEEPER, at=AT, login="gone", name="Gone Person", roles=("desk",), password=PASSWORD)
    desk.perform("people.end", by=KEEPER, at=AT, login="gone")
    hasher = RecordingHasher(3, 64 * 1024, 4)
    monkeypatch.setattr(passwords, "_HASHER", hasher)
    work = {}
    for login in ("iris", "nobody", "gone"):
        hasher.costs, statements = [], []

        def recorded(
            execute: Any, sql: str, params: Any, many: bool, context: Any, into: list[str] = statements
        ) -> Any:
            into.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(recorded):
            refusal(desk, login, "a wrong password")
        # How many nodes of the tree an entry reads depends on its index.
        own = [text for text in map(str, statements) if "ledger_node" not in text]
        work[login] = (hasher.costs, own)
    assert work["iris"] == work["nobody"] == work["gone"]
    assert work["nobody"][0] == [(3, 64 * 1024, 4)]
    assert len([text for text in work["nobody"][1] if '"accounts_' in text]) >= 5


class RecordingHasher(PasswordHasher):
    """The real hasher, which also notes the cost of every check."""

    costs: list[tuple[int, int, int]]

    def verify(self, hash: str | bytes, password: str | bytes) -> Any:
        cost = extract_parameters(str(hash))
        self.costs.append((cost.time_cost, cost.memory_cost, cost.parallelism))
        return super().verify(hash, password)


@pytest.mark.promise("strong-login")
@pytest.mark.parametrize("login", ["iris", "nobody"])
def test_failures_in_a_row_slow_the_next_attempt_and_never_lock_out_for_ever(desk: Desk, login: str) -> None:
    at = AT
    for _ in range(sign_in.FREE_FAILURES):
        assert refusal(desk, login, "a wrong password", at) == "sign-in-refused"
    guesses, waited = 0, timedelta()
    while waited < timedelta(hours=6):
        assert refusal(desk, login, PASSWORD, at) == "sign-in-wait"  # Even the right one: nothing is learnt meanwhile.
        with acting(SIGN_IN):
            failed = FailedSignIns.objects.get()
        assert failed.retry_at is not None
        assert failed.retry_at - at <= sign_in.LONGEST_WAIT
        waited, at = waited + (failed.retry_at - at), failed.retry_at
        if waited < timedelta(hours=6):
            assert refusal(desk, login, "a wrong password", at) == "sign-in-refused"
            guesses += 1
    assert guesses < 40  # In six hours; there would be some two hundred thousand without the wait.
    if login == "iris":
        assert desk.sign_in("iris", PASSWORD, at=at).account == "iris"
        assert refusal(desk, "iris", "a wrong password", at) == "sign-in-refused"


def test_failures_are_counted_although_the_attempt_is_refused(desk: Desk) -> None:
    refusal(desk, "iris", "a wrong password")
    with acting(SIGN_IN):
        assert FailedSignIns.objects.get().failures == 1
        assert "iris" not in FailedSignIns.objects.get().login_hash


def confirm(door: SignedIn, code: str, *, password: str = PASSWORD, at: datetime = AT) -> None:
    """Put one-time codes in force, or raise why not."""
    wish = Wish("account.codes-confirm", at)
    attempt = door.perform(wish, code=code, password=password, token=door.token)
    if attempt.refusal is not None:
        raise attempt.refusal


def with_codes(desk: Desk) -> pyotp.TOTP:
    """Begin one-time codes for Iris and return her authenticator."""
    iris = desk.signed_in(desk.sign_in("iris", PASSWORD, at=AT).token)
    clock = pyotp.TOTP(iris.perform(Wish("account.codes", AT)).secret)
    assert desk.sign_in("iris", PASSWORD, at=AT).account == "iris"  # Not in force before a code has been typed.
    confirm(iris, clock.at(AT))
    return clock


@pytest.mark.promise("strong-login")
def test_one_time_codes_once_in_force_are_needed_and_work_once(desk: Desk) -> None:
    clock, later = with_codes(desk), AT + timedelta(minutes=5)
    assert refusal(desk, at=later) == "sign-in-code-needed"
    assert refusal(desk, password="a wrong password", at=later, code=clock.at(later)) == "sign-in-refused"
    assert refusal(desk, at=later, code=clock.at(AT)) == "sign-in-refused"
    assert desk.sign_in("iris", PASSWORD, at=later, code=clock.at(later)).account == "iris"
    assert refusal(desk, at=later, code=clock.at(later)) == "sign-in-refused"


def test_codes_are_removed_by_who_keeps_people_and_not_replaced_by_their_owner(desk: Desk) -> None:
    clock, later = with_codes(desk), AT + timedelta(minutes=5)
    iris = desk.signed_in(desk.sign_in("iris", PASSWORD, at=later, code=clock.at(later)).token)
    with pytest.raises(Exception, match="One-time codes are in force"):
        iris.perform(Wish("account.codes", later))
    desk.perform("people.codes-remove", by=KEEPER, at=later, login="iris")
    assert desk.sign_in("iris", PASSWORD, at=later).account == "iris"


def test_a_password_made_for_somebody_opens_once_and_for_a_week(desk: Desk) -> None:
    made = desk.perform("people.add", by=KEEPER, at=AT, login="awa", name="Awa Diop", roles=("desk",))
    assert made.password not in str(made.to_json())
    assert refusal(desk, "awa", made.password) == "sign-in-new-password"
    assert refusal(desk, "awa", made.password, new_password="short") == "password-short"
    assert refusal(desk, "awa", made.password, AT + timedelta(days=8)) == "sign-in-refused"
    assert desk.sign_in("awa", made.password, at=AT, new_password="an own long password").account == "awa"
    assert refusal(desk, "awa", made.password) == "sign-in-refused"
    assert desk.sign_in("awa", "an own long password", at=AT).account == "awa"


def test_a_new_password_ends_the_other_sessions(desk: Desk) -> None:
    here, there = (desk.signed_in(desk.sign_in("iris", PASSWORD, at=AT).token) for _ in range(2))
    with pytest.raises(Refused, match="do not belong together"):
        here.change_password("a wrong password", "an own long password", at=AT)
    here.change_password(PASSWORD, "an own long password", at=AT)
    assert here.show(at=AT).login == "iris"
    with pytest.raises(Refused):
        there.show(at=AT)
    assert refusal(desk, "iris", PASSWORD) == "sign-in-refused"


def test_neither_tokens_nor_passwords_are_in_the_tables(desk: Desk, database: Started) -> None:
    token = desk.sign_in("iris", PASSWORD, at=AT).token
    with acting(SIGN_IN):
        stored = str([*Credential.objects.values_list(), *SessionKey.objects.values_list()])
    assert token not in stored
    assert PASSWORD not in stored


@pytest.mark.promise("strong-login")
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SIGN_IN])
def test_credentials_are_nobodys_to_read_but_the_sign_in_paths(desk: Desk, role: Role) -> None:
    desk.sign_in("iris", PASSWORD, at=AT)
    with acting(Actor("somebody", role, frozenset({"ML"}))):
        assert [model.objects.count() for model in (Credential, SessionKey, FailedSignIns)] == [0, 0, 0]
        assert SessionKey.objects.update(ended_at=None) == 0
    with acting(SIGN_IN):  # The control.
        assert Credential.objects.count() == 2
        assert SessionKey.objects.count() == 1


def left_after(desk: Desk, failures: int, at: datetime = AT) -> FailedSignIns:
    """Return what is stored after a wrong password that follows ``failures`` others."""
    with acting(SIGN_IN):
        FailedSignIns.objects.update(failures=failures, retry_at=None)
    assert refusal(desk, "iris", "a wrong password", at) == "sign-in-refused"
    with acting(SIGN_IN):
        return FailedSignIns.objects.get()


@pytest.mark.parametrize(
    ("failures", "wait"), [(3, None), (4, 1), (5, 2), (6, 4), (13, 512), (14, 900), (25, 900), (10_000, 900)]
)
def test_each_failure_after_the_fifth_doubles_the_wait_up_to_a_quarter_of_an_hour(
    desk: Desk, failures: int, wait: int | None
) -> None:
    refusal(desk, "iris", "a wrong password")
    stored = left_after(desk, failures)
    assert (stored.failures, stored.last_at) == (failures + 1, AT)
    assert stored.retry_at == (None if wait is None else AT + timedelta(seconds=wait))


def test_the_wait_ends_at_its_moment_and_is_said_in_whole_seconds(desk: Desk) -> None:
    refusal(desk, "iris", "a wrong password")
    left_after(desk, 6)
    for earlier, seconds in ((timedelta(seconds=4), 5), (timedelta(microseconds=1), 1)):
        with pytest.raises(Refused) as waiting:
            desk.sign_in("iris", PASSWORD, at=AT + timedelta(seconds=4) - earlier)
        assert (waiting.value.code, waiting.value.values) == ("sign-in-wait", {"seconds": seconds})
    assert desk.sign_in("iris", PASSWORD, at=AT + timedelta(seconds=4)).account == "iris"
    with acting(SIGN_IN):
        assert not FailedSignIns.objects.exists()


def test_failures_are_forgotten_after_a_day(desk: Desk) -> None:
    refusal(desk, "iris", "a wrong password")
    assert left_after(desk, 3, AT + timedelta(days=1)).failures == 4
    assert left_after(desk, 3, AT + timedelta(days=2, microseconds=1)).failures == 1


def test_a_password_that_was_made_ends_at_its_moment(desk: Desk) -> None:
    made = desk.perform("people.password", by=KEEPER, at=AT, login="iris").password
    last = AT + timedelta(days=7)
    assert refusal(desk, "iris", made, last) == "sign-in-refused"
    assert refusal(desk, "iris", made, last - timedelta(microseconds=1)) == "sign-in-new-password"


def test_a_password_that_is_made_ends_codes_and_sessions(desk: Desk) -> None:
    with_codes(desk)
    later = AT + timedelta(minutes=5)
    entry = desk.perform("people.password", by=KEEPER, at=later, login="iris")
    assert (entry.login, entry.person, entry.name, entry.ended_at) == ("iris", "iris", "Iris Novak", None)
    assert [role.role for role in entry.roles] == [Role.PRESS]
    with acting(SIGN_IN):
        credential = Credential.objects.get(account_id="iris")
        assert (credential.code_secret, credential.code_confirmed, credential.code_counter) == ("", False, 0)
        # One ended when the codes came in force, the others now.
        assert {session.ended_at for session in SessionKey.objects.filter(account_id="iris")} == {AT, later}


def test_a_change_of_password_waits_and_counts_as_signing_in_does(desk: Desk) -> None:
    here = desk.signed_in(desk.sign_in("iris", PASSWORD, at=AT).token)
    for _ in range(sign_in.FREE_FAILURES):
        with pytest.raises(Refused):
            here.change_password("a wrong password", "an own long password", at=AT)
    with pytest.raises(Refused) as waiting:
        here.change_password(PASSWORD, "an own long password", at=AT)
    assert waiting.value.code == "sign-in-wait"
    with pytest.raises(Refused) as weak:
        here.change_password(PASSWORD, "short", at=AT + timedelta(seconds=1))
    assert weak.value.code == "password-short"
    here.change_password(PASSWORD, "an own long password", at=AT + timedelta(seconds=1))
    with acting(SIGN_IN):
        assert not FailedSignIns.objects.exists()


def test_codes_are_confirmed_by_a_code_of_their_own_secret(desk: Desk) -> None:
    iris = desk.signed_in(desk.sign_in("iris", PASSWORD, at=AT).token)
    for code in ("", "000000"):
        with pytest.raises(Refused) as none_yet:
            confirm(iris, code)
        assert none_yet.value.code == "code-wrong"
    clock = pyotp.TOTP(iris.perform(Wish("account.codes", AT)).secret)
    with pytest.raises(Refused) as wrong:
        confirm(iris, clock.at(AT + timedelta(hours=1)))
    assert wrong.value.code == "code-wrong"
    confirm(iris, clock.at(AT))
    with acting(SIGN_IN):
        assert Credential.objects.get(account_id="iris").code_counter == clock.timecode(AT)
    assert refusal(desk, code=clock.at(AT)) == "sign-in-refused"


@pytest.mark.promise("strong-login")
def test_codes_need_the_password_again_and_end_the_other_sessions(desk: Desk) -> None:
    here, there = (desk.signed_in(desk.sign_in("iris", PASSWORD, at=AT).token) for _ in range(2))
    clock = pyotp.TOTP(here.perform(Wish("account.codes", AT)).secret)
    for guessed in ("", "a wrong password"):
        with pytest.raises(Refused) as wrong:
            confirm(here, clock.at(AT), password=guessed)
        assert wrong.value.code == "sign-in-refused"
    assert there.perform(Wish("account.show", AT)).login == "iris"
    with acting(SIGN_IN):
        assert FailedSignIns.objects.get().failures == 2
    confirm(here, clock.at(AT))
    assert here.perform(Wish("account.show", AT)).login == "iris"
    with pytest.raises(Refused) as ended:
        there.perform(Wish("account.show", AT))
    assert ended.value.code == "sign-in-needed"


def test_a_code_is_not_spent_by_a_password_that_is_refused(desk: Desk) -> None:
    clock = with_codes(desk)
    later = AT + timedelta(minutes=5)
    with acting(SIGN_IN):
        Credential.objects.filter(account_id="iris").update(is_provisional=True)
    assert refusal(desk, at=later, code=clock.at(later)) == "sign-in-new-password"
    assert refusal(desk, at=later, code=clock.at(later), new_password="short") == "password-short"
    assert desk.sign_in("iris", PASSWORD, at=later, code=clock.at(later), new_password="an own long password")


def test_what_the_ledger_hashes_of_an_attempt_is_the_account_and_never_the_token() -> None:
    by = Actor("Iris Novak", Role.SIGN_IN, account="iris")
    assert sign_in.Attempt("a token", by).to_json() == {"account": "iris", "refused": False}
    assert sign_in.Attempt(refusal=Refused("sign-in-refused")).to_json() == {"account": "", "refused": True}


def test_a_refused_attempt_leaves_an_entry_of_the_ledger(desk: Desk) -> None:
    refusal(desk, "iris", "a wrong password")
    with acting(Actor("auditor", Role.AUDITOR)):
        entry = Entry.objects.order_by("index").last()
    assert entry is not None
    assert (entry.verb, entry.actor, entry.account) == ("session.begin", "sign-in", "")
