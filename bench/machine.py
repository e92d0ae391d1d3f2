"""On what a measurement was made: processor, cores, memory, load, versions. Read from the system, as text."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("traboule", "splink", "duckdb", "numpy", "numba", "pyarrow", "rapidfuzz")


def machine() -> list[str]:
    """Return lines that say on what, when and under which load."""
    cores = len(os.sched_getaffinity(0))
    memory = _field("/proc/meminfo", "MemTotal").split() or ["0"]
    return [
        f"- {_field('/proc/cpuinfo', 'model name') or platform.machine()}, {cores} cores, "
        f"{int(memory[0]) / 1024**2:.0f} GiB of memory, Linux {platform.release()}",
        f"- Python {platform.python_version()}, {versions(PACKAGES)}",
        f"- {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, load {os.getloadavg()[0]:.1f} at the beginning "
        f"(above {cores}, other work slows every engine)",
    ]


def versions(packages: Sequence[str]) -> str:
    """Return the versions of the packages that are installed."""
    found = []
    for package in packages:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def _field(path: str, name: str) -> str:
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")


def peak_mb() -> int:
    """Return the most memory this program has held; what its parent held when it forked is not counted."""
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return round(int(next(line for line in status if line.startswith("VmHWM")).split()[1]) / 1024)
