"""An authenticator of our own: it makes keys and signs challenges as a browser hands them over, byte by byte.

Written from the specification (Web Authentication, level 3, sections 6.1 and 6.5), not with the library that checks it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

SITE, ORIGIN = "localhost", "http://localhost:8000"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text_of(content: bytes) -> str:
    """Return base64url as browsers write it."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def bytes_of(text: str) -> bytes:
    """Return what base64url stands for."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Device:
    """An authenticator with one key. ``flags``: what it says of its user; ``step``: by how much it counts each time.

    ``origin`` and ``site`` are what the browser says of the page; ``client`` is added to its words.
    """

    number: int = 1
    flags: int = PRESENT | VERIFIED
    step: int = 1
    count: int = 0
    origin: str = ORIGIN
    site: str = SITE
    handle: str = ""
    client: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> bytes:
        """The credential's id."""
        return hashlib.sha256(f"credential {self.number}".encode()).digest()

    @property
    def _key(self) -> ec.EllipticCurvePrivateKey:
        return ec.derive_private_key(self.number + 10_000, ec.SECP256R1())

    def create(self, options: dict[str, Any]) -> str:
        """Return the answer to a request for a key."""
        self.handle = options["user"]["id"]
        numbers = self._key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        key = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + key
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + attested}
        client = self._client("webauthn.create", options["challenge"])
        return self._answer({"clientDataJSON": text_of(client), "attestationObject": text_of(cbor2.dumps(attestation))})

    def sign(self, options: dict[str, Any]) -> str:
        """Return the answer to a request to sign in."""
        client, data = self._client("webauthn.get", options["challenge"]), self._data(0)
        signature = self._key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": text_of(client),
                "authenticatorData": text_of(data),
                "signature": text_of(signature),
                "userHandle": self.handle,
            }
        )

    def _client(self, kind: str, challenge: str) -> bytes:
        plain = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False, **self.client}
        return json.dumps(plain).encode()

    def _data(self, flags: int) -> bytes:
        self.count += self.step
        relying_party = hashlib.sha256(self.site.encode()).digest()
        return relying_party + bytes([self.flags | flags]) + self.count.to_bytes(4, "big")

    def _answer(self, response: dict[str, str]) -> str:
        name = text_of(self.id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
