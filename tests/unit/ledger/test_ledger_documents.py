"""A published number is frozen: a release's documents are compared with the ledger wherever they are shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from tests.conftest import empty
from tests.unit.app.test_app_releasing import AT, AUDITOR, PRESS, issued, opened

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.database import connections

NAME = "communique.en.html"
FLIPPED = "UPDATE release_document SET content = set_byte(content, 9, get_byte(content, 9) # 1) WHERE name = %s"


@pytest.fixture(scope="module")
def desk(kept_database: Started) -> Any:
    """A desk with one release issued."""
    connections.use(kept_database.app)
    made = opened(kept_database)
    issued(made)
    yield made
    connections.leave()
    empty(kept_database)


@pytest.fixture
def root(desk: Desk, kept_database: Started) -> Any:
    """The superuser's connection; what it does to documents and ledger is undone afterwards."""
    tables = ("release_document", "ledger_entry", "ledger_node")
    address = kept_database.root.to(database=kept_database.app.database)
    with psycopg.connect(address.uri(), autocommit=True) as connection:
        for table in tables:
            connection.execute(f"CREATE TEMP TABLE saved_{table} AS TABLE {table}")
        yield connection
        for table in tables:
            connection.execute(f"DELETE FROM {table}")  # noqa: S608
            connection.execute(f"INSERT INTO {table} TABLE saved_{table}")


def altered(desk: Desk) -> tuple[set[str], set[str]]:
    """Return the documents that ``show`` and ``rebuild`` say are not those the ledger recorded."""
    shown = desk.perform("release.show", by=PRESS, at=AT + timedelta(days=1))
    rebuilt = desk.perform("release.rebuild", by=AUDITOR, at=AT + timedelta(days=1))
    assert rebuilt.reproduces == (not rebuilt.differences)
    return set(shown.altered), {each.name for each in rebuilt.differences if each.kind == "ledger"}


def test_documents_as_issued_agree_with_the_ledger(desk: Desk, root: psycopg.Connection) -> None:
    assert altered(desk) == (set(), set())


@pytest.mark.promise("published-number-frozen")
@pytest.mark.parametrize(
    "statements",
    [
        [FLIPPED],
        [FLIPPED, "UPDATE release_document SET content_hash = encode(sha256(content), 'hex') WHERE name = %s"],
        ["DELETE FROM release_document WHERE name = %s"],
    ],
    ids=["bytes", "bytes and hash", "document"],
)
def test_a_flipped_byte_is_named_by_show_and_rebuild(
    desk: Desk, root: psycopg.Connection, statements: list[str]
) -> None:
    for statement in statements:
        root.execute(statement, [NAME])
    assert altered(desk) == ({NAME}, {NAME})


@pytest.mark.promise("published-number-frozen")
def test_the_ledger_s_own_hash_cannot_be_altered_to_fit(desk: Desk, root: psycopg.Connection) -> None:
    """Whoever changes bytes, hash and entry leaves an entry that is not the one in the tree."""
    root.execute(FLIPPED, [NAME])
    root.execute(
        "UPDATE ledger_entry SET anchors = jsonb_set(anchors, ARRAY[d.path], to_jsonb(d.digest)) FROM (SELECT"
        " 'bytes/release_document/' || release_id || '/' || name AS path, encode(sha256(content), 'hex') AS digest"
        " FROM release_document WHERE name = %s) AS d WHERE verb = 'release.issue'",
        [NAME],
    )
    shown, rebuilt = altered(desk)
    assert shown == rebuilt
    assert NAME in shown
