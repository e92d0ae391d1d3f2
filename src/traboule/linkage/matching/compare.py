"""Compare one pair of records in compiled code: the level of every comparison, and its bits.

The levels equal those of :func:`traboule.linkage.weights.comparisons.comparison_levels` (a test checks it) and are
symmetric.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from traboule.core.errors import Invalid
from traboule.linkage.arrays.jit import compiled, inlined
from traboule.linkage.arrays.prefetch import prefetch_line, prefetch_two_lines
from traboule.linkage.matching.packed_records import GROUP_BIT, RARE_BIT, PackedRecords
from traboule.linkage.weights.comparisons import COMPARISONS, FREQUENCY_COLUMNS, LEVEL_OF
from traboule.linkage.weights.model import LinkModel

Integers = npt.NDArray[np.int64]
Levels = npt.NDArray[np.int8]
Common = npt.NDArray[np.float32]

FIELDS = (
    *("name", "birth", "sex", "citizenship", "place", "document"),
    *("device", "account", "vehicle", "contact", "online", "encounter"),
)
COUNT = len(FIELDS)
MAX_LEVELS = 8

_NUMBERS, _DOCUMENTS, _DEVICES, _ACCOUNTS = (
    np.uint32(GROUP_BIT[group]) for group in ("numbers", "documents", "devices", "accounts")
)
_VEHICLES, _PHONES, _ADDRESSES, _ONLINE, _ENCOUNTERS = (
    np.uint32(GROUP_BIT[group]) for group in ("vehicles", "phones", "addresses", "online", "encounters")
)
_RARE, _SHIFT = np.uint64(RARE_BIT), np.uint64(16)
_DOCUMENT_KINDS = np.uint32(GROUP_BIT["document_kinds"])
_SAME_YEAR = LEVEL_OF["birth_same_year"]
_ROWS_AHEAD, _VALUES_AHEAD = 16, 8  # Pairs.
_HALF, _ZERO = np.uint32(16), np.uint32(0)


class ModelBits(NamedTuple):
    """A model in bits. ``bits``: by comparison and level plus one (column 0: missing, no bits). ``prior``: in bits.

    ``log_u``: log2 of u of the levels adjusted by term frequency. ``frequent``: the exponent of the adjustment, 0 for
    other levels. ``column``: the column of term frequencies, -1 for none.
    """

    bits: npt.NDArray[np.float64]
    prior: float
    log_u: npt.NDArray[np.float64]
    frequent: npt.NDArray[np.float64]
    column: npt.NDArray[np.int8]


def model_bits(weights: LinkModel) -> ModelBits:
    """Return the bits of a model's levels. Raises Invalid where the declared comparisons are not those compiled
    here."""
    if tuple(comparison.name for comparison in COMPARISONS) != FIELDS:
        raise Invalid("model-level-untrained", comparison="name", level="compiled")
    bits, log_u = np.zeros((COUNT, MAX_LEVELS + 1)), np.zeros((COUNT, MAX_LEVELS + 1))
    frequent, column = np.zeros((COUNT, MAX_LEVELS + 1)), np.full(COUNT, -1, dtype=np.int8)
    for row, comparison in enumerate(COMPARISONS):
        for level in comparison.levels:
            share = weights.levels[comparison.name][level.value]
            bits[row, level.value + 1] = share.bits
            if level.frequency:
                log_u[row, level.value + 1], frequent[row, level.value + 1] = np.log2(share.u), level.by_frequency
                column[row] = FREQUENCY_COLUMNS.index(level.frequency)
    prior = float(np.log2(weights.prior) - np.log2(1 - weights.prior))
    return ModelBits(bits, prior, log_u, frequent, column)


@inlined
def shared_groups(packed: PackedRecords, left: int, right: int) -> np.uint32:
    """Return the groups in which two records hold a value in common; shifted by 16 bits, those with a rare common
    value."""
    shared, values = np.uint64(0), packed.values
    left_at, right_at = packed.rows[left].start, packed.rows[right].start
    left_end, right_end = left_at + packed.rows[left].values, right_at + packed.rows[right].values
    while left_at < left_end and right_at < right_end:
        if values[left_at].mark == values[right_at].mark:
            bits = values[left_at].group & values[right_at].group
            shared |= bits & ~_RARE
            if bits & _RARE:
                shared |= (bits & ~_RARE) << _SHIFT
            left_at, right_at = left_at + 1, right_at + 1
        elif values[left_at].mark < values[right_at].mark:
            left_at += 1
        else:
            right_at += 1
    return np.uint32(shared)


@inlined
def _one_edit_apart(left: int, right: int) -> bool:
    """Tell whether two dates differ in one digit, or in two swapped neighbours."""
    differing, place, first = 0, 0, 0
    low, high = 0, 0
    step = 1
    while step < 100_000_000:
        left_digit, right_digit = left // step % 10, right // step % 10
        if left_digit != right_digit:
            differing += 1
            if differing == 1:
                first, low, high = place, left_digit, right_digit
            elif differing > 2 or place != first + 1 or left_digit != high or right_digit != low:
                return False
        place += 1
        step *= 10
    return True


@inlined
def _birth(packed: PackedRecords, i: int, j: int) -> int:
    """Return the level of the births."""
    left, right = packed.rows[i], packed.rows[j]
    if left.low <= 0 or right.low <= 0 or left.high <= 0 or right.high <= 0:
        return -1
    if left.full and right.full:
        if left.full == right.full:
            return 5
        if left.full == right.swapped or _one_edit_apart(left.full, right.full):
            return 4
    vague = left.vague > 0 or right.vague > 0
    if left.year and right.year:
        if left.year == right.year and (vague or (left.month and left.month == right.month)):
            return 3
        return 2 if vague and abs(left.year - right.year) <= 1 else 0
    return 1 if left.low <= right.high and right.low <= left.high else 0


@inlined
def _citizenship(packed: PackedRecords, i: int, j: int) -> int:
    """Return the level of the citizenships."""
    left, right = packed.rows[i], packed.rows[j]
    if not left.countries or not right.countries:
        return -1
    if left.countries == right.countries:
        return 2
    for at in range(left.nation, left.nation + left.nations):
        for place in range(right.nation, right.nation + right.nations):
            if packed.nations[at] == packed.nations[place]:
                return 1
    return 0


@inlined
def _shared_levels(shared: np.uint32, both: np.uint32, levels: Levels) -> None:
    """Write the levels of all comparisons of shared values into ``levels``."""
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


@inlined
def compare_pair(packed: PackedRecords, i: int, j: int, levels: Levels) -> np.uint32:
    """Write the level of every comparison but the name into ``levels``; return the shared groups (see
    :func:`shared_groups`)."""
    left, right = packed.rows[i], packed.rows[j]
    levels[1] = _birth(packed, i, j)
    levels[2] = -1 if not left.sex or not right.sex else 1 if left.sex == right.sex else 0
    levels[3] = _citizenship(packed, i, j)
    levels[4] = -1 if not left.place or not right.place else 1 if left.place == right.place else 0
    both = np.uint32(left.groups & right.groups)
    shared = shared_groups(packed, i, j) if both else _ZERO
    _shared_levels(shared, both, levels)
    return shared


@inlined
def level_bits(bits: ModelBits, field: int, level: int, common: Common, left: int, right: int) -> float:
    """Return the bits of one comparison at a level plus one, fewer where the common value is frequent.

    ``common``: log2 of how common, by record.
    """
    total: float = bits.bits[field, level]
    if bits.frequent[field, level]:
        column = bits.column[field]
        rare = bits.log_u[field, level] - max(common[left, column], common[right, column])
        total += bits.frequent[field, level] * rare
    return total


@inlined
def bits_without_name(bits: ModelBits, levels: Levels, common: Common, left: int, right: int) -> float:
    """Return the bits of everything but the name, including the prior. ``common``: as for :func:`level_bits`."""
    total = bits.prior
    for field in range(1, COUNT):
        total += level_bits(bits, field, levels[field] + 1, common, left, right)
    return total


class PairWeights(NamedTuple):
    """Weights of many pairs. ``levels`` and ``bits``: by comparison and pair. ``weight``: including the prior.
    ``shared``: as :func:`shared_groups` gives it. ``rival``: bits by which two relatives explain the pair better than
    one person."""

    levels: npt.NDArray[np.int8]
    bits: npt.NDArray[np.float64]
    weight: npt.NDArray[np.float64]
    shared: npt.NDArray[np.uint32]
    rival: npt.NDArray[np.float64]


def new_pair_weights(pairs: int) -> PairWeights:
    """Return buffers for ``pairs`` pairs."""
    shape, levels = np.zeros((COUNT, pairs)), np.full((COUNT, pairs), -1, dtype=np.int8)
    return PairWeights(levels, shape, np.zeros(pairs), np.zeros(pairs, dtype=np.uint32), np.zeros(pairs))


@inlined
def prefetch_ahead(packed: PackedRecords, common: Common, records: Any, place: int) -> None:
    """Prefetch what later pairs need: their rows, then the rows' values."""
    if place + _ROWS_AHEAD < len(records):
        prefetch_two_lines(packed.rows, records[place + _ROWS_AHEAD])
        prefetch_line(common, records[place + _ROWS_AHEAD])
    if place + _VALUES_AHEAD < len(records):
        row = packed.rows[records[place + _VALUES_AHEAD]]
        prefetch_line(packed.values, row.start)
        prefetch_line(packed.nations, row.nation)


