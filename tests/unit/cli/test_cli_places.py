"""Where a command looks for its database: what it says where none is, and that nothing is made unasked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.conftest import open_directory

from traboule.app import start as starting
from traboule.cli.main import run
from traboule.cli.session import Session
from traboule.core.language.languages import LANGUAGES
from traboule.database import databases, embedded, server

SECRET = "s3cr/et@of#ours"
MISTYPED = [
    f"postgresq://bob:{SECRET}@host:5432/traboule",
    f"postgresql:/bob:{SECRET}@host/traboule",
    f"POSTGRESQL://bob:{SECRET}@host/traboule",
    f"postgresql+psycopg://bob:{SECRET}@host/traboule",
    f"host=host user=bob password='{SECRET}'",
    f"bob:{SECRET}@host",
    "postgresql://bob:s3cret",
    "postgresql://bob:s3cret@host:port/traboule",
    "postgresql://host/traboule?user=bob&passwort=x&password=s3cret",
]


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_directory() as made:
        yield made


@pytest.mark.parametrize("url", MISTYPED)
@pytest.mark.parametrize("command", [["figures"], ["operation", "open", "liberterra-ii"], ["database", "list"]])
def test_a_mistyped_address_is_said_without_its_password_and_nothing_is_made(
    url: str, command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRABOULE_DATABASE_URL", url)
    monkeypatch.chdir(tmp_path)
    assert run([*command, "--data", str(tmp_path / "data")]) == 7
    streams = capsys.readouterr()
    output = streams.out + streams.err
    assert not any(part in output for part in (SECRET, "s3cr", "s3cret", "@of#ours"))
    assert "TRABOULE_DATABASE_URL" in output
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_secret_of_an_address_is_shown() -> None:
    assert server.masked("postgresql://bob:x@host:5432/db") == "postgresql://bob:…@host:5432/db"
    assert server.masked("postgresql://host:5432/db?sslmode=require") == "postgresql://host:5432/db?sslmode=require"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_server_that_does_not_answer_is_named(
    language: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRABOULE_DATABASE_URL", "postgresql://traboule_app:s3cret@127.0.0.1:9/db")
    assert run(["figures", "--language", language]) == 7
    output = capsys.readouterr().err
    assert "127.0.0.1:9" in output
    assert "s3cret" not in output


@pytest.mark.parametrize("made", [False, True], ids=["no folder", "an empty folder"])
@pytest.mark.parametrize(
    "command",
    [
        ["figures"], ["link"], ["operation", "show"], ["judge", "queue"], ["database", "status"], ["database", "list"],
        ["return", "template", "--state", "ML"], ["release", "show"],
    ],
)  # fmt: skip
def test_a_wrong_folder_is_said_and_left_as_it_is(
    command: list[str], made: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "elsewhere"
    if made:
        wrong.mkdir()
    assert run([*command, "--data", str(wrong), "--json"]) == 4
    plain = json.loads(capsys.readouterr().out)
    assert plain["error"] == "database-none-here"
    assert str(wrong) in plain["message"]
    assert list(tmp_path.rglob("*")) == ([wrong] if made else [])


def test_a_file_is_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "data"
    file.write_text("x")
    assert run(["figures", "--data", str(file)]) == 2
    assert "--data" in capsys.readouterr().err
    assert run(["operation", "open", "liberterra-ii", "--data", str(file / "below")]) == 3
    assert str(file) in capsys.readouterr().err


@pytest.mark.parametrize("text", ["a: [1\nb: 2\n", "- a\n- b\n"])
def test_a_file_that_is_no_operation_makes_no_database(
    text: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "operation.yaml").write_text(text)
    assert run(["operation", "open", str(folder / "operation.yaml"), "--data", str(folder / "data")]) == 6
    said = capsys.readouterr().err
    assert "nothing was opened" in said
    assert "“”" not in said
    assert run(["operation", "open", "liberterra-3", "--data", str(folder / "data")]) == 4
    assert not (folder / "data").exists()


def test_only_opening_an_operation_makes_a_database(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = folder / "data"
    assert run(["operation", "open", "liberterra-ii", "--data", str(data)]) == 0
    assert run(["operation", "show", "--data", str(data)]) == 0
    capsys.readouterr()
    assert run(["operation", "show", "--data", str(data), "--database", "trabuole"]) == 4
    assert "Did you mean traboule?" in capsys.readouterr().err
    assert run(["database", "list", "--data", str(data), "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [each["name"] for each in listed["databases"]] == ["traboule"]
    assert listed["databases"][0]["size"] > 1_000_000


def test_a_database_is_dropped_when_confirmed_and_never_under_somebody(
    cluster: Path, running_cluster: embedded.Embedded, capsys: pytest.CaptureFixture[str]
) -> None:
    started = starting.start(cluster, database_name="to_drop")
    command = ["database", "drop", "to_drop", "--data", str(cluster)]
    assert run(command) == 3
    assert "--yes" in capsys.readouterr().err
    with psycopg.connect(started.app.uri()):
        assert run([*command, "--yes"]) == 5
        assert "to_drop" in databases.names(running_cluster.address)
    assert run([*command, "--yes"]) == 0
    assert "to_drop" not in databases.names(running_cluster.address)
    assert run([*command, "--yes"]) == 4
    assert run(["database", "drop", "postgres", "--data", str(cluster), "--yes"]) == 3
    started.stop()


def test_no_password_is_remembered_with_the_database_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRABOULE_DATABASE_URL", "postgresql://bob@host/traboule?password=s3cret")
    assert Session("en", False, tmp_path).current.remember("demo_1")
    assert "s3cret" not in (tmp_path / "current-database.json").read_text()
    assert Session("en", False, tmp_path).current.name() == "demo_1"
