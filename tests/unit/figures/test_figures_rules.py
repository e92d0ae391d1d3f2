"""The domain's rules on counting, each by its number, on worlds made by hand."""

from __future__ import annotations

import pytest
from tests.figures_world import World, day

from traboule.figures.figure import FigureSet


def triple(figures: FigureSet, name: str) -> tuple[int, int, int]:
    figure = figures.figure(name)
    return figure.low, figure.value, figure.high


class TestRule6DeclaredAndCounted:
    def test_declared_beside_rows_is_compared_and_not_added(self) -> None:
        world = World()
        world.arrest("ML")
        world.add("totals", "ML", measure="arrests", value=3, counted_unit="person")
        figures = world.count()
        arrests = figures.figure("arrests")
        assert (arrests.value, arrests.declared_only) == (1, 0)
        assert [(entry.state, entry.declared, entry.counted, entry.gap) for entry in arrests.compared] == [
            ("ML", 3, 1, 2)
        ]
        assert [entry.code for entry in figures.remarks] == ["declared-gap"]

    def test_declared_without_rows_enters_as_declared(self) -> None:
        world = World()
        world.arrest("ML")
        world.add("totals", "AR", measure="arrests", value=3, precision="at_least", counted_unit="event")
        arrests = world.count().figure("arrests")
        assert (arrests.value, arrests.counted, arrests.declared_only, arrests.precision) == (4, 1, 3, "at_least")
        assert arrests.breakdowns["state"] == {"AR": (3, 3, 3), "ML": (1, 1, 1)}
        assert arrests.breakdowns["sex"]["unspecified"] == (4, 4, 4)
        assert arrests.drilled() == arrests.value

    def test_splitting_a_return_in_two_files_does_not_make_its_totals_declared_only(self) -> None:
        world = World()
        world.arrest("ML")
        world.add("returns", "ML", status="preliminary", version=2, kind="totals")
        world.add("totals", "ML", measure="arrests", value=1)
        assert world.count().figure("arrests").value == 1

    def test_another_agency_of_a_state_with_rows_only_widens(self) -> None:
        world = World()
        world.arrest("ML/police")
        world.add("totals", "ML/border", measure="arrests", value=5)
        figures = world.count()
        assert triple(figures, "arrests") == (1, 1, 6)
        assert [remark.code for remark in figures.remarks] == ["declared-unreconciled"]

    def test_parts_of_a_total_are_not_added_to_it(self) -> None:
        world = World()
        world.add("totals", "AR", measure="potential_victims", value=59, row_id="t1")
        world.add("totals", "AR", measure="potential_victims", value=14, breakdown_of="t1")
        world.add("totals", "AR", measure="potential_victims_minors", value=14, breakdown_of="t1")
        figures = world.count()
        assert figures.figure("potential_victims").value == 59
        assert figures.figure("potential_victims_minors").value == 14

    def test_another_unit_is_not_added(self) -> None:
        world = World()
        world.add("totals", "AR", measure="potential_victims", value=59, counted_unit="event")
        figures = world.count()
        assert figures.figure("potential_victims").value == 0
        assert [remark.code for remark in figures.remarks] == ["declared-unit-differs"]

    def test_other_measures_enter_no_figure(self) -> None:
        world = World()
        world.add("totals", "ME", measure="migrants_facilitated", value=350)
        world.add("totals", "PH", measure="persons_found", value=250, precision="at_least")
        world.add("totals", "PH", measure="identified_victims", value=9)
        figures = world.count()
        assert figures.other_declared == (
            ("ME", "migrants_facilitated", 350, "exact"),
            ("PH", "identified_victims", 9, "exact"),
            ("PH", "persons_found", 250, "at_least"),
        )
        assert figures.figure("potential_victims").value == 0


