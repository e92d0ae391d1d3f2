"""Process each file in a child process that may die without harm to the caller.

In: the bytes of a file and what to do with it. Out: the bytes of the answer, or Refused. Guaranteed: a child is limited
in memory and time; a child's death by signal, its silence and a malformed answer all become refusals in words; the
worker server that forks the children starts when first needed, again when it has ended, and once per process (also
after a fork).
"""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import traboule
from traboule.core.errors import Refused, Unready

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one child may use: bytes of address space, and seconds of processor as of the wall clock."""

    memory: int = 768 * _MIB
    seconds: int = 20
    answer: int = 96 * _MIB


DEFAULT_LIMITS = Limits()
# What a child can do with a file, each by its letter in the protocol of the worker server.
Work = Literal["parse", "mark", "text"]
_LETTERS: Mapping[Work, bytes] = {"parse": b"p", "mark": b"m", "text": b"t"}
# The child ends itself on time; the caller waits a little longer, for a machine under load.
_GRACE_SECONDS = 5


class _WorkerServer:
    """The worker server of one process; ``owner`` is that process, for a fork inherits it but may not use it."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._lacking = ""
        self.control, theirs = socket.socketpair()
        program = [sys.executable, "-P", "-m", "traboule.returns.reading.workers", str(theirs.fileno())]
        # A bare environment: no address of a database, no password. A process that forks has one thread.
        environment = {
            "PYTHONPATH": str(Path(traboule.__file__).parent.parent),
            "PYTHONUTF8": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        self.process = subprocess.Popen(
            program,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
            env=environment,
            cwd="/",
            start_new_session=True,
        )
        theirs.close()

    def fork(self, theirs: socket.socket, work: Work) -> None:
        """Hand one end of a pair to a new child. Raises OSError where the server has ended."""
        socket.send_fds(self.control, [_LETTERS[work]], [theirs.fileno()])

    def lacking(self) -> str:
        """Return a letter for each layer of confinement that the kernel did not allow; known once a child answered."""
        with suppress(OSError):  # Nothing more has come, or the server has ended.
            self._lacking += self.control.recv(16, socket.MSG_DONTWAIT).decode("ascii")[1:]
        return self._lacking

    def stop(self) -> None:
        """End the server; running children finish their files."""
        self.control.close()
        if self.owner == os.getpid():
            self.process.wait()


_lock = threading.Lock()
_running: dict[int, _WorkerServer] = {}


def _start_worker(theirs: socket.socket, work: Work) -> None:
    """Fork a child, from the running server or from a new one."""
    with _lock:
        for _ in range(2):
            server = _running.get(os.getpid())
            if server is None or server.process.poll() is not None:
                server = _start_server()
            try:
                server.fork(theirs, work)
            except OSError:
                del _running[os.getpid()]
            else:
                return
    raise Unready("reader-unready")


def _start_server() -> _WorkerServer:
    first = not _running
    server = _running[os.getpid()] = _WorkerServer()
    if first:
        atexit.register(stop)
    return server


def stop() -> None:
    """End this process's worker server, if one runs; the next file starts another."""
    server = _running.pop(os.getpid(), None)
    if server is not None:
        server.stop()


def open_to_children() -> tuple[str, ...]:
    """Return what the children of this process could reach because the kernel does not let them be confined.

    ``files`` beside the program's own, and ``sockets``; mostly nothing. Known once a child has answered.
    """
    server = _running.get(os.getpid())
    lacking = server.lacking() if server is not None else ""
    return tuple(word for letter, word in (("f", "files"), ("c", "sockets")) if letter in lacking)


def answer_of(
    work: Work, content: bytes, request: Mapping[str, object], *, file_name: str, limits: Limits = DEFAULT_LIMITS
) -> bytes:
    """Return the answer of a new child about a file; ``request`` is what else the work needs, as JSON values.

    Raises Refused with the child's own reasons, or file-costly where it used up its limits; Unready where no child can
    be had.
    """
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            _start_worker(theirs, work)
        deadline = time.monotonic() + limits.seconds + _GRACE_SECONDS
        line = json.dumps({**request, "file_name": file_name, "memory": limits.memory, "seconds": limits.seconds})
        try:
            answer = _ask(ours, line.encode("ascii") + b"\n" + content, deadline, limits.answer)
        except OSError as error:  # A timeout, or a child that died while it was being written to.
            raise Refused("file-costly", file=file_name) from error
    return _payload_of(answer, file_name)


def _ask(ours: socket.socket, request: bytes, deadline: float, most: int) -> bytes:
    """Send the request and return the whole answer. Raises TimeoutError at the deadline, OSError for a dead child."""
    ours.settimeout(max(0.001, deadline - time.monotonic()))
    ours.sendall(request)
    ours.shutdown(socket.SHUT_WR)
    answer = bytearray()
    while True:
        ours.settimeout(max(0.001, deadline - time.monotonic()))
        piece = ours.recv(_MIB)
        if not piece:
            return bytes(answer)
        answer += piece
        if len(answer) > most:
            raise TimeoutError


def _payload_of(answer: bytes, file_name: str) -> bytes:
    """Return what the child made. A child is not trusted: an answer out of form counts as no answer."""
    kind, payload = answer[:1], answer[1:]
    if kind == b"R":
        return payload
    if kind == b"X":
        try:
            refusal = json.loads(payload)
            raise Refused(str(refusal["code"]), **refusal["values"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Refused("file-costly", file=file_name) from error
    raise Refused("file-costly", file=file_name)
