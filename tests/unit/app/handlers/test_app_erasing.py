"""Erasing a person: by two persons, for good, and for every copy of the database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg import sql
from tests.builders import somebody
from tests.conftest import Administered
from tests.unsealing import opened_bytes
from tests.worlds import AT, ENGINE, HIDDEN, KNOWN, MALI, PROTECTION, TOGO, build, operation_file, togo

from traboule.app.desk import Desk
from traboule.core.errors import Broken, Conflict, NotFound, Refused
from traboule.core.permissions import Actor, Role
from traboule.database.context import Context, acting
from traboule.database.keys import tombstones
from traboule.database.keys.process import process_unit_keys
from traboule.operation.operation import load
from traboule.register.history import tables
from traboule.register.personal import read
from traboule.returns.models import ReturnOriginal, SubjectKey, Tombstone
from traboule.returns.subjects.keys import of_file, place

CODE = load(operation_file()).code
LATER = AT + timedelta(hours=2)
ADMINISTRATOR = somebody("Jo Kim", Role.ADMINISTRATOR)
KEYS = "SELECT unit, subject, generation, wrapped FROM returns_subjectkey WHERE wrapped IS NOT NULL"


@pytest.fixture
def desk(database: Administered) -> Iterator[Desk]:
    yield build(database, KNOWN)
    keys = process_unit_keys()
    keys.files.remove(tombstones.tombstones_file(keys.database))  # The next test's database has the same name.


def erase(desk: Desk) -> dict[str, Any]:
    desk.perform("erasure.propose", by=TOGO, at=LATER, record=HIDDEN)
    erased: dict[str, Any] = desk.perform("erasure.confirm", by=PROTECTION, at=LATER, record=HIDDEN).to_json()
    return erased


def records() -> set[str]:
    """Return every record of a person that any read of the register names."""
    context = Context.of(ENGINE)
    in_force = tables(CODE, at=None, context=context)
    named = {record for name in ("roles", "arrests", "legs", "victims") for record in in_force[name]["person_record"]}
    personal = read(CODE, at=None, context=context, purpose="linkage")
    named |= {
        *personal["identities"]["record"],
        *personal["identifiers"]["person_record"],
        *in_force["people"]["record"],
    }
    return {record.as_py() for record in named}


def as_root(database: Administered, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database.root.to(database=database.app.database).uri()) as root:
        cursor = root.execute(sql.SQL(statement))
        return cursor.fetchall() if cursor.description else []


@pytest.mark.promise("erased-for-good")
def test_her_rows_leave_every_read_and_all_others_stay(desk: Desk) -> None:
    before = records()
    assert HIDDEN in before
    assert erase(desk) == {"record": HIDDEN, "files": 1}
    assert records() == before - {HIDDEN}
    linked = desk.perform("link", by=ENGINE, at=LATER + timedelta(hours=1)).to_json()
    assert linked["records"] == len(before) - 1
    with acting(ENGINE):
        assert set(Tombstone.objects.values_list("subject", "cause")) >= {(HIDDEN, "asked")}
    auditor = somebody("Lina Haddad", Role.AUDITOR)
    verified = desk.perform("ledger.verify", by=auditor, at=LATER + timedelta(hours=2)).to_json()
    assert verified["findings"] == []


@pytest.mark.promise("erased-for-good")
def test_no_copy_of_the_database_opens_her_again(desk: Desk, database: Administered) -> None:
    """Her old wrapped key comes back from a backup, a dead row or the journal; the keys' folder no longer opens it."""
    copy = {subject: (generation, wrapped) for _, subject, generation, wrapped in as_root(database, KEYS)}
    erase(desk)
    assert {row[1] for row in as_root(database, KEYS)} == {s for s in copy if s != HIDDEN and s not in files(TOGO)}
    generation, wrapped = copy[HIDDEN]
    as_root(
        database,
        f"UPDATE returns_subjectkey SET wrapped = '\\x{bytes(wrapped).hex()}', generation = {generation}"  # noqa: S608
        f" WHERE subject = '{HIDDEN}'",
    )
    with pytest.raises(Broken) as gone:
        records()
    assert gone.value.code == "unit-key-missing"


def files(by: Actor) -> set[str]:
    with acting(ENGINE):
        numbers = ReturnOriginal.objects.filter(unit__in=by.units).values_list("return_id", flat=True)
        return {of_file(number) for number in numbers}


def test_the_files_that_name_her_go_and_others_stay(desk: Desk) -> None:
    erase(desk)
    with acting(ENGINE):
        for original in ReturnOriginal.objects.all():
            where = place("returns_returnoriginal", original.return_id)
            if original.unit == "TG":
                with pytest.raises(KeyError):
                    opened_bytes(original, of_file(original.return_id), where)
            else:
                assert opened_bytes(original, of_file(original.return_id), where).startswith(b"{")


