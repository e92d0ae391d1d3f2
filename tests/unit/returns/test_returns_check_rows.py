"""Rows against each other: names and references, people, dates, counts, journeys."""

from __future__ import annotations

import pytest
from tests.returns_raw import checked, codes, operation, raw, row

from traboule.core.findings import Finding, Severity
from traboule.returns.check import check
from traboule.returns.form import form
from traboule.returns.raw import RawReturn

PERSON = {"row_id": "P1"}


def test_a_row_without_a_name_or_with_a_taken_one_is_refused_and_still_checked() -> None:
    result = checked(people=[PERSON, {"row_id": "P1", "sex": "martian"}, {"sex": "male"}])
    assert (result.filed, result.entered, result.held, result.refused) == (3, 1, 0, 2)
    assert [refused_row.row for refused_row in result.refused_rows] == [3, 4]
    assert result.refused_rows[0].faults == ("R-CODE-UNKNOWN", "R-ROW-ID-REPEATED")


def test_one_fault_does_not_hide_another() -> None:
    result = checked(
        people=[{"row_id": "P1", "sex": "martian", "birth_date": "31/02/1990", "residence": "Atlantis"}],
        totals=[{"row_id": "T1", "measure": "arrests", "unit": "person", "value": "many"}],
    )
    assert [finding.code for finding in result.findings] == [
        "R-INTEGER",
        "R-DATE-IMPOSSIBLE",
        "R-CODE-UNKNOWN",
        "R-CODE-UNKNOWN",
    ]


def test_a_faulty_cell_in_a_required_field_is_one_fault() -> None:
    result = checked(
        people=[PERSON], arrests=[{"row_id": "A1", "person": "P1", "at": "31/09/2024", "attribution": "both"}]
    )
    assert codes(result, "arrests", "A1") == {"R-DATE-IMPOSSIBLE"}


def test_a_reference_to_a_held_row_is_a_warning_and_the_row_is_entered() -> None:
    result = checked(
        people=[{"row_id": "P1", "sex": "martian"}],
        roles=[{"row_id": "R1", "person": "P1", "role": "witness"}],
    )
    assert row(result, "people", "P1").held
    assert not row(result, "roles", "R1").held
    assert codes(result, "roles", "R1") == {"R-REFERENCE-HELD"}


def test_what_is_already_in_force_may_be_referred_to_by_a_return_that_adds() -> None:
    rows = [{"row_id": "R1", "person": "P1", "role": "witness"}]
    in_force = {"people": {"P1"}}
    adding = check(raw({"version": 2}, roles=rows), form(), operation(), in_force=in_force)
    assert codes(adding, "roles", "R1") == set()
    replacing = check(raw({"version": 2, "supersedes": 1}, roles=rows), form(), operation(), in_force=in_force)
    assert codes(replacing, "roles", "R1") == {"R-REFERENCE-UNKNOWN"}


def test_an_error_of_the_reader_holds_its_row() -> None:
    filed = raw(people=[PERSON, {"row_id": "P2"}])
    misread = Finding("R-FILE-MERGED", Severity.ERROR, table="people", row=3)
    result = check(RawReturn(filed.file_name, filed.content_hash, "en", filed.sheets, (misread,)), form(), operation())
    assert (result.entered, result.held) == (1, 1)
    assert row(result, "people", "P2").held
    assert misread in result.findings


