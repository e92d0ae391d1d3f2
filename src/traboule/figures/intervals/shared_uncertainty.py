"""Model the uncertainty that all link probabilities share: their calibration may be off together.

In: a number of draws. Out: for each draw by how much all log odds are too low, and evenly spread quantiles for the
other shared unknowns. Guaranteed: the same in every operation and every run.

Probabilities are calibrated on other populations than the one at hand, and an error of calibration affects all of them:
it does not cancel out as errors of single links do. Measured with eight models on populations in many scripts on which
they were not fitted, the log odds of open links were 0.1 to 0.4 too low taken together; on records with documents 0.2
too high. They spread by 0.2 about their mean, which is not subtracted: an operation's own may lie on either side.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from traboule.figures.intervals.pairs import Reals, uniform

SHIFT = 0.2  # Standard deviation of the log odds.
SOURCE_SHIFT, SOURCE_RECALL, SOURCE_JOINED, SOURCE_MISSED = range(4)


def even_quantiles(of: int, draws: int) -> Reals:
    """Return evenly spread quantiles in (0, 1), one for each draw, in an order that depends on ``of`` alone."""
    hashes = uniform(np.full(draws, of, dtype=np.uint64), np.arange(draws, dtype=np.int64), 0)
    rank = np.empty(draws)
    rank[np.argsort(hashes, kind="stable")] = np.arange(draws)
    return (rank + 0.5) / draws


def shift(draws: int) -> Reals:
    """Return what to add to all log odds in each draw."""
    return np.asarray(SHIFT * ndtri(even_quantiles(SOURCE_SHIFT, draws)))
