"""Seal the names of returns’ files under the filing unit’s key, each bound to its return.

A file is often named after a person or a case.
"""

from __future__ import annotations

from uuid import UUID

from traboule.database.keys.sealed_texts import open_text, seal_text


def seal_file_name(unit: str, return_id: UUID, name: str) -> str:
    """Return a file's name as the row of its return stores it."""
    return seal_text(unit, name, _place(return_id))


def open_file_name(unit: str, return_id: UUID, stored: str) -> str:
    """Return the name of a return's file; one from before names were sealed is stored as it is.

    Raises Broken where it was altered or is another return's.
    """
    return open_text(unit, stored, _place(return_id))


def _place(return_id: UUID) -> bytes:
    return f"returns.file_name\x1f{return_id}".encode()
