"""Sign in: a login, a password, a one-time code where codes are in force.

In: what somebody typed. Out: an :class:`Attempt`, which is returned and not raised, because its failure must be
committed. Guaranteed: an unknown login, a wrong password, a wrong code, an ended account, and any password of an
account that has a passkey, but at a terminal, are answered alike and cost the same work; failures in a row slow the
next attempt down, an unknown login's like an account's, and never for longer than a quarter of an hour.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from traboule.accounts import code_secrets, codes, names, passwords, people, sessions
from traboule.accounts.models import Account, Credential, DemoMark, FailedSignIns, Passkey
from traboule.accounts.people import AccountEntry
from traboule.core.errors import Conflict, Refused
from traboule.core.permissions import PERSONAL_ROLES, Actor, Role

FREE_FAILURES = 5
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)
SEAT_LASTS = timedelta(days=365)
DEMO_LASTS = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed to sign in, and in what kind of program. ``new_password`` replaces one made for its owner.

    ``at_machine``: it was typed into a terminal of the desk's machine, which can use no passkey.
    """

    login: str
    password: str = field(repr=False)
    code: str = field(default="", repr=False)
    new_password: str = field(default="", repr=False)
    client: str = ""
    at_machine: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of an attempt: the token of a session and who acts in it, or the error to raise once it is committed.

    ``actor`` is whose proof was right, for the ledger: who signed in, or was refused all the same; else None.
    ``ticket``: what a refused attempt goes on with, once the account's own one-time code is typed.
    """

    token: str = field(default="", repr=False)
    actor: Actor | None = None
    refusal: Refused | None = None
    ticket: str = field(default="", repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return plain values, without the token."""
        return {"account": self.actor.account if self.actor else "", "refused": bool(self.refusal)}


def attempt(typed: Typed, *, key: bytes, at: datetime) -> Attempt:
    """Sign in, or count one more failure."""
    login = names.as_login(typed.login)
    failed = failures_of(login, key, at)
    if failed.retry_at is not None and at < failed.retry_at:
        return wait(failed.retry_at, at)
    credential = _credential(login)
    is_right = passwords.matches(credential.password_hash if credential else "", typed.password)
    # Asked whatever the password is, and answered alike: whoever guesses learns nothing.
    by_passkey = Passkey.objects.filter(account_id=login).exists() and not typed.at_machine
    has_expired = credential is not None and credential.valid_until is not None and credential.valid_until <= at
    if credential is None or not is_right or has_expired or by_passkey:
        return failure(failed, at)
    step = None
    if credential.code_confirmed:
        if not typed.code.strip():
            return Attempt(refusal=Refused("sign-in-code-needed"))
        secret = code_secrets.open_secret(login, credential.code_secret)
        step = codes.step_of(secret, typed.code, at, used=credential.code_counter)
        if step is None:
            return failure(failed, at)
    if credential.is_provisional:
        if not typed.new_password:
            return Attempt(refusal=Refused("sign-in-new-password"))
        try:
            people.set_password(login, typed.new_password)
        except Refused as weak:
            return Attempt(refusal=weak)
    if step is not None:  # Only now: a code that led to another question is typed again with its answer.
        Credential.objects.filter(account_id=login).update(code_counter=step)
    failed.delete()
    return begun(login, key=key, at=at, client=typed.client)


def change_password(typed: Typed, token: str, *, key: bytes, at: datetime) -> Attempt:
    """Replace the password of an account by a new one; its other sessions end.

    The old one is checked, and its failures count, as at a sign-in; an account that has none yet needs none.
    """
    attempted = prove_again(typed.login, typed.password, key=key, at=at)
    if attempted.refusal is not None:
        return attempted
    try:
        people.set_password(typed.login, typed.new_password)
    except Refused as weak:
        return Attempt(refusal=weak)
    sessions.end_all(typed.login, at=at, but=token, key=key)
    return Attempt()


def confirm_codes(typed: Typed, token: str, *, key: bytes, at: datetime) -> Attempt:
    """Put one-time codes in force for an account whose owner proves to know the password; its other sessions end.

    Raises Refused for a wrong code.
    """
    attempted = prove_again(typed.login, typed.password, key=key, at=at)
    if attempted.refusal is not None:
        return attempted
    people.confirm_codes(typed.login, typed.code, at=at)
    sessions.end_all(typed.login, at=at, but=token, key=key)
    return Attempt()


def prove_again(login: str, password: str, *, key: bytes, at: datetime) -> Attempt:
    """Check the present password of who is signed in, before their account gets another key; failures count as at a
    sign-in. An account that has no password yet needs none."""
    failed, credential = failures_of(login, key, at), _credential(login)
    if failed.retry_at is not None and at < failed.retry_at:
        return wait(failed.retry_at, at)
    stored = credential.password_hash if credential else ""
    if stored and not passwords.matches(stored, password):
        return failure(failed, at)
    failed.delete()
    return Attempt()


