"""Detect which table each grid is, and build the sheets of a raw return.

In: grids of any source. Out: a RawSheet a table, with every structural oddity as a finding. Guaranteed: the visible
header takes precedence over the hidden key, for it is what the officer sees; the key names a column whose header is
unknown; a row with anything in a known column is never dropped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from traboule.core.findings import Finding, FindingLog, Severity
from traboule.core.language.languages import LANGUAGES
from traboule.core.language.messages import catalogue
from traboule.returns.form import COVER, FORM_VERSION, form
from traboule.returns.raw import Cell, RawColumn, RawRow, RawSheet
from traboule.returns.reading.grid import Grid, Value, hides, letter, place
from traboule.returns.reading.headers import header_row, names, table_named, table_of

_COVER_ROWS = 200
_COVER_LABEL_COLUMNS = 4
_FEWEST_ACROSS = 3


@dataclass(slots=True)
class DetectedSheets:
    """The sheets, findings and header languages detected in the grids; filled sheet by sheet."""

    sheets: dict[str, RawSheet] = field(default_factory=dict)
    log: FindingLog = field(default_factory=FindingLog)
    unlisted: set[tuple[str, int, str]] = field(default_factory=set)
    languages: Counter[str] = field(default_factory=Counter)

    @property
    def findings(self) -> list[Finding]:
        """What was noted, the sums last."""
        return [*self.log.listed, *self.log.sums()]

    def note(self, code: str, **where: Any) -> None:
        """Add a finding; its severity stands in ``reading/faults.yaml``."""
        table = where.get("table", "")
        if not self.log.has_room(code, table, where.get("field", ""), where.get("sheet", "")):
            self.unlisted.add((table, where.get("row", 0), code))
            return
        entry = catalogue("traboule.returns", "reading/faults.yaml")[code]
        severity, rule = Severity(entry["severity"]), str(entry["rule"])
        self.log.add(Finding(code=code, severity=severity, rule=rule, **where))

    def language(self, declared: str | None) -> str | None:
        """Return the language most headers are in; where two are equal, the one the file declares."""
        if not self.languages:
            return declared if declared in LANGUAGES else None
        most = max(self.languages.values())
        fitting = [language for language in LANGUAGES if self.languages[language] == most]
        return declared if declared in fitting else fitting[0]


def detect_sheets(
    grids: Sequence[Grid], properties: Mapping[str, str], guessed: Sequence[tuple[str, str]]
) -> DetectedSheets:
    """Return the sheets, the findings and the languages of the headers."""
    detected = DetectedSheets()
    for sheet, encoding in guessed:
        detected.note("R-FILE-ENCODING-GUESSED", sheet=sheet, values={"encoding": encoding})
    version = properties.get("form_version", FORM_VERSION)
    if version != FORM_VERSION:
        detected.note("R-FILE-FORM-OTHER", values={"version": version, "current": FORM_VERSION})
    # Sheets that bear a table's name come first, so that a spare copy never takes the place of the sheet itself.
    for grid in sorted(grids, key=lambda candidate: table_named(candidate.name) is None):
        table = table_of(grid)
        if table is None:
            if grid.rows and not _our_faults_sheet(grid.name):
                detected.note("R-FILE-SHEET-UNKNOWN", sheet=grid.name)
        elif table in detected.sheets:
            if grid.rows:
                values = {"first": detected.sheets[table].sheet_name}
                detected.note("R-FILE-SHEET-TWICE", table=table, sheet=grid.name, values=values)
        elif table == COVER:
            _read_cover(grid, detected)
        else:
            _read_table(grid, table, detected)
    if COVER not in detected.sheets:
        detected.note("R-FILE-COVER-MISSING", table=COVER)
    order = list(form().tables)
    detected.sheets = dict(sorted(detected.sheets.items(), key=lambda item: order.index(item[0])))
    return detected


def _our_faults_sheet(name: str) -> bool:
    """Tell whether a sheet is the list of faults that a checked workbook was sent back with."""
    wording: Mapping[str, str] = catalogue("traboule.returns.faults", "words.yaml")["sheet_faults"]
    return name in wording.values()


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of one sheet: field -> place from 0, the header row's number, and every header's text."""

    fields: dict[str, int]
    number: int
    header: list[Value]


