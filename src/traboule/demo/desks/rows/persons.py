"""People, roles, victims and arrests, as desks file them.

In: what rows are written from. Out: four tables. Guaranteed: the same arrest has the same instant and arresting state
in every filing (rule 7); a minor is filed as one by everybody (rule 16); an adult victim has a means (Palermo
Protocol).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from traboule.core.language.messages import catalogue
from traboule.demo.desks import clerks
from traboule.demo.desks.rows.tables import FiledTable, FiledWorld, table
from traboule.demo.desks.sightings import ABROAD, AMBIGUOUS, SUSPECTED_ABROAD
from traboule.demo.world.cases import (
    ARRESTED,
    ATTRIBUTIONS,
    MISSING,
    NOT_VICTIM,
    PENDING,
    POSSIBLE,
    SUSPECT,
    WITNESS,
    public_cases,
    themes,
)
from traboule.demo.world.draws import Flags, Ints, draw, stream
from traboule.demo.world.names import POOLS
from traboule.demo.world.places import countries

_BITS = (
    (SUSPECT, "suspect"),
    (PENDING, "pending_screening"),
    (ARRESTED, "arrested"),
    (POSSIBLE, "possible_victim"),
    (NOT_VICTIM, "not_a_victim"),
    (WITNESS, "witness"),
    (MISSING, "missing"),
)
_SEXES = ("female", "male")
_CONTROLS = (
    ("DebtBondage", "WithholdsDocuments", "FalsePromises"),
    ("PhysicalThreats", "RestrictsMovement"),
    ("TakesEarnings", "ExcessiveWorkingHours"),
    ("ThreatensChildrenFamily", "PsychologicalAbuse"),
    ("FalsePromises",),
    ("PhysicalAbuse", "RestrictsMovement", "WithholdsDocuments"),
)
_MEANS = (("deception",), ("fraud", "deception"), ("coercion",), ("force", "coercion"), ("abuse_of_vulnerability",))
_RECRUITED = (
    ("ThroughAnOnlineAdvertisement",),
    ("ThroughOnlineSocialNetworks",),
    ("ThroughFriendsOrSocialEvents",),
    ("ThroughFamilyOrFamilyEvents",),
    ("ThroughAnEmploymentAgency",),
)
_CURRENCIES = ("USD", "EUR", "USD", "XOF", "GBP")


def people(world: FiledWorld) -> FiledTable:
    """Return the people table: one row a record."""
    records, persons, desks = world.records, world.persons, world.desks
    rng = stream(world.seed, "people rows")
    size = len(records)
    at = records.desk.tolist()
    habits = clerks.habits(world.seed, records, persons, desks)
    columns: dict[str, Sequence[object]] = dict(clerks.names(records, persons, habits))
    columns |= clerks.births(records, persons, habits, desks)
    columns["birth_place"] = _birth_places(rng, world, at)
    minor = persons.minor[records.person]
    presumed = minor & (rng.random(size) < 0.15)
    minor_status = np.where(presumed, "presumed", np.where(minor, "yes", "no")).tolist()
    left_out = (~minor & (rng.random(size) < 0.35)).tolist()
    columns["minor"] = desks.say(
        "minor_status", [None if out else status for out, status in zip(left_out, minor_status, strict=True)], at
    )
    columns["sex"] = desks.say("sexes", [_SEXES[sex] for sex in persons.sex[records.person].tolist()], at)
    columns["citizenships"] = _citizenships(world, at)
    living = rng.random(size) < 0.3
    columns["residence"] = [
        desks.say("countries", [desks.unit[desk]], [desk])[0] if lives else None
        for desk, lives in zip(at, living.tolist(), strict=True)
    ]
    columns |= evaluations(rng, world, at)
    return table("people", records.desk, world.stem, columns)


def _birth_places(rng: np.random.Generator, world: FiledWorld, at: Sequence[int]) -> list[object]:
    """Return birth places: a town of the country of citizenship, or one of many wordings of "unknown"."""
    citizenship = world.persons.citizenship[world.records.person].tolist()
    chance = rng.random(len(citizenship)).tolist()
    missing = catalogue(POOLS, "phrases.yaml")["missing"]
    birth_places: list[object] = []
    for code, luck, desk in zip(citizenship, chance, at, strict=True):
        if luck < 0.3:
            places = countries()[code].places
            birth_places.append(places[int(luck * 1000) % len(places)])
        elif luck < 0.42:
            words = missing[world.desks.language[desk]]
            birth_places.append(words[int(luck * 10_000) % len(words)])
        else:
            birth_places.append(None)
    return birth_places


def _citizenships(world: FiledWorld, at: Sequence[int]) -> list[str | None]:
    person = world.records.person
    pairs = zip(
        world.persons.citizenship[person].tolist(), world.persons.other_citizenship[person].tolist(), strict=True
    )
    return world.desks.say_all("countries", [(first, second) if second else (first,) for first, second in pairs], at)


def evaluations(rng: np.random.Generator, world: FiledWorld, at: Sequence[int]) -> dict[str, Sequence[object]]:
    """Return source, information and handling of rows: Europol's 4x4, and H codes; often left out."""
    size = len(at)
    source = np.where(rng.random(size) < 0.5, "", np.array(["A", "A", "B", "X"])[rng.integers(0, 4, size)]).tolist()
    information = np.array(["1", "1", "2", "3", "4"])[rng.integers(0, 5, size)].tolist()
    handling = np.where(
        rng.random(size) < 0.7, "", np.array(["H0", "H0", "H1", "H2"])[rng.integers(0, 4, size)]
    ).tolist()
    information_grades = [grade if first else None for grade, first in zip(information, source, strict=True)]
    return {
        "source": world.desks.say("source_evaluation", [grade or None for grade in source], at),
        "information": world.desks.say("information_evaluation", information_grades, at),
        "handling": world.desks.say("handling", [grade or None for grade in handling], at),
    }


