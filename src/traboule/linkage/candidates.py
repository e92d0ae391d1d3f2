"""Which pairs of records are worth comparing: those that share a key. Sorting and joining, never all with all.

In come person records; out go the candidate pairs and, for each kind of key, how many pairs it gave and how many
records it had to skip because a key was too common. It promises: pure, pairs sorted, each once, left below right; the
work grows with the records as long as keys stay rare; whether two records are a pair depends on their own keys and on
how many share those.

Names enter by sound, in no order, and loosely (sounds that one letter stands for in different countries are one).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from traboule.linkage.fields.shared import Shared
from traboule.linkage.names.tokens import MOST_TOKENS
from traboule.linkage.prepare import PersonRecords

Integers = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]

_IDENTIFIER_GROUPS = ("numbers", "documents", "devices", "accounts", "vehicles", "phones", "online")
# How many records a key may bring together. What is more is skipped and counted: 60 records make 1,770 pairs.
MOST_BY_IDENTIFIER, MOST_BY_NAME, MOST_BY_DATE, MOST_BY_SOUND = 60, 60, 40, 30
_MOST_SOUNDS = 8


@dataclass(frozen=True)
class Candidates:
    """``left[i]`` < ``right[i]``, record numbers. ``counts``: kind of key to (keys, pairs, records skipped)."""

    left: Integers
    right: Integers
    counts: dict[str, tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class _Keys:
    """Rows of (key, record) of one kind. ``most``: how many records one key may bring together."""

    kind: str
    key: Keys
    record: Integers
    most: int


def candidates(records: PersonRecords) -> Candidates:
    """Return all pairs of records that share a key not too common."""
    size = np.int64(max(len(records), 1))
    found: list[Integers] = []
    counts: dict[str, tuple[int, int, int]] = {}
    for keys in _all_keys(records):
        codes, keyed, skipped = _pairs(keys, size)
        counts[keys.kind] = (keyed, len(codes), skipped)
        found.append(codes)
    codes = np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)
    return Candidates(codes // size, codes % size, counts)


def _all_keys(records: PersonRecords) -> Iterator[_Keys]:
    yield from _identifier_keys(records)
    sounds = _sounds(records)
    yield from _name_keys(records, sounds)
    yield from _date_keys(records, sounds)
    yield from _beginning_keys(records)


def _identifier_keys(records: PersonRecords) -> Iterator[_Keys]:
    for group in _IDENTIFIER_GROUPS:
        held = records.shared[group]
        yield _Keys(group, held.value.astype(np.uint64), held.record, MOST_BY_IDENTIFIER)


def _name_keys(records: PersonRecords, sounds: Shared) -> Iterator[_Keys]:
    """Two sounds with one other thing: a year of birth, a citizenship, a place, the hour of an arrest."""
    born = records.born
    pair, owner = _pairs_of_sounds(sounds)
    if not len(owner):
        return
    year = born.year[owner]
    yield _with("two sounds", pair, owner, np.ones(len(owner), np.int64))
    for step, name in ((0, "two sounds, year"), (1, "two sounds, next year")):
        # A year is also tried one later, against the other's own year: a slip of one is common.
        known = np.where(year > 0, year + step, 0)
        if step:
            both = np.concatenate([year, known])
            yield _with(name, np.tile(pair, 2), np.tile(owner, 2), both)
        else:
            yield _with(name, pair, owner, known)
    yield _with("two sounds, month and day", pair, owner, np.where(born.full[owner] > 0, _day_key(born.full[owner]), 0))
    yield _with("two sounds, place", pair, owner, records.place[owner])
    yield _with("two sounds, citizenship, sex", pair, owner, _citizenship_and_sex(records)[owner])
    for group in ("encounters", "addresses"):
        pair_of, value = _crossed(pair, owner, records.shared[group])
        yield _with(f"two sounds, {group}", pair[pair_of], owner[pair_of], value + 1)


def _date_keys(records: PersonRecords, sounds: Shared) -> Iterator[_Keys]:
    """One sound, or none, together with a birth date (day and month in either order)."""
    born = records.born
    date = np.where(born.full > 0, (born.year * 10_000 + _day_key(born.full)), 0)
    everyone = np.arange(len(records), dtype=np.int64)
    kind = _citizenship_and_sex(records)
    owner, sound = sounds.record, sounds.value.astype(np.uint64)
    yield _with("sound, birth date", sound, owner, date[owner])
    yield _with("citizenship, birth date", kind.astype(np.uint64), everyone, np.where(kind > 0, date, 0), MOST_BY_DATE)
    yield _with("place, birth date", records.place.astype(np.uint64), everyone, np.where(records.place > 0, date, 0))
    month = np.where(born.month > 0, born.year * 100 + born.month, 0)
    yield _with("sound, birth month, citizenship", _mix(sound, kind[owner].astype(np.uint64)), owner, month[owner])
    year = np.where(born.year > 0, born.year, 0)
    yield _with("sound, year", sound, owner, year[owner], MOST_BY_DATE)
    yield _with("sound, citizenship", sound, owner, records.citizenship[owner], MOST_BY_SOUND)
    place = records.place[owner]
    yield _with("sound, year, place", _mix(sound, place.astype(np.uint64)), owner, np.where(place > 0, year[owner], 0))
    for group in ("encounters", "addresses"):
        row, value = _crossed(sound, owner, records.shared[group])
        yield _with(f"sound, {group}", sound[row], owner[row], value + 1)


def _beginning_keys(records: PersonRecords) -> Iterator[_Keys]:
    """How two tokens begin, together with what else is known: for names with a slip in the middle of both."""
    pair, owner = _pairs_of_sounds(_held(records, records.names.beginnings))
    if not len(owner):
        return
    kind = _citizenship_and_sex(records)
    year = np.where(kind > 0, records.born.year, 0)
    yield _with("two beginnings, year, citizenship", _mix(pair, kind[owner].astype(np.uint64)), owner, year[owner])
    yield _with("two beginnings, citizenship, sex", pair, owner, kind[owner], MOST_BY_SOUND)
    named = np.flatnonzero(records.name >= 0)
    letters = records.names.letters[records.name[named], 0] + 1
    yield _with("letters", np.zeros(len(named), dtype=np.uint64), named, letters)
    key, owner = _sound_and_beginning(records)
    yield _with("sound and beginning", key, owner, np.ones(len(owner), np.int64), MOST_BY_SOUND)
    yield _with("sound and beginning, citizenship", key, owner, records.citizenship[owner], MOST_BY_SOUND)
    yield _with("sound and beginning, place", key, owner, records.place[owner], MOST_BY_SOUND)


def _sound_and_beginning(records: PersonRecords) -> tuple[Keys, Integers]:
    """Return a key for each token's sound together with how another token of the name begins, and the record."""
    named = np.flatnonzero(records.name >= 0)
    names = records.names
    keys, owners = [], []
    for form in range(2):
        cells = names.forms[records.name[named], form]
        for one in range(MOST_TOKENS):
            for other in range(MOST_TOKENS):
                both = np.flatnonzero((cells[:, one] >= 0) & (cells[:, other] >= 0))
                if one != other and len(both):
                    sound, begins = names.loose[cells[both, one]], names.firsts[cells[both, other]]
                    keys.append(_mix(sound.astype(np.uint64), begins.astype(np.uint64)))
                    owners.append(named[both])
    if not keys:
        return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)
    return np.concatenate(keys), np.concatenate(owners)


