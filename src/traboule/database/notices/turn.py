"""Take turns: of all processes that ask for it, one has the turn.

In: an address. Out: the turn, or None while another process has it. Guaranteed: PostgreSQL gives the turn to one
session, and takes it back when that session ends, however its process ends. Transactions take turns likewise, about
whatever they name alike.
"""

from __future__ import annotations

import psycopg
from django.db import connection as in_use

from traboule.database.address import Address

NAME = "traboule turn"  # Of the connection, for whoever looks at the server.
_LOCK = 0x7472_6162_6F75_6C65  # An advisory lock has no name but a number; each database has its own.


class Turn:
    """The turn, until :meth:`leave` or until the connection is lost."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def lasts(self) -> bool:
        """Tell whether this process still has the turn."""
        try:
            self._connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True

    def leave(self) -> None:
        """Let another process have the turn."""
        self._connection.close()


def take_turn(app: Address) -> Turn | None:
    """Return the turn; None where another process has it, or the database cannot be reached."""
    try:
        connection = psycopg.connect(app.uri(), autocommit=True, connect_timeout=5, application_name=NAME)
    except psycopg.Error:
        return None
    try:
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK]).fetchone()
    except psycopg.Error:
        row = None
    if row is None or not row[0]:
        connection.close()
        return None
    return Turn(connection)


def wait_for_turn(name: str) -> None:
    """Wait until no other transaction has the turn named ``name``; this one then has it until it ends."""
    with in_use.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
