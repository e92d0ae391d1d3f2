"""Report a model for a person to read: every level with m, u and weight, and where each number comes from.

In: a model. Out: one line for each level of each comparison, in the order in which they are declared. Guaranteed: the
report names nobody, because a model does not; a number counts as a default where it is the declared one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from traboule.linkage.weights.comparisons import COMPARISONS
from traboule.linkage.weights.model import LinkModel, declared_model

TRAINED = "trained"  # By expectation maximisation, or from a sample of random pairs.
COUNTED = "counted"  # Over all records: what a sample never meets.
GIVEN = "given"  # Fitted beforehand on synthetic truth, and the same for every operation.
DEFAULT = "default"  # As declared in the program: the records did not show it.
SOURCES = (TRAINED, COUNTED, GIVEN, DEFAULT)
_AS_DECLARED = 1e-4  # The relative difference up to which a number is the declared one; a model holds six digits.


@dataclass(frozen=True, slots=True)
class LevelReport:
    """One level: its shares, its weight in bits, and the sources of ``m`` and ``u``.

    ``label``: an entry of ``words.yaml``. ``varies``: rare values weigh more at this level and common ones less, so
    that ``bits`` is its average.
    """

    comparison: str
    level: int
    label: str
    m: float
    u: float
    bits: float
    m_source: str
    u_source: str
    varies: bool


def level_reports(fitted: LinkModel) -> tuple[LevelReport, ...]:
    """Return one line for each level of each comparison."""
    return tuple(_reports(fitted, declared_model()))


def _reports(fitted: LinkModel, declared: LinkModel) -> Iterable[LevelReport]:
    for comparison in COMPARISONS:
        shares, believed = fitted.levels[comparison.name], declared.levels[comparison.name]
        is_m_declared = all(_is_near(shares[level.value].m, believed[level.value].m) for level in comparison.levels)
        for level in comparison.levels:
            share = shares[level.value]
            measured = COUNTED if level.is_counted else TRAINED
            yield LevelReport(
                comparison=comparison.name,
                level=level.value,
                label=level.label,
                m=share.m,
                u=share.u,
                bits=share.bits,
                m_source=DEFAULT if is_m_declared else TRAINED,
                u_source=DEFAULT if _is_near(share.u, believed[level.value].u) else measured,
                varies=bool(level.frequency),
            )


def prior_source(fitted: LinkModel) -> str:
    """Return where the prior of a model comes from."""
    return DEFAULT if _is_near(fitted.prior, declared_model().prior) else TRAINED


def prior_bits(fitted: LinkModel) -> float:
    """Return the prior as a weight: the log2 odds that two random records match."""
    return math.log2(fitted.prior / (1.0 - fitted.prior))


def _is_near(left: float, right: float) -> bool:
    return math.isclose(left, right, rel_tol=_AS_DECLARED)
