"""Start a process: set up Django, find or start the database, bring its tables up to date.

In: a directory (embedded) or a server's URL, and the name of a database. Out: a handle with the addresses and a
``stop``. Guaranteed: the program runs as the application's role, which row security binds. A database is migrated as
its owner and never by the application. Starting twice is harmless. Nothing is created unless the caller asks for it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import django
from django.apps import apps

from traboule.core.errors import NotFound
from traboule.core.language.spelling import nearest
from traboule.database import connections, databases, embedded, roles, server
from traboule.database.address import Address
from traboule.database.databases import Stored

SETTINGS = "traboule.app.settings"


@dataclass(frozen=True, slots=True)
class Started:
    """A database in use. ``made`` tells whether it was made by this start; ``stop`` may be called twice.

    ``place`` is where it lies, as people may see it; ``home`` the directory of an embedded cluster.
    """

    root: Address
    owner: Address
    app: Address
    auditor: Address
    made: bool
    place: str
    home: Path | None
    _leave: Callable[[], None]

    def stop(self) -> None:
        """Close this process's connections; an embedded cluster stops with the last process of ours that uses it."""
        connections.leave()
        self._leave()


def prepare() -> None:
    """Set up Django, without a database, and Arrow's memory. Only then can modules with models be imported."""
    if not apps.ready:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
        # Arrow and NumPy then share one heap. With a heap each, a million records touch a quarter more pages for the
        # first time, which takes longer than many a sum over them. Arrow reads this when it is first imported.
        os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
        django.setup()


def start(location: Path | str, *, database_name: str, create: bool = True) -> Started:
    """Start or join database ``database_name`` at ``location``, a directory or a URL, as the application.

    Raises Unready where PostgreSQL does not run or answer, Refused for a name that cannot be a database's, NotFound
    where there is no such database and none is to be created.
    """
    prepare()
    databases.check_name(database_name)
    if not create:
        _exists(location)
    root, leave = _reach(location)
    place, home = display_name(location), None if isinstance(location, str) else location
    with ExitStack() as undo, connections.in_words(place, home, starting=True):
        undo.callback(leave)
        if not create:
            _among(databases.names(root), database_name, place)
        roles.ensure(root)
        made = databases.create(root, database_name)
        owner, app, auditor = (roles.address(root, role, database_name) for role in roles.ROLES)
        connections.use(app)
        undo.pop_all()
    return Started(root, owner, app, auditor, made, place, home, leave)


def stop(location: Path | str) -> bool:
    """Stop an embedded cluster, even in use; tell whether one was running. A server by URL is left alone."""
    return isinstance(location, Path) and embedded.stop(location)


def stored(location: Path | str) -> list[Stored]:
    """Return the databases at ``location``. Raises NotFound where nothing lies there, Unready as :func:`start`."""
    with _root(location) as root:
        return databases.stored(root)


def drop(location: Path | str, name: str) -> None:
    """Delete database ``name`` with everything in it. Raises NotFound, or Conflict while somebody uses it."""
    databases.check_name(name)
    with _root(location) as root:
        _among(databases.names(root), name, display_name(location))
        databases.drop_idle(root, name)


def display_name(location: Path | str) -> str:
    """Return a location as people may see it: a directory in full, a URL without its password."""
    return server.masked(location) if isinstance(location, str) else str(location.resolve())


@contextmanager
def _root(location: Path | str) -> Iterator[Address]:
    prepare()
    _exists(location)
    root, leave = _reach(location)
    try:
        with connections.in_words(display_name(location), starting=True):
            yield root
    finally:
        leave()


def _exists(location: Path | str) -> None:
    if isinstance(location, Path) and not embedded.exists(location):
        raise NotFound("database-none-here", place=display_name(location))


def _among(names: list[str], name: str, place: str) -> None:
    if not names:
        raise NotFound("database-none-here", place=place)
    if name not in names:
        raise NotFound(
            "database-unknown", database=name, place=place, known=", ".join(names), near=nearest(name, names)
        )


def _reach(location: Path | str) -> tuple[Address, Callable[[], None]]:
    if isinstance(location, str):
        return server.address(location), _nothing_to_leave
    cluster = embedded.start(location)
    return cluster.address, cluster.stop


def _nothing_to_leave() -> None:
    """A server that others run is not stopped by us."""
