"""Contacts as the database stores them: sealed under the key of the unit that may read them, each bound to its row."""

from __future__ import annotations

from uuid import UUID

from traboule.database.keys.sealed_texts import open_text, seal_text
from traboule.hits.models import HitAnswer, HitNotice


def seal_contact(unit: str, row: UUID, contact: str) -> str:
    """Return a contact as the row ``row`` of ``unit`` stores it; none stays none."""
    return seal_text(unit, contact, _place(row)) if contact else ""


def open_contact(row: HitNotice | HitAnswer) -> str:
    """Return the contact of a notice or an answer; one from before contacts were sealed is stored as it is.

    Raises Broken where it was altered or is another row's.
    """
    return open_text(row.unit, row.contact, _place(row.id))


def _place(row: UUID) -> bytes:
    return f"hits.contact\x1f{row}".encode()
