"""Decide who files whom: the desk that ran the action, for some a second agency, for some another state.

In: a plan, actions, involvements and their persons. Out: :class:`Records`, sorted by desk. Guaranteed: arrests, arrests
on theme, possible victims and minors are each filed more often than they happened, by a set share; no desk files a
person twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from traboule.demo.world.cases import ARRESTED, ON_THEME, POSSIBLE, Involvements, WorldActions, public_cases
from traboule.demo.world.difficulty import Difficulty
from traboule.demo.world.draws import Flags, Ints, stream
from traboule.demo.world.people import WorldPersons
from traboule.demo.world.plan import WorldPlan

REPEAT_SHARE = 0.125  # How many more rows there are than arrests or victims.
BASE, SECOND_AGENCY, ABROAD, SUSPECTED_ABROAD = range(4)
ANCHOR, STRONG, MEDIUM, AMBIGUOUS = range(4)


@dataclass(frozen=True, slots=True)
class Records:
    """One element for each person record of a desk. ``involvement`` and ``person`` are indices into the world's arrays.

    ``source``: BASE, SECOND_AGENCY, ABROAD or SUSPECTED_ABROAD. ``evidence``: ANCHOR for the first record of a person,
    else how this one can be tied to it. ``claimed``: place of the state that files the same thing from abroad (-1).
    """

    involvement: Ints
    person: Ints
    desk: Ints
    source: Ints
    evidence: Ints
    claimed: Ints

    def __len__(self) -> int:
        return len(self.desk)


def first_desks(of: WorldPlan) -> Ints:
    """Return the first desk of each row state: desks are numbered state by state, agency by agency."""
    return np.concatenate([[0], np.cumsum(of.agencies)[:-1]])


def records(
    seed: int, of: WorldPlan, actions: WorldActions, involved: Involvements, persons: tuple[WorldPersons, Ints]
) -> Records:
    """Return all person records of the world of ``seed``. ``persons``: persons, and the person of each involvement."""
    rng = stream(seed, "sightings")
    everyone, person = persons
    first = first_desks(of)
    state = actions.state[involved.action]
    base = first[state] + actions.agency[involved.action]
    involvement, target = _repeated(rng, of, involved, (state, person, actions))
    same = target < 0
    # A second agency is the next one of the same state, whichever ran the action.
    next_agency = (actions.agency[involved.action[involvement]] + 1) % np.maximum(of.agencies[state[involvement]], 1)
    desk = np.where(same, first[state[involvement]] + next_agency, first[np.maximum(target, 0)])
    suspected, suspected_at = _suspected(rng, of, involved, (state, person, involvement))
    all_involvements = np.concatenate([np.arange(len(involved)), involvement, suspected])
    claimed = np.full(len(involved), -1, dtype=np.int64)
    claimed[involvement[~same]] = target[~same]
    source = np.concatenate(
        [
            np.full(len(involved), BASE),
            np.where(same, SECOND_AGENCY, ABROAD),
            np.full(len(suspected), SUSPECTED_ABROAD),
        ]
    )
    desks = np.concatenate([base, desk, first[suspected_at]])
    people = person[all_involvements]
    evidence = _evidence(rng, of.difficulty, people, source, everyone.certain)
    order = np.lexsort((all_involvements, involved.action[all_involvements], desks))
    return Records(
        involvement=all_involvements[order],
        person=people[order],
        desk=desks[order],
        source=source[order],
        evidence=evidence[order],
        claimed=claimed[all_involvements][order],
    )


Where = tuple[Ints, Ints, WorldActions]


def _repeated(rng: np.random.Generator, of: WorldPlan, involved: Involvements, where: Where) -> tuple[Ints, Ints]:
    """Return involvements filed once more and the state that does (-1: a second agency of the same state)."""
    state, person, actions = where
    arrested, possible = (involved.roles & ARRESTED) > 0, (involved.roles & POSSIBLE) > 0
    on = arrested & (involved.attribution < ON_THEME) & (involved.attribution >= 0)
    once = np.bincount(person)[person] == 1
    forced = _forced(of, actions, involved)
    strata = (on, arrested & ~on, possible & involved.minor, possible & ~involved.minor & ~arrested)
    chosen: list[Ints] = []
    targets: list[Ints] = []
    for stratum in strata:
        wanted = int(np.ceil(REPEAT_SHARE * stratum.sum()))
        free = rng.permutation(np.flatnonzero(stratum & once & (forced < 0)))
        several = of.agencies[state[free]] > 1
        inside = free[several][: round(wanted * 0.45)]
        abroad = free[~np.isin(free, inside)][: wanted - len(inside)]
        thrice = inside[: len(inside) // 8]
        chosen += [inside, abroad, thrice]
        targets += [
            np.full(len(inside), -1),
            _abroad(rng, of, involved, state, abroad),
            _abroad(rng, of, involved, state, thrice),
        ]
    forced_places = np.flatnonzero(forced >= 0)
    return (
        np.concatenate([*chosen, forced_places]).astype(np.int64),
        np.concatenate([*targets, forced[forced_places]]).astype(np.int64),
    )


def _forced(of: WorldPlan, actions: WorldActions, involved: Involvements) -> Ints:
    """Return, for each involvement, the state that seeks its person according to the public record (-1: none)."""
    places = {state: place for place, state in enumerate(of.row_states)}
    wanted = np.array([places.get(case.get("wanted_by", ""), -1) for case in public_cases()], dtype=np.int64)
    case = actions.case[involved.action]
    return np.where((case >= 0) & ((involved.roles & ARRESTED) > 0), wanted[case], -1)


def _abroad(rng: np.random.Generator, of: WorldPlan, involved: Involvements, state: Ints, chosen: Ints) -> Ints:
    """Return the other state that files each of ``chosen``: the state of citizenship if it files rows, else any."""
    places = {code: place for place, code in enumerate(of.row_states)}
    own = np.array([places.get(code, -1) for code in involved.nationality[chosen].tolist()], dtype=np.int64)
    any_state = rng.integers(0, len(of.row_states), len(chosen))
    target = np.where((own >= 0) & (own != state[chosen]), own, any_state)
    return np.where(target == state[chosen], (target + 1) % len(of.row_states), target)


def _suspected(
    rng: np.random.Generator, of: WorldPlan, involved: Involvements, where: tuple[Ints, Ints, Ints]
) -> tuple[Ints, Ints]:
    """Return arrested persons whom another state files as a suspect only, and that state."""
    state, person, already = where
    on = (involved.attribution >= 0) & (involved.attribution < ON_THEME) & (involved.roles == ARRESTED)
    free = np.flatnonzero(on & (np.bincount(person)[person] == 1))
    free = free[~np.isin(free, already)]
    chosen = np.sort(rng.permutation(free)[: len(free) // 16])
    return chosen, _abroad(rng, of, involved, state, chosen)


def _evidence(rng: np.random.Generator, difficulty: Difficulty, person: Ints, source: Ints, certain: Flags) -> Ints:
    """Return how each record can be tied to the first of its person, the first being the anchor."""
    evidence = 1 + rng.choice(3, size=len(person), p=difficulty.evidence)
    evidence = np.where(certain[person] & (evidence == AMBIGUOUS), STRONG, evidence)
    # A person found twice shows papers both times.
    evidence = np.where((source == BASE) & (evidence == AMBIGUOUS), STRONG, evidence)
    _, first = np.unique(person, return_index=True)
    evidence[first] = ANCHOR
    return evidence.astype(np.int64)
