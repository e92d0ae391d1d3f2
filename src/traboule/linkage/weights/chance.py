"""How often two records of different persons agree: counted over all records where a sample would not do.

In come person records and which of them to count; out goes u for every level declared as counted. It promises: pure;
what was declared counts as a number of pairs, so that no level gets nothing; pairs that other evidence calls one
person are taken out, because most equal document numbers in an operation are one person filed twice.

Agreement is not independent: names and towns go with a citizenship, and compatriots are arrested together. So u of the
citizenship is counted among pairs whose names sound the same, and u of place and encounter among pairs of one
citizenship (those without any are one more); the sum of bits then counts nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from traboule.linkage.fields.shared import Shared
from traboule.linkage.prepare import PersonRecords
from traboule.linkage.weights.comparisons import COMPARISONS, Comparison, levels_of

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_MOST_OF_ONE_VALUE = 60
# What speaks for one person apart from the comparison itself: comparison and the lowest level that does.
_SPEAKS: Mapping[str, int] = {"name": 3, "birth": 4, "document": 2, "device": 1, "account": 1, "online": 1}


@dataclass(frozen=True, slots=True)
class _Counting:
    """How a comparison is counted. ``groups``: what two records at its counted levels share.

    ``within``: "all" pairs, pairs of one "citizenship", of one "sound", or with documents of one "kind" and issuer.
    ``belief``: how many pairs the declared shares count for.
    """

    groups: tuple[str, ...]
    within: str = "all"
    belief: float = 1e6


_COUNTINGS: Mapping[str, _Counting] = {
    "name": _Counting(("sound",)),
    "birth": _Counting(("birth_full",)),
    "citizenship": _Counting(("sound",), "sound", 50.0),
    "place": _Counting(("place",), "citizenship", 2000.0),
    "document": _Counting(("documents", "numbers"), "kind"),
    "device": _Counting(("devices",)),
    "account": _Counting(("accounts",)),
    "vehicle": _Counting(("vehicles",)),
    "contact": _Counting(("phones", "addresses")),
    "online": _Counting(("online",)),
    "encounter": _Counting(("encounters",), "citizenship", 2000.0),
}
_COLUMNS = ("sound", "birth_full", "place", "citizenship")


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs that share a value, each once, and for how many each stands: a very common value is thinned."""

    left: Integers
    right: Integers
    weight: Floats


def counted_shares(records: PersonRecords, sample: Integers) -> dict[str, dict[int, float]]:
    """Return u for each counted level of each comparison, among the records numbered in ``sample``."""
    inside = _inside(records, sample)
    return {
        comparison.name: _shares(records, comparison, _COUNTINGS[comparison.name], inside)
        for comparison in COMPARISONS
        if comparison.name in _COUNTINGS
    }


def likely_matches(records: PersonRecords, name: str, group: str, sample: Integers) -> tuple[float, float]:
    """Return how many pairs share a value of ``group``, and how many of those other evidence calls one person.

    ``name``: the comparison that the group belongs to, which therefore has no say.
    """
    pairs = pairs_that_share(records, (group,), sample)
    apart = _apart(levels_of(records, pairs.left, pairs.right), name)
    total = float(pairs.weight.sum())
    return total, total * (1.0 - _share_apart(apart, pairs.weight))


def pairs_that_share(records: PersonRecords, groups: tuple[str, ...], sample: Integers) -> Pairs:
    """Return the pairs of the records numbered in ``sample`` that share a value of ``groups``."""
    return _pairs(_held(records, groups, _inside(records, sample)))


def _inside(records: PersonRecords, sample: Integers) -> Flags:
    inside = np.zeros(len(records), dtype=np.bool_)
    inside[sample] = True
    return inside


def _shares(records: PersonRecords, comparison: Comparison, how: _Counting, inside: Flags) -> dict[int, float]:
    """Return u of the counted levels of one comparison."""
    pairs = _pairs(_held(records, how.groups, inside))
    if how.within == "citizenship":
        same = records.citizenship[pairs.left]
        kept = np.flatnonzero(same == records.citizenship[pairs.right])
        pairs = Pairs(pairs.left[kept], pairs.right[kept], pairs.weight[kept])
    levels = levels_of(records, pairs.left, pairs.right)
    at_level = levels[comparison.name]
    apart = _apart(levels, "name" if how.within == "sound" else comparison.name)
    if how.within == "sound":
        total = float(pairs.weight[(at_level >= 0) & (apart == 1)].sum())
    else:
        total = _comparable(records, how, inside)
    found: dict[int, float] = {}
    for level in comparison.levels:
        if level.counted:
            at = at_level == level.value
            if how.within == "sound":
                others = float(pairs.weight[at & (apart == 1)].sum())
            else:
                others = float(pairs.weight[at].sum()) * _share_apart(apart[at], pairs.weight[at])
            found[level.value] = (others + level.u * how.belief) / (total + how.belief)
    return found


