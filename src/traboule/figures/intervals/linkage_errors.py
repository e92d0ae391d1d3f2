"""Expected linkage errors that no open link shows: pairs joined in error, rejected in error, or never seen.

In: a case. Out: for each figure of persons or arrests how many errors of each kind are expected, and what they do to it
draw by draw. Guaranteed: expectations are whole numbers of a fine unit, so that those of parts add up to those of the
whole to the last bit; where nothing was joined and nothing rejected, none are expected.

Joined in error  Σ 1-p over the automatic and judged links that alone hold a counted person together.
Rejected         A multiple of Σ p over the pairs rejected as unlikely both of whose persons are counted, each pair of
                 persons once. The multiple is uncertain, until pairs below the threshold are audited.
Judged apart     Σ of the chance that a judge erred, over such pairs that were judged no match.
Never seen       In proportion to the links made (Sekar and Deming 1949), at a rate estimated from the operation itself
                 (:mod:`traboule.figures.intervals.missed_links`). Most unseen pairs count a person twice. But a person
                 may be counted as a minor because one record gives the age and another the role: without their link,
                 nobody would be counted. And the pairs that go unseen most are of records without a birth date, whose
                 links remove no minor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, ndtri, pdtr, pdtrik

from traboule.figures.definition import FigureDefinition, Population
from traboule.figures.intervals import missed_links, pair_evidence
from traboule.figures.intervals.calibration import JUDGE_ERROR
from traboule.figures.intervals.missed_links import NOTHING_SEEN, Recall
from traboule.figures.intervals.pair_evidence import PATTERNS, EvidenceWeights
from traboule.figures.intervals.pairs import (
    SOURCE_CERTAIN,
    SOURCE_JOINED,
    SOURCE_MISSED,
    Reals,
    even_quantiles,
    log_odds,
)
from traboule.figures.resolved import columns, counters
from traboule.figures.resolved.case import Case
from traboule.figures.resolved.columns import Flags, Ints
from traboule.figures.resolved.window import OPERATION

_UNIT = 2**40
_SURE = 0.995
# Pairs go unseen less often where both records have a birth date: 1.6 %, against 14 % where one lacks it and 5 % of all
# (200 operations of the linked synthetic population). Relative to all pairs:
_BOTH_DATED, _HALF_DATED = 0.3, 2.8
_CERTAIN_SPREAD = 0.5  # Standard deviation of the log odds of automatic links, all together.


@dataclass(frozen=True, slots=True)
class LinkageErrors:
    """Expected linkage errors of a figure, in units of 2^-40: ``joined`` and ``rejected`` in error, by the pattern in
    which the two records of each pair share facts (:func:`traboule.figures.intervals.pair_evidence.patterns`);
    ``parted``: judged no match in error.
    ``lowered`` and ``lowered_at_most``: by how much links lowered the figure, under the value reading and if every open
    link holds; ``raised`` and ``raised_at_most``: by how much they raised it, under the value reading and whichever
    open links hold. ``recall`` is that of the operation, equal for all figures.
    """

    joined: tuple[int, ...] = (0,) * PATTERNS
    rejected: tuple[int, ...] = (0,) * PATTERNS
    parted: int = 0
    lowered: int = 0
    lowered_at_most: int = 0
    raised: int = 0
    raised_at_most: int = 0
    recall: Recall = NOTHING_SEEN

    def plus(self, other: LinkageErrors, sign: int = 1) -> LinkageErrors:
        """Return the sum, or with ``sign`` -1 the difference."""
        return LinkageErrors(
            tuple(mine + sign * its for mine, its in zip(self.joined, other.joined, strict=True)),
            tuple(mine + sign * its for mine, its in zip(self.rejected, other.rejected, strict=True)),
            self.parted + sign * other.parted,
            self.lowered + sign * other.lowered,
            self.lowered_at_most + sign * other.lowered_at_most,
            self.raised + sign * other.raised,
            self.raised_at_most + sign * other.raised_at_most,
            self.recall.plus(other.recall, sign),
        )

    def too_many(self, weights: EvidenceWeights) -> int:
        """Return by how much the figure, with every open link holding, may still be too large."""
        missed = self._rejected(weights) * weights.audit.rejected.at_most() + self.parted
        return _at_most((missed + self.recall.at_most() * self.lowered_at_most) / _UNIT)

    def too_few(self, weights: EvidenceWeights) -> int:
        """Return by how much the figure, with no open link holding, may still be too small."""
        return _at_most((self._joined(weights) + self.recall.at_most() * self.raised_at_most) / _UNIT)

    def simulate(self, weights: EvidenceWeights, draws: int) -> Ints:
        """Return what linkage errors add to the figure in each draw; ``weights`` are those of the pair evidence."""
        if not (any(self.joined) or any(self.rejected) or self.parted or self.lowered or self.raised):
            return np.zeros(draws, dtype=np.int64)
        certain = np.exp(_CERTAIN_SPREAD * ndtri(even_quantiles(SOURCE_CERTAIN, draws)))
        unseen = self.recall.simulate(draws) / _UNIT
        added = _poisson(
            even_quantiles(SOURCE_JOINED, draws), self._joined(weights) / _UNIT / certain + unseen * self.raised
        )
        missed = self._rejected(weights) / _UNIT * weights.audit.rejected.simulate(draws) + unseen * self.lowered
        missed += self.parted / _UNIT
        return added - _poisson(even_quantiles(SOURCE_MISSED, draws), missed)

    def _joined(self, weights: EvidenceWeights) -> float:
        return float((np.array(self.joined, dtype=np.float64) / weights.times(likely=True)).sum())

    def _rejected(self, weights: EvidenceWeights) -> float:
        return float((np.array(self.rejected, dtype=np.float64) * weights.times(likely=False)).sum())


def expected_errors(case: Case) -> Mapping[str, LinkageErrors]:
    """Return the expected linkage errors of each figure of persons or arrests."""
    errors, seen = {}, missed_links.estimate_recall(case)
    for name, definition in case.definitions.items():
        if definition.population in (Population.PERSONS, Population.ARRESTS):
            counted_records = _counted_records(case, definition)
            errors[name] = LinkageErrors(
                _by_pattern(case, *_joined_in_error(case, counted_records)),
                _by_pattern(case, *_rejected(case, definition)),
                _in_units(_in_error(_rejected(case, definition, "judged_no_match")[1])),
                *_effect_of_links(case, definition, counted_records),
                seen,
            )
    return errors


def _poisson(chance: Reals, mean: Reals) -> Ints:
    """Return for each chance the smallest count whose Poisson distribution function reaches it."""
    positive = mean > 0
    count = np.zeros(len(chance))
    count[positive] = np.ceil(np.nan_to_num(pdtrik(chance[positive], mean[positive])))
    return np.maximum(count, 0).astype(np.int64)


def _at_most(expected: float) -> int:
    """Return the number that a Poisson count of mean ``expected`` exceeds in one of two hundred cases."""
    if expected <= 0:
        return 0
    return max(int(np.ceil(pdtrik(_SURE, expected))), 0) if pdtr(0, expected) < _SURE else 0


def _in_units(probability: Reals) -> int:
    return int(np.rint(probability * _UNIT).astype(np.int64).sum())


def _by_pattern(case: Case, link: Ints, probability: Reals) -> tuple[int, ...]:
    """Return the sum of probabilities, in units, by how the records of the links (rows of the table) share facts."""
    sums = np.zeros(PATTERNS, dtype=np.int64)
    np.add.at(sums, pair_evidence.patterns(case)[link], np.rint(probability * _UNIT).astype(np.int64))
    return tuple(sums.tolist())


@dataclass(frozen=True, slots=True)
class _CountedRecords:
    """(person record, entity) pairs, each once, and the number of entity codes. The entity is the arresting state for
    arrests and 0 for persons: two linked records count once where they share it.
    """

    person: Ints
    entity: Ints
    width: int


def _counted_records(case: Case, definition: FigureDefinition) -> _CountedRecords:
    """Return the person records that hold what a figure counts."""
    part = case.complete
    if definition.population is Population.ARRESTS:
        rows = part.arrests
        chosen = counters.chosen_attributions(definition)
        is_chosen = rows.phase == OPERATION
        if chosen is not None:
            is_chosen &= chosen[rows.attribution]
        rows = rows.where(is_chosen)
        width = len(case.facts.units) + 1
        keys = columns.unique(case.facts.arrests.sightings.person[rows.row] * width + rows.state + 1)
        return _CountedRecords(keys // width, keys % width, width)
    seen = part.inside(definition.id)
    person = part.once(("persons", id(seen)), lambda: columns.unique(seen.person))
    if definition.requires:
        minor = np.zeros(len(case.facts.people.records), dtype=np.bool_)
        minor[part.attributes.person[part.attributes.minor]] = True
        person = person[minor[person]]
    return _CountedRecords(person, np.zeros(len(person), dtype=np.int64), 1)


def _effect_of_links(
    case: Case, definition: FigureDefinition, counted_records: _CountedRecords
) -> tuple[int, int, int, int]:
    """Return by how much links lowered a figure, under the value and the low reading, and by how much they raised it,
    under the value reading and at most, in units.
    """
    value, low = case.complete.partitions.value, case.complete.partitions.low
    if definition.requires:
        (lowered, made, _), (at_most, _, most_made) = (
            _effect_on_two_conditions(case, definition, label) for label in (value, low)
        )
        return lowered, at_most, made, most_made
    node = case.facts.people.node[counted_records.person]
    groups = [
        len(columns.unique(label[node] * counted_records.width + counted_records.entity)) for label in (value, low)
    ]
    return (len(node) - groups[0]) * _UNIT, (len(node) - groups[1]) * _UNIT, 0, 0


def _effect_on_two_conditions(case: Case, definition: FigureDefinition, label: Ints) -> tuple[int, int, int]:
    """Return the same for a figure with two conditions on a person, raised at most by any reading between ``label`` and
    the open one. The n records of a person are connected by n-1 links; each record in turn is taken to be the one whose
    link went unseen, n-1 times in n.
    """
    part, people = case.complete, case.facts.people
    has, also = np.zeros(len(people.records), dtype=np.bool_), np.zeros(len(people.records), dtype=np.bool_)
    has[part.inside(definition.id).person] = True
    also[part.attributes.person[part.attributes.minor]] = True
    record = np.flatnonzero(has | also)
    has, also, group = has[record], also[record], label[people.node[record]]
    records_of_person, having, minors = (
        np.bincount(group, weights, part.nodes)[group] for weights in (None, has, also)
    )
    alone = has & also
    has_others = (having > has) & (minors > also)
    links = (records_of_person - 1) / records_of_person
    lowered = links[alone & has_others]
    may_raise = (having > 0) & (minors > 0) & ~alone
    # Where a record meets both conditions, two others that meet one each raise nothing, unless it is separate.
    return (
        _in_units(lowered * _BOTH_DATED),
        _in_units(links[may_raise & ~has_others] * _HALF_DATED),
        _in_units(links[may_raise] * _HALF_DATED),
    )


def _joined_in_error(case: Case, counted_records: _CountedRecords) -> tuple[Ints, Reals]:
    """Return each automatic link without which a counted person would count twice, and its 1-p."""
    alone = case.complete.once("bridges", lambda: _bridges(case))
    if not len(alone.node):
        return alone.link, np.zeros(0)
    shared, node_shares = _shared(case, counted_records)
    chosen = np.where(alone.leaf >= 0, shared[alone.leaf], node_shares[alone.node])
    return alone.link[chosen], alone.error[chosen]


@dataclass(frozen=True, slots=True)
class _Bridges:
    """Automatic and judged links (rows of their table) that are bridges of a cluster: the cluster, the record that
    removing the link would isolate, or -1 where it would split the cluster otherwise, and the chance that it is wrong.
    """

    link: Ints
    node: Ints
    leaf: Ints
    error: Reals


def _bridges(case: Case) -> _Bridges:
    """Return the bridges. A link counts as one where its cluster is a tree or one of its records has no other link:
    that two automatic links of a record are false at once is next to impossible.
    """
    people, links = case.facts.people, case.inputs.links
    if "status" not in links.column_names:
        nothing = np.empty(0, dtype=np.int64)
        return _Bridges(nothing, nothing, nothing, np.zeros(0))
    status = columns.texts(links, "status")
    left, right = case.facts.ends
    joining = np.flatnonzero(
        columns.among(status, ("automatic", "judged_match")) & (people.node[left] == people.node[right])
    )
    left, right = left[joining], right[joining]
    node = people.node[left]
    size = np.bincount(people.node, minlength=people.nodes)
    strands = np.bincount(node, minlength=people.nodes)
    degree = np.bincount(np.concatenate([left, right]), minlength=len(people.records))
    leaf = np.where(degree[left] == 1, left, np.where(degree[right] == 1, right, -1))
    alone = (leaf >= 0) | (strands[node] == size[node] - 1)
    probability = np.asarray(links.column("probability").to_numpy(), dtype=np.float64)[joining]
    is_judged = columns.among(status, ("judged_match",))[joining]
    error = np.where(is_judged, _in_error(1.0 - probability), 1.0 - np.clip(probability, 0.0, 1.0))
    return _Bridges(joining[alone], node[alone], leaf[alone], error[alone])


def _in_error(probability: Reals) -> Reals:
    """Return the chance that a judge was wrong who judged against what had that probability before."""
    return np.asarray(expit(log_odds(probability) + logit(JUDGE_ERROR)))


def _shared(case: Case, counted_records: _CountedRecords) -> tuple[Flags, Flags]:
    """Return for each record, and each cluster, whether it shares a counted entity with another of the cluster."""
    people = case.facts.people
    node = people.node[counted_records.person]
    _, place, times = np.unique(
        node * counted_records.width + counted_records.entity, return_inverse=True, return_counts=True
    )
    several = times[place] > 1
    by_record, by_node = np.zeros(len(people.records), dtype=np.bool_), np.zeros(people.nodes, dtype=np.bool_)
    by_record[counted_records.person[several]] = True
    by_node[node[several]] = True
    return by_record, by_node


def _rejected(case: Case, definition: FigureDefinition, chosen_status: str = "rejected") -> tuple[Ints, Reals]:
    """Return the link of a status, and its probability, of each pair of groups both of which a figure counts if every
    open link holds; two arrests only where they are of one state.
    """
    links, people = case.inputs.links, case.facts.people
    if "status" not in links.column_names:
        return np.empty(0, dtype=np.int64), np.zeros(0)
    label = case.complete.partitions.low
    row = np.flatnonzero(columns.among(columns.texts(links, "status"), (chosen_status,)))
    left, right = (label[people.node[end[row]]] for end in case.facts.ends)
    probability = np.asarray(links.column("probability").to_numpy(), dtype=np.float64)[row]
    smaller, larger = np.minimum(left, right), np.maximum(left, right)
    order = np.lexsort((-probability, larger, smaller))
    order = order[columns.starts(smaller[order] * people.nodes + larger[order])]
    chosen = order[smaller[order] != larger[order]]
    smaller, larger, row, probability = smaller[chosen], larger[chosen], row[chosen], probability[chosen]
    if not len(chosen):
        return row, probability
    if definition.population is Population.PERSONS:
        is_counted = np.zeros(case.complete.nodes, dtype=np.bool_)
        is_counted[counters.holders(case.complete, definition, label)] = True
        both = is_counted[smaller] & is_counted[larger]
        return row[both], probability[both]
    arrested = counters.arrests(case.complete, counters.chosen_attributions(definition), label)
    owners, states = label[arrested.rows.node], arrested.rows.state + 1
    groups = np.unique(np.concatenate([smaller, larger]))
    is_relevant = np.isin(arrested.groups.of_rows(), arrested.counted_groups) & np.isin(owners, groups)
    has_arrest = np.zeros((len(groups), int(states.max(initial=0)) + 1), dtype=np.bool_)
    has_arrest[np.searchsorted(groups, owners[is_relevant]), states[is_relevant]] = True
    together = (has_arrest[np.searchsorted(groups, smaller)] & has_arrest[np.searchsorted(groups, larger)]).any(axis=1)
    return row[together], probability[together]
