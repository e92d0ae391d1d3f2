"""Point Django's connections at a database, once it is known which.

In: an address. Out: nothing; Django's ``connection`` then uses that database. Guaranteed: the owner's connection exists
only while migrating, so that no stage can use it. A connection that is lost, refused or out of space raises a
sentence (:func:`in_words`); a fault of our own (a wrong query, a broken constraint) does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from adbc_driver_manager import Error as ArrowError
from django.db import Error as DjangoError
from django.db import InterfaceError, OperationalError, connections

from traboule.core.errors import Unready
from traboule.database.address import Address
from traboule.database.places import is_full
from traboule.database.walls.verified_context import NOT_VALID

APP_ALIAS = "default"
OWNER_ALIAS = "owner"

CODES = {
    "53100": "database-disk-full",
    "53300": "database-crowded",
    "XX001": "database-damaged",
    "XX002": "database-damaged",
    NOT_VALID: "database-context-refused",
}
_NO_RIGHT = "42501"  # Inside a verb it is a wall that held, and a fault of ours.
_LOST = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
# At login libpq passes on no SQLSTATE: only the text gives the reason, in English because we start the server.
_CROWDED = ("too many clients", "too many connections", "connection slots")
_LOGIN = ("authentication failed", "pg_hba.conf", "does not exist", "not permitted to log in", "permission denied")


def use(app: Address) -> None:
    """Let Django's default connection speak to ``app``; connections this thread had are closed."""
    _point({APP_ALIAS: app})


def leave() -> None:
    """Close this thread's connections."""
    connections.close_all()


@contextmanager
def as_owner(owner: Address) -> Iterator[None]:
    """Let Django speak to the database as its owner, for a migration, and forget about it afterwards."""
    _point({APP_ALIAS: owner, OWNER_ALIAS: owner})
    try:
        yield
    finally:
        _point({})


def _point(addresses: dict[str, Address]) -> None:
    for connection in connections.all(initialized_only=True):
        connection.close()
        del connections[connection.alias]
    settings = {alias: address.settings() for alias, address in addresses.items()}
    connections.settings = connections.configure_settings(settings)


@contextmanager
def in_words(place: str, home: Path | None = None, *, starting: bool = False) -> Iterator[None]:
    """Raise Unready instead of what a driver raises where the database is lost, full, crowded or closed to us.

    ``home`` is the directory of an embedded cluster, whose disk may be why its server went; ``starting``: roles and
    databases are being made, for which a server's user may lack the right.
    """
    try:
        yield
    except (DjangoError, psycopg.Error, ArrowError) as raised:
        code = _code(raised, home, starting=starting)
        if code is None:
            raise
        raise Unready(code, place=place) from raised


def at_login(raised: psycopg.OperationalError, place: str) -> Unready:
    """Return why a server at ``place`` could not be entered."""
    text = str(raised)
    if any(phrase in text for phrase in _CROWDED):
        return Unready("database-crowded", place=place)
    return Unready("database-server-login" if any(p in text for p in _LOGIN) else "database-server-silent", place=place)


def _code(raised: Exception, home: Path | None, *, starting: bool) -> str | None:
    cause = raised.__cause__ if isinstance(raised, DjangoError) and raised.__cause__ else raised
    state = getattr(cause, "sqlstate", None)
    if state in CODES:
        return CODES[state]
    if starting and state == _NO_RIGHT:
        return "database-server-rights"
    if not isinstance(raised, _LOST) or (state is not None and not state.startswith(("08", "57P"))):
        return None
    if any(phrase in str(cause) for phrase in _CROWDED):
        return "database-crowded"
    return "database-disk-full" if home is not None and is_full(home) else "database-lost"
