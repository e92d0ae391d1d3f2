"""The process that opens files tries to get out: to network, database socket, secret file and other programs.

Each attempt is made twice by a real process, once free (where it succeeds) and once confined as the reader is.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from traboule.app.desk import Desk
from traboule.cli.spoken import say
from traboule.core.language.languages import LANGUAGES
from traboule.returns.form import form
from traboule.returns.read import read
from traboule.returns.reading import child
from traboule.returns.reading.child import open_to_children
from traboule.returns.reading.confinement.seccomp import program
from traboule.returns.reading.marking import mark_apart
from traboule.returns.workbook import template

ATTEMPTS = """
import ctypes, json, os, socket, sys
secret, folder, local, port, ours = json.loads(sys.argv[1])
if sys.argv[2] == "confined":
    from traboule.returns.reading.confinement.process import confine
    assert confine() in ("", "n"), "the kernel lacks a layer"
def connect(family, address):
    with socket.socket(family) as out:
        out.connect(address)
def ring():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(425, 8, ctypes.create_string_buffer(120)) < 0 and ctypes.get_errno() == 1:
        raise PermissionError
def programs():
    if os.fork() == 0:
        try:
            os.execv("/bin/true", ["true"])
        except OSError:
            os._exit(1)
    if os.wait()[1]:
        raise PermissionError
attempts = {
    "secret file": lambda: open(secret).read(),
    "folder": lambda: os.listdir(folder),
    "new file": lambda: open(secret + ".new", "w").close(),
    "delete": lambda: os.remove(secret + ".old"),
    "environment of the caller": lambda: open(f"/proc/{os.getppid()}/environ", "rb").read(),
    "database socket": lambda: connect(socket.AF_UNIX, local),
    "abstract socket": lambda: connect(socket.AF_UNIX, "\\0" + local),
    "database port": lambda: connect(socket.AF_INET, ("127.0.0.1", port)),
    "inherited network": lambda: None if len(socket.if_nameindex()) else 1 / 0,
    "signal": lambda: os.kill(os.getppid(), 0),
    "other program": programs,
    "ring of calls": ring,
}
done = {}
for name, attempt in attempts.items():
    try:
        attempt()
        done[name] = True
    except (OSError, ZeroDivisionError):
        done[name] = False
json.loads(open(ours).read() and "[]")
print(json.dumps(done))
"""


def attempts(tmp_path: Path, how: str) -> dict[str, bool]:
    """Let a process try, ``free`` or ``confined``, and return what it achieved."""
    secret = tmp_path / "ledger.key"
    for path in (secret, tmp_path / "ledger.key.old"):
        path.write_text("secret")
    address = str(tmp_path / ".s.PGSQL.5432")
    with socket.socket(socket.AF_UNIX) as local, socket.socket(socket.AF_UNIX) as abstract, socket.socket() as port:
        local.bind(address)
        abstract.bind(f"\0{address}")
        port.bind(("127.0.0.1", 0))
        for listening in (local, abstract, port):
            listening.listen()
        ours = Path(child.__file__).with_name("faults.yaml")
        arguments = json.dumps([str(secret), str(tmp_path), address, port.getsockname()[1], str(ours)])
        done = subprocess.run(
            [sys.executable, "-c", ATTEMPTS, arguments, how], capture_output=True, text=True, check=False, timeout=600
        )
    assert done.returncode == 0, done.stderr
    result: dict[str, bool] = json.loads(done.stdout)
    return result


@pytest.mark.promise("reader-of-files-reaches-nothing")
def test_a_confined_process_reaches_nothing_that_a_free_one_reaches(tmp_path: Path) -> None:
    free = attempts(tmp_path, "free")
    (tmp_path / ".s.PGSQL.5432").unlink()
    confined = attempts(tmp_path, "confined")
    may_be_missing = {"ring of calls"}  # Some kernels and containers close it to everybody.
    assert {name for name, reached in free.items() if not reached} <= may_be_missing
    assert not any(confined.values()), confined


@pytest.mark.promise("reader-of-files-reaches-nothing")
def test_the_server_that_opens_files_is_confined_and_so_are_its_children() -> None:
    content = template(form(), operation=None, state="ML", language="fr")
    assert read(content, file_name="ML.xlsx").sheets
    assert mark_apart(content, [], "fr")
    assert open_to_children() == ()
    server = child._running[os.getpid()]
    pid = server.process.pid
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    status = dict(line.split(":\t") for line in lines if ":\t" in line)
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    if "n" not in server.lacking():  # Containers often forbid namespaces; the other layers close the network alone.
        for name in ("net", "user", "ipc"):
            assert Path(f"/proc/{pid}/ns/{name}").readlink() != Path(f"/proc/self/ns/{name}").readlink()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_kernel_leaves_open_is_said_in_words(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read(template(form(), operation=None, state="ML", language="fr"), file_name="ML.xlsx")
    server = child._running[os.getpid()]
    server.lacking()
    monkeypatch.setattr(server, "_lacking", "fc")
    assert Desk.plain().open_to_readers() == ("files", "sockets")
    places = [say(f"reader-open-{place}", language) for place in ("files", "sockets")]
    assert all(place in say("reader-open", language, places=", ".join(places)) for place in places)


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_jumps_where_it_should(machine: str) -> None:
    """Every jump lands inside the program: the kernel refuses it otherwise, on a processor that no test has."""
    lines = [program(machine)[at : at + 8] for at in range(0, len(program(machine)), 8)]
    for place, line in enumerate(lines):
        code = int.from_bytes(line[:2], sys.byteorder)
        if code & 0x07 == 0x05:  # Jumps; the last two lines return.
            for jump in (line[2], line[3]):
                assert place + 1 + jump < len(lines)
        if code == 0x15 and place > 2:
            assert place + 1 + line[2] == len(lines) - 1
