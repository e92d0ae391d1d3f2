"""A model explained: the weights are those that link, and a declared number is never called trained."""

from __future__ import annotations

import math
from dataclasses import replace

from traboule.linkage.weights.comparisons import COMPARISONS, LEVEL_OF
from traboule.linkage.weights.model import Share, declared_model
from traboule.linkage.weights.model_report import COUNTED, DEFAULT, TRAINED, level_reports, prior_bits, prior_source


def test_a_declared_model_is_default_throughout() -> None:
    declared = declared_model()
    reports = level_reports(declared)
    assert len(reports) == sum(len(comparison.levels) for comparison in COMPARISONS)
    assert {source for report in reports for source in (report.m_source, report.u_source)} == {DEFAULT}
    assert prior_source(declared) == DEFAULT


def test_bits_are_the_logarithm_of_m_over_u() -> None:
    for report in level_reports(declared_model()):
        assert math.isclose(report.bits, math.log2(report.m / report.u))
    assert math.isclose(prior_bits(replace(declared_model(), prior=1 / 3)), -1.0)


def test_what_training_moved_is_trained_or_counted_and_the_rest_stays_default() -> None:
    declared = declared_model()
    sex, phone = LEVEL_OF["sex_same"], LEVEL_OF["phone_same"]
    moved = {
        **declared.levels,
        "sex": {**declared.levels["sex"], sex: Share(0.9, 0.6)},
        "contact": {**declared.levels["contact"], phone: Share(declared.levels["contact"][phone].m, 2e-6)},
    }
    trained = replace(declared, levels=moved, prior=2e-4)
    by_level = {(report.comparison, report.level): report for report in level_reports(trained)}
    assert (by_level["sex", sex].m_source, by_level["sex", sex].u_source) == (TRAINED, TRAINED)
    assert (by_level["contact", phone].m_source, by_level["contact", phone].u_source) == (DEFAULT, COUNTED)
    assert by_level["place", LEVEL_OF["place_same"]].m_source == DEFAULT
    assert prior_source(trained) == TRAINED
