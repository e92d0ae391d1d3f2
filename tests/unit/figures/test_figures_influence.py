"""The queue: each link's effect is what a real recount with that judgement gives."""

from __future__ import annotations

import numpy as np
import pytest
from tests.counted_work import python_steps
from tests.figures_world import World, calibrate_exactly, crowd, operation

from traboule.figures.incremental.sums import sums
from traboule.figures.influence import queue
from traboule.figures.intervals.pair_evidence import NOTHING
from traboule.figures.intervals.simulation import simulated
from traboule.figures.resolved.case import resolve

TRIED = ("arrests", "arrests_trafficking_or_smuggling", "potential_victims", "potential_victims_minors")


def tangled(seed: int) -> World:
    """Twenty persons, half of them victims, some arrested twice, some minors, under a random graph of open links."""
    random = np.random.default_rng(seed)
    world = World()
    people = []
    for place in range(20):
        state = ("ML", "TG", "SN")[place % 3]
        minor = "yes" if random.random() < 0.3 else None
        person = world.victim(state, minor=minor) if random.random() < 0.5 else world.person(state, minor=minor)
        if random.random() < 0.6:
            attribution = ("trafficking", "linked")[int(random.integers(2))]
            world.arrest("ML", person, arresting_state="ML", attribution=attribution)
        people.append(person)
    for _ in range(16):
        left, right = random.choice(20, 2, replace=False)
        world.link(people[left], people[right], float(random.random()))
    return world


def widths(world: World) -> dict[str, int]:
    """Return low to high as the links alone make it: what linkage may have missed stands apart from any of them."""
    figures = sums(resolve(world.inputs(), operation()), detail=False).figures
    return {name: figures[name].high - figures[name].low for name in TRIED}


@pytest.mark.parametrize("seed", range(6))
def test_the_effect_is_what_a_recount_gives(seed: int) -> None:
    world = tangled(seed)
    now = widths(world)
    for row in queue(world.inputs(), operation()).to_pylist():
        pair = {row["left"], row["right"]}
        parallel = [link for link in world.links if {link[0], link[1]} == pair]
        if max(link[2] for link in parallel) != row["probability"]:
            assert all(row[f"effect_{name}"] == 0 for name in TRIED)
            continue
        match, no_match = (World(dict(world.rows), [*world.links], [*world.same]) for _ in range(2))
        match.merge(*pair)
        match.links = no_match.links = [link for link in world.links if link not in parallel]
        p, after_match, after_no_match = row["probability"], widths(match), widths(no_match)
        for name in TRIED:
            expected = p * (now[name] - after_match[name]) + (1 - p) * (now[name] - after_no_match[name])
            assert row[f"effect_{name}"] == pytest.approx(expected)


def test_a_link_that_touches_more_figures_comes_first() -> None:
    world = World()
    more = (world.victim("ML", minor="yes"), world.victim("TG", minor="yes"))
    less = (world.victim("AR"), world.victim("BR"))
    none = (world.person("SN"), world.person("GH"))
    for pair in (none, less, more):
        world.link(*pair, 0.6)
    rows = queue(world.inputs(), operation()).to_pylist()
    assert [{row["left"], row["right"]} for row in rows] == [set(more), set(less), set(none)]
    assert [row["effect"] > 0 for row in rows] == [True, True, False]


def test_an_uncertain_link_comes_before_a_nearly_certain_one() -> None:
    world = World()
    world.link(world.victim("ML"), world.victim("TG"), 0.99)
    world.link(world.victim("AR"), world.victim("BR"), 0.5)
    assert queue(world.inputs(), operation()).column("probability").to_pylist() == [0.5, 0.99]


def test_the_spread_behind_the_queue_is_the_spread_of_the_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """What all links narrow together is what the drawn worlds show: 1.645 standard deviations to either side."""
    calibrate_exactly(monkeypatch)  # What all links have in common is no link's own.
    random = np.random.default_rng(11)
    world = World()
    for p in random.uniform(0.1, 0.9, 60):
        world.link(world.victim("ML"), world.victim("TG"), float(p))
    rows = queue(world.inputs(), operation())
    p = rows.column("probability").to_numpy()
    spread = simulated(resolve(world.inputs(), operation()), NOTHING, draws=4000)["potential_victims"].std()
    assert spread == pytest.approx((p * (1 - p)).sum() ** 0.5, rel=0.05)
    first = 2 * 1.645 * (spread - (spread**2 - p[0] * (1 - p[0])) ** 0.5)
    assert rows.column("narrows_potential_victims")[0].as_py() == pytest.approx(first, rel=0.1)


def test_judging_the_first_narrows_the_ranges_more_than_judging_the_last() -> None:
    world = World()
    for place in range(60):
        world.link(world.victim("ML"), world.victim("TG"), 0.5 if place % 2 else 0.95)
    rows = queue(world.inputs(), operation()).to_pylist()
    left = []
    for chosen in (rows[:30], rows[30:]):
        pairs = [(link["left"], link["right"]) for link in chosen]
        after = World(dict(world.rows), [link for link in world.links if link[:2] not in pairs])
        low, high = after.count().figure("potential_victims").likely or (0, 0)
        left.append(high - low)
    assert left[0] < left[1]


def test_the_order_of_links_changes_nothing() -> None:
    world = tangled(3)
    before = queue(world.inputs(), operation())
    world.links.reverse()
    assert queue(world.inputs(), operation()).equals(before)


def test_no_open_links_give_an_empty_queue() -> None:
    assert queue(World().inputs(), operation()).num_rows == 0


def test_a_limit_keeps_the_first() -> None:
    complete = queue(tangled(5).inputs(), operation())
    assert queue(tangled(5).inputs(), operation(), limit=3).equals(complete.slice(0, 3))


def test_thousands_of_links_are_tried_at_once() -> None:
    """Ten times the links take a few more steps of Python, for they are tried in arrays."""
    small, large = crowd(2_000, open_links=1_000), crowd(20_000, open_links=10_000)
    assert queue(large, operation()).num_rows == 10_000
    steps = [python_steps(queue, inputs, operation()) for inputs in (small, large)]
    assert steps[1] < 5 * steps[0]
