"""Two processes that count as returns arrive: one works, the other takes over when it is killed; a served room has its
own."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import open_directory
from tests.journey.test_journey_serving import PROGRAM, serving
from tests.two_returns import filed
from tests.worlds import ACCOUNTS, CURIOUS, ENGINE, MALI, PROTECTION, TOGO, operation_file, togo

from traboule.app.desk import Desk
from traboule.database import connections, embedded

PATIENCE = 60  # Seconds for a process to begin, on a busy machine.


@dataclass
class Follower:
    """A process that follows; what it reports, as it comes."""

    process: subprocess.Popen[str]
    reports: queue.Queue[str] = field(default_factory=queue.Queue)

    def __post_init__(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.reports.put(json.loads(line)["live"])

    def hear(self) -> str:
        """Return the next report."""
        return self.reports.get(timeout=PATIENCE)


@dataclass(frozen=True)
class Operation:
    """An operation in a folder of its own, and a desk over it."""

    data: Path
    desk: Desk

    def perform(self, verb: str, by: Any = ENGINE, **arguments: Any) -> Any:
        """Perform ``verb`` now."""
        return self.desk.perform(verb, by=by, at=datetime.now(UTC), **arguments)

    def rows(self) -> tuple[bool, int]:
        """Return whether the figures shown were counted live, and how many rows are behind them."""
        plain = self.perform("figures.show", PROTECTION).to_json()
        return plain["live"], sum(figure["rows"] for figure in plain["figures"])

    def file(self, version: int) -> None:
        """File Togo's return, with one person more in each version."""
        content = json.loads(togo(None, version))
        content["people"] += [{"row_id": f"X{n}", "family_name": f"Mensah {n}", "sex": "male"} for n in range(version)]
        fact = {"action": "A1", "role": "possible_victim"}
        content["roles"] += [{"row_id": f"X{n}", "person": f"X{n}", **fact} for n in range(version)]
        self.perform("return.receive", TOGO, name="TG.json", content=json.dumps(content).encode())

    @contextmanager
    def following(self) -> Iterator[Follower]:
        """Run a process that follows."""
        command = [*PROGRAM, "follow", "--data", str(self.data), "--json"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            try:
                yield Follower(process)
            finally:
                process.kill()


@pytest.fixture(scope="module")
def operation() -> Iterator[Operation]:
    """An operation for which Mali filed, linked and counted."""
    with open_directory() as data:
        opened = Operation(data, Desk.start(data))
        opened.perform("people.demo", CURIOUS[4], actors=ACCOUNTS)
        opened.perform("operation.open", CURIOUS[4], text=operation_file())
        opened.perform("return.receive", MALI, name="ML.json", content=filed("ML", "Police"))
        opened.perform("link")
        opened.perform("figures.compute")
        yield opened
        opened.desk.stop()


def test_the_second_takes_over_when_the_first_is_killed(operation: Operation) -> None:
    with operation.following() as first:
        assert first.hear() == "live-kept"
        with operation.following() as second:
            assert second.hear() == "live-waiting"
            operation.file(1)
            assert first.hear() == "live-counted"
            live, rows = operation.rows()
            assert live
            os.kill(first.process.pid, signal.SIGKILL)
            assert second.hear() == "live-kept"
            operation.file(2)
            assert second.hear() == "live-counted"
            live, more = operation.rows()
            assert live
            assert more > rows
            # What it keeps it has from the database alone: what both counted is what is counted anew.
            anew = operation.perform("figures.compute").to_json()
            assert sum(figure["rows"] for figure in anew["figures"]) == more
            second.process.send_signal(signal.SIGTERM)
            assert second.process.wait(PATIENCE) == 0
            assert second.process.stderr is not None
            assert second.process.stderr.read() == ""


def test_it_goes_on_after_the_database_was_restarted(operation: Operation) -> None:
    with operation.following() as follower:
        assert follower.hear() == "live-kept"
        assert embedded.stop(operation.data)
        running = embedded.start(operation.data)
        connections.leave()  # Those of this process, which the restart has cut as well.
        operation.file(3)
        while follower.hear() != "live-counted":
            pass
        assert operation.rows()[0]
        running.stop()


def test_a_served_room_follows_and_starts_its_process_again(operation: Operation) -> None:
    with serving(operation.data, "0", live=True) as room:
        try:
            assert room.stdout is not None
            room.stdout.readline()
            beside = _child(room)
            os.kill(beside, signal.SIGKILL)
            again = _child(room, beside)
            _, rows = operation.rows()
            operation.file(4)
            _until(lambda: operation.rows()[1] > rows)
            assert operation.rows()[0]
            room.send_signal(signal.SIGINT)
            _, complaint = room.communicate(timeout=PATIENCE)
            assert (room.returncode, complaint) == (0, "")
            assert not Path(f"/proc/{again}").exists()
        finally:
            room.kill()


def _until(is_so: Callable[[], object]) -> None:
    """Wait until something is so. Fails after a while."""
    for _ in range(5 * PATIENCE):
        if is_so():
            return
        threading.Event().wait(0.2)
    raise TimeoutError


def _child(room: subprocess.Popen[str], dead: int = 0) -> int:
    """Return the process that follows beside a served room, the one after ``dead``."""
    living: list[int] = []
    _until(lambda: living.extend(child for child in _children(room.pid) if child != dead) or living)
    return living[0]


def _children(process: int) -> Iterator[int]:
    """Yield the processes that follow beside a served room."""
    children: list[str] = []
    for task in Path(f"/proc/{process}/task").iterdir():
        children += (task / "children").read_text(encoding="ascii").split()
    for child in sorted(set(children)):
        try:
            if b"follow" in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0"):
                yield int(child)
        except OSError:
            continue
