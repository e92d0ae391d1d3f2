"""The cover of a return: who files, for which operation, and whether this may be filed at all.

In: the cover sheet as read, the operation, the state of the one who files. Out: a Cover and the findings on it.
Promise: a return that cannot be anybody's is refused in words that name the file, the sheet and the cell; a cover with
faulty cells raises Invalid with all of them at once.
"""

from __future__ import annotations

from traboule.core.codes import vocabulary
from traboule.core.dates import PartialDate
from traboule.core.errors import Invalid, Refused
from traboule.core.findings import Severity
from traboule.core.spelling import fold
from traboule.operation.operation import Operation
from traboule.returns.checked import Cover
from traboule.returns.checking.drafts import Draft, Notes
from traboule.returns.checking.table import read_table
from traboule.returns.form import COVER, Form
from traboule.returns.raw import RawReturn


def read_cover(
    raw: RawReturn, form: Form, operation: Operation, filing_state: str | None, notes: Notes
) -> tuple[Cover, Draft]:
    """Return the cover, and its draft for later findings.

    Raises Refused: ``return-cover-missing``, ``return-operation-other``, ``return-state-unknown``,
    ``return-state-not-participant``, ``return-state-other-unit``, ``return-version-contradiction``,
    ``return-before-window``. Raises Invalid (``return-cover-faulty``) with the findings of the cover's cells.
    """
    sheet = raw.sheets.get(COVER)
    if sheet is None or not sheet.rows:
        raise Refused("return-cover-missing", file=raw.file_name, sheet=_cover_names(form, raw.language))
    draft = read_table(sheet, form.tables[COVER], notes)[0]
    if "R-CODE-UNKNOWN" in draft.faults and "state" not in draft.values and "state" in draft.as_filed:
        raise Refused("return-state-unknown", **_place(raw, draft, "state"))
    if draft.held:
        errors = [found for found in notes.findings if found.severity is Severity.ERROR]
        cells = ", ".join(sorted({found.cell or found.field for found in errors}, key=lambda at: (len(at), at)))
        values: dict[str, object] = {"file": raw.file_name, "sheet": sheet.sheet_name, "cells": cells}
        raise Invalid("return-cover-faulty", errors, count=len(errors), **values)
    cover = _cover(draft, operation)
    _refuse_others(raw, draft, cover, operation, filing_state)
    if cover.coordination_unit is not None and cover.coordination_unit not in operation.coordination_units:
        units = tuple(sorted(operation.coordination_units))
        notes.on(draft, "R-COVER-COORDINATION-UNIT", "coordination_unit", units=units)
    return cover, draft


def _cover(draft: Draft, operation: Operation) -> Cover:
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


def _refuse_others(raw: RawReturn, draft: Draft, cover: Cover, operation: Operation, filing_state: str | None) -> None:
    """Refuse a return for another operation, of another state, or whose versions contradict each other."""
    known = {fold(operation.code), *(fold(title) for title in operation.titles.values())}
    if fold(draft.text("operation") or "") not in known:
        raise Refused("return-operation-other", **_place(raw, draft, "operation"), operation=operation.code)
    if cover.state not in {participant.state for participant in operation.participants}:
        raise Refused("return-state-not-participant", **_place(raw, draft, "state"), operation=operation.code)
    if filing_state is not None and cover.state != filing_state:
        named = vocabulary("countries").label(filing_state, raw.language or "en")
        raise Refused("return-state-other-unit", **_place(raw, draft, "state"), unit=named)
    if cover.version < 1 or (cover.supersedes is not None and not 1 <= cover.supersedes < cover.version):
        place = _place(raw, draft, "version" if cover.version < 1 else "supersedes")
        raise Refused("return-version-contradiction", **place, version=cover.version)
    if cover.as_of.latest() < operation.start:
        raise Refused("return-before-window", **_place(raw, draft, "as_of"), start=operation.start.isoformat())


def _place(raw: RawReturn, draft: Draft, name: str) -> dict[str, object]:
    """Return file, sheet, cell and value of a field, for a sentence."""
    cell = draft.sheet.cover_cells.get(name) or name
    filed = draft.as_filed.get(name, "")
    return {"file": raw.file_name, "sheet": draft.sheet.sheet_name, "cell": cell, "value": filed}


def _cover_names(form: Form, language: str | None) -> str:
    return form.tables[COVER].sheet_name(language or "en")
