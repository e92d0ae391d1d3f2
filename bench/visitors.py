"""People before a served room: one connection of HTTP each, cookies, forms and links, as a browser has them.

In: the address of a room, and an account of a demo. Out: for everything asked, status, seconds and page. Guaranteed: a
page counts as seen only when it is no progress any more; what goes wrong is an answer too, never an exception.
"""

from __future__ import annotations

import html
import http.client
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

LONGEST = 150.0  # Seconds that a visitor waits for one answer.
PAUSE = 0.25  # Seconds between two looks at the progress of long work; a browser waits a whole one.
NO_ANSWER = 0
_GUARD = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_LINK = re.compile(r'<a [^>]*?href="(/[^"#]*)"')
_COMMIT = re.compile(r'action="(/returns/commit/[^"]+)"')


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen under ``path``; ``status`` 0 where no answer came. ``seconds``: until the page was whole."""

    path: str
    status: int
    seconds: float
    page: str = field(default="", repr=False)

    @property
    def is_error(self) -> bool:
        """Tell whether it is none of the answers that a reader has a right to expect."""
        return not 200 <= self.status < 400

    def links(self) -> list[str]:
        """Return the addresses of this room that the page leads to, each once."""
        return list(dict.fromkeys(html.unescape(link) for link in _LINK.findall(self.page)))

    def guard(self) -> str:
        """Return the token that forms of the page carry, empty where it has none."""
        match = _GUARD.search(self.page)
        return match[1] if match else ""

    def commit(self) -> str:
        """Return where the previewed return is filed, empty where the page previews none."""
        match = _COMMIT.search(self.page)
        return match[1] if match else ""


class Visitor:
    """One person. Used by one thread at a time."""

    def __init__(self, url: str, login: str, *, scheme_headers: Mapping[str, str] | None = None) -> None:
        self.login = login
        place = urlsplit(url)
        self._host, self._port = place.hostname or "127.0.0.1", place.port or 80
        self._headers = dict(scheme_headers or {})
        self._cookies: dict[str, str] = {"traboule-language": "en"}
        self._connection = self._connected()

    def sign_in(self) -> Seen:
        """Sign in by the button that a demo has for the account."""
        form = self.get("/sign-in")
        return self.post("/sign-in/demo", {"csrfmiddlewaretoken": form.guard(), "login": self.login})

    def get(self, path: str) -> Seen:
        """Ask for a page, and look again until it shows no progress any more."""
        return self._see("GET", path, b"", {})

    def post(self, path: str, fields: Mapping[str, str]) -> Seen:
        """Send a form."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._see("POST", path, urlencode(fields).encode(), kind)

    def send(self, path: str, guard: str, name: str, content: bytes) -> Seen:
        """Send a file by a form."""
        boundary = secrets.token_hex(12)
        parts = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{guard}\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        body = parts.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        return self._see("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={boundary}"})

    def become_program(self) -> None:
        """Ask from now on as a program does: by the session's token as a bearer, without cookies."""
        self._headers["Authorization"] = f"Bearer {self._cookies.pop('traboule-session')}"
        self._cookies.clear()

    def close(self) -> None:
        """Leave."""
        self._connection.close()

    def _see(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Seen:
        begun = time.perf_counter()
        place = path
        while True:
            status, answered, page = self._ask(method, place, body, headers)
            seconds = time.perf_counter() - begun
            if seconds > LONGEST:
                return Seen(path, NO_ANSWER, seconds, page)
            if status in (302, 303) and "location" in answered:
                method, place, body, headers = "GET", answered["location"], b"", {}
            elif "refresh" in answered:
                time.sleep(PAUSE)
            else:
                return Seen(path, status, seconds, page)

    def _ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, dict[str, str], str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        sent = (method, path, body or None, {**self._headers, **headers, "Cookie": cookies})
        try:
            try:
                self._connection.request(*sent)
                answer = self._connection.getresponse()
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                # The server has ended a connection on which nothing was asked for a while; a browser makes a new one.
                self._connection.close()
                self._connection.request(*sent)
                answer = self._connection.getresponse()
            page = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as wrong:
            self._connection.close()
            self._connection = self._connected()
            return NO_ANSWER, {}, repr(wrong)
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                cookie, _, content = value.partition(";")[0].partition("=")
                self._cookies[cookie] = content
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, page

    def _connected(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self._host, self._port, timeout=LONGEST)


class Watcher:
    """A wall that is open: one connection that reads the live stream. ``events`` counts what it heard."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor
        self.events = 0
        self.is_open = False

    def watch(self) -> None:
        """Read the stream until it ends."""
        connection = self._visitor._connected()
        cookies = "; ".join(f"{name}={value}" for name, value in self._visitor._cookies.items())
        connection.request("GET", "/wall/stream", headers={"Cookie": cookies})
        answer = connection.getresponse()
        self.is_open = answer.status == 200
        try:
            while line := answer.readline():
                self.events += line.startswith(b"event:")
        except (OSError, http.client.HTTPException):
            pass
        self.is_open = False
