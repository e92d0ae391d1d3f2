"""The workbook sent back: read again with another reader, as the officer's spreadsheet would."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from tests.returns_raw import COVER_CELLS, operation

from traboule.core.findings import Finding, Severity
from traboule.core.language.languages import LANGUAGES
from traboule.returns.check import check
from traboule.returns.faults import word
from traboule.returns.form import form
from traboule.returns.mark import AUTHOR, mark
from traboule.returns.read import read
from traboule.returns.workbook import template

UNKNOWN = Finding(
    "R-CODE-UNKNOWN",
    Severity.ERROR,
    table="people",
    field="sex",
    sheet="People",
    row=3,
    column="Sex",
    cell="B3",
    value="martian",
    values={"vocabulary": "sexes"},
)
FORMULA = replace(UNKNOWN, code="R-TEXT-FORMULA", severity=Severity.WARNING, row=4, cell="B4", value="=1+1")
SCREENING = replace(UNKNOWN, code="R-SCREENING", severity=Severity.FINDING, row=2, cell="A2", value="P1", values={})
FINDINGS = [SCREENING, FORMULA, UNKNOWN]


def book() -> Workbook:
    """An officer's workbook: a cover, people, a list to choose from, a merged title, a remark of their own."""
    made = Workbook()
    cover = made.worksheets[0]
    cover.title = "Cover"
    cover["A1"], cover["B1"] = "Operation", "liberterra-ii"
    people = made.create_sheet("People")
    for line in (["Row ID", "Sex", "Note"], ["P1", "female", "@maria"], ["P2", "martian", 7], ["P3", "x", "=1+1"]):
        people.append(line)
    people["C2"].data_type = "s"
    people["A2"].comment = Comment("ask Fatou", "Moussa")
    people.merge_cells("D1:E2")
    people["D1"] = "merged"
    people.add_data_validation(DataValidation(type="list", formula1='"female,male"', sqref="B2:B9"))
    made.create_sheet("_keys").sheet_state = "hidden"
    return made


def content(made: Workbook) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def opened(marked: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(marked))


def texts(made: Workbook, title: str) -> list[str]:
    return [str(cell.value) for line in made[title].iter_rows() for cell in line if cell.value is not None]


@pytest.mark.parametrize("language", LANGUAGES)
def test_cells_are_coloured_and_say_what_to_do(language: str) -> None:
    back = opened(mark(content(book()), FINDINGS, language))
    people = back["People"]
    assert people["B3"].fill.fgColor.rgb.endswith("F8B4B4")
    assert people["B4"].fill.fgColor.rgb.endswith("FCE2A0")
    assert people["A2"].fill.fgColor.rgb.endswith("C5DEF5")
    assert people["C3"].fill.fgColor.rgb == "00000000"
    comment = people["B3"].comment.text
    assert "martian" in comment
    assert "→" in comment
    assert people["A2"].comment.text.startswith("ask Fatou")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_comes_first_and_names_each_fault_once(language: str) -> None:
    back = opened(mark(content(book()), FINDINGS, language))
    title = word("sheet_faults", language)
    assert back.sheetnames == [title, "Cover", "People", "_keys"]
    assert back.active is not None
    assert back.active.title == title
    lines = texts(back, title)
    assert [text for text in lines if text.startswith("R-")] == ["R-CODE-UNKNOWN", "R-TEXT-FORMULA", "R-SCREENING"]
    assert [back[title].cell(line, 1).value for line in (2, 3, 4)] == [1, 1, 1]
    links = {cell.hyperlink.location for line in back[title].iter_rows() for cell in line if cell.hyperlink}
    assert links == {"'People'!B3", "'People'!B4", "'People'!A2"}
    assert bool(back[title].sheet_view.rightToLeft) == (language == "ar")


def test_what_the_officer_wrote_stays() -> None:
    back = opened(mark(content(book()), FINDINGS, "fr"))
    people = back["People"]
    assert [cell.value for cell in people[3]][:3] == ["P2", "martian", 7]
    assert [str(area) for area in people.merged_cells.ranges] == ["D1:E2"]
    assert people.data_validations.dataValidation[0].formula1 == '"female,male"'
    assert back["_keys"].sheet_state == "hidden"


