"""Check references from row to row: to rows that do not exist, and to rows that are held.

In: the drafts of all tables. Out: findings. Guaranteed: a reference never stops the check. A reference to no row holds
its row. A reference to a held row leaves its row entered, with a warning, so that a fault in a person's row does not
remove an arrest from the figures: later stages treat the absent row as not yet known.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from traboule.core.language.spelling import fold
from traboule.returns.checked import Cover
from traboule.returns.checking.drafts import Notes, RowDraft, Tables, not_refused
from traboule.returns.form import Field, Form

_SEPARATORS = re.compile(r"[\s;؛,،/+&]+")

RowIdsByTable = Mapping[str, Collection[str]]


def check_references(tables: Tables, form: Form, cover: Cover, in_force: RowIdsByTable, notes: Notes) -> None:
    """Note references without a row: R-REFERENCE-UNKNOWN, or R-REFERENCE-ELSEWHERE in a return that only adds.

    ``in_force`` holds the row_ids of this agency already in force, by table. A return that replaces earlier ones is
    complete by itself; any other may be one part of several whose other parts come later. Holding its rows until then
    would make the figures depend on the order of arrival, and the same file sent again enters nothing.
    """
    adds = cover.supersedes is None
    code = "R-REFERENCE-ELSEWHERE" if adds else "R-REFERENCE-UNKNOWN"
    filed = {name: {draft.row_id for draft in not_refused(drafts)} for name, drafts in tables.items()}
    for drafts, field in _referring(tables, form):
        target = field.refers_to or ""
        targets = filed.get(target, set())
        earlier = in_force.get(target, ()) if cover.supersedes is None else ()
        for draft in drafts:
            for row_id in _referenced(draft, field):
                if row_id in targets or row_id in earlier:
                    continue
                parts = [part for part in _SEPARATORS.split(row_id) if part]
                near_spelling = _near_spelling(row_id, targets)
                if near_spelling:
                    notes.on(draft, "R-REFERENCE-SPELLED", field.id, target=target, value=row_id, first=near_spelling)
                elif len(parts) > 1 and all(part in targets or part in earlier for part in parts):
                    notes.on(draft, "R-REFERENCE-SEVERAL", field.id, target=target, count=len(parts))
                else:
                    notes.on(draft, code, field.id, target=target, value=row_id)


def _near_spelling(row_id: str, row_ids: Collection[str]) -> str:
    """Return the one row_id that differs only in case, spaces or accents, empty where there is none or several."""
    folded = fold(row_id).replace(" ", "")
    matches = [other_id for other_id in row_ids if fold(other_id).replace(" ", "") == folded]
    return matches[0] if len(matches) == 1 else ""


def check_held_references(tables: Tables, form: Form, notes: Notes) -> None:
    """Note references to rows that are held; runs last, when it is settled which are."""
    held_row_ids = {
        name: {draft.row_id for draft in drafts if draft.held and not draft.refused} for name, drafts in tables.items()
    }
    for drafts, field in _referring(tables, form):
        target = field.refers_to or ""
        targets = held_row_ids.get(target, set())
        if not targets:
            continue
        for draft in drafts:
            for row_id in _referenced(draft, field):
                if row_id in targets:
                    notes.on(draft, "R-REFERENCE-HELD", field.id, target=target, value=row_id)


def _referring(tables: Tables, form: Form) -> list[tuple[list[RowDraft], Field]]:
    return [
        (drafts, field)
        for name, drafts in tables.items()
        for field in form.tables[name].fields.values()
        if field.refers_to is not None
    ]


def _referenced(draft: RowDraft, field: Field) -> tuple[str, ...]:
    value = draft.values.get(field.id)
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, str) else ()
