"""The learned weights of all scripts as flat arrays, for compiled code.

In come the weights of scripts, group by group; out go :class:`Scales`. It promises: nothing is lost or rounded; the
arrays are small enough to stay near the processor.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from traboule.linkage.arrays.compiled import compiled, woven
from traboule.linkage.names.groups import Floats, Integers, Packed, alone
from traboule.linkage.names.learn import LOOSE
from traboule.linkage.names.letters import LEARNED, MOST_LATIN

_SYMBOLS, _LETTERS = 128, 32  # More than any script has signs; more than Latin has letters.
MOST_SIGNS = 3  # In a group.
_LATIN_PARTS = np.uint32(4096)  # More than any script has.
_STRANGE = 1e-6  # What a symbol is worth that stands in no group.
_SPREAD = np.uint32(0x9E3779B1)
# Where a script's weights begin: its ways, its parts; the most letters and signs of a group; the mark of a token's end;
# the most that a Latin letter without a sign is worth.
_SCRIPT = np.dtype(
    [
        *(("latin", np.int32), ("native", np.int32), ("latin_parts", np.int32), ("native_parts", np.int32)),
        *(("wide", np.int32), ("high", np.int32), ("end", np.int32), ("dropped", np.float64)),
    ]
)
_NO_PAIRS: Integers = np.full(1, -1)
# Of a part of one side: with which symbols of the other its groups begin, and which parts there they have
# (:func:`bit_of`); the most these are worth together, over all widths; the share of it that stands for nothing, and of
# its likeliest group.
PART = np.dtype(
    [
        *(("begins", np.uint64), ("beside", np.uint64), ("most", np.float64)),
        *(("alone", np.float32), ("best", np.float32)),
    ]
)
_GROUP = np.dtype([("key", np.uint32), ("share", np.float32)])


class Parts(NamedTuple):
    """What one script's weights are made of. ``latin``, ``native``: the symbols of each part, the first is none.

    ``groups``: numbers of a native and a Latin part, and ``shares`` of the two together. ``after_latin``,
    ``after_native``: logarithms of what follows what. ``reading``: coefficients of the bits; ``closely``: of the bits
    beside a look-alike: of the ratio, the two lengths, how far the pair falls short of what the native and the Latin
    token would be at best, and one.
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


class Scales(NamedTuple):
    """The weights of scripts, one behind the other. ``scripts``: where those of each begin, see above.

    ``latin``, ``native``: from a place in a part and a symbol to the next place, -1 for none; ``latin_part``,
    ``native_part``: the part that ends there, -1 for none. ``groups``: an open table of groups by :func:`share_of`.
    ``of_latin``, ``of_native``: PART. ``alone_*``: share of each symbol; ``after_*``: logarithms. ``pairs``: well-known
    names that are one, see :func:`~traboule.linkage.names.alike.known.met_as_one`.
    """

    scripts: Any
    latin: npt.NDArray[np.int16]
    latin_part: npt.NDArray[np.int16]
    native: npt.NDArray[np.int16]
    native_part: npt.NDArray[np.int16]
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


@woven
def _slot(groups: Any, key: np.uint32) -> np.uint32:
    """Return the place of ``key`` in the table of groups, or of the free place where it would stand."""
    mask = np.uint32(len(groups) - 1)
    at = np.uint32(key * _SPREAD) >> np.uint32(12) & mask
    while groups[at].key != key and groups[at].key != 0:
        at = at + np.uint32(1) & mask
    return at


@woven
def bit_of(number: int) -> np.uint64:
    """Return the bit that stands for a native sign, or a Latin part; one stands for several."""
    return np.uint64(1) << (np.uint64(number) & np.uint64(63))


def _bits_of(numbers: Integers) -> npt.NDArray[np.uint64]:
    """Return the same of many."""
    return np.asarray(np.uint64(1) << (numbers.astype(np.uint64) & np.uint64(63)))


@woven
def share_of(groups: Any, native: int, latin: int) -> float:
    """Return the share of the group of two parts (numbered among those of all scripts, and of its own); 0 for none."""
    share: float = groups[_slot(groups, np.uint32(native) * _LATIN_PARTS + np.uint32(latin))].share
    return share


