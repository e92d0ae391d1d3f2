"""What the operation's own pairs tell of a pair: facts that two records share, and that no other link touches them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from tests.figures_world import INSIDE, World, calibrate_exactly, operation

from traboule.figures.incremental.change import change
from traboule.figures.incremental.counted import RunningCount
from traboule.figures.intervals import missed_links
from traboule.figures.intervals.pair_evidence import (
    NOTHING,
    PATTERNS,
    EvidenceWeights,
    PairEvidence,
    pair_evidence,
    patterns,
)
from traboule.figures.intervals.simulation import simulated
from traboule.figures.resolved.case import resolve

NEITHER, EITHER, ELSEWHERE, TOGETHER = range(4)
STEP = 0.1


def arrested(world: World, *hours: int, state: str = "ML") -> list[str]:
    return [world.arrest("ML", at=INSIDE + timedelta(hours=hour), arresting_state=state) for hour in hours]


def learned(world: World) -> EvidenceWeights:
    return pair_evidence(resolve(world.inputs(), operation())).weights()


def test_how_two_records_share_facts() -> None:
    world = World()
    victim, other_victim, nobody = world.victim("ML"), world.victim("TG"), world.person("ML")
    first, later_that_day, next_day = arrested(world, 0, 3, 24)
    (elsewhere,) = arrested(world, 0, state="TG")
    undated = [world.arrest("ML", at=None) for _ in range(2)]
    pairs = {
        (nobody, nobody): 0,
        (victim, nobody): 1 * 4,
        (victim, other_victim): 2 * 4,
        (first, nobody): EITHER,
        (first, victim): 1 * 4 + EITHER,
        (first, later_that_day): TOGETHER,
        (first, next_day): ELSEWHERE,
        (first, elsewhere): ELSEWHERE,
        (undated[0], undated[1]): ELSEWHERE,
    }
    for left, right in pairs:
        world.link(left, right)
    assert patterns(resolve(world.inputs(), operation())).tolist() == list(pairs.values())


def test_facts_of_the_same_person_raise_the_odds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is surely one person was arrested once; look-alikes that were told apart were not."""
    calibrate_exactly(monkeypatch)
    world = World()
    for _ in range(60):
        left, right, stranger = arrested(world, 0, 0, 48)
        world.merge(left, right)
        world.link(left, right, 1.0, "judged_match")
        world.link(left, stranger, 0.3, "judged_no_match")
    facts = learned(world).facts
    assert facts[TOGETHER] > 10
    assert facts[ELSEWHERE] < -10
    for _ in range(30):
        world.link(*arrested(world, 0, 0), 0.1)
    case = resolve(world.inputs(), operation())
    without, with_evidence = (
        simulated(case, weights)["arrests"].mean() for weights in (NOTHING, pair_evidence(case).weights())
    )
    # Of thirty links at one in ten three hold, unless they share what only one person shares.
    assert without - with_evidence > 4


def test_facts_without_evidence_leave_the_odds() -> None:
    """Look-alikes here were found together: whatever is said of the one is said of the other, one person or two."""
    seed = 11
    print(f"seed {seed}")
    random = np.random.default_rng(seed)
    world = World()
    for _ in range(200):
        hour = int(random.integers(0, 72))
        people = arrested(world, hour, hour) if random.random() < 0.5 else [world.victim("ML"), world.victim("ML")]
        is_likely = random.random() < 0.5
        world.link(*people, 0.9 if is_likely else 0.1, "open" if is_likely else "rejected")
    assert max(map(abs, learned(world).facts)) <= 1


def test_the_share_of_few_pairs_is_that_of_all() -> None:
    """One pair of each kind says next to nothing; a hundred times as many say what they are."""
    sparse, dense = np.zeros((PATTERNS, 81), dtype=np.int64), np.zeros((PATTERNS, 81), dtype=np.int64)
    sparse[NEITHER, -1] = sparse[TOGETHER, 0] = 1
    dense[NEITHER, -1] = dense[TOGETHER, 0] = 100
    assert max(map(abs, PairEvidence(sparse).weights().facts)) <= 4
    assert PairEvidence().weights() == NOTHING
    assert PairEvidence(dense).weights().facts[NEITHER] > 20 > -20 > PairEvidence(dense).weights().facts[TOGETHER]


