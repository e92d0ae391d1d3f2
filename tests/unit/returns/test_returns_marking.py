"""Marking at arm's length: the child gives what ``mark`` gives, and whatever it is handed it alone pays for."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from tests.returns_raw import COVER_CELLS, operation

from traboule.core.errors import Refused
from traboule.core.findings import Finding, Severity
from traboule.core.language.languages import LANGUAGES
from traboule.returns.check import check
from traboule.returns.checked import CheckedReturn
from traboule.returns.form import form
from traboule.returns.mark import mark
from traboule.returns.read import read
from traboule.returns.reading import child
from traboule.returns.reading.child import Limits
from traboule.returns.reading.marking import mark_apart
from traboule.returns.workbook import template

ROWS = {
    "people": [
        {"row_id": "P1", "sex": "martien", "birth_date": "31/02/2009", "citizenships": "Atlantide"},
        {"row_id": "P1", "sex": "female", "minor": "yes"},
        {"row_id": "P2", "family_name": "=1+1", "citizenships": ("ML", "SN")},
    ],
    "arrests": [{"row_id": "A1", "person": "P9", "at": "2023-01-01", "attribution": "?"}],
    "migrants": [{"row_id": "M1", "detected_on": "2024-10-01", "count": 2, "minors": 7}],
    "identifiers": [{"row_id": "I1", "person": "P2", "kind": "phone", "value": "12", "issuer": "ML"}],
    "totals": [{"row_id": "T1", "measure": "irregular_migrants", "value": 24}],
}
UNKNOWN = Finding("R-CODE-UNKNOWN", Severity.ERROR, table="people", field="sex", sheet="People", row=2, cell="L2")


@pytest.fixture(scope="module", autouse=True)
def _worker_server() -> Iterator[None]:
    yield
    child.stop()


def filed(language: str) -> tuple[bytes, CheckedReturn]:
    """A return with faults of many kinds, and what the check makes of it."""
    content = template(form(), operation=operation(), state="ML", language=language, cover=COVER_CELLS, rows=ROWS)
    return content, check(read(content, file_name="ML.xlsx"), form(), operation())


def heavy(cells: int) -> bytes:
    """A small file of many cells, each of which the library makes an object of."""
    rows = "".join(
        f'<row r="{row}">{"".join(f"<c><v>{place}</v></c>" for place in range(100))}</row>'
        for row in range(1, cells // 100 + 1)
    )
    book = openpyxl.Workbook()
    plain = io.BytesIO()
    book.save(plain)
    packed = io.BytesIO()
    with zipfile.ZipFile(plain) as before, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            part = before.read(name).decode()
            after.writestr(name, part.replace("<sheetData></sheetData>", f"<sheetData>{rows}</sheetData>"))
    return packed.getvalue()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_child_gives_what_mark_gives(language: str) -> None:
    content, findings = filed(language)
    assert len({finding.code for finding in findings.findings}) >= 8
    marked = mark_apart(content, findings.findings, language)
    assert marked == mark(content, findings.findings, language)
    book = openpyxl.load_workbook(io.BytesIO(marked))
    assert book["_lists"].sheet_state == "veryHidden"
    assert any(cell.comment for line in book[form().tables["people"].sheet_name(language)].iter_rows() for cell in line)


def test_the_same_input_gives_the_same_bytes_at_another_time_and_in_another_process() -> None:
    content, findings = filed("fr")
    first, alone = mark_apart(content, findings.findings, "fr"), mark(b"no workbook", findings.findings, "fr")
    time.sleep(2.1)  # An archive counts time in steps of two seconds.
    child.stop()
    assert mark_apart(content, findings.findings, "fr") == first
    assert mark_apart(b"no workbook", findings.findings, "fr") == alone
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2024, 1, 1, 0, 0, 0)}


def test_a_return_that_is_no_workbook_gets_the_list_alone() -> None:
    book = openpyxl.load_workbook(io.BytesIO(mark_apart(b'{"people": []}', [UNKNOWN], "es")))
    assert book.sheetnames == ["Fallos"]


def test_a_workbook_that_only_the_readers_understand_comes_back_as_its_values() -> None:
    content, findings = filed("en")
    odd = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(odd, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            after.writestr(name, part.replace(b'patternType="solid"', b'patternType="woven"'))
    assert check(read(odd.getvalue(), file_name="ML.xlsx"), form(), operation()).tables == findings.tables
    book = openpyxl.load_workbook(io.BytesIO(mark_apart(odd.getvalue(), findings.findings, "en")))
    people = form().tables["people"].sheet_name("en")
    assert book.sheetnames[0] == "Faults"
    assert people in book.sheetnames
    assert any(cell.comment for line in book[people].iter_rows() for cell in line)


def test_a_heavy_workbook_costs_the_child_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller would wait for an hour: what strikes is the child's own limit, of memory or of time."""
    monkeypatch.setattr(child, "_GRACE_SECONDS", 3_600)
    content = heavy(1_000_000)
    assert 100_000 < len(content) < 200_000
    for limits in (Limits(memory=300 << 20, seconds=60), Limits(memory=4 << 30, seconds=1)):
        with pytest.raises(Refused) as refusal:
            mark_apart(content, [UNKNOWN], "en", limits=limits, file_name="heavy.xlsx")
        assert (refusal.value.code, refusal.value.values["file"]) == ("file-costly", "heavy.xlsx")
    assert mark_apart(heavy(100), [UNKNOWN], "en") == mark(heavy(100), [UNKNOWN], "en")


