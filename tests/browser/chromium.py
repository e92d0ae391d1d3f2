"""Debian's chromium before the room: a demo served by a process of its own, and a browser that may go nowhere else."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright, Request
from tests.conftest import demo_directory
from tests.room import address

from traboule.core.permissions import GRANTS, Role
from traboule.web.routes import ROUTES, Route

COMMAND = [sys.executable, "-m", "traboule.cli.main"]
PROGRAM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PERSONS = 40
WIDE, NARROW = 1280, 390
LOCALES = {"en": "en-GB", "ar": "ar"}  # A browser writes the fields of a date in its own language.
# Who looks at a screen in the tests: the first of them that is granted it. Logins of the demo's accounts.
VIEWERS = {
    Role.DESK: "desk",
    Role.PRESS: "press",
    Role.PROTECTION: "protection",
    Role.AUDITOR: "auditor",
    Role.ADMINISTRATOR: "administrator",
    Role.NATIONAL: "officer.ml",
}
# An answer for programs, ways to a provider, long work that only exists while it runs, files to save, and hits, whose
# handles differ.
NO_SCREENS = {
    "health",
    "sign-in-provider",
    "sign-in-provider-return",
    "wall-stream",
    "work",
    "template",
    "return-marked",
    "return-proof",
    "return-receipt",
    "link",
    "links-ended",
    "hit",
    "hit-mine",
    "release-document",
    "release-draft-document",
    "published-document",
}


def chromium() -> Path | None:
    """Return Debian's chromium, None where it is not installed."""
    return PROGRAM if PROGRAM.exists() else None


def screens() -> list[Route]:
    """Return every route that shows a screen."""
    return [route for route in ROUTES if "GET" in route.methods and route.name not in NO_SCREENS]


def viewer(route: Route) -> str:
    """Return the login of an account that may see ``route``; empty for a screen that everybody sees."""
    if route.permission is None:
        return ""
    return next(login for role, login in VIEWERS.items() if route.permission in GRANTS[role])


def play(data: Path) -> None:
    """Run a small demo in ``data`` until its links are to be judged."""
    demo = ["demo", "--running", "--persons", str(PERSONS), "--no-serve", "--out", str(data / "out")]
    subprocess.run([*COMMAND, *demo, "--data", str(data), "--json"], check=True, stdout=subprocess.DEVNULL)


def copy_played(data: Path) -> None:
    """Bring the demo that this run of the tests has played into ``data``; the first who asks plays it."""
    played = demo_directory()
    with Path(f"{played}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not played.exists():
            played.mkdir(mode=0o755)
            play(played)
    # As root the server's files are another user's, and stay so.
    subprocess.run(["cp", "--archive", f"{played}/.", str(data)], check=True)


@contextmanager
def served(data: Path, **environment: str) -> Iterator[str]:
    """Serve the demo in ``data`` by a process of its own, with what its ``environment`` says besides; give the address
    of the room."""
    with subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", "--no-live", "--data", str(data), "--json"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    ) as serving:
        assert serving.stdout is not None
        try:
            yield json.loads(serving.stdout.readline())["url"]
        finally:
            serving.terminate()
            serving.wait(timeout=20)


@contextmanager
def launched(playwright: Playwright, program: Path) -> Iterator[Browser]:
    """Run ``program`` without a window."""
    browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
    yield browser
    browser.close()


@dataclass(frozen=True)
class Look:
    """How somebody looks at the room."""

    width: int = WIDE
    language: str = "en"
    colours: str = "light"


@dataclass
class Visitor:
    """A page of the room, and what the browser complained of or asked elsewhere while it was open."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)
    strayed: list[str] = field(default_factory=list)

    def open(self, route: Route) -> None:
        """Open ``route``; an AssertionError where it does not answer with its page."""
        answer = self.page.goto(self.url + address(route), wait_until="load")
        assert answer is not None
        assert answer.status == 200, f"{route.name}: {answer.status}"
        assert "/sign-in" not in self.page.url or route.name == "sign-in", route.name
        self.page.wait_for_selector("main:not(:has(progress))")

    def sign_in(self, login: str) -> None:
        """Sign in by the demo's button for ``login``."""
        self.page.goto(f"{self.url}/sign-in")
        if login == VIEWERS[Role.NATIONAL]:
            self.page.select_option("#login-national", login)
            self.page.click("#login-national + button")
        else:
            self.page.click(f"button[name=login][value='{login}']")

    def forget(self) -> None:
        """Forget what earlier pages were complained of and asked elsewhere."""
        self.complaints.clear()
        self.strayed.clear()

    def note(self, request: Request) -> None:
        """Remember a request that left the room."""
        if not request.url.startswith((self.url, "data:")):
            self.strayed.append(request.url)


@contextmanager
def visiting(browser: Browser, url: str, login: str, look: Look) -> Iterator[Visitor]:
    """Give a browser of its own, signed in as ``login`` where one is named."""
    size = {"width": look.width, "height": 900}
    context = browser.new_context(
        viewport=size,  # type: ignore[arg-type]
        color_scheme=look.colours,  # type: ignore[arg-type]
        locale=LOCALES[look.language],
        reduced_motion="reduce",
    )
    context.add_cookies([{"name": "traboule-language", "value": look.language, "url": url}])
    visitor = Visitor(context.new_page(), url)
    visitor.page.on("console", lambda line: line.type == "error" and visitor.complaints.append(line.text))
    visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
    visitor.page.on("request", visitor.note)
    if login:
        visitor.sign_in(login)
    yield visitor
    context.close()
