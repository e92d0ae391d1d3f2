"""Each figure without each state: what a recount without the state's rows gives, for all states in one pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from tests.counted_work import python_steps
from tests.figures_world import INSIDE, World, crowd, operation

from traboule.figures.count import count_case, count_inputs
from traboule.figures.explanation.explain import explain
from traboule.figures.intervals.leave_one_out import without_each
from traboule.figures.resolved.case import resolve
from traboule.figures.resolved.inputs import Inputs

STATES = ("AR", "ML", "PH", "TG")


def world(seed: int) -> World:
    """Thirty persons, some one and the same, some open, arrested again and again by the states in turn."""
    random = np.random.default_rng(seed)
    made = World()
    made.files(*STATES)
    people = []
    for _ in range(30):
        where = STATES[random.integers(4)]
        minor = "yes" if random.random() < 0.4 else None
        person = made.victim(where, minor=minor) if random.random() < 0.6 else made.person(where, minor=minor)
        for _ in range(random.integers(0, 3)):
            at = INSIDE + timedelta(hours=int(random.integers(0, 60)))
            attribution = ("trafficking", "linked")[random.integers(2)]
            made.arrest(STATES[random.integers(4)], person, at=at, arresting_state="ML", attribution=attribution)
        people.append(person)
    for _ in range(10):
        made.merge(*(people[place] for place in random.choice(30, 2, replace=False)))
        left, right = random.choice(30, 2, replace=False)
        made.link(people[left], people[right], float(random.random()))
    for _ in range(6):
        count = int(random.integers(20))
        where = STATES[random.integers(4)]
        made.add("migrants", where, reference=f"R{count % 3}", detected_on="2024-09-30", nationality="TN", count=count)
    made.add("totals", "BR", measure="potential_victims", value=7)
    made.add("totals", "ML", measure="irregular_migrants", value=7)
    return made


def by_hand(inputs: Inputs, state: str) -> Inputs:
    return replace(
        inputs,
        tables={
            name: table.filter(pc.not_equal(table["unit"], pa.scalar(state))) if name != "actions" else table
            for name, table in inputs.tables.items()
        },
    )


@pytest.mark.parametrize("seed", range(8))
def test_a_recount_without_the_state_gives_the_same(seed: int) -> None:
    print(f"seed {seed}")
    inputs = world(seed).inputs()
    case = resolve(inputs, operation())
    figures = count_case(case)
    losses = without_each(case, figures)
    for state in (*STATES, "BR"):
        recount = count_inputs(by_hand(inputs, state), operation(), detail=False)
        for name, figure in figures.figures.items():
            assert losses[name].get(state, figure.value) == recount.figure(name).value, (name, state)


def test_what_two_states_filed_neither_takes_away() -> None:
    made = World()
    made.merge(made.victim("ML"), made.victim("TG"))
    made.victim("TG")
    case = resolve(made.inputs(), operation())
    assert without_each(case, count_case(case))["potential_victims"] == {"TG": 1}
    assert explain(case, count_case(case), "potential_victims")["without"] == {"TG": 1}


def test_a_hundred_states_cost_one_pass() -> None:
    """Ten times the persons, filed by the same states, take no more steps of Python."""
    steps = []
    for persons in (10_000, 100_000):
        case = resolve(crowd(persons), operation())
        figures = count_case(case)
        assert len(without_each(case, figures)["arrests"]) == 116
        steps.append(python_steps(without_each, case, figures))
    assert steps[1] < 1.5 * steps[0]
    assert steps[1] < 116 * 500  # A count anew for each state would take fifty thousand steps each.
