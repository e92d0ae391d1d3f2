"""Align a Latin and a native token under the learned weights, in compiled code.

Output: the bits of a pair, or only which of two bounds it reaches. Bits depend on the pair alone. Sums run in one
order, so that they are equal on every machine. A bound counts as reached exactly where the fully computed bits reach
it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from traboule.linkage.arrays.jit import allocating, compiled, inlined, inner
from traboule.linkage.names.alignment_training import SMOOTHING_SHARE
from traboule.linkage.names.equivalents import Floats, Integers, PackedTokens
from traboule.linkage.names.similarity.alignment_weights import (
    AlignmentWeights,
    ScriptParameters,
    bit_of,
    chance_log,
    extend_best,
    pack_weights,
    parts_at,
    share_of,
    signs_of,
)
from traboule.linkage.names.symbols import LONGEST

MIN_RATIO, BEND = -60.0, 10.0  # Below, a pair is a mistake; above, further bits count less.
_LN2 = float(np.log(2.0))
# The pruned part of a likelihood, relative to the bound, so that most strangers end after a few letters; and
# how near to a bound a likelihood must come to be computed in full.
_PRUNED_SHARE, _TOLERANCE = 4.0, 1e-4
_MIN_CACHE, _MAX_CACHE, _CACHE_PER_PAIR = 1 << 6, 1 << 18, 4
_PAIRS_PER_WORD = 8  # Pairs for each Latin token, where one record is compared with others.
_MAX_WIDTH, _MAX_SCRIPTS = 8, 8  # More letters than any group has; more scripts than are learned.
_ALL_LETTERS = np.uint64(0xFFFFFFFF)
# Cache entries: of a pair of tokens its grade; of a Latin token beside a script its log likelihood
# by itself and with its best partner.
GRADE_CACHE = np.dtype([("pair", np.uint64), ("grade", np.int8)])
LATIN_CACHE = np.dtype([("key", np.int64), ("chance", np.float64), ("best", np.float64)])


class LatinToken(NamedTuple):
    """A Latin token: where its letters begin, how many there are, which are present (as bits), and its number."""

    letters: Any
    start: int
    size: int
    present: np.uint64
    word: int


class NativeToken(NamedTuple):
    """A native token: its script's index in the weights; its signs and their parts, where they begin and how many there
    are; its log likelihood by itself and with its best partner."""

    script: int
    signs: npt.NDArray[np.int16]
    start: int
    size: int
    chance: float
    best: float


class Workspace(NamedTuple):
    """Buffers for one comparison after another.

    ``forward``: forward likelihoods. ``parts``: the parts that begin at each letter. ``sign_bounds``,
    ``letter_bounds``: upper bounds of the likelihood from each sign and each letter on. ``grades``: of all token pairs
    of two names. ``grade_cache``: GRADE_CACHE, pairs graded before, since names repeat; its length is a power of two.
    ``latin_cache``: LATIN_CACHE, the same for Latin tokens beside a script.
    """

    forward: Floats
    parts: npt.NDArray[np.int16]
    sign_bounds: Floats
    letter_bounds: Floats
    grades: npt.NDArray[np.int8]
    grade_cache: Any
    latin_cache: Any


@allocating
def new_workspace(pairs: int) -> Workspace:
    """Return a workspace for comparing ``pairs`` pairs; each thread needs its own."""
    side, remembered = LONGEST + 1, _MIN_CACHE
    while remembered < min(pairs * _CACHE_PER_PAIR, _MAX_CACHE):
        remembered *= 2
    likely = np.zeros((side, side)), np.empty((side, _MAX_WIDTH), np.int16), np.empty(side), np.empty(side)
    # The first touch of a page costs more than comparing a few pairs.
    latin_cache_size = remembered if remembered == _MAX_CACHE else remembered // _PAIRS_PER_WORD
    grade_cache, latin_cache = np.zeros(remembered, GRADE_CACHE), np.empty(latin_cache_size, LATIN_CACHE)
    for at in range(latin_cache_size):
        latin_cache[at].key = -1
    return Workspace(*likely, np.empty((6, 6), np.int8), grade_cache, latin_cache)


@inlined
def _bound_by_signs(weights: AlignmentWeights, latin: LatinToken, native: NativeToken, bounds: Floats) -> None:
    """Write upper bounds of the likelihood from each native sign on into ``bounds``.

    A sign that none of the letters can stand for ends most pairs of strangers before any alignment.
    """
    row = weights.scripts[native.script]
    carried = 1.0 - row.dropped
    bounds[native.size] = 1.0 / carried
    for j in range(native.size - 1, -1, -1):
        sign = native.signs[native.start + j]
        unaligned = 2.0 * SMOOTHING_SHARE * weights.alone_native[native.script, sign[0]]
        if sign[1] >= 0:
            unaligned += weights.of_native[row.native_parts + sign[1]].alone
        bound = unaligned * bounds[j + 1]
        for width in range(min(row.native_width, native.size - j)):
            part = row.native_parts + sign[1 + width]
            if sign[1 + width] >= 0 and weights.of_native[part].begins & latin.present:
                bound += weights.of_native[part].most * bounds[j + width + 1]
        bounds[j] = bound / carried


@inlined
def _read_parts(weights: AlignmentWeights, latin: LatinToken, script: int, workspace: Workspace) -> None:
    """Write the parts of a script that begin at each letter into ``workspace.parts``."""
    row = weights.scripts[script]
    for at in range(latin.size):
        parts_here = workspace.parts[at, : row.latin_width]
        parts_at(
            latin.letters,
            latin.start + at,
            latin.size - at,
            weights.latin,
            weights.latin_part_ends,
            parts_here,
            row.latin,
        )


@inlined
def _bound_by_letters(weights: AlignmentWeights, latin: LatinToken, native: NativeToken, workspace: Workspace) -> None:
    """Write upper bounds of the likelihood from each letter on into ``workspace.letter_bounds``."""
    row, bounds, signs, dropped = weights.scripts[native.script], workspace.letter_bounds, np.uint64(0), 0.0
    for j in range(native.start, native.start + native.size):
        sign = native.signs[j]
        signs |= bit_of(sign[0])
        unaligned = SMOOTHING_SHARE * weights.alone_native[native.script, sign[0]]
        if sign[1] >= 0:
            unaligned += weights.of_native[row.native_parts + sign[1]].alone
        dropped = max(dropped, unaligned)
    carried = 1.0 - dropped
    bounds[latin.size] = 1.0 / carried
    for i in range(latin.size - 1, -1, -1):
        unaligned = 2.0 * SMOOTHING_SHARE * weights.alone_latin[native.script, latin.letters[latin.start + i]]
        if workspace.parts[i, 0] >= 0:
            unaligned += weights.of_latin[row.latin_parts + workspace.parts[i, 0]].alone
        bound = unaligned * bounds[i + 1]
        for width in range(min(row.latin_width, latin.size - i)):
            part = row.latin_parts + workspace.parts[i, width]
            if workspace.parts[i, width] >= 0 and weights.of_latin[part].begins & signs:
                bound += weights.of_latin[part].most * bounds[i + width + 1]
        bounds[i] = bound / carried


@inlined
def _add_groups(
    weights: AlignmentWeights, row: Any, sign: Any, bit: np.uint64, at: tuple[int, int, int, int], workspace: Workspace
) -> None:
    """Add to the forward likelihoods the groups that begin at a letter and a sign.

    ``bit``: the letter. ``at``: the places of the two, and the numbers of letters and signs.
    """
    i, j, n, m = at
    for height in range(min(row.native_width, m - j)):
        part = row.native_parts + sign[1 + height]
        if sign[1 + height] >= 0 and weights.of_native[part].begins & bit:
            for width in range(min(row.latin_width, n - i)):
                if workspace.parts[i, width] >= 0 and weights.of_native[part].partners & bit_of(
                    workspace.parts[i, width]
                ):
                    share = share_of(weights.groups, part, workspace.parts[i, width])
                    workspace.forward[i + width + 1, j + height + 1] += workspace.forward[i, j] * share


@inner
def _alignment_likelihood(
    weights: AlignmentWeights, latin: LatinToken, native: NativeToken, workspace: Workspace, minimum: float
) -> tuple[float, float]:
    """Return the likelihood of a pair over all alignments, and the most that was pruned: branches that could add less
    than ``minimum``."""
    n, m, row, forward = latin.size, native.size, weights.scripts[native.script], workspace.forward
    lost = 0.0
    for i in range(n + 1):
        for j in range(m + 1):
            forward[i, j] = 0.0
    forward[0, 0] = 1.0
    for i in range(n + 1):
        bit, plain, alone, loaded = np.uint64(0), 0.0, 0.0, False
        for j in range(m + 1):
            mass = forward[i, j]
            if mass == 0.0 or (i == n and j == m):
                continue
            if i < n and not loaded:
                letter, loaded = latin.letters[latin.start + i], True
                bit, plain = np.uint64(1) << np.uint64(letter - 1), weights.alone_latin[native.script, letter]
                alone = (
                    weights.of_latin[row.latin_parts + workspace.parts[i, 0]].alone
                    if workspace.parts[i, 0] >= 0
                    else 0.0
                )
            bound = mass * min(workspace.sign_bounds[j], workspace.letter_bounds[i])
            if bound < minimum:
                lost += bound
                continue
            sign = native.signs[native.start + j] if j < m else native.signs[native.start]
            if i < n:
                drop = mass * SMOOTHING_SHARE * plain
                forward[i + 1, j] += drop
                forward[i + 1, j] += mass * alone
                if j < m:
                    forward[i + 1, j + 1] += drop * weights.alone_native[native.script, sign[0]]
            if j < m:
                forward[i, j + 1] += mass * SMOOTHING_SHARE * weights.alone_native[native.script, sign[0]]
                if sign[1] >= 0:
                    forward[i, j + 1] += mass * weights.of_native[row.native_parts + sign[1]].alone
            _add_groups(weights, row, sign, bit, (i, j, n, m), workspace)
    return forward[n, m], lost


@inner
def _latin_chance(
    weights: AlignmentWeights, latin: LatinToken, script: int, workspace: Workspace
) -> tuple[float, float]:
    """Return the log likelihood of a Latin token by itself, and with its best partner in a script."""
    _read_parts(weights, latin, script, workspace)
    row, best = weights.scripts[script], workspace.sign_bounds
    for at in range(latin.size + 1):
        best[at] = 0.0
    best[0] = 1.0
    for at in range(latin.size):
        extend_best(best, at, latin.size, workspace.parts[at, : row.latin_width], weights.of_latin, row.latin_parts)
    return chance_log(latin.letters, latin.start, latin.size, weights.after_latin[script], 27), np.log(best[latin.size])


@inlined
def _cached_latin_chance(
    weights: AlignmentWeights, latin: LatinToken, script: int, workspace: Workspace
) -> tuple[float, float]:
    """Return the same, from the cache where it is there."""
    key = latin.word * _MAX_SCRIPTS + script
    cached = workspace.latin_cache[key & (len(workspace.latin_cache) - 1)]
    if cached.key != key:
        cached.chance, cached.best = _latin_chance(weights, latin, script, workspace)
        cached.key = key
    return cached.chance, cached.best


@inner
def log_ratio(
    weights: AlignmentWeights, latin: LatinToken, native: NativeToken, workspace: Workspace, chance: float
) -> float:
    """Return the bits by which a pair is likelier as one name than by ``chance``, at least :data:`MIN_RATIO`."""
    _read_parts(weights, latin, native.script, workspace)
    for at in range(native.size + 1):
        workspace.sign_bounds[at] = 1.0
    for at in range(latin.size + 1):
        workspace.letter_bounds[at] = 1.0
    likely = np.log(max(_alignment_likelihood(weights, latin, native, workspace, 0.0)[0], 1e-300))
    value: float = (likely - chance) / _LN2
    return max(value, MIN_RATIO)


@inner
def alignment_bits(
    weights: AlignmentWeights, latin: LatinToken, native: NativeToken, workspace: Workspace
) -> np.float32:
    """Return the bits of a pair, from its ratio and the lengths of the two tokens."""
    reading, chance = (
        weights.reading[native.script],
        native.chance + _latin_chance(weights, latin, native.script, workspace)[0],
    )
    log_odds = log_ratio(weights, latin, native, workspace, chance)
    bits = min(log_odds, 0.0) * reading[0] + min(max(log_odds, 0.0), BEND) * reading[1]
    bits += max(log_odds - BEND, 0.0) * reading[2]
    return np.float32(bits + latin.size * reading[3] + native.size * reading[4] + reading[5])


@inlined
def _ratio_for_bits(weights: AlignmentWeights, latin: LatinToken, native: NativeToken, bits: Any) -> float:
    """Return the ratio at which a pair of these lengths is worth ``bits``."""
    reading = weights.reading[native.script]
    remainder = bits - latin.size * reading[3] - native.size * reading[4] - reading[5]
    value: float = remainder / (reading[0] if remainder < 0.0 else reading[1])
    return value if value < BEND else BEND + (remainder - BEND * reading[1]) / reading[2]


@inlined
def _lookalike_line(
    weights: AlignmentWeights, latin: LatinToken, native: NativeToken, best: float, chance: float
) -> tuple[float, float]:
    """Return the bits of a pair against look-alikes as a line in the ratio: the intercept and the slope.

    ``best``: log likelihood of the Latin token with its best partner.
    """
    closely = weights.closely[native.script]
    short = native.best - chance, best - chance
    base = (closely[3] * short[0] + closely[4] * short[1]) / _LN2 + latin.size * closely[1] + native.size * closely[2]
    return base + closely[5], closely[0] - closely[3] - closely[4]


class Bounds(NamedTuple):
    """The bits that a pair must reach: against strangers, and against look-alikes."""

    strangers: np.float32
    lookalikes: np.float32


@inner
def bounds_reached(
    weights: AlignmentWeights, latin: LatinToken, native: NativeToken, workspace: Workspace, low: Bounds, high: Bounds
) -> int:
    """Return how many of two bounds, the lower first, a pair reaches.

    Most strangers are rejected after a few letters; only a pair close to a bound is computed in full.
    """
    by_itself, best = _cached_latin_chance(weights, latin, native.script, workspace)
    chance = native.chance + by_itself
    base, slope = _lookalike_line(weights, latin, native, best, chance)
    low_ratio = max(_ratio_for_bits(weights, latin, native, low.strangers), float((low.lookalikes - base) / slope))
    high_ratio = max(
        low_ratio, _ratio_for_bits(weights, latin, native, high.strangers), float((high.lookalikes - base) / slope)
    )
    if native.size and low_ratio > MIN_RATIO:
        needed = np.exp(chance + low_ratio * _LN2)
        _bound_by_signs(weights, latin, native, workspace.sign_bounds)
        if workspace.sign_bounds[0] < needed * (1.0 - _TOLERANCE):
            return 0
        _read_parts(weights, latin, native.script, workspace)
        _bound_by_letters(weights, latin, native, workspace)
        if workspace.letter_bounds[0] < needed * (1.0 - _TOLERANCE):
            return 0
        likely, lost = _alignment_likelihood(
            weights, latin, native, workspace, needed * _PRUNED_SHARE / ((latin.size + 1) * (native.size + 1))
        )
        if likely + lost < needed * (1.0 - _TOLERANCE):
            return 0
        limit = np.exp(chance + high_ratio * _LN2)
        if likely > limit * (1.0 + _TOLERANCE):
            return 2
        if likely > needed * (1.0 + _TOLERANCE) and likely + lost < limit * (1.0 - _TOLERANCE):
            return 1
    value = log_ratio(weights, latin, native, workspace, chance)
    return 2 if value >= high_ratio else 1 if value >= low_ratio else 0


@compiled
def _write_ratios(
    weights: AlignmentWeights,
    latin: tuple[npt.NDArray[np.int32], Integers],
    native: tuple[npt.NDArray[np.int16], Integers, Floats, Floats],
    pairs: tuple[Integers, Integers],
    measures: Floats,
) -> None:
    workspace = new_workspace(len(measures))
    for place in range(len(measures)):
        left, right = pairs[0][place], pairs[1][place]
        first, begin = latin[1][left], native[1][right]
        latin_token = LatinToken(latin[0], first, latin[1][left + 1] - first, _ALL_LETTERS, left)
        native_token = NativeToken(
            0, native[0], begin, native[1][right + 1] - begin, native[2][right], native[3][right]
        )
        by_itself, best = _latin_chance(weights, latin_token, 0, workspace)
        chance = native_token.chance + by_itself
        measures[place, 0] = log_ratio(weights, latin_token, native_token, workspace, chance)
        measures[place, 1] = (native_token.best - chance) / _LN2 - measures[place, 0]
        measures[place, 2] = (best - chance) / _LN2 - measures[place, 0]


def log_ratios(
    parts: ScriptParameters, latin: PackedTokens, native: PackedTokens, latin_places: Integers, native_places: Integers
) -> Floats:
    """Return for pairs of packed tokens under the weights of one script the ratio, and in bits how far the pair falls
    short of the best partner of the native and of the Latin token: (pairs, 3)."""
    weights, measures = pack_weights((parts,)), np.zeros((len(latin_places), 3))
    signs, chances, bests = signs_of(weights, np.zeros(len(native), dtype=np.int64), native)
    _write_ratios(
        weights,
        (latin.symbols, latin.starts),
        (signs, native.starts, chances, bests),
        (latin_places, native_places),
        measures,
    )
    return measures
