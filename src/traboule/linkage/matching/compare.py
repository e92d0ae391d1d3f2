"""At which level two records agree, comparison by comparison, and how many bits that is: one pair at a time, compiled.

In come packed records, the bits of a model and two record numbers; out go the levels and the bits. It promises: the
levels that :func:`traboule.linkage.weights.comparisons.levels_of` gives (a test holds them together); symmetric.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from traboule.core.errors import Invalid
from traboule.linkage.arrays.compiled import compiled, woven
from traboule.linkage.arrays.memory import ask_line, ask_lines
from traboule.linkage.matching.packed import GROUP_BIT, RARE_BIT, Packed
from traboule.linkage.weights.comparisons import COMPARISONS, FREQUENCY_COLUMNS
from traboule.linkage.weights.model import Model

Integers = npt.NDArray[np.int64]
Levels = npt.NDArray[np.int8]
Common = npt.NDArray[np.float32]

FIELDS = (
    *("name", "birth", "sex", "citizenship", "place", "document"),
    *("device", "account", "vehicle", "contact", "online", "encounter"),
)
COUNT = len(FIELDS)
MOST_LEVELS = 8

_NUMBERS, _DOCUMENTS, _DEVICES, _ACCOUNTS = (
    np.uint32(GROUP_BIT[group]) for group in ("numbers", "documents", "devices", "accounts")
)
_VEHICLES, _PHONES, _ADDRESSES, _ONLINE, _ENCOUNTERS = (
    np.uint32(GROUP_BIT[group]) for group in ("vehicles", "phones", "addresses", "online", "encounters")
)
_RARE, _SHIFT = np.uint64(RARE_BIT), np.uint64(16)
_DOCUMENT_KINDS = np.uint32(GROUP_BIT["document_kinds"])
_ROWS_AHEAD, _VALUES_AHEAD = 16, 8  # Pairs.
_HALF, _ZERO = np.uint32(16), np.uint32(0)


class Bits(NamedTuple):
    """What a model says. ``bits``: by comparison and level plus one (place 0: missing, no bits). ``prior``: bits.

    ``log_u``: of the levels that weigh by frequency, log2 of u; ``frequent``: how much they do, 0 for the others;
    ``column``: in which column of how common a record's texts are, -1 for none.
    """

    bits: npt.NDArray[np.float64]
    prior: float
    log_u: npt.NDArray[np.float64]
    frequent: npt.NDArray[np.float64]
    column: npt.NDArray[np.int8]


def bits_of(weights: Model) -> Bits:
    """Return the bits of a model's levels. Raises Invalid where the comparisons are not those compiled here."""
    if tuple(each.name for each in COMPARISONS) != FIELDS:
        raise Invalid("model-level-untrained", comparison="name", level="compiled")
    bits, log_u = np.zeros((COUNT, MOST_LEVELS + 1)), np.zeros((COUNT, MOST_LEVELS + 1))
    frequent, column = np.zeros((COUNT, MOST_LEVELS + 1)), np.full(COUNT, -1, dtype=np.int8)
    for row, comparison in enumerate(COMPARISONS):
        for level in comparison.levels:
            share = weights.levels[comparison.name][level.value]
            bits[row, level.value + 1] = share.bits
            if level.frequency:
                log_u[row, level.value + 1], frequent[row, level.value + 1] = np.log2(share.u), level.by_frequency
                column[row] = FREQUENCY_COLUMNS.index(level.frequency)
    prior = float(np.log2(weights.prior) - np.log2(1 - weights.prior))
    return Bits(bits, prior, log_u, frequent, column)


@woven
def common(packed: Packed, left: int, right: int) -> np.uint32:
    """Return the groups of which two records hold a value in common; shifted by 16, those of which a rare one."""
    found, values = np.uint64(0), packed.values
    one, other = packed.rows[left].start, packed.rows[right].start
    last, end = one + packed.rows[left].values, other + packed.rows[right].values
    while one < last and other < end:
        if values[one].mark == values[other].mark:
            bits = values[one].group & values[other].group
            found |= bits & ~_RARE
            if bits & _RARE:
                found |= (bits & ~_RARE) << _SHIFT
            one, other = one + 1, other + 1
        elif values[one].mark < values[other].mark:
            one += 1
        else:
            other += 1
    return np.uint32(found)


