"""Why a figure changed: reasons that sum exactly, state by state."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import pyarrow as pa
from tests.figures_world import World, operation

from traboule.figures.compare import ChangeReason, Difference, Stage, difference, waterfall
from traboule.figures.count import count_inputs
from traboule.figures.resolved.inputs import Inputs


def before() -> World:
    world = World()
    world.files("ML", "TG")
    a, b = world.victim("ML"), world.victim("TG")
    world.victim("ML", minor="no")
    world.victim("TG")
    world.link(a, b, 0.3)
    world.arrest("ML")
    return world


def explained(old: Inputs, new: Inputs) -> dict[str, Difference]:
    differences = {item.figure: item for item in difference(old, new, operation(), by_state=True)}
    plain = {item.figure: item for item in difference(old, new, operation())}
    for name, item in plain.items():
        assert item.reasons() == differences[name].reasons()
        assert all(not step.state for step in item.steps)
    for name, item in differences.items():
        assert item.old == count_inputs(old, operation()).figure(name).value
        assert item.new == count_inputs(new, operation()).figure(name).value
        assert item.old + sum(step.change for step in item.steps) == item.new
        assert item.old + sum(change for _, change in item.reasons()) == item.new
    return differences


def test_nothing_new_changes_nothing() -> None:
    assert all(not unchanged.steps for unchanged in explained(before().inputs(), before().inputs()).values())


def test_late_returns_by_state() -> None:
    world = before()
    world.files("SN", "AR")
    for state in ("SN", "SN", "AR", "ML"):
        world.victim(state)
    differences = explained(before().inputs(), world.inputs())
    assert differences["potential_victims"].by_state(ChangeReason.LATE) == {"AR": 1, "ML": 1, "SN": 2}
    assert differences["potential_victims"].reasons() == (("late", 4),)
    assert differences["participants"].reasons() == (("late", 2),)


def test_corrections_and_withdrawals() -> None:
    world = before()
    third = next(row for row in world.rows["people"] if row["minor"] == "no")
    third["minor"] = "yes"
    gone = world.rows["people"][-2]["record"]
    for name in ("people", "roles", "victims"):
        world.rows[name] = [row for row in world.rows[name] if gone not in (row["record"], row.get("person_record"))]
    differences = explained(before().inputs(), world.inputs())
    assert differences["potential_victims_minors"].steps[0].reason is ChangeReason.CORRECTION
    assert differences["potential_victims"].reasons() == (("withdrawal", -1),)
    assert differences["potential_victims"].by_state(ChangeReason.WITHDRAWAL) == {"TG": -1}


def test_a_withdrawn_return_is_a_withdrawal() -> None:
    world = before()
    world.files("ML", status="withdrawn", version=2, supersedes=1)
    assert explained(before().inputs(), world.inputs())["participants"].reasons() == (("withdrawal", -1),)


def test_links_made_and_fallen_are_no_judgements() -> None:
    """What linked two records may be stopped, or found with too many: nobody has judged them."""
    world = before()
    a, b = world.links[0][:2]
    world.links = []
    world.merge(a, b)
    assert explained(before().inputs(), world.inputs())["potential_victims"].reasons() == (("links", -1),)
    assert explained(world.inputs(), before().inputs())["potential_victims"].reasons() == (("links", 1),)


def test_what_a_verdict_takes_apart_is_a_judgement_and_what_falls_beside_it_is_not() -> None:
    world = before()
    a, b = world.links[0][:2]
    c, d = world.victim("SN"), world.victim("SN")
    old, new = deepcopy(world), deepcopy(world)
    old.links = [(a, b, 0.99, "automatic"), (c, d, 0.99, "automatic")]
    old.merge(a, b)
    old.merge(c, d)
    new.links = [(a, b, 0.99, "judged_no_match")]
    linked, back = (("links", 1), ("judgements", 1)), (("links", -1), ("judgements", -1))
    assert explained(old.inputs(), new.inputs())["potential_victims"].reasons() == linked
    assert explained(new.inputs(), old.inputs())["potential_victims"].reasons() == back
    new.links = [(a, b, 0.99, "judged_match")]
    new.merge(a, b)
    late = deepcopy(new)
    late.merge(a, late.victim("SN"))
    reasons = explained(world.inputs(), late.inputs())["potential_victims"].reasons()
    assert reasons == (("late", 1), ("links", -1), ("judgements", -1))


def test_an_open_link_judged_no_match_is_a_judgement() -> None:
    likely = before()
    likely.links = [(*likely.links[0][:2], 0.9, "open")]
    after = before()
    after.links = [(*likely.links[0][:2], 0.9, "judged_no_match")]
    assert explained(likely.inputs(), after.inputs())["potential_victims"].reasons() == (("judgements", 1),)


def test_a_corrected_birth_date_is_a_correction() -> None:
    old, new = before(), before()
    person = old.rows["people"][0]["record"]
    old.births[person], new.births[person] = "1990-01-01", "2010-01-01"
    assert explained(old.inputs(), new.inputs())["potential_victims_minors"].reasons() == (("correction", 1),)


def test_everything_at_once_sums_exactly() -> None:
    world = before()
    a, b = world.links[0][:2]
    c = world.victim("SN", minor="yes")
    world.merge(a, b)
    world.link(b, c, 0.8)
    world.arrest("SN", c)
    world.rows["arrests"].pop(0)
    world.rows["people"][2]["minor"] = "presumed"
    differences = explained(before().inputs(), world.inputs())
    assert [step.reason for step in differences["potential_victims"].steps] == [ChangeReason.LATE, ChangeReason.LINKS]


def test_what_no_input_explains_is_an_error() -> None:
    inputs = before().inputs()
    recounted = count_inputs(inputs, operation())
    wrong = replace(recounted.figure("arrests"), value=7)
    published = replace(recounted, figures={**recounted.figures, "arrests": wrong})
    differences = {
        item.figure: item for item in difference(inputs, inputs, operation(), published=(published, recounted))
    }
    assert differences["arrests"].reasons() == (("errors", -6),)
    assert (differences["arrests"].old, differences["arrests"].new) == (7, 1)


def test_a_waterfall_sums_whatever_its_stages() -> None:
    first, second = before(), before()
    second.arrest("TG")
    start, middle = (count_inputs(item.inputs(), operation()) for item in (first, second))
    stages = [Stage(ChangeReason.LATE, "TG", middle), Stage(ChangeReason.ERRORS, "", start)]
    arrests = next(item for item in waterfall(start, stages) if item.figure == "arrests")
    assert [(step.state, step.change) for step in arrests.steps] == [("TG", 1), ("", -1)]


def test_columns_the_figures_do_not_read_are_no_correction() -> None:
    old = before().inputs()
    people = old.tables["people"]
    noted = people.append_column("entered_at", pa.array(["later"] * people.num_rows))
    new = replace(old, tables={**old.tables, "people": noted})
    assert all(not unchanged.steps for unchanged in explained(old, new).values())
