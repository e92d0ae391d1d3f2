"""The beginning of every process: Django made ready, the database found or started, its tables in place.

Comes in: a directory (embedded) or a server's URL, and the name of a database. Goes out: a handle with the addresses
and a ``stop``. Promises: the program runs as the application's role, which row security binds; a database is migrated
as its owner and never by the application; starting twice is harmless.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import django
from django.apps import apps

from traboule.database import connections, databases, embedded, roles, server
from traboule.database.address import Address

SETTINGS = "traboule.app.settings"


@dataclass(frozen=True, slots=True)
class Started:
    """A database in use. ``made`` tells whether it was made by this start; ``stop`` may be called twice."""

    root: Address
    owner: Address
    app: Address
    auditor: Address
    made: bool
    _leave: Callable[[], None]

    def stop(self) -> None:
        """Close this process's connections; an embedded cluster stops with the last process of ours that uses it."""
        connections.leave()
        self._leave()


def prepare() -> None:
    """Make Django ready without any database. Modules with models can be imported after this, not before."""
    if not apps.ready:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
        django.setup()


def start(location: Path | str, *, database_name: str) -> Started:
    """Start or join database ``database_name`` at ``location``, a directory or a URL, as the application.

    Raises Unready where PostgreSQL does not run or answer, Refused for a name that cannot be a database's.
    """
    prepare()
    root, leave = _reach(location)
    with ExitStack() as undo:
        undo.callback(leave)
        roles.ensure(root)
        made = databases.create(root, database_name)
        owner, app, auditor = (roles.address(root, role, database_name) for role in roles.ROLES)
        connections.use(app)
        undo.pop_all()
    return Started(root, owner, app, auditor, made, leave)


def stop(location: Path | str) -> bool:
    """Stop an embedded cluster whoever uses it; tell whether one was running. A server by URL is left alone."""
    if isinstance(location, str) and server.is_url(location):
        return False
    return embedded.stop(Path(location))


def _reach(location: Path | str) -> tuple[Address, Callable[[], None]]:
    if isinstance(location, str) and server.is_url(location):
        return server.address(location), _nothing_to_leave
    cluster = embedded.start(Path(location))
    return cluster.address, cluster.stop


def _nothing_to_leave() -> None:
    """A server that others run is not stopped by us."""
