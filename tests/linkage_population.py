"""A population with known truth for the tests of linkage: seeded, several scripts and clerks, households, shelters.

``population(persons, seed)`` gives tables as the register would, and who each record is. Written for these tests alone:
it shares nothing with the demonstration's operation, so that what is learned on one is measured on another.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import yaml
from anyascii import anyascii

from traboule.core.identifiers import normalise

NAMES = yaml.safe_load(Path(__file__).with_name("linkage_names.yml").read_text(encoding="utf-8"))
ARABIC_GIVEN = [(native, ways) for native, *ways in NAMES["arabic_given"]]
ARABIC_FAMILY = [(native, ways) for native, *ways in NAMES["arabic_family"]]
LATIN = {culture: (names["family"], names["given"]) for culture, names in NAMES["latin"].items()}
CITIZENSHIPS, STATES = NAMES["citizenships"], NAMES["states"]
FIRST_MINUTE = datetime.fromisoformat("2024-09-29T00:00")


@dataclass
class Person:
    """The truth about one person."""

    number: int
    culture: str
    family: str
    given: str
    family_ways: list[str]
    given_ways: list[str]
    born: date
    sex: str
    citizenship: str
    place: str
    document: tuple[str, str]
    phone: str
    address: str
    imei: str
    arrest: tuple[str, datetime] | None


@dataclass
class Population:
    """Tables as the register gives them, and the person (a number) that each record is."""

    people: pa.Table
    identities: pa.Table
    identifiers: pa.Table
    encounters: pa.Table
    truth: dict[str, int]


@dataclass
class _Rows:
    people: list[dict[str, object]] = field(default_factory=list)
    identities: list[dict[str, object]] = field(default_factory=list)
    identifiers: list[dict[str, object]] = field(default_factory=list)
    encounters: list[dict[str, object]] = field(default_factory=list)
    truth: dict[str, int] = field(default_factory=dict)


PEOPLE = pa.schema(
    [("record", pa.string()), ("unit", pa.string()), ("birth_precision", pa.string()), ("age_band", pa.string()),
     ("sex", pa.string()), ("citizenships", pa.list_(pa.string()))]
)  # fmt: skip
IDENTITIES = pa.schema(
    [(name, pa.string()) for name in ("record", "unit", "family_name", "given_names", "family_name_romanised",
                                      "given_names_romanised", "other_names", "birth_date", "birth_place")]
)  # fmt: skip
IDENTIFIERS = pa.schema(
    [(name, pa.string()) for name in ("record", "unit", "person_record", "kind", "value", "issuer")]
)
ENCOUNTERS = pa.schema([("person_record", pa.string()), ("state", pa.string()), ("at", pa.timestamp("us"))])


def population(persons: int, seed: int, *, again: float = 0.22) -> Population:
    """Return ``persons`` persons, of whom a share ``again`` is filed twice or three times."""
    chance = random.Random(seed)
    everyone = [_person(number, chance) for number in range(persons)]
    _households(everyone, chance)
    rows = _Rows()
    for person in everyone:
        home = chance.choice(STATES)
        _file(rows, person, home, "police", chance, first=True)
        for time in range((chance.random() < again) + (chance.random() < again / 8)):
            other = home if chance.random() < 0.25 else chance.choice(STATES)
            _file(rows, person, other, f"agency{time}", chance, first=False)
    _shelters(rows, chance)
    return Population(
        pa.Table.from_pylist(rows.people, schema=PEOPLE),
        pa.Table.from_pylist(rows.identities, schema=IDENTITIES),
        pa.Table.from_pylist(rows.identifiers, schema=IDENTIFIERS),
        pa.Table.from_pylist(rows.encounters, schema=ENCOUNTERS),
        rows.truth,
    )


def _skewed(chance: random.Random, pool: list[object]) -> object:
    return pool[
        min(int(chance.paretovariate(0.9)) - 1, len(pool) - 1)
        if chance.random() < 0.25
        else chance.randrange(len(pool))
    ]


def _person(number: int, chance: random.Random) -> Person:
    culture = chance.choices(list(CITIZENSHIPS), [30, 20, 15, 14, 10, 6, 5])[0]
    if culture == "ar":
        (given, given_ways), (family, family_ways) = _skewed(chance, ARABIC_GIVEN), _skewed(chance, ARABIC_FAMILY)
    elif culture == "ru":
        given, family = _skewed(chance, NAMES["cyrillic_given"]), _skewed(chance, NAMES["cyrillic_family"])
        family = family + ("а" if given[-1] in "ая" and family[-1] in "в" else "")
        given_ways = [_romanised(given, way) for way in NAMES["cyrillic_ways"][:2]]
        family_ways = [_romanised(family, way) for way in NAMES["cyrillic_ways"][:2]]
    elif culture == "zh":
        family = chance.choice(NAMES["han_family"])
        given = "".join(chance.choices(NAMES["han_given"], k=chance.choice((1, 2, 2))))
        family_ways, given_ways = _pinyin(family), _pinyin(given)
    else:
        families, givens = LATIN[culture]
        family, given = _skewed(chance, families), chance.choice(givens)
        if culture == "es":
            family = f"{family} {chance.choice(families)}"
        family_ways, given_ways = [family], [given]
    if culture in ("ar", "fr", "ng", "es") and chance.random() < 0.6:
        given, given_ways = _with_second_name(culture, given, given_ways, chance)
    born = date(1955, 1, 1) + timedelta(days=int(chance.triangular(0, 20000, 14500)))
    citizenship = chance.choice(CITIZENSHIPS[culture])
    arrest = None
    if chance.random() < 0.3:
        moment = FIRST_MINUTE + timedelta(minutes=30 * chance.randrange(288))
        arrest = (chance.choice(STATES), moment)
    return Person(
        number, culture, str(family), str(given), family_ways, given_ways,
        born, chance.choice(["female", "male"]), citizenship,
        _town(chance.randrange(600)), (f"{chance.choice('PABCN')}{chance.randrange(10**7, 10**8)}", citizenship),
        f"+2217{chance.randrange(10**7, 10**8)}", f"{chance.randrange(1, 400)} street {chance.randrange(5000)}",
        _imei(chance), arrest,
    )  # fmt: skip


def _with_second_name(culture: str, given: str, ways: list[str], chance: random.Random) -> tuple[str, list[str]]:
    """Add a father's name or a second given name."""
    if culture == "ar":
        father, father_ways = chance.choice(ARABIC_GIVEN)
        return f"{given} {father}", [f"{one} {chance.choice(father_ways)}" for one in ways]
    second = chance.choice(LATIN[culture][1])
    return f"{given} {second}", [f"{given} {second}"]


