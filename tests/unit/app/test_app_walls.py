"""An attacker with a valid login: SQL with the application's role and the officer's context, and every verb.

Each attack once succeeded. Each has a control: with the defence out (as the engine, or after the owner took row
security from the table) the same statement finds what it looks for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg import sql
from tests.two_returns import filed

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.core.errors import NotFound
from traboule.core.permissions import Actor, Role
from traboule.database.context import acting

AT = datetime(2024, 10, 9, 9, tzinfo=UTC)
OFFICER = Actor("Awa Diop", Role.DESK)
PROTECTION = Actor("Ana Ruiz", Role.PROTECTION)
ENGINE = Actor("engine", Role.ENGINE)
CURIOUS = [
    OFFICER,
    Actor("Iris Novak", Role.PRESS),
    Actor("Lina Haddad", Role.AUDITOR),
    Actor("Jo Kim", Role.ADMINISTRATOR),
    Actor("officer of SN", Role.NATIONAL, frozenset({"SN"})),
]
VICTIMS, SUSPECTS, TOGETHER = "Brigade", "Police", "Gendarmerie"

# What each statement once told, and the tables whose walls now answer it with nothing.
ATTACKS = {
    "persons with the kind and country of their action": (
        """
        SELECT p.record, a.kind, a.country FROM register_personrole r
        JOIN register_person p ON p.record = left(r.record, length(r.record) - length(r.row_id)) || r.person
        JOIN register_action a ON a.record = left(r.record, length(r.record) - length(r.row_id)) || r.action
        WHERE r.person IS NOT NULL
        """,
        ("register_personrole", "register_person", "register_action"),
    ),
    "counts of single victims by action": (
        """
        SELECT i->>'reference', g->>'sex', g->>'persons' FROM figures_figurerun,
            jsonb_array_elements(beside->'incidents') i, jsonb_array_elements(i->'groups') g
        """,
        ("figures_figurerun",),
    ),
    "how many records of each unit are victims, from what a count kept": (
        "SELECT content->'figures'->'potential_victims'->'contributing' FROM figures_figurerun"
        " WHERE content->'figures'->'potential_victims'->>'value' <> '0'",
        ("figures_figurerun",),
    ),
    "identifiers stopped in a run, which are shelters'": (
        "SELECT stopped FROM linkage_linkrun WHERE stopped::text LIKE '%phone%'",
        ("linkage_linkrun",),
    ),
    "links of victims": (
        "SELECT l.left, l.right, l.evidence FROM linkage_link l WHERE l.left LIKE '%Brigade%'",
        ("linkage_link",),
    ),
    "members of a victim's cluster": (
        "SELECT record, cluster FROM linkage_clustermember WHERE record LIKE '%Brigade%'",
        ("linkage_clustermember",),
    ),
    "what was judged of victims": (
        "SELECT j.left, j.right, j.reason FROM linkage_judgement j WHERE j.left LIKE '%Brigade%'",
        ("linkage_judgement",),
    ),
    "rows of a return that nobody of the desk may see": (
        "SELECT unit, agency, entered FROM returns_returnreceived",
        ("returns_returnreceived",),
    ),
}


@pytest.fixture
def desk(database: Started) -> Desk:
    """Two states filed two suspects, two victims by another agency, and a victim whom a hotline's number names."""
    result = Desk(database)
    result.perform("operation.open", by=Actor("a", Role.ADMINISTRATOR), at=AT, source="liberterra-ii")
    for agency, role in ((SUSPECTS, "suspect"), (VICTIMS, "possible_victim")):
        for state in ("ML", "TG"):
            receive(result, state, content_of(state, agency, role))
    content = content_of("ML", TOGETHER, "possible_victim")
    content["identifiers"] = [{"row_id": "I1", "person": "P1", "kind": "phone", "value": "+18883737888"}]
    receive(result, "ML", content)
    result.perform("link", by=ENGINE, at=AT)
    pair = (f"ML/{VICTIMS}/P1", f"TG/{VICTIMS}/P1")
    result.perform("judge.decide", by=PROTECTION, at=AT, pair=pair, verdict="unsure", reason="no photograph yet")
    result.perform("figures.compute", by=ENGINE, at=AT)
    return result


