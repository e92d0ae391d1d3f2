"""The way in: signing in and out, forged forms, languages, errors in words."""

from __future__ import annotations

import socket
from datetime import UTC, datetime

import pytest
from tests.room import browser
from tests.worlds import PASSWORD

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.core.permissions import Actor, Role
from traboule.web.serving import bound_to
from traboule.web.visit import COOKIE

AT = datetime(2024, 10, 9, 9, tzinfo=UTC)
KEEPER = Actor("Jo Kim", Role.ADMINISTRATOR, account="jo")


@pytest.fixture
def desk(database: Started) -> Desk:
    """A desk with one account, which keeps people and has a password."""
    result = Desk(database)
    result.perform("people.add", by=KEEPER, at=AT, login="iris", name="Iris Novak", password=PASSWORD, roles=("desk",))
    return result


def test_somebody_signs_in_comes_back_to_the_page_and_signs_out(desk: Desk) -> None:
    client = browser(desk)
    typed = {"login": " Iris ", "password": PASSWORD, "next": "/figures"}
    answer = client.post("/sign-in", typed)
    assert (answer.status_code, answer["Location"]) == (302, "/figures")
    cookie = answer.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Strict")
    assert "Iris Novak" in client.get("/").content.decode()
    left = client.post("/sign-out")
    assert (left["Location"], left["Clear-Site-Data"]) == ("/sign-in?done=signed-out", '"cache", "storage"')
    client.cookies[COOKIE] = cookie.value
    assert client.get("/")["Location"] == "/sign-in?next=/"


def test_what_is_wrong_is_said_in_one_way_and_nothing_is_remembered(desk: Desk) -> None:
    client = browser(desk)
    pages = [client.post("/sign-in", {"login": login, "password": "wrong"}) for login in ("iris", "nobody")]
    assert [page.status_code for page in pages] == [403, 403]
    texts = [page.content.decode().replace('value="iris"', "").replace('value="nobody"', "") for page in pages]
    guards = [text[: text.index("csrfmiddlewaretoken")] for text in texts]
    assert guards[0] == guards[1]
    assert all("wrong" not in text for text in texts)
    assert COOKIE not in client.cookies


@pytest.mark.parametrize(
    "address", ["//evil.example/", "https://evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_signing_in_leads_to_no_other_place(desk: Desk, address: str) -> None:
    answer = browser(desk).post("/sign-in", {"login": "iris", "password": PASSWORD, "next": address})
    assert answer["Location"] == "/"


def test_a_form_of_another_origin_is_refused_in_words(desk: Desk) -> None:
    client = browser(desk, checks_forms=True)
    answer = client.post("/sign-in", {"login": "iris", "password": PASSWORD})
    assert answer.status_code == 403
    assert "open too long" in answer.content.decode()
    page = client.get("/sign-in").content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    typed = {"login": "iris", "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert client.post("/sign-in", typed).status_code == 302
    assert client.post("/sign-in", typed, HTTP_ORIGIN="http://evil.example").status_code == 403


def test_outside_a_demo_no_account_is_offered(desk: Desk) -> None:
    client = browser(desk)
    assert "sign-in/demo" not in client.get("/sign-in").content.decode()
    assert client.post("/sign-in/demo", {"login": "iris"}).status_code == 403


@pytest.mark.parametrize(
    ("language", "direction", "word"),
    [("fr", "ltr", "Se connecter"), ("es", "ltr", "Iniciar sesión"), ("ar", "rtl", "تسجيل الدخول")],
)
def test_a_language_is_chosen_and_remembered(desk: Desk, language: str, direction: str, word: str) -> None:
    client = browser(desk)
    asked = client.get("/sign-in", HTTP_ACCEPT_LANGUAGE=f"{language}-XX,en;q=0.5").content.decode()
    assert word in asked
    assert client.post("/language", {"language": language, "next": "/sign-in"})["Location"] == "/sign-in"
    page = client.get("/sign-in").content.decode()
    assert f'dir="{direction}"' in page
    assert word in page


def test_a_page_that_is_not_there_is_said_in_the_language_of_the_reader(desk: Desk) -> None:
    answer = browser(desk).get("/no/such/page?language=fr")
    assert answer.status_code == 404
    assert "Il n’y a pas de telle page" in answer.content.decode()


def test_what_a_connection_is_sent_is_not_held_back() -> None:
    with bound_to(0) as bound, socket.create_connection(bound.getsockname()), bound.accept()[0] as accepted:
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
