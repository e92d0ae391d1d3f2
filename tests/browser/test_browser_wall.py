"""The wall in a real browser: it moves when something changes, and says when the connection is lost and is back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.chromium import Look, visiting
from tests.browser.test_browser_screens import breaches

from traboule.web.routes import named

WALL = named("wall")
PATIENCE = 15_000  # Milliseconds, on a machine with other things to do.
MOST_TO_PAINT = 1000  # Milliseconds.
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


def count_anew(page: Page, url: str) -> None:
    """Count the figures anew, as the desk officer does."""
    page.goto(f"{url}/figures")
    page.click("form[action='/figures/count'] button")
    expect(page).to_have_url(re.compile("done=counted"), timeout=PATIENCE)


def test_what_changes_is_seen_without_loading_and_marked_once(browser: Browser, room_url: str) -> None:
    with visiting(browser, room_url, "desk", Look()) as wall, visiting(browser, room_url, "desk", Look()) as officer:
        wall.open(WALL)
        wall.page.evaluate("window.stays = true")
        before = wall.page.inner_text("[data-part=day]")
        count_anew(officer.page, room_url)
        expect(wall.page.locator("[data-part=day].changed")).to_be_visible(timeout=PATIENCE)
        assert wall.page.inner_text("[data-part=day]") != before
        assert wall.page.evaluate("window.stays")
        assert wall.page.locator("[data-part=grid].changed").count() == 0
        assert wall.complaints == wall.strayed == []


@pytest.mark.promise("revocation-is-immediate")
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_wall_ends_when_who_keeps_people_ends_the_sessions_of_its_owner(
    browser: Browser, room_url: str, language: str
) -> None:
    look = Look(language=language)
    wall_of_desk, keeping = (visiting(browser, room_url, login, look) for login in ("desk", "administrator"))
    with wall_of_desk as wall, keeping as keeper:
        wall.open(WALL)
        words = wall.page.locator("[data-lost]")
        expect(words).to_have_text("")
        keeper.page.goto(f"{room_url}/people?find=desk")
        keeper.page.click("tbody details summary")
        keeper.page.click("form[action='/people/sessions'] button")
        expect(words).to_have_text(words.get_attribute("data-ended") or "-", timeout=PATIENCE)
        assert "/sign-in?next=" in wall.page.request.get(f"{room_url}/figures").url
        assert keeper.complaints == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_lost_connection_is_said_with_the_time_of_the_snapshot_and_comes_back(
    browser: Browser, room_url: str, language: str
) -> None:
    with visiting(browser, room_url, "desk", Look(language=language)) as wall:
        wall.page.route("**/wall/stream", lambda route: route.abort())
        wall.open(WALL)
        words = wall.page.locator("[data-lost]")
        expect(words).to_contain_text(wall.page.get_attribute("#wall", "data-shown") or "-", timeout=PATIENCE)
        assert words.get_attribute("role") == "status"
        assert wall.page.locator(".wall-figures article").count() == 5
        assert breaches(wall.page) == []
        wall.page.unroute("**/wall/stream")
        expect(words).to_have_text(words.get_attribute("data-back") or "-", timeout=PATIENCE)


def test_the_end_of_the_session_is_said(browser: Browser, room_url: str) -> None:
    with visiting(browser, room_url, "desk", Look()) as wall:
        wall.open(WALL)
        other = wall.page.context.new_page()
        other.goto(room_url)
        other.click("form[action='/sign-out'] button")
        words = wall.page.locator("[data-lost]")
        expect(words).to_have_text(words.get_attribute("data-ended") or "-", timeout=PATIENCE)


def test_the_wall_is_whole_without_script_and_painted_within_a_second(browser: Browser, room_url: str) -> None:
    with visiting(browser, room_url, "desk", Look(1920)) as wall:
        wall.open(WALL)
        wall.open(WALL)
        wall.page.wait_for_selector("svg[data-drawn=yes]")
        assert wall.page.evaluate(PAINTED) <= MOST_TO_PAINT
        assert wall.page.locator("svg .land.rows").count() > 50
        cookies = wall.page.context.cookies()
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(f"{room_url}/wall")
    expect(page.locator(".wall-figures article")).to_have_count(5)
    page.click("summary")
    expect(page.locator("details td").first).to_be_visible()
    expect(page.locator(".wall-map")).to_be_hidden()
    context.close()


@pytest.mark.parametrize("screen", ["overview", "figures"])
def test_other_screens_move_too_and_what_is_read_stays_where_it_is(
    browser: Browser, room_url: str, screen: str
) -> None:
    with visiting(browser, room_url, "desk", Look()) as reader, visiting(browser, room_url, "desk", Look()) as officer:
        reader.open(named(screen))
        reader.page.evaluate("window.stays = true")
        link = reader.page.locator("[data-part^=figure-] a").last
        link.focus()
        title = link.inner_text()
        count_anew(officer.page, room_url)
        expect(reader.page.locator("[data-part].changed").first).to_be_visible(timeout=PATIENCE)
        assert reader.page.evaluate("window.stays")
        assert reader.page.evaluate("document.activeElement.innerText") == title
        assert breaches(reader.page) == []
        assert reader.complaints == reader.strayed == []
        reader.page.route("**/wall/stream", lambda route: route.abort())
        reader.page.reload()
        expect(reader.page.locator("[data-lost].lost")).to_be_visible(timeout=PATIENCE)
