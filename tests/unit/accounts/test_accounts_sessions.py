"""Sessions at the door: nobody acts without one, and none outlives its end, its time, its account or its database."""

from __future__ import annotations

import base64
import subprocess
import sys
from datetime import timedelta

import pytest
from tests.unit.accounts.conftest import AT, KEEPER, PASSWORD

from traboule.accounts import sessions
from traboule.accounts.models import SessionKey
from traboule.app.desk import Desk
from traboule.app.dispatch import SIGN_IN, Wish, session_key
from traboule.app.start import Started
from traboule.app.verbs import VERBS
from traboule.core.errors import Refused, Unready
from traboule.core.permissions import Actor, Role
from traboule.database.context import acting
from traboule.ledger.models import Entry

OPEN = {"session.begin", "session.seat", "session.demo", "release.published"}

PROBE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from traboule.app.desk import Desk
from traboule.core.errors import Refused
desk = Desk.start(Path(sys.argv[1]), database=sys.argv[2], create=False)
signed_in = desk.signed_in(sys.argv[3])
at = datetime(2024, 10, 9, 9, tzinfo=UTC)
print(signed_in.show(at=at).login, flush=True)
sys.stdin.readline()
try:
    signed_in.show(at=at)
except Refused as refusal:
    print(refusal.code, flush=True)
desk.stop()
"""


def refused(desk: Desk, token: str, verb: str = "account.show", **changed: timedelta) -> str:
    with pytest.raises(Refused) as refusal:
        desk.signed_in(token).actor(Wish(verb, AT + changed.get("after", timedelta())))
    return refusal.value.code


@pytest.mark.promise("strong-login")
@pytest.mark.parametrize("verb", VERBS)
def test_no_verb_without_a_session(desk: Desk, verb: str) -> None:
    """Default deny: whatever the verb, and an unknown one alike. The verbs that let somebody in are no session's."""
    for token in ("", "made-up", "0" * 43):
        assert refused(desk, token, verb) == "sign-in-needed"
        assert refused(desk, token, "no.such-verb") == "sign-in-needed"
    iris = desk.sign_in("iris", PASSWORD, at=AT).token
    if verb in OPEN:
        assert refused(desk, iris, verb) == "role-lacking"


def test_without_a_database_nobody_is_signed_in() -> None:
    with pytest.raises(Unready):
        Desk.plain().signed_in("token").show(at=AT)
    for verb in ("release.show", "no.such-verb", "people.list"):
        with pytest.raises(Refused):
            Desk.plain().perform_for_anybody(verb, at=AT)


@pytest.mark.promise("revocation-is-immediate")
def test_an_ended_session_is_refused_and_a_replayed_token_opens_nothing(desk: Desk) -> None:
    token = desk.sign_in("iris", PASSWORD, at=AT).token
    desk.signed_in(token).end(at=AT)
    assert refused(desk, token) == "sign-in-needed"
    again = desk.sign_in("iris", PASSWORD, at=AT).token
    assert again != token
    assert refused(desk, token) == "sign-in-needed"


def test_a_session_lasts_its_time_and_no_longer(desk: Desk) -> None:
    token = desk.sign_in("iris", PASSWORD, at=AT).token
    assert desk.signed_in(token).show(at=AT + sessions.LASTS - timedelta(seconds=1)).login == "iris"
    assert refused(desk, token, after=sessions.LASTS) == "sign-in-needed"


