"""Say how many shared things chance alone explains: the null with fixed degrees, stratified.

In: rows, each with how many distinct columns it has in each stratum; how often each column occurs in each stratum. Out:
probabilities, an interval, p- and q-values. Guaranteed: within a stratum each set of columns of a row's degree is as
likely as the product of the columns' weights (conditional Bernoulli; Chen & Liu 1997), the weights giving every column
its volume; q-values by Benjamini & Hochberg (1995). The count of independent, unequal chances is taken as a binomial of
the same mean and variance (Ehm 1991).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc

from traboule.analysis.columns import Flags, Floats, Ints

_ITERATIONS = 300
_CLOSE = 1e-9


def elementary(weights: Floats, most: int) -> Floats:
    """Return the elementary symmetric polynomials of degree 0 to ``most`` of the last axis of ``weights``."""
    out = np.zeros((*weights.shape[:-1], most + 1))
    out[..., 0] = 1.0
    for column in range(weights.shape[-1]):
        out[..., 1:] = out[..., 1:] + weights[..., column, None] * out[..., :-1]
    return out


def fit_weights(rows: Floats, columns: Floats) -> Floats:
    """Return the weights of the columns of each stratum that give each column its volume.

    ``rows``: stratum × degree, how many rows have that degree. ``columns``: stratum × column, how often it occurs.
    """
    most = rows.shape[1] - 1
    weights: Floats = np.where(columns > 0, columns, 0.0)
    weights = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1.0)
    remaining = ~np.eye(columns.shape[1], dtype=np.bool_)
    for _ in range(_ITERATIONS):
        of_all = elementary(weights, most)
        without = elementary(weights[:, None, :] * remaining, most)
        absent = np.divide(without, of_all[:, None, :], out=np.ones_like(without), where=of_all[:, None, :] > 0)
        expected = ((1.0 - absent) * rows[:, None, :]).sum(axis=2)
        ratio = np.divide(columns, expected, out=np.ones_like(columns), where=(expected > 0) & (columns > 0))
        weights = weights * np.minimum(ratio, 1e3)
        weights = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-300)
        if np.abs(ratio - 1.0).max(initial=0.0) < _CLOSE:
            break
    return weights


def absence(weights: Floats, excluded: Flags, most: int) -> Floats:
    """Return the probability that a row has none of a set of columns: stratum × set × degree.

    ``excluded``: set × column. A degree that the other columns cannot fill has probability 0.
    """
    of_all = elementary(weights, most)[:, None, :]
    without = elementary(weights[:, None, :] * ~excluded, most)
    absent: Floats = np.divide(without, of_all, out=np.zeros_like(without), where=of_all > 0)
    return absent


@dataclass(frozen=True, slots=True)
class ChanceCount:
    """What chance gives: mean and variance of a count, by cell."""

    expected: Floats
    variance: Floats

    def p_values(self, observed: Ints) -> Floats:
        """Return how likely chance gives ``observed`` or more."""
        return upper_tail(np.asarray(observed, dtype=np.float64), self.expected, self.variance)

    def interval(self, level: float = 0.95) -> tuple[Ints, Ints]:
        """Return the least and most that chance gives, leaving out at most ``(1 - level) / 2`` at either end."""
        aside = (1.0 - level) / 2.0
        reach = int(np.ceil(np.max(self.expected + 10.0 * np.sqrt(self.variance) + 10.0, initial=1.0)))
        low, high = np.zeros(len(self.expected), np.int64), np.zeros(len(self.expected), np.int64)
        for cell, (mean, variance) in enumerate(zip(self.expected.tolist(), self.variance.tolist(), strict=True)):
            first = max(int(mean - 10.0 * variance**0.5) - 1, 0)
            counts = np.arange(first, min(reach, int(mean + 10.0 * variance**0.5) + 12), dtype=np.float64)
            tail = upper_tail(counts, np.full(len(counts), mean), np.full(len(counts), variance))
            low[cell] = first + int((tail >= 1.0 - aside).sum()) - 1
            high[cell] = first + max(int((tail > aside).sum()) - 1, 0)
        return np.maximum(low, 0), high


def upper_tail(counts: Floats, mean: Floats, variance: Floats) -> Floats:
    """Return P(X ≥ count) of the binomial with this mean and variance; its number of trials need be no integer."""
    mean = np.maximum(mean, 1e-12)
    chance = np.clip(1.0 - variance / mean, 1e-12, 1.0 - 1e-12)
    trials = mean / chance
    after = trials - counts + 1.0
    inside = betainc(np.maximum(counts, 1e-12), np.maximum(after, 1e-12), chance)
    return np.where(counts <= 0, 1.0, np.where(after <= 0, 0.0, inside))


def q_values(p_values: Floats) -> Floats:
    """Return the q-values of all tests made (Benjamini & Hochberg)."""
    size = len(p_values)
    order = np.argsort(-p_values, kind="stable")
    scaled = p_values[order] * size / np.arange(size, 0, -1)
    out = np.empty(size)
    out[order] = np.minimum(np.minimum.accumulate(scaled), 1.0) if size else scaled
    return out


def curveball(incidence: Flags, draws: int, rng: np.random.Generator, *, sweeps: int = 4) -> list[Flags]:
    """Return draws of matrices with the same row and column sums (Strona et al. 2014), for the audit of the null.

    ``incidence``: row × column. Columns trade at random the rows that only one of the two has.
    """
    columns = np.ascontiguousarray(incidence.T)
    out = []
    for draw in range(draws + 1):
        for _ in range(sweeps if draw else 10 * sweeps):
            order = rng.permutation(len(columns))
            for left, right in zip(order[::2], order[1::2], strict=False):
                differing = np.flatnonzero(columns[left] ^ columns[right])
                own = int(columns[left, differing].sum())
                chosen = rng.permutation(len(differing)) < own
                columns[left, differing], columns[right, differing] = chosen, ~chosen
        if draw:
            out.append(columns.T.copy())
    return out
