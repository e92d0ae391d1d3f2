"""Calibrate the probabilities of links by an audit: the posterior of two parameters for each kind of pair.

In: log odds of audited pairs and what was judged of each. Out: a few equally likely calibrations, each an offset a and
a slope b for each kind of pair, by which log odds x become a + b·x. Guaranteed: the same counts give the same
calibrations; without an audited pair they are those of the prior, which is as wide as the errors measured where the
truth is known.

Probabilities were learned without a single judgement, so they may be too high or too low together, or all too sure.
Such an error does not cancel out as those of single links do. Judged pairs that were drawn at random show it: a pair is
judged a match with the chance expit(a + b·x), and the judge errs with a small chance of its own (Platt 1999 for the two
parameters, with a normal prior on both). Pairs of which both records give a birth date are calibrated apart from the
others, which are mostly far likelier than linkage says. The posterior is computed on a grid, not approximated.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import expit, gammaincinv

from traboule.figures.intervals.pairs import SOURCE_LEVEL, SOURCE_REJECTED, Reals, even_quantiles
from traboule.figures.resolved.columns import Ints

DATED, HALF_DATED = 0, 1  # Kinds of pairs: both records give a birth date, or one of them gives none.
# A judge's share of errors: values and their prior weights, with a mean of 3 %.
JUDGE_ERROR = 0.03
_JUDGE_ERRORS = (0.005, 0.015, 0.03, 0.05, 0.09)
_ERROR_WEIGHTS = (0.2, 0.3, 0.3, 0.15, 0.05)
# Matches among rejected pairs, for each that their probabilities promise: half a one where the model was learned on
# many other records, five where it was learned on the operation alone. A gamma prior of that shape and mean.
_REJECTED_SHAPE, _TRUE_OF_REJECTED = 1.0, 3.0
_PARTS = 5  # Parts of equal posterior probability into which slopes are divided; offsets likewise, given the slope.
LEVELS = _PARTS**2
_CELLS, _REACH, _PASSES = 41, 4.5, 3  # Cells of the grid along each axis; standard deviations that it reaches.


@dataclass(frozen=True, slots=True)
class Prior:
    """The normal prior of offset and slope: means and standard deviations."""

    offset: float
    offset_spread: float
    slope: float
    slope_spread: float


# For each kind of pair, over operations whose truth is known and whose models were learned on them alone, widened.
PRIORS = (Prior(0.3, 1.2, 1.2, 0.35), Prior(1.8, 1.4, 1.1, 0.35))


@dataclass(frozen=True, slots=True)
class AuditCounts:
    """Audited pairs of one kind by the step of their log odds (of 0.1): how many, and how many were judged a match."""

    step: tuple[int, ...] = ()
    pairs: tuple[int, ...] = ()
    matches: tuple[int, ...] = ()

    @classmethod
    def of(cls, step: Ints, is_match: Ints) -> AuditCounts:
        """Count audited pairs."""
        steps, place = np.unique(step, return_inverse=True)
        matches = np.bincount(place, weights=is_match, minlength=len(steps)).astype(np.int64)
        pairs = np.bincount(place, minlength=len(steps))
        return cls(tuple(steps.tolist()), tuple(pairs.tolist()), tuple(matches.tolist()))


@dataclass(frozen=True, slots=True)
class RejectedCounts:
    """Audited pairs below the threshold: how many, how many matches among them, and how many their probabilities
    promised (in thousandths).

    The matches among all rejected pairs are a multiple of what their probabilities promise; audited ones update the
    gamma prior of that multiple.
    """

    pairs: int = 0
    matches: int = 0
    promised: int = 0

    def simulate(self, draws: int) -> Reals:
        """Return the multiple in each draw."""
        return self._quantile(even_quantiles(SOURCE_REJECTED, draws))

    def at_most(self) -> float:
        """Return the multiple that is exceeded in one of two hundred cases."""
        return float(self._quantile(np.array([0.995]))[0])

    def _quantile(self, chance: Reals) -> Reals:
        rate = _REJECTED_SHAPE / _TRUE_OF_REJECTED + self.promised / 1000
        return np.asarray(gammaincinv(_REJECTED_SHAPE + self.matches, chance) / rate)


@dataclass(frozen=True, slots=True)
class AuditEvidence:
    """What the audit says: of each kind of pair, and of pairs below the threshold."""

    kinds: tuple[AuditCounts, AuditCounts] = (AuditCounts(), AuditCounts())
    rejected: RejectedCounts = RejectedCounts()

    @property
    def judged(self) -> int:
        """Return the number of audited pairs above the threshold."""
        return sum(sum(counts.pairs) for counts in self.kinds)

    def calibrations(self, step: float) -> Calibrations:
        """Return the equally likely calibrations; ``step`` is that of the log odds."""
        both = [_posterior_points(prior, counts, step) for prior, counts in zip(PRIORS, self.kinds, strict=True)]
        # What is unknown of one kind says nothing of the other: the points of one are taken in an order of its own.
        order = np.argsort(even_quantiles(SOURCE_LEVEL, LEVELS), kind="stable")
        points = np.stack([both[0], both[1][order]], axis=1)
        return Calibrations(points[:, :, 0], points[:, :, 1])


@dataclass(frozen=True, slots=True)
class Calibrations:
    """Equally likely calibrations (calibrations × kinds of pairs)."""

    offset: Reals
    slope: Reals

    def odds(self, level: int, odds: Reals, kind: Ints) -> Reals:
        """Return calibrated log odds of pairs."""
        return np.asarray(self.offset[level][kind] + self.slope[level][kind] * odds)


def levels(draws: int) -> Ints:
    """Return which calibration each draw has: all are drawn equally often."""
    return np.arange(draws, dtype=np.int64) % LEVELS


@lru_cache(maxsize=64)
def _posterior_points(prior: Prior, counts: AuditCounts, step: float) -> Reals:
    """Return equally likely offsets and slopes (points × 2)."""
    centre, spread = (prior.offset, prior.slope), (prior.offset_spread, prior.slope_spread)
    for _ in range(_PASSES):
        offset, slope = (
            mean + deviation * np.linspace(-_REACH, _REACH, _CELLS)
            for mean, deviation in zip(centre, spread, strict=True)
        )
        weight = _posterior(prior, counts, (offset, slope), step)
        by_axis = weight.sum(axis=1), weight.sum(axis=0)
        centre = float(by_axis[0] @ offset), float(by_axis[1] @ slope)
        spread = (
            max(float(np.sqrt(by_axis[0] @ (offset - centre[0]) ** 2)), 1e-3),
            max(float(np.sqrt(by_axis[1] @ (slope - centre[1]) ** 2)), 1e-3),
        )
    return _points(weight, offset, slope)


def _posterior(prior: Prior, counts: AuditCounts, axes: tuple[Reals, Reals], step: float) -> Reals:
    """Return the weight of each cell (offsets × slopes), adding up to one."""
    offset, slope = axes
    log_weight = -0.5 * (
        ((offset - prior.offset) / prior.offset_spread)[:, None] ** 2
        + ((slope - prior.slope) / prior.slope_spread)[None, :] ** 2
    )
    if counts.step:
        odds = step * np.array(counts.step, dtype=np.float64)
        pairs, matches = (np.array(values, dtype=np.float64) for values in (counts.pairs, counts.matches))
        chance = expit(offset[:, None, None] + slope[None, :, None] * odds)
        fit = np.full(log_weight.shape, -np.inf)
        for error, share in zip(_JUDGE_ERRORS, _ERROR_WEIGHTS, strict=True):
            judged = error + (1 - 2 * error) * chance
            log_likelihood = np.log(judged) @ matches + np.log1p(-judged) @ (pairs - matches)
            fit = np.logaddexp(fit, log_likelihood + np.log(share))
        log_weight += fit
    weight = np.exp(log_weight - log_weight.max())
    weight[:, slope < 0] = 0.0  # Whatever is likelier by linkage is likelier.
    return np.asarray(weight / weight.sum())


def _points(weight: Reals, offset: Reals, slope: Reals) -> Reals:
    """Return points of equal weight: a slope for each equal part of its posterior, and offsets given that part."""
    reach = np.concatenate([[0.0], np.cumsum(weight.sum(axis=0))])
    ends = np.linspace(0, 1, _PARTS + 1)
    # How much of the probability of each part lies in each column of the grid.
    inside = np.clip(np.minimum(reach[1:], ends[1:, None]) - np.maximum(reach[:-1], ends[:-1, None]), 0.0, None)
    inside /= inside.sum(axis=1, keepdims=True)
    given_slope = weight / np.maximum(weight.sum(axis=0), 1e-300)
    half = (offset[1] - offset[0]) / 2
    points = np.empty((LEVELS, 2))
    for part in range(_PARTS):
        # The quantiles of the parts lie between each other, so that together they are even as well.
        chance = (np.arange(_PARTS) + ((2 * part) % _PARTS + 0.5) / _PARTS) / _PARTS
        reached = np.concatenate([[0.0], np.cumsum(given_slope @ inside[part])])
        chosen = slice(part * _PARTS, (part + 1) * _PARTS)
        points[chosen, 0] = np.interp(chance, reached / reached[-1], np.append(offset - half, offset[-1] + half))
        points[chosen, 1] = inside[part] @ slope
    return points
