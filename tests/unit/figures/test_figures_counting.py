"""Tallies, breakdowns and a small world counted by hand."""

from __future__ import annotations

import pyarrow as pa
from tests.counted_work import peak_bytes, python_steps
from tests.figures_world import World, crowd, day, operation

from traboule.figures.count import count, count_inputs
from traboule.figures.figure import from_json


class TestTallies:
    def test_the_same_detection_counts_once_with_its_larger_count(self) -> None:
        world = World()
        for agency, number in (("police", 40), ("border", 42)):
            world.add(
                "migrants", f"IT/{agency}", reference="R1", detected_on="2024-09-30", nationality="TN", count=number
            )
        world.add("migrants", "IT/border", reference="R1", detected_on="2024-09-30", nationality="EG", count=5)
        figures = world.count()
        figure = figures.figure("irregular_migrants")
        assert (figure.low, figure.value, figure.high, figure.rows) == (45, 47, 47, 87)
        assert figure.breakdowns["nationality"] == {"EG": (5, 5, 5), "TN": (42, 40, 42)}
        assert [remark.code for remark in figures.remarks] == ["counts-disagree"]
        assert dict(zip(figure.contributing, figure.amounts, strict=True)) == {
            "IT/border/migrants-2": 42,
            "IT/border/migrants-3": 5,
        }

    def test_detections_without_a_reference_or_of_other_states_are_others(self) -> None:
        world = World()
        for where, reference in (("IT", None), ("IT", None), ("IT", "unknown"), ("FR", "R1"), ("IT", "R1")):
            world.add("migrants", where, reference=reference, detected_on="2024-09-30", nationality="TN", count=10)
        assert world.count().figure("irregular_migrants").value == 50

    def test_person_rows_of_irregular_migrants_are_not_added(self) -> None:
        world = World()
        world.add("migrants", "IT", detected_on="2024-09-30", count=10)
        world.add("roles", "IT", person=world.person("IT"), action=world.action("IT"), role="irregular_migrant")
        assert world.count().figure("irregular_migrants").value == 10

    def test_checks_are_declared_and_never_deduplicated(self) -> None:
        world = World()
        action = world.action("FR")
        for _ in range(2):
            world.add("checks", "FR", action=action, kind="database_check", count=1000, precision="about")
        world.add("checks", "FR", action=action, kind="flight", count=12, precision="exact")
        world.add("checks", "FR", action=action, kind="vehicle", count=99)
        figures = world.count()
        assert (figures.figure("database_checks").value, figures.figure("database_checks").precision) == (2000, "about")
        assert figures.figure("flights_monitored").value == 12

    def test_investigations_are_distinct_by_state_and_reference(self) -> None:
        world = World()
        for where, reference in (("FR/a", "X"), ("FR/b", "X"), ("DE", "X"), ("FR", None), ("FR", None)):
            world.add("investigations", where, reference=reference, opened_on="2024-10-01")
        world.add("investigations", "FR", reference="Y", opened_on="2024-09-01")
        figures = world.count()
        assert (figures.figure("investigations").value, figures.figure("investigations").rows) == (4, 5)
        assert figures.extra["pre"] == {"investigations": 1}

    def test_precision_survives(self) -> None:
        world = World()
        world.add("totals", "TR", measure="irregular_migrants", value=1800, precision="at_least")
        world.add("migrants", "IT", detected_on="2024-09-30", count=50)
        figure = world.count().figure("irregular_migrants")
        assert (figure.value, figure.precision) == (1850, "at_least")


class TestBreakdowns:
    def test_contradicting_records_specify_nothing_and_a_majority_does(self) -> None:
        world = World()
        world.merge(world.victim("ML", sex="male"), world.victim("TG", sex="female"))
        world.merge(
            *(world.victim(state, sex=sex) for state, sex in (("SN", "male"), ("GH", "male"), ("BJ", "female")))
        )
        cells = world.count().figure("potential_victims").breakdowns["sex"]
        assert cells == {"male": (1, 1, 1), "unspecified": (1, 1, 1)}

    def test_a_person_stands_with_the_state_that_found_it_first(self) -> None:
        world = World()
        late = world.victim("AR", action=world.action("AR", start=day("2024-10-03")))
        early = world.victim("ZW", action=world.action("ZW", start=day("2024-09-29")))
        world.merge(late, early)
        assert world.count().figure("potential_victims").breakdowns["state"] == {"ZW": (1, 1, 1)}

    def test_overlapping_cells_stay_within_the_whole_and_know_their_union(self) -> None:
        world = World()
        world.victim("ML", exploitation=["ForcedLabour", "SexualExploitation"], citizenships=["TG", "BJ"])
        world.victim("ML", exploitation=["ForcedCriminality.OnlineScam", "ForcedCriminality.Theft"])
        world.victim("ML")
        figure = world.count().figure("potential_victims")
        assert figure.breakdowns["exploitation"] == {
            "ForcedCriminality": (1, 1, 1),
            "ForcedCriminality.OnlineScam": (1, 1, 1),
            "ForcedCriminality.Theft": (1, 1, 1),
            "ForcedLabour": (1, 1, 1),
            "SexualExploitation": (1, 1, 1),
            "unspecified": (1, 1, 1),
        }
        assert (figure.union("exploitation"), figure.union("nationality")) == (2, 1)

    def test_cells_have_ranges_of_their_own(self) -> None:
        world = World()
        world.link(world.victim("ML", sex="male"), world.victim("TG", sex="male"), 0.9)
        assert world.count().figure("potential_victims").breakdowns["sex"] == {"male": (1, 1, 2)}


