"""A release made again from the command line: a byte flipped anywhere is named, and the exit status tells it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.conftest import Administered
from tests.unit.app.test_app_releasing import issued, opened

NAME = "communique.en.html"


@pytest.fixture
def folder(database: Administered, tmp_path: Path) -> Iterator[Path]:
    """A folder with the documents of a release just issued."""
    for name, content in issued(opened(database)).files.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def rebuild(database: Administered, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, as who made the database."""
    login = command(database, "login")
    assert login.returncode == 0, login.stderr
    return command(database, "release", "rebuild", *arguments)


def command(database: Administered, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command at the database's own folder: who sits there signs in without a password."""
    assert database.home is not None
    environment = {
        "PATH": "/usr/bin:/bin",
        "TRABOULE_LANGUAGE": "en",
        "XDG_CONFIG_HOME": os.environ["XDG_CONFIG_HOME"],
    }
    place = ["--data", str(database.home), "--database", database.app.database]
    words = [sys.executable, "-m", "traboule.cli.main", *arguments, *place]
    return subprocess.run(words, capture_output=True, text=True, env=environment, check=False)


def flip(content: bytes) -> bytes:
    """Return the bytes with one bit in the middle turned."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def test_what_was_issued_comes_out_the_same_and_says_so(database: Administered, folder: Path) -> None:
    repeated = rebuild(database, "--folder", str(folder))
    assert repeated.returncode == 0, repeated.stderr
    assert "bit for bit the same" in repeated.stdout
    assert "files in" in repeated.stdout


def test_a_flipped_byte_in_the_database_is_named_and_fails(database: Administered, folder: Path) -> None:
    """Whoever alters a stored document alters its bytes, and perhaps the hash beside them as well."""
    content = flip((folder / NAME).read_bytes())
    with psycopg.connect(database.root.to(database=database.app.database).uri()) as root:
        root.execute("UPDATE release_document SET content = %s WHERE name = %s", [content, NAME])
    repeated = rebuild(database)
    assert repeated.returncode == 1
    assert f"{NAME} differs" in repeated.stdout
    assert "bit for bit the same" not in repeated.stdout
    with psycopg.connect(database.root.to(database=database.app.database).uri()) as root:
        root.execute(
            "UPDATE release_document SET content_hash = encode(sha256(content), 'hex') WHERE name = %s", [NAME]
        )
    repeated = rebuild(database, "--json")
    assert repeated.returncode == 1
    plain = json.loads(repeated.stdout)
    # The ledger still has the hash of what was issued.
    differences = [{"kind": kind, "name": NAME} for kind in ("ledger", "stored")]
    assert (plain["differences"], plain["reproduces"]) == (differences, False)


def test_a_flipped_byte_in_the_folder_and_a_missing_file_are_named_and_fail(
    database: Administered, folder: Path
) -> None:
    (folder / NAME).write_bytes(flip((folder / NAME).read_bytes()))
    (folder / "factsheet.csv").unlink()
    repeated = rebuild(database, "--folder", str(folder))
    assert repeated.returncode == 1
    assert f"{NAME} differs: the file in" in repeated.stdout
    assert "factsheet.csv is missing from" in repeated.stdout
    # What is stored is whole, and that is said apart from the folder.
    assert rebuild(database).returncode == 0
