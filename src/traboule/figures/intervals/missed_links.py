"""Estimate the rate of missed pairs from the operation's own links, by capture–recapture.

In: a case. Out: counts of pairs, and the share of unseen pairs they imply. Guaranteed: whole numbers that add up over
components.

Where A is linked with B and B with C, A and C are one person too, whether linkage saw that pair or not. So the pairs at
a distance of two links are a sample of all pairs of one person, drawn without regard to whether they were seen, and
those of them without a link are to the others as missed pairs are to found ones (capture–recapture: Sekar and Deming
1949): three records of one person whose three pairs are seen make three such pairs that are seen; where one pair is not
seen, one that is not. An operation with few persons filed three times says little; it is combined with what linkage
misses elsewhere, as a prior worth ``_BEFORE`` pairs (Poisson counts, a gamma prior on the share).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix, triu
from scipy.special import gammaincinv

from traboule.figures.intervals.pairs import SOURCE_RECALL, Reals, even_quantiles
from traboule.figures.resolved import columns
from traboule.figures.resolved.case import Case
from traboule.figures.resolved.columns import Ints
from traboule.figures.resolved.partition import LIKELY

# For each thousand pairs that are found linkage lets 0 (clear records) to 60 (many scripts, half of all fields empty, a
# model learned on a thousand records) go unseen; see docs/explanation/how-sure-a-number-is. Twenty pairs leave it open
# where between.
UNSEEN_FOR_EACH_FOUND = 0.04
_BEFORE = 20
# Pairs at two links' distance are of persons whose records are well linked, so they go unseen less often than others
# (capture–recapture is too low where some are easier to catch): by 1.1 to 1.4 times, as measured.
_DEPENDENCE = 1.4
_CROWDED = 100  # A record with more links than this is left out: it would make more pairs than all others together.


@dataclass(frozen=True, slots=True)
class Recall:
    """Pairs of records at two links' distance: with a link of their own, of whatever kind, and with none."""

    seen: int = 0
    unseen: int = 0

    def plus(self, other: Recall, sign: int = 1) -> Recall:
        """Return the sum, or with ``sign`` -1 the difference."""
        return Recall(self.seen + sign * other.seen, self.unseen + sign * other.unseen)

    @property
    def unseen_for_each_found(self) -> float:
        """Return how many pairs went unseen for each that was found, on average, but never more than one."""
        return min(_DEPENDENCE * (UNSEEN_FOR_EACH_FOUND * _BEFORE + self.unseen) / (_BEFORE + self.seen), 1.0)

    def at_most(self) -> float:
        """Return the value of ``unseen_for_each_found`` that is exceeded in one of two hundred cases."""
        shape = UNSEEN_FOR_EACH_FOUND * _BEFORE + self.unseen
        rate = float(gammaincinv(shape, 0.995)) / (_BEFORE + self.seen)
        return min(_DEPENDENCE * rate, 1.0)

    def simulate(self, draws: int) -> Reals:
        """Return a value of ``unseen_for_each_found`` for each draw, from its posterior distribution."""
        shape = UNSEEN_FOR_EACH_FOUND * _BEFORE + self.unseen
        rate = gammaincinv(shape, even_quantiles(SOURCE_RECALL, draws)) / (_BEFORE + self.seen)
        return np.asarray(np.minimum(_DEPENDENCE * rate, 1.0))


NOTHING_SEEN = Recall()


def estimate_recall(case: Case) -> Recall:
    """Count the pairs of records that are each linked with a third: by links that hold in the value."""
    links = case.inputs.links
    left, right = case.facts.ends
    probability = np.asarray(links.column("probability").to_numpy(), dtype=np.float64)
    holds_link = probability >= LIKELY
    if "status" in links.column_names:
        status = columns.texts(links, "status")
        holds_link = columns.among(status, ("open",)) & holds_link | columns.among(
            status, ("automatic", "judged_match")
        )
    holds_link &= left != right
    touched = columns.unique(np.concatenate([left[holds_link], right[holds_link]]))
    if not len(touched):
        return Recall()
    place = np.zeros(len(case.facts.people.records), dtype=np.int64)
    place[touched] = np.arange(len(touched))
    ends = np.stack([place[left[holds_link]], place[right[holds_link]]])
    crowded = np.bincount(ends.ravel()) > _CROWDED
    left_of, right_of = ends[:, ~crowded[ends].any(axis=0)]
    linked = _adjacent(left_of, right_of, len(touched))
    distant = triu(linked @ linked, k=1).tocoo()
    keys = touched[distant.row] * len(case.facts.people.records) + touched[distant.col]
    linked_keys = columns.unique(np.minimum(left, right) * len(case.facts.people.records) + np.maximum(left, right))
    seen = int((linked_keys[np.minimum(np.searchsorted(linked_keys, keys), len(linked_keys) - 1)] == keys).sum())
    return Recall(seen, len(keys) - seen)


def _adjacent(left: Ints, right: Ints, size: int) -> coo_matrix:
    ends = np.concatenate([left, right]), np.concatenate([right, left])
    return coo_matrix((np.ones(len(ends[0]), dtype=np.int32), ends), shape=(size, size)).tocsr()
