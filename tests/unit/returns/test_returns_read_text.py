"""Zips of delimited files and JSON: delimiters, encodings, labels, and what must not be guessed."""

import io
import json
import zipfile

import pytest

from traboule.core.errors import Refused
from traboule.returns.read import read
from traboule.returns.reading.encoding import decoded

COVER = "Opération;liberterra-ii\nÉtat déclarant;Mali\nService;Police\nVersion;1\nStatut;final\n"


def zipped(files: dict[str, bytes | str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def people(content: bytes | str, **more: bytes | str):
    return read(zipped({"cover.csv": COVER, "people.csv": content, **more}), file_name="ml.zip")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_out(delimiter):
    header = delimiter.join(["row_id", "Family name", "Remark, or; note"])
    row = delimiter.join(["p1", '"Traoré, dite; Awa"', "x"])
    result = people(f"{header}\r\n{row}\r\n")
    assert result.sheets["people"].rows[0].cells == {"row_id": "p1", "family_name": "Traoré, dite; Awa"}
    assert result.sheets["people"].columns["family_name"].letter == "B"


def test_a_delimiter_that_excel_declares_counts():
    result = people("sep=;\nrow_id;Family name\np1;Traoré\n")
    assert [(row.number, row.cells["family_name"]) for row in result.sheets["people"].rows] == [(3, "Traoré")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_in_every_dress(encoding):
    result = people("row_id,اسم العائلة\np1,ديالو\np2,Traoré\n".encode(encoding))
    assert [row.cells["family_name"] for row in result.sheets["people"].rows] == ["ديالو", "Traoré"]
    assert result.findings == ()


@pytest.mark.parametrize(
    ("encoding", "name"), [("cp1252", "Traoré Núñez à Ségou"), ("cp1256", "ديالو عبد الرحمن بن علي")]
)
def test_an_older_encoding_is_guessed_and_said(encoding, name):
    result = people(f"row_id;Nom de famille\np1;{name}\n".encode(encoding))
    assert result.sheets["people"].rows[0].cells["family_name"] == name
    assert [(finding.code, finding.sheet, finding.values) for finding in result.findings] == [
        ("R-FILE-ENCODING-GUESSED", "people", {"encoding": encoding})
    ]


def test_no_bytes_are_too_strange_to_decode():
    for part in (b"", b"\xff", b"\xff\xfe\x00", bytes(range(256)), b"\0" * 9):
        assert isinstance(decoded(part)[0], str)


def test_files_are_known_by_their_names_in_any_language_and_folder():
    result = read(
        zipped(
            {"ml/Couverture.csv": COVER, "ml/الأشخاص.csv": "row_id,Nom\n1,A", "__MACOSX/._x.csv": "x", "a.png": "x"}
        ),
        file_name="ml.zip",
    )
    assert list(result.sheets) == ["cover", "people"]
    assert result.language == "fr"


def test_the_cover_may_lie_across():
    result = read(zipped({"cover.csv": "operation,state,version\nx,ML,3\n"}), file_name="ml.zip")
    assert result.sheets["cover"].rows[0].cells == {"operation": "x", "state": "ML", "version": "3"}
    assert result.sheets["cover"].cover_cells["version"] == "C2"


def test_blank_lines_count_and_trailing_ones_vanish():
    result = people("row_id,Family name\n\np1,Traoré\n,\n\n \n")
    assert [row.number for row in result.sheets["people"].rows] == [3]


@pytest.mark.parametrize("bad", ['row_id,Name\np1,"Traoré\np2,Keïta\n', 'row_id,Name\np1,"Tra"oré\n'])
def test_a_quotation_mark_too_few_or_too_many_is_refused(bad):
    with pytest.raises(Refused, match="people") as refusal:
        people(bad)
    assert refusal.value.code == "file-delimited"


def test_json_takes_identifiers_and_labels():
    content = {
        "language": "es",
        "cover": {"Operación": "liberterra-ii", "state": "ML", "version": 1},
        "personas": [{"row_id": "p1", "Apellidos": "Traoré", "citizenships": ["ML", "SN"], "minor": None}],
        "migrants": [{"row_id": "m", "count": 24, "detected_on": "2024-10-01"}],
        "hits": [],
    }
    result = read(json.dumps(content).encode(), file_name="ml.json")
    assert result.sheets["cover"].rows[0].cells == {"operation": "liberterra-ii", "state": "ML", "version": 1}
    assert result.sheets["cover"].cover_cells["operation"] == "Operación"
    person = result.sheets["people"].rows[0]
    assert (person.number, person.cells) == (1, {"row_id": "p1", "family_name": "Traoré", "citizenships": "ML; SN"})
    assert result.sheets["migrants"].rows[0].cells["count"] == 24
    assert result.language == "es"
    assert result.findings == ()


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("NOM", "family_name"),
        ("PRENOM", "given_names"),
        ("Prénom(s)", "given_names"),
        ("Apellido(s)", "family_name"),
        ("DDN", "birth_date"),
        ("D.D.N.", "birth_date"),
        ("Né(e) le", "birth_date"),
        ("Date de naissance (JJ/MM/AAAA)", "birth_date"),
        ("FECHA_NACIMIENTO", "birth_date"),
        ("Fec.Nac.", "birth_date"),
        ("Date of birth (dd/mm/yyyy)", "birth_date"),
        ("تاريخ الازدياد", "birth_date"),
        ("SEXO", "sex"),
        ("M/F", "sex"),
        # What may mean two things, or nothing of the form, is not guessed.
        ("N°", None),
        ("الاسم", None),
        ("Nom et prénom", None),
        ("Nat.", None),
        ("Pays de naissance", None),
        ("Date de naissance (mère)", None),
    ],
)
def test_headers_of_an_officers_own_are_read_by_a_list_and_never_guessed(header, field):
    result = people(f"row_id;{header}\np1;x\n")
    assert list(result.sheets["people"].columns) == ["row_id", *([field] if field else [])]
    assert [finding.code for finding in result.findings] == ([] if field else ["R-FILE-COLUMN-UNKNOWN"])


def test_json_with_an_unknown_name_is_a_finding():
    result = read(json.dumps({"cover": {"state": "ML"}, "people": [{"shoe": 1}], "moons": [{"a": 1}]}).encode("utf-16"))
    findings = {(finding.code, finding.column or finding.sheet) for finding in result.findings}
    assert findings == {("R-FILE-COLUMN-UNKNOWN", "shoe"), ("R-FILE-SHEET-UNKNOWN", "moons")}


@pytest.mark.parametrize(
    "bad",
    [
        "{",
        "[1]",
        '{"people": 3}',
        '{"people": [1]}',
        '{"cover": {"a": 1, "a": 2}}',
        '{"cover": {"version": NaN}}',
        "[" * 99_999,
    ],
)
def test_json_out_of_form_is_refused(bad):
    with pytest.raises(Refused) as refusal:
        read(bad.encode(), file_name="ml.json")
    assert refusal.value.code == "file-json"
