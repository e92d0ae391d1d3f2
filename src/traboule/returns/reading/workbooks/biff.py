"""Scan a workbook of Excel 97 to 2003 before anything parses it.

In: the bytes of an XLS file: a compound file, whose stream ``Workbook`` is a list of records. Out: which cells are
formulas or in error, by sheet, in the file's order. Guaranteed: macros, embedded objects, passwords and links to other
files are refused; no chain of sectors is followed further than the file is long; no cell is placed.

Sources: MS-CFB (compound file) and MS-XLS (records), of Microsoft's Open Specifications.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from traboule.core.errors import Refused
from traboule.returns.reading.grid import letter

SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
_NO_SECTOR = 0xFFFFFFFA  # From here on numbers of sectors are marks.
_DIRECTORY_ENTRY = 128
_SMALL_STREAM, _SMALL_SECTOR = 4096, 64
_ROOT = "Root Entry"
_STREAMS = ("Workbook", "Book")
_STORAGES = {
    "encryptedpackage": "file-encrypted",
    "_vba_project": "file-macro",
    "macros": "file-macro",
    "mbd": "file-embedded",
    "\x01ole10native": "file-embedded",
}
_BOUND_SHEET, _FORMULA, _BOOL_ERROR, _END, _PASSWORD, _SUPPORTING_BOOK = 0x85, 0x06, 0x205, 0x0A, 0x2F, 0x1AE
# A supporting book that is this one itself, or the functions of an add-in.
_OWN_BOOKS = (b"\x01\x04", b"\x01\x3a")


@dataclass(frozen=True, slots=True)
class BiffScan:
    """What the records of a sheet say besides its values; cells as addresses such as ``C14``."""

    formulas: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)


def scan_workbook(content: bytes, file_name: str) -> list[BiffScan]:
    """Return what is odd in each sheet of the file.

    Raises Refused: file-encrypted, file-macro, file-embedded, file-external-link, file-not-workbook, file-damaged.
    """
    try:
        stream = _stream(content, file_name)
        return [_scan_sheet(stream, start) for start in _sheets(stream, file_name)]
    except (struct.error, IndexError, ValueError) as error:
        raise Refused("file-damaged", file=file_name) from error


def _stream(content: bytes, file_name: str) -> bytes:
    """Return the records of the workbook, after the names in the directory were judged."""
    size = 1 << struct.unpack_from("<H", content, 30)[0]
    if size not in (512, 4096):
        raise ValueError("no compound file has such sectors")
    table = _sector_table(content, size)
    directory = _chained(content, size, table, struct.unpack_from("<I", content, 48)[0])
    entries: dict[str, tuple[int, int]] = {}
    for at in range(0, len(directory) - _DIRECTORY_ENTRY + 1, _DIRECTORY_ENTRY):
        letters = struct.unpack_from("<H", directory, at + 64)[0]
        name = directory[at : at + max(0, min(letters, 64) - 2)].decode("utf-16-le", "replace")
        for beginning, code in _STORAGES.items():
            if name.lower().startswith(beginning):
                raise Refused(code, file=file_name, part=name.strip("\x01"))
        entries.setdefault(name, struct.unpack_from("<II", directory, at + 116))
    name = next((name for name in _STREAMS if name in entries), "")
    if not name:
        raise Refused("file-not-workbook", file=file_name)
    start, length = entries[name]
    if length >= _SMALL_STREAM:
        return _chained(content, size, table, start)[:length]
    # Small streams lie together in that of the root, in sectors and with a table of their own.
    root_stream = _chained(content, size, table, entries[_ROOT][0]) if _ROOT in entries else b""
    small_table = _chained(content, size, table, struct.unpack_from("<I", content, 60)[0])
    small = list(struct.unpack(f"<{len(small_table) // 4}I", small_table))
    return _chained(bytes(_SMALL_SECTOR) + root_stream, _SMALL_SECTOR, small, start)[:length]


def _sector_table(content: bytes, size: int) -> list[int]:
    """Return the file allocation table: for each sector the one that follows it."""
    table_sectors = list(struct.unpack_from("<109I", content, 76))
    following, count = struct.unpack_from("<II", content, 68)
    for _ in range(min(count, len(content) // size)):
        if following >= _NO_SECTOR:
            break
        *more, following = struct.unpack_from(f"<{size // 4}I", content, (following + 1) * size)
        table_sectors.extend(more)
    table: list[int] = []
    for sector in table_sectors:
        if sector < _NO_SECTOR and len(table) * size < 2 * len(content):
            table.extend(struct.unpack_from(f"<{size // 4}I", content, (sector + 1) * size))
    return table


def _chained(content: bytes, size: int, table: list[int], sector: int) -> bytes:
    pieces: list[bytes] = []
    while sector < _NO_SECTOR:
        pieces.append(content[(sector + 1) * size : (sector + 2) * size])
        if len(pieces) > len(content) // size + 1:
            raise ValueError("a chain of sectors in a circle")
        sector = table[sector]
    return b"".join(pieces)


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Yield kind and content of the records from ``at`` on, to the end of their part of the stream."""
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _END:
            return
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _sheets(stream: bytes, file_name: str) -> list[int]:
    """Return where in the stream each sheet begins."""
    starts: list[int] = []
    for kind, record in _records(stream, 0):
        if kind == _PASSWORD:
            raise Refused("file-encrypted", file=file_name)
        if kind == _SUPPORTING_BOOK and record[2:4] not in _OWN_BOOKS:
            raise Refused("file-external-link", file=file_name, part="SupBook")
        if kind == _BOUND_SHEET:
            starts.append(struct.unpack_from("<I", record)[0])
    return starts


def _scan_sheet(stream: bytes, start: int) -> BiffScan:
    scan = BiffScan()
    for kind, record in _records(stream, start):
        if kind not in (_FORMULA, _BOOL_ERROR):
            continue
        row, column = struct.unpack_from("<HH", record)
        address = f"{letter(column)}{row + 1}"
        if kind == _BOOL_ERROR:
            if record[7] == 1:
                scan.failed.add(address)
            continue
        scan.formulas.add(address)
        # A result that is no number is marked so, and says of which sort it is.
        if record[12:14] == b"\xff\xff":
            if record[6] == 2:
                scan.failed.add(address)
            elif record[6] in (0, 3):
                scan.texts.add(address)
    return scan
