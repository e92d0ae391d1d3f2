"""The return as a whole: what is refused in words, declared totals, and every row accounted for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.returns_raw import checked, operation, raw
from tests.returns_raw import codes as codes_of

from traboule.core.errors import Invalid
from traboule.core.findings import Finding, Severity
from traboule.core.language.languages import LANGUAGES
from traboule.returns.check import check
from traboule.returns.faults import advice, codes, message, severity_of
from traboule.returns.form import COVER, form
from traboule.returns.raw import RawReturn

PEOPLE: list[dict[str, object]] = [{"row_id": "P1"}]
ARRESTS: list[dict[str, object]] = [{"row_id": "A1", "person": "P1", "at": "2019-05-01", "attribution": "both"}]
REFUSALS: list[tuple[str, dict[str, object], dict[str, list[dict[str, object]]], str]] = [
    ("R-COVER-OPERATION-OTHER", {"operation": "storm-makers-ii"}, {"people": PEOPLE}, "B2"),
    ("R-CODE-UNKNOWN", {"state": "Atlantis"}, {"people": PEOPLE}, "B3"),
    ("R-COVER-STATE-NOT-PARTICIPANT", {"state": "KP"}, {"people": PEOPLE}, "B3"),
    ("R-COVER-VERSION", {"version": 0}, {"people": PEOPLE}, "B6"),
    ("R-COVER-SUPERSEDES", {"version": 2, "supersedes": 2}, {"people": PEOPLE}, "B7"),
    ("R-COVER-BEFORE-WINDOW", {"as_of": "2024-09-01"}, {"people": PEOPLE}, "B9"),
    ("R-COVER-NIL-WITH-ROWS", {"status": "nil"}, {"people": PEOPLE}, "B8"),
    ("R-COVER-NO-ROWS", {}, {}, "B8"),
    ("R-DATES-ALL-OUTSIDE", {}, {"people": PEOPLE, "arrests": ARRESTS}, "D2"),
]


@pytest.mark.parametrize(("code", "cover", "tables", "cell"), REFUSALS)
def test_what_bars_a_whole_return_is_a_fault_at_its_own_cell(
    code: str, cover: dict[str, object], tables: dict[str, list[dict[str, object]]], cell: str
) -> None:
    with pytest.raises(Invalid) as invalid:
        checked(cover, **tables)
    (fault,) = [finding for finding in invalid.value.findings if finding.code == code]
    assert (fault.cell, fault.severity) == (cell, Severity.ERROR)
    for language in LANGUAGES:
        refusal = invalid.value.sentence(language)
        assert all(part in refusal for part in ("return.xlsx", cell, fault.sheet))
        for sentence in (refusal, message(fault, language), advice(fault, language)):
            assert len(sentence) > 10
            assert "…" not in sentence


def test_every_code_that_bars_a_return_has_a_case() -> None:
    barring = {code for code in codes() if code.startswith("R-COVER-") and severity_of(code) is Severity.ERROR}
    assert barring <= {code for code, *_ in REFUSALS} | {
        "R-COVER-STATE-OTHER-UNIT",
        "R-COVER-ROWS-UNREAD",
        "R-COVER-FIELD-MISSING",
    }


def test_the_faults_of_the_rows_come_with_those_of_the_cover() -> None:
    with pytest.raises(Invalid) as invalid:
        checked({"status": "finished", "agency": None}, people=[{"row_id": "P1", "sex": "martian"}, {"sex": "female"}])
    assert {(finding.table, finding.cell, finding.code) for finding in invalid.value.findings} == {
        ("cover", "B8", "R-CODE-UNKNOWN"),
        ("cover", "B4", "R-REQUIRED-EMPTY"),
        ("people", "L2", "R-CODE-UNKNOWN"),
        ("people", "A3", "R-ROW-ID-EMPTY"),
    }


def test_a_return_of_another_state_is_refused() -> None:
    with pytest.raises(Invalid) as invalid:
        check(raw(people=PEOPLE), form(), operation(), filing_state="TG")
    (fault,) = invalid.value.findings
    assert (fault.code, fault.cell) == ("R-COVER-STATE-OTHER-UNIT", "B3")
    assert "Togo" in message(fault, "en")
    assert check(raw(people=PEOPLE), form(), operation(), filing_state="ML").entered == 1


def test_a_return_without_cover_is_refused() -> None:
    with pytest.raises(Invalid, match="no sheet “Cover”"):
        check(RawReturn("return.xlsx", "0" * 64, "en", {}), form(), operation())


def test_a_faulty_cover_gives_all_its_faults_at_once() -> None:
    cover = {"agency": None, "version": "two", "as_of": "31/02/2025", "status": "unknown"}
    with pytest.raises(Invalid) as invalid:
        checked(cover, people=PEOPLE)
    assert invalid.value.code == "return-cover-faulty"
    assert {(finding.field, finding.code) for finding in invalid.value.findings} == {
        ("agency", "R-REQUIRED-EMPTY"),
        ("version", "R-INTEGER"),
        ("as_of", "R-DATE-IMPOSSIBLE"),
        ("status", "R-REQUIRED-UNKNOWN"),
    }
    assert "4 faults on the cover (B4, B6, B8, B9)" in invalid.value.sentence("en")


def test_the_operation_may_be_named_by_its_title() -> None:
    assert checked({"operation": "LIBERTERRA  ii"}, people=PEOPLE).cover.operation == "liberterra-ii"


@pytest.mark.parametrize(
    ("cover", "tables", "kind"),
    [
        ({"status": "nil"}, {}, "nil"),
        ({"status": "withdrawn", "version": 2, "supersedes": 1}, {}, "withdrawn"),
        ({}, {"totals": [{"row_id": "T1", "measure": "arrests", "unit": "person", "value": 3}]}, "totals"),
        ({}, {"people": PEOPLE}, "rows"),
    ],
)
def test_kinds_of_return(cover: dict[str, object], tables: dict[str, list[dict[str, object]]], kind: str) -> None:
    result = checked(cover, **tables)
    assert result.kind == kind
    assert set(result.tables) == set(form().row_tables)
    assert COVER not in result.tables


def test_a_withdrawal_enters_nothing_and_accounts_for_every_row() -> None:
    result = checked({"status": "withdrawn", "version": 2}, people=[{"row_id": "P1"}, {"row_id": "P2"}])
    assert (result.filed, result.entered, result.held, result.refused) == (2, 0, 0, 2)
    assert result.tables["people"] == []


def total(row_id: str, value: object, **more: object) -> dict[str, object]:
    return {"row_id": row_id, "measure": "arrests", "unit": "person", "value": value, **more}


def test_weka_two_leaves_about_twenty_nine_unspecified() -> None:
    """Rule 5's own example: 300 with 88, 83 and about 100."""
    result = checked(
        totals=[
            total("T", 300),
            total("A", 88, breakdown_of="T"),
            total("B", 83, breakdown_of="T"),
            total("C", 100, breakdown_of="T", precision="about"),
        ]
    )
    (residual,) = result.findings
    assert (residual.code, residual.values["residual"]) == ("R-TOTAL-RESIDUAL", "≈ 29")
    assert result.entered == 4


