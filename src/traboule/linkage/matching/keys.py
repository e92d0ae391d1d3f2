"""The keys of a record: what it must share with another for the two to be compared at all.

In come packed records and the words of their names; out go each record's keys (32 bits) and the kind of each. It
promises: pure; a record's keys depend on that record alone; whether two records are a pair depends on their own keys
and on how many share those.

Names enter by sound, in no order, and loosely (sounds that one letter stands for in different countries are one).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from traboule.linkage.arrays.compiled import compiled, inner
from traboule.linkage.arrays.marks import mix
from traboule.linkage.matching.packed import GROUP_BIT, Packed
from traboule.linkage.names.alike.words import Words

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
STRETCH = 32_768  # Records whose keys are listed at once.
MOST_KEYS = 512  # A record with more is cut short: six tokens in three forms, all different, make some 400.

# Of one type, that is not a number of its own each: code would be compiled anew for every number.
_IDENTIFIER, _PAIR, _PAIR_YEAR, _PAIR_NATION, _PAIR_PLACE, _SOUND_DATE, _NATION_DATE = map(np.uint8, range(7))
_PLACE_DATE, _SOUND_YEAR, _SOUND_BEGINNING, _BEGINNINGS, _LETTERS, _SOUND_VALUE = map(np.uint8, range(7, 13))
_MOST_SOUNDS = 8
_MOST_MARKS = 64  # Three forms of six tokens at most.
_LETTERS_TELL = 6  # Shorter names share their letters by chance.
# Every document and device is among the numbers too, without its issuer.
_KEYED = np.uint64(sum(GROUP_BIT[group] for group in ("numbers", "accounts", "vehicles", "phones", "online")))
_WITH_SOUND = np.uint64(GROUP_BIT["encounters"] | GROUP_BIT["addresses"])


class Drawn(NamedTuple):
    """Room for one record's keys, their kinds, and marks on the way to them."""

    key: Keys
    kind: Kinds
    found: npt.NDArray[np.uint64]


def room_for_keys() -> Drawn:
    """Return room for the keys of one record after another."""
    return Drawn(np.empty(MOST_KEYS, np.uint32), np.empty(MOST_KEYS, np.uint8), np.empty(_MOST_MARKS, np.uint64))


@inner
def _put(drawn: Drawn, count: int, kind: np.uint8, mark: np.uint64) -> int:
    """Add a key; return how many there are."""
    if count < MOST_KEYS:
        drawn.key[count] = np.uint32(mix(mark, np.uint64(kind)) >> np.uint64(32))
        drawn.kind[count] = kind
        count += 1
    return count


@inner
def _put_once(drawn: Drawn, count: int, kind: np.uint8, mark: np.uint64) -> int:
    """Add a key unless it is among the last ones of its kind; return how many there are."""
    fresh = _put(drawn, count, kind, mark)
    at = count - 1
    while fresh > count and at >= 0 and drawn.kind[at] == kind:
        if drawn.key[at] == drawn.key[count]:
            return count
        at -= 1
    return fresh


@inner
def _add(found: npt.NDArray[np.uint64], count: int, mark: np.uint64) -> int:
    """Put ``mark`` among the first ``count`` of ``found``, which ascend, unless it is there; return how many."""
    at = 0
    while at < count and found[at] < mark:
        at += 1
    if at < count and found[at] == mark:
        return count
    for other in range(count, at, -1):
        found[other] = found[other - 1]
    found[at] = mark
    return count + 1


@inner
def _day_key(full: int) -> int:
    """Return a birth date so that day and month in either order give one number."""
    month, day = full // 100 % 100, full % 100
    return full // 10_000 * 10_000 + min(month, day) * 100 + max(month, day)


@inner
def _of_sounds(packed: Packed, words: Words, record: int, drawn: Drawn, count: int) -> int:
    """Two sounds, or one, together with a year or date of birth, a citizenship, a place, an encounter."""
    row, sounds, heard = packed.rows[record], drawn.found, 0
    for form in range(words.forms.shape[1]):
        for token in words.forms[row.name, form]:
            if token >= 0:
                heard = _add(sounds, heard, words.tokens[token].loose)
    heard = min(heard, _MOST_SOUNDS)
    year, nation, date = np.uint64(row.year), np.uint64(row.countries), np.uint64(_day_key(row.full))
    nation_sex = mix(nation, np.uint64(row.sex))
    for one in range(heard):
        for other in range(one if heard == 1 else one + 1, heard):
            pair = mix(sounds[one], sounds[other])
            count = _put(drawn, count, _PAIR, pair)
            if year:
                count = _put(drawn, count, _PAIR_YEAR, mix(pair, year))
            if nation:
                count = _put(drawn, count, _PAIR_NATION, mix(pair, nation_sex))
            if row.place:
                count = _put(drawn, count, _PAIR_PLACE, mix(pair, row.place))
        if date:
            count = _put(drawn, count, _SOUND_DATE, mix(sounds[one], date))
        if year:
            count = _put(drawn, count, _SOUND_YEAR, mix(sounds[one], year))
        for at in range(row.start, row.start + row.values):
            if packed.values[at].group & _WITH_SOUND:
                count = _put(drawn, count, _SOUND_VALUE, mix(sounds[one], packed.values[at].mark))
    return count


