"""Learn from the operation's pairs how facts that linkage did not compare change the odds of a pair.

In: a case. Out: counts of pairs, and by how much they raise or lower a pair's log odds. Guaranteed: whole numbers that
add up over components; log odds in steps, so that small changes of the operation do not change them.

Shared facts. Linkage does not compare whether two records are both of a possible victim, or belong to one arrest, and
how often different people with similar data share such facts is not known beforehand. So it is estimated here. Each
pair is one person with its probability, whatever its status; given that, facts are independent of what linkage
compared; so the share of pairs of one person among those that share facts in one way, against the share among all, is
the factor by which these facts raise the odds (expectation maximisation, Dempster, Laird and Rubin 1977: the new odds
give new probabilities). Shares of few pairs are shrunk to that of all pairs, by a beta prior whose width is averaged
over several by their likelihood; the effect of two facts together is shrunk likewise to the sum of their effects. Where
facts carry no evidence, the odds stay those of linkage.

Pairs that are likely but not certain would overstate this: where they are two persons, these are mostly relatives, who
are encountered together and so share facts too. So facts are weighed without these pairs. Of likely pairs that are two
persons, the share that shares facts as a single person does is estimated separately, with a flat prior, and the odds of
such pairs rise accordingly less.

Isolated pairs. A pair whose records have no other link is likelier a single person than its probability says. Two
persons with similar data may each have been filed again, and those records are mostly linked too, so the pair would not
be isolated; of a single person, both filings are in the pair already.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from scipy.special import betaln, expit, logit

from traboule.figures.intervals import audit
from traboule.figures.intervals.audit import AuditSample
from traboule.figures.intervals.calibration import DATED, HALF_DATED, AuditCounts, AuditEvidence, Calibrations
from traboule.figures.intervals.pairs import Reals, log_odds
from traboule.figures.resolved import columns
from traboule.figures.resolved.case import VICTIMS, Case
from traboule.figures.resolved.columns import ABSENT, Flags, Ints

_ARRESTED = 4  # Neither arrested, one of them, both and elsewhere or on another day, both in one state on one day.
PATTERNS = 3 * _ARRESTED  # Times: neither a possible victim, one of them, both.
_BIN, _BINS = 0.25, 81  # Pairs are counted by their log odds in steps, from -10 to 10.
_STEP = 0.1  # Log odds are rounded to this step; half of it is less than their shared uncertainty.
_WIDTHS = (2.0, 6.0, 20.0, 60.0)  # Widths of the beta prior, in pairs; besides these, an infinite width.
_ROUNDS = 20
_LIKELY, _SURE = -1.0, 3.0  # Log odds from which a pair is a likely one, and a sure one.
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
# Pseudo-count: persons filed once, added because a small operation says little about repeated filing.
_BEFORE = 100
_MOST_ALONE = 2.0  # Upper bound of the factor; no operation was measured in which most persons are filed twice.


@dataclass(frozen=True, slots=True)
class EvidenceWeights:
    """By how many steps the log odds of a pair rise: by the pattern of shared facts (``facts``, or ``likely`` for
    likely pairs), and where it is isolated (``alone``). ``audit``: the audited pairs, by which odds are
    calibrated.
    """

    facts: tuple[int, ...] = (0,) * PATTERNS
    likely: tuple[int, ...] = (0,) * PATTERNS
    alone: int = 0
    audit: AuditEvidence = field(default_factory=AuditEvidence)

    def added(self, odds: Reals, pattern: Ints, alone: Flags) -> Reals:
        """Return the log odds of pairs with the evidence added."""
        facts = np.array([self.facts, self.likely], dtype=np.int64)[(odds >= _LIKELY).astype(np.int64), pattern]
        return np.asarray(odds + _STEP * (facts + self.alone * alone))

    def times(self, *, likely: bool) -> Reals:
        """Return the factor on the odds of a pair, by the pattern of shared facts."""
        return np.exp(_STEP * np.array(self.likely if likely else self.facts))

    def calibrations(self) -> Calibrations:
        """Return what the audit makes of the log odds of open pairs, the evidence added."""
        return self.audit.calibrations(_STEP)


NOTHING = EvidenceWeights()


def _none() -> Ints:
    return np.zeros((PATTERNS, _BINS), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class PairEvidence:
    """``pairs``: how many, by how they share facts and by their log odds. ``clusters``, and as the value reads them
    how many are a person by themselves (``single``), how many persons are two (``double``), and how many pairs of
    clusters are of one person (``same``). ``open_pairs`` of clusters, and how many of them are ``isolated``. ``audit``:
    the codes of all pairs that are audited or may be.
    """

    pairs: Ints = field(default_factory=_none)
    clusters: int = 0
    single: int = 0
    double: int = 0
    same: int = 0
    open_pairs: int = 0
    isolated: int = 0
    audit: Ints = field(default_factory=audit.no_pairs)

    def plus(self, other: PairEvidence, sign: int = 1) -> PairEvidence:
        """Return the sum, or with ``sign`` -1 the difference."""
        return PairEvidence(
            self.pairs + sign * other.pairs,
            self.clusters + sign * other.clusters,
            self.single + sign * other.single,
            self.double + sign * other.double,
            self.same + sign * other.same,
            self.open_pairs + sign * other.open_pairs,
            self.isolated + sign * other.isolated,
            audit.exchange(self.audit, other.audit, sign),
        )

    def weights(self) -> EvidenceWeights:
        """Return the weights estimated from the pairs."""
        facts, likely = (
            tuple(np.rint(log_odds_added / _STEP).astype(np.int64).tolist()) for log_odds_added in _facts(self.pairs)
        )
        weights = EvidenceWeights(facts, likely, round(self._alone() / _STEP))
        return replace(weights, audit=AuditEvidence(self._audited(weights), audit.rejected_counts(self.audit)))

    def _audited(self, weights: EvidenceWeights) -> tuple[AuditCounts, AuditCounts]:
        """Count the audited pairs by their log odds as the open pairs have them: nothing tells of a judged pair that it
        was isolated, so each is taken to be so by the share of open pairs that are.
        """
        sample = AuditSample.of(self.audit)
        isolated = self.isolated / self.open_pairs if self.open_pairs else 1.0
        odds = weights.added(sample.odds, sample.pattern, np.zeros(len(sample.odds), dtype=np.bool_))
        steps = np.rint(odds / _STEP + weights.alone * isolated).astype(np.int64)
        dated, half_dated = (sample.kind == kind for kind in (DATED, HALF_DATED))
        return (
            AuditCounts.of(steps[dated], sample.is_match[dated]),
            AuditCounts.of(steps[half_dated], sample.is_match[half_dated]),
        )

    def _alone(self) -> float:
        """Return by how much being isolated raises the log odds: for a pair of a single person, there is no third
        cluster of that person; for a pair of two persons, neither has another cluster.
        """
        neither = (self.single + _BEFORE) / (self.clusters + _BEFORE)
        no_third = (self.double + _BEFORE) / (self.same + _BEFORE)
        return float(np.log(min(max(no_third / neither**2, 1.0), _MOST_ALONE)))


def pair_evidence(case: Case) -> PairEvidence:
    """Count the pairs of a case, and who is filed how often."""
    probability, shares = _probability(case), patterns(case)
    place = np.rint(log_odds(probability) / _BIN).astype(np.int64) + _BINS // 2
    keys = (shares * _BINS + np.clip(place, 0, _BINS - 1))[np.not_equal(*case.facts.ends)]
    pairs = np.bincount(keys, minlength=PATTERNS * _BINS).astype(np.int64).reshape(PATTERNS, _BINS)
    size = np.bincount(case.complete.partitions.value)
    size = size[size > 0]
    persons_by_size = np.bincount(size, minlength=3)
    same = int(
        (persons_by_size * (np.arange(len(persons_by_size)) * np.arange(-1, len(persons_by_size) - 1) // 2)).sum()
    )
    size_of_component = np.bincount(case.contested.partitions.low, minlength=case.contested.nodes)
    first, second = np.minimum(case.links.left, case.links.right), np.maximum(case.links.left, case.links.right)
    undecided = columns.unique(first * max(case.contested.nodes, 1) + second) // max(case.contested.nodes, 1)
    isolated = int((size_of_component[case.contested.partitions.low[undecided]] == 2).sum())
    codes = audit.pair_codes(case, shares)
    by_size = int(persons_by_size[1]), int(persons_by_size[2])
    return PairEvidence(pairs, case.complete.nodes, *by_size, same, len(undecided), isolated, codes)


def patterns(case: Case) -> Ints:
    """Return for each row of the links how its two records share facts."""
    return case.complete.once("how links share facts", lambda: _patterns(case))


def _patterns(case: Case) -> Ints:
    left, right = case.facts.ends
    size = len(case.facts.people.records)
    victim, arrested, linked = (np.zeros(size, dtype=np.bool_) for _ in range(3))
    victim[case.complete.inside(VICTIMS).person] = True
    linked[left] = linked[right] = True
    seen = case.facts.arrests.sightings
    rows = np.flatnonzero(linked[seen.person])
    person, day, state = seen.person[rows], seen.day[rows], case.facts.arrests.state[rows]
    arrested[person] = True
    both = np.flatnonzero(arrested[left] & arrested[right])
    # A date is less than a million days; whoever has none shares none.
    dated = day != ABSENT
    encounter = (state[dated] + 1) * 2_000_000 + day[dated] + 1_000_000
    together = np.zeros(len(left), dtype=np.int64)
    together[both] = _share(person[dated], encounter, (left[both], right[both]))
    victims = victim[left].astype(np.int64) + victim[right]
    return victims * _ARRESTED + arrested[left] + arrested[right] + together


def _share(person: Ints, fact: Ints, ends: tuple[Ints, Ints]) -> Flags:
    """Tell of each pair of persons whether something is said of both."""
    width = int(fact.max(initial=0)) + 1
    keys = columns.unique(person * width + fact)
    start, until = (np.searchsorted(keys, (ends[0] + more) * width) for more in (0, 1))
    facts_of_first = until - start
    pair = np.repeat(np.arange(len(facts_of_first)), facts_of_first)
    within = np.arange(len(pair)) - np.repeat(np.cumsum(facts_of_first) - facts_of_first, facts_of_first)
    sought = ends[1][pair] * width + keys[start[pair] + within] % width
    shares = np.zeros(len(facts_of_first), dtype=np.bool_)
    shares[pair[np.isin(sought, keys)]] = True
    return shares


def _probability(case: Case) -> Reals:
    """Return how likely each link joins records of one person; a judgement is sure."""
    links = case.inputs.links
    probability = np.asarray(links.column("probability").to_numpy(), dtype=np.float64)
    if "status" not in links.column_names:
        return probability
    status = columns.texts(links, "status")
    verdicts = (columns.among(status, (verdict,)) for verdict in ("judged_match", "judged_no_match"))
    return np.select(list(verdicts), [1.0, 0.0], probability)


def _facts(pairs: Ints) -> tuple[Reals, Reals]:
    """Return by how much each pattern of shared facts raises log odds, of other pairs and of likely ones."""
    raised = np.zeros(PATTERNS)
    odds = _BIN * (np.arange(_BINS) - _BINS // 2)
    likely = (odds >= _LIKELY) & (odds < _SURE)
    clear_pairs = np.where(likely, 0, pairs)
    if not clear_pairs.any():
        return raised, raised
    for _ in range(_ROUNDS):
        chance = expit(odds + raised[:, None])
        raised = _raised((clear_pairs * chance).sum(axis=1), (clear_pairs * (1 - chance)).sum(axis=1))
    chance_same, less = expit(odds[likely]), np.exp(-raised)[:, None]
    fits = [
        float((pairs[:, likely] * np.log(chance_same + (1 - chance_same) * ((1 - share) * less + share))).sum())
        for share in _SHARES
    ]
    weight = np.exp(np.array(fits) - max(fits))
    kin = float(weight @ np.array(_SHARES) / weight.sum())
    return raised, -np.log((1 - kin) * np.exp(-raised) + kin)


def _raised(same_person: Reals, two_persons: Reals) -> Reals:
    """Return the same from the expected numbers of pairs of a single person and of two persons, by pattern: the effects
    of arrests and of possible victims, and their interaction.
    """
    same_table, two_table = (counts.reshape(-1, _ARRESTED) for counts in (same_person, two_persons))
    everywhere = logit(np.clip(same_person.sum() / (same_person.sum() + two_persons.sum()), 1e-3, 1 - 1e-3))
    arrests, victims = (
        _shrunk_log_odds(everywhere, same_table.sum(axis=side), two_table.sum(axis=side)) for side in (0, 1)
    )
    apart = (arrests[None, :] + victims[:, None]).ravel()
    return apart + _shrunk_log_odds(everywhere + apart, same_person, two_persons)


def _shrunk_log_odds(expected: Reals, same_person: Reals, two_persons: Reals) -> Reals:
    """Return by how much the log odds of a single person exceed those ``expected``, by pattern, shrunk to these."""
    odds = np.broadcast_to(expected, same_person.shape)
    share = expit(odds)
    log_evidence = [float((same_person * np.log(share) + two_persons * np.log(1 - share)).sum() + np.log(len(_WIDTHS)))]
    estimates = [np.zeros(len(same_person))]
    for width in _WIDTHS:
        before = width * share, width * (1 - share)
        log_evidence.append(float((betaln(same_person + before[0], two_persons + before[1]) - betaln(*before)).sum()))
        estimates.append(np.log((same_person + before[0]) / (two_persons + before[1])) - odds)
    weight = np.exp(np.array(log_evidence) - max(log_evidence))
    return np.asarray(weight @ np.array(estimates) / weight.sum())
