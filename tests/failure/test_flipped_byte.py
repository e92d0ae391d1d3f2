"""A byte flips on the disk, in a table or in the journal: the ledger's verification says so, in words."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.builders import a_return
from tests.conftest import open_directory
from tests.unit.app.test_app_releasing import AT, AUDITOR, DAYS, ENGINE, WOMEN

from traboule.app.desk import Desk
from traboule.core.errors import Unready
from traboule.core.permissions import Actor, Role
from traboule.database import embedded, leftovers
from traboule.operation.operation import shipped_text

MALI = Actor("officer of ML", Role.NATIONAL, frozenset({"ML"}))
TABLES = ("returns_returnoriginal", "register_asfiled", "ledger_entry", "operation_operationopened")


@pytest.fixture
def place() -> Iterator[Path]:
    with open_directory() as path:
        yield path


def desk_at(place: Path) -> Desk:
    """Open an operation in a cluster of the test's own."""
    desk = Desk.start(place)
    text = shipped_text("liberterra-ii")
    desk.perform("operation.open", by=Actor("a", Role.ADMINISTRATOR), at=AT, text=text)
    return desk


def file_return(desk: Desk) -> dict[str, object]:
    """File a return and give its receipt."""
    content = a_return("ML", [(day, 20, WOMEN) for day in DAYS])
    receipt: dict[str, object] = desk.perform(
        "return.receive", by=MALI, at=AT, name="ML.json", content=content
    ).to_json()
    return receipt


def flip(path: Path, place: int) -> None:
    """Flip one bit of a file, as a failing disk does."""
    with path.open("r+b") as file:
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ 1]))


def verification(place: Path, receipts: tuple[tuple[str, dict[str, object]], ...] = ()) -> set[str]:
    """Verify the ledger, and return the kinds of what was found, or the code of the refusal."""
    try:
        desk = Desk.start(place, create=False)
    except Unready as unready:
        return {unready.code}
    try:
        report = desk.perform("ledger.verify", by=AUDITOR, at=AT, receipts=receipts)
        return {finding.kind for finding in report.findings}
    except Unready as unready:
        return {unready.code}
    finally:
        desk.stop()


@pytest.mark.promise("silent-corruption-noticed")
def test_a_byte_flipped_on_the_disk_of_a_table_is_noticed(place: Path) -> None:
    seed = int.from_bytes(os.urandom(4))
    print({"seed": seed})
    chance = random.Random(seed)
    desk = desk_at(place)
    file_return(desk)
    desk.perform("figures.compute", by=ENGINE, at=AT)
    running = embedded.start(place)
    with psycopg.connect(running.address.to(database="traboule").uri()) as root:
        query = "SELECT pg_relation_filepath(unnest(ARRAY[oid, reltoastrelid])) FROM pg_class WHERE relname = ANY(%s)"
        paths = [running.place.data / path for (path,) in root.execute(query, [list(TABLES)]) if path]
    running.stop()
    desk.stop()
    assert verification(place) == set()
    files = [path for path in paths if path.stat().st_size]  # Where all texts of a table are short, none lies apart.
    assert len(files) > len(TABLES)
    for file in files:
        at = chance.randrange(file.stat().st_size)
        flip(file, at)
        assert verification(place) == {"database-damaged"}, (file, at)
        flip(file, at)
    assert verification(place) == set()


@pytest.mark.promise("silent-corruption-noticed")
def test_a_byte_flipped_in_the_journal_before_recovery_is_noticed_by_whoever_has_a_receipt(place: Path) -> None:
    """A recovery ends where the journal is broken: what was acknowledged after it is gone, and the receipt shows it."""
    desk = desk_at(place)
    running = embedded.start(place)
    with psycopg.connect(running.address.to(database="traboule").uri(), autocommit=True) as root:
        root.execute("CHECKPOINT")
        at = "SELECT file_name, file_offset FROM pg_walfile_name_offset(pg_current_wal_flush_lsn())"
        before = root.execute(at).fetchone()
        receipt = file_return(desk)
        after = root.execute(at).fetchone()
    assert before is not None
    assert after is not None
    assert before[0] == after[0]
    for process in leftovers.processes(running.place.data):
        os.kill(process, signal.SIGKILL)
    running.stop()
    desk.stop()
    flip(running.place.data / "pg_wal" / before[0], (before[1] + after[1]) // 2)
    noticed = verification(place, (("ML.receipt.json", receipt),))
    assert noticed
    assert noticed <= {"database-did-not-start", "ledger-forked"}
