"""Scan an archive before anything parses it (protection, "Files").

In: the bytes of a zip (a workbook, or delimited files), of any origin. Out: its parts, each unpacked under a budget.
Guaranteed: encrypted, active, embedded, externally linked and oversized parts are refused with a stable code. Readers
receive only the parts scanned here, never the archive itself: two programs can read the directory of one archive
differently, so only one reads it.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from traboule.core.errors import Refused

MEGABYTE = 1_000_000
MOST_UPLOADED = 10 * MEGABYTE
MOST_UNPACKED = 100 * MEGABYTE
MOST_RATIO = 200
MOST_ENTRIES = 500
MOST_ROWS = 200_000
MOST_COLUMNS = 200
MOST_CELLS = 3_000_000
# Cells of a whole return that hold anything: a return of 60,000 rows has some 600,000 to 1,000,000.
MOST_FILLED = 1_500_000
# A small part may be as repetitive as it likes: what it unpacks to is small as well.
_RATIO_MATTERS_FROM = MEGABYTE
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED_FLAG = 0x1
_NO_MEMORY = "Error -4 "  # zlib's own number for it.

_ACTIVE = (
    (re.compile(r"(^|/)vba(project|data)|(^|/)macrosheets/|\.xlam$", re.I), "file-macro"),
    (re.compile(r"(^|/)(embeddings|activex)/|oleobject", re.I), "file-embedded"),
    (re.compile(r"(^|/)externallinks/|(^|/)(connections|querytables?)\b", re.I), "file-external-link"),
)
# Only a link to click on may point outside a workbook; nothing here ever follows it.
_OUTWARD = re.compile(rb"<[^<>]*\bTargetMode\s*=\s*[\"']External[\"'][^<>]*>", re.I)
_HYPERLINK = re.compile(rb"/relationships/hyperlink[\"']", re.I)
_XML_NAME = re.compile(r"\.(xml|rels|vml)$", re.I)
_ENTITY = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.I)
_DECLARED = re.compile(rb"^\s*<\?xml[^<>]*\bencoding\s*=\s*[\"']([^\"']+)[\"']", re.I)
_MACRO_TYPE = re.compile(rb"macroEnabled|vnd\.ms-office\.vbaProject", re.I)


def unpack(content: bytes, file_name: str, *, passive: bool = True) -> dict[str, bytes]:
    """Return the parts of the zip by their names, in the archive's order; folders are left out.

    ``passive`` refuses parts that a program could run or follow; without it they are the caller's to leave alone.
    Raises Refused: file-damaged, file-encrypted, file-entries, file-path, file-unpacked, file-ratio, file-macro,
    file-embedded, file-external-link.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _judge_directory(entries, len(content), file_name, _ACTIVE if passive else ())
            return _unpacked(archive, entries, file_name)
    except RuntimeError as error:  # zipfile's way of asking for a password.
        raise Refused("file-encrypted", file=file_name) from error
    except zlib.error as error:
        if str(error).startswith(_NO_MEMORY):
            raise MemoryError from error
        raise Refused("file-damaged", file=file_name) from error
    except (zipfile.BadZipFile, EOFError, OSError, ValueError) as error:
        raise Refused("file-damaged", file=file_name) from error


