"""Signing in by a provider in a real browser: room and provider are two sites, as they are where people work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import yaml
from playwright.sync_api import Browser, Page, expect
from tests.browser.chromium import Look, Visitor, copy_played, served, visiting
from tests.browser.test_browser_screens import breaches
from tests.conftest import open_directory
from tests.openid_provider import CLIENT, SECRET, OpenIdProvider, running_provider

BUTTON, SIGN_OUT = "form[action='/sign-in/provider'] button", "form[action='/sign-out'] button"
BOUND = {"en": "desk", "ar": "press"}  # Whose identity is bound to which account.


@pytest.fixture(scope="module")
def openid() -> Iterator[OpenIdProvider]:
    """A provider on this machine."""
    with running_provider() as provider:
        yield provider


@pytest.fixture(scope="module")
def room(browser: Browser, openid: OpenIdProvider) -> Iterator[str]:
    """The address of a room that knows the provider, opened by name: to the browser, another site than the provider."""
    with open_directory() as data:
        copy_played(data)
        secret, file = data / "secret", data / "provider.yaml"
        secret.write_text(SECRET, encoding="ascii")
        secret.chmod(0o600)
        told = {"issuer": openid.url, "client_id": CLIENT, "client_secret_file": "secret", "name": "Police login"}
        file.write_text(yaml.safe_dump(told), encoding="utf-8")
        with served(data, TRABOULE_SIGN_IN_PROVIDER=str(file)) as url:
            yield url.replace("127.0.0.1", "localhost")


@pytest.fixture(autouse=True)
def honest(openid: OpenIdProvider) -> None:
    """Let the provider say the truth again."""
    openid.claims, openid.algorithm, openid.person = {}, "ES256", "subject of desk"


def bind(browser: Browser, room: str, login: str) -> None:
    """Bind the identity of an account on the screen of who keeps people, unless it is bound."""
    with visiting(browser, room, "administrator", Look()) as visitor:
        page = visitor.page
        page.goto(f"{room}/people/identities")
        if not page.locator(f"td:has-text('subject of {login}')").count():
            page.fill("#login", login)
            page.fill("#subject", f"subject of {login}")
            page.click("form:has(#subject) button")
            page.wait_for_selector(".notice")
        assert breaches(page) == []


def come_back(visitor: Visitor, path: str = "/account") -> Page:
    """Sign in by the provider, on the way to a screen."""
    visitor.page.goto(f"{visitor.url}{path}")
    visitor.page.click(BUTTON)
    return visitor.page


@pytest.mark.parametrize("language", ["en", "ar"])
def test_who_is_bound_is_signed_in_and_reaches_the_screen_asked_for(
    browser: Browser, room: str, openid: OpenIdProvider, language: str
) -> None:
    login = BOUND[language]
    bind(browser, room, login)
    openid.person = f"subject of {login}"
    with visiting(browser, room, "", Look(language=language)) as visitor:
        visitor.page.goto(f"{room}/sign-in")
        assert breaches(visitor.page) == []
        page = come_back(visitor)
        page.wait_for_url(f"{room}/account")
        session = next(cookie for cookie in page.context.cookies() if cookie["name"] == "traboule-session")
        assert (session["sameSite"], session["httpOnly"]) == ("Strict", True)
        assert {address.partition("?")[0] for address in visitor.strayed} == {f"{openid.url}/authorize"}
        assert visitor.complaints == []
        page.click(SIGN_OUT)
        page.wait_for_selector(BUTTON)


@pytest.mark.parametrize("claims", [{"nonce": "another"}, {"aud": "another"}, {"exp": 1_700_000_000}], ids=str)
def test_a_token_that_is_not_right_lets_nobody_in(
    browser: Browser, room: str, openid: OpenIdProvider, claims: dict[str, object]
) -> None:
    bind(browser, room, "desk")
    openid.claims = claims
    with visiting(browser, room, "", Look()) as visitor:
        expect(come_back(visitor).locator(".failure")).to_contain_text("was not accepted")
        visitor.page.goto(f"{room}/account")
        assert "/sign-in" in visitor.page.url


def test_an_unsigned_token_lets_nobody_in_and_a_new_key_counts_at_once(
    browser: Browser, room: str, openid: OpenIdProvider
) -> None:
    bind(browser, room, "desk")
    with visiting(browser, room, "", Look()) as visitor:
        openid.algorithm = "none"
        expect(come_back(visitor).locator(".failure")).to_contain_text("was not accepted")
        openid.algorithm = "RS256"
        openid.rotate()
        come_back(visitor).wait_for_url(f"{room}/account")
    openid.algorithm = "ES256"
    openid.rotate()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_who_is_bound_to_nobody_is_shown_the_subject(
    browser: Browser, room: str, openid: OpenIdProvider, language: str
) -> None:
    openid.person = "8d1f-6c2a"
    with visiting(browser, room, "", Look(language=language)) as visitor:
        page = come_back(visitor)
        expect(page.locator(".failure")).to_contain_text("8d1f-6c2a")
        assert re.search("[ء-ي]" if language == "ar" else "no account here", page.inner_text(".failure"))
        assert breaches(page) == []


def test_an_address_that_was_answered_lets_nobody_in_again_nor_anybody_else(browser: Browser, room: str) -> None:
    bind(browser, room, "desk")
    with visiting(browser, room, "", Look()) as visitor:
        seen: list[str] = []
        visitor.page.on("request", lambda request: "/provider/return" in request.url and seen.append(request.url))
        come_back(visitor).wait_for_url(f"{room}/account")
        visitor.page.click(SIGN_OUT)
        visitor.page.goto(seen[-1])
        expect(visitor.page.locator(".failure")).to_contain_text("Begin again")
    with visiting(browser, room, "", Look()) as other:  # As whoever is sent the address of somebody's sign-in.
        other.page.goto(seen[-1])
        expect(other.page.locator(".failure")).to_contain_text("Begin again")


def test_an_account_that_was_ended_is_let_in_no_more(browser: Browser, room: str, openid: OpenIdProvider) -> None:
    openid.person = "subject of auditor"
    bind(browser, room, "auditor")
    with visiting(browser, room, "administrator", Look()) as visitor:
        visitor.page.goto(f"{room}/people?find=auditor")
        visitor.page.click("tbody details:has([value=auditor]) summary")
        visitor.page.click("form[action='/people/end']:has([value=auditor]) button")
        visitor.page.wait_for_selector(".notice")
    with visiting(browser, room, "", Look()) as visitor:
        expect(come_back(visitor).locator(".failure")).to_contain_text("no account here")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_account_s_own_code_is_asked_for(
    browser: Browser, room: str, openid: OpenIdProvider, language: str
) -> None:
    login = {"en": "protection", "ar": "officer.ml"}[language]
    openid.person = f"subject of {login}"
    with visiting(browser, room, login, Look()) as visitor:
        page = visitor.page
        page.goto(f"{room}/account")
        page.click("form:has([name=step][value=codes]) button")
        secret = page.inner_text(".warning p:nth-child(2)").strip()
        clock = pyotp.TOTP(secret)
        page.fill("#code", clock.at(datetime.now(UTC) - timedelta(seconds=30)))
        page.click("form:has(#code) button")
        page.wait_for_selector(".notice")
    bind(browser, room, login)
    with visiting(browser, room, "", Look(language=language)) as visitor:
        page = come_back(visitor)
        page.fill("#code", "000000")
        assert breaches(page) == []
        page.click("main button")
        expect(page.locator(".failure")).to_have_count(1)
        page.fill("#code", clock.at(datetime.now(UTC) + timedelta(seconds=30)))
        page.click("main button")
        page.wait_for_url(f"{room}/account")
