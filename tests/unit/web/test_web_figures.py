"""The figures on the screen: from a figure by its breakdowns to its rows, and what changed between two moments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from defusedxml import ElementTree
from django.test import Client
from tests.conftest import Administered
from tests.room import address, browser
from tests.two_returns import filed
from tests.worlds import AT, CURIOUS, ENGINE, HIDDEN, KNOWN, MALI, PAIR, PROTECTION, build, empty

from traboule.app.desk import Desk
from traboule.core.permissions import GRANTS
from traboule.web.routes import ROUTES, Route

FIGURE = "/figures/potential_victims"


@pytest.fixture(scope="module")
def desk(kept_database: Administered) -> Iterator[Desk]:
    """A desk at which Mali filed a second time after the first count, and figures were counted again."""
    desk: Desk = build(kept_database, KNOWN)
    again = filed("ML", "Police").replace(b'"version": 1', b'"version": 2')
    desk.perform("return.receive", by=MALI, at=AT + timedelta(days=2), name="ML.json", content=again)
    desk.perform("figures.compute", by=ENGINE, at=AT + timedelta(days=2))
    yield desk
    empty(kept_database)


@pytest.fixture
def protection(desk: Desk) -> Client:
    """The protection officer's browser: everything is shown to it."""
    return browser(desk, PROTECTION.account)


@pytest.fixture
def officer(desk: Desk) -> Client:
    """The desk officer's browser."""
    return browser(desk, CURIOUS[1].account)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def test_a_figure_leads_by_each_breakdown_to_the_rows_of_a_cell(protection: Client) -> None:
    text = page(protection, f"{FIGURE}?by=state")
    assert HIDDEN not in text  # A row is shown, and recorded as shown, only where it is asked for.
    link = re.search(r'href="(/figures/potential_victims\?by=state&amp;cell=TG&amp;rows=50#rows)"', text)
    assert link
    assert HIDDEN in page(protection, link[1].replace("&amp;", "&"))
    assert "Together: the figure" in text
    assert "do not add up" in page(protection, f"{FIGURE}?by=nationality")
    assert HIDDEN in page(protection, f"{FIGURE}?rows=50")


def test_the_influence_of_each_state_is_drawn_beside_its_number(protection: Client) -> None:
    text = page(protection, f"{FIGURE}?by=influence")
    row = re.search(
        r"Togo \(TG\)</th><td class=\"num\">1</td><td><svg.*?</svg></td>\s*<td class=\"num\">0<", text, re.S
    )
    assert row, text


@pytest.mark.parametrize(
    "query", ["?by=state&cell=TG&rows=50", "?by=state&cell=FR&rows=50", "?by=influence", "?by=shoe"]
)
def test_who_may_not_see_protected_persons_gets_no_cell_whether_it_exists_or_not(officer: Client, query: str) -> None:
    text = page(officer, FIGURE + query)
    assert "are shown by a release" in text
    for secret in (*PAIR, HIDDEN, "Togo", "Influence of states"):
        assert secret not in text, secret


@pytest.mark.parametrize(("query", "code"), [("?by=shoe", "dimension-unknown"), ("?by=sex&cell=x", "cell-unknown")])
def test_an_unknown_breakdown_or_cell_is_said_to_be_none(protection: Client, query: str, code: str) -> None:
    answer = protection.get(FIGURE + query)
    assert (answer.status_code, code in answer.content.decode()) == (404, True)


def test_what_changed_between_two_counts_is_a_waterfall_in_a_table(protection: Client) -> None:
    offered = page(protection, "/figures/changes")
    runs = re.findall(r'<option value="(2024[^"]+)"', offered)
    assert len(runs) == 4  # Two counts, in each of two choices.
    text = protection.get("/figures/changes", {"from": runs[1], "to": runs[0], "by_state": "1"}).content.decode()
    assert "No figure changed between these moments." in text or '<rect class="range"' in text
    early = {"from": "2024-10-01T00:00", "to": runs[0], "by_state": "1"}
    text = protection.get("/figures/changes", early).content.decode()
    assert "late returns · Togo (TG)" in text
    assert '<rect class="range"' in text
    assert 'href="/figures/potential_victims?as_of=2024-10-01T00%3A00%3A00%2B00%3A00"' in text


def test_the_desk_sees_that_a_count_of_persons_changed_and_not_why(officer: Client) -> None:
    early = {"from": "2024-10-01T00:00", "to": "2024-10-12T00:00", "by_state": "1"}
    text = officer.get("/figures/changes", early).content.decode()
    assert "Why a count of persons changed is shown by a release" in text
    persons = text.partition("Potential victims of trafficking")[2].partition("<h2>")[0]
    assert "Togo" not in persons


