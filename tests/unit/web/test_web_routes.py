"""Every route by every role: who is not signed in, who lacks the right, who has it. A route without a row fails."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from tests.conftest import Administered
from tests.room import STEPS, address, ask, browser
from tests.worlds import ACCOUNTS, KNOWN, build, empty

from traboule.app.desk import Desk
from traboule.app.verbs import VERBS
from traboule.core.permissions import GRANTS, Actor, Role
from traboule.web.routes import MENU, ROUTES, Route
from traboule.web.words import has_words

OPEN = {"health", "sign-in", "sign-in-demo", "sign-in-passkey", "language", "published", "published-document"} | {
    f"sign-in-provider{step}" for step in ("", "-return", "-code")
}


@pytest.fixture(scope="module")
def room(kept_database: Administered) -> Iterator[dict[Role, Client]]:
    """A browser for each role, and one of nobody under SIGN_IN, before a world in which two states have filed."""
    desk: Desk = build(kept_database, KNOWN)
    yield {by.role: browser(desk, by.account) for by in ACCOUNTS} | {Role.SIGN_IN: browser(desk)}
    empty(kept_database)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_route_is_whole(route: Route) -> None:
    module, name = route.place.split(":")
    assert callable(getattr(importlib.import_module(f"traboule.web.screens.{module}"), name))
    assert set(route.verbs) <= set(VERBS)
    assert bool(route.verbs) != (route.name in OPEN)
    assert set(route.methods) <= {"GET", "POST"}
    if route.menu:
        assert route.menu in MENU
        assert has_words(f"screen-{route.name}")


def test_names_and_paths_are_used_once() -> None:
    assert len({route.name for route in ROUTES}) == len({route.path for route in ROUTES}) == len(ROUTES)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
@pytest.mark.promise("routes-closed")
def test_nobody_enters_without_signing_in(room: dict[Role, Client], route: Route) -> None:
    for method in route.methods:
        answer = ask(room[Role.SIGN_IN], route, method)
        if route.verbs:
            assert answer.status_code == 302
            assert answer["Location"].startswith("/sign-in?next=")
        else:
            assert "/sign-in?next=" not in answer.get("Location", "")


# Signing out ends the session that the other rows need; a test of its own plays it.
@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.verbs and route.name != "sign-out"], ids=lambda route: route.name
)
@pytest.mark.promise("routes-closed")
def test_a_role_enters_where_it_is_granted_the_verb_and_nowhere_else(room: dict[Role, Client], route: Route) -> None:
    for by in ACCOUNTS:
        for method in route.methods:
            answer = ask(room[by.role], route, method)
            lacks = answer.status_code == 403 and b"role-lacking" in answer.content
            assert lacks != (route.permission in GRANTS[by.role]), (by.role, method)
            assert answer.status_code < 500, (by.role, method)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_method_that_is_not_listed_is_refused(room: dict[Role, Client], route: Route) -> None:
    for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - set(route.methods):
        assert ask(room[Role.DESK], route, method).status_code == 405


def test_every_step_of_a_path_has_an_example() -> None:
    assert all(address(route) for route in ROUTES)
    assert {"figure", "work"} <= set(STEPS)


@pytest.mark.parametrize("by", ACCOUNTS, ids=lambda by: by.role.value)
def test_the_menu_shows_the_screens_that_somebody_may_enter(room: dict[Role, Client], by: Actor) -> None:
    page = room[by.role].get("/").content.decode()
    for route in ROUTES:
        if route.menu:
            assert (f'<li><a href="{address(route)}"' in page) == (route.permission in GRANTS[by.role]), route.name


BANNED = ("style=", "<style", "hx-on", "js:", "javascript:", "<script>", "http://", "https://", "hx-vals")
_HANDLER, _FILTER = re.compile(r"\son[a-z]+\s*="), re.compile(r"hx-trigger\s*=\s*(\"[^\"]*\[|'[^']*\[)")


def dropped(template: str) -> list[str]:
    """Return what the policy of the browser would silently drop from ``template``."""
    patterns = {"handler": _HANDLER, "filter": _FILTER}
    return [word for word in BANNED if word in template] + [
        name for name, pattern in patterns.items() if pattern.search(template)
    ]


def test_templates_keep_to_the_policy() -> None:
    root = Path(__file__).parents[3] / "src" / "traboule" / "web" / "templates"
    texts = {str(path.relative_to(root)): path.read_text(encoding="utf-8") for path in root.rglob("*.html")}
    assert texts
    assert {name: words for name, text in texts.items() if (words := dropped(text))} == {}


@pytest.mark.parametrize(
    "planted",
    [
        '<p hx-on:click="x()">',
        "<p hx-get='/' hx-trigger='click[ctrlKey]'>",
        '<p hx-trigger="load, keyup[key==1] from:body">',
        '<p hx-headers="js:{a: 1}">',
        '<p onmouseover ="x()">',
        '<a href="javascript:x()">',
    ],
)
def test_a_planted_breach_of_the_policy_is_seen(planted: str) -> None:
    assert dropped(planted)


def test_the_work_of_somebody_else_is_not_found(room: dict[Role, Client]) -> None:
    begun = room[Role.DESK].post("/figures/count")
    assert begun.status_code == 302
    assert room[Role.DESK].get(begun["Location"]).status_code in (200, 302)
    assert room[Role.PROTECTION].get(begun["Location"]).status_code == 404
