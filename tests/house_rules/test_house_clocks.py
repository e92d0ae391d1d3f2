"""No test reads a clock: a busy machine must not fail one. Tests count work; bars for times stand in ``bench``."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
# In text rather than in the syntax tree, for some tests write programs.
CLOCK = re.compile(
    r"\b(?:perf_counter|process_time|monotonic|thread_time|clock_gettime|timeit|SC_CLK_TCK|ru_[us]time)\b|"
    r"\b(?:perf_counter|process_time|monotonic|thread_time|time|clock_gettime)_ns\b|"
    r"\btime\.time\b|\bfrom time import\b[^\n]*\btime\b|\bos\.times\b"
)

# What a clock may tell an attacker can be measured with a clock alone: two worlds in the same run, never a limit.
MEASURING_LEAKS = {"property/test_property_non_interference.py"}


def clocks(source: str) -> list[str]:
    """Return the clocks that a test reads."""
    return CLOCK.findall(source)


def test_no_test_reads_a_clock() -> None:
    files = (path for path in TESTS.rglob("*.py") if path != Path(__file__))
    reading = {str(path.relative_to(TESTS)): clocks(path.read_text(encoding="utf-8")) for path in files}
    assert {name for name, names in reading.items() if names} == MEASURING_LEAKS, "Count work: tests/counted_work.py"


@pytest.mark.parametrize(
    "planted",
    [
        "began = time.perf_counter()",
        "from time import time",
        "time.time() - began < 3",
        "from time import process_time",
        "program = 'import time; print(time.process_time_ns())'",
        "resource.getrusage(resource.RUSAGE_SELF).ru_utime",
        "os.times().user",
        "ticks / os.sysconf('SC_CLK_TCK')",
        "import timeit",
    ],
)
def test_a_planted_clock_is_seen(planted: str) -> None:
    assert len(clocks(planted)) == 1


def test_waiting_and_time_limits_are_no_clock() -> None:
    assert clocks("import time\ntime.sleep(2.1)\nsubprocess.run(command, timeout=300)\nru_maxrss") == []
