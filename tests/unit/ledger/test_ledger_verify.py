"""Whatever a superuser changes in an anchored table is named; the program itself can change nothing of the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import Error, connection, transaction
from psycopg import sql
from psycopg.types.json import Jsonb
from tests.two_returns import filed
from tests.unit.app.test_app_rights import TOGO
from tests.unit.ledger.conftest import LATER, kinds, verified

from traboule.app.desk import Desk
from traboule.app.recording.anchored import ANCHORED, NOT_ANCHORED
from traboule.core.permissions import Actor, Role
from traboule.database.context import acting
from traboule.ledger.digests import AnchoredTable, all_digests
from traboule.ledger.log import entries
from traboule.ledger.merkle import memory_nodes
from traboule.ledger.models import Entry, Node, RecordShown

ENGINE = Actor("engine", Role.ENGINE)
# The columns of a row that the superuser alters, by their type.
ALTERED = {
    "text": "left({0}, -1) || chr(ascii(right({0}, 1)) # 1)",
    "character varying": "left({0}, -1) || chr(ascii(right({0}, 1)) # 1)",
    "integer": "{0} # 1",
    "bigint": "{0} # 1",
    "smallint": "{0} # 1",
    "double precision": "{0} + 1",
    "boolean": "NOT {0}",
    "uuid": "gen_random_uuid()",
    "bytea": "set_byte({0}, 0, get_byte({0}, 0) # 1)",
    "jsonb": "jsonb_build_array({0})",
    "timestamp with time zone": "{0} + interval '1 microsecond'",
    "timestamp without time zone": "{0} + interval '1 microsecond'",
    "ARRAY": "{0} || {0}",
}


def row_of(root: psycopg.Connection, table: AnchoredTable) -> Any:
    """Return where one row of a table lies, None where it has none."""
    query = sql.SQL("SELECT min(ctid::text) FROM {}").format(sql.Identifier(table.name))
    return (root.execute(query).fetchone() or (None,))[0]


@contextmanager
def altered(root: psycopg.Connection, table: AnchoredTable, column: str, value: str) -> Iterator[None]:
    """Alter one column of one row, as ``value`` says of {0}, and put the whole table back afterwards."""
    name = sql.Identifier(table.name)
    place = row_of(root, table)
    key = str(table.model._meta.pk.column)  # type: ignore[union-attr]
    old = root.execute(sql.SQL("SELECT {0}::text, {1} FROM {2} WHERE ctid = {3}::tid").format(
        sql.Identifier(key), sql.Identifier(column), name, sql.Literal(place))).fetchone()  # fmt: skip
    assert old is not None
    where = sql.SQL("WHERE {}::text = {}").format(sql.Identifier(key), sql.Literal(old[0]))
    change = sql.SQL(value.replace("{0}", '"' + column + '"'))
    root.execute(sql.SQL("UPDATE {} SET {} = {} {}").format(name, sql.Identifier(column), change, where))
    try:
        yield
    finally:
        restore = sql.SQL("UPDATE {} SET {} = %s {}").format(name, sql.Identifier(column), where)
        root.execute(restore, [Jsonb(old[1]) if value.startswith("jsonb") else old[1]])


def columns_of(root: psycopg.Connection, table: AnchoredTable) -> Iterator[tuple[str, str]]:
    """Yield each column outside the keys that holds something in the row to be altered, and how it is altered."""
    query = "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s ORDER BY 1"
    place = row_of(root, table)
    for column, kind in root.execute(query, [table.name]).fetchall():
        if column in (*table.key, "id", str(table.model._meta.pk.column)):  # type: ignore[union-attr]
            continue
        test = sql.SQL("SELECT 1 FROM {0} WHERE ctid = {1}::tid AND coalesce({2}::text, '') NOT IN ('', '{{}}', '[]')")
        if root.execute(test.format(sql.Identifier(table.name), sql.Literal(place), sql.Identifier(column))).fetchone():
            yield column, ALTERED[kind]


def digests_of(table: AnchoredTable) -> dict[str, str]:
    with acting(ENGINE):
        return dict(all_digests(table))


def test_every_table_is_anchored_or_named_with_its_reason() -> None:
    models = {model._meta.label for model in apps.get_models()}
    anchored = [table.label for table in ANCHORED]
    assert sorted([*anchored, *NOT_ANCHORED]) == sorted(models)
    assert all(NOT_ANCHORED.values())


@pytest.mark.promise("silent-corruption-noticed")
def test_a_ledger_that_nobody_touched_is_intact(world: Desk, root: psycopg.Connection) -> None:
    report = verified(world)
    assert report.to_json()["findings"] == []
    assert report.entries > 20
    assert report.rows > 50
    with_rows = [table.label for table in ANCHORED if row_of(root, table) is not None]
    assert len(with_rows) > 20, "the tests below alter something"


@pytest.mark.promise("silent-corruption-noticed")
@pytest.mark.parametrize("table", ANCHORED, ids=lambda table: table.label)
def test_what_is_altered_in_a_table_is_named(world: Desk, root: psycopg.Connection, table: AnchoredTable) -> None:
    if row_of(root, table) is None:
        assert digests_of(table) == {}
        return
    changed, verify_once = [], True
    before = digests_of(table)
    for column, value in columns_of(root, table):
        try:
            with altered(root, table, column, value):
                assert digests_of(table) != before, column
                if verify_once:
                    assert ("row-altered", table.name) in kinds(world)
                    verify_once = False
            changed.append(column)
        except psycopg.errors.CheckViolation:
            continue
    assert changed
    assert digests_of(table) == before
    assert kinds(world) == set()


@pytest.mark.promise("silent-corruption-noticed")
def test_a_row_that_goes_or_comes_is_named(world: Desk, root: psycopg.Connection) -> None:
    """A signature that is taken away, and one that nobody gave."""
    root.execute("CREATE TEMP TABLE signatures AS TABLE release_signature")
    row = root.execute("DELETE FROM release_signature WHERE id = (SELECT min(id) FROM release_signature) RETURNING id")
    assert row.fetchone() is not None
    assert ("row-missing", "release_signature") in kinds(world)
    root.execute("DELETE FROM release_signature")
    root.execute("INSERT INTO release_signature TABLE signatures")
    assert kinds(world) == set()
    root.execute("UPDATE signatures SET id = id + 1000, person = 'somebody else ' || id")
    root.execute("INSERT INTO release_signature TABLE signatures")
    assert kinds(world) == {("row-unrecorded", "release_signature")}
    root.execute("DELETE FROM release_signature WHERE id > 1000")


@pytest.mark.promise("silent-corruption-noticed")
def test_the_bytes_of_a_document_are_named_even_with_the_hash_beside_them(
    world: Desk, root: psycopg.Connection
) -> None:
    root.execute("CREATE TEMP TABLE documents AS TABLE release_document")
    root.execute(
        "UPDATE release_document SET content = set_byte(content, 100, get_byte(content, 100) # 1)"
        " WHERE name = 'communique.en.pdf'"
    )
    root.execute("UPDATE release_document SET content_hash = encode(sha256(content), 'hex')")
    found = [finding for finding in verified(world).findings if finding.kind == "bytes-altered"]
    assert {finding.name.rpartition("/")[2] for finding in found} == {"communique.en.pdf"}
    root.execute("DELETE FROM release_document")
    root.execute("INSERT INTO release_document TABLE documents")


FORGERIES = {
    "entry-altered": "UPDATE ledger_entry SET actor = 'Nobody' WHERE index = 3",
    "entry-missing": "DELETE FROM ledger_entry WHERE index = 3",
    "entry-surplus": "DELETE FROM ledger_node WHERE level = 0 AND position = (SELECT max(index) FROM ledger_entry)",
    "node-altered": "UPDATE ledger_node SET hash = repeat('0', 64) WHERE level = 1 AND position = 1",
    "shown-altered": "DELETE FROM ledger_recordshown",
}


REWRITES = {
    "forged": "UPDATE ledger_entry SET actor = 'Nobody' WHERE index = 3",
    "dropped": "DELETE FROM ledger_entry WHERE index = 3;"
    " UPDATE ledger_entry SET index = index - 1000 WHERE index > 3;"
    " UPDATE ledger_entry SET index = index + 999 WHERE index < 0",
    "reordered": "UPDATE ledger_entry SET index = -index WHERE index IN (3, 4);"
    " UPDATE ledger_entry SET index = 7 + index WHERE index < 0",
    "truncated": "DELETE FROM ledger_entry WHERE index >= 5",
    "forked": "DELETE FROM ledger_entry WHERE index > 8; UPDATE ledger_entry SET verb = 'link' WHERE index > 4",
}


@pytest.mark.promise("ledger-cannot-fork")
@pytest.mark.parametrize(("kind", "statement"), FORGERIES.items())
def test_what_is_altered_in_the_ledger_is_named(
    world: Desk, root: psycopg.Connection, kind: str, statement: str
) -> None:
    root.execute(statement)
    assert kind in {found for found, _ in kinds(world)}


@pytest.mark.promise("ledger-cannot-fork")
@pytest.mark.parametrize("rewrite", REWRITES)
def test_a_ledger_rewritten_as_a_whole_is_named_by_one_receipt(
    world: Desk, root: psycopg.Connection, rewrite: str
) -> None:
    """A superuser who has read this program rewrites the tree to fit; the desk then signs it with its own key."""
    content = filed("TG", "Police")
    received = world.perform("return.receive", by=TOGO, at=LATER, name="TG.json", content=content).to_json()
    assert kinds(world, receipts=[("TG.json", received)]) == set()
    root.execute(REWRITES[rewrite])
    with acting(ENGINE):
        nodes = memory_nodes([entry.leaf() for _, entry in entries()])
    root.execute("DELETE FROM ledger_node")
    for (level, position), digest in nodes.items():
        values = [level, position, digest.hex()]
        root.execute("INSERT INTO ledger_node (level, position, hash) VALUES (%s, %s, %s)", values)
    assert not {kind for kind, _ in kinds(world)} & {"entry-altered", "entry-missing", "node-altered"}, "the control"
    assert ("ledger-forked", "TG.json") in kinds(world, receipts=[("TG.json", received)])


@pytest.mark.promise("ledger-cannot-fork")
@pytest.mark.parametrize("model", [Entry, Node, RecordShown])
@pytest.mark.parametrize("role", Role)
def test_the_program_can_only_append(world: Desk, model: Any, role: Role) -> None:
    for change in (lambda: model.objects.update(id=0), lambda: model.objects.all().delete()):
        with (
            acting(Actor("somebody", role, frozenset({"ML"}))),
            pytest.raises(Error, match="permission denied"),
            transaction.atomic(),
        ):
            change()


@pytest.mark.promise("reads-recorded")
def test_who_was_shown_a_record_is_told_to_its_owner_and_nobody_else(world: Desk) -> None:
    seen = {}
    for by in (Actor("m", Role.NATIONAL, frozenset({"ML"})), Actor("p", Role.PROTECTION), Actor("d", Role.DESK)):
        with acting(by):
            seen[by.role] = set(RecordShown.objects.values_list("verb", "unit"))
    assert seen[Role.DESK] == set()
    assert ("screening.list", "ML") in seen[Role.NATIONAL]
    assert {unit for _, unit in seen[Role.NATIONAL]} == {"ML"}
    assert {("judge.explain", "ML"), ("judge.explain", "TG")} <= seen[Role.PROTECTION]
    # Who judges a link is shown both its records: a state that saw this would know of the link.
    assert not any(verb.startswith(("judge.", "hits.")) for verb, _ in seen[Role.NATIONAL])


def test_an_entry_holds_no_record_and_no_hash_that_can_be_guessed(world: Desk, root: psycopg.Connection) -> None:
    texts = [str(row) for row in root.execute("SELECT verb, result_hash, anchors::text FROM ledger_entry").fetchall()]
    assert not any("ML/Police" in text for text in texts)
    reads = [text for text in texts if text.startswith("('judge.explain'")]
    assert reads
    assert all("ledger_recordshown" in text and "('judge.explain', ''" in text for text in reads)


def test_a_return_s_anchors_do_not_tell_what_is_in_it(world: Desk, root: psycopg.Connection) -> None:
    query = "SELECT anchors FROM ledger_entry WHERE verb IN ('return.receive', 'return.withdraw')"
    names = [{name.partition("/")[0] for name in row[0]} for row in root.execute(query).fetchall() if row[0]]
    assert len(names) >= 3
    assert all(each == names[0] for each in names), "a withdrawal, which has no rows, has the same"
    assert "register_victim" in names[0]


def test_what_is_older_than_the_ledger_is_recorded_on_request(world: Desk, root: psycopg.Connection) -> None:
    root.execute("UPDATE ledger_entry SET anchors = '{}'")
    root.execute("DELETE FROM ledger_node")
    root.execute("DELETE FROM ledger_entry")
    found = {kind for kind, _ in kinds(world)}
    assert found == {"row-unrecorded", "shown-altered"}
    world.perform("ledger.begin", by=Actor("administrator", Role.ADMINISTRATOR), at=LATER)
    assert {kind for kind, _ in kinds(world)} == {"shown-altered"}
    release = world.perform("release.show", by=Actor("press", Role.PRESS), at=LATER)
    assert release.altered == ()


def test_the_digest_does_not_depend_on_the_session(world: Desk) -> None:
    before = {table.label: digests_of(table) for table in ANCHORED}
    with connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'Asia/Kathmandu'")
        cursor.execute("SET datestyle = 'German'")
        cursor.execute("SET intervalstyle = 'iso_8601'")
    try:
        assert {table.label: digests_of(table) for table in ANCHORED} == before
    finally:
        connection.close()
