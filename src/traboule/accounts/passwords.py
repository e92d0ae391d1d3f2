"""Passwords: argon2id hashes, what a password must be, and passwords made for somebody.

Guaranteed: checking a password against no account costs the same work as against one.
"""

from __future__ import annotations

import base64
import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from traboule.accounts.names import folded
from traboule.core.errors import Refused

SHORTEST, LONGEST = 12, 256
# RFC 9106, section 4, second recommended option.
_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4, hash_len=32, salt_len=16)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # Without those that are read for one another.


def _unpadded(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii").rstrip("=")


# A hash of no password, of the same cost. A literal: making one at the first unknown login would double its time.
NO_PASSWORD = f"$argon2id$v=19$m={64 * 1024},t=3,p=4${_unpadded(bytes(16))}${_unpadded(bytes(32))}"


def hashed(password: str) -> str:
    """Return the argon2id hash of a password, with its salt and parameters."""
    return _HASHER.hash(_normal(password))


def matches(password_hash: str, password: str) -> bool:
    """Tell whether ``password`` has the hash; an empty hash is that of no password, at the same cost."""
    try:
        return _HASHER.verify(password_hash or NO_PASSWORD, _normal(password)[: 4 * LONGEST])
    except (VerificationError, InvalidHashError):
        return False


def check(password: str, *, login: str, name: str) -> None:
    """Raise Refused for a password that is too short or too long, a common one, or made of the login or name."""
    normal = _normal(password)
    if len(normal) < SHORTEST:
        raise Refused("password-short", least=SHORTEST)
    if len(normal) > LONGEST:
        raise Refused("password-long", most=LONGEST)
    own = {login, name.casefold(), folded(name)}
    if len(set(normal)) < 4 or normal.casefold().strip() in own:
        raise Refused("password-common")
    try:
        CommonPasswordValidator().validate(normal)
    except ValidationError as common:
        raise Refused("password-common") from common


def made() -> str:
    """Return a password for one use, easy to read aloud: 100 random bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))


def _normal(password: str) -> str:
    """Two keyboards may compose one letter differently."""
    return unicodedata.normalize("NFKC", password)
