"""What must hold of figures in any world."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.figures_world import INSIDE, World, operation

from traboule.figures.compare import difference
from traboule.figures.count import count_inputs
from traboule.figures.figure import FigureSet, from_json
from traboule.figures.resolved.inputs import Inputs

WHOLE = operation("AR", "ML", "PH", "TG")
STATES = st.sampled_from(["AR", "ML/police", "ML/border", "PH", "TG"])
PLACES = st.integers(0, 30)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A world of up to a dozen persons, anything of whom may be said by anybody."""
    world = World()
    people = []
    for _ in range(draw(st.integers(1, 12))):
        where = draw(STATES)
        age = {
            "minor": draw(st.sampled_from([None, "yes", "no", "presumed", "unknown"])),
            "birth": draw(st.sampled_from([None, "2006", "1990-05-05", "2015-02"])),
            "age_band": draw(st.sampled_from([None, "9-17", "21-23"])),
            "sex": draw(st.sampled_from([None, "female", "male"])),
            "citizenships": draw(st.sampled_from([None, ["CN"], ["TG", "BJ"]])),
        }
        people.append(world.person(where, **age))
    for _ in range(draw(st.integers(0, 16))):
        person, where = people[draw(PLACES) % len(people)], draw(STATES)
        action = world.action(where, INSIDE + timedelta(hours=draw(st.integers(-80, 160))), draw(PHASES))
        world.add("roles", where, person=person, action=action, role=draw(ROLES))
        if draw(st.booleans()):
            forms = draw(st.sampled_from([None, ["ForcedLabour"], ["ForcedCriminality.Theft", "ForcedLabour"]]))
            world.add("victims", where, person=person, action=action, status=draw(STATUSES), exploitation=forms)
    for _ in range(draw(st.integers(0, 10))):
        person = people[draw(PLACES) % len(people)]
        at = INSIDE + timedelta(hours=draw(st.integers(0, 80)))
        world.arrest(draw(STATES), person, at=at, arresting_state=draw(ARRESTING), attribution=draw(ATTRIBUTIONS))
    for _ in range(draw(st.integers(0, 5))):
        reference, number = draw(st.sampled_from([None, "R1", "R2"])), draw(st.integers(0, 40))
        world.add(
            "migrants", draw(STATES), reference=reference, detected_on="2024-09-30", nationality="TN", count=number
        )
    for _ in range(draw(st.integers(0, 8))):
        world.add("totals", draw(STATES), measure=draw(MEASURES), value=draw(st.integers(0, 60)), precision=draw(SAID))
    for _ in range(draw(st.integers(0, 10))):
        left, right = (people[draw(PLACES) % len(people)] for _ in range(2))
        status = draw(st.sampled_from(["open", "open", "open", "judged_no_match"]))
        world.link(left, right, draw(st.sampled_from([0.05, 0.3, 0.5, 0.7, 0.95])), status)
    for _ in range(draw(st.integers(0, 3))):
        world.merge(*(people[draw(PLACES) % len(people)] for _ in range(2)))
    world.held_rows = draw(st.sampled_from([{}, {"arrests": 2, "people": 3}, {"victims": 1, "migrants": 2}]))
    return world


PHASES = st.sampled_from([None, "operation", "pre", "post"])
ROLES = st.sampled_from(["possible_victim", "victim", "suspect", "not_a_victim", "smuggled_migrant"])
STATUSES = st.sampled_from(
    ["PossibleVictimOfTrafficking", "ActualVictimOfTrafficking", "NotAVictimOfTrafficking", None]
)
ARRESTING = st.sampled_from([None, "ML", "PH"])
ATTRIBUTIONS = st.sampled_from(["trafficking", "smuggling", "both", "linked", "incidental"])
SAID = st.sampled_from(["exact", "at_least", "about", None])
MEASURES = st.sampled_from(
    ["arrests", "arrests_trafficking", "arrests_smuggling", "potential_victims", "potential_victims_minors", "suspects"]
)


def counted(world: World) -> FigureSet:
    return count_inputs(world.inputs(), WHOLE)


@given(worlds())
@settings(deadline=None, max_examples=examples(80))
def test_values_lie_in_their_ranges_and_parts_within_wholes(world: World) -> None:
    figures = counted(world).figures
    for figure in figures.values():
        assert 0 <= figure.low <= figure.value <= figure.high
        assert figure.likely is not None
        assert figure.low <= figure.likely[0] <= figure.likely[1] <= figure.high
        if figure.of:
            whole = figures[figure.of]
            for part, all_of_it in ((figure.low, whole.low), (figure.value, whole.value), (figure.high, whole.high)):
                assert part <= all_of_it
            assert whole.likely is not None
            assert all(mine <= its for mine, its in zip(figure.likely, whole.likely, strict=True))


