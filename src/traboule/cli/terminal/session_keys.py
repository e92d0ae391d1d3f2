"""Keep the keys of sessions, one file a database, in the user's configuration folder.

In: where a database lies. Out: the key of who is signed in to it from here. Guaranteed: the file is its user's alone
(mode 0600) from its first byte on; one that others could read or that is somebody else's is not used.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from pathlib import Path
from typing import NamedTuple

from traboule.core.errors import Refused


class StoredKey(NamedTuple):
    """The token of an account's session."""

    account: str
    token: str


class KeyFile:
    """The keys for ``database`` at ``place``, the last one used first: it is who is signed in now."""

    def __init__(self, folder: Path, place: str, database: str) -> None:
        name = hashlib.sha256(f"{place}\n{database}".encode()).hexdigest()[:32]
        self.path = folder / "sessions" / f"{name}.json"

    def current(self) -> StoredKey | None:
        """Return the key of who is signed in, None where nobody is. Raises Refused for a file that others can read."""
        return next(iter(self._keys()), None)

    def of(self, account: str) -> StoredKey | None:
        """Return the key of ``account``, None where it has none here."""
        return next((key for key in self._keys() if key.account == account), None)

    def put(self, key: StoredKey) -> None:
        """Make ``key`` the current one."""
        self._write([key, *(other for other in self._keys() if other.account != key.account)])

    def remove(self, account: str) -> None:
        """Forget the key of ``account``; the one used before it is then the current one."""
        self._write([key for key in self._keys() if key.account != account])

    def delete(self) -> None:
        """Forget every key, as when the database is dropped."""
        self.path.unlink(missing_ok=True)

    def _keys(self) -> list[StoredKey]:
        try:
            handle = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            return []
        except OSError as link:
            raise Refused("session-file-open", path=str(self.path)) from link
        with os.fdopen(handle, encoding="utf-8") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
                raise Refused("session-file-open", path=str(self.path))
            try:
                return [StoredKey(str(account), str(token)) for account, token in json.load(file)]
            except (ValueError, TypeError):
                return []

    def _write(self, keys: list[StoredKey]) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        making = self.path.with_suffix(f".{os.getpid()}")
        making.unlink(missing_ok=True)
        with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "w") as file:
            json.dump(keys, file)
        making.replace(self.path)


def configuration_folder() -> Path:
    """Return the user's configuration folder for this program, as the environment names it."""
    home = os.environ.get("XDG_CONFIG_HOME", "").strip()
    return (Path(home) if home else Path.home() / ".config") / "traboule"
