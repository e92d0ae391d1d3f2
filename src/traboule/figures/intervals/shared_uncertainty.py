"""Give every draw its own quantiles of the unknowns that all links share.

In: a number of draws. Out: for each unknown evenly spread quantiles, one for each draw. Guaranteed: the same in every
operation and every run; the quantiles of two unknowns are in orders that have nothing to do with each other.

The unknowns: the calibration of the probabilities, the rate of missed links, the shares of false
automatic links and of matches among rejected pairs.
"""

from __future__ import annotations

import numpy as np

from traboule.figures.intervals.pairs import Reals, uniform

SOURCE_LEVEL, SOURCE_RECALL, SOURCE_JOINED, SOURCE_MISSED, SOURCE_CERTAIN, SOURCE_REJECTED = range(6)


def even_quantiles(of: int, draws: int) -> Reals:
    """Return evenly spread quantiles in (0, 1), one for each draw, in an order that depends on ``of`` alone."""
    hashes = uniform(np.full(draws, of, dtype=np.uint64), np.arange(draws, dtype=np.int64), 0)
    rank = np.empty(draws)
    rank[np.argsort(hashes, kind="stable")] = np.arange(draws)
    return (rank + 0.5) / draws
