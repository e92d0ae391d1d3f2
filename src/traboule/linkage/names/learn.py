"""Learning how a script writes the sounds of Latin letters, from pairs of tokens that are one name.

In come pairs of numbered tokens; out go the groups of letters that stand for each other and how often, how often
letters follow each other in either script, and how to read the result as bits. Both sides are divided into groups that
stand for each other in order (monotone, many to many), and the shares of the groups are those that make the pairs
likeliest: expectation maximisation, with a discount that forgets groups seen by chance. A pair may also be a mistake
of the source, two tokens that have nothing to do with each other, and teaches by how unlikely that is. It promises:
pure array code; the same pairs in the same order give the same numbers.

Source: monotone many-to-many alignment after Jiampojamarn, Kondrak and Sherif (2007).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from traboule.linkage.arrays.compiled import compiled
from traboule.linkage.names.groups import (
    LATIN_SYMBOLS,
    Floats,
    Integers,
    Packed,
    allowed,
    alone,
    chance,
    following,
    group_key,
    slot_of,
    table,
)
from traboule.linkage.names.letters import LONGEST, Symbols

ITERATIONS = 10
LOOSE = 1e-4  # Share of single letters that stand for any other, or for nothing.
_DISCOUNT, _FEWEST = 0.4, 1.6  # Taken from the uses of every group; the least left over of a group that is kept.
_HARDLY = 0.05
_MISTAKES = (0.05, 0.005, 0.3)  # Share of pairs that are no pair: believed at first, at least, at most.
_BAND = 0.34  # How far apart, in shares of the lengths, two letters may stand and be paired at all.
_MOST_GROUPS, _TABLE = 12_000_000, 1 << 24

Widest = tuple[int, int]
Lattice = tuple[Integers, Floats]


@dataclass(frozen=True)
class Learned:
    """``keys``: groups as :func:`group_key`, sorted; ``shares``: their shares of all groups, together one.

    ``latin``, ``native``: natural logarithm of the share of a letter (column) after another (row, 0 at the beginning);
    the last column is the end of the token. ``mistakes``: share of the pairs that are believed to be none.
    """

    keys: Integers
    shares: Floats
    latin: Floats
    native: Floats
    mistakes: float


def learn(latin: Packed, native: Packed, signs: int, widest: Widest, iterations: int = ITERATIONS) -> Learned:
    """Return what the pairs ``latin[i]``, ``native[i]`` teach.

    ``signs``: how many different native signs there are. ``widest``: the most Latin letters, and the most native signs,
    in one group.
    """
    after_latin, after_native = following(latin, LATIN_SYMBOLS), following(native, signs + 2)
    by_chance = chance(latin, after_latin) + chance(native, after_native)
    pairs = latin.symbols, latin.starts, native.symbols, native.starts
    keys = np.sort(_groups(*pairs, widest))
    shares = np.full(len(keys), 1.0 / len(keys))
    mistakes = _MISTAKES[0]
    for turn in range(iterations):
        # In the first turn nothing is known that could be called a mistake.
        odds = np.log(mistakes) + by_chance if turn else np.full(len(latin), -np.inf)
        slots, places = table(keys)
        counts, kept = _expect(pairs, (slots, places, shares), (alone(after_latin), alone(after_native)), widest, odds)
        mistakes = min(max(1.0 - kept / len(latin), _MISTAKES[1]), _MISTAKES[2])
        counts = counts - _DISCOUNT
        keep = counts > (_HARDLY if turn < iterations - 1 else _FEWEST)
        keys, counts = keys[keep], counts[keep]
        shares = counts / counts.sum()
    return Learned(keys, shares, after_latin, after_native, mistakes)


@compiled
def _groups(x: Symbols, xs: Integers, y: Symbols, ys: Integers, widest: Widest) -> Integers:
    """Return the keys of all groups that can be met in the pairs, each once."""
    slots = np.full(_TABLE, -1, dtype=np.int64)
    held = 0
    for row in range(len(xs) - 1):
        one, two = x[xs[row] : xs[row + 1]], y[ys[row] : ys[row + 1]]
        n, m = len(one), len(two)
        for i in range(n + 1):
            for j in range(m + 1):
                for wide in range(min(widest[0], n - i) + 1):
                    for high in range(min(widest[1], m - j) + 1):
                        apart = abs((i + wide / 2) / n - (j + high / 2) / m)
                        if not allowed(wide, high) or apart > max(_BAND, 1.5 / n):
                            continue
                        key = group_key(one, i, wide, two, j, high)
                        at = slot_of(key, slots)
                        if slots[at] == -1 and held < _MOST_GROUPS:
                            slots[at] = key
                            held += 1
    return slots[slots >= 0]


@compiled
def _expect(
    pairs: tuple[Symbols, Integers, Symbols, Integers],
    groups: tuple[Integers, Integers, Floats],
    plain: tuple[Floats, Floats],
    widest: Widest,
    mistaken: Floats,
) -> tuple[Floats, float]:
    """Return the expected uses of each group, and how many pairs are believed.

    ``mistaken``: for each pair, the logarithm of the likelihood that it is a mistake.
    """
    x, xs, y, ys = pairs
    size = LONGEST + 1
    counts = np.zeros(len(groups[2]))
    ahead, behind = np.zeros((size, size)), np.zeros((size, size))
    place, share = np.zeros((size, size, 6, 4), dtype=np.int64), np.zeros((size, size, 6, 4))
    kept = 0.0
    for row in range(len(xs) - 1):
        one, two = x[xs[row] : xs[row + 1]], y[ys[row] : ys[row + 1]]
        n, m = len(one), len(two)
        _weigh(one, two, groups, plain, widest, (place, share))
        ahead[: n + 1, : m + 1] = 0.0
        behind[: n + 1, : m + 1] = 0.0
        ahead[0, 0] = behind[n, m] = 1.0
        _forward(ahead, n, m, widest, share)
        if ahead[n, m] > 0.0:
            belief = 1.0 / (1.0 + np.exp(min(mistaken[row] - np.log(ahead[n, m]), 500.0)))
            kept += belief
            _backward(ahead, behind, (n, m), widest, (place, share), counts, belief)
    return counts, kept


@compiled
def _weigh(
    one: Symbols,
    two: Symbols,
    groups: tuple[Integers, Integers, Floats],
    plain: tuple[Floats, Floats],
    widest: Widest,
    lattice: Lattice,
) -> None:
    """Write the place and the share of every group that can begin at every cell."""
    slots, places, shares = groups
    for i in range(len(one) + 1):
        for j in range(len(two) + 1):
            for wide in range(min(widest[0], len(one) - i) + 1):
                for high in range(min(widest[1], len(two) - j) + 1):
                    if not allowed(wide, high):
                        continue
                    at = slot_of(group_key(one, i, wide, two, j, high), slots)
                    place = places[at] if slots[at] != -1 else -1
                    value = shares[place] if place >= 0 else 0.0
                    if wide <= 1 and high <= 1:
                        value += LOOSE * (plain[0][one[i]] if wide else 1.0) * (plain[1][two[j]] if high else 1.0)
                    lattice[0][i, j, wide, high], lattice[1][i, j, wide, high] = place, value


@compiled
def _forward(ahead: Floats, n: int, m: int, widest: Widest, share: Floats) -> None:
    for i in range(n + 1):
        for j in range(m + 1):
            for wide in range(min(widest[0], n - i) + 1):
                for high in range(min(widest[1], m - j) + 1):
                    if allowed(wide, high):
                        ahead[i + wide, j + high] += ahead[i, j] * share[i, j, wide, high]


@compiled
def _backward(
    ahead: Floats,
    behind: Floats,
    sizes: tuple[int, int],
    widest: Widest,
    lattice: Lattice,
    counts: Floats,
    belief: float,
) -> None:
    """Add to ``counts`` the expected uses of each group in this pair."""
    n, m = sizes
    total = ahead[n, m]
    for i in range(n, -1, -1):
        for j in range(m, -1, -1):
            for wide in range(min(widest[0], n - i) + 1):
                for high in range(min(widest[1], m - j) + 1):
                    if not allowed(wide, high):
                        continue
                    value = lattice[1][i, j, wide, high] * behind[i + wide, j + high]
                    behind[i, j] += value
                    place = lattice[0][i, j, wide, high]
                    if place >= 0:
                        counts[place] += belief * ahead[i, j] * value / total


def logistic(features: Floats, matches: Floats, offset: float) -> Floats:
    """Return coefficients, in bits, of the odds that a pair matches, by Newton's method (a slight ridge keeps it firm).

    ``features``: (pairs, features), the last all ones. ``offset``: natural logarithm of how many pairs that do not
    match stand in for one that does, which is taken out again.
    """
    found = np.zeros(features.shape[1])
    for _ in range(40):
        chances = 1.0 / (1.0 + np.exp(-np.clip(features @ found, -30, 30)))
        slope = features.T @ (matches - chances) - 1e-3 * found
        bend = (features.T * (chances * (1 - chances))) @ features + 1e-3 * np.eye(features.shape[1])
        found += np.linalg.solve(bend, slope)
    found[-1] += offset
    return np.asarray(found / np.log(2.0))
