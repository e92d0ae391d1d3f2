"""Names as clerks write them: what is told, that the row is taken all the same, and that real names are left alone."""

from __future__ import annotations

import pytest
from tests.returns_raw import checked, codes, row

from traboule.demo.world.names import cultures
from traboule.returns.checking.names import name_faults
from traboule.returns.faults import message

REAL = [
    "Traoré", "O'Brien", "D’Souza", "Jean-Pierre", "Nguyễn Văn A.", "Müller (Meyer)", "Doña Mª Pilar", "Đặng Thị",
    "محمد بن سلمان", "مُحَمَّد", "ﻣﺤﻤﺪ", "می\u200cخواه", "Иванова-Петрова", "Ivan Иванов", "כהן־לוי", "ג׳ורג׳",
    "王小明", "ナカムラ・太郎", "佐々木あかり", "金영희", "สมชาย", "राम कुमार", "அன்பு", "አበበ", "გიორგი", "Անահիտ",
    "Γιώργος", "ʻOkina", "Abū ʿAlī", "Wolfeschlegelsteinhausenbergerdorff", "Ｔａｎａｋａ", "",
]  # fmt: skip


@pytest.mark.parametrize("name", REAL)
def test_real_names_are_left_alone(name: str) -> None:
    assert name_faults(name, name) == ()


@pytest.mark.parametrize(
    ("name", "code", "characters"),
    [
        ("🙂🙂", "R-NAME-NO-LETTERS", ""),
        ("٠١٢٣", "R-NAME-NO-LETTERS", ""),
        ("؟؟؟!", "R-NAME-NO-LETTERS", ""),
        ("Mohamed🙂Ali", "R-NAME-SIGNS", "🙂 (U+1F642)"),
        ("Ana 2", "R-NAME-SIGNS", "2 (U+0032)"),
        ("علي ٢", "R-NAME-SIGNS", "٢ (U+0662)"),
        ("Ана\u0430a Петрова", "R-NAME-SCRIPTS", "a (U+0061)"),
        ("Pеtrov", "R-NAME-SCRIPTS", "е (U+0435)"),
        ("محمدAli", "R-NAME-SCRIPTS", "A (U+0041), i (U+0069), l (U+006C)"),
        ("محمد " * 30, "R-NAME-LONG", "149"),
        ("x" * 41, "R-NAME-LONG", "41"),
    ],
)
def test_what_no_name_holds_is_told_and_the_row_is_taken(name: str, code: str, characters: str) -> None:
    result = checked(people=[{"row_id": "P1", "family_name": name}])
    assert codes(result, "people", "P1") == {code}
    assert (result.entered, result.held) == (1, 0)
    assert row(result, "people", "P1").values["family_name"] == name.strip()
    (finding,) = result.findings
    assert (finding.sheet, finding.cell) == ("People", "B2")
    assert characters in message(finding, "en")


def test_invisible_marks_are_told_and_left_out() -> None:
    result = checked(people=[{"row_id": "P1", "given_names": "\u200fعلي\u200e"}])
    assert codes(result, "people", "P1") == {"R-NAME-MARKS"}
    assert row(result, "people", "P1").values["given_names"] == "علي"
    assert "U+200E, U+200F" in message(result.findings[0], "ar")


def test_an_alias_may_be_a_number_but_not_two_alphabets() -> None:
    result = checked(
        people=[{"row_id": "P1", "other_names": "K2; Boss 77; 13"}, {"row_id": "P2", "other_names": "Bоss"}]
    )
    assert (codes(result, "people", "P1"), codes(result, "people", "P2")) == (set(), {"R-NAME-SCRIPTS"})


def test_a_place_of_birth_is_no_name() -> None:
    assert codes(checked(people=[{"row_id": "P1", "birth_place": "Paris 12"}]), "people", "P1") == set()


def test_no_name_of_the_demo_is_strange() -> None:
    """Names of 30 cultures in their own scripts and romanised: none of them may be told of."""
    pools = [pool for of in cultures().values() for by_sex in (of.given_names, of.family, of.second) for pool in by_sex]
    names = sorted({str(name) for pool in pools for name in pool.ravel().tolist() if name})
    assert len(names) > 1_000
    assert [name for name in names if name_faults(name, name)] == []