@pytest.mark.parametrize(
    ("cells", "disagree"),
    [
        ({"birth_date": "2010-01-01", "minor": "no"}, True),
        ({"birth_date": "1990-01-01", "minor": "presumed"}, True),
        ({"birth_date": "2006", "minor": "no"}, False),  # Seventeen or eighteen: either may be true.
        ({"birth_date": "2006", "minor": "yes"}, False),
        ({"birth_date": "1990-01-01", "minor": "unknown"}, False),
        ({"age_band": "9-17", "minor": "no"}, True),
        ({"age_band": "18-20", "minor": "presumed"}, True),
        ({"birth_date": "1990-01-01", "age_band": "18-20"}, True),
        ({"birth_date": "1990-01-01", "age_band": "30-38"}, False),
        ({"birth_date": "1950", "age_band": "48+"}, False),
        ({"birth_date": "2012", "age_band": "9-17", "minor": "yes"}, False),
    ],
)
def test_minors_are_told_alike_everywhere(cells: dict[str, object], disagree: bool) -> None:
    result = checked(people=[{**PERSON, **cells}])
    assert (codes(result, "people", "P1") == {"R-MINOR-DISAGREES"}) == disagree


@pytest.mark.parametrize(
    ("person", "victim", "warned"),
    [
        ({}, {}, True),
        ({"birth_date": "2010"}, {}, False),  # A minor's trafficking needs no means.
        ({"minor": "presumed"}, {}, False),
        ({}, {"means": "deception"}, False),
        ({}, {"means": "unknown"}, True),
        ({}, {"status": "PossibleVictimOfTrafficking"}, False),
    ],
)
def test_an_adults_trafficking_needs_a_means(
    person: dict[str, object], victim: dict[str, object], warned: bool
) -> None:
    victims = [{"row_id": "V1", "person": "P1", "status": "ActualVictimOfTrafficking", **victim}]
    result = checked(people=[{**PERSON, **person}], victims=victims)
    assert ("R-MEANS-MISSING" in codes(result, "victims", "V1")) == warned


def test_suspect_and_victim_is_legal_and_asks_for_screening_wherever_the_person_stands() -> None:
    roles = [
        {"row_id": "R1", "person": "P1", "role": "suspect"},
        {"row_id": "R2", "person": "P1", "role": "possible_victim"},
    ]
    with_person = checked(people=[PERSON, {"row_id": "P2"}], roles=roles)
    assert codes(with_person, "people", "P1") == {"R-SCREENING"}
    assert codes(with_person, "people", "P2") == set()
    assert with_person.entered == with_person.filed
    elsewhere = checked({"version": 2}, roles=roles)
    assert codes(elsewhere, "roles", "R1") == {"R-SCREENING", "R-REFERENCE-ELSEWHERE"}


def test_an_assessed_migrant_may_be_a_victim() -> None:
    tables = {
        "people": [PERSON],
        "roles": [
            {"row_id": "R1", "person": "P1", "role": "smuggled_migrant"},
            {"row_id": "R2", "person": "P1", "role": "victim"},
        ],
    }
    assert codes(checked(**tables), "roles", "R2") == {"R-SMUGGLED-AS-VICTIM"}
    victims = [{"row_id": "V1", "person": "P1", "status": "PossibleVictimOfTrafficking", "decided_by": "NGO"}]
    assert codes(checked(**tables, victims=victims), "roles", "R2") == set()


def test_two_episodes_of_one_victim_are_two_findings_and_no_duplicate() -> None:
    victims = [
        {
            "row_id": f"V{number}",
            "person": "P1",
            "status": "PossibleVictimOfTrafficking",
            "episode_start": f"202{number}",
        }
        for number in (1, 3)
    ]
    result = checked(people=[PERSON], victims=victims)
    assert result.findings == ()
    assert result.entered == 3


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ({"start": "2024-09-28 23:59", "phase": "operation"}, {"R-PHASE-OUTSIDE"}),
        ({"start": "2024-09-29 00:00", "phase": "operation"}, set()),
        ({"start": "2024-10-04 23:59", "phase": "operation"}, set()),
        ({"start": "2024-10-05 00:00", "phase": "operation"}, {"R-PHASE-OUTSIDE"}),
        ({"start": "2024-09-20", "phase": "pre"}, set()),
        ({"start": "2024-09-20"}, {"R-OUTSIDE-WINDOW"}),
    ],
)
def test_the_window_is_whole_local_days(action: dict[str, object], expected: set[str]) -> None:
    result = checked(actions=[{"row_id": "X1", "kind": "raid", **action}])
    assert codes(result, "actions", "X1") == expected


