"""A room served by a process of its own, over a demo, with the memory that its processes hold.

In: a data folder with a demo, or none. Out: its address, its process, its accounts.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.children import ROOT
from bench.demo import family, held_kilobytes

COMMAND = (sys.executable, "-m", "traboule.cli.main")


@dataclass(frozen=True, slots=True)
class Room:
    """A room that is served: where, and by which process."""

    url: str
    process: int


@contextmanager
def served(data: Path, *options: str) -> Iterator[Room]:
    """Serve the demo that lies in ``data`` by a process of its own."""
    command = [*COMMAND, "serve", "--port", "0", "--data", str(data), "--json", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as serving:
        try:
            first = next(iter(serving.stdout or ()))
            yield Room(json.loads(first)["url"], serving.pid)
        finally:
            serving.terminate()
            serving.wait(timeout=60)


@contextmanager
def demonstrated(data: Path | None, persons: int) -> Iterator[Path]:
    """Give ``data``, or a folder in which a demo of about ``persons`` persons was run until its links are judged."""
    if data is not None:
        yield data
        return
    with tempfile.TemporaryDirectory(prefix="traboule-bench-load-") as folder:
        Path(folder).chmod(0o755)  # The database's user must be able to pass through.
        place = ["--data", f"{folder}/data", "--out", f"{folder}/out", "--json"]
        demo = [*COMMAND, "demo", "--running", "--persons", str(persons), "--no-serve", *place]
        subprocess.run(demo, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
        yield Path(folder, "data")


@dataclass
class MemorySamples:
    """What a process and all below it held, in MB, sampled every ``pause`` seconds."""

    process: int
    pause: float = 1.0
    samples: list[float] = field(default_factory=list)

    @contextmanager
    def sampling(self) -> Iterator[MemorySamples]:
        """Sample while the block runs."""
        ended = threading.Event()

        def sample() -> None:
            while not ended.is_set():
                self.samples.append(held_kilobytes(family(self.process)) / 1024)
                ended.wait(self.pause)

        thread = threading.Thread(target=sample, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            ended.set()
            thread.join()

    def peak(self) -> int:
        """Return the most that was held."""
        return round(max(self.samples, default=0.0))

    def growth(self) -> int:
        """Return by how much the mean of the last fifth exceeds that of the second fifth, when all is warm."""
        fifth = max(len(self.samples) // 5, 1)
        warm, last = self.samples[fifth : 2 * fifth], self.samples[-fifth:]
        return round(sum(last) / len(last) - sum(warm) / len(warm)) if warm else 0


def seconds_since(begun: float) -> float:
    """Return the seconds since the instant ``begun`` of the clock that only goes forward."""
    return time.perf_counter() - begun
