"""Exchange the root key: a new one wraps the keys of all units, of every database in the folder of keys.

In: the folder of keys and a new root key. Out: nothing. Guaranteed: killed at any moment, the root key in force opens
everything, and a rotation that was cut short is undone by the next one. When it is done, the earlier root key opens
nothing in the folder.
"""

from __future__ import annotations

from traboule.database.keys import root_key
from traboule.database.keys.files import KeyFiles
from traboule.database.keys.unit_keys import PREFIX, UnitKeys


def databases(files: KeyFiles) -> list[str]:
    """Return the databases whose keys lie in the folder, sorted."""
    return sorted(path.name.removeprefix(PREFIX) for path in files.folder.glob(f"{PREFIX}*"))


def rotate(files: KeyFiles, root: str) -> None:
    """Let ``root`` be the root key instead of the one in force. Raises Unready where its keepers must unlock first."""
    with root_key.locked(files, exclusive=True):
        before = _settled(files)
        root_key.announce_next(files, before, root)
        _rewrap(files, root)
        root_key.put_in_force(files, root)


def settle(files: KeyFiles) -> None:
    """End a rotation that was cut short, where there was one."""
    with root_key.locked(files, exclusive=True):
        _settled(files)


def _settled(files: KeyFiles) -> str:
    """End a rotation that was cut short, and return the root key in force then.

    Where keepers are on record with the next one, all is wrapped by it; else everything goes back to the earlier one.
    """
    before, *interrupted = root_key.opening(files)
    for upcoming in interrupted:
        if root_key.fingerprint_with_keepers(files) == root_key.fingerprint(upcoming):
            root_key.put_in_force(files, upcoming)
            return upcoming
        _rewrap(files, before)
        files.remove(root_key.NEXT)
    return before


def _rewrap(files: KeyFiles, root: str) -> None:
    for database in databases(files):
        UnitKeys(files, database).rewrap(root)