BEFORE_TOGO = "2024-10-01T00:00:00+00:00"  # Before anything was filed.
FIRST_COUNT = AT.isoformat().replace("+", "%2B")


@pytest.mark.parametrize("route", [route for route in ROUTES if route.looks_back], ids=lambda route: route.name)
def test_a_screen_that_looks_back_says_so_and_leads_on_and_back(protection: Client, desk: Desk, route: Route) -> None:
    client = protection if route.permission in GRANTS[PROTECTION.role] else browser(desk, MALI.account)
    text = page(client, f"{address(route)}?as_of={FIRST_COUNT}")
    assert "As known at 9 Oct 2024, 09:00 UTC" in text
    assert 'href="/?as_of=2024-10-09T09%3A00%3A00%2B00%3A00"' in text
    assert re.search(r'<a href="\?">Back to now</a>', text)
    assert "As known at" not in page(client, address(route))


def test_every_screen_shows_what_was_known_then(protection: Client, desk: Desk) -> None:
    assert "2 of 2 states have filed" in page(protection, "/")
    assert "0 of 2 states have filed" in page(protection, f"/?as_of={BEFORE_TOGO.replace('+', '%2B')}")
    assert "Silent" in page(protection, f"/participation?as_of={BEFORE_TOGO.replace('+', '%2B')}")
    assert "No figures have been counted yet" in page(protection, f"/figures?as_of={BEFORE_TOGO.replace('+', '%2B')}")
    assert "9 Oct 2024, 09:00 UTC" in page(protection, f"{FIGURE}?as_of={FIRST_COUNT}")
    mali = browser(desk, MALI.account)
    rows = [page(mali, path).count("Save the receipt") for path in ("/returns", f"/returns?as_of={FIRST_COUNT}")]
    assert rows == [2, 1]
    wall = page(protection, f"/wall?as_of={FIRST_COUNT}")
    assert "data-live" not in wall  # Nothing moves in the past.


def test_a_screen_that_cannot_look_back_says_that_it_shows_now(protection: Client) -> None:
    text = page(protection, f"/hits?as_of={FIRST_COUNT}")
    assert "You look back to 9 Oct 2024, 09:00 UTC, but this screen shows what is known now." in text


@pytest.mark.parametrize(("at", "code"), [("x", "instant-unreadable"), ("2999-01-01", "instant-to-come")])
def test_an_instant_that_is_none_or_has_not_come_is_refused(protection: Client, at: str, code: str) -> None:
    answer = protection.get(f"/figures?as_of={at}")
    assert (answer.status_code, code in answer.content.decode()) == (403, True)


def test_the_counts_are_offered_and_those_beside_the_one_shown(protection: Client) -> None:
    text = page(protection, "/figures?by=x")
    assert text.count('<option value="2024-10-11T09:00:00+00:00"') == 1
    assert 'href="?by=x&amp;as_of=2024-10-09T09%3A00%3A00%2B00%3A00" rel="prev"' in text
    assert 'rel="next"' in page(protection, f"/figures?as_of={FIRST_COUNT}")


@pytest.mark.parametrize("path", ["/figures", f"{FIGURE}?by=state", f"{FIGURE}?by=influence"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_is_drawn_is_given_as_svg_and_png(protection: Client, path: str, language: str) -> None:
    joint = "&" if "?" in path else "?"
    svg = protection.get(f"{path}{joint}out=svg&language={language}")
    assert svg["Content-Type"] == "image/svg+xml"
    root = ElementTree.fromstring(svg.content)
    texts = [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts[0] in unescape(page(protection, f"{path}{joint}language={language}")) or " · " in texts[0]
    assert ("2024" in texts[-1]) == (language == "en")  # As of when it is; Arabic has its own digits.
    assert "style" not in svg.content.decode()
    png = protection.get(f"{path}{joint}out=png&language={language}")
    assert png.content.startswith(b"\x89PNG")
    assert "attachment" in png["Content-Disposition"]


def test_the_changes_are_given_as_a_picture_and_no_withheld_figure_is(protection: Client, officer: Client) -> None:
    early = {"from": "2024-10-01T00:00", "to": "2024-10-12T00:00", "by_state": "1", "out": "svg"}
    assert "Togo (TG)" in protection.get("/figures/changes", early).content.decode()
    persons = officer.get("/figures/changes", early).content.decode().partition("Potential victims")[2]
    assert "Togo" not in persons
    assert officer.get(f"{FIGURE}?by=state&out=svg")["Content-Type"].startswith("text/html")