@pytest.mark.promise("revocation-is-immediate")
def test_an_ended_account_is_refused_at_its_next_verb_in_another_process(desk: Desk, database: Started) -> None:
    token = desk.sign_in("iris", PASSWORD, at=AT).token
    probe = [sys.executable, "-c", PROBE, str(database.home), database.app.database, token]
    with subprocess.Popen(probe, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline().strip() == "iris"
        desk.perform("people.end", by=KEEPER, at=AT, login="iris")
        other.stdin.write("\n")
        other.stdin.flush()
        assert other.stdout.readline().strip() == "sign-in-needed"


@pytest.mark.promise("strong-login")
def test_who_can_write_a_session_but_has_no_key_makes_none(desk: Desk, database: Started) -> None:
    """A row copied from another database, or hashed without the key, opens nothing; hashed with it, it would."""
    token = "known-to-the-attacker"
    with acting(SIGN_IN):
        for key in (b"", b"another database's"):
            SessionKey.objects.create(
                key_hash=sessions.hash_of(key, token), account_id="iris", begun_at=AT, expires_at=AT + sessions.LASTS
            )
    assert refused(desk, token) == "sign-in-needed"
    with acting(SIGN_IN):  # The control.
        key_hash = sessions.hash_of(session_key(database), token)
        SessionKey.objects.create(key_hash=key_hash, account_id="iris", begun_at=AT, expires_at=AT + sessions.LASTS)
    assert desk.signed_in(token).show(at=AT).login == "iris"


def test_the_ledger_names_who_signed_in(desk: Desk) -> None:
    token = desk.sign_in("iris", PASSWORD, at=AT).token
    desk.signed_in(token).end(at=AT)
    with acting(Actor("auditor", Role.AUDITOR)):
        entries = list(Entry.objects.order_by("index").values_list("verb", "actor", "account"))
    assert entries[-2:] == [("session.begin", "Iris Novak", "iris"), ("session.end", "Iris Novak", "iris")]


def test_the_first_to_sit_down_has_every_role_and_the_next_none(database: Started) -> None:
    desk = Desk(database)
    entered = desk.sit_down("Awa Diop", at=AT)
    assert (entered.account, entered.name) == ("awa-diop", "Awa Diop")
    roles = {entry.role for entry in desk.signed_in(entered.token).show(at=AT).roles}
    assert roles == set(Role) - {Role.ENGINE, Role.SIGN_IN}
    for user in ("somebody", "iris"):
        with pytest.raises(Refused):
            desk.sit_down(user, at=AT + timedelta(days=1))


def test_who_sits_at_an_embedded_database_gets_a_new_key_until_a_password_is_chosen(database: Started) -> None:
    desk = Desk(database)
    assert database.home is not None
    first = desk.sit_down("root", at=AT)
    second = desk.sit_down("root", at=AT + timedelta(days=1))
    assert first.account == second.account
    desk.signed_in(second.token).change_password("", "an own long password", at=AT)
    with pytest.raises(Refused):
        desk.sit_down("root", at=AT + timedelta(days=2))


def test_an_account_acts_without_a_password_in_a_demo_alone(database: Started) -> None:
    desk = Desk(database)
    with pytest.raises(Refused) as before:
        desk.act_in_demo("press", "", at=AT)
    desk.perform("people.demo", by=KEEPER, at=AT, actors=(Actor("Press Officer", Role.PRESS, account="press"),))
    assert desk.act_in_demo("press", "", at=AT).account == desk.act_in_demo("", "press", at=AT).account == "press"
    with pytest.raises(Refused) as unknown:
        desk.act_in_demo("nobody", "", at=AT)
    assert (before.value.code, unknown.value.code) == ("as-outside-demo", "demo-account-unknown")


@pytest.mark.promise("strong-login")
def test_a_database_with_accounts_never_becomes_a_demos(desk: Desk) -> None:
    with pytest.raises(Exception, match="cannot become a demonstration"):
        desk.perform("people.demo", by=KEEPER, at=AT, actors=())
    with pytest.raises(Refused) as refusal:
        desk.act_in_demo("iris", "", at=AT)
    assert refusal.value.code == "as-outside-demo"


def test_a_key_has_256_random_bits(desk: Desk) -> None:
    tokens = {desk.sign_in("iris", PASSWORD, at=AT).token for _ in range(3)}
    assert len(tokens) == 3
    assert {len(base64.urlsafe_b64decode(f"{token}=")) for token in tokens} == {32}


def test_a_seat_and_a_demonstration_last_a_year_and_no_longer(database: Started) -> None:
    desk, year = Desk(database), timedelta(days=365)
    desk.perform("people.demo", by=KEEPER, at=AT, actors=(Actor("Press Officer", Role.PRESS, account="press"),))
    entered = desk.act_in_demo("press", "", at=AT)
    assert desk.signed_in(entered.token).show(at=AT + year - timedelta(seconds=1)).login == "press"
    assert refused(desk, entered.token, after=year) == "sign-in-needed"


def test_who_sits_down_first_may_for_a_year(database: Started) -> None:
    desk, year = Desk(database), timedelta(days=365)
    token = desk.sit_down("root", at=AT).token
    assert desk.signed_in(token).show(at=AT + year - timedelta(seconds=1)).login == "root"
    assert refused(desk, token, after=year) == "sign-in-needed"
