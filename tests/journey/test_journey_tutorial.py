"""The tutorial is run as it stands: each block must leave with the status it announces."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import open_directory

from traboule.database import embedded

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial" / "first-return.md"
BLOCK = re.compile(r"```sh(?: status=(\d+))?\n(.*?)```", re.DOTALL)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the database's own user can reach; the database begun in it is stopped afterwards."""
    with open_directory() as made:
        yield made
        embedded.stop(made / ".traboule")


def run(folder: Path, forked: Path, script: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PATH": f"{forked}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "TRABOULE_LANGUAGE": "en",
    }
    return subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=3_600,
        check=False,
    )


def test_tutorial_runs_as_it_stands(folder: Path, forked: Path) -> None:
    blocks = BLOCK.findall(TUTORIAL.read_text(encoding="utf-8"))
    assert len(blocks) > 8
    said = ""
    for status, script in blocks:
        finished = run(folder, forked, script)
        said += finished.stdout
        assert finished.returncode == int(status or 0), f"{script}\n{finished.stdout}\n{finished.stderr}"
    assert "31/02/2001" in said
    assert "same receipt" in said
    assert len(list((folder / "release").glob("communique.*.pdf"))) == 4
    assert "2,517" in said
