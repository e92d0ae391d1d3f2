"""What a terminal shows while a command works, and the database a command without a name uses."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.terminal import Terminal

from traboule.cli.terminal.current_database import CurrentDatabase

WORKING = """
import sys, time
from pathlib import Path
from traboule.cli.session import Session
session = Session("en", False, Path("."))
with session.progress() as show:
    for number in range(30):
        show("receive", number, 30)
        time.sleep(0.02)
        if number % 10 == 0:
            session.out.print(f"Told {number}. " + "A sentence longer than the terminal is wide. " * 4)
            print(f"Faulty {number}.", file=sys.stderr)
    show("receive", 30, 30)
    show("count", 0, 1)
    time.sleep(0.3)
session.out.print("Done.")
"""


@pytest.mark.parametrize("columns", [40, 80, 100, 120])
def test_progress_leaves_nothing_and_hides_nothing(columns: int) -> None:
    terminal = Terminal([sys.executable, "-c", WORKING], os.environ, columns)
    assert terminal.finish() == 0
    assert "Receiving returns" in terminal.sent.decode()
    text = " ".join(" ".join(terminal.lines()).split())
    sentence = " ".join(["A sentence longer than the terminal is wide."] * 4)
    assert text == " ".join(f"Told {number}. {sentence} Faulty {number}." for number in (0, 10, 20)) + " Done."


NOTING = """
import time
from pathlib import Path
from traboule.cli.session import Session
session = Session("en", False, Path("."))
with session.progress() as show:
    show("database", 0, 1)
    time.sleep(0.3)
    session.note("database-used", name="demo_20261202_063934_24707")
    show("database", 1, 1)
session.out.print("Done.")
"""


def test_a_note_beside_the_results_leaves_no_progress_and_breaks_between_words() -> None:
    """The note once stood behind the bar of the database that was starting, and broke inside a word."""
    terminal = Terminal([sys.executable, "-c", NOTING], os.environ, 80)
    assert terminal.finish() == 0
    assert "Starting the database" in terminal.sent.decode()
    assert [line for line in terminal.lines() if line] == [
        "Database in use: demo_20261202_063934_24707, of the last demonstration. Name",
        "another with --database.",
        "Done.",
    ]


def test_an_error_breaks_between_words() -> None:
    """At 80 columns it read “undone as a wh / ole”."""
    command = [sys.executable, "-m", "traboule.cli.main", "return", "check", "nowhere", "--language", "fr"]
    piped = subprocess.run(command, capture_output=True, text=True, check=False).stderr.splitlines()[-1]
    terminal = Terminal(command, os.environ, 40)
    assert terminal.finish() == 2
    shown = [line for line in terminal.lines() if line]
    error = shown[next(number for number, line in enumerate(shown) if line.startswith("Erreur")) :]
    assert len(error) > 1
    assert " ".join(error) == piped


def test_an_operation_is_not_replaced_by_a_demo(tmp_path: Path) -> None:
    current = CurrentDatabase(tmp_path)
    assert current.name() is None
    assert current.remember("demo_1")
    assert current.remember("demo_2")
    assert current.name() == "demo_2"
    assert current.remember("traboule")
    assert not current.remember("demo_3")
    assert not current.remember("trial", demo=True)
    assert current.name() == "traboule"


def test_a_server_and_the_embedded_cluster_are_remembered_apart(tmp_path: Path) -> None:
    embedded, server = CurrentDatabase(tmp_path), CurrentDatabase(tmp_path, "desk.example:5432")
    assert embedded.remember("demo_1")
    assert server.name() is None
    assert server.remember("demo_2")
    server.forget("demo_2")
    assert (embedded.name(), server.name()) == ("demo_1", None)


def test_what_cannot_be_read_or_written_is_as_if_nothing_were_remembered(tmp_path: Path) -> None:
    (tmp_path / "current-database.json").write_text("{not json", encoding="utf-8")
    assert CurrentDatabase(tmp_path).name() is None
    assert not CurrentDatabase(tmp_path / "nowhere").remember("demo_1")
