"""The root key, which wraps the keys of units: where it lies, and which root keys open while it is exchanged.

In: the folder of keys. Out: the root key in force and, while a rotation is under way or was cut short, the next one.
Guaranteed: the next root key lies sealed under the one in force, so that whoever has this one opens everything at every
moment of a rotation. Where keepers have the root key, none is ever made in its place.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from traboule.core.errors import Broken, Unready
from traboule.database.keys.derived import KeyPurpose, derived, keyed_hash
from traboule.database.keys.files import KeyFiles
from traboule.database.keys.sealing import KEY_BYTES, cipher, seal, unseal

ROOT = "root"
NEXT = "root-next"  # The next root key, sealed under the one in force.
KEEPERS = "keepers"  # The fingerprint of the root key whose shares keepers have.
_LOCK = ".root.lock"
_PLACE = b"root-next"


def new_root() -> str:
    """Return a new root key as its file holds it."""
    return secrets.token_urlsafe(KEY_BYTES)


def to_bytes(root: str) -> bytes:
    """Return the 32 bytes that a root key's text stands for."""
    return base64.urlsafe_b64decode(root + "=" * (-len(root) % 4))


def from_bytes(secret: bytes) -> str:
    """Return the text of a root key of 32 bytes."""
    return base64.urlsafe_b64encode(secret).rstrip(b"=").decode("ascii")


def fingerprint(root: str) -> str:
    """Return a hash by which a root key is recognised, and from which it cannot be computed."""
    return keyed_hash(root.encode("ascii"), "root key")


def wrapping(root: str) -> AESGCM:
    """Return the cipher with which a root key wraps the keys of units."""
    return cipher(derived(root.encode("ascii"), KeyPurpose.WRAP))


def fingerprint_with_keepers(files: KeyFiles) -> str:
    """Return the fingerprint of the root key that keepers have; empty where there are none."""
    return str(json.loads(files.read(KEEPERS))["root"]) if files.has(KEEPERS) else ""


def record_keepers(files: KeyFiles, root: str) -> None:
    """Record that keepers have the shares of ``root``."""
    files.write(KEEPERS, json.dumps({"root": fingerprint(root)}))


def is_locked(files: KeyFiles) -> bool:
    """Tell whether keepers have the root key and it is not on this machine now."""
    return files.has(KEEPERS) and not files.has(ROOT)


def in_force(files: KeyFiles) -> str:
    """Return the root key in force, made where there is none.

    Raises Unready where its keepers have to unlock it first.
    """
    if is_locked(files):
        raise Unready("keys-locked")
    return files.read(ROOT) if files.has(KEEPERS) else files.read_or_make(ROOT)


def opening(files: KeyFiles) -> tuple[str, ...]:
    """Return the root keys that may open the keys of units: the one in force, and the next one where there is one."""
    root = in_force(files)
    upcoming = _next(files, root)
    return (root, upcoming) if upcoming else (root,)


def announce_next(files: KeyFiles, root: str, upcoming: str) -> None:
    """Store the root key that is to follow ``root``, sealed under it."""
    files.write(NEXT, seal(wrapping(root), upcoming.encode("ascii"), _PLACE).hex())


def put_in_force(files: KeyFiles, root: str) -> None:
    """Let ``root`` be the root key, where the earlier one lies: in its file, or in memory behind a link."""
    if files.has(KEEPERS):
        record_keepers(files, root)
    path = files.folder / ROOT
    lying = path.resolve() if path.is_symlink() else path
    KeyFiles(lying.parent).write(lying.name, root)
    files.remove(NEXT)


@contextmanager
def locked(files: KeyFiles, *, exclusive: bool = False) -> Iterator[None]:
    """Hold the root key as it is: whoever wraps a key shares it, whoever exchanges the root key has it alone."""
    files.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(files.folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


def _next(files: KeyFiles, root: str) -> str:
    """Return the root key that is to follow ``root``; empty where there is none. What opens under another one is left
    over from a rotation that was done."""
    if not files.has(NEXT):
        return ""
    try:
        return unseal(wrapping(root), bytes.fromhex(files.read(NEXT)), _PLACE).decode("ascii")
    except (Broken, Unready):  # Another process has just removed it.
        return ""
