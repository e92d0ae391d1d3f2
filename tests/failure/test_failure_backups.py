"""Backup and restore: the database and its keys apart, and nobody back who was erased."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.builders import somebody
from tests.conftest import open_directory
from tests.failure.test_failure_stolen_folder import MALI, SAID, fill

from traboule.app.desk import Desk
from traboule.cli.main import run
from traboule.core.errors import Refused, Unready
from traboule.core.permissions import Actor, Role
from traboule.database.context import Context, acting
from traboule.ledger.models import Entry
from traboule.register.personal import read

NAME = "stolen"
AT = datetime(2024, 10, 10, 9, tzinfo=UTC)
HER = "ML/Police/P1"
PROTECTION = somebody("Ana Ruiz", Role.PROTECTION)


def names(desk: Desk) -> set[str]:
    context = Context.of(Actor("engine", Role.ENGINE))
    return set(read("liberterra-ii", at=None, context=context, purpose="linkage")["identities"]["record"].to_pylist())


def asked(data: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    """Run a command and return its status and what it gave."""
    capsys.readouterr()
    status = run([*words, "--data", str(data), "--database", NAME, "--json"])
    printed = capsys.readouterr()
    return status, json.loads(printed.out or printed.err or "{}")


@pytest.mark.promise("restored-backup-brings-nobody-back")
def test_an_older_backup_brings_everything_back_but_the_erased(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_directory() as data:
        fill(data)
        dump, keys = tmp_path / "desk.dump", tmp_path / "apart" / "desk.keys"
        keys.parent.mkdir()
        assert asked(data, capsys, "backup", str(dump), "--keys", str(keys))[0] == 0
        assert [path.stat().st_mode & 0o777 for path in (dump, keys)] == [0o600] * 2
        contents = dump.read_bytes()
        assert not [said for said in SAID.values() if said.encode() in contents]
        there = erase(data)
        assert HER in there
        status, refusal = asked(data, capsys, "restore", str(dump), "--keys", str(keys))
        assert (status, refusal["error"]) == (5, "restore-database-exists")
        assert asked(data, capsys, "database", "drop", NAME, "--yes")[0] == 0
        status, restored = asked(data, capsys, "restore", str(dump), "--keys", str(keys))
        assert (status, restored["erased"]) == (0, 3)  # She and the two files that name her.
        desk = Desk.start(data, database=NAME, create=False)
        assert names(desk) == there - {HER}
        auditor = somebody("Lina Haddad", Role.AUDITOR)
        assert desk.perform("ledger.verify", by=auditor, at=AT).to_json()["findings"] == []
        desk.stop()


def erase(data: Path) -> set[str]:
    """Erase her, and return the records that were there before."""
    desk = Desk.start(data, database=NAME, create=False)
    there = names(desk)
    desk.perform("erasure.propose", by=MALI, at=AT, record=HER)
    desk.perform("erasure.confirm", by=PROTECTION, at=AT + timedelta(hours=1), record=HER)
    assert names(desk) == there - {HER}
    desk.stop()
    return there


def test_what_is_no_backup_is_refused_and_leaves_no_database(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_directory() as data, open_directory() as elsewhere:
        fill(data)
        dump, keys = tmp_path / "desk.dump", tmp_path / "apart" / "desk.keys"
        keys.parent.mkdir()
        status, refusal = asked(data, capsys, "backup", str(dump), "--keys", str(tmp_path / "desk.keys"))
        assert (status, refusal["error"]) == (3, "backup-together")
        assert asked(data, capsys, "backup", str(dump), "--keys", str(keys))[0] == 0
        cut, wrong = tmp_path / "cut.dump", tmp_path / "wrong.keys"
        cut.write_bytes(dump.read_bytes()[:-5000])
        wrong.write_text("{}", encoding="utf-8")
        for file, with_keys, code in (
            (cut, keys, "restore-failed"),
            (dump, wrong, "backup-keys-malformed"),
        ):
            status, refusal = asked(elsewhere, capsys, "restore", str(file), "--keys", str(with_keys))
            assert (status > 0, refusal["error"]) == (True, code)
            assert asked(elsewhere, capsys, "database", "list")[1].get("databases", []) == []
        assert asked(elsewhere, capsys, "restore", str(dump), "--keys", str(keys))[0] == 0
        desk = Desk.start(elsewhere, database=NAME, create=False)
        assert HER in names(desk)
        desk.stop()


@pytest.mark.promise("two-keepers-unlock")
def test_with_keepers_neither_the_disk_nor_a_backup_opens_and_two_of_them_bring_it_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_directory() as data, open_directory() as elsewhere:
        fill(data)
        desk = Desk.start(data, database=NAME, create=False)
        papers = tmp_path / "papers"
        papers.mkdir()

        def hand_out(shares: tuple[str, ...]) -> None:
            for number, words in enumerate(shares):
                (papers / str(number)).write_text(words, encoding="ascii")

        administrator = somebody("Jo Kim", Role.ADMINISTRATOR)
        desk.perform("keys.rotate", by=administrator, at=AT, hand_out=hand_out)
        assert HER in names(desk)
        with pytest.raises(Refused) as wanted:
            desk.perform("keys.rotate", by=administrator, at=AT)
        assert wanted.value.code == "keys-shares-wanted"
        with acting(somebody("Lina Haddad", Role.AUDITOR)):
            assert Entry.objects.filter(verb="keys.rotate").values_list("actor", flat=True).get() == "Jo Kim"
        desk.stop()
        dump, keys = tmp_path / "desk.dump", tmp_path / "apart" / "desk.keys"
        keys.parent.mkdir()
        assert asked(data, capsys, "backup", str(dump), "--keys", str(keys))[0] == 0
        assert asked(data, capsys, "keys", "status") == (0, {"root": "memory"})
        assert asked(data, capsys, "keys", "lock") == (0, {"root": "locked"})
        desk = Desk.start(data, database=NAME, create=False)
        with pytest.raises(Unready) as locked:
            names(desk)
        assert locked.value.code == "keys-locked"
        desk.stop()
        one, two = (("--share", str(papers / name)) for name in ("0", "2"))
        status, refusal = asked(data, capsys, "keys", "unlock", *one)
        assert (status > 0, refusal["error"]) == (True, "keys-shares-few")
        assert asked(data, capsys, "keys", "unlock", *one, *two) == (0, {"root": "memory"})
        assert asked(data, capsys, "keys", "lock")[0] == 0
        status, refusal = asked(elsewhere, capsys, "restore", str(dump), "--keys", str(keys), *one)
        assert (status > 0, refusal["error"]) == (True, "keys-shares-few")
        assert asked(elsewhere, capsys, "restore", str(dump), "--keys", str(keys), *one, *two)[0] == 0
        desk = Desk.start(elsewhere, database=NAME, create=False)
        assert HER in names(desk)
        desk.stop()
        assert asked(elsewhere, capsys, "keys", "lock")[0] == 0