def content_of(state: str, agency: str, role: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(filed(state, agency, role))
    for number, person in enumerate(content["people"], 1):
        person["given_names"] = f"{'Afi' if role == 'suspect' else 'Efua'} {number}"
    for identifier in content["identifiers"]:
        identifier["value"] = identifier["value"].replace("761", "761" if role == "suspect" else "662")
    return content


def receive(desk: Desk, state: str, content: dict[str, Any]) -> None:
    by = Actor(f"officer of {state}", Role.NATIONAL, frozenset({state}))
    name = f"{content['cover']['agency']}.{state}.json"
    desk.perform("return.receive", by=by, at=AT, name=name, content=json.dumps(content).encode())


def rows(by: Actor, statement: str) -> list[Any]:
    """Execute a statement as the application's role in the context of ``by``."""
    with acting(by), connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


@contextmanager
def without_row_security(database: Started, tables: tuple[str, ...]) -> Iterator[None]:
    """Take row security from ``tables`` as their owner, and put it back."""
    with psycopg.connect(database.owner.uri(), autocommit=True) as owner:
        for action, table in [(action, table) for action in ("DISABLE",) for table in tables]:
            owner.execute(sql.SQL("ALTER TABLE {} " + action + " ROW LEVEL SECURITY").format(sql.Identifier(table)))
        try:
            yield
        finally:
            for table in tables:
                owner.execute(sql.SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(sql.Identifier(table)))


@pytest.mark.promise("desk-learns-no-victim")
@pytest.mark.parametrize("attack", ATTACKS)
def test_sql_with_a_valid_login_gets_nothing(desk: Desk, database: Started, attack: str) -> None:
    statement, tables = ATTACKS[attack]
    assert {by.role: rows(by, statement) for by in CURIOUS} == {by.role: [] for by in CURIOUS}
    assert rows(ENGINE, statement) != []
    with without_row_security(database, tables):
        assert rows(OFFICER, statement) != []
    assert rows(OFFICER, statement) == []


@pytest.mark.promise("unit-sees-no-other-person")
def test_a_state_reads_its_own_rows_of_persons_and_no_other(desk: Desk, database: Started) -> None:
    mali = Actor("officer of ML", Role.NATIONAL, frozenset({"ML"}))
    statement = "SELECT DISTINCT unit FROM register_person"
    assert rows(mali, statement) == [("ML",)]
    with without_row_security(database, ("register_person",)):
        assert sorted(rows(mali, statement)) == [("ML",), ("TG",)]


def told(desk: Desk, by: Actor) -> list[str]:
    """Return what every verb of judging and explaining tells an officer, as texts."""
    asked: list[tuple[str, dict[str, Any]]] = [
        ("judge.queue", {"limit": 100}),
        ("judge.queue", {"limit": 100, "things": True}),
        ("judge.left-out", {}),
        ("link.model", {}),
        ("figures.compute", {}),
        ("figures.explain", {"figure": "potential_victims"}),
        ("figures.compare", {"earlier": AT - timedelta(days=1)}),
        ("figures.unseen", {}),
    ]
    return [
        json.dumps(desk.perform(verb, by=by, at=AT + timedelta(hours=1), **arguments).to_json())
        for verb, arguments in asked
    ]


@pytest.mark.promise("desk-learns-no-victim")
def test_no_verb_names_a_victim_to_the_desk(desk: Desk) -> None:
    """Neither the queue with its effects on minors and victims, nor an explanation, nor what linkage left out."""
    for text in told(desk, OFFICER):
        assert VICTIMS not in text
        assert TOGETHER not in text
        assert '"potential_victims": 1' not in text
    assert any(VICTIMS in text for text in told(desk, PROTECTION))
    (queue, *_) = told(desk, OFFICER)
    assert SUSPECTS in queue


@pytest.mark.promise("desk-learns-no-victim")
def test_a_protected_record_looks_to_the_desk_like_one_that_never_was(desk: Desk) -> None:
    hidden, absent = f"ML/{VICTIMS}/P1", f"ML/{VICTIMS}/P7"
    other = f"TG/{SUSPECTS}/P1"
    for verb, arguments in (
        ("judge.explain", {"pair": (hidden, other)}),
        ("judge.built", {"record": hidden}),
        ("judge.decide", {"pair": (hidden, other), "verdict": "match", "reason": "x"}),
        ("judge.undo", {"pair": (f"ML/{VICTIMS}/P1", f"TG/{VICTIMS}/P1"), "reason": "x"}),
    ):
        like = {
            name: tuple(absent if record == hidden else record for record in value) if name == "pair" else value
            for name, value in arguments.items()
        } | ({"record": absent} if "record" in arguments else {})
        assert failure(desk, OFFICER, verb, arguments).replace(hidden, absent) == failure(desk, OFFICER, verb, like)
    assert failure(desk, PROTECTION, "judge.built", {"record": hidden}) == ""


def failure(desk: Desk, by: Actor, verb: str, arguments: dict[str, Any]) -> str:
    """Return how a verb refuses, in words; empty where it does not."""
    try:
        desk.perform(verb, by=by, at=AT + timedelta(hours=1), **arguments)
    except Exception as refusal:  # noqa: BLE001  Whatever an attacker gets is compared.
        return f"{type(refusal).__name__}: {refusal!r} {getattr(refusal, 'values', '')}"
    return ""


def test_the_two_queues_share_no_link_and_leave_none_out(desk: Desk) -> None:
    pairs = {
        by.role: {(link.left, link.right) for link in desk.perform("judge.queue", by=by, at=AT, limit=100).links}
        for by in (OFFICER, PROTECTION)
    }
    assert pairs[Role.DESK] & pairs[Role.PROTECTION] == set()
    everything = rows(ENGINE, "SELECT l.left, l.right FROM linkage_link l WHERE status = 'open' AND protected")
    assert set(everything) <= pairs[Role.DESK] | pairs[Role.PROTECTION]
    assert {SUSPECTS} == {record.split("/")[1] for pair in pairs[Role.DESK] for record in pair}


def test_who_becomes_a_victim_leaves_the_desk(desk: Desk) -> None:
    """A second return makes a suspect a victim: before the next run her sides are hidden, after it the link is gone."""
    pair = (f"ML/{SUSPECTS}/P1", f"TG/{SUSPECTS}/P1")
    before = desk.perform("judge.explain", by=OFFICER, at=AT, pair=pair)
    assert [bool(side.facts) for side in before.sides] == [True, True]
    content = content_of("ML", SUSPECTS, "suspect")
    content["cover"]["version"] = 2
    content["victims"] = [{"row_id": "V1", "person": "P1", "action": "A1", "status": "PossibleVictimOfTrafficking"}]
    receive(desk, "ML", content)
    after = desk.perform("judge.explain", by=OFFICER, at=AT, pair=pair)
    assert [bool(side.facts) for side in after.sides] == [False, True]
    assert pair not in {(link.left, link.right) for link in desk.perform("judge.queue", by=OFFICER, at=AT).links}
    desk.perform("link", by=OFFICER, at=AT + timedelta(hours=1))
    with pytest.raises(NotFound):
        desk.perform("judge.built", by=OFFICER, at=AT + timedelta(hours=2), record=pair[0])
    shown = desk.perform("judge.queue", by=PROTECTION, at=AT + timedelta(hours=2), limit=100).links
    assert pair in {(link.left, link.right) for link in shown}


def test_either_desk_undoes_its_own_judgement_alone(desk: Desk) -> None:
    pair = (f"ML/{SUSPECTS}/P1", f"TG/{SUSPECTS}/P1")
    for minute, by in enumerate((PROTECTION, OFFICER)):
        at = AT + timedelta(minutes=minute)
        desk.perform("judge.decide", by=by, at=at, pair=pair, verdict=("match", "no_match")[minute], reason="x")
    undone = desk.perform("judge.undo", by=OFFICER, at=AT + timedelta(minutes=2), pair=pair, reason="y")
    assert (undone.stands, undone.before) == ("", "two persons")
    desk.perform("link", by=ENGINE, at=AT + timedelta(minutes=3))
    assert (
        desk.perform("judge.explain", by=PROTECTION, at=AT + timedelta(minutes=4), pair=pair).status
        == "judged one person"
    )
    assert desk.perform("judge.explain", by=OFFICER, at=AT + timedelta(minutes=4), pair=pair).status == "to be judged"