def test_a_workbook_of_entities_is_not_opened() -> None:
    laughs = "<!DOCTYPE l [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
        f"<!ENTITY {chr(98 + step)} '{f'&{chr(97 + step)};' * 10}'>" for step in range(9)
    )
    hostile = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(heavy(100))) as before, zipfile.ZipFile(hostile, "w") as after:
        for name in before.namelist():
            part = before.read(name).decode()
            after.writestr(name, f"{laughs}]><styleSheet>&j;</styleSheet>" if name == "xl/styles.xml" else part)
    marked = mark_apart(hostile.getvalue(), [UNKNOWN], "en", limits=Limits(memory=600 << 20, seconds=10))
    # Marked at all, within ten seconds and 600 MB: a thousand million letters would have taken more of both.
    assert openpyxl.load_workbook(io.BytesIO(marked)).sheetnames == ["Faults"]


def test_no_file_is_written_on_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The child may not write one at all; in this process, one left behind would be found."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    content, findings = filed("en")
    mark(content, findings.findings, "en")
    assert list(tmp_path.iterdir()) == []


def test_whoever_asks_does_not_load_what_marks() -> None:
    """The library takes longer to load than a return to read, so only the server does, and only when it must."""
    modules = subprocess.run(
        [sys.executable, "-c", "import traboule.returns.reading.marking, sys; print(*sys.modules)"],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert not {"openpyxl", "numpy", "traboule.returns.mark"} & set(modules)


def test_the_library_is_loaded_once_for_many_workbooks() -> None:
    """It stays in the server that forks the children; each child loading it anew would take most of the time."""
    content, findings = filed("fr")
    servers = set()
    for _ in range(2):
        mark_apart(content, findings.findings, "fr")
        servers.add(child._running[os.getpid()].process.pid)
    (server,) = servers
    assert "lxml" in Path(f"/proc/{server}/maps").read_text(encoding="utf-8")


def test_findings_without_a_place_and_with_odd_values_survive_the_way() -> None:
    content, _ = filed("ar")
    odd = [
        replace(UNKNOWN, sheet="", cell="", row=0, value="mar\x00ti\ud800an\uffff"),
        replace(UNKNOWN, code="R-TEXT-FORMULA", severity=Severity.WARNING, value="=cmd|' /C calc'!A0"),
        replace(UNKNOWN, values={"vocabulary": "sexes", "told": [("birth_date", "2001"), ("minor", "yes")]}),
    ]
    assert mark_apart(content, odd, "ar") == mark(content, odd, "ar")
