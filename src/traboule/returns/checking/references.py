"""References from row to row: what points to nothing, and what points to a row that is held.

In: the drafts of all tables. Out: findings. Promise: a reference never makes anything fail. One that points nowhere
holds its row; one to a held row leaves its row entered, with a warning, so that a fault in one person's row does not
take an arrest out of the picture: the later stages treat the absent row as not known yet.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from traboule.core.spelling import fold
from traboule.returns.checked import Cover
from traboule.returns.checking.drafts import Draft, Notes, Tables, kept
from traboule.returns.form import Field, Form

_SEPARATORS = re.compile(r"[\s;؛,،/+&]+")

Known = Mapping[str, Collection[str]]


def check_references(tables: Tables, form: Form, cover: Cover, known: Known, notes: Notes) -> None:
    """Note references without a row: R-REFERENCE-UNKNOWN, or R-REFERENCE-ELSEWHERE in a return that only adds.

    ``known`` holds the row_ids of this agency already in force, by table. A return that replaces earlier ones stands
    for itself; any other may be one part of several whose other part comes later. Holding its rows until then would
    make the figures depend on the order of arrival, and the same file sent again enters nothing.
    """
    adds = cover.supersedes is None
    code = "R-REFERENCE-ELSEWHERE" if adds else "R-REFERENCE-UNKNOWN"
    here = {name: {draft.row_id for draft in kept(drafts)} for name, drafts in tables.items()}
    for drafts, field in _referring(tables, form):
        target = field.refers_to or ""
        there = here.get(target, set())
        earlier = known.get(target, ()) if cover.supersedes is None else ()
        for draft in drafts:
            for row_id in _named(draft, field):
                if row_id in there or row_id in earlier:
                    continue
                parts = [part for part in _SEPARATORS.split(row_id) if part]
                spelled = _spelled_alike(row_id, there)
                if spelled:
                    notes.on(draft, "R-REFERENCE-SPELLED", field.id, target=target, value=row_id, first=spelled)
                elif len(parts) > 1 and all(part in there or part in earlier for part in parts):
                    notes.on(draft, "R-REFERENCE-SEVERAL", field.id, target=target, count=len(parts))
                else:
                    notes.on(draft, code, field.id, target=target, value=row_id)


def _spelled_alike(row_id: str, there: Collection[str]) -> str:
    """Return the one row_id that differs only in case, spaces or accents, empty where there is none or several."""
    folded = fold(row_id).replace(" ", "")
    alike = [other_id for other_id in there if fold(other_id).replace(" ", "") == folded]
    return alike[0] if len(alike) == 1 else ""


def check_held_references(tables: Tables, form: Form, notes: Notes) -> None:
    """Note references to rows that are held; to be asked last, when it is settled which are."""
    held = {
        name: {draft.row_id for draft in drafts if draft.held and not draft.refused} for name, drafts in tables.items()
    }
    for drafts, field in _referring(tables, form):
        target = field.refers_to or ""
        there = held.get(target, set())
        if not there:
            continue
        for draft in drafts:
            for row_id in _named(draft, field):
                if row_id in there:
                    notes.on(draft, "R-REFERENCE-HELD", field.id, target=target, value=row_id)


def _referring(tables: Tables, form: Form) -> list[tuple[list[Draft], Field]]:
    return [
        (drafts, field)
        for name, drafts in tables.items()
        for field in form.tables[name].fields.values()
        if field.refers_to is not None
    ]


def _named(draft: Draft, field: Field) -> tuple[str, ...]:
    value = draft.values.get(field.id)
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, str) else ()
