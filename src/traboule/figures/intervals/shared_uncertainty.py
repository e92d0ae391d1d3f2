"""What all probabilities have in common: that they may be off together.

Comes in: a number of worlds. Goes out: for each world by how much all log odds lie too low, and numbers that decide
what else is in doubt. Promises: the same in every operation and every run.

Probabilities are calibrated on other populations than the one at hand, and what is wrong with them is wrong with all
of them: the errors do not cancel out as those of single links do. Measured with eight models on populations in many
scripts that they were not fitted on, the log odds of open links lay 0.1 to 0.4 too low taken together; on records with
papers 0.2 too high. They spread by 0.2 about their mean, which is not taken off: an operation's own may lie either way.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from traboule.figures.intervals.pairs import Reals, uniform

SHIFT = 0.2  # Standard deviation of the log odds.
LUCK_SHIFT, LUCK_RECALL, LUCK_JOINED, LUCK_MISSED = range(4)


def luck(of: int, worlds: int) -> Reals:
    """Return a number between 0 and 1 for each world, as evenly spread as there are worlds."""
    drawn = uniform(np.full(worlds, of, dtype=np.uint64), np.arange(worlds, dtype=np.int64), 0)
    rank = np.empty(worlds)
    rank[np.argsort(drawn, kind="stable")] = np.arange(worlds)
    return (rank + 0.5) / worlds


def shift(worlds: int) -> Reals:
    """Return what to add to all log odds in each world."""
    return np.asarray(SHIFT * ndtri(luck(LUCK_SHIFT, worlds)))
