"""Signing in by a provider in the real room, before a real provider on this machine; and what lets nobody in."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pyotp
import pytest
from django.test import Client
from tests.openid_provider import CLIENT, SECRET, OpenIdProvider, running_provider
from tests.room import browser
from tests.worlds import ACCOUNTS, CURIOUS

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.core.permissions import Actor, Role
from traboule.database.context import acting
from traboule.ledger.models import Entry
from traboule.web.openid.configuration import ProviderConfiguration
from traboule.web.openid.provider import Provider
from traboule.web.visit import COOKIE

KEEPER = CURIOUS[4]
LOGIN = ACCOUNTS[1].account
NOW = datetime.now(UTC)
AUDITOR = Actor("Lina Haddad", Role.AUDITOR)
WAITING = "traboule-provider"  # The cookie of a browser that has begun.


@pytest.fixture
def openid() -> Iterator[OpenIdProvider]:
    """A provider that knows the desk officer."""
    with running_provider(person="8d1f") as provider:
        yield provider


@pytest.fixture
def desk(database: Started) -> Desk:
    opened = Desk(database)
    opened.perform("people.demo", by=KEEPER, at=NOW, actors=ACCOUNTS)
    return opened


@pytest.fixture
def client(desk: Desk, openid: OpenIdProvider) -> Client:
    """A browser before the room, which knows the provider; the desk officer's identity is bound."""
    desk.perform("people.bind", by=KEEPER, at=NOW, login=LOGIN, issuer=openid.url, subject="8d1f")
    return browser(desk, provider=provider_of(openid))


def provider_of(openid: OpenIdProvider) -> Provider:
    return Provider(ProviderConfiguration(openid.url, CLIENT, "Police", SECRET))


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def sent(client: Client, back: str = "/figures") -> str:
    """Begin; return where the browser is led."""
    answer = client.post("/sign-in/provider", {"next": back})
    assert answer.status_code == 200, answer.content.decode()
    begin, _, address = str(answer["Refresh"]).partition("url=")
    assert begin == "0; "
    return address


def returned(address: str) -> str:
    """Sign in at the provider; return the address it sends the browser back to, without the origin."""
    try:
        build_opener(_NoRedirect).open(address)
    except Exception as redirect:  # noqa: BLE001  urllib raises what it does not follow.
        back = urlsplit(redirect.headers["Location"])  # type: ignore[attr-defined]
        return f"{back.path}?{back.query}"
    raise AssertionError("the provider sent nobody back")


def entered(client: Client) -> Any:
    return client.get(returned(sent(client)))


def failed(answer: Any, code_in_words: str) -> bool:
    """Tell whether an answer says so, and lets nobody in."""
    return (
        answer.status_code in (403, 503) and code_in_words in answer.content.decode() and COOKIE not in answer.cookies
    )


REFUSED, STALE, UNBOUND = "was not accepted", "Begin again", "signs in no account here"


def test_the_sign_in_page_leads_there_only_where_a_provider_is_configured(client: Client, desk: Desk) -> None:
    page = client.get("/sign-in?next=/figures").content.decode()
    assert 'action="/sign-in/provider"' in page
    assert 'name="next" value="/figures"' in page
    assert "Sign in with Police" in page
    plain = browser(desk)
    assert "/sign-in/provider" not in plain.get("/sign-in").content.decode()
    assert plain.get("/sign-in/provider/return").status_code == 404
    for path in ("/sign-in/provider", "/sign-in/provider/code"):
        assert plain.post(path).status_code == 404


@pytest.mark.promise("strong-login")
def test_a_link_or_form_from_elsewhere_begins_no_sign_in(desk: Desk, openid: OpenIdProvider) -> None:
    strange = browser(desk, provider=provider_of(openid), checks_forms=True)
    assert strange.get("/sign-in/provider?next=/figures").status_code == 405
    assert strange.post("/sign-in/provider", {"next": "/figures"}).status_code == 403
    assert openid.asked == []


def test_who_the_provider_vouches_for_is_signed_in_and_led_on(client: Client, openid: OpenIdProvider) -> None:
    answer = entered(client)
    assert answer.status_code == 200
    assert answer["Refresh"] == "0; url=/figures"
    assert answer.cookies[COOKIE]["samesite"] == "Strict"
    assert answer.cookies[WAITING].value == ""
    assert client.get("/account").status_code == 200
    asked = openid.asked[0]
    assert (asked["scope"], asked["code_challenge_method"], asked["response_type"]) == ("openid", "S256", "code")
    assert asked["redirect_uri"] == "http://127.0.0.1/sign-in/provider/return"
    with acting(AUDITOR):
        assert Entry.objects.filter(verb="session.provider", account=LOGIN).count() == 1
        text = str(list(Entry.objects.values()))
    assert SECRET not in text
    assert "8d1f" not in text


