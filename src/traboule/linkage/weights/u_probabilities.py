"""Estimate u by counting: how often records of two different persons agree.

A sample of random pairs never meets rare agreements, so they are counted over all records. The declared u counts as a
number of pairs, so that no level gets zero. Pairs that other evidence marks as one person are left out, because most
equal document numbers in an operation are one person filed twice.

Agreement is not independent: names and towns depend on citizenship, and compatriots are arrested together. So u of the
citizenship is counted among pairs whose names sound the same, and u of place and encounter among pairs with one
citizenship (records without any form one more group). The sum of bits then counts nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from traboule.linkage.fields.shared_values import SharedValues
from traboule.linkage.prepare import PersonRecords
from traboule.linkage.weights.comparisons import COMPARISONS, LEVEL_OF, Comparison, comparison_levels

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_MAX_HOLDERS = 60
# Evidence for one person from other comparisons: the comparison and its lowest level that counts.
_MATCH_FROM: Mapping[str, int] = {
    "name": LEVEL_OF["name_close"],
    "birth": LEVEL_OF["birth_slip"],
    "document": LEVEL_OF["document_same"],
    "device": LEVEL_OF["device_same"],
    "account": LEVEL_OF["account_same"],
    "online": LEVEL_OF["online_same"],
}


@dataclass(frozen=True, slots=True)
class _CountingRule:
    """How a comparison is counted. ``groups``: what two records at its counted levels share.

    ``within``: count among "all" pairs, pairs of one "citizenship", of one "sound", or with documents of one "kind" and
    issuer. ``belief``: how many pairs the declared shares count for.
    """

    groups: tuple[str, ...]
    within: str = "all"
    belief: float = 1e6


_COUNTING_RULES: Mapping[str, _CountingRule] = {
    "name": _CountingRule(("sound",)),
    "birth": _CountingRule(("birth_full",)),
    "citizenship": _CountingRule(("sound",), "sound", 50.0),
    "place": _CountingRule(("place",), "citizenship", 2000.0),
    "document": _CountingRule(("documents", "numbers"), "kind"),
    "device": _CountingRule(("devices",)),
    "account": _CountingRule(("accounts",)),
    "vehicle": _CountingRule(("vehicles",)),
    "contact": _CountingRule(("phones", "addresses")),
    "online": _CountingRule(("online",)),
    "encounter": _CountingRule(("encounters",), "citizenship", 2000.0),
}
_COLUMNS = ("sound", "birth_full", "place", "citizenship")


@dataclass(frozen=True, slots=True)
class WeightedPairs:
    """Distinct pairs that share a value, each with the number of pairs it stands for: very common values are
    sampled."""

    left: Integers
    right: Integers
    weight: Floats


def counted_u(records: PersonRecords, sample: Integers) -> dict[str, dict[int, float]]:
    """Return u for each counted level of each comparison, among the records numbered in ``sample``."""
    inside = _inside(records, sample)
    return {
        comparison.name: _u_of_levels(records, comparison, _COUNTING_RULES[comparison.name], inside)
        for comparison in COMPARISONS
        if comparison.name in _COUNTING_RULES
    }


def likely_matches(records: PersonRecords, name: str, group: str, sample: Integers) -> tuple[float, float]:
    """Return how many pairs share a value of ``group``, and how many of them other evidence marks as one person.

    ``name``: the comparison that the group belongs to, which is therefore ignored.
    """
    pairs = pairs_that_share(records, (group,), sample)
    evidence = _match_evidence(comparison_levels(records, pairs.left, pairs.right), name)
    total = float(pairs.weight.sum())
    return total, total * (1.0 - _share_of_nonmatches(evidence, pairs.weight))


def pairs_that_share(records: PersonRecords, groups: tuple[str, ...], sample: Integers) -> WeightedPairs:
    """Return the pairs of the records numbered in ``sample`` that share a value of ``groups``."""
    return _pairs(_values_inside(records, groups, _inside(records, sample)))


def _inside(records: PersonRecords, sample: Integers) -> Flags:
    inside = np.zeros(len(records), dtype=np.bool_)
    inside[sample] = True
    return inside


def _u_of_levels(
    records: PersonRecords, comparison: Comparison, rule: _CountingRule, inside: Flags
) -> dict[int, float]:
    """Return u of the counted levels of one comparison."""
    pairs = _pairs(_values_inside(records, rule.groups, inside))
    if rule.within == "citizenship":
        same = records.citizenship[pairs.left]
        compatriots = np.flatnonzero(same == records.citizenship[pairs.right])
        pairs = WeightedPairs(pairs.left[compatriots], pairs.right[compatriots], pairs.weight[compatriots])
    levels = comparison_levels(records, pairs.left, pairs.right)
    at_level = levels[comparison.name]
    evidence = _match_evidence(levels, "name" if rule.within == "sound" else comparison.name)
    if rule.within == "sound":
        total = float(pairs.weight[(at_level >= 0) & (evidence == 1)].sum())
    else:
        total = _comparable(records, rule, inside)
    u: dict[int, float] = {}
    for level in comparison.levels:
        if level.is_counted:
            is_at_level = at_level == level.value
            if rule.within == "sound":
                nonmatches = float(pairs.weight[is_at_level & (evidence == 1)].sum())
            else:
                nonmatches = float(pairs.weight[is_at_level].sum()) * _share_of_nonmatches(
                    evidence[is_at_level], pairs.weight[is_at_level]
                )
            u[level.value] = (nonmatches + level.u * rule.belief) / (total + rule.belief)
    return u


def _column(records: PersonRecords, name: str) -> Integers:
    return {
        "sound": records.sound,
        "birth_full": records.born.full,
        "place": records.place,
        "citizenship": records.citizenship,
    }[name]


def _values_inside(records: PersonRecords, groups: tuple[str, ...], inside: Flags) -> SharedValues:
    """Return which of the records ``inside`` hold which value of ``groups``; columns count as groups."""
    if groups[0] in _COLUMNS:
        column = _column(records, groups[0])
        chosen = np.flatnonzero((column > 0) & inside)
        return SharedValues.of(chosen, column[chosen], len(records))
    parts = [records.shared[group] for group in groups]
    # Values of two groups are numbered alike only within identifiers; an offset keeps them apart.
    offsets = np.cumsum([0, *(int(part.value.max(initial=0)) + 1 for part in parts)])
    record = np.concatenate([part.record for part in parts])
    value = np.concatenate([part.value + offset for part, offset in zip(parts, offsets, strict=False)])
    chosen = np.flatnonzero(inside[record])
    return SharedValues.of(record[chosen], value[chosen], len(records))


def _pairs(rows: SharedValues) -> WeightedPairs:
    order = np.lexsort((rows.record, rows.value))
    value, record = rows.value[order], rows.record[order]
    starts = np.flatnonzero(np.r_[True, value[1:] != value[:-1]]) if len(value) else np.zeros(0, dtype=np.int64)
    counts = np.diff(np.r_[starts, len(value)])
    lefts, rights, weights = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0)]
    for length in np.unique(counts[counts >= 2]).tolist():
        sample_size = min(length, _MAX_HOLDERS)
        places = np.arange(sample_size) * length // sample_size
        block = record[starts[counts == length][:, None] + places]
        low, high = np.triu_indices(sample_size, 1)
        lefts.append(block[:, low].ravel())
        rights.append(block[:, high].ravel())
        weights.append(np.full(len(lefts[-1]), length * (length - 1) / (sample_size * (sample_size - 1))))
    codes, first = np.unique(np.concatenate(lefts) * rows.records + np.concatenate(rights), return_index=True)
    size = max(rows.records, 1)
    return WeightedPairs(codes // size, codes % size, np.concatenate(weights)[first])


def _match_evidence(levels: Mapping[str, npt.NDArray[np.int8]], name: str) -> npt.NDArray[np.int8]:
    """Return what the other comparisons say of each pair: 1 two persons, 0 one person, -1 nothing."""
    says_match = np.zeros(len(levels[name]), dtype=np.bool_)
    is_known = np.zeros(len(levels[name]), dtype=np.bool_)
    for evidence_name, lowest in _MATCH_FROM.items():
        if evidence_name != name:
            says_match |= levels[evidence_name] >= lowest
            if evidence_name in ("name", "birth"):
                is_known |= levels[evidence_name] >= 0
    return np.where(says_match, 0, np.where(is_known, 1, -1)).astype(np.int8)


def _share_of_nonmatches(evidence: npt.NDArray[np.int8], weight: Floats) -> float:
    """Return the share of pairs of two persons among those that the other evidence decides."""
    nonmatching, matching = float(weight[evidence == 1].sum()), float(weight[evidence == 0].sum())
    return nonmatching / (nonmatching + matching) if nonmatching + matching else 1.0


def _comparable(records: PersonRecords, rule: _CountingRule, inside: Flags) -> float:
    """Return how many pairs can be compared at all (within one citizenship, where the rule says so)."""
    if rule.within == "kind":
        kinds = records.identifiers.document_kinds
        holders = np.bincount(kinds.value[inside[kinds.record]]).astype(np.float64)
        return float((holders * (holders - 1) / 2).sum())
    filled = np.zeros(len(records), dtype=np.bool_)
    for group in rule.groups:
        if group in _COLUMNS:
            filled |= (records.born.low > 0) if group == "birth_full" else _column(records, group) > 0
        else:
            filled |= records.shared[group].filled()
    filled &= inside
    if rule.within == "citizenship":
        counts = np.bincount(records.citizenship[filled]).astype(np.float64)
    else:
        counts = np.array([float(filled.sum())])
    return float((counts * (counts - 1) / 2).sum())
