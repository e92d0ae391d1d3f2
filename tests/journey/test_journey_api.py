"""The page about the programming interface is run as it stands, against a room served by a process of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from tests.journey.test_journey_tutorial import folder, run

__all__ = ["folder"]

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "use-the-api.md"
BLOCK = re.compile(r"```sh(?: needs=(\w+))?\n(.*?)```", re.DOTALL)
PROMISED = (
    "R-DATE",
    "same answer: True",
    "filed ML Police nationale 1 3",
    "arrests",
    "release-unknown",
    '"releases": []',
)


def test_the_page_runs_as_it_stands(folder: Path, forked: Path) -> None:
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    opening = run(folder, forked, blocks[0][1])
    assert opening.returncode == 0, opening.stderr
    command = [sys.executable, "-m", "traboule.cli.main", "serve", "--port", "0", "--no-live", "--json"]
    with subprocess.Popen(command, cwd=folder, env={**os.environ}, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        url = json.loads(serving.stdout.readline())["url"]
        said = ""
        try:
            for program, script in blocks[1:]:
                if not program or shutil.which(program):
                    finished = run(folder, forked, script.replace("http://127.0.0.1:8000", url))
                    said += finished.stdout
                    assert finished.returncode == 0, f"{script}\n{finished.stdout}\n{finished.stderr}"
        finally:
            serving.send_signal(signal.SIGINT)
    assert [words for words in PROMISED if words not in said] == [], said
    assert (folder / "token").stat().st_mode & 0o077 == 0