def _with(kind: str, key: Keys, owner: Integers, extra: Integers, most: int = MOST_BY_NAME) -> _Keys:
    """Return the keys joined with ``extra`` (0: this record has none, and no key)."""
    known = extra > 0
    return _Keys(kind, _mix(key[known], extra[known].astype(np.uint64)), owner[known], most)


def _sounds(records: PersonRecords) -> Shared:
    """Return which record holds which sound, over all forms of its name."""
    return _held(records, records.names.loose)


def _held(records: PersonRecords, marks: Integers) -> Shared:
    """Return which record holds which of its tokens' ``marks``, in the order of marks, eight at most."""
    named = np.flatnonzero(records.name >= 0)
    forms = records.names.forms.reshape(-1, records.names.forms.shape[1] * MOST_TOKENS)
    cells = forms[records.name[named]]
    row, column = np.nonzero(cells >= 0)
    held = Shared.of(named[row], marks[cells[row, column]], len(records))
    starts = np.searchsorted(held.record, np.arange(len(records)))
    kept = np.arange(len(held.record)) - starts[held.record] < _MOST_SOUNDS
    return Shared(held.record[kept], held.value[kept], len(records))


def _pairs_of_sounds(sounds: Shared) -> tuple[Keys, Integers]:
    """Return a key for each unordered pair of one record's sounds, and the record; one alone where it has only one."""
    keys, owners = [], []
    count = len(sounds.record)
    for step in range(1, _MOST_SOUNDS):
        first = np.arange(max(count - step, 0))
        first = first[sounds.record[first] == sounds.record[first + step]]
        low, high = sounds.value[first], sounds.value[first + step]
        keys.append(_mix(low.astype(np.uint64), high.astype(np.uint64)))
        owners.append(sounds.record[first])
    held = np.bincount(sounds.record, minlength=sounds.records)
    alone = np.flatnonzero(held[sounds.record] == 1) if count else np.zeros(0, dtype=np.int64)
    keys.append(_mix(sounds.value[alone].astype(np.uint64), sounds.value[alone].astype(np.uint64)))
    owners.append(sounds.record[alone])
    return np.concatenate(keys), np.concatenate(owners)


