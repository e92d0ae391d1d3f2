"""Whose identity at a provider is whose account: bound, listed, unbound by whoever keeps people.

In: an issuer and a subject as the provider says them. Out: :class:`BoundIdentityEntry`. Guaranteed: an identity belongs
to one account at most, is never found by a name or an address, and opens nothing of an account that has ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import IntegrityError

from traboule.accounts import people, sessions
from traboule.accounts.models import BoundIdentity
from traboule.accounts.openid.identity_tokens import VouchedIdentity, is_subject
from traboule.core.errors import Conflict, NotFound, Refused
from traboule.core.permissions import Actor

LONGEST_ISSUER = 255  # Characters.


@dataclass(frozen=True, slots=True)
class BoundIdentityEntry:
    """An identity at a provider, and the account that it signs in."""

    issuer: str
    subject: str
    login: str
    bound_at: datetime
    bound_by: str

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "issuer": self.issuer,
            "subject": self.subject,
            "login": self.login,
            "bound_at": self.bound_at.isoformat(),
            "bound_by": self.bound_by,
        }


def bind(login: str, issuer: str, subject: str, *, by: Actor, at: datetime) -> BoundIdentityEntry:
    """Let an identity sign in an account, whose sessions end, so that its owner notices; one's own stay.

    Raises Refused for what can be no identity, NotFound for no account in force, Conflict where it is bound already.
    """
    account = people.account_of(login)
    issuer, subject = issuer.strip(), subject.strip()
    address = urlsplit(issuer)
    if address.scheme not in ("http", "https") or not address.netloc or len(issuer) > LONGEST_ISSUER:
        raise Refused("identity-issuer", issuer=issuer)
    if not is_subject(subject):
        raise Refused("identity-subject")
    row = BoundIdentity(account=account, issuer=issuer, subject=subject, bound_at=at, bound_by=by.account)
    if BoundIdentity.objects.filter(issuer=issuer, subject=subject, ended_at=None).exists():
        raise Conflict("identity-bound")
    try:  # Somebody may bind it to another account at the same time.
        row.save(force_insert=True)
    except IntegrityError as twice:
        raise Conflict("identity-bound") from twice
    if account.login != by.account:
        sessions.end_all(account.login, at=at)
    return _entry(row)


def listed() -> tuple[BoundIdentityEntry, ...]:
    """Return the identities that are bound, by account."""
    rows = BoundIdentity.objects.filter(ended_at=None).order_by("account_id", "issuer", "subject")
    return tuple(_entry(row) for row in rows)


def unbind(issuer: str, subject: str, *, by: Actor, at: datetime) -> BoundIdentityEntry:
    """Let an identity sign in nobody from now on; the account's sessions end. Raises NotFound where none is bound."""
    row = BoundIdentity.objects.filter(issuer=issuer.strip(), subject=subject.strip(), ended_at=None).first()
    if row is None:
        raise NotFound("identity-unknown")
    row.ended_at, row.ended_by = at, by.account
    row.save(update_fields=["ended_at", "ended_by"])
    if row.account_id != by.account:
        sessions.end_all(row.account_id, at=at)
    return _entry(row)


def account_of(vouched: VouchedIdentity) -> str | None:
    """Return the login of the account in force to which an identity is bound; None where there is none."""
    rows = BoundIdentity.objects.filter(
        issuer=vouched.issuer, subject=vouched.subject, ended_at=None, account__ended_at=None
    )
    return rows.values_list("account_id", flat=True).first()


def _entry(row: BoundIdentity) -> BoundIdentityEntry:
    return BoundIdentityEntry(row.issuer, row.subject, row.account_id, row.bound_at, row.bound_by)