def _column(records: PersonRecords, name: str) -> Integers:
    return {
        "sound": records.sound,
        "birth_full": records.born.full,
        "place": records.place,
        "citizenship": records.citizenship,
    }[name]


def _held(records: PersonRecords, groups: tuple[str, ...], inside: Flags) -> Shared:
    """Return who of those ``inside`` holds which value of ``groups``; columns are groups as well."""
    if groups[0] in _COLUMNS:
        column = _column(records, groups[0])
        kept = np.flatnonzero((column > 0) & inside)
        return Shared.of(kept, column[kept], len(records))
    parts = [records.shared[group] for group in groups]
    # Values of two groups are numbered alike only within identifiers; an offset keeps them apart.
    offsets = np.cumsum([0, *(int(part.value.max(initial=0)) + 1 for part in parts)])
    record = np.concatenate([part.record for part in parts])
    value = np.concatenate([part.value + offset for part, offset in zip(parts, offsets, strict=False)])
    kept = np.flatnonzero(inside[record])
    return Shared.of(record[kept], value[kept], len(records))


def _pairs(rows: Shared) -> Pairs:
    order = np.lexsort((rows.record, rows.value))
    value, record = rows.value[order], rows.record[order]
    starts = np.flatnonzero(np.r_[True, value[1:] != value[:-1]]) if len(value) else np.zeros(0, dtype=np.int64)
    counts = np.diff(np.r_[starts, len(value)])
    lefts, rights, weights = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0)]
    for length in np.unique(counts[counts >= 2]).tolist():
        taken = min(length, _MOST_OF_ONE_VALUE)
        places = np.arange(taken) * length // taken
        block = record[starts[counts == length][:, None] + places]
        low, high = np.triu_indices(taken, 1)
        lefts.append(block[:, low].ravel())
        rights.append(block[:, high].ravel())
        weights.append(np.full(len(lefts[-1]), length * (length - 1) / (taken * (taken - 1))))
    codes, first = np.unique(np.concatenate(lefts) * rows.records + np.concatenate(rights), return_index=True)
    size = max(rows.records, 1)
    return Pairs(codes // size, codes % size, np.concatenate(weights)[first])


def _apart(levels: Mapping[str, npt.NDArray[np.int8]], name: str) -> npt.NDArray[np.int8]:
    """Tell of each pair what the rest of the evidence says: 1 two persons, 0 one person, -1 nothing."""
    speaks = np.zeros(len(levels[name]), dtype=np.bool_)
    known = np.zeros(len(levels[name]), dtype=np.bool_)
    for other, lowest in _SPEAKS.items():
        if other != name:
            speaks |= levels[other] >= lowest
            if other in ("name", "birth"):
                known |= levels[other] >= 0
    return np.where(speaks, 0, np.where(known, 1, -1)).astype(np.int8)


def _share_apart(apart: npt.NDArray[np.int8], weight: Floats) -> float:
    """Return the share of pairs of two persons among those that the rest of the evidence speaks of."""
    two, one = float(weight[apart == 1].sum()), float(weight[apart == 0].sum())
    return two / (two + one) if two + one else 1.0


def _comparable(records: PersonRecords, how: _Counting, inside: Flags) -> float:
    """Return how many pairs can be compared at all (and are of one citizenship, where that is asked)."""
    if how.within == "kind":
        kinds = records.held.document_kinds
        held = np.bincount(kinds.value[inside[kinds.record]]).astype(np.float64)
        return float((held * (held - 1) / 2).sum())
    filled = np.zeros(len(records), dtype=np.bool_)
    for group in how.groups:
        if group in _COLUMNS:
            filled |= (records.born.low > 0) if group == "birth_full" else _column(records, group) > 0
        else:
            filled |= records.shared[group].filled()
    filled &= inside
    if how.within == "citizenship":
        counts = np.bincount(records.citizenship[filled]).astype(np.float64)
    else:
        counts = np.array([float(filled.sum())])
    return float((counts * (counts - 1) / 2).sum())
