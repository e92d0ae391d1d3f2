"""Type names and birth dates as clerks do, with their habits and mistakes.

In: records, persons, desks. Out: one column for each field. Guaranteed: a record tied to another by a document, or by
phone and birth date, keeps that tie whatever else the clerk does to it; an ambiguous one keeps a birth year and a name
that can be recognised; look-alikes are filed with everything that tells them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from traboule.core.language.messages import catalogue
from traboule.demo.desks.sightings import AMBIGUOUS, ANCHOR, MEDIUM, Records
from traboule.demo.desks.style import Desks, partial_day
from traboule.demo.world.draws import Flags, Ints, Objects, stream
from traboule.demo.world.names import POOLS, SPELLINGS, cultures
from traboule.demo.world.people import EPOCH, WorldPersons

NATIVE, BOTH, LATIN, LATIN_COLUMNS = range(4)
FULL, MONTH, YEAR, FIRST_OF_JANUARY, EXCHANGED, BAND, NOT_KNOWN = range(7)
_BIRTH_HABITS = (0.78, 0.03, 0.05, 0.04, 0.02, 0.04, 0.04)
_SPELLING_HABITS = (0.6, 0.2, 0.12, 0.08)
_BANDS = (
    (9, "0-8"),
    (18, "9-17"),
    (21, "18-20"),
    (24, "21-23"),
    (27, "24-26"),
    (30, "27-29"),
    (39, "30-38"),
    (48, "39-47"),
)


@dataclass(frozen=True, slots=True)
class Habits:
    """What the clerk does to each record.

    ``given_spelling`` and ``family_spelling``: which Latin spelling; ``mode``: which script in which columns;
    ``slip``: 0 none, 1 a typing error in the given name, 2 in the family name, 3 names exchanged, 4 an initial;
    ``shortened``: the second part of the name is left out; ``birth``: how much of the birth date is written; ``noise``
    a number to take further choices from.
    """

    mode: Ints
    given_spelling: Ints
    family_spelling: Ints
    slip: Ints
    shortened: Flags
    birth: Ints
    noise: Ints


def habits(seed: int, records: Records, persons: WorldPersons, desks: Desks) -> Habits:
    """Return the habits behind each record."""
    rng = stream(seed, "clerks")
    size = len(records)
    certain = persons.certain[records.person]
    vague = (records.evidence == AMBIGUOUS) & ~certain
    firm = (records.evidence == MEDIUM) | certain
    anchored = _anchors_of_medium(records) & (records.evidence == ANCHOR)
    given_spelling = rng.choice(SPELLINGS, size=size, p=_SPELLING_HABITS)
    family_spelling = rng.choice(SPELLINGS, size=size, p=_SPELLING_HABITS)
    # An ambiguous record is spelled differently from the first record of its person.
    first = _first_record(records)
    given_spelling = np.where(vague, (given_spelling[first] + 1 + rng.integers(0, 2, size)) % SPELLINGS, given_spelling)
    slip = np.where(rng.random(size) < 0.9, 0, rng.integers(1, 5, size))
    # Another spelling and a vague date suffice: with a typing slip as well nobody could recognise the person.
    slip = np.where(vague & (slip != 3), 0, slip)
    birth = rng.choice(len(_BIRTH_HABITS), size=size, p=_BIRTH_HABITS)
    vaguely = rng.choice(np.array([YEAR, FIRST_OF_JANUARY, EXCHANGED, FULL]), size=size, p=(0.45, 0.2, 0.15, 0.2))
    birth = np.where(vague, vaguely, birth)
    plainly = _anchors_of_vague(records) & (records.evidence == ANCHOR)
    birth = np.where(plainly, FULL, birth)
    birth = np.where(firm | anchored, FULL, birth)
    return Habits(
        mode=_modes(rng, records, persons, desks),
        given_spelling=given_spelling,
        family_spelling=family_spelling,
        slip=np.where(firm | anchored | plainly, 0, slip),
        shortened=rng.random(size) < np.where(firm, 0.05, 0.25),
        birth=birth,
        noise=rng.integers(0, 2**31, size),
    )


def _first_record(records: Records) -> Ints:
    """Return, for each record, the index of the first record of its person."""
    anchor = np.zeros(int(records.person.max(initial=0)) + 1, dtype=np.int64)
    places = np.flatnonzero(records.evidence == ANCHOR)
    anchor[records.person[places]] = places
    return anchor[records.person]


def _anchors_of_medium(records: Records) -> Flags:
    tied = np.zeros(int(records.person.max(initial=0)) + 1, dtype=np.bool_)
    tied[records.person[records.evidence == MEDIUM]] = True
    return tied[records.person]


def _anchors_of_vague(records: Records) -> Flags:
    tied = np.zeros(int(records.person.max(initial=0)) + 1, dtype=np.bool_)
    tied[records.person[records.evidence == AMBIGUOUS]] = True
    return tied[records.person]


def _modes(rng: np.random.Generator, records: Records, persons: WorldPersons, desks: Desks) -> Ints:
    """Return the script habit: a desk writes a script that it reads, and rarely copies another from a passport."""
    scripts = np.array([culture.script for culture in cultures().values()])[persons.culture[records.person]]
    own = np.array(desks.script)[records.desk]
    size = len(records)
    reads = np.where(rng.random(size) < 0.6, NATIVE, np.where(rng.random(size) < 0.6, BOTH, LATIN_COLUMNS))
    copies = np.where(rng.random(size) < 0.08, BOTH, np.where(rng.random(size) < 0.3, LATIN_COLUMNS, LATIN))
    latin = np.where(rng.random(size) < 0.1, BOTH, LATIN)
    return np.where(scripts == "latin", latin, np.where(scripts == own, reads, copies)).astype(np.int64)


NameColumns = dict[str, list[object]]


def names(records: Records, persons: WorldPersons, habits: Habits) -> NameColumns:
    """Return family and given names, in the script of the document and romanised, as typed."""
    person = records.person
    pools = [_Pools(entry.given_names, entry.family, entry.second, entry.second_in) for entry in cultures().values()]
    culture, sex = persons.culture[person].tolist(), persons.sex[person].tolist()
    parts = zip(
        culture,
        sex,
        persons.given_name[person].tolist(),
        persons.family[person].tolist(),
        np.where(habits.shortened, -1, persons.second[person]).tolist(),
        habits.given_spelling.tolist(),
        habits.family_spelling.tolist(),
        habits.mode.tolist(),
        habits.slip.tolist(),
        habits.noise.tolist(),
        strict=True,
    )
    rows = [_typed(pools[part[0]], part) for part in parts]
    fields = ("family_name", "given_names", "family_name_romanised", "given_names_romanised")
    return {field: [row[place] or None for row in rows] for place, field in enumerate(fields)}


@dataclass(frozen=True, slots=True)
class _Pools:
    given_names: tuple[Objects, Objects]
    family: tuple[Objects, Objects]
    second: tuple[Objects, Objects]
    second_in: str


Part = tuple[int, int, int, int, int, int, int, int, int, int]


def _typed(pools: _Pools, part: Part) -> tuple[str, str, str, str]:
    """Return the four name cells of one record."""
    _, sex, given_name, family_name, second, given_spelling, family_spelling, mode, slip, noise = part
    native = _full_name(pools, (sex, given_name, family_name, second), 0, 0)
    latin = _full_name(pools, (sex, given_name, family_name, second), 1 + given_spelling, 1 + family_spelling)
    if slip:
        native = _with_slip(native, slip, noise)
        latin = _with_slip(latin, slip, noise)
    if mode == NATIVE:
        return (*native, "", "")
    if mode == BOTH:
        return (*native, *latin)
    return (*latin, "", "") if mode == LATIN else ("", "", *latin)


def _full_name(
    pools: _Pools, places: tuple[int, int, int, int], given_spelling: int, family_spelling: int
) -> tuple[str, str]:
    """Return (family, given) with the second part where the culture puts it."""
    sex, given_name, family_name, second = places
    first = str(pools.given_names[sex][given_name, given_spelling])
    last = str(pools.family[sex][family_name, family_spelling]) if family_name >= 0 else ""
    if second >= 0:
        more = str(pools.second[sex][second, given_spelling])
        if pools.second_in == "given":
            first = f"{first} {more}"
        else:
            last = f"{last} {more}"
    return last, first


def _with_slip(name: tuple[str, str], slip: int, noise: int) -> tuple[str, str]:
    family_name, given_name = name
    if slip == 1:
        return family_name, mistyped(given_name, noise)
    if slip == 2:
        return mistyped(family_name, noise), given_name
    if slip == 3:
        return given_name, family_name
    return family_name, f"{given_name[:1]}."


def mistyped(text: str, noise: int) -> str:
    """Return ``text`` with one typing error: two letters exchanged, one left out or one doubled. Short names stay."""
    if len(text) < 4:
        return text
    place = 1 + noise // 7 % (len(text) - 2)
    kind = noise % 3
    if kind == 0:
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    return text[:place] + text[place + 1 :] if kind == 1 else text[:place] + text[place] + text[place:]


def births(records: Records, persons: WorldPersons, habits: Habits, desks: Desks) -> dict[str, list[object]]:
    """Return the birth date, its precision and the age band, as far as the clerk wrote them."""
    days = persons.birth[records.person]
    iso = days.astype("datetime64[D]").astype(str).tolist()
    at = records.desk.tolist()
    written = desks.days(days, at)
    styles = desks.dates.tolist()
    habit = habits.birth.tolist()
    noise = habits.noise.tolist()
    missing = catalogue(POOLS, "phrases.yaml")["missing"]
    dates: list[object] = []
    precisions: list[str | None] = []
    for place, how in enumerate(habit):
        cell, precision = _birth(how, iso[place], written[place], styles[at[place]])
        if cell is None and noise[place] % 2:
            words = missing[desks.language[at[place]]]
            cell = words[noise[place] // 8 % len(words)]
        dates.append(cell)
        precisions.append(precision if noise[place] % 10 < 6 else None)
    bands = age_bands(days, desks.first_day)
    bands_written = [
        band if how in (BAND, NOT_KNOWN) or chance % 4 == 0 else None
        for band, how, chance in zip(bands, habit, noise, strict=True)
    ]
    return {
        "birth_date": dates,
        "birth_precision": list(desks.say("date_precisions", precisions, at)),
        "age_band": list(desks.say("age_bands", bands_written, at)),
    }


def _birth(how: int, iso: str, written: object, style: int) -> tuple[object, str | None]:
    """Return the birth date cell and the precision that goes with it."""
    year, month, day = iso.split("-")
    if how == EXCHANGED and int(day) <= 12:
        return f"{year}-{day}-{month}", "day"
    if how == FIRST_OF_JANUARY:
        return f"{year}-01-01", "year"
    if how == MONTH:
        return partial_day(style, f"{year}-{month}"), "month"
    if how in (YEAR, EXCHANGED):
        return partial_day(style, year), "year"
    return (written, "day") if how == FULL else (None, None)


def age_bands(births: Ints, on: date) -> list[str]:
    """Return the CTDC age band of each birth day (since 1970) on the day ``on``."""
    days = births.astype("datetime64[D]")
    today = np.datetime64(on)
    years = today.astype("datetime64[Y]").astype(int) - days.astype("datetime64[Y]").astype(int)
    of_year = births - days.astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    today_of_year = on.toordinal() - date(on.year, 1, 1).toordinal()
    age = years - (of_year > today_of_year)
    limits = np.array([limit for limit, _ in _BANDS])
    labels = [*(label for _, label in _BANDS), "48+"]
    return [labels[place] for place in np.searchsorted(limits, age, side="right").tolist()]


def birth_code(births: Ints) -> list[str]:
    """Return birth days as YYMMDD, the form of a machine-readable zone."""
    return [date.fromordinal(day + EPOCH).strftime("%y%m%d") for day in births.tolist()]
