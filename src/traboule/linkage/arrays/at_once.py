"""Work in several parts at once, on threads: compiled code and arrow columns hold no lock while they run.

In come acts; out go their results, in the order of the acts, whatever ended first. It promises: an error in any act is
raised.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TypeVar

import numpy as np

from traboule.linkage.arrays.compiled import THREADS

One = TypeVar("One")
Other = TypeVar("Other")

_WORTH_A_THREAD = 20_000  # Pairs.


def each_of(parts: Sequence[One], act: Callable[[One], Other], *, threads: int = THREADS) -> list[Other]:
    """Return what ``act`` returns for each of ``parts``, on at most so many threads."""
    if len(parts) < 2 or threads < 2:
        return [act(part) for part in parts]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(act, parts))


def spans(size: int, fewest: int = _WORTH_A_THREAD) -> list[tuple[int, int]]:
    """Return ``size`` places divided into spans (first, below), as many as there are threads, or one where they are
    fewer than ``fewest``."""
    cuts = np.linspace(0, size, (THREADS if size >= fewest else 1) + 1).astype(np.int64).tolist()
    return [*pairwise(cuts)]
