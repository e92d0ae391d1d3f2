"""Hold the live stream open, in front of the threads that make pages.

In: a request for the stream. Out: server-sent events: ``changed`` with the words of what changed, and ``alive`` every
fifteen seconds. Guaranteed: whether somebody may listen is asked of the page's own way in, at the beginning, with every
``alive`` and whenever a session ends anywhere; who may not any more is cut off. An open stream holds no thread. An
event says which kind of thing changed and nothing of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

from traboule.web.live.changes import Changes, Subscriber
from traboule.web.routes import named

HEARTBEAT = 15.0  # Seconds.
RETRY = 2000  # Milliseconds after which a browser comes back.
EVENTS = "text/event-stream"
SHOWN = frozenset({"operation", "returns", "figures"})  # What is sent; other words only make the stream look again.
MISSED = ""  # Words may have been missed: the database or this process was away.
_OUR_FAULT = 500  # From here on an answer tells of the server, not of the reader's rights.

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]


def with_stream(inner: Asgi, changes: Changes) -> Asgi:
    """Return an application that answers as ``inner`` does, and keeps the answer of the stream's route open."""
    path = f"/{named('wall-stream').path}"

    async def outer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != path or scope["method"] != "GET":
            await inner(scope, receive, send)
            return
        answer = await _answer(inner, scope)
        if not _is_admitted(answer):
            for message in answer:
                await send(message)
            return
        with changes.subscribed() as subscriber:
            await send({**answer[0], "headers": _open_ended(answer[0]["headers"])})
            await send(_part(f"retry: {RETRY}\n\n" + _begun(scope, changes)))
            talking = asyncio.ensure_future(_talk(inner, scope, send, changes, subscriber))
            leaving = asyncio.ensure_future(_gone(receive))
            await asyncio.wait({talking, leaving}, return_when=asyncio.FIRST_COMPLETED)
            for task in (talking, leaving):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    return outer


async def _talk(inner: Asgi, scope: Scope, send: Send, changes: Changes, subscriber: Subscriber) -> None:
    """Send what changes until the streams end or the reader may listen no more."""
    while not changes.ended:
        words = await subscriber.words(HEARTBEAT)
        if changes.ended:
            return
        if not words or words - SHOWN:
            answer = await _answer(inner, scope)
            if not _is_admitted(answer) and answer[0]["status"] < _OUR_FAULT:
                return
        if words & SHOWN or MISSED in words:
            await send(_part(_event("changed", " ".join(sorted(words & SHOWN)), changes)))
        elif not words:
            await send(_part(_event("alive", "", changes)))


async def _gone(receive: Receive) -> None:
    """Return when the reader has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _answer(inner: Asgi, scope: Scope) -> list[Any]:
    """Return what ``inner`` answers to the request of ``scope``, as messages."""
    messages: list[Any] = []

    async def receiving() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def sending(message: Any) -> None:
        messages.append(message)

    await inner(scope, receiving, sending)
    return messages


def _is_admitted(answer: list[Any]) -> bool:
    kind: bytes = dict(answer[0]["headers"]).get(b"content-type", b"")
    return bool(answer[0]["status"] == 200) and kind.startswith(EVENTS.encode())


def _open_ended(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in headers if name.lower() != b"content-length"]


def _begun(scope: Scope, changes: Changes) -> str:
    """Return the first event: whoever has seen everything until now hears that the stream lives, anybody else that
    there may be something to see."""
    seen = dict(scope["headers"]).get(b"last-event-id", b"").decode("latin-1")
    return _event("alive" if seen == changes.identifier else "changed", "", changes)


def _event(name: str, data: str, changes: Changes) -> str:
    return f"event: {name}\nid: {changes.identifier}\ndata: {data}\n\n"


def _part(text: str) -> dict[str, Any]:
    return {"type": "http.response.body", "body": text.encode(), "more_body": True}
