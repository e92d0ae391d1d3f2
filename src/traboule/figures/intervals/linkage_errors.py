"""What no open link says: pairs that linkage joined in error, rejected in error, or never saw.

Comes in: a case. Goes out: for each figure of persons or arrests how many such slips of each kind are to be expected,
and what they do to it world by world. Promises: expectations are whole numbers of a fine unit, so that those of parts
add up to those of the whole to the last bit; where nothing was joined and nothing rejected, nothing is expected.

Joined in error  Σ 1-p over the automatic links that alone hold a counted person together.
Rejected         Half of Σ p over the pairs rejected as unlikely both of whose persons are counted, each pair of
                 persons once.
Never seen       A share of what was found (Sekar and Deming 1949: what is missed is in proportion to what is found),
                 which the operation itself tells (:mod:`traboule.figures.intervals.missed_links`). Most that goes
                 unseen counts a person twice.
                 But a minor may be counted because one record says the age and another the rest: had one of these gone
                 unseen, nobody would be counted. And records that say no birth date are what goes unseen most, which
                 take no minor away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import pdtr, pdtrik

from traboule.figures.definition import Definition, Population
from traboule.figures.intervals import missed_links, pair_evidence
from traboule.figures.intervals.missed_links import NOTHING_SEEN, Recall
from traboule.figures.intervals.pair_evidence import PATTERNS, Weights
from traboule.figures.intervals.pairs import Reals
from traboule.figures.intervals.shared_uncertainty import LUCK_JOINED, LUCK_MISSED, luck, shift
from traboule.figures.resolved import columns, counters
from traboule.figures.resolved.case import Case
from traboule.figures.resolved.columns import Flags, Ints
from traboule.figures.resolved.window import OPERATION

_UNIT = 2**40
_SURE = 0.995
# Two records that both say when somebody was born go unseen less often than others: 1.6 in 100, where one does not 14,
# of all pairs 5 (200 operations of the linked world). So many times as often as pairs do, then:
_BOTH_SAY, _ONE_SAYS = 0.3, 2.8
# Of pairs rejected as unlikely half as many are true as said (0.17 of 0.37 in an operation of that world): most lie
# beside a likelier link of one of their records.
_TRUE_OF_REJECTED = 0.5


@dataclass(frozen=True, slots=True)
class Slips:
    """Expected slips of one figure, in units of 2^-40: joined in error, rejected in error, by how the two records of
    each pair share facts (:func:`traboule.figures.intervals.pair_evidence.patterns`). ``found`` and
    ``found_at_most``: by how much finding whose records are whose has lowered it, as things stand and if every open
    link holds; ``made`` and ``made_at_most``: by how much it has raised it, as things stand and whichever open links
    hold. ``recall`` is of the operation, whatever the figure.
    """

    joined: tuple[int, ...] = (0,) * PATTERNS
    rejected: tuple[int, ...] = (0,) * PATTERNS
    found: int = 0
    found_at_most: int = 0
    made: int = 0
    made_at_most: int = 0
    recall: Recall = NOTHING_SEEN

    def plus(self, other: Slips, sign: int = 1) -> Slips:
        """Return the sum, or with ``sign`` -1 the difference."""
        return Slips(
            tuple(mine + sign * its for mine, its in zip(self.joined, other.joined, strict=True)),
            tuple(mine + sign * its for mine, its in zip(self.rejected, other.rejected, strict=True)),
            self.found + sign * other.found,
            self.found_at_most + sign * other.found_at_most,
            self.made + sign * other.made,
            self.made_at_most + sign * other.made_at_most,
            self.recall.plus(other.recall, sign),
        )

    def too_many(self, weights: Weights) -> int:
        """Return by how much the figure, with every open link holding, may still be too large."""
        return _at_most((self._rejected(weights) + self.recall.unseen_for_each_found * self.found_at_most) / _UNIT)

    def too_few(self, weights: Weights) -> int:
        """Return by how much the figure, with no open link holding, may still be too small."""
        return _at_most((self._joined(weights) + self.recall.unseen_for_each_found * self.made_at_most) / _UNIT)

    def drawn(self, weights: Weights, worlds: int) -> Ints:
        """Return what the slips add to the figure in each world; ``weights`` is what the operation tells of pairs."""
        if not (any(self.joined) or any(self.rejected) or self.found or self.made):
            return np.zeros(worlds, dtype=np.int64)
        by_shift = np.exp(shift(worlds))
        unseen = self.recall.drawn(worlds) / _UNIT
        added = _poisson(luck(LUCK_JOINED, worlds), self._joined(weights) / _UNIT / by_shift + unseen * self.made)
        missed = self._rejected(weights) / _UNIT * by_shift + unseen * self.found
        return added - _poisson(luck(LUCK_MISSED, worlds), missed)

    def _joined(self, weights: Weights) -> float:
        return float((np.array(self.joined, dtype=np.float64) / weights.times(likely=True)).sum())

    def _rejected(self, weights: Weights) -> float:
        return float(
            (np.array(self.rejected, dtype=np.float64) * weights.times(likely=False)).sum() * _TRUE_OF_REJECTED
        )


def slips(case: Case) -> Mapping[str, Slips]:
    """Return the expected slips of each figure of persons or arrests."""
    found, seen = {}, missed_links.recall(case)
    for name, definition in case.definitions.items():
        if definition.population in (Population.PERSONS, Population.ARRESTS):
            sighted = _sighted(case, definition)
            found[name] = Slips(
                _by_pattern(case, *_joined_in_error(case, sighted)),
                _by_pattern(case, *_rejected(case, definition)),
                *_found(case, definition, sighted),
                seen,
            )
    return found


def _poisson(chance: Reals, mean: Reals) -> Ints:
    """Return for each chance the smallest count whose Poisson distribution function reaches it."""
    some = mean > 0
    count = np.zeros(len(chance))
    count[some] = np.ceil(np.nan_to_num(pdtrik(chance[some], mean[some])))
    return np.maximum(count, 0).astype(np.int64)


def _at_most(expected: float) -> int:
    """Return the number that a count with the ``expected`` Poisson mean exceeds in one case of two hundred."""
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
class _Sighted:
    """(person record, what) pairs, each once, and the width of the codes: what is the arresting state of an arrest, and
    nothing of a person; two records are counted as one where they share it.
    """

    person: Ints
    what: Ints
    width: int


def _sighted(case: Case, definition: Definition) -> _Sighted:
    """Return the person records that hold what a figure counts."""
    whole = case.whole
    if definition.population is Population.ARRESTS:
        rows = whole.arrests
        chosen = counters.chosen_attributions(definition)
        kept = rows.phase == OPERATION
        if chosen is not None:
            kept &= chosen[rows.attribution]
        rows = rows.where(kept)
        width = len(case.facts.units) + 1
        keys = columns.unique(case.facts.arrests.sightings.person[rows.row] * width + rows.state + 1)
        return _Sighted(keys // width, keys % width, width)
    seen = whole.inside(definition.id)
    person = whole.once(("persons", id(seen)), lambda: columns.unique(seen.person))
    if definition.requires:
        minor = np.zeros(len(case.facts.people.records), dtype=np.bool_)
        minor[whole.attributes.person[whole.attributes.minor]] = True
        person = person[minor[person]]
    return _Sighted(person, np.zeros(len(person), dtype=np.int64), 1)


def _found(case: Case, definition: Definition, sighted: _Sighted) -> tuple[int, int, int, int]:
    """Return by how much finding whose records are whose lowered a figure, under the value reading and under the low
    one, and by how much it raised it, under the value reading and at most, in units.
    """
    value, low = case.whole.partitions.value, case.whole.partitions.low
    if definition.requires:
        (found, made, _), (at_most, _, most_made) = (_found_of_two(case, definition, label) for label in (value, low))
        return found, at_most, made, most_made
    node = case.facts.people.node[sighted.person]
    groups = [len(columns.unique(label[node] * sighted.width + sighted.what)) for label in (value, low)]
    return (len(node) - groups[0]) * _UNIT, (len(node) - groups[1]) * _UNIT, 0, 0


def _found_of_two(case: Case, definition: Definition, label: Ints) -> tuple[int, int, int]:
    """Return the same of a figure that asks two things of a person, raised at most by any reading between ``label`` and
    the open one. Records of one person hang together by one link fewer than they are; each in turn is taken to be the
    one that went unseen, and that as often as there are links.
    """
    whole, people = case.whole, case.facts.people
    has, also = np.zeros(len(people.records), dtype=np.bool_), np.zeros(len(people.records), dtype=np.bool_)
    has[whole.inside(definition.id).person] = True
    also[whole.attributes.person[whole.attributes.minor]] = True
    record = np.flatnonzero(has | also)
    has, also, group = has[record], also[record], label[people.node[record]]
    many, having, minors = (np.bincount(group, weights, whole.nodes)[group] for weights in (None, has, also))
    alone = has & also
    rest = (having > has) & (minors > also)
    links = (many - 1) / many
    lowered = links[alone & rest]
    may_raise = (having > 0) & (minors > 0) & ~alone
    # Beside a record that says both, the two that say one each raise nothing, save where that one stands apart.
    return (
        _in_units(lowered * _BOTH_SAY),
        _in_units(links[may_raise & ~rest] * _ONE_SAYS),
        _in_units(links[may_raise] * _ONE_SAYS),
    )


def _joined_in_error(case: Case, sighted: _Sighted) -> tuple[Ints, Reals]:
    """Return each automatic link without which a counted person would be two, and 1-p of it."""
    alone = case.whole.once("links that hold alone", lambda: _holding_alone(case))
    if not len(alone.node):
        return alone.link, np.zeros(0)
    shared, node_shares = _shared(case, sighted)
    chosen = np.where(alone.leaf >= 0, shared[alone.leaf], node_shares[alone.node])
    return alone.link[chosen], 1.0 - np.clip(alone.probability[chosen], 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class _Alone:
    """Automatic links (rows of their table) that alone hold a cluster together: the cluster, and the record that would
    be left alone, or -1 where it would part otherwise.
    """

    link: Ints
    node: Ints
    leaf: Ints
    probability: Reals


def _holding_alone(case: Case) -> _Alone:
    """Return them. A link is taken to hold alone where its cluster has no link to spare or one of its records no other
    link: that two automatic links of one record are false at once is next to impossible.
    """
    people, links = case.facts.people, case.inputs.links
    if "status" not in links.column_names:
        nothing = np.empty(0, dtype=np.int64)
        return _Alone(nothing, nothing, nothing, np.zeros(0))
    status = columns.texts(links, "status")
    left, right = case.facts.ends
    held = np.flatnonzero(
        columns.among(status, ("automatic", "judged_match")) & (people.node[left] == people.node[right])
    )
    left, right = left[held], right[held]
    node = people.node[left]
    size = np.bincount(people.node, minlength=people.nodes)
    strands = np.bincount(node, minlength=people.nodes)
    degree = np.bincount(np.concatenate([left, right]), minlength=len(people.records))
    leaf = np.where(degree[left] == 1, left, np.where(degree[right] == 1, right, -1))
    alone = columns.among(status, ("automatic",))[held] & ((leaf >= 0) | (strands[node] == size[node] - 1))
    probability = np.asarray(links.column("probability").to_numpy(), dtype=np.float64)[held]
    return _Alone(held[alone], node[alone], leaf[alone], probability[alone])


def _shared(case: Case, sighted: _Sighted) -> tuple[Flags, Flags]:
    """Tell of each record, and of each cluster, whether it shares what is counted with another of the cluster."""
    people = case.facts.people
    node = people.node[sighted.person]
    _, place, times = np.unique(node * sighted.width + sighted.what, return_inverse=True, return_counts=True)
    several = times[place] > 1
    by_record, by_node = np.zeros(len(people.records), dtype=np.bool_), np.zeros(people.nodes, dtype=np.bool_)
    by_record[sighted.person[several]] = True
    by_node[node[several]] = True
    return by_record, by_node


def _rejected(case: Case, definition: Definition) -> tuple[Ints, Reals]:
    """Return the rejected link, and its probability, of each pair of groups both of which a figure counts if every open
    link holds; two arrests only where they are of one state.
    """
    links, people = case.inputs.links, case.facts.people
    if "status" not in links.column_names:
        return np.empty(0, dtype=np.int64), np.zeros(0)
    label = case.whole.partitions.low
    row = np.flatnonzero(columns.among(columns.texts(links, "status"), ("rejected",)))
    left, right = (label[people.node[end[row]]] for end in case.facts.ends)
    probability = np.asarray(links.column("probability").to_numpy(), dtype=np.float64)[row]
    one, other = np.minimum(left, right), np.maximum(left, right)
    order = np.lexsort((-probability, other, one))
    order = order[columns.starts(one[order] * people.nodes + other[order])]
    chosen = order[one[order] != other[order]]
    one, other, row, probability = one[chosen], other[chosen], row[chosen], probability[chosen]
    if not len(chosen):
        return row, probability
    if definition.population is Population.PERSONS:
        counted = np.zeros(case.whole.nodes, dtype=np.bool_)
        counted[counters.holders(case.whole, definition, label)] = True
        both = counted[one] & counted[other]
        return row[both], probability[both]
    found = counters.arrests(case.whole, counters.chosen_attributions(definition), label)
    owners, states = label[found.rows.node], found.rows.state + 1
    named = np.unique(np.concatenate([one, other]))
    asked_of = np.isin(found.groups.of_rows(), found.kept) & np.isin(owners, named)
    held = np.zeros((len(named), int(states.max(initial=0)) + 1), dtype=np.bool_)
    held[np.searchsorted(named, owners[asked_of]), states[asked_of]] = True
    together = (held[np.searchsorted(named, one)] & held[np.searchsorted(named, other)]).any(axis=1)
    return row[together], probability[together]
