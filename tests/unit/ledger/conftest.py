"""An operation played once for all tests of a module, and somebody who is bound by no wall."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg import sql
from tests.conftest import empty
from tests.two_returns import filed
from tests.unit.app.test_app_rights import AT, TOGO, granted, operation_file, own, played

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.app.verbs import VERBS
from traboule.core.permissions import Actor, Role
from traboule.database import connections

AUDITOR = Actor("auditor", Role.AUDITOR)
LATER = AT + timedelta(days=1)
LATER_RELEASES = ("release.revise", "release.finalise")
# Tables of the ledger, put back after each test.
TABLES = ("ledger_entry", "ledger_node", "ledger_recordshown")


@pytest.fixture(scope="module")
def world(kept_database: Started) -> Iterator[Desk]:
    """A desk at which every verb that leaves an entry has been performed once, by the first role that may.

    Of the releases only the first is issued.
    """
    connections.use(kept_database.app)
    try:
        desk = Desk(kept_database)
        play(desk)
        yield desk
    finally:
        connections.leave()
        empty(kept_database)


def play(desk: Desk) -> None:
    """Perform what :func:`played` yields, once, and of the releases the first."""
    at, done = AT, set()
    for verb, told in played(operation_file()):
        if verb == "operation.show":
            desk.perform("return.receive", by=TOGO, at=at, name="TG.json", content=filed("TG", "Police"))
        is_possible = verb != "research.export" or importlib.util.find_spec("opendp") is not None
        is_repeated = verb.startswith("release.") and verb in done
        if is_repeated or verb in LATER_RELEASES or not (VERBS[verb].recorded and is_possible):
            continue
        done.add(verb)
        if verb.startswith("release.") and "number" in told:
            told |= {"number": 1}
        for by in granted(verb)[: 2 if verb == "release.sign" else 1]:
            at += timedelta(minutes=1)
            desk.perform(verb, by=by, at=at, **{**told, **own(desk, verb, by, at)})


@pytest.fixture
def root(world: Desk, kept_database: Started) -> Iterator[psycopg.Connection]:
    """The superuser's connection, committing each statement; what it does to the ledger is undone afterwards."""
    address = kept_database.root.to(database=kept_database.app.database)
    with psycopg.connect(address.uri(), autocommit=True) as connection:
        for table in TABLES:
            connection.execute(sql.SQL("CREATE TEMP TABLE saved_{0} AS TABLE {0}").format(sql.SQL(table)))
        yield connection
        for table in TABLES:
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.SQL(table)))
            connection.execute(sql.SQL("INSERT INTO {0} TABLE saved_{0}").format(sql.SQL(table)))


def verified(desk: Desk, **arguments: Any) -> Any:
    """Verify the ledger as its auditor."""
    return desk.perform("ledger.verify", by=AUDITOR, at=LATER, **arguments)


def kinds(desk: Desk, **arguments: Any) -> set[tuple[str, str]]:
    """Return kind and table (an index, where there is none) of everything that verification finds."""
    return {(finding.kind, finding.table or finding.name) for finding in verified(desk, **arguments).findings}
