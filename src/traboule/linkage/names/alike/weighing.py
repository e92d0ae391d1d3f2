"""The bits of a Latin token and a native one by the learned weights, compiled.

In come :class:`Scales`, packed letters and packed signs; out go, for a pair of tokens, how much likelier the two are as
one name than as two met by chance, or only which bounds that reaches. It promises: a pair's bits depend on the pair
alone; sums are made in one order, so that they are the same bits everywhere; a bound is reached where the bits, worked
out in full, reach it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from traboule.linkage.arrays.compiled import compiled, inner, making, woven
from traboule.linkage.names.alike.scales import (
    Parts,
    Scales,
    bit_of,
    by_chance,
    flat,
    longer,
    parts_at,
    share_of,
    signs_of,
)
from traboule.linkage.names.groups import Floats, Integers, Packed
from traboule.linkage.names.learn import LOOSE
from traboule.linkage.names.letters import LONGEST

LEAST, BEND = -60.0, 10.0  # Below, a pair is a mistake whatever it looks like; above, more bits say less.
_BIT = float(np.log(2.0))
# What is left out of a likelihood, in shares of what tells, so that most strangers are done after a few letters; and
# how near to what tells a likelihood must come to be worked out in full.
_LEFT_OUT, _NEAR = 4.0, 1e-4
_FEWEST, _MOST_REMEMBERED, _FOR_EACH_PAIR = 1 << 6, 1 << 18, 4
_FEWER_WORDS = 8  # Pairs of words for each Latin word, where one record is compared with others.
_WIDEST, _SCRIPTS = 8, 8  # More letters than any group has; more scripts than are learned.
_ALL = np.uint64(0xFFFFFFFF)
# What is remembered: of a pair of words its grade; of a Latin word beside a script the logarithms of how likely it is
# by itself, and beside what it sounds most like.
MET = np.dtype([("pair", np.uint64), ("grade", np.int8)])
HEARD = np.dtype([("key", np.int64), ("chance", np.float64), ("best", np.float64)])


class Latin(NamedTuple):
    """A Latin token: where its letters begin, how many there are, and which, as bits; its number among the words."""

    letters: Any
    start: int
    many: int
    present: np.uint64
    word: int


class Native(NamedTuple):
    """A native token: its script's place among the scales; its signs and their parts, where they begin, how many there
    are; the logarithms of how likely it is by itself, and beside what it sounds most like."""

    script: int
    signs: npt.NDArray[np.int16]
    start: int
    many: int
    chance: float
    best: float


class Room(NamedTuple):
    """Room for one comparison after another. ``ahead``: likelihoods on the way; ``wide``: parts that begin at each
    letter; ``most``, ``most_latin``: what the rest from each sign, from each letter on can be worth; ``grades``: of
    each two tokens of two names. ``met``: MET, pairs that were weighed before, since names repeat themselves; of a
    power of two many. ``heard``: HEARD, likewise Latin tokens beside a script."""

    ahead: Floats
    wide: npt.NDArray[np.int16]
    most: Floats
    most_latin: Floats
    grades: npt.NDArray[np.int8]
    met: Any
    heard: Any


@making
def room_to_compare(pairs: int) -> Room:
    """Return room for comparisons of so many pairs; each thread needs its own."""
    side, remembered = LONGEST + 1, _FEWEST
    while remembered < min(pairs * _FOR_EACH_PAIR, _MOST_REMEMBERED):
        remembered *= 2
    likely = np.zeros((side, side)), np.empty((side, _WIDEST), np.int16), np.empty(side), np.empty(side)
    # Memory that was never used takes longer to be had than a few pairs take to compare.
    known = remembered if remembered == _MOST_REMEMBERED else remembered // _FEWER_WORDS
    met, heard = np.zeros(remembered, MET), np.empty(known, HEARD)
    for at in range(known):
        heard[at].key = -1
    return Room(*likely, np.empty((6, 6), np.int8), met, heard)


@woven
def _most(scales: Scales, one: Latin, two: Native, most: Floats) -> None:
    """Put what the rest of a pair can be worth at most, from each native sign on, into ``most``.

    A sign that none of the letters stands for is the end of most pairs of strangers, before any way is followed.
    """
    row = scales.scripts[two.script]
    kept = 1.0 - row.dropped
    most[two.many] = 1.0 / kept
    for j in range(two.many - 1, -1, -1):
        sign = two.signs[two.start + j]
        nothing = 2.0 * LOOSE * scales.alone_native[two.script, sign[0]]
        if sign[1] >= 0:
            nothing += scales.of_native[row.native_parts + sign[1]].alone
        found = nothing * most[j + 1]
        for high in range(min(row.high, two.many - j)):
            part = row.native_parts + sign[1 + high]
            if sign[1 + high] >= 0 and scales.of_native[part].begins & one.present:
                found += scales.of_native[part].most * most[j + high + 1]
        most[j] = found / kept


@woven
def _read_parts(scales: Scales, one: Latin, script: int, room: Room) -> None:
    """Put the parts that begin at each letter, as a script knows them, into ``room.wide``."""
    row = scales.scripts[script]
    for at in range(one.many):
        wide = room.wide[at, : row.wide]
        parts_at(one.letters, one.start + at, one.many - at, scales.latin, scales.latin_part, wide, row.latin)


@woven
def _most_latin(scales: Scales, one: Latin, two: Native, room: Room) -> None:
    """Put what the rest of a pair can be worth at most, from each letter on, into ``room.most_latin``: likewise."""
    row, most, signs, dropped = scales.scripts[two.script], room.most_latin, np.uint64(0), 0.0
    for j in range(two.start, two.start + two.many):
        sign = two.signs[j]
        signs |= bit_of(sign[0])
        nothing = LOOSE * scales.alone_native[two.script, sign[0]]
        if sign[1] >= 0:
            nothing += scales.of_native[row.native_parts + sign[1]].alone
        dropped = max(dropped, nothing)
    kept = 1.0 - dropped
    most[one.many] = 1.0 / kept
    for i in range(one.many - 1, -1, -1):
        nothing = 2.0 * LOOSE * scales.alone_latin[two.script, one.letters[one.start + i]]
        if room.wide[i, 0] >= 0:
            nothing += scales.of_latin[row.latin_parts + room.wide[i, 0]].alone
        found = nothing * most[i + 1]
        for width in range(min(row.wide, one.many - i)):
            part = row.latin_parts + room.wide[i, width]
            if room.wide[i, width] >= 0 and scales.of_latin[part].begins & signs:
                found += scales.of_latin[part].most * most[i + width + 1]
        most[i] = found / kept


@woven
def _add_groups(scales: Scales, row: Any, sign: Any, bit: np.uint64, at: tuple[int, int, int, int], room: Room) -> None:
    """Add what the groups that begin at a letter and a sign give to the likelihoods ahead.

    ``bit``: the letter; ``at``: the places of the two, and how many letters and signs there are.
    """
    i, j, n, m = at
    for high in range(min(row.high, m - j)):
        part = row.native_parts + sign[1 + high]
        if sign[1 + high] >= 0 and scales.of_native[part].begins & bit:
            for width in range(min(row.wide, n - i)):
                if room.wide[i, width] >= 0 and scales.of_native[part].beside & bit_of(room.wide[i, width]):
                    share = share_of(scales.groups, part, room.wide[i, width])
                    room.ahead[i + width + 1, j + high + 1] += room.ahead[i, j] * share


@inner
def _likely(scales: Scales, one: Latin, two: Native, room: Room, least: float) -> tuple[float, float]:
    """Return the likelihood of a pair over all ways to divide its tokens into groups, and the most that was left out:
    from where the rest could add less than ``least``."""
    n, m, row, ahead = one.many, two.many, scales.scripts[two.script], room.ahead
    lost = 0.0
    for i in range(n + 1):
        for j in range(m + 1):
            ahead[i, j] = 0.0
    ahead[0, 0] = 1.0
    for i in range(n + 1):
        bit, plain, alone, ready = np.uint64(0), 0.0, 0.0, False
        for j in range(m + 1):
            here = ahead[i, j]
            if here == 0.0 or (i == n and j == m):
                continue
            if i < n and not ready:
                letter, ready = one.letters[one.start + i], True
                bit, plain = np.uint64(1) << np.uint64(letter - 1), scales.alone_latin[two.script, letter]
                alone = scales.of_latin[row.latin_parts + room.wide[i, 0]].alone if room.wide[i, 0] >= 0 else 0.0
            rest = here * min(room.most[j], room.most_latin[i])
            if rest < least:
                lost += rest
                continue
            sign = two.signs[two.start + j] if j < m else two.signs[two.start]
            if i < n:
                drop = here * LOOSE * plain
                ahead[i + 1, j] += drop
                ahead[i + 1, j] += here * alone
                if j < m:
                    ahead[i + 1, j + 1] += drop * scales.alone_native[two.script, sign[0]]
            if j < m:
                ahead[i, j + 1] += here * LOOSE * scales.alone_native[two.script, sign[0]]
                if sign[1] >= 0:
                    ahead[i, j + 1] += here * scales.of_native[row.native_parts + sign[1]].alone
            _add_groups(scales, row, sign, bit, (i, j, n, m), room)
    return ahead[n, m], lost


@inner
def _by_itself(scales: Scales, one: Latin, script: int, room: Room) -> tuple[float, float]:
    """Return the logarithms of the likelihood of a Latin token by itself, and beside what it sounds most like in a
    script."""
    _read_parts(scales, one, script, room)
    row, most = scales.scripts[script], room.most
    for at in range(one.many + 1):
        most[at] = 0.0
    most[0] = 1.0
    for at in range(one.many):
        longer(most, at, one.many, room.wide[at, : row.wide], scales.of_latin, row.latin_parts)
    return by_chance(one.letters, one.start, one.many, scales.after_latin[script], 27), np.log(most[one.many])


@woven
def _remembered_by_itself(scales: Scales, one: Latin, script: int, room: Room) -> tuple[float, float]:
    """Return the same, as found before if there was room to keep it."""
    key = one.word * _SCRIPTS + script
    kept = room.heard[key & (len(room.heard) - 1)]
    if kept.key != key:
        kept.chance, kept.best = _by_itself(scales, one, script, room)
        kept.key = key
    return kept.chance, kept.best


@inner
def ratio(scales: Scales, one: Latin, two: Native, room: Room, chance: float) -> float:
    """Return the bits by which a pair is likelier as one name than by ``chance``, at least :data:`LEAST`."""
    _read_parts(scales, one, two.script, room)
    for at in range(two.many + 1):
        room.most[at] = 1.0
    for at in range(one.many + 1):
        room.most_latin[at] = 1.0
    likely = np.log(max(_likely(scales, one, two, room, 0.0)[0], 1e-300))
    found: float = (likely - chance) / _BIT
    return max(found, LEAST)


@inner
def bits_of(scales: Scales, one: Latin, two: Native, room: Room) -> np.float32:
    """Return the bits of a pair: what its ratio and the lengths of the two tokens are worth."""
    reading, chance = scales.reading[two.script], two.chance + _by_itself(scales, one, two.script, room)[0]
    found = ratio(scales, one, two, room, chance)
    bits = min(found, 0.0) * reading[0] + min(max(found, 0.0), BEND) * reading[1]
    bits += max(found - BEND, 0.0) * reading[2]
    return np.float32(bits + one.many * reading[3] + two.many * reading[4] + reading[5])


@woven
def _ratio_at(scales: Scales, one: Latin, two: Native, bits: Any) -> float:
    """Return the ratio at which a pair of these lengths is worth ``bits``."""
    reading = scales.reading[two.script]
    rest = bits - one.many * reading[3] - two.many * reading[4] - reading[5]
    found: float = rest / (reading[0] if rest < 0.0 else reading[1])
    return found if found < BEND else BEND + (rest - BEND * reading[1]) / reading[2]


@woven
def _closely(scales: Scales, one: Latin, two: Native, best: float, chance: float) -> tuple[float, float]:
    """Return what a pair of these tokens has in bits beside look-alikes at a ratio of 0, and what each bit of the
    ratio adds. ``best``: of the Latin token beside what it sounds most like."""
    closely = scales.closely[two.script]
    short = two.best - chance, best - chance
    base = (closely[3] * short[0] + closely[4] * short[1]) / _BIT + one.many * closely[1] + two.many * closely[2]
    return base + closely[5], closely[0] - closely[3] - closely[4]


class Bounds(NamedTuple):
    """The bits that a pair is to reach: beside strangers, and beside look-alikes."""

    strangers: np.float32
    alike: np.float32


@inner
def reached(scales: Scales, one: Latin, two: Native, room: Room, low: Bounds, high: Bounds) -> int:
    """Return how many of two bounds, the lower first, a pair reaches.

    Most strangers are told after a few letters; only a pair that comes near a bound is worked out in full.
    """
    by_itself, best = _remembered_by_itself(scales, one, two.script, room)
    chance = two.chance + by_itself
    base, slope = _closely(scales, one, two, best, chance)
    wanted = max(_ratio_at(scales, one, two, low.strangers), float((low.alike - base) / slope))
    above = max(wanted, _ratio_at(scales, one, two, high.strangers), float((high.alike - base) / slope))
    if two.many and wanted > LEAST:
        needed = np.exp(chance + wanted * _BIT)
        _most(scales, one, two, room.most)
        if room.most[0] < needed * (1.0 - _NEAR):
            return 0
        _read_parts(scales, one, two.script, room)
        _most_latin(scales, one, two, room)
        if room.most_latin[0] < needed * (1.0 - _NEAR):
            return 0
        likely, lost = _likely(scales, one, two, room, needed * _LEFT_OUT / ((one.many + 1) * (two.many + 1)))
        if likely + lost < needed * (1.0 - _NEAR):
            return 0
        limit = np.exp(chance + above * _BIT)
        if likely > limit * (1.0 + _NEAR):
            return 2
        if likely > needed * (1.0 + _NEAR) and likely + lost < limit * (1.0 - _NEAR):
            return 1
    found = ratio(scales, one, two, room, chance)
    return 2 if found >= above else 1 if found >= wanted else 0


@compiled
def _ratios(
    scales: Scales,
    latin: tuple[npt.NDArray[np.int32], Integers],
    native: tuple[npt.NDArray[np.int16], Integers, Floats, Floats],
    pairs: tuple[Integers, Integers],
    found: Floats,
) -> None:
    room = room_to_compare(len(found))
    for place in range(len(found)):
        left, right = pairs[0][place], pairs[1][place]
        first, begin = latin[1][left], native[1][right]
        one = Latin(latin[0], first, latin[1][left + 1] - first, _ALL, left)
        two = Native(0, native[0], begin, native[1][right + 1] - begin, native[2][right], native[3][right])
        by_itself, best = _by_itself(scales, one, 0, room)
        chance = two.chance + by_itself
        found[place, 0] = ratio(scales, one, two, room, chance)
        found[place, 1] = (two.best - chance) / _BIT - found[place, 0]
        found[place, 2] = (best - chance) / _BIT - found[place, 0]


def ratios(parts: Parts, latin: Packed, native: Packed, one: Integers, two: Integers) -> Floats:
    """Return of pairs of packed tokens under the weights of one script the ratio, and in bits how far the pair falls
    short of what the native and the Latin token would be at best: (pairs, 3)."""
    scales, found = flat((parts,)), np.zeros((len(one), 3))
    signs, chances, bests = signs_of(scales, np.zeros(len(native), dtype=np.int64), native)
    _ratios(scales, (latin.symbols, latin.starts), (signs, native.starts, chances, bests), (one, two), found)
    return found
