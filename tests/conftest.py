"""What every test may ask for: a running PostgreSQL, a database of its own, and to act as somebody.

``cluster``   one embedded PostgreSQL for the whole run, shared by all workers.
``database``  a database with all tables and no row; Django is connected to it as the application.
``as_actor``  a transaction in somebody's name: ``with as_actor(Role.NATIONAL, "ML") as by: …``.

A test that asks for none of them never starts a database.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psycopg
import pytest
from django.apps import apps
from django.db import connections as django_connections
from psycopg import sql
from psycopg.pq import TransactionStatus

import tests.examples  # noqa: F401  Its profile must be there before pytest reads --hypothesis-profile.
from traboule.app.start import Started, start
from traboule.core.permissions import Actor, Role
from traboule.database import connections, databases, embedded, roles
from traboule.database.address import Address
from traboule.database.context import Context, acting
from traboule.database.keys.files import KeyFiles
from traboule.database.keys.tombstones import tombstones_file
from traboule.database.keys.unit_keys import file_name
from traboule.database.walls.verified_context import SESSION
from traboule.web.serving import choose_settings

ActAs = Callable[..., AbstractContextManager[Actor]]

# Workers are children of the process that begins the run and inherit its environment: so they find one cluster.
RUN = "TRABOULE_TEST_RUN"
TEMPORARY = Path("/tmp")  # noqa: S108  Names in it are made by mkdtemp or from a token of our own.

choose_settings()  # Test modules import models at their head, as every other module does.


@dataclass(frozen=True)
class Administered(Started):
    """A database in use, with what the program itself never has: the addresses of those who may do more."""

    root: Address
    owner: Address
    auditor: Address


def administered(cluster: embedded.Embedded, started: Started) -> Administered:
    """Return ``started`` in ``cluster`` with the addresses of its administrator, its tables' owner, and its auditor."""
    root, name = cluster.address, started.app.database
    auditor = roles.address(cluster.server, roles.AUDITOR, name, cluster.keys).signing(started.app.master)
    parts = (started.app, started.made, started.place, started.home, started._leave)
    return Administered(*parts, root, roles.as_owner(root, name), auditor)


def entered(opened: psycopg.Connection, database: Administered, by: Actor) -> None:
    """Let the transaction of ``opened`` act as ``by``, with a context that is signed for it."""
    row = opened.execute(SESSION).fetchone()
    assert row is not None
    token = Context.of(by).token(database.app.master, backend=row[0], began=row[1])
    opened.execute("SELECT set_config('traboule.context', %s, true)", [token])


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        os.environ[RUN] = secrets.token_hex(6)
        # Commands keep the keys of sessions there: none of a test's in the folder of who runs the tests.
        os.environ["XDG_CONFIG_HOME"] = str(keys_directory())


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(keys_directory(), ignore_errors=True)
        shutil.rmtree(demo_directory(), ignore_errors=True)
        Path(f"{demo_directory()}.lock").unlink(missing_ok=True)
    if not hasattr(config, "workerinput") and run_directory().exists():
        embedded.stop(run_directory())
        shutil.rmtree(run_directory())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in a line each why tests were left out, and how many."""
    reports = (report.longrepr for report in terminalreporter.stats.get("skipped", []))
    reasons = Counter(str(where[2]).removeprefix("Skipped: ") for where in reports if isinstance(where, tuple))
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"{count} left out: {reason}")


def run_directory() -> Path:
    """Return where this run keeps its cluster: in /tmp itself, for pytest's own directories are closed to others."""
    return TEMPORARY / f"traboule-tests-{os.environ[RUN]}"


def demo_directory() -> Path:
    """Return where this run keeps the demo that its tests in a browser begin with."""
    return TEMPORARY / f"traboule-demo-{os.environ[RUN]}"


def keys_directory() -> Path:
    """Return where the commands of this run keep the keys of sessions."""
    return TEMPORARY / f"traboule-keys-{os.environ[RUN]}"


@contextmanager
def open_directory() -> Iterator[Path]:
    """Give a directory for a cluster of a test's own, whose parents the server's user can pass through."""
    path = Path(tempfile.mkdtemp(prefix="traboule-test-", dir=TEMPORARY))
    path.chmod(0o755)
    yield path
    embedded.stop(path)
    home = (path / "postgres").resolve()
    shutil.rmtree(path)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def running_cluster() -> Iterator[embedded.Embedded]:
    """A running cluster."""
    running = embedded.start(run_directory(), lasting=False)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def cluster(running_cluster: embedded.Embedded) -> Path:
    """The directory of a running cluster."""
    return run_directory()


@pytest.fixture(scope="session")
def kept_database(cluster: Path, running_cluster: embedded.Embedded) -> Iterator[Administered]:
    """This worker's database, made once: making one takes a second, emptying one a hundredth."""
    name = f"test_{secrets.token_hex(6)}"
    started = start(cluster, database_name=name)
    yield administered(running_cluster, started)
    started.stop()
    databases.drop(running_cluster.address, name)


@pytest.fixture(scope="module")
def emptying(kept_database: Administered) -> Iterator[psycopg.Connection]:
    """A connection of the bootstrap user that is kept: to open one costs twenty times what emptying does."""
    with psycopg.connect(kept_database.root.to(database=kept_database.app.database).uri(), autocommit=True) as root:
        yield root


@pytest.fixture
def database(kept_database: Administered, emptying: psycopg.Connection) -> Iterator[Administered]:
    """A database with all tables and no row, with Django connected to it as the application."""
    if not is_connected(kept_database.app):
        connections.use(kept_database.app)
    yield kept_database
    settle()
    emptying.execute(_emptying())
    forget_keys(kept_database)


def is_connected(app: Address) -> bool:
    """Tell whether Django's connection speaks to ``app``."""
    present = django_connections.settings.get(connections.APP_ALIAS) or {}
    return all(present.get(name) == value for name, value in app.settings().items())


def settle() -> None:
    """Leave this thread's connection as a new one would be, or close it where it may be anything else.

    A new one learns every table and wall again.
    """
    opened = django_connections[connections.APP_ALIAS]
    held = opened.connection
    if held is None or held.closed:
        return
    if opened.in_atomic_block or held.info.transaction_status is not TransactionStatus.IDLE:
        opened.close()
        return
    held.execute("DISCARD ALL")


def empty(started: Administered) -> None:
    """Delete every row as the bootstrap user, whom no wall binds."""
    with psycopg.connect(started.root.to(database=started.app.database).uri()) as root:
        root.execute(_emptying())
    forget_keys(started)


@cache
def _emptying() -> sql.Composed:
    tables = sorted(model._meta.db_table for model in apps.get_models())
    return sql.SQL("; ").join(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) for table in tables)


def forget_keys(started: Administered) -> None:
    """Delete what the folder of keys has of the database: whom an earlier test erased would be erased again."""
    files, name = KeyFiles(started.app.keys_folder()), started.app.database
    for file in (file_name(name), tombstones_file(name)):
        files.remove(file)


@pytest.fixture
def as_actor(database: Administered) -> ActAs:
    """Open a transaction in somebody's name."""

    @contextmanager
    def act(role: Role, *units: str) -> Iterator[Actor]:
        by = Actor(f"{role.value} of the test", role, frozenset(units))
        with acting(by):
            yield by

    return act
