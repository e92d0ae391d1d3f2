"""Choose where a cluster's files lie, so that its user reaches them and the socket's path stays short.

In: the directory asked for, and the user who runs the server. Out: the cluster's home and its socket directory.
Guaranteed: where the directory asked for will not do, the files lie elsewhere and a link in it points there.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

from traboule.core.errors import Unready
from traboule.database.binaries import Runner

STATE = Path("/var/lib/traboule")
PASSING = Path("/tmp")  # noqa: S108  Names in it are made by mkdtemp; what lies in it is meant to go.

# A socket's path may have 107 bytes, and the name of ours takes 14. A comma would divide two paths, for the server
# and for libpq alike; other unusual characters would have to be quoted in the server's configuration.
PLAIN = re.compile(r"[A-Za-z0-9_/.+@-]{1,90}")

ROOM = 32 * 1024 * 1024  # Two segments of the write-ahead log: with less PostgreSQL stops.


def cluster_home(location: Path, runner: Runner) -> Path:
    """Return the home of the cluster under ``location``, made if it is not there.

    The home belongs to us, not to the server's user, who may pass through it but not list it: the secret in it is
    out of the server's reach. Raises Unready where an earlier home has gone.
    """
    home = location / "postgres"
    if home.is_symlink() and not home.exists():
        raise Unready("database-data-missing", place=str(home.readlink()))
    if not home.exists():
        if runner.reaches(location):
            home.mkdir()
        else:
            home.symlink_to(_elsewhere(location))
        home.chmod(0o700 if runner.user == os.geteuid() else 0o711)
    if not runner.reaches(home):
        raise Unready("database-directory-closed", place=str(home.resolve()))
    return home.resolve()


def _elsewhere(location: Path) -> Path:
    """Return a new directory for a home that cannot lie under ``location``; what was passing stays passing."""
    if location.resolve().is_relative_to(PASSING):
        return Path(tempfile.mkdtemp(prefix="traboule-", dir=PASSING))
    STATE.mkdir(parents=True, exist_ok=True)
    STATE.chmod(0o755)
    return Path(tempfile.mkdtemp(prefix=f"{location.resolve().parent.name}-", dir=STATE))


def socket_directory(home: Path, runner: Runner) -> Path:
    """Return the directory of the cluster's socket: in its home, or a short one elsewhere with a link in its home."""
    link = home / "socket"
    if link.is_symlink():
        if _ours(link, runner):
            return link.resolve()
        link.unlink()
    if not link.exists():
        if PLAIN.fullmatch(str(link)):
            link.mkdir(mode=0o700)
        else:
            runtime = Path(f"/run/user/{runner.user}")
            short = runtime if os.geteuid() == runner.user and _ours(runtime, runner) else PASSING
            link.symlink_to(tempfile.mkdtemp(prefix="traboule-", dir=short))
        runner.own(link)
    return link.resolve()


def _ours(link: Path, runner: Runner) -> bool:
    """Tell whether the directory behind ``link`` is still there, closed, and the server's user's own."""
    try:
        status = link.stat()
    except OSError:
        return False
    return status.st_uid == runner.user and status.st_mode & 0o777 == 0o700


def is_full(directory: Path) -> bool:
    """Tell whether the disk under ``directory`` has no room left for PostgreSQL to work."""
    return shutil.disk_usage(directory).free < ROOM
