"""Read delimited files as grids: a zip of them, one file a table, or a single file with the cover's lines on top.

In: the unpacked files, or the single one. Out: a Grid a table, every value as text. Guaranteed: the delimiter (comma,
semicolon, tab) and the encoding (UTF-8 with or without a byte-order mark, UTF-16, Windows-1252 or Windows-1256) are
detected, and a guess is reported. An apostrophe that keeps a text from being a formula is no part of it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from traboule.core.csv_tables import unquoted
from traboule.core.errors import Refused
from traboule.returns.form import COVER
from traboule.returns.reading.encoding import decoded
from traboule.returns.reading.grid import Grid, Value, clean, without_trailing
from traboule.returns.reading.headers import Names, names
from traboule.returns.reading.prescan import MOST_COLUMNS, MOST_ROWS

SUFFIXES = (".csv", ".tsv", ".txt")
# What a sheet of the workbook that is sent back may be called.
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
_LONGEST_TITLE = 31
_DELIMITERS = ",;\t"
_LONGEST_CELL = 131_072
_ONCE_SET_BY_EXCEL = re.compile(r"sep=([,;\t|])\r?\n", re.I)
_QUOTED = re.compile(r'"(?:[^"]|"")*"')


def grids(parts: Mapping[str, bytes], file_name: str) -> tuple[list[Grid], list[tuple[str, str]]]:
    """Return the tables, and (name, encoding) of each file whose encoding was guessed.

    Raises Refused: file-zip-without-tables, file-delimited, file-far-cell, file-rows, each naming the file inside.
    """
    tables: list[Grid] = []
    guessed: list[tuple[str, str]] = []
    for name, part in parts.items():
        path = PurePosixPath(name)
        hidden = path.name.startswith(".") or "__MACOSX" in path.parts
        if hidden or path.suffix.lower() not in SUFFIXES:
            continue
        text, encoding = decoded(part)
        if encoding.startswith("cp"):
            guessed.append((path.stem, encoding))
        tables.append(Grid(name=path.stem, rows=_rows(text, file_name, path.name)))
    if not tables:
        raise Refused("file-zip-without-tables", file=file_name)
    return tables, guessed


def single(content: bytes, file_name: str) -> tuple[list[Grid], list[tuple[str, str]]]:
    """Return the cover and the table of one file, and its (name, encoding) where that was guessed.

    Lines whose first cell is a label of the cover are the cover; the table begins with the first that is none.
    Raises Refused: file-kind for what is no text, file-delimited, file-far-cell, file-rows.
    """
    text, encoding = decoded(content)
    if "\0" in text:
        raise Refused("file-kind", file=file_name)
    path = PurePosixPath(file_name)
    rows = _rows(text, file_name, path.name)
    labels = names(COVER)
    end = next((at for at, (_, cells) in enumerate(rows) if not _on_cover(cells, labels)), len(rows))
    name = _NOT_IN_TITLES.sub("_", path.stem)[:_LONGEST_TITLE]
    grids = [Grid(name=name, rows=rows[end:])]
    if any(any(cells) for _, cells in rows[:end]):
        grids.insert(0, Grid(name=name, rows=rows[:end], table=COVER))
    return grids, [(name, encoding)] if encoding.startswith("cp") else []


def _on_cover(cells: list[Value], labels: Names) -> bool:
    """Tell whether a line says one thing of the cover, or nothing; a header names more than one column."""
    filled = [cell for cell in cells if cell is not None]
    return not filled or (labels.field(cells[0]) is not None and sum(map(bool, map(labels.field, cells[1:]))) == 0)


def _delimiter(text: str) -> str:
    """Return the delimiter that the first lines hold most evenly; those inside quotation marks do not count."""
    lines = [line for line in _QUOTED.sub("", text[:20_000]).splitlines()[:20] if line.strip()]
    counts = {sign: [line.count(sign) for line in lines] for sign in _DELIMITERS}
    return max(_DELIMITERS, key=lambda sign: (sum(1 for count in counts[sign] if count), sum(counts[sign])))


def _rows(text: str, file_name: str, inner: str) -> list[tuple[int, list[Value]]]:
    """Return the records, counted as a spreadsheet that opens the file would count its rows."""
    declared = _ONCE_SET_BY_EXCEL.match(text)
    delimiter = declared[1] if declared else _delimiter(text)
    rows: list[tuple[int, list[Value]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, record in enumerate(reader, start=1):
            if len(record) > MOST_COLUMNS and any(cell.strip() for cell in record[MOST_COLUMNS:]):
                limits = {"rows": MOST_ROWS, "columns": MOST_COLUMNS}
                raise Refused("file-far-cell", file=file_name, sheet=inner, cell=f"{number}", **limits)
            if number > MOST_ROWS:
                raise Refused("file-rows", file=file_name, sheet=inner, most=MOST_ROWS)
            first = declared is not None and number == 1
            rows.append((number, [] if first else [clean(unquoted(cell)) for cell in record[:MOST_COLUMNS]]))
    except csv.Error as error:
        # A quotation mark left open swallows the rest of the file: better refused than half read.
        raise Refused("file-delimited", file=file_name, sheet=inner, line=reader.line_num) from error
    return without_trailing(rows)
