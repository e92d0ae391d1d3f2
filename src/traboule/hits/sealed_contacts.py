"""Contacts as the database stores them: sealed under the key of the unit that may read them, each bound to its row."""

from __future__ import annotations

from uuid import UUID

from traboule.database.keys.process import process_unit_keys
from traboule.database.keys.sealing import seal, unseal
from traboule.hits.models import HitAnswer, HitNotice

_SEALED = "sealed:"


def seal_contact(unit: str, row: UUID, contact: str) -> str:
    """Return a contact as the row ``row`` of ``unit`` stores it; none stays none."""
    if not contact:
        return ""
    return _SEALED + seal(process_unit_keys().rows(unit), contact.encode(), _place(row)).hex()


def open_contact(row: HitNotice | HitAnswer) -> str:
    """Return the contact of a notice or an answer; one from before contacts were sealed is stored as it is.

    Raises Broken where it was altered or is another row's.
    """
    if not row.contact.startswith(_SEALED):
        return row.contact
    sealed = bytes.fromhex(row.contact.removeprefix(_SEALED))
    return unseal(process_unit_keys().rows(row.unit), sealed, _place(row.id)).decode()


def _place(row: UUID) -> bytes:
    return f"hits.contact\x1f{row}".encode()
