"""Report the state of the database to its administrator.

Out: the server's version, and the holes in the walls. Nothing is changed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection

from traboule.app.dispatch import Call
from traboule.database.row_security import unwalled


@dataclass(frozen=True, slots=True)
class Status:
    """The server's version; ``unwalled`` names every hole in the walls, one line each."""

    version: str
    unwalled: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def status(call: Call) -> Status:
    """Return the state of the database that is in use."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (version,) = cursor.fetchone()
    return Status(str(version), tuple(unwalled(connection.connection)))
