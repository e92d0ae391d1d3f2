"""Seal what was opened, so that whoever has the database alone cannot change it unseen.

In: a row of an opened operation. Out: its seal, and whether the row is as it was opened. Guaranteed: the seal covers
every column and the database's name; its key is derived from the master key, which the database does not have, and is
not the one with which the database checks contexts.
"""

from __future__ import annotations

import hmac
from datetime import UTC

from django.db import connection

from traboule.database.keys.derived import KeyPurpose, keyed_hash
from traboule.database.keys.process import process_key
from traboule.operation.models import OperationOpened
from traboule.operation.operation import load
from traboule.operation.sealed_file import file_of


def seal_of(row: OperationOpened) -> str:
    """Return the seal that ``row`` must bear. Raises Unready where this process has no key."""
    opened_at = row.opened_at.astimezone(UTC).isoformat()
    parts = (row.code, str(row.number), row.title, row.content, row.content_hash, opened_at, row.opened_by)
    return keyed_hash(process_key(KeyPurpose.SEAL), "operation", connection.settings_dict["NAME"], *parts)


def is_as_opened(row: OperationOpened) -> bool:
    """Tell whether nothing of ``row`` was changed since it was opened: neither by its seal nor by its hash."""
    return hmac.compare_digest(row.seal, seal_of(row)) and load(file_of(row)).content_hash == row.content_hash
