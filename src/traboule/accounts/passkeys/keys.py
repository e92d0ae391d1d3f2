"""The passkeys of accounts: made known, listed, removed, and signed in by.

In: the site, what a browser answered. Out: options, entries, an attempt to sign in. Guaranteed: a challenge is answered
once; failures in a row under one passkey slow the next attempt down as those of a password do; a passkey whose counter
went back is refused from then on. An answer that is refused spends its challenge.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError

from traboule.accounts import people, sign_in
from traboule.accounts.models import FailedSignIns, Passkey
from traboule.accounts.passkeys import ceremonies
from traboule.accounts.passkeys.ceremonies import BrowserAnswer, Site
from traboule.accounts.passkeys.challenges import ChallengeUse, expiry_of, make_challenge
from traboule.accounts.sign_in import Attempt
from traboule.accounts.spent_challenges import spend
from traboule.core.errors import Conflict, NotFound, Refused

MOST_PASSKEYS = 10  # Of one account.
LONGEST_NAME = 60  # Letters.
_ADD, _SIGN_IN = "add", "sign-in"


@dataclass(frozen=True, slots=True)
class PasskeyEntry:
    """A passkey as its owner sees it. ``site`` is the name under which the room was served."""

    credential_id: str
    name: str
    site: str
    added_at: datetime
    used_at: datetime | None
    copied_at: datetime | None

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "passkey": self.credential_id,
            "name": self.name,
            "site": self.site,
            "added_at": self.added_at.isoformat(),
            "used_at": self.used_at.isoformat() if self.used_at else None,
            "copied_at": self.copied_at.isoformat() if self.copied_at else None,
        }


@dataclass(frozen=True, slots=True)
class Addition:
    """What came of adding a passkey: the entry, or the error to raise once it is committed."""

    entry: PasskeyEntry | None = None
    refusal: Refused | Conflict | None = None

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"passkey": self.entry.to_json() if self.entry else None, "refused": bool(self.refusal)}


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """What adds a passkey: its name, the account's present password, and what the browser answered."""

    name: str
    password: str
    answer: str


def begin_adding(login: str, site: Site, *, key: bytes, at: datetime) -> dict[str, Any]:
    """Return what a browser is asked for to make a passkey of an account. Raises Refused where it has too many."""
    account = people.account_of(login)
    present = list(
        Passkey.objects.filter(account_id=login).order_by("added_at").values_list("credential_id", flat=True)
    )
    _refuse_too_many(len(present))
    challenge = make_challenge(key, ChallengeUse(_ADD, site.id, login), at=at)
    handle = _handle(login, key)
    return ceremonies.creation_options(site, login, account.person.name, handle, challenge=challenge, present=present)


