"""Create databases from a migrated template, which takes a fraction of the time of migrating each.

In: the bootstrap user's address, a name, and the files of keys. Out: a database with all tables, grants and policies,
which knows the key that contexts are signed with. Guaranteed: two processes may create databases at once. The template
is rebuilt when migrations or policies change. An existing database is migrated and keeps its data.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.apps import apps
from django.core.management import call_command
from psycopg import sql

from traboule.core.errors import Conflict, Refused, Unready
from traboule.database import roles, row_security
from traboule.database.address import Address
from traboule.database.connections import OWNER_ALIAS, as_owner
from traboule.database.keys.derived import KeyPurpose, derived, padded
from traboule.database.keys.files import MASTER, KeyFiles
from traboule.database.walls.verified_context import READ_KEY, STORE_KEY

TEMPLATE = "traboule_template_"
MAKING = "traboule_making_"
_LOCK = 7_126_002
_NAME = re.compile(r"[a-z][a-z0-9_]{0,50}")


@dataclass(frozen=True, slots=True)
class Stored:
    """One database as it lies on the server: its size in bytes and how many connections it has."""

    name: str
    size: int
    connections: int


def fingerprint() -> str:
    """Return a hash over every migration and every policy: two databases with the same one have the same shape."""
    digest = hashlib.sha256()
    for configuration in sorted(apps.get_app_configs(), key=lambda app: app.label):
        for path in sorted(Path(configuration.path, "migrations").glob("*.py")):
            digest.update(f"{configuration.label}/{path.name}\0".encode())
            digest.update(path.read_bytes())
    digest.update("\n".join(row_security.statements()).encode())
    return digest.hexdigest()[:16]


def create(root: Address, name: str, keys: KeyFiles) -> bool:
    """Create database ``name``, or migrate it; tell whether it was created.

    Raises Refused for a name that is not plain lower-case letters, digits and underscores, and Unready where the
    database was made with another master key than that in ``keys``.
    """
    check_name(name)
    shape = fingerprint()
    with psycopg.connect(root.uri(), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        if name in _all(connection):
            _bring_up(connection, root, name, shape)
            _store_key(root, name, keys)
            return False
        template = _template(connection, root, shape)
        _clone(connection, name, template)
        _open(connection, name, shape)
        _store_key(root, name, keys)
        return True


def create_from(root: Address, name: str, keys: KeyFiles, fill: Callable[[Address], None]) -> None:
    """Create database ``name``, let ``fill`` fill it as the administrator, and bring it up to date.

    Nobody else can connect before that is done. Where it fails, the database is dropped again.
    """
    check_name(name)
    shape = fingerprint()
    with psycopg.connect(root.uri(), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        _clone(connection, name, "template0")
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        with ExitStack() as undo:
            undo.callback(drop, root, name)
            fill(root.to(database=name))
            _bring_up(connection, root, name, shape)
            _store_key(root, name, keys)
            undo.pop_all()


def has_current_shape(app: Address) -> bool:
    """Tell whether the application can log in to its database, and the tables there are those of this program."""
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
    try:
        with psycopg.connect(app.uri()) as connection:
            row = connection.execute(query).fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and row[0] == fingerprint()


def drop(root: Address, name: str) -> None:
    """Drop database ``name``, even in use. A missing one is no error."""
    check_name(name)
    with psycopg.connect(root.uri(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def names(root: Address) -> list[str]:
    """Return the names of the databases we made, sorted; templates are not among them."""
    with psycopg.connect(root.uri(), autocommit=True) as connection:
        return [name for name in _all(connection) if not name.startswith((TEMPLATE, MAKING))]


def stored(root: Address) -> list[Stored]:
    """Return the databases we made, sorted by name, each with its size and the connections it has now."""
    query = (
        "SELECT d.datname, pg_database_size(d.oid), count(a.pid) FROM pg_database d"
        " LEFT JOIN pg_stat_activity a ON a.datid = d.oid AND a.backend_type = 'client backend'"
        " WHERE d.datname = ANY(%s) GROUP BY d.oid, d.datname ORDER BY d.datname"
    )
    with psycopg.connect(root.uri(), autocommit=True) as connection:
        ours = [name for name in _all(connection) if not name.startswith((TEMPLATE, MAKING))]
        return [Stored(*row) for row in connection.execute(query, [ours])]


def drop_idle(root: Address, name: str) -> None:
    """Drop database ``name``, unless somebody is connected.

    Raises Conflict where somebody is; PostgreSQL itself checks, so that nobody can connect in between.
    """
    check_name(name)
    with psycopg.connect(root.uri(), autocommit=True) as connection:
        try:
            connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))
        except psycopg.errors.ObjectInUse as in_use:
            count = next((database.connections for database in stored(root) if database.name == name), 1)
            raise Conflict("database-in-use", database=name, count=max(count, 1)) from in_use


def check_name(name: str) -> None:
    """Raise Refused for a name that is not plain lower-case letters, digits and underscores, or is the house's own."""
    if not _NAME.fullmatch(name) or name.startswith((TEMPLATE, MAKING)) or name == "postgres":
        raise Refused("database-name", name=name)


