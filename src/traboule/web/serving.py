"""Serve the room: Django's pages in threads, static files, and the live stream.

In: a desk, and where to listen. Out: nothing, until somebody stops it. Guaranteed: it listens on this machine alone
unless told under which name a proxy with TLS answers for it; every answer carries the policy that lets no script,
style, frame or address of others in.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import uvicorn
from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from whitenoise import WhiteNoise

from traboule.app.desk import Desk
from traboule.app.place import prepare
from traboule.core.errors import Unready
from traboule.web.api.caller import MEMORY
from traboule.web.api.limits import CallerMemory
from traboule.web.live.changes import Changes
from traboule.web.live.stream import with_stream
from traboule.web.openid.configuration import ProviderConfiguration
from traboule.web.openid.provider import Provider
from traboule.web.visit import DESK, PROVIDER, WORKS
from traboule.web.work import Works

SETTINGS = "traboule.web.settings"
THREADS = 8  # Requests at once, each with a connection of its own; the rest wait.
LOCAL = "127.0.0.1"

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_TLS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the room is served. ``host_name``: the name under which a proxy with TLS answers for it; empty without.
    ``provider``: the OpenID provider by which people may sign in; None without."""

    port: int
    host_name: str = ""
    provider: ProviderConfiguration | None = None


def serve(desk: Desk, listening: Listening, ready: Callable[[str], None]) -> None:
    """Serve until interrupted; ``ready`` is called with the address once requests are answered.

    Raises Unready (``port-taken``) where another program listens there.
    """
    with bound_to(listening.port) as bound:
        address = f"http://{LOCAL}:{bound.getsockname()[1]}"
        changes = Changes()
        config = uvicorn.Config(
            application(desk, listening, changes),
            log_level="warning",
            access_log=False,  # A log of addresses would say who looked at what; the ledger does, walled.
            server_header=False,
            lifespan="off",
            proxy_headers=bool(listening.host_name),
            forwarded_allow_ips=LOCAL,
            timeout_graceful_shutdown=3,
        )
        unfollow = desk.follow(changes.announce)
        try:
            with suppress(KeyboardInterrupt):  # Raised again once the last request has been answered.
                _Announcing(config, lambda: ready(address), changes).run(sockets=[bound])
        finally:
            unfollow()


def bound_to(port: int) -> socket.socket:
    """Return a socket that listens at ``port``, whose connections send at once. Raises Unready (``port-taken``)."""
    try:
        bound = socket.create_server((LOCAL, port))
    except OSError as taken:
        raise Unready("port-taken", port=port) from taken
    # An answer goes out in several parts; the kernel would hold each back, 40 ms, until the last is acknowledged.
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return bound


def application(desk: Desk, listening: Listening, changes: Changes) -> Asgi:
    """Return the whole room as one ASGI application over ``desk``, whose streams send ``changes``."""
    if listening.host_name:
        settings.ALLOWED_HOSTS = [listening.host_name, LOCAL]
        settings.CSRF_COOKIE_NAME, settings.CSRF_COOKIE_SECURE = "__Host-traboule-form", True
        settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    pages, works, memory = WSGIHandler(), Works(), CallerMemory()
    provider = Provider(listening.provider) if listening.provider else None

    def with_desk(environ: dict[str, Any], start_response: Any) -> Any:
        return pages({**environ, DESK: desk, WORKS: works, MEMORY: memory, PROVIDER: provider}, start_response)

    static = WhiteNoise(with_desk, root=str(files("traboule.web").joinpath("static")), prefix="static/", max_age=3600)
    pages_in_threads: Any = WSGIMiddleware(static, workers=THREADS)
    live = with_stream(pages_in_threads, changes)
    return with_headers(live, HEADERS | (_TLS if listening.host_name else {}))


def with_headers(inner: Any, headers: dict[str, str]) -> Asgi:
    """Return an application that answers as ``inner`` does, with those of ``headers`` that it did not set itself, and
    forbids storing what is no file of the room itself."""
    added = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def outer(scope: Scope, receive: Receive, send: Send) -> None:
        is_static = scope.get("path", "").startswith("/static/")

        async def sending(message: Any) -> None:
            if message["type"] == "http.response.start":
                own = {name.lower() for name, _ in message["headers"]}
                extra = [(name, value) for name, value in added if name not in own]
                if not is_static and b"cache-control" not in own:
                    extra.append((b"cache-control", b"no-store"))
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        await inner(scope, receive, sending)

    return outer


def choose_settings() -> None:
    """Set Django up for the room. To be called before a desk is started; children of ours do not inherit it."""
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    prepare()
    del os.environ["DJANGO_SETTINGS_MODULE"]


class _Announcing(uvicorn.Server):
    """A server that says when it answers, and ends the streams that are open before it waits for requests to end."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None], changes: Changes) -> None:
        super().__init__(config)
        self._announce = announce
        self._changes = changes

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._changes.end()
        await super().shutdown(sockets=sockets)
