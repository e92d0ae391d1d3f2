"""Workbooks as they truly come: moved, renamed, merged, half in another language."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import openpyxl
import pytest
import xlsxwriter
from openpyxl.workbook.defined_name import DefinedName

from traboule.core.findings import Severity
from traboule.operation.operation import shipped
from traboule.returns.form import form
from traboule.returns.read import read
from traboule.returns.reading.grid import letter, place
from traboule.returns.reading.parse import from_json, parse, to_json
from traboule.returns.workbook import template

ROWS = {
    "people": [
        {"row_id": "p1", "family_name": "Traoré", "given_names": "Awa", "birth_date": "2001", "citizenships": ("ML",)},
        {
            "row_id": "p2",
            "family_name": "Keïta",
            "given_names": "Moussa",
            "birth_date": "1999",
            "citizenships": ("SN",),
        },
    ]
}


def changed(change: Callable[[openpyxl.Workbook], object], language: str = "fr") -> bytes:
    made = template(form(), operation=shipped("liberterra-ii"), state="ML", language=language, rows=ROWS)
    book = openpyxl.load_workbook(io.BytesIO(made))
    change(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def sheet_of(rows: list[list[object]], title: str = "People", change: Callable[[object], object] = id) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    change(sheet)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def repacked(content: bytes, change: Callable[[bytes], bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(target, "w") as after:
        for name in before.namelist():
            after.writestr(name, change(before.read(name)))
    return target.getvalue()


def codes(result) -> list[str]:
    return sorted({finding.code for finding in result.findings if finding.code != "R-FILE-COVER-MISSING"})


def test_columns_in_any_order_and_any_language():
    rows = [
        ["الأسماء الشخصية", "NOM  DE\u00a0FAMILLE", "Fecha de nacimiento", "row_id"],
        ["Awa", "Traoré", "2001", "p1"],
    ]
    result = read(sheet_of(rows, " persönnes ".replace("ö", "o")), file_name="a.xlsx")
    assert result.sheets["people"].rows[0].cells == {
        "given_names": "Awa",
        "family_name": "Traoré",
        "birth_date": "2001",
        "row_id": "p1",
    }
    assert result.sheets["people"].columns["family_name"].letter == "B"
    assert codes(result) == []


def test_a_renamed_column_is_known_by_its_key():
    def rename(book):
        book["Personnes"]["B1"] = "Patronyme du quidam"

    result = read(changed(rename), file_name="a.xlsx")
    assert [row.cells["family_name"] for row in result.sheets["people"].rows] == ["Traoré", "Keïta"]
    assert result.sheets["people"].columns["family_name"].header == "Patronyme du quidam"
    assert codes(result) == []


def test_a_row_pasted_over_the_header_is_not_lost_in_silence():
    """The keys behind the cells still say which column is which, so the rows below are read; the row itself is told."""

    def paste(book: openpyxl.Workbook) -> None:
        sheet = book["Personnes"]
        for place_, value in enumerate(("p0", "Diallo", "Fatou"), start=1):
            sheet.cell(1, place_).value = value
        for column in range(4, sheet.max_column + 1):
            sheet.cell(1, column).value = None

    result = read(changed(paste), file_name="f.xlsx")
    assert [row.cells["row_id"] for row in result.sheets["people"].rows] == ["p1", "p2"]
    (overwritten,) = (finding for finding in result.findings if finding.code == "R-FILE-HEADER-OVERWRITTEN")
    assert (overwritten.sheet, overwritten.row, overwritten.cell) == ("Personnes", 1, "A1")


def test_a_row_pasted_over_a_part_of_the_header_is_not_lost_in_silence():
    def paste(book: openpyxl.Workbook) -> None:
        for place_, value in enumerate(("p0", "Diallo", "Fatou"), start=1):
            book["Personnes"].cell(1, place_).value = value

    result = read(changed(paste), file_name="f.xlsx")
    assert [row.cells["row_id"] for row in result.sheets["people"].rows] == ["p1", "p2"]
    (finding,) = result.findings
    assert (finding.code, finding.sheet, finding.cell) == ("R-FILE-HEADER-RENAMED", "Personnes", "A1")
    assert finding.values["names"].split(", ") == ["p0", "Diallo", "Fatou"]


def test_a_renamed_sheet_is_known_by_its_keys():
    def rename(book):
        # A spreadsheet program renames the sheet inside the defined names as well.
        book["Personnes"].title = "Feuille d'Awa"
        for name, defined in list(book.defined_names.items()):
            text = defined.attr_text.replace("Personnes!", "'Feuille d''Awa'!")
            book.defined_names[name] = DefinedName(name, attr_text=text)

    result = read(changed(rename), file_name="a.xlsx")
    assert result.sheets["people"].sheet_name == "Feuille d'Awa"
    assert len(result.sheets["people"].rows) == 2


def test_a_renamed_sheet_without_keys_is_known_by_its_headers():
    rows = [["Row ID", "Person", "Arrested at", "Attribution"], ["a", "p", "2024-10-01", "both"]]
    assert list(read(sheet_of(rows, "Tabelle1"), file_name="a.xlsx").sheets) == ["arrests"]


def test_the_visible_header_wins_over_the_key():
    def swap(book):
        sheet = book["Personnes"]
        sheet["B1"], sheet["C1"] = sheet["C1"].value, sheet["B1"].value

    result = read(changed(swap), file_name="a.xlsx")
    assert result.sheets["people"].rows[0].cells["given_names"] == "Traoré"


def test_unknown_unnamed_and_double_columns_are_findings():
    rows = [
        ["row_id", "Family name", "Shoe size", "Surname", None],
        ["p1", "Traoré", 38, "Other", "loose"],
    ]
    result = read(sheet_of(rows), file_name="a.xlsx")
    by_code = {finding.code: finding for finding in result.findings}
    assert codes(result) == ["R-FILE-COLUMN-TWICE", "R-FILE-COLUMN-UNKNOWN", "R-FILE-COLUMN-UNNAMED"]
    assert (by_code["R-FILE-COLUMN-UNKNOWN"].column, by_code["R-FILE-COLUMN-UNKNOWN"].cell) == ("Shoe size", "C1")
    assert by_code["R-FILE-COLUMN-TWICE"].values == {"first": "B"}
    assert by_code["R-FILE-COLUMN-UNNAMED"].cell == "E1"
    assert result.sheets["people"].rows[0].cells == {"row_id": "p1", "family_name": "Traoré"}


def test_the_header_may_stand_below_titles():
    rows = [["Ministère"], [], ["Liste des personnes", None, "Mali"], ["row_id", "Nom de famille"], ["p1", "Traoré"]]
    result = read(sheet_of(rows), file_name="a.xlsx")
    assert [(row.number, row.cells["row_id"]) for row in result.sheets["people"].rows] == [(5, "p1")]


def test_rows_without_a_header_are_not_lost_in_silence():
    result = read(sheet_of([["x", "y"], ["p1", "Traoré"]]), file_name="a.xlsx")
    assert "people" not in result.sheets
    assert codes(result) == ["R-FILE-HEADER-MISSING"]


def test_stray_space_is_trimmed_and_empty_rows_vanish():
    rows = [
        ["row_id", "Family name"],
        ["\u200b p1\u00a0", "  Traoré\ufeff "],
        [None, " "],
        ["p2", "\u200e"],
        [" ", None],
        [],
    ]
    result = read(sheet_of(rows), file_name="a.xlsx")
    assert [(row.number, row.cells) for row in result.sheets["people"].rows] == [
        (2, {"row_id": "p1", "family_name": "Traoré"}),
        (4, {"row_id": "p2"}),
    ]


def test_merged_cells_count_for_their_first_cell():
    rows = [["row_id", "Family name", "Given names"], ["p1", "Traoré", "Awa"], ["p2", "Keïta", "Moussa"]]
    result = read(sheet_of(rows, change=lambda sheet: sheet.merge_cells("B2:B3")), file_name="a.xlsx")
    merged = [finding for finding in result.findings if finding.code == "R-FILE-CELLS-MERGED"]
    assert [(finding.cell, finding.field, finding.row, finding.values["range"]) for finding in merged] == [
        ("B2", "family_name", 2, "B2:B3")
    ]
    assert [row.cells.get("family_name") for row in result.sheets["people"].rows] == ["Traoré", None]


def test_formulas_are_flagged_and_one_without_a_value_holds_its_row():
    result = read(sheet_of([["row_id", "Family name"], ["p1", "=A2"], ["=1+1", None]]), file_name="a.xlsx")
    formulas = [finding for finding in result.findings if finding.code == "R-FILE-FORMULA-EMPTY"]
    assert [(finding.cell, finding.row, finding.severity) for finding in formulas] == [
        ("B2", 2, Severity.ERROR),
        ("A3", 3, Severity.ERROR),
    ]
    assert [row.number for row in result.sheets["people"].rows] == [2, 3]


def test_a_formula_with_a_value_is_read_by_it_and_a_failed_cell_is_an_error():
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet("People")
    sheet.write_row(0, 0, ["row_id", "Family name", "Given names"])
    sheet.write_formula(1, 0, '="p"&1', None, "p1")
    sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
    book.close()
    result = read(target.getvalue(), file_name="a.xlsx")
    assert result.sheets["people"].rows[0].cells == {"row_id": "p1"}
    by_cell = {finding.cell: finding for finding in result.findings if finding.cell}
    assert (by_cell["A2"].code, by_cell["A2"].value) == ("R-FILE-FORMULA", "p1")
    assert (by_cell["C2"].code, by_cell["C2"].severity) == ("R-FILE-CELL-FAILED", Severity.ERROR)


def test_marks_that_reorder_text_are_flagged_and_hold_an_identifier():
    rows = [["row_id", "Kind of identifier", "Number or value", "Remark"], ["i1", "phone", "+22\u202e370", "a\u2066b"]]
    result = read(sheet_of(rows, "Identifiers"), file_name="a.xlsx")
    by_cell = {finding.cell: finding for finding in result.findings if finding.cell}
    assert (by_cell["C2"].code, by_cell["C2"].severity) == ("R-FILE-HIDDEN-IN-IDENTIFIER", Severity.ERROR)
    assert (by_cell["D2"].code, by_cell["D2"].severity) == ("R-FILE-HIDDEN-CHARACTERS", Severity.WARNING)


def test_values_keep_their_kind():
    moment = datetime.fromisoformat("2024-09-30 04:05")
    rows = [
        ["row_id", "Family name", "Date of birth", "Place of birth", "Minor"],
        [7, 1.5, date(2001, 5, 17), moment, True],
    ]
    cells = read(sheet_of(rows), file_name="a.xlsx").sheets["people"].rows[0].cells
    assert cells == {
        "row_id": 7,
        "family_name": 1.5,
        "birth_date": date(2001, 5, 17),
        "birth_place": moment,
        "minor": True,
    }
    assert isinstance(cells["minor"], bool)


def test_a_sheet_twice_and_a_sheet_unknown_are_findings():
    def copy(book):
        book.copy_worksheet(book["Personnes"]).title = "People"
        book.create_sheet("Notes")["A1"] = "to do"
        book.create_sheet("Empty")
        book.create_sheet("Anomalies")["A1"] = "Gravité"

    result = read(changed(copy), file_name="a.xlsx")
    codes_and_sheets = sorted((finding.code, finding.sheet) for finding in result.findings)
    assert codes_and_sheets == [("R-FILE-SHEET-TWICE", "People"), ("R-FILE-SHEET-UNKNOWN", "Notes")]


def test_a_missing_sheet_is_no_fault_but_a_missing_cover_is():
    def without(book):
        del book["Personnes"]
        del book["Couverture"]

    result = read(changed(without), file_name="a.xlsx")
    assert "people" not in result.sheets
    assert [finding.code for finding in result.findings] == ["R-FILE-COVER-MISSING"]


def test_the_cover_is_read_by_its_labels_wherever_they_stand():
    rows = [[], ["Return of"], [None, "Versión", 2], [None, "STATE *", "Mali"], [None, "Operation:", "liberterra-ii"]]
    result = read(sheet_of(rows, "Cover"), file_name="a.xlsx")
    cover = result.sheets["cover"]
    assert cover.rows[0].cells == {"version": 2, "state": "Mali", "operation": "liberterra-ii"}
    assert cover.cover_cells == {"operation": "C5", "state": "C4", "version": "C3"}


def test_an_empty_cover_cell_is_not_filled_by_the_help_beside_it():
    result = read(changed(id), file_name="a.xlsx")
    assert set(result.sheets["cover"].rows[0].cells) == {"operation", "state", "version"}
    assert set(result.sheets["cover"].cover_cells) == set(form().tables["cover"].fields)


def test_a_renamed_label_on_the_cover_is_known_by_its_key():
    def rename(book):
        cells = [row[0] for row in book["Couverture"].iter_rows(max_col=1)]
        next(cell for cell in cells if cell.value == "Version\u00a0*").value = "N° de l'envoi"

    assert read(changed(rename), file_name="a.xlsx").sheets["cover"].rows[0].cells["version"] == 1


@pytest.mark.parametrize(("column", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (199, "GR"), (702, "AAA")])
def test_letters_and_places(column, letters):
    assert letter(column) == letters
    assert place(f"{letters}14") == (14, column)


def test_what_the_child_sends_is_what_it_read():
    read_here = parse(changed(id), "a.xlsx")
    assert from_json(to_json(read_here)) == read_here


def test_formulas_drawn_down_an_empty_table_make_no_rows():
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet("People")
    sheet.write_row(0, 0, ["row_id", "Family name"])
    for row in range(1, 40):
        sheet.write_formula(row, 0, f'=IF(B{row + 1}="","","p{row}")', None, "p1" if row == 1 else "nothing")
    sheet.write_string(1, 1, "Traoré")
    book.close()
    # Excel marks the value as a text and leaves it empty.
    content = repacked(target.getvalue(), lambda part: part.replace(b"<v>nothing</v>", b"<v></v>"))
    result = read(content, file_name="a.xlsx")
    assert [row.number for row in result.sheets["people"].rows] == [2]
    assert codes(result) == ["R-FILE-FORMULA"]


def test_many_formulas_are_counted_rather_than_listed():
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet("People")
    sheet.write_row(0, 0, ["row_id", "Family name"])
    for row in range(1, 151):
        sheet.write_formula(row, 0, f"={row}", None, row)
    book.close()
    result = read(target.getvalue(), file_name="a.xlsx")
    findings = [finding for finding in result.findings if finding.code == "R-FILE-FORMULA"]
    assert [finding.count for finding in findings] == [1] * 100 + [50]
    assert (findings[-1].is_sum, findings[-1].row, findings[-1].cell, findings[-1].value) == (True, 0, "", "")
    assert result.unlisted == tuple(("people", row, "R-FILE-FORMULA") for row in range(102, 152))


def test_another_version_of_the_form_is_said():
    def older(book):
        next(item for item in book.custom_doc_props.props if item.name == "form_version").value = "0"

    result = read(changed(older), file_name="a.xlsx")
    assert [(finding.code, finding.values["version"]) for finding in result.findings] == [("R-FILE-FORM-OTHER", "0")]


@pytest.mark.parametrize(("table", "field"), [("people", "birth_date"), ("arrests", "at")])
@pytest.mark.parametrize("year", [1987, 2024, 1410, 2544])
def test_a_bare_year_in_a_column_of_dates_is_that_year(table: str, field: str, year: int) -> None:
    """Typed there, it is kept as the serial number of a day in the first years of the last century."""
    rows = {table: [{"row_id": "R1", field: year}, {"row_id": "R2", field: date(1987, 5, 6)}]}
    content = template(form(), operation=None, state="ML", language="fr", rows=rows)
    read = parse(content, "return.xlsx").sheets[table].rows
    assert [row.cells[field] for row in read] == [year, date(1987, 5, 6)]
    sheet = openpyxl.load_workbook(io.BytesIO(content))[form().tables[table].sheet_name("fr")]
    column = [*form().tables[table].fields].index(field) + 1
    # Shown as a year too: the format has a day only from the serial number of 1907 on.
    assert sheet.cell(2, column).number_format.startswith("[>=2700]yyyy-mm-dd")
