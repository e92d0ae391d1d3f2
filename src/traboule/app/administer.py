"""Administer a database: make and migrate it, give the roles their passwords, drop it.

In: an order as JSON on standard input. Out: its result, or an error of ours or the system's, as JSON on standard
output. Guaranteed: only this module reads the bootstrap user's password, or an administrator's. It runs as a child
process that ends with the order, so that a process that performs verbs never has them in its memory.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from traboule.app.place import Server, display_name, expect_name, prepare
from traboule.core import errors
from traboule.core.errors import Conflict, TrabouleError
from traboule.database import connections, databases, embedded, roles, server
from traboule.database.address import Address
from traboule.database.backups import dump, key_backup
from traboule.database.keys import root_key, rotation
from traboule.database.keys.files import KeyFiles
from traboule.database.keys.unit_keys import file_name


def order(task: str, location: Path | Server, **details: object) -> dict[str, Any]:
    """Let a child carry out ``task`` at ``location`` and return its result.

    Raises what the task raised, of our errors and the system's; Broken where it ended otherwise.
    """
    place: dict[str, object] = {"path": str(location)} if isinstance(location, Path) else location.to_json()
    child = subprocess.run(
        [sys.executable, "-m", "traboule.app.administer"],
        input=json.dumps({"task": task, "place": place, **details}),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    answer: dict[str, Any] = json.loads(child.stdout) if child.stdout else {"error": "administration-broke"}
    if "system" in answer:
        raise OSError(*answer["system"])
    if "error" in answer:
        kind: type[TrabouleError] = getattr(errors, answer.get("kind", "Broken"))
        raise kind(answer["error"], **answer.get("values", {}))
    return answer


def make(location: Path | Server, *, name: str, create: bool) -> dict[str, object]:
    """Make or migrate database ``name``, and the roles; tell whether it was made. A cluster of ours goes on running.

    Raises NotFound where there is no such database and none is to be created.
    """
    with _administrator(location, leave_running=True) as (root, keys):
        if not create:
            expect_name(databases.names(root), name, display_name(location))
        roles.ensure(root, keys)
        return {"made": databases.create(root, name, keys)}


def renew(location: Path | Server) -> dict[str, object]:
    """Create the roles that are missing, and give those that cannot log in their passwords."""
    with _administrator(location, leave_running=True) as (root, keys):
        roles.ensure(root, keys)
    return {}


def drop(location: Path | Server, *, name: str) -> dict[str, object]:
    """Delete database ``name``. Raises NotFound, or Conflict while somebody uses it."""
    with _administrator(location) as (root, keys):
        expect_name(databases.names(root), name, display_name(location))
        databases.drop_idle(root, name)
        keys.remove(file_name(name))  # The list of the erased stays, for backups of it that are restored.
    return {}


def backup(location: Path | Server, *, name: str, file: str, ledger_key: str) -> dict[str, object]:
    """Write database ``name`` into a file, and return its keys. Raises NotFound where there is none."""
    with _administrator(location) as (root, keys):
        expect_name(databases.names(root), name, display_name(location))
        if not root_key.is_locked(keys):
            rotation.settle(keys)
        with root_key.locked(keys):
            before = key_backup.packed(keys, name, ledger_key)
            dump.dump(root.to(database=name), Path(file))
            plain = key_backup.merged(before, key_backup.packed(keys, name, ledger_key))
    return {"keys": plain}


def restore(
    location: Path | Server, *, name: str, file: str, keys: str, shares: Sequence[str] = ()
) -> dict[str, object]:
    """Make database ``name`` anew from a backup, and return the ledger's key of then.

    ``shares`` unlock the root key where keepers have it.

    Raises Conflict where there is such a database.
    """
    plain = key_backup.read(keys)
    with _administrator(location, leave_running=True) as (root, files):
        if name in databases.names(root):
            raise Conflict("restore-database-exists", database=name)
        key_backup.unpack(plain, files, name, shares)
        roles.ensure(root, files)
        databases.create_from(root, name, files, lambda target: dump.restore(target, Path(file)))
    return {"ledger": plain["ledger"]}


@contextmanager
def _administrator(location: Path | Server, *, leave_running: bool = False) -> Iterator[tuple[Address, KeyFiles]]:
    """Give the address of who administers ``location``, and the files of the keys there."""
    home = location if isinstance(location, Path) else None
    with connections.in_words(display_name(location), home, starting=True):
        if isinstance(location, Server):
            yield server.administrator(location.url), KeyFiles(location.keys)
            return
        cluster = embedded.start(location)
        try:
            yield cluster.address, cluster.keys
            if leave_running:
                cluster.leave()
        finally:
            cluster.stop()


TASKS: Mapping[str, Callable[..., dict[str, object]]] = {
    "make": make,
    "renew": renew,
    "drop": drop,
    "backup": backup,
    "restore": restore,
}


def main() -> None:
    """Carry out the order on standard input."""
    details = json.load(sys.stdin)
    task, place = TASKS[details.pop("task")], details.pop("place")
    prepare()
    try:
        answer = task(Path(place["path"]) if "path" in place else Server.from_json(place), **details)
    except TrabouleError as error:
        answer = {"error": error.code, "kind": type(error).__name__, "values": dict(error.values)}
    except OSError as failure:
        answer = {"system": [failure.errno, failure.strerror, failure.filename]}
    json.dump(answer, sys.stdout, default=str)


if __name__ == "__main__":
    main()