def test_an_unspecified_part_that_completes_the_whole_leaves_nothing_to_say() -> None:
    result = checked(totals=[total("T", 300), total("A", 271, breakdown_of="T"), total("B", 29, breakdown_of="T")])
    assert result.findings == ()


def test_two_breakdowns_of_one_total_are_not_added_together() -> None:
    parts = [("sex: female", 200), ("sex: male", 100), ("age: minor", 90), ("age: adult", 210)]
    rows = [total(f"B{n}", value, breakdown_of="T", breakdown=text) for n, (text, value) in enumerate(parts)]
    assert checked(totals=[total("T", 300), *rows]).findings == ()


def test_at_least_leaves_room_for_its_parts() -> None:
    result = checked(totals=[total("T", 1800, precision="at_least"), total("A", 1850, breakdown_of="T")])
    assert result.held == 0
    assert codes_of(result, "totals", "A") == set()


def test_a_measure_that_is_part_of_another_never_exceeds_it() -> None:
    result = checked(
        totals=[
            total("T", 40, measure="potential_victims"),
            total("M", 41, measure="potential_victims_minors"),
        ]
    )
    assert codes_of(result, "totals", "M") == {"R-TOTAL-EXCEEDS-WHOLE"}
    assert codes_of(result, "totals", "T") == set()


def test_circles_of_totals_are_found_in_one_walk() -> None:
    chain = [total(f"T{n}", 1, breakdown_of=f"T{n + 1}") for n in range(2000)]
    result = checked(totals=[*chain, total("T2000", 1, breakdown_of="T1998")])
    circular = {row.row_id for row in result.tables["totals"] if "R-TOTAL-OF-ITSELF" in row.faults}
    assert circular == {"T1998", "T1999", "T2000"}


