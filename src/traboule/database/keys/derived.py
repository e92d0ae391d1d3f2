"""Derive the keys of the house from its master key, one for each purpose.

In: the master key. Out: a key for a purpose, keyed hashes, and the two padded keys by which PostgreSQL computes
HMAC-SHA-256 (RFC 2104) with its own ``sha256`` alone. Guaranteed: from one derived key neither the master key nor
another derived key can be computed.
"""

from __future__ import annotations

import hashlib
import hmac
from enum import StrEnum

BLOCK = 64  # Bytes that SHA-256 takes at once; RFC 2104 pads the key to it.


class KeyPurpose(StrEnum):
    """What a derived key is for. Only CONTEXT's is stored in the database.

    HASH is for every hash that the database stores of what could be guessed: a name, a telephone, the content of a row.
    A plain hash is right for what is published anyway, such as the documents of a release, and for our own files.
    """

    CONTEXT = "context"
    SEAL = "seal"
    HASH = "hash"
    WRAP = "wrap"  # From the root key, not the master key: wraps the keys of units.


def derived(master: bytes, purpose: KeyPurpose) -> bytes:
    """Return the key for ``purpose``, 32 bytes."""
    return hmac.digest(master, f"traboule {purpose.value}".encode(), hashlib.sha256)


def keyed_hash(key: bytes, *parts: str) -> str:
    """Return the HMAC-SHA-256 (hex) of ``parts``. No two sequences of parts give the same message."""
    message = b"".join(len(part.encode()).to_bytes(8, "big") + part.encode() for part in parts)
    return hmac.digest(key, message, hashlib.sha256).hex()


def padded(key: bytes) -> tuple[bytes, bytes]:
    """Return the inner and the outer padded key of RFC 2104, 64 bytes each."""
    block = (hashlib.sha256(key).digest() if len(key) > BLOCK else key).ljust(BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)
