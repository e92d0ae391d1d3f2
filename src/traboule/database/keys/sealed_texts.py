"""Short texts as a column stores them: sealed under a unit's key, each bound to its place, written in hexadecimal.

In: a unit, a text, what names its place (table, column, row). Out: the text of the column, and the text back.
Guaranteed: what was altered, or moved to another place, does not open.
"""

from __future__ import annotations

from traboule.database.keys.process import process_unit_keys
from traboule.database.keys.sealing import seal, unseal

_SEALED = "sealed:"


def seal_text(unit: str, text: str, place: bytes) -> str:
    """Return ``text`` as the column at ``place`` stores it."""
    return _SEALED + seal(process_unit_keys().rows(unit), text.encode(), place).hex()


def open_text(unit: str, stored: str, place: bytes) -> str:
    """Return the text that a column stores; one from before it was sealed is stored as it is.

    Raises Broken where it was altered or belongs to another place, Unready where keepers have the root key.
    """
    if not stored.startswith(_SEALED):
        return stored
    return unseal(process_unit_keys().rows(unit), bytes.fromhex(stored.removeprefix(_SEALED)), place).decode()
