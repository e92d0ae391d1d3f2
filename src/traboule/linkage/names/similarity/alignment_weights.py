"""Hold the learned weights of all scripts as flat arrays for compiled code.

Nothing is lost or rounded. The arrays are small enough to stay in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from traboule.linkage.arrays.jit import compiled, inlined
from traboule.linkage.names.alignment_training import SMOOTHING_SHARE
from traboule.linkage.names.equivalents import Floats, Integers, PackedTokens, symbol_shares
from traboule.linkage.names.symbols import LEARNED, MOST_LATIN

_SYMBOLS, _LETTERS = 128, 32  # More than any script has signs; more than Latin has letters.
MAX_NATIVE_PARTS = 3  # In one group.
_MAX_LATIN_PARTS = np.uint32(4096)  # More than any script has.
_UNGROUPED_SHARE = 1e-6  # The share of a symbol that is in no group.
_HASH_MULTIPLIER = np.uint32(0x9E3779B1)
# Where a script's weights begin: its ways, its parts; the most letters and signs of a group; the mark of a token's end;
# the most that a Latin letter without a sign is worth.
_SCRIPT = np.dtype(
    [
        *(("latin", np.int32), ("native", np.int32), ("latin_parts", np.int32), ("native_parts", np.int32)),
        *(("latin_width", np.int32), ("native_width", np.int32), ("end", np.int32), ("dropped", np.float64)),
    ]
)
_NO_PAIRS: Integers = np.full(1, -1)
# Of a part of one side: with which symbols of the other its groups begin, and which parts there they have
# (:func:`bit_of`); the most these are worth together, over all widths; the share of it that stands for nothing, and of
# its likeliest group.
PART = np.dtype(
    [
        *(("begins", np.uint64), ("partners", np.uint64), ("most", np.float64)),
        *(("alone", np.float32), ("best", np.float32)),
    ]
)
_GROUP = np.dtype([("key", np.uint32), ("share", np.float32)])


class ScriptParameters(NamedTuple):
    """The weights of one script. ``latin``, ``native``: the symbols of each part; the first part is empty.

    ``groups``: the numbers of a native and a Latin part, and ``shares`` of the pair. ``after_latin``, ``after_native``:
    transition logs. ``reading``: coefficients of the bits against strangers. ``closely``: of the bits against
    look-alikes: of the ratio, the two lengths, how far the pair falls short of the best partner of the native and of
    the Latin token, and one.
    """

    script: str
    latin: Sequence[Sequence[int]]
    native: Sequence[Sequence[int]]
    groups: tuple[Integers, Integers]
    shares: npt.NDArray[np.float32]
    after_latin: Floats
    after_native: Floats
    reading: Floats
    closely: Floats


class AlignmentWeights(NamedTuple):
    """The weights of all scripts, concatenated. ``scripts``: the offsets of each script, see above.

    ``latin``, ``native``: tries, from a node and a symbol to the next node, -1 for none; ``latin_part_ends``,
    ``native_part_ends``: the part that ends at a node, -1 for none. ``groups``: a hash table for :func:`share_of`.
    ``of_latin``, ``of_native``: PART. ``alone_latin``, ``alone_native``: the share of each symbol; ``after_latin``,
    ``after_native``: transition logs. ``pairs``: well-known names that are one, see
    :func:`~traboule.linkage.names.similarity.well_known.seen_as_one`.
    """

    scripts: Any
    latin: npt.NDArray[np.int16]
    latin_part_ends: npt.NDArray[np.int16]
    native: npt.NDArray[np.int16]
    native_part_ends: npt.NDArray[np.int16]
    groups: Any
    of_latin: Any
    of_native: Any
    alone_latin: Floats
    alone_native: Floats
    after_latin: Floats
    after_native: Floats
    reading: Floats
    closely: Floats
    pairs: Integers


@inlined
def _slot(groups: Any, key: np.uint32) -> np.uint32:
    """Return the slot of ``key`` in the hash table of groups, or the free slot where it belongs."""
    mask = np.uint32(len(groups) - 1)
    at = np.uint32(key * _HASH_MULTIPLIER) >> np.uint32(12) & mask
    while groups[at].key != key and groups[at].key != 0:
        at = at + np.uint32(1) & mask
    return at


@inlined
def bit_of(number: int) -> np.uint64:
    """Return the bit of a native sign or a Latin part; several share a bit."""
    return np.uint64(1) << (np.uint64(number) & np.uint64(63))


def _bits_of(numbers: Integers) -> npt.NDArray[np.uint64]:
    """Return the same for an array."""
    return np.asarray(np.uint64(1) << (numbers.astype(np.uint64) & np.uint64(63)))


@inlined
def share_of(groups: Any, native: int, latin: int) -> float:
    """Return the share of the group of two parts, the native one numbered over all scripts; 0 for none."""
    share: float = groups[_slot(groups, np.uint32(native) * _MAX_LATIN_PARTS + np.uint32(latin))].share
    return share


@compiled
def _fill(groups: Any, native: Integers, latin: Integers, shares: npt.NDArray[np.float32]) -> None:
    for place in range(len(native)):
        key = np.uint32(native[place]) * _MAX_LATIN_PARTS + np.uint32(latin[place])
        at = _slot(groups, key)
        groups[at].key, groups[at].share = key, shares[place]


def pack_weights(scripts: Sequence[ScriptParameters], pairs: Integers = _NO_PAIRS) -> AlignmentWeights:
    """Return the weights of ``scripts`` as arrays, with the hash table of ``pairs``."""
    rows = np.zeros(len(scripts), dtype=_SCRIPT)
    latin, native = _Trie(_LETTERS), _Trie(_SYMBOLS)
    plain = np.zeros((len(scripts), 27)), np.zeros((len(scripts), _SYMBOLS))
    after = np.zeros((len(scripts), 27, 28)), np.zeros((len(scripts), _SYMBOLS, _SYMBOLS + 1))
    parts = [_part_tables(script) for script in scripts]
    first_parts = [np.cumsum([0, *map(len, column)]) for column in zip(*parts, strict=True)]
    for place, script in enumerate(scripts):
        signs = script.after_native.shape[0]
        plain[0][place], plain[1][place, :signs] = symbol_shares(script.after_latin), symbol_shares(script.after_native)
        after[0][place], after[1][place, :signs, : signs + 1] = script.after_latin, script.after_native
        dropped = float(parts[place][0]["alone"].max() + SMOOTHING_SHARE * plain[0][place].max())
        starts = latin.add(script.latin), native.add(script.native), first_parts[0][place], first_parts[1][place]
        rows[place] = (*starts, MOST_LATIN[script.script], LEARNED[script.script], signs, dropped)
    group_count = sum(len(script.shares) for script in scripts)
    groups = np.zeros(1 << int(np.ceil(np.log2(group_count * 2.5 + 2))), dtype=_GROUP)
    for row, script in zip(rows, scripts, strict=True):
        _fill(groups, script.groups[0] + row["native_parts"], script.groups[1], script.shares)
    joined = [np.concatenate(column) for column in zip(*parts, strict=True)]
    read_by = np.stack([script.reading for script in scripts]), np.stack([script.closely for script in scripts])
    flattened = rows, *latin.arrays(), *native.arrays(), groups, *joined, *plain, *after, *read_by, pairs
    return AlignmentWeights._make(flattened)


def _part_tables(script: ScriptParameters) -> tuple[Any, Any]:
    """Return PART for the Latin and the native parts of a script."""
    native, latin = script.groups
    letters = np.array([1 << part[0] - 1 if part else 0 for part in script.latin], dtype=np.uint64)
    signs = _bits_of(np.array([0, *(part[0] for part in script.native[1:])]))
    signs[0] = 0  # The empty part has no first sign.
    return (
        _part_table((latin, native), len(script.latin), script.native, signs, script.shares),
        _part_table((native, latin), len(script.native), script.latin, letters, script.shares),
    )


def _part_table(
    groups: tuple[Integers, Integers],
    part_count: int,
    other_parts: Sequence[Sequence[int]],
    first: npt.NDArray[np.uint64],
    shares: npt.NDArray[np.float32],
) -> Any:
    """Return PART for the parts of one side.

    ``groups``: the numbers of this side's part and of the other's. ``part_count``: the parts of this side.
    ``other_parts``: the symbols of the other side's parts, and ``first``: the first symbol of each, as bits.
    """
    table, (own, partner) = np.zeros(part_count, dtype=PART), groups
    np.bitwise_or.at(table["begins"], own, first[partner])
    np.bitwise_or.at(table["partners"], own, _bits_of(partner))
    np.maximum.at(table["best"], own, shares)
    table["alone"][own[partner == 0]] = shares[partner == 0]
    widths = np.array([len(part) for part in other_parts])
    most = np.zeros((part_count, int(widths.max(initial=0)) + 1), dtype=np.float32)
    np.maximum.at(most, (own, widths[partner]), shares)
    table["most"] = most[:, 1:].sum(1, dtype=np.float64)
    return table


class _Trie:
    """Store symbol sequences (parts) in a trie."""

    def __init__(self, symbols: int) -> None:
        self._symbols = symbols
        self._children: list[dict[int, int]] = []
        self._part_ends: list[int] = []

    def _new_node(self) -> int:
        self._children.append({})
        self._part_ends.append(-1)
        return len(self._children) - 1

    def add(self, parts: Sequence[Sequence[int]]) -> int:
        """Add the parts of a script; return its root."""
        root = self._new_node()
        for number, part in enumerate(parts):
            node = root
            for symbol in part:
                children = self._children[node]
                if symbol not in children:
                    children[symbol] = self._new_node()
                node = children[symbol]
            if part:
                self._part_ends[node] = number
        return root

    def arrays(self) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.int16]]:
        """Return the transitions, and the part that ends at each node."""
        transitions = np.full((len(self._children), self._symbols), -1, dtype=np.int16)
        for node, children in enumerate(self._children):
            if children:
                transitions[node, list(children)] = list(children.values())
        return transitions, np.array(self._part_ends, dtype=np.int16)


@inlined
def parts_at(
    symbols: Any,
    at: int,
    remaining: int,
    transitions: npt.NDArray[np.int16],
    ends: npt.NDArray[np.int16],
    parts: Any,
    root: int,
) -> None:
    """Write the part that begins at a place, for each width from 1, into ``parts``, -1 for none.

    ``remaining``: the symbols left from there on. ``transitions``, ``ends``: see :class:`AlignmentWeights`; ``root``:
    the script's.
    """
    node = np.int64(root)
    for width in range(len(parts)):
        parts[width] = -1
        if node >= 0 and width < remaining:
            node = np.int64(transitions[node, symbols[at + width]])
            if node >= 0:
                parts[width] = ends[node]


@inlined
def extend_best(best: Floats, at: int, count: int, parts: Any, table: Any, begin: int) -> None:
    """Extend the best likelihood of a token's first ``at`` symbols to where the parts that begin there end.

    ``parts``: by width, -1 for none; ``table``: PART, the script's from ``begin`` on.
    """
    best[at + 1] = max(best[at + 1], best[at] * _UNGROUPED_SHARE)
    for width in range(min(len(parts), count - at)):
        if parts[width] >= 0:
            best[at + width + 1] = max(best[at + width + 1], best[at] * table[begin + parts[width]].best)


@inlined
def chance_log(symbols: Any, start: int, count: int, after: Floats, end: int) -> float:
    """Return the log likelihood of a token by itself."""
    before, log = 0, 0.0
    for at in range(start, start + count):
        log += after[before, symbols[at]]
        before = symbols[at]
    total: float = log + after[before, end]
    return total


@compiled
def write_signs(
    weights: AlignmentWeights,
    scripts: npt.NDArray[np.int64],
    native: tuple[npt.NDArray[np.int32], Integers],
    best: Floats,
    signs: npt.NDArray[np.int16],
    chances: Floats,
    bests: Floats,
) -> None:
    """Write each sign of tokens of ``scripts`` and the parts that begin there into ``signs``; and as logarithms, the
    likelihood of each token by itself into ``chances`` and with its best partner into ``bests``."""
    symbols, starts = native
    for token in range(len(scripts)):
        if scripts[token] < 0:
            continue
        script = weights.scripts[scripts[token]]
        first, count = starts[token], starts[token + 1] - starts[token]
        for at in range(count):
            signs[first + at, 0] = symbols[first + at]
            parts = signs[first + at, 1 : 1 + script.native_width]
            parts_at(symbols, first + at, count - at, weights.native, weights.native_part_ends, parts, script.native)
        chances[token] = chance_log(symbols, first, count, weights.after_native[scripts[token]], script.end)
        best[: count + 1] = 0.0
        best[0] = 1.0
        for at in range(count):
            extend_best(
                best, at, count, signs[first + at, 1 : 1 + script.native_width], weights.of_native, script.native_parts
            )
        bests[token] = np.log(best[count])


def signs_of(
    weights: AlignmentWeights, scripts: npt.NDArray[np.int64], native: PackedTokens
) -> tuple[npt.NDArray[np.int16], Floats, Floats]:
    """Return the signs of tokens with the parts that begin there (a number and :data:`MAX_NATIVE_PARTS` parts, -1 for
    none), and the log likelihood of each token by itself and with its best partner.

    ``scripts``: each token's script index in ``weights``, below 0 for none.
    """
    signs = np.full((len(native.symbols), 1 + MAX_NATIVE_PARTS), -1, dtype=np.int16)
    chances, bests = np.zeros(len(scripts)), np.zeros(len(scripts))
    best = np.empty(int(np.diff(native.starts).max(initial=0)) + 1)
    write_signs(weights, scripts, (native.symbols, native.starts), best, signs, chances, bests)
    return signs, chances, bests
