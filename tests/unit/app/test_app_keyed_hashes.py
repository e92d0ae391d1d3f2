"""No hash that the database stores confirms a guess: of a telephone, a name, or what a row says."""

from __future__ import annotations

import json
from hashlib import blake2b

import psycopg
import pytest
from django.apps import apps
from psycopg import sql
from tests.conftest import Administered
from tests.returns_built import Filed, file, people
from tests.two_returns import AT, filed, receive_both

from traboule.app.desk import Desk
from traboule.core.permissions import Actor, Role
from traboule.linkage.stop_list import value_hash
from traboule.linkage.weights.model import frequency, read_model, text_hash
from traboule.returns.content import content_hash

AGENCY = "Direction generale de la police nationale"
TELEPHONE = "+18883737888"  # A hotline of the shipped stop list.


def everything(database: Administered) -> str:
    """Return all that the database holds, as text."""
    with psycopg.connect(database.root.to(database=database.app.database).uri()) as root:
        tables = [sql.Identifier(model._meta.db_table) for model in apps.get_models()]
        rows = (root.execute(sql.SQL("SELECT t::text FROM {} t").format(table)).fetchall() for table in tables)
        return "\n".join(text for table in rows for (text,) in table)


@pytest.mark.promise("stored-hashes-confirm-nothing")
def test_a_row_cannot_be_guessed_by_its_hash(database: Administered) -> None:
    rows = people("p1", family_name="Traoré")
    file(Filed(rows))
    guess = Filed(rows).checked().tables["people"][0]
    stored = everything(database)
    assert "ML/Police nationale/p1" in stored
    assert "Traoré" not in stored
    assert content_hash(guess) not in stored


@pytest.mark.promise("stored-hashes-confirm-nothing")
def test_no_hash_of_a_stopped_value_is_stored(database: Administered) -> None:
    desk = Desk(database)
    content = json.loads(filed("ML", AGENCY))
    content["cover"]["state"] = "SN"
    content["identifiers"][0]["value"] = TELEPHONE
    by = Actor("officer of SN", Role.NATIONAL, frozenset({"SN"}))
    receive_both(desk, AGENCY)
    desk.perform("return.receive", by=by, at=AT, name="SN.json", content=json.dumps(content).encode())
    desk.perform("link", by=Actor("engine", Role.ENGINE), at=AT)
    stored = everything(database)
    with psycopg.connect(database.root.to(database=database.app.database).uri()) as root:
        (stopped,) = root.execute("SELECT stopped FROM linkage_linkrun").fetchone() or ([],)
    assert stopped
    assert {frozenset(entry) for entry in stopped} == {frozenset({"kind", "reason", "records"})}
    assert value_hash("phone", TELEPHONE) not in stored


@pytest.mark.promise("stored-hashes-confirm-nothing")
def test_no_name_can_be_tried_in_a_stored_model() -> None:
    plain = frequency({"TRR": 7, "bamako": 4})
    keyed = plain.keyed(b"key")
    assert set(plain.counts) == {text_hash("TRR"), text_hash("bamako")}  # The control: an unkeyed one can be tried.
    tried = {text_hash("TRR"), blake2b(text_hash("TRR").encode(), digest_size=8).hexdigest()}
    assert not tried & set(keyed.counts)
    assert [keyed.of(text) for text in ("TRR", "bamako", "x")] == [plain.of(text) for text in ("TRR", "bamako", "x")]


def test_a_stored_model_is_read_back_with_its_key_and_weighs_the_same(database: Administered) -> None:
    desk = Desk(database)
    receive_both(desk, AGENCY)
    desk.perform("link", by=Actor("engine", Role.ENGINE), at=AT)
    with psycopg.connect(database.root.to(database=database.app.database).uri()) as root:
        text, model_hash = root.execute("SELECT model, model_hash FROM linkage_linkrun").fetchone() or ("", "")
    assert read_model(text, key=b"x").hash == model_hash == json.loads(text)["hash"]
