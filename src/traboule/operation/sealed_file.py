"""An operation's file and title as the database stores them: sealed under the desk's key, each bound to its opening.

The file has the stop-list, which names hotlines and shelters, and what communiqués will say.
"""

from __future__ import annotations

from traboule.database.keys.sealed_texts import open_text, seal_text
from traboule.database.keys.unit_keys import DESK
from traboule.operation.models import OperationOpened


def seal_file(code: str, number: int, field: str, text: str) -> str:
    """Return a text as the column ``field`` of an opening stores it."""
    return seal_text(DESK, text, _place(code, number, field))


def file_of(row: OperationOpened) -> str:
    """Return the file of an opening; one from before files were sealed is stored as it is.

    Raises Broken where it was altered, Unready where keepers have the root key.
    """
    return open_text(DESK, row.content, _place(row.code, row.number, "content"))


def _place(code: str, number: int, field: str) -> bytes:
    return f"operation.file.{field}\x1f{code}\x1f{number}".encode()