def made_up(seed: int, kinds: Sequence[tuple[int, int, float]]) -> PairEvidence:
    """Return pairs that share a fact in one of two where they are one person. Of each kind: the place of their log
    odds, how many there are, and the share of pairs of two persons that share the fact."""
    print(f"seed {seed}")
    random = np.random.default_rng(seed)
    chance = 1 / (1 + np.exp(-(np.arange(81) * 0.25 - 10)))
    pairs = np.zeros((PATTERNS, 81), dtype=np.int64)
    for place, count, two in kinds:
        same = random.binomial(count, chance[place])
        shared = random.binomial(same, 0.5) + random.binomial(count - same, two)
        pairs[TOGETHER, place], pairs[NEITHER, place] = shared, count - shared
    return PairEvidence(pairs)


def test_evidence_is_recovered_from_open_pairs() -> None:
    """Pairs of one person share a fact ten times as often as others; what each is, only its probability says."""
    facts = made_up(5, [(place, 2000, 0.05) for place in (*range(20, 36), 70)]).weights().facts
    assert facts[TOGETHER] * STEP == pytest.approx(np.log(0.5 / 0.05), abs=0.15)
    assert facts[NEITHER] * STEP == pytest.approx(np.log(0.5 / 0.95), abs=0.15)


@pytest.mark.parametrize("kin", [True, False])
def test_evidence_on_likely_pairs_is_estimated_from_these(kin: bool) -> None:
    """Pairs of two persons share a fact in one of a hundred; likely ones do where relatives were found together."""
    weights = made_up(7, [(20, 2000, 0.01), (44, 5000, 0.5 if kin else 0.01), (70, 2000, 0.01)]).weights()
    assert weights.facts[TOGETHER] * STEP == pytest.approx(np.log(50), abs=0.7)
    if kin:
        assert max(map(abs, weights.likely)) < 5
    else:
        assert weights.likely[TOGETHER] * STEP > np.log(10)


def test_an_isolated_pair_weighs_by_how_often_people_are_filed_again() -> None:
    def alone(persons: int, pairs: int, threes: int) -> int:
        world = World()
        for _ in range(persons):
            world.person("ML")
        for several in [2] * pairs + [3] * threes:
            people = [world.person("ML") for _ in range(several)]
            for left, right in itertools.pairwise(people):
                world.link(left, right, 0.99)
        return learned(world).alone

    assert alone(1000, 0, 0) == alone(2000, 10, 0) == 0
    # 700 of 1000 clusters are a person alone, 120 of 300 pairs are all there is of their person.
    assert alone(700, 120, 20) == round(np.log((220 / 280) / (800 / 1100) ** 2) / STEP)
    assert alone(0, 300, 0) == round(np.log(2) / STEP)


def test_pairs_alone_are_joined_more_often_where_many_are_filed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(missed_links, "UNSEEN_FOR_EACH_FOUND", 0.0)
    calibrate_exactly(monkeypatch)
    world = World()
    for _ in range(150):
        world.link(world.victim("ML"), world.victim("ML"), 0.6)
    likely = world.count().figure("potential_victims").likely
    assert likely is not None
    # 300 records less 150 times 0.75: twice the odds of 0.6. One draw in twenty lies more than nine above.
    assert likely[1] == pytest.approx(300 - 150 * 0.75 + 9, abs=4)


def test_counts_of_pairs_add_up() -> None:
    worlds = [World(), World(), World()]
    for number, world in enumerate(worlds):
        for row in range(number, 2 * number + 4) if number < 2 else [*range(4), *range(1, 6)]:
            state = "ML" if number == 0 or (number == 2 and row < 4) else "TG"
            people = [world.victim(state), world.victim(state)]
            world.link(*people, 0.1 * row + 0.05)
    left, right, both = (pair_evidence(resolve(world.inputs(), operation())) for world in worlds)
    assert (left.plus(right).pairs == both.pairs).all()
    arrays = {"pairs": both.pairs, "audit": both.audit}
    assert replace(left.plus(right), **arrays) == replace(both, **arrays)
    assert (both.plus(right, -1).pairs == left.pairs).all()
    assert (left.plus(right).plus(right, -1).audit == left.audit).all()


def test_an_updated_count_is_drawn_again_when_the_weights_change() -> None:
    world = World()
    for _ in range(25):
        left, right, stranger = arrested(world, 0, 0, 48)
        world.link(left, right, 0.6)
        world.link(left, stranger, 0.3)
    before = world.inputs()
    running, plain = RunningCount(before, operation()), RunningCount(before, operation(), detail=False)
    was = learned(world)
    for _ in range(60):
        left, right, stranger = arrested(world, 0, 0, 48)
        world.merge(left, right)
        world.link(left, right, 1.0, "judged_match")
        world.link(left, stranger, 0.3, "judged_no_match")
    assert learned(world) != was
    made = change(before, world.inputs())
    assert running.update(made).to_json() == world.count().to_json()
    assert plain.update(made).figure("arrests").low == world.count().figure("arrests").low
