"""The command ``traboule`` without its start: each call is forked from a process that has imported everything.

A page of the documentation calls the command twenty times, and each start imports for a second or two. Here the imports
are made once, and what is compiled is loaded once; the call itself is as in a shell: a process of its own, with the
caller's arguments, environment, folder and streams, that runs ``main`` and leaves with its status. What the start is
made of is tested where commands are started as users start them: ``tests/journey/test_journey_wheel.py``,
``test_journey_demo.py`` and ``tests/failure/test_command_line_breaks.py``.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
ADDRESS = "calls"
LONGEST = 1 << 20
# It imports little, for it is started anew by every call.
CLIENT = """#!{python} -ISE
import json, os, socket, sys
call = json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]).encode()
with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as calling:
    calling.connect({address!r})
    socket.send_fds(calling, [call], [0, 1, 2])
    status = calling.recv(1)
sys.exit(status[0] if status else "The command was killed.")
"""


@contextmanager
def forked_commands(folder: Path) -> Iterator[Path]:
    """Give a folder, made in ``folder``, that holds a ``traboule`` whose calls are forked."""
    address, program = folder / ADDRESS, folder / "bin" / "traboule"
    program.parent.mkdir()
    program.write_text(CLIENT.format(python=sys.executable, address=str(address)), encoding="utf-8")
    program.chmod(0o755)
    command = [sys.executable, "-m", "tests.forked_commands", str(address)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as serving:
        assert serving.stdin is not None
        assert serving.stdout is not None
        assert serving.stdout.readline() == b"ready\n"
        yield program.parent
        serving.terminate()


def import_all() -> None:
    """Import what commands import and have its compiled parts loaded, as the warming up of an installation does."""
    from traboule.app.warm_up import warm_up

    warm_up(lambda *_: None)


def serve(address: Path) -> int:
    """Take calls at ``address``; in the process of a call, return its status."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
        listening.bind(str(address))
        listening.listen()
        print("ready", flush=True)
        while True:
            called, _ = listening.accept()
            with called:
                if os.fork() == 0:
                    listening.close()
                    return answer(called)
            reap()


def reap() -> None:
    """Let go of the processes of calls that have ended."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue
    except ChildProcessError:
        return


def answer(called: socket.socket) -> int:
    """Fork once more: the child becomes the command, and its parent says how it ended."""
    content, streams, _, _ = socket.recv_fds(called, LONGEST, 3)
    running = os.fork()
    if running:
        for stream in (0, 1, 2, *streams):
            os.close(stream)  # Who reads the command's output sees its end when the command ends.
        status = os.waitstatus_to_exitcode(os.waitpid(running, 0)[1])
        if status >= 0:
            called.sendall(bytes([status]))
        os._exit(0)
    called.close()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    # They stay open until the process ends.
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)
    arguments, environment, folder = json.loads(content)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["traboule", *arguments]
    from traboule.cli.main import main

    main()
    return 0


if __name__ == "__main__":
    import_all()
    sys.exit(serve(Path(sys.argv[1])))
