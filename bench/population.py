"""Person records in many scripts with known truth, as hard as an operation: made from a seed, alike for every engine.

In come a size, a seed and, where there is one, a folder of name pairs (Latin token, native signs and count); out goes
an arrow table, one row a record. It promises: the same size, seed and names give the same bytes; nothing is copied
from the name pairs into the project. Without a folder the demonstration's own pools are used.

A fifth of the records repeat a person: up to 45 % of these in native script, typing errors in three Latin names out of
ten, day and month exchanged or the first of January, a third of phones and documents changed, a third of countries,
half of the towns; a tenth of all names exchanged; half have no phone, half no document, a quarter neither.

Columns: ``unique_id``, ``person`` (the truth), ``given`` and ``surname`` as written, ``given_a`` and ``surname_a`` in
ASCII for engines that know no scripts, ``dob`` (ISO), ``country`` (ISO code), ``phone``, ``doc``, ``city``.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pyarrow as pa
from anyascii import anyascii

from traboule.core.codes import vocabulary
from traboule.demo.world.names import cultures

SCRIPTS: Mapping[str, float] = {
    "arabic": 0.35,
    "russian": 0.25,
    "hebrew": 0.05,
    "chinese": 0.15,
    "korean": 0.05,
    "katakana": 0.15,
}
# Where the demonstration's pools stand in: the script of their cultures for each of the above.
_STANDING_IN = {"russian": "cyrillic", "chinese": "han", "korean": "hangul", "katakana": "japanese"}
DEVELOPMENT, TRAINING = "_16", "_64"
REPEATED = 0.2


@dataclass(frozen=True)
class Kind:
    """A kind of population. ``same``: columns that have one value, and the share of the persons for whom they do.

    ``repeated``: the share of records that repeat a person. A column is ``city``, ``country``, ``surname`` or ``born``;
    with one surname all names are of one script, and the day of birth alone is the same, not the year.
    """

    same: Mapping[str, float] = field(default_factory=dict)
    repeated: float = REPEATED


# What operations meet: one camp, one border, one people, a register that writes unknown days as the first of January.
KINDS: Mapping[str, Kind] = {
    "mixed": Kind(),
    "half-one-birthplace": Kind({"city": 0.5}),
    "one-birthplace": Kind({"city": 0.95}),
    "one-nationality": Kind({"country": 1.0}),
    "one-surname": Kind({"surname": 1.0}),
    "first-of-january": Kind({"born": 1.0}),
    "few-duplicates": Kind(repeated=0.05),
    "many-duplicates": Kind(repeated=0.6),
}
_SCRIPT_OF_ONE_SURNAME = "arabic"
_TWINS, _ONE_PHONE = 0.02, 0.5  # Of relatives.
_COUNTRIES, _TOWNS = 116, 3000
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
# Mobile ranges wide enough that two strangers rarely meet in one.
_PHONES = ("+49151", "+49157", "+9198", "+86138", "+86139", "+55119", "+336", "+62812")


@dataclass(frozen=True)
class Pool:
    """The Latin tokens of one script, each with its native forms and how common it is (shares that add up to one)."""

    latin: tuple[str, ...]
    native: Mapping[str, tuple[str, ...]]
    share: np.ndarray


def pools(names: Path | None, splits: Sequence[str] = (TRAINING, DEVELOPMENT)) -> dict[str, Pool]:
    """Return the pool of every script, from the folder ``names`` where it is there, else from the demonstration."""
    return {script: _read(names, script, splits) if names else _of_demonstration(script) for script in SCRIPTS}


def found_names() -> Path | None:
    """Return the folder of name pairs that lies beside a checkout, None where there is none."""
    for above in Path(__file__).resolve().parents:
        folder = above / "shared" / "data" / "linkage" / "wikidata_names"
        if folder.is_dir():
            return folder
    return None


def _read(folder: Path, script: str, splits: Sequence[str]) -> Pool:
    native: dict[str, list[str]] = defaultdict(list)
    counts: dict[str, int] = defaultdict(int)
    for split in splits:
        for line in (folder / f"wd_{script}{split}").read_text(encoding="utf-8").splitlines():
            latin, written, count = line.split("\t")
            if latin.isalpha() and len(latin) > 2:
                native[latin].append(written.replace(" ", ""))
                counts[latin] += int(count)
    return _pool(native, np.array([counts[latin] for latin in native], dtype=np.float64) ** 1.3)


def _of_demonstration(script: str) -> Pool:
    wanted = _STANDING_IN.get(script, script)
    native: dict[str, list[str]] = defaultdict(list)
    for culture in cultures().values():
        if culture.script == wanted:
            for written, *spellings in (*culture.given_names[0], *culture.given_names[1], *culture.family[1]):
                for spelling in dict.fromkeys(spellings):
                    native["".join(spelling.lower().split())].append(str(written))
    return _pool(native, 1 / np.arange(1, len(native) + 1) ** 0.8)


def _pool(native: Mapping[str, Sequence[str]], weight: np.ndarray) -> Pool:
    return Pool(tuple(native), {latin: tuple(forms) for latin, forms in native.items()}, weight / weight.sum())


def towns() -> list[str]:
    """Return the names of the towns: no two of them sound alike."""
    syllables = {"p": "pa", "k": "ko", "s": "su", "t": "te", "l": "li", "n": "na"}
    ways = [way for way in product(syllables, repeat=6) if all(one != other for one, other in pairwise(way))]
    chosen = random.Random(_TOWNS).sample(ways, _TOWNS)
    return ["".join(syllables[sign] for sign in way).capitalize() for way in chosen]


def population(
    size: int, seed: int, drawn_from: Mapping[str, Pool], *, kin: float = 0.0, kind: str = "mixed"
) -> pa.Table:
    """Return ``size`` records of four fifths as many persons, or as the ``kind`` of population has it. A share ``kin``
    of these are relatives of another."""
    return _Making(size, seed, drawn_from, KINDS[kind]).table(kin)


@dataclass(frozen=True)
class _Person:
    """The truth of one person."""

    script: str
    given: str
    surname: str
    born: str
    country: str
    phone: str
    doc: str
    city: str


class _Making:
    """One population being made: a generator of arrays for the persons, one of single draws for the records."""

    def __init__(self, size: int, seed: int, drawn_from: Mapping[str, Pool], kind: Kind) -> None:
        self._size, self._drawn_from, self._kind = size, drawn_from, kind
        self._chance = random.Random(seed)
        self._arrays = np.random.default_rng(seed)
        self._countries = sorted(vocabulary("countries").codes)[:_COUNTRIES]
        self._towns = towns()
        self._ascii: dict[str, str] = {}

    def table(self, kin: float) -> pa.Table:
        people = self._alike(self._people(self._size - int(self._size * self._kind.repeated)))
        people = self._with_kin(people, kin) if kin else people
        again = self._arrays.integers(0, len(people), self._size - len(people)).tolist()
        rows = [self._record(number, people[number], again=False) for number in range(len(people))]
        rows += [self._record(number, people[number], again=True) for number in again]
        self._chance.shuffle(rows)
        names = ("person", "given", "surname", "given_a", "surname_a", "dob", "country", "phone", "doc", "city")
        columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
        return pa.table({"unique_id": list(range(len(rows))), **columns})

    def _people(self, count: int) -> list[_Person]:
        draw = self._arrays
        scripts = draw.choice(list(SCRIPTS), size=count, p=list(SCRIPTS.values())).tolist()
        if "surname" in self._kind.same:
            scripts = [_SCRIPT_OF_ONE_SURNAME] * count
        given, surname = self._names(scripts), self._names(scripts)
        born = (np.datetime64("1955-01-01") + draw.integers(0, 18_600, count).astype("timedelta64[D]")).astype(str)
        country = draw.choice(self._countries, size=count, p=_falling(_COUNTRIES, 0.7)).tolist()
        city = draw.choice(self._towns, size=count, p=_falling(_TOWNS, 0.8)).tolist()
        return [
            _Person(*known, self._phone(), self._doc(), town)
            for *known, town in zip(scripts, given, surname, born.tolist(), country, city, strict=True)
        ]

    def _alike(self, people: list[_Person]) -> list[_Person]:
        """Return ``people`` with what is the same in this kind of population."""
        pool = self._drawn_from[_SCRIPT_OF_ONE_SURNAME]
        value = {
            "city": self._towns[0],
            "country": self._countries[0],
            "surname": pool.latin[int(pool.share.argmax())],
        }
        for column, share in self._kind.same.items():
            chosen = self._arrays.random(len(people)) < share
            people = [
                replace(person, **{column: value.get(column) or f"{person.born[:4]}-01-01"}) if is_alike else person
                for person, is_alike in zip(people, chosen.tolist(), strict=True)
            ]
        return people

    def _with_kin(self, people: list[_Person], share: float) -> list[_Person]:
        """Make some of ``people`` relatives of the one before: one family name, country, town and sometimes telephone,
        and of so many a twin."""
        found = people[:1]
        for person in people[1:]:
            of = found[-1]
            if self._chance.random() < share:
                given = self._chance.choices(self._drawn_from[of.script].latin, self._drawn_from[of.script].share)[0]
                born = of.born if self._chance.random() < _TWINS else person.born
                phone = of.phone if self._chance.random() < _ONE_PHONE else person.phone
                found.append(replace(of, given=given, born=born, phone=phone, doc=person.doc))
            else:
                found.append(person)
        return found

    def _names(self, scripts: Sequence[str]) -> list[str]:
        named = np.empty(len(scripts), dtype=object)
        of = np.array(scripts)
        for script in SCRIPTS:
            places, pool = np.flatnonzero(of == script), self._drawn_from[script]
            chosen = self._arrays.choice(len(pool.latin), size=len(places), p=pool.share)
            named[places] = [pool.latin[place] for place in chosen.tolist()]
        return named.tolist()

    def _phone(self) -> str:
        return f"{self._chance.choice(_PHONES)}{self._chance.randrange(10**8):08d}"

    def _doc(self) -> str:
        return f"P{self._chance.randrange(10**7, 10**8)}"

    def _record(self, number: int, person: _Person, *, again: bool) -> tuple[object, ...]:
        chance = self._chance.random
        given, surname, born = person.given, person.surname, person.born
        phone, doc, country, city = person.phone, person.doc, person.country, person.city
        native = chance() < (0.45 if again else 0.25)
        if again:
            if not native:
                given = self._slip(given) if chance() < 0.3 else given
                surname = self._slip(surname) if chance() < 0.3 else surname
            born = self._other_date(born)
            phone = self._phone() if chance() < 0.35 else phone
            doc = self._doc() if chance() < 0.35 else doc
            country = self._chance.choice(self._countries) if chance() < 0.3 else country
            city = self._chance.choice(self._towns) if chance() < 0.5 else city
        if native:
            forms = self._drawn_from[person.script].native
            given, surname = self._chance.choice(forms[given]), self._chance.choice(forms[surname])
        if chance() < 0.1:
            given, surname = surname, given
        return (
            number, given, surname, self._in_ascii(given), self._in_ascii(surname),
            born if chance() > 0.15 else None, country, phone if chance() > 0.5 else None,
            doc if chance() > 0.5 else None, city if chance() > 0.4 else None,
        )  # fmt: skip

    def _slip(self, text: str) -> str:
        """Return ``text`` with one sign replaced, left out, put in, or exchanged with the next."""
        at, kind, sign = self._chance.randrange(len(text)), self._chance.random(), self._chance.choice(_LETTERS)
        if kind < 0.35:
            return text[:at] + sign + text[at + 1 :]
        if kind < 0.6:
            return text[:at] + text[at + 1 :]
        if kind < 0.8:
            return text[:at] + sign + text[at:]
        return text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]

    def _other_date(self, born: str) -> str:
        draw = self._chance.random()
        if draw < 0.08 and born[8:] <= "12":
            return f"{born[:5]}{born[8:]}-{born[5:7]}"
        if draw < 0.14:
            return f"{born[:4]}-01-01"
        if draw < 0.2:
            return born[:-1] + self._chance.choice("0123456789")
        return born

    def _in_ascii(self, text: str) -> str:
        found = self._ascii.get(text)
        if found is None:
            found = self._ascii[text] = "".join(sign for sign in anyascii(text).lower() if sign.isalnum())
        return found


def _falling(count: int, power: float) -> np.ndarray:
    weights = 1 / np.arange(1, count + 1) ** power
    return weights / weights.sum()
