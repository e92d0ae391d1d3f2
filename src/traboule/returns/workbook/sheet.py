"""A worksheet of XlsxWriter that writes the same bytes with less work for a cell.

A template repeats the formulas of its drop-down lists hundreds of times, its empty sheets are the same in every file of
one language, and nearly all of its cells are texts. So each distinct formula is prepared once, what stands around the
rows of a sheet may come from a :class:`SheetFrame`, and texts are written without XlsxWriter's general ways.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from typing import Any, cast

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import ColumnInfo, Worksheet

_PLAIN = Worksheet()
# XlsxWriter counts the characters of longer texts as a spreadsheet does, and cuts them.
_LONGEST_COUNTED = 16_383
_ROWS_OF_A_SPAN = 16
_STYLE = re.compile(r'(?<= style=")[0-9]+(?=")')
_STYLED = re.compile(r'<col min="([0-9]+)"[^>]* style="')
_DIMENSION = re.compile(r'<dimension ref="[A-Z0-9:]+"/>')
# What the workbook asks of a sheet when it writes its own names: filter, and titles on every page.
_ASKED = ("autofilter_area", "repeat_row_range", "repeat_col_range")


@dataclass(frozen=True, slots=True)
class SheetFrame:
    """All of a sheet's XML but its rows.

    ``columns`` is cut where the number of a format stands; ``styled`` are the columns (from 0) whose formats they are.
    ``row_info`` are the heights of its rows, ``names`` the defined names of the workbook that point at the sheet.
    """

    head: str
    columns: tuple[str, ...]
    styled: tuple[int, ...]
    tail: str
    row_info: Mapping[int, Any]
    attributes: Mapping[str, str]
    names: tuple[tuple[Any, ...], ...]


class FormSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter has no types.
    """A worksheet for ``Workbook.add_worksheet(..., worksheet_class=FormSheet)``: the same bytes in less time.

    Texts stand in its table as plain pairs of a shared string's number and a format.
    """

    _frame: SheetFrame | None = None

    def adopt(self, frame: SheetFrame, formats: Sequence[Format]) -> None:
        """Take all but the rows from ``frame``; ``formats`` are those of the columns, in order."""
        self._frame = frame
        self.col_info = {
            column: ColumnInfo(column_format=column_format) for column, column_format in enumerate(formats)
        }
        self.row_info = dict(frame.row_info)
        for name, value in frame.attributes.items():
            setattr(self, name, value)

    def frame(self, names: Sequence[Sequence[Any]]) -> SheetFrame:
        """Return the frame of this sheet, which is laid out and whose workbook is not closed."""
        xml = self.xml()
        head, rest = _DIMENSION.split(xml)
        columns, _, rest = rest.partition("<sheetData>")
        return SheetFrame(
            head=head,
            columns=tuple(_STYLE.split(columns)),
            styled=tuple(int(first) - 1 for first in _STYLED.findall(columns)),
            tail=rest.rpartition("</sheetData>")[2],
            row_info=dict(self.row_info),
            attributes={name: getattr(self, name) for name in _ASKED},
            names=tuple(map(tuple, names)),
        )

    def xml(self) -> str:
        """Return the sheet as XML; the numbers of its formats are those of a workbook with no other sheet."""
        target = StringIO()
        self._set_xml_writer(target)
        self._assemble_xml_file()
        return target.getvalue()

    def write_string(self, row: int, col: int, string: str, cell_format: Format | None = None) -> int:
        """Write a text at (row, column) from 0, as XlsxWriter does."""
        if len(string) > _LONGEST_COUNTED:
            return cast("int", super().write_string(row, col, string, cell_format))
        self.table[row][col] = (self.str_table._get_shared_string_index(string), cell_format)
        return 0

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return _prepared(formula, expand_future_functions)

    def _assemble_xml_file(self) -> None:
        for row, cells in self.table.items():
            if cells:
                self._check_dimensions(row, min(cells))
                self._check_dimensions(row, max(cells))
        frame = self._frame
        if frame is None:
            super()._assemble_xml_file()
            return
        self.fh.write(frame.head)
        self._write_dimension()
        self.fh.write(frame.columns[0])
        for column, xml in zip(frame.styled, frame.columns[1:], strict=True):
            self.fh.write(f"{self.col_info[column].column_format._get_xf_index()}{xml}")
        self._write_sheet_data()
        self.fh.write(frame.tail)
        self._xml_close()

    def _write_rows(self) -> None:
        spans = self._spans()
        columns: dict[int, tuple[str, str]] = {}
        for row in sorted({*self.row_info, *(row for row, cells in self.table.items() if cells)}):
            cells = self.table.get(row)
            span = spans.get(row // _ROWS_OF_A_SPAN)
            if not cells:
                self._write_empty_row(row, span, self.row_info.get(row))
                continue
            if row in self.row_info:
                self._write_row(row, span, self.row_info[row])
            else:
                self.fh.write(f'<row r="{row + 1}" spans="{span}">')
            for column in sorted(cells):
                cell = cells[column]
                if cell.__class__ is not tuple:
                    self._write_cell(row, column, cell)
                    continue
                begin, style = columns.get(column) or columns.setdefault(column, self._beginning(column))
                index, cell_format = cell
                if cell_format is not None:
                    style = f' s="{cell_format._get_xf_index()}"'
                self.fh.write(f'{begin}{row + 1}"{style} t="s"><v>{index}</v></c>')
            self.fh.write("</row>")

    def _beginning(self, column: int) -> tuple[str, str]:
        """Return how a cell of a column begins, up to the number of its row, and the attribute of its format."""
        info = self.col_info.get(column)
        column_format = None if info is None else info.column_format
        style = "" if column_format is None else f' s="{column_format._get_xf_index()}"'
        return f'<c r="{xl_col_to_name(column)}', style

    def _spans(self) -> dict[int, str]:
        """Return the first and the last column of every 16 rows, as the file has them."""
        ends: dict[int, tuple[int, int]] = {}
        for row, cells in self.table.items():
            if cells:
                number = row // _ROWS_OF_A_SPAN
                first, last = min(cells), max(cells)
                earlier = ends.get(number, (first, last))
                ends[number] = min(first, earlier[0]), max(last, earlier[1])
        return {number: f"{first + 1}:{last + 1}" for number, (first, last) in ends.items()}


@lru_cache(maxsize=4096)
def _prepared(formula: str, expand: bool) -> str:
    prepared: str = _PLAIN._prepare_formula(formula, expand)
    return prepared
