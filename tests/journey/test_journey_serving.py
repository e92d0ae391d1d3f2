"""The room served by a process of its own: it says where, answers, and ends quietly on Control-C."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from tests.conftest import open_directory

PROGRAM = [sys.executable, "-m", "traboule.cli.main"]


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """A folder in which an operation has been opened."""
    with open_directory() as folder:
        opening = [*PROGRAM, "operation", "open", "liberterra-ii", "--data", str(folder)]
        subprocess.run(opening, check=True, stdout=subprocess.DEVNULL)
        yield folder


HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def serving(data: Path, port: str, *, live: bool = False) -> subprocess.Popen[str]:
    """Begin to serve; ``live``: with the process beside the room that counts as returns arrive."""
    command = [*PROGRAM, "serve", "--data", str(data), "--port", port, "--json", "--live" if live else "--no-live"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_it_says_where_answers_and_ends_quietly(data: Path) -> None:
    with serving(data, "0") as process:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        port = url.rpartition(":")[2]
        connection = HTTPConnection("127.0.0.1", int(port), timeout=10)
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        assert answer.read() == b"ok\n"
        policy = str(answer.getheader("Content-Security-Policy")).split("; ")
        assert {"default-src 'none'", "script-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"} <= set(policy)
        assert [rule for rule in policy if "unsafe" in rule or "*" in rule or "http" in rule] == []
        assert {name: answer.getheader(name) for name in HEADERS} == HEADERS
        # No other origin may read an answer, and no cache may keep it.
        assert answer.getheader("Access-Control-Allow-Origin") is None
        assert answer.getheader("Cache-Control") == "no-store"
        connection.close()
        taken = serving(data, port)
        said, _ = taken.communicate(timeout=60)
        assert (taken.returncode, json.loads(said)["error"]) == (7, "port-taken")
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
        assert (process.returncode, said) == (0, "")
