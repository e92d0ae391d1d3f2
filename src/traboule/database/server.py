"""Use a PostgreSQL server that somebody else runs, by URL: the same code, the same row security.

In: a URL such as ``postgresql://host:5432/postgres``. Out: an address of the application, or of an administrator who
may create roles and databases. Guaranteed: the server answers the administrator and is new enough; the address of the
application is never that of somebody who may do more.
"""

from __future__ import annotations

import re

import psycopg
from psycopg.conninfo import conninfo_to_dict

from traboule.core.errors import Unready
from traboule.database.address import Address
from traboule.database.connections import at_login
from traboule.database.keys.files import KeyFiles
from traboule.database.roles import APP

OLDEST = 150000
PREFIXES = ("postgresql://", "postgres://")

_SECRET = re.compile(r"((?:ssl)?password\s*=\s*)(?:'(?:[^'\\]|\\.)*'|[^&\s]*)", re.IGNORECASE)
_NO_PORT = re.compile(r":(?!\d{1,5}(?:[/?,]|$))[^/?,]*")


def masked(url: str) -> str:
    """Return an address as people may see it, however wrongly it is written: its passwords are three dots.

    Of what stands before the last ``@`` only the user is shown, since a password may hold any sign.
    """
    head, slashes, body = url.strip().partition("://")
    if not slashes:
        head, body = "", url.strip()
    credentials, at, place = body.rpartition("@")
    user, colon, _ = credentials.partition(":")
    visible = f"{user}:…@{place}" if colon else f"{credentials}{at}{place}"
    if not at and slashes:  # The password may have been written where a port stands.
        visible = _NO_PORT.sub(":…", place)
    return head + slashes + _SECRET.sub(r"\1…", visible)


def administrator(url: str) -> Address:
    """Return the address in ``url`` after asking the server for its version.

    Raises Unready for a malformed URL, one without a password, a server that does not answer or does not let the user
    in, or one older than PostgreSQL 15.
    """
    parsed = _parsed(url.strip())
    if not parsed.password:
        raise Unready("database-url-without-password")
    try:
        with psycopg.connect(parsed.uri(), connect_timeout=10) as connection:
            version = connection.info.server_version
    except psycopg.OperationalError as refused:
        raise at_login(refused, masked(url)) from refused
    if version < OLDEST:
        raise Unready("database-too-old", there=version // 10000, oldest=OLDEST // 10000)
    return parsed


def application(url: str, keys: KeyFiles) -> Address:
    """Return how the application connects to the server at ``url``; its password stands there, or in ``keys``.

    Raises Unready for a malformed URL, one that names another user, a missing password, and a server that does not
    answer or does not let the application in.
    """
    parsed = _parsed(url.strip())
    if parsed.user not in ("", APP):
        raise Unready("database-url-administrator", place=masked(url))
    app = parsed.to(user=APP, password=parsed.password or keys.read(APP))
    try:
        psycopg.connect(app.uri(), connect_timeout=10).close()
    except psycopg.OperationalError as refused:
        raise at_login(refused, masked(url)) from refused
    return app


def _parsed(url: str) -> Address:
    if not url.startswith(PREFIXES):
        raise Unready("database-url-malformed", place=masked(url))
    try:
        keywords = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
        password = keywords.pop("password", "")
        port = int(keywords.pop("port", "5432"))
    except (psycopg.ProgrammingError, ValueError):
        raise Unready("database-url-malformed", place=masked(url)) from None  # The cause quotes the password.
    return Address(
        host=keywords.pop("host", "localhost"),
        port=port,
        database=keywords.pop("dbname", "postgres"),
        user=keywords.pop("user", ""),
        password=password,
        options=keywords,
    )
