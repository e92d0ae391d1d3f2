"""A desk with two accounts, entered through the door that whoever sits outside uses."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.core.permissions import Actor, Role

AT = datetime(2024, 10, 9, 9, tzinfo=UTC)
KEEPER = Actor("Ada Keeper", Role.ADMINISTRATOR, account="ada", person="ada")
PASSWORD = "correct horse battery staple"


@pytest.fixture
def desk(database: Started) -> Desk:
    """A desk whose administrator is Ada and whose press officer is Iris."""
    opened = Desk(database)
    for login, name, role in (("ada", "Ada Keeper", "administrator"), ("iris", "Iris Novak", "press")):
        opened.perform("people.add", by=KEEPER, at=AT, login=login, name=name, roles=(role,), password=PASSWORD)
    return opened
