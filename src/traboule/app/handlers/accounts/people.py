"""Keep people: add persons and accounts, grant and take back roles, add units, end accounts; prepare a demo's.

In: logins, names, roles, units. Out: accounts as they stand. Guaranteed: an ended account is refused at its next verb.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from traboule.accounts import names, people, sessions, sign_in
from traboule.accounts.people import AccountEntry
from traboule.app.dispatch import Call
from traboule.core.permissions import Actor, Role


@dataclass(frozen=True, slots=True)
class AccountList:
    """All accounts, those in force first."""

    accounts: tuple[AccountEntry, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"accounts": [entry.to_json() for entry in self.accounts]}


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """A unit with its state and agencies."""

    plain: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return self.plain


@dataclass(frozen=True, slots=True)
class SessionsEnded:
    """How many sessions were ended, and of whom."""

    login: str
    ended: int

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"login": self.login, "ended": self.ended}


def list_accounts(call: Call) -> AccountList:
    """Return every account with its person and roles, ended ones last."""
    return AccountList(people.listed())


def add(
    call: Call, *, login: str, name: str = "", of: str = "", roles: Sequence[str] = (), unit: str = "",
    password: str = "",
) -> AccountEntry:  # fmt: skip
    """Add a person with an account, or a further account ``of`` a person, and grant it roles.

    Without ``password`` one is made, for one use within a week. Raises Refused for a weak password or a login or name
    that can be none, Conflict where login or name are in use.
    """
    login = names.as_login(login)
    if of:
        people.add_account(login, of, by=call.by, at=call.at)
    else:
        people.add_person(login, name, by=call.by, at=call.at)
    for role in roles:
        people.grant(login, Role(role), unit if role == Role.NATIONAL else "", by=call.by, at=call.at)
    if not password:
        return people.make_password(login, at=call.at)
    people.set_password(login, password)
    return people.entry_of(login)


def end(call: Call, *, login: str) -> AccountEntry:
    """End an account and its sessions. Raises Refused for the last account that keeps people."""
    return people.end(login, by=call.by, at=call.at)


def grant(call: Call, *, login: str, role: str, unit: str = "") -> AccountEntry:
    """Grant a role, to speak for a unit where one is named, else for any state."""
    return people.grant(login, Role(role), unit, by=call.by, at=call.at)


def revoke(call: Call, *, login: str, role: str, unit: str = "") -> AccountEntry:
    """Take a role back; it is gone at the account's next verb."""
    return people.revoke(login, Role(role), unit, by=call.by, at=call.at)


def set_unit(call: Call, *, code: str, state: str, name: str, agencies: Sequence[str] = ()) -> UnitEntry:
    """Add a unit of a state, or change its name and agencies."""
    return UnitEntry(people.set_unit(code, state, name, agencies, by=call.by, at=call.at))


def make_password(call: Call, *, login: str) -> AccountEntry:
    """Make a new password for one use, for who has forgotten theirs; sessions and one-time codes end."""
    return people.make_password(login, at=call.at)


def remove_codes(call: Call, *, login: str) -> AccountEntry:
    """Let an account sign in without one-time codes until its owner begins new ones."""
    return people.remove_codes(login)


def end_sessions(call: Call, *, login: str) -> SessionsEnded:
    """End every session and token of the person whose account is ``login``, in whichever account, at once."""
    account = people.account_of(login)
    return SessionsEnded(account.login, sessions.end_of_person(account.person_id, at=call.at))


def prepare_demo(call: Call, *, actors: Sequence[Actor]) -> AccountList:
    """Mark the database as a demo's and make an account for each actor. Raises Conflict once there is an account."""
    sign_in.mark_demo(call.at)
    people.add_all(actors, by=call.by, at=call.at)
    return AccountList(people.listed())
