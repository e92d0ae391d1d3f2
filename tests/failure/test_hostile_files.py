"""Hostile, broken and mistaken files: each refused in words by its own code, the process alive, fast and small."""

import gzip
import io
import json
import os
import random
import re
import resource
import signal
import struct
import subprocess
import sys
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from traboule.app.faults import spoken
from traboule.core.errors import NotFound, Refused
from traboule.core.language.languages import LANGUAGES
from traboule.core.language.messages import catalogue
from traboule.returns.form import form
from traboule.returns.raw import RawReturn
from traboule.returns.read import read, read_many
from traboule.returns.reading import child
from traboule.returns.reading.child import Limits
from traboule.returns.workbook import template

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def sheet(data: str, before: str = "", after: str = "") -> str:
    return f"{HEAD}<worksheet {MAIN}>{before}<sheetData>{data}</sheetData>{after}</worksheet>"


def packed(parts: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method, compresslevel=9) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return target.getvalue()


def relationships(*links: str) -> str:
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{"".join(links)}</Relationships>'


def parts(xml: str | bytes = "") -> dict[str, str | bytes]:
    sheets = '<sheets><sheet name="People" sheetId="1" r:id="r1"/></sheets>'
    return {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": relationships(
            f'<Relationship Id="r1" Type="{DOCUMENT}/officeDocument" Target="xl/workbook.xml"/>'
        ),
        "xl/workbook.xml": f'{HEAD}<workbook {MAIN} xmlns:r="{DOCUMENT}">{sheets}</workbook>',
        "xl/_rels/workbook.xml.rels": relationships(
            f'<Relationship Id="r1" Type="{DOCUMENT}/worksheet" Target="worksheets/sheet1.xml"/>'
        ),
        "xl/worksheets/sheet1.xml": xml or sheet('<row r="1"><c r="A1"><v>1</v></c></row>'),
    }


def book(xml: str | bytes = "", extra: dict[str, str | bytes] | None = None) -> bytes:
    return packed(parts(xml) | (extra or {}))


def cell(address: str, row: int = 2) -> str:
    return f'<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}"><c r="{address}"><v>1</v></c></row>'


def outward(kind: str) -> dict[str, str | bytes]:
    link = f'<Relationship Id="r9" Type="{DOCUMENT}/{kind}" Target="file://x/y" TargetMode="External"/>'
    return {"xl/worksheets/_rels/sheet1.xml.rels": relationships(link)}


def text(letters: int) -> str:
    return sheet(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"A" * letters}</t></is></c></row>')


def numbers(rows: int) -> str:
    return sheet("".join(f"<row><c><v>{number}</v></c></row>" for number in range(rows)))


def slowly_packed(number: int) -> bytes:
    """A part that packs well, but not as well as only hostile ones do."""
    return random.Random(number).randbytes(10_000) + b"a" * 1_500_000


LAUGHS = "<!DOCTYPE l [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {chr(98 + step)} '{f'&{chr(97 + step)};' * 10}'>" for step in range(8)
)
OUTSIDE = f'<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/hostname">]><sst {MAIN}/>'
MACRO = "<Types><Default ContentType='application/vnd.ms-office.vbaProject'/></Types>"
WIDE = {"people": [{f"c{number}": number for number in range(201)}]}
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
GOOD = template(form(), operation=None, state="ML", language="fr")


