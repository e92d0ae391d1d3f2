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
from tests.conftest import Administered, administered, open_directory
from tests.returns_built import OPERATION, Filed, file, people

from traboule.app.start import Server, migrate, start, stop
from traboule.core.errors import NotFound, Refused, Unready
from traboule.core.language.languages import LANGUAGES
from traboule.core.permissions import Actor, Role
from traboule.database import connections, databases, embedded, roles, server
from traboule.database.address import Address
from traboule.database.context import Context
from traboule.database.keys.files import KeyFiles
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
def running_cluster() -> Iterator[embedded.Embedded]:
    """A cluster apart from the other tests': roles and templates belong to the whole cluster, and change here."""
    with open_directory() as path:
        running = embedded.start(path, lasting=False)
        yield running
        running.stop()


@pytest.fixture(scope="module")
def cluster(running_cluster: embedded.Embedded) -> Path:
    return running_cluster.place.home.parent


@pytest.fixture(scope="module")
def kept_database(cluster: Path, running_cluster: embedded.Embedded) -> Iterator[Administered]:
    started = start(cluster, database_name="first")
    yield administered(running_cluster, started)
    started.stop()


@pytest.fixture
def keys(running_cluster: embedded.Embedded) -> KeyFiles:
    return running_cluster.keys


def test_a_second_database_is_copied_and_not_migrated(database: Administered, keys: KeyFiles) -> None:
    migrated: list[object] = []

    def note(sender: object, **_: object) -> None:
        migrated.append(sender)

    pre_migrate.connect(note)
    try:
        assert databases.create(database.root, "second", keys) is True
    finally:
        pre_migrate.disconnect(note)
    assert migrated == []
    assert databases.create(database.root, "second", keys) is False
    assert "second" in databases.names(database.root)
    assert not any(name.startswith("traboule_") for name in databases.names(database.root))
    with psycopg.connect(roles.as_owner(database.root, "second").uri()) as owner:
        assert unwalled(owner) == []
    databases.drop(database.root, "second")
    databases.drop(database.root, "second")
    assert "second" not in databases.names(database.root)


def test_nobody_but_our_roles_connects(database: Administered) -> None:
    with psycopg.connect(database.root.uri(), autocommit=True) as root:
        root.execute("CREATE ROLE stranger LOGIN PASSWORD 'known'")
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(database.app.to(user="stranger", password="known").uri())
        root.execute("DROP ROLE stranger")


@pytest.mark.parametrize("name", ["postgres", "Big", "1st", "a-b", 'a"b', "", "traboule_template_x", "x" * 60])
def test_a_name_that_cannot_be_a_databases_is_refused(database: Administered, keys: KeyFiles, name: str) -> None:
    with pytest.raises(Refused):
        databases.create(database.root, name, keys)


def test_an_older_database_is_brought_up_and_keeps_its_rows(database: Administered, cluster: Path) -> None:
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


def test_several_processes_make_the_same_database_once(database: Administered, cluster: Path) -> None:
    starters = [
        subprocess.Popen([sys.executable, "-c", START, str(cluster), "contested"], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert sorted(starter.communicate()[0].strip() for starter in starters) == ["False", "False", "True"]
    databases.drop(database.root, "contested")


def test_a_template_of_another_shape_is_replaced(database: Administered, keys: KeyFiles) -> None:
    old = databases.TEMPLATE + "0" * 16
    with psycopg.connect(database.root.uri(), autocommit=True) as root:
        shape = databases.TEMPLATE + databases.fingerprint()
        root.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(shape), sql.Identifier(old)))
        assert databases.create(database.root, "renewed", keys)
        there = {name for (name,) in root.execute("SELECT datname FROM pg_database")}
    assert old not in there
    assert shape in there
    databases.drop(database.root, "renewed")


@pytest.fixture
def administrator(database: Administered) -> Iterator[Address]:
    """An administrator of the server who is no superuser, and may give our roles to others."""
    with psycopg.connect(database.root.uri(), autocommit=True) as root:
        root.execute("CREATE ROLE administrator LOGIN CREATEROLE CREATEDB PASSWORD 'a b&c=ü'")
        for role in roles.ROLES:
            grant = sql.SQL("GRANT {} TO administrator WITH ADMIN TRUE, INHERIT FALSE, SET FALSE")
            root.execute(grant.format(sql.Identifier(role)))
        yield database.root.to(user="administrator", password="a b&c=ü")
        root.execute("DROP OWNED BY administrator")
        root.execute("DROP ROLE administrator")


def test_an_administrator_who_is_no_superuser_acts_for_the_owner_once_the_roles_are_ensured(
    administrator: Address, keys: KeyFiles
) -> None:
    for_owner = roles.as_owner(administrator, "postgres")
    with pytest.raises(psycopg.OperationalError, match="permission denied to set role"):
        psycopg.connect(for_owner.uri())
    roles.ensure(administrator, keys)
    with psycopg.connect(for_owner.uri()) as owner:
        assert owner.execute("SELECT current_user").fetchone() == (roles.OWNER,)


