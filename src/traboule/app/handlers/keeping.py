"""Keep the database: report its state to its administrator, and exchange the root key.

Out: the server's version, and the holes in the walls; or what was wrapped anew. Guaranteed: a root key is exchanged
once the ledger's entry is committed, and after keepers have got its shares, if they get any.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from django.db import connection, transaction

from traboule.app.dispatch import Call
from traboule.core.errors import Refused
from traboule.database.keys import keepers, root_key, rotation
from traboule.database.keys.process import process_unit_keys
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


@dataclass(frozen=True, slots=True)
class RootKeyExchanged:
    """How many databases' keys the new root key wraps, and whether keepers have its shares."""

    databases: int
    keepers: bool

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def exchange_root_key(
    call: Call, *, hand_out: Callable[[tuple[str, ...]], None] | None = None, keep_file: bool = False
) -> RootKeyExchanged:
    """Let a new root key wrap the keys of units. ``hand_out`` gives its shares to keepers, before anything changes.

    Raises Refused where keepers have the root key and none of them would get a share of the new one, Unready where
    they have to unlock it first.
    """
    files = process_unit_keys().files
    if hand_out is None and files.has(root_key.KEEPERS):
        raise Refused("keys-shares-wanted")
    root_key.in_force(files)
    root = root_key.new_root()
    if hand_out is None:
        transaction.on_commit(partial(rotation.rotate, files, root))
    else:
        if not keep_file:
            keepers.memory()
        hand_out(keepers.split(root))
        transaction.on_commit(partial(keepers.hand_over, files, root, keep_file=keep_file))
    return RootKeyExchanged(len(rotation.databases(files)), hand_out is not None)
