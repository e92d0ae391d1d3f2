"""Persons, accounts, units and roles: added, changed, ended, listed; and the passwords and codes that belong to them.

In: logins, names, roles. Out: :class:`AccountEntry`. Guaranteed: nothing is deleted; no login is used twice and no two
persons have one name, however it is spelled; there is always an account that keeps people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError
from django.db.models import QuerySet

from traboule.accounts import code_secrets, codes, names, passwords, sessions
from traboule.accounts.models import Account, AccountHolder, Credential, Passkey, PoliceUnit, RoleHeld
from traboule.core.codes import vocabulary
from traboule.core.errors import Conflict, NotFound, Refused
from traboule.core.permissions import PERSONAL_ROLES, Actor, Permission, Role, able

PROVISIONAL_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class RoleEntry:
    """A role and the code of the unit it speaks for; no unit means any state."""

    role: Role
    unit: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"role": self.role.value, "unit": self.unit}


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """An account as it stands. ``password`` is one made for its owner, shown once; it is no part of the JSON form."""

    login: str
    person: str
    name: str
    roles: tuple[RoleEntry, ...]
    ended_at: datetime | None
    password: str = field(default="", repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "login": self.login,
            "person": self.person,
            "name": self.name,
            "roles": [entry.to_json() for entry in self.roles],
            "ended_at": self.ended_at.isoformat() if self.ended_at else None,
        }


def listed() -> tuple[AccountEntry, ...]:
    """Return all accounts, those in force first, each group by login."""
    roles: dict[str, list[RoleEntry]] = defaultdict(list)
    for login, role, unit in _roles_held().values_list("account_id", "role", "unit_id"):
        roles[login].append(RoleEntry(Role(role), unit or ""))
    accounts = Account.objects.select_related("person")
    entries = [
        AccountEntry(row.login, row.person_id, row.person.name, tuple(roles[row.login]), row.ended_at)
        for row in accounts
    ]
    return tuple(sorted(entries, key=lambda entry: (entry.ended_at is not None, entry.login)))


def add_all(actors: Sequence[Actor], *, by: Actor, at: datetime) -> None:
    """Add an account for each of ``actors``, who are different persons, with their roles; none has a password."""
    added = {"added_at": at, "added_by": by.account}
    AccountHolder.objects.bulk_create(
        AccountHolder(id=actor.account, name=actor.name, folded=names.folded(actor.name), **added) for actor in actors
    )
    Account.objects.bulk_create(
        Account(login=actor.account, person_id=actor.account, opened_at=at, opened_by=by.account) for actor in actors
    )
    for state in sorted({state for actor in actors for state in actor.units}):
        _unit(state, by=by, at=at)
    held = [(actor, unit) for actor in actors for unit in (sorted(actor.units) or [""])]
    RoleHeld.objects.bulk_create(
        RoleHeld(
            account_id=actor.account, role=actor.role.value, unit_id=unit or None, granted_at=at, granted_by=by.account
        )
        for actor, unit in held
    )


def add_person(login: str, name: str, *, by: Actor, at: datetime) -> AccountEntry:
    """Add a person with a first account. Raises Refused for a login or name that can be none, Conflict where either is
    in use."""
    if not names.is_name(name):
        raise Refused("person-unnamed")
    folded = names.folded(name)
    same = AccountHolder.objects.filter(folded=folded).first()
    if same is not None:
        raise Conflict("person-exists", name=same.name, login=same.id)
    _check_login(login)
    try:  # Somebody else may add the same person at the same time.
        person = AccountHolder.objects.create(
            id=login, name=name.strip(), folded=folded, added_at=at, added_by=by.account
        )
    except IntegrityError as twice:
        raise Conflict("login-taken", login=login) from twice
    return _open(login, person, by=by, at=at)


def add_account(login: str, other: str, *, by: Actor, at: datetime) -> AccountEntry:
    """Open a further account of the person whose account is ``other``: it never signs beside the first."""
    person = account_of(other).person
    _check_login(login)
    return _open(login, person, by=by, at=at)


def end(login: str, *, by: Actor, at: datetime) -> AccountEntry:
    """End an account with its sessions and the identities bound to it, at once. Raises Refused for the last that keeps
    people."""
    account = account_of(login)
    _keep_a_keeper(account)
    account.ended_at, account.ended_by = at, by.account
    account.save(update_fields=["ended_at", "ended_by"])
    account.identities.filter(ended_at=None).update(ended_at=at, ended_by=by.account)
    sessions.end_all(login, at=at)
    return _entry(account)


def grant(login: str, role: Role, unit: str, *, by: Actor, at: datetime) -> AccountEntry:
    """Grant a role, for a unit where one is named. Raises NotFound for no such unit, Conflict where it is held."""
    account = account_of(login)
    if role not in PERSONAL_ROLES:
        raise Refused("role-nobodys", role=role.value)
    held_for = _unit(unit, by=by, at=at) if unit else None
    if account.roles.filter(role=role.value, unit=held_for, ended_at=None).exists():
        raise Conflict("role-held", login=login, role=role.value)
    RoleHeld.objects.create(account=account, role=role.value, unit=held_for, granted_at=at, granted_by=by.account)
    return _entry(account)


def revoke(login: str, role: Role, unit: str, *, by: Actor, at: datetime) -> AccountEntry:
    """Take a role back, at once. Raises NotFound where it is not held, Refused for the last that keeps people."""
    account = account_of(login)
    held = account.roles.filter(role=role.value, unit_id=unit or None, ended_at=None).first()
    if held is None:
        raise NotFound("role-not-held", login=login, role=role.value)
    if role in able(Permission.KEEP_PEOPLE):
        _keep_a_keeper(account)
    held.ended_at, held.ended_by = at, by.account
    held.save(update_fields=["ended_at", "ended_by"])
    return _entry(account)


def set_unit(code: str, state: str, name: str, agencies: Sequence[str], *, by: Actor, at: datetime) -> dict[str, Any]:
    """Add a unit of a state, or change its name and agencies. Raises Conflict for a code that another state uses."""
    unit = PoliceUnit.objects.filter(code=code).first() or PoliceUnit(
        code=code, state=state, added_at=at, added_by=by.account
    )
    if unit.state != state:
        raise Conflict("unit-of-another-state", unit=code, state=unit.state)
    if code != state and code in vocabulary("countries"):
        raise Conflict("unit-of-another-state", unit=code, state=code)
    unit.name, unit.agencies = name, sorted(set(agencies))
    unit.save()
    return {"unit": unit.code, "state": unit.state, "name": unit.name, "agencies": unit.agencies}


def set_password(login: str, password: str) -> None:
    """Give an account the password its owner chose. Raises Refused for a weak one."""
    account = account_of(login)
    passwords.check(password, login=login, name=account.person.name)
    _store_password(login, password, valid_until=None)


def make_password(login: str, *, at: datetime) -> AccountEntry:
    """Make a password for one use, valid for a week; one-time codes, passkeys and sessions of the account end."""
    account = account_of(login)
    password = passwords.made()
    _store_password(login, password, valid_until=at + PROVISIONAL_FOR)
    Credential.objects.filter(account_id=login).update(code_secret="", code_confirmed=False, code_counter=0)
    Passkey.objects.filter(account_id=login).delete()
    sessions.end_all(login, at=at)
    entry = _entry(account)
    return AccountEntry(entry.login, entry.person, entry.name, entry.roles, entry.ended_at, password)


def begin_codes(login: str) -> str:
    """Give an account a new secret for one-time codes, not yet in force, and return it.

    Raises Conflict where codes are in force: whoever keeps people removes them first.
    """
    credential, _new = Credential.objects.get_or_create(account_id=login)
    if credential.code_confirmed:
        raise Conflict("codes-in-force", login=login)
    secret = codes.new_secret()
    credential.code_secret, credential.code_counter = code_secrets.seal_secret(login, secret), 0
    credential.save()
    return secret


def confirm_codes(login: str, code: str, *, at: datetime) -> None:
    """Put one-time codes in force, once ``code`` shows that the secret arrived. Raises Refused for a wrong code."""
    credential = Credential.objects.filter(account_id=login).exclude(code_secret="").first()
    if credential is None:
        raise Refused("code-wrong")
    step = codes.step_of(
        code_secrets.open_secret(login, credential.code_secret), code, at, used=credential.code_counter
    )
    if step is None:
        raise Refused("code-wrong")
    credential.code_confirmed, credential.code_counter = True, step
    credential.save()


def remove_codes(login: str) -> AccountEntry:
    """Let an account sign in without one-time codes, as when a telephone is lost."""
    account = account_of(login)
    Credential.objects.filter(account_id=login).update(code_secret="", code_confirmed=False, code_counter=0)
    return _entry(account)


def account_of(login: str) -> Account:
    """Return the account ``login``. Raises NotFound where there is none in force."""
    account = Account.objects.select_related("person").filter(login=names.as_login(login), ended_at=None).first()
    if account is None:
        raise NotFound("account-unknown", login=login)
    return account


def entry_of(login: str) -> AccountEntry:
    """Return an account in force as it stands. Raises NotFound where there is none."""
    return _entry(account_of(login))


def _store_password(login: str, password: str, *, valid_until: datetime | None) -> None:
    values = {
        "password_hash": passwords.hashed(password),
        "is_provisional": valid_until is not None,
        "valid_until": valid_until,
    }
    Credential.objects.update_or_create(account_id=login, defaults=values)


def _check_login(login: str) -> None:
    if not names.is_login(login):
        raise Refused("login-malformed", login=login)
    if Account.objects.filter(login=login).exists():
        raise Conflict("login-taken", login=login)


def _open(login: str, person: AccountHolder, *, by: Actor, at: datetime) -> AccountEntry:
    return _entry(Account.objects.create(login=login, person=person, opened_at=at, opened_by=by.account))


def _unit(code: str, *, by: Actor, at: datetime) -> PoliceUnit:
    """Return a unit; the one that stands for a whole state needs no adding."""
    unit = PoliceUnit.objects.filter(code=code).first()
    if unit is None and code in vocabulary("countries"):
        return PoliceUnit.objects.create(
            code=code,
            state=code,
            name=vocabulary("countries").label(code, "en"),
            agencies=[],
            added_at=at,
            added_by=by.account,
        )
    if unit is None:
        raise NotFound("unit-unknown", unit=code)
    return unit


def _keep_a_keeper(account: Account) -> None:
    """Raise Refused where nobody could keep people without ``account``."""
    keeping = [role.value for role in able(Permission.KEEP_PEOPLE)]
    held = RoleHeld.objects.filter(role__in=keeping, ended_at=None, account__ended_at=None)
    keepers = set(held.values_list("account_id", flat=True))
    if keepers == {account.login}:
        raise Refused("people-last-keeper", login=account.login)


def _entry(account: Account) -> AccountEntry:
    held = _roles_held().filter(account=account).values_list("role", "unit_id")
    roles = tuple(RoleEntry(Role(role), unit or "") for role, unit in held)
    return AccountEntry(account.login, account.person_id, account.person.name, roles, account.ended_at)


def _roles_held() -> QuerySet[RoleHeld]:
    return RoleHeld.objects.filter(ended_at=None).order_by("role", "unit_id")