def test_a_server_by_url_whose_administrator_is_no_superuser(
    database: Administered, administrator: Address, tmp_path: Path
) -> None:
    """The roles exist here already with other passwords, as after a change of the keys."""
    keys = KeyFiles(tmp_path / "keys")
    assert migrate(Server(administrator.uri(), keys.folder), "served")
    assert not migrate(Server(administrator.uri(), keys.folder), "served")
    url = f"postgresql:///postgres?host={database.app.host}"
    served = start(Server(url, keys.folder), database_name="served")
    file(Filed(people("p1")))
    served.stop()
    with pytest.raises(NotFound):
        start(Server(url, keys.folder), database_name="unmade")
    with psycopg.connect(database.root.uri(), autocommit=True) as root:
        root.execute("COMMENT ON DATABASE served IS 'older'")
    with pytest.raises(Unready) as older:
        start(Server(url, keys.folder), database_name="served")
    assert older.value.code == "database-not-migrated"
    connections.leave()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(database.app.uri())
    roles.ensure(database.root, KeyFiles((Path(database.place) / "postgres").resolve() / "keys"))
    databases.drop(database.root, "served")
    psycopg.connect(database.app.uri()).close()


def test_a_cluster_of_an_earlier_version_goes_on(database: Administered, cluster: Path, keys: KeyFiles) -> None:
    """Its roles had passwords derived from the bootstrap user's, its owner logged in, and it had no keys."""
    with psycopg.connect(database.root.uri(), autocommit=True) as root:
        root.execute("ALTER ROLE traboule_owner LOGIN PASSWORD 'derived'")
        root.execute("ALTER ROLE traboule_app PASSWORD 'derived'")
    start(cluster, database_name="first").stop()
    psycopg.connect(database.app.uri()).close()
    with psycopg.connect(database.root.uri()) as root:
        query = "SELECT rolcanlogin, rolpassword IS NULL FROM pg_authid WHERE rolname = 'traboule_owner'"
        assert root.execute(query).fetchone() == (False, True)


def test_another_master_key_is_refused_and_an_open_key_file_too(
    database: Administered, keys: KeyFiles, tmp_path: Path
) -> None:
    with pytest.raises(Unready) as differ:
        databases.create(database.root, "first", KeyFiles(tmp_path))
    assert differ.value.code == "database-keys-differ"
    (tmp_path / "master").chmod(0o640)
    with pytest.raises(Unready) as opened:
        KeyFiles(tmp_path).master()
    assert opened.value.code == "database-key-open"
    with pytest.raises(Unready) as missing:
        KeyFiles(tmp_path / "elsewhere").master()
    assert missing.value.code == "database-key-missing"
    for path in keys.folder.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600, path
    assert keys.folder.stat().st_mode & 0o777 == 0o700
    assert len({(keys.folder / name).read_text() for name in ("master", roles.APP, roles.AUDITOR)}) == 3


PERFORM = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from traboule.app.desk import Desk
from traboule.core.permissions import Actor, Role
opened = []
sys.addaudithook(lambda event, details: opened.append(str(details[0])) if event == "open" else None)
desk = Desk.start(Path(sys.argv[1]), database=sys.argv[2])
desk.perform("database.status", by=Actor("a", Role.ADMINISTRATOR), at=datetime.now(UTC))
print(*(path for path in opened if "/postgres/secret" in path or "/postgres/keys/" in path), sep=chr(10))
print("--", flush=True)
sys.stdin.readline()
desk.stop()
"""


def in_memory(process: int, secret: bytes) -> bool:
    """Tell whether ``secret`` stands anywhere in the memory that a process may write."""
    with Path(f"/proc/{process}/maps").open() as maps, Path(f"/proc/{process}/mem").open("rb") as memory:
        for line in maps:
            span, rights = line.split()[:2]
            begin, end = (int(part, 16) for part in span.split("-"))
            if rights.startswith("rw") and "[v" not in line:
                try:
                    memory.seek(begin)
                    if secret in memory.read(end - begin):
                        return True
                except (OSError, ValueError):
                    continue
    return False


@pytest.mark.promise("run-time-holds-no-superuser-password")
@pytest.mark.parametrize("database_name", ["first", "made_just_now"])
def test_a_process_that_performs_verbs_never_holds_the_superusers_password(
    database: Administered, cluster: Path, running_cluster: embedded.Embedded, database_name: str
) -> None:
    """It opens no file with it, and it is nowhere in its memory; the application's, the control, is."""
    performing = subprocess.Popen(
        [sys.executable, "-c", PERFORM, str(cluster), database_name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert performing.stdout is not None
    opened = []
    while (line := performing.stdout.readline()) not in ("--\n", ""):
        opened.append(Path(line.strip()).name)
    assert set(opened) == {"master", roles.APP}
    assert not in_memory(performing.pid, database.root.password.encode())
    assert not in_memory(performing.pid, database.auditor.password.encode())
    assert in_memory(performing.pid, database.app.password.encode())
    performing.communicate("leave\n")
    if database_name != "first":
        databases.drop(database.root, database_name)


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
        server.administrator(url)
    assert refused.value.code == code
    assert "secret" not in str(refused.value)
    # The variable that the address stands in is named, in each language.
    assert all("TRABOULE_ADMINISTRATOR_URL" in refused.value.sentence(language) for language in LANGUAGES)


def test_the_application_does_not_start_with_an_administrators_address(tmp_path: Path) -> None:
    with pytest.raises(Unready) as refused:
        start(Server("postgresql://someone:secret@localhost:1/postgres", tmp_path), database_name="x")
    assert refused.value.code == "database-url-administrator"
    assert "secret" not in str(refused.value)


def test_stop_leaves_a_server_alone() -> None:
    assert not stop(Server("postgresql://someone:secret@localhost:1/postgres", Path("/nowhere")))
    assert embedded.stop(Path("/nowhere/at/all")) is False
