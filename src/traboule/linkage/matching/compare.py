"""At which level two records agree, comparison by comparison, and how many bits that is: one pair at a time, compiled.

In come packed records, the bits of a model and two record numbers; out go the levels and the bits. It promises: the
levels that :func:`traboule.linkage.weights.comparisons.levels_of` gives (a test holds them together); symmetric.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from traboule.core.errors import Invalid
from traboule.linkage.matching.compiled import compiled, inner
from traboule.linkage.matching.packed import GROUP_BIT, RARE_BIT, Packed
from traboule.linkage.weights.comparisons import COMPARISONS
from traboule.linkage.weights.model import Model

Integers = npt.NDArray[np.int64]
Levels = npt.NDArray[np.int8]

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
_RARE, _SHIFT, _ZERO = np.uint16(RARE_BIT), np.uint32(16), np.uint32(0)


class Bits(NamedTuple):
    """What a model says. ``bits``: by comparison and level plus one (place 0: missing, no bits). ``prior``: bits.

    ``log_u``: of the name's levels that weigh by frequency, log2 of u; ``frequent``: which levels these are.
    """

    bits: npt.NDArray[np.float64]
    prior: float
    log_u: npt.NDArray[np.float64]
    frequent: npt.NDArray[np.bool_]


def bits_of(weights: Model) -> Bits:
    """Return the bits of a model's levels. Raises Invalid where the comparisons are not those compiled here."""
    if tuple(each.name for each in COMPARISONS) != FIELDS:
        raise Invalid("model-level-untrained", comparison="name", level="compiled")
    bits = np.zeros((COUNT, MOST_LEVELS + 1))
    log_u, frequent = np.zeros(MOST_LEVELS + 1), np.zeros(MOST_LEVELS + 1, dtype=np.bool_)
    for row, comparison in enumerate(COMPARISONS):
        for level in comparison.levels:
            share = weights.levels[comparison.name][level.value]
            bits[row, level.value + 1] = share.bits
            if level.frequency:
                log_u[level.value + 1], frequent[level.value + 1] = np.log2(share.u), True
    return Bits(bits, float(np.log2(weights.prior) - np.log2(1 - weights.prior)), log_u, frequent)


@inner
def name_bits(bits: Bits, level: int, rarity: float) -> float:
    """Return the bits of the name at ``level``. ``rarity``: log2 of the share of the commoner of the two names."""
    found: float = bits.bits[0, level + 1]
    if bits.frequent[level + 1]:
        found += bits.log_u[level + 1] - rarity
    return found


@inner
def most_name_bits(bits: Bits, rarity: float) -> float:
    """Return the most bits that a name can give, whatever the level."""
    most = 0.0
    for level in range(MOST_LEVELS):
        most = max(most, name_bits(bits, level, rarity))
    return most


@inner
def _held(packed: Packed, record: int) -> np.uint32:
    """Return the groups of which a record holds some value."""
    found = np.uint32(0)
    for at in range(packed.start[record], packed.start[record + 1]):
        found |= np.uint32(packed.group[at])
    return found


@inner
def common(packed: Packed, left: int, right: int) -> np.uint32:
    """Return the groups of which two records hold a value in common; shifted by 16, those of which a rare one."""
    found = np.uint32(0)
    one, other = packed.start[left], packed.start[right]
    while one < packed.start[left + 1] and other < packed.start[right + 1]:
        if packed.value[one] == packed.value[other]:
            bits = packed.group[one] & packed.group[other]
            found |= np.uint32(bits & ~_RARE)
            if bits & _RARE:
                found |= np.uint32(bits & ~_RARE) << _SHIFT
            one, other = one + 1, other + 1
        elif packed.value[one] < packed.value[other]:
            one += 1
        else:
            other += 1
    return found


@inner
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


