"""Count work instead of reading a clock: the same number on every machine, however busy it is.

A clock belongs in ``bench/``; tests/house_rules/test_house_clocks.py keeps it there.
"""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from types import FrameType
from typing import Any


def python_steps(work: Callable[..., object], *arguments: object, **options: object) -> int:
    """Return how many lines of Python ``work`` of the arguments runs in this thread, each turn of a loop counted anew.

    Steps inside compiled code (arrays, regular expressions) do not count: bench/bars.py times those.
    """
    steps = 0

    def on_event(_frame: FrameType, event: str, _argument: Any) -> Callable[..., Any]:
        nonlocal steps
        steps += event == "line"
        return on_event

    before = sys.gettrace()
    sys.settrace(on_event)
    try:
        work(*arguments, **options)
    finally:
        sys.settrace(before)
    return steps


def peak_bytes(work: Callable[..., object], *arguments: object, **options: object) -> int:
    """Return the most memory, in bytes, that objects and arrays of ``work`` of the arguments take at one time."""
    tracemalloc.start()
    try:
        work(*arguments, **options)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
