"""Run functions in parallel threads. Compiled code and Arrow and NumPy readers release the interpreter lock.

Results come in the order of the functions, whichever ends first. An error in any of them is raised, and none is left
running.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TypeVar

First = TypeVar("First")
Second = TypeVar("Second")

THREADS = 2
_WORTH_A_THREAD = 1000


def both(
    left: Callable[[], First], right: Callable[[], Second], *, things: int = _WORTH_A_THREAD
) -> tuple[First, Second]:
    """Return the results of two functions. With few ``things`` to work on, starting a thread would cost more than it
    saves, and they run one after the other."""
    if things < _WORTH_A_THREAD:
        return left(), right()
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(right)
        first = left()
        return first, second.result()


def each_of(parts: Sequence[First], act: Callable[[First], Second], *, threads: int = THREADS) -> list[Second]:
    """Return the results of ``act`` on each of ``parts``, in at most ``threads`` threads."""
    if len(parts) < 2 or threads < 2:
        return [act(part) for part in parts]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(act, parts))


def spans(size: int, fewest: int = 20_000, each: int = 1) -> list[tuple[int, int]]:
    """Divide ``size`` rows into half-open spans: ``each`` for a thread, or one span for fewer than ``fewest`` rows."""
    count = THREADS * each if size >= fewest else 1
    return [*pairwise(size * cut // count for cut in range(count + 1))]
