"""Names by culture: native script, romanisations, and the second part that a culture adds.

In: the pools (YAML, and lists of Faker where a pool names a locale). Out: arrays of forms by culture and sex.
Guaranteed: read once, in a fixed order; column 0 is the native form, columns 1 to 4 are Latin spellings, the commonest
first.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from traboule.core.language.messages import catalogue
from traboule.demo.world.draws import Objects

POOLS = "traboule.demo.pools"
_FILES = (
    "arabic",
    "cyrillic",
    "east_asian",
    "other_scripts",
    "latin_africa",
    "latin_asia_pacific",
    "latin_europe_americas",
)
SPELLINGS = 4
_SECOND_GIVEN = 0.35  # Where no culture asks for a second part, some persons have a second given name.

# Misheard sounds that turn one Latin spelling into another, tried in this order.
_BY_EAR = (
    ("ph", "f"),
    ("ck", "k"),
    ("ll", "l"),
    ("nn", "n"),
    ("tt", "t"),
    ("ss", "s"),
    ("th", "t"),
    ("ch", "tch"),
    ("ie", "i"),
    ("y", "i"),
    ("c", "k"),
    ("z", "s"),
    ("v", "w"),
    ("i", "y"),
    ("k", "c"),
    ("s", "z"),
)


@dataclass(frozen=True)
class Culture:
    """One culture. ``given_names``, ``family`` and ``second`` by sex (0 female, 1 male): arrays of shape (names, 5).

    ``second_in``: where the second part stands ("given", "family", or "" where there is none), ``second_share`` how
    many persons have one, ``single`` how many have one name only.
    """

    name: str
    script: str
    given_names: tuple[Objects, Objects]
    family: tuple[Objects, Objects]
    second: tuple[Objects, Objects]
    second_in: str
    second_share: float
    single: float


@cache
def cultures() -> Mapping[str, Culture]:
    """Return all cultures by name."""
    by_name: dict[str, Culture] = {}
    for file in _FILES:
        read = catalogue(POOLS, f"{file}.yaml")
        for name, pool in read["cultures"].items():
            by_name[name] = _culture(name, pool, read)
    return by_name


def _culture(name: str, pool: Mapping[str, Any], file: Mapping[str, Any]) -> Culture:
    schemes = [_pairs(scheme) for scheme in file.get("schemes", {}).get(pool.get("scheme", ""), ())]
    male, female, families = (_entries(pool, part) for part in ("male", "female", "family"))
    if pool.get("compose"):
        join = _join_han if pool["compose"] == "han" else _join_hangul
        spellings = _pairs(file.get("wade_giles", ""))
        male, female = join(male, spellings), join(female, spellings)
    given_names = tuple(_forms(entries, schemes) for entries in (female, male))
    feminine = _pairs(pool.get("feminine", ""))
    womens = [_feminine(entry, feminine) for entry in families]
    family = (_forms(womens, schemes), _forms(families, schemes))
    second, second_in = _second(pool, (given_names[0], given_names[1]), family, male)
    made = (_forms(second[0], schemes), _forms(second[1], schemes)) if isinstance(second, list) else second
    return Culture(
        name=name,
        script=pool.get("script", "latin"),
        given_names=(given_names[0], given_names[1]),
        family=family,
        second=made,
        second_in=second_in,
        second_share=_SECOND_GIVEN if second_in and not pool.get("second") else 1.0,
        single=float(pool.get("single_names", 0)),
    )


Entry = tuple[str, ...]


def _second(
    pool: Mapping[str, Any],
    given_names: tuple[Objects, Objects],
    family: tuple[Objects, Objects],
    male: Sequence[Entry],
) -> tuple[Any, str]:
    """Return the pools of second parts, as forms or as entries yet to be romanised, and where they stand."""
    kind = pool.get("second", "")
    if kind == "father":
        return (given_names[1], given_names[1]), "given"
    if kind == "second_family":
        return (family[1], family[1]), "family"
    if kind == "middle":
        return [_read(pool["middle_female"]), _read(pool["middle_male"])], "given"
    if kind.startswith("patronymic"):
        endings = [ending.split("=") for ending in pool["patronymic"].split()]
        return [[_patronymic(father[0], endings, sex) for father in male] for sex in (0, 1)], "given"
    if pool.get("script", "latin") == "latin":
        return given_names, "given"
    nothing = np.empty((0, 1 + SPELLINGS), dtype=np.object_)
    return (nothing, nothing), ""


def _patronymic(father: str, endings: Sequence[Sequence[str]], sex: int) -> Entry:
    """Return the father's name with the ending of a daughter (0) or son (1); an ending ``*`` fits every name."""
    for stem, pair in endings:
        if stem == "*" or father.endswith(stem):
            cut = father if stem == "*" else father[: -len(stem)]
            return (cut + pair.split("/")[1 - sex],)
    return (father,)


def _entries(pool: Mapping[str, Any], part: str) -> list[Entry]:
    locale = pool.get("from_faker")
    return [*_read(pool[part]), *(_from_faker(locale, part) if locale else ())]


def _read(text: str) -> list[Entry]:
    """Read ``native:first,second`` or ``name,spelling`` entries; a name without a colon is its own native form."""
    entries = []
    for token in text.split():
        native, _, spellings = token.replace("_", " ").partition(":")
        if not spellings:
            native, _, spellings = native.partition(",")
            spellings = f"{native},{spellings}" if spellings else ""
        entries.append((native, *(spelling for spelling in spellings.split(",") if spelling)))
    return entries


