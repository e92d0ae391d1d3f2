"""The template: written, reopened, and read back as what was put in."""

import importlib
import io
from datetime import date, datetime

import openpyxl
import pytest
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from traboule.core.codes import vocabulary
from traboule.core.dates import PartialDate
from traboule.core.language.languages import LANGUAGES
from traboule.operation.operation import shipped
from traboule.returns.form import form
from traboule.returns.read import read
from traboule.returns.workbook import lists, tables, template
from traboule.returns.workbook.book import FormBook
from traboule.returns.workbook.draft import LAST_ROW
from traboule.returns.workbook.sheet import FormSheet

OPERATION = shipped("liberterra-ii")
COVER = {"agency": "Police nationale", "status": "preliminary", "as_of": date(2024, 10, 5), "legal_basis": "=1+1"}
ROWS = {
    "people": [
        {
            "row_id": "007",
            "family_name": "ديالو",
            "given_names": "=HYPERLINK(1)",
            "birth_date": PartialDate(2001, 5, None),
            "minor": "yes",
            "sex": "female",
            "citizenships": ("ML", "SN"),
            "age_band": "not_asked",
        },
        {"row_id": "8", "family_name": " Koné ", "birth_date": PartialDate(2001, 5, 17), "residence": "Atlantis"},
    ],
    "arrests": [
        {"row_id": "a1", "person": "007", "at": datetime.fromisoformat("2024-09-30 04:05"), "attribution": "both"}
    ],
    "migrants": [{"row_id": "m", "detected_on": date(2024, 10, 1), "count": 24, "nationality": "TG"}],
    "seizures": [{"row_id": "s", "kind": vocabulary("seizure_kinds").codes[0], "quantity": 1.5}],
}


