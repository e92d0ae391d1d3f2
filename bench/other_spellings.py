"""How other countries spell the sounds of a script in Latin letters, which the source of name pairs hardly knows.

In come tokens in a script; out go pairs of the token in Latin letters and the token, as German, French or Polish
papers, passports, libraries, Tashkent or Pyongyang spell them. It promises: the same tokens give the same pairs.

Sources: DIN 1460 and Duden (German), the French and Polish customary transcriptions of Russian, ISO 9, ICAO 9303, the
Uzbek and Azerbaijani Latin alphabets; McCune and Reischauer (1939), Revised Romanization (2000); Hepburn, Kunrei-shiki;
Wade and Giles.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from anyascii import anyascii

from traboule.linkage.names.readings import old_spelling

_CYRILLIC = "абвгдежзиклмнопрстуфхцчшщъыьэюя"
_PLAIN = "a b v g d e zh z i k l m n o p r s t u f kh ts ch sh shch - y - e yu ya"


def _letters(**other: str) -> Mapping[str, str]:
    """Return how each letter of Russian is spelled, where it is not the English way."""
    plain = dict(zip(_CYRILLIC, _PLAIN.split(), strict=True)) | {"ъ": "", "ь": ""}
    return plain | other


_SYSTEMS: tuple[Mapping[str, str], ...] = (
    _letters(в="w", ж="sch", з="s", х="ch", ц="z", ч="tsch", щ="schtsch", ю="ju", я="ja"),
    _letters(в="w", е="jo", ж="sch", з="s", ч="tsch"),
    _letters(ж="j", ч="tch", ш="ch", щ="chtch", у="ou", ю="iou", я="ia"),
    _letters(в="w", ж="z", х="ch", ц="c", ч="cz", ш="sz", щ="szcz", ю="ju", я="ja"),
    _letters(ж="ž", х="ch", ц="c", ч="č", ш="š", щ="šč", ю="ju", я="ja"),
    _letters(ж="ž", х="h", ц="c", ч="č", ш="š", щ="ŝ", ю="û", я="â", э="è"),
    _letters(ю="iu", я="ia", ъ="ie"),
    _letters(ж="j", х="x", ц="s", ч="ch", ш="sh"),
    _letters(ж="c", х="x", ц="s", ч="ç", ш="ş", ы="ı", ю="yu"),
)
# Of Korean: first the Revised Romanization, then McCune and Reischauer, then what people use.
_FIRST = tuple(
    map(
        str.split,
        (
            "g kk n d tt r m b pp s ss - j jj ch k t p h",
            "k kk n t tt r m p pp s ss - ch tch ch k t p h",
            "g kk n d tt r m b pp s ss - j jj ch k t p h",
        ),
    )
)
_VOWELS = tuple(
    map(
        str.split,
        (
            "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i",
            "a ae ya yae o e yo ye o wa wae oe yo u wo we wi yu u ui i",
            "a ae ya yae u e yu ye o wa wae oe yo oo wo we wi yu u ee i",
        ),
    )
)
(_LAST,) = map(str.split, ("- k k k n n n t l k m l l l p l m p p t t ng t t k t p t",))
_FIRST_SYLLABLE, _VOWELS_MANY, _LAST_MANY = 0xAC00, 21, 28


def _cyrillic(system: Mapping[str, str]) -> Callable[[str], str]:
    return lambda token: "".join(system.get(letter, "") for letter in token)


def _hangul(system: int) -> Callable[[str], str]:
    def spelled(token: str) -> str:
        found = []
        for mark in token:
            first, rest = divmod(ord(mark) - _FIRST_SYLLABLE, _VOWELS_MANY * _LAST_MANY)
            if not 0 <= first < len(_FIRST[0]):
                return ""
            vowel, last = divmod(rest, _LAST_MANY)
            found.append(_FIRST[system][first] + _VOWELS[system][vowel] + _LAST[last])
        return "".join(found).replace("-", "")

    return spelled


def _hepburn(token: str) -> str:
    return re.sub("o[uo]", "o", anyascii(token).lower()).replace("uu", "u")


def _kunrei(token: str) -> str:
    text = _hepburn(token).replace("sh", "sy").replace("ch", "ty").replace("tsu", "tu").replace("j", "zy")
    return text.replace("fu", "hu").replace("yi", "i")


def _long_h(token: str) -> str:
    return re.sub("o[uo]", "oh", anyascii(token).lower())


def _syllables(token: str) -> list[str]:
    return [anyascii(mark).lower() for mark in token]


def _pinyin(token: str) -> str:
    return "".join(_syllables(token))


def _wade_giles(token: str) -> str:
    return "".join(map(old_spelling, _syllables(token)))


# Each system, and of how many tokens one is spelled by it.
_SPELLED: Mapping[str, tuple[tuple[Callable[[str], str], ...], int]] = {
    "cyrillic": (tuple(map(_cyrillic, _SYSTEMS)), 15),
    "hangul": (tuple(map(_hangul, range(3))), 20),
    "kana": ((_hepburn, _kunrei, _long_h), 40),
    "han": ((_pinyin, _wade_giles), 40),
}


def spelled_elsewhere(script: str, natives: Iterable[str]) -> list[tuple[str, str]]:
    """Return pairs of a Latin spelling and a token of ``script``: of the distinct tokens, in their order, every so
    many by each system."""
    systems, each = _SPELLED.get(script, ((), 1))
    distinct = sorted(set(natives))
    found = []
    for place, spelled in enumerate(systems):
        found += [(spelled(token), token) for token in distinct[place * each // max(len(systems), 1) :: each]]
    return [(latin, token) for latin, token in found if latin]
