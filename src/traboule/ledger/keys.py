"""The ledger's secrets: the seed of its signing key, and the key of the hashes that could otherwise be guessed.

In: the path of a file that only its owner may read. Out: a signer for a log's name, and keyed hashes. Guaranteed: the
file is made with mode 0600 from its first byte, once; one that others may read is refused. The two keys are derived
apart, so that neither gives the other.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from traboule.core.errors import Unready
from traboule.ledger.notes import Signer


@dataclass(frozen=True, slots=True)
class LedgerKey:
    """What the file holds. ``repr`` does not show it."""

    secret: bytes = field(repr=False)

    @classmethod
    def at(cls, path: Path | None, *, make: bool = False) -> Self:
        """Read the file, with ``make`` made first where there is none.

        Raises Unready where no place for it is known, others may read it, it is damaged, or it cannot be read.
        """
        if path is None:
            raise Unready("ledger-key-nowhere")
        try:
            if make and not path.exists():
                _make(path)
            with path.open(encoding="ascii") as file:
                if os.fstat(file.fileno()).st_mode & 0o077:
                    raise Unready("ledger-key-open", place=str(path))
                secret = bytes.fromhex(file.read().strip())
        except (OSError, ValueError) as unreadable:
            raise Unready("ledger-key-unreadable", place=str(path)) from unreadable
        if len(secret) != 32:
            raise Unready("ledger-key-unreadable", place=str(path))
        return cls(secret)

    def signer(self, origin: str) -> Signer:
        """Return the signer of the log ``origin``."""
        return Signer.log(origin, self._derived("signing"))

    def witness(self, name: str) -> Signer:
        """Return the signer of a witness, for whose key this file is."""
        return Signer.witness(name, self._derived("witness"))

    def anchor(self, name: str, digest: str) -> str:
        """Return the hash (hex) that anchors the content with SHA-256 ``digest`` under ``name``.

        Keyed, since a row of few words could be found by trying them all.
        """
        return hmac.digest(self._derived("anchors"), f"{name}\n{digest}".encode(), hashlib.sha256).hex()

    def _derived(self, purpose: str) -> bytes:
        return hmac.digest(self.secret, f"traboule ledger {purpose}".encode(), hashlib.sha256)


def _make(path: Path) -> None:
    """Write a new secret beside the file's place and link it there: of two processes the quicker one's counts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    making = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(making, path)
    except FileExistsError:
        pass
    finally:
        making.unlink()
