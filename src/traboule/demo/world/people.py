"""Persons: their attributes, names and papers, and their look-alikes.

In: a plan, involvements. Out: :class:`Persons` and the person of each involvement. Guaranteed: no two persons share
full name and full birth date by accident, only where the plan's difficulty has namesakes; minors are under 18 on the
first day, adults over, by more than any clerk's slip.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from traboule.demo.world import numbers
from traboule.demo.world.cases import ARRESTED, POSSIBLE, Involvements, WorldActions, themes
from traboule.demo.world.difficulty import Difficulty
from traboule.demo.world.draws import Flags, Ints, Objects, objects, stream
from traboule.demo.world.names import cultures
from traboule.demo.world.places import countries
from traboule.demo.world.plan import WorldPlan

EPOCH = date(1970, 1, 1).toordinal()
# Nobody is born in the year between: a year alone, or an exchanged day and month, never makes a minor.
_LAST_ADULT = date(2005, 12, 31).toordinal() - EPOCH
_FIRST_MINOR = date(2007, 1, 1).toordinal() - EPOCH
_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class WorldPersons:
    """One element for each person.

    ``given_name``, ``second`` and ``family`` are indices into the culture's pools (-1: none);
    ``birth`` in days since 1970; ``sex`` 0 female, 1 male; ``certain``: must never be filed vaguely, because somebody
    else looks like them; ``phone`` in E.164, ``home`` the ISO code of its country.
    """

    culture: Ints
    sex: Ints
    given_name: Ints
    second: Ints
    family: Ints
    birth: Ints
    minor: Flags
    certain: Flags
    citizenship: Objects
    other_citizenship: Objects
    phone: Objects
    home: Objects
    passport: Objects
    id_card: Objects

    def __len__(self) -> int:
        return len(self.sex)


def people(
    seed: int, of: WorldPlan, actions: WorldActions, involved: Involvements
) -> tuple[WorldPersons, Ints, Involvements]:
    """Return the persons, the person of each involvement, and the involvements with repeated victimisation added."""
    rng = stream(seed, "people")
    involved, person = _once_or_twice(rng, actions, involved)
    first = _first_involvement(person)
    size = len(first)
    sex = (rng.random(size) >= involved.female[first]).astype(np.int64)
    minor = involved.minor[first]
    birth = _births(rng, minor, (involved.roles[first] & POSSIBLE) > 0)
    citizenship = involved.nationality[first]
    given_name, second, family, culture = _names(rng, citizenship, sex)
    state = objects(list(of.row_states))[actions.state[involved.action[first]]]
    home = np.where(rng.random(size) < 0.55, state, citizenship).astype(np.object_)
    persons = WorldPersons(
        culture=culture,
        sex=sex,
        given_name=given_name,
        second=second,
        family=family,
        birth=birth,
        minor=minor,
        certain=np.zeros(size, dtype=np.bool_),
        citizenship=citizenship,
        other_citizenship=_second_citizenship(rng, citizenship),
        phone=numbers.phones(rng, home),
        home=home,
        passport=numbers.passports(rng, citizenship),
        id_card=numbers.id_cards(rng, size),
    )
    once = np.bincount(person, minlength=size) == 1
    persons = _families(rng, of.difficulty, persons, involved.action[first])
    persons = _look_alikes(rng, of.difficulty, persons, once)
    persons = replace(persons, birth=_apart(persons))
    return _namesakes(stream(seed, "namesakes"), of.difficulty, persons, once), person, involved


def culture_names() -> tuple[str, ...]:
    """Return the names of the cultures in the order of ``Persons.culture``."""
    return tuple(cultures())


def _once_or_twice(
    rng: np.random.Generator, actions: WorldActions, involved: Involvements
) -> tuple[Involvements, Ints]:
    """Give each involvement its person: some are arrested by two states, some exploited in two states.

    A second arrest is an arrest of its own and stands in the quota; a second exploitation is added, for its person
    counts once (rules 7, 10; product page, finding 11).
    """
    person = np.arange(len(involved), dtype=np.int64)
    state = actions.state[involved.action]
    plain = actions.case[involved.action] < 0
    twice = max(1, len(involved) // 480)
    arrested = np.flatnonzero((involved.roles == ARRESTED) & plain)
    chosen = rng.permutation(arrested)[: 2 * twice]
    for first, second in zip(chosen[0::2].tolist(), chosen[1::2].tolist(), strict=False):
        if (
            state[first] != state[second]
            and actions.start[involved.action[first]] // 1440 != actions.start[involved.action[second]] // 1440
        ):
            person[second] = first
            involved.nationality[second] = involved.nationality[first]
    victims = np.flatnonzero((involved.roles == POSSIBLE) & plain)
    repeated = rng.permutation(victims)[: 2 * twice]
    with_victims = np.array([theme["victims"] for theme in themes()])
    open_actions = np.flatnonzero(with_victims[actions.theme] & (actions.case < 0))
    where = rng.choice(open_actions, size=len(repeated))
    other_state = actions.state[where] != state[repeated]
    repeated, where = repeated[other_state], where[other_state]
    grown = Involvements(
        action=np.concatenate([involved.action, where]),
        roles=np.concatenate([involved.roles, involved.roles[repeated]]),
        attribution=np.concatenate([involved.attribution, involved.attribution[repeated]]),
        minor=np.concatenate([involved.minor, involved.minor[repeated]]),
        nationality=np.concatenate([involved.nationality, involved.nationality[repeated]]),
        female=np.concatenate([involved.female, involved.female[repeated]]),
    )
    _, numbered = np.unique(np.concatenate([person, person[repeated]]), return_inverse=True)
    return grown, numbered.astype(np.int64)


def _first_involvement(person: Ints) -> Ints:
    """Return, for each person, the place of the first involvement."""
    _, first = np.unique(person, return_index=True)
    return first.astype(np.int64)


def _births(rng: np.random.Generator, minor: Flags, victim: Flags) -> Ints:
    """Return birth dates: minors 3 to 17, victims mostly young, others of working age."""
    size = len(minor)
    today = date(2024, 9, 29).toordinal() - EPOCH
    young = np.minimum(3.2 + 14.4 * rng.beta(3.0, 1.2, size), 17.6)
    grown = np.clip(18.9 + rng.gamma(1.7, 5.5, size) + np.where(victim, 0, rng.gamma(2.0, 4.0, size)), 18.9, 71)
    birth = today - (np.where(minor, young, grown) * _YEAR).astype(np.int64)
    return np.where(minor, np.maximum(birth, _FIRST_MINOR), np.minimum(birth, _LAST_ADULT))


def _names(rng: np.random.Generator, citizenship: Objects, sex: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Return places of given, second and family names in their culture's pools, and the culture."""
    culture_order = culture_names()
    of_country = {code: culture_order.index(countries()[code].culture) for code in sorted(set(citizenship.tolist()))}
    culture = np.array([of_country[code] for code in citizenship.tolist()], dtype=np.int64)
    size = len(culture)
    given_name, second, family = (np.full(size, -1, dtype=np.int64) for _ in range(3))
    for number, culture_entry in enumerate(cultures().values()):
        for of_sex in (0, 1):
            places = np.flatnonzero((culture == number) & (sex == of_sex))
            # Names are not equally common: squaring a uniform draw favours the beginning of a list.
            given_name[places] = (rng.random(len(places)) ** 1.4 * len(culture_entry.given_names[of_sex])).astype(
                np.int64
            )
            family[places] = (rng.random(len(places)) ** 1.4 * len(culture_entry.family[of_sex])).astype(np.int64)
            alone = rng.random(len(places)) < culture_entry.single
            family[places[alone]] = -1
            more = (rng.random(len(places)) < culture_entry.second_share) & ~alone
            if len(culture_entry.second[of_sex]):
                second_places = rng.integers(0, len(culture_entry.second[of_sex]), len(places))
                second[places] = np.where(more, second_places, -1)
    return given_name, second, family, culture


