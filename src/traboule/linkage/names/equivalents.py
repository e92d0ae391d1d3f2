"""Index pairs of corresponding letter groups in a hash table, and model which letter follows which.

Training and use share this code, so that both see the same groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from traboule.linkage.arrays.jit import compiled
from traboule.linkage.names.symbols import Symbols

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

LATIN_BITS, SIGN_BITS = 5, 7  # A letter is below 32, a native sign below 128.
LATIN_PART = 5 * LATIN_BITS  # At most five letters in a group.
LATIN_SYMBOLS = 27
_EMPTY_SLOT = -1
_PSEUDO_COUNT = 20.0  # Pseudo-count of neighbour pairs, distributed as the shares of letters.


@dataclass(frozen=True)
class PackedTokens:
    """Tokens in one flat array: token i is ``symbols[starts[i]:starts[i + 1]]``."""

    symbols: Symbols
    starts: Integers

    @classmethod
    def of(cls, tokens: Sequence[Sequence[int] | Symbols]) -> PackedTokens:
        """Return ``tokens`` packed."""
        starts = np.zeros(len(tokens) + 1, dtype=np.int64)
        starts[1:] = np.cumsum([len(token) for token in tokens])
        return cls(np.fromiter(chain.from_iterable(tokens), dtype=np.int32, count=starts[-1]), starts)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def take(self, places: Integers) -> PackedTokens:
        """Return the tokens at ``places``."""
        sizes = np.diff(self.starts)[places]
        starts = np.zeros(len(places) + 1, dtype=np.int64)
        starts[1:] = np.cumsum(sizes)
        offset = np.arange(starts[-1]) - np.repeat(starts[:-1], sizes)
        return PackedTokens(self.symbols[np.repeat(self.starts[places], sizes) + offset], starts)


@compiled
def group_key(latin: Symbols, i: int, latin_width: int, native: Symbols, j: int, native_width: int) -> int:
    """Return the key of a group: ``latin_width`` Latin letters at ``i`` and ``native_width`` native signs at ``j``."""
    key = 0
    for step in range(native_width):
        key = (key << SIGN_BITS) | native[j + step]
    letters = 0
    for step in range(latin_width):
        letters = (letters << LATIN_BITS) | latin[i + step]
    return (key << LATIN_PART) | letters


@compiled
def find_slot(key: int, slots: Integers) -> int:
    """Return the slot of ``key`` in an open-addressing hash table, or the free slot where it belongs."""
    mask = len(slots) - 1
    mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    at = np.int64(mixed >> np.uint64(32)) & mask
    while slots[at] not in (_EMPTY_SLOT, key):
        at = (at + 1) & mask
    return int(at)


@compiled
def is_possible_group(latin_width: int, native_width: int) -> bool:
    """Tell whether a group of this size is possible: a single letter may stand for nothing, no more."""
    return not ((latin_width == 0 and native_width != 1) or (native_width == 0 and latin_width != 1))


@compiled
def _fill(keys: Integers, slots: Integers, places: Integers) -> None:
    for place in range(len(keys)):
        at = find_slot(keys[place], slots)
        slots[at] = keys[place]
        places[at] = place


def hash_table(keys: Integers) -> tuple[Integers, Integers]:
    """Return an open-addressing table of ``keys`` (-1 where free) and, for each slot, the index in ``keys``."""
    size = 1 << max(int(np.ceil(np.log2(max(len(keys), 1) * 2.5))), 4)
    slots, places = np.full(size, _EMPTY_SLOT, dtype=np.int64), np.zeros(size, dtype=np.int64)
    _fill(keys, slots, places)
    return slots, places


def transition_logs(tokens: PackedTokens, symbols: int) -> Floats:
    """Return the log share of each symbol (column) after each other (row, 0 at the beginning).

    ``symbols``: one more than the highest symbol; that column is the end of the token.
    """
    counts = np.zeros((symbols, symbols + 1))
    np.add.at(counts, _neighbours(tokens, symbols), 1.0)
    plain = counts.sum(0) + 0.5
    plain /= plain.sum()
    return np.asarray(np.log((counts + _PSEUDO_COUNT * plain) / (counts.sum(1, keepdims=True) + _PSEUDO_COUNT)))


def _neighbours(tokens: PackedTokens, end: int) -> tuple[Integers, Integers]:
    """Return each symbol's predecessor (0 before the first) and the symbol itself (``end`` after the last)."""
    before = np.insert(tokens.symbols, tokens.starts[:-1], 0).astype(np.int64)
    after = np.insert(tokens.symbols, tokens.starts[1:], end).astype(np.int64)
    return before, after


def log_likelihoods(tokens: PackedTokens, after: Floats) -> Floats:
    """Return the log likelihood of each token by itself."""
    if not len(tokens):
        return np.zeros(0)
    log_shares = after[_neighbours(tokens, after.shape[1] - 1)]
    return np.asarray(np.add.reduceat(log_shares, tokens.starts[:-1] + np.arange(len(tokens))))


def symbol_shares(after: Floats) -> Floats:
    """Return the share of each symbol, from the transition logs."""
    shares = np.exp(after[:, :-1]).mean(0)
    return np.asarray(shares / shares.sum())