def locked_zip() -> bytes:
    """A zip whose entries say that they are encrypted."""
    content = bytearray(packed({"people.csv": "row_id,Name\n1,a\n"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    return bytes(content)


def lying_zip() -> bytes:
    """A zip that claims its one big part to be small."""
    content = bytearray(
        book(sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>' + "A" * 900_000 + "</t></is></c></row>"))
    )
    name = b"xl/worksheets/sheet1.xml"
    for mark, size, header in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        at = next(
            m.start() for m in re.finditer(re.escape(mark), content) if content[m.start() + header :].startswith(name)
        )
        content[at + size : at + size + 4] = struct.pack("<I", 200)
    return bytes(content)


def twice_named() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("people.csv", "row_id,Name\n1,a\n")
        archive.writestr("PEOPLE.csv", "row_id,Name\n1,b\n")
    return target.getvalue()


def filled() -> bytes:
    """A table of more filled cells than a return may have, which packs no better than an honest one."""
    dice = random.Random(1)
    names = list(form().tables["people"].fields)
    digits = (f"{dice.getrandbits(200):060d}"[: len(names)] for _ in range(90_000))
    return packed({"people.csv": "\n".join([",".join(names), *map(",".join, digits)])})


MIME_OF_SHEETS = "application/vnd.oasis.opendocument.spreadsheet"
MIME_OF_TEXT = "application/vnd.oasis.opendocument.text"


def record(kind: int, content: bytes) -> bytes:
    """A record of the binary workbook, after the one that opens it."""
    return struct.pack("<HHI", 0x809, 4, 0) + struct.pack("<HH", kind, len(content)) + content


def compound(name: str, stream: bytes = b"", follows: int = 0xFFFFFFFE) -> bytes:
    """A compound file of one stream: sector 0 is the table, 1 the directory, 2 and the rest the stream."""
    stream = stream.ljust(4096, b"\0")
    sectors = -(-len(stream) // 512)
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + sectors), follows]
    letters = name.encode("utf-16-le")
    entry = letters.ljust(64, b"\0") + struct.pack("<H", len(letters) + 2)
    entry = entry.ljust(116, b"\0") + struct.pack("<IQ", 2, len(stream))
    head = OLE[:8].ljust(30, b"\0") + struct.pack("<H", 9).ljust(18, b"\0") + struct.pack("<I", 1)
    head = head.ljust(68, b"\0") + struct.pack("<II", 0xFFFFFFFE, 0) + struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(512, b"\xff")
    return head + table + entry.ljust(512, b"\0") + stream.ljust(sectors * 512, b"\0")


SPACES = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{uri}:1.0"'
    for name, uri in {
        "office": "office",
        "table": "table",
        "text": "text",
        "draw": "drawing",
        "script": "script",
    }.items()
)


def ods(rows: str = "", extra: dict[str, str | bytes] | None = None, head: str = "") -> bytes:
    """An OpenDocument spreadsheet of one sheet."""
    sheet = f'<table:table table:name="People">{rows}</table:table>'
    body = f"<office:body><office:spreadsheet>{sheet}</office:spreadsheet></office:body>"
    spaces = f'{SPACES} xmlns:xlink="http://www.w3.org/1999/xlink"'
    return packed(
        {
            "mimetype": MIME_OF_SHEETS,
            "META-INF/manifest.xml": "<manifest/>",
            "content.xml": f"{HEAD}{head}<office:document-content{spaces}>{body}</office:document-content>",
        }
        | (extra or {})
    )


def ods_row(cells: str, times: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{times}">{cells}</table:table-row>'


def ods_cell(times: int = 1, value: str = "x") -> str:
    filled = f' office:value-type="string"><text:p>{value}</text:p></table:table-cell>' if value else "/>"
    return f'<table:table-cell table:number-columns-repeated="{times}"{filled}'


CORPUS = {
    "zip bomb": ("a.xlsx", lambda: book(text(60_000_000)), "file-ratio"),
    "bomb of many": ("a.zip", lambda: packed({f"{n}.csv": b"a" * 990_000 for n in range(90)}), "file-ratio"),
    "unpacks too large": (
        "a.zip",
        lambda: packed({f"{n}.csv": slowly_packed(n) for n in range(70)}),
        "file-unpacked",
    ),
    "uploaded too large": ("a.zip", lambda: bytes(10_000_001), "file-large"),
    "million rows": ("a.xlsx", lambda: book(numbers(1_000_000)), "file-rows"),
    "far cell": ("a.xlsx", lambda: book(sheet(cell("XFD1048576", 1_048_576))), "file-far-cell"),
    "far cell in single quotes": ("a.xlsx", lambda: book(sheet(cell("XFD9").replace('"', "'"))), "file-far-cell"),
    "far cell with a prefix": ("a.xlsx", lambda: book(sheet(cell("A200001").replace("<c ", "<x:c "))), "file-far-cell"),
    "far column": ("a.xlsx", lambda: book(sheet(cell("GS2"))), "file-far-cell"),
    "far dimension": ("a.xlsx", lambda: book(sheet("", before='<dimension ref="A1:XFD1048576"/>')), "file-far-cell"),
    "far merge": (
        "a.xlsx",
        lambda: book(sheet(cell("A2"), after='<mergeCells><mergeCell ref="A1:A1048576"/></mergeCells>')),
        "file-far-cell",
    ),
    "billion laughs": ("a.xlsx", lambda: book(extra={"xl/sharedStrings.xml": f"{LAUGHS}]><sst {MAIN}/>"}), "file-xml"),
    "external entity": (
        "a.xlsx",
        lambda: book(extra={"xl/sharedStrings.xml": OUTSIDE}),
        "file-xml",
    ),
    "entities in UTF-16": ("a.xlsx", lambda: book(extra={"xl/styles.xml": LAUGHS.encode("utf-16")}), "file-xml"),
    "macro": ("a.xlsm", lambda: book(extra={"xl/vbaProject.bin": b"x"}), "file-macro"),
    "macro by type": (
        "a.xlsx",
        lambda: book(extra={"[Content_Types].xml": MACRO}),
        "file-macro",
    ),
    "old macro sheet": ("a.xlsx", lambda: book(extra={"xl/macrosheets/sheet1.xml": "<a/>"}), "file-macro"),
    "embedded object": ("a.xlsx", lambda: book(extra={"xl/embeddings/oleObject1.bin": b"x"}), "file-embedded"),
    "active control": ("a.xlsx", lambda: book(extra={"xl/activeX/activeX1.xml": "<a/>"}), "file-embedded"),
    "other workbook": ("a.xlsx", lambda: book(extra={"xl/externalLinks/link1.xml": "<a/>"}), "file-external-link"),
    "data connection": ("a.xlsx", lambda: book(extra={"xl/connections.xml": "<a/>"}), "file-external-link"),
    "external picture": ("a.xlsx", lambda: book(extra=outward("image")), "file-external-link"),
    "password": ("a.xlsx", lambda: compound("EncryptedPackage"), "file-encrypted"),
    "something binary": ("a.xls", lambda: OLE, "file-damaged"),
    "old text": ("a.xls", lambda: compound("WordDocument"), "file-not-workbook"),
    "old workbook of nothing": ("a.xls", lambda: compound("Workbook", b"\x09\x08" + bytes(4096)), "file-damaged"),
    "old workbook in a circle": ("a.xls", lambda: compound("Workbook", follows=2), "file-damaged"),
    "old macro": ("a.xls", lambda: compound("_VBA_PROJECT_CUR"), "file-macro"),
    "old embedded object": ("a.xls", lambda: compound("MBD0018D4CE"), "file-embedded"),
    "old password": ("a.xls", lambda: compound("Workbook", record(0x2F, b"\0\0")), "file-encrypted"),
    "old link": ("a.xls", lambda: compound("Workbook", record(0x1AE, b"\1\0\5\0\0a.xls")), "file-external-link"),
    "OpenDocument macro": ("a.ods", lambda: ods("", {"Basic/Standard/Module1.xml": "<a/>"}), "file-macro"),
    "OpenDocument event": ("a.ods", lambda: ods("<script:event-listener/>"), "file-macro"),
    "OpenDocument object": ("a.ods", lambda: ods("", {"Object 1/content.xml": "<a/>"}), "file-embedded"),
    "OpenDocument drawn object": ("a.ods", lambda: ods("<draw:object/>"), "file-embedded"),
    "OpenDocument link": ("a.ods", lambda: ods('<table:table-source xlink:href="x.ods"/>'), "file-external-link"),
    "OpenDocument picture": ("a.ods", lambda: ods('<draw:image xlink:href="http://x/y.png"/>'), "file-external-link"),
    "OpenDocument password": (
        "a.ods", lambda: ods("", {"META-INF/manifest.xml": "<manifest:encryption-data/>"}), "file-encrypted",
    ),
    "OpenDocument entities": ("a.ods", lambda: ods(head=f"{LAUGHS}]>"), "file-xml"),
    "OpenDocument broken": ("a.ods", lambda: ods("<table:table-row>"), "file-damaged"),
    "OpenDocument wide": ("a.ods", lambda: ods(ods_row(ods_cell(201))), "file-far-cell"),
    "OpenDocument far": ("a.ods", lambda: ods(ods_row(ods_cell(1_048_576, "") + ods_cell())), "file-far-cell"),
    "OpenDocument long": ("a.ods", lambda: ods(ods_row(ods_cell(), 1_048_576)), "file-rows"),
    "OpenDocument dense": ("a.ods", lambda: ods(ods_row(ods_cell(200), 200_000)), "file-cells"),
    "OpenDocument endless": ("a.ods", lambda: ods(ods_row(ods_cell(2_000_000_000, ""))), "file-damaged"),
    "OpenDocument text": ("a.ods", lambda: packed({"mimetype": MIME_OF_TEXT}), "file-zip-without-tables"),
    "locked zip": ("a.zip", locked_zip, "file-encrypted"),
    "path that climbs": ("a.zip", lambda: packed({"../people.csv": "row_id\n1"}), "file-path"),
    "absolute path": ("a.zip", lambda: packed({"/etc/people.csv": "row_id\n1"}), "file-path"),
    "drive path": ("a.zip", lambda: packed({"C:\\people.csv": "row_id\n1"}), "file-path"),
    "two parts of one name": ("a.zip", twice_named, "file-path"),
    "too many entries": ("a.zip", lambda: packed({f"{n}.csv": "x" for n in range(501)}), "file-entries"),
    "size that lies": ("a.xlsx", lying_zip, "file-damaged"),
    "truncated": ("a.xlsx", lambda: GOOD[: len(GOOD) // 2], "file-damaged"),
    "nothing after the signature": ("a.xlsx", lambda: b"PK\x03\x04", "file-damaged"),
    "broken XML": ("a.xlsx", lambda: book(extra={"xl/workbook.xml": "<workbook><sheets>"}), "file-damaged"),
    "broken sheet": ("a.xlsx", lambda: book('<worksheet><sheetData><row r="1"><c r="A1"><v>1</'), "file-damaged"),
    "no workbook inside": ("a.xlsx", lambda: packed({"[Content_Types].xml": "<Types/>"}), "file-not-workbook"),
    "text renamed": ("a.xlsx", lambda: b"row_id;Nom\n1;a\n", "file-not-workbook"),
    "JSON renamed": ("a.XLSX", lambda: b'{"cover": {}}', "file-not-workbook"),
    "empty": ("a.xlsx", lambda: b"", "file-empty"),
    "PDF": ("a.xlsx", lambda: b"%PDF-1.7 x", "file-pdf"),
    "something else": ("a.dat", lambda: b"row_id,Name\n1,a\n", "file-kind"),
    "binary named CSV": ("a.csv", lambda: b"row_id,Name\n1,\0\n", "file-kind"),
    "wide single CSV": ("a.csv", lambda: ",".join(map(str, range(201))).encode(), "file-far-cell"),
    "open quotation": ("a.csv", lambda: b'row_id,Name\n1,"a\n2,b\n', "file-delimited"),
    "picture": ("a.json", lambda: b"\x89PNG\r\n\x1a\n", "file-kind"),
    "zip of pictures": ("a.zip", lambda: packed({"a.png": "x"}), "file-zip-without-tables"),
    "empty zip": ("a.zip", lambda: packed({}), "file-zip-without-tables"),
    "deep JSON": ("a.json", lambda: b'{"people": ' + b"[" * 2_000_000, "file-json"),
    "endless number": ("a.json", lambda: b'{"cover": {"version": ' + b"9" * 100_000 + b"}}", "file-json"),
    "wide table": ("a.json", lambda: json.dumps(WIDE).encode(), "file-far-cell"),
    "wide CSV": ("a.zip", lambda: packed({"people.csv": ",".join(map(str, range(201)))}), "file-far-cell"),
    "zip in a zip": (
        "a.zip", lambda: packed({"inner.zip": packed({"people.csv": "row_id\n1\n"})}), "file-zip-without-tables",
    ),
    "workbook in a zip": ("a.zip", lambda: packed({"ML.xlsx": GOOD}), "file-zip-without-tables"),
    "more filled cells than a return has": ("a.zip", filled, "file-filled"),
    "type that lies": ("a.ods", lambda: ods(extra={"[Content_Types].xml": "<Types/>"}), "file-not-workbook"),
    "type without content": ("a.ods", lambda: packed({"mimetype": MIME_OF_SHEETS}), "file-damaged"),
    "deep markup": ("a.ods", lambda: ods("<table:table>" * 30_000), "file-damaged"),
    "program": ("a.xlsx", lambda: b"\x7fELF" + bytes(600), "file-not-workbook"),
    "program named CSV": ("a.csv", lambda: b"MZ" + bytes(600), "file-kind"),
    "page named workbook": ("a.xls", lambda: b"<html><table><tr><td>row_id", "file-not-workbook"),
    "gzip": ("a.zip", lambda: gzip.compress(b"row_id\n1\n"), "file-kind"),
    "no number": ("a.json", lambda: b'{"people": [{"row_id": NaN}]}', "file-json"),
    "table twice": ("a.json", lambda: b'{"people": [], "people": []}', "file-json"),
    "dense corner to corner": ("a.xlsx", lambda: book(sheet(cell("GR200000", 200_000))), "file-costly"),
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _worker_server():
    yield
    child.stop()


@pytest.mark.parametrize("name", CORPUS)
@pytest.mark.promise("hostile-file-cannot-stop-service")
def test_a_hostile_file_is_refused_in_words(name):
    file_name, make, code = CORPUS[name]
    content = make()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Refused) as refusal:
        read(content, file_name=f"Mali {file_name}")
    assert refusal.value.code == code
    # What other tests of this process have held before is theirs.
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < 500_000_000
    for language in LANGUAGES:
        told = refusal.value.sentence(language)
        assert file_name in told
        assert "…" not in told.replace("{…", "")
        assert str(refusal.value.values.get("sheet", "")) in told
    assert len(read(GOOD, file_name="good.xlsx").sheets) == 14


def test_the_corpus_is_as_large_as_it_is_said_to_be():
    assert len(CORPUS) >= 81


@pytest.mark.parametrize(
    "parts",
    [
        {f"{n}.csv": packed({"x": b"a" * 900_000}) for n in range(3)},
        {"people.csv": "row_id,Name\n1,\0\0\n"},
        {"people\u202evsc.csv": "row_id\n1\n"},
        {"a/" * 30_000 + "people.csv": "row_id\n1\n"},
    ],
    ids=["zips named CSV", "NULs", "name that reorders", "thirty thousand folders"],
)
@pytest.mark.promise("hostile-file-cannot-stop-service")
def test_what_is_odd_but_harmless_is_read_and_said(parts):
    result = read(packed(parts), file_name="a.zip")
    codes = {finding.code for finding in result.findings}
    assert "R-FILE-COVER-MISSING" in codes
    assert "people" in result.sheets or "R-FILE-SHEET-UNKNOWN" in codes
    assert "\u202e" not in json.dumps(spoken(result.findings, "en"), ensure_ascii=False)


def test_a_refusal_names_sheet_and_cell():
    with pytest.raises(Refused) as refusal:
        read(book(sheet(cell("XFD1048576", 1_048_576))), file_name="far.xlsx")
    assert len(book(sheet(cell("XFD1048576", 1_048_576)))) < 1_700
    assert {"far.xlsx", "People", "XFD1048576"} <= set(map(str, refusal.value.values.values()))


def test_what_honest_programs_write_is_accepted():
    far_style = '<row r="1048576" spans="1:1"/><row r="9"><c r="XFD9" s="3"/></row>'
    assert read(book(sheet(cell("A2") + far_style)), file_name="a.xlsx")
    assert read(book(extra=outward("hyperlink")), file_name="a.xlsx")
    assert read(book(extra={"xl/printerSettings/printerSettings1.bin": b"x"}), file_name="a.xlsx")
    assert read(book(sheet(cell("GR2"))), file_name="a.xlsx")
    assert read(book(sheet(cell("A200000", 200_000))), file_name="a.xlsx")


def test_a_file_that_is_not_there_is_not_found(tmp_path):
    with pytest.raises(NotFound):
        read(tmp_path / "none.xlsx")
    with pytest.raises(NotFound):
        read(tmp_path)


def test_a_file_name_never_becomes_a_path_or_hides_itself():
    found = read(GOOD, file_name="..\\..\\etc/\u202epass\x07wd.xlsx")
    assert found.file_name == "passwd.xlsx"


@pytest.mark.promise("hostile-file-cannot-stop-service")
def test_a_child_that_asks_for_too_much_dies_alone():
    for limits in (Limits(memory=1024 * 1024), Limits(answer=100)):
        with pytest.raises(Refused) as refusal:
            read(GOOD, file_name="big.xlsx", limits=limits)
        assert refusal.value.code == "file-costly"
    assert read(GOOD, file_name="good.xlsx").sheets


@pytest.mark.promise("hostile-file-cannot-stop-service")
def test_a_child_that_takes_too_long_ends_itself(monkeypatch):
    """The caller would wait for an hour and there is memory enough: what strikes is the child's own limit."""
    monkeypatch.setattr(child, "_GRACE_SECONDS", 3_600)
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="GR{n}"><v>1</v></c></row>' for n in range(1, 120_000))
    slow = book(sheet(rows))
    with pytest.raises(Refused) as refusal:
        read(slow, file_name="slow.xlsx", limits=Limits(memory=4 << 30, seconds=1))
    assert refusal.value.code == "file-costly"
    assert read(slow, file_name="slow.xlsx", limits=Limits(memory=4 << 30, seconds=600)).file_name == "slow.xlsx"


def test_the_limits_in_force_end_a_child_within_half_a_minute():
    assert child.DEFAULT_LIMITS.seconds + child._GRACE_SECONDS <= 30


@pytest.mark.promise("hostile-file-cannot-stop-service")
def test_a_killed_worker_server_is_replaced():
    read(GOOD, file_name="good.xlsx")
    server = child._running[os.getpid()]
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    assert read(GOOD, file_name="good.xlsx").sheets
    assert child._running[os.getpid()] is not server


def test_the_worker_server_holds_nothing_worth_taking():
    read(GOOD, file_name="good.xlsx")
    pid = child._running[os.getpid()].process.pid
    environment = Path(f"/proc/{pid}/environ").read_bytes()
    names = {entry.split(b"=")[0] for entry in environment.split(b"\0") if entry}
    assert names <= {b"PYTHONPATH", b"PYTHONUTF8", b"OPENBLAS_NUM_THREADS", b"LC_CTYPE"}
    modules = subprocess.run(
        [sys.executable, "-c", "import traboule.returns.reading.workers, sys; print(*sys.modules)"],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert not {"django", "psycopg", "duckdb", "pandas", "traboule.app"} & set(modules)


def test_many_files_come_back_in_order_with_refusals_in_their_place():
    files = [(f"{n}.xlsx", GOOD if n % 3 else b"no workbook") for n in range(12)]
    found = list(read_many(files))
    assert [one.file_name if isinstance(one, RawReturn) else one.code for one in found] == [
        f"{n}.xlsx" if n % 3 else "file-not-workbook" for n in range(12)
    ]


def test_many_threads_and_a_forked_process_may_read():
    with ThreadPoolExecutor(8) as threads:
        assert all(found.sheets for found in threads.map(lambda _: read(GOOD, file_name="a.xlsx"), range(24)))
    assert threading.active_count() >= 1
    pid = os.fork()
    if pid == 0:
        found = read(GOOD, file_name="a.xlsx")
        os._exit(0 if len(found.sheets) == 14 else 1)
    assert os.waitpid(pid, 0)[1] == 0


@pytest.mark.parametrize("how", ["-c", "script", "module"])
def test_reading_works_from_any_main_program(how, tmp_path):
    (tmp_path / "good.xlsx").write_bytes(GOOD)
    program = (
        "import pathlib, django, psycopg\n"
        "from traboule.returns.read import read\n"
        "print('main runs')\n"
        f"print(len(read(pathlib.Path({str(tmp_path / 'good.xlsx')!r})).sheets))\n"
    )
    # Neither a guarded main module nor a clean working folder is asked of the caller.
    (tmp_path / "program.py").write_text(program)
    (tmp_path / "json.py").write_text("raise SystemExit('taken from the working folder')")
    command = {"-c": ["-P", "-c", program], "script": ["-P", "program.py"], "module": ["-P", "-m", "program"]}[how]
    environment = os.environ | ({"PYTHONPATH": ""} if how != "module" else {})
    if how == "module":
        (tmp_path / "json.py").unlink()
        environment["PYTHONPATH"] = str(tmp_path)
    begun = [sys.executable, *command]
    done = subprocess.run(begun, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split("\n")[:2] == ["main runs", "14"], done.stderr


def outcome(content: bytes) -> str:
    try:
        read(content, file_name="mutant.xlsx")
    except Refused as refusal:
        return refusal.code
    return "read"


@pytest.mark.promise("hostile-file-cannot-stop-service")
def test_mutated_workbooks_are_read_or_refused():
    seed = 20240929
    dice = random.Random(seed)
    outcomes = set()
    for _ in range(120):
        content = bytearray(GOOD)
        for _ in range(dice.randint(1, 12)):
            content[dice.randrange(len(content))] = dice.randrange(256)
        if dice.random() < 0.3:
            del content[dice.randrange(len(content)) :]
        outcomes.add(outcome(bytes(content)))
    assert "file-damaged" in outcomes, f"seed {seed}"
    assert outcomes <= {"read", *catalogue("traboule.core", "errors.yaml")}, f"seed {seed}"


@pytest.mark.promise("hostile-file-cannot-stop-service")
def test_mutated_markup_is_read_or_refused():
    """Mutants of the parts rather than of the archive, whose checksums would stop nearly all of the others."""
    seed = 20241004
    dice = random.Random(seed)
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        good = {name: archive.read(name) for name in archive.namelist()}
    names = sorted(name for name in good if name.startswith("xl/w") or "sharedStrings" in name)
    outcomes = set()
    for _ in range(120):
        name = dice.choice(names)
        part = bytearray(good[name])
        for _ in range(dice.randint(1, 6)):
            at = dice.randrange(len(part))
            part[at : at + dice.randint(0, 8)] = dice.choice([b"<", b">", b'"', b"&", b"9999", b"ZZZ9", b"\0", b"</c>"])
        outcomes.add(outcome(packed(good | {name: bytes(part)}, zipfile.ZIP_STORED)))
    assert {"read", "file-damaged"} <= outcomes, f"seed {seed}: {sorted(outcomes)}"


@pytest.mark.parametrize("kind", ["ods", "xls"])
@pytest.mark.promise("hostile-file-cannot-stop-service")
def test_mutants_of_other_workbooks_are_read_or_refused(kind):
    seed = 20241005
    dice = random.Random(seed)
    good = (Path(__file__).parents[1] / "golden" / "returns" / f"mali.{kind}").read_bytes()
    parts = {}
    if kind == "ods":
        with zipfile.ZipFile(io.BytesIO(good)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    outcomes = set()
    for _ in range(120):
        content = bytearray(parts.get("content.xml", good))
        for _ in range(dice.randint(1, 8)):
            content[dice.randrange(len(content))] = dice.randrange(256)
        mutant = packed(parts | {"content.xml": bytes(content)}) if parts else bytes(content)
        outcomes.add(outcome(mutant))
    assert {"read", "file-damaged"} <= outcomes, f"seed {seed}: {sorted(outcomes)}"
    assert outcomes <= {"read", *catalogue("traboule.core", "errors.yaml")}, f"seed {seed}"