def sit_down(login: str, name: str, *, key: bytes, at: datetime, embedded: bool, client: str = "") -> Attempt:
    """Begin the session of whoever sits at this machine, without a password.

    Where there is no account yet, theirs is made, with every role of a person. Later, and only on an embedded database,
    whose files are that user's anyway, an account that never chose a password gets a new session. Else Refused.
    """
    if not Account.objects.exists():
        nobody = Actor(name, Role.SIGN_IN, account=login)
        people.add_person(login, name, by=nobody, at=at)
        for role in PERSONAL_ROLES:
            people.grant(login, role, "", by=nobody, at=at)
        Credential.objects.create(account_id=login)
    first = Account.objects.order_by("opened_at", "login").first()
    bare = Credential.objects.filter(account_id=login, account__ended_at=None, password_hash="", code_confirmed=False)
    if first is None or first.login != login or not bare.exists() or not (embedded or first.opened_at == at):
        return Attempt(refusal=Refused("sign-in-needed"))
    return begun(login, key=key, at=at, lasts=SEAT_LASTS, client=client)


def mark_demo(at: datetime) -> None:
    """Say that the database is a demo's. Raises Conflict once there is an account in it."""
    if Account.objects.exists():
        raise Conflict("demo-database-used")
    DemoMark.objects.create(marked_at=at)


def demo_accounts() -> tuple[AccountEntry, ...]:
    """Return the accounts in force of a demo's database; none of any other."""
    if not DemoMark.objects.exists():
        return ()
    return tuple(entry for entry in people.listed() if entry.ended_at is None)


def act_in_demo(login: str, role: Role | None, *, key: bytes, at: datetime, client: str = "") -> Attempt:
    """Begin the session of an account of a demo, without a password; without a login, of the first with ``role``."""
    if not DemoMark.objects.exists():
        return Attempt(refusal=Refused("as-outside-demo"))
    accounts = Account.objects.filter(ended_at=None).order_by("login")
    if role is not None:
        accounts = accounts.filter(roles__role=role.value, roles__ended_at=None).distinct()
    account = (accounts.filter(login=names.as_login(login)) if login else accounts).first()
    if account is None:
        prepared = Account.objects.filter(ended_at=None).exclude(roles__role=Role.NATIONAL.value).order_by("login")
        known = ", ".join(prepared.values_list("login", flat=True))
        meant = login or (role.value if role else "")
        return Attempt(refusal=Refused("demo-account-unknown", login=meant, known=known))
    return begun(account.login, key=key, at=at, lasts=DEMO_LASTS, client=client)


def begun(login: str, *, key: bytes, at: datetime, lasts: timedelta = sessions.LASTS, client: str) -> Attempt:
    """Begin a session of an account that has proved itself."""
    token = sessions.begin(login, key=key, at=at, lasts=lasts, client=client)
    return Attempt(token, who_proved(login))


def who_proved(login: str) -> Actor:
    """Return an account in force as the actor of its own attempt to sign in."""
    mine = sessions.standing_of(login)
    return Actor(mine.name, Role.SIGN_IN, account=login, person=mine.person)


def failures_of(login: str, key: bytes, at: datetime) -> FailedSignIns:
    """Return the locked row of failures under a login, or what else names a way in, known or not."""
    FailedSignIns.objects.filter(last_at__lt=at - FORGOTTEN_AFTER).delete()
    login_hash = hmac.new(key, f"login\n{login}".encode(), hashlib.sha256).hexdigest()
    FailedSignIns.objects.bulk_create([FailedSignIns(login_hash=login_hash, last_at=at)], ignore_conflicts=True)
    return FailedSignIns.objects.select_for_update().get(login_hash=login_hash)


def _credential(login: str) -> Credential | None:
    """Return the locked credential of an account in force."""
    rows = Credential.objects.select_for_update(of=("self",))
    return rows.filter(account_id=login, account__ended_at=None).first()


def wait(until: datetime, at: datetime) -> Attempt:
    """Return the attempt that came too early."""
    return Attempt(refusal=Refused("sign-in-wait", seconds=int((until - at).total_seconds()) + 1))


def failure(failed: FailedSignIns, at: datetime, code: str = "sign-in-refused") -> Attempt:
    """Count one more failure and return the attempt that it was."""
    failed.failures, failed.last_at = failed.failures + 1, at
    beyond = failed.failures - FREE_FAILURES
    if beyond >= 0:
        failed.retry_at = at + min(timedelta(seconds=2 ** min(beyond, 20)), LONGEST_WAIT)
    failed.save()
    return Attempt(refusal=Refused(code))
