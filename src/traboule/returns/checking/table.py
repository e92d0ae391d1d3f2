"""Turn the raw rows of one table into drafts and note the faults of every cell.

In: a sheet as read and its form. Out: drafts in the order of the file. Guaranteed: each distinct content of a column is
read once, whatever the number of rows; a row without a row_id, or with a row_id already used, is refused and still
checked.
"""

from __future__ import annotations

from traboule.core.language.spelling import fold
from traboule.returns.checked import Value
from traboule.returns.checking.cells import Column, column
from traboule.returns.checking.drafts import Notes, RowDraft
from traboule.returns.form import COVER, TableForm
from traboule.returns.raw import RawRow, RawSheet

# What clerks call the line of sums below the last row.
_SUMS = frozenset(
    fold(word)
    for word in (
        *("total", "totals", "subtotal", "sub-total", "grand total", "sum", "count"),
        *("totaux", "total général", "sous-total", "somme", "totales", "total general", "suma", "somas", "soma"),
        *("المجموع", "مجموع", "المجموع الكلي", "الإجمالي", "إجمالي", "الاجمالي", "العدد الكلي"),
        *("gesamt", "summe", "totale", "toplam", "jumlah", "итого", "всего", "合计", "总计", "合計", "總計", "합계"),
    )
)


def read_table(sheet: RawSheet, form: TableForm, notes: Notes, *, state: str = "") -> list[RowDraft]:
    """Return the rows of one sheet as drafts. ``state``: who files, where that is known already."""
    columns = {name: column(form.id, field, state=state) for name, field in form.fields.items()}
    needed = tuple(name for name in form.required if name != "row_id")
    drafts = [_draft(row, sheet, form.id, columns, needed, notes) for row in sheet.rows]
    if "row_id" in form.fields:
        _refuse_without_name(drafts, notes)
    if form.id != "totals":
        _hold_sums(drafts, notes)
    return drafts


def _draft(
    row: RawRow, sheet: RawSheet, table: str, columns: dict[str, Column], needed: tuple[str, ...], notes: Notes
) -> RowDraft:
    values: dict[str, Value] = {}
    missing: dict[str, str] = {}
    as_filed: dict[str, str] = {}
    draft = RowDraft(table, "", row.number, sheet, values, missing, as_filed)
    for name, cell in row.cells.items():
        reader = columns.get(name)
        if reader is None:
            continue
        # Column.reading, inlined, for it runs on every cell of every return.
        key = cell if cell.__class__ is str else (cell.__class__, cell)
        reading = reader.readings.get(key) or reader.reading(cell)
        as_filed[name] = reading.text
        if reading.value is not None:
            values[name] = reading.value
        elif reading.missing is not None:
            missing[name] = reading.missing
        if reading.faults:
            for code, details in reading.faults:
                notes.on(draft, code, name, **details)
    draft.row_id = draft.text("row_id") or ""
    for name in needed:
        if name not in values:
            _note_required(draft, name, notes)
    return draft


def _note_required(draft: RowDraft, name: str, notes: Notes) -> None:
    """Note a required field without a value; one whose content is faulty has its own fault already."""
    if name in draft.missing:
        notes.on(draft, "R-REQUIRED-UNKNOWN", name)
    elif draft.table == COVER and name not in draft.sheet.cover_cells:
        notes.on(draft, "R-COVER-FIELD-MISSING", name)
    elif not draft.as_filed.get(name):
        notes.on(draft, "R-REQUIRED-EMPTY", name)


def _hold_sums(drafts: list[RowDraft], notes: Notes) -> None:
    """Hold the line that a spreadsheet ends with: if entered, it would be a person or an action called Total."""
    for draft in drafts:
        if draft.row_id[-1:].isdecimal():
            continue  # Figures stay when a text is folded, and no such word ends in one.
        if fold(draft.row_id.strip(" :=.-\u00a0")) in _SUMS:
            notes.on(draft, "R-ROW-SUM", "row_id")


def _refuse_without_name(drafts: list[RowDraft], notes: Notes) -> None:
    """Refuse rows that nobody could correct or withdraw later (rule 18): no row_id, or one that is taken."""
    first: dict[str, RowDraft] = {}
    for draft in drafts:
        if not draft.row_id:
            draft.refused = True
            if not draft.as_filed.get("row_id"):
                notes.on(draft, "R-ROW-ID-EMPTY", "row_id")
        elif draft.row_id in first:
            draft.refused = True
            notes.on(draft, "R-ROW-ID-REPEATED", "row_id", first=first[draft.row_id].number)
        else:
            first[draft.row_id] = draft
