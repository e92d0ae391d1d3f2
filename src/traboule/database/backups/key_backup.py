"""Put the keys of a database into one file, and back into a folder of keys.

In: a folder of keys, a database's name, perhaps the ledger's key. Out: JSON. Guaranteed: keys that are there are never
replaced by others; the list of the erased only grows. Where keepers have the root key, no backup holds it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from traboule.core.errors import Broken, Invalid, Unready
from traboule.database.keys import keepers, root_key, tombstones
from traboule.database.keys.files import MASTER, KeyFiles
from traboule.database.keys.root_key import KEEPERS, ROOT
from traboule.database.keys.tombstones import Erased
from traboule.database.keys.unit_keys import file_name, rewrapped


def packed(files: KeyFiles, database: str, ledger_key: str) -> dict[str, Any]:
    """Return everything that a database needs besides itself, but for a root key that keepers have."""
    root = (KEEPERS,) if files.has(KEEPERS) else (ROOT,)
    names = (MASTER, *root, file_name(database), tombstones.tombstones_file(database))
    return {
        "database": database,
        "files": {name: files.read(name) for name in names if files.has(name)},
        "ledger": ledger_key,
    }


def merged(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return the keys read before and after a dump as one: an erasure in between changes a generation."""
    name = file_name(before["database"])
    units: dict[str, dict[str, str]] = json.loads(after["files"].get(name, "{}"))
    for unit, wrapped in json.loads(before["files"].get(name, "{}")).items():
        units[unit] = {**wrapped, **units.get(unit, {})}
    return {**after, "files": {**after["files"], name: json.dumps(units, sort_keys=True)}}


def read(text: str) -> dict[str, Any]:
    """Return what :func:`packed` gave. Raises Invalid where the text is something else."""
    try:
        plain = json.loads(text)
        if {*plain} != {"database", "files", "ledger"} or not {MASTER} < {*plain["files"]}:
            raise ValueError
        if not {ROOT, KEEPERS} & {*plain["files"]}:
            raise ValueError
    except (ValueError, TypeError) as malformed:
        raise Invalid("backup-keys-malformed") from malformed
    out: dict[str, Any] = plain
    return out


def lacks_root(packed_keys: dict[str, Any]) -> bool:
    """Tell whether keepers have the root key of a backup."""
    return ROOT not in packed_keys["files"]


def unpack(packed_keys: dict[str, Any], files: KeyFiles, database: str, shares: Sequence[str] = ()) -> None:
    """Put the keys of a backup into the folder, for database ``database``; ``shares`` unlock a root key of keepers.

    A root key that is in force in the folder wraps them from then on. Raises Unready where the folder has another
    master key, and where the keys do not open with the root key there; Refused as :func:`keepers.unlock`.
    """
    stored, name = packed_keys["files"], packed_keys["database"]
    if name != database:
        raise Unready("backup-other-name", database=name)
    if files.has(MASTER) and files.read(MASTER) != stored[MASTER]:
        raise Unready("backup-other-keys", place=str(files.folder))
    files.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with root_key.locked(files, exclusive=True):
        if root_key.is_locked(files):
            keepers.unlock(files, shares)
        has_root = files.has(ROOT) or files.has(KEEPERS)
        units = stored.get(file_name(name), "{}")
        if has_root:
            units = json.dumps(_rewrapped(packed_keys, files), sort_keys=True)
        for part in (MASTER, *(() if has_root else {ROOT, KEEPERS} & {*stored})):
            files.write(part, stored[part])
        if root_key.is_locked(files):
            keepers.unlock(files, shares)
        erased = [Erased(*entry) for entry in json.loads(stored.get(tombstones.tombstones_file(name), "[]"))]
        tombstones.add(files, database, erased)
        files.write(file_name(database), units)


def _rewrapped(packed_keys: dict[str, Any], files: KeyFiles) -> dict[str, dict[str, str]]:
    """Return the keys of units in a backup, wrapped by the root key in force in the folder."""
    stored, name = packed_keys["files"], packed_keys["database"]
    opening = [*root_key.opening(files), *([stored[ROOT]] if ROOT in stored else [])]
    try:
        return rewrapped(name, json.loads(stored.get(file_name(name), "{}")), opening, opening[0])
    except Broken as other:
        raise Unready("backup-other-keys", place=str(files.folder)) from other
