"""Filing at the command line: what is wrong stands at its cell, and the exit status says whether all was entered."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from tests.returns_raw import COVER_CELLS, operation

from traboule.app.handlers import filing
from traboule.cli.main import run
from traboule.core.language.languages import LANGUAGES
from traboule.returns.faults import word
from traboule.returns.form import COVER, form
from traboule.returns.workbook import template

PEOPLE = {"people": [{"row_id": "P1", "sex": "femme"}, {"row_id": "P2", "sex": "femme"}]}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the database of these tests lies, with the operation open in it."""
    path = tmp_path_factory.mktemp("data")
    assert run(["operation", "open", "liberterra-ii", "--data", str(path)]) == 0
    yield path
    run(["database", "stop", "--data", str(path)])


def filed(path: Path, change: dict[tuple[str, str], object]) -> Path:
    """Write a French workbook of Mali; ``change`` says what an officer typed over, by table and address."""
    path.write_bytes(template(form(), operation=operation(), state="ML", language="fr", cover=COVER_CELLS, rows=PEOPLE))
    book = openpyxl.load_workbook(path)
    for (table, address), value in change.items():
        book[form().tables[table].sheet_name("fr")][address] = value
    book.save(path)
    return path


def address_of(path: Path, field: str) -> str:
    """Return where the value of a field of the cover stands."""
    label = form().tables[COVER].fields[field].label["fr"]
    sheet = openpyxl.load_workbook(path)[form().tables[COVER].sheet_name("fr")]
    (row,) = [cell.row for line in sheet.iter_rows() for cell in line if str(cell.value).strip("\u00a0 *") == label]
    return f"B{row}"


@pytest.mark.parametrize("field", ["operation", "state", "version", "status", "as_of"])
def test_a_fault_of_the_cover_stands_at_its_own_cell(
    field: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], place: Path
) -> None:
    file = filed(tmp_path / "ML.xlsx", {})
    address = address_of(file, field)
    filed(file, {(COVER, address): "nonsense"})
    assert run(["return", "check", str(file), "--language", "fr", "--json", "--data", str(place)]) == 6
    answer = json.loads(capsys.readouterr().out)
    assert (answer["error"], answer["kind"], answer["filed"], answer["entered"]) == (
        "return-cover-faulty", "refused", 2, 0,
    )  # fmt: skip
    (fault,) = [one for one in answer["findings"] if one["severity"] == "error"]
    assert (fault["sheet"], fault["cell"], fault["value"]) == ("Couverture", address, "nonsense")
    assert fault["row"] == int(address[1:])
    assert len(fault["message"]) > 10
    assert len(fault["advice"]) > 10
    marked = openpyxl.load_workbook(answer["marked"])
    cell = marked["Couverture"][address]
    assert cell.fill.fgColor.rgb.endswith("F8B4B4")
    assert cell.comment is not None
    assert fault["message"] in cell.comment.text
    assert marked.sheetnames[0] == word("sheet_faults", "fr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_person_reads_the_faults_of_the_cover(
    language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    file = filed(tmp_path / "ML.xlsx", {})
    status = address_of(file, "status")
    filed(file, {(COVER, status): "fini"})
    assert run(["return", "check", str(file), "--language", language, "--data", str(place)]) == 6
    output = capsys.readouterr().out
    assert f"Couverture {status}" in output
    assert "marked.xlsx" in output.replace("\n", "")


def test_receiving_says_in_its_status_that_rows_are_held(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], place: Path
) -> None:
    assert run(["operation", "open", "liberterra-ii", "--data", str(place)]) == 0
    whole = filed(tmp_path / "whole.xlsx", {})
    held = filed(tmp_path / "held.xlsx", {("people", address_of_sex()): "martien"})
    barred = filed(tmp_path / "barred.xlsx", {(COVER, address_of(whole, "status")): "fini"})
    capsys.readouterr()
    assert run(["return", "receive", str(whole), "--json", "--data", str(place)]) == 0
    capsys.readouterr()
    assert run(["return", "receive", str(held), str(whole), "--json", "--data", str(place)]) == 6
    receipts = json.loads(capsys.readouterr().out)["receipts"]
    assert [(one["file"], one["held"], one["entered"]) for one in receipts] == [
        ("held.xlsx", 1, 1),
        ("whole.xlsx", 0, 2),
    ]
    assert run(["return", "receive", str(held), "--data", str(place)]) == 6
    assert f"traboule return check {held}" in capsys.readouterr().out.replace("\n", "")
    renamed = filed(tmp_path / "renamed.xlsx", {(COVER, address_of(whole, "agency")): "Police Nationale"})
    capsys.readouterr()
    assert run(["return", "check", str(renamed), "--json", "--data", str(place)]) == 0
    checked = json.loads(capsys.readouterr().out)["findings"]
    assert [(fault["code"], fault["cell"]) for fault in checked] == [
        ("R-COVER-AGENCY-NEAR", address_of(whole, "agency"))
    ]
    assert run(["return", "receive", str(renamed), "--json", "--data", str(place)]) == 0
    (receipt,) = json.loads(capsys.readouterr().out)["receipts"]
    assert [(one["code"], one["cell"]) for one in receipt["remarks"]] == [
        ("R-COVER-AGENCY-NEAR", address_of(whole, "agency"))
    ]
    assert run(["return", "receive", str(barred), "--json", "--data", str(place)]) == 6
    (refused,) = json.loads(capsys.readouterr().out)["receipts"]
    assert refused["error"] == "return-cover-faulty"
    assert [one["code"] for one in refused["findings"]] == ["R-CODE-UNKNOWN"]
    assert run(["return", "preview", str(barred), "--json", "--data", str(place)]) == 6
    assert json.loads(capsys.readouterr().out)["findings"][0]["advice"]


