"""What a reader has by subtracting one release from another, and whose persons it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from traboule.figures.disclosure.cells import Supposed, exactly
from traboule.figures.disclosure.editions.arrivals import arrivals, is_pure, reported_together
from traboule.figures.disclosure.editions.publication import TOGETHER, Publication, Reasons
from traboule.figures.disclosure.publication import _history
from traboule.figures.disclosure.rules import Rules
from traboule.figures.figure import Figure, FigureSet
from traboule.figures.resolved.breakdown import UNSPECIFIED

RULES = Rules(threshold=10, minors_threshold=20, minimum_incidents=3)
VICTIMS = "potential_victims"
BEFORE = {"ML": 8, "FR": 30, "BR": 200}


def release(name: str, value: int, *reasons: tuple[str, int], since: Reasons | None = None) -> Publication:
    """Return a release of one headline that names why it changed; ``since`` is why it did, as counted."""
    counted = Figure(VICTIMS, "person", "potential", *[value] * 5, 0, 0, "exact", None, {})
    figures = FigureSet("lantern", "2024-10-05", name, "d", {VICTIMS: counted})
    as_counted = {} if since is None else {VICTIMS: since}
    return Publication(name, figures, {VICTIMS: value}, changes={VICTIMS: reasons} if reasons else {}, since=as_counted)


def with_tables(name: str, states: Mapping[str, int], *reasons: tuple[str, int]) -> Publication:
    """Return a release of what states found, by region and by sex: all of it of women but two hundred."""
    value = sum(states.values())
    regions = {"002": sum(states.get(code, 0) for code in ("ML", "TG", "SN")), "150": states["FR"], "019": states["BR"]}
    cells = {"state": states, "region": regions, "sex": {"female": value - 200, "male": 200}}
    breakdowns = {dimension: {code: (n, n, n) for code, n in codes.items()} for dimension, codes in cells.items()}
    whole = release(name, value, *reasons)
    figures = replace(whole.figures, figures={VICTIMS: replace(whole.figure(VICTIMS), breakdowns=breakdowns)})
    tables = {(VICTIMS, dimension): tuple(cells[dimension].items()) for dimension in ("region", "sex")}
    return replace(whole, figures=figures, tables=tables)


def test_what_one_state_filed_late_is_its_own_in_every_cell() -> None:
    later = with_tables("2", {**BEFORE, "TG": 14}, ("late", 14))
    arrived = arrivals([with_tables("1", BEFORE), later])
    assert {cell.key: (cell.value, dict(cell.own), cell.state) for cell in arrived.cells} == {
        f"late/1/{VICTIMS}": (14, {"TG": 14}, "TG"),
        f"late/1/{VICTIMS}/region/002": (14, {"TG": 14}, "TG"),
        f"late/1/{VICTIMS}/region/150": (0, {}, ""),
        f"late/1/{VICTIMS}/region/019": (0, {}, ""),
        f"late/1/{VICTIMS}/sex/female": (14, {"TG": 14}, "TG"),
        f"late/1/{VICTIMS}/sex/male": (0, {"TG": 0}, "TG"),
    }
    assert arrived.published == {f"late/1/{VICTIMS}": exactly(14)}
    assert {change.supposed for change in arrived.between} == {Supposed.GROWN}
    assert {change.arrivals for change in arrived.between} == {"late/1/"}


def test_what_several_states_filed_late_is_known_by_place_and_not_by_sex() -> None:
    later = with_tables("2", {**BEFORE, "TG": 14, "SN": 11}, ("late", 25))
    cells = {
        cell.key.removeprefix(f"late/1/{VICTIMS}"): cell for cell in arrivals([with_tables("1", BEFORE), later]).cells
    }
    assert (cells[""].own, cells[""].largest, cells[""].state) == ({"SN": 11, "TG": 14}, 14, "")
    assert cells["/region/002"].own == {"SN": 11, "TG": 14}
    assert (cells["/sex/female"].value, dict(cells["/sex/female"].own), cells["/sex/female"].state) == (25, {}, "")


def test_a_change_of_other_reasons_arrives_in_no_table() -> None:
    later = with_tables("2", {**BEFORE, "TG": 14}, ("correction", 14))
    assert arrivals([with_tables("1", BEFORE), later]).cells == []
    named = with_tables("2", {**BEFORE, "TG": 14}, ("late", 12), ("correction", 2))
    assert [cell.key for cell in arrivals([with_tables("1", BEFORE), named]).cells] == [f"late/1/{VICTIMS}"]


def test_what_was_withdrawn_is_a_cell_of_those_who_withdrew() -> None:
    later = with_tables("2", {**BEFORE, "BR": 190}, ("withdrawal", -10))
    (gone,) = arrivals([with_tables("1", BEFORE), later]).cells
    assert (gone.key, gone.value, gone.own, gone.state) == (f"late/1/{VICTIMS}/withdrawal", 10, {"BR": 10}, "BR")


@pytest.mark.parametrize(
    ("second", "third", "is_late"),
    [
        ([("late", 4)], [("late", 8)], True),
        ([("correction", 4)], [("late", 8)], False),
        ([("late", 4)], [("late", 7), ("correction", 1)], False),
        ([("correction", 4)], [("late", 12)], True),  # Counted from the first: what lies between was withdrawn.
        ([("correction", 4)], [("late", 11), ("correction", 1)], False),
        ([("correction", 4)], [], False),
        ([], [], False),
    ],
)
def test_a_headline_changed_for_one_reason_alone(
    second: list[tuple[str, int]], third: list[tuple[str, int]], is_late: bool
) -> None:
    releases = [release("1", 100), release("2", 104, *second), release("3", 112, *third)]
    assert is_pure(releases, VICTIMS, "late") is is_late
    assert not is_pure(releases, VICTIMS, "withdrawal")


def test_why_the_first_release_changed_is_no_reason_of_a_later_one() -> None:
    releases = [release("1", 100, ("correction", 3)), release("2", 104, ("late", 4)), release("3", 112, ("late", 8))]
    assert is_pure(releases, VICTIMS, "late")


def test_what_arrived_in_a_state_is_that_states() -> None:
    earlier, later = with_tables("1", BEFORE), with_tables("2", {**BEFORE, "ML": 22, "FR": 41}, ("late", 25))
    releases = [
        replace(of, tables={(VICTIMS, "state"): tuple((code, None) for code in BEFORE)}) for of in (earlier, later)
    ]
    prefix = f"late/1/{VICTIMS}/state/"
    cells = {cell.key.removeprefix(prefix): cell for cell in arrivals(releases).cells if cell.key.startswith(prefix)}
    assert {code: (cell.value, cell.own, cell.state) for code, cell in cells.items()} == {
        "ML": (14, {"ML": 14}, "ML"),
        "FR": (11, {"FR": 11}, "FR"),
        "BR": (0, {}, ""),
    }


@pytest.mark.parametrize(("after", "reason", "incidents"), [(214, ("late", 14), 9), (186, ("withdrawal", -14), 5)])
def test_what_came_rests_on_the_incidents_there_are_and_what_went_on_those_there_were(
    after: int, reason: tuple[str, int], incidents: int
) -> None:
    def of(release: Publication, count: int) -> Publication:
        own = {entry: cell[0] for entry, cell in release.figure(VICTIMS).breakdowns["state"].items()}
        contributors = {VICTIMS: {"whole": {"whole": (20, 200, own)}, "state": {"BR": (count, 200, {"BR": 200})}}}
        return replace(release, tables={}, contributors=contributors)

    releases = of(with_tables("1", BEFORE), 5), of(with_tables("2", {**BEFORE, "BR": after}, reason), 9)
    (cell,) = arrivals(releases).cells
    assert (cell.value, cell.state, cell.incidents) == (14, "BR", incidents)


def test_the_reasons_as_counted_count_and_not_those_that_were_named() -> None:
    together = release("2", 104, (TOGETHER, 4), since=(("late", 4),))
    assert is_pure([release("1", 100), together], VICTIMS, "late")
    assert reported_together((("late", 5), ("correction", -1))) == ((TOGETHER, 4),)


def test_each_pair_of_releases_assumes_what_all_between_them_say() -> None:
    releases = [release("1", 100), release("2", 104, ("late", 4)), release("3", 102, ("withdrawal", -2))]
    stated = {(change.earlier, change.later): change.supposed for change in _history(releases, RULES).between}
    assert stated == {("1", "2"): Supposed.GROWN, ("2", "3"): Supposed.SHRUNK}
    corrected = [release("1", 100), release("2", 104, ("correction", 4)), release("3", 106, ("link", 2))]
    grown = {(change.earlier, change.later): change.supposed for change in _history(corrected, RULES).between}
    assert grown == dict.fromkeys([("1", "2"), ("1", "3"), ("2", "3")], Supposed.GROWN)


def test_a_cell_by_state_is_that_states_and_no_other_cell_is() -> None:
    breakdowns = {"state": {"ML": (8, 8, 8), UNSPECIFIED: (2, 2, 2)}, "sex": {"female": (10, 10, 10)}}
    whole = release("1", 10)
    counted = {VICTIMS: replace(whole.figure(VICTIMS), breakdowns=breakdowns)}
    printed = replace(whole, figures=replace(whole.figures, figures=counted))
    cells = [printed.table_cell(VICTIMS, *place) for place in (("state", "ML"), ("state", "other"), ("sex", "female"))]
    assert [(cell.value, cell.state, cell.listed) for cell in cells] == [(8, "ML", True), (2, "", True), (10, "", True)]
