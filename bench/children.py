"""Engines in processes of their own: so that time and peak memory are each engine's own, and a peer's packages too.

In: a command, or the names of packages; out: what the process said on its last line (JSON), its own peak of memory too.
A process that fails, or takes too long, is a measurement that was not made, with the reason; never an exception.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 3600.0


def run(
    command: Sequence[str], *, seconds: float = LONGEST, environment: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Run ``command`` and return the JSON of its last line; a process says its own peak of memory."""
    paths = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    known = {**os.environ, "PYTHONPATH": paths, **(environment or {})}
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as said,
        tempfile.TemporaryFile("w+", encoding="utf-8") as wrong,
    ):
        child = subprocess.Popen(list(command), stdout=said, stderr=wrong, env=known, cwd=ROOT)
        stopping = threading.Timer(seconds, child.kill)
        stopping.start()
        child.wait()
        stopping.cancel()
        said.seek(0)
        wrong.seek(0)
        lines, reason = said.read().strip().splitlines(), wrong.read().strip().splitlines()[-1:]
    if child.returncode:
        said_last = (reason or [f"ended with {child.returncode}"])[0]
        return {"not_run": said_last.replace(f"{ROOT}/", "")[:300]}
    found: dict[str, Any] = json.loads(lines[-1])
    return found


def own(module: str, *arguments: str, seconds: float = LONGEST) -> dict[str, Any]:
    """Run one of our modules under this interpreter, with Arrow on the system's heap as the application has it."""
    pool = {"ARROW_DEFAULT_MEMORY_POOL": os.environ.get("ARROW_DEFAULT_MEMORY_POOL", "system")}
    return run([sys.executable, "-m", module, *arguments], seconds=seconds, environment=pool)


def environment(folder: Path, packages: Sequence[str]) -> tuple[str, str]:
    """Make a throw-away environment with ``packages``; return its interpreter and, where that failed, why."""
    try:
        venv.create(folder, with_pip=True)
        install = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *packages]
        subprocess.run(install, check=True, capture_output=True, text=True, timeout=900)
    except subprocess.TimeoutExpired:
        return "", "its packages took too long to install"
    except subprocess.CalledProcessError as error:
        said = (error.stderr or "").strip().splitlines() or [str(error)]
        return "", f"its packages could not be installed: {said[-1][:200]}"
    return str(folder / "bin" / "python"), ""
