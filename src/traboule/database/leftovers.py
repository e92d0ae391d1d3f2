"""Clear what a killed server leaves behind: its lock files and, for a moment, its children. Linux only (``/proc``).

In: a data directory. Out: the processes that work in it. Guaranteed: a lock file is removed only where no process can
be working in the directory. PostgreSQL itself trusts a bare process number, which in a container may belong to another
program or to a zombie, and would then refuse to start for ever.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
_LINE_OF_STATE = 7  # Counted from 0, in postmaster.pid (PostgreSQL's miscadmin.h).


def process_named(lock: Path) -> int:
    """Return the process number in a lock file of PostgreSQL's, 0 where there is none."""
    try:
        return int(lock.read_text(encoding="ascii").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return 0


def is_stopping(data: Path) -> bool:
    """Tell whether the server in ``data`` was asked to stop and has not yet, as its lock file says."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > _LINE_OF_STATE and lines[_LINE_OF_STATE].strip() == "stopping"


def kill(data: Path) -> None:
    """Kill every process that works in ``data``, the server itself first, and wait until all are gone."""
    server = process_named(data / "postmaster.pid")
    while alive := processes(data):
        for number in sorted(alive, key=lambda process: process != server):
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        time.sleep(0.05)


def processes(data: Path) -> tuple[int, ...]:
    """Return the live server processes that work, or may work, in ``data``.

    A server's working directory is its data directory. Where the kernel hides the working directory, every
    process called ``postgres`` counts.
    """
    numbers = []
    for entry in PROC.iterdir():
        if entry.name.isdigit() and _name(entry) == "postgres" and _stands_in(entry, data):
            numbers.append(int(entry.name))
    return tuple(sorted(numbers))


def clear(data: Path, locks: Iterable[Path], *, alone: bool) -> None:
    """Remove the lock files of the server in ``data`` that belong to no process.

    Where other processes of ours use the cluster (``alone`` is false) they may live in another container and
    see processes we do not: then only a lock file whose process is certainly dead is removed.
    """
    if processes(data):
        return
    for lock in locks:
        number = process_named(lock)
        if number and (alone or _state(PROC / str(number)) == "Z"):
            lock.unlink(missing_ok=True)


def _stat(entry: Path) -> str:
    try:
        return (entry / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _name(entry: Path) -> str:
    """Return the process's name, empty for one that is gone or a zombie."""
    text = _stat(entry)
    if not text or _state(entry) == "Z":
        return ""
    return text[text.index("(") + 1 : text.rindex(")")]


def _state(entry: Path) -> str:
    text = _stat(entry)
    return text[text.rindex(")") + 2] if text else ""


def _stands_in(entry: Path, data: Path) -> bool:
    try:
        return (entry / "cwd").readlink() == data
    except FileNotFoundError:
        return False
    except OSError:
        return True
