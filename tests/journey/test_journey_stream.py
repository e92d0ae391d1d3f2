"""The live stream of a served room: another process files, and whoever looks hears of it; the database may restart."""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest
from tests.conftest import open_directory
from tests.journey.test_journey_serving import serving
from tests.two_returns import filed
from tests.worlds import ACCOUNTS, CURIOUS, MALI, operation_file

from traboule.app.desk import Desk
from traboule.database import connections, embedded
from traboule.web.visit import COOKIE

WITHIN = 2  # Seconds from filing to hearing of it.


@dataclass
class Listener:
    """One open stream: its events, name and data, as they come; None when it ends."""

    answer: HTTPResponse
    events: queue.Queue[tuple[str, str] | None] = field(default_factory=queue.Queue)

    def __post_init__(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        name = ""
        while line := self.answer.readline().decode():
            label, _, value = line.rstrip("\n").partition(": ")
            if label == "event":
                name = value
            elif label == "data":
                self.events.put((name, value))
        self.events.put(None)

    def hear(self, within: float = WITHIN) -> tuple[str, str] | None:
        """Return the next event, or None for the end of the stream. Fails after ``within`` seconds."""
        return self.events.get(timeout=within)


@dataclass(frozen=True)
class Room:
    """A room served by a process of its own over ``data``, and a desk here over the same database."""

    data: Path
    desk: Desk
    port: int
    process: subprocess.Popen[str]

    def token(self) -> str:
        """Return that of a new session of the desk officer's."""
        return self.desk.act_in_demo(CURIOUS[1].account, "", at=datetime.now(UTC)).token

    def ask(self, path: str, token: str) -> HTTPResponse:
        """Return the answer to a request of the session ``token``."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path, headers={"Cookie": f"{COOKIE}={token}"} if token else {})
        return connection.getresponse()

    def listen(self, token: str) -> Listener:
        """Open the stream, up to its first event."""
        listener = Listener(self.ask("/wall/stream", token))
        assert listener.answer.status == 200
        assert listener.hear(10) == ("changed", "")
        return listener

    def file(self, version: int) -> None:
        """File Mali's next return from this process."""
        content = filed("ML", "Police").replace(b'"version": 1', f'"version": {version}'.encode())
        self.desk.perform("return.receive", by=MALI, at=datetime.now(UTC), name="ML.json", content=content)


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    """A served room with an operation and the accounts of a demo."""
    with open_directory() as data:
        desk = Desk.start(data)
        now = datetime.now(UTC)
        desk.perform("people.demo", by=CURIOUS[4], at=now, actors=ACCOUNTS)
        desk.perform("operation.open", by=CURIOUS[4], at=now, text=operation_file())
        with serving(data, "0") as process:
            assert process.stdout is not None
            port = int(json.loads(process.stdout.readline())["url"].rpartition(":")[2])
            try:
                yield Room(data, desk, port, process)
            finally:
                process.kill()
        desk.stop()


def test_without_a_session_or_the_right_nobody_listens(room: Room) -> None:
    assert room.ask("/wall/stream", "").status == 302
    press = room.desk.act_in_demo(CURIOUS[3].account, "", at=datetime.now(UTC)).token
    assert room.ask("/wall/stream", press).status == 403


def test_a_return_filed_elsewhere_is_heard_of_by_everybody_who_looks(room: Room) -> None:
    listeners = [room.listen(room.token()) for _ in range(3)]
    room.file(1)
    assert [listener.hear() for listener in listeners] == [("changed", "returns")] * 3


def test_many_open_streams_leave_the_threads_to_the_pages(room: Room) -> None:
    token = room.token()
    listeners = [room.listen(token) for _ in range(116)]
    assert room.ask("/wall", token).status == 200
    room.file(2)
    assert {listener.hear(5) for listener in listeners} == {("changed", "returns")}


def test_the_stream_ends_with_the_session(room: Room) -> None:
    token = room.token()
    listener = room.listen(token)
    room.desk.signed_in(token).end(at=datetime.now(UTC))
    assert listener.hear(5) is None
    assert room.ask("/wall/stream", token).status == 302


def test_the_database_may_be_restarted_under_an_open_stream(room: Room) -> None:
    token = room.token()
    listener = room.listen(token)
    assert embedded.stop(room.data)
    running = embedded.start(room.data)
    assert listener.hear(15) == ("changed", "")  # Something may have been missed.
    connections.leave()  # Those of this process, which the restart has cut as well.
    room.file(3)
    assert listener.hear() == ("changed", "returns")
    assert room.ask("/wall", token).status == 200
    running.stop()


def test_it_ends_quietly_with_streams_open(room: Room) -> None:
    listener = room.listen(room.token())
    room.process.send_signal(signal.SIGINT)
    assert listener.hear(10) is None
    _, complaint = room.process.communicate(timeout=30)
    assert room.process.returncode == 0
    assert set(complaint.splitlines()) <= {"Service Unavailable: /wall/stream"}  # While the database was away.
