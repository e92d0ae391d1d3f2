"""Check the cover of a return: who files, for which operation, and whether they may.

In: the cover sheet as read, the operation, the state of the filer. Out: a Cover and the findings on it. Guaranteed:
every fault of the cover is a finding at its own cell, all at once; ``refuse_faulty`` raises ReturnBarred only after the
rows have been checked too, so that one reply reports everything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import chain

from rapidfuzz.distance import OSA

from traboule.core.dates import PartialDate
from traboule.core.findings import Finding, Severity
from traboule.core.language.spelling import fold
from traboule.operation.operation import Operation
from traboule.returns.checked import Cover, ReturnBarred
from traboule.returns.checking.drafts import Notes, RowDraft, Tables, count_rows
from traboule.returns.checking.table import read_table
from traboule.returns.form import COVER, Form
from traboule.returns.raw import RawReturn

# What the reader notes on a sheet of which it read no row.
_UNREAD = frozenset({"R-FILE-SHEET-UNKNOWN", "R-FILE-HEADER-MISSING", "R-FILE-HEADER-OVERWRITTEN"})
_LONG_NAME = 10  # Letters from which on two slips make no other name.


def read_cover(
    raw: RawReturn, form: Form, operation: Operation, filing_state: str | None, notes: Notes
) -> tuple[Cover, RowDraft]:
    """Return the cover, and its draft for later findings; a held draft bars the whole return.

    Raises ReturnBarred (``return-cover-missing``) with the reader's findings.
    """
    sheet = raw.sheets.get(COVER)
    if sheet is None or not sheet.rows:
        name = form.tables[COVER].sheet_name(raw.language or "en")
        raise ReturnBarred("return-cover-missing", raw.findings, None, file=raw.file_name, sheet=name)
    draft = read_table(sheet, form.tables[COVER], notes)[0]
    for finding in raw.findings:
        if finding.table == COVER and finding.severity is Severity.ERROR:
            draft.held = True
    cover = _cover(draft, operation)
    _note_contradictions(draft, cover, operation, filing_state, notes)
    if cover.coordination_unit is not None and cover.coordination_unit not in operation.coordination_units:
        units = tuple(sorted(operation.coordination_units))
        notes.on(draft, "R-COVER-COORDINATION-UNIT", "coordination_unit", units=units)
    return cover, draft


def note_agency(cover: RowDraft, agencies: Collection[str], notes: Notes) -> None:
    """Note an agency whose name is nearly, and not quite, that of one which has filed: the two would stand apart.

    ``agencies`` are those of the same state that filed before. Names that differ in a number are of different units.
    """
    agency = cover.text("agency")
    if agency is None or agency in agencies:
        return
    near = sorted(earlier for earlier in agencies if _nearly_same(agency, earlier))
    if near:
        notes.on(cover, "R-COVER-AGENCY-NEAR", "agency", earlier=near[0])


def _nearly_same(left: str, right: str) -> bool:
    left, right = ("".join(filter(str.isalnum, fold(name))) for name in (left, right))
    if [sign for sign in left if sign.isdigit()] != [sign for sign in right if sign.isdigit()]:
        return False
    slips = 2 if min(len(left), len(right)) >= _LONG_NAME else 0
    return OSA.distance(left, right, score_cutoff=slips) <= slips


def note_rows(cover: RowDraft, tables: Tables, findings: Iterable[Finding], notes: Notes) -> None:
    """Note a nil return that has rows, and one without rows that is neither nil nor a withdrawal (rule 14).

    ``findings`` are the reader's: where nothing was read because a sheet was not recognised, nothing is not nil.
    """
    filled = [drafts[0].sheet.sheet_name for drafts in tables.values() if drafts]
    unread = sorted({finding.sheet for finding in findings if finding.code in _UNREAD})
    status = cover.text("status")
    if status != "withdrawn" and not filled and unread:
        notes.on(cover, "R-COVER-ROWS-UNREAD", "status", sheets=", ".join(unread))
    elif status == "nil" and filled:
        notes.on(cover, "R-COVER-NIL-WITH-ROWS", "status", sheets=", ".join(filled))
    elif status not in ("nil", "withdrawn") and not filled:
        notes.on(cover, "R-COVER-NO-ROWS", "status")


def refuse_faulty(draft: RowDraft, tables: Tables, notes: Notes) -> None:
    """Raise ReturnBarred (``return-cover-faulty``), with all findings, where the cover, ``draft``, has an error."""
    if not draft.held:
        return
    findings = notes.in_order()
    errors = [finding for finding in findings if finding.table == COVER and finding.severity is Severity.ERROR]
    cells = ", ".join(sorted({finding.cell or finding.field for finding in errors}, key=lambda at: (len(at), at)))
    values: dict[str, object] = {"file": notes.raw.file_name, "sheet": draft.sheet.sheet_name, "cells": cells}
    counts = count_rows(chain(*tables.values()), findings)
    raise ReturnBarred("return-cover-faulty", findings, counts, count=len(errors), **values)


def _cover(draft: RowDraft, operation: Operation) -> Cover:
    as_of, version, supersedes = (draft.values.get(name) for name in ("as_of", "version", "supersedes"))
    return Cover(
        operation=operation.code,
        state=draft.text("state") or "",
        agency=draft.text("agency") or "",
        coordination_unit=draft.text("coordination_unit"),
        version=version if isinstance(version, int) else 0,
        supersedes=supersedes if isinstance(supersedes, int) else None,
        status=draft.text("status") or "",
        as_of=as_of if isinstance(as_of, PartialDate) else PartialDate(1800),
        legal_basis=draft.text("legal_basis"),
    )


def _note_contradictions(
    draft: RowDraft, cover: Cover, operation: Operation, filing_state: str | None, notes: Notes
) -> None:
    """Note a return for another operation, of another state, or whose versions contradict each other."""
    operation_name = draft.text("operation")
    if operation_name and fold(operation_name) not in {
        fold(operation.code),
        *(fold(title) for title in operation.titles.values()),
    }:
        notes.on(draft, "R-COVER-OPERATION-OTHER", "operation", operation=operation.code)
    if cover.state and cover.state not in {participant.state for participant in operation.participants}:
        notes.on(draft, "R-COVER-STATE-NOT-PARTICIPANT", "state", operation=operation.code)
    elif cover.state and filing_state is not None and cover.state != filing_state:
        notes.on(draft, "R-COVER-STATE-OTHER-UNIT", "state", filer=filing_state)
    if "version" in draft.values and cover.version < 1:
        notes.on(draft, "R-COVER-VERSION", "version")
    elif cover.supersedes is not None and not 1 <= cover.supersedes < cover.version:
        notes.on(draft, "R-COVER-SUPERSEDES", "supersedes", version=cover.version)
    if "as_of" in draft.values and cover.as_of.latest() < operation.start:
        notes.on(draft, "R-COVER-BEFORE-WINDOW", "as_of", start=operation.start.isoformat())
