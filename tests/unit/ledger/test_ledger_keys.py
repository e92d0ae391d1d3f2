"""The ledger's key file, entries older than the tree, and appends at the same time."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections as django_connections
from django.db import transaction
from tests.unit.ledger.conftest import AUDITOR

from traboule.accounts.models import Account, FailedSignIns
from traboule.app.desk import Desk
from traboule.app.dispatch import SIGN_IN
from traboule.app.start import Started
from traboule.core.errors import NotFound, Unready
from traboule.core.permissions import Actor, Role
from traboule.database import databases
from traboule.database.connections import OWNER_ALIAS, as_owner, use
from traboule.database.context import acting
from traboule.ledger.digests import written_tables
from traboule.ledger.keys import LedgerKey
from traboule.ledger.log import entries, size
from traboule.ledger.verifier import VerifierKey, verified_checkpoint

AT = datetime(2024, 10, 9, 9, tzinfo=UTC)
ENGINE = Actor("engine", Role.ENGINE)


def test_a_key_is_made_once_and_closed(tmp_path: Path) -> None:
    path = tmp_path / "new" / "ledger-key"
    with pytest.raises(Unready):
        LedgerKey.at(path)
    key = LedgerKey.at(path, make=True)
    assert path.stat().st_mode & 0o777 == 0o600
    assert LedgerKey.at(path) == key
    assert list(path.parent.iterdir()) == [path]
    assert key.secret.hex() not in repr(key)
    assert LedgerKey.at(tmp_path / "another", make=True) != key
    signer = key.signer("log.example")
    assert signer.seed not in (key.secret, key.witness("log.example").seed)
    assert key.anchor("a", "0") != key.anchor("b", "0") != key.anchor("b", "1")


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger-key"
    LedgerKey.at(path, make=True)
    path.chmod(0o640)
    with pytest.raises(Unready) as refused:
        LedgerKey.at(path)
    assert refused.value.code == "ledger-key-open"


@pytest.mark.parametrize("content", ["", "nonsense", "00" * 31])
def test_a_damaged_key_is_not_replaced(tmp_path: Path, content: str) -> None:
    path = tmp_path / "ledger-key"
    path.write_text(content, encoding="ascii")
    path.chmod(0o600)
    with pytest.raises(Unready) as refused:
        LedgerKey.at(path, make=True)
    assert refused.value.code == "ledger-key-unreadable"
    assert path.read_text(encoding="ascii") == content


def test_nothing_is_recorded_without_a_place_for_the_key() -> None:
    with pytest.raises(Unready) as refused:
        LedgerKey.at(None)
    assert refused.value.code == "ledger-key-nowhere"


def test_an_empty_ledger_has_no_key_yet(database: Started) -> None:
    with pytest.raises(NotFound, match="no entry yet"):
        Desk(database).perform("ledger.key", by=AUDITOR, at=AT)


def test_a_wrong_key_fits_nothing(database: Started, tmp_path: Path) -> None:
    """Nor is a new one made where the ledger's has been lost: nothing goes on being recorded under another."""
    open_operation(Desk(database))
    elsewhere = Desk(database, tmp_path / "another")
    for act in (lambda: open_operation(elsewhere), lambda: elsewhere.perform("ledger.verify", by=AUDITOR, at=AT)):
        with pytest.raises(Unready) as refused:
            act()
        assert refused.value.code == "ledger-key-unreadable"
    LedgerKey.at(tmp_path / "another", make=True)
    report = elsewhere.perform("ledger.verify", by=AUDITOR, at=AT)
    assert [finding.kind for finding in report.findings] == ["row-altered"]


def open_operation(desk: Desk, minute: int = 0) -> None:
    by = Actor("a", Role.ADMINISTRATOR)
    desk.perform("operation.open", by=by, at=AT + timedelta(minutes=minute), source="liberterra-ii")


def test_entries_appended_at_once_have_no_gap(database: Started) -> None:
    """Each thread has a connection of its own; the lock puts one behind another."""
    desk, failures = Desk(database), []
    open_operation(desk)

    def append(number: int) -> None:
        try:
            for turn in range(5):
                open_operation(desk, 10 * number + turn)
        except Exception as failure:  # noqa: BLE001
            failures.append(failure)
        finally:
            django_connections.close_all()

    threads = [threading.Thread(target=append, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with acting(ENGINE):
        assert [index for index, _ in entries()] == list(range(21))
    assert desk.perform("ledger.verify", by=AUDITOR, at=AT).findings == ()


def test_an_entry_anchors_what_its_own_transaction_has_written_and_not_what_went_before(database: Started) -> None:
    """Nor what was read or locked: how long an entry takes would else tell what somebody else has just done."""
    open_operation(Desk(database))
    with acting(SIGN_IN):
        assert not Account.objects.select_for_update().exists()
        assert written_tables() == frozenset()
        before = transaction.savepoint()
        Account.objects.create(login="awa", person_id="awa", opened_at=AT, opened_by="")
        transaction.savepoint_rollback(before)
        assert written_tables() == frozenset()
        FailedSignIns.objects.create(login_hash="0" * 64, last_at=AT)
        assert written_tables() == {"accounts_failedsignins"}


def test_what_is_rolled_back_leaves_no_entry(database: Started) -> None:
    desk = Desk(database)
    open_operation(desk)
    with pytest.raises(NotFound):
        desk.perform("stop.undo", by=Actor("d", Role.DESK), at=AT, number=7, reason="none such")
    with acting(ENGINE):
        assert size() == 1


def test_a_head_continues_the_earlier_one(database: Started) -> None:
    desk = Desk(database)
    open_operation(desk)
    first = desk.perform("ledger.head", by=AUDITOR, at=AT)
    open_operation(desk, 1)
    second = desk.perform("ledger.head", by=AUDITOR, at=AT, since=1)
    assert first.key == second.key
    key = VerifierKey.parse(first.key)
    assert [verified_checkpoint(head.checkpoint, key).size for head in (first, second)] == [1, 2]
    assert len(second.consistency) == 1


def test_entries_older_than_the_tree_are_numbered_and_stand_in_it(database: Started) -> None:
    """A database as it was before: entries without an index, and no nodes."""
    desk, name = Desk(database), database.app.database
    open_operation(desk)
    with as_owner(database.owner):
        call_command("migrate", "ledger", "0001", database=OWNER_ALIAS, verbosity=0, interactive=False)
    with psycopg.connect(database.root.to(database=name).uri()) as root:
        root.execute("DELETE FROM ledger_entry")
        for minute in range(5):
            values = [AT + timedelta(minutes=minute), "Awa", "national", "ML,TG", "return.receive", "0" * 64]
            columns = "at, actor, role, unit, verb, result_hash"
            root.execute(f"INSERT INTO ledger_entry ({columns}) VALUES (%s, %s, %s, %s, %s, %s)", values)  # noqa: S608
    databases._shape(database.root, name)
    use(database.app)
    with acting(ENGINE):
        assert [(index, entry.actor, entry.units) for index, entry in entries()] == [
            (index, "Awa", ("ML", "TG")) for index in range(5)
        ]
    report = desk.perform("ledger.verify", by=AUDITOR, at=AT)
    assert {finding.kind for finding in report.findings} == {"row-unrecorded"}
    open_operation(desk)
    with acting(ENGINE):
        assert size() == 6
