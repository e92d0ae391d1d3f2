"""Actions, seizures, hits and legs, as desks file them.

In: what rows are written from. Out: tables. Guaranteed: every desk that ran or shares an action has one row for it,
inside the window; the public cases carry their own words and what was seized there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from traboule.core.language.messages import catalogue
from traboule.demo.desks.rows.persons import evaluations, place_of
from traboule.demo.desks.rows.tables import FiledTable, FiledWorld, table
from traboule.demo.desks.sightings import BASE
from traboule.demo.world.cases import NO_CASE, POSSIBLE, public_cases, themes
from traboule.demo.world.draws import Flags, Ints, draw, stream
from traboule.demo.world.names import POOLS
from traboule.demo.world.places import corridors, countries
from traboule.demo.world.rings import ring_crimes

_SEIZED = (
    ("cash", None, "USD"),
    ("cash", None, "EUR"),
    ("phones", "piece", None),
    ("documents", "piece", None),
    ("forged_documents", "piece", None),
    ("vehicles", "piece", None),
    ("computers", "piece", None),
    ("sim_cards", "piece", None),
    ("drugs", "gram", None),
    ("weapons", "piece", None),
)
_DATABASES = ("SLTD", "Nominals", "Stolen Motor Vehicles", "Watch list")


def foreign(world: FiledWorld) -> Flags:
    """Tell for each action row whether its desk belongs to another state than the action."""
    desk, action = world.desk_action
    differs: Flags = world.desks.state[desk] != world.actions.state[action]
    return differs


def actions(world: FiledWorld) -> FiledTable:
    """Return the actions table."""
    desk, action = world.desk_action
    rng = stream(world.seed, "action rows")
    at = desk.tolist()
    acts, desks = world.actions, world.desks
    far = foreign(world)
    all_themes, cases = themes(), public_cases()
    theme, case = acts.theme[action].tolist(), acts.case[action].tolist()
    own = [
        cases[number]["kind"] if number != NO_CASE else all_themes[kind]["kind"]
        for number, kind in zip(case, theme, strict=True)
    ]
    kinds = ["inspection" if away else kind for away, kind in zip(far.tolist(), own, strict=True)]
    crimes = _crimes(world, action)
    states = [world.plan.row_states[place] for place in acts.state[action].tolist()]
    start = acts.start[action]
    length = acts.length[action]
    none = np.zeros(len(action), dtype=np.bool_)
    ended = (rng.random(len(action)) < 0.5) & ~far
    columns: dict[str, Sequence[object]] = {
        "kind": desks.say("action_kinds", kinds, at),
        "reference": [f"{state}-24-{number + 1:05d}" for state, number in zip(states, action.tolist(), strict=True)],
        "start": desks.moments(np.where(far, start // 1440 * 1440, start), far, at),
        "end": [
            moment if has_ended else None
            for moment, has_ended in zip(desks.moments(start + length, none, at), ended.tolist(), strict=True)
        ],
        "place": [
            None if away else place_of(world, number)
            for away, number in zip(far.tolist(), action.tolist(), strict=True)
        ],
        "country": desks.say("countries", states, at),
        "joint_with": _joint(rng, world, states, at),
        "phase": desks.say(
            "phases",
            ["operation" if is_written else None for is_written in (rng.random(len(action)) < 0.7).tolist()],
            at,
        ),
        "crime_types": desks.say_all("crime_types", crimes, at),
        "narrative": _narratives(rng, world, far, at),
    }
    columns |= evaluations(rng, world, at)
    return table("actions", desk, np.arange(len(desk)), columns)


def _joint(rng: np.random.Generator, world: FiledWorld, states: Sequence[str], at: Sequence[int]) -> list[str | None]:
    """Return the partner of each action: for a third of the rings' actions, the next state of the corridor."""
    ring = world.actions.ring[world.desk_action[1]].tolist()
    luck = rng.random(len(ring)).tolist()
    routes = corridors()
    partners = []
    for place, ring_number in enumerate(ring):
        candidates = [
            code
            for code in (routes[ring_number] if ring_number >= 0 else ())
            if code != states[place] and code in world.plan.row_states
        ]
        partners.append(
            (candidates[int(luck[place] * 1000) % len(candidates)],) if candidates and luck[place] < 0.33 else ()
        )
    return world.desks.say_all("countries", partners, at)