def identified(world: FiledWorld, involvement: Ints) -> Flags:
    """Tell for each involvement whether an authority has already decided that its person is a victim."""
    decided = stream(world.seed, "identified").random(len(world.involved)) < 0.12
    return decided[involvement]


def roles(world: FiledWorld) -> FiledTable:
    """Return the roles table: one row a record and role."""
    records, desks = world.records, world.desks
    rng = stream(world.seed, "role rows")
    bits = np.where(records.source == SUSPECTED_ABROAD, SUSPECT, world.involved.roles[records.involvement])
    row, kind = np.nonzero((bits[:, None] & np.array([bit for bit, _ in _BITS])[None, :]) > 0)
    at = records.desk[row].tolist()
    victim = identified(world, records.involvement[row])
    codes = [_BITS[place][1] for place in kind.tolist()]
    codes = [
        "victim" if code == "possible_victim" and sure else code
        for code, sure in zip(codes, victim.tolist(), strict=True)
    ]
    of_theme = [tuple(theme_entry["parts"]) for theme_entry in themes()]
    action = world.involved.action[records.involvement[row]]
    theme = world.actions.theme[action].tolist()
    with_part = (rng.random(len(row)) < 0.6).tolist()
    parts = [
        of_theme[number][:1] if is_written and code in ("suspect", "arrested") else ()
        for is_written, code, number in zip(with_part, codes, theme, strict=True)
    ]
    days = desks.days(desks.window_day(world.actions.start[action]), at)
    dated = (rng.random(len(row)) < 0.3).tolist()
    columns: dict[str, Sequence[object]] = {
        "person": [world.person_ids[place] for place in row.tolist()],
        "action": world.stem_ids(row),
        "role": desks.say("roles", codes, at),
        "part": desks.say_all("perpetrator_parts", parts, at),
        "start": [day if is_written else None for day, is_written in zip(days, dated, strict=True)],
    }
    return table("roles", records.desk[row], world.stem[row], columns)


def arrests(world: FiledWorld) -> FiledTable:
    """Return the arrests table: one row a record that files an arrest."""
    records, desks, actions = world.records, world.desks, world.actions
    rng = stream(world.seed, "arrest rows")
    row = np.flatnonzero(
        ((world.involved.roles[records.involvement] & ARRESTED) > 0) & (records.source != SUSPECTED_ABROAD)
    )
    involvement = records.involvement[row]
    action = world.involved.action[involvement]
    at = records.desk[row].tolist()
    instant, dayonly = instants(world)
    units = [world.plan.row_states[place] for place in actions.state[action].tolist()]
    abroad = records.source[row] == ABROAD
    claimed = records.claimed[row]
    wanted_filed = abroad | ((claimed >= 0) & (rng.random(len(row)) < 0.6))
    wanted = [
        (desks.unit[desk] if far else world.plan.row_states[claim]) if is_filed else None
        for desk, far, claim, is_filed in zip(at, abroad.tolist(), claimed.tolist(), wanted_filed.tolist(), strict=True)
    ]
    near = draw(rng, ("in_the_act", "investigation", "warrant"), len(row))
    basis = np.where(abroad, "foreign_warrant", near).tolist()
    attribution = world.involved.attribution[involvement]
    attribution = np.where((attribution == 0) & abroad & (rng.random(len(row)) < 0.15), 2, attribution)
    columns: dict[str, Sequence[object]] = {
        "person": [world.person_ids[place] for place in row.tolist()],
        "action": world.stem_ids(row),
        "at": desks.moments(instant[involvement], dayonly[involvement], at),
        "place": _places(rng, world, action, at),
        "arresting_state": desks.say("countries", units, at),
        "wanted_by": desks.say("countries", wanted, at),
        "basis": desks.say("arrest_bases", basis, at),
        **_offences(world, action, at),
        "attribution": desks.say("attributions", [ATTRIBUTIONS[place] for place in attribution.tolist()], at),
    }
    columns |= evaluations(rng, world, at)
    return table("arrests", records.desk[row], world.stem[row], columns)


