"""Calibration by audit: the posterior of two parameters holds the truth, and the sample is drawn, not chosen."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit
from tests.figures_world import World

from traboule.figures.intervals.audit import AuditSample, audit_order, exchange, pair_codes, rejected_counts
from traboule.figures.intervals.calibration import LEVELS, PRIORS, AuditCounts, AuditEvidence, RejectedCounts, levels
from traboule.figures.intervals.pair_evidence import pair_evidence, patterns
from traboule.figures.resolved import columns
from traboule.figures.resolved.case import Case, resolve
from traboule.operation.operation import shipped

STEP, SEED = 0.1, 20
VICTIMS = "potential_victims"


def audited(random: np.random.Generator, number: int, truth: tuple[float, float], error: float = 0.0) -> AuditCounts:
    steps = random.integers(-30, 60, number)
    same = random.random(number) < expit(truth[0] + truth[1] * STEP * steps)
    return AuditCounts.of(steps, (same != (random.random(number) < error)).astype(np.int64))


def case_of(links: list[tuple[float, str]], dated: bool = False) -> Case:
    world = World()
    for probability, status in links:
        people = world.victim("ML"), world.victim("ML")
        world.link(*people, probability, status)
        if dated:
            world.births.update(dict.fromkeys(people, "1990-01-01"))
    return resolve(world.inputs(), shipped("liberterra-ii"))


class TestPosterior:
    def test_without_an_audit_it_is_the_prior(self) -> None:
        calibrations = AuditEvidence().calibrations(STEP)
        for kind, prior in enumerate(PRIORS):
            assert calibrations.offset[:, kind].mean() == pytest.approx(prior.offset, abs=0.05)
            assert calibrations.offset[:, kind].std() == pytest.approx(prior.offset_spread, rel=0.15)
            assert calibrations.slope[:, kind].mean() == pytest.approx(prior.slope, abs=0.05)

    def test_two_kinds_of_pairs_are_unknown_apart(self) -> None:
        offset = AuditEvidence().calibrations(STEP).offset
        assert abs(np.corrcoef(offset[:, 0], offset[:, 1])[0, 1]) < 0.3

    def test_many_audited_pairs_find_what_is_true(self) -> None:
        random = np.random.default_rng(SEED)
        counts = audited(random, 4_000, (1.5, 0.8), error=0.03)
        calibrations = AuditEvidence((counts, AuditCounts())).calibrations(STEP)
        assert calibrations.offset[:, 0].mean() == pytest.approx(1.5, abs=0.2)
        assert calibrations.slope[:, 0].mean() == pytest.approx(0.8, abs=0.1)
        assert calibrations.offset[:, 0].std() < 0.15

    def test_nine_in_ten_posteriors_cover_the_share_of_matches(self) -> None:
        """Truths drawn from the prior, sixty audited pairs, a judge who errs: the number of matches among other pairs
        lies between the 5 % and 95 % points of what the calibrations say, in about nine of ten cases."""
        random = np.random.default_rng(SEED)
        print(f"seed {SEED}")
        prior, others, covered = PRIORS[0], STEP * np.arange(-30, 60), 0
        trials = 300
        for _ in range(trials):
            truth = (
                random.normal(prior.offset, prior.offset_spread),
                max(random.normal(prior.slope, prior.slope_spread), 0.0),
            )
            calibrations = AuditEvidence((audited(random, 60, truth, error=0.03), AuditCounts())).calibrations(STEP)
            chance = expit(calibrations.offset[:, :1] + calibrations.slope[:, :1] * others)
            drawn = (random.random((16, *chance.shape)) < chance).sum(axis=2)
            true = (random.random(len(others)) < expit(truth[0] + truth[1] * others)).sum()
            low, high = np.quantile(drawn, [0.05, 0.95])
            covered += low <= true <= high
        assert 0.85 <= covered / trials <= 0.97

    def test_the_same_counts_give_the_same_bytes(self) -> None:
        counts = audited(np.random.default_rng(SEED), 60, (0.0, 1.0))
        first, second = (AuditEvidence((counts, counts)).calibrations(STEP).offset.tobytes() for _ in range(2))
        assert first == second

    def test_each_calibration_is_drawn_equally_often(self) -> None:
        assert np.bincount(levels(400)).tolist() == [400 // LEVELS] * LEVELS


class TestRejected:
    def test_no_match_among_many_lowers_what_rejected_pairs_hold(self) -> None:
        none = RejectedCounts(100, 0, 1000)
        assert none.simulate(400).mean() < RejectedCounts().simulate(400).mean() / 3
        assert none.at_most() < RejectedCounts().at_most()

    def test_matches_raise_it(self) -> None:
        assert RejectedCounts(10, 5, 100).simulate(400).mean() > RejectedCounts().simulate(400).mean()


class TestSample:
    def test_judged_below_the_threshold_counts_apart(self) -> None:
        case = case_of([(0.01, "judged_match"), (0.015, "judged_no_match"), (0.3, "open")])
        codes = pair_codes(case, patterns(case))
        assert rejected_counts(codes) == RejectedCounts(2, 1, 25)
        assert not len(AuditSample.of(codes).odds)

    def test_it_ends_where_fewer_than_four_in_five_are_judged(self) -> None:
        links = [(0.3 + place / 100, "open") for place in range(40)]
        case = case_of(links)
        names = (columns.texts(case.inputs.links, name) for name in ("left", "right"))
        order = audit_order(*names, np.array([probability for probability, _ in links]))
        for judged in (0, 10, 40):
            again = [*links]
            for place in order[:judged].tolist():
                again[place] = (links[place][0], "judged_match")
            case = case_of(again)
            sample = AuditSample.of(pair_codes(case, patterns(case)))
            assert len(sample.odds) == judged
            assert sample.is_match.all()

    def test_judged_by_their_effect_they_are_no_sample(self) -> None:
        """One pair in four, chosen by something else, makes hardly any sample."""
        links = [(0.3, "judged_match" if place % 4 == 0 else "open") for place in range(200)]
        case = case_of(links)
        assert len(AuditSample.of(pair_codes(case, patterns(case))).odds) < 10

    def test_doubtful_links_come_first_and_sure_ones_too(self) -> None:
        links = [(0.5, "open")] * 100 + [(0.999, "open")] * 100
        case = case_of(links)
        names = (columns.texts(case.inputs.links, name) for name in ("left", "right"))
        first = audit_order(*names, np.array([probability for probability, _ in links]))[:60]
        assert 5 <= (first >= 100).sum() <= 20

    def test_codes_add_up(self) -> None:
        cases = [case_of([(0.3, "open"), (0.6, "judged_match")]), case_of([(0.4, "open")] * 4)]
        first, second = (pair_codes(case, patterns(case)) for case in cases)
        both = exchange(first, second, 1)
        assert exchange(both, second, -1).tolist() == first.tolist() or set(first.tolist()) & set(second.tolist())

    def test_a_pair_is_of_its_kind(self) -> None:
        for dated in (False, True):
            case = case_of([(0.4, "judged_match")] * 5, dated=dated)
            kinds = pair_evidence(case).weights().audit.kinds
            assert [sum(counts.pairs) for counts in kinds] == ([5, 0] if dated else [0, 5])
