"""A whole split by state, exploitation, sex, age band, nationality: cells that never exceed it.

Comes in: the entities counted (persons or arrests) under one reading, and codes of their persons' records.
Goes out: code -> count. Promises: exclusive cells and "unspecified" add up to the whole; overlapping cells each stay
within it, and the whole less "unspecified" is their union; records that contradict each other specify nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from traboule.figures.resolved import columns
from traboule.figures.resolved.columns import Ints

UNSPECIFIED = "unspecified"
Counts = Mapping[str, int]
Cell = tuple[int, int, int]


def settled(label: Ints, code: Ints, size: int) -> Ints:
    """Return for each of ``size`` groups the code most of its records give; -1 where none does or two tie."""
    answer = np.full(size, -1, dtype=np.int64)
    known = code >= 0
    width = int(code.max(initial=0)) + 1
    pairs, times = np.unique(label[known] * width + code[known], return_counts=True)
    if not len(pairs):
        return answer
    order = np.lexsort((-times, pairs // width))
    group, times = (pairs // width)[order], times[order]
    first = np.concatenate([[True], group[1:] != group[:-1]])
    runner_up = np.concatenate([times[1:], [0]])
    runner_up[np.concatenate([first[1:], [True]])] = 0
    clear = first & (times > runner_up)
    answer[group[clear]] = (pairs % width)[order][clear]
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


def overlapping(entities: Ints, label: Ints, code: Ints, names: Sequence[str], size: int) -> Counts:
    """Count entities (given by their group) under every code any record of their group gives."""
    weight = np.bincount(entities, minlength=size)
    width = max(len(names), 1)
    counted = weight[label] > 0
    pairs = columns.unique(label[counted] * width + code[counted])
    group = pairs // width
    counts = np.bincount(pairs % width, weights=weight[group], minlength=len(names)).astype(np.int64)
    specified = int(weight[columns.unique(group)].sum())
    return {UNSPECIFIED: len(entities) - specified, **dict(zip(names, counts.tolist(), strict=False))}


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
        three = tuple(reading.get(code, 0) for reading in (value, low, high))
        if any(three):
            out[code] = (three[0], min(three), max(three))
    return out
