"""The page on a PostgreSQL server, on the server that this machine's own packages install, over TLS."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.conftest import open_directory
from tests.journey.test_journey_tutorial import BLOCK, run
from tests.own_server import OwnServer, at, certify, own_server, programs

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "use-a-postgresql-server.md"
PRODUCTION = ROOT / "docs" / "how-to" / "run-in-production.md"
WORK = """
cat > ML.json <<'JSON'
{"cover": {"operation": "liberterra-ii", "state": "ML", "agency": "police", "version": 1, "status": "preliminary",
           "as_of": "2024-10-05"},
 "people": [{"row_id": "P1", "family_name": "Amavi", "given_names": "Afi", "birth_date": "1999-04-12"}]}
JSON
traboule return receive ML.json
traboule return receive ML.json
traboule link
traboule figures
traboule ledger verify
"""


@pytest.fixture(scope="module")
def running() -> Iterator[OwnServer]:
    if programs() is None:
        pytest.skip("a PostgreSQL server of this machine's own packages is not installed")
    with open_directory() as made, own_server(made) as server:
        yield server


def ready(server: OwnServer, folder: Path, block: str) -> str:
    """Return a block of the page for ``server``, with its keys in ``folder``."""
    return at(server, block).replace("/etc/traboule/keys", str(folder / "keys"))


def test_the_page_on_a_server_runs_as_printed_and_the_desk_works_there(running: OwnServer, forked: Path) -> None:
    with open_directory() as folder:
        blocks = [block for status, block in BLOCK.findall(PAGE.read_text(encoding="utf-8")) if not status]
        assert len(blocks) == 2
        make, use = (ready(running, folder, block) for block in blocks)
        made = run(folder, forked, make)
        assert made.returncode == 0, made.stderr
        used = run(folder, forked, use + WORK)
        said = " ".join(used.stdout.split())
        assert used.returncode == 0, f"{used.stdout}\n{used.stderr}"
        assert "116 countries and territories take part" in said
        assert "same receipt, nothing entered" in said
        assert "The ledger is intact" in said
        own = use.replace(str(running.authority), str(certify(folder)))
        for changed in (own, use.replace("sslmode=verify-full", "sslmode=disable")):
            refused = run(folder, forked, changed.replace("operation open", "operation show --operation"))
            assert refused.returncode == 7, refused.stdout
            assert "Traceback" not in refused.stderr
            assert running.password not in refused.stderr


def test_the_user_for_backups_reads_past_row_security_over_tls(running: OwnServer, forked: Path) -> None:
    (block,) = re.findall(r"```sql\n(.*?)```", PRODUCTION.read_text(encoding="utf-8"), re.DOTALL)
    with open_directory() as folder:
        for made in ("backups", "apart"):
            (folder / made).mkdir()
        server = {"TRABOULE_KEYS": str(folder / "keys"), "TRABOULE_DATABASE_URL": running.url()}
        first = BLOCK.findall(PAGE.read_text(encoding="utf-8"))[0][1]
        name = "--database traboule_backed_up"
        begun = run(folder, forked, ready(running, folder, first).rstrip() + f" {name}")
        assert begun.returncode == 0, begun.stderr
        with psycopg.connect(running.url("bootstrap"), autocommit=True) as superuser:
            for statement in block.strip().splitlines():
                superuser.execute(
                    statement.replace("choose-your-own", running.password).replace(
                        "DATABASE traboule", "DATABASE traboule_backed_up"
                    )
                )
        environment = {
            **os.environ, **server, "TRABOULE_ADMINISTRATOR_URL": running.url("traboule_backup"),
            "TRABOULE_PROGRAM": str(forked / "traboule"), "TRABOULE_DATA": str(folder / ".traboule"),
            "TRABOULE_BACKUPS": str(folder / "backups"), "TRABOULE_BACKUP_KEYS": str(folder / "apart"),
            "TRABOULE_DATABASE": "traboule_backed_up",
        }  # fmt: skip
        backed = subprocess.run(
            [ROOT / "deploy" / "backup"], check=False, env=environment, cwd=folder, capture_output=True, text=True
        )
        assert backed.returncode == 0, backed.stderr
        (dump,), (keys,) = ((folder / made).iterdir() for made in ("backups", "apart"))
        assert dump.read_bytes().startswith(b"PGDMP")
        assert [path.stat().st_mode & 0o777 for path in (dump, keys)] == [0o600, 0o600]
