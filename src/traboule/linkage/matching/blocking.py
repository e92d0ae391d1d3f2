"""Compute the blocking keys of a record: two records are compared only if they share one.

Input: packed records and the tokens of their names. Output: 32-bit keys and their kinds. A record's keys depend on that
record alone. Two records form a pair if they share a key that not too many records have. Names enter by phonetic key,
in any order, and by the loose key that merges sounds which some countries write with one letter.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from traboule.linkage.arrays.fingerprint import mix
from traboule.linkage.arrays.jit import compiled, inner
from traboule.linkage.matching.packed_records import GROUP_BIT, PackedRecords
from traboule.linkage.names.similarity.token_table import TokenTable

Keys = npt.NDArray[np.uint32]
Kinds = npt.NDArray[np.uint8]

# Kinds of keys, and how many records one key may bring together: 60 make 1,770 pairs. Larger blocks are skipped.
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
MAX_RECORDS = np.array([most for _, most in KINDS], dtype=np.int64)
CHUNK = 32_768  # Records whose keys are listed together.
MAX_KEYS = 512  # The most keys of a record: six different tokens in three forms make some 400.

# Typed as uint8: Numba would compile a version for every integer literal.
_IDENTIFIER, _PAIR, _PAIR_YEAR, _PAIR_NATION, _PAIR_PLACE, _SOUND_DATE, _NATION_DATE = map(np.uint8, range(7))
_PLACE_DATE, _SOUND_YEAR, _SOUND_BEGINNING, _BEGINNINGS, _LETTERS, _SOUND_VALUE = map(np.uint8, range(7, 13))
_MAX_SOUNDS = 8
_MAX_FINGERPRINTS = 64  # Three forms of six tokens at most.
_MIN_LETTERS = 6  # Shorter names share letters by chance.
# Every document and device is among the numbers too, without its issuer.
_KEYED = np.uint64(sum(GROUP_BIT[group] for group in ("numbers", "accounts", "vehicles", "phones", "online")))
_WITH_SOUND = np.uint64(GROUP_BIT["encounters"] | GROUP_BIT["addresses"])


class KeyBuffer(NamedTuple):
    """Buffers for one record's keys, their kinds, and fingerprints on the way to them."""

    key: Keys
    kind: Kinds
    fingerprints: npt.NDArray[np.uint64]


def new_key_buffer() -> KeyBuffer:
    """Return buffers for the keys of one record after another."""
    return KeyBuffer(
        np.empty(MAX_KEYS, np.uint32), np.empty(MAX_KEYS, np.uint8), np.empty(_MAX_FINGERPRINTS, np.uint64)
    )


@inner
def _add_key(buffer: KeyBuffer, count: int, kind: np.uint8, mark: np.uint64) -> int:
    """Add a key; return how many there are."""
    if count < MAX_KEYS:
        buffer.key[count] = np.uint32(mix(mark, np.uint64(kind)) >> np.uint64(32))
        buffer.kind[count] = kind
        count += 1
    return count


@inner
def _add_key_once(buffer: KeyBuffer, count: int, kind: np.uint8, mark: np.uint64) -> int:
    """Add a key unless it is among the last ones of its kind; return how many there are."""
    fresh = _add_key(buffer, count, kind, mark)
    at = count - 1
    while fresh > count and at >= 0 and buffer.kind[at] == kind:
        if buffer.key[at] == buffer.key[count]:
            return count
        at -= 1
    return fresh


@inner
def _insert_sorted(ascending: npt.NDArray[np.uint64], count: int, mark: np.uint64) -> int:
    """Insert ``mark`` into the first ``count`` of ``ascending``, unless it is there; return how many there are."""
    at = 0
    while at < count and ascending[at] < mark:
        at += 1
    if at < count and ascending[at] == mark:
        return count
    for index in range(count, at, -1):
        ascending[index] = ascending[index - 1]
    ascending[at] = mark
    return count + 1


@inner
def _day_key(full: int) -> int:
    """Return a birth date as a number that is the same with day and month swapped."""
    month, day = full // 100 % 100, full % 100
    return full // 10_000 * 10_000 + min(month, day) * 100 + max(month, day)


@inner
def _add_sound_keys(packed: PackedRecords, words: TokenTable, record: int, buffer: KeyBuffer, count: int) -> int:
    """Add two phonetic keys, or one, together with a year or date of birth, a citizenship, a place or an encounter."""
    row, sounds, sound_count = packed.rows[record], buffer.fingerprints, 0
    for form in range(words.forms.shape[1]):
        for token in words.forms[row.name, form]:
            if token >= 0:
                sound_count = _insert_sorted(sounds, sound_count, words.tokens[token].loose)
    sound_count = min(sound_count, _MAX_SOUNDS)
    year, nation, date = np.uint64(row.year), np.uint64(row.countries), np.uint64(_day_key(row.full))
    nation_sex = mix(nation, np.uint64(row.sex))
    for first in range(sound_count):
        for second in range(first if sound_count == 1 else first + 1, sound_count):
            pair = mix(sounds[first], sounds[second])
            count = _add_key(buffer, count, _PAIR, pair)
            if year:
                count = _add_key(buffer, count, _PAIR_YEAR, mix(pair, year))
            if nation:
                count = _add_key(buffer, count, _PAIR_NATION, mix(pair, nation_sex))
            if row.place:
                count = _add_key(buffer, count, _PAIR_PLACE, mix(pair, row.place))
        if date:
            count = _add_key(buffer, count, _SOUND_DATE, mix(sounds[first], date))
        if year:
            count = _add_key(buffer, count, _SOUND_YEAR, mix(sounds[first], year))
        for at in range(row.start, row.start + row.values):
            if packed.values[at].group & _WITH_SOUND:
                count = _add_key(buffer, count, _SOUND_VALUE, mix(sounds[first], packed.values[at].mark))
    return count


