"""A desk with two accounts, entered through the door that whoever sits outside uses."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher

from traboule.accounts import passwords
from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.core.permissions import Actor, Role

AT = datetime(2024, 10, 9, 9, tzinfo=UTC)
KEEPER = Actor("Ada Keeper", Role.ADMINISTRATOR, account="ada", person="ada")
PASSWORD = "correct horse battery staple"


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash as the program does, by argon2id in the same format, with one pass over 8 kB instead of three over 64 MB.

    What a hash costs is tested in ``test_accounts_passwords``; here it would be a second of work in every test.
    """
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, hash_len=32, salt_len=16)
    monkeypatch.setattr(passwords, "_HASHER", quick)
    monkeypatch.setattr(passwords, "NO_PASSWORD", passwords.NO_PASSWORD.replace("m=65536,t=3,p=4", "m=8,t=1,p=1"))


@pytest.fixture
def desk(database: Started, quick_hashes: None) -> Desk:
    """A desk whose administrator is Ada and whose press officer is Iris."""
    return desk_of_two(database)


@pytest.fixture
def desk_at_full_cost(database: Started) -> Desk:
    """The same desk, whose passwords are hashed at the cost that the program asks for."""
    return desk_of_two(database)


def desk_of_two(database: Started) -> Desk:
    opened = Desk(database)
    for login, name, role in (("ada", "Ada Keeper", "administrator"), ("iris", "Iris Novak", "press")):
        opened.perform("people.add", by=KEEPER, at=AT, login=login, name=name, roles=(role,), password=PASSWORD)
    return opened
