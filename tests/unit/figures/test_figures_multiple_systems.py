"""Those nobody filed: estimated of made-up populations of known size, refused where the table cannot carry it."""

from __future__ import annotations

import numpy as np
import pytest
from tests.figures_world import World, operation

from traboule.core.errors import NotFound
from traboule.core.language.languages import LANGUAGES
from traboule.figures.figure import from_json
from traboule.figures.multiple_systems.estimate import Unseen, unseen
from traboule.figures.multiple_systems.loglinear import fit, stepwise_models
from traboule.figures.multiple_systems.overlap import OTHER_LISTS, Overlap, overlap, read_overlap
from traboule.figures.resolved.case import resolve

NAMES = ("ML/police", "ML/border", "TG/police", "SN/police")


def population(size: int, reach: list[float], seed: int, *, referral: float = 0.0) -> Overlap:
    """Return the overlap of lists that reach each person with their own chance; the first refers some to the second."""
    random = np.random.default_rng(seed)
    on = random.random((size, len(reach))) < np.array(reach)
    on[:, 1] |= on[:, 0] & (random.random(size) < referral)
    pattern = (on << np.arange(len(reach))).sum(axis=1)
    counts = np.bincount(pattern, minlength=1 << len(reach))
    counts[0] = 0
    return Overlap(NAMES[: len(reach)], tuple(counts.tolist()))


def codes(estimate: Unseen) -> set[str]:
    return {warning.code for warning in estimate.warnings}


def test_two_independent_lists_give_the_classical_estimate() -> None:
    """Petersen (1896), Lincoln (1930): of 200 and 150 on lists that share 60, 110 stand on neither."""
    table = Overlap(NAMES[:2], (0, 140, 90, 60))
    estimate = unseen(table, samples=50)
    assert estimate.unseen == round(140 * 90 / 60)
    assert "unseen-few-lists" in codes(estimate)


def test_a_known_population_lies_in_the_interval() -> None:
    covered = 0
    for seed in range(20):
        table = population(2000, [0.3, 0.25, 0.2, 0.15], seed)
        estimate = unseen(table, samples=60)
        assert estimate.unseen is not None
        assert estimate.low is not None
        assert estimate.high is not None
        assert estimate.low <= estimate.unseen <= estimate.high
        covered += estimate.low <= 2000 - table.seen <= estimate.high
        assert abs(estimate.seen + estimate.unseen - 2000) < 500
    print(f"seeds 0 to 19: the interval held the truth {covered} times of 20")
    assert covered >= 16


def test_a_dependence_between_two_lists_is_found_and_warned_about() -> None:
    table = population(3000, [0.3, 0.2, 0.25, 0.2], seed=5, referral=0.5)
    estimate = unseen(table, samples=60)
    assert ("ML/police", "ML/border") in estimate.pairs
    assert "unseen-dependent" in codes(estimate)
    naive = fit(np.asarray(table.counts, dtype=float), 4, ())
    truth = 3000 - table.seen
    assert naive is not None
    assert estimate.unseen is not None
    assert abs(estimate.unseen - truth) < abs(naive.unseen - truth)


@pytest.mark.parametrize(
    "table",
    [
        Overlap(("ML",), (0, 50)),
        Overlap(NAMES[:3], (0, 50, 40, 0, 30, 0, 0, 0)),
        Overlap((), (0,)),
    ],
)
def test_lists_that_never_meet_carry_no_estimate(table: Overlap) -> None:
    estimate = unseen(table)
    assert (estimate.unseen, estimate.low, estimate.high) == (None, None, None)
    assert "unseen-no-estimate" in codes(estimate)


def test_few_in_common_and_sparse_patterns_are_warned_about() -> None:
    estimate = unseen(Overlap(NAMES[:3], (0, 50, 40, 3, 30, 1, 1, 0)), samples=40)
    assert {"unseen-few-shared", "unseen-sparse", "unseen-referral", "unseen-joint"} <= codes(estimate)
    for warning in estimate.warnings:
        for language in LANGUAGES:
            assert "{" not in warning.sentence(language)


