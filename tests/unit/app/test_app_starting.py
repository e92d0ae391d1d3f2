"""What a command loads: only what it needs, so that it answers at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from traboule.app.verbs import VERBS

DATABASE = {"django", "psycopg", "adbc_driver_manager"}
MATCHER = {"numba", "splink", "duckdb", "pandas"}
ARRAYS = {"numpy", "pyarrow", "scipy"}
# The verbs that compare records, or say how they were compared.
COMPARING = {"link", "judge.queue", "judge.explain", "judge.built", "judge.left-out", "live.look", "live.store"}
COMPARING |= {"link.model", "offers.list", "networks.findings"}  # The last two compare the texts of adverts.

LOADED = "import json, sys; sys.stderr.write('\\n' + json.dumps(sorted(sys.modules)))"
COMMAND = f"import sys; from traboule.cli.main import run; run(sys.argv[1:]); {LOADED}"
VERB = (
    "import importlib, sys; importlib.import_module('traboule.app.start').prepare();"
    f" importlib.import_module(sys.argv[1]); {LOADED}"
)


def loaded(program: str, *arguments: str) -> tuple[int, set[str]]:
    """Return how many modules a fresh Python that runs ``program`` loads, and of which packages."""
    ended = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
    modules = json.loads(ended.stderr.splitlines()[-1])
    return len(modules), {name.partition(".")[0] for name in modules}


@pytest.mark.parametrize(
    "arguments", [["--help"], ["return", "check", "--help"], ["judge", "decide", "--help"], ["database", "--help"]]
)
def test_help_loads_neither_database_nor_arrays(arguments: list[str]) -> None:
    modules, packages = loaded(COMMAND, *arguments)
    assert packages & (DATABASE | MATCHER | ARRAYS) == set()
    assert modules < 350  # Django alone would bring three hundred more.


def test_a_text_is_checked_without_database_and_arrays(tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("Operation Liberterra II led to 2,517 arrests.", encoding="utf-8")
    modules, packages = loaded(COMMAND, "check", str(text))
    assert packages & (DATABASE | MATCHER | ARRAYS) == set()
    assert modules < 450


@pytest.mark.parametrize("place", sorted({v.place.partition(":")[0] for n, v in VERBS.items() if n not in COMPARING}))
def test_only_verbs_that_compare_load_the_matcher(place: str) -> None:
    _, packages = loaded(VERB, place)
    assert packages & MATCHER == set()


def test_linking_does_load_it() -> None:
    _, packages = loaded(VERB, VERBS["link"].place.partition(":")[0])
    assert packages >= MATCHER - {"pandas"}


@pytest.mark.parametrize(("asked", "found"), [({}, "system"), ({"ARROW_DEFAULT_MEMORY_POOL": "mimalloc"}, "mimalloc")])
def test_tables_share_the_heap_of_arrays_unless_told_otherwise(asked: dict[str, str], found: str) -> None:
    program = (
        "from traboule.app import start; start.prepare();"
        " import pyarrow; print(pyarrow.default_memory_pool().backend_name)"
    )
    command = [sys.executable, "-c", program]
    known = {name: value for name, value in os.environ.items() if name != "ARROW_DEFAULT_MEMORY_POOL"}
    ended = subprocess.run(command, env=known | asked, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == found
