"""Tokens of programs: sessions with a name, made by the account's owner, that last for months instead of hours.

In: a login and a name. Out: :class:`TokenEntry`, which carries the token once. Guaranteed: the database knows the keyed
hash alone; a token ends with its account, with a new password, on its day, or when its owner ends it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from traboule.accounts.models import SessionKey
from traboule.accounts.sessions import hash_of
from traboule.core.errors import Conflict, NotFound, Refused

MARK = "traboule_"  # So that a program that looks for secrets in texts finds ours.
MOST_DAYS = 366
MOST_TOKENS = 20  # In force at once, of one account.
LONGEST_NAME = 60  # Letters.


@dataclass(frozen=True, slots=True)
class TokenEntry:
    """A token as it stands. ``token`` is shown once, when it is made; it is no part of the JSON form."""

    name: str
    made_at: datetime
    expires_at: datetime
    token: str = field(default="", repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"name": self.name, "made_at": self.made_at.isoformat(), "expires_at": self.expires_at.isoformat()}


def is_of_program(token: str) -> bool:
    """Tell whether a token is a program's, not that of somebody who signed in."""
    return token.startswith(MARK)


def make(login: str, name: str, *, days: int, key: bytes, at: datetime) -> TokenEntry:
    """Make a token. Raises Refused for a name or a time that can be none, or too many; Conflict for a name in use."""
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise Refused("token-name", most=LONGEST_NAME)
    if not 0 < days <= MOST_DAYS:
        raise Refused("token-days", most=MOST_DAYS)
    names = {entry.name for entry in listed(login, at=at)}
    if name in names:
        raise Conflict("token-name-taken", name=name)
    if len(names) >= MOST_TOKENS:
        raise Refused("token-too-many", most=MOST_TOKENS)
    token = MARK + secrets.token_urlsafe(32)
    expires = at + timedelta(days=days)
    SessionKey.objects.create(
        key_hash=hash_of(key, token), account_id=login, begun_at=at, expires_at=expires, name=name
    )
    return TokenEntry(name, at, expires, token)


def listed(login: str, *, at: datetime) -> tuple[TokenEntry, ...]:
    """Return the tokens of an account that are in force, by name."""
    rows = SessionKey.objects.filter(account_id=login, ended_at=None, expires_at__gt=at).exclude(name="")
    return tuple(TokenEntry(row.name, row.begun_at, row.expires_at) for row in rows.order_by("name"))


def end(login: str, name: str, *, at: datetime) -> TokenEntry:
    """End a token of an account. Raises NotFound where none in force has the name."""
    entry = next((entry for entry in listed(login, at=at) if entry.name == name), None)
    if entry is None:
        raise NotFound("token-unknown", name=name)
    SessionKey.objects.filter(account_id=login, name=name, ended_at=None).update(ended_at=at)
    return entry