def _from_faker(locale: str, part: str) -> list[Entry]:
    provider = import_module(f"faker.providers.person.{locale}").Provider
    names = {
        "male": ("first_names_male",),
        "female": ("first_names_female",),
        "family": ("last_names_male", "last_names"),
    }
    entries = next((got for name in names[part] if (got := list(getattr(provider, name, ()) or ()))), [])
    # Faker's Polish list of family names is a placeholder.
    return [(str(name),) for name in dict.fromkeys(entries) if name != "Doe"]


def _pairs(text: str) -> list[tuple[str, str]]:
    """Read ``a=b`` pairs, the longer left side first, so that ``sh`` is tried before ``s``."""
    pairs = [tuple(token.split("=", 1)) for token in text.split()]
    return sorted(((left, right) for left, right in pairs), key=lambda pair: -len(pair[0]))


def _feminine(entry: Entry, endings: Sequence[tuple[str, str]]) -> Entry:
    for masculine, feminine in endings:
        if entry[0].endswith(masculine):
            turned = [
                spelling[: -len(masculine)] + feminine if spelling.endswith(masculine) else spelling
                for spelling in entry
            ]
            return tuple(turned)
    return entry


def romanise(word: str, pairs: Sequence[tuple[str, str]]) -> str:
    """Return ``word`` in Latin letters by the scheme ``pairs``, longest match first, each part with a capital."""
    text, place, out = word.lower(), 0, []
    while place < len(text):
        left, right = next((pair for pair in pairs if text.startswith(pair[0], place)), (text[place], text[place]))
        out.append(right)
        place += len(left)
    return " ".join(part[:1].upper() + part[1:] for part in "".join(out).split(" "))


def _join_han(entries: Sequence[Entry], wade_giles: Sequence[tuple[str, str]]) -> list[Entry]:
    """Return two-syllable given names: Xiaoming, Xiao Ming, Hsiao-ming, Xiao-Ming."""
    joined = []
    for first in entries:
        for second in entries:
            if first[0] != second[0]:
                initial, final = first[1], second[1]
                wade = f"{_syllable(initial, wade_giles)}-{_syllable(final, wade_giles)}"
                names = (initial + final, f"{initial} {final.capitalize()}", wade, f"{initial}-{final.capitalize()}")
                joined.append((first[0] + second[0], *(name[:1].upper() + name[1:] for name in names)))
    return joined


def _syllable(pinyin: str, pairs: Sequence[tuple[str, str]]) -> str:
    """Return a pinyin syllable in Wade-Giles: its beginning, then its end; whole syllables come first in ``pairs``."""
    turned = dict(pairs)
    if pinyin in turned:
        return turned[pinyin]
    initial = next(
        (pair for pair in pairs if pinyin.startswith(pair[0]) and pair[0] not in ("ong", "ian", "uo", "yue")), ("", "")
    )
    final = pinyin[len(initial[0]) :]
    ending = next((pair for pair in pairs if final == pair[0] and pair[0] in ("ong", "ian", "uo")), (final, final))
    return initial[1] + ending[1]


def _join_hangul(entries: Sequence[Entry], _pairs: Sequence[tuple[str, str]]) -> list[Entry]:
    """Return two-syllable given names: Min-jun, Minjoon, Min Jun, Minjun."""
    joined = []
    for first in entries:
        for second in entries:
            if first[0] != second[0]:
                initial, final, final_variant = first[1], second[1], second[-1]
                names = (
                    f"{initial}-{final}",
                    initial + final_variant,
                    f"{initial} {final_variant.capitalize()}",
                    initial + final,
                )
                joined.append(
                    (
                        first[0] + second[0],
                        *(name.capitalize() if " " not in name else name[:1].upper() + name[1:] for name in names),
                    )
                )
    return joined


def plain(text: str) -> str:
    """Return Latin letters without their marks, as a keyboard without accents gives them."""
    text = text.translate(_LETTERS)
    return "".join(mark for mark in unicodedata.normalize("NFD", text) if not unicodedata.combining(mark))


_LETTERS = str.maketrans(
    {
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ø": "o",
        "Ø": "O",
        "ı": "i",
        "ß": "ss",
        "æ": "ae",
        "ð": "d",
        "þ": "th",
        "ə": "a",
        "Ə": "A",
    }
)


def _by_ear(name: str) -> str:
    """Return ``name`` as somebody may write it who only heard it: one small change after the first letter."""
    for sound, written in _BY_EAR:
        place = name.find(sound, 1)
        if place > 0:
            return name[:place] + written + name[place + len(sound) :]
    return name


def _forms(entries: Iterable[Entry], schemes: Sequence[Sequence[tuple[str, str]]]) -> Objects:
    """Return the array of forms: native, then four Latin spellings; a short entry repeats what it has."""
    rows = []
    for entry in entries:
        native, *latin = entry
        if schemes:
            latin = [romanise(native, scheme) for scheme in schemes]
        elif not latin:
            latin = [native]
        if native.isascii() or plain(native) != native or latin[0] == native:
            latin = [latin[0], plain(latin[0]), *latin[1:]]
        distinct = list(dict.fromkeys(latin))
        if len(distinct) < 3:
            distinct.append(_by_ear(plain(distinct[0])))
        filled = [distinct[place % len(distinct)] for place in range(SPELLINGS)]
        rows.append([native, *filled])
    array = np.empty((len(rows), 1 + SPELLINGS), dtype=np.object_)
    array[:] = rows
    return array
