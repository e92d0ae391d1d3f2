"""Break a total down by state, exploitation, sex, age band, nationality.

In: the entities counted (persons or arrests) under one reading, and codes of their persons' records.
Out: code -> count. Guaranteed: exclusive cells and "unspecified" add up to the total; overlapping cells each stay
within it, and the total less "unspecified" is their union; contradictory records count as unspecified.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from traboule.figures.resolved import columns
from traboule.figures.resolved.columns import Ints

UNSPECIFIED = "unspecified"
Counts = Mapping[str, int]
Cell = tuple[int, int, int]


def majority(label: Ints, code: Ints, size: int) -> Ints:
    """Return for each of ``size`` groups the code most of its records give; -1 where none does or two tie."""
    answer = np.full(size, -1, dtype=np.int64)
    is_known = code >= 0
    width = int(code.max(initial=0)) + 1
    ordered = columns.in_turn(label[is_known] * width + code[is_known])
    start = columns.starts(ordered)
    pairs, times = ordered[start], np.diff(np.append(start, len(ordered)))
    group = pairs // width
    most, best = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    np.maximum.at(most, group, times)
    leads = times == most[group]
    np.add.at(best, group[leads], 1)
    clear = leads & (best[group] == 1)
    answer[group[clear]] = (pairs - group * width)[clear]
    return answer


def earliest(label: Ints, day: Ints, unit: Ints, size: int) -> Ints:
    """Return for each group the state of its earliest fact, the first in order of code where two are as early.

    ``day`` must sort undated facts last.
    """
    answer = np.full(size, -1, dtype=np.int64)
    order = np.lexsort((unit, day, label))[::-1]
    answer[label[order]] = unit[order]
    return answer


def exclusive(codes: Ints, names: Sequence[str]) -> Counts:
    """Count entities by their one code; -1 is unspecified."""
    counts = np.bincount(codes + 1, minlength=len(names) + 1).tolist()
    return dict(zip((UNSPECIFIED, *names), counts, strict=True))


@dataclass(frozen=True, slots=True)
class GroupCodes:
    """(group, code) pairs, each once, in order; ``some`` are the groups that give any code, ``names`` the codes'."""

    group: Ints
    code: Ints
    specified: Ints
    names: Sequence[str]

    @classmethod
    def of(cls, label: Ints, code: Ints, names: Sequence[str]) -> GroupCodes:
        """Return the pairs of codes and the groups of the records that give them."""
        width = max(len(names), 1)
        pairs = columns.unique(label * width + code)
        group = pairs // width
        return cls(group, pairs - group * width, group[columns.starts(group)], names)


def overlapping(entities: Ints, pairs: GroupCodes, size: int) -> Counts:
    """Count entities (given by their group) under every code any record of their group gives."""
    weight = np.bincount(entities, minlength=size)
    counts = np.bincount(pairs.code, weights=weight[pairs.group], minlength=len(pairs.names)).astype(np.int64)
    specified = int(weight[pairs.specified].sum())
    return {UNSPECIFIED: len(entities) - specified, **dict(zip(pairs.names, counts.tolist(), strict=False))}


def widened(code: Ints, names: tuple[str, ...]) -> tuple[Ints, Ints, tuple[str, ...]]:
    """Give each code its broader code too: "ForcedCriminality.OnlineScam" is also "ForcedCriminality".

    Returns places in ``code`` and the codes there, and the names of all codes, broader ones included.
    """
    wider = tuple(sorted({name.split(".")[0] for name in names} - set(names)))
    every = (*names, *wider)
    position = {name: place for place, name in enumerate(every)}
    above = np.array([position[name.split(".")[0]] for name in names] + [-1], dtype=np.int64)[code]
    own = np.flatnonzero(code >= 0)
    broader = np.flatnonzero((code >= 0) & (above != code))
    return np.concatenate([own, broader]), np.concatenate([code[own], above[broader]]), every


def cells(value: Counts, low: Counts, high: Counts) -> dict[str, Cell]:
    """Bring three readings of one breakdown together: code -> (value, least, most), empty cells left out."""
    out: dict[str, Cell] = {}
    for code in sorted({*value, *low, *high}):
        first, second, third = value.get(code, 0), low.get(code, 0), high.get(code, 0)
        if first or second or third:
            out[code] = (first, min(first, second, third), max(first, second, third))
    return out