class TestRule7OneArrest:
    def test_the_arresting_and_the_wanting_state_file_one_arrest(self) -> None:
        world = World()
        arresting = world.arrest("ML", at=day("2024-09-30", 10), arresting_state="ML")
        wanting = world.arrest("TG", at=day("2024-09-30", 12), arresting_state="ML")
        world.merge(arresting, wanting)
        arrests = world.count().figure("arrests")
        assert (arrests.value, arrests.rows) == (1, 2)
        assert arrests.breakdowns["state"] == {"ML": (1, 1, 1)}

    def test_two_states_arresting_one_person_are_two_arrests(self) -> None:
        world = World()
        world.merge(world.arrest("ML"), world.arrest("TG"))
        assert world.count().figure("arrests").value == 2

    def test_twenty_four_hours_are_one_instant_and_more_are_not(self) -> None:
        world = World()
        person = world.arrest("ML", at=day("2024-09-30", 10))
        world.arrest("ML", person, at=day("2024-10-01", 10))
        world.arrest("ML", person, at=day("2024-10-02", 11))
        assert world.count().figure("arrests").value == 2

    def test_an_arrest_without_a_time_groups_with_the_dated_one(self) -> None:
        world = World()
        person = world.arrest("ML", at=day("2024-09-30", 10))
        world.arrest("ML", person, at=None)
        assert world.count().figure("arrests").value == 1

    def test_an_arrest_known_by_its_day_groups_with_the_day(self) -> None:
        world = World()
        person = world.arrest("ML", at=day("2024-09-30", 0))
        world.arrest("ML", person, at=day("2024-09-30", 23))
        assert world.count().figure("arrests").value == 1

    def test_two_persons_are_two_arrests(self) -> None:
        world = World()
        world.arrest("ML")
        world.arrest("ML")
        assert world.count().figure("arrests").value == 2

    def test_rows_that_name_no_known_person_are_arrests_of_their_own(self) -> None:
        world = World()
        world.add("arrests", "ML", at=day("2024-09-30"))
        world.add("arrests", "ML", at=day("2024-09-30"), person="ML/police/lost")
        assert world.count().figure("arrests").value == 2


class TestRule8UnionNeverSum:
    def test_an_arrest_filed_for_both_counts_once(self) -> None:
        world = World()
        person = world.arrest("ML", attribution="trafficking")
        world.arrest("ML", person, attribution="smuggling")
        world.arrest("ML", attribution="linked")
        figures = world.count()
        assert figures.figure("arrests").value == 2
        on_theme = figures.figure("arrests_trafficking_or_smuggling")
        assert on_theme.value == 1
        assert on_theme.breakdowns["attribution"] == {"both": (1, 1, 1)}

    @pytest.mark.parametrize(
        ("attribution", "counts"),
        [("trafficking", 1), ("smuggling", 1), ("both", 1), ("linked", 0), ("incidental", 0)],
    )
    def test_attributions(self, attribution: str, counts: int) -> None:
        world = World()
        world.arrest("ML", attribution=attribution)
        assert world.count().figure("arrests_trafficking_or_smuggling").value == counts

    def test_declared_apart_is_a_range(self) -> None:
        world = World()
        world.add("totals", "RS", measure="arrests", value=40)
        world.add("totals", "RS", measure="arrests_trafficking", value=7)
        world.add("totals", "RS", measure="arrests_smuggling", value=12)
        assert triple(world.count(), "arrests_trafficking_or_smuggling") == (12, 19, 19)

    def test_a_declared_union_is_the_union(self) -> None:
        world = World()
        for measure, value in (("trafficking", 7), ("smuggling", 12), ("trafficking_or_smuggling", 15)):
            world.add("totals", "RS", measure=f"arrests_{measure}", value=value)
        figures = world.count()
        assert triple(figures, "arrests_trafficking_or_smuggling") == (15, 15, 15)

    def test_a_part_declared_alone_is_the_least_of_its_whole(self) -> None:
        world = World()
        world.add("totals", "TR", measure="arrests_smuggling", value=94)
        figures = world.count()
        assert figures.figure("arrests").value == 94
        assert [remark.code for remark in figures.remarks] == ["declared-whole-implied"]

    def test_a_declared_part_never_exceeds_its_whole(self) -> None:
        world = World()
        world.add("totals", "TR", measure="potential_victims", value=5)
        world.add("totals", "TR", measure="potential_victims_minors", value=9)
        figures = world.count()
        assert figures.figure("potential_victims_minors").value == 5
        assert [remark.code for remark in figures.remarks] == ["declared-part-exceeds-whole"]