@pytest.mark.parametrize(
    ("table", "code"),
    [
        (Overlap(NAMES[:2], (0, 50, 40, 9)), "unseen-refused-shared"),
        # As in a demo in which everybody is filed: a few large states, and a hundred small ones taken together.
        (Overlap(("CN", "IN", OTHER_LISTS), (0, 300, 250, 12, 2400, 110, 90, 3)), "unseen-refused-merged"),
        (Overlap(NAMES[:2], (0, 1200, 1200, 60)), "unseen-refused-far"),
    ],
)
def test_an_estimate_that_would_be_made_of_assumptions_is_refused(table: Overlap, code: str) -> None:
    estimate = unseen(table, samples=40)
    assert (estimate.unseen, estimate.low, estimate.high, estimate.models) == (None, None, None, 0)
    assert code in codes(estimate)
    for language in LANGUAGES:
        assert all("{" not in warning.sentence(language) for warning in estimate.warnings)


def test_the_same_table_gives_the_same_interval() -> None:
    table = population(800, [0.3, 0.3, 0.3], seed=1)
    assert unseen(table, samples=40) == unseen(table, samples=40)


def test_the_criteria_order_the_models() -> None:
    counts = np.asarray(population(2000, [0.3, 0.2, 0.25], seed=2, referral=0.6).counts, dtype=float)
    for bayesian in (True, False):
        models = stepwise_models(counts, 3, bayesian=bayesian)
        worth = [model.criterion(counts.sum(), bayesian=bayesian) for model in models]
        assert worth == sorted(worth)
        assert models[-1].pairs == ()


def test_the_overlap_of_a_case_holds_every_person_once() -> None:
    world = World()
    both = world.victim("ML"), world.victim("TG")
    world.merge(*both)
    world.victim("ML/border")
    world.victim("ML")
    case = resolve(world.inputs(), operation())
    by_state = overlap(case, "potential_victims")
    assert by_state.to_data() == {"lists": ["ML", "TG"], "patterns": {"ML": 2, "ML+TG": 1}}
    by_agency = overlap(case, "potential_victims", by_agency=True)
    assert by_agency.to_data()["patterns"] == {"ML/border": 1, "ML/police": 1, "ML/police+TG/police": 1}
    assert read_overlap(by_agency.to_data()) == by_agency


def test_the_overlap_is_kept_with_the_figures_and_stays_at_the_desk() -> None:
    world = World()
    world.merge(world.victim("ML"), world.victim("TG"))
    figures = world.count()
    assert figures.extra["overlap"]["potential_victims"]["patterns"] == {"ML+TG": 1}
    assert from_json(figures.to_json()).extra["overlap"] == figures.extra["overlap"]
    assert "overlap" not in figures.without_records().extra


def test_beyond_the_lists_allowed_the_smallest_are_one() -> None:
    world = World()
    for number, state in enumerate(("AR", "BR", "CL", "CO", "ML", "PH", "TG")):
        for _ in range(10 - number):
            world.victim(state)
    table = overlap(resolve(world.inputs(), operation()), "potential_victims", most=4)
    assert table.lists == ("AR", "BR", "CL", OTHER_LISTS)
    assert table.seen == sum(range(4, 11))
    assert table.to_data()["patterns"][OTHER_LISTS] == 7 + 6 + 5 + 4


@pytest.mark.parametrize("figure", ["arrests", "victims"])
def test_only_persons_have_an_overlap(figure: str) -> None:
    with pytest.raises(NotFound):
        overlap(resolve(World().inputs(), operation()), figure)


def test_nobody_filed_gives_an_empty_table() -> None:
    assert overlap(resolve(World().inputs(), operation()), "potential_victims") == Overlap((), (0,))