def _narratives(rng: np.random.Generator, world: FiledWorld, far: Flags, at: Sequence[int]) -> list[object]:
    """Return a narrative for public cases, for actions reported through liaison, and for a third of the others."""
    read = catalogue(POOLS, "themes.yaml")["narratives"]
    liaison = catalogue(POOLS, "phrases.yaml")["liaison"]
    all_themes, cases = themes(), public_cases()
    is_written = (rng.random(len(at)) < 0.35).tolist()
    narratives: list[object] = []
    action = world.desk_action[1].tolist()
    case = world.actions.case[world.desk_action[1]].tolist()
    theme = world.actions.theme[world.desk_action[1]].tolist()
    for place, desk in enumerate(at):
        if far[place]:
            narratives.append(world.desks.phrase(liaison, desk))
        elif case[place] != NO_CASE:
            own = cases[case[place]]["narrative"]
            narratives.append(own.get(world.desks.language[desk]) or next(iter(own.values())))
        elif is_written[place]:
            words = read[all_themes[theme[place]]["name"]]
            narratives.append(world.desks.phrase(words, desk).format(place=place_of(world, action[place])))
        else:
            narratives.append(None)
    return narratives


def seizures(world: FiledWorld) -> FiledTable:
    """Return the seizures table: those of the public cases, and two in every five other actions."""
    rng = stream(world.seed, "seizures")
    desk, action = world.desk_action
    own = np.flatnonzero(~foreign(world) & (world.actions.case[action] == NO_CASE))
    times = rng.poisson(0.4, len(own))
    stems = np.repeat(own, times)
    picks = rng.integers(0, len(_SEIZED), len(stems)).tolist()
    amounts = rng.integers(1, 60, len(stems)).tolist()
    rows = [(stem, *_SEIZED[pick], amount) for stem, pick, amount in zip(stems.tolist(), picks, amounts, strict=True)]
    cells = [
        (stem, kind, None if currency else amount, unit, amount * 350 if currency else None, currency)
        for stem, kind, unit, currency, amount in rows
    ]
    for number, case in enumerate(public_cases()):
        ran = np.flatnonzero((world.actions.case[action] == number) & ~foreign(world))
        for item in case.get("seizures", ()) if len(ran) else ():
            cells.append(
                (
                    int(ran[0]),
                    item["kind"],
                    item.get("quantity"),
                    item.get("quantity_unit"),
                    item.get("value"),
                    item.get("value_currency"),
                )
            )
    cells.sort(key=lambda cell: cell[0])
    stem = np.array([cell[0] for cell in cells], dtype=np.int64)
    at = desk[stem].tolist()
    columns: dict[str, Sequence[object]] = {
        "action": [world.action_ids[place] for place in stem.tolist()],
        "kind": world.desks.say("seizure_kinds", [cell[1] for cell in cells], at),
        "quantity": [cell[2] for cell in cells],
        "quantity_unit": world.desks.say("quantity_units", [cell[3] for cell in cells], at),
        "value": [cell[4] for cell in cells],
        "value_currency": world.desks.say("currencies", [cell[5] for cell in cells], at),
    }
    return table("seizures", desk[stem], stem, columns)


def hits(world: FiledWorld) -> FiledTable:
    """Return the hits table: in one action of six, something was found in a database."""
    rng = stream(world.seed, "hits")
    desk = world.desk_action[0]
    stem = np.flatnonzero(~foreign(world) & (rng.random(len(desk)) < 0.17))
    at = desk[stem].tolist()
    size = len(stem)
    columns: dict[str, Sequence[object]] = {
        "action": [world.action_ids[place] for place in stem.tolist()],
        "database": draw(rng, _DATABASES, size).tolist(),
        "category": world.desks.say(
            "hit_categories",
            draw(rng, ("wanted", "stolen_document", "forged_document", "blue_notice", "vehicle"), size).tolist(),
            at,
        ),
        "confirmed": world.desks.say(
            "confirmations", draw(rng, ("confirmed", "pending", "not_confirmed"), size).tolist(), at
        ),
        "count": rng.integers(1, 5, size).tolist(),
    }
    return table("hits", desk[stem], stem, columns)


