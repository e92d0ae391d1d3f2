"""Signing in by an OpenID provider: whose identity is whose account, answered once, and which second factor counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyotp
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from tests.passkey_device import Device
from tests.unit.accounts.conftest import AT, KEEPER, PASSWORD
from tests.unit.accounts.test_accounts_passkeys import owner_of

from traboule.accounts.models import BoundIdentity, Credential
from traboule.accounts.openid import states
from traboule.app.desk import CodeWanted, Desk, Entered
from traboule.app.dispatch import SIGN_IN, Wish
from traboule.core.errors import TrabouleError
from traboule.core.permissions import Actor, Role
from traboule.database.context import acting
from traboule.ledger.models import Entry

ISSUER, SUBJECT, BROWSER = "https://login.example", "8d1f", "a secret in a cookie"
KEY = ECKey.generate_key("P-256", {"kid": "one"})
PARTY = {"issuer": ISSUER, "client_id": "traboule", "methods": ("mfa",), "assurances": ("high",)}
IRIS, AUDITOR = Actor("Iris", Role.PRESS, account="iris"), Actor("Lina Haddad", Role.AUDITOR)
MINUTE = timedelta(minutes=1)


def bound(desk: Desk, login: str = "iris", subject: str = SUBJECT, issuer: str = ISSUER) -> Any:
    return desk.perform("people.bind", by=KEEPER, at=AT, login=login, issuer=issuer, subject=subject)


def begun(desk: Desk, browser: str = BROWSER) -> Any:
    return desk.begin_with_provider(ISSUER, browser, at=AT)


def answer_to(asked: Any, browser: str = BROWSER, **claims: Any) -> dict[str, Any]:
    """Return what comes back from the provider, which knows one person."""
    now = int(AT.timestamp())
    told = {"iss": ISSUER, "aud": "traboule", "sub": SUBJECT, "nonce": asked.nonce, "iat": now, "exp": now + 900}
    token = jwt.encode({"alg": "ES256", "kid": "one"}, {**told, **claims}, KEY, ["ES256"])
    keys = {"keys": [KEY.as_dict(private=False)]}
    return {"state": asked.state, "browser": browser, "token": token, "keys": keys}


def entered(desk: Desk, after: timedelta = MINUTE, party: Any = PARTY, **claims: Any) -> Entered | CodeWanted:
    return desk.sign_in_by_provider(party, answer_to(begun(desk), **claims), at=AT + after)


def refusal_of(attempt: Any) -> str:
    with pytest.raises(TrabouleError) as refusal:
        attempt()
    return refusal.value.code


def entries_of(verb: str) -> list[tuple[str, str]]:
    with acting(AUDITOR):
        return list(Entry.objects.filter(verb=verb).order_by("index").values_list("account", "actor"))


def test_a_bound_identity_signs_in_its_account_and_the_ledger_names_it(desk: Desk) -> None:
    bound(desk)
    mine = entered(desk)
    assert isinstance(mine, Entered)
    assert (mine.account, mine.name) == ("iris", "Iris Novak")
    assert desk.signed_in(mine.token).perform(Wish("account.show", AT + MINUTE)).login == "iris"
    assert entries_of("session.provider") == [("iris", "Iris Novak")]


def test_what_a_browser_is_sent_with_is_for_it_alone_and_in_no_text(desk: Desk) -> None:
    first, second = begun(desk), begun(desk)
    assert len({first.state, second.state, first.nonce, second.nonce, first.proof_key, second.proof_key}) == 6
    again = desk.resume_with_provider(ISSUER, BROWSER, first.state, at=AT + MINUTE)
    assert (again.nonce, again.proof_key) == (first.nonce, first.proof_key)
    asked = desk.perform("session.provider-begin", by=SIGN_IN, at=AT, issuer=ISSUER, browser=BROWSER)
    text = str(asked.to_json()) + repr(asked)
    assert asked.begun.nonce not in text
    assert asked.begun.proof_key not in text
    assert 43 <= len(first.proof_key) <= 128  # RFC 7636, section 4.1.


def test_a_state_is_of_one_browser_one_issuer_and_a_quarter_of_an_hour(desk: Desk) -> None:
    bound(desk)
    state = begun(desk).state
    for issuer, browser, text, after in (
        (ISSUER, "another browser", state, MINUTE),
        (ISSUER, "", state, MINUTE),
        ("https://elsewhere.example", BROWSER, state, MINUTE),
        (ISSUER, BROWSER, state[:-2] + "AA", MINUTE),
        (ISSUER, BROWSER, "", MINUTE),
        (ISSUER, BROWSER, "é*", MINUTE),
        (ISSUER, BROWSER, state, states.LASTS),
    ):
        resumed = lambda: desk.resume_with_provider(issuer, browser, text, at=AT + after)  # noqa: B023, E731
        assert refusal_of(resumed) == "provider-stale"
    assert desk.resume_with_provider(ISSUER, BROWSER, state, at=AT + states.LASTS - MINUTE)
    stolen = answer_to(begun(desk), browser="another browser")
    assert refusal_of(lambda: desk.sign_in_by_provider(PARTY, stolen, at=AT)) == "provider-stale"


def test_an_answer_counts_once_and_a_refused_one_is_spent(desk: Desk) -> None:
    bound(desk)
    answer = answer_to(begun(desk))
    assert desk.sign_in_by_provider(PARTY, answer, at=AT)
    assert refusal_of(lambda: desk.sign_in_by_provider(PARTY, answer, at=AT + MINUTE)) == "provider-stale"
    asked = begun(desk)
    bad = answer_to(asked, nonce=begun(desk).nonce)
    assert refusal_of(lambda: desk.sign_in_by_provider(PARTY, bad, at=AT)) == "provider-refused"
    assert refusal_of(lambda: desk.sign_in_by_provider(PARTY, answer_to(asked), at=AT)) == "provider-stale"
    assert entries_of("session.provider")[1:] == [("", "sign-in")] * 3


@pytest.mark.promise("strong-login")
def test_a_token_of_another_client_nonce_or_time_lets_nobody_in(desk: Desk) -> None:
    bound(desk)
    now = int(AT.timestamp())
    for claims in ({"aud": "another"}, {"nonce": "another"}, {"exp": now - 300}, {"iss": "https://other.example"}):
        assert refusal_of(lambda said=claims: entered(desk, **said)) == "provider-refused"


def test_an_identity_that_is_bound_to_nobody_is_told_its_subject_and_no_address_is_compared(desk: Desk) -> None:
    bound(desk, subject="another")
    with pytest.raises(TrabouleError) as refusal:
        entered(desk, email="iris@police.example", preferred_username="iris", name="Iris Novak")
    assert (refusal.value.code, refusal.value.values) == ("provider-unbound", {"subject": SUBJECT})
    bound(desk, issuer="https://other.example")
    assert refusal_of(lambda: entered(desk)) == "provider-unbound"


def test_an_ended_account_is_signed_in_by_nothing_and_frees_its_identity(desk: Desk) -> None:
    bound(desk)
    desk.perform("people.end", by=KEEPER, at=AT, login="iris")
    assert refusal_of(lambda: entered(desk)) == "provider-unbound"
    assert desk.perform("people.identities", by=KEEPER, at=AT).identities == ()
    with acting(SIGN_IN):  # Even a row that is still in force opens nothing of an account that has ended.
        BoundIdentity.objects.update(ended_at=None)
    assert refusal_of(lambda: entered(desk)) == "provider-unbound"


def test_an_identity_that_was_unbound_lets_nobody_in_and_ends_the_sessions(desk: Desk) -> None:
    bound(desk)
    mine = entered(desk)
    assert isinstance(mine, Entered)
    entry = desk.perform("people.unbind", by=KEEPER, at=AT + MINUTE, issuer=ISSUER, subject=SUBJECT)
    assert (entry.login, entry.subject) == ("iris", SUBJECT)
    assert refusal_of(lambda: entered(desk)) == "provider-unbound"
    shown = Wish("account.show", AT + MINUTE)
    assert refusal_of(lambda: desk.signed_in(mine.token).perform(shown)) == "sign-in-needed"
    again = {"issuer": ISSUER, "subject": SUBJECT}
    assert refusal_of(lambda: desk.perform("people.unbind", by=KEEPER, at=AT, **again)) == "identity-unknown"
    assert bound(desk, "ada").login == "ada"


def test_who_is_bound_notices_and_who_keeps_people_stays(desk: Desk) -> None:
    iris, ada = (desk.sign_in(login, PASSWORD, at=AT).token for login in ("iris", "ada"))
    bound(desk)
    bound(desk, "ada", "ada's")
    assert refusal_of(lambda: desk.signed_in(iris).show(at=AT)) == "sign-in-needed"
    assert desk.signed_in(ada).show(at=AT).login == "ada"
    listed = desk.signed_in(ada).perform(Wish("people.identities", AT)).to_json()["identities"]
    assert [(entry["login"], entry["subject"], entry["bound_by"]) for entry in listed] == [
        ("ada", "ada's", "ada"),
        ("iris", SUBJECT, "ada"),
    ]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"login": "nobody"}, "account-unknown"),
        ({"issuer": "login.example"}, "identity-issuer"),
        ({"issuer": "ftp://login.example"}, "identity-issuer"),
        ({"issuer": f"https://{'x' * 255}"}, "identity-issuer"),
        ({"subject": " "}, "identity-subject"),
        ({"subject": "x" * 256}, "identity-subject"),
        ({"subject": SUBJECT}, "identity-bound"),
    ],
)
def test_what_cannot_be_bound_is_refused(desk: Desk, told: dict[str, str], code: str) -> None:
    bound(desk)
    assert refusal_of(lambda: bound(desk, **{"login": "ada", "subject": "another", **told})) == code


def test_who_does_not_keep_people_binds_nobody(desk: Desk) -> None:
    token = desk.sign_in("iris", PASSWORD, at=AT).token
    told = {"login": "iris", "issuer": ISSUER, "subject": SUBJECT}
    assert refusal_of(lambda: desk.signed_in(token).perform(Wish("people.bind", AT), **told)) == "role-lacking"
    assert refusal_of(lambda: desk.signed_in(token).perform(Wish("people.identities", AT))) == "role-lacking"


def with_codes(desk: Desk) -> pyotp.TOTP:
    """Put one-time codes in force for Iris, as of an hour ago."""
    door = desk.signed_in(desk.sign_in("iris", PASSWORD, at=AT).token)
    clock = pyotp.TOTP(door.perform(Wish("account.codes", AT)).secret)
    earlier = AT - timedelta(hours=1)
    told = {"code": clock.at(earlier), "password": PASSWORD, "token": door.token}
    assert desk.perform("account.codes-confirm", by=IRIS, at=earlier, **told).refusal is None
    return clock


@pytest.mark.parametrize("claims", [{"amr": ["pwd", "mfa"]}, {"acr": "high"}])
def test_a_second_factor_of_the_provider_counts(desk: Desk, claims: dict[str, Any]) -> None:
    with_codes(desk)
    bound(desk)
    assert isinstance(entered(desk, **claims), Entered)
    owner_by_passkey = Device()
    with acting(SIGN_IN):
        Credential.objects.filter(account_id="iris").update(code_confirmed=False)
    owner_of(desk, owner_by_passkey)
    assert isinstance(entered(desk, **claims), Entered)


def test_else_the_account_s_own_code_is_asked_for(desk: Desk) -> None:
    clock = with_codes(desk)
    bound(desk)
    for claims in ({}, {"amr": ["pwd"]}, {"acr": "low"}):
        wanted = entered(desk, **claims)
        assert isinstance(wanted, CodeWanted)
    assert entries_of("session.provider") == [("iris", "Iris Novak")] * 3
    at = AT + MINUTE

    def typed(code: str, browser: str = BROWSER, ticket: str = wanted.ticket, after: timedelta = MINUTE) -> Entered:
        return desk.sign_in_by_provider_code(ticket, browser, code, at=AT + after)

    assert refusal_of(lambda: typed("000000")) == "provider-code-wrong"
    for told in (
        {"browser": "another browser"},
        {"ticket": wanted.ticket.replace("iris", "ada")},
        {"ticket": "iris none"},
        {"ticket": ""},
        {"ticket": f"iris {begun(desk).state}"},
        {"after": timedelta(minutes=7)},
    ):
        assert refusal_of(lambda told=told: typed(clock.at(at), **told)) == "provider-stale"
    assert typed(clock.at(at)).account == "iris"
    later = AT + 3 * MINUTE
    assert refusal_of(lambda: typed(clock.at(later), after=3 * MINUTE)) == "provider-stale"
    assert wanted.ticket not in repr(wanted)


def test_guessed_codes_count_as_failures_of_the_account(desk: Desk) -> None:
    clock = with_codes(desk)
    bound(desk)
    wanted = entered(desk)
    assert isinstance(wanted, CodeWanted)
    at = AT + MINUTE
    typed = lambda code: desk.sign_in_by_provider_code(wanted.ticket, BROWSER, code, at=at)  # noqa: E731
    assert [refusal_of(lambda: typed("000000")) for _ in range(5)] == ["provider-code-wrong"] * 5
    assert refusal_of(lambda: typed(clock.at(at))) == "sign-in-wait"


def test_an_account_with_a_passkey_signs_in_by_it_where_the_provider_asked_for_no_second_factor(desk: Desk) -> None:
    owner_of(desk, Device())
    bound(desk)
    assert refusal_of(lambda: entered(desk, amr=["pwd"])) == "provider-passkey"
    assert entries_of("session.provider") == [("iris", "Iris Novak")]
    none_counts = PARTY | {"methods": (), "assurances": ()}
    assert refusal_of(lambda: entered(desk, party=none_counts, amr=["mfa"])) == "provider-passkey"
    assert isinstance(entered(desk, amr=["mfa"]), Entered)


def test_nothing_of_an_answer_is_in_the_ledger(desk: Desk) -> None:
    bound(desk)
    entered(desk)
    with acting(AUDITOR):
        text = str(list(Entry.objects.values()))
    assert "session.provider" in text
    assert "people.bind" in text
    assert SUBJECT not in text