@given(worlds())
@settings(deadline=None, max_examples=examples(80))
def test_cells_never_exceed_their_whole_and_exclusive_ones_sum_to_it(world: World) -> None:
    for figure in counted(world).figures.values():
        for dimension, cells in figure.breakdowns.items():
            for value, low, high in cells.values():
                assert 0 <= low <= value <= high
                assert value <= figure.value
                assert low <= figure.low
                assert high <= figure.high
            if dimension in ("state", "sex", "age_band", "attribution"):
                assert sum(value for value, _, _ in cells.values()) == figure.value


@given(worlds())
@settings(deadline=None, max_examples=examples(40))
def test_the_drill_down_is_the_figure(world: World) -> None:
    for figure in counted(world).figures.values():
        assert figure.drilled() == figure.value == figure.counted + figure.declared_only
        assert len(set(figure.contributing)) == len(figure.contributing)
        assert figure.rows >= figure.counted


@given(worlds(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=examples(40))
def test_no_order_of_rows_links_or_clusters_matters(world: World, shuffle: random.Random) -> None:
    before = counted(world).to_json()
    for rows in (*world.rows.values(), world.links, world.same):
        shuffle.shuffle(rows)
    births = list(world.births.items())
    shuffle.shuffle(births)
    world.births = dict(births)
    world.rows = dict(sorted(world.rows.items(), reverse=True))
    assert counted(world).to_json() == before


@given(worlds(), st.integers(0, 5))
@settings(deadline=None, max_examples=examples(40))
def test_tables_in_pieces_give_the_same(world: World, at: int) -> None:
    inputs = world.inputs()
    pieces = {name: _in_pieces(table, at) for name, table in inputs.tables.items()}
    assert count_inputs(replace(inputs, tables=pieces), WHOLE).to_json() == counted(world).to_json()


def _in_pieces(table: object, at: int) -> object:
    import pyarrow as pa

    assert isinstance(table, pa.Table)
    return pa.concat_tables([table.slice(0, at), table.slice(at)])


@given(worlds(), PLACES, PLACES)
@settings(deadline=None, max_examples=examples(40))
def test_a_merge_undone_restores_the_figures_exactly(world: World, one: int, other: int) -> None:
    before = counted(world).to_json()
    people = [row["record"] for row in world.rows["people"]]
    kept = [set(group) for group in world.same]
    world.merge(people[one % len(people)], people[other % len(people)])
    merged = counted(world)
    world.same = kept
    assert counted(world).to_json() == before
    # A judged no-match may forbid the merged what a likely link gave each: then they are more than before.
    if not any(status == "judged_no_match" for *_, status in world.links):
        assert merged.figure("potential_victims").value <= from_json(before).figure("potential_victims").value


@given(worlds(), st.data())
@settings(deadline=None, max_examples=examples(80))
def test_every_way_of_judging_the_open_links_stays_in_the_range(world: World, data: st.DataObject) -> None:
    before = counted(world).figures
    still_open = [one for one in world.links if one[3] == "open"]
    holds = data.draw(st.lists(st.booleans(), min_size=len(still_open), max_size=len(still_open)))
    for link, held in zip(still_open, holds, strict=True):
        if held:
            world.merge(link[0], link[1])
    world.links = []
    after = counted(world).figures
    for name in ("arrests", "arrests_trafficking_or_smuggling", "potential_victims", "potential_victims_minors"):
        assert before[name].low <= after[name].value <= before[name].high
        assert before[name].low <= after[name].low
        assert after[name].high <= before[name].high


@given(worlds(), worlds())
@settings(deadline=None, max_examples=examples(8))
def test_a_waterfall_between_any_two_worlds_sums_exactly(one: World, other: World) -> None:
    old, new = one.inputs(), other.inputs()
    plain, by_state = (difference(old, new, WHOLE, by_state=parted) for parted in (False, True))
    for all_states, each in zip(plain, by_state, strict=True):
        assert all_states.old + sum(step.change for step in all_states.steps) == all_states.new
        assert each.old + sum(step.change for step in each.steps) == each.new
        assert each.reasons() == all_states.reasons()
        assert all_states.new == count_inputs(new, WHOLE, detail=False).figure(all_states.figure).value


@given(worlds())
@settings(deadline=None, max_examples=examples(40))
def test_json_comes_back_as_it_was(world: World) -> None:
    figures = counted(world)
    assert from_json(figures.to_json()).to_json() == figures.to_json()


@given(worlds())
@settings(deadline=None, max_examples=examples(40))
def test_a_return_split_in_two_gives_the_same_figures(world: World) -> None:
    world.files("ML/police")
    before = count_inputs(world.inputs(), WHOLE)
    world.files("ML/police", version=2)
    after = count_inputs(world.inputs(), WHOLE)
    assert _without_rows(after) == _without_rows(before)


def _without_rows(figures: FigureSet) -> dict[str, object]:
    return {name: replace(figure, rows=0) for name, figure in figures.figures.items()}


def test_inputs_know_their_own_hash() -> None:
    world = World()
    world.victim("ML")
    inputs: Inputs = world.inputs()
    assert count_inputs(inputs, WHOLE).inputs_hash == count_inputs(world.inputs(), WHOLE).inputs_hash
