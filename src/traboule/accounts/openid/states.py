"""What a sign-in by a provider begins with: state, nonce and proof key (RFC 7636), which nobody has to store.

In: a key of the server, the issuer, and a secret that the browser holds in a cookie. Out: a challenge of ours as the
state; nonce and proof key as keyed hashes of state and secret. Guaranteed: a state counts for the browser and the
issuer it was made for, for a quarter of an hour; nonce and proof key cannot be computed from what the provider is
shown.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from traboule.accounts.passkeys.challenges import ChallengeUse, expiry_of, make_challenge
from traboule.core.errors import Refused

LASTS = timedelta(minutes=15)  # Whoever has to look for a card reader needs them.
_PURPOSE = "provider"


@dataclass(frozen=True, slots=True)
class ProviderState:
    """The secrets of one sign-in by a provider. ``proof_key`` is what RFC 7636 calls the code verifier."""

    state: str
    nonce: str = field(repr=False)
    proof_key: str = field(repr=False)
    expires_at: datetime

    @property
    def proof_key_hash(self) -> str:
        """What the provider is shown first: the code challenge, of method S256."""
        return text_of(hashlib.sha256(self.proof_key.encode("ascii")).digest())


def begin(issuer: str, browser: str, *, key: bytes, at: datetime) -> ProviderState:
    """Return the state of a new sign-in in the browser that holds the secret ``browser``."""
    state = make_challenge(key, ChallengeUse(_PURPOSE, issuer, _hash(browser)), at=at, lasts=LASTS)
    return _state(state, browser, key, at + LASTS)


def resume(state: str, issuer: str, browser: str, *, key: bytes, at: datetime) -> ProviderState:
    """Return the sign-in that ``state`` began.

    Raises Refused (``provider-stale``) for one of another browser or issuer, one that is too old, and what is none.
    """
    if not browser:
        raise Refused("provider-stale")
    challenge = bytes_of(state)
    try:
        expires = expiry_of(challenge, key, ChallengeUse(_PURPOSE, issuer, _hash(browser)), at=at)
    except Refused as refused:
        raise Refused("provider-stale") from refused
    return _state(challenge, browser, key, expires)


def text_of(content: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(content).decode("ascii").rstrip("=")


def bytes_of(text: str) -> bytes:
    """Return what base64url stands for. Raises Refused (``provider-stale``) for what is none."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as malformed:
        raise Refused("provider-stale") from malformed


def _state(challenge: bytes, browser: str, key: bytes, expires: datetime) -> ProviderState:
    def derive(use: str) -> str:
        parts = (use, challenge.hex(), _hash(browser))
        return text_of(hmac.new(key, "\n".join(parts).encode(), hashlib.sha256).digest())

    return ProviderState(text_of(challenge), derive("provider nonce"), derive("provider proof key"), expires)


def _hash(browser: str) -> str:
    return hashlib.sha256(browser.encode()).hexdigest()