@inner
def _birth(packed: Packed, i: int, j: int) -> int:
    """Return the level of the births."""
    if packed.low[i] <= 0 or packed.low[j] <= 0 or packed.high[i] <= 0 or packed.high[j] <= 0:
        return -1
    if packed.full[i] and packed.full[j]:
        if packed.full[i] == packed.full[j]:
            return 5
        if packed.full[i] == packed.swapped[j] or _one_sign_apart(packed.full[i], packed.full[j]):
            return 4
    vague = packed.vague[i] == 1 or packed.vague[j] == 1
    if packed.year[i] and packed.year[j]:
        if packed.year[i] == packed.year[j] and (vague or (packed.month[i] and packed.month[i] == packed.month[j])):
            return 3
        return 2 if vague and abs(packed.year[i] - packed.year[j]) <= 1 else 0
    return 1 if packed.low[i] <= packed.high[j] and packed.low[j] <= packed.high[i] else 0


@inner
def _citizenship(packed: Packed, i: int, j: int) -> int:
    """Return the level of the citizenships."""
    if not packed.countries[i] or not packed.countries[j]:
        return -1
    if packed.countries[i] == packed.countries[j]:
        return 2
    for one in range(packed.nation_start[i], packed.nation_start[i + 1]):
        for other in range(packed.nation_start[j], packed.nation_start[j + 1]):
            if packed.nation[one] == packed.nation[other]:
                return 1
    return 0


@inner
def _shared_levels(shared: np.uint32, both: np.uint32, levels: Levels) -> None:
    """Put the levels of all comparisons of shared values into ``levels``."""
    rare = shared >> _SHIFT
    levels[5] = -1
    if both & (_NUMBERS | _DOCUMENTS):
        levels[5] = 2 if shared & _DOCUMENTS else 1 if shared & _NUMBERS else 0
    levels[6] = -1 if not both & _DEVICES else 1 if shared & _DEVICES else 0
    levels[7] = -1 if not both & _ACCOUNTS else 1 if shared & _ACCOUNTS else 0
    levels[8] = -1 if not both & _VEHICLES else 2 if rare & _VEHICLES else 1 if shared & _VEHICLES else 0
    levels[9] = -1
    if both & (_PHONES | _ADDRESSES):
        levels[9] = 3 if rare & _PHONES else 2 if shared & _PHONES else 1 if shared & _ADDRESSES else 0
    levels[10] = -1 if not both & _ONLINE else 1 if shared & _ONLINE else 0
    levels[11] = -1 if not both & _ENCOUNTERS else 2 if rare & _ENCOUNTERS else 1 if shared & _ENCOUNTERS else 0


@inner
def compare_pair(packed: Packed, i: int, j: int, levels: Levels) -> np.uint32:
    """Put the level of every comparison but the name into ``levels``; return what the two share (see ``common``)."""
    levels[1] = _birth(packed, i, j)
    sexes = packed.sex[i] != 0 and packed.sex[j] != 0
    levels[2] = -1 if not sexes else 1 if packed.sex[i] == packed.sex[j] else 0
    levels[3] = _citizenship(packed, i, j)
    places = packed.place[i] != 0 and packed.place[j] != 0
    levels[4] = -1 if not places else 1 if packed.place[i] == packed.place[j] else 0
    shared = common(packed, i, j)
    _shared_levels(shared, _held(packed, i) & _held(packed, j), levels)
    return shared


@inner
def rest_bits(bits: Bits, levels: Levels) -> float:
    """Return the bits of everything but the name, the prior included."""
    found = bits.prior
    for field in range(1, COUNT):
        found += bits.bits[field, levels[field] + 1]
    return found


@compiled
def compare_pairs(
    packed: Packed, left: Integers, right: Integers, levels: npt.NDArray[np.int8], shared: npt.NDArray[np.uint32]
) -> None:
    """Put the levels of all pairs, but the name's, into the rows of ``levels``, and what they share into ``shared``."""
    for place in range(len(left)):
        shared[place] = compare_pair(packed, left[place], right[place], levels[place])
