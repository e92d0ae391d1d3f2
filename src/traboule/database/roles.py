"""The three roles in the database: owner, app, auditor.

In: the address of a user who may create roles, and the files of keys. Out: the roles' addresses. Guaranteed: none of
the three is a superuser or bypasses row security; app and auditor own nothing and can create nothing, not even a
temporary table.

- ``traboule_owner`` owns the tables. Nobody logs in as it: who may create roles takes its part to migrate. Row security
  is forced on it too: it reads no row.
- ``traboule_app`` is what the program runs as: it reads and writes what policy lets its context through.
- ``traboule_auditor`` reads, for whoever verifies, everything but personal and victims' rows, under a context too.

Roles belong to the cluster, their grants to each database. Each password is random and lies in a file of its own.
"""

from __future__ import annotations

import psycopg
from psycopg import sql

from traboule.database.address import Address
from traboule.database.keys.files import KeyFiles

OWNER = "traboule_owner"
APP = "traboule_app"
AUDITOR = "traboule_auditor"
ROLES = (OWNER, APP, AUDITOR)
WITH_PASSWORD = (APP, AUDITOR)

_DIVIDES_MEMBERSHIP = 160000  # Since this version, to be a member, to inherit and to act are granted one by one.
_LOCK = 7_126_001  # Any number of our own: advisory locks are known by number.
_CREATE = sql.SQL("CREATE ROLE {role} NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION {inherits}")


def address(server: Address, role: str, database: str, keys: KeyFiles) -> Address:
    """Return how ``role`` connects to ``database``. Raises Unready where its password's file is missing."""
    return server.to(database=database, user=role, password=keys.read(role))


def as_owner(root: Address, database: str) -> Address:
    """Return how the user at ``root`` connects to ``database`` to act as the tables' owner."""
    options = " ".join(filter(None, [root.options.get("options"), f"-c role={OWNER}"]))
    return root.to(database=database, options={**root.options, "options": options})


def ensure(root: Address, keys: KeyFiles) -> None:
    """Create the roles that are missing, and set right the password of one that cannot log in.

    A cluster whose owner still logs in, as in earlier versions, gets an owner that does not.
    """
    with psycopg.connect(root.uri(), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        log_in: dict[str, bool] = dict(connection.execute("SELECT rolname, rolcanlogin FROM pg_roles").fetchall())
        for role in ROLES:
            if role not in log_in:
                # Before PostgreSQL 16 a database's owner may write into its schema only as a member that inherits.
                inherits = sql.SQL("INHERIT" if role == OWNER else "NOINHERIT")
                connection.execute(_CREATE.format(role=sql.Identifier(role), inherits=inherits))
        if log_in.get(OWNER):
            connection.execute(sql.SQL("ALTER ROLE {} NOLOGIN PASSWORD NULL").format(sql.Identifier(OWNER)))
        for role in WITH_PASSWORD:
            password = keys.read_or_make(role)
            if not log_in.get(role) or not _logs_in(root.to(user=role, password=password)):
                _set_password(connection, role, password)
        _let_root_act_for_owner(connection)


def _set_password(connection: psycopg.Connection, role: str, password: str) -> None:
    """Send the password's verifier alone, so that no log of the server's can hold the password."""
    verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    change = sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}")
    connection.execute(change.format(sql.Identifier(role), sql.Literal(verifier)))


def _logs_in(app: Address) -> bool:
    try:
        psycopg.connect(app.uri()).close()
    except psycopg.OperationalError:
        return False
    return True


def _let_root_act_for_owner(connection: psycopg.Connection) -> None:
    """A server's administrator who is no superuser must be a member of the owner to make databases in its name."""
    divides_membership = connection.info.server_version >= _DIVIDES_MEMBERSHIP
    privilege = "SET" if divides_membership else "MEMBER"
    row = connection.execute("SELECT pg_has_role(current_user, %s, %s)", [OWNER, privilege]).fetchone()
    if row is not None and not row[0]:
        grant = sql.SQL("GRANT {} TO CURRENT_USER" + (" WITH SET TRUE, INHERIT TRUE" if divides_membership else ""))
        connection.execute(grant.format(sql.Identifier(OWNER)))
