"""Research export: a synthetic table with differential privacy, by OpenDP. Needs the extra ``research``.

Comes in: one row a person, coded; which codes there can be; how much may be learnt (epsilon). Goes out: rows of nobody,
and the guarantee in words. Promises: whoever any one person is, with or without that person the same table comes out
nearly as likely, within the factor said, however much a reader knows already; nothing here is ever a released figure.
The noise is drawn anew from the system's secure source, so that no seed gives it back: an export is kept, not remade.

Nothing imports this module but who asks for an export. Method: a histogram over all combinations of codes, discrete
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
# With more than this the guarantee allows so large a factor that its sentence would promise nothing.
MOST_EPSILON = 5.0


@dataclass(frozen=True, slots=True)
class Synthetic:
    """A synthetic table. ``rows`` are of nobody; ``epsilon`` is what it costs, ``least`` the smallest count kept."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    epsilon: float
    least: int

    def guarantee(self, language: str) -> str:
        """Return in words what is promised, and what is not."""
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

    ``columns``: column -> every code it can have, whether or not anybody has it: the list itself must say nothing of
    the persons. ``spent``: what earlier exports of the same persons cost; costs add up and together stay in ``budget``.
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
    scale = dp.binary_search_param(lambda one: dp.m.make_laplace(*space, scale=one), d_in=1, d_out=epsilon)
    noisy = dp.m.make_laplace(*space, scale=scale)(counts)
    # Noise alone reaches this in about one combination; what is smaller cannot be told from it. This looks at the
    # noisy counts only, and costs nothing.
    least = max(1, math.ceil(scale * math.log(max(2.0, len(counts) / 2))))
    kept = [(codes, count) for codes, count in zip(combinations, noisy, strict=True) if count >= least]
    rows = tuple(codes for codes, count in kept for _ in range(count))
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
            # Never left out in silence: a missing person would make the guarantee one about other people.
            raise Invalid("research-code-unknown", row=number)
        counts[at] += 1
    return counts
