"""A sheet as plain rows, whatever file it came from, and the cleaning of its cells.

In: values from a workbook, a delimited file or JSON. Out: a Grid, in which an empty cell is None, text is
trimmed of stray space (no-break and zero-width kinds included) at both ends, and clock times have become text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime

from python_calamine import CalamineSheet

from traboule.core.dates import bare_year
from traboule.returns.raw import Cell

# Space of any kind, and the marks that editors leave behind without anybody seeing them.
_STRAY = " \t\r\n\v\f\u0085\u00a0\u00ad\u1680\u180e\u2028\u2029\u202f\u205f\u2060\u3000\ufeff" + "".join(
    map(chr, range(0x2000, 0x2010))
)
# Control characters other than tab and line ends, and the marks that make text read in another order than it is stored.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\ufffb]"
)

Value = Cell | None


@dataclass(slots=True)
class Grid:
    """One sheet. ``rows`` are (number, cells) with numbers as the file counts; ``lettered`` where columns have letters.

    ``keys`` maps a spreadsheet address to the table and field that the workbook's own defined names tie to it;
    ``merged`` holds ranges as (first, last) addresses, ``formulas``, ``texts`` (formulas computed to a text)
    and ``failed`` addresses. ``header_first`` says
    that the first row is known to be the header, ``table`` which table it is, where the reader knows.
    """

    name: str
    rows: list[tuple[int, list[Value]]]
    lettered: bool = True
    header_first: bool = False
    table: str = ""
    keys: dict[str, tuple[str, str]] = field(default_factory=dict)
    merged: tuple[tuple[str, str], ...] = ()
    formulas: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()


def clean(value: object) -> Value:
    """Return a cell's value as a Grid keeps it; None for one that holds nothing."""
    if isinstance(value, str):
        text = value.strip(" ") if value.isprintable() else value.strip(_STRAY)
        return text or None
    if value is None or isinstance(value, bool | int | float | date | datetime):
        return value
    return str(value)


def sheet_rows(sheet: CalamineSheet) -> list[tuple[int, list[Value]]]:
    """Return the rows of a sheet as calamine reads it, counted from 1, without the empty ones at the end."""
    return without_trailing(
        [
            (number, [None if value == "" else _typed(value) for value in row])
            for number, row in enumerate(sheet.iter_rows(), start=1)
        ]
    )


def _typed(value: object) -> Value:
    """Return a cell as it was typed: a bare year in a column of dates is that year, and no day in 1905."""
    if isinstance(value, date):
        year = bare_year(value)
        return value if year is None else year
    return clean(value)


def uncover(rows: list[tuple[int, list[Value]]], merged: tuple[tuple[str, str], ...]) -> None:
    """Empty the cells that a merged range hides: what nobody sees on the sheet is not part of the return."""
    for first, last in merged:
        (top, left), (bottom, right) = place(first), place(last)
        for number in range(top, min(bottom, len(rows)) + 1):
            cells = rows[number - 1][1]
            for column in range(left, min(right + 1, len(cells))):
                if (number, column) != (top, left):
                    cells[column] = None


def hides(text: str) -> bool:
    """Tell whether a text holds control characters, or marks that reorder what is shown."""
    return not text.isprintable() and _HIDDEN.search(text) is not None


def letter(column: int) -> str:
    """Return the spreadsheet letters of a column counted from 0: A, Z, AA."""
    letters = ""
    column += 1
    while column:
        column, remainder = divmod(column - 1, 26)
        letters = chr(ord("A") + remainder) + letters
    return letters


_ADDRESS = re.compile(r"([A-Z]+)([0-9]+)")


def place(address: str) -> tuple[int, int]:
    """Return (row number from 1, column from 0) of an address such as ``C14``. Raises ValueError for any other text."""
    match = _ADDRESS.fullmatch(address)
    if match is None:
        raise ValueError(f"not an address: {address}")
    column = 0
    for sign in match[1]:
        column = column * 26 + ord(sign) - ord("A") + 1
    return int(match[2]), column - 1


def without_trailing(rows: list[tuple[int, list[Value]]]) -> list[tuple[int, list[Value]]]:
    """Return the rows without the empty ones at the end."""
    end = len(rows)
    while end and all(value is None for value in rows[end - 1][1]):
        end -= 1
    return rows[:end]
