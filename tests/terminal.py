"""A terminal of a test's own: run a program in it and read what stands on the screen and above it."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pyte

LINES = 50


class Terminal:
    """A program running in ``folder``, in a terminal of so many columns; ``sent`` holds every byte it sent there."""

    def __init__(
        self, arguments: Sequence[str], environment: Mapping[str, str], columns: int, folder: Path | None = None
    ) -> None:
        self.columns = columns
        self.sent = bytearray()
        self._handle, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, columns, 0, 0))
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), terminal)
        # A size in the environment would be believed before the terminal's own.
        plain = {name: value for name, value in environment.items() if name not in ("COLUMNS", "LINES")}
        self.process = subprocess.Popen(arguments, cwd=folder, env={**plain, "TERM": "xterm-256color"}, **streams)
        os.close(terminal)

    def read_until(self, text: str) -> None:
        """Read until ``text`` has been sent, or the program has left."""
        for _ in self._read():
            if text.encode() in self.sent:
                return

    def finish(self) -> int:
        """Read the rest and return the exit status of the program."""
        for _ in self._read():
            continue
        os.close(self._handle)
        return self.process.wait()

    def lines(self) -> list[str]:
        """Return the lines that a person scrolling through the terminal sees, from first to last."""
        screen = pyte.HistoryScreen(self.columns, LINES, history=100_000)
        pyte.ByteStream(screen).feed(bytes(self.sent))
        above = ["".join(line[column].data for column in range(self.columns)) for line in screen.history.top]
        return [line.rstrip() for line in [*above, *screen.display]]

    def _read(self) -> Iterator[None]:
        while True:
            try:
                received = os.read(self._handle, 65536)
            except OSError:  # So Linux says that the last program has left the terminal.
                return
            self.sent += received
            yield