def add(login: str, new: NewPasskey, site: Site, *, key: bytes, at: datetime) -> Addition:
    """Add the passkey that an authenticator made to an account, whose owner proves to know the password."""
    name = " ".join(new.name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        return Addition(refusal=Refused("passkey-name", most=LONGEST_NAME))
    proved = sign_in.prove_again(login, new.password, key=key, at=at)
    if proved.refusal is not None:
        return Addition(refusal=proved.refusal)
    held = Passkey.objects.filter(account_id=login)
    if held.filter(name=name).exists():
        return Addition(refusal=Conflict("passkey-name-taken", name=name))
    try:
        _refuse_too_many(held.count())
        answer = ceremonies.parse_answer(new.answer)
        _spend(answer, ChallengeUse(_ADD, site.id, login), key=key, at=at)
        made = ceremonies.verify_creation(answer, site)
        if Passkey.objects.filter(credential_id=made.credential_id).exists():  # Whose it is, is not said.
            raise Refused("passkey-refused")
    except Refused as refused:
        return Addition(refusal=refused)
    row = Passkey(
        credential_id=made.credential_id,
        account_id=login,
        name=name,
        site=site.id,
        public_key=made.public_key,
        user_handle=_handle(login, key),
        sign_count=made.sign_count,
        added_at=at,
    )
    try:  # Somebody may add the same at the same time.
        row.save(force_insert=True)
    except IntegrityError as twice:
        raise Refused("passkey-refused") from twice
    return Addition(_entry(row))


def listed(login: str) -> tuple[PasskeyEntry, ...]:
    """Return the passkeys of an account, by name."""
    return tuple(_entry(row) for row in Passkey.objects.filter(account_id=login).order_by("name"))


def remove(login: str, credential_id: str) -> PasskeyEntry:
    """Remove a passkey of an account. Raises NotFound where it has none such."""
    row = Passkey.objects.select_for_update().filter(account_id=login, credential_id=credential_id).first()
    if row is None:
        raise NotFound("passkey-unknown")
    entry = _entry(row)
    row.delete()
    return entry


def begin_signing_in(site: Site, *, key: bytes, at: datetime) -> dict[str, Any]:
    """Return what a browser is asked for to sign in by a passkey, of whichever account."""
    return ceremonies.sign_in_options(site, make_challenge(key, ChallengeUse(_SIGN_IN, site.id), at=at))


def attempt(text: str, site: Site, *, key: bytes, at: datetime, client: str = "") -> Attempt:
    """Sign in by what a browser answered, or count one more failure under its passkey."""
    try:
        answer = ceremonies.parse_answer(text)
    except Refused as malformed:
        return Attempt(refusal=malformed)
    failed = sign_in.failures_of(f"passkey\n{answer.credential_id}", key, at)
    if failed.retry_at is not None and at < failed.retry_at:
        return sign_in.wait(failed.retry_at, at)
    try:
        _spend(answer, ChallengeUse(_SIGN_IN, site.id), key=key, at=at)
        row, count = _proved(answer, site)
    except Refused as refused:
        return sign_in.failure(failed, at, refused.code)
    return _enter(row, count, failed, key=key, at=at, client=client)


def _proved(answer: BrowserAnswer, site: Site) -> tuple[Passkey, int]:
    """Return the locked passkey of an account in force that signed ``answer``, and its counter. Raises Refused."""
    rows = Passkey.objects.select_for_update(of=("self",)).select_related("account")
    row = rows.filter(credential_id=answer.credential_id, site=site.id, account__ended_at=None).first()
    if row is None or not hmac.compare_digest(row.user_handle, answer.user_handle.rstrip("=")):
        raise Refused("passkey-refused")
    return row, ceremonies.verify_sign_in(answer, site, bytes(row.public_key))


def _enter(row: Passkey, count: int, failed: FailedSignIns, *, key: bytes, at: datetime, client: str) -> Attempt:
    """Begin the session of a passkey's account, unless the counter says that there are two of the passkey."""
    if row.copied_at is None and (count or row.sign_count) and count <= row.sign_count:
        row.copied_at = at
        row.save(update_fields=["copied_at"])
    if row.copied_at is not None:
        refused = sign_in.failure(failed, at, "passkey-copied")
        return replace(refused, actor=sign_in.who_proved(row.account_id))  # Whose key was copied is an entry.
    row.sign_count, row.used_at = count, at
    row.save(update_fields=["sign_count", "used_at"])
    failed.delete()
    return sign_in.begun(row.account_id, key=key, at=at, client=client)


def _spend(answer: BrowserAnswer, use: ChallengeUse, *, key: bytes, at: datetime) -> None:
    """Note that a challenge was answered. Raises Refused for one that is not ours, has expired, or was answered."""
    expires = expiry_of(answer.challenge, key, use, at=at)
    if not spend(answer.challenge, expires, at=at):
        raise Refused("passkey-stale")


def _handle(login: str, key: bytes) -> str:
    """Return what authenticators call an account: a keyed hash, which tells nobody else the login."""
    digest = hmac.new(key, f"passkey user\n{login}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")


def _refuse_too_many(count: int) -> None:
    if count >= MOST_PASSKEYS:
        raise Refused("passkey-too-many", most=MOST_PASSKEYS)


def _entry(row: Passkey) -> PasskeyEntry:
    return PasskeyEntry(row.credential_id, row.name, row.site, row.added_at, row.used_at, row.copied_at)