def _town(number: int) -> str:
    syllables = ("ba", "ko", "ri", "ten", "lu", "sam", "ve", "dor", "mi", "gal")
    return "".join(syllables[int(digit)] for digit in f"{number:03d}").capitalize()


def _romanised(text: str, way: dict[str, str]) -> str:
    return "".join(way.get(letter, letter) for letter in text.lower()).capitalize()


def _pinyin(text: str) -> list[str]:
    joined = anyascii(text)
    spaced = "".join(f" {letter}" if letter.isupper() else letter for letter in joined).strip()
    return [joined.capitalize(), spaced, spaced.replace(" ", "-")]


def _imei(chance: random.Random) -> str:
    return normalise("imei", f"35{chance.randrange(10**12):012d}").normal


def _households(everyone: list[Person], chance: random.Random) -> None:
    """Make one person in eight share the family name, phone and address of the person before."""
    for before, person in pairwise(everyone):
        if before.culture == person.culture and chance.random() < 0.25:
            person.family, person.family_ways = before.family, before.family_ways
            person.phone, person.address, person.citizenship = before.phone, before.address, before.citizenship
            person.document = (person.document[0], person.citizenship)


def _typing(text: str, chance: random.Random) -> str:
    if len(text) < 4:
        return text
    at, kind = chance.randrange(1, len(text) - 1), chance.random()
    if kind < 0.35:
        return text[:at] + chance.choice("abcdefghijklmnopqrstuvwxyz") + text[at + 1 :]
    if kind < 0.6:
        return text[:at] + text[at + 1 :]
    if kind < 0.8:
        return text[:at] + chance.choice("abcdefghijklmnopqrstuvwxyz") + text[at:]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _plain(text: str, chance: random.Random) -> str:
    """Leave the accents out, as many keyboards do."""
    return anyascii(text) if chance.random() < 0.5 else text


