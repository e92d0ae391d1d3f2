"""Two acts side by side, on two threads: what reads arrow columns and arrays holds no lock while it runs.

In come acts; out go their results. It promises: an error in either act is raised; neither is left running.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

One = TypeVar("One")
Other = TypeVar("Other")


def both(one: Callable[[], One], other: Callable[[], Other], *, beside: bool = True) -> tuple[One, Other]:
    """Return what two acts return, done side by side; one after the other if not ``beside``, where both are short."""
    if not beside:
        return one(), other()
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(other)
        first = one()
        return first, second.result()
