"""Sessions: a random token for its user, its keyed hash for the database.

In: a token. Out: a :class:`Standing`, who is signed in with which roles, read anew each time. Guaranteed: an ended or
expired session, an ended account and a role taken back count from the next verb on.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from traboule.accounts.models import Account, RoleHeld, SessionKey
from traboule.core.errors import NotFound, Refused
from traboule.core.permissions import PERSONAL_ROLES, Actor, Permission, Role, able

LASTS = timedelta(hours=12)
HANDLE_LENGTH = 16  # Digits of a keyed hash: 64 bits.
SEEN_APART = timedelta(minutes=1)  # So that asking for a verb does not write each time.


@dataclass(frozen=True, slots=True)
class RoleOfUnit:
    """A role held, with the state it speaks for (empty: any) and the agencies it files for (empty: any)."""

    role: Role
    state: str
    agencies: frozenset[str]


@dataclass(frozen=True, slots=True)
class Standing:
    """Who is signed in: the account, the person, the name for the ledger, and the roles held now."""

    account: str
    person: str
    name: str
    roles: tuple[RoleOfUnit, ...]

    def actor(self, permission: Permission, *, states: Collection[str] = (), role: Role | None = None) -> Actor:
        """Return the actor for a verb that needs ``permission``: the least role that is granted it.

        ``states`` are those the verb is for, as far as that is said; ``role`` limits the choice to one role. Raises
        Refused with the roles that could, or for a state that the account does not speak for.
        """
        held = {entry.role for entry in self.roles}
        may = able(permission)
        chosen = next((mine for mine in PERSONAL_ROLES if mine in held & set(may) and role in (None, mine)), None)
        if chosen is None:
            raise Refused("role-lacking", roles=_codes(held if role is None else {role}), able=_codes(may))
        spoken_for = [entry for entry in self.roles if entry.role is chosen]
        if all(entry.state for entry in spoken_for):
            own = {entry.state for entry in spoken_for}
            if not set(states) <= own:
                raise Refused("state-not-yours", states=", ".join(sorted(set(states) - own)))
            units = frozenset(states) or frozenset(own)
        else:
            units = frozenset(states)
        entries = [entry for entry in spoken_for if entry.state in units or not entry.state]
        agencies: frozenset[str] = frozenset()
        if entries and all(entry.agencies for entry in entries):
            agencies = frozenset().union(*(entry.agencies for entry in entries))
        return Actor(self.name, chosen, units, self.account, self.person, agencies)


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session in force. ``handle`` names it to its owner and opens nothing; ``is_present``: it is the one asking."""

    handle: str
    begun_at: datetime
    seen_at: datetime
    client: str
    is_present: bool

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "handle": self.handle,
            "begun_at": self.begun_at.isoformat(),
            "seen_at": self.seen_at.isoformat(),
            "client": self.client,
            "is_present": self.is_present,
        }


def begin(login: str, *, key: bytes, at: datetime, lasts: timedelta = LASTS, client: str = "") -> str:
    """Begin a session of an account and return its token: 256 random bits."""
    token = secrets.token_urlsafe(32)
    SessionKey.objects.create(
        key_hash=hash_of(key, token), account_id=login, begun_at=at, expires_at=at + lasts, seen_at=at, client=client
    )
    return token


def standing(token: str, *, key: bytes, at: datetime) -> Standing:
    """Return who is signed in by ``token`` at an instant. Raises Refused where nobody is."""
    session = SessionKey.objects.filter(
        key_hash=hash_of(key, token), ended_at=None, expires_at__gt=at, account__ended_at=None
    ).first()
    if session is None:
        raise Refused("sign-in-needed")
    if session.seen_at is None or at - session.seen_at >= SEEN_APART:
        SessionKey.objects.filter(key_hash=session.key_hash).update(seen_at=at)
    return standing_of(session.account_id)


def standing_of(login: str) -> Standing:
    """Return the person and roles of an account in force."""
    account = Account.objects.select_related("person").get(login=login, ended_at=None)
    held = RoleHeld.objects.filter(account=account, ended_at=None).select_related("unit").order_by("id")
    roles = [
        RoleOfUnit(Role(row.role), row.unit.state, frozenset(row.unit.agencies))
        if row.unit
        else RoleOfUnit(Role(row.role), "", frozenset())
        for row in held
    ]
    return Standing(login, account.person_id, account.person.name, tuple(roles))


def end(token: str, *, key: bytes, at: datetime) -> None:
    """End a session; one that has ended stays so."""
    SessionKey.objects.filter(key_hash=hash_of(key, token), ended_at=None).update(ended_at=at)


def end_all(login: str, *, at: datetime, but: str = "", key: bytes = b"") -> None:
    """End every session of an account, but for that of the token ``but``."""
    open_ones = SessionKey.objects.filter(account_id=login, ended_at=None)
    if but:
        open_ones = open_ones.exclude(key_hash=hash_of(key, but))
    open_ones.update(ended_at=at)


def listed(login: str, token: str, *, key: bytes, at: datetime) -> tuple[OpenSession, ...]:
    """Return the sessions in force of an account, tokens of programs aside: that of ``token`` first, then those that
    were seen last."""
    present = hash_of(key, token)
    rows = SessionKey.objects.filter(account_id=login, ended_at=None, expires_at__gt=at, name="")
    entries = [
        OpenSession(
            row.key_hash[:HANDLE_LENGTH], row.begun_at, row.seen_at or row.begun_at, row.client, row.key_hash == present
        )
        for row in rows.order_by("key_hash")
    ]
    entries.sort(key=lambda entry: entry.seen_at, reverse=True)
    return tuple(sorted(entries, key=lambda entry: not entry.is_present))


def end_listed(login: str, token: str, handle: str, *, key: bytes, at: datetime) -> int:
    """End the session ``handle`` of an account; without one, every session but that of ``token``. Tokens of programs
    stay. Return how many ended. Raises NotFound where none in force but that of ``token`` has the handle."""
    rows = SessionKey.objects.filter(account_id=login, ended_at=None, expires_at__gt=at, name="")
    rows = rows.filter(key_hash__startswith=handle).exclude(key_hash=hash_of(key, token))
    ended: int = rows.update(ended_at=at) if not handle or len(handle) == HANDLE_LENGTH else 0
    if handle and not ended:
        raise NotFound("session-unknown")
    return ended


def end_of_person(person: str, *, at: datetime) -> int:
    """End every session and token of a person, in whichever account; return how many ended."""
    rows = SessionKey.objects.filter(account__person_id=person, ended_at=None, expires_at__gt=at)
    return int(rows.update(ended_at=at))


def hash_of(key: bytes, token: str) -> str:
    """Return the keyed hash under which a token is stored."""
    return hmac.new(key, f"session\n{token}".encode(), hashlib.sha256).hexdigest()


def _codes(roles: Collection[Role]) -> str:
    return ", ".join(role.value for role in PERSONAL_ROLES if role in roles)
