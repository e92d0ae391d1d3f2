"""The keys of a record: what it must share with another for the two to be compared at all.

In come packed records and the words of their names; out go, for one record, its keys (32 bits) and the kind of each. It
promises: pure; a record's keys depend on that record alone; whether two records are a pair depends on their own keys
and on how many share those.

Names enter by sound, in no order, and loosely (sounds that one letter stands for in different countries are one).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from traboule.linkage.matching.compiled import inner
from traboule.linkage.matching.marks import mix
from traboule.linkage.matching.packed import GROUP_BIT, Packed, Words

Keys = npt.NDArray[np.uint32]
Kinds = npt.NDArray[np.uint8]

# Kind of key, and how many records one may bring together. What is more is skipped and counted: 60 make 1,770 pairs.
KINDS: tuple[tuple[str, int], ...] = (
    ("identifier", 60),
    ("two sounds", 20),
    ("two sounds, year", 60),
    ("two sounds, citizenship, sex", 60),
    ("two sounds, place", 60),
    ("sound, birth date", 60),
    ("citizenship, sex, birth date", 40),
    ("place, birth date", 60),
    ("sound, year", 20),
    ("sound and beginning, citizenship", 15),
    ("two beginnings, citizenship, sex", 15),
    ("letters", 60),
    ("sound, encounter or address", 60),
)
MOST = np.array([most for _, most in KINDS], dtype=np.int64)
MOST_KEYS = 512  # A record with more is cut short: six tokens in three forms, all different, make some 400.

_IDENTIFIER, _PAIR, _PAIR_YEAR, _PAIR_NATION, _PAIR_PLACE, _SOUND_DATE, _NATION_DATE = range(7)
_PLACE_DATE, _SOUND_YEAR, _SOUND_BEGINNING, _BEGINNINGS, _LETTERS, _SOUND_VALUE = range(7, 13)
_MOST_SOUNDS = 8
_LETTERS_TELL = 6  # Shorter names share their letters by chance.
# Every document and device is among the numbers too, without its issuer.
_KEYED = np.uint16(sum(GROUP_BIT[group] for group in ("numbers", "accounts", "vehicles", "phones", "online")))
_WITH_SOUND = np.uint16(GROUP_BIT["encounters"] | GROUP_BIT["addresses"])


@inner
def _put(keys: Keys, kinds: Kinds, count: int, kind: int, mark: np.uint64) -> int:
    """Add a key; return how many there are."""
    if count < MOST_KEYS:
        keys[count] = np.uint32(mix(mark, np.uint64(kind)) >> np.uint64(32))
        kinds[count] = kind
        count += 1
    return count


@inner
def _put_once(keys: Keys, kinds: Kinds, count: int, kind: int, mark: np.uint64) -> int:
    """Add a key unless it is among the last ones of its kind; return how many there are."""
    fresh = _put(keys, kinds, count, kind, mark)
    at = count - 1
    while fresh > count and at >= 0 and kinds[at] == kind:
        if keys[at] == keys[count]:
            return count
        at -= 1
    return fresh


@inner
def _gather(words: Words, name: int, column: npt.NDArray[np.uint64], found: npt.NDArray[np.uint64]) -> int:
    """Put the different marks of a name's tokens into ``found``, ascending; return how many, eight at most."""
    count = 0
    for form in range(words.forms.shape[1]):
        for place in range(words.forms.shape[2]):
            token = words.forms[name, form, place]
            if token < 0:
                break
            mark = column[token]
            at = 0
            while at < count and found[at] < mark:
                at += 1
            if at < count and found[at] == mark:
                continue
            for other in range(count, at, -1):
                found[other] = found[other - 1]
            found[at] = mark
            count += 1
    return min(count, _MOST_SOUNDS)


@inner
def _day_key(full: int) -> int:
    """Return a birth date so that day and month in either order give one number."""
    month, day = full // 100 % 100, full % 100
    return full // 10_000 * 10_000 + min(month, day) * 100 + max(month, day)