@compiled
def _fill(groups: Any, native: Integers, latin: Integers, shares: npt.NDArray[np.float32]) -> None:
    for place in range(len(native)):
        key = np.uint32(native[place]) * _LATIN_PARTS + np.uint32(latin[place])
        at = _slot(groups, key)
        groups[at].key, groups[at].share = key, shares[place]


def flat(scripts: Sequence[Parts], pairs: Integers = _NO_PAIRS) -> Scales:
    """Return the weights of ``scripts`` as arrays, with the open table of ``pairs``."""
    rows = np.zeros(len(scripts), dtype=_SCRIPT)
    latin, native = _Ways(_LETTERS), _Ways(_SYMBOLS)
    plain = np.zeros((len(scripts), 27)), np.zeros((len(scripts), _SYMBOLS))
    after = np.zeros((len(scripts), 27, 28)), np.zeros((len(scripts), _SYMBOLS, _SYMBOLS + 1))
    parts = [_of_sides(each) for each in scripts]
    begun = [np.cumsum([0, *map(len, column)]) for column in zip(*parts, strict=True)]
    for place, each in enumerate(scripts):
        signs = each.after_native.shape[0]
        plain[0][place], plain[1][place, :signs] = alone(each.after_latin), alone(each.after_native)
        after[0][place], after[1][place, :signs, : signs + 1] = each.after_latin, each.after_native
        dropped = float(parts[place][0]["alone"].max() + LOOSE * plain[0][place].max())
        starts = latin.add(each.latin), native.add(each.native), begun[0][place], begun[1][place]
        rows[place] = (*starts, MOST_LATIN[each.script], LEARNED[each.script], signs, dropped)
    many = sum(len(each.shares) for each in scripts)
    groups = np.zeros(1 << int(np.ceil(np.log2(many * 2.5 + 2))), dtype=_GROUP)
    for row, each in zip(rows, scripts, strict=True):
        _fill(groups, each.groups[0] + row["native_parts"], each.groups[1], each.shares)
    joined = [np.concatenate(column) for column in zip(*parts, strict=True)]
    read_by = np.stack([each.reading for each in scripts]), np.stack([each.closely for each in scripts])
    flattened = rows, *latin.arrays(), *native.arrays(), groups, *joined, *plain, *after, *read_by, pairs
    return Scales._make(flattened)


def _of_sides(each: Parts) -> tuple[Any, Any]:
    """Return PART for the Latin and the native parts of a script."""
    native, latin = each.groups
    letters = np.array([1 << part[0] - 1 if part else 0 for part in each.latin], dtype=np.uint64)
    signs = _bits_of(np.array([0, *(part[0] for part in each.native[1:])]))
    signs[0] = 0  # The part of no signs begins with none.
    return (
        _of_parts((latin, native), len(each.latin), each.native, signs, each.shares),
        _of_parts((native, latin), len(each.native), each.latin, letters, each.shares),
    )


def _of_parts(
    groups: tuple[Integers, Integers],
    many: int,
    others: Sequence[Sequence[int]],
    first: npt.NDArray[np.uint64],
    shares: npt.NDArray[np.float32],
) -> Any:
    """Return PART for the parts of one side.

    ``groups``: the numbers of its part and of the other side's; ``many``: its parts. ``others``: the symbols of the
    other side's parts, and ``first``, with which each begins, as bits.
    """
    found, (own, other) = np.zeros(many, dtype=PART), groups
    np.bitwise_or.at(found["begins"], own, first[other])
    np.bitwise_or.at(found["beside"], own, _bits_of(other))
    np.maximum.at(found["best"], own, shares)
    found["alone"][own[other == 0]] = shares[other == 0]
    widths = np.array([len(each) for each in others])
    most = np.zeros((many, int(widths.max(initial=0)) + 1), dtype=np.float32)
    np.maximum.at(most, (own, widths[other]), shares)
    found["most"] = most[:, 1:].sum(1, dtype=np.float64)
    return found