def _all(connection: psycopg.Connection) -> list[str]:
    query = "SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = %s ORDER BY datname"
    return [name for (name,) in connection.execute(query, [roles.OWNER])]


def _template(connection: psycopg.Connection, root: Address, shape: str) -> str:
    """Return the template of ``shape``, made if it is not there; earlier shapes and interrupted makings are dropped."""
    wanted = TEMPLATE + shape
    existing = _all(connection)
    if wanted in existing:
        return wanted
    for old in existing:
        if old.startswith(MAKING):
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(old)))
        elif old.startswith(TEMPLATE):
            connection.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE false").format(sql.Identifier(old)))
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(old)))
    making = MAKING + secrets.token_hex(4)
    _clone(connection, making, "template0")
    _open(connection, making, shape)
    _shape(root, making)
    for change in ("RENAME TO {wanted}", "IS_TEMPLATE true", "ALLOW_CONNECTIONS false"):
        name = making if change.startswith("RENAME") else wanted
        text = sql.SQL("ALTER DATABASE {name} " + change)
        connection.execute(text.format(name=sql.Identifier(name), wanted=sql.Identifier(wanted)))
    return wanted


def _clone(connection: psycopg.Connection, name: str, template: str) -> None:
    query = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
    arguments = (sql.Identifier(part) for part in (name, roles.OWNER, template))
    connection.execute(query.format(*arguments))


def _open(connection: psycopg.Connection, name: str, shape: str) -> None:
    """Let only our roles connect. A database does not copy the rights of its template."""
    database, inside = sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, roles.ROLES))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, inside))
    connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(database, sql.Literal(shape)))


def _bring_up(connection: psycopg.Connection, root: Address, name: str, shape: str) -> None:
    """Migrate a database whose comment names another shape."""
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
    row = connection.execute(query, [name]).fetchone()
    if row is None or row[0] != shape:
        _shape(root, name)
        _open(connection, name, shape)


def _shape(root: Address, name: str) -> None:
    """Migrate database ``name`` in its owner's part and put the walls up."""
    owner = roles.as_owner(root, name)
    with as_owner(owner):
        call_command("migrate", database=OWNER_ALIAS, verbosity=0, interactive=False)
    with psycopg.connect(owner.uri()) as connection:
        for statement in row_security.statements():
            connection.execute(sql.SQL(statement))


def _store_key(root: Address, name: str, keys: KeyFiles) -> None:
    """Let database ``name`` know the key that contexts are signed with, unless it knows another."""
    inner, outer = padded(derived(keys.read_or_make(MASTER).encode("ascii"), KeyPurpose.CONTEXT))
    with psycopg.connect(roles.as_owner(root, name).uri()) as connection:
        row = connection.execute(READ_KEY).fetchone()
        if row is None:
            connection.execute(STORE_KEY, [inner, outer])
        elif row[0] != inner:
            raise Unready("database-keys-differ", database=name, place=str(keys.folder))