@inner
def _of_sounds(packed: Packed, words: Words, record: int, keys: Keys, kinds: Kinds, count: int) -> int:
    """Two sounds, or one, together with a year or date of birth, a citizenship, a place, an encounter."""
    sounds = np.empty(32, np.uint64)
    heard = _gather(words, packed.name[record], words.loose, sounds)
    year, full = np.uint64(packed.year[record]), packed.full[record]
    nation, sex = np.uint64(packed.countries[record]), np.uint64(packed.sex[record])
    place = packed.place[record]
    for one in range(heard):
        for other in range(one if heard == 1 else one + 1, heard):
            pair = mix(sounds[one], sounds[other])
            count = _put(keys, kinds, count, _PAIR, pair)
            if year:
                count = _put(keys, kinds, count, _PAIR_YEAR, mix(pair, year))
            if nation:
                count = _put(keys, kinds, count, _PAIR_NATION, mix(mix(pair, nation), sex))
            if place:
                count = _put(keys, kinds, count, _PAIR_PLACE, mix(pair, place))
        if full:
            count = _put(keys, kinds, count, _SOUND_DATE, mix(sounds[one], np.uint64(_day_key(full))))
        if year:
            count = _put(keys, kinds, count, _SOUND_YEAR, mix(sounds[one], year))
        for at in range(packed.start[record], packed.start[record + 1]):
            if packed.group[at] & _WITH_SOUND:
                count = _put(keys, kinds, count, _SOUND_VALUE, mix(sounds[one], packed.value[at]))
    return count


@inner
def _of_beginnings(packed: Packed, words: Words, record: int, keys: Keys, kinds: Kinds, count: int) -> int:
    """How tokens begin, and their letters in any order: for names with a slip in the middle."""
    name = packed.name[record]
    nation, sex = np.uint64(packed.countries[record]), np.uint64(packed.sex[record])
    if nation:
        found = np.empty(32, np.uint64)
        begun = _gather(words, name, words.beginning, found)
        for one in range(begun):
            for other in range(one if begun == 1 else one + 1, begun):
                pair = mix(found[one], found[other])
                count = _put(keys, kinds, count, _BEGINNINGS, mix(mix(pair, nation), sex))
        for form in range(2):
            tokens = words.forms[name, form]
            for one in range(len(tokens)):
                for other in range(len(tokens)):
                    if one != other and tokens[one] >= 0 and tokens[other] >= 0:
                        sound = mix(words.loose[tokens[one]], words.first[tokens[other]])
                        count = _put_once(keys, kinds, count, _SOUND_BEGINNING, mix(sound, nation))
    letters, size = np.uint64(0), 0
    for token in words.forms[name, 0]:
        if token >= 0:
            letters += words.letters[token]
            size += words.sizes[token]
    if size >= _LETTERS_TELL:
        count = _put(keys, kinds, count, _LETTERS, letters)
    return count


@inner
def keys_of(packed: Packed, words: Words, record: int, keys: Keys, kinds: Kinds) -> int:
    """Put the keys of ``record`` and their kinds into ``keys`` and ``kinds``; return how many, each once."""
    count = 0
    for at in range(packed.start[record], packed.start[record + 1]):
        if packed.group[at] & _KEYED:
            count = _put(keys, kinds, count, _IDENTIFIER, packed.value[at])
    full = np.uint64(_day_key(packed.full[record]))
    if full:
        nation, place = np.uint64(packed.countries[record]), packed.place[record]
        if nation:
            nation = mix(nation, np.uint64(packed.sex[record]))
            count = _put(keys, kinds, count, _NATION_DATE, mix(nation, full))
        if place:
            count = _put(keys, kinds, count, _PLACE_DATE, mix(place, full))
    if packed.name[record] >= 0:
        count = _of_sounds(packed, words, record, keys, kinds, count)
        count = _of_beginnings(packed, words, record, keys, kinds, count)
    return count