@pytest.mark.promise("exports-carry-no-formula")
def test_nothing_in_the_file_sent_back_can_be_computed() -> None:
    hostile = replace(FORMULA, value="=cmd|' /C calc'!A0", sheet="People")
    back = mark(content(book()), [hostile, *FINDINGS], "en")
    for sheet in opened(back).worksheets:
        for line in sheet.iter_rows():
            for cell in line:
                assert cell.data_type != "f"
                if isinstance(cell.value, str) and cell.value[:1] in "=+-@":
                    assert cell.quotePrefix
    with zipfile.ZipFile(io.BytesIO(back)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        assert all(b"<f>" not in archive.read(name) for name in sheets)
    assert opened(back)["People"]["C4"].value == "=1+1"


def test_a_second_check_leaves_no_trace_of_the_first() -> None:
    once = mark(content(book()), FINDINGS, "fr")
    back = opened(mark(once, [], "ar"))
    assert back.sheetnames == [word("sheet_faults", "ar"), "Cover", "People", "_keys"]
    assert texts(back, word("sheet_faults", "ar")) == [word("sheet_faults", "ar"), word("no_faults", "ar")]
    for line in back["People"].iter_rows():
        for cell in line:
            assert cell.comment is None or cell.comment.author != AUTHOR
            assert cell.fill.fgColor.rgb == "00000000"


def test_a_fault_in_a_merged_or_absent_place_is_told_without_failing() -> None:
    places = [
        replace(UNKNOWN, cell="E2"),
        replace(UNKNOWN, sheet="Nowhere"),
        replace(UNKNOWN, cell=""),
        replace(UNKNOWN, cell="ZZZZ99"),
    ]
    back = opened(mark(content(book()), places, "en"))
    assert back["People"]["D1"].comment is not None
    assert texts(back, "Faults").count("R-CODE-UNKNOWN") == 4


@pytest.mark.parametrize("filed", [b"row_id,sex\nP1,martian\n", json.dumps({"people": []}).encode(), b"\x00\xff"])
def test_a_return_that_is_no_workbook_gets_the_list_alone(filed: bytes) -> None:
    back = opened(mark(filed, FINDINGS, "es"))
    assert back.sheetnames == ["Fallos"]
    assert "R-CODE-UNKNOWN" in texts(back, "Fallos")


def test_delimited_files_come_back_as_a_workbook_of_their_values_marked_alike() -> None:
    text = "row_id,sex,note\nP1,female,=1+1\nP2,martian,x\n"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("People.csv", text)
    for content, name in ((out.getvalue(), "ML.zip"), (text.encode(), "People.csv")):
        back = opened(mark(content, FINDINGS, "fr", name))
        assert back.sheetnames == ["Anomalies", "People"]
        assert [cell.value for cell in back["People"][3]] == ["P2", "martian", "x"]
        assert back["People"]["B3"].fill.fgColor.rgb.endswith("F8B4B4")
        assert back["People"]["B3"].comment is not None
        assert (back["People"]["C2"].value, back["People"]["C2"].data_type) == ("=1+1", "s")
        assert word("how_to_go_on_copy", "fr") in texts(back, "Anomalies")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_without_cells_does_not_speak_of_coloured_ones(language: str) -> None:
    title = word("sheet_faults", language)
    back = opened(mark(json.dumps({"people": []}).encode(), FINDINGS, language, "ML.json"))
    assert back.sheetnames == [title]
    assert word("how_to_go_on_list", language) in texts(back, title)
    assert word("how_to_go_on", language) not in texts(back, title)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_barred_return_says_that_the_cover_comes_first(language: str) -> None:
    cover = replace(UNKNOWN, table="cover", sheet="Cover", row=2, cell="B2")
    back = opened(mark(content(book()), [cover, *FINDINGS], language))
    title = word("sheet_faults", language)
    assert any(text.startswith(word("cover_first", language)) for text in texts(back, title))
    assert back[title].cell(2, 1).value == 1  # One row of people; the cover is no row that is held.


def test_characters_that_no_workbook_can_hold_are_shown_as_replaced() -> None:
    wild = replace(UNKNOWN, value="mar\x00ti\ud800an\uffff")
    back = opened(mark(content(book()), [wild], "en"))
    assert "mar\ufffdti\ufffdan\ufffd" in texts(back, "Faults")


def test_more_faults_than_anybody_reads_are_counted() -> None:
    findings = [replace(UNKNOWN, row=number, cell=f"B{number}") for number in range(2, 2102)]
    back = opened(mark(content(book()), findings, "en"))
    lines = texts(back, "Faults")
    assert lines.count("R-CODE-UNKNOWN") == 2000
    assert any("100 more" in text for text in lines)


def test_a_workbook_of_ours_is_read_again_alike_once_marked() -> None:
    rows = {"people": [{"row_id": "P1", "sex": "martien"}, {"row_id": "P2", "sex": "female"}]}
    filed = template(form(), operation=operation(), state="ML", language="fr", cover=COVER_CELLS, rows=rows)
    before = check(read(filed, file_name="ML.xlsx"), form(), operation())
    after = check(read(mark(filed, before.findings, "fr"), file_name="ML.xlsx"), form(), operation())
    assert (before.entered, before.held) == (1, 1)
    assert after.tables == before.tables
    assert after.findings == before.findings