class TestRule9TheWindow:
    def test_andes_18_and_31_are_not_49(self) -> None:
        world = World()
        before = world.action("PE", start=day("2024-09-20"), phase="pre")
        for _ in range(18):
            world.arrest("PE", at=day("2024-09-20"), action=before)
        for _ in range(31):
            world.arrest("PE")
        figures = world.count()
        assert figures.figure("arrests").value == 31
        assert figures.extra["pre"] == {"arrests": 18, "arrests_trafficking_or_smuggling": 18}

    @pytest.mark.parametrize(
        ("at", "counts"),
        [("2024-09-28", 0), ("2024-09-29", 1), ("2024-10-04", 1), ("2024-10-05", 0)],
    )
    def test_both_days_of_the_window_are_inside(self, at: str, counts: int) -> None:
        world = World()
        world.arrest("ML", at=day(at, 23))
        assert world.count().figure("arrests").value == counts

    def test_a_declared_phase_outweighs_the_clock(self) -> None:
        world = World()
        world.victim("ML", action=world.action("ML", phase="post"))
        figures = world.count()
        assert figures.figure("potential_victims").value == 0
        assert figures.extra["post"]["potential_victims"] == 1

    def test_an_operational_phase_does_not_bring_the_past_inside(self) -> None:
        world = World()
        world.victim("ML", action=world.action("ML", start=day("2024-08-01"), phase="operation"))
        assert world.count().figure("potential_victims").value == 0

    def test_an_operational_action_that_runs_into_the_window_counts(self) -> None:
        world = World()
        action = world.action("ML", start=day("2024-09-28", 22), phase="operation")
        world.rows["actions"][-1]["end"] = day("2024-09-29", 4)
        world.victim("ML", action=action)
        assert world.count().figure("potential_victims").value == 1

    def test_a_role_since_august_is_found_on_the_day_of_the_raid(self) -> None:
        world = World()
        person = world.person("ML")
        world.add("roles", "ML", person=person, action=world.action("ML"), role="victim", start="2024-08")
        assert world.count().figure("potential_victims").value == 1

    def test_an_undated_fact_counts_and_is_reported(self) -> None:
        world = World()
        world.add("roles", "ML", person=world.person("ML"), role="victim")
        figures = world.count()
        assert figures.figure("potential_victims").value == 1
        assert figures.extra["undated"] == 1

    def test_a_victim_row_without_an_action_has_its_role_rows_day(self) -> None:
        world = World()
        person = world.person("ML")
        world.add("roles", "ML", person=person, action=world.action("ML", phase="pre"), role="victim")
        world.add("victims", "ML", person=person, status="ActualVictimOfTrafficking")
        figures = world.count()
        assert figures.figure("potential_victims").value == 0
        assert figures.extra["pre"]["potential_victims"] == 1

    @pytest.mark.parametrize(
        ("partial_date", "counts"), [("2024-09", 5), ("2024", 5), ("2024-10-04", 5), ("2024-11", 0)]
    )
    def test_a_partial_date_is_inside_where_it_may_be(self, partial_date: str, counts: int) -> None:
        world = World()
        world.add("migrants", "IT", detected_on=partial_date, count=5)
        assert world.count().figure("irregular_migrants").value == counts


