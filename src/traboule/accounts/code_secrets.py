"""Secrets of one-time codes as the database stores them: sealed under the desk's key, each bound to its account."""

from __future__ import annotations

from traboule.database.keys.sealed_texts import open_text, seal_text
from traboule.database.keys.unit_keys import DESK


def seal_secret(login: str, secret: str) -> str:
    """Return the secret of an account as the database stores it."""
    return seal_text(DESK, secret, _place(login))


def open_secret(login: str, stored: str) -> str:
    """Return the secret of an account; one from before secrets were sealed is stored as it is.

    Raises Broken where it was altered or is another account's, Unready where keepers have the root key.
    """
    return open_text(DESK, stored, _place(login))


def _place(login: str) -> bytes:
    return f"accounts_credential.code_secret\x1f{login}".encode()
