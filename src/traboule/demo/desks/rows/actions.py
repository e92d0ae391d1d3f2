"""Actions, seizures, hits and legs, as desks file them.

In: what rows are written from. Out: tables. Promise: every desk that ran or shares an action has one row for it, inside
the window; the public cases carry their own words and what was seized there.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from traboule.core.language.messages import catalogue
from traboule.demo.desks.rows.persons import evaluations, place_of
from traboule.demo.desks.rows.tables import Known, Table, table
from traboule.demo.desks.sightings import BASE
from traboule.demo.world.cases import NO_CASE, POSSIBLE, public_cases, themes
from traboule.demo.world.draws import Flags, Ints, draw, stream
from traboule.demo.world.names import POOLS
from traboule.demo.world.places import corridors, countries

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


def foreign(known: Known) -> Flags:
    """Tell of each action row whether its desk is of another state than the action."""
    desk, action = known.desk_action
    differs: Flags = known.desks.state[desk] != known.actions.state[action]
    return differs


def actions(known: Known) -> Table:
    """Return the actions table."""
    desk, action = known.desk_action
    rng = stream(known.seed, "action rows")
    at = desk.tolist()
    acts, desks = known.actions, known.desks
    far = foreign(known)
    listed, cases = themes(), public_cases()
    theme, case = acts.theme[action].tolist(), acts.case[action].tolist()
    own = [
        cases[one]["kind"] if one != NO_CASE else listed[kind]["kind"] for one, kind in zip(case, theme, strict=True)
    ]
    kinds = ["inspection" if away else kind for away, kind in zip(far.tolist(), own, strict=True)]
    crimes = [
        tuple(cases[one]["crimes"] if one != NO_CASE else listed[kind]["crimes"])
        for one, kind in zip(case, theme, strict=True)
    ]
    states = [known.plan.row_states[place] for place in acts.state[action].tolist()]
    start = acts.start[action]
    length = acts.length[action]
    none = np.zeros(len(action), dtype=np.bool_)
    ended = (rng.random(len(action)) < 0.5) & ~far
    columns: dict[str, Sequence[object]] = {
        "kind": desks.say("action_kinds", kinds, at),
        "reference": [f"{state}-24-{number + 1:05d}" for state, number in zip(states, action.tolist(), strict=True)],
        "start": desks.moments(np.where(far, start // 1440 * 1440, start), far, at),
        "end": [
            one if told else None
            for one, told in zip(desks.moments(start + length, none, at), ended.tolist(), strict=True)
        ],
        "place": [
            None if away else place_of(known, one) for away, one in zip(far.tolist(), action.tolist(), strict=True)
        ],
        "country": desks.say("countries", states, at),
        "joint_with": _joint(rng, known, states, at),
        "phase": desks.say(
            "phases", ["operation" if tell else None for tell in (rng.random(len(action)) < 0.7).tolist()], at
        ),
        "crime_types": desks.say_all("crime_types", crimes, at),
        "narrative": _narratives(rng, known, far, at),
    }
    columns |= evaluations(rng, known, at)
    return table("actions", desk, np.arange(len(desk)), columns)


def _joint(rng: np.random.Generator, known: Known, states: Sequence[str], at: Sequence[int]) -> list[str | None]:
    """Return with whom an action was done: for a third of the rings' actions, with the next state of the corridor."""
    ring = known.actions.ring[known.desk_action[1]].tolist()
    luck = rng.random(len(ring)).tolist()
    routes = corridors()
    told = []
    for place, one in enumerate(ring):
        others = [
            code
            for code in (routes[one] if one >= 0 else ())
            if code != states[place] and code in known.plan.row_states
        ]
        told.append((others[int(luck[place] * 1000) % len(others)],) if others and luck[place] < 0.33 else ())
    return known.desks.say_all("countries", told, at)


def _narratives(rng: np.random.Generator, known: Known, far: Flags, at: Sequence[int]) -> list[object]:
    """Return a narrative for the public cases, for what came by liaison, and for a third of the others."""
    read = catalogue(POOLS, "themes.yaml")["narratives"]
    liaison = catalogue(POOLS, "phrases.yaml")["liaison"]
    listed, cases = themes(), public_cases()
    told = (rng.random(len(at)) < 0.35).tolist()
    found: list[object] = []
    action = known.desk_action[1].tolist()
    case = known.actions.case[known.desk_action[1]].tolist()
    theme = known.actions.theme[known.desk_action[1]].tolist()
    for place, desk in enumerate(at):
        if far[place]:
            found.append(known.desks.phrase(liaison, desk))
        elif case[place] != NO_CASE:
            own = cases[case[place]]["narrative"]
            found.append(own.get(known.desks.language[desk]) or next(iter(own.values())))
        elif told[place]:
            words = read[listed[theme[place]]["name"]]
            found.append(known.desks.phrase(words, desk).format(place=place_of(known, action[place])))
        else:
            found.append(None)
    return found


