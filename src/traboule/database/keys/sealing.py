"""Seal bytes with AES-256-GCM, bound to the place where they are stored.

In: a cipher, bytes, and what names their place (table, column, row). Out: a byte for the format, a random nonce of 12
bytes, and the ciphertext with its tag. Guaranteed: what was altered, or moved to another place, does not open.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from traboule.core.errors import Broken

KEY_BYTES = 32
_FORMAT = b"\x01"
_NONCE = 12
_BEGIN = len(_FORMAT) + _NONCE


def new_key() -> bytes:
    """Return a new key, 32 random bytes."""
    return os.urandom(KEY_BYTES)


def cipher(key: bytes) -> AESGCM:
    """Return the cipher of a key."""
    return AESGCM(key)


def seal(under: AESGCM, plain: bytes, place: bytes) -> bytes:
    """Return ``plain`` sealed under a cipher and bound to ``place``."""
    nonce = os.urandom(_NONCE)
    return _FORMAT + nonce + under.encrypt(nonce, plain, place)


def unseal(under: AESGCM, sealed: bytes, place: bytes) -> bytes:
    """Return what :func:`seal` sealed. Raises Broken where it was altered, moved, or sealed under another key."""
    try:
        return under.decrypt(sealed[len(_FORMAT) : _BEGIN], sealed[_BEGIN:], place)
    except (InvalidTag, ValueError) as refused:
        raise Broken("sealed-altered", place=place.partition(b"\x1f")[0].decode()) from refused
