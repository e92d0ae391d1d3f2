"""Actions, and who was involved in them: the public cases first, then the other findings of every state.

In: a plan. Out: :class:`Actions` and :class:`Involvements`, arrays of one length each. Guaranteed: arrests, arrests on
theme, possible victims and minors add up to the plan exactly; the public cases are there at any scale.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from traboule.core.language.messages import catalogue
from traboule.demo.world.draws import Flags, Floats, Ints, Objects, draw, objects, stream, strongest
from traboule.demo.world.names import POOLS
from traboule.demo.world.places import corridors, countries, origins
from traboule.demo.world.plan import WorldPlan

ARRESTED, SUSPECT, POSSIBLE, PENDING, NOT_VICTIM, WITNESS, MISSING = (1 << place for place in range(7))
ROLE_BITS: Mapping[str, int] = {
    "arrested": ARRESTED,
    "suspect": SUSPECT,
    "possible_victim": POSSIBLE,
    "pending_screening": PENDING,
    "not_a_victim": NOT_VICTIM,
    "witness": WITNESS,
    "missing": MISSING,
}
ATTRIBUTIONS = ("trafficking", "smuggling", "both", "linked", "incidental")
ON_THEME = 3  # The first three attributions are on theme.
NO_CASE = -1
MINUTES_A_DAY = 1440


@dataclass(frozen=True, slots=True)
class WorldActions:
    """One element for each action. ``start`` and ``length`` in minutes from the window's first midnight, local time.

    ``state`` is an index into the plan's row states, ``theme`` into :func:`themes`, ``case`` into the public cases,
    ``ring`` into the rings of traffickers (-1: none), ``agency`` the agency of the state that ran it.
    """

    state: Ints
    theme: Ints
    start: Ints
    length: Ints
    place: Ints
    case: Ints
    ring: Ints
    agency: Ints

    def __len__(self) -> int:
        return len(self.state)


@dataclass(frozen=True, slots=True)
class Involvements:
    """One element for each person in an action: ``roles`` as bits, ``attribution`` (-1 where not arrested), minority.

    ``nationality`` is an ISO code, "" where it is drawn by the state's region; ``female`` the chance of being a woman.
    """

    action: Ints
    roles: Ints
    attribution: Ints
    minor: Flags
    nationality: Objects
    female: Floats

    def __len__(self) -> int:
        return len(self.action)


def themes() -> list[Mapping[str, Any]]:
    """Return the themes in their order."""
    entries: list[Mapping[str, Any]] = catalogue(POOLS, "themes.yaml")["themes"]
    return entries


def public_cases() -> list[Mapping[str, Any]]:
    """Return the cases of the public record in their order."""
    entries: list[Mapping[str, Any]] = catalogue(POOLS, "cases.yaml")["cases"]
    return entries


def cases(seed: int, of: WorldPlan, days: int) -> tuple[WorldActions, Involvements]:
    """Return all actions and involvements of the world of ``seed`` in a window of ``days`` days."""
    rng = stream(seed, "cases")
    scripted_actions, scripted = _scripted(rng, of)
    generated_actions, generated = _generated(rng, of, scripted_actions, scripted)
    columns = {name: np.concatenate([scripted_actions[name], generated_actions[name]]) for name in scripted_actions}
    actions = _timed(rng, columns, of, days)
    people = {name: np.concatenate([scripted[name], generated[name]]) for name in scripted}
    return actions, _decided(rng, of, actions, people)


Columns = dict[str, Any]


def _scripted(rng: np.random.Generator, of: WorldPlan) -> tuple[Columns, Columns]:
    """Return actions and involvements of the public cases whose state takes part, smaller where the world is."""
    names = [theme["name"] for theme in themes()]
    places = {state: place for place, state in enumerate(of.row_states)}
    actions: list[tuple[int, int, int]] = []
    people: list[Columns] = []
    for number, case in enumerate(public_cases()):
        if case["state"] not in places:
            continue
        spread = int(case.get("actions", 1))
        first = len(actions)
        actions += [(places[case["state"]], names.index(case["theme"]), number)] * spread
        for group in case["groups"]:
            size = max(1, round(group["count"] * of.shrink))
            people.append(_group(rng, group, first + np.arange(size) % spread, of.shrink))
    table = np.array(actions, dtype=np.int64).reshape(-1, 3)
    involved = {name: np.concatenate([columns[name] for columns in people]) for name in people[0]}
    fitting = _within_totals(of, involved)
    involved = {name: column[fitting] for name, column in involved.items()}
    return {"state": table[:, 0], "theme": table[:, 1], "case": table[:, 2]}, involved


def _within_totals(of: WorldPlan, people: Columns) -> Flags:
    """Tell whose involvement the totals leave room for, in the order of the cases.

    Where somebody is left out, so is everybody who counts in no total.
    """
    arrested, possible = (people["roles"] & ARRESTED) > 0, (people["roles"] & POSSIBLE) > 0
    on = arrested & (people["attribution"] < ON_THEME)
    arrests, victims = (int(of.quotas[name].sum()) for name in ("arrests", "potential_victims"))
    arrests_on = int(of.quotas["arrests_trafficking_or_smuggling"][0])
    minors = int(of.quotas["potential_victims_minors"][0])
    room = np.array([arrests_on, arrests - arrests_on, minors, victims - minors])
    takes = np.stack([on, arrested & ~on, possible & people["minor"], possible & ~people["minor"]], axis=1)
    if (takes.sum(axis=0) <= room).all():
        return np.ones(len(takes), dtype=np.bool_)
    fitting: Flags = np.logical_or.reduce(takes, axis=1)
    for place in np.flatnonzero(fitting).tolist():
        fitting[place] = (takes[place] <= room).all()
        if fitting[place]:
            room = room - takes[place]
    return fitting


def _group(rng: np.random.Generator, group: Mapping[str, Any], action: Ints, shrink: float) -> Columns:
    size = len(action)
    minors = round(group.get("minors", 0) * shrink)
    attribution = ATTRIBUTIONS.index(group["attribution"]) if "attribution" in group else -1
    return {
        "action": action,
        "roles": np.full(size, sum(ROLE_BITS[role] for role in group["roles"]), dtype=np.int64),
        "attribution": np.full(size, attribution, dtype=np.int64),
        "minor": np.arange(size) < minors,
        "fixed": np.ones(size, dtype=np.bool_),
        "nationality": draw(rng, group["nationalities"], size),
        "female": np.full(size, float(group["female"])),
    }


def _generated(rng: np.random.Generator, of: WorldPlan, before: Columns, scripted: Columns) -> tuple[Columns, Columns]:
    """Return the rest: each state's quota less what its public cases hold, spread over its own actions."""
    count = len(of.row_states)
    of_state = before["state"][scripted["action"]]
    wanted = {}
    for name, bit in (("arrests", ARRESTED), ("potential_victims", POSSIBLE)):
        scripted_count = np.bincount(of_state[(scripted["roles"] & bit) > 0], minlength=count)
        wanted[name] = _subtract(of.quotas[name], scripted_count)
    total = int(of.quotas["arrests"].sum() + of.quotas["potential_victims"].sum())
    further_roles = [(SUSPECT, total // 30), (NOT_VICTIM, total // 80), (WITNESS, total // 90), (MISSING, total // 300)]
    extra = [(bit, rng.multinomial(size, np.full(count, 1 / count))) for bit, size in further_roles]
    groups = [(ARRESTED, wanted["arrests"]), (POSSIBLE, wanted["potential_victims"]), *extra]
    people = wanted["arrests"] + wanted["potential_victims"]
    actions = 2 + np.round(people / 9).astype(np.int64)
    first = len(before["state"]) + np.concatenate([[0], np.cumsum(actions)[:-1]])
    state = np.repeat(np.arange(count), actions)
    place_in_state = np.arange(len(state)) - (first - len(before["state"]))[state]
    theme = _themes_of(rng, place_in_state)
    columns = {"state": state, "theme": theme, "case": np.full(len(state), NO_CASE, dtype=np.int64)}
    involved = [_spread(rng, bit, sizes, first, (actions, theme, len(before["state"]))) for bit, sizes in groups]
    return columns, {
        name: np.concatenate([columns_of_role[name] for columns_of_role in involved]) for name in involved[0]
    }


def _subtract(quota: Ints, scripted: Ints) -> Ints:
    """Return ``quota`` less ``held``, nowhere below zero; what is too much in one place comes off the largest."""
    left = quota - scripted
    while (left < 0).any():
        short = int(-left[left < 0].sum())
        left = np.maximum(left, 0)
        largest = np.argsort(-left, kind="stable")[: max(1, short)]
        left[largest[: min(short, len(largest))]] -= 1
        if short > len(largest):
            left[largest[0]] -= short - len(largest)
    return left


def _themes_of(rng: np.random.Generator, place_in_state: Ints) -> Ints:
    """Return a theme for each action: the first of a state has victims, the others are drawn by share."""
    all_themes = themes()
    shares = np.array([theme["share"] for theme in all_themes], dtype=np.float64)
    with_victims = np.array([theme["victims"] for theme in all_themes])
    any_theme = rng.choice(len(all_themes), size=len(place_in_state), p=shares / shares.sum())
    only = np.where(with_victims, shares, 0.0)
    victims = rng.choice(len(all_themes), size=len(place_in_state), p=only / only.sum())
    return np.where(place_in_state == 0, victims, any_theme).astype(np.int64)


def _spread(
    rng: np.random.Generator, bit: int, sizes: Ints, first: Ints, of_actions: tuple[Ints, Ints, int]
) -> Columns:
    """Return ``sizes`` persons a state, each in one of its actions; victims only in actions whose theme has victims."""
    actions, theme, offset = of_actions
    state = np.repeat(np.arange(len(sizes)), sizes)
    size = len(state)
    action = first[state] + np.floor(rng.beta(0.9, 1.6, size) * actions[state]).astype(np.int64)
    if bit in (POSSIBLE, NOT_VICTIM, MISSING):
        victims = np.array([theme_entry["victims"] for theme_entry in themes()])
        for _ in range(6):
            wrong = ~victims[theme[action - offset]]
            redrawn = first[state] + np.floor(rng.random(size) * actions[state]).astype(np.int64)
            action = np.where(wrong, redrawn, action)
        action = np.where(victims[theme[action - offset]], action, first[state])
    female = np.array([theme_entry["female"] for theme_entry in themes()])[theme[action - offset]]
    return {
        "action": action,
        "roles": np.full(size, bit, dtype=np.int64),
        "attribution": np.full(size, -1, dtype=np.int64),
        "minor": np.zeros(size, dtype=np.bool_),
        "fixed": np.zeros(size, dtype=np.bool_),
        "nationality": objects([""] * size),
        "female": female if bit in (POSSIBLE, NOT_VICTIM, MISSING) else np.full(size, 0.16),
    }


def _decided(rng: np.random.Generator, of: WorldPlan, actions: WorldActions, people: Columns) -> Involvements:
    """Decide attribution and minority so that both totals come out exactly; a theme only leans, it never forces."""
    theme = actions.theme[people["action"]]
    arrested = (people["roles"] & ARRESTED) > 0
    possible = (people["roles"] & POSSIBLE) > 0
    attribution = people["attribution"].copy()
    free = np.flatnonzero(arrested & ~people["fixed"])
    fixed_on = int(((attribution >= 0) & (attribution < ON_THEME)).sum())
    leaning = np.array([3.0, 3.0, 2.5, 2.5, 2.5, 2.5, 2.0, 3.0, 0.5, -2.0])[theme[free]]
    on = strongest(rng, int(of.quotas["arrests_trafficking_or_smuggling"][0]) - fixed_on, leaning)
    smuggling = np.isin(theme[free], [7, 8, 9])
    kind = np.where(smuggling, 1, 0)
    kind = np.where(rng.random(len(free)) < 0.08, 2, kind)
    off = np.where(rng.random(len(free)) < 0.45, 3, 4)
    attribution[free] = np.where(on, kind, off)
    minor = people["minor"].copy()
    young = np.flatnonzero(possible & ~people["fixed"])
    fixed_minors = int((minor & possible).sum())
    share = np.array([float(theme_entry["minors"]) for theme_entry in themes()])[theme[young]]
    leaning = np.log(np.maximum(share, 1e-3) / (1.0001 - share))
    minor[young] = strongest(rng, int(of.quotas["potential_victims_minors"][0]) - fixed_minors, leaning)
    nationality = _nationalities(rng, of, actions, people)
    return Involvements(people["action"], people["roles"], attribution, minor, nationality, people["female"])


def _nationalities(rng: np.random.Generator, of: WorldPlan, actions: WorldActions, people: Columns) -> Objects:
    """Return nationalities: as scripted, or the state's own, or one of its region's origins."""
    nationalities: Objects = people["nationality"].copy()
    open_ = np.flatnonzero(nationalities == "")
    state = actions.state[people["action"][open_]]
    arrested = (people["roles"][open_] & (ARRESTED | SUSPECT)) > 0
    own = rng.random(len(open_)) < np.where(arrested, 0.62, 0.36)
    pick = rng.random(len(open_))
    origins_by_state = [origins()[countries()[code].region] for code in of.row_states]
    codes = [
        of.row_states[place] if home else origins_by_state[place][int(chance * len(origins_by_state[place]))]
        for place, home, chance in zip(state.tolist(), own.tolist(), pick.tolist(), strict=True)
    ]
    nationalities[open_] = objects(codes)
    return nationalities


def _timed(rng: np.random.Generator, columns: Columns, of: WorldPlan, days: int) -> WorldActions:
    """Place the actions in the window, give them a place, an agency and, where a corridor runs, a ring."""
    size = len(columns["state"])
    state = columns["state"]
    length = rng.integers(30, 9 * 60, size)
    latest = days * MINUTES_A_DAY - 10 * 60
    start = np.minimum(rng.integers(0, days, size) * MINUTES_A_DAY + rng.integers(4 * 60, 23 * 60, size), latest)
    places = np.array([len(countries()[code].places) for code in of.row_states])[state]
    scripted = columns["case"] != NO_CASE
    place = np.where(scripted, 0, np.floor(rng.random(size) * places).astype(np.int64))
    agency = np.floor(rng.random(size) ** 1.5 * of.agencies[state]).astype(np.int64)
    agency = np.where(scripted, 0, agency)
    return WorldActions(
        state=state,
        theme=columns["theme"],
        start=start // 5 * 5,
        length=length,
        place=place,
        case=columns["case"],
        ring=_rings(rng, of, columns),
        agency=agency,
    )


def _rings(rng: np.random.Generator, of: WorldPlan, columns: Columns) -> Ints:
    """Return the ring behind each action: some actions of every state on a corridor belong to the ring that runs it."""
    ring = np.full(len(columns["state"]), -1, dtype=np.int64)
    themed = np.array([theme["name"] not in ("other", "documents") for theme in themes()])[columns["theme"]]
    places = {state: place for place, state in enumerate(of.row_states)}
    for number, route in enumerate(corridors()):
        for code in route:
            candidates = np.flatnonzero((columns["state"] == places.get(code, -1)) & themed & (ring < 0))
            chosen = candidates[rng.random(len(candidates)) < 0.25][:3]
            ring[chosen] = number
    return ring
