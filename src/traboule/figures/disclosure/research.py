"""Research export: a synthetic table with differential privacy, by OpenDP. Needs the extra ``research``.

In: coded persons, one row each; the possible codes; the privacy loss (epsilon). Out: synthetic rows, which describe
nobody, and the guarantee in words. Guaranteed: for any person, the table is nearly as likely with that person as
without, within the stated factor, whatever a reader knows already. No released figure comes from here. The noise comes
from the system's secure source and has no seed, so an export is stored and cannot be reproduced.

Only a request for an export imports this module. Method: a histogram over all combinations of codes with discrete
Laplace noise (C. Dwork and A. Roth, The Algorithmic Foundations of Differential Privacy, 2014, section 3.3).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import opendp.prelude as dp

from traboule.core.errors import Invalid, Refused
from traboule.core.language.messages import catalogue, fill

# Beyond this many combinations of codes nearly all cells are noise.
MOST_COMBINATIONS = 100_000
# Above this the guaranteed factor is too large to mean anything.
MOST_EPSILON = 5.0


@dataclass(frozen=True, slots=True)
class Synthetic:
    """A synthetic table. ``rows`` describe nobody; ``epsilon``: privacy loss; ``least``: the smallest count kept."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    epsilon: float
    least: int

    def guarantee(self, language: str) -> str:
        """Return the guarantee, and its limits, in words."""
        # Rounded up: the promise must never be smaller than the truth.
        factor = math.ceil(math.exp(self.epsilon) * 100) / 100
        words = catalogue("traboule.figures.disclosure", "words.yaml")["guarantee"]
        return fill(words, language, {"epsilon": f"{self.epsilon:g}", "factor": f"{factor:g}", "least": self.least})


def synthesise(
    persons: Sequence[Mapping[str, str]],
    columns: Mapping[str, Sequence[str]],
    *,
    epsilon: float,
    spent: float = 0.0,
    budget: float = MOST_EPSILON,
) -> Synthetic:
    """Return a synthetic table like ``persons``, one row a person, at a cost of ``epsilon``.

    ``columns``: column -> every code it can have, whether or not anybody has it: the list must disclose nothing about
    the persons. ``spent``: the privacy loss of earlier exports of the same persons; the sum must stay in ``budget``.
    Raises Invalid for codes that are not listed, for too many combinations and for an epsilon out of range; Refused
    where the budget does not suffice.
    """
    if not (math.isfinite(epsilon) and 0 < epsilon <= MOST_EPSILON):
        raise Invalid("research-epsilon", epsilon=epsilon, most=MOST_EPSILON)
    if not math.isfinite(spent) or spent < 0 or spent + epsilon > budget:
        raise Refused("research-budget-spent", epsilon=epsilon, spent=spent, budget=budget)
    combinations = _combinations(columns)
    counts = _counts(persons, tuple(columns), combinations)
    space = dp.vector_domain(dp.atom_domain(T=int), size=len(counts)), dp.l1_distance(T=int)
    dp.enable_features("contrib")
    # One person is one row in one combination, so with or without that person the counts differ by one in all.
    scale = dp.binary_search_param(lambda trial: dp.m.make_laplace(*space, scale=trial), d_in=1, d_out=epsilon)
    noisy = dp.m.make_laplace(*space, scale=scale)(counts)
    # Noise alone reaches this in about one combination; smaller counts cannot be distinguished from it. This reads only
    # the noisy counts, and so adds no privacy loss.
    least = max(1, math.ceil(scale * math.log(max(2.0, len(counts) / 2))))
    clear = [(codes, count) for codes, count in zip(combinations, noisy, strict=True) if count >= least]
    rows = tuple(codes for codes, count in clear for _ in range(count))
    return Synthetic(tuple(columns), rows, epsilon, least)


def _combinations(columns: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    number = math.prod(len(codes) for codes in columns.values())
    twice = [name for name, codes in columns.items() if len(set(codes)) != len(codes)]
    if not columns or not 2 <= number <= MOST_COMBINATIONS or twice:
        raise Invalid("research-columns", number=number, most=MOST_COMBINATIONS)
    return list(product(*columns.values()))


def _counts(
    persons: Sequence[Mapping[str, str]], names: tuple[str, ...], combinations: Sequence[tuple[str, ...]]
) -> list[int]:
    place = {codes: number for number, codes in enumerate(combinations)}
    counts = [0] * len(place)
    for number, person in enumerate(persons, start=1):
        at = place.get(tuple(str(person.get(name, "")) for name in names))
        if at is None:
            # Do not skip it: the guarantee must cover every person passed in.
            raise Invalid("research-code-unknown", row=number)
        counts[at] += 1
    return counts