@woven
def _one_sign_apart(left: int, right: int) -> bool:
    """Tell whether two dates differ in one sign, or in two neighbours exchanged."""
    differing, place, first = 0, 0, 0
    low, high = 0, 0
    step = 1
    while step < 100_000_000:
        one, other = left // step % 10, right // step % 10
        if one != other:
            differing += 1
            if differing == 1:
                first, low, high = place, one, other
            elif differing > 2 or place != first + 1 or one != high or other != low:
                return False
        place += 1
        step *= 10
    return True


@woven
def _birth(packed: Packed, i: int, j: int) -> int:
    """Return the level of the births."""
    one, other = packed.rows[i], packed.rows[j]
    if one.low <= 0 or other.low <= 0 or one.high <= 0 or other.high <= 0:
        return -1
    if one.full and other.full:
        if one.full == other.full:
            return 5
        if one.full == other.swapped or _one_sign_apart(one.full, other.full):
            return 4
    vague = one.vague > 0 or other.vague > 0
    if one.year and other.year:
        if one.year == other.year and (vague or (one.month and one.month == other.month)):
            return 3
        return 2 if vague and abs(one.year - other.year) <= 1 else 0
    return 1 if one.low <= other.high and other.low <= one.high else 0


@woven
def _citizenship(packed: Packed, i: int, j: int) -> int:
    """Return the level of the citizenships."""
    one, other = packed.rows[i], packed.rows[j]
    if not one.countries or not other.countries:
        return -1
    if one.countries == other.countries:
        return 2
    for at in range(one.nation, one.nation + one.nations):
        for place in range(other.nation, other.nation + other.nations):
            if packed.nations[at] == packed.nations[place]:
                return 1
    return 0


@woven
def _shared_levels(shared: np.uint32, both: np.uint32, levels: Levels) -> None:
    """Put the levels of all comparisons of shared values into ``levels``."""
    rare = shared >> _HALF
    levels[5] = 2 if shared & _DOCUMENTS else 1 if shared & _NUMBERS else 0 if shared & _DOCUMENT_KINDS else -1
    levels[6] = -1 if not both & _DEVICES else 1 if shared & _DEVICES else 0
    levels[7] = -1 if not both & _ACCOUNTS else 1 if shared & _ACCOUNTS else 0
    levels[8] = -1 if not both & _VEHICLES else 2 if rare & _VEHICLES else 1 if shared & _VEHICLES else 0
    levels[9] = -1
    if both & (_PHONES | _ADDRESSES):
        levels[9] = 3 if rare & _PHONES else 2 if shared & _PHONES else 1 if shared & _ADDRESSES else 0
    levels[10] = -1 if not both & _ONLINE else 1 if shared & _ONLINE else 0
    levels[11] = -1 if not both & _ENCOUNTERS else 2 if rare & _ENCOUNTERS else 1 if shared & _ENCOUNTERS else 0


@woven
def compare_pair(packed: Packed, i: int, j: int, levels: Levels) -> np.uint32:
    """Put the level of every comparison but the name into ``levels``; return what the two share (see ``common``)."""
    one, other = packed.rows[i], packed.rows[j]
    levels[1] = _birth(packed, i, j)
    levels[2] = -1 if not one.sex or not other.sex else 1 if one.sex == other.sex else 0
    levels[3] = _citizenship(packed, i, j)
    levels[4] = -1 if not one.place or not other.place else 1 if one.place == other.place else 0
    both = np.uint32(one.held & other.held)
    shared = common(packed, i, j) if both else _ZERO
    _shared_levels(shared, both, levels)
    return shared


@woven
def level_bits(bits: Bits, field: int, level: int, common: Common, left: int, right: int) -> float:
    """Return the bits of one comparison at a level plus one, fewer where what agrees is common. ``common``: log2 of how
    common, by record."""
    found: float = bits.bits[field, level]
    if bits.frequent[field, level]:
        column = bits.column[field]
        rare = bits.log_u[field, level] - max(common[left, column], common[right, column])
        found += bits.frequent[field, level] * rare
    return found


