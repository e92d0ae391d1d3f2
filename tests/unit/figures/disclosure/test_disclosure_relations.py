"""What readers know to hang together in a release: states and regions, parts and wholes, what was declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from traboule.figures.disclosure.cells import Supposed
from traboule.figures.disclosure.contributors import regions_of
from traboule.figures.disclosure.editions.arrivals import LATE
from traboule.figures.disclosure.editions.publication import DECLARED, TOGETHER, Publication, Reasons, StoryCount
from traboule.figures.disclosure.publication import _stated, attacked, figure_of, headlines, tables
from traboule.figures.disclosure.rules import Rules
from traboule.figures.figure import Declared, Figure, FigureSet

RULES = Rules(threshold=10, minors_threshold=20, minimum_incidents=3)
VICTIMS, MINORS = "potential_victims", "potential_victims_minors"
STATES = {"ML": 8, "FR": 30, "BR": 200}
REGIONS = {"002": 8, "150": 30, "019": 200}


def figure(name: str, value: int, breakdowns: Mapping[str, Mapping[str, int]], of: str | None = None) -> Figure:
    cells = {dimension: {code: (n, n, n) for code, n in codes.items()} for dimension, codes in breakdowns.items()}
    return Figure(name, "person", "potential", value, value, value, value, value, 0, 0, "exact", of, cells)


def publication(*figures: Figure) -> Publication:
    by_name = {figure.id: figure for figure in figures}
    lines = {name: figure.value for name, figure in by_name.items()}
    return Publication("1", FigureSet("lantern", "2024-10-05", "1", "d", by_name), lines)


def leaking(release: Publication) -> set[str]:
    """Return the cells that every reader can compute."""
    return {leak.target.key for leak in attacked([release], RULES).leaks if not leak.target.insider}


def test_a_region_is_known_by_its_states() -> None:
    counted = publication(figure(VICTIMS, 238, {"region": REGIONS, "state": STATES}))
    by_region = (("002", None), ("150", None), ("019", 200))
    alone = replace(counted, tables={(VICTIMS, "region"): by_region})
    assert leaking(alone) == set()
    both = replace(alone, tables={**alone.tables, (VICTIMS, "state"): tuple(STATES.items())})
    assert leaking(both) == {f"{VICTIMS}/region/002", f"{VICTIMS}/state/ML"}


def test_a_headline_and_what_was_declared_of_it_are_totals_that_are_not_nought() -> None:
    declared = (Declared("ML", 8, 8, 8, "exact"), Declared("FR", 30, 30, 30, "exact"))
    counted = publication(replace(figure(VICTIMS, 238, {}), declared=declared, declared_only=38))
    part, whole = counted.declared_cell(VICTIMS), counted.headline_cell(VICTIMS)
    assert (part.value, part.total, part.listed, part.floor) == (38, True, True, 1)
    assert (part.incidents, part.largest, part.own) == (2, 30, {"ML": 8, "FR": 30})
    assert (whole.value, whole.total, whole.listed, whole.stated) == (238, True, True, False)


def test_what_was_declared_is_known_by_the_states_that_declared_it() -> None:
    declared = tuple(Declared(state, value, value, value, "exact") for state, value in (("ML", 8), ("FR", 30)))
    counted = replace(figure(VICTIMS, 238, {"state": STATES}), declared=declared, declared_only=38)
    hidden = replace(publication(counted), declared={VICTIMS: None})
    declared_key = hidden.declared_cell(VICTIMS).key
    assert leaking(hidden) == set()
    listed = replace(hidden, tables={(VICTIMS, "state"): tuple(STATES.items())})
    assert declared_key in leaking(listed)


def test_a_small_part_that_was_declared_is_left_out_and_the_headline_stays() -> None:
    declared = (Declared("ML", 4, 4, 4, "exact"),)
    counted = replace(figure(VICTIMS, 238, {}), declared=declared, declared_only=4)
    draft = headlines(replace(publication(counted), declared={VICTIMS: 4}), (), RULES)
    assert (draft.declared, draft.lines, draft.held_back) == ({VICTIMS: None}, {VICTIMS: 238}, ())


def with_declared(name: str, value: int, declared: Mapping[str, int], change: Reasons = ()) -> Publication:
    """Return a release of a headline, part of which states declared without rows."""
    entries = tuple(Declared(state, count, count, count, "exact") for state, count in declared.items())
    counted = replace(figure(VICTIMS, value, {}), declared=entries, declared_only=sum(declared.values()))
    changes = {VICTIMS: change} if change else {}
    release = replace(publication(counted), name=name, declared={VICTIMS: sum(declared.values())}, changes=changes)
    return replace(release, figures=replace(release.figures, inputs_hash=name))


def test_what_few_declared_since_is_not_stated_and_the_headline_stays() -> None:
    """Of fifty more, four were declared by one state: the difference of two declared parts would say so."""
    before = {"ML": 30, "SN": 30, "CI": 30, "TG": 30}
    earlier = with_declared("1", 438, before)
    draft = with_declared("2", 488, {**before, "FR": 4}, (("late", 50),))
    assert headlines(draft, (), RULES).declared == {VICTIMS: 124}
    safe = headlines(draft, [earlier], RULES)
    assert (safe.declared, safe.lines, safe.held_back) == ({VICTIMS: None}, {VICTIMS: 488}, ())


def test_a_change_of_a_few_for_one_reason_holds_the_headline_back() -> None:
    earlier = replace(publication(figure(VICTIMS, 238, {})), name="0")
    later = publication(figure(VICTIMS, 242, {}))
    later = replace(later, figures=replace(later.figures, inputs_hash="2"), changes={VICTIMS: (("late", 4),)})
    safe = headlines(later, [earlier], RULES)
    assert (safe.lines, safe.held_back, safe.changes) == ({}, (VICTIMS,), {})


def test_reasons_of_which_one_is_small_are_reported_together() -> None:
    earlier = replace(publication(figure(VICTIMS, 238, {})), name="0")
    later = publication(figure(VICTIMS, 262, {}))
    change = (("late", 4), ("correction", 20))
    later = replace(later, figures=replace(later.figures, inputs_hash="2"), changes={VICTIMS: change})
    safe = headlines(later, [earlier], RULES)
    assert (safe.lines, safe.changes) == ({VICTIMS: 262}, {VICTIMS: ((TOGETHER, 24),)})


SAME, GROWN, SHRUNK = Supposed.SAME, Supposed.GROWN, Supposed.SHRUNK


@pytest.mark.parametrize(
    ("is_same_instant", "steps", "assumed"),
    [
        (True, [()], {SAME}),
        (True, [(("late", 4),)], {SAME}),
        (False, [()], {GROWN}),
        (False, [(("late", 1),)], {GROWN}),
        (False, [(("late", 0),)], {GROWN, SHRUNK}),
        (False, [(("withdrawal", -1),)], {SHRUNK}),
        (False, [(("late", 4), ("correction", -1))], set()),
        (False, [(("late", 4),), (("withdrawal", -1),)], set()),
        (False, [(("late", 4),), (("late", 2),)], {GROWN}),
        (False, [((TOGETHER, 24),)], set()),
        (False, [(("late", 4),), ((TOGETHER, 24),)], set()),
    ],
)
def test_a_reader_assumes_what_the_named_changes_have_in_common(
    is_same_instant: bool, steps: list[Reasons], assumed: set[Supposed]
) -> None:
    assert {how for how in Supposed if _stated(how, is_same_instant, steps)} == assumed


def test_a_story_of_a_figure_without_a_headline_is_a_cell_by_itself() -> None:
    counted = publication(figure(VICTIMS, 238, {}), figure(MINORS, 60, {}, of=VICTIMS))
    story = {"ml": StoryCount(MINORS, 30)}
    assert leaking(replace(counted, lines={VICTIMS: 238}, stories=story)) == set()


def test_bands_of_minors_are_no_more_than_the_minors_even_where_they_could_be() -> None:
    """Forty minors, at most forty-five in the bands: a reader takes the numbers as they are printed."""
    ages = {"0-8": (4, 4, 9), "9-17": (36, 36, 36), "18-20": (100, 100, 100), "21-23": (98, 98, 98)}
    whole = replace(figure(VICTIMS, 238, {}), breakdowns={"age_band": ages})
    counted = publication(whole, figure(MINORS, 40, {}, of=VICTIMS))
    printed = (("0-8", None), ("9-17", 36), ("18-20", 100), ("21-23", None))
    assert leaking(replace(counted, tables={(VICTIMS, "age_band"): printed})) == {f"{VICTIMS}/age_band/0-8"}


def test_a_part_that_is_held_back_is_known_to_be_no_more_than_its_whole() -> None:
    whole, part = figure(VICTIMS, 12, {}), figure(MINORS, 5, {}, of=VICTIMS)
    release = replace(publication(whole, part), lines={VICTIMS: 12}, held_back=(MINORS,))
    ends = {interval.target.key: (interval.low, interval.high) for interval in attacked([release], RULES).intervals}
    assert ends[MINORS] == (1, 12)


def test_a_cell_names_its_figure_wherever_it_stands() -> None:
    keys = {
        VICTIMS: VICTIMS,
        f"{VICTIMS}/sex/female": VICTIMS,
        f"{DECLARED}/{VICTIMS}": VICTIMS,
        f"{LATE}/2/{VICTIMS}/sex/female": VICTIMS,
        "story/ml": "",
    }
    assert {key: figure_of(key) for key in keys} == keys


def test_releases_of_one_instant_are_read_together_whichever_they_are() -> None:
    counted = publication(figure(VICTIMS, 349, {"sex": {"female": 203, "male": 98, "transgender_male": 45, "non": 3}}))
    codes = counted.figures.figures[VICTIMS].breakdowns["sex"]

    def hiding(name: str, *hidden: str) -> Publication:
        table = tuple((code, None if code in hidden else entry[0]) for code, entry in codes.items())
        return replace(counted, name=name, tables={(VICTIMS, "sex"): table})

    first, second, bare = hiding("1", "non", "male"), hiding("2", "non", "female"), replace(counted, name="0")
    for releases in ([first, second], [bare, first, second], [first, replace(bare, name="1b"), second]):
        leaks = {leak.target.key for leak in attacked(releases, RULES).leaks if not leak.target.insider}
        assert leaks == {f"{VICTIMS}/sex/non"}
    for alone in (first, second):
        assert leaking(alone) == set()


def test_a_state_without_a_region_is_in_none() -> None:
    places, codes = regions_of(("ML", "AQ", "FR"))
    assert [codes[place] if place >= 0 else "" for place in places.tolist()] == ["002", "", "150", ""]


def test_tables_are_rounded_where_the_policy_rounds() -> None:
    counted = publication(figure(VICTIMS, 238, {"region": REGIONS}))
    policy = Rules(threshold=10, minors_threshold=20, minimum_incidents=3, base=5, width=4, controlled=True)
    printed = tables(counted, {"region": "regions"}, (), policy)
    assert dict(printed[VICTIMS, "region"]) == {"002": 10, "019": 200, "150": 30}
