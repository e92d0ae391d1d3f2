"""Several people, values, rows or dates in one cell, and dates not in the form asked for: each said for what it is."""

from __future__ import annotations

import pytest
from tests.returns_raw import checked, codes

from traboule.core.errors import Invalid
from traboule.core.findings import Finding
from traboule.core.language.languages import LANGUAGES
from traboule.returns.checking.names import name_faults
from traboule.returns.faults import advice, message

ONE_PERSON = [
    "Ortega y Gasset", "Traoré (née Diallo)", "Etienne", "Andy Mandela", "Mohamed / Muhammad", "de la Cruz, María",
    "Y Nhung", "عبد الوهاب", "وائل",
]  # fmt: skip
TWO_PEOPLE = [
    "Traoré Moussa; Diallo Awa", "Ana Ruiz y Eva Gil", "Awa et Fatou", "Awa\nFatou", "Moussa & Awa", "Ali and Omar",
    "أحمد و فاطمة", "فاطمة؛ أمينة",
]  # fmt: skip


@pytest.mark.parametrize("name", ONE_PERSON)
def test_one_person_s_name_is_not_taken_for_two(name: str) -> None:
    assert "R-NAME-SEVERAL" not in dict(name_faults(name, name))


@pytest.mark.parametrize("name", TWO_PEOPLE)
def test_two_people_in_one_cell_hold_the_row(name: str) -> None:
    assert "R-NAME-SEVERAL" in dict(name_faults(name, name))
    result = checked(people=[{"row_id": "P1", "family_name": name}])
    assert (result.held, result.entered) == (1, 0)


def test_y_between_given_names_stands_between_two_people() -> None:
    assert "R-NAME-SEVERAL" in dict(name_faults("Ana y María", "Ana y María", is_given_name=True))
    assert "R-NAME-SEVERAL" in codes(checked(people=[{"row_id": "P1", "given_names": "Ana y María"}]), "people", "P1")
    assert not checked(people=[{"row_id": "P1", "other_names": "Ana; Mariquita"}]).findings


def only(field: str, value: object, table: str = "people") -> Finding:
    (finding,) = [
        finding
        for finding in checked({}, **{table: [{"row_id": "P1", field: value}]}).findings
        if finding.field == field
    ]
    return finding


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("30/09/24", "R-DATE-YEAR-SHORT"),
        ("30-sep-24", "R-DATE-YEAR-SHORT"),
        ("٣٠/٠٩/٢٤", "R-DATE-YEAR-SHORT"),
        ("09/30/1994", "R-DATE-MONTH-FIRST"),
        ("31/09/1994", "R-DATE-IMPOSSIBLE"),
        ("30/09/1994 (environ)", "R-DATE-UNREADABLE"),
        ("30/09/1994 - 02/10/1994", "R-DATE-SEVERAL"),
        ("dd/mm/yyyy", "R-DATE-UNREADABLE"),
    ],
)
def test_a_date_is_refused_for_what_is_wrong_with_it(value: str, code: str) -> None:
    assert only("birth_date", value).code == code


@pytest.mark.parametrize("advised", ["2024-09-30", "30/09/2024", "30/09/2024 06:10"])
def test_what_the_advice_asks_for_is_read(advised: str) -> None:
    result = checked(
        people=[{"row_id": "P1"}], arrests=[{"row_id": "A1", "person": "P1", "at": advised, "attribution": "both"}]
    )
    assert (result.findings, result.entered) == ((), 2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_of_a_date_asks_for_one_form(language: str) -> None:
    for value in ("30/09/24", "31/09/1994", "dd/mm/yyyy"):
        assert "2024-09-30" in advice(only("birth_date", value), language)
        assert "30/09/2024" not in advice(only("birth_date", value), language)
    assert "1994-09-30" in advice(only("birth_date", "09/30/1994"), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_values_of_a_field_that_takes_one_are_named(language: str) -> None:
    finding = only("sex", "F/M")
    assert finding.code == "R-CODE-SEVERAL"
    labels = {"en": "female · male", "fr": "femme · homme", "es": "mujer · hombre", "ar": "أنثى · ذكر"}
    assert labels[language] in message(finding, language)


@pytest.mark.parametrize(
    "filed", ["Perú y Bolivia", "Pérou et Bolivie", "Peru and Bolivia", "بيرو و بوليفيا", "PE & BO"]
)
def test_two_countries_joined_by_a_word_are_two_where_several_may_stand(filed: str) -> None:
    result = checked(people=[{"row_id": "P1", "citizenships": filed}])
    assert result.tables["people"][0].values["citizenships"] == ("BO", "PE")


@pytest.mark.parametrize("filed", ["Trinidad and Tobago", "Bosnia and Herzegovina", "Antigua y Barbuda"])
def test_a_country_with_a_joining_word_in_its_name_is_one(filed: str) -> None:
    assert (
        len(checked(people=[{"row_id": "P1", "citizenships": filed}]).tables["people"][0].values["citizenships"]) == 1
    )


def test_a_cover_speaks_for_a_whole_day() -> None:
    with pytest.raises(Invalid, match="1 fault") as invalid:
        checked({"as_of": "09/2024"}, people=[{"row_id": "P1"}])
    assert [finding.code for finding in invalid.value.findings] == ["R-DATE-DAY-NEEDED"]