@woven
def rest_bits(bits: Bits, levels: Levels, common: Common, left: int, right: int) -> float:
    """Return the bits of everything but the name, the prior included. ``common``: as :func:`level_bits` has it."""
    found = bits.prior
    for field in range(1, COUNT):
        found += level_bits(bits, field, levels[field] + 1, common, left, right)
    return found


class Weighed(NamedTuple):
    """Of many pairs: ``levels`` and ``bits`` by comparison and pair; ``weight``, the prior included; ``shared``: as
    :func:`common` gives it; ``rival``: bits by which another explanation than one person is better."""

    levels: npt.NDArray[np.int8]
    bits: npt.NDArray[np.float64]
    weight: npt.NDArray[np.float64]
    shared: npt.NDArray[np.uint32]
    rival: npt.NDArray[np.float64]


def room_to_weigh(pairs: int) -> Weighed:
    """Return room for so many pairs."""
    shape, levels = np.zeros((COUNT, pairs)), np.full((COUNT, pairs), -1, dtype=np.int8)
    return Weighed(levels, shape, np.zeros(pairs), np.zeros(pairs, dtype=np.uint32), np.zeros(pairs))


@woven
def ask_ahead(packed: Packed, common: Common, records: Any, place: int) -> None:
    """Ask for what the pairs behind the one at ``place`` will be weighed by: rows first, and then the values there."""
    if place + _ROWS_AHEAD < len(records):
        ask_lines(packed.rows, records[place + _ROWS_AHEAD])
        ask_line(common, records[place + _ROWS_AHEAD])
    if place + _VALUES_AHEAD < len(records):
        row = packed.rows[records[place + _VALUES_AHEAD]]
        ask_line(packed.values, row.start)
        ask_line(packed.nations, row.nation)


@compiled
def weigh_pairs(
    packed: Packed,
    known: tuple[Bits, npt.NDArray[np.float64]],
    common: Common,
    pairs: tuple[Integers, Integers],
    span: tuple[int, int],
    levels: Levels,
    into: Weighed,
) -> None:
    """Weigh the pairs of a span of places (first, below), ``into`` which the level of each name is already put.

    ``known``: the bits, and those of the other explanation as :attr:`Bits.bits` has them. ``common``: log2 of how
    common, by record. ``levels``: room for those of one pair.
    """
    bits, rivals = known
    for place in range(span[0], span[1]):
        ask_ahead(packed, common, pairs[1], place)
        left, right = pairs[0][place], pairs[1][place]
        into.shared[place] = compare_pair(packed, left, right, levels)
        levels[0] = into.levels[0, place]
        weight = rival = 0.0
        for field in range(COUNT):
            level = levels[field] + 1
            found = level_bits(bits, field, level, common, left, right)
            weight += found
            rival += rivals[field, level]
            into.levels[field, place], into.bits[field, place] = levels[field], found
        into.weight[place], into.rival[place] = bits.prior + weight, rival


@compiled
def contradict_pairs(packed: Packed, left: Integers, right: Integers, found: npt.NDArray[np.bool_]) -> None:
    """Tell of all pairs whether both hold a whole birth date and a document of one kind and issuer, and neither agrees.

    Dates that are a slip apart agree.
    """
    for place in range(len(left)):
        one, other = packed.rows[left[place]], packed.rows[right[place]]
        shared = common(packed, left[place], right[place])
        agree = _birth(packed, left[place], right[place]) >= 3
        documents = shared & _DOCUMENT_KINDS and not shared & _DOCUMENTS
        found[place] = one.full > 0 and other.full > 0 and not agree and documents != 0


def contradict(packed: Packed, left: Integers, right: Integers) -> npt.NDArray[np.bool_]:
    """Return, as :func:`contradict_pairs` tells, which pairs contradict each other."""
    found = np.zeros(len(left), dtype=np.bool_)
    contradict_pairs(packed, left, right, found)
    return found