@inner
def _of_beginnings(packed: Packed, words: Words, record: int, drawn: Drawn, count: int) -> int:
    """How tokens begin, together with a citizenship: for names with a slip in the middle."""
    row, found, begun = packed.rows[record], drawn.found, 0
    nation = np.uint64(row.countries)
    nation_sex = mix(nation, np.uint64(row.sex))
    for form in range(words.forms.shape[1]):
        tokens = words.forms[row.name, form]
        for one in tokens:
            if one < 0:
                continue
            begun = _add(found, begun, words.tokens[one].beginning)
            for other in tokens:
                if form < 2 and other >= 0 and one != other:
                    sound = mix(words.tokens[one].loose, words.tokens[other].first)
                    count = _put_once(drawn, count, _SOUND_BEGINNING, mix(sound, nation))
    begun = min(begun, _MOST_SOUNDS)
    for one in range(begun):
        for other in range(one if begun == 1 else one + 1, begun):
            count = _put(drawn, count, _BEGINNINGS, mix(mix(found[one], found[other]), nation_sex))
    return count


@inner
def _of_letters(packed: Packed, words: Words, record: int, drawn: Drawn, count: int) -> int:
    """The letters of a name in any order."""
    letters, size = np.uint64(0), 0
    for token in words.forms[packed.rows[record].name, 0]:
        if token >= 0:
            letters += words.tokens[token].letters
            size += words.tokens[token].size
    return _put(drawn, count, _LETTERS, letters) if size >= _LETTERS_TELL else count


@inner
def keys_of(packed: Packed, words: Words, record: int, drawn: Drawn) -> int:
    """Put the keys of ``record`` and their kinds into ``drawn``; return how many, each once."""
    count, row = 0, packed.rows[record]
    for at in range(row.start, row.start + row.values):
        if packed.values[at].group & _KEYED:
            count = _put(drawn, count, _IDENTIFIER, packed.values[at].mark)
    if row.full:
        date, nation = np.uint64(_day_key(row.full)), np.uint64(row.countries)
        if nation:
            count = _put(drawn, count, _NATION_DATE, mix(mix(nation, np.uint64(row.sex)), date))
        if row.place:
            count = _put(drawn, count, _PLACE_DATE, mix(row.place, date))
    if row.name >= 0:
        count = _of_sounds(packed, words, record, drawn, count)
        count = _of_letters(packed, words, record, drawn, count)
        if row.countries:
            count = _of_beginnings(packed, words, record, drawn, count)
    return count


class Listed(NamedTuple):
    """Keys of records one behind the other: of each the key, its kind and the number of the record."""

    key: Keys
    kind: Kinds
    record: npt.NDArray[np.int32]

    def at(self, places: Any) -> Listed:
        """Return the keys at ``places``: a slice, numbers or flags."""
        return Listed(self.key[places], self.kind[places], self.record[places])

    def and_then(self, other: Listed) -> Listed:
        """Return these keys and then others."""
        return Listed(
            np.concatenate([self.key, other.key]),
            np.concatenate([self.kind, other.kind]),
            np.concatenate([self.record, other.record]),
        )

    def by_kind(self) -> npt.NDArray[np.int64]:
        """Return how many keys of each kind there are."""
        return np.bincount(self.kind, minlength=len(KINDS))


def room_to_list(records: int = STRETCH) -> Listed:
    """Return room for all keys of so many records; what is not written to takes no memory."""
    most = records * MOST_KEYS
    return Listed(np.empty(most, dtype=np.uint32), np.empty(most, dtype=np.uint8), np.empty(most, dtype=np.int32))


@compiled
def list_keys(packed: Packed, words: Words, span: tuple[int, int], drawn: Drawn, into: Listed) -> int:
    """Put the keys of a span of records (first, below) ``into`` room for them; return how many."""
    many = 0
    for record in range(span[0], span[1]):
        for at in range(keys_of(packed, words, record, drawn)):
            into.key[many], into.kind[many], into.record[many] = drawn.key[at], drawn.kind[at], record
            many += 1
    return many


def listed(packed: Packed, words: Words, first: int, last: int, room: Listed | None = None) -> Listed:
    """Return the keys of the records from ``first`` to below ``last``, in ``room`` for them or in new one."""
    into = room or room_to_list(last - first)
    return into.at(slice(list_keys(packed, words, (first, last), room_for_keys(), into)))
