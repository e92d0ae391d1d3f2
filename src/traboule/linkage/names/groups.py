"""Groups of letters that stand for each other, as numbers in an open table; letters that follow each other.

In come packed tokens; out go keys of groups and likelihoods of tokens by themselves. It promises: pure array code,
shared by learning and by use, so that both see the same groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from traboule.linkage.arrays.compiled import compiled
from traboule.linkage.names.letters import Symbols

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

LATIN_BITS, SIGN_BITS = 5, 7  # A letter is below 32, a native sign below 128.
LATIN_PART = 5 * LATIN_BITS  # Five letters at most in a group.
LATIN_SYMBOLS = 27
_FREE = -1
_FEW = 20.0  # Pairs of neighbours that the plain shares of letters count for.


@dataclass(frozen=True)
class Packed:
    """Tokens one behind the other: token i is ``symbols[starts[i]:starts[i + 1]]``."""

    symbols: Symbols
    starts: Integers

    @classmethod
    def of(cls, tokens: Sequence[Sequence[int] | Symbols]) -> Packed:
        """Return ``tokens`` packed."""
        starts = np.zeros(len(tokens) + 1, dtype=np.int64)
        starts[1:] = np.cumsum([len(token) for token in tokens])
        return cls(np.fromiter(chain.from_iterable(tokens), dtype=np.int32, count=starts[-1]), starts)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def take(self, places: Integers) -> Packed:
        """Return the tokens at ``places``."""
        sizes = np.diff(self.starts)[places]
        starts = np.zeros(len(places) + 1, dtype=np.int64)
        starts[1:] = np.cumsum(sizes)
        offset = np.arange(starts[-1]) - np.repeat(starts[:-1], sizes)
        return Packed(self.symbols[np.repeat(self.starts[places], sizes) + offset], starts)


@compiled
def group_key(latin: Symbols, i: int, wide: int, native: Symbols, j: int, high: int) -> int:
    """Return the key of the group of ``wide`` Latin letters at ``i`` and ``high`` native signs at ``j``."""
    key = 0
    for step in range(high):
        key = (key << SIGN_BITS) | native[j + step]
    letters = 0
    for step in range(wide):
        letters = (letters << LATIN_BITS) | latin[i + step]
    return (key << LATIN_PART) | letters


@compiled
def slot_of(key: int, slots: Integers) -> int:
    """Return the place of ``key`` in an open table, or of the free place where it would stand."""
    mask = len(slots) - 1
    mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    at = np.int64(mixed >> np.uint64(32)) & mask
    while slots[at] not in (_FREE, key):
        at = (at + 1) & mask
    return int(at)


@compiled
def allowed(wide: int, high: int) -> bool:
    """Tell whether a group of this size exists: one letter may stand for nothing, no more."""
    return not ((wide == 0 and high != 1) or (high == 0 and wide != 1))


@compiled
def _fill(keys: Integers, slots: Integers, places: Integers) -> None:
    for place in range(len(keys)):
        at = slot_of(keys[place], slots)
        slots[at] = keys[place]
        places[at] = place


def table(keys: Integers) -> tuple[Integers, Integers]:
    """Return an open table of ``keys`` (-1 where free) and, beside each, its place in ``keys``."""
    size = 1 << max(int(np.ceil(np.log2(max(len(keys), 1) * 2.5))), 4)
    slots, places = np.full(size, _FREE, dtype=np.int64), np.zeros(size, dtype=np.int64)
    _fill(keys, slots, places)
    return slots, places


def following(tokens: Packed, symbols: int) -> Floats:
    """Return the logarithm of the share of each symbol (column) after each other (row, 0 at the beginning).

    ``symbols``: one more than the highest symbol; that column is the end of the token.
    """
    pairs = np.zeros((symbols, symbols + 1))
    np.add.at(pairs, _neighbours(tokens, symbols), 1.0)
    plain = pairs.sum(0) + 0.5
    plain /= plain.sum()
    return np.asarray(np.log((pairs + _FEW * plain) / (pairs.sum(1, keepdims=True) + _FEW)))


def _neighbours(tokens: Packed, end: int) -> tuple[Integers, Integers]:
    """Return each symbol's predecessor (0 before the first) and the symbol (``end`` behind the last)."""
    before = np.insert(tokens.symbols, tokens.starts[:-1], 0).astype(np.int64)
    after = np.insert(tokens.symbols, tokens.starts[1:], end).astype(np.int64)
    return before, after


def chance(tokens: Packed, after: Floats) -> Floats:
    """Return the logarithm of the likelihood of each token by itself."""
    if not len(tokens):
        return np.zeros(0)
    steps = after[_neighbours(tokens, after.shape[1] - 1)]
    return np.asarray(np.add.reduceat(steps, tokens.starts[:-1] + np.arange(len(tokens))))


def alone(after: Floats) -> Floats:
    """Return the share of each symbol, from what follows what: the plain share that the beginning leans on."""
    shares = np.exp(after[:, :-1]).mean(0)
    return np.asarray(shares / shares.sum())
