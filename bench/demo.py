"""The demo: how long the whole way takes, and how much memory all its processes hold at once.

    python bench/demo.py [--scale 1] [--json]

Memory is the sum of the proportional set sizes of the command and all processes below it (the database's and the
readers' as well), sampled ten times a second: pages that several processes share count once.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.children import ROOT
from bench.report import measured

_PAUSE = 0.1
_LONGEST = 3600.0


def family(root: int) -> set[int]:
    """Return the process ``root`` and every process below it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int(
                    (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1]
                )
            except (OSError, ValueError, IndexError):
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found, waiting = set(), [root]
    while waiting:
        process = waiting.pop()
        found.add(process)
        waiting += [child for child in children.get(process, ()) if child not in found]
    return found


def held_kilobytes(processes: set[int]) -> int:
    """Return the sum of the proportional set sizes of ``processes``; one that has ended holds nothing."""
    total = 0
    for process in processes:
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return total


def command(folder: str, scale: float) -> list[str]:
    """Return the command that runs the demo in ``folder`` alone."""
    told = ["--data", f"{folder}/data", "--out", f"{folder}/out", "--scale", str(scale)]
    return [sys.executable, "-m", "traboule.cli.main", "demo", *told]


def measure(scale: float = 1.0) -> dict[str, dict[str, Any]]:
    """Run the demo in folders of its own and return what it took."""
    with tempfile.TemporaryDirectory(prefix="traboule-bench-demo-") as folder:
        # The server of the embedded database runs as another user, who must be able to pass through.
        Path(folder).chmod(0o755)
        started = time.perf_counter()
        with Path(folder, "said").open("w", encoding="utf-8") as said:
            running = subprocess.Popen(command(folder, scale), stdout=said, stderr=subprocess.STDOUT, cwd=ROOT)
            most, processes = 0, 0
            while running.poll() is None and time.perf_counter() - started < _LONGEST:
                alive = family(running.pid)
                most, processes = max(most, held_kilobytes(alive)), max(processes, len(alive))
                time.sleep(_PAUSE)
            running.kill()
        seconds = time.perf_counter() - started
        if running.returncode:
            lines = Path(folder, "said").read_text(encoding="utf-8").strip().splitlines() or ["it failed"]
            return {"ours": {"not_run": lines[-1][:200]}}
    return {"ours": {"seconds": round(seconds, 1), "peak_mb": round(most / 1024), "processes": processes}}


if __name__ == "__main__":
    measured(__doc__, "scale", "1 is Liberterra II", measure, 1.0)