def _judge_directory(
    entries: list[zipfile.ZipInfo], uploaded: int, file_name: str, active: Iterable[tuple[re.Pattern[str], str]]
) -> None:
    """Refuse by what the archive says of itself, before anything is unpacked."""
    if len(entries) > MOST_ENTRIES:
        raise Refused("file-entries", file=file_name, count=len(entries), most=MOST_ENTRIES)
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        if entry.flag_bits & _ENCRYPTED_FLAG:
            raise Refused("file-encrypted", file=file_name)
        if _slips(name) or name.lower() in seen:
            raise Refused("file-path", file=file_name, part=_printable(name))
        seen.add(name.lower())
        for pattern, code in active:
            if pattern.search(name):
                raise Refused(code, file=file_name, part=_printable(name))
        if entry.compress_type not in _METHODS:
            raise Refused("file-damaged", file=file_name)
        if entry.file_size > max(_RATIO_MATTERS_FROM, MOST_RATIO * entry.compress_size):
            raise Refused("file-ratio", file=file_name, part=_printable(name), most=MOST_RATIO)
    total = sum(entry.file_size for entry in entries)
    if total > MOST_UNPACKED:
        raise Refused("file-unpacked", file=file_name, most=MOST_UNPACKED // MEGABYTE)
    if total > max(_RATIO_MATTERS_FROM, MOST_RATIO * uploaded):
        raise Refused("file-ratio", file=file_name, part=file_name, most=MOST_RATIO)


def _slips(name: str) -> bool:
    """Tell whether an entry's name could lead out of the folder it belongs to, or hide what it is."""
    parts = name.split("/")
    return name.startswith("/") or ".." in parts or any(sign in name for sign in ("\\", ":", "\0"))


def _printable(name: str) -> str:
    return "".join(sign for sign in name if sign.isprintable())[:120]


def _unpacked(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], file_name: str) -> dict[str, bytes]:
    """Unpack under the budget: a size in the directory is a claim, so what truly comes out is counted too."""
    parts: dict[str, bytes] = {}
    left = MOST_UNPACKED
    for entry in entries:
        if entry.is_dir():
            continue
        with archive.open(entry) as stream:
            part = stream.read(left + 1)
        left -= len(part)
        if left < 0:
            raise Refused("file-unpacked", file=file_name, most=MOST_UNPACKED // MEGABYTE)
        if len(part) != entry.file_size:
            raise Refused("file-damaged", file=file_name)
        parts[entry.filename] = part
    return parts


def plain_xml(part: bytes) -> bool:
    """Tell whether markup is in UTF-8 and declares no document type, whose entities could grow without bound."""
    declared = _DECLARED.match(part[:200])
    plain = declared is None or declared[1].lower() in (b"utf-8", b"us-ascii", b"ascii")
    wide = part[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in part[:200]
    return plain and not wide and _ENTITY.search(part) is None


def judge_workbook(parts: Mapping[str, bytes], file_name: str) -> None:
    """Refuse a workbook whose parts hold what a return never needs.

    Raises Refused: file-not-workbook, file-xml, file-macro, file-external-link.
    """
    if "xl/workbook.xml" not in parts:
        raise Refused("file-not-workbook", file=file_name)
    for name, part in parts.items():
        if not _XML_NAME.search(name):
            continue
        if not plain_xml(part):
            raise Refused("file-xml", file=file_name, part=_printable(name))
        if name.lower().endswith(".rels") and any(not _HYPERLINK.search(tag) for tag in _OUTWARD.findall(part)):
            raise Refused("file-external-link", file=file_name, part=_printable(name))
    if _MACRO_TYPE.search(parts.get("[Content_Types].xml", b"")):
        raise Refused("file-macro", file=file_name, part="[Content_Types].xml")


_PREFIX = rb"<(?:\w+:)?"
_REF = rb"\br\s*=\s*[\"']([A-Za-z]+[0-9]+)[\"']"
# Beyond column GR (the 200th) or row 200,000; an empty cell that only carries a style ("/>") does no harm.
_FAR_COLUMN = rb"(?:[A-Za-z]{3,}|[H-Zh-z][A-Za-z]|[Gg][S-Zs-z])[0-9]+"
_FAR_ROW = rb"[A-Za-z]+(?:[0-9]{7,}|[3-9][0-9]{5}|2[1-9][0-9]{4}|20[1-9][0-9]{3}|200[1-9][0-9]{2}|2000(?!00)[0-9]{2})"
_FAR = rb"(" + _FAR_COLUMN + rb"|" + _FAR_ROW + rb")"
_FAR_CELL = re.compile(_PREFIX + rb"c\s(?:[^<>]*?\s)?r\s*=\s*[\"']" + _FAR + rb"[\"'][^<>]*(?<!/)>")
_FAR_RANGE = re.compile(
    _PREFIX + rb"(?:dimension|mergeCell)\s(?:[^<>]*?\s)?ref\s*=\s*[\"'](?:[A-Za-z0-9]+:)?" + _FAR + rb"[\"']"
)
_CELL = re.compile(_PREFIX + rb"c[\s>]")
_ROW = re.compile(_PREFIX + rb"row[\s/>]")
_MERGED = re.compile(_PREFIX + rb"mergeCell\s(?:[^<>]*?\s)?ref\s*=\s*[\"']([A-Za-z]+[0-9]+):([A-Za-z]+[0-9]+)[\"']")
_FORMULA = re.compile(_PREFIX + rb"c\s([^<>]*)>\s*" + _PREFIX + rb"f[\s/>]")
_REFERENCE = re.compile(_REF)
_OF_TEXT = re.compile(rb"\bt\s*=\s*[\"']str[\"']")
_FAILED = re.compile(_PREFIX + rb"c\s(?=[^<>]*?\st\s*=\s*[\"']e[\"'])(?:[^<>]*?\s)?" + _REF)


@dataclass(frozen=True, slots=True)
class SheetScan:
    """What the XML of a sheet says besides its values; cells as addresses such as ``C14``.

    ``texts`` are the formulas whose computed value is a text: only these may be empty and yet be computed.
    """

    merged: tuple[tuple[str, str], ...]
    formulas: frozenset[str]
    texts: frozenset[str]
    failed: frozenset[str]


def scan_sheet(xml: bytes, *, file_name: str, sheet: str) -> SheetScan:
    """Return what is odd in a sheet, by patterns over its text: no tree is built, no cell is placed.

    Raises Refused: file-far-cell, file-rows, file-cells.
    """
    far = _FAR_CELL.search(xml) or _FAR_RANGE.search(xml)
    if far:
        limits = {"rows": MOST_ROWS, "columns": MOST_COLUMNS}
        raise Refused("file-far-cell", file=file_name, sheet=sheet, cell=far[1].decode("ascii"), **limits)
    # Rows and cells need not say where they stand, so they are counted as well.
    if sum(1 for _ in _ROW.finditer(xml)) > MOST_ROWS + 1:
        raise Refused("file-rows", file=file_name, sheet=sheet, most=MOST_ROWS)
    if sum(1 for _ in _CELL.finditer(xml)) > MOST_CELLS:
        raise Refused("file-cells", file=file_name, sheet=sheet, most=MOST_CELLS)
    formulas = {
        reference[1].decode().upper(): _OF_TEXT.search(attributes) is not None
        for attributes in _FORMULA.findall(xml)
        if (reference := _REFERENCE.search(attributes))
    }
    return SheetScan(
        merged=tuple((first.decode().upper(), last.decode().upper()) for first, last in _MERGED.findall(xml)),
        formulas=frozenset(formulas),
        texts=frozenset(cell for cell, of_text in formulas.items() if of_text),
        failed=frozenset(cell.decode().upper() for cell in _FAILED.findall(xml)),
    )
