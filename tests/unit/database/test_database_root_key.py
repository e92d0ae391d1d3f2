"""The root key: exchanged at any moment, and unlocked by two of three keepers."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from traboule.core.errors import Broken, Conflict, Refused, TrabouleError, Unready
from traboule.database.backups import key_backup
from traboule.database.keys import keepers, root_key, rotation
from traboule.database.keys.files import MASTER, KeyFiles
from traboule.database.keys.sealing import seal, unseal
from traboule.database.keys.unit_keys import UnitKeys, file_name

DATABASES = ("one", "two")
UNITS = ("ML", "TG")
WRITES = ("fsync", "replace", "unlink")


@pytest.fixture
def files(tmp_path: Path) -> Iterator[KeyFiles]:
    folder = KeyFiles(tmp_path / "keys")
    folder.read_or_make(MASTER)
    yield folder
    if keepers.is_in_memory(folder):
        keepers.lock(folder)


def sealed_rows(files: KeyFiles) -> dict[tuple[str, str], bytes]:
    """Return a blob under the key of each unit of each database."""
    pairs = [(database, unit) for database in DATABASES for unit in UNITS]
    return {pair: seal(UnitKeys(files, pair[0]).rows(pair[1]), b"Awa", b"there") for pair in pairs}


def open_all(files: KeyFiles, rows: dict[tuple[str, str], bytes]) -> None:
    for (database, unit), blob in rows.items():
        assert unseal(UnitKeys(files, database).rows(unit), blob, b"there") == b"Awa"


def hand_over(files: KeyFiles, *, keep_file: bool = False) -> tuple[str, ...]:
    root = root_key.new_root()
    keepers.hand_over(files, root, keep_file=keep_file)
    return keepers.split(root)


@pytest.mark.promise("exchanged-root-key-opens-nothing")
def test_the_earlier_root_key_opens_nothing_and_the_new_one_everything(files: KeyFiles) -> None:
    rows = sealed_rows(files)
    before = files.read(root_key.ROOT)
    rotation.rotate(files, root_key.new_root())
    open_all(files, rows)
    texts = [path.read_text(encoding="ascii") for path in files.folder.iterdir()]
    assert before not in texts
    files.write(root_key.ROOT, before)
    for database, unit in rows:
        with pytest.raises(Broken):
            UnitKeys(files, database).rows(unit)


def test_keys_read_before_the_exchange_go_on_opening_and_making(files: KeyFiles) -> None:
    rows = sealed_rows(files)
    early = UnitKeys(files, "one")
    early.rows("ML")
    rotation.rotate(files, root_key.new_root())
    assert unseal(early.rows("TG"), rows["one", "TG"], b"there") == b"Awa"
    blob = seal(early.rows("NE"), b"Awa", b"there")
    assert unseal(UnitKeys(files, "one").rows("NE"), blob, b"there") == b"Awa"


def killed_at(point: int, work: Callable[[], object]) -> bool:
    """Do ``work`` in a process that is killed before or after (odd) its write ``point // 2``; tell whether it was."""
    process = os.fork()
    if process == 0:
        status = 1
        try:
            calls = 0

            def counted(real: Callable[..., Any]) -> Callable[..., Any]:
                def call(*arguments: Any, **keywords: Any) -> Any:
                    nonlocal calls
                    place, calls = 2 * calls, calls + 1
                    if place == point:
                        os.kill(os.getpid(), signal.SIGKILL)
                    try:
                        return real(*arguments, **keywords)
                    finally:
                        if place + 1 == point:
                            os.kill(os.getpid(), signal.SIGKILL)

                return call

            for name in WRITES:
                setattr(os, name, counted(getattr(os, name)))
            work()
            status = 0
        finally:
            os._exit(status)
    ended = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    assert ended in (0, -signal.SIGKILL)
    return ended != 0


