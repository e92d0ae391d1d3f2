"""Check a return: report all its faults at once and account for every row.

In: a return as read, the form, the operation, the state of the filer, the rows of the agency already in force. Out: a
:class:`CheckedReturn`. Guaranteed: pure; filed = entered + held + refused; the findings of a row do not depend on its
place in its sheet; each distinct content of a column is read once, so the work grows linearly with the rows. A return
that cannot be accepted at all raises ``ReturnBarred`` with its findings, and then nothing is entered.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from traboule.core.findings import Severity
from traboule.operation.operation import Operation
from traboule.returns.checked import CheckedReturn, Cover, Kind
from traboule.returns.checking.contents import check_contents
from traboule.returns.checking.cover import note_agency, note_rows, read_cover, refuse_faulty
from traboule.returns.checking.drafts import Notes, RowDraft, Tables, count_rows
from traboule.returns.checking.people import Somebody, anybody, check_people
from traboule.returns.checking.references import RowIdsByTable, check_held_references, check_references
from traboule.returns.checking.table import read_table
from traboule.returns.checking.totals import check_totals
from traboule.returns.checking.window import check_dates, check_window, refuse_outside
from traboule.returns.faults import severity_of
from traboule.returns.form import COVER, Form
from traboule.returns.raw import RawReturn

_NOTHING_IN_FORCE: RowIdsByTable = {}


def check(
    raw: RawReturn,
    form: Form,
    operation: Operation,
    *,
    filing_state: str | None = None,
    in_force: RowIdsByTable = _NOTHING_IN_FORCE,
    somebody: Somebody = anybody,
    agencies: Collection[str] = (),
) -> CheckedReturn:
    """Return the checked return.

    ``filing_state`` is the ISO code of the state for which the filer acts; None where nobody files, as in a check at
    one's own desk. ``in_force`` holds, by table, the row_ids of the same agency already in force, to which a return
    that adds may refer. ``somebody`` tells names from what names nobody. ``agencies`` of the same state filed before.
    Raises ReturnBarred with all findings: ``return-cover-missing``, ``return-cover-faulty``, ``return-outside-window``;
    ``return-too-faulty`` with those up to then.
    """
    notes = Notes(raw, [COVER, *form.row_tables])
    cover, cover_draft = read_cover(raw, form, operation, filing_state, notes)
    tables: Tables = {
        name: read_table(raw.sheets[name], table, notes, state=cover.state) if name in raw.sheets else []
        for name, table in form.row_tables.items()
    }
    note_agency(cover_draft, agencies, notes)
    note_rows(cover_draft, tables, raw.findings, notes)
    _hold_misread(raw, tables)
    check_references(tables, form, cover, in_force, notes)
    check_window(tables, operation, notes)
    if {"state", "as_of"} <= cover_draft.values.keys():  # Without them it is not known what to hold the rows against.
        check_dates(tables, form, cover, notes)
        check_contents(tables, cover, notes)
        check_people(tables, cover, notes, somebody)
    check_totals(tables, notes)
    check_held_references(tables, form, notes)
    refuse_faulty(cover_draft, tables, notes)
    refuse_outside(tables, operation, notes)
    kind = _kind(cover, tables)
    if kind == "withdrawn":
        _refuse_all(tables, notes)
    _note_open_final(cover_draft, tables, notes)
    return _checked_return(raw, cover, tables, kind, notes)


def _kind(cover: Cover, tables: Tables) -> Kind:
    """Tell what sort of return this is."""
    if cover.status == "withdrawn":
        return "withdrawn"
    filled = [name for name, drafts in tables.items() if drafts]
    if not filled:
        return "nil"
    return "totals" if filled == ["totals"] else "rows"


def _hold_misread(raw: RawReturn, tables: Tables) -> None:
    """Put the reader's own findings on their rows: an error there holds the row as one of ours does."""
    at: Mapping[tuple[str, int], RowDraft] = {
        (name, draft.number): draft for name, drafts in tables.items() for draft in drafts
    }
    for finding in raw.findings:
        draft = at.get((finding.table, finding.row))
        if draft is not None:
            draft.faults.add(finding.code)
            draft.held = draft.held or finding.severity is Severity.ERROR
    for table, row, code in raw.unlisted:
        draft = at.get((table, row))
        if draft is not None:
            draft.faults.add(code)
            draft.held = draft.held or severity_of(code) is Severity.ERROR


def _refuse_all(tables: Tables, notes: Notes) -> None:
    """Refuse the rows of a withdrawal: it takes back what was filed before and enters nothing."""
    for drafts in tables.values():
        for draft in drafts:
            draft.refused = True
            notes.on(draft, "R-ROW-IN-WITHDRAWAL", "row_id")


def _note_open_final(cover: RowDraft, tables: Tables, notes: Notes) -> None:
    """Note a return that calls itself final while rows of it are held or refused (rule 25)."""
    waiting = sum(draft.held or draft.refused for drafts in tables.values() for draft in drafts)
    if cover.text("status") == "final" and waiting:
        notes.on(cover, "R-FINAL-HELD", "status", count=waiting)


def _checked_return(raw: RawReturn, cover: Cover, tables: Tables, kind: Kind, notes: Notes) -> CheckedReturn:
    every = [draft for drafts in tables.values() for draft in drafts]
    refused = [draft for draft in every if draft.refused]
    findings = notes.in_order()
    held_count = sum(draft.held and not draft.refused for draft in every)
    return CheckedReturn(
        cover=cover,
        tables={name: [draft.checked() for draft in drafts if not draft.refused] for name, drafts in tables.items()},
        findings=findings,
        counts=count_rows(every, findings),
        filed=len(every),
        entered=len(every) - held_count - len(refused),
        held=held_count,
        refused=len(refused),
        kind=kind,
        file_name=raw.file_name,
        content_hash=raw.content_hash,
        language=raw.language,
        refused_rows=tuple(draft.checked() for draft in refused),
    )
