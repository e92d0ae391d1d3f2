"""What is filed as numbers: migrants, checks, investigations, totals.

In: what rows are written from. Out: tables. Guaranteed: counts add up to the plan once the same detection or
investigation, filed by two agencies under one reference, is counted once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from traboule.demo.desks.rows.tables import FiledTable, FiledWorld, table
from traboule.demo.desks.sightings import first_desks
from traboule.demo.world.cases import MINUTES_A_DAY, public_cases
from traboule.demo.world.draws import Ints, Objects, draw, objects, scatter, split, stream
from traboule.demo.world.places import countries, origins

_FILED_TWICE = 0.10
_DIRECTIONS = ("entry", "exit", "transit", "inland")
_PRECISIONS = ("exact", "exact", "about")


@dataclass(frozen=True, slots=True)
class _Detections:
    """One element for each nationality of a detection: state, number of the detection there, persons."""

    state: Ints
    number: Ints
    nationality: Objects
    count: Ints
    minors: Ints
    alone: Ints


def migrants(world: FiledWorld) -> FiledTable:
    """Return the migrants table: detections by nationality; the second agency of a state cites the same reference."""
    rng = stream(world.seed, "migrants")
    states = world.plan.row_states
    detections = _detections(rng, world)
    agencies = world.plan.agencies[detections.state]
    agency = (detections.number + detections.state) % agencies
    twice = _twice(rng, detections.count, agencies)
    every = np.concatenate([np.arange(len(detections.count)), twice])
    filed_by = np.concatenate([agency, (agency[twice] + 1) % agencies[twice]])
    desk = first_desks(world.plan)[detections.state[every]] + filed_by
    order = np.lexsort((every, desk))
    row, desk = every[order], desk[order]
    at = desk.tolist()
    numbers = detections.number[row].tolist()
    codes = [states[place] for place in detections.state[row].tolist()]
    places = [countries()[code].places for code in codes]
    day = world.desks.window_day((detections.number[row] * 7 + detections.state[row]) % 6 * MINUTES_A_DAY)
    columns: dict[str, Sequence[object]] = {
        "reference": [f"{code}-DET-{number + 1:04d}" for code, number in zip(codes, numbers, strict=True)],
        "detected_on": world.desks.days(day, at),
        "nationality": world.desks.say("countries", detections.nationality[row].tolist(), at),
        "count": detections.count[row].tolist(),
        "minors": detections.minors[row].tolist(),
        "unaccompanied": detections.alone[row].tolist(),
        "place": [towns[number % len(towns)] for towns, number in zip(places, numbers, strict=True)],
        "direction": world.desks.say("directions", draw(rng, _DIRECTIONS, len(at)).tolist(), at),
    }
    return table("migrants", desk, np.full(len(desk), -1), columns)


def _detections(rng: np.random.Generator, world: FiledWorld) -> _Detections:
    """Return the detections: each state's quota in rows of about a dozen persons, a public case as published."""
    states = world.plan.row_states
    planned = world.plan.quotas["irregular_migrants"]
    published = {case["state"]: int(case.get("migrants", 0) * world.plan.shrink) for case in public_cases()}
    scripted = np.array([published.get(code, 0) for code in states], dtype=np.int64)
    free = np.where(scripted > 0, 0.0, planned + 0.001)
    quota = scripted + split(int(planned.sum() - scripted.sum()), free)
    rows = np.minimum(quota, 1 + quota // 12)
    state = np.repeat(np.arange(len(states)), rows)
    within = np.arange(len(state)) - np.concatenate([[0], np.cumsum(rows)[:-1]])[state]
    shares = [
        1 + scatter(rng, total - size, np.ones(size)) if size else np.zeros(0, dtype=np.int64)
        for total, size in zip(quota.tolist(), rows.tolist(), strict=True)
    ]
    count = np.concatenate(shares)
    minors = np.floor(count * rng.beta(1.2, 6.0, len(count))).astype(np.int64)
    alone = np.floor(minors * rng.random(len(count)) * 0.6).astype(np.int64)
    return _Detections(state, within // 3, _nationalities(state, within, states), count, minors, alone)


def _nationalities(state: Ints, within: Ints, states: Sequence[str]) -> Objects:
    """Return a nationality for each row: no nationality twice in one detection (three rows make one)."""
    origins_by_state = [
        tuple(code for code in dict.fromkeys(origins()[countries()[own].region]) if code != own) for own in states
    ]
    return objects(
        [
            origins_by_state[place][(number * 5 + place) % len(origins_by_state[place])]
            for place, number in zip(state.tolist(), within.tolist(), strict=True)
        ]
    )


def _twice(rng: np.random.Generator, count: Ints, agencies: Ints) -> Ints:
    """Return the rows that a second agency files too: a fixed share of all migrants, in states with two agencies."""
    shuffled = rng.permutation(np.flatnonzero(agencies > 1))
    wanted = int(np.ceil(_FILED_TWICE * count.sum()))
    reached = np.cumsum(count[shuffled])
    return np.sort(shuffled[: int(np.searchsorted(reached, wanted)) + 1])


def checks(world: FiledWorld) -> FiledTable:
    """Return the checks table: database checks and flights by the first agency of each state."""
    rng = stream(world.seed, "checks")
    desk_of = first_desks(world.plan)
    cells: list[tuple[int, str, int]] = []
    for kind, measure, parts in (("database_check", "database_checks", 3), ("flight", "flights_monitored", 1)):
        for place, total in enumerate(world.plan.quotas[measure].tolist()):
            counts = split(total, rng.dirichlet(np.full(parts, 4.0))).tolist()
            cells += [(int(desk_of[place]), kind, count) for count in counts if count]
    cells += [
        (int(desk), "vehicle", int(count))
        for desk, count in zip(desk_of, rng.integers(5, 900, len(desk_of)), strict=True)
    ]
    cells.sort(key=lambda cell: cell[0])
    desk = np.array([cell[0] for cell in cells], dtype=np.int64)
    at = desk.tolist()
    databases = ("SLTD", "Nominals", "National watch list")
    columns: dict[str, Sequence[object]] = {
        "kind": world.desks.say("check_kinds", [cell[1] for cell in cells], at),
        "count": [cell[2] for cell in cells],
        "precision": world.desks.say("precisions", draw(rng, _PRECISIONS, len(cells)).tolist(), at),
        "database": [databases[place % 3] if cell[1] == "database_check" else None for place, cell in enumerate(cells)],
        "matches": [int(cell[2] * 0.0004) if cell[1] == "database_check" else None for cell in cells],
    }
    return table("checks", desk, np.full(len(desk), -1), columns)


def investigations(world: FiledWorld) -> FiledTable:
    """Return the investigations table: one a reference, some filed by two agencies of their state."""
    rng = stream(world.seed, "investigations")
    quota = world.plan.quotas["investigations"]
    state = np.repeat(np.arange(len(quota)), quota)
    number = np.arange(len(state)) - np.concatenate([[0], np.cumsum(quota)[:-1]])[state]
    agencies = world.plan.agencies[state]
    several = rng.permutation(np.flatnonzero(agencies > 1))
    twice = np.sort(several[: int(np.ceil(_FILED_TWICE * len(state)))])
    every = np.concatenate([np.arange(len(state)), twice])
    agency = np.concatenate([number % agencies, (number[twice] + 1) % agencies[twice]])
    desk = first_desks(world.plan)[state[every]] + agency
    order = np.lexsort((every, desk))
    rows_of, desk = every[order], desk[order]
    at = desk.tolist()
    crimes = (("trafficking",), ("smuggling",), ("trafficking", "sexual_exploitation"), ("money_laundering",))
    of_case = [crimes[(place * 7) % len(crimes)] for place in rows_of.tolist()]
    codes = [world.plan.row_states[place] for place in state[rows_of].tolist()]
    columns: dict[str, Sequence[object]] = {
        "reference": [
            f"{code}-INV-{serial + 1:04d}" for code, serial in zip(codes, number[rows_of].tolist(), strict=True)
        ],
        "opened_on": world.desks.days(world.desks.window_day((rows_of % 6) * 1440), at),
        "crime_types": world.desks.say_all("crime_types", of_case, at),
    }
    return table("investigations", desk, np.full(len(desk), -1), columns)