def _second_citizenship(rng: np.random.Generator, citizenship: Objects) -> Objects:
    """Return a second citizenship for one in forty, "" for the others."""
    size = len(citizenship)
    candidate = citizenship[rng.permutation(size)]
    return np.where((rng.random(size) < 0.025) & (candidate != citizenship), candidate, "").astype(np.object_)


def _families(rng: np.random.Generator, difficulty: Difficulty, persons: WorldPersons, action: Ints) -> WorldPersons:
    """Make brothers, sisters and twins found together: one family name, one phone and address, other given names."""
    size = len(persons)
    same = np.flatnonzero(
        (action[1:] == action[:-1])
        & (persons.culture[1:] == persons.culture[:-1])
        & (persons.minor[1:] == persons.minor[:-1])
        & (persons.family[1:] >= 0)
        & (persons.family[:-1] >= 0)
    )
    chosen = np.sort(rng.permutation(same)[: max(4, size // difficulty.relatives)])
    chosen = chosen[np.concatenate([[True], np.diff(chosen) > 1])] if len(chosen) else chosen
    younger, elder = chosen + 1, chosen
    family, second, birth = persons.family.copy(), persons.second.copy(), persons.birth.copy()
    phone, home, certain = persons.phone.copy(), persons.home.copy(), persons.certain.copy()
    given_name, citizenship = persons.given_name.copy(), persons.citizenship.copy()
    pools = list(cultures().values())
    limit = np.array([len(pools[culture].family[0]) for culture in persons.culture[younger].tolist()], dtype=np.int64)
    family[younger] = family[elder] % np.maximum(limit, 1)
    second[younger] = np.where(second[younger] >= 0, _shared_second(persons, elder, younger), second[younger])
    phone[younger], home[younger] = phone[elder], home[elder]
    citizenship[younger] = citizenship[elder]
    twins = np.arange(len(chosen)) % 4 == 0
    gap = rng.integers(400, 1500, len(chosen))
    moved = np.where(birth[elder] - gap > -20_000, birth[elder] - gap, birth[elder] + gap)
    low = np.where(persons.minor[younger], _FIRST_MINOR, -20_000)
    moved = np.where(moved < low, birth[elder] + gap, moved)
    birth[younger] = np.where(twins, birth[elder], moved)
    certain[younger] = certain[elder] = difficulty.in_full
    several = np.array(
        [min(len(pools[c].given_names[0]), len(pools[c].given_names[1])) for c in persons.culture[younger].tolist()]
    )
    given_name[younger] = np.where(
        given_name[younger] == given_name[elder], (given_name[elder] + 1) % np.maximum(several, 1), given_name[younger]
    )
    return replace(
        persons,
        family=family,
        second=second,
        birth=birth,
        phone=phone,
        home=home,
        certain=certain,
        given_name=given_name,
        citizenship=citizenship,
    )


def _shared_second(persons: WorldPersons, elder: Ints, younger: Ints) -> Ints:
    """Return the elder's second names for the younger, whose sex may have fewer to choose from."""
    pools = list(cultures().values())
    limits = np.array(
        [
            len(pools[culture].second[sex])
            for culture, sex in zip(persons.culture[younger].tolist(), persons.sex[younger].tolist(), strict=True)
        ],
        dtype=np.int64,
    )
    second: Ints = persons.second[elder]
    return np.where(second >= 0, second % np.maximum(limits, 1), -1)


def _look_alikes(rng: np.random.Generator, difficulty: Difficulty, persons: WorldPersons, once: Flags) -> WorldPersons:
    """Make pairs of strangers who share full name, sex, citizenship and birth year, and nothing else."""
    free = np.flatnonzero(once & ~persons.certain & ~persons.minor & (persons.family >= 0))
    chosen = rng.permutation(free)[: 2 * max(3, len(persons) // difficulty.look_alikes)]
    left, right = chosen[0::2], chosen[1::2][: len(chosen[0::2])]
    left = left[: len(right)]
    changed = {name: getattr(persons, name).copy() for name in ("culture", "sex", "given_name", "second", "family")}
    for column in changed.values():
        column[right] = column[left]
    citizenship, birth, certain = persons.citizenship.copy(), persons.birth.copy(), persons.certain.copy()
    citizenship[right] = citizenship[left]
    days = birth[left].astype("datetime64[D]")
    year_start = days.astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    of_year = birth[left] - year_start
    birth[right] = year_start + (of_year + rng.integers(60, 290, len(left))) % 364
    certain[left] = certain[right] = difficulty.in_full
    return replace(persons, citizenship=citizenship, birth=birth, certain=certain, **changed)


def _namesakes(rng: np.random.Generator, difficulty: Difficulty, persons: WorldPersons, once: Flags) -> WorldPersons:
    """Make pairs of strangers who share full name, sex, citizenship and birth date; their papers differ."""
    wanted = len(persons) // difficulty.namesakes if difficulty.namesakes else 0
    free = rng.permutation(np.flatnonzero(once & ~persons.certain & ~persons.minor & (persons.family >= 0)))
    left, right = free[:wanted], free[wanted : 2 * wanted]
    names = ("culture", "sex", "given_name", "second", "family", "birth", "citizenship")
    changed = {name: getattr(persons, name).copy() for name in names}
    for column in changed.values():
        column[right] = column[left[: len(right)]]
    return replace(persons, **changed)


def _apart(persons: WorldPersons) -> Ints:
    """Return birth dates moved by some days where full name and date would be the same by accident."""
    birth = persons.birth.copy()
    name = ((persons.culture * 2 + persons.sex) * 4_000 + persons.given_name) * 4_000 + persons.family + 1
    for _ in range(20):
        key = name * 40_000 + birth + 30_000
        _, first, where = np.unique(key, return_index=True, return_inverse=True)
        doubled = np.arange(len(key)) != first[where]
        if not doubled.any():
            break
        places = np.flatnonzero(doubled)
        step = 11 + places % 97
        moved = birth[places] - step
        too_old = persons.minor[places] & (moved < _FIRST_MINOR)
        birth[places] = np.where(too_old, _FIRST_MINOR + (step * 31) % 1_500, moved)
    return birth
