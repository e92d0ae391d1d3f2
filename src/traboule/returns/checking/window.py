"""Check dates against each other, against the day of the return, and against the days of the operation.

In: the drafts, the cover, the operation. Out: findings. Guaranteed: a date known only to its month or year is never a
fault where one of the days it can mean would be right. Rule 9: only facts inside the window, in local time, are
operational; earlier and later facts are reported apart.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import chain

from traboule.operation.operation import Operation
from traboule.returns.checked import Cover, ReturnBarred
from traboule.returns.checking.cells import day_of, first_day_of
from traboule.returns.checking.drafts import Notes, RowDraft, Tables, count_rows
from traboule.returns.form import Form

# Actions that prepared an operation, and those that followed from it, are filed with it; farther off is a mistake.
TOLERANCE = timedelta(days=60)
_A_YEAR = timedelta(days=366)

# When the fact of a row happened. These are what rule 9 asks about.
_HAPPENED = {
    "actions": "start",
    "arrests": "at",
    "migrants": "detected_on",
    "investigations": "opened_on",
}
_SPANS = {
    "actions": (("start", "end"),),
    "roles": (("start", "end"),),
    "victims": (("episode_start", "episode_end"),),
    "identifiers": (("first_seen", "last_seen"),),
    "legs": (("departed", "arrived"),),
}
# Plans and ends may lie ahead; a birth date has faults of its own.
_MAY_LIE_AHEAD = frozenset({("actions", "end"), ("roles", "end"), ("legs", "departed"), ("legs", "arrived")})


def check_dates(tables: Tables, form: Form, cover: Cover, notes: Notes) -> None:
    """Note dates later than the return itself, and spans that end before they start."""
    as_of = cover.as_of.latest()
    for name, drafts in tables.items():
        dated = [
            field.id
            for field in form.tables[name].fields.values()
            if field.type in ("date", "moment") and (name, field.id) not in _MAY_LIE_AHEAD and field.id != "birth_date"
        ]
        spans = _SPANS.get(name, ())
        for draft in drafts:
            values = draft.values
            for field in dated:
                if field in values:
                    _note_later(draft, field, as_of, notes)
            for start, end in spans:
                if start in values and end in values:
                    _note_span(draft, start, end, notes)


def _note_later(draft: RowDraft, field: str, as_of: date, notes: Notes) -> None:
    day = first_day_of(draft.values.get(field))
    if day is not None and day > as_of:
        code = "R-DATE-FUTURE" if day > as_of + _A_YEAR else "R-DATE-AFTER-AS-OF"
        notes.on(draft, code, field, as_of=as_of.isoformat())


def _note_span(draft: RowDraft, start: str, end: str, notes: Notes) -> None:
    begun, ended = draft.values.get(start), draft.values.get(end)
    first, last = first_day_of(begun), day_of(ended)
    if first is None or last is None:
        return
    exchanged = last < first
    if isinstance(begun, datetime) and isinstance(ended, datetime) and last == first:
        exchanged = ended < begun and ended.time() != ended.min.time()
    if exchanged:
        notes.on(draft, "R-END-BEFORE-START", end, start_field=start, start=draft.as_filed[start])


def check_window(tables: Tables, operation: Operation, notes: Notes) -> None:
    """Note what lies outside the days of the operation; a phase that says otherwise is a warning."""
    first, last = operation.start.isoformat(), operation.end.isoformat()
    operational = {draft.row_id for draft in tables.get("actions", ()) if draft.values.get("phase") == "operation"}
    for name, field in _HAPPENED.items():
        for draft in tables.get(name, ()):
            happened = draft.values.get(field)
            if not _outside(happened, operation.start, operation.end):
                continue
            phase = draft.text("phase")
            claimed = phase == "operation" or (name != "actions" and draft.text("action") in operational)
            if claimed:
                notes.on(draft, "R-PHASE-OUTSIDE", field, first=first, last=last)
            elif phase is None:
                notes.on(draft, "R-OUTSIDE-WINDOW", field, first=first, last=last)


def refuse_outside(tables: Tables, operation: Operation, notes: Notes) -> None:
    """Raise ReturnBarred (``return-outside-window``), with all findings, where no dated row is near the operation."""
    dated = [
        (draft, field)
        for name, field in _HAPPENED.items()
        for draft in tables.get(name, ())
        if first_day_of(draft.values.get(field)) is not None
    ]
    first, last = operation.start - TOLERANCE, operation.end + TOLERANCE
    if not dated or any(not _outside(draft.values[field], first, last) for draft, field in dated):
        return
    days = {"start": operation.start.isoformat(), "end": operation.end.isoformat()}
    draft, field = min(dated, key=lambda pair: (pair[0].table, pair[0].number))
    notes.on(draft, "R-DATES-ALL-OUTSIDE", field, **days)
    place = notes.log.listed[-1]
    values: dict[str, object] = {
        "file": notes.raw.file_name,
        "sheet": place.sheet,
        "cell": place.cell or str(place.row),
    }
    findings = notes.in_order()
    counts = count_rows(chain(*tables.values()), findings)
    raise ReturnBarred("return-outside-window", findings, counts, **values, value=place.value, **days)


def _outside(value: object, first: date, last: date) -> bool:
    """Tell whether no day that ``value`` can mean lies between ``first`` and ``last``, both included."""
    begins, ends = first_day_of(value), day_of(value)
    return begins is not None and ends is not None and (ends < first or begins > last)
