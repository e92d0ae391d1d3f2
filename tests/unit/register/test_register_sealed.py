"""Sealed rows: what was altered or moved does not open, and no key of theirs stands in the database in clear."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from tests.conftest import Administered
from tests.returns_built import OPERATION, Filed, file

from traboule.core.errors import Broken, Unready
from traboule.core.permissions import Actor, Role
from traboule.database.context import Context, acting
from traboule.database.keys.files import KeyFiles
from traboule.database.keys.process import process_unit_keys
from traboule.database.keys.root_key import ROOT, new_root
from traboule.database.keys.sealing import cipher, new_key, seal, unseal
from traboule.database.keys.unit_keys import ROWS, UnitKeys, file_name
from traboule.register.history import tables
from traboule.register.personal import narratives, read
from traboule.returns.models import SubjectKey

ENGINE = Actor("engine", Role.ENGINE)
ROWS_FILED = {
    "people": {
        "p1": {"family_name": "Traoré", "sex": "female"},
        "p2": {"family_name": "Diarra", "sex": "male"},
    },
    "arrests": {"a1": {"person": "p1", "at": datetime.fromisoformat("2024-10-01T05:30"), "place": "Bamako"}},
    "victims": {"v1": {"person": "p1", "promised_job": "vendeuse"}},
    "identifiers": {"i1": {"person": "p2", "kind": "phone", "value": "+22370000000"}, "i2": {"value": "XY 77"}},
    "seizures": {"s1": {"kind": "cash", "value": 12.5}},
    "actions": {"a1": {"kind": "raid", "place": "Kayes", "narrative": "…"}, "a2": {"kind": "raid", "place": "Gao"}},
}


@pytest.fixture
def filed(database: Administered) -> Administered:
    """Two persons of Mali, and one of Togo who is filed under the same names of rows."""
    file(Filed(ROWS_FILED))
    file(Filed(ROWS_FILED, unit="TG"))
    return database


def altered(database: Administered, statement: str) -> None:
    with psycopg.connect(database.root.to(database=database.app.database).uri()) as root:
        assert root.execute(sql.SQL(statement)).rowcount > 0


def read_all() -> None:
    tables(OPERATION, at=None, context=Context.of(ENGINE))
    for door in (read, narratives):
        door(OPERATION, at=None, context=Context.of(ENGINE), purpose="linkage")


MOVES = {
    "a byte altered": "UPDATE register_person SET sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1)",
    "to another row of the same person": (
        "UPDATE register_personidentity t SET sealed = (SELECT sealed FROM register_personidentity"
        " WHERE record = 'ML/Police nationale/p2'), sealed_for = 'ML/Police nationale/p2'"
        " WHERE record = 'ML/Police nationale/p1'"
    ),
    "to another person": (
        "UPDATE register_person t SET sealed = (SELECT sealed FROM register_person"
        " WHERE record = 'ML/Police nationale/p2') WHERE record = 'ML/Police nationale/p1'"
    ),
    "to another version": "UPDATE register_arrest SET version = 2",
    "to another return": "UPDATE register_personidentity SET return_id = gen_random_uuid()",
    "to another table": (
        "UPDATE register_personidentity i SET sealed = (SELECT sealed FROM register_person p WHERE p.record = i.record)"
    ),
    "to another row of the unit": (
        "UPDATE register_action SET sealed = (SELECT sealed FROM register_action"
        " WHERE record = 'ML/Police nationale/a1') WHERE record = 'ML/Police nationale/a2'"
    ),
    "to another unit": (
        "UPDATE register_action a SET sealed = (SELECT sealed FROM register_action"
        " WHERE record = 'ML/Police nationale/a1') WHERE record = 'TG/Police nationale/a1'"
    ),
    "as another table's narrative": "UPDATE register_narrative SET \"table\" = 'actions' WHERE \"table\" = 'victims'",
    "a key of another person": (
        "UPDATE returns_subjectkey SET wrapped = (SELECT wrapped FROM returns_subjectkey"
        " WHERE subject = 'ML/Police nationale/p2') WHERE subject = 'ML/Police nationale/p1'"
    ),
    "a key of another operation": "UPDATE returns_subjectkey SET operation = 'x' || operation",
    "a key that is gone": "DELETE FROM returns_subjectkey WHERE subject = 'TG/Police nationale/p1'",
}


@pytest.mark.promise("sealed-content-stays-in-its-place")
@pytest.mark.parametrize("move", list(MOVES))
def test_what_was_altered_or_moved_does_not_open(filed: Administered, move: str) -> None:
    read_all()
    altered(filed, MOVES[move])
    with pytest.raises(Broken) as raised:
        read_all()
    assert raised.value.code in ("sealed-altered", "sealed-key-missing")


def test_a_reading_unwraps_the_keys_of_its_own_rows_alone(filed: Administered) -> None:
    """A key that opens nothing stops the reading of its person's rows, and no other: it was not touched."""
    damaged = "UPDATE returns_subjectkey SET wrapped = set_byte(wrapped, 20, get_byte(wrapped, 20) # 1)"
    altered(filed, f"{damaged} WHERE subject LIKE '%/p2'")
    names = ("arrests", "victims")
    assert tables(OPERATION, at=None, context=Context.of(ENGINE), names=names)["victims"].num_rows == 2
    with pytest.raises(Broken) as raised:
        tables(OPERATION, at=None, context=Context.of(ENGINE), names=("people",))
    assert raised.value.code == "sealed-altered"


