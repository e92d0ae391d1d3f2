"""Challenges for authenticators, which nobody has to store before they are answered.

In: a key of the server and what the challenge is for. Out: random bytes with an expiry and a keyed hash (HMAC-SHA-256)
over both and over purpose, account and relying party. Guaranteed: what this server did not make for the same use, or
has expired, after five minutes unless made for longer, is refused. Whether a challenge was answered before is the
caller's to check.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from traboule.core.errors import Refused

LASTS = timedelta(minutes=5)
_NONCE, _EXPIRY, _HASH = 16, 8, 32  # Bytes.


@dataclass(frozen=True, slots=True)
class ChallengeUse:
    """What a challenge is for: a purpose, an account where one is signed in, and the relying party's id."""

    purpose: str
    site: str
    account: str = ""


def make_challenge(key: bytes, use: ChallengeUse, *, at: datetime, lasts: timedelta = LASTS) -> bytes:
    """Return a new challenge."""
    expires = int((at + lasts).timestamp())
    body = secrets.token_bytes(_NONCE) + expires.to_bytes(_EXPIRY, "big")
    return body + _hash(key, use, body)


def expiry_of(challenge: bytes, key: bytes, use: ChallengeUse, *, at: datetime) -> datetime:
    """Return when a challenge of this server expires. Raises Refused for any other, and for one that has expired."""
    body, stated = challenge[: _NONCE + _EXPIRY], challenge[_NONCE + _EXPIRY :]
    if len(stated) != _HASH or not hmac.compare_digest(stated, _hash(key, use, body)):
        raise Refused("passkey-refused")
    expires = datetime.fromtimestamp(int.from_bytes(body[_NONCE:], "big"), UTC)
    if expires <= at:
        raise Refused("passkey-stale")
    return expires


def _hash(key: bytes, use: ChallengeUse, body: bytes) -> bytes:
    parts = ("challenge", use.purpose, use.account, use.site, body.hex())
    return hmac.new(key, "\n".join(parts).encode(), hashlib.sha256).digest()