@pytest.mark.parametrize(
    ("value", "precision", "differs"),
    [(2, "exact", False), (3, "exact", True), (1, "at_least", False), (3, "at_least", True), (2, "about", False)],
)
def test_declared_totals_are_held_against_the_rows(value: int, precision: str, differs: bool) -> None:
    arrest = {"at": "2024-10-01", "attribution": "both"}
    result = checked(
        people=[{"row_id": "P1"}, {"row_id": "P2"}],
        arrests=[{**arrest, "row_id": "A1", "person": "P1"}, {**arrest, "row_id": "A2", "person": "P2"}],
        totals=[total("T1", value, precision=precision)],
    )
    assert (codes_of(result, "totals", "T1") == {"R-TOTAL-DIFFERS"}) == differs
    assert result.entered == result.filed


def test_an_arrest_filed_twice_is_one_in_the_comparison() -> None:
    arrest = {"person": "P1", "at": "2024-10-01 05:00", "attribution": "both"}
    result = checked(
        people=PEOPLE,
        arrests=[{**arrest, "row_id": "A1"}, {**arrest, "row_id": "A2"}],
        totals=[total("T1", 1), total("T2", 1, measure="arrests_trafficking_or_smuggling")],
    )
    assert {finding.code for finding in result.findings} == {"R-ARREST-REPEATED"}


def test_migrants_are_added_by_their_counts() -> None:
    migrants = [{"row_id": str(n), "detected_on": "2024-10-01", "count": 40 + n} for n in range(3)]
    result = checked(migrants=migrants, totals=[total("T1", 123, measure="irregular_migrants")])
    assert result.findings == ()


def test_a_final_return_with_held_rows_counts_as_open() -> None:
    result = checked({"status": "final"}, people=[{"row_id": "P1", "sex": "martian"}])
    assert [finding.code for finding in result.findings] == ["R-FINAL-HELD", "R-CODE-UNKNOWN"]
    assert checked({"status": "final"}, people=PEOPLE).findings == ()


NEAR = [
    ("Guardia di finanza ", "Guardia di Finanza"),
    ("Policia Nacional", "Policía Nacional"),
    ("Police  Nationale", "Police nationale"),
    ("Police-Nationale", "Police nationale"),
    ("Polcie nationale", "Police nationale"),
    ("الشرطه الوطنية", "الشرطة الوطنية"),
    ("police", "Police"),
]
APART = [
    ("Police nationale", "Police nationale"),
    ("Brigade 12 Bamako", "Brigade 13 Bamako"),
    ("Police", "Polis"),
    ("Gendarmerie nationale", "Garde nationale"),
    ("Police des frontières", "Police aux frontières"),
]


@pytest.mark.parametrize(("agency", "earlier"), NEAR)
def test_an_agency_almost_called_as_an_earlier_one_is_noticed_and_not_barred(agency: str, earlier: str) -> None:
    result = check(raw({"agency": agency}, people=PEOPLE), form(), operation(), agencies=("Douane", earlier))
    (remark,) = result.findings
    assert (remark.code, remark.cell, remark.severity) == ("R-COVER-AGENCY-NEAR", "B4", Severity.WARNING)
    assert result.entered == 1
    for language in LANGUAGES:
        assert earlier in message(remark, language)
        assert len(advice(remark, language)) > 20


@pytest.mark.parametrize(("agency", "earlier"), APART)
def test_agencies_of_different_names_are_different(agency: str, earlier: str) -> None:
    assert check(raw({"agency": agency}, people=PEOPLE), form(), operation(), agencies=(earlier,)).findings == ()


@pytest.mark.parametrize("status", ["preliminary", "nil"])
def test_rows_on_a_sheet_that_nobody_recognised_are_not_nothing(status: str) -> None:
    """An officer's own list, filed with the cover: to advise the status nil would lose all of it."""
    unread = Finding("R-FILE-SHEET-UNKNOWN", Severity.WARNING, sheet="Feuil1")
    with pytest.raises(Invalid) as invalid:
        check(replace(raw({"status": status}), findings=(unread,)), form(), operation())
    (fault,) = [finding for finding in invalid.value.findings if finding.severity is Severity.ERROR]
    assert (fault.code, fault.cell) == ("R-COVER-ROWS-UNREAD", "B8")
    for language in LANGUAGES:
        assert "Feuil1" in message(fault, language)
        assert len(advice(fault, language)) > 20


def test_a_line_that_the_cover_does_not_have_is_named() -> None:
    filed = raw({"version": None}, people=PEOPLE)
    del filed.sheets[COVER].cover_cells["version"]
    with pytest.raises(Invalid) as invalid:
        check(filed, form(), operation())
    (fault,) = invalid.value.findings
    assert (fault.code, fault.cell, fault.row) == ("R-COVER-FIELD-MISSING", "", 0)
    assert [
        form().tables[COVER].fields["version"].label[language] in message(fault, language) for language in LANGUAGES
    ] == [True] * 4
