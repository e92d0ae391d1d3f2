"""Sign checkpoints and cosign those of others, as C2SP writes them: signed notes, Ed25519.

In: a seed, a name, a checkpoint. Out: a signed note, or another line under one. Guaranteed: the same seed and the same
text give the same signature. A key has one type, so that a log's key never counts as a witness's.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from traboule.ledger.verifier import (
    COSIGNATURE,
    DASH,
    ED25519,
    Checkpoint,
    VerifierKey,
    cosigned,
    identifier,
    split_note,
)


@dataclass(frozen=True, slots=True)
class Signer:
    """A name and a private key: of a log (ED25519) or of a witness (COSIGNATURE)."""

    name: str
    type: int
    seed: bytes = field(repr=False)

    @classmethod
    def log(cls, name: str, seed: bytes) -> Self:
        """Return the signer of a log's checkpoints."""
        return cls(name, ED25519, seed)

    @classmethod
    def witness(cls, name: str, seed: bytes) -> Self:
        """Return the signer of a witness."""
        return cls(name, COSIGNATURE, seed)

    @property
    def key(self) -> VerifierKey:
        """Return the public key that verifies what this signer signs."""
        public = _private(self.seed).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return VerifierKey(self.name, identifier(self.name, bytes([self.type]) + public), self.type, public)

    def sign(self, text: str) -> str:
        """Return ``text`` as a note signed by this log."""
        return f"{text}\n{_line(self.key, _private(self.seed).sign(text.encode()))}"

    def cosign(self, note: str, moment: int) -> str:
        """Return a checkpoint's note with this witness's cosignature of ``moment`` (seconds since 1970) below it."""
        text, _ = split_note(note)
        signature = _private(self.seed).sign(cosigned(text, moment))
        return note + _line(self.key, moment.to_bytes(8, "big") + signature)


def key_text(key: VerifierKey) -> str:
    """Return a public key as text; :meth:`VerifierKey.parse` reads it."""
    return f"{key.name}+{key.id.hex()}+{base64.b64encode(bytes([key.type]) + key.public_key).decode()}"


def checkpoint_text(checkpoint: Checkpoint) -> str:
    """Return the text of a checkpoint: origin, size and root on lines of their own."""
    return f"{checkpoint.origin}\n{checkpoint.size}\n{base64.b64encode(checkpoint.root).decode()}\n"


def _line(key: VerifierKey, signature: bytes) -> str:
    return f"{DASH} {key.name} {base64.b64encode(key.id + signature).decode()}\n"


def _private(seed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed)