def _read_table(grid: Grid, table: str, detected: DetectedSheets) -> None:
    """Read the rows below the header."""
    at = header_row(grid, table)
    if at is None:
        if grid.rows:
            detected.note("R-FILE-HEADER-MISSING", table=table, sheet=grid.name)
        return
    number, header = grid.rows[at]
    if not grid.header_first and not any(map(names(table).field, header)):
        # Known by the keys behind its cells alone: somebody may have written rows over it.
        detected.note(
            "R-FILE-HEADER-OVERWRITTEN", table=table, sheet=grid.name, row=number, cell=_address(grid, number, 0)
        )
    body = grid.rows[at + 1 :]
    columns = _Columns(_columns(grid, table, (number, header), body, detected), number, header)
    must_stand = _note_cells(grid, table, columns, detected)
    rows: list[RawRow] = []
    pairs = list(columns.fields.items())
    for number, cells in body:
        width = len(cells)
        row: dict[str, Cell] = {}
        for name, column in pairs:
            value = cells[column] if column < width else None
            if value is None:
                continue
            row[name] = value
            if isinstance(value, str) and not value.isprintable() and hides(value):
                _note_hidden(grid, (table, name), (number, column), value, detected)
        if row:
            rows.append(RawRow(number, row))
    read_numbers = {row.number for row in rows}
    rows.extend(RawRow(number, {}) for number in must_stand if number not in read_numbers)
    rows.sort(key=lambda row: row.number)
    detected.sheets[table] = RawSheet(
        sheet_name=grid.name,
        columns={
            name: RawColumn(_text(header, column), letter(column) if grid.lettered else "")
            for name, column in columns.fields.items()
        },
        rows=rows,
    )


def _text(header: list[Value], column: int) -> str:
    value = header[column] if column < len(header) else None
    return "" if value is None else str(value)


def _address(grid: Grid, number: int, column: int) -> str:
    return f"{letter(column)}{number}" if grid.lettered else ""


def _columns(
    grid: Grid,
    table: str,
    header: tuple[int, list[Value]],
    body: list[tuple[int, list[Value]]],
    detected: DetectedSheets,
) -> dict[str, int]:
    """Return field -> column, in the order of the form; what fits no field becomes a finding."""
    number, texts = header
    spellings = names(table)
    fields: dict[str, int] = {}
    unknown: list[int] = []
    for column, text in enumerate(texts):
        name = spellings.field(text)
        if name is None:
            unknown.append(column)
        elif name in fields:
            where = {"column": str(text), "cell": _address(grid, number, column)}
            values = {"first": letter(fields[name])}
            detected.note("R-FILE-COLUMN-TWICE", table=table, field=name, sheet=grid.name, values=values, **where)
        else:
            fields[name] = column
            detected.languages.update(spellings.spoken(text))
    filled = max((len(cells) for _, cells in body), default=0)
    replaced: list[int] = []
    for column in [*unknown, *range(len(texts), filled)]:
        keyed = grid.keys.get(f"{letter(column)}{number}")
        if keyed and keyed[0] == table and keyed[1] in form().tables[table].fields and keyed[1] not in fields:
            fields[keyed[1]] = column
            if _text(texts, column):
                replaced.append(column)
            continue
        text = _text(texts, column)
        cell = _address(grid, number, column)
        if text:
            detected.note("R-FILE-COLUMN-UNKNOWN", table=table, sheet=grid.name, column=text, cell=cell)
        elif any(len(cells) > column and cells[column] is not None for _, cells in body):
            detected.note("R-FILE-COLUMN-UNNAMED", table=table, sheet=grid.name, column=letter(column), cell=cell)
    # One name changed is an officer's own word; several may be a row pasted over a part of the header.
    if len(replaced) > 1 and any(map(spellings.field, texts)):
        values = {"names": ", ".join(_text(texts, column) for column in replaced)}
        cell = _address(grid, number, replaced[0])
        detected.note("R-FILE-HEADER-RENAMED", table=table, sheet=grid.name, row=number, cell=cell, values=values)
    return {name: fields[name] for name in form().tables[table].fields if name in fields}


def _note_cells(grid: Grid, table: str, columns: _Columns, detected: DetectedSheets) -> set[int]:
    """Note merged cells, formulas and cells in error below the header.

    Returns the rows that must stand though nothing was read from them: a value was lost there.
    """
    names_at = {column: name for name, column in columns.fields.items()}
    values = {number: cells for number, cells in grid.rows if number > columns.number}
    for first, last in grid.merged:
        number, column = place(first)
        if number > columns.number:
            where = {"table": table, "sheet": grid.name, "row": number, "cell": first}
            name = names_at.get(column, "")
            detected.note("R-FILE-CELLS-MERGED", field=name, values={"range": f"{first}:{last}"}, **where)
    must_stand: set[int] = set()
    for number, column in sorted(map(place, grid.formulas | grid.failed)):
        if number <= columns.number or column not in names_at:
            continue
        where = {"table": table, "field": names_at[column], "sheet": grid.name, "row": number}
        where |= {"cell": _address(grid, number, column), "column": _text(columns.header, column)}
        value = _at(values.get(number, []), column)
        if where["cell"] in grid.failed:
            must_stand.add(number)
            detected.note("R-FILE-CELL-FAILED", **where)
        elif value is None and where["cell"] in grid.texts:
            continue  # A formula that came to nothing, as those drawn down an empty table do.
        elif value is None:
            must_stand.add(number)
            detected.note("R-FILE-FORMULA-EMPTY", **where)
        else:
            detected.note("R-FILE-FORMULA", value=str(value), **where)
    return must_stand