def test_a_way_back_that_leaves_the_room_leads_to_the_overview(client: Client) -> None:
    for back in ("https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"):
        answer = client.get(returned(sent(client, back)))
        assert answer["Refresh"] == "0; url=/"


@pytest.mark.promise("strong-login")
@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another client"},
        {"iss": "https://elsewhere.example"},
        {"exp": 1_700_000_000},
        {"iat": 1_700_000_000},
        {"sub": None},
    ],
    ids=str,
)
def test_a_token_that_says_something_else_lets_nobody_in(
    client: Client, openid: OpenIdProvider, claims: dict[str, Any]
) -> None:
    openid.claims = claims
    assert failed(entered(client), REFUSED)
    openid.claims = {}
    assert entered(client).status_code == 200


@pytest.mark.promise("strong-login")
@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_that_no_key_of_the_provider_signed_lets_nobody_in(
    client: Client, openid: OpenIdProvider, algorithm: str
) -> None:
    openid.algorithm = algorithm
    assert failed(entered(client), REFUSED)


def test_a_new_key_counts_at_once_and_one_that_is_shown_no_more_does_not(
    client: Client, openid: OpenIdProvider
) -> None:
    assert entered(client).status_code == 200
    openid.algorithm = "RS256"
    openid.rotate()
    assert entered(client).status_code == 200
    openid.published = openid.keys[:1]
    assert failed(entered(client), REFUSED)


def test_an_identity_that_is_bound_to_nobody_is_told_so(client: Client, openid: OpenIdProvider) -> None:
    openid.person = "somebody else"
    openid.claims = {"email": f"{LOGIN}@police.example", "email_verified": True}
    answer = entered(client)
    assert failed(answer, UNBOUND)
    assert "somebody else" in answer.content.decode()


def test_an_ended_account_is_let_in_no_more(client: Client, desk: Desk) -> None:
    desk.perform("people.end", by=KEEPER, at=NOW, login=LOGIN)
    assert failed(entered(client), UNBOUND)


@pytest.mark.promise("strong-login")
def test_an_address_that_was_answered_is_answered_no_more(client: Client, desk: Desk, openid: OpenIdProvider) -> None:
    start = sent(client)
    waiting = client.cookies[WAITING].value
    back = returned(start)
    assert client.get(back).status_code == 200
    assert failed(client.get(back), STALE)  # The browser has forgotten that it began.
    client.cookies[WAITING] = waiting
    assert failed(client.get(back), STALE)  # Nor does it help to remember: the state was answered.
    client.cookies[WAITING] = waiting
    assert failed(client.get(returned(start)), STALE)  # Nor does a new code.
    code = parse_qs(urlsplit(back).query)["code"][0]
    state = parse_qs(urlsplit(sent(client)).query)["state"][0]
    answer = client.get("/sign-in/provider/return", {"code": code, "state": state})
    assert failed(answer, REFUSED)  # Nor a new state: the provider gives nothing for a code a second time.


@pytest.mark.promise("strong-login")
def test_an_answer_counts_in_the_browser_alone_in_which_it_was_begun(
    client: Client, desk: Desk, openid: OpenIdProvider
) -> None:
    back = returned(sent(client))
    other = browser(desk, provider=provider_of(openid))
    assert failed(other.get(back), STALE)
    sent(other)
    assert failed(other.get(back), STALE)
    asked = openid.requests.count("/token")
    assert asked == 0  # Nothing is asked of the provider for a state that is not this browser's.


def test_a_code_of_another_sign_in_gets_nothing(client: Client, openid: OpenIdProvider) -> None:
    stolen = parse_qs(urlsplit(returned(sent(client))).query)["code"][0]
    back = urlsplit(returned(sent(client)))
    state = parse_qs(back.query)["state"][0]
    assert failed(client.get(back.path, {"code": stolen, "state": state}), REFUSED)