@inner
def _add_prefix_keys(packed: PackedRecords, words: TokenTable, record: int, buffer: KeyBuffer, count: int) -> int:
    """Add how tokens begin, together with a citizenship: for names with a typing error in the middle."""
    row, prefixes, prefix_count = packed.rows[record], buffer.fingerprints, 0
    nation = np.uint64(row.countries)
    nation_sex = mix(nation, np.uint64(row.sex))
    for form in range(words.forms.shape[1]):
        tokens = words.forms[row.name, form]
        for first in tokens:
            if first < 0:
                continue
            prefix_count = _insert_sorted(prefixes, prefix_count, words.tokens[first].beginning)
            for second in tokens:
                if form < 2 and second >= 0 and first != second:
                    sound = mix(words.tokens[first].loose, words.tokens[second].first)
                    count = _add_key_once(buffer, count, _SOUND_BEGINNING, mix(sound, nation))
    prefix_count = min(prefix_count, _MAX_SOUNDS)
    for first in range(prefix_count):
        for second in range(first if prefix_count == 1 else first + 1, prefix_count):
            count = _add_key(buffer, count, _BEGINNINGS, mix(mix(prefixes[first], prefixes[second]), nation_sex))
    return count


@inner
def _add_letter_key(packed: PackedRecords, words: TokenTable, record: int, buffer: KeyBuffer, count: int) -> int:
    """Add the letters of a name in any order."""
    letters, size = np.uint64(0), 0
    for token in words.forms[packed.rows[record].name, 0]:
        if token >= 0:
            letters += words.tokens[token].letters
            size += words.tokens[token].size
    return _add_key(buffer, count, _LETTERS, letters) if size >= _MIN_LETTERS else count


@inner
def record_keys(packed: PackedRecords, words: TokenTable, record: int, buffer: KeyBuffer) -> int:
    """Write the distinct keys of ``record`` and their kinds into ``buffer``; return how many."""
    count, row = 0, packed.rows[record]
    for at in range(row.start, row.start + row.values):
        if packed.values[at].group & _KEYED:
            count = _add_key(buffer, count, _IDENTIFIER, packed.values[at].mark)
    if row.full:
        date, nation = np.uint64(_day_key(row.full)), np.uint64(row.countries)
        if nation:
            count = _add_key(buffer, count, _NATION_DATE, mix(mix(nation, np.uint64(row.sex)), date))
        if row.place:
            count = _add_key(buffer, count, _PLACE_DATE, mix(row.place, date))
    if row.name >= 0:
        count = _add_sound_keys(packed, words, record, buffer, count)
        count = _add_letter_key(packed, words, record, buffer, count)
        if row.countries:
            count = _add_prefix_keys(packed, words, record, buffer, count)
    return count


class BlockingKeys(NamedTuple):
    """Keys of many records: for each the key, its kind and the number of the record."""

    key: Keys
    kind: Kinds
    record: npt.NDArray[np.int32]

    def at(self, places: Any) -> BlockingKeys:
        """Return the keys at ``places``: a slice, numbers or flags."""
        return BlockingKeys(self.key[places], self.kind[places], self.record[places])

    def followed_by(self, following: BlockingKeys) -> BlockingKeys:
        """Return these keys and then the ``following`` ones."""
        return BlockingKeys(
            np.concatenate([self.key, following.key]),
            np.concatenate([self.kind, following.kind]),
            np.concatenate([self.record, following.record]),
        )

    def by_kind(self) -> npt.NDArray[np.int64]:
        """Return how many keys of each kind there are."""
        return np.bincount(self.kind, minlength=len(KINDS))


def new_key_list(records: int = CHUNK) -> BlockingKeys:
    """Return buffers for all keys of ``records`` records; untouched pages take no memory."""
    most = records * MAX_KEYS
    return BlockingKeys(np.empty(most, dtype=np.uint32), np.empty(most, dtype=np.uint8), np.empty(most, dtype=np.int32))


@compiled
def list_keys(
    packed: PackedRecords, words: TokenTable, span: tuple[int, int], buffer: KeyBuffer, output: BlockingKeys
) -> int:
    """Write the keys of a span of records (first, below) into ``output``; return how many."""
    count = 0
    for record in range(span[0], span[1]):
        for at in range(record_keys(packed, words, record, buffer)):
            output.key[count], output.kind[count], output.record[count] = buffer.key[at], buffer.kind[at], record
            count += 1
    return count


def blocking_keys(
    packed: PackedRecords, words: TokenTable, first: int, last: int, buffer: BlockingKeys | None = None
) -> BlockingKeys:
    """Return the keys of the records from ``first`` to below ``last``, in ``buffer`` or a new one."""
    output = buffer or new_key_list(last - first)
    return output.at(slice(list_keys(packed, words, (first, last), new_key_buffer(), output)))