@pytest.mark.promise("exchanged-root-key-opens-nothing")
@pytest.mark.parametrize("with_keepers", [False, True])
def test_killed_at_any_write_every_key_opens_and_the_next_exchange_is_whole(
    files: KeyFiles, tmp_path: Path, *, with_keepers: bool
) -> None:
    rows = sealed_rows(files)
    before = hand_over(files, keep_file=True) if with_keepers else ()
    copy, point = tmp_path / "copy", 0
    while True:
        shutil.copytree(files.folder, copy)
        at, root = KeyFiles(copy), root_key.new_root()
        was_killed = killed_at(point, lambda at=at, root=root: rotation.rotate(at, root))  # type: ignore[misc]
        open_all(at, rows)
        if with_keepers:  # As after a power cut: nothing is left but what two keepers have.
            keepers.lock(at)
            shares = (
                keepers.split(root) if root_key.fingerprint_with_keepers(at) == root_key.fingerprint(root) else before
            )
            keepers.unlock(at, shares[1:])
            open_all(at, rows)
        last = root_key.new_root()
        rotation.rotate(at, last)
        open_all(at, rows)
        assert (root_key.opening(at), at.has(root_key.NEXT)) == ((last,), False)
        if with_keepers:
            keepers.lock(at)
        shutil.rmtree(copy)
        if not was_killed:
            break
        point += 1
    assert point > 20


@pytest.mark.promise("two-keepers-unlock")
def test_any_two_of_three_unlock_and_nothing_less(files: KeyFiles) -> None:
    rows = sealed_rows(files)
    shares = hand_over(files)
    assert (len(shares), keepers.is_in_memory(files)) == (3, True)
    open_all(files, rows)
    root = files.read(root_key.ROOT)
    keepers.lock(files)
    assert root not in [path.read_text(encoding="ascii") for path in files.folder.iterdir()]
    with pytest.raises(Unready) as locked:
        UnitKeys(files, "one").rows("ML")
    assert locked.value.code == "keys-locked"
    for pair in permutations(shares, 2):
        keepers.unlock(files, pair)
        open_all(files, rows)
        keepers.lock(files)
    strange = keepers.split(root_key.new_root())
    for wrong, code in (
        ((), "keys-shares-few"),
        (shares[:1], "keys-shares-few"),
        ((shares[0], shares[0]), "keys-shares-few"),
        ((shares[0], strange[1]), "keys-shares-differ"),
        (strange[:2], "keys-shares-of-another-key"),
        ((shares[0], shares[1].replace(shares[1].split()[9], "academic")), "keys-share-mistyped"),
    ):
        with pytest.raises(Refused) as refused:
            keepers.unlock(files, wrong)
        assert (refused.value.code, root_key.is_locked(files)) == (code, True)


def test_new_shares_end_the_earlier_ones(files: KeyFiles) -> None:
    rows = sealed_rows(files)
    earlier, later = hand_over(files), hand_over(files)
    keepers.lock(files)
    with pytest.raises(Refused) as refused:
        keepers.unlock(files, earlier[:2])
    assert refused.value.code == "keys-shares-of-another-key"
    keepers.unlock(files, later[:2])
    open_all(files, rows)


def test_without_keepers_nothing_is_locked_or_unlocked(files: KeyFiles) -> None:
    sealed_rows(files)
    for refused in (lambda: keepers.lock(files), lambda: keepers.unlock(files, ())):
        with pytest.raises(Conflict) as conflict:
            refused()
        assert conflict.value.code == "keys-without-keepers"


def test_a_backup_from_before_the_exchange_opens_with_the_root_key_of_now(files: KeyFiles) -> None:
    rows = sealed_rows(files)
    backed_up = key_backup.packed(files, "one", "")
    rotation.rotate(files, root_key.new_root())
    files.remove(file_name("one"))
    key_backup.unpack(backed_up, files, "one")
    open_all(files, rows)


def test_a_backup_holds_no_root_key_that_keepers_have(files: KeyFiles, tmp_path: Path) -> None:
    rows = sealed_rows(files)
    shares = hand_over(files)
    backed_up = key_backup.packed(files, "one", "")
    assert key_backup.lacks_root(backed_up)
    assert files.read(root_key.ROOT) not in json.dumps(backed_up)
    elsewhere = KeyFiles(tmp_path / "elsewhere")
    with pytest.raises(TrabouleError) as refused:
        key_backup.unpack(backed_up, elsewhere, "one")
    assert refused.value.code == "keys-shares-few"
    key_backup.unpack(backed_up, elsewhere, "one", shares[1:])
    open_all(elsewhere, {pair: blob for pair, blob in rows.items() if pair[0] == "one"})
    keepers.lock(elsewhere)
