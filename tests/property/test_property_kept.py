"""A count carried on is a count of everything anew, to the last bit, whatever changed."""

from __future__ import annotations

import random
from datetime import timedelta

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counted_work import peak_bytes, python_steps
from tests.examples import examples
from tests.figures_world import INSIDE, World, crowd, one_more_return, operation
from tests.property.test_property_figures import WHOLE, worlds

from traboule.figures.count import count_inputs
from traboule.figures.incremental.change import InputChange, applied, change
from traboule.figures.incremental.counted import RunningCount
from traboule.figures.resolved.inputs import Inputs


@given(worlds(), st.lists(worlds(), min_size=1, max_size=2))
@settings(deadline=None, max_examples=examples(20))
def test_any_world_carried_into_any_other(first: World, others: list[World]) -> None:
    before = first.inputs()
    kept = RunningCount(before, WHOLE)
    assert kept.figures().to_json() == count_inputs(before, WHOLE).to_json()
    for world in others:
        after = world.inputs()
        found = kept.update(change(before, after))
        assert found.to_json() == count_inputs(after, WHOLE).to_json()
        assert count_inputs(applied(before, change(before, after)), WHOLE).to_json() == found.to_json()
        before = after


def grown(world: World, random_: random.Random, rows: int) -> None:
    """Let something happen: a person filed, a fact said or withdrawn, a link made, judged or followed, a date moved."""
    people = [row["record"] for row in world.rows["people"]]
    for _ in range(rows):
        what = random_.randrange(9)
        one, other = random_.choice(people), random_.choice(people)
        where = random_.choice(["ML", "TG/police", "TG/border", "AR"])
        if what == 0:
            people.append(
                world.victim(where, minor=random_.choice(["yes", None]), birth=random_.choice([None, "2010"]))
            )
        elif what == 1:
            world.arrest(where, one, at=INSIDE + timedelta(hours=random_.randrange(60)), arresting_state="ML")
        elif what == 2:
            world.link(one, other, random_.choice([0.001, 0.01]), "rejected")
        elif what == 3 and one != other:
            world.link(one, other, random_.uniform(0.02, 0.98), random_.choice(["open", "open", "judged_no_match"]))
        elif what == 4 and one != other:
            world.merge(one, other)
            world.link(one, other, random_.uniform(0.9, 1), "automatic")
        elif what == 5 and world.links:
            world.links.pop(random_.randrange(len(world.links)))
        elif what == 6 and world.rows["roles"]:
            world.rows["roles"].pop(random_.randrange(len(world.rows["roles"])))
        elif what == 7 and world.rows["actions"]:
            random_.choice(world.rows["actions"])["start"] = INSIDE + timedelta(days=random_.randrange(-3, 9))
        elif what == 8 and world.same:
            world.same.pop(random_.randrange(len(world.same)))


def test_a_long_story_of_tangles_and_judgements() -> None:
    seed = 20270
    print(f"seed {seed}")
    random_ = random.Random(seed)
    world = World()
    for _ in range(30):
        world.victim(random_.choice(["ML", "TG", "AR"]))
    before = world.inputs()
    kept, plain = RunningCount(before, operation()), RunningCount(before, operation(), detail=False)
    for _ in range(25):
        grown(world, random_, random_.randrange(1, 12))
        after = world.inputs()
        made = change(before, after)
        assert kept.update(made).to_json() == count_inputs(after, operation()).to_json()
        assert plain.update(made).to_json() == count_inputs(after, operation(), detail=False).to_json()
        before = after


def test_rows_held_and_totals_are_read_anew() -> None:
    world = World()
    record = world.victim("ML")
    held = pa.table({name: ["ML"] for name in ("unit",)} | {"agency": ["police"], "table": ["people"]})
    held = held.append_column("row_id", pa.array(["people-7"]))
    before = _with(world.inputs(), held)
    kept = RunningCount(before, operation())
    assert kept.figures().to_json() == count_inputs(before, operation()).to_json()
    world.add("totals", "AR", measure="arrests", value=9)
    standing = held.set_column(3, "row_id", pa.array([record.rsplit("/", 1)[1]]))
    after = _with(world.inputs(), standing)
    assert kept.update(change(before, after)).to_json() == count_inputs(after, operation()).to_json()


def _with(inputs: Inputs, held: pa.Table) -> Inputs:
    return Inputs({**inputs.tables, "held": held}, inputs.clusters, inputs.links, inputs.births)


def test_somebody_born_before_any_row_of_theirs_has_come() -> None:
    world = World()
    world.victim("ML")
    unknown = "PH/police/people-2"
    world.births[unknown] = "2015-02"
    world.add("roles", "PH", person=unknown, role="suspect")
    before = world.inputs()
    kept, plain = RunningCount(before, operation()), RunningCount(before, operation(), detail=False)
    assert world.victim("PH", row_id="people-2") == unknown
    after = world.inputs()
    assert kept.update(change(before, after)).to_json() == count_inputs(after, operation()).to_json()
    found = plain.update(change(before, after))
    assert found.figure("potential_victims_minors").value == 1


def test_nothing_changed_changes_nothing() -> None:
    world = World()
    world.victim("ML")
    kept = RunningCount(world.inputs(), operation())
    assert kept.update(InputChange()).to_json() == kept.figures().to_json()
    assert np.array_equal(kept.figures().figure("potential_victims").value, 1)


def test_one_more_return_of_a_crowd_is_counted_to_the_last_bit_and_costs_what_it_brings() -> None:
    """It allocates a tenth of what a count anew does, in as many steps of Python among few persons as among many."""
    steps = []
    for persons in (10_000, 100_000):
        inputs = crowd(persons)
        running = RunningCount(inputs, operation())
        for seed in (1, 2):
            made = one_more_return(inputs, 300, seed)
            inputs = applied(inputs, made)
            running.update(made)
        made = one_more_return(inputs, 300, 3)
        inputs = applied(inputs, made)
        steps.append(python_steps(running.update, made))
        assert running.figures().to_json() == count_inputs(inputs, operation()).to_json()
    assert steps[1] < 1.2 * steps[0]
    made = one_more_return(inputs, 300, 4)
    memory = peak_bytes(running.update, made)
    assert memory < 0.1 * peak_bytes(count_inputs, inputs, operation())