def test_it_takes_her_state_and_the_protection_officer(desk: Desk) -> None:
    for by, code in ((MALI, "record-unknown"), (PROTECTION, "not-permitted"), (ADMINISTRATOR, "not-permitted")):
        with pytest.raises((NotFound, Refused)) as refused:
            desk.perform("erasure.propose", by=by, at=LATER, record=HIDDEN)
        assert refused.value.code == code
    with pytest.raises(NotFound) as nothing:
        desk.perform("erasure.confirm", by=PROTECTION, at=LATER, record=HIDDEN)
    assert nothing.value.code == "erasure-none"
    nobody = Actor("officer of TG", Role.NATIONAL, frozenset({"TG"}))
    with pytest.raises(Refused) as unnamed:
        desk.perform("erasure.propose", by=nobody, at=LATER, record=HIDDEN)
    assert unnamed.value.code == "erasure-without-account"
    desk.perform("erasure.propose", by=TOGO, at=LATER, record=HIDDEN)
    assert desk.perform("erasure.list", by=MALI, at=LATER).to_json() == {"proposals": []}
    waiting = desk.perform("erasure.list", by=PROTECTION, at=LATER).to_json()["proposals"]
    assert [proposal["record"] for proposal in waiting] == [HIDDEN]
    both = Actor(TOGO.name, Role.PROTECTION, account="another of his", person=TOGO.person)
    with pytest.raises(Conflict) as own:
        desk.perform("erasure.confirm", by=both, at=LATER, record=HIDDEN)
    assert own.value.code == "erasure-own"
    desk.perform("erasure.confirm", by=PROTECTION, at=LATER, record=HIDDEN)
    assert desk.perform("erasure.list", by=PROTECTION, at=LATER).to_json() == {"proposals": []}
    for verb, by in (("erasure.propose", TOGO), ("erasure.confirm", PROTECTION)):
        with pytest.raises(Conflict) as twice:
            desk.perform(verb, by=by, at=LATER, record=HIDDEN)
        assert twice.value.code == "record-erased-already"


def test_a_later_return_that_names_her_is_refused_and_one_without_her_is_not(desk: Desk) -> None:
    erase(desk)
    for version in (2, 3):
        with pytest.raises(Refused) as refused:
            desk.perform("return.receive", by=TOGO, at=LATER, name="TG.json", content=togo(KNOWN, version))
        assert (refused.value.code, refused.value.values["records"]) == ("record-erased", HIDDEN)
    after = LATER + timedelta(hours=1)
    received = desk.perform("return.receive", by=TOGO, at=after, name="TG.json", content=togo(None, 2)).receipt
    assert received.entered > 0
    assert HIDDEN not in records()


@pytest.mark.promise("retention-erases")
def test_retention_shows_and_erases_what_is_over_and_nothing_before(desk: Desk) -> None:
    last = load(operation_file()).kept_until
    on_the_day = AT.replace(year=last.year, month=last.month, day=last.day)
    for verb in ("retention.show", "retention.run"):
        shown = desk.perform(verb, by=ADMINISTRATOR, at=on_the_day).to_json()["operations"]
        assert shown == [{"operation": CODE, "kept_until": last.isoformat(), "persons": 0}]
    there = records()
    after = on_the_day + timedelta(days=1)
    foreseen = desk.perform("retention.show", by=ADMINISTRATOR, at=after).to_json()
    assert foreseen["operations"][0]["persons"] == len(there) > 0
    assert records() == there
    assert desk.perform("retention.run", by=ADMINISTRATOR, at=after).to_json() == foreseen
    assert records() == set()
    with acting(ENGINE):
        assert not SubjectKey.objects.filter(wrapped__isnull=False).exists()
        assert set(Tombstone.objects.values_list("cause", flat=True)) == {"retention"}
    assert desk.perform("retention.run", by=ADMINISTRATOR, at=after).to_json()["operations"][0]["persons"] == 0


@pytest.mark.promise("restored-backup-brings-nobody-back")
def test_whom_the_list_names_is_erased_again(desk: Desk, database: Administered) -> None:
    """The database as it was before, with the keys as they were before: what a restored backup is."""
    keys = process_unit_keys()
    units = keys.files.read(f"units-{keys.database}")
    before = as_root(database, KEYS)
    erase(desk)
    assert HIDDEN in {entry.subject for entry in tombstones.listed(keys.files, keys.database)}
    for _, subject, generation, wrapped in before:
        as_root(
            database,
            f"UPDATE returns_subjectkey SET wrapped = '\\x{bytes(wrapped).hex()}',"  # noqa: S608
            f" generation = {generation} WHERE subject = '{subject}'",
        )
    as_root(database, "DELETE FROM returns_tombstone")
    keys.files.write(f"units-{keys.database}", units)
    assert HIDDEN in records()
    replayed = desk.perform("retention.replay", by=ADMINISTRATOR, at=LATER).to_json()
    assert replayed == {"erased": 2}  # She, and her file.
    assert HIDDEN not in records()
    assert desk.perform("retention.replay", by=ADMINISTRATOR, at=LATER).to_json() == {"erased": 0}


def test_a_key_that_is_emptied_without_a_tombstone_hides_nobody(desk: Desk, database: Administered) -> None:
    as_root(database, f"UPDATE returns_subjectkey SET wrapped = NULL WHERE subject = '{HIDDEN}'")  # noqa: S608
    with pytest.raises(Broken) as raised:
        records()
    assert raised.value.code == "sealed-key-missing"


def test_the_list_holds_no_more_than_which_record(desk: Desk) -> None:
    erase(desk)
    keys = process_unit_keys()
    text = keys.files.read(tombstones.tombstones_file(keys.database))
    assert [CODE, "TG", HIDDEN] in json.loads(text)
    assert "Amavi" not in text
