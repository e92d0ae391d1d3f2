"""Every screen in a real browser: readable for all, quiet, closed to the outside, whole on a phone and by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from tests.browser.chromium import NARROW, Look, Visitor, screens, viewer, visiting

from traboule.web.routes import Route

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
FOCUSED = "document.activeElement.getAttribute('href') || document.activeElement.tagName"
EVERY_SCREEN = pytest.mark.parametrize("route", screens(), ids=lambda route: route.name)


Visit = Callable[[Route, Look], Visitor]


@pytest.fixture(scope="module")
def visit(browser: Browser, room_url: str) -> Iterator[Visit]:
    """Gives a browser that is signed in as somebody who may see a screen: one for each account and look."""
    visitors: dict[tuple[str, Look], Visitor] = {}
    with ExitStack() as open_browsers:

        def of(route: Route, look: Look) -> Visitor:
            login = viewer(route)
            if (login, look) not in visitors:
                visitors[login, look] = open_browsers.enter_context(visiting(browser, room_url, login, look))
            visitors[login, look].forget()
            return visitors[login, look]

        yield of


def breaches(page: Page) -> list[str]:
    """Return what axe finds wrong on ``page``: the rule, and where."""
    violations = Axe().run(page, options=RULES).response["violations"]
    return [f"{rule['id']}: {node['target']}" for rule in violations for node in rule["nodes"]]


@EVERY_SCREEN
@pytest.mark.parametrize(("language", "colours"), product(("en", "ar"), ("light", "dark")))
def test_axe_finds_nothing(visit: Visit, route: Route, language: str, colours: str) -> None:
    visitor = visit(route, Look(language=language, colours=colours))
    visitor.open(route)
    assert visitor.page.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr")
    assert breaches(visitor.page) == []


@EVERY_SCREEN
def test_the_browser_has_no_complaint_and_stays_in_the_room(visit: Visit, route: Route) -> None:
    visitor = visit(route, Look())
    visitor.open(route)
    assert visitor.complaints == []
    assert visitor.strayed == []


@EVERY_SCREEN
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_phone_needs_no_sideways_scroll(visit: Visit, route: Route, language: str) -> None:
    visitor = visit(route, Look(NARROW, language))
    visitor.open(route)
    assert visitor.page.evaluate(WIDER) == 0


@EVERY_SCREEN
def test_the_first_key_skips_to_what_the_page_is_about(visit: Visit, route: Route) -> None:
    visitor = visit(route, Look())
    visitor.open(route)
    visitor.page.keyboard.press("Tab")
    assert visitor.page.evaluate(FOCUSED) == "#main"
    visitor.page.keyboard.press("Enter")
    assert visitor.page.evaluate("document.activeElement.id") == "main"


@EVERY_SCREEN
def test_keys_reach_everything_in_the_order_it_stands(visit: Visit, route: Route) -> None:
    visitor = visit(route, Look())
    visitor.open(route)
    count = visitor.page.evaluate(MARK_WHAT_TAKES_FOCUS)
    assert focus_order(visitor.page, count) == list(range(count))


MARK_WHAT_TAKES_FOCUS = """() => {
  const kinds = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
  const shown = [...document.querySelectorAll(kinds)].filter(
    (element) => element.checkVisibility() && !element.disabled && element.tabIndex >= 0 && element.type !== 'hidden');
  shown.forEach((element, index) => element.dataset.stop = index);
  return shown.length;
}"""


FRAME = -2
SETTLED_MARK = f"""async () => {{
  const holder = () => document.activeElement;
  const mark = () => holder().dataset.stop ?? (holder().tagName === 'IFRAME' ? {FRAME} : -1);
  for (let pauses = document.querySelector('iframe') ? 20 : 0; pauses > 0; pauses -= 1) {{
    const before = mark();
    await new Promise((resolve) => setTimeout(resolve, 30));
    if (mark() === before && before !== -1) break;
  }}
  return mark();
}}"""


def focus_order(page: Page, count: int) -> list[int]:
    """Return the marks that the tabulator key comes to, until the last; a date, of several fields, comes once.

    A document shown inside the page takes the focus where it is longer than its frame; it has no mark. It lives in a
    process of its own, so that the focus needs a moment to go there or come back.
    """
    order: list[int] = []
    for _ in range(count * 8):
        page.keyboard.press("Tab")
        stop = int(page.evaluate(SETTLED_MARK))
        if stop != FRAME and stop not in order[-1:]:
            order.append(stop)
        if stop in (-1, count - 1):
            break
    return order


def test_the_map_is_drawn_from_the_room_s_own_atlas(browser: Browser, room_url: str) -> None:
    with visiting(browser, room_url, "", Look()) as visitor:
        visitor.page.goto(f"{room_url}/sign-in")
        visitor.page.evaluate(PUT_A_MAP)
        visitor.page.wait_for_selector("svg[data-drawn=yes]")
        assert visitor.page.locator("svg .land").count() > 150
        assert visitor.page.get_attribute("svg .arc", "d").startswith("M")
        assert visitor.complaints == visitor.strayed == []


PUT_A_MAP = """() => {
  const arcs = JSON.stringify([{from: '012', to: '250', weight: 0.5}]);
  document.querySelector('main').insertAdjacentHTML('beforeend',
    '<svg role="img" aria-label="map" data-world="/static/countries-110m.json"></svg>');
  document.querySelector('main svg[data-world]').dataset.arcs = arcs;
  document.dispatchEvent(new Event('htmx:after:swap'));
}"""


# The instruments themselves: a page with each fault is seen.


def test_a_planted_breach_is_seen(browser: Browser, room_url: str) -> None:
    with visiting(browser, room_url, "", Look()) as visitor:
        visitor.page.goto(f"{room_url}/sign-in")
        visitor.page.evaluate("document.querySelector('main').append(document.createElement('button'))")
        assert any(breach.startswith("button-name") for breach in breaches(visitor.page))


def test_a_planted_script_of_others_is_blocked_and_seen(browser: Browser, room_url: str) -> None:
    with visiting(browser, room_url, "", Look()) as visitor:
        visitor.page.goto(f"{room_url}/sign-in")
        visitor.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">')")
        visitor.page.evaluate("document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.1:9/a.png'}))")
        visitor.page.wait_for_timeout(200)
        for directive in ("style-src", "img-src"):
            assert any(f"{directive} 'self'" in line for line in visitor.complaints), directive


def test_a_planted_wide_table_is_seen(browser: Browser, room_url: str) -> None:
    with visiting(browser, room_url, "", Look(NARROW)) as visitor:
        visitor.page.goto(f"{room_url}/sign-in")
        visitor.page.evaluate("document.querySelector('main').append('w'.repeat(400))")
        visitor.page.evaluate("document.body.style.minWidth = '900px'")
        assert visitor.page.evaluate(WIDER) > 0
