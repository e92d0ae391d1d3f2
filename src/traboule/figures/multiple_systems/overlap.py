"""Tabulate the overlap of the filing lists: how many persons are on exactly which lists.

In: a case and a person figure. Out: counts by pattern of lists. Counting persons once discards
the overlap between those who filed them, which multiple systems estimation needs, so it is stored. Guaranteed: every
counted person has exactly one pattern; beyond the allowed number of lists, the smallest are merged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from traboule.core.errors import NotFound
from traboule.figures.definition import Population
from traboule.figures.resolved import columns, counters
from traboule.figures.resolved.case import Case
from traboule.figures.resolved.columns import Ints

MOST_LISTS = 6
OTHER_LISTS = "others"


@dataclass(frozen=True, slots=True)
class Overlap:
    """``counts[pattern]`` persons stand on exactly the lists whose bits are set in ``pattern``; ``counts[0]`` is 0, for
    nobody saw those.
    """

    lists: tuple[str, ...]
    counts: tuple[int, ...]

    @property
    def seen(self) -> int:
        """Return how many stand on any list."""
        return sum(self.counts)

    def shared(self) -> int:
        """Return how many stand on two lists or more."""
        return sum(count for pattern, count in enumerate(self.counts) if pattern.bit_count() > 1)

    def on(self, name: str) -> int:
        """Return how many stand on a list, whatever others they stand on; 0 where there is no such list."""
        if name not in self.lists:
            return 0
        bit = 1 << self.lists.index(name)
        return sum(count for pattern, count in enumerate(self.counts) if pattern & bit)

    def to_data(self) -> dict[str, Any]:
        """Return plain data: lists, and counts by pattern, each written as the lists it joins; empty ones left out."""
        by_lists = {
            "+".join(name for place, name in enumerate(self.lists) if pattern >> place & 1): count
            for pattern, count in enumerate(self.counts)
            if count
        }
        return {"lists": list(self.lists), "patterns": by_lists}


def read_overlap(data: Mapping[str, Any]) -> Overlap:
    """Return the overlap that :meth:`Overlap.to_data` gave."""
    lists = tuple(data["lists"])
    bit = {name: 1 << place for place, name in enumerate(lists)}
    counts = [0] * (1 << len(lists))
    for pattern, count in data["patterns"].items():
        counts[sum(bit[name] for name in pattern.split("+"))] = count
    return Overlap(lists, tuple(counts))


Patterns = Mapping[tuple[str, ...], int]
"""How many persons stand on exactly the lists named; the names in order."""


def overlap(case: Case, figure: str, *, by_agency: bool = False, most: int = MOST_LISTS) -> Overlap:
    """Return who filed the persons a figure counts: each state a list, or each agency (``by_agency``).

    Raises NotFound where the case asks for no such figure of persons.
    """
    return tabulate(patterns(case, figure, by_agency=by_agency), most=most)


def patterns(case: Case, figure: str, *, by_agency: bool = False) -> Patterns:
    """Return how many persons of a figure stand on exactly which lists, all lists apart; raises as :func:`overlap`."""
    definition = case.definitions.get(figure)
    if definition is None or definition.population is not Population.PERSONS:
        raise NotFound("figure-unknown", figure=figure)
    person, filer, names = _list_memberships(case, figure, by_agency=by_agency)
    width = max(len(names), 1)
    keys = columns.unique(person * width + filer)
    start = columns.starts(keys // width)
    length = np.diff(np.append(start, len(keys)))
    filers = keys % width
    alone = np.bincount(filers[start[length == 1]], minlength=width)
    counts: dict[tuple[str, ...], int] = {
        (names[place],): int(alone[place]) for place in np.flatnonzero(alone).tolist()
    }
    for size in columns.unique(length[length > 1]).tolist():
        stand = filers[start[length == size, None] + np.arange(size)]
        rows, times = np.unique(stand, axis=0, return_counts=True)
        for row, count in zip(rows.tolist(), times.tolist(), strict=True):
            counts[tuple(names[place] for place in row)] = count
    return counts


def tabulate(patterns: Patterns, *, most: int = MOST_LISTS) -> Overlap:
    """Return the overlap of patterns; beyond ``most`` lists the smallest are one."""
    size: Counter[str] = Counter()
    for pattern, count in patterns.items():
        for name in pattern:
            size[name] += count
    order = sorted(size, key=lambda name: (-size[name], name))
    separate = order if len(order) <= most else order[: most - 1]
    bit = {name: 1 << place for place, name in enumerate(separate)}
    lists = (*separate, *((OTHER_LISTS,) if len(separate) < len(order) else ()))
    counts = [0] * (1 << len(lists))
    for pattern, count in patterns.items():
        flags = 0
        for name in pattern:
            flags |= bit.get(name, 1 << len(separate))
        counts[flags] += count
    return Overlap(lists, tuple(counts))


def _list_memberships(case: Case, figure: str, *, by_agency: bool) -> tuple[Ints, Ints, tuple[str, ...]]:
    """Return (person, list) pairs of one figure under the value reading, and the names of the lists."""
    definition, part = case.definitions[figure], case.complete
    label = part.partitions.value
    inside = part.inside(figure)
    is_counted = np.zeros(part.nodes, dtype=np.bool_)
    is_counted[counters.holders(part, definition, label)] = True
    group = label[inside.node]
    is_member = is_counted[group]
    if not by_agency:
        return group[is_member], inside.unit[is_member], case.facts.units
    records = columns.taken(case.facts.people.records, inside.person[is_member])
    parts = columns.kernels.split_pattern(records, "/", max_splits=2)
    filer = columns.kernels.binary_join(columns.kernels.list_slice(parts, 0, 2), "/")
    code, names = columns.coded(filer)
    return group[is_member], code, names
