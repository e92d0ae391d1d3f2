"""The worker server: a small process that forks a child for every file.

In, over a socket: what to do with one file, and one end of a socket pair for it. Out, from the child: the result (a raw
return as JSON, a marked workbook, an article's text), or the refusal. Guaranteed: the child is limited in memory,
processor time and wall time before it receives a byte of the file, writes no file, and ends with it. ``child`` starts
the server with a bare environment, and the server confines itself and its children (see ``confinement``), so that they
have no secret and reach none: no file but the program's own, no network, no socket of the database.

The server is our own because that of the standard library imports the caller's main program anew in every child, Django
included.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from traboule.core.errors import Refused
from traboule.returns.form import form
from traboule.returns.reading.confinement.process import confine
from traboule.returns.reading.headers import names
from traboule.returns.reading.parse import answer as parsed

# From the bytes of a file and its request to the bytes of the answer.
Work = Callable[[bytes, Mapping[str, Any]], bytes]
PARSE = b"p"
# What the server says first: this, and a letter for each layer of its confinement that the kernel did not allow.
CONFINED = b"c"
# Loaded on demand: marking takes five times as long to load as all the readers, and articles are rare.
_LOADED_WHEN_ASKED = {b"m": "traboule.returns.mark", b"t": "traboule.returns.reading.documents.extraction"}


def main(control: socket.socket) -> None:
    """Fork a child for every socket that arrives, until the caller ends."""
    for table in form().tables:
        names(table)
    gc.freeze()
    control.send(CONFINED + confine().encode("ascii"))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # The kernel reaps the children.
    while True:
        kind, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not kind:
            return
        work = parsed if kind == PARSE else _loaded(kind)
        for descriptor in descriptors:
            if os.fork() == 0:
                try:
                    control.close()
                    with socket.socket(fileno=descriptor) as caller:
                        _serve(caller, work)
                finally:
                    os._exit(0)
            os.close(descriptor)


@cache
def _loaded(kind: bytes) -> Work:
    """Load the function for one kind of work when it is first needed."""
    work: Work = import_module(_LOADED_WHEN_ASKED[kind]).answer
    gc.freeze()
    return work


def _serve(caller: socket.socket, work: Work) -> None:
    """Read one request, a line of JSON and then the file, and answer it."""
    with caller.makefile("rb") as incoming:
        request = json.loads(incoming.readline())
        _limit(int(request["memory"]), int(request["seconds"]))
        try:
            answer = b"R" + work(incoming.read(), request)
        except Refused as refusal:
            answer = b"X" + json.dumps({"code": refusal.code, "values": dict(refusal.values)}).encode("ascii")
        except MemoryError:
            answer = b"M"
    caller.sendall(answer)


def _limit(memory: int, seconds: int) -> None:
    """Set the limits of this process: bytes of address space, seconds of processor and of the wall clock."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