def instants(world: FiledWorld) -> tuple[Ints, Flags]:
    """Return the instant of each involvement in minutes from the window's start, and whether only its day is known."""
    rng = stream(world.seed, "instants")
    start, length = world.actions.start[world.involved.action], world.actions.length[world.involved.action]
    later = (rng.random(len(start)) * np.minimum(length, 240)).astype(np.int64) // 5 * 5
    dayonly = rng.random(len(start)) < 0.15
    instant = start + later
    return np.where(dayonly, instant // 1440 * 1440, instant), dayonly


def _places(rng: np.random.Generator, world: FiledWorld, action: Ints, at: Sequence[int]) -> list[object]:
    """Return the town of each action, left out or "unknown" now and then."""
    missing = catalogue(POOLS, "phrases.yaml")["missing"]
    towns: list[object] = []
    for action_number, desk, luck in zip(action.tolist(), at, rng.random(len(at)).tolist(), strict=True):
        if luck < 0.04:
            words = missing[world.desks.language[desk]]
            towns.append(words[int(luck * 10_000) % len(words)])
        else:
            towns.append(place_of(world, action_number) if luck < 0.8 else None)
    return towns


def place_of(world: FiledWorld, action: int) -> str:
    """Return the town of an action."""
    state = world.plan.row_states[int(world.actions.state[action])]
    return countries()[state].places[int(world.actions.place[action])]


def _offences(world: FiledWorld, action: Ints, at: Sequence[int]) -> dict[str, Sequence[object]]:
    """Return the offences in ICCS codes, and in the words of the national law."""
    all_themes, cases = themes(), public_cases()
    wording = catalogue(POOLS, "themes.yaml")["offences"]
    codes: list[tuple[str, ...]] = []
    words: list[str] = []
    rows = zip(
        world.actions.theme[action].tolist(), world.actions.case[action].tolist(), action.tolist(), at, strict=True
    )
    for theme, case, number, desk in rows:
        of_theme: dict[str, Any] = dict(all_themes[theme])
        own = cases[case].get("offences") if case >= 0 else None
        offences = tuple(own or (of_theme["offences"] if number % 3 else of_theme["offences"][:1]))
        codes.append(offences)
        words.append(wording[of_theme["name"]][world.desks.language[desk]])
    return {"offences": world.desks.say_all("offences", codes, at), "national_offence": words}


def victims(world: FiledWorld) -> FiledTable:
    """Return the victims table: one row a record of a possible or former possible victim."""
    records, desks = world.records, world.desks
    rng = stream(world.seed, "victim rows")
    bits = world.involved.roles[records.involvement]
    denied = ((bits & NOT_VICTIM) > 0) & (records.evidence != AMBIGUOUS)
    row = np.flatnonzero((((bits & POSSIBLE) > 0) | denied) & (records.source != SUSPECTED_ABROAD))
    involvement = records.involvement[row]
    at = records.desk[row].tolist()
    size = len(row)
    sure = identified(world, involvement).tolist()
    no = ((bits[row] & NOT_VICTIM) > 0).tolist()
    status = [
        "NotAVictimOfTrafficking" if none else "ActualVictimOfTrafficking" if decided else "PossibleVictimOfTrafficking"
        for none, decided in zip(no, sure, strict=True)
    ]
    consent = draw(rng, ("given", "given", "refused", None), size).tolist()
    referral = draw(rng, ("offered", "referred", "in_care", "declined"), size).tolist()
    referral = ["offered" if answer == "refused" else offer for offer, answer in zip(referral, consent, strict=True)]
    columns: dict[str, Sequence[object]] = {
        "person": [world.person_ids[place] for place in row.tolist()],
        "action": world.stem_ids(row),
        "status": desks.say("trafficking_status", status, at),
        "decided_by": desks.say("deciding_bodies", draw(rng, ("Police", "Police", "NGO"), size).tolist(), at),
        "acts": desks.say_all(
            "trafficking_acts",
            draw(rng, (("recruitment",), ("recruitment", "transportation"), ("harbouring",)), size).tolist(),
            at,
        ),
        "means": desks.say_all("trafficking_means", draw(rng, _MEANS, size).tolist(), at),
        **_exploitation(rng, world, row, at),
        "controls": desks.say_all("control_methods", draw(rng, _CONTROLS, size).tolist(), at),
        "recruitment": desks.say_all("recruitment_methods", draw(rng, _RECRUITED, size).tolist(), at),
        **_promises(rng, world, row, at),
        "referral": desks.say("referral_status", referral, at),
        "consent_to_share": desks.say("consents", consent, at),
        "consent_to_exploitation": desks.say("yes_no", draw(rng, ("no", "no", "yes", None, None), size).tolist(), at),
    }
    columns |= evaluations(rng, world, at)
    return table("victims", records.desk[row], world.stem[row], columns)


def _exploitation(
    rng: np.random.Generator, world: FiledWorld, row: Ints, at: Sequence[int]
) -> dict[str, Sequence[object]]:
    """Return what kind of exploitation, in which sector, by the theme of the action or the words of a public case."""
    all_themes, cases = themes(), public_cases()
    action = world.involved.action[world.records.involvement[row]]
    kinds: list[tuple[str, ...]] = []
    sexual: list[tuple[str, ...]] = []
    sectors: list[str | None] = []
    rows = zip(
        world.actions.theme[action].tolist(),
        world.actions.case[action].tolist(),
        rng.random(len(row)).tolist(),
        strict=True,
    )
    for theme, case, luck in rows:
        of_theme = all_themes[theme]
        own = cases[case].get("exploitation") if case >= 0 else None
        options = of_theme["exploitation"] or ["Other"]
        kinds.append(tuple(own) if own else (options[int(luck * len(options))],))
        sexual.append(tuple(of_theme["sexual"]) if luck < 0.8 else ())
        choices = of_theme["sectors"]
        sectors.append(choices[int(luck * len(choices))] if choices and luck < 0.9 else None)
    return {
        "exploitation": world.desks.say_all("exploitation_types", kinds, at),
        "sexual_exploitation": world.desks.say_all("sexual_exploitation_types", sexual, at),
        "sector": world.desks.say("sectors", sectors, at),
    }


def _promises(rng: np.random.Generator, world: FiledWorld, row: Ints, at: Sequence[int]) -> dict[str, Sequence[object]]:
    """Return what was promised, what it cost, where it began and where it ended."""
    records, desks = world.records, world.desks
    jobs = catalogue(POOLS, "themes.yaml")["jobs"]
    size = len(row)
    luck = rng.random(size)
    home = world.persons.citizenship[records.person[row]].tolist()
    action = world.involved.action[records.involvement[row]]
    destinations = [world.plan.row_states[place] for place in world.actions.state[action].tolist()]
    days = desks.window_day(world.actions.start[action])
    since = desks.days(days - rng.integers(20, 900, size), at)
    paid = (luck < 0.3).tolist()
    fees = (rng.integers(2, 60, size) * 100).tolist()
    currencies = draw(rng, _CURRENCIES, size).tolist()
    promised = (luck < 0.6).tolist()
    return {
        "promised_job": [
            jobs[desks.language[desk]][place] if is_written else None
            for desk, place, is_written in zip(at, rng.integers(0, 8, size).tolist(), promised, strict=True)
        ],
        "promised_country": desks.say(
            "countries",
            [country if is_written else None for country, is_written in zip(destinations, promised, strict=True)],
            at,
        ),
        "fee": [fee if is_paid else None for fee, is_paid in zip(fees, paid, strict=True)],
        "fee_currency": desks.say(
            "currencies",
            [currency if has_fee else None for currency, has_fee in zip(currencies, paid, strict=True)],
            at,
        ),
        "recruitment_country": desks.say("countries", home, at),
        "exploitation_country": desks.say("countries", destinations, at),
        "episode_start": [
            day if is_written else None for day, is_written in zip(since, (luck < 0.5).tolist(), strict=True)
        ],
    }