def test_an_officer_reads_how_headers_of_their_own_were_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], place: Path
) -> None:
    """``DDN`` was said to be none of the form's columns, and the dates of birth were not read."""
    fields = list(form().tables["people"].fields)
    own = {"family_name": "NOM", "birth_date": "DDN", "sex": "Sexe (M/F)"}
    changes = {("people", f"{get_column_letter(fields.index(name) + 1)}1"): header for name, header in own.items()}
    file = filed(tmp_path / "own.xlsx", changes)
    capsys.readouterr()
    run(["return", "check", str(file), "--json", "--data", str(place), "--language", "fr"])
    checked = json.loads(capsys.readouterr().out)
    assert [(read["header"], read["read_as"]) for read in checked["headers_read"]] == [
        ("NOM", "Nom de famille"),
        ("DDN", "Date de naissance"),
    ]
    assert [fault["code"] for fault in checked["findings"] if "COLUMN" in fault["code"]] == []
    for verb in ("check", "receive"):
        run(["return", verb, str(file), "--data", str(place), "--language", "fr"])
        shown = " ".join(capsys.readouterr().out.split())
        assert "« DDN » comme « Date de naissance »" in shown


def address_of_sex() -> str:
    """Return where the sex of the second person stands."""
    column = list(form().tables["people"].fields).index("sex") + 1
    return f"{get_column_letter(column)}3"


def test_a_file_too_large_to_be_written_again_gets_the_list_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    column = get_column_letter(list(form().tables["people"].fields).index("sex") + 1)
    file = filed(tmp_path / "ML.xlsx", {("people", f"{column}2"): "martien"})
    command = ["return", "check", str(file), "--language", "fr", "--json", "--data", str(place)]
    sheets = {}
    for most in (filing.MOST_COLOURED, 2):
        monkeypatch.setattr(filing, "MOST_COLOURED", most)
        assert run(command) == 6
        answer = json.loads(capsys.readouterr().out)
        sheets[answer["cells_marked"]] = openpyxl.load_workbook(answer["marked"]).sheetnames
    assert len(sheets[True]) > 10
    assert sheets[False] == [word("sheet_faults", "fr")]


def test_the_terminal_sums_what_is_of_one_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str], place: Path) -> None:
    rows = "".join(f"P{number},martien\n" for number in range(400))
    with zipfile.ZipFile(tmp_path / "ML.zip", "w") as archive:
        archive.writestr("people.csv", f"row_id,sex\n{rows}")
        archive.writestr("cover.csv", f"{','.join(COVER_CELLS)}\n{','.join(map(str, COVER_CELLS.values()))}")
    command = ["return", "check", str(tmp_path / "ML.zip"), "--data", str(place)]
    assert run([*command, "--language", "en"]) == 6
    shown = " ".join(capsys.readouterr().out.split())
    assert "300 more faults of this kind" in shown
    assert "400 held" in shown
    assert run([*command, "--json"]) == 6
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert [finding["count"] for finding in findings] == [1] * 100 + [300]
