"""Acts side by side, on threads: compiled code and what reads arrow columns and arrays hold no lock while they run.

In come acts; out go their results, in the order of the acts, whatever ended first. It promises: an error in any act is
raised; none is left running.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TypeVar

One = TypeVar("One")
Other = TypeVar("Other")

THREADS = 2
_WORTH_A_THREAD = 1000


def both(one: Callable[[], One], other: Callable[[], Other], *, things: int = _WORTH_A_THREAD) -> tuple[One, Other]:
    """Return what two acts return; one is done after the other where they are about so few ``things`` that a thread
    would take longer to begin than they to end."""
    if things < _WORTH_A_THREAD:
        return one(), other()
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(other)
        first = one()
        return first, second.result()


def each_of(parts: Sequence[One], act: Callable[[One], Other], *, threads: int = THREADS) -> list[Other]:
    """Return what ``act`` returns for each of ``parts``, on at most so many threads."""
    if len(parts) < 2 or threads < 2:
        return [act(part) for part in parts]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(act, parts))


def spans(size: int, fewest: int = 20_000, each: int = 1) -> list[tuple[int, int]]:
    """Return ``size`` places divided into spans (first, below): ``each`` for a thread, or one where they are fewer than
    ``fewest``."""
    many = THREADS * each if size >= fewest else 1
    return [*pairwise(size * cut // many for cut in range(many + 1))]