@compiled
def weigh_pairs(
    packed: PackedRecords,
    model_tables: tuple[ModelBits, npt.NDArray[np.float64]],
    common: Common,
    pairs: tuple[Integers, Integers],
    span: tuple[int, int],
    levels: Levels,
    output: PairWeights,
) -> None:
    """Weigh the pairs in a span of places (first, below) into ``output``, which already holds the levels of the names.

    ``model_tables``: the bits, and those of the rival explanation in the form of :attr:`ModelBits.bits`. ``common``:
    log2 of how common, by record. ``levels``: a buffer for one pair.
    """
    bits, rivals = model_tables
    for place in range(span[0], span[1]):
        prefetch_ahead(packed, common, pairs[1], place)
        left, right = pairs[0][place], pairs[1][place]
        output.shared[place] = compare_pair(packed, left, right, levels)
        levels[0] = output.levels[0, place]
        weight = rival = 0.0
        for field in range(COUNT):
            level = levels[field] + 1
            value = level_bits(bits, field, level, common, left, right)
            weight += value
            rival += rivals[field, level]
            output.levels[field, place], output.bits[field, place] = levels[field], value
        output.weight[place], output.rival[place] = bits.prior + weight, rival


@compiled
def find_contradictions(
    packed: PackedRecords, left: Integers, right: Integers, contradicts: npt.NDArray[np.bool_]
) -> None:
    """Tell of all pairs whether both hold a whole birth date and a document of one kind and issuer, and neither agrees.

    Dates one typing error apart agree.
    """
    for place in range(len(left)):
        left_row, right_row = packed.rows[left[place]], packed.rows[right[place]]
        shared = shared_groups(packed, left[place], right[place])
        agree = _birth(packed, left[place], right[place]) >= _SAME_YEAR
        documents = shared & _DOCUMENT_KINDS and not shared & _DOCUMENTS
        contradicts[place] = left_row.full > 0 and right_row.full > 0 and not agree and documents != 0


def contradictions(packed: PackedRecords, left: Integers, right: Integers) -> npt.NDArray[np.bool_]:
    """Return which pairs contradict each other, see :func:`find_contradictions`."""
    contradicts = np.zeros(len(left), dtype=np.bool_)
    find_contradictions(packed, left, right, contradicts)
    return contradicts
