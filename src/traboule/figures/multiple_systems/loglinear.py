"""Fit log-linear models to an overlap table, select among them, and estimate the unobserved cell.

In: the counts by pattern of lists. Out: for each model its deviance, its AIC and BIC, and the unseen.
Guaranteed: Poisson models by iterated weighted least squares (McCullagh and Nelder 1989); all main effects, with
interactions of two lists added as long as the criterion falls (Bishop, Fienberg and Holland 1975); a model whose unseen
cell the counts do not determine is discarded.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Pair = tuple[int, int]

_ROUNDS, _CONVERGED = 60, 1e-9
_FLATTEST, _WIDEST = 1e-10, 12.0  # Reciprocal condition of the information; log of the unseen over the seen.


@dataclass(frozen=True, slots=True)
class LogLinearModel:
    """One fitted model: pairs of lists that depend on each other; ``unseen`` is the empty pattern's mean."""

    pairs: tuple[Pair, ...]
    unseen: float
    deviance: float
    likelihood: float
    parameters: int
    fitted: Reals

    def criterion(self, seen: float, *, bayesian: bool) -> float:
        """Return BIC, or AIC: less is better. BIC's sample is the persons seen."""
        penalty = np.log(max(seen, 2.0)) if bayesian else 2.0
        return float(penalty * self.parameters - 2 * self.likelihood)


def design(lists: int, pairs: tuple[Pair, ...]) -> Reals:
    """Return a row for each pattern, the empty one first: a constant, each list, each pair."""
    pattern = np.arange(1 << lists)
    on = (pattern[:, None] >> np.arange(lists) & 1).astype(np.float64)
    return np.column_stack([np.ones(len(pattern)), on, *(on[:, a] * on[:, b] for a, b in pairs)])


def fit(counts: Reals, lists: int, pairs: tuple[Pair, ...]) -> LogLinearModel | None:
    """Fit one model to ``counts`` (by pattern, the empty one not read); None where they do not determine it."""
    full_design = design(lists, pairs)
    rows: Reals = full_design[1:]
    seen: Reals = counts[1:]
    if rows.shape[1] > len(seen) or any(not _support(counts, a, b) for a, b in pairs):
        return None
    mean: Reals = np.asarray(seen + 0.5, dtype=np.float64)
    beta: Reals = np.zeros(rows.shape[1])
    for _ in range(_ROUNDS):
        working = np.log(mean) + (seen - mean) / mean
        information = rows.T @ (rows * mean[:, None])
        if np.linalg.cond(information) > 1 / _FLATTEST:
            return None
        fresh = np.asarray(np.linalg.solve(information, rows.T @ (mean * working)), dtype=np.float64)
        step = float(np.abs(fresh - beta).max())
        beta = fresh
        mean = np.asarray(np.exp(np.clip(rows @ beta, -30.0, 30.0)), dtype=np.float64)
        if step < _CONVERGED:
            break
    if not np.isfinite(beta).all() or beta[0] > np.log(max(seen.sum(), 1.0)) + _WIDEST:
        return None
    filled = np.where(seen > 0, seen * np.log(np.where(seen > 0, seen, 1.0) / mean), 0.0)
    likelihood = float((seen * np.log(mean) - mean).sum())
    return LogLinearModel(
        pairs, float(np.exp(beta[0])), float(2 * (filled - seen + mean).sum()), likelihood, len(beta), mean
    )


def _support(counts: Reals, a: int, b: int) -> bool:
    """Tell whether anybody stands on both lists: without, their dependence has no estimate."""
    pattern = np.arange(len(counts))
    return bool(counts[(pattern >> a & 1 == 1) & (pattern >> b & 1 == 1)].sum() > 0)


def stepwise_models(counts: Reals, lists: int, *, bayesian: bool = True) -> list[LogLinearModel]:
    """Return the models of a stepwise search, best first: from independence, adding the best pair of lists at each
    step.
    """
    current = fit(counts, lists, ())
    if current is None:
        return []
    seen = float(counts[1:].sum())
    path = [current]
    every = list(itertools.combinations(range(lists), 2))
    while True:
        further = [tuple(sorted((*current.pairs, pair))) for pair in every if pair not in current.pairs]
        models = [model for pairs in further if (model := fit(counts, lists, pairs)) is not None]
        best = min(models, key=lambda model: (model.criterion(seen, bayesian=bayesian), model.pairs), default=None)
        if best is None or best.criterion(seen, bayesian=bayesian) >= current.criterion(seen, bayesian=bayesian):
            return path[::-1]
        path.append(best)
        current = best
