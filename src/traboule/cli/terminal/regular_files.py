"""Read and write the files that a person names.

In: a path, and how much of a file is read at most. Out: its bytes, or a file that is whole. Guaranteed: only regular
files are read, opened once and looked at when open, so that a pipe does not hang and a device does not fill the memory;
what is written is on the disk, for its writer's eyes alone, before it bears its name.
"""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from traboule.core.errors import Refused

PRIVATE = 0o600
MEGABYTE = 1_000_000
# The verbs have limits of their own, which are lower; this one keeps the memory.
MOST_READ = 100 * MEGABYTE


def read_regular(path: Path, *, most: int = MOST_READ) -> bytes:
    """Return the content of the regular file at ``path``, or at the end of its links, of at most ``most`` bytes.

    Raises Refused (``file-not-regular``, ``file-large``), OSError as opening and reading do.
    """
    # Without blocking: to open a pipe would wait for its writer.
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise Refused("file-not-regular", file=path.name)
        content = file.read(most + 1)
    if len(content) > most:
        raise Refused("file-large", file=path.name, most=most // MEGABYTE)
    return content


def write_whole(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path``, whole or not at all; a device or a pipe is written as it is.

    Raises OSError with the path in it, for a folder too.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name[:40]}-") as making:
            made = Path(making) / "whole"
            with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            made.replace(path)
        _sync_folder(path.parent)
    except OSError as failure:
        raise OSError(failure.errno, failure.strerror, str(path)) from failure


def _sync_folder(folder: Path) -> None:
    """Put the folder's list of names on the disk: without it a power cut could lose a new name."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
