"""Single cells: what clerks write, and the typed value or the fault it becomes."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from tests.returns_raw import checked, codes, row

from traboule.core.codes import vocabulary
from traboule.core.dates import PartialDate
from traboule.core.findings import Severity
from traboule.core.language.languages import LANGUAGES
from traboule.returns.checking.cells import CellReading, _shared_reader, column
from traboule.returns.checking.texts import clean, like_formula
from traboule.returns.faults import advice
from traboule.returns.form import form
from traboule.returns.raw import Cell


def reading(table: str, field: str, cell: object) -> object:
    """Return value, missing or the codes of the faults of one cell, whichever there is."""
    result = column(table, form().tables[table].fields[field]).reading(cell)  # type: ignore[arg-type]
    if result.faults and result.value is None:
        return [code for code, _ in result.faults]
    return result.missing if result.value is None else result.value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("female", "female"),
        ("FEMME ", "female"),
        ("  Mujer", "female"),
        ("ذكر", "male"),
        ("unknown", "unknown"),
        ("n/a", "not_applicable"),
        ("non demandé", "not_asked"),
        ("martian", ["R-CODE-UNKNOWN"]),
    ],
)
def test_codes_are_found_in_four_languages(cell: object, value: object) -> None:
    assert reading("people", "sex", cell) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("Mali; Togo", ("ML", "TG")),
        ("TG, ML", ("ML", "TG")),
        ("ML\nTG\nML", ("ML", "TG")),
        ("مالي، توغو", ("ML", "TG")),
        ("Côte d'Ivoire", ("CI",)),
        ("NA", ("NA",)),  # Namibia, and no missing value.
        ("desconocido", "unknown"),
        ("ML; Atlantis; Lemuria", ["R-CODE-UNKNOWN", "R-CODE-UNKNOWN"]),
    ],
)
def test_several_codes_in_one_cell(cell: object, value: object) -> None:
    assert reading("people", "citizenships", cell) == value


def test_true_and_false_of_a_spreadsheet_are_yes_and_no() -> None:
    assert reading("victims", "consent_to_exploitation", True) == "yes"
    assert reading("victims", "consent_to_exploitation", False) == "no"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (24, 24),
        (24.0, 24),
        ("24", 24),
        ("٢٤", 24),
        ("17 793", 17793),
        ("17\u00a0793", 17793),
        ("17'793", 17793),
        ("1,234,567", 1234567),
        ("0", 0),
        ("5.0", 5),
        ("1.5", ["R-INTEGER"]),
        (1.5, ["R-INTEGER"]),
        ("about 24", ["R-INTEGER"]),
        ("~24", ["R-INTEGER"]),
        (True, ["R-INTEGER"]),
        (date(2024, 1, 1), ["R-INTEGER"]),
        (float("inf"), ["R-INTEGER"]),
        (-1.0, ["R-NEGATIVE"]),
        ("−3", ["R-NEGATIVE"]),
        (10**400, ["R-NUMBER-LARGE"]),
        ("unknown", "unknown"),
        ("999", 999),  # A count may be 999; only where no number is asked does it stand for unknown.
    ],
)
def test_counts(cell: object, value: object) -> None:
    assert reading("migrants", "minors", cell) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12,5", 12.5),
        ("12.5", 12.5),
        ("0,125", 0.125),
        ("1.250,50", 1250.5),
        ("1,250.50", 1250.5),
        ("١٢٫٥", 12.5),
        (float("nan"), ["R-NUMBER"]),
        ("500 EUR", ["R-NUMBER"]),
        (1e16, ["R-NUMBER-LARGE"]),
    ],
)
def test_amounts(cell: object, value: object) -> None:
    assert reading("seizures", "quantity", cell) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (datetime.fromisoformat("2024-10-01"), PartialDate(2024, 10, 1)),
        (date(2024, 10, 1), PartialDate(2024, 10, 1)),
        (45566, PartialDate(2024, 10, 1)),
        ("2024-10-01", PartialDate(2024, 10, 1)),
        ("30/09/2024", PartialDate(2024, 9, 30)),
        ("٣٠/٠٩/٢٠٢٤", PartialDate(2024, 9, 30)),
        ("2001", PartialDate(2001)),
        ("2001-05", PartialDate(2001, 5)),
        ("inconnu", "unknown"),
        ("31/02/2024", ["R-DATE-IMPOSSIBLE"]),
        ("2024-13-45", ["R-DATE-IMPOSSIBLE"]),
        ("30/09/24", ["R-DATE-YEAR-SHORT"]),
        ("soon", ["R-DATE-UNREADABLE"]),
        (10**30, ["R-DATE-UNREADABLE"]),
        (float("nan"), "unknown"),
    ],
)
def test_dates(cell: object, value: object) -> None:
    assert reading("people", "birth_date", cell) == value


def test_a_moment_needs_its_day() -> None:
    assert reading("arrests", "at", "30/09/2024 06:10") == datetime.fromisoformat("2024-09-30 06:10")
    assert reading("arrests", "at", "2024-09") == ["R-DATE-DAY-NEEDED"]


@pytest.mark.parametrize(
    ("filed", "ambiguous"),
    [("03/10/2024", True), ("10/10/2024", False), ("30/09/2024", False), ("2024-03-10", False), ("3.4.2024", True)],
)
def test_only_days_that_could_be_months_are_ambiguous(filed: str, ambiguous: bool) -> None:
    result = column("people", form().tables["people"].fields["birth_date"]).reading(filed)
    assert (result.faults != ()) == ambiguous
    assert result.value is not None


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("Na", "Na"),
        ("Nan", "Nan"),
        ("unk", "unknown"),
        ("e\u0301", "é"),
        ("\u200eAli\u200f  Ben\u00a0Salem ", "Ali Ben Salem"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_names(cell: object, value: object) -> None:
    assert reading("people", "family_name", cell) == value


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\u202e", "\u2066", "\ud800", "\ufffe", "\U000e0041"])
def test_characters_that_cannot_be_kept_hold_the_row(sign: str) -> None:
    result = checked(people=[{"row_id": "P1", "family_name": f"Tra{sign}oré"}])
    assert codes(result, "people", "P1") == {"R-TEXT-CONTROL"}
    assert "family_name" not in row(result, "people", "P1").values
    filed = row(result, "people", "P1").as_filed["family_name"]
    assert filed == "Tra\ufffdoré" == filed.encode().decode()


def test_row_ids_and_references_meet_whatever_type_the_spreadsheet_gave_them() -> None:
    result = checked(
        people=[{"row_id": 12}, {"row_id": "١٣"}],
        roles=[
            {"row_id": 1, "person": "12", "role": "witness"},
            {"row_id": 2, "person": 13.0, "role": "witness"},
        ],
    )
    assert result.held == 0
    assert [role.values["person"] for role in result.tables["roles"]] == ["12", "13"]


def test_zero_unknown_and_empty_are_three_things() -> None:
    base = {"detected_on": "2024-10-01", "count": 10}
    result = checked(
        migrants=[
            {**base, "row_id": "1", "minors": 0},
            {**base, "row_id": "2", "minors": "unknown"},
            {**base, "row_id": "3", "minors": "not asked"},
            {**base, "row_id": "4"},
        ]
    )
    rows = result.tables["migrants"]
    assert [checked_row.values.get("minors") for checked_row in rows] == [0, None, None, None]
    assert [checked_row.missing.get("minors") for checked_row in rows] == [None, "unknown", "not_asked", None]


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("=1+1", True),
        ("＝SUM(A1)", True),
        ("@SUM(A1)", True),
        ("+cmd|' /C calc'!A0", True),
        ("-2+3+cmd|x", True),
        ("+223 (65) 00 12 34", False),
        ("@maria", False),
        ("- none seen", False),
    ],
)
def test_formulas_are_told_from_phones_and_handles(text: str, formula: bool) -> None:
    assert like_formula(text) == formula


def test_cleaning_keeps_lines_and_stays_clean() -> None:
    text = clean("  one\r\ntwo \t three  ")
    assert text == "one\ntwo three"
    assert clean(text) == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_advice_names_the_nearest_labels_in_the_officers_language(language: str) -> None:
    result = checked(people=[{"row_id": "P1", "sex": "femal"}])
    hit = next(finding for finding in result.findings if finding.code == "R-CODE-UNKNOWN")
    assert vocabulary("sexes").label("female", language) in advice(hit, language)


def readings_of_two_returns(table: str, field: str, cell: Cell) -> tuple[CellReading, CellReading]:
    """Return the reading of one cell in two returns, each of which has a column of its own."""
    field_of_form = form().tables[table].fields[field]
    return column(table, field_of_form).reading(cell), column(table, field_of_form).reading(cell)


@pytest.mark.parametrize(
    ("table", "field", "cell"), [("roles", "role", "victim"), ("arrests", "at", datetime.fromisoformat("2024-10-01"))]
)
def test_what_is_no_persons_is_read_once_for_all_returns(table: str, field: str, cell: Cell) -> None:
    _shared_reader.cache_clear()  # A memory that other tests have filled takes no more.
    first, second = readings_of_two_returns(table, field, cell)
    assert first is second


@pytest.mark.parametrize(
    ("table", "field", "cell"),
    [
        ("people", "family_name", "Diallo"),
        ("people", "birth_date", "2001-05-17"),
        ("people", "sex", "Fatou Diallo"),  # A name in the wrong column is a fault there.
        ("identifiers", "value", "AB123456"),
    ],
)
def test_what_may_be_a_persons_does_not_outlast_its_return(table: str, field: str, cell: Cell) -> None:
    first, second = readings_of_two_returns(table, field, cell)
    assert first == second
    assert first is not second


def test_moments_that_are_equal_in_two_zones_keep_their_own_text() -> None:
    of = form().tables["arrests"].fields["at"]
    texts = [
        column("arrests", of).reading(datetime.fromisoformat(moment)).text
        for moment in ("2024-10-01T10:00+00:00", "2024-10-01T12:00+02:00")
    ]
    assert texts == ["2024-10-01 10:00:00", "2024-10-01 12:00:00"]


def test_a_finding_says_where_it_is_as_the_file_has_it() -> None:
    result = checked(people=[{"row_id": "P1"}, {"row_id": "P2", "sex": "martian"}])
    hit = next(finding for finding in result.findings if finding.code == "R-CODE-UNKNOWN")
    letter = list(form().tables["people"].fields).index("sex")
    assert (hit.sheet, hit.row, hit.value) == ("People", 3, "martian")
    assert hit.cell == f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[letter]}3"
    assert hit.severity is Severity.ERROR
