"""Whole jobs in a real browser: links judged by keys alone, a release from its draft to its documents."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page
from tests.browser.chromium import NARROW, WIDE, Look, visiting
from tests.browser.test_browser_screens import breaches

LONG = 120_000  # Milliseconds that long work may take on a busy machine.


def settled(page: Page) -> None:
    """Wait until long work has ended."""
    page.wait_for_selector("main:not(:has(progress))", timeout=LONG)


@pytest.mark.parametrize(("language", "width"), [("en", WIDE), ("ar", NARROW)])
def test_links_are_judged_by_keys_alone(browser: Browser, room_url: str, language: str, width: int) -> None:
    with visiting(browser, room_url, "protection", Look(width, language)) as visitor:
        page = visitor.page
        page.goto(f"{room_url}/links")
        settled(page)
        open_links = page.locator("tbody tr").count()
        assert open_links > 3
        page.keyboard.press("j")
        page.wait_for_selector(".pair")
        assert breaches(page) == []
        page.keyboard.press("?")
        assert page.locator("dialog kbd").count() == 4
        page.keyboard.press("Escape")
        for key, place in (("s", 1), ("j", 2), ("k", 1), ("d", 2)):
            page.keyboard.press(key)
            page.wait_for_url(f"**/{place}*")
        page.keyboard.press("z")
        page.wait_for_url("**/1?done=undone")
        assert page.locator("h2 + ul li").count() >= 1
        page.goto(f"{room_url}/links")
        settled(page)
        assert page.locator("tbody tr").count() == open_links - 1
        assert visitor.complaints == []


def test_a_key_that_somebody_types_into_a_field_judges_nothing(browser: Browser, room_url: str) -> None:
    with visiting(browser, room_url, "protection", Look()) as visitor:
        page = visitor.page
        page.goto(f"{room_url}/links")
        settled(page)
        page.keyboard.press("j")
        page.wait_for_selector(".pair")
        shown = page.url
        page.fill("#words", "")
        page.type("#words", "seen")
        assert (page.url, page.input_value("#words")) == (shown, "seen")


def test_a_release_is_drafted_read_signed_by_two_and_issued(browser: Browser, room_url: str) -> None:
    with (
        visiting(browser, room_url, "press", Look()) as press,
        visiting(browser, room_url, "desk", Look(NARROW, "ar")) as desk,
    ):
        press.page.goto(f"{room_url}/desk")
        settled(press.page)
        press.page.click("a[href='/desk/draft']")
        press.page.focus("#quotation-texts-ar")
        press.page.keyboard.type("وجدنا ٣ ضحايا.")
        press.page.wait_for_selector("#rules-quotation-texts-ar .broken")
        assert press.page.locator("#rules-quotation-texts-ar .broken").count() == 2
        assert breaches(press.page) == press.complaints == []
        press.page.fill("#quotation-texts-ar", "")
        press.page.click("button:has-text('Draft it')")
        settled(press.page)
        frame = press.page.frame_locator("iframe").first
        assert "Liberterra" in frame.locator("h1").inner_text()
        assert breaches(press.page) == []
        press.page.click("form[action='/desk/sign'] button")
        settled(press.page)
        desk.page.goto(f"{room_url}/desk")
        settled(desk.page)
        assert breaches(desk.page) == []
        desk.page.click("form[action='/desk/sign'] button")
        settled(desk.page)
        press.page.goto(f"{room_url}/desk")
        settled(press.page)
        press.page.click("form[action='/desk/issue'] button")
        settled(press.page)
        assert press.page.url.endswith("/releases?done=issued")
        assert press.page.locator("iframe").count() == 4
        with press.page.expect_download() as saved:
            press.page.click("a.format:has-text('CSV')")
        assert saved.value.path().read_text(encoding="utf-8-sig").count("\n") > 3


@pytest.mark.parametrize(("language", "width", "value"), [("en", WIDE, "11"), ("ar", NARROW, "22")])
def test_an_identifier_is_stopped_and_let_link_again(
    browser: Browser, room_url: str, language: str, width: int, value: str
) -> None:
    with visiting(browser, room_url, "desk", Look(width, language)) as visitor:
        page = visitor.page
        page.goto(f"{room_url}/stops")
        assert breaches(page) == []
        page.click("details:has(#value) summary")
        page.select_option("#kind", "phone")
        page.fill("#value", f"+223 65 00 12 {value}")
        page.fill("#reason", f"a shelter {value}")
        page.click("details:has(#value) button")
        page.wait_for_url("**/stops?done=stopped")
        entry = page.locator("tbody tr", has_text=f"a shelter {value}")
        assert entry.locator(".tag.waiting").count() == 1
        assert "65 00 12" not in page.content()
        entry.locator("summary").click()
        assert breaches(page) == []
        entry.locator("input").last.fill("said wrongly")
        entry.locator("button").click()
        page.wait_for_url("**/stops?done=stop-ended")
        assert entry.locator("form").count() == 0
        page.click("a[href='?effect=1']")
        page.wait_for_url("**/stops?effect=1")
        assert breaches(page) == []
        assert visitor.complaints == []


def test_who_may_not_stop_sees_the_list_alone(browser: Browser, room_url: str) -> None:
    with visiting(browser, room_url, "auditor", Look()) as visitor:
        visitor.page.goto(f"{room_url}/stops")
        assert visitor.page.locator("main form").count() == 0
        assert breaches(visitor.page) == []
