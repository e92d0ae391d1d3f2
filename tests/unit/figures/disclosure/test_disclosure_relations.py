"""What readers know to hang together in a release: states and regions, parts and wholes, what was declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from traboule.figures.disclosure.contributors import regions_of
from traboule.figures.disclosure.editions.arrivals import LATE
from traboule.figures.disclosure.editions.publication import DECLARED, Publication
from traboule.figures.disclosure.publication import attacked, figure_of, headlines, tables
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
