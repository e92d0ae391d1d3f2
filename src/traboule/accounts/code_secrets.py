"""Secrets of one-time codes as the database stores them: sealed under the desk's key, each bound to its account."""

from __future__ import annotations

from traboule.database.keys.process import process_unit_keys
from traboule.database.keys.sealing import seal, unseal
from traboule.database.keys.unit_keys import DESK

_SEALED = "sealed:"


def seal_secret(login: str, secret: str) -> str:
    """Return the secret of an account as the database stores it."""
    return _SEALED + seal(process_unit_keys().rows(DESK), secret.encode("ascii"), _place(login)).hex()


def open_secret(login: str, stored: str) -> str:
    """Return the secret of an account; one from before secrets were sealed is stored as it is.

    Raises Broken where it was altered or is another account's, Unready where keepers have the root key.
    """
    if not stored.startswith(_SEALED):
        return stored
    sealed = bytes.fromhex(stored.removeprefix(_SEALED))
    return unseal(process_unit_keys().rows(DESK), sealed, _place(login)).decode("ascii")


def _place(login: str) -> bytes:
    return f"accounts_credential.code_secret\x1f{login}".encode()
