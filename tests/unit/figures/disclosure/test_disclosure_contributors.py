"""What cells rest on, and the incidents stories are told of: counted from rows, never more than there were."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.figures_world import INSIDE, World, crowd, day, operation

from traboule.figures.count import count_case
from traboule.figures.disclosure.contributors import CellContributors, _places_among, contributors
from traboule.figures.disclosure.incidents import coded_persons, incidents
from traboule.figures.disclosure.story import Incident
from traboule.figures.resolved.breakdown import UNSPECIFIED
from traboule.figures.resolved.case import resolve

FIGURES = ("arrests", "potential_victims", "irregular_migrants")


def all_contributors(world: World, figure: str, dimension: str, *states: str) -> dict[str, CellContributors]:
    case = resolve(world.inputs(), operation(*states, figures=FIGURES))
    return contributors(case, count_case(case))[figure][dimension]


def rests(world: World, figure: str, dimension: str, *states: str) -> dict[str, tuple[int, int]]:
    return {code: entry[:2] for code, entry in all_contributors(world, figure, dimension, *states).items()}


@pytest.fixture
def world() -> World:
    result = World()
    result.files("ML", "SN", "CI")
    return result


def women(world: World, where: str, number: int, **values: Any) -> list[str]:
    return [world.victim(where, sex="female", **values) for _ in range(number)]


def test_who_is_not_among_those_chosen_has_no_place() -> None:
    assert _places_among(np.array([3, 1]), 5).tolist() == [-1, 1, -1, 0, -1]


def test_persons_of_one_raid_rest_on_one_incident_of_one_unit(world: World) -> None:
    women(world, "ML", 5, action=world.action("ML"))
    women(world, "SN", 2, action=world.action("SN"))
    assert rests(world, "potential_victims", "sex") == {"female": (2, 5)}
    assert rests(world, "potential_victims", "state") == {"ML": (1, 5), "SN": (1, 2)}
    assert rests(world, "potential_victims", "region") == {"002": (2, 5)}


def test_a_joint_action_filed_by_two_states_is_one_incident(world: World) -> None:
    women(world, "ML", 3, action=world.action("ML", joint_with=["SN"]))
    women(world, "SN", 3, action=world.action("SN", joint_with=["ML"]))
    assert rests(world, "potential_victims", "sex") == {"female": (1, 3)}
    women(world, "SN", 1, action=world.action("SN", start=day("2024-10-02"), joint_with=["ML"]))
    assert rests(world, "potential_victims", "sex") == {"female": (2, 4)}


def test_an_action_filed_by_two_agencies_under_one_reference_is_one_incident(world: World) -> None:
    women(world, "ML/police", 3, action=world.action("ML/police", reference="7"))
    women(world, "ML/customs", 3, action=world.action("ML/customs", reference="7"))
    women(world, "SN", 1, action=world.action("SN", reference="7"))
    assert rests(world, "potential_victims", "sex") == {"female": (2, 6)}


def test_a_person_seen_in_several_actions_stands_with_the_first(world: World) -> None:
    late, early = world.action("ML", start=day("2024-10-02")), world.action("ML", start=INSIDE)
    for person in women(world, "ML", 4, action=early):
        world.add("roles", "ML", person=person, action=late, role="possible_victim")
    assert rests(world, "potential_victims", "sex") == {"female": (1, 4)}


def test_a_person_two_units_filed_is_known_to_both(world: World) -> None:
    left, right = women(world, "ML", 1)[0], women(world, "SN", 1)[0]
    world.merge(left, right)
    women(world, "SN", 1)
    assert rests(world, "potential_victims", "sex") == {"female": (2, 2)}


def test_what_each_state_filed_is_counted_in_every_cell_and_the_headline(world: World) -> None:
    left, right = women(world, "ML", 2)[0], women(world, "SN", 1)[0]
    world.merge(left, right)
    world.add("totals", "CI", measure="potential_victims", counted_unit="person", value=40, precision="exact")
    assert all_contributors(world, "potential_victims", "sex")["female"][2] == {"ML": 2, "SN": 1}
    assert all_contributors(world, "potential_victims", "whole") == {"whole": (3, 40, {"ML": 2, "SN": 1, "CI": 40})}
    assert all_contributors(world, "potential_victims", "region")["002"][2] == {"ML": 2, "SN": 1, "CI": 40}


def test_rows_without_an_action_are_one_incident_of_their_state(world: World) -> None:
    for where in ("ML", "ML", "ML", "SN"):
        person = world.person(where, sex="male")
        world.add("roles", where, person=person, role="possible_victim", start="2024-10-01")
    assert rests(world, "potential_victims", "sex") == {"male": (2, 3)}


def test_rows_without_an_action_are_no_part_of_one_that_was_filed(world: World) -> None:
    women(world, "ML", 2, action=world.action("ML"))
    women(world, "SN", 1, action=world.action("SN"))
    for where in ("CI", "ML", "SN"):
        person = world.person(where, sex="female")
        world.add("roles", where, person=person, role="possible_victim", start="2024-10-01")
    assert rests(world, "potential_victims", "sex") == {"female": (5, 3)}
    assert rests(world, "potential_victims", "state") == {"CI": (1, 1), "ML": (2, 3), "SN": (2, 2)}


def test_a_total_declared_without_rows_is_one_incident_known_to_its_state(world: World) -> None:
    women(world, "ML", 5, action=world.action("ML"))
    world.add("totals", "CI", measure="potential_victims", counted_unit="person", value=40, precision="exact")
    assert rests(world, "potential_victims", "state") == {"ML": (1, 5), "CI": (1, 40)}
    assert rests(world, "potential_victims", "sex") == {"female": (1, 5), UNSPECIFIED: (1, 40)}
    assert rests(world, "potential_victims", "region") == {"002": (2, 40)}


def test_arrests_and_detections_rest_on_their_actions(world: World) -> None:
    raid = world.action("ML")
    for _ in range(3):
        world.arrest("ML", world.person("ML", sex="male"), action=raid)
    world.arrest("SN", world.person("SN", sex="male"), action=world.action("SN"))
    assert rests(world, "arrests", "sex") == {"male": (2, 3)}
    for reference in ("1", "2"):
        world.add("migrants", "ML", action=raid, reference=reference, detected_on="2024-10-01", count=30)
    world.add("migrants", "CI", action=world.action("CI"), reference="1", detected_on="2024-10-01", count=20)
    assert rests(world, "irregular_migrants", "region") == {"002": (2, 60)}


def test_the_arrests_of_possible_victims_rest_in_no_cell(world: World) -> None:
    raid = world.action("ML")
    world.arrest("ML", world.victim("ML", sex="female", action=raid), action=raid)
    assert rests(world, "arrests", "sex") == {UNSPECIFIED: (1, 1)}


def test_every_cell_counted_rests_on_something_and_no_unit_knows_more_than_there_is() -> None:
    case = resolve(crowd(20_000, seed=5), operation(figures=FIGURES[:2]))
    figures = count_case(case)
    for name, split in contributors(case, figures).items():
        for dimension in ("state", "sex", "age_band"):
            counts = {code: cell[0] for code, cell in figures.figures[name].breakdowns[dimension].items() if cell[0]}
            cells_of = split[dimension]
            assert cells_of.keys() == counts.keys()
            for code, (actions, largest, own) in cells_of.items():
                assert actions >= 1
                assert largest == max(own.values()) <= counts[code] <= sum(own.values())


def test_incidents_hold_every_potential_victim_whose_rows_name_an_action(world: World) -> None:
    raid = world.action("ML", start=day("2024-10-01"))
    attributes = {"age_band": "18-20", "exploitation": ["ForcedCriminality.OnlineScam"], "citizenships": ["TG"]}
    women(world, "ML", 4, action=raid, **attributes)
    women(world, "ML", 1, action=raid, **{**attributes, "citizenships": ["TG", "BJ"]})
    alone = world.person("SN")
    world.add("roles", "SN", person=alone, role="possible_victim", start="2024-10-01")
    case = resolve(world.inputs(), operation(figures=FIGURES))
    (incident,) = incidents(case)
    assert (incident.reference, incident.country, incident.region, incident.day.isoformat()) == (
        raid,
        "ML",
        "002",
        "2024-10-01",
    )
    groups = {(group.sex, group.age_band, group.form, group.origin, group.persons) for group in incident.groups}
    form = "ForcedCriminality.OnlineScam"
    assert groups == {("female", "18-20", form, "TG", 4), ("female", "18-20", form, "", 1)}
    assert Incident.from_data(incident.to_data()) == incident


def test_who_does_not_ask_for_potential_victims_has_no_incidents(world: World) -> None:
    women(world, "ML", 4, action=world.action("ML"))
    assert incidents(resolve(world.inputs(), operation(figures=("arrests",)))) == ()


def test_potential_victims_are_coded_by_what_a_vocabulary_has_a_code_for(world: World) -> None:
    raid = world.action("ML")
    attributes = {"age_band": "18-20", "exploitation": ["ForcedCriminality.OnlineScam"]}
    women(world, "ML", 2, action=raid, **attributes)
    world.victim("SN", action=world.action("SN"))
    persons, codes = coded_persons(resolve(world.inputs(), operation(figures=FIGURES)))
    woman = {"sex": "female", "age_band": "18-20", "region": "002", "form": "ForcedCriminality"}
    unknown = dict.fromkeys(woman, UNSPECIFIED) | {"region": "002"}
    assert sorted(persons, key=str) == sorted([woman, woman, unknown], key=str)
    assert list(codes) == list(woman)
    assert all(of_column[-1] == UNSPECIFIED for of_column in codes.values())
    assert all(person[name] in of_column for person in persons for name, of_column in codes.items())
    assert [code for code in codes["form"] if "." in code] == []
    nobody = coded_persons(resolve(world.inputs(), operation(figures=("arrests",))))
    assert nobody == ([], codes)


def test_several_forms_are_told_by_what_they_have_in_common(world: World) -> None:
    raid = world.action("ML")
    for forms in (
        ["ForcedCriminality.OnlineScam", "ForcedCriminality.Theft"],
        ["ForcedCriminality.OnlineScam", "ForcedLabour"],
    ):
        world.victim("ML", action=raid, exploitation=forms)
    (incident,) = incidents(resolve(world.inputs(), operation(figures=FIGURES)))
    assert sorted(group.form for group in incident.groups) == ["", "ForcedCriminality"]
