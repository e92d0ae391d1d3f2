"""The machine fails under a command: a sentence in the user's language and the right status, never a traceback."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.conftest import open_directory

from traboule.app.start import start

PROGRAM = str(Path(sys.executable).parent / "traboule")
ARTICLE = "Operation Liberterra II led to 2,517 arrests."
_DROP_FROM_BOUNDING_SET, _DAC_OVERRIDE, _DAC_READ_SEARCH = 24, 1, 2  # linux/prctl.h and linux/capability.h


def command(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Run a command as a process of its own, speaking French where nothing else is said."""
    environment = {**os.environ, "TRABOULE_LANGUAGE": "fr", **options.pop("environment", {})}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.run([PROGRAM, *arguments], env=environment, check=False, timeout=3_600, **streams)


def without_privilege() -> None:
    """Let modes of files bind this process though it is root's. Where it is not, they bind it already."""
    for capability in (_DAC_OVERRIDE, _DAC_READ_SEARCH):
        ctypes.CDLL(None).prctl(_DROP_FROM_BOUNDING_SET, capability, 0, 0, 0)


def small_files() -> None:
    """Let no file of this process grow beyond a hundred bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))


@pytest.fixture
def article(tmp_path: Path) -> Path:
    file = tmp_path / "article.txt"
    file.write_text(ARTICLE, encoding="utf-8")
    return file


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_directory() as made:
        yield made


@pytest.mark.parametrize(
    ("limit", "mode", "status", "phrase"),
    [(small_files, 0o755, 7, "Le disque est plein"), (without_privilege, 0o555, 3, "pas le droit")],
    ids=["no room", "no right"],
)
@pytest.mark.promise("breakdown-refused-cleanly")
def test_a_file_that_cannot_be_written_is_said_and_not_left_in_part(
    limit: Callable[[], None], mode: int, status: int, phrase: str, article: Path, tmp_path: Path
) -> None:
    closed = tmp_path / "out"
    closed.mkdir()
    closed.chmod(mode)
    ended = command("check", str(article), "--html", str(closed / "checked.html"), preexec_fn=limit)
    assert ended.returncode == status
    assert phrase in ended.stderr.decode()
    assert str(closed / "checked.html") in ended.stderr.decode()
    assert b"Traceback" not in ended.stderr
    assert list(closed.iterdir()) == []


def test_a_folder_that_is_closed_to_the_user_is_no_missing_database(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    (closed / "data").mkdir(parents=True)
    closed.chmod(0)
    ended = command("figures", "--data", str(closed / "data"), "--json", preexec_fn=without_privilege)
    closed.chmod(0o755)
    assert ended.returncode == 3
    assert json.loads(ended.stdout)["error"] == "place-closed"


@pytest.mark.parametrize("arguments", [["--help"], ["check", "ARTICLE"], ["check", "ARTICLE", "--json"]])
@pytest.mark.promise("breakdown-refused-cleanly")
def test_output_that_finds_no_room_is_no_success(arguments: list[str], article: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = command(*[str(article) if each == "ARTICLE" else each for each in arguments], stdout=full)
    assert ended.returncode == 7
    assert b"Traceback" not in ended.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["check", "ARTICLE"], ["check", "ARTICLE", "--json"]])
def test_a_reader_that_has_gone_is_no_error(arguments: list[str], article: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ended = command(*[str(article) if each == "ARTICLE" else each for each in arguments], stdout=writing)
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_closed_streams_are_no_error(article: Path) -> None:
    shell = ["sh", "-c", f'exec "{PROGRAM}" check "{article}" >&- 2>&-']
    assert subprocess.run(shell, check=False, timeout=3_600).returncode == 0


@pytest.mark.parametrize("encoding", ["iso-8859-1", "cp1252"])
def test_a_terminal_without_unicode_is_written_to_with_what_it_has(encoding: str, tmp_path: Path) -> None:
    nowhere = str(tmp_path / "Łódź")
    ended = command("figures", "--data", nowhere, environment={"PYTHONIOENCODING": encoding})
    assert ended.returncode == 4
    said = ended.stderr.decode(encoding)
    assert "Lódz" in said
    assert "traboule operation open FICHIER" in said
    assert "créée" in said


def test_a_language_whose_letters_the_terminal_lacks_is_not_spoken_on_it(tmp_path: Path) -> None:
    arguments = ("figures", "--language", "ar", "--data", str(tmp_path / "x"))
    ended = command(*arguments, environment={"PYTHONIOENCODING": "iso-8859-1"})
    assert "This terminal (iso" in ended.stderr.decode("latin-1")
    assert "There is no database" in ended.stderr.decode("latin-1")
    plain = command(*arguments, "--json", environment={"PYTHONIOENCODING": "iso-8859-1"})
    assert "لا توجد" in json.loads(plain.stdout)["message"]


@pytest.mark.promise("breakdown-refused-cleanly")
def test_connections_that_are_exhausted_are_said(folder: Path) -> None:
    assert command("operation", "open", "liberterra-ii", "--data", str(folder)).returncode == 0
    started = start(folder, database_name="traboule", create=False)
    held = []
    with suppress(psycopg.OperationalError):
        while True:
            held.append(psycopg.connect(started.app.uri()))
    assert len(held) > 10
    ended = command("operation", "show", "--data", str(folder))
    assert ended.returncode == 7
    assert "n’a plus de connexion libre" in ended.stderr.decode()
    for connection in held:
        connection.close()
    assert command("operation", "show", "--data", str(folder)).returncode == 0
    started.stop()


@pytest.mark.parametrize("moment", [0.5, 4.0])
def test_an_interrupted_command_says_so(moment: float, folder: Path) -> None:
    """Control-C reaches every process of the terminal's foreground group."""
    running = subprocess.Popen(
        [PROGRAM, "demo", "--persons", "300", "--data", str(folder / "d"), "--out", str(folder / "out")],
        env={**os.environ, "TRABOULE_LANGUAGE": "fr", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert running.stdout is not None
    running.stdout.readline()
    time.sleep(moment)
    os.killpg(running.pid, signal.SIGINT)
    _, said = running.communicate(timeout=3_600)
    assert running.returncode == 130
    assert "Arrêté." in said.decode()
    assert b"Traceback" not in said
