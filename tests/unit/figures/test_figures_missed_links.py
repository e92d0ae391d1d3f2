"""What went unseen is told by the operation's own links: of records each linked with a third, how many have no link."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from tests.figures_world import World, operation

from traboule.figures.intervals.missed_links import UNSEEN_FOR_EACH_FOUND, Recall, estimate_recall
from traboule.figures.resolved.case import resolve

VICTIMS = "potential_victims"


def three(world: World, *pairs: tuple[float, str]) -> list[str]:
    """Add three records of a person and links between the first two, the last two and the ends, as far as given."""
    people = [world.victim("ML") for _ in range(3)]
    for (left, right), link in zip(((0, 1), (1, 2), (0, 2)), pairs, strict=False):
        world.link(people[left], people[right], *link)
    return people


@pytest.mark.parametrize(
    ("pairs", "recall"),
    [
        ([(0.9, "open"), (0.9, "open"), (0.9, "open")], Recall(3, 0)),
        ([(0.9, "open"), (0.9, "automatic")], Recall(0, 1)),
        ([(0.9, "judged_match"), (0.9, "open"), (0.01, "rejected")], Recall(1, 0)),
        ([(0.9, "open"), (0.9, "open"), (0.3, "open")], Recall(1, 0)),
        ([(0.9, "open"), (0.4, "open")], Recall(0, 0)),  # It does not hold in the value.
        ([(0.9, "open"), (0.9, "judged_no_match")], Recall(0, 0)),
        ([(0.9, "open")], Recall(0, 0)),
    ],
)
def test_pairs_at_two_links_distance_are_seen_or_not(pairs: list[tuple[float, str]], recall: Recall) -> None:
    world = World()
    three(world, *pairs)
    assert estimate_recall(resolve(world.inputs(), operation())) == recall


def test_a_record_that_is_linked_with_everybody_tells_nothing() -> None:
    world = World()
    people = [world.victim("ML") for _ in range(130)]
    for neighbour in people[1:]:
        world.link(people[0], neighbour, 0.9)
    three(world, (0.9, "open"), (0.9, "open"))
    assert estimate_recall(resolve(world.inputs(), operation())) == Recall(0, 1)


def test_the_share_goes_from_what_is_missed_elsewhere_to_what_is_missed_here() -> None:
    assert Recall().unseen_for_each_found == pytest.approx(1.4 * UNSEEN_FOR_EACH_FOUND)
    assert Recall(3000, 12).unseen_for_each_found == pytest.approx(0.0060, abs=0.0002)
    spread = [
        np.ptp(np.quantile(recall.simulate(4000), (0.05, 0.95)))
        for recall in (Recall(), Recall(60, 2), Recall(6000, 180))
    ]
    assert spread[0] > 1.3 * spread[1] > 5 * spread[2]
    for recall in (Recall(), Recall(60, 2), Recall(6000, 180)):
        assert recall.simulate(4000).mean() == pytest.approx(recall.unseen_for_each_found, rel=0.01)
    assert Recall(5, 7).plus(Recall(2, 3), -1) == Recall(3, 4)


def test_where_many_are_missed_the_range_goes_down_and_where_few_are_it_is_narrow() -> None:
    """Sixty persons, filed three times each: every pair is seen, or of every tenth person one pair is not."""
    widths, lows = [], []
    for every in (1000, 10):
        world = World()
        for number in range(60):
            people = three(world)
            world.merge(*people)
            for place, ends in enumerate(itertools.combinations(people, 2)):
                if place or number % every:
                    world.link(*ends, 1.0, "automatic")
        figure = world.count().figure(VICTIMS)
        assert figure.value == 60
        assert figure.likely is not None
        widths.append(figure.likely[1] - figure.likely[0])
        lows.append(figure.likely[0])
    assert widths[0] < widths[1]
    assert lows[0] > lows[1]


def test_links_that_contradict_each_other_throughout_still_give_a_range() -> None:
    world = World()
    for _ in range(60):
        world.merge(*three(world, (1.0, "automatic"), (1.0, "automatic")))
    figure = world.count().figure(VICTIMS)
    assert figure.likely is not None
    assert figure.low <= figure.likely[0] <= figure.likely[1] <= figure.high
