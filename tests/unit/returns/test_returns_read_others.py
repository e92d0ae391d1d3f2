"""Returns from other programs: OpenDocument, Excel 97 and a single CSV are read as the same workbook is from XLSX."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from tests.returns_raw import operation

from traboule.core.dates import PartialDate
from traboule.core.language.languages import LANGUAGES
from traboule.returns.check import check
from traboule.returns.form import form
from traboule.returns.read import read
from traboule.returns.reading.marking import mark_apart
from traboule.returns.reading.parse import parse

CSV = """{operation};liberterra-ii
{state};Mali
{agency};Police nationale
{version};1
{status};{preliminary}
{as_of};2024-10-06

{row_id};{family_name};{given_names};{birth_date};{sex}
P1;Traoré;Awa;1999-04-12;femme
P2;Diallo;Moussa;2001;hombre
"""


def single(language: str) -> str:
    """Return a single CSV in the words of a language."""
    labels = {
        field.id: field.label[language]
        for table in ("cover", "people")
        for field in form().tables[table].fields.values()
    }
    return CSV.format(**labels, preliminary="provisoire")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_single_csv_is_a_cover_and_the_table_that_its_headers_tell(language: str, encoding: str) -> None:
    result = check(read(single(language).encode(encoding), file_name="envoi 3.csv"), form(), operation())
    assert (result.entered, result.filed, result.cover.state) == (2, 2, "ML")
    assert [row.row_id for row in result.tables["people"]] == ["P1", "P2"]
    assert result.tables["people"][0].row == 9


def test_a_single_csv_without_cover_says_where_to_write_it() -> None:
    result = parse("row_id;family_name;given_names;sex\nP1;Traoré;Awa;f\n".encode(), "personnes.csv")
    assert list(result.sheets) == ["people"]
    assert [finding.code for finding in result.findings] == ["R-FILE-COVER-MISSING"]


def test_the_rows_of_a_csv_do_not_depend_on_its_delimiter() -> None:
    texts = [single("fr").replace(";", sign) for sign in (";", ",", "\t")]
    assert len({tuple(map(repr, parse(text.encode(), "a.csv").sheets["people"].rows)) for text in texts}) == 1


FILED = Path(__file__).parents[2] / "golden" / "returns"


@pytest.mark.parametrize("kind", ["ods", "xls"])
def test_a_workbook_of_another_program_is_read_with_what_is_odd_in_it(kind: str) -> None:
    """Saved by LibreOffice: a title above the header, a merged range, a date, a bare year, a formula, an error."""
    result = check(read(FILED / f"mali.{kind}"), form(), operation())
    assert result.cover.agency == "Police nationale"
    assert (result.filed, result.entered, result.held, result.language) == (3, 2, 1, "fr")
    values = [
        {name: str(value) for name, value in row.values.items() if name != "birth_date"}
        for row in result.tables["people"]
    ]
    assert values == [
        {
            "row_id": "P1",
            "family_name": "Traoré",
            "given_names": "Awa",
            "sex": "female",
            "citizenships": "('ML', 'SN')",
        },
        {"row_id": "P2", "family_name": "الحداد", "given_names": "فاطمة", "sex": "female", "citizenships": "('TG',)"},
        {"row_id": "P3", "family_name": "Traoré", "given_names": "Moussa"},
    ]
    assert [row.values.get("birth_date") for row in result.tables["people"]] == [
        PartialDate(1999, 4, 12), PartialDate(1999), None,
    ]  # fmt: skip
    assert {(finding.code, finding.sheet, finding.cell) for finding in result.findings} == {
        ("R-FILE-FORMULA", "Personnes", "B6"),
        ("R-FILE-CELL-FAILED", "Personnes", "E6"),
    }


@pytest.mark.parametrize("kind", ["ods", "xls"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_comes_back_as_a_workbook_that_can_be_corrected_and_sent(kind: str, language: str) -> None:
    content = (FILED / f"mali.{kind}").read_bytes()
    result = check(read(content, file_name=f"mali.{kind}"), form(), operation())
    marked = mark_apart(content, result.findings, language, file_name=f"mali.{kind}")
    book = openpyxl.load_workbook(io.BytesIO(marked))
    assert book["Personnes"]["E6"].comment is not None
    book["Personnes"]["E6"] = "homme"
    corrected = io.BytesIO()
    book.save(corrected)
    resent = check(read(corrected.getvalue(), file_name="mali.xlsx"), form(), operation())
    assert (resent.entered, resent.held, resent.findings) == (3, 0, ())
