"""Passkeys in a real browser with an authenticator of its own: made, signed in by, answered twice, removed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, CDPSession, expect
from tests.browser.chromium import Look, Visitor, visiting
from tests.browser.test_browser_screens import breaches

SIGN_IN, ADD = "form[data-passkey=get] button", "form[data-passkey=create]"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@contextmanager
def with_authenticator(browser: Browser, url: str, login: str, language: str) -> Iterator[tuple[Visitor, CDPSession]]:
    """Give a browser that has the room open by name, with an authenticator."""
    named = url.replace("127.0.0.1", "localhost")
    with visiting(browser, named, login, Look(language=language)) as visitor:
        devices = visitor.page.context.new_cdp_session(visitor.page)
        devices.send("WebAuthn.enable")
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        yield visitor, devices


@pytest.mark.parametrize(("language", "login"), [("en", "desk"), ("ar", "press")])
def test_a_passkey_is_made_signs_in_and_is_removed(browser: Browser, room_url: str, language: str, login: str) -> None:
    with with_authenticator(browser, room_url, login, language) as (visitor, _):
        page = visitor.page
        page.goto(f"{visitor.url}/account/passkeys")
        page.fill(f"{ADD} #name", "blue key")
        page.click(f"{ADD} button")
        page.wait_for_selector("th:has-text('blue key')")
        assert breaches(page) == []
        page.click("form[action='/sign-out'] button")
        page.wait_for_selector(SIGN_IN)
        assert breaches(page) == []
        sent = []
        page.on("request", lambda request: request.url.endswith("/sign-in/passkey") and sent.append(request.post_data))
        page.click(SIGN_IN)
        page.wait_for_url(f"{visitor.url}/")
        page.goto(f"{visitor.url}/sign-in")
        answer = page.evaluate(REPLAY, sent[-1])
        assert answer == 403
        page.goto(f"{visitor.url}/account/passkeys")
        page.click("tbody button")
        page.wait_for_selector(".notice")
        page.click("form[action='/sign-out'] button")
        page.click(SIGN_IN)
        expect(page.locator(".failure")).to_have_count(1)
        assert re.search("[ء-ي]" if language == "ar" else "not accepted", page.inner_text(".failure"))
        assert visitor.strayed == []


# The answer that signed in, sent once more, from a page with a token of its own.
REPLAY = """async (sent) => {
  const form = document.querySelector('form[data-passkey=get]');
  const body = new URLSearchParams(sent);
  body.set('csrfmiddlewaretoken', form.elements.csrfmiddlewaretoken.value);
  return (await fetch(form.action, {method: 'POST', body, redirect: 'manual'})).status;
}"""


REFUSING = """() => {
  navigator.credentials.get = () => Promise.reject(new DOMException('', 'NotAllowedError'));
}"""


def test_who_gives_no_passkey_is_told_so(browser: Browser, room_url: str) -> None:
    with with_authenticator(browser, room_url, "", "en") as (visitor, devices):
        devices.send("WebAuthn.disable")
        visitor.page.goto(f"{visitor.url}/sign-in")
        visitor.page.evaluate(REFUSING)
        visitor.page.click(SIGN_IN)
        expect(visitor.page.locator("[data-failed]")).to_have_text("The browser gave no passkey. Try once more.")


def test_a_room_opened_by_address_says_where_passkeys_work(browser: Browser, room_url: str) -> None:
    with visiting(browser, room_url, "", Look()) as visitor:
        visitor.page.goto(f"{room_url}/sign-in")
        named = room_url.replace("127.0.0.1", "localhost")
        assert visitor.page.get_attribute("main a[href^='http']", "href") == f"{named}/sign-in"
        assert visitor.page.locator(SIGN_IN).count() == 0