def seizures(known: Known) -> Table:
    """Return the seizures table: what the public cases name, and two things in five actions besides."""
    rng = stream(known.seed, "seizures")
    desk, action = known.desk_action
    own = np.flatnonzero(~foreign(known) & (known.actions.case[action] == NO_CASE))
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
        ran = np.flatnonzero((known.actions.case[action] == number) & ~foreign(known))
        for one in case.get("seizures", ()) if len(ran) else ():
            cells.append(
                (
                    int(ran[0]),
                    one["kind"],
                    one.get("quantity"),
                    one.get("quantity_unit"),
                    one.get("value"),
                    one.get("value_currency"),
                )
            )
    cells.sort(key=lambda cell: cell[0])
    stem = np.array([cell[0] for cell in cells], dtype=np.int64)
    at = desk[stem].tolist()
    columns: dict[str, Sequence[object]] = {
        "action": [known.action_ids[place] for place in stem.tolist()],
        "kind": known.desks.say("seizure_kinds", [cell[1] for cell in cells], at),
        "quantity": [cell[2] for cell in cells],
        "quantity_unit": known.desks.say("quantity_units", [cell[3] for cell in cells], at),
        "value": [cell[4] for cell in cells],
        "value_currency": known.desks.say("currencies", [cell[5] for cell in cells], at),
    }
    return table("seizures", desk[stem], stem, columns)


def hits(known: Known) -> Table:
    """Return the hits table: in one action of six, something was found in a database."""
    rng = stream(known.seed, "hits")
    desk = known.desk_action[0]
    stem = np.flatnonzero(~foreign(known) & (rng.random(len(desk)) < 0.17))
    at = desk[stem].tolist()
    size = len(stem)
    columns: dict[str, Sequence[object]] = {
        "action": [known.action_ids[place] for place in stem.tolist()],
        "database": draw(rng, _DATABASES, size).tolist(),
        "category": known.desks.say(
            "hit_categories",
            draw(rng, ("wanted", "stolen_document", "forged_document", "blue_notice", "vehicle"), size).tolist(),
            at,
        ),
        "confirmed": known.desks.say(
            "confirmations", draw(rng, ("confirmed", "pending", "not_confirmed"), size).tolist(), at
        ),
        "count": rng.integers(1, 5, size).tolist(),
    }
    return table("hits", desk[stem], stem, columns)


def legs(known: Known) -> Table:
    """Return the legs table: the journey of one in three victims from abroad, country by country."""
    rng = stream(known.seed, "legs")
    records, persons = known.records, known.persons
    here = known.actions.state[known.involved.action[records.involvement]]
    states = known.plan.row_states
    home = persons.citizenship[records.person].tolist()
    away = np.array([code != states[place] for code, place in zip(home, here.tolist(), strict=True)])
    victim = (known.involved.roles[records.involvement] & POSSIBLE) > 0
    chosen = np.flatnonzero(away & victim & (records.source == BASE) & (rng.random(len(records)) < 0.36))
    steps: list[tuple[int, int, str, str, str]] = []
    for record, luck in zip(chosen.tolist(), rng.random(len(chosen)).tolist(), strict=True):
        way = _way(home[record], states[int(here[record])], luck)
        for number, (start, end) in enumerate(pairwise(way)):
            stage = "recruitment" if number == 0 and len(way) > 2 else "exploitation" if end == way[-1] else "transit"
            steps.append((record, number + 1, start, end, stage))
    row = np.array([step[0] for step in steps], dtype=np.int64)
    at = records.desk[row].tolist()
    day = known.desks.window_day(known.actions.start[known.involved.action[records.involvement[row]]])
    departed = day - 400 + 20 * np.array([step[1] for step in steps], dtype=np.int64)
    fees = (rng.random(len(steps)) < 0.2).tolist()
    columns: dict[str, Sequence[object]] = {
        "person": [known.person_ids[place] for place in row.tolist()],
        "order": [step[1] for step in steps],
        "from_country": known.desks.say("countries", [step[2] for step in steps], at),
        "from_place": [countries()[step[2]].places[0] if step[1] == 1 else None for step in steps],
        "to_country": known.desks.say("countries", [step[3] for step in steps], at),
        "departed": _dates(rng, known, departed, at),
        "mode": known.desks.say(
            "transport_modes", draw(rng, ("air", "bus", "car", "lorry", "sea", "foot"), len(steps)).tolist(), at
        ),
        "stage": known.desks.say("leg_stages", [step[4] for step in steps], at),
        "fee": [
            amount if told else None
            for amount, told in zip((rng.integers(1, 40, len(steps)) * 50).tolist(), fees, strict=True)
        ],
        "fee_currency": known.desks.say("currencies", ["USD" if told else None for told in fees], at),
    }
    return table("legs", records.desk[row], known.stem[row], columns)


def _dates(rng: np.random.Generator, known: Known, days: Ints, at: Sequence[int]) -> list[object]:
    told = (rng.random(len(at)) < 0.5).tolist()
    return [day if tell else None for day, tell in zip(known.desks.days(days, at), told, strict=True)]


def _way(home: str, here: str, luck: float) -> tuple[str, ...]:
    """Return the countries of a journey: along a corridor that joins both ends where there is one, else direct."""
    for route in corridors():
        if home in route and here in route and route.index(home) < route.index(here):
            way = route[route.index(home) : route.index(here) + 1]
            return way if len(way) < 5 else (way[0], *way[-3:])
    if luck < 0.4:
        transit = "AE" if luck < 0.2 else "TR"
        if transit not in (home, here):
            return (home, transit, here)
    return (home, here)