def test_an_arrest_of_an_operational_action_outside_its_days_is_a_warning() -> None:
    result = checked(
        people=[PERSON],
        actions=[{"row_id": "X1", "kind": "raid", "start": "2024-10-01", "phase": "operation"}],
        arrests=[{"row_id": "A1", "person": "P1", "action": "X1", "at": "2024-09-01", "attribution": "both"}],
    )
    assert codes(result, "arrests", "A1") == {"R-PHASE-OUTSIDE"}


def test_partial_dates_are_wrong_only_where_no_day_of_theirs_is_right() -> None:
    result = checked(
        people=[{**PERSON, "birth_date": "2024"}],
        migrants=[{"row_id": "M1", "detected_on": "2024-10", "count": 3}],
        legs=[
            {
                "row_id": "L1",
                "person": "P1",
                "order": 1,
                "from_country": "TG",
                "to_country": "ML",
                "departed": "2024-06",
                "arrived": "2024-06-02",
            }
        ],
        roles=[{"row_id": "R1", "person": "P1", "role": "witness", "start": "2024-06-01"}],
    )
    assert result.findings == ()


def test_a_leg_before_the_one_before_it_is_seen_past_legs_without_dates() -> None:
    leg = {"person": "P1", "from_country": "TG", "to_country": "TG"}
    result = checked(
        people=[PERSON],
        legs=[
            {**leg, "row_id": "L3", "order": 3, "departed": "2024-01-01"},
            {**leg, "row_id": "L2", "order": 2},
            {**leg, "row_id": "L1", "order": 1, "arrived": "2024-02-01"},
        ],
    )
    assert codes(result, "legs", "L3") == {"R-LEGS-DATES"}
    assert codes(result, "legs", "L1") == codes(result, "legs", "L2") == set()


def test_a_repeated_arrest_is_told_at_the_later_name_wherever_it_stands() -> None:
    arrest = {"person": "P1", "at": "2024-10-01 05:00", "attribution": "both"}
    first, second = {**arrest, "row_id": "A1"}, {**arrest, "row_id": "A2"}
    for rows in ([first, second], [second, first]):
        result = checked(people=[PERSON], arrests=rows)
        assert codes(result, "arrests", "A2") == {"R-ARREST-REPEATED"}
        assert codes(result, "arrests", "A1") == set()


def test_a_phone_is_read_in_the_issuers_country_or_else_in_the_reporting_one() -> None:
    phone = {"person": "P1", "kind": "phone", "value": "90 12 34 56"}
    result = checked(
        people=[PERSON], identifiers=[{**phone, "row_id": "I1", "issuer": "TG"}, {**phone, "row_id": "I2"}]
    )
    assert codes(result, "identifiers", "I1") == codes(result, "identifiers", "I2") == set()
    far = checked(people=[PERSON], identifiers=[{**phone, "row_id": "I1", "value": "90 12", "issuer": "TG"}])
    assert codes(far, "identifiers", "I1") == {"R-PHONE-UNREADABLE"}


@pytest.mark.parametrize("name", ["Total", "TOTAUX :", "Total général", "Suma", "المجموع", "الإجمالي", "ИТОГО", "合计"])
def test_the_sum_below_a_list_is_no_person(name: str) -> None:
    result = checked(
        people=[PERSON, {"row_id": name, "family_name": "2"}],
        totals=[{"row_id": name, "measure": "arrests", "unit": "person", "value": "2"}],
    )
    assert row(result, "people", name).held
    assert "R-ROW-SUM" in codes(result, "people", name)
    assert "R-ROW-SUM" not in codes(result, "totals", name)
    assert not row(result, "people", "P1").held
