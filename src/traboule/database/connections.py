"""Django's connections, pointed at a database once it is known which.

Comes in: an address. Goes out: nothing; Django's ``connection`` then speaks to that database. Promises: the owner's
connection exists only while migrating, so that no stage can reach for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

from traboule.database.address import Address

APP_ALIAS = "default"
OWNER_ALIAS = "owner"


def use(app: Address) -> None:
    """Let Django's default connection speak to ``app``; connections this thread had are closed."""
    _point({APP_ALIAS: app})


def leave() -> None:
    """Close this thread's connections."""
    connections.close_all()


@contextmanager
def as_owner(owner: Address) -> Iterator[None]:
    """Let Django speak to the database as its owner, for a migration, and forget about it afterwards."""
    _point({APP_ALIAS: owner, OWNER_ALIAS: owner})
    try:
        yield
    finally:
        _point({})


def _point(addresses: dict[str, Address]) -> None:
    for connection in connections.all(initialized_only=True):
        connection.close()
        del connections[connection.alias]
    settings = {alias: address.settings() for alias, address in addresses.items()}
    connections.settings = connections.configure_settings(settings)
