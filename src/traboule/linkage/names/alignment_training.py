"""Learn how a script writes the sounds of Latin letters, from pairs of tokens that are one name.

Input: pairs of encoded tokens. Output: pairs of letter groups that correspond and their shares, transition
probabilities of the letters in both scripts, and coefficients that turn a likelihood ratio into bits. Both sides of a
pair are divided into corresponding groups (monotone, many to many). Expectation maximisation finds the shares that make
the pairs likeliest; a discount drops groups that were seen by chance. A pair of the source may be wrong, and counts as
much as it is believed. The same pairs in the same order give the same numbers.

Source: monotone many-to-many alignment after Jiampojamarn, Kondrak and Sherif (2007).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from traboule.linkage.arrays.jit import compiled
from traboule.linkage.names.equivalents import (
    LATIN_SYMBOLS,
    Floats,
    Integers,
    PackedTokens,
    find_slot,
    group_key,
    hash_table,
    is_possible_group,
    log_likelihoods,
    symbol_shares,
    transition_logs,
)
from traboule.linkage.names.symbols import LONGEST, Symbols

ITERATIONS = 10
SMOOTHING_SHARE = 1e-4  # Share of single letters that stand for any other, or for nothing (smoothing).
_DISCOUNT, _MIN_COUNT = 0.4, 1.6  # Discount on every group's count; the least count of a group that stays.
_MIN_COUNT_EARLY = 0.05
_MISPAIRED_SHARE = (0.05, 0.005, 0.3)  # Share of wrong pairs: initial, least, most.
_BAND = 0.34  # How far apart, in shares of the lengths, two corresponding letters may be.
_MAX_GROUPS, _TABLE = 12_000_000, 1 << 24

GroupSize = tuple[int, int]
Lattice = tuple[Integers, Floats]


@dataclass(frozen=True)
class LearnedAlignment:
    """What was learned. ``keys``: groups as :func:`group_key` gives them, sorted; ``shares``: their shares, which sum
    to one.

    ``latin``, ``native``: log share of a letter (column) after another (row, 0 at the beginning); the last column is
    the end of the token. ``mistakes``: the estimated share of wrong pairs.
    """

    keys: Integers
    shares: Floats
    latin: Floats
    native: Floats
    mistakes: float


def learn(
    latin: PackedTokens, native: PackedTokens, sign_count: int, max_size: GroupSize, iterations: int = ITERATIONS
) -> LearnedAlignment:
    """Return what the pairs ``latin[i]``, ``native[i]`` teach.

    ``sign_count``: the number of distinct native signs. ``max_size``: the most Latin letters and the most native signs
    in one group.
    """
    after_latin, after_native = transition_logs(latin, LATIN_SYMBOLS), transition_logs(native, sign_count + 2)
    chance_logs = log_likelihoods(latin, after_latin) + log_likelihoods(native, after_native)
    pairs = latin.symbols, latin.starts, native.symbols, native.starts
    keys = np.sort(_possible_groups(*pairs, max_size))
    shares = np.full(len(keys), 1.0 / len(keys))
    mistakes = _MISPAIRED_SHARE[0]
    for iteration in range(iterations):
        # The first iteration cannot tell a mistake yet.
        mistake_logs = np.log(mistakes) + chance_logs if iteration else np.full(len(latin), -np.inf)
        slots, places = hash_table(keys)
        counts, believed = _expected_counts(
            pairs,
            (slots, places, shares),
            (symbol_shares(after_latin), symbol_shares(after_native)),
            max_size,
            mistake_logs,
        )
        mistakes = min(max(1.0 - believed / len(latin), _MISPAIRED_SHARE[1]), _MISPAIRED_SHARE[2])
        counts = counts - _DISCOUNT
        is_frequent = counts > (_MIN_COUNT_EARLY if iteration < iterations - 1 else _MIN_COUNT)
        keys, counts = keys[is_frequent], counts[is_frequent]
        shares = counts / counts.sum()
    return LearnedAlignment(keys, shares, after_latin, after_native, mistakes)


@compiled
def _possible_groups(
    latin_symbols: Symbols,
    latin_starts: Integers,
    native_symbols: Symbols,
    native_starts: Integers,
    max_size: GroupSize,
) -> Integers:
    """Return the keys of all groups that are possible in the pairs, each once."""
    slots = np.full(_TABLE, -1, dtype=np.int64)
    count = 0
    for row in range(len(latin_starts) - 1):
        latin, native = (
            latin_symbols[latin_starts[row] : latin_starts[row + 1]],
            native_symbols[native_starts[row] : native_starts[row + 1]],
        )
        n, m = len(latin), len(native)
        for i in range(n + 1):
            for j in range(m + 1):
                for latin_width in range(min(max_size[0], n - i) + 1):
                    for native_width in range(min(max_size[1], m - j) + 1):
                        offset = abs((i + latin_width / 2) / n - (j + native_width / 2) / m)
                        if not is_possible_group(latin_width, native_width) or offset > max(_BAND, 1.5 / n):
                            continue
                        key = group_key(latin, i, latin_width, native, j, native_width)
                        at = find_slot(key, slots)
                        if slots[at] == -1 and count < _MAX_GROUPS:
                            slots[at] = key
                            count += 1
    return slots[slots >= 0]


@compiled
def _expected_counts(
    pairs: tuple[Symbols, Integers, Symbols, Integers],
    groups: tuple[Integers, Integers, Floats],
    plain_shares: tuple[Floats, Floats],
    max_size: GroupSize,
    mistake_logs: Floats,
) -> tuple[Floats, float]:
    """Return the expected uses of each group, and the expected number of correct pairs.

    ``mistake_logs``: for each pair, the log likelihood that it is wrong.
    """
    latin_symbols, latin_starts, native_symbols, native_starts = pairs
    size = LONGEST + 1
    counts = np.zeros(len(groups[2]))
    forward, backward = np.zeros((size, size)), np.zeros((size, size))
    place, share = np.zeros((size, size, 6, 4), dtype=np.int64), np.zeros((size, size, 6, 4))
    believed = 0.0
    for row in range(len(latin_starts) - 1):
        latin, native = (
            latin_symbols[latin_starts[row] : latin_starts[row + 1]],
            native_symbols[native_starts[row] : native_starts[row + 1]],
        )
        n, m = len(latin), len(native)
        _fill_lattice(latin, native, groups, plain_shares, max_size, (place, share))
        forward[: n + 1, : m + 1] = 0.0
        backward[: n + 1, : m + 1] = 0.0
        forward[0, 0] = backward[n, m] = 1.0
        _forward(forward, n, m, max_size, share)
        if forward[n, m] > 0.0:
            belief = 1.0 / (1.0 + np.exp(min(mistake_logs[row] - np.log(forward[n, m]), 500.0)))
            believed += belief
            _backward(forward, backward, (n, m), max_size, (place, share), counts, belief)
    return counts, believed


@compiled
def _fill_lattice(
    latin: Symbols,
    native: Symbols,
    groups: tuple[Integers, Integers, Floats],
    plain_shares: tuple[Floats, Floats],
    max_size: GroupSize,
    lattice: Lattice,
) -> None:
    """Write the index and the share of every group that can begin at every cell."""
    slots, places, shares = groups
    for i in range(len(latin) + 1):
        for j in range(len(native) + 1):
            for latin_width in range(min(max_size[0], len(latin) - i) + 1):
                for native_width in range(min(max_size[1], len(native) - j) + 1):
                    if not is_possible_group(latin_width, native_width):
                        continue
                    at = find_slot(group_key(latin, i, latin_width, native, j, native_width), slots)
                    place = places[at] if slots[at] != -1 else -1
                    value = shares[place] if place >= 0 else 0.0
                    if latin_width <= 1 and native_width <= 1:
                        value += (
                            SMOOTHING_SHARE
                            * (plain_shares[0][latin[i]] if latin_width else 1.0)
                            * (plain_shares[1][native[j]] if native_width else 1.0)
                        )
                    lattice[0][i, j, latin_width, native_width], lattice[1][i, j, latin_width, native_width] = (
                        place,
                        value,
                    )


@compiled
def _forward(forward: Floats, n: int, m: int, max_size: GroupSize, share: Floats) -> None:
    for i in range(n + 1):
        for j in range(m + 1):
            for latin_width in range(min(max_size[0], n - i) + 1):
                for native_width in range(min(max_size[1], m - j) + 1):
                    if is_possible_group(latin_width, native_width):
                        forward[i + latin_width, j + native_width] += (
                            forward[i, j] * share[i, j, latin_width, native_width]
                        )


@compiled
def _backward(
    forward: Floats,
    backward: Floats,
    sizes: tuple[int, int],
    max_size: GroupSize,
    lattice: Lattice,
    counts: Floats,
    belief: float,
) -> None:
    """Add to ``counts`` the expected uses of each group in this pair."""
    n, m = sizes
    total = forward[n, m]
    for i in range(n, -1, -1):
        for j in range(m, -1, -1):
            for latin_width in range(min(max_size[0], n - i) + 1):
                for native_width in range(min(max_size[1], m - j) + 1):
                    if not is_possible_group(latin_width, native_width):
                        continue
                    value = lattice[1][i, j, latin_width, native_width] * backward[i + latin_width, j + native_width]
                    backward[i, j] += value
                    place = lattice[0][i, j, latin_width, native_width]
                    if place >= 0:
                        counts[place] += belief * forward[i, j] * value / total


def logistic(features: Floats, matches: Floats, offset: float) -> Floats:
    """Return coefficients, in bits, of the odds that a pair matches, by Newton's method with a slight ridge.

    ``features``: (pairs, features), the last all ones. ``offset``: log of how many non-matching pairs stand for one
    matching pair in the sample; it is removed from the intercept.
    """
    coefficients = np.zeros(features.shape[1])
    for _ in range(40):
        probabilities = 1.0 / (1.0 + np.exp(-np.clip(features @ coefficients, -30, 30)))
        gradient = features.T @ (matches - probabilities) - 1e-3 * coefficients
        curvature = (features.T * (probabilities * (1 - probabilities))) @ features + 1e-3 * np.eye(features.shape[1])
        coefficients += np.linalg.solve(curvature, gradient)
    coefficients[-1] += offset
    return np.asarray(coefficients / np.log(2.0))
