"""Put the keys of a database into one file, and back into a folder of keys.

In: a folder of keys, a database's name, perhaps the ledger's key. Out: JSON. Guaranteed: keys that are there are never
replaced by others; the list of the erased only grows.
"""

from __future__ import annotations

import json
from typing import Any

from traboule.core.errors import Invalid, Unready
from traboule.database.keys import tombstones
from traboule.database.keys.files import MASTER, ROOT, KeyFiles
from traboule.database.keys.tombstones import Erased
from traboule.database.keys.unit_keys import file_name

_LASTING = (MASTER, ROOT)


def packed(files: KeyFiles, database: str, ledger_key: str) -> dict[str, Any]:
    """Return everything that a database needs besides itself."""
    names = (*_LASTING, file_name(database), tombstones.tombstones_file(database))
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
        if {*plain} != {"database", "files", "ledger"} or not {*_LASTING} <= {*plain["files"]}:
            raise ValueError
    except (ValueError, TypeError) as malformed:
        raise Invalid("backup-keys-malformed") from malformed
    out: dict[str, Any] = plain
    return out


def unpack(packed_keys: dict[str, Any], files: KeyFiles, database: str) -> None:
    """Put the keys of a backup into the folder, for database ``database``.

    Raises Unready where the folder has another master or root key.
    """
    stored, name = packed_keys["files"], packed_keys["database"]
    if name != database:
        raise Unready("backup-other-name", database=name)
    files.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for lasting in _LASTING:
        if files.has(lasting) and files.read(lasting) != stored[lasting]:
            raise Unready("backup-other-keys", place=str(files.folder))
    for lasting in _LASTING:
        files.write(lasting, stored[lasting])
    erased = [Erased(*entry) for entry in json.loads(stored.get(tombstones.tombstones_file(name), "[]"))]
    tombstones.add(files, database, erased)
    files.write(file_name(database), stored.get(file_name(name), "{}"))
