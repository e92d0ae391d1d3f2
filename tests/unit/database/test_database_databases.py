"""Databases from a template, on the embedded cluster and on a server by URL."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db.models.signals import pre_migrate
from psycopg import sql
from tests.conftest import open_directory
from tests.returns_built import OPERATION, Filed, file, people

from traboule.app.start import Started, start, stop
from traboule.core.errors import Refused, Unready
from traboule.core.permissions import Actor, Role
from traboule.database import connections, databases, embedded, roles, server
from traboule.database.context import Context
from traboule.database.row_security import unwalled
from traboule.register.history import tables

START = """
import sys
from pathlib import Path
from traboule.app.start import start
started = start(Path(sys.argv[1]), database_name=sys.argv[2])
print(started.made)
started.stop()
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Path]:
    """A cluster apart from the other tests': roles and templates belong to the whole cluster, and change here."""
    with open_directory() as path:
        running = embedded.start(path, lasting=False)
        yield path
        running.stop()


@pytest.fixture(scope="module")
def kept_database(cluster: Path) -> Iterator[Started]:
    started = start(cluster, database_name="first")
    yield started
    started.stop()


def test_a_second_database_is_copied_and_not_migrated(database: Started) -> None:
    migrated: list[object] = []

    def note(sender: object, **_: object) -> None:
        migrated.append(sender)

    pre_migrate.connect(note)
    try:
        assert databases.create(database.root, "second") is True
    finally:
        pre_migrate.disconnect(note)
    assert migrated == []
    assert databases.create(database.root, "second") is False
    assert "second" in databases.names(database.root)
    assert not any(name.startswith("traboule_") for name in databases.names(database.root))
    with psycopg.connect(roles.address(database.root, roles.OWNER, "second").uri()) as owner:
        assert unwalled(owner) == []
    databases.drop(database.root, "second")
    databases.drop(database.root, "second")
    assert "second" not in databases.names(database.root)


def test_nobody_but_our_roles_connects(database: Started) -> None:
    with psycopg.connect(database.root.uri(), autocommit=True) as root:
        root.execute("CREATE ROLE stranger LOGIN PASSWORD 'known'")
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(database.app.to(user="stranger", password="known").uri())
        root.execute("DROP ROLE stranger")


@pytest.mark.parametrize("name", ["postgres", "Big", "1st", "a-b", 'a"b', "", "traboule_template_x", "x" * 60])
def test_a_name_that_cannot_be_a_databases_is_refused(database: Started, name: str) -> None:
    with pytest.raises(Refused):
        databases.create(database.root, name)


def test_an_older_database_is_brought_up_and_keeps_its_rows(database: Started, cluster: Path) -> None:
    file(Filed(people("p1")))
    name = database.app.database
    with psycopg.connect(database.root.uri(), autocommit=True) as root:
        root.execute(sql.SQL("COMMENT ON DATABASE {} IS 'older'").format(sql.Identifier(name)))
    with psycopg.connect(database.owner.uri()) as owner:
        owner.execute("ALTER TABLE register_victim NO FORCE ROW LEVEL SECURITY")
    repeated = start(cluster, database_name=name)
    assert repeated.made is False
    with psycopg.connect(database.owner.uri()) as owner:
        assert unwalled(owner) == []
    context = Context.of(Actor("engine", Role.ENGINE))
    assert tables(OPERATION, at=None, context=context)["people"].num_rows == 1
    repeated.stop()


def test_several_processes_make_the_same_database_once(database: Started, cluster: Path) -> None:
    starters = [
        subprocess.Popen([sys.executable, "-c", START, str(cluster), "contested"], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert sorted(starter.communicate()[0].strip() for starter in starters) == ["False", "False", "True"]
    databases.drop(database.root, "contested")


def test_a_template_of_another_shape_is_replaced(database: Started) -> None:
    old = databases.TEMPLATE + "0" * 16
    with psycopg.connect(database.root.uri(), autocommit=True) as root:
        shape = databases.TEMPLATE + databases.fingerprint()
        root.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(shape), sql.Identifier(old)))
        assert databases.create(database.root, "renewed")
        there = {name for (name,) in root.execute("SELECT datname FROM pg_database")}
    assert old not in there
    assert shape in there
    databases.drop(database.root, "renewed")


def test_a_server_by_url_whose_administrator_is_no_superuser(database: Started) -> None:
    """The roles exist here already with other passwords, as after a change of the administrator's password."""
    administrator = database.root.to(user="administrator", password="a b&c=ü")
    with psycopg.connect(database.root.uri(), autocommit=True) as root:
        root.execute("CREATE ROLE administrator LOGIN CREATEROLE CREATEDB PASSWORD 'a b&c=ü'")
        for role in roles.ROLES:
            grant = sql.SQL("GRANT {} TO administrator WITH ADMIN TRUE, INHERIT FALSE, SET FALSE")
            root.execute(grant.format(sql.Identifier(role)))
    served = start(administrator.uri(), database_name="served")
    assert served.made
    file(Filed(people("p1")))
    served.stop()
    connections.leave()
    roles.ensure(database.root)
    databases.drop(database.root, "served")
    with psycopg.connect(database.root.uri(), autocommit=True) as root:
        root.execute("DROP OWNED BY administrator")
        root.execute("DROP ROLE administrator")
    psycopg.connect(database.app.uri()).close()


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("postgresql://someone@localhost:1/postgres", "database-url-without-password"),
        ("postgresql://someone:secret@localhost:1/postgres", "database-server-silent"),
        ("postgresql://someone:secret@localhost/postgres?nonsense=1", "database-url-malformed"),
    ],
)
def test_a_url_that_leads_nowhere_is_refused_in_words(url: str, code: str) -> None:
    with pytest.raises(Unready) as refused:
        server.address(url)
    assert refused.value.code == code
    assert "secret" not in str(refused.value)


def test_stop_leaves_a_server_alone() -> None:
    assert not stop("postgresql://someone:secret@localhost:1/postgres")
    assert embedded.stop(Path("/nowhere/at/all")) is False
