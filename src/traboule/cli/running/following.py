"""The command that links and counts as returns arrive, and the process that a served room starts for it."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import click

from traboule.cli.session import Session, with_session
from traboule.cli.spoken import SpokenCommand, SpokenOption
from traboule.demo.replay_clock import ReplayClock

AGAIN, LONGEST = 2.0, 300.0  # Seconds after which a process that died is started again, doubled each time.
PATIENCE = 10.0  # Seconds for it to end.


@click.command(cls=SpokenCommand)
@click.option("--attached", is_flag=True, cls=SpokenOption, help="follow-attached")
@click.option("--replay", "clock", type=ReplayClock.read, hidden=True, cls=SpokenOption, help="follow-replay")
@with_session
def follow(session: Session, *, attached: bool, clock: ReplayClock | None) -> None:
    """Link and count returns as they arrive, until interrupted. ``clock``: that of a replay."""
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    if attached:
        threading.Thread(target=_wait_for_end, args=(ended,), daemon=True).start()
    desk = session.desk
    if clock is not None:
        desk.keep_time(clock.moment)

    def report(code: str) -> None:
        session.give({"live": code}, lambda: session.out.print(session.say(code)))

    with suppress(KeyboardInterrupt):
        desk.keep(lambda: datetime.now(UTC), report, ended)


def _wait_for_end(ended: threading.Event) -> None:
    """Set ``ended`` when whoever started this process closes its input, or has died."""
    while sys.stdin.buffer.read(1):
        pass
    ended.set()


@contextmanager
def following(session: Session, clock: ReplayClock | None = None) -> Iterator[None]:
    """Let a process of its own link and count as returns arrive; one that dies is started again. ``clock``: that of a
    replay."""
    ended, running = threading.Event(), list[subprocess.Popen[bytes]]()
    program = [sys.executable, "-m", "traboule.cli.main", "follow", "--attached", "--json"]
    program += ["--data", str(session.data), "--database", session.used]
    program += ["--replay", str(clock)] if clock else []
    thread = threading.Thread(target=_keep_running, args=(program, ended, running), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        for process in running:
            _end(process)
        thread.join(PATIENCE)


def _keep_running(program: list[str], ended: threading.Event, running: list[subprocess.Popen[bytes]]) -> None:
    pause = AGAIN
    while not ended.is_set():
        # A session of its own: Control-C in a terminal is for the room, which then ends this process.
        process = subprocess.Popen(
            program,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        running[:] = [process]
        if ended.is_set():
            _end(process)
        process.wait()
        ended.wait(pause)
        pause = min(2 * pause, LONGEST)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