def _crimes(world: FiledWorld, action: Ints) -> list[tuple[str, ...]]:
    """Return the crimes of each action row: those of its case or theme, and what a raid on a ring finds beside them."""
    acts, all_themes, cases = world.actions, themes(), public_cases()
    extra = ring_crimes(acts)
    rows = zip(acts.theme[action].tolist(), acts.case[action].tolist(), action.tolist(), strict=True)
    return [
        tuple(
            dict.fromkeys(
                (*(cases[case]["crimes"] if case != NO_CASE else all_themes[theme]["crimes"]), *extra[number])
            )
        )
        for theme, case, number in rows
    ]


@dataclass(frozen=True, slots=True)
class FiledLegs:
    """The legs table; by row the person, and the codes of the countries it leads from and to."""

    table: FiledTable
    person: tuple[int, ...]
    ends: tuple[tuple[str, str], ...]


def legs(world: FiledWorld) -> FiledLegs:
    """Return the legs table: the journey of one in three victims from abroad, country by country."""
    rng = stream(world.seed, "legs")
    records, persons = world.records, world.persons
    found_in = world.actions.state[world.involved.action[records.involvement]]
    states = world.plan.row_states
    home = persons.citizenship[records.person].tolist()
    away = np.array([code != states[place] for code, place in zip(home, found_in.tolist(), strict=True)])
    victim = (world.involved.roles[records.involvement] & POSSIBLE) > 0
    chosen = np.flatnonzero(away & victim & (records.source == BASE) & (rng.random(len(records)) < 0.36))
    steps: list[tuple[int, int, str, str, str]] = []
    for record, luck in zip(chosen.tolist(), rng.random(len(chosen)).tolist(), strict=True):
        journey = _journey(home[record], states[int(found_in[record])], luck)
        for number, (start, end) in enumerate(pairwise(journey)):
            stage = (
                "recruitment"
                if number == 0 and len(journey) > 2
                else "exploitation"
                if end == journey[-1]
                else "transit"
            )
            steps.append((record, number + 1, start, end, stage))
    row = np.array([step[0] for step in steps], dtype=np.int64)
    at = records.desk[row].tolist()
    day = world.desks.window_day(world.actions.start[world.involved.action[records.involvement[row]]])
    departed = day - 400 + 20 * np.array([step[1] for step in steps], dtype=np.int64)
    fees = (rng.random(len(steps)) < 0.2).tolist()
    columns: dict[str, Sequence[object]] = {
        "person": [world.person_ids[place] for place in row.tolist()],
        "order": [step[1] for step in steps],
        "from_country": world.desks.say("countries", [step[2] for step in steps], at),
        "from_place": [countries()[step[2]].places[0] if step[1] == 1 else None for step in steps],
        "to_country": world.desks.say("countries", [step[3] for step in steps], at),
        "departed": _dates(rng, world, departed, at),
        "mode": world.desks.say(
            "transport_modes", draw(rng, ("air", "bus", "car", "lorry", "sea", "foot"), len(steps)).tolist(), at
        ),
        "stage": world.desks.say("leg_stages", [step[4] for step in steps], at),
        "fee": [
            amount if has_fee else None
            for amount, has_fee in zip((rng.integers(1, 40, len(steps)) * 50).tolist(), fees, strict=True)
        ],
        "fee_currency": world.desks.say("currencies", ["USD" if has_fee else None for has_fee in fees], at),
    }
    travellers = tuple(records.person[row].tolist())
    return FiledLegs(
        table("legs", records.desk[row], world.stem[row], columns),
        travellers,
        tuple((start, end) for _, _, start, end, _ in steps),
    )


def _dates(rng: np.random.Generator, world: FiledWorld, days: Ints, at: Sequence[int]) -> list[object]:
    dated = (rng.random(len(at)) < 0.5).tolist()
    return [day if is_dated else None for day, is_dated in zip(world.desks.days(days, at), dated, strict=True)]


def _journey(home: str, destination: str, luck: float) -> tuple[str, ...]:
    """Return the countries of a journey: along a corridor that joins both ends where there is one, else direct."""
    for route in corridors():
        if home in route and destination in route and route.index(home) < route.index(destination):
            passed = route[route.index(home) : route.index(destination) + 1]
            return passed if len(passed) < 5 else (passed[0], *passed[-3:])
    if luck < 0.4:
        transit = "AE" if luck < 0.2 else "TR"
        if transit not in (home, destination):
            return (home, transit, destination)
    return (home, destination)
