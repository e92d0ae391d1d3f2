"""The routes of the programming interface: every route by every role, what is read, languages, the document."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest
from django.test import Client
from tests.conftest import Administered
from tests.program import address, plain, program
from tests.worlds import ACCOUNTS, KNOWN, build, empty

from traboule.app.verbs import VERBS
from traboule.core.permissions import GRANTS, Role
from traboule.web.api.document import openapi
from traboule.web.api.routes import API_ROUTES, ApiRoute

OPEN = {"openapi", "public-releases", "public-facts", "public-document"}
RETURNS = "/api/v1/returns"


@pytest.fixture(scope="module")
def programs(kept_database: Administered) -> Iterator[dict[Role, Client]]:
    """A program for each role, and one without a token under SIGN_IN, before a world in which two states filed."""
    desk = build(kept_database, KNOWN)
    yield {by.role: program(desk, by.account) for by in ACCOUNTS} | {Role.SIGN_IN: program(desk)}
    empty(kept_database)


@pytest.mark.parametrize("route", API_ROUTES, ids=lambda route: route.name)
def test_a_route_is_whole(route: ApiRoute) -> None:
    module, name = route.place.split(":")
    assert callable(getattr(importlib.import_module(f"traboule.web.api.{module}"), name))
    assert set(route.verbs) <= set(VERBS)
    assert route.is_open == (route.name in OPEN)
    assert route.takes_file == (route.method == "POST")


def test_names_and_methods_of_paths_are_used_once() -> None:
    assert len({route.name for route in API_ROUTES}) == len(API_ROUTES)
    assert len({(route.method, route.path) for route in API_ROUTES}) == len(API_ROUTES)


@pytest.mark.parametrize("route", API_ROUTES, ids=lambda route: route.name)
@pytest.mark.promise("routes-closed")
def test_nobody_enters_without_a_token(programs: dict[Role, Client], route: ApiRoute) -> None:
    answer = programs[Role.SIGN_IN].generic(route.method, address(route))
    assert answer.headers["Cache-Control"] == "no-store"
    if route.name in OPEN:
        assert answer.status_code in {200, 404}
    else:
        assert (answer.status_code, plain(answer)["code"]) == (401, "token-needed")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("route", [route for route in API_ROUTES if not route.is_open], ids=lambda route: route.name)
@pytest.mark.promise("routes-closed")
def test_a_role_enters_where_it_is_granted_the_verb_and_nowhere_else(
    programs: dict[Role, Client], route: ApiRoute
) -> None:
    for by in ACCOUNTS:
        answer = programs[by.role].generic(route.method, address(route))
        lacks = answer.status_code == 403 and plain(answer)["code"] == "role-lacking"
        assert lacks != (route.permission in GRANTS[by.role]), by.role
        assert answer.status_code < 500, by.role


@pytest.mark.parametrize("route", API_ROUTES, ids=lambda route: route.name)
def test_a_method_that_is_not_listed_is_refused(programs: dict[Role, Client], route: ApiRoute) -> None:
    listed = {entry.method for entry in API_ROUTES if entry.path == route.path}
    for method in {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"} - listed:
        answer = programs[Role.NATIONAL].generic(method, address(route))
        assert (answer.status_code, plain(answer)["code"]) == (405, "api-method")
        assert listed <= set(answer.headers["Allow"].split(", "))


def test_a_path_that_is_not_listed_is_none(programs: dict[Role, Client]) -> None:
    for path in ("/api/v1/people", "/api/v1/", "/api/v1/releases/none", "/api/v1/returns/"):
        answer = programs[Role.ADMINISTRATOR].get(path)
        assert (answer.status_code, plain(answer)["code"]) == (404, "api-path-unknown")


def test_a_parameter_that_is_not_listed_is_refused(programs: dict[Role, Client]) -> None:
    answer = programs[Role.NATIONAL].get(RETURNS, {"limits": "5"})
    assert (answer.status_code, plain(answer)["code"]) == (422, "api-parameter")
    assert "limits" in plain(answer)["detail"]


def test_a_cursor_that_leads_nowhere_is_said_to(programs: dict[Role, Client]) -> None:
    answer = programs[Role.NATIONAL].get(RETURNS, {"cursor": "none"})
    assert (answer.status_code, plain(answer)["code"]) == (404, "api-cursor")


@pytest.mark.parametrize(
    "asked",
    [{"limit": "0"}, {"limit": "201"}, {"limit": "x"}, {"limit": "1" * 999}, {"limit": "٣"}],
)
def test_a_limit_that_is_none_is_refused(programs: dict[Role, Client], asked: dict[str, str]) -> None:
    answer = programs[Role.NATIONAL].get(RETURNS, asked)
    assert (answer.status_code, plain(answer)["code"]) == (422, "api-parameter")


def test_figures_are_given_now_and_as_of_an_instant(programs: dict[Role, Client]) -> None:
    client = programs[Role.DESK]
    now = plain(client.get("/api/v1/figures"))
    assert [figure["id"] for figure in now["figures"]][:2] == ["participants", "arrests"]
    assert client.get("/api/v1/figures", {"at": "2024-10-01T00:00:00Z"}).status_code == 404
    assert plain(client.get("/api/v1/figures", {"at": "2024-12-01T00:00:00Z"}))["figures"] == now["figures"]
    assert plain(client.get("/api/v1/figures/arrests"))["definition"]["id"] == "arrests"
    for at in ("yesterday", "2024-10-01T00:00:00", ""):
        assert client.get("/api/v1/figures", {"at": at}).status_code == 422
    for at, status in (("9999-12-31T23:59:59-14:00", 200), ("0001-01-01T00:00:00+14:00", 404)):
        assert client.get("/api/v1/figures", {"at": at}).status_code == status


def test_hits_of_mine_are_my_own(programs: dict[Role, Client]) -> None:
    assert plain(programs[Role.NATIONAL].get("/api/v1/hits/mine")) == {"hits": [], "next": None}


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr-FR,en;q=0.5", "jeton"), ("es", "token"), ("ar", "رمز"), ("xx", "A token in force"), ("", "A token in force")],
)
def test_an_error_is_said_in_the_language_of_the_caller(
    programs: dict[Role, Client], language: str, words: str
) -> None:
    answer = programs[Role.SIGN_IN].get(RETURNS, headers={"accept-language": language})
    assert words in plain(answer)["detail"]
    assert answer.headers["Content-Language"] == (language[:2] if language[:2] in ("fr", "es", "ar") else "en")


def test_every_route_is_documented_in_every_language() -> None:
    for language in ("en", "fr", "es", "ar"):
        document = openapi(language)
        documented = [entry for path in document["paths"].values() for entry in path.values()]
        assert {entry["operationId"] for entry in documented} == {route.name for route in API_ROUTES}
        assert all(entry["summary"] for entry in documented)