class _Ways:
    """Parts as ways through a tree: each place leads by a symbol, one of so many, to the next."""

    def __init__(self, symbols: int) -> None:
        self._symbols = symbols
        self._ways: list[dict[int, int]] = []
        self._part: list[int] = []

    def _place(self) -> int:
        self._ways.append({})
        self._part.append(-1)
        return len(self._ways) - 1

    def add(self, parts: Sequence[Sequence[int]]) -> int:
        """Add the parts of a script; return where its ways begin."""
        root = self._place()
        for number, part in enumerate(parts):
            at = root
            for symbol in part:
                ways = self._ways[at]
                if symbol not in ways:
                    ways[symbol] = self._place()
                at = ways[symbol]
            if part:
                self._part[at] = number
        return root

    def arrays(self) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.int16]]:
        """Return the ways, and the part that ends at each place."""
        found = np.full((len(self._ways), self._symbols), -1, dtype=np.int16)
        for at, ways in enumerate(self._ways):
            if ways:
                found[at, list(ways)] = list(ways.values())
        return found, np.array(self._part, dtype=np.int16)


@woven
def parts_at(
    symbols: Any, at: int, left: int, ways: npt.NDArray[np.int16], ends: npt.NDArray[np.int16], parts: Any, root: int
) -> None:
    """Put the part that begins at a place, for each width from 1, into ``parts``, -1 for none.

    ``left``: how many symbols there are from there on. ``ways``, ``ends``: see :class:`Scales`; ``root``: their begin.
    """
    place = np.int64(root)
    for wide in range(len(parts)):
        parts[wide] = -1
        if place >= 0 and wide < left:
            place = np.int64(ways[place, symbols[at + wide]])
            if place >= 0:
                parts[wide] = ends[place]


@woven
def longer(most: Floats, at: int, many: int, parts: Any, known: Any, begin: int) -> None:
    """Carry the most that a token's first ``at`` symbols are worth on to where the parts that begin there end.

    ``parts``: by width, -1 for none; ``known``: PART, those of the script from ``begin`` on.
    """
    most[at + 1] = max(most[at + 1], most[at] * _STRANGE)
    for wide in range(min(len(parts), many - at)):
        if parts[wide] >= 0:
            most[at + wide + 1] = max(most[at + wide + 1], most[at] * known[begin + parts[wide]].best)


@woven
def by_chance(symbols: Any, start: int, many: int, after: Floats, end: int) -> float:
    """Return the logarithm of the likelihood of a token by itself."""
    before, found = 0, 0.0
    for at in range(start, start + many):
        found += after[before, symbols[at]]
        before = symbols[at]
    total: float = found + after[before, end]
    return total


@compiled
def describe_signs(
    scales: Scales,
    scripts: npt.NDArray[np.int64],
    native: tuple[npt.NDArray[np.int32], Integers],
    most: Floats,
    signs: npt.NDArray[np.int16],
    chances: Floats,
    bests: Floats,
) -> None:
    """Put each sign of tokens of ``scripts`` and the parts that begin there into ``signs``; as logarithms, how likely
    each token is by itself into ``chances``, and beside what it sounds most like into ``bests``."""
    symbols, starts = native
    for token in range(len(scripts)):
        if scripts[token] < 0:
            continue
        script = scales.scripts[scripts[token]]
        first, many = starts[token], starts[token + 1] - starts[token]
        for at in range(many):
            signs[first + at, 0] = symbols[first + at]
            high = signs[first + at, 1 : 1 + script.high]
            parts_at(symbols, first + at, many - at, scales.native, scales.native_part, high, script.native)
        chances[token] = by_chance(symbols, first, many, scales.after_native[scripts[token]], script.end)
        most[: many + 1] = 0.0
        most[0] = 1.0
        for at in range(many):
            longer(most, at, many, signs[first + at, 1 : 1 + script.high], scales.of_native, script.native_parts)
        bests[token] = np.log(most[many])


def signs_of(
    scales: Scales, scripts: npt.NDArray[np.int64], native: Packed
) -> tuple[npt.NDArray[np.int16], Floats, Floats]:
    """Return the signs of tokens with the parts that begin there (a number and :data:`MOST_SIGNS` parts, -1 for none),
    and of each token the logarithms of how likely it is by itself and beside what it sounds most like.

    ``scripts``: each token's place among the scripts of ``scales``, below 0 for none.
    """
    signs = np.full((len(native.symbols), 1 + MOST_SIGNS), -1, dtype=np.int16)
    chances, bests = np.zeros(len(scripts)), np.zeros(len(scripts))
    most = np.empty(int(np.diff(native.starts).max(initial=0)) + 1)
    describe_signs(scales, scripts, (native.symbols, native.starts), most, signs, chances, bests)
    return signs, chances, bests
