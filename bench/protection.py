"""What walls, ledger and seals cost: the whole demo with all, with each taken out, and with none, in one run.

    python bench/protection.py [--persons 4000] [--json]

Taken out means: row security is disabled in the database by its administrator, no entry is written, and what would be
sealed is stored as it is. The linkage of the records that the desk may see is part of the walls, and is shown apart in
seconds of processor: *linkage for the desk* would not be needed without them, and is no part of *none*. *Overhead* is
the time beyond that of none, as a share of it. Bars: 20 % with walls and ledger, 40 % with all. Each way runs twice, in
turns, in processes of its own, and the faster of the two counts. Run it on a quiet machine.
"""

from __future__ import annotations

import importlib
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psycopg
from psycopg import sql
from rich.console import Console

from bench.children import ROOT, run
from bench.report import Measured, measured
from traboule.app.desk import Desk
from traboule.database import embedded
from traboule.demo.run import DEFAULT_SEED, Wanted
from traboule.demo.run import run as run_story
from traboule.demo.show import StoryPrinter

WAYS = (
    "ours with none",
    "ours with walls",
    "ours with the ledger",
    "ours with walls and ledger",
    "ours with walls, ledger and seals",
)
NONE = WAYS[0]
TURNS = 2
_DATABASE = "measured"


def measure(persons: int = 4_000) -> Measured:
    """Return seconds of each way, and the overhead of each over none."""
    with tempfile.TemporaryDirectory(prefix="traboule-bench-protection-") as folder:
        # The server of the embedded database runs as another user, who must be able to pass through.
        Path(folder).chmod(0o755)
        turns = [
            {
                way: _in_process_of_its_own(way, persons, Path(folder, f"{turn}-{place}"))
                for place, way in enumerate(WAYS)
            }
            for turn in range(TURNS)
        ]
    failed = {way: turn[way] for turn in turns for way in WAYS if "not_run" in turn[way]}
    if failed:
        return failed
    fastest = {way: min((turn[way] for turn in turns), key=lambda ran: ran["seconds"]) for way in WAYS}
    bare = fastest[NONE]["seconds"] - fastest[NONE]["desk_link_seconds"]
    return {
        way: {
            **ran,
            "overhead": round((ran["seconds"] - (ran["desk_link_seconds"] if "walls" not in way else 0)) / bare - 1, 3),
        }
        for way, ran in fastest.items()
    }


def one(way: str, persons: int, folder: Path) -> dict[str, Any]:
    """Run the demo in ``folder`` with what ``way`` names left in place, and return what it took."""
    desk = Desk.start(folder / "data", database=_DATABASE)
    # They name models, which are there only once a database is in use.
    finding = importlib.import_module("traboule.app.handlers.linking.finding")
    entry = importlib.import_module("traboule.app.recording.entry")
    spent = {"desk": 0.0}
    prepared = vars(finding)["_finding"]

    def timed(operation: Any, tables: Any, read: Any) -> Any:
        find = prepared(operation, tables, read)
        if read.protected:
            return find

        def found() -> Any:
            begun = time.thread_time()
            outcome = find()
            spent["desk"] += time.thread_time() - begun
            return outcome

        return found

    vars(finding)["_finding"] = timed
    if "ledger" not in way:
        vars(entry)["record"] = lambda name, call, result: result
    if "seals" not in way:
        _take_seals_out()
    if "walls" not in way:
        _take_walls_out(folder / "data")
    quiet = StoryPrinter(Console(), "en", quiet=True)
    begun, processor = time.perf_counter(), time.process_time()
    run_story(lambda: desk, Wanted(DEFAULT_SEED, 1.0, persons, folder / "out"), quiet, lambda *_: None)
    seconds, processor = time.perf_counter() - begun, time.process_time() - processor
    desk.stop()
    return {
        "seconds": round(seconds, 1),
        "cpu_seconds": round(processor, 1),
        "desk_link_seconds": round(spent["desk"], 1),
    }


class _AnyKey(dict[str, Any]):
    """A key for every subject, which nothing uses."""

    def get(self, subject: str, default: Any = None) -> Any:
        return subject


def _take_seals_out() -> None:
    """Let rows be stored and read as JSON in clear, and no key be made."""
    keys = importlib.import_module("traboule.returns.subjects.keys")
    rows = importlib.import_module("traboule.register.sealed_rows")
    keys.Sealer.seal_bytes = lambda _sealer, _subject, content, _where: content
    vars(keys)["_ciphers"] = lambda *_: {}
    rows.Opener._ciphers = _AnyKey()
    vars(rows)["unseal"] = lambda _key, content, _where: content


def _take_walls_out(location: Path) -> None:
    cluster = embedded.join(location)
    if cluster is None:
        raise RuntimeError("the cluster does not run")
    with psycopg.connect(cluster.address.to(database=_DATABASE).uri(), autocommit=True) as connection:
        walled = "SELECT relname FROM pg_class WHERE relrowsecurity AND relnamespace = 'public'::regnamespace"
        for (name,) in connection.execute(walled).fetchall():
            off = "ALTER TABLE {} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY"
            connection.execute(sql.SQL(off).format(sql.Identifier(name)))
    cluster.stop()


def _in_process_of_its_own(way: str, persons: int, folder: Path) -> dict[str, Any]:
    folder.mkdir()
    return run([sys.executable, str(ROOT / "bench" / "protection.py"), "--one", way, str(persons), str(folder)])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(one(sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))))
    else:
        measured(__doc__, "persons", "how many persons the demo has", measure, 4_000)
