"""The six classes in which sharing platforms failed (MISP, CVE-2020-14969 and others), each fixed as a test here.

Derived data without both ends' rules; a child fetched by its parent's id; a document that re-queries; owner ids that
the client supplies; one object authorised and another changed; a row dropped silently.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import Error, connection
from tests.two_returns import filed
from tests.worlds import AT, CURIOUS, ENGINE, HIDDEN, KNOWN, MALI, PAIR, PROTECTION, TOGO, arguments_of, build, togo

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.core.errors import Broken, Invalid, NotFound, Refused
from traboule.core.permissions import Actor
from traboule.database.context import acting

OFFICER = CURIOUS[1]


@pytest.fixture
def desk(database: Started) -> Desk:
    """Mali filed suspects; Togo filed suspects and a victim who shares a telephone with one of them."""
    return build(database, KNOWN)


def count(by: Actor, query: str, values: tuple[str, ...] = ()) -> int:
    with acting(by), connection.cursor() as cursor:
        cursor.execute(query, values)
        return int(cursor.fetchall()[0][0])


def test_derived_data_follows_the_rules_of_both_ends(desk: Desk) -> None:
    """A link of Mali's suspect with Togo's victim is seen by nobody who may not see both."""
    touching = "SELECT count(*) FROM linkage_link l WHERE %s IN (l.left, l.right)"
    assert count(ENGINE, touching, (HIDDEN,)) > 0
    for by in (*CURIOUS, TOGO):
        assert count(by, touching, (HIDDEN,)) == 0, by
    for by in (MALI, TOGO):
        assert count(by, "SELECT count(*) FROM linkage_link") == 0
    assert HIDDEN not in json.dumps(desk.perform("judge.queue", by=OFFICER, at=AT, limit=100).to_json())


@pytest.mark.parametrize(
    "child",
    ["register_personrole", "register_identifier", "register_personidentity", "returns_returnoriginal", "register_leg"],
)
def test_a_child_is_not_fetched_by_its_parents_id(desk: Desk, child: str) -> None:
    with acting(ENGINE), connection.cursor() as cursor:
        cursor.execute("SELECT return_id::text FROM returns_returnreceived WHERE unit = 'TG'")
        (parent,) = cursor.fetchall()[0]
    query = f"SELECT count(*) FROM {child} WHERE return_id = %s::uuid"  # noqa: S608  One of ours.
    assert count(TOGO, query, (parent,)) > 0
    assert [count(by, query, (parent,)) for by in CURIOUS] == [0] * len(CURIOUS)


def test_a_document_does_not_ask_the_register_again(desk: Desk) -> None:
    """A draft prints what it was drafted from, whatever is filed before it is read; a template knows nothing."""
    press = CURIOUS[3]
    desk.perform("release.draft", by=press, at=AT)

    def documents() -> tuple[dict[str, bytes], bytes]:
        proof = desk.perform("release.proof", by=press, at=AT)
        return dict(proof.files), desk.perform("return.template", by=MALI, at=AT, state="ML", language="en").content

    before = documents()
    more = togo(KNOWN, 2).replace(b'"X1"', b'"X2"')
    desk.perform("return.receive", by=TOGO, at=AT + timedelta(hours=1), name="TG.json", content=more)
    assert documents() == before


def test_an_owner_that_the_client_names_is_not_believed(desk: Desk) -> None:
    """A cover of another state, a row named like another state's record, a reference to another state's person."""
    before = count(ENGINE, "SELECT count(*) FROM register_person WHERE unit = 'ML'")
    with pytest.raises((Refused, Invalid)):
        desk.perform("return.receive", by=TOGO, at=AT, name="x.json", content=filed("ML", "Police"))
    content: dict[str, Any] = json.loads(filed("TG", "Douane"))
    content["people"][0]["row_id"] = PAIR[0]
    content["roles"][1]["person"] = PAIR[0]
    received = desk.perform("return.receive", by=TOGO, at=AT, name="y.json", content=json.dumps(content).encode())
    assert received.receipt.filed == received.receipt.entered + received.receipt.held + received.receipt.refused
    assert count(ENGINE, "SELECT count(*) FROM register_person WHERE unit = 'ML'") == before
    assert count(ENGINE, "SELECT count(*) FROM register_personrole WHERE record LIKE 'ML/%%' AND unit <> 'ML'") == 0
    with pytest.raises(Refused):
        desk.perform("return.withdraw", by=TOGO, at=AT, state="ML", agency="Police")


def test_what_is_authorised_is_what_is_changed(desk: Desk) -> None:
    """A pair of which one end is the desk's; a file read and another received; a return of a state not one's own."""
    statements = "SELECT count(*) FROM linkage_judgement"
    for pair in ((PAIR[0], HIDDEN), (HIDDEN, PAIR[0])):
        with pytest.raises(NotFound):
            desk.perform("judge.decide", by=OFFICER, at=AT, pair=pair, verdict="match", reason="x")
    assert count(ENGINE, statements) == 0
    desk.perform("judge.decide", by=PROTECTION, at=AT, pair=(PAIR[0], HIDDEN), verdict="match", reason="x")
    assert (count(ENGINE, statements), count(OFFICER, statements)) == (1, 0)
    read = desk.perform("return.read", by=MALI, at=AT, files=[("ML.json", filed("ML", "Police"))]).raws[0]
    other = filed("ML", "Gendarmerie")
    with pytest.raises(Broken):
        desk.perform("return.receive", by=MALI, at=AT, name="ML.json", content=other, raw=read)
    assert count(ENGINE, "SELECT count(*) FROM returns_returnreceived WHERE agency = 'Gendarmerie'") == 0


def test_no_row_is_dropped_silently(desk: Desk) -> None:
    """What is withheld says so; every open link is in one queue; a change that the wall forbids is an error."""
    figures = desk.perform("figures.compute", by=OFFICER, at=AT, **arguments_of("figures.compute")).to_json()["figures"]
    persons = [figure for figure in figures if figure["value"] is None]
    assert {figure["id"] for figure in persons} >= {"potential_victims", "arrests"}
    assert all(figure["below"] for figure in persons)
    queues = [desk.perform("judge.queue", by=by, at=AT, limit=100) for by in (OFFICER, PROTECTION)]
    queued = {(link.left, link.right) for queue in queues for link in queue.links}
    assert sum(queue.open for queue in queues) == sum(len(queue.links) for queue in queues) == len(queued)
    assert len(queued) >= count(ENGINE, "SELECT count(*) FROM linkage_link WHERE protected AND status = 'open'")
    for change in (
        "DELETE FROM linkage_link",
        "UPDATE register_person SET unit = 'ML'",
        "DELETE FROM figures_figurerun",
    ):
        with pytest.raises(Error, match="permission denied"), acting(OFFICER), connection.cursor() as cursor:
            cursor.execute(change)