class TestRule10OncePerMeasure:
    def test_a_person_found_twice_counts_once(self) -> None:
        world = World()
        world.merge(world.victim("ML"), world.victim("TG"))
        figure = world.count().figure("potential_victims")
        assert (figure.value, figure.rows, figure.contributing) == (1, 2, ("ML/police/people-1",))

    def test_an_open_link_makes_an_interval(self) -> None:
        world = World()
        world.link(world.victim("ML"), world.victim("TG"), 0.9)
        assert triple(world.count(), "potential_victims") == (1, 1, 2)

    def test_an_unlikely_open_link_does_not_hold_in_the_value(self) -> None:
        world = World()
        world.link(world.victim("ML"), world.victim("TG"), 0.49)
        assert triple(world.count(), "potential_victims") == (1, 2, 2)

    def test_even_odds_hold(self) -> None:
        world = World()
        world.link(world.victim("ML"), world.victim("TG"), 0.5)
        assert triple(world.count(), "potential_victims") == (1, 1, 2)

    @pytest.mark.parametrize("status", ["automatic", "judged_match"])
    def test_only_open_links_are_in_doubt(self, status: str) -> None:
        world = World()
        world.link(world.victim("ML"), world.victim("TG"), 0.9, status)
        assert triple(world.count(), "potential_victims") == (2, 2, 2)

    @pytest.mark.parametrize(("probability", "low"), [(0.9, 1), (0.1, 2)])
    def test_a_judge_may_err_where_linkage_was_sure_of_the_opposite(self, probability: float, low: int) -> None:
        """A judge errs in three of a hundred cases: nine chances in ten become two, one in ten less than half a
        hundredth."""
        world = World()
        world.link(world.victim("ML"), world.victim("TG"), probability, "judged_no_match")
        assert triple(world.count(), "potential_victims") == (low, 2, 2)

    def test_what_was_rejected_as_unlikely_lowers_the_least_alone(self) -> None:
        """Three hundred pairs of one chance in a hundred each hide three persons as their probabilities promise, and up
        to sixteen times as many while none of them is audited."""
        world = World()
        for _ in range(300):
            world.link(world.victim("ML"), world.victim("TG"), 0.01, "rejected")
        low, value, high = triple(world.count(), "potential_victims")
        assert (value, high) == (600, 600)
        assert 520 <= low <= 560

    def test_what_is_next_to_impossible_hides_nobody(self) -> None:
        world = World()
        world.link(world.victim("ML"), world.victim("TG"), 0.0001, "rejected")
        assert triple(world.count(), "potential_victims") == (2, 2, 2)

    def test_a_judged_no_match_keeps_the_value_apart(self) -> None:
        world = World()
        a, b, c = (world.victim(state) for state in ("ML", "SN", "TG"))
        world.link(a, b, 0.9)
        world.link(b, c, 0.8)
        world.link(a, c, 0.9, "judged_no_match")
        figure = world.count().figure("potential_victims")
        assert (figure.low, figure.value, figure.high) == (1, 2, 3)
        assert figure.contributing == (a, c)

    def test_held_rows_may_yet_enter(self) -> None:
        world = World()
        world.victim("ML")
        world.arrest("ML")
        world.add("migrants", "ML", detected_on="2024-09-30", count=7)
        world.held_rows = {"victims": 1, "roles": 2, "arrests": 4, "migrants": 2, "people": 9}
        figures = world.count()
        assert triple(figures, "potential_victims") == (1, 1, 4)
        assert triple(figures, "arrests") == (1, 1, 5)
        assert triple(figures, "irregular_migrants") == (7, 7, 21)
        assert figures.figure("arrests").held == 4
        world.held_rows["migrants.count"] = 3
        assert triple(world.count(), "irregular_migrants") == (7, 7, 10)

    def test_a_role_row_and_a_victim_row_are_one_person(self) -> None:
        world = World()
        world.victim("ML")
        assert world.count().figure("potential_victims").rows == 1


class TestRule2And3WhoIsAPotentialVictim:
    def test_an_assessment_outweighs_the_role(self) -> None:
        world = World()
        person = world.person("ML")
        world.add("roles", "ML", person=person, action=world.action("ML"), role="possible_victim")
        world.add("victims", "ML", person=person, status="NotAVictimOfTrafficking")
        assert world.count().figure("potential_victims").value == 0

    def test_a_later_finding_of_not_a_victim_takes_the_role_away(self) -> None:
        world = World()
        person = world.person("ML")
        for role in ("possible_victim", "not_a_victim"):
            world.add("roles", "ML", person=person, action=world.action("ML"), role=role)
        assert world.count().figure("potential_victims").value == 0

    def test_another_states_assessment_takes_nothing_away(self) -> None:
        world = World()
        person = world.person("TG")
        world.add("victims", "TG", person=person, status="NotAVictimOfTrafficking")
        world.merge(world.victim("ML"), person)
        assert world.count().figure("potential_victims").value == 1

    @pytest.mark.parametrize(
        "role", ["smuggled_migrant", "irregular_migrant", "witness", "pending_screening", "missing"]
    )
    def test_a_migrant_is_no_victim_without_an_assessment(self, role: str) -> None:
        world = World()
        world.add("roles", "ML", person=world.person("ML"), action=world.action("ML"), role=role)
        figures = world.count()
        assert figures.figure("potential_victims").value == 0
        assert figures.figure("irregular_migrants").value == 0