def small_world() -> World:
    """Argentina's plantations, Mali's 24 women, the Philippine warehouse, in small."""
    world = World()
    world.files("AR", "ML", "PH", "TG")
    for n in range(5):
        world.victim("AR", sex="male", minor="yes" if n < 2 else "no", exploitation=["ForcedLabour"])
    togolese = [world.victim("ML", sex="female", citizenships=["TG"]) for _ in range(4)]
    refiled = [world.victim("TG", sex="female", citizenships=["TG"]) for _ in range(3)]
    world.merge(togolese[0], refiled[0])
    world.link(togolese[1], refiled[1], 0.8)
    world.link(togolese[2], refiled[2], 0.2)
    scam = [world.victim("PH", citizenships=["CN"], exploitation=["ForcedCriminality.OnlineScam"]) for _ in range(2)]
    world.arrest("PH", scam[0], attribution="linked")
    world.arrest("PH", attribution="trafficking")
    world.arrest("AR", attribution="smuggling")
    world.add("migrants", "ML", reference="M1", detected_on="2024-10-02", nationality="SN", count=30)
    world.add("checks", "PH", action=world.action("PH"), kind="flight", count=20, precision="about")
    world.add("investigations", "ML", reference="I1", opened_on="2024-10-02")
    return world


class TestASmallWorldByHand:
    def test_every_figure(self) -> None:
        figures = small_world().count("AR", "ML", "PH", "SN", "TG").figures
        assert {name: (figure.low, figure.value, figure.high, figure.rows) for name, figure in figures.items()} == {
            "participants": (4, 4, 5, 4),
            "arrests": (3, 3, 3, 3),
            "arrests_trafficking_or_smuggling": (2, 2, 2, 2),
            "potential_victims": (7, 12, 13, 14),
            "potential_victims_minors": (2, 2, 2, 2),
            "irregular_migrants": (30, 30, 30, 30),
            "flights_monitored": (20, 20, 20, 20),
            "database_checks": (0, 0, 0, 0),
            "investigations": (1, 1, 1, 1),
        }
        assert figures["potential_victims"].breakdowns["state"] == {
            "AR": (5, 5, 5),
            "ML": (4, 4, 4),
            "PH": (2, 2, 2),
            "TG": (1, 0, 2),
        }

    def test_the_contracts_call_gives_the_same(self) -> None:
        inputs = small_world().inputs()
        every_figure = operation()
        figures = count(inputs.tables, inputs.clusters, inputs.links, every_figure, births=inputs.births)
        assert figures == count_inputs(inputs, every_figure)

    def test_json_is_canonical_and_comes_back(self) -> None:
        figures = small_world().count()
        text = figures.to_json()
        assert from_json(text).to_json() == text
        assert text == small_world().count().to_json()
        assert 'contributing":[]' in figures.without_records().to_json()

    def test_only_the_figures_asked_for_are_counted(self) -> None:
        figures = count_inputs(small_world().inputs(), operation(figures=("potential_victims_minors",)))
        assert list(figures.figures) == ["potential_victims_minors"]
        assert figures.figure("potential_victims_minors").value == 2

    def test_nothing_filed_is_zero_everywhere(self) -> None:
        figures = World().count()
        assert {figure.value for figure in figures.figures.values()} == {0}

    def test_the_hash_changes_with_what_is_read_and_not_with_receipts(self) -> None:
        world = small_world()
        first = world.count().inputs_hash
        world.rows["people"][0]["sex"] = "female"
        assert world.count().inputs_hash != first
        world = small_world()
        tables = dict(world.inputs().tables)
        tables["people"] = tables["people"].append_column("return_id", [["r"] * tables["people"].num_rows])
        inputs = world.inputs()
        assert count(tables, inputs.clusters, inputs.links, operation(), births=inputs.births).inputs_hash == first

    def test_held_rows_come_from_the_registers_own_list(self) -> None:
        world = small_world()
        tables = dict(world.inputs().tables)
        arrest = world.rows["arrests"][0]["row_id"]
        rows = [("AR", "police", "arrests", "new"), ("PH", "police", "arrests", arrest)]
        names = ("unit", "agency", "table", "row_id")
        tables["held"] = _table(names, rows)
        inputs = world.inputs()
        figure = count(tables, inputs.clusters, inputs.links, operation(), births=inputs.births).figure("arrests")
        assert (figure.held, figure.high) == (1, 4)


def _table(names: tuple[str, ...], rows: list[tuple[str, ...]]) -> pa.Table:
    return pa.table({name: [row[place] for row in rows] for place, name in enumerate(names)})


def test_persons_are_counted_in_arrays_and_not_one_by_one() -> None:
    """Ten times the persons take hardly more steps of Python, and ten times the memory at most."""
    every_figure = operation()
    count_inputs(crowd(1000, open_links=10), every_figure)
    small, large = crowd(20_000), crowd(200_000)
    steps = [python_steps(count_inputs, inputs, every_figure) for inputs in (small, large)]
    memory = [peak_bytes(count_inputs, inputs, every_figure) for inputs in (small, large)]
    assert steps[1] < 2 * steps[0]
    assert memory[1] < 11 * memory[0]
