"""A PostgreSQL somebody else runs, by URL: the same code path, the same row security.

Comes in: a URL such as ``postgresql://administrator:…@host:5432/postgres``. Goes out: its address. Promises: the
server answers and is new enough. The URL's user must be allowed to create roles and databases.
"""

from __future__ import annotations

import psycopg
from psycopg.conninfo import conninfo_to_dict

from traboule.core.errors import Unready
from traboule.database.address import Address

OLDEST = 170000
PREFIXES = ("postgresql://", "postgres://")


def is_url(location: str) -> bool:
    """Tell whether ``location`` is a server's URL rather than a directory."""
    return location.startswith(PREFIXES)


def address(url: str) -> Address:
    """Return the address in ``url`` after asking the server for its version.

    Raises Unready for a malformed URL, one without a password (our roles' passwords are derived from it), a server
    that does not answer, or one older than PostgreSQL 17.
    """
    try:
        given = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    except psycopg.ProgrammingError as malformed:
        raise Unready("database-url-malformed") from malformed
    password = given.pop("password", "")
    if not password:
        raise Unready("database-url-without-password")
    found = Address(
        host=given.pop("host", "localhost"),
        port=int(given.pop("port", "5432")),
        database=given.pop("dbname", "postgres"),
        user=given.pop("user", "postgres"),
        password=password,
        options=given,
    )
    try:
        with psycopg.connect(found.uri(), connect_timeout=10) as connection:
            version = connection.info.server_version
    except psycopg.OperationalError as silent:
        raise Unready("database-does-not-answer") from silent
    if version < OLDEST:
        raise Unready("database-too-old", there=version // 10000, oldest=OLDEST // 10000)
    return found
