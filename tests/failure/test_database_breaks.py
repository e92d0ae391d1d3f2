"""The database breaks at every possible moment: a return is received whole or not at all."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import Error
from psycopg import sql
from tests.conftest import empty, open_directory
from tests.returns_built import Filed, file, people

from traboule.app.start import Started, start
from traboule.database import connections, embedded, leftovers

RETURN = Filed(
    {
        **people("p1", "p2", "p3", family_name="Traoré"),
        "victims": {"v1": {"person": "p1", "promised_job": "vendeuse"}},
        "totals": {"t1": {"measure": "arrests", "unit": "person", "value": 3}},
    },
    held=frozenset({("people", "p3")}),
)


class Breaking:
    """Lets the driver work ``good`` times and then breaks it once, before or after the call it breaks."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, good: int, *, after: bool = False) -> None:
        self.good, self.after, self.calls, self.broke = good, after, 0, False
        monkeypatch.setattr(psycopg.Cursor, "execute", self.wrapped(psycopg.Cursor.execute))
        monkeypatch.setattr(psycopg.Connection, "commit", self.wrapped(psycopg.Connection.commit))

    def wrapped(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **keywords: Any) -> Any:
            self.calls += 1
            if self.broke or self.calls <= self.good:
                return real(*arguments, **keywords)
            self.broke = True
            if self.after:
                real(*arguments, **keywords)
            raise psycopg.OperationalError("the connection was lost")

        return call


def counts(database: Started) -> dict[str, int]:
    """Count every row of every table as the bootstrap user, whom no wall binds."""
    found = {}
    with psycopg.connect(database.root.to(database=database.app.database).uri()) as root:
        for table in sorted(model._meta.db_table for model in apps.get_models()):
            row = root.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
            if row is not None and row[0]:
                found[table] = row[0]
    return found


@pytest.mark.parametrize("after", [False, True], ids=["before the call", "after the call"])
@pytest.mark.promise("acknowledged-return-never-lost")
def test_the_nth_call_breaks(database: Started, monkeypatch: pytest.MonkeyPatch, after: bool) -> None:
    whole = file(RETURN)
    everything = counts(database)
    assert len(everything) == 11  # Tables: five of returns, six of the register.
    connections.leave()
    empty(database)
    broken = 0
    while True:
        with monkeypatch.context() as patched:
            breaking = Breaking(patched, broken, after=after)
            try:
                file(RETURN)
            except Error:
                assert breaking.broke
        if not breaking.broke:
            break
        broken += 1
        connections.leave()
        assert counts(database) in ({}, everything)
        again = file(RETURN)
        assert again.receipt_id == whole.receipt_id
        assert counts(database) == everything
        connections.leave()
        empty(database)
    assert broken >= 15


@pytest.mark.promise("retry-never-doubles")
def test_an_answer_that_is_lost_after_the_commit_is_given_again(
    database: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        last = Breaking(patched, 10_000)
        file(RETURN)
    empty(database)
    with monkeypatch.context() as patched:
        Breaking(patched, last.calls - 1, after=True)
        with pytest.raises(Error):
            file(RETURN)
    connections.leave()
    assert file(RETURN).again


@pytest.mark.promise("breakdown-refused-cleanly")
def test_the_server_ends_the_connection_in_the_middle(database: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = psycopg.Cursor.execute, []

    def execute(cursor: psycopg.Cursor[Any], *arguments: Any, **keywords: Any) -> Any:
        calls.append(cursor.connection.info.backend_pid)
        if len(calls) == 9:
            with psycopg.connect(database.root.uri(), autocommit=True) as root:
                real(root.cursor(), "SELECT pg_terminate_backend(%s, 5000)", [calls[-1]])
        return real(cursor, *arguments, **keywords)

    with monkeypatch.context() as patched:
        patched.setattr(psycopg.Cursor, "execute", execute)
        with pytest.raises(Error):
            file(RETURN)
    connections.leave()
    assert counts(database) == {}
    assert not file(RETURN).again


FILING = """
import sys
from pathlib import Path
from traboule.app.start import start
started = start(Path(sys.argv[1]), database_name="killed")
from tests.returns_built import Filed, file, people
number = int(sys.argv[2])
while True:
    number += 1
    print(file(Filed(people(*(f"p{n}" for n in range(20))), version=number)).receipt_id, flush=True)
"""


@pytest.fixture
def own_cluster() -> Iterator[Path]:
    with open_directory() as path:
        yield path


@pytest.mark.promise("acknowledged-return-never-lost")
def test_a_server_killed_at_any_moment_loses_no_receipt_and_keeps_no_half(own_cluster: Path) -> None:
    """Every process of the server is killed at a random moment, three times; receipts and rows then agree."""
    seed = int.from_bytes(os.urandom(4))
    print(json.dumps({"seed": seed}))
    chance = random.Random(seed)
    data = (own_cluster / "postgres" / "data").resolve()
    receipts: set[str] = set()
    for attempt in range(3):
        started = start(own_cluster, database_name="killed")
        filing = subprocess.Popen(
            [sys.executable, "-c", FILING, str(own_cluster), str(attempt * 1000)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        assert filing.stdout is not None
        receipts.add(filing.stdout.readline().strip())
        time.sleep(chance.uniform(0, 0.3))
        for process in leftovers.processes(data):
            os.kill(process, signal.SIGKILL)
        receipts.update(line.strip() for line in filing.communicate()[0].splitlines())
        started.stop()
        again = start(own_cluster, database_name="killed")
        running = embedded.start(own_cluster)
        with psycopg.connect(running.address.to(database="killed").uri()) as root:
            there = {str(name) for (name,) in root.execute("SELECT return_id FROM returns_returnreceived")}
            for table in ("register_person", "register_personidentity", "register_asfiled"):
                query = sql.SQL("SELECT return_id::text, count(*) FROM {} GROUP BY 1").format(sql.Identifier(table))
                assert dict(root.execute(query).fetchall()) == dict.fromkeys(there, 20)
        assert receipts <= there
        running.stop()
        again.stop()
    assert len(receipts) >= 3