class TestRule14Missing:
    def test_a_nil_return_is_participation_and_silence_is_not(self) -> None:
        world = World()
        world.files("ML")
        world.files("TG", status="nil")
        assert triple(world.count("ML", "TG", "SN"), "participants") == (2, 2, 3)

    def test_a_withdrawn_return_is_none(self) -> None:
        world = World()
        world.files("ML")
        world.files("ML", status="withdrawn", version=2, supersedes=1)
        world.files("TG")
        world.files("TG", status="withdrawn", version=2, supersedes=1)
        world.files("TG", version=3)
        figure = world.count("ML", "TG").figure("participants")
        assert (figure.value, figure.contributing) == (1, ("TG",))

    def test_no_more_participants_once_every_required_return_is_final(self) -> None:
        world = World()
        world.files("ML", status="final")
        world.files("TG", status="nil")
        assert triple(world.count("ML", "TG"), "participants") == (2, 2, 2)

    def test_unknown_is_unspecified_and_no_code(self) -> None:
        world = World()
        world.victim("ML", sex="unknown", age_band="unknown", citizenships=["unknown"])
        cells = world.count().figure("potential_victims").breakdowns
        assert cells["sex"] == cells["age_band"] == cells["nationality"] == {"unspecified": (1, 1, 1)}


class TestRule15SuspectVictims:
    def test_they_count_and_stand_in_no_arrest_detail(self) -> None:
        world = World()
        both = world.victim("PH", sex="female", citizenships=["CN"])
        world.arrest("PH", both)
        world.arrest("PH", world.person("PH", sex="male", citizenships=["CN"]))
        figures = world.count()
        arrests = figures.figure("arrests")
        assert (arrests.value, figures.extra["suspect_victims"]) == (2, 1)
        assert arrests.breakdowns["sex"] == {"male": (1, 1, 1), "unspecified": (1, 1, 1)}
        assert arrests.breakdowns["state"] == {"PH": (1, 1, 1), "unspecified": (1, 1, 1)}
        assert arrests.breakdowns["nationality"] == {"CN": (1, 1, 1), "unspecified": (1, 1, 1)}

    def test_another_states_victim_counts_too(self) -> None:
        world = World()
        world.merge(world.victim("CN"), world.arrest("PH"))
        figures = world.count()
        assert figures.figure("arrests").breakdowns["state"] == {"unspecified": (1, 1, 1)}


class TestRule16Minors:
    @pytest.mark.parametrize(
        ("attributes", "counts"),
        [
            ({"minor": "yes"}, 1),
            ({"minor": "presumed"}, 1),
            ({"minor": "no"}, 0),
            ({"minor": "unknown"}, 0),
            ({}, 0),
            ({"age_band": "9-17"}, 1),
            ({"age_band": "18-20"}, 0),
            ({"birth": "2006-09-29"}, 0),  # Eighteen on the first day of the window.
            ({"birth": "2006-09-30"}, 1),
            ({"birth": "2006"}, 1),  # May be seventeen: a minor until decided.
            ({"birth": "2006", "minor": "no"}, 0),
            ({"birth": "2006", "age_band": "18-20"}, 0),
            ({"birth": "2010-01-01", "minor": "no"}, 1),  # Disputed.
            ({"birth": "2005"}, 0),
        ],
    )
    def test_who_is_a_minor(self, attributes: dict[str, str], counts: int) -> None:
        world = World()
        world.victim("ML", **attributes)
        assert world.count().figure("potential_victims_minors").value == counts

    def test_two_states_that_disagree_leave_a_minor(self) -> None:
        world = World()
        world.merge(world.victim("ML", minor="no"), world.victim("TG", minor="yes"))
        assert world.count().figure("potential_victims_minors").value == 1

    def test_a_record_that_is_no_victims_may_know_the_age(self) -> None:
        world = World()
        world.merge(world.victim("ML"), world.person("TG", birth="2012"))
        assert world.count().figure("potential_victims_minors").value == 1

    def test_an_open_link_to_a_minor_may_make_one(self) -> None:
        world = World()
        world.link(world.victim("ML"), world.person("TG", minor="yes"), 0.3)
        assert triple(world.count(), "potential_victims_minors") == (0, 0, 1)

    def test_age_bands_come_from_birth_dates_where_not_filed(self) -> None:
        world = World()
        world.victim("ML", birth="2001-05-17")
        world.victim("ML", birth="2006")
        bands = world.count().figure("potential_victims").breakdowns["age_band"]
        assert bands == {"21-23": (1, 1, 1), "unspecified": (1, 1, 1)}
