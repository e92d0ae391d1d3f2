"""Contacts and reasons of hits as the database stores them: sealed under a unit's key, each bound to its row.

A contact and an owner's reason are sealed under the key of the unit whose row it is, a reason of the desk's under the
desk's own.
"""

from __future__ import annotations

from uuid import UUID

from traboule.database.keys.sealed_texts import open_text, seal_text
from traboule.hits.models import HitAnswer, HitNotice


def seal_contact(unit: str, row: UUID, contact: str) -> str:
    """Return a contact as the row ``row`` of ``unit`` stores it; none stays none."""
    return seal_text(unit, contact, _place("contact", row)) if contact else ""


def open_contact(row: HitNotice | HitAnswer) -> str:
    """Return the contact of a notice or an answer; one from before contacts were sealed is stored as it is.

    Raises Broken where it was altered or is another row's.
    """
    return open_text(row.unit, row.contact, _place("contact", row.id))


def seal_reason(unit: str, row: UUID, reason: str) -> str:
    """Return a reason as the row ``row`` stores it; none stays none. Its like opens with :func:`open_reason`."""
    return seal_text(unit, reason, _place("reason", row)) if reason else ""


def open_reason(unit: str, row: UUID, stored: str) -> str:
    """Return the reason that a row stores. Raises Broken where it was altered or is another row's."""
    return open_text(unit, stored, _place("reason", row))


def _place(field: str, row: UUID) -> bytes:
    return f"hits.{field}\x1f{row}".encode()
