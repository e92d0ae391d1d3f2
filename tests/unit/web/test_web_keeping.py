"""Keeping in the room: accounts, the ledger, the operation."""

from __future__ import annotations

import psycopg
import pytest
from django.test import Client
from tests.conftest import Administered
from tests.room import browser, ended
from tests.worlds import ACCOUNTS, AT, CURIOUS, operation_file

from traboule.app.desk import Desk

KEEPER, AUDITOR = CURIOUS[4], CURIOUS[2]


@pytest.fixture
def desk(database: Administered) -> Desk:
    """A desk with accounts and no operation."""
    result = Desk(database)
    result.perform("people.demo", by=KEEPER, at=AT, actors=ACCOUNTS)
    return result


@pytest.fixture
def keeper(desk: Desk) -> Client:
    """The browser of who keeps people."""
    return browser(desk, KEEPER.account)


def test_a_person_is_added_signs_in_once_and_is_ended(desk: Desk, keeper: Client) -> None:
    form = {"login": "noor", "name": "Noor Haddad", "role": ["press"], "unit": ""}
    page = keeper.post("/people/add", form).content.decode()
    password = page.split('class="identifier">')[2].split("<")[0]
    assert "Noor Haddad" in keeper.get("/people?find=noor").content.decode()
    assert password not in keeper.get("/people").content.decode()
    typed = {"login": "noor", "password": password, "new": "seven grey lanterns at noon"}
    assert browser(desk).post("/sign-in", typed).status_code == 302
    assert keeper.post("/people/end", {"login": "noor"})["Location"] == "/people?done=account-ended"
    assert browser(desk).post("/sign-in", {"login": "noor", "password": password}).status_code == 403


def test_a_login_in_use_and_a_role_without_a_state_are_refused_in_words(keeper: Client) -> None:
    again = keeper.post("/people/add", {"login": AUDITOR.account, "name": "Someone Else", "role": ["press"]})
    assert again.status_code == 409


def test_an_auditor_reads_people_and_changes_nothing(desk: Desk) -> None:
    auditor = browser(desk, AUDITOR.account)
    page = auditor.get("/people").content.decode()
    assert AUDITOR.account in page
    assert "/people/end" not in page
    assert auditor.post("/people/end", {"login": "x"}).status_code == 403


def test_the_ledger_is_verified_and_a_change_behind_its_back_is_named(desk: Desk, database: Administered) -> None:
    auditor = browser(desk, AUDITOR.account)
    assert "Checkpoint" in auditor.get("/ledger").content.decode()
    assert "The ledger is intact" in ended(auditor, auditor.post("/ledger/verify")["Location"])
    with psycopg.connect(database.root.to(database=database.app.database).uri()) as root:
        root.execute("UPDATE accounts_accountholder SET name = 'Mallory' WHERE name = %s", [AUDITOR.name])
    page = ended(auditor, auditor.post("/ledger/verify")["Location"])
    assert "does not agree" in page
    assert "was altered since the ledger recorded it" in page


def test_an_operation_is_opened_from_its_file_and_a_file_with_faults_is_not(keeper: Client) -> None:
    faulty = keeper.post("/operation/open", {"text": "code: x\n"})
    assert faulty.status_code == 422
    assert keeper.post("/operation/open", {"text": operation_file()})["Location"] == "/operation?done=operation-opened"
    assert "The operation is open." in keeper.get("/operation?done=operation-opened").content.decode()
