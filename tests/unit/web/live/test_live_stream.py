"""The stream without a network: who is let in, what is sent, and when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from traboule.web.live import stream
from traboule.web.live.changes import Changes
from traboule.web.live.stream import with_stream

Step = Callable[[Changes, "Room"], Awaitable[None]]


class Room:
    """Pages that let the stream in as long as ``status`` is 200, and count how often they were asked."""

    def __init__(self) -> None:
        self.status, self.asked = 200, 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        del scope, receive
        self.asked += 1
        kind = b"text/event-stream" if self.status == 200 else b"text/html"
        headers = [(b"content-type", kind), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def play(step: Step, *, status: int = 200, seen: str = "") -> tuple[list[Any], Room]:
    """Return what a browser is sent until it leaves, which it does when ``step`` has been played; and the room."""

    async def run() -> tuple[list[Any], Room]:
        room, changes, left = Room(), Changes(), asyncio.Event()
        room.status = status
        sent: list[Any] = []
        headers = [(b"last-event-id", (changes.identifier if seen == "all" else seen).encode())] if seen else []
        scope = {"type": "http", "path": "/wall/stream", "method": "GET", "headers": headers}

        async def receive() -> Any:
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        streaming = asyncio.ensure_future(with_stream(room, changes)(scope, receive, send))
        await asyncio.sleep(0.02)
        await step(changes, room)
        await asyncio.sleep(0.02)
        left.set()
        await asyncio.wait_for(streaming, 2)
        return sent, room

    return asyncio.run(run())


def events(sent: list[Any]) -> list[tuple[str, str]]:
    """Return name and data of each event."""
    text = b"".join(message.get("body", b"") for message in sent).decode()
    blocks = [dict(line.split(": ", 1) for line in block.splitlines()) for block in text.split("\n\n") if block]
    return [(block["event"], block["data"]) for block in blocks if "event" in block]


async def wait(changes: Changes, room: Room) -> None:
    """Do nothing."""


def test_who_is_not_let_in_gets_the_page_s_own_answer() -> None:
    sent, _ = play(wait, status=302)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[0]["status"] == 302


def test_a_new_reader_looks_once_and_one_that_missed_nothing_does_not() -> None:
    assert events(play(wait)[0]) == [("changed", "")]
    assert events(play(wait, seen="all")[0]) == [("alive", "")]
    assert events(play(wait, seen="another-3")[0]) == [("changed", "")]


def test_the_answer_has_no_length_and_says_when_to_come_back() -> None:
    sent, _ = play(wait)
    assert b"content-length" not in dict(sent[0]["headers"])
    assert sent[1]["body"].startswith(b"retry: 2000\n\n")


def test_what_changes_is_sent_as_words_of_three_and_nothing_else() -> None:
    async def step(changes: Changes, room: Room) -> None:
        for word in ("returns", "figures", "returns", "of a kind that nobody knows"):
            changes.announce(word)
        await asyncio.sleep(0.05)

    assert events(play(step)[0])[1:] == [("changed", "figures returns")]


def test_whoever_s_session_ended_is_cut_off_and_hears_nothing_more() -> None:
    async def step(changes: Changes, room: Room) -> None:
        room.status = 302
        changes.announce("sessions")
        await asyncio.sleep(0.05)
        changes.announce("returns")
        await asyncio.sleep(0.05)

    sent, _ = play(step)
    assert events(sent) == [("changed", "")]
    assert sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}


def test_a_fault_of_the_server_s_ends_no_stream() -> None:
    async def step(changes: Changes, room: Room) -> None:
        room.status = 503
        changes.announce("")
        await asyncio.sleep(0.05)
        changes.announce("returns")
        await asyncio.sleep(0.05)

    assert events(play(step)[0])[1:] == [("changed", ""), ("changed", "returns")]


def test_a_quiet_stream_says_that_it_lives_and_asks_again_who_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT", 0.03)

    async def step(changes: Changes, room: Room) -> None:
        await asyncio.sleep(0.1)
        room.status = 403
        await asyncio.sleep(0.1)

    sent, room = play(step)
    assert ("alive", "") in events(sent)
    assert room.asked >= 3
    assert not sent[-1]["more_body"]


def test_a_server_that_ends_ends_its_streams() -> None:
    async def step(changes: Changes, room: Room) -> None:
        changes.end()
        await asyncio.sleep(0.05)

    sent, _ = play(step)
    assert not sent[-1]["more_body"]
