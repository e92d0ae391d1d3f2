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
    """Return what two acts return; one is done after the other where they are about so few ``things`` that a thread
    would take longer to begin than they to end."""
    if things < _WORTH_A_THREAD:
        return left(), right()
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(right)
        first = left()
        return first, second.result()


def each_of(parts: Sequence[First], act: Callable[[First], Second], *, threads: int = THREADS) -> list[Second]:
    """Return what ``act`` returns for each of ``parts``, on at most so many threads."""
    if len(parts) < 2 or threads < 2:
        return [act(part) for part in parts]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(act, parts))


def spans(size: int, fewest: int = 20_000, each: int = 1) -> list[tuple[int, int]]:
    """Return ``size`` places divided into spans (first, below): ``each`` for a thread, or one where they are fewer than
    ``fewest``."""
    count = THREADS * each if size >= fewest else 1
    return [*pairwise(size * cut // count for cut in range(count + 1))]
