"""Start a process: set up Django, find or start the database, log in as the application.

In: a directory (embedded) or a server, and the name of a database. Out: a handle with the application's address and a
``stop``. Guaranteed: the program runs as the application's role, which row security binds, and reads no password but
that role's. What needs more, such as making and migrating a database, a short-lived child does
(:mod:`traboule.app.administer`), or on a server its administrator. Starting twice is harmless. Nothing is created
unless the caller asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from traboule.app.administer import order
from traboule.app.place import Server, display_name, expect_cluster, expect_name, prepare
from traboule.core.errors import Unready
from traboule.database import connections, databases, embedded, roles, server
from traboule.database.address import Address
from traboule.database.backups import key_backup
from traboule.database.databases import Stored
from traboule.database.embedded import Embedded
from traboule.database.keys import keepers, root_key
from traboule.database.keys.files import KeyFiles

__all__ = ["Server", "Started", "display_name", "drop", "migrate", "prepare", "start", "stop", "stored"]


@dataclass(frozen=True, slots=True)
class Started:
    """A database in use. ``made`` tells whether it was made by this start; ``stop`` may be called twice.

    ``place`` is where it lies, as people may see it; ``home`` the directory of an embedded cluster.
    """

    app: Address
    made: bool
    place: str
    home: Path | None
    _leave: Callable[[], None]

    def stop(self) -> None:
        """Close this process's connections; an embedded cluster stops with the last process of ours that uses it."""
        connections.leave()
        self._leave()


def start(location: Path | Server, *, database_name: str, create: bool = True) -> Started:
    """Start or join database ``database_name`` at ``location`` as the application.

    Raises Unready where PostgreSQL does not run or answer, or an administrator has to make or migrate the database;
    Refused for a name that cannot be a database's; NotFound where there is no such database and none is to be created.
    """
    prepare()
    databases.check_name(database_name)
    if not create:
        expect_cluster(location)
    place, home = display_name(location), None if isinstance(location, Server) else location
    with ExitStack() as undo, connections.in_words(place, home, starting=True):
        if isinstance(location, Server):
            app, made, leave = _on_server(location, database_name), False, _nothing_to_leave
        else:
            app, made, leave = _embedded(location, database_name, create=create)
        undo.callback(leave)
        connections.use(app)
        undo.pop_all()
    return Started(app, made, place, home, leave)


def stop(location: Path | Server) -> bool:
    """Stop an embedded cluster, even in use; tell whether one was running. A server of others is left alone."""
    return isinstance(location, Path) and embedded.stop(location)


def stored(location: Path | Server) -> list[Stored]:
    """Return the databases at ``location``. Raises NotFound where nothing lies there, Unready as :func:`start`."""
    prepare()
    expect_cluster(location)
    with connections.in_words(display_name(location), starting=True):
        if isinstance(location, Server):
            return databases.stored(server.application(location.url, KeyFiles(location.keys)))
        cluster = embedded.join(location)
        if cluster is None:
            return []
        try:
            if not cluster.keys.has(roles.APP):
                order("renew", location)
            return databases.stored(_login(cluster, cluster.server.database))
        finally:
            cluster.stop()


def migrate(location: Path | Server, name: str) -> bool:
    """Make or migrate database ``name``, on a server as its administrator; tell whether it was made."""
    databases.check_name(name)
    made = bool(order("make", location, name=name, create=True)["made"])
    if isinstance(location, Path) and (cluster := embedded.join(location)):
        cluster.stop()  # The child has left it running.
    return made


def backup(location: Path | Server, name: str, file: Path, ledger_key: str) -> dict[str, Any]:
    """Write database ``name`` into ``file``, and return its keys, to be stored apart.

    Raises NotFound where there is none, Unready where PostgreSQL's programs do not do it.
    """
    databases.check_name(name)
    expect_cluster(location)
    details = {"file": str(file.resolve()), "ledger_key": ledger_key}
    keys: dict[str, Any] = order("backup", location, name=name, **details)["keys"]
    return keys


def lacks_root_key(keys: str) -> bool:
    """Tell whether keepers have the root key of a backup. Raises Invalid where ``keys`` are no keys of a backup."""
    prepare()
    return key_backup.lacks_root(key_backup.read(keys))


def restore(location: Path | Server, name: str, file: Path, keys: str, shares: Sequence[str] = ()) -> str:
    """Make database ``name`` from a backup and its keys, and return the ledger's key.

    ``shares`` unlock the root key where keepers have it.

    Whom it brings back is not erased yet: the verb ``retention.replay`` does that.
    Raises Conflict where there is such a database, Unready where other keys are there or the file does not go in.
    """
    databases.check_name(name)
    details = {"file": str(file.resolve()), "keys": keys, "shares": list(shares)}
    return str(order("restore", location, name=name, **details)["ledger"])


def unlock(location: Path | Server, shares: Sequence[str]) -> None:
    """Put the root key of two keepers' shares into this machine's memory. Raises as :func:`keepers.unlock`."""
    keepers.unlock(_key_files(location), shares)


def lock(location: Path | Server) -> None:
    """Take the root key away from this machine. Raises Conflict where no keepers have it, or it is locked."""
    keepers.lock(_key_files(location))


def root_key_place(location: Path | Server) -> str:
    """Return where the root key is: ``file``, ``file-and-keepers``, ``memory`` or ``locked``."""
    files = _key_files(location)
    if not files.has(root_key.KEEPERS):
        return "file"
    if root_key.is_locked(files):
        return "locked"
    return "memory" if keepers.is_in_memory(files) else "file-and-keepers"


def drop(location: Path | Server, name: str) -> None:
    """Delete database ``name`` with everything in it. Raises NotFound, or Conflict while somebody uses it."""
    databases.check_name(name)
    expect_cluster(location)
    order("drop", location, name=name)


def _key_files(location: Path | Server) -> KeyFiles:
    """Return the folder of keys. Raises NotFound where no cluster was made at ``location``."""
    expect_cluster(location)
    return KeyFiles(location.keys) if isinstance(location, Server) else embedded.keys_at(location)


def _embedded(location: Path, name: str, *, create: bool) -> tuple[Address, bool, Callable[[], None]]:
    """Return the application's address, whether the database was made, and how to leave the cluster."""
    cluster, made = embedded.join(location), False
    with ExitStack() as undo:
        if cluster is not None:
            undo.callback(cluster.stop)
        if cluster is None or not _is_ready(cluster, name):
            made = bool(order("make", location, name=name, create=create)["made"])
        if cluster is None:
            cluster = embedded.start(location)
            undo.callback(cluster.stop)
        app = _login(cluster, name).signing(cluster.keys.master(), cluster.keys.folder)
        undo.pop_all()
    return app, made, cluster.stop


def _is_ready(cluster: Embedded, name: str) -> bool:
    """Tell whether the application can use database ``name`` as it is."""
    keys = cluster.keys
    return all(map(keys.has, ("master", roles.APP))) and databases.has_current_shape(_login(cluster, name))


def _login(cluster: Embedded, name: str) -> Address:
    return roles.address(cluster.server, roles.APP, name, cluster.keys)


def _on_server(location: Server, name: str) -> Address:
    """Return the application's address on a server. Raises NotFound or Unready where its administrator is needed."""
    keys = KeyFiles(location.keys)
    app = server.application(location.url, keys)
    expect_name(databases.names(app), name, display_name(location))
    if not databases.has_current_shape(app.to(database=name)):
        raise Unready("database-not-migrated", database=name, place=display_name(location))
    return app.to(database=name).signing(keys.master(), keys.folder)


def _nothing_to_leave() -> None:
    """A server that others run is not stopped by us."""