def filled(language: str, **more: object) -> bytes:
    return template(
        form(), operation=OPERATION, state="ML", language=language, **({"cover": COVER, "rows": ROWS} | more)
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_filled_in_is_read_back(language):
    result = read(filled(language), file_name="mali.xlsx")
    assert result.findings == ()
    assert result.language == language
    assert list(result.sheets) == list(form().tables)
    cover = result.sheets["cover"].rows[0].cells
    assert cover["operation"] == OPERATION.code
    assert vocabulary("countries").find(cover["state"]) == "ML"
    assert cover["version"] == 1
    assert vocabulary("return_status").find(cover["status"]) == "preliminary"
    assert cover["as_of"] == date(2024, 10, 5)
    assert cover["legal_basis"] == "=1+1"
    first, second = result.sheets["people"].rows
    assert (first.number, second.number) == (2, 3)
    assert first.cells["row_id"] == "007"
    assert first.cells["family_name"] == "ديالو"
    assert first.cells["given_names"] == "=HYPERLINK(1)"
    assert first.cells["birth_date"] == "2001-05"
    assert vocabulary("minor_status").find(first.cells["minor"]) == "yes"
    assert [vocabulary("countries").find(part) for part in first.cells["citizenships"].split(";")] == ["ML", "SN"]
    assert second.cells == {
        "row_id": "8",
        "family_name": "Koné",
        "birth_date": date(2001, 5, 17),
        "residence": "Atlantis",
    }
    assert result.sheets["arrests"].rows[0].cells["at"] == datetime.fromisoformat("2024-09-30 04:05")
    assert vocabulary("attributions").find(result.sheets["arrests"].rows[0].cells["attribution"]) == "both"
    assert result.sheets["migrants"].rows[0].cells["count"] == 24
    assert result.sheets["seizures"].rows[0].cells["quantity"] == 1.5


def test_the_same_input_gives_the_same_bytes():
    assert filled("ar") == filled("ar")
    assert filled("en", rows={}) != filled("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sheets_are_made_for_an_officer(language):
    book = openpyxl.load_workbook(io.BytesIO(filled(language)))
    assert book.sheetnames == [table.sheet_name(language) for table in form().tables.values()] + ["_lists"]
    assert book["_lists"].sheet_state == "veryHidden"
    for table in form().row_tables.values():
        sheet = book[table.sheet_name(language)]
        assert sheet.protection.sheet
        # The format stores what is forbidden: these three are not.
        assert not any((sheet.protection.sort, sheet.protection.autoFilter, sheet.protection.insertRows))
        assert bool(sheet.sheet_view.rightToLeft) == (language == "ar")
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref.startswith("A1:")
        for column, field in enumerate(table.fields.values(), start=1):
            header = sheet.cell(1, column)
            assert header.value == field.label[language] + ("\u00a0*" if field.required else "")
            assert header.protection.locked
            ground = next(
                dimension for dimension in sheet.column_dimensions.values() if dimension.min <= column <= dimension.max
            )
            assert not ground.protection.locked
            assert ground.width >= 11
            if field.type in ("date", "moment"):
                assert ground.number_format.startswith("[>=2700]yyyy-mm-dd")
        rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
        assert len(rules) == len(table.fields)
        assert {"list"} == {
            rule.type
            for rule, field in zip(rules.values(), table.fields.values(), strict=True)
            if field.vocabulary or field.refers_to
        }
        assert all(str(ranges).endswith("20001") and rule.prompt for ranges, rule in rules.items())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sheet_prints_across_and_starts_where_its_language_does(language):
    book = openpyxl.load_workbook(io.BytesIO(filled(language)))
    start = "right" if language == "ar" else "left"
    for table in form().tables.values():
        sheet = book[table.sheet_name(language)]
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        if table.id == "cover":
            assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight or 1) == (1, 1)
            continue
        assert (sheet.print_title_rows, sheet.print_title_cols) == ("$1:$1", "$A:$A")
        assert sheet["A1"].alignment.wrap_text
        # On each printed page the letters keep more than half of their size.
        width = sum(sheet.column_dimensions[letters].width for letters in sheet.column_dimensions)
        assert width / (sheet.page_setup.fitToWidth or 1) <= 260
        assert sheet["A1"].alignment.horizontal == start
        assert sheet["A1"].font.name == ("Arial" if language == "ar" else "Calibri")


def test_a_date_stays_whole_inside_an_arabic_sentence():
    text = openpyxl.load_workbook(io.BytesIO(filled("ar")))["الغلاف"]["A2"].value
    assert "\u200e2024-09-29\u200e" in text
    # Whatever stands before it, a date in a cell runs as its digits do.
    people = openpyxl.load_workbook(io.BytesIO(filled("ar")))[form().tables["people"].sheet_name("ar")]
    birth = list(form().tables["people"].fields).index("birth_date") + 1
    assert people.cell(3, birth).alignment.readingOrder == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_of_every_list_is_found_by_its_vocabulary(language):
    book = openpyxl.load_workbook(io.BytesIO(filled(language)))
    lists = book["_lists"]
    checked = 0
    for table in form().row_tables.values():
        rules = book[table.sheet_name(language)].data_validations.dataValidation
        for rule, field in zip(rules, table.fields.values(), strict=True):
            if field.vocabulary is None:
                continue
            entries = [cell.value for row in lists[rule.formula1.split("!")[1].replace("$", "")] for cell in row]
            codes = [vocabulary(field.vocabulary).find(entry) for entry in entries]
            real_codes = [code for code in codes if code is not None]
            assert sorted(real_codes) == sorted(vocabulary(field.vocabulary).codes)
            assert 0 <= codes.count(None) <= (0 if field.required else 3)
            checked += 1
    assert checked > 40


def test_the_file_says_what_it_was_made_for():
    book = openpyxl.load_workbook(io.BytesIO(filled("es")))
    properties = {item.name: item.value for item in book.custom_doc_props.props}
    assert properties == {"form_version": "1", "operation": "liberterra-ii", "state": "ML", "language": "es"}


def test_a_template_without_an_operation_leaves_it_to_the_officer():
    blank = template(form(), operation=None, state="XK", language="en")
    cells = read(blank, file_name="blank.xlsx").sheets["cover"].rows[0].cells
    assert "operation" not in cells
    assert vocabulary("countries").find(cells["state"]) == "XK"


def test_an_unknown_table_or_field_is_our_own_mistake():
    with pytest.raises(KeyError):
        filled("en", rows={"planets": []})
    with pytest.raises(KeyError):
        filled("en", rows={"people": [{"shoe_size": 4}]})
    with pytest.raises(KeyError):
        filled("en", cover={"moon": "full"})


AWKWARD = [
    *(
        "<r>bold</r>",
        "a & b",
        'she said "no"',
        " leading",
        "trailing ",
        "two\nlines",
        "tab\tstop",
        "bell\x07",
        "_x0041_",
    ),
    *("\ufffe", "\u2028edge", "\U0001f600" * 17_000, "x" * 40_000, "=1+1", "100", "ى", "not_asked", "", None),
    *(True, 0, -1.5, 1e300, 12345678901234567890, date(1850, 1, 1), date(2024, 2, 29), PartialDate(1999, None, None)),
    *(
        datetime.fromisoformat("2024-09-30 04:05"),
        datetime.fromisoformat("2024-09-30 00:00"),
        ("ML", "SN"),
        {"SN", "ML"},
    ),
]
ACTION_FIELDS = form().row_tables["actions"].fields
AWKWARD_ROWS = {
    # Before any column of moments, a moment uses a format that no column has used yet.
    "actions": [
        {name: AWKWARD[(row + place) % len(AWKWARD)] for place, name in enumerate(ACTION_FIELDS)} for row in range(40)
    ],
    "people": [{"row_id": "first"}, *({} for _ in range(37)), {"other_names": "last"}, {}],
    "arrests": [{"at": value, "row_id": str(number)} for number, value in enumerate(AWKWARD)],
}


def plain_template(monkeypatch: pytest.MonkeyPatch, **arguments: object) -> bytes:
    """Write a template with XlsxWriter's own workbook and sheets, each laid out anew."""
    module = importlib.import_module("traboule.returns.workbook.template")

    def write_plain_lists(book: Workbook, language: str) -> lists.DropDownLists:
        sheet = book.add_worksheet(lists.LISTS_SHEET)
        sheet.very_hidden()
        lists.write_lists_anew(sheet, language)
        return lists.list_ranges(language)

    with monkeypatch.context() as patch:
        patch.setattr(module, "FormBook", Workbook)
        patch.setattr(module, "FormSheet", Worksheet)
        patch.setattr(module, "write_lists", write_plain_lists)
        patch.setattr(tables, "lay_out", tables.lay_out_anew)
        return template(form(), **arguments)


@pytest.mark.parametrize("rows", [{}, ROWS, AWKWARD_ROWS], ids=["empty", "usual", "awkward"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_template_has_the_bytes_that_xlsxwriter_gives(
    language: str, rows: dict[str, list[dict[str, object]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = {"operation": OPERATION, "state": "ML", "language": language, "cover": COVER, "rows": rows}
    plain = plain_template(monkeypatch, **arguments)
    assert template(form(), **arguments) == plain
    assert template(form(), **arguments) == plain  # The second takes everything from what the first laid out.


def test_a_table_longer_than_its_rules_has_them_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {"people": [{"row_id": str(number)} for number in range(LAST_ROW + 1)]}
    arguments = {"operation": OPERATION, "state": "ML", "language": "en", "rows": rows}
    assert template(form(), **arguments) == plain_template(monkeypatch, **arguments)


def test_a_template_holds_no_number_that_is_none() -> None:
    with pytest.raises(TypeError):
        filled("en", rows={"seizures": [{"quantity": float("nan")}]})


def test_lists_are_the_first_strings_of_a_workbook() -> None:
    book = FormBook(io.BytesIO(), {"in_memory": True})
    book.add_worksheet().write_string(0, 0, "before")
    with pytest.raises(ValueError, match="strings already"):
        lists.write_lists(book, "en")


@pytest.mark.parametrize("formula", ["=FILTER(A1:A9,B1:B9)", "{=SUM(A1:A3)}", "=list_countries", "_xlfn.STDEV.S(A1)"])
@pytest.mark.parametrize("expand", [False, True])
def test_a_formula_is_prepared_as_xlsxwriter_does(formula: str, expand: bool) -> None:
    assert FormSheet()._prepare_formula(formula, expand) == Worksheet()._prepare_formula(formula, expand)
