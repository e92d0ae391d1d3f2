"""The page on a PostgreSQL server, on the server that this machine's own packages install, over TLS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import open_directory
from tests.journey.test_journey_tutorial import BLOCK, run
from tests.own_server import OwnServer, at, certify, own_server, programs

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "use-a-postgresql-server.md"
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