@pytest.mark.parametrize(
    ("brought", "words"),
    [
        ({"error": "access_denied"}, "signed nobody in"),
        ({}, "signed nobody in"),
        ({"code": "x", "iss": "https://elsewhere.example"}, REFUSED),
        ({"code": "x", "state": "none"}, STALE),
    ],
)
def test_who_comes_back_without_a_code_is_told_so(client: Client, brought: dict[str, str], words: str) -> None:
    state = parse_qs(urlsplit(sent(client)).query)["state"][0]
    assert failed(client.get("/sign-in/provider/return", {"state": state, **brought}), words)


def test_the_account_s_own_code_is_asked_for_where_the_provider_asked_for_no_second_factor(
    client: Client, desk: Desk, openid: OpenIdProvider
) -> None:
    me, earlier = ACCOUNTS[1], NOW - timedelta(hours=1)
    clock = pyotp.TOTP(desk.perform("account.codes", by=me, at=earlier).secret)
    told = {"code": clock.at(earlier), "token": ""}
    assert desk.perform("account.codes-confirm", by=me, at=earlier, **told).refusal is None
    page = entered(client)
    assert COOKIE not in page.cookies
    ticket = page.content.decode().partition('name="ticket" value="')[2].partition('"')[0]
    wrong = client.post("/sign-in/provider/code", {"ticket": ticket, "code": "none"})
    assert wrong.status_code == 403
    assert "one-time code is wrong" in wrong.content.decode()
    right = client.post("/sign-in/provider/code", {"ticket": ticket, "code": clock.now()})
    assert (right.status_code, right["Refresh"]) == (200, "0; url=/figures")
    assert client.get("/account").status_code == 200
    openid.claims = {"amr": ["mfa"]}
    assert "Refresh" in entered(browser(desk, provider=provider_of(openid)))


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "https://elsewhere.example"},
        {"token_endpoint": "http://elsewhere.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": 7},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
    ids=str,
)
def test_a_provider_that_says_it_is_another_is_not_spoken_with(
    client: Client, openid: OpenIdProvider, described: dict[str, Any]
) -> None:
    openid.description = described
    assert failed(client.post("/sign-in/provider"), REFUSED)


def test_the_secret_goes_in_a_form_where_the_provider_wants_that(client: Client, openid: OpenIdProvider) -> None:
    openid.description = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert entered(client).status_code == 200


def test_a_provider_that_cannot_be_reached_is_said_to_be(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    configuration = ProviderConfiguration(f"http://127.0.0.1:{port}", CLIENT, "Police", SECRET)
    answer = browser(desk, provider=Provider(configuration)).post("/sign-in/provider")
    assert failed(answer, "cannot be reached")


def test_a_provider_that_answers_nothing_useful_breaks_nothing(desk: Desk) -> None:
    for raw in (
        b"",
        b"HTTP/1.1 200 OK\r\n\r\n[",
        b"HTTP/1.1 500 No\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n",
    ):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            thread = threading.Thread(target=answer_once, args=(listening, raw))
            thread.start()
            issuer = f"http://127.0.0.1:{listening.getsockname()[1]}"
            configured = Provider(ProviderConfiguration(issuer, CLIENT, "Police", SECRET))
            answer = browser(desk, provider=configured).post("/sign-in/provider")
            assert answer.status_code in (403, 503), raw
            thread.join()


def answer_once(listening: socket.socket, raw: bytes) -> None:
    connection, _ = listening.accept()
    with connection:
        connection.recv(4096)
        connection.sendall(raw)


def test_identities_are_bound_and_unbound_on_their_screen(client: Client, desk: Desk, openid: OpenIdProvider) -> None:
    keeper = browser(desk, KEEPER.account, provider=provider_of(openid))
    page = keeper.get("/people/identities").content.decode()
    assert openid.url in page
    assert "8d1f" in page
    path, bind = "/people/identities", {"step": "bind", "login": "iris.novak", "subject": "77"}
    assert keeper.post(path, bind)["Location"].endswith("done=identity-bound")
    twice = keeper.post(path, bind)
    assert twice.status_code == 409
    assert 'value="77"' in twice.content.decode()
    unbind = {"step": "unbind", "issuer": openid.url, "subject": "8d1f"}
    assert keeper.post(path, unbind)["Location"].endswith("done=identity-unbound")
    assert failed(entered(client), UNBOUND)
    auditor = browser(desk, CURIOUS[2].account, provider=provider_of(openid))
    shown = auditor.get(path).content.decode()
    assert "iris.novak" in shown
    assert 'value="bind"' not in shown
    assert auditor.post(path, bind).status_code == 403
    assert "no sign-in provider" in browser(desk, KEEPER.account).get(path).content.decode()
