"""Files of keys: one secret a file, which only its owner may read.

In: a folder. Out: what a file in it holds. Guaranteed: a file is written whole or not at all, with mode 0600 from its
first byte; one that others may read is refused. Each file is read only by who asks for it by name.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

from traboule.core.errors import Unready

MASTER = "master"


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """The keys in ``folder``: the master key, the root key, the keys of units, and the password of each role."""

    folder: Path

    def has(self, name: str) -> bool:
        """Tell whether there is a file for ``name``."""
        return (self.folder / name).exists()

    def read(self, name: str) -> str:
        """Return what the file ``name`` holds. Raises Unready where it is missing, or open to others."""
        path = self.folder / name
        try:
            with path.open(encoding="ascii") as file:
                if os.fstat(file.fileno()).st_mode & 0o077:
                    raise Unready("database-key-open", place=str(path))
                return file.read().strip()
        except FileNotFoundError:
            raise Unready("database-key-missing", place=str(path)) from None
        except (PermissionError, UnicodeDecodeError) as unreadable:
            raise Unready("database-key-unreadable", place=str(path)) from unreadable

    def read_or_make(self, name: str) -> str:
        """Return what the file ``name`` holds, after making it with a random secret where there is none."""
        if not self.has(name):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, making = tempfile.mkstemp(dir=self.folder, prefix=".making-")  # mkstemp gives mode 0600.
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(32))
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(making, self.folder / name)
            except FileExistsError:  # Another process of ours was quicker; its secret counts.
                pass
            finally:
                Path(making).unlink()
        return self.read(name)

    def write(self, name: str, text: str) -> None:
        """Let the file ``name`` hold ``text``, whole, whatever it held before."""
        handle, making = tempfile.mkstemp(dir=self.folder, prefix=".making-")
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(making).replace(self.folder / name)
        finally:
            Path(making).unlink(missing_ok=True)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def remove(self, name: str) -> None:
        """Delete the file ``name``; a missing one is no error."""
        (self.folder / name).unlink(missing_ok=True)

    def master(self) -> bytes:
        """Return the master key. Raises Unready as :meth:`read` does."""
        return self.read(MASTER).encode("ascii")
