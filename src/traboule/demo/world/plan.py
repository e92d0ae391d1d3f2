"""The plan of a world: its totals, who files how and when, and how much each state finds.

In: a seed, a scale, the participating states. Out: a :class:`Plan`. Guaranteed: the totals of scale 1 are the published
ones of Liberterra II whatever the seed; parts of a split add up to their whole exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from traboule.core.language.messages import catalogue
from traboule.demo.world.difficulty import EASY, Difficulty
from traboule.demo.world.draws import Ints, scatter, split, stream
from traboule.demo.world.names import POOLS
from traboule.demo.world.places import countries

# Published on day 33 (participants: by the number of states). Minors and investigations were not published: made up.
PUBLISHED: Mapping[str, int] = {
    "arrests": 2517,
    "arrests_trafficking_or_smuggling": 850,
    "potential_victims": 3222,
    "potential_victims_minors": 683,
    "irregular_migrants": 17793,
    "flights_monitored": 24000,
    "database_checks": 8000000,
    "investigations": 276,
}
FIGURES = ("participants", *PUBLISHED)
# What part of each total comes from states that send totals only.
_DECLARED_SHARE = {
    "arrests": 0.06,
    "potential_victims": 0.06,
    "irregular_migrants": 0.07,
    "flights_monitored": 0.05,
    "database_checks": 0.06,
    "investigations": 0.05,
}
_OF_WHOLE = {
    "arrests_trafficking_or_smuggling": ("arrests", 0.33),
    "potential_victims_minors": ("potential_victims", 0.2),
}
_ALWAYS_ROWS = ("AR", "SN", "PH", "MK", "RO", "BG", "NL")


@dataclass(frozen=True, slots=True)
class WorldPlan:
    """``quotas``: measure -> share of each of ``row_states``; ``declared``: state -> measure -> value, totals only.

    ``agencies``: how many agencies of a row state file. ``late``: silent in the first round. ``training``: states where
    one return is filed in error and withdrawn. ``shrink``: how much smaller the public cases are below scale 1.
    """

    truth: Mapping[str, int]
    row_states: tuple[str, ...]
    totals_states: tuple[str, ...]
    nil_states: tuple[str, ...]
    late: tuple[str, ...]
    training: tuple[str, ...]
    agencies: Ints
    quotas: Mapping[str, Ints]
    declared: Mapping[str, Mapping[str, int]]
    shrink: float
    difficulty: Difficulty = EASY


def plan(seed: int, scale: float, states: Sequence[str]) -> WorldPlan:
    """Return the plan of the world of ``seed``: ``scale`` multiplies every total but the number of participants."""
    rng = stream(seed, "plan")
    truth = {"participants": len(states)} | {name: round(value * scale) for name, value in PUBLISHED.items()}
    always = {case["state"] for case in catalogue(POOLS, "cases.yaml")["cases"]} | set(_ALWAYS_ROWS)
    free = [state for state in states if state not in always]
    part = len(states) / 116
    small = [state for state in free if countries()[state].weight <= 2] or free
    nil = _chosen(rng, small, max(1, round(4 * part)))
    with_findings = [state for state in free if state not in nil]
    totals_only = _chosen(rng, with_findings, max(1, round(6 * part)))
    rows = tuple(state for state in states if state not in nil and state not in totals_only)
    silent = _chosen(rng, [state for state in with_findings if state not in totals_only], max(1, round(4 * part)))
    late = (*nil[:1], *totals_only[:1], *silent)
    weights = np.array([countries()[state].weight for state in rows], dtype=np.float64) + 0.5
    heaviest = sorted(range(len(rows)), key=lambda place: (-weights[place], place))
    agencies = np.ones(len(rows), dtype=np.int64)
    several = [place for place in heaviest if rows[place] not in late][: max(3, round(16 * part))]
    agencies[several] = 2
    agencies[several[: max(1, len(several) // 5)]] = 3
    training = _chosen(
        rng, [rows[place] for place in heaviest[len(several) :] if rows[place] not in late], max(1, round(3 * part))
    )
    declared = _declared(rng, truth, totals_only)
    remaining = {name: truth[name] - sum(of_state.get(name, 0) for of_state in declared.values()) for name in PUBLISHED}
    quotas = {name: scatter(rng, total, weights) for name, total in remaining.items() if name not in _OF_WHOLE}
    quotas |= {name: np.array([remaining[name]]) for name in _OF_WHOLE}
    return WorldPlan(truth, rows, totals_only, nil, late, training, agencies, quotas, declared, min(1.0, scale))


def _chosen(rng: np.random.Generator, states: Sequence[str], wanted: int) -> tuple[str, ...]:
    """Return ``wanted`` of ``states`` in their order, fewer where there are not so many to spare."""
    wanted = min(wanted, len(states))
    return tuple(states[place] for place in sorted(rng.permutation(len(states))[:wanted].tolist()))


def _declared(rng: np.random.Generator, truth: Mapping[str, int], states: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return what the states that send totals only declare: wholes by share, parts within their wholes."""
    declared: dict[str, dict[str, int]] = {state: {} for state in states}
    if not states:
        return declared
    for name, share in _DECLARED_SHARE.items():
        values = split(round(truth[name] * share), rng.dirichlet(np.full(len(states), 3.0)))
        for state, value in zip(states, values.tolist(), strict=True):
            declared[state][name] = value
    for name, (whole_measure, share) in _OF_WHOLE.items():
        for state in states:
            declared[state][name] = int(declared[state][whole_measure] * share)
    return declared
