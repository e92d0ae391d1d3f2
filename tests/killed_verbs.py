"""Verbs in processes of their own, killed (SIGKILL) at a chosen call of the database driver.

A line of JSON on standard input asks for one: ``[step, point]``. Its process is forked from this one, which has
imported everything and holds no connection, and is killed before (even points) or after (odd points) the call number
``point // 2``, or, at the point ``UNANSWERED``, when all is done and nobody knows; without a point it is not killed.
The answer is a line too: whether the verb was acknowledged, and how many calls it made.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg

import tests.conftest  # noqa: F401  It prepares Django for the imports below.
from tests.builders import a_return, somebody
from tests.forked_commands import import_all
from tests.unit.app.test_app_releasing import AT, DAYS, ENGINE, FILED, OFFICER, PRESS, WOMEN
from traboule.app.desk import Desk
from traboule.core.permissions import Actor, Role
from traboule.operation.operation import shipped_text
from traboule.returns.read import read

LATER = AT + timedelta(hours=1)
UNANSWERED = -1
PROTECTION = somebody("Ana Ruiz", Role.PROTECTION)
PAIR = ("ML/police/P1-0", "ML/police/P1-1")
Step = Callable[[Desk], Any]


def officer(state: str) -> Actor:
    return Actor(f"officer of {state}", Role.NATIONAL, frozenset({state}))


def receiving(state: str, content: bytes, at: Any) -> Step:
    """Return the step that files ``content``, which is read here, once."""
    name = f"{state}.json"
    raw = read(content, file_name=name)
    return lambda desk: desk.perform("return.receive", by=officer(state), at=at, name=name, content=content, raw=raw)


def performing(verb: str, by: Actor, **arguments: Any) -> Step:
    return lambda desk: desk.perform(verb, by=by, at=LATER, **arguments)


def steps() -> dict[str, Step]:
    """Return the steps of an operation by name, in their order."""
    changed = a_return("ML", [(DAYS[0], 20, WOMEN)], version=2, supersedes=1)
    administrator = Actor("a", Role.ADMINISTRATOR)
    text = shipped_text("liberterra-ii")
    return {
        "open": lambda desk: desk.perform("operation.open", by=administrator, at=AT, text=text),
        "receive": receiving("ML", a_return("ML", FILED["ML"]), AT),
        "correct": receiving("ML", changed, LATER),
        "link": performing("link", ENGINE),
        "judge": performing("judge.decide", PROTECTION, pair=PAIR, verdict="no_match", reason="two faces"),
        "compute": performing("figures.compute", ENGINE),
        "draft": performing("release.draft", PRESS),
        "verdict": performing("release.verdict", PRESS),
        "sign": performing("release.sign", OFFICER),
        "sign again": performing("release.sign", PRESS),
        "issue": performing("release.issue", PRESS),
    }


class Killer:
    """Counts the driver's calls of this process and kills it at one of them."""

    def __init__(self, point: int | None) -> None:
        self.calls, self.point = 0, point
        for holder, name in ((psycopg.Cursor, "execute"), (psycopg.Connection, "commit")):
            setattr(holder, name, self.wrapped(getattr(holder, name)))

    def wrapped(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **keywords: Any) -> Any:
            place = 2 * self.calls
            self.calls += 1
            if place == self.point:
                os.kill(os.getpid(), signal.SIGKILL)
            result = real(*arguments, **keywords)
            if place + 1 == self.point:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return call


def perform(step: Step, point: int | None, place: Path, database: str) -> dict[str, Any]:
    """Perform a step in a process of its own; return what came of it."""
    reading, writing = os.pipe()
    if (process := os.fork()) == 0:
        os.close(reading)
        status = 1
        try:
            desk = Desk.start(place, database=database, create=False)
            killer = Killer(point)
            step(desk)
            if point == UNANSWERED:
                os.kill(os.getpid(), signal.SIGKILL)
            os.write(writing, str(killer.calls).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        calls = answer.read()
    ended = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    return {"acknowledged": bool(calls), "calls": int(calls or 0), "killed": ended == -signal.SIGKILL, "status": ended}


def serve(place: Path, database: str) -> None:
    known_steps = steps()
    import_all()
    print(json.dumps(list(known_steps)), flush=True)
    for line in sys.stdin:
        name, point = json.loads(line)
        print(json.dumps(perform(known_steps[name], point, place, database)), flush=True)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), sys.argv[2])