def _note_hidden(
    grid: Grid, table_field: tuple[str, str], where: tuple[int, int], value: str, detected: DetectedSheets
) -> None:
    """Note control and reordering characters; in an identifier they hold the row (protection, "Files")."""
    table, name = table_field
    number, column = where
    code = "R-FILE-HIDDEN-IN-IDENTIFIER" if table_field == ("identifiers", "value") else "R-FILE-HIDDEN-CHARACTERS"
    cell = _address(grid, number, column)
    detected.note(code, table=table, field=name, sheet=grid.name, row=number, cell=cell, value=value)


@dataclass(frozen=True, slots=True)
class _CoverCell:
    """One field of the cover: its label as spelled, its value, and where the value stands."""

    label: str
    value: Value
    number: int
    column: int


def _read_cover(grid: Grid, detected: DetectedSheets) -> None:
    """Read the cover: labels next to their values, or labels in a row above them."""
    across = _cover_across(grid)
    cells = across if across is not None else _cover_down(grid)
    if not cells:
        if grid.rows:
            detected.note("R-FILE-HEADER-MISSING", table=COVER, sheet=grid.name)
        return
    cells = {name: cells[name] for name in form().tables[COVER].fields if name in cells}
    spellings = names(COVER)
    addresses: dict[str, str] = {}
    for name, cell in cells.items():
        detected.languages.update(spellings.spoken(cell.label))
        addresses[name] = _address(grid, cell.number, cell.column) or cell.label
        where = {"table": COVER, "field": name, "sheet": grid.name, "row": cell.number, "cell": addresses[name]}
        if isinstance(cell.value, str) and hides(cell.value):
            _note_hidden(grid, (COVER, name), (cell.number, cell.column), cell.value, detected)
        if addresses[name] in grid.failed:
            detected.note("R-FILE-CELL-FAILED", **where)
        elif addresses[name] in grid.formulas - grid.texts or (addresses[name] in grid.texts and cell.value):
            empty = cell.value is None
            detected.note("R-FILE-FORMULA-EMPTY" if empty else "R-FILE-FORMULA", value=str(cell.value or ""), **where)
    detected.sheets[COVER] = RawSheet(
        sheet_name=grid.name,
        columns={
            name: RawColumn(cell.label, letter(cell.column) if grid.lettered else "") for name, cell in cells.items()
        },
        rows=[
            RawRow(
                min(cell.number for cell in cells.values()),
                {name: cell.value for name, cell in cells.items() if cell.value is not None},
            )
        ],
        cover_cells=addresses,
    )


def _cover_across(grid: Grid) -> dict[str, _CoverCell] | None:
    """Return the cover's fields where labels stand in one row and the values below, as JSON and some CSV have it."""
    spellings = names(COVER)
    for index, (_, header) in enumerate(grid.rows[:_COVER_ROWS]):
        fields: dict[str, int] = {}
        for column, text in enumerate(header):
            name = spellings.field(text)
            if name is not None:
                fields.setdefault(name, column)
        if len(fields) < _FEWEST_ACROSS and not grid.header_first:
            continue
        for number, cells in grid.rows[index + 1 :]:
            if any(cell is not None for cell in cells):
                return {
                    name: _CoverCell(_text(header, column), _at(cells, column), number, column)
                    for name, column in fields.items()
                }
        return {}
    return None


def _at(cells: list[Value], column: int) -> Value:
    return cells[column] if column < len(cells) else None


def _cover_down(grid: Grid) -> dict[str, _CoverCell]:
    """Return the cover's fields where each label has its value to the right; a merged label's value lies behind it."""
    spellings = names(COVER)
    ends = {place(first): place(last)[1] for first, last in grid.merged}
    by_number = dict(grid.rows)
    cells: dict[str, _CoverCell] = {}
    for number, row in grid.rows[:_COVER_ROWS]:
        for column, text in enumerate(row[:_COVER_LABEL_COLUMNS]):
            name = spellings.field(text)
            if name is not None and name not in cells:
                right = ends.get((number, column), column) + 1
                cells[name] = _CoverCell(str(text), _at(row, right), number, right)
                break
    for address, (table, name) in sorted(grid.keys.items()):
        if table == COVER and name in form().tables[COVER].fields and name not in cells:
            number, column = place(address)
            row = by_number.get(number, [])
            label = _text(row, column - 1) if column else ""
            cells[name] = _CoverCell(label, _at(row, column), number, column)
    return cells