def _file(rows: _Rows, person: Person, state: str, agency: str, chance: random.Random, *, first: bool) -> None:
    record = f"{state}/{agency}/P{len(rows.truth):06d}"
    rows.truth[record] = person.number
    native = person.culture in ("ar", "ru", "zh")
    family, given = chance.choice(person.family_ways), chance.choice(person.given_ways)
    if not first:
        family = _typing(family, chance) if chance.random() < 0.2 else family
        given = _typing(given, chance) if chance.random() < 0.2 else given
    if " " in given and chance.random() < 0.15:
        given = given.split(" ")[0]
    if chance.random() < 0.1:
        family, given = given, family
    identity: dict[str, object] = {"record": record, "unit": state}
    shown = chance.random()
    if native and shown < 0.45:
        identity |= {"family_name": person.family, "given_names": person.given}
    if not native:
        identity |= {"family_name": _plain(family, chance), "given_names": _plain(given, chance)}
    elif shown > 0.3:
        identity |= {"family_name_romanised": family, "given_names_romanised": given}
    identity["birth_date"] = _filed_date(person.born, chance, first=first)
    if chance.random() < 0.4:
        identity["birth_place"] = person.place
    rows.identities.append(identity)
    rows.people.append(
        {
            "record": record,
            "unit": state,
            "sex": person.sex if chance.random() < 0.97 else None,
            "citizenships": [person.citizenship] if chance.random() < 0.93 else [],
            "age_band": _band(person.born) if identity["birth_date"] is None and chance.random() < 0.7 else None,
        }
    )
    _file_identifiers(rows, person, record, state, chance, first=first)
    if person.arrest and chance.random() < 0.9:
        rows.encounters.append({"person_record": record, "state": person.arrest[0], "at": person.arrest[1]})


def _filed_date(born: date, chance: random.Random, *, first: bool) -> str | None:
    draw = chance.random()
    if draw < 0.12:
        return None
    if draw < 0.17:
        return f"{born.year}-01-01"
    if draw < 0.20:
        return str(born.year)
    if not first and draw < 0.27 and born.day <= 12:
        return f"{born.year}-{born.day:02d}-{born.month:02d}"
    if not first and draw < 0.31:
        return (born + timedelta(days=chance.choice((-10, -1, 1, 10)))).isoformat()
    return born.isoformat()


def _band(born: date) -> str:
    age = 2024 - born.year
    bands = [
        (8, "0-8"),
        (17, "9-17"),
        (20, "18-20"),
        (23, "21-23"),
        (26, "24-26"),
        (29, "27-29"),
        (38, "30-38"),
        (47, "39-47"),
    ]
    return next((band for top, band in bands if age <= top), "48+")


def _file_identifiers(
    rows: _Rows, person: Person, record: str, state: str, chance: random.Random, *, first: bool
) -> None:
    def add(kind: str, value: str, issuer: str | None = None) -> None:
        rows.identifiers.append(
            {
                "record": f"{record}/{kind}",
                "unit": state,
                "person_record": record,
                "kind": kind,
                "value": value,
                "issuer": issuer,
            }
        )

    changed = 0.0 if first else 0.3
    if chance.random() < 0.55:
        number = person.document[0] if chance.random() >= changed else f"X{chance.randrange(10**7, 10**8)}"
        add("passport", number, person.document[1] if chance.random() < 0.9 else None)
    if chance.random() < 0.55:
        add("phone", person.phone if chance.random() >= changed else f"+2217{chance.randrange(10**7, 10**8)}")
    if chance.random() < 0.3:
        add("address", person.address)
    if chance.random() < 0.15:
        add("imei", person.imei)


def _shelters(rows: _Rows, chance: random.Random) -> None:
    """Let a shelter's phone be filed with fifty people, a hotline with eighty, and placeholders with others."""
    records = sorted(rows.truth)
    for value, kind, many in (
        ("+221771234501", "phone", 50), ("+33612345678", "phone", 80), ("12 Shelter Road", "address", 40),
        ("000000", "passport", 30),
    ):  # fmt: skip
        for record in chance.sample(records, min(many, len(records) // 4)):
            rows.identifiers.append(
                {
                    "record": f"{record}/s{kind}",
                    "unit": record[:2],
                    "person_record": record,
                    "kind": kind,
                    "value": value,
                    "issuer": None,
                }
            )
