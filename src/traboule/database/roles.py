"""The three roles in the database: owner, app, auditor.

In: the address of a user who may create roles. Out: the roles' addresses. Guaranteed: none of the three is a
superuser or bypasses row security; app and auditor own nothing and can create nothing, not even a temporary table.

- ``traboule_owner`` owns the tables and changes them (migrations). Row security is forced on it too: it reads no row.
- ``traboule_app`` is what the program runs as: it reads and writes what policy lets its context through.
- ``traboule_auditor`` reads, for whoever verifies, everything but personal and victims' rows.

Roles belong to the cluster, their grants to each database. Their passwords are derived from the bootstrap user's, so
that nothing more is kept and every machine that has the one finds the others.
"""

from __future__ import annotations

import hashlib
import hmac

import psycopg
from psycopg import sql

from traboule.database.address import Address

OWNER = "traboule_owner"
APP = "traboule_app"
AUDITOR = "traboule_auditor"
ROLES = (OWNER, APP, AUDITOR)

_LOCK = 7_126_001  # Any number of our own: advisory locks are known by number.
_CREATE = sql.SQL(
    "CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT"
    " PASSWORD {password}"
)
_RENEW = sql.SQL("ALTER ROLE {role} PASSWORD {password}")


def address(root: Address, role: str, database: str) -> Address:
    """Return how ``role`` connects to ``database``."""
    key = root.password.encode("utf-8")
    password = hmac.new(key, f"traboule role {role}".encode(), hashlib.sha256).hexdigest()
    return root.to(database=database, user=role, password=password)


def ensure(root: Address) -> None:
    """Create the roles that are missing, and set right the password of one that cannot log in."""
    with psycopg.connect(root.uri(), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        existing = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        for role in ROLES:
            if role not in existing or not _logs_in(root, role):
                statement = _RENEW if role in existing else _CREATE
                password = sql.Literal(address(root, role, root.database).password)
                connection.execute(statement.format(role=sql.Identifier(role), password=password))
        _let_root_act_for_owner(connection)


def _logs_in(root: Address, role: str) -> bool:
    try:
        psycopg.connect(address(root, role, root.database).uri()).close()
    except psycopg.OperationalError:
        return False
    return True


def _let_root_act_for_owner(connection: psycopg.Connection) -> None:
    """A server's administrator who is no superuser must be a member of the owner to make databases in its name."""
    row = connection.execute("SELECT pg_has_role(current_user, %s, 'SET')", [OWNER]).fetchone()
    if row is not None and not row[0]:
        grant = sql.SQL("GRANT {} TO CURRENT_USER WITH SET TRUE, INHERIT TRUE")
        connection.execute(grant.format(sql.Identifier(OWNER)))
