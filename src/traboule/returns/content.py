"""Hash the content of a row, so that the register can tell a row filed again from a row that changed.

In: a checked row. Out: a hash. Guaranteed: pure; the same values give the same hash, whatever the row's place, its
spelling or the language of its labels. The register stores a keyed hash of it, so its form never changes; on its own it
would confirm a guess, and is stored and shown nowhere.
"""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256

from traboule.core.dates import PartialDate
from traboule.returns.checked import CheckedRow, Value


def content_hash(row: CheckedRow) -> str:
    """Return the SHA-256 (hex) of what a row says: its values and its missing values, in a fixed form.

    Table and row_id are part of it; sheet, row number, spelling and faults are not.
    """
    plain = {
        "missing": dict(row.missing),
        "row_id": row.row_id,
        "table": row.table,
        "values": {name: _plain(value) for name, value in row.values.items()},
    }
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def _plain(value: Value) -> object:
    """Return a value as JSON knows it; each type keeps its own form, so that 12 and "12" differ."""
    if isinstance(value, PartialDate):
        return {"date": value.iso()}
    if isinstance(value, datetime):
        return {"moment": value.isoformat(timespec="seconds")}
    return list(value) if isinstance(value, tuple) else value
