"""Estimate the persons on no list, with an interval and warnings.

In: an overlap table. Out: the estimate, the models weighed, warnings. Method: multiple systems
estimation (Bales, Hesketh and Silverman 2015). The estimate is never a figure.

It is refused where the assumptions would say more than the table: few persons on two lists (Silverman 2020), lists that
are mostly one made of many small ones, whose members have no chance in common (Whitehead et al. 2021), or several times
as many unseen as seen, which small errors of linkage move as they like (Binette and Steorts 2022).
Guaranteed: model choice is part of the interval, since each bootstrap table selects its own model (parametric
bootstrap, seeded from the table itself); where the table cannot carry an estimate there is none, and the warnings say
why.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from traboule.core.language.messages import catalogue, fill
from traboule.core.language.numbers import numbered
from traboule.figures.multiple_systems.loglinear import LogLinearModel, Reals, stepwise_models
from traboule.figures.multiple_systems.overlap import OTHER_LISTS, Overlap

SAMPLES = 400
SURE = 0.95
_FEW_SHARED, _FEW_IN_CELL, _FEW_LISTS = 10, 5, 3
_MOSTLY_MERGED = 0.5  # Share of those seen who stand on the list into which the smallest were merged.
_FARTHEST = 5  # Times as many unseen as seen; published studies of trafficking stay below.


@dataclass(frozen=True, slots=True)
class Warned:
    """A reason to doubt, by code; its sentence stands in ``words/unseen.yaml``."""

    code: str
    values: dict[str, int | str]

    def sentence(self, language: str) -> str:
        """Return the warning in a language."""
        return fill(
            catalogue("traboule.figures", "words/unseen.yaml")[self.code], language, numbered(self.values, language)
        )


@dataclass(frozen=True, slots=True)
class Unseen:
    """``seen`` persons on any list; ``unseen`` the estimate of those on none with a 95 % interval, None where the table
    carries none. ``pairs`` are the dependences in the model chosen.
    """

    overlap: Overlap
    seen: int
    unseen: int | None
    low: int | None
    high: int | None
    pairs: tuple[tuple[str, str], ...]
    models: int
    warnings: tuple[Warned, ...]

    def to_data(self) -> dict[str, Any]:
        """Return plain data."""
        return {**asdict(self), "overlap": self.overlap.to_data()}


def unseen(table: Overlap, *, bayesian: bool = True, samples: int = SAMPLES) -> Unseen:
    """Estimate those who stand on no list, from ``table``; BIC chooses the model, or AIC."""
    counts = np.asarray(table.counts, dtype=np.float64)
    lists = len(table.lists)
    models = stepwise_models(counts, lists, bayesian=bayesian) if lists >= 2 and table.shared() else []
    warnings = _warnings(table, models)
    if not models:
        return Unseen(table, table.seen, None, None, None, (), 0, (*warnings, Warned("unseen-no-estimate", {})))
    best = models[0]
    if refusals := _refusals(table, best):
        return Unseen(table, table.seen, None, None, None, (), 0, (*warnings, *refusals))
    low, high = _interval(best, lists, table, (bayesian, samples))
    dependent_lists = tuple((table.lists[a], table.lists[b]) for a, b in best.pairs)
    return Unseen(table, table.seen, round(best.unseen), low, high, dependent_lists, len(models), warnings)


def _refusals(table: Overlap, best: LogLinearModel) -> tuple[Warned, ...]:
    """Return why no estimate is given although a model fits."""
    refusals = []
    if table.shared() < _FEW_SHARED:
        refusals.append(Warned("unseen-refused-shared", {"least": _FEW_SHARED}))
    merged = table.on(OTHER_LISTS)
    if merged > _MOSTLY_MERGED * table.seen:
        refusals.append(Warned("unseen-refused-merged", {"merged": merged, "seen": table.seen}))
    if best.unseen > _FARTHEST * table.seen:
        refusals.append(Warned("unseen-refused-far", {"times": _FARTHEST}))
    return tuple(refusals)


def _interval(best: LogLinearModel, lists: int, table: Overlap, how: tuple[bool, int]) -> tuple[int, int]:
    """Draw tables as the model chosen would give them, estimate each anew, model choice included; take the middle."""
    bayesian, samples = how
    digest = hashlib.sha256(json.dumps(table.to_data(), sort_keys=True).encode()).digest()
    random = np.random.Generator(np.random.PCG64(int.from_bytes(digest[:8], "big")))
    everyone = random.poisson(best.unseen + best.fitted.sum(), samples)
    share = np.concatenate([[best.unseen], best.fitted])
    bootstrap_tables = random.multinomial(everyone, share / share.sum())
    log_errors = []
    for value in bootstrap_tables:
        counts: Reals = value.astype(np.float64)
        models = stepwise_models(np.concatenate([[0.0], counts[1:]]), lists, bayesian=bayesian)
        if models:
            # What was not on any list in this draw is known; the error of the estimate is what carries over.
            log_errors.append(np.log(max(models[0].unseen, 0.5)) - np.log(max(counts[0], 0.5)))
    tail = (1 - SURE) / 2
    ends = np.quantile(log_errors, (1 - tail, tail)) if log_errors else np.zeros(2)
    low, high = (best.unseen / np.exp(value) for value in ends)
    return int(np.floor(low)), int(np.ceil(high))


def _warnings(table: Overlap, models: Sequence[LogLinearModel]) -> tuple[Warned, ...]:
    warnings = []
    lists, shared = len(table.lists), table.shared()
    if lists < _FEW_LISTS:
        warnings.append(Warned("unseen-few-lists", {"lists": lists}))
    if shared < _FEW_SHARED:
        warnings.append(Warned("unseen-few-shared", {"shared": shared}))
    sparse = sum(0 <= count < _FEW_IN_CELL for pattern, count in enumerate(table.counts) if pattern)
    if sparse * 2 > len(table.counts) - 1:
        warnings.append(Warned("unseen-sparse", {"cells": sparse, "all": len(table.counts) - 1}))
    if models and models[0].pairs:
        warnings.append(Warned("unseen-dependent", {"pairs": len(models[0].pairs)}))
    degrees_of_freedom = len(table.counts) - 1 - (models[0].parameters if models else 0)
    if (
        models
        and degrees_of_freedom > 0
        and models[0].deviance > degrees_of_freedom + 3 * (2 * degrees_of_freedom) ** 0.5
    ):
        warnings.append(Warned("unseen-poor-fit", {"deviance": round(models[0].deviance), "free": degrees_of_freedom}))
    warnings += [Warned("unseen-referral", {}), Warned("unseen-joint", {})]
    return tuple(warnings)