def test_each_person_has_a_key_of_her_own(filed: Administered) -> None:
    with acting(ENGINE):
        keys = list(SubjectKey.objects.values_list("unit", "subject", "wrapped"))
    persons = {subject for _, subject, _ in keys if "/" in subject}
    assert persons == {f"{unit}/Police nationale/{row}" for unit in ("ML", "TG") for row in ("p1", "p2")}
    assert len({bytes(wrapped) for *_, wrapped in keys if wrapped}) == len(keys) == 6  # And one a file.


def test_the_same_content_is_never_sealed_alike() -> None:
    under = cipher(new_key())
    assert seal(under, b"Awa", b"there") != seal(under, b"Awa", b"there")
    assert unseal(under, seal(under, b"Awa", b"there"), b"there") == b"Awa"


@pytest.mark.parametrize("damage", [b"", b"\x01", bytes(12), bytes(28), bytes(29)])
def test_what_is_no_sealed_content_is_refused(damage: bytes) -> None:
    with pytest.raises(Broken):
        unseal(cipher(new_key()), damage, b"there")


def test_the_file_of_unit_keys_holds_them_wrapped_and_for_its_database(tmp_path: Path) -> None:
    files = KeyFiles(tmp_path / "keys")
    keys = UnitKeys(files, "one")
    assert keys.newest("ML")[0] == 1
    text = files.read(file_name("one"))
    assert UnitKeys(files, "one").generations("ML") == [1]
    assert [path.stat().st_mode & 0o777 for path in files.folder.iterdir()] == [0o600] * 4
    files.write(file_name("two"), text)
    with pytest.raises(Broken):
        UnitKeys(files, "two").rows("ML")
    files.write(file_name("one"), text.replace('"ML"', '"TG"'))
    with pytest.raises(Broken):
        UnitKeys(files, "one").rows("TG")
    files.write(file_name("one"), text)
    files.write(ROOT, new_root())
    with pytest.raises(Broken):
        UnitKeys(files, "one").rows("ML")


def test_a_generation_that_was_forgotten_opens_nothing(tmp_path: Path) -> None:
    keys = UnitKeys(KeyFiles(tmp_path), "one")
    under = keys.newest("ML")[1]
    sealed = seal(under, b"key", b"there")
    again = UnitKeys(KeyFiles(tmp_path), "one")
    assert again.begin_generation("ML") == 2
    assert unseal(again.generation("ML", 1), sealed, b"there") == b"key"
    again.forget("ML", [1])
    for read_again in (again, UnitKeys(KeyFiles(tmp_path), "one")):
        assert read_again.generations("ML") == [2]
        with pytest.raises(Broken) as gone:
            read_again.generation("ML", 1)
        assert gone.value.code == "unit-key-missing"
    assert ROWS not in map(str, again.generations("ML"))


def test_a_process_without_a_folder_of_keys_opens_nothing(filed: Administered) -> None:
    from traboule.database import connections

    connections.use(filed.app.signing(filed.app.master))
    with pytest.raises(Unready) as refused:
        process_unit_keys()
    assert refused.value.code == "database-key-absent"
