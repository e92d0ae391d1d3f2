"""The measure of chance: p-values that are uniform where chance alone is at work, and an audit by curveball."""

from __future__ import annotations

import numpy as np
from scipy.stats import kstest

from traboule.analysis.chance import ChanceCount, absence, curveball, fit_weights, q_values, upper_tail

DRAWS = 1_000


def world(seed: int, rows: int = 4_000, columns: int = 12) -> np.ndarray:
    """Return which row has which column: unequal columns, rows of one to four."""
    rng = np.random.default_rng(seed)
    weights = rng.pareto(1.5, columns) + 0.2
    degree = rng.choice([1, 2, 3, 4], size=rows, p=[0.5, 0.3, 0.15, 0.05])
    keys = rng.gumbel(size=(rows, columns)) + np.log(weights)
    rank = np.argsort(np.argsort(-keys, axis=1), axis=1)
    return rank < degree[:, None]


def fitted(incidence: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the weights of the columns, how many rows have each degree, and the degrees."""
    degree = incidence.sum(axis=1)
    rows = np.bincount(degree).astype(np.float64)[None]
    return fit_weights(rows, incidence.sum(axis=0).astype(np.float64)[None]), rows, degree


def pair_chances(incidence: np.ndarray, left: int, right: int) -> np.ndarray:
    """Return for each row the chance that it has both columns."""
    weights, rows, degree = fitted(incidence)
    places = np.arange(incidence.shape[1])
    excluded = np.array([places == left, places == right, (places == left) | (places == right)])
    none = absence(weights, excluded, rows.shape[1] - 1)[0]
    return (1.0 - none[0] - none[1] + none[2])[degree]


def test_the_weights_give_every_column_its_volume() -> None:
    incidence = world(1)
    weights, rows, degree = fitted(incidence)
    none = absence(weights, np.eye(incidence.shape[1], dtype=bool), rows.shape[1] - 1)[0]
    assert np.allclose((1.0 - none)[:, degree].sum(axis=1), incidence.sum(axis=0), rtol=1e-6)


def test_p_values_are_uniform_under_the_null() -> None:
    """Kolmogorov–Smirnov over 1,000 draws; a count is discrete, so each p is drawn between P(X > x) and P(X ≥ x)."""
    rng = np.random.default_rng(20240929)
    incidence = world(2)
    chances = pair_chances(incidence, 3, 7)
    mean, variance = np.full(DRAWS, chances.sum()), np.full(DRAWS, (chances * (1.0 - chances)).sum())
    counts = (rng.random((DRAWS, len(chances))) < chances).sum(axis=1).astype(np.float64)
    above, from_there = upper_tail(counts + 1.0, mean, variance), upper_tail(counts, mean, variance)
    assert kstest(above + rng.random(DRAWS) * (from_there - above), "uniform").pvalue > 0.01


def test_curveball_draws_agree_with_the_closed_form() -> None:
    """Draws that keep both sums exactly have the same mean, and spread a little less: the measure errs to caution."""
    incidence = world(3, rows=1_500, columns=8)
    draws = curveball(incidence, 200, np.random.default_rng(5))
    assert all((draw.sum(axis=0) == incidence.sum(axis=0)).all() for draw in draws)
    assert all((draw.sum(axis=1) == incidence.sum(axis=1)).all() for draw in draws)
    for left, right in ((0, 1), (2, 5), (6, 7)):
        chances = pair_chances(incidence, left, right)
        counts = np.array([(draw[:, left] & draw[:, right]).sum() for draw in draws])
        expected, deviation = chances.sum(), np.sqrt((chances * (1.0 - chances)).sum())
        assert abs(counts.mean() - expected) < 4 * deviation / np.sqrt(len(draws))
        assert 0.5 < counts.std() / deviation < 1.15


def test_the_interval_leaves_out_as_little_as_it_says() -> None:
    chance = ChanceCount(np.array([0.0, 0.4, 12.0, 400.0]), np.array([0.0, 0.3, 9.0, 200.0]))
    low, high = chance.interval()
    assert low.tolist()[:2] == [0, 0]
    assert high[0] == 0
    assert 12 - 7 < low[2] < 12 < high[2] < 12 + 7
    assert 400 - 30 < low[3] < 400 < high[3] < 400 + 30


def test_q_values_follow_benjamini_and_hochberg() -> None:
    assert np.allclose(q_values(np.array([0.01, 0.04, 0.03, 0.5])), [0.04, 0.16 / 3, 0.16 / 3, 0.5])
    assert q_values(np.zeros(0)).tolist() == []
