"""Sign in and out; look at one's own account, change its password, begin one-time codes.

In: what was typed. Out: an attempt, which the caller raises once it is committed, or the account. Guaranteed: a verb
about one's own account touches the actor's account and no other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from traboule.accounts import codes, names, people, sessions, sign_in
from traboule.accounts.people import AccountEntry
from traboule.accounts.sessions import OpenSession
from traboule.accounts.sign_in import Attempt, Typed
from traboule.app.dispatch import Call
from traboule.app.handlers.accounts.people import AccountList, SessionsEnded
from traboule.core.permissions import Role


@dataclass(frozen=True, slots=True)
class CodeSecret:
    """The secret of one-time codes for the authenticator program; it is shown once and is no part of the JSON form."""

    login: str
    secret: str = field(repr=False)
    address: str = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"login": self.login}


@dataclass(frozen=True, slots=True)
class SessionList:
    """The sessions of an account that are in force."""

    sessions: tuple[OpenSession, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"sessions": [entry.to_json() for entry in self.sessions]}


def begin(
    call: Call, *, login: str, password: str, code: str = "", new_password: str = "", client: str = "",
    at_machine: bool = False,
) -> Attempt:  # fmt: skip
    """Sign in with a password, and a one-time code where codes are in force. An account that has a passkey does so at
    a terminal of this machine alone."""
    typed = Typed(login, password, code, new_password, client, at_machine)
    return sign_in.attempt(typed, key=call.key, at=call.at)


def sit_down(call: Call, *, user: str, embedded: bool, client: str = "") -> Attempt:
    """Begin the session of whoever made the database, without a password; the first account is made here."""
    login = names.login_for(user)
    return sign_in.sit_down(login, user, key=call.key, at=call.at, embedded=embedded, client=client)


def act_in_demo(call: Call, *, login: str = "", role: str = "", client: str = "") -> Attempt:
    """Begin the session of an account of a demo's database, without a password."""
    return sign_in.act_in_demo(login, Role(role) if role else None, key=call.key, at=call.at, client=client)


def list_demo_accounts(call: Call) -> AccountList:
    """Return the accounts in force of a demo's database, for any of which no password is asked; elsewhere none."""
    return AccountList(sign_in.demo_accounts())


def end(call: Call, *, token: str) -> AccountEntry:
    """Sign out: end the session of ``token``."""
    sessions.end(token, key=call.key, at=call.at)
    return people.entry_of(call.by.account)


def list_own(call: Call, *, token: str) -> SessionList:
    """Return the sessions in force of the account that acts, that of ``token`` first."""
    return SessionList(sessions.listed(call.by.account, token, key=call.key, at=call.at))


def end_others(call: Call, *, token: str, handle: str = "") -> SessionsEnded:
    """End one session of the account that acts, or all but that of ``token``. Raises NotFound."""
    ended = sessions.end_listed(call.by.account, token, handle, key=call.key, at=call.at)
    return SessionsEnded(call.by.account, ended)


def show(call: Call) -> AccountEntry:
    """Return the account that acts, with its roles."""
    return people.entry_of(call.by.account)


def change_password(call: Call, *, old: str, new: str, token: str) -> Attempt:
    """Replace the password of the account that acts; its other sessions end."""
    typed = Typed(call.by.account, old, new_password=new)
    return sign_in.change_password(typed, token, key=call.key, at=call.at)


def begin_codes(call: Call) -> CodeSecret:
    """Make a secret for one-time codes, in force once a code of it has been typed."""
    secret = people.begin_codes(call.by.account)
    return CodeSecret(call.by.account, secret, codes.address(secret, call.by.account))


def confirm_codes(call: Call, *, code: str, token: str, password: str = "") -> Attempt:
    """Put one-time codes in force for the account that acts, whose present password is asked for again; its other
    sessions end. Raises Refused for a wrong code."""
    typed = Typed(call.by.account, password, code)
    return sign_in.confirm_codes(typed, token, key=call.key, at=call.at)