def _crossed(keys: Keys, owner: Integers, held: Shared) -> tuple[Integers, Integers]:
    """Return, for each key and each value its owner holds, the place of the key and the value."""
    starts = np.searchsorted(held.record, np.arange(held.records + 1))
    counts = (starts[owner + 1] - starts[owner]) if len(owner) else np.zeros(0, dtype=np.int64)
    row = np.repeat(np.arange(len(keys)), counts)
    offset = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    value = held.value[starts[owner[row]] + offset] if len(row) else np.zeros(0, dtype=np.int64)
    return row, value


def _day_key(full: Integers) -> Integers:
    """Return month and day of yyyymmdd so that both orders give one key."""
    month, day = full // 100 % 100, full % 100
    return np.minimum(month, day) * 100 + np.maximum(month, day)


def _citizenship_and_sex(records: PersonRecords) -> Integers:
    """Return one number for citizenship and sex together; 0 where the citizenship is not known."""
    return np.where(records.citizenship > 0, records.citizenship * 16 + np.minimum(records.sex, 15), 0)


def _mix(first: Keys, second: Keys) -> Keys:
    """Return one well-spread number for two (splitmix64's finaliser)."""
    mixed = first * np.uint64(0x9E3779B97F4A7C15) ^ (second + np.uint64(0x7F4A7C159E3779B9))
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))


def _pairs(keys: _Keys, size: np.int64) -> tuple[Integers, int, int]:
    """Return the pairs within each key as codes (left * size + right), the number of keys, and the records skipped."""
    order = np.lexsort((keys.record, keys.key))
    key, record = keys.key[order], keys.record[order]
    fresh = np.ones(len(key), dtype=np.bool_)
    fresh[1:] = (key[1:] != key[:-1]) | (record[1:] != record[:-1])
    key, record = key[fresh], record[fresh]
    starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]]) if len(key) else np.zeros(0, dtype=np.int64)
    counts = np.diff(np.r_[starts, len(key)])
    kept = (counts >= 2) & (counts <= keys.most)
    codes = [np.zeros(0, dtype=np.int64)]
    for length in np.unique(counts[kept]).tolist():
        block = record[starts[kept & (counts == length)][:, None] + np.arange(length)]
        low, high = np.triu_indices(length, 1)
        codes.append((block[:, low] * size + block[:, high]).ravel())
    return np.unique(np.concatenate(codes)), len(starts), int(counts[counts > keys.most].sum())
